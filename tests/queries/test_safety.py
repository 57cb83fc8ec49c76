"""Circumstances and road users in words, adjusted severity, and collisions by what is known of traffic."""

# ruff: noqa: E501 - a drawn table is as wide as its columns

import pytest

from tests.queries.drawing import Bench


@pytest.mark.parametrize(
    ("detail", "junction"),
    [
        ("0", "not at a junction"),
        ("Not at junction or within 20 metres", "not at a junction"),
        ("2", "roundabout"),
        ("Mini-roundabout", "roundabout"),
        ("13", "t junction"),
        ("T or staggered junction", "t junction"),
        ("16", "crossroads"),
        ("More than 4 arms (not roundabout)", "more arms"),
        ("Private drive or entrance", "private drive"),
        ("19", "other junction"),
        ("Slip road", "slip road"),
        ("Cross roads", "crossroads"),
        ("'T'/staggered junctn", "t junction"),
        ("Junction > 4 arms (not rbout)", "more arms"),
        ("Not at junction", "not at a junction"),
        ("a lay-by", None),
    ],
)
def test_junctions_are_told_by_code_and_by_words(bench: Bench, detail: str, junction: str | None) -> None:
    bench.draw(
        "raw.collision", f"source | collision_id | severity | junction_detail\ns | 1 | slight | {detail}"
    )
    bench.build("staging.collision")
    assert bench.value("SELECT junction FROM staging.collision") == junction


@pytest.mark.parametrize(
    ("given", "casualty_class", "group"),
    [
        ("0", "pedestrian", "pedestrian"),
        ("Pedestrian", "", "pedestrian"),
        ("9", "pedestrian", "pedestrian"),
        ("1", "driver or rider", "cyclist"),
        ("Pedal Cycle", "", "cyclist"),
        ("Cyclist", "passenger", "cyclist"),
        ("5", "driver or rider", "motorcyclist"),
        ("Powered 2 Wheeler", "", "motorcyclist"),
        ("Motorcycle 125cc and under rider or passenger", "", "motorcyclist"),
        ("9", "passenger", "car occupant"),
        ("Taxi or private hire", "", "car occupant"),
        ("Taxi/Private hire car occupant", "", "car occupant"),
        ("Car", "", "car occupant"),
        ("11", "passenger", "other"),
        ("Tram", "", "other"),
        ("99", "driver or rider", None),
        ("", "driver or rider", None),
    ],
)
def test_road_users_are_grouped_by_code_and_by_words(
    bench: Bench, given: str, casualty_class: str, group: str | None
) -> None:
    bench.draw(
        "raw.casualty",
        "source | file | row | collision_id | casualty_severity | road_user | casualty_class\n"
        f"s | f | 2 | 1 | slight | {given} | {casualty_class}",
    )
    bench.build("staging.casualty")
    assert bench.value("SELECT road_user_group FROM staging.casualty") == group


def test_a_fatal_collision_is_certain_and_others_are_as_adjusted(bench: Bench) -> None:
    bench.draw(
        "raw.collision",
        """
        source | collision_id | severity | collision_chance_serious
        s      | 1            | fatal    | 0
        s      | 2            | serious  | 1
        s      | 3            | slight   | 0.06
        s      | 4            | slight   |
        """,
    ).expect("staging.collision", "collision_id | ksi_chance\n1 | 1\n2 | 1\n3 | 0.06\n4 |")


PERIODS = """
    region | incident_kind | period_start | period_end | years | is_pooled
    here   | collision     | 2020-01-01   | 2020-12-31 | 1     | false
    here   | collision     | 2021-01-01   | 2021-12-31 | 1     | false
    here   | collision     | 2022-01-01   | 2022-12-31 | 1     | false
    here   | collision     | 2020-01-01   | 2022-12-31 | 3     | true
"""


def test_severity_is_pooled_over_the_years_that_can_be_adjusted(bench: Bench) -> None:
    bench.draw("core.period", PERIODS).draw(
        "staging.collision",
        "occurred_on | ksi_chance\n2020-05-01 | 1\n2020-06-01 | \n2021-05-01 | 0.1\n2022-05-01 | 1",
    ).build("core.severity_basis").expect(
        "core.event_period",
        """
        event      | period_start | period_end | years | is_adjusted | is_pooled
        collisions | 2020-01-01   | 2020-12-31 | 1     | false       | false
        collisions | 2020-01-01   | 2022-12-31 | 3     | false       | true
        collisions | 2021-01-01   | 2021-12-31 | 1     | false       | false
        collisions | 2022-01-01   | 2022-12-31 | 1     | false       | false
        ksi        | 2020-01-01   | 2020-12-31 | 1     | false       | false
        ksi        | 2021-01-01   | 2021-12-31 | 1     | true        | false
        ksi        | 2021-01-01   | 2022-12-31 | 2     | true        | true
        ksi        | 2022-01-01   | 2022-12-31 | 1     | true        | false
        """,
    )


def test_a_long_run_of_adjusted_years_is_pooled_over_its_latest(bench: Bench) -> None:
    bench.set(pooled_years=2)
    bench.draw(
        "core.period",
        "region | incident_kind | period_start | period_end | years | is_pooled\n"
        + "\n".join(f"here | collision | {y}-01-01 | {y}-12-31 | 1 | false" for y in range(2018, 2024))
        + "\nhere | collision | 2022-01-01 | 2023-12-31 | 2 | true",
    ).draw(
        "staging.collision",
        "occurred_on | ksi_chance\n"
        + "\n".join(f"{y}-05-01 | 0.5" for y in range(2018, 2023))
        + "\n2023-05-01 |",
    ).build("core.severity_basis", "core.event_period")
    found = bench.con.execute(
        "SELECT year(period_start), year(period_end), years FROM core.event_period WHERE event = 'ksi' AND is_pooled"
    ).fetchall()
    assert found == [(2021, 2022, 2.0)]


@pytest.mark.parametrize("chance", ["", "0.5"])
def test_severity_is_pooled_over_all_where_all_or_hardly_any_can_be(bench: Bench, chance: str) -> None:
    bench.draw("core.period", PERIODS).draw(
        "staging.collision",
        f"occurred_on | ksi_chance\n2020-05-01 | {chance}\n2021-05-01 | 0.1\n2022-05-01 | {chance}",
    ).build("core.severity_basis", "core.event_period")
    found = bench.con.execute(
        "SELECT year(period_start), is_adjusted FROM core.event_period WHERE event = 'ksi' AND is_pooled"
    ).fetchall()
    assert found == [(2020, bool(chance))]


def test_chances_are_summed_where_every_collision_has_one(bench: Bench) -> None:
    bench.draw(
        "core.area", "area_level | area_code | region | is_context\nauthority | A | here | false"
    ).draw(
        "core.coverage", "kind | area_level | area_code | is_covered\ncollisions | authority | A | true"
    ).draw(
        "core.event_period",
        """
        region | event      | period_start | period_end | years | is_adjusted | is_pooled
        here   | collisions | 2020-01-01   | 2021-12-31 | 2     | false       | true
        here   | ksi        | 2021-01-01   | 2021-12-31 | 1     | true        | true
        """,
    ).draw(
        "staging.collision",
        """
        source | collision_id | occurred_on | is_ksi | ksi_chance
        s      | 1            | 2020-05-01  | true   |
        s      | 2            | 2021-05-01  | true   | 1
        s      | 3            | 2021-06-01  | false  | 0.1
        s      | 4            | 2021-07-01  | false  | 0.1
        """,
    ).draw(
        "core.incident_place",
        "incident_kind | source | incident_id | area_level | area_code\n"
        + "\n".join(f"collision | s | {n} | authority | A" for n in (1, 2, 3, 4)),
    ).expect(
        "core.collision_count",
        """
        period_start | is_of_all | is_of_ksi | collision_count | ksi_count | ksi_adjusted | ksi_adjusted_low | ksi_adjusted_high | ksi_adjusted_variance
        2020-01-01   | true      | false     | 4               | 2         |              |                  |                   |
        2021-01-01   | false     | true      | 3               | 1         | 1.2          | 1.2              | 1.2               | 1.02
        """,
    )
    bench.draw("raw.source", "source | kind\ns | collisions").draw(
        "core.exposure", "area_level | area_code | road_km | population\nauthority | A | 10 |"
    ).expect(
        "core.rate_collision",
        """
        outcome           | period_start | observations | chances | low_chances | high_chances | variance | next_weight | method
        collisions_per_km | 2020-01-01   | 4            |         |             |              |          | 1           |
        ksi_per_km        | 2021-01-01   | 1            | 1.2     | 1.2         | 1.2          | 1.02     | 1           | adjusted severity
        """,
    )


def roads(bench: Bench) -> Bench:
    """A 4 km A road whose first 3 km were counted in 2021 alone, and a street, in one authority of one ward."""
    return (
        bench.draw(
            "core.area",
            "area_level | area_code | region | is_context\nauthority | A | here | false\nward | W | here | false",
        )
        .draw(
            "core.coverage",
            "kind | area_level | area_code | is_covered\n"
            + "\n".join(
                f"{k} | {a} | true" for k in ("roads", "collisions") for a in ("authority | A", "ward | W")
            ),
        )
        .draw(
            "core.event_period",
            """
            region | event      | period_start | period_end | years | is_adjusted | is_pooled
            here   | collisions | 2020-01-01   | 2020-12-31 | 1     | false       | false
            here   | collisions | 2021-01-01   | 2021-12-31 | 1     | false       | false
            here   | collisions | 2020-01-01   | 2021-12-31 | 2     | false       | true
            """,
        )
        .draw(
            "staging.link",
            """
            source | link_id | road_class   | length_m | geom
            os     | a       | a            | 4000     | line 0 0, 4000 0
            os     | u       | unclassified | 1000     | line 0 0, 0 1000
            """,
        )
        .draw(
            "core.link_piece",
            "source | link_id | area_level | area_code | from_m | to_m | length_m\n"
            + "\n".join(
                f"os | {link} | {area} | 0 | {to} | {to}"
                for link, to in (("a", 4000), ("u", 1000))
                for area in ("authority | A", "ward | W")
            ),
        )
        .draw(
            "core.link_traffic",
            """
            source | link_id | year | from_m | to_m | length_m | vehicle_km
            os     | a       | 2021 | 0      | 3000 | 3000     | 9000000
            """,
        )
        .draw(
            "staging.collision",
            "source | collision_id | occurred_on | is_ksi\n"
            "s | early | 2020-06-01 | false\ns | known | 2021-06-01 | true\ns | beyond | 2021-07-01 | false\n"
            "s | street | 2021-08-01 | false\ns | nowhere | 2021-09-01 | false",
        )
        .draw(
            "core.incident_link",
            """
            incident_kind | source | incident_id | link_source | link_id | chainage_m
            collision     | s      | early       | os          | a       | 100
            collision     | s      | known       | os          | a       | 100
            collision     | s      | beyond      | os          | a       | 3500
            collision     | s      | street      | os          | u       |
            collision     | s      | nowhere     |             |         |
            """,
        )
        .draw(
            "core.incident_place",
            "incident_kind | source | incident_id | area_level | area_code\n"
            + "\n".join(
                f"collision | s | {n} | {a}"
                for n in ("early", "known", "beyond", "street", "nowhere")
                for a in ("authority | A", "ward | W")
            ),
        )
    )


def test_collisions_know_the_traffic_of_their_place_and_year(bench: Bench) -> None:
    roads(bench).expect(
        "core.collision_road",
        """
        collision_id | road_class   | is_known
        beyond       | a            | false
        early        | a            | false
        known        | a            | true
        street       | unclassified | false
        """,
    )


def test_roads_are_set_against_traffic_where_and_when_it_is_known_and_else_against_length(
    bench: Bench,
) -> None:
    """Wards have the whole period only."""
    roads(bench).build("core.collision_road", "core.road_traffic").expect(
        "core.road_cell",
        """
        area_code | period_start | period_end | road_class   | basis   | km | exposure | flow               | observed
        A         | 2020-01-01   | 2020-12-31 | a            | length  | 4  | 4        |                    | 1
        A         | 2020-01-01   | 2020-12-31 | unclassified | length  | 1  | 1        |                    | 0
        A         | 2020-01-01   | 2021-12-31 | a            | length  | 5  | 5        |                    | 2
        A         | 2020-01-01   | 2021-12-31 | a            | traffic | 3  | 9000000  | 8213.5523613963039 | 1
        A         | 2020-01-01   | 2021-12-31 | unclassified | length  | 2  | 2        |                    | 1
        A         | 2021-01-01   | 2021-12-31 | a            | length  | 1  | 1        |                    | 1
        A         | 2021-01-01   | 2021-12-31 | a            | traffic | 3  | 9000000  | 8213.5523613963039 | 1
        A         | 2021-01-01   | 2021-12-31 | unclassified | length  | 1  | 1        |                    | 1
        W         | 2020-01-01   | 2021-12-31 | a            | length  | 5  | 5        |                    | 2
        W         | 2020-01-01   | 2021-12-31 | a            | traffic | 3  | 9000000  | 8213.5523613963039 | 1
        W         | 2020-01-01   | 2021-12-31 | unclassified | length  | 2  | 2        |                    | 1
        """,
    )


def test_a_rate_by_traffic_needs_half_of_the_main_roads_and_ten_usual_events(bench: Bench) -> None:
    """B's traffic is known on a third; C, with one collision on 0.4 km, has the highest rate and is not given."""
    bench.draw("raw.source", "source | kind\nc | collisions\nt | traffic_counts").draw(
        "core.road_cell",
        "event | area_level | area_code | period_start | period_end | road_class | basis | km | exposure | observed | variance | is_adjusted\n"
        + "\n".join(
            f"collisions | ward | {area} | 2020-01-01 | 2024-12-31 | a | {rest} | | false"
            for area, rest in (
                ("A", "traffic | 40 | 200000000 | 60"),
                ("A", "length | 10 | 10 | 7"),
                ("B", "traffic | 10 | 100000000 | 20"),
                ("B", "length | 20 | 20 | 8"),
                ("C", "traffic | 0.4 | 1000000 | 1"),
            )
        ),
    ).expect(
        "core.rate_collision_traffic",
        """
        outcome                        | area_code | observations | exposure  | per       | source
        collisions_per_100m_vehicle_km | A         | 60           | 200000000 | 100000000 | c,t
        """,
    )


def test_circumstances_are_held_against_like_roads_of_the_region(bench: Bench) -> None:
    """On A roads half of the region's collisions are in the dark, on others none: A has 2 of its 3 on A roads."""
    places = {"1": "A", "2": "A", "3": "A", "4": "B", "5": "B", "6": "B"}
    bench.draw(
        "core.area",
        "area_level | area_code | region | is_context\nauthority | A | here | false\nauthority | B | here | false",
    ).draw(
        "core.event_period",
        "region | event | period_start | period_end | is_pooled\nhere | collisions | 2020-01-01 | 2020-12-31 | true",
    ).draw(
        "staging.collision",
        """
        source | collision_id | occurred_on | road_class | speed_limit_mph | light    | junction
        s      | 1            | 2020-01-01  | a          | 60              | dark     |
        s      | 2            | 2020-01-01  | a          | 60              | dark     |
        s      | 3            | 2020-01-01  | c          | 60              | daylight |
        s      | 4            | 2020-01-01  | a          | 60              | daylight |
        s      | 5            | 2020-01-01  | a          | 60              | daylight |
        s      | 6            | 2020-01-01  | a          | 60              |          |
        """,
    ).draw(
        "core.incident_place",
        "incident_kind | source | incident_id | area_level | area_code\n"
        + "\n".join(f"collision | s | {n} | authority | {a}" for n, a in places.items()),
    ).draw("raw.source", "source | kind | of_source\nh | casualties | s").draw(
        "staging.casualty",
        "source | collision_id | road_user_group\nh | 1 | cyclist\nh | 1 | cyclist\nh | 1 | pedestrian\nh | 4 | cyclist\nh | 4 |",
    ).build("core.circumstance_count")
    found = bench.con.execute(
        "SELECT dimension, category, area_code, collision_count, category_count, round(usual, 3), round(variance, 3) "
        "FROM core.circumstance_count ORDER BY ALL"
    ).fetchall()
    assert [row for row in found if row[0] == "light"] == [
        ("light", "dark", "A", 2, 2, 1.0, 0.333),
        ("light", "dark", "B", 2, 0, 1.0, 0.333),
        ("light", "daylight", "A", 3, 1, 2.0, 0.333),
        ("light", "daylight", "B", 2, 2, 1.0, 0.333),
    ]
    assert [row[:6] for row in found if row[0] == "road_user"] == [
        ("road_user", "cyclist", "A", 1, 1, 1.0),
        ("road_user", "cyclist", "B", 1, 1, 1.0),
        ("road_user", "pedestrian", "A", 1, 1, 0.5),
        ("road_user", "pedestrian", "B", 1, 0, 0.5),
    ]


def test_traffic_of_a_section_is_that_of_the_days_of_the_period(bench: Bench) -> None:
    bench.draw("core.area", "area_level | area_code | region\nauthority | A | here\nward | A | here").draw(
        "core.corridor_section", "corridor | section | area_code\nA1/1 | 1 | A\nA1/1 | 2 | A"
    ).draw(
        "core.event_period",
        """
        region | event      | period_start | period_end | is_pooled
        here   | collisions | 2021-07-01   | 2022-12-31 | true
        here   | collisions | 2022-01-01   | 2022-12-31 | false
        """,
    ).draw(
        "core.section_exposure",
        """
        corridor | section | year | known_share | aadf
        A1/1     | 1       | 2020 | 1           | 9000
        A1/1     | 1       | 2021 | 0.5         | 1000
        A1/1     | 1       | 2022 | 0           |
        A1/1     | 2       | 2020 | 1           | 9000
        """,
    ).expect(
        "core.section_traffic",
        f"""
        event      | corridor | section | known_share          | flow
        collisions | A1/1     | 1       | {0.5 * 184 / 549!r}  | 1000
        """,
    )


def test_people_hurt_are_counted_by_kind_of_road_user(bench: Bench) -> None:
    bench.draw(
        "core.area",
        "area_level | area_code | region | population | is_context\nauthority | A | here | 1000 | false",
    ).draw(
        "core.coverage", "kind | area_level | area_code | is_covered\ncollisions | authority | A | true"
    ).draw(
        "core.event_period",
        "region | event | period_start | period_end | years | is_pooled\n"
        "here | collisions | 2020-01-01 | 2020-12-31 | 1 | false\n"
        "here | collisions | 2020-01-01 | 2021-12-31 | 2 | true",
    ).draw(
        "raw.source", "source | region | kind | of_source\nc | here | collisions |\nh | here | casualties | c"
    ).draw(
        "raw.source_file", "source | file | period_start | period_end\nh | f | 2020-01-01 | 2020-12-31"
    ).draw(
        "staging.casualty",
        """
        source | collision_id | road_user_group
        h      | 1            | car occupant
        h      | 1            | car occupant
        h      | 1            |
        h      | 2            | car occupant
        """,
    ).draw(
        "staging.collision", "source | collision_id | occurred_on\nc | 1 | 2020-01-01\nc | 2 | 2020-01-02"
    ).draw(
        "core.incident_place",
        "incident_kind | source | incident_id | area_level | area_code\n"
        "collision | c | 1 | authority | A\ncollision | c | 2 | authority | A",
    ).expect(
        "core.rate_casualty",
        """
        outcome                          | period_end | observations | exposure | variance | next_weight         | source
        car_occupant_casualties_per_100k | 2020-12-31 | 3            | 1000     | 5        | 1.66666666666666667 | c,h
        casualties_per_100k              | 2020-12-31 | 4            | 1000     | 10       | 2.5                 | c,h
        """,
    )


def test_the_value_of_preventing_a_collision_is_the_published_one(bench: Bench) -> None:
    bench.draw(
        "core.event_period",
        "region | event | period_start | period_end | is_adjusted | is_pooled\n"
        "here | ksi | 2020-01-01 | 2020-12-31 | true | true",
    ).draw("core.area", "area_level | area_code | region | is_context\nauthority | A | here | false").draw(
        "core.incident_place",
        "incident_kind | source | incident_id | area_level | area_code\n"
        + "\n".join(f"collision | c | {n} | authority | A" for n in (1, 2, 3, 4)),
    ).draw(
        "staging.collision",
        """
        source | collision_id | occurred_on | severity | ksi_chance
        c      | 1            | 2020-01-01  | fatal    | 1
        c      | 2            | 2020-01-01  | serious  | 1
        c      | 3            | 2020-01-01  | slight   | 0.5
        c      | 4            | 2020-01-01  | slight   | 0
        """,
    ).build("core.collision_value", "core.collision_price")
    fatal, serious, slight = 1_790_203, 205_056, 21_372
    found = dict(bench.con.execute("SELECT event, mean_pounds FROM core.collision_price").fetchall())
    assert found["collisions"] == pytest.approx((fatal + 1.5 * serious + 1.5 * slight) / 4)
    assert found["ksi"] == pytest.approx((fatal + 1.5 * serious) / 2.5)
    assert bench.value("SELECT any_value(price_year) FROM core.collision_price") == 2009
