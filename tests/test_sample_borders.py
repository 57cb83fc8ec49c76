"""Corridors and borders on the generated sample."""

from typing import Any

from tests.building import Built


def test_every_section_has_its_profile_in_order(demo_built: Built) -> None:
    assert demo_built.one("select count(*) from marts.corridor_profile") == demo_built.one(
        "select count(*) from marts.corridor_section"
    )
    # Within a way of a corridor, the next section begins no earlier.
    assert (
        demo_built.one(
            """
            select count(*) from (
                select from_km < lag(from_km) over (partition by corridor, strand order by section) as is_back
                from marts.corridor_profile
            ) where is_back
            """
        )
        == 0
    )


def test_the_planted_corridor_runs_through_its_authorities_and_changes_there(demo_built: Built) -> None:
    rows = demo_built.rows(
        """
        select corridor, is_across_borders, authority_count, change_count from marts.corridor_summary
        where road = 'A8002' order by corridor
        """
    )
    assert [r[:2] for r in rows] == [("A8002/1", True), ("A8002/2", True)]
    changes = demo_built.rows(
        """
        select changed_from, area_code from marts.corridor_profile where is_change and corridor = 'A8002/1'
        """
    )
    assert len(changes) == rows[0][3]
    assert all(one != other for one, other in changes)


def test_a_profile_says_what_it_has_and_why_not(demo_built: Built) -> None:
    assert (
        demo_built.one(
            """
            select count(*) from marts.corridor_profile
            where
                (missing is null) <> (
                    expected_count is not null and report_count is not null
                    and planning_time_index is not null and satisfaction is not null
                )
                or not (reports_per_km between reports_per_km_lower and reports_per_km_upper)
                or not (satisfaction between satisfaction_lower and satisfaction_upper)
            """
        )
        == 0
    )


def test_both_sides_of_every_border_are_compared_or_say_why_not(demo_built: Built) -> None:
    assert (
        demo_built.one(
            """
            select count(*) from marts.border_contrast
            where
                (reason is null) <> (p is not null)
                or (p is null) <> (verdict is null)
                or (p is null) <> (rate_ratio_lower is null)
                or not (rate_ratio between rate_ratio_lower and rate_ratio_upper)
                or q < p - 1e-12
            """
        )
        == 0
    )
    pairs = (
        "select distinct area_code, neighbour_code from marts.border_contrast where corridor = 'all roads'"
    )
    assert demo_built.one(f"select count(*) from ({pairs})") == 13


def test_counts_beside_a_border_are_those_of_points_in_the_authority(demo_built: Built) -> None:
    """All roads of Silverpit within two kilometres of Doggershire: the same counted from the points themselves."""
    counted = demo_built.one(
        """
        select event_count from marts.border_contrast
        where area_code = 'D06000001' and neighbour_code = 'D10000001' and corridor = 'all roads'
            and road_class = 'all' and band_km = 2 and outcome = 'collisions'
        """
    )
    by_point = demo_built.one(
        """
        select count(*)
        from core.incident_place as place
        join core.incident as incident using (incident_kind, source, incident_id)
        join core.incident_link as link using (incident_kind, source, incident_id)
        join core.area as other on other.area_code = 'D10000001' and other.area_level = 'highway_authority'
        where incident_kind = 'collision' and place.area_level = 'highway_authority'
            and place.area_code = 'D06000001' and link.link_id is not null
            and st_distance(incident.geom, other.geom) <= 2000
        """
    )
    # Roads are in the band by their middles, so that a few points at its edge are not.
    assert isinstance(counted, float)
    assert isinstance(by_point, int)
    assert abs(counted - by_point) <= 0.05 * by_point
    assert by_point > 100


EVENTS = {
    "collisions": "collisions",
    "ksi": "collisions with deaths or serious injuries",
    "reports": "reports",
}
ROADS = {"motorway": "motorways", "a": "A roads", "b": "B roads", "c": "C roads"}


def sentence(row: dict[str, Any]) -> str:
    """The sentence of a row, made again from the row."""
    if row["reason"]:
        return f"Not computable here, because {row['reason']}."
    events, kind = EVENTS[row["outcome"]], row["road_class"]
    roads = row["corridor"] if row["corridor"] != "all roads" else ROADS.get(kind, f"{kind} roads")
    at = f"on {roads} within {row['band_km']:g} km of the border of {row['area_name']} and {row['neighbour_name']}"
    one, other = row["event_count"], row["other_event_count"]
    if row["verdict"] == "too few data":
        return f"Too few {events} {at} to tell them apart: {one:.0f} and {other:.0f}."
    verdict = row["verdict"] + ("" if row["q"] >= 0.05 else f" in {row['area_name']}")
    if row["rate_ratio"] is None:
        ratio = f"at least {row['rate_ratio_lower']:.2f} times as many (95 % limit)"
    else:
        upper = "any number" if row["rate_ratio_upper"] is None else f"{row['rate_ratio_upper']:.2f}"
        ratio = (
            f"{row['rate_ratio']:.2f} times as many (95 % limits {row['rate_ratio_lower']:.2f} to {upper})"
        )
    said = f"{events[0].upper()}{events[1:]} {at}: {verdict}, {one:.0f} against {other:.0f}; for such roads {ratio}."
    if row["q"] < 0.05:
        said += (
            " The sides are alike in what was checked; what else changes at the border may be the cause."
            if row["wording_reason"] is None
            else f" A contrast, not an effect of the authority: {row['wording_reason']}."
        )
    return said


def test_every_sentence_says_what_its_row_says(demo_built: Built) -> None:
    made = demo_built.con.sql("from marts.border_contrast")
    rows = [dict(zip(made.columns, row, strict=True)) for row in made.fetchall()]
    assert [row["sentence"] for row in rows] == [sentence(row) for row in rows]
    # A difference is an effect in no sentence in which a check failed.
    told = [row for row in rows if row["verdict"] in {"higher", "lower"}]
    assert told
    assert all(
        ("A contrast, not an effect" in row["sentence"]) == (row["wording"] == "contrast") for row in told
    )


def test_bands_of_one_and_five_kilometres_stand_beside_that_of_two(demo_built: Built) -> None:
    beside = demo_built.rows(
        """
        select band_km, count(*) from marts.border_contrast
        where corridor = 'all roads' and road_class = 'all' group by all order by all
        """
    )
    assert beside == [(1.0, 39), (2.0, 39), (5.0, 39)]
    # A wider band holds all that a narrower one does.
    assert (
        demo_built.one(
            """
            select count(*) from (
                select event_count < lag(event_count) over (
                    partition by area_code, neighbour_code, corridor, road_class, outcome order by band_km
                ) as is_fewer
                from marts.border_contrast
            ) where is_fewer
            """
        )
        == 0
    )


def test_a_corridor_as_a_whole_is_the_sum_of_its_sections(demo_built: Built) -> None:
    assert (
        demo_built.one(
            """
            select count(*)
            from marts.corridor_summary as summary
            join (
                select corridor, sum(collision_count) as collision_count, sum(expected_count) as expected_count
                from marts.corridor_profile where expected_count is not null group by corridor
            ) as profile using (corridor)
            where
                summary.collision_count <> profile.collision_count
                or abs(summary.expected_count - profile.expected_count) > 1e-6 * profile.expected_count
                or not (collision_ratio between collision_ratio_lower and collision_ratio_upper)
            """
        )
        == 0
    )
    judged = "select count(*) > 10 from marts.corridor_summary where collision_verdict is not null"
    assert demo_built.one(judged)
