"""The sample's marts against a golden copy, and against the truth it was drawn from."""

import csv
import json
import os
from pathlib import Path

import duckdb
import pytest

from tests.building import Built

GOLDEN = Path(__file__).parent / "golden"
REWRITE = bool(os.environ.get("PLACELINE_WRITE_GOLDEN"))


def query(release: Path, sql: str) -> list[tuple[object, ...]]:
    with duckdb.connect(str(release / "placeline.duckdb"), read_only=True) as con:
        return con.sql(sql).fetchall()


# Six significant digits: more than anybody shows, less than two processors may differ in.
def shown(rows: list[tuple[object, ...]]) -> list[list[str]]:
    return [
        ["" if v is None else f"{v:.6g}" if isinstance(v, float) else str(v) for v in row] for row in rows
    ]


@pytest.mark.parametrize(
    ("name", "sql"),
    [
        (
            "outcome",
            """
            select outcome, area_level, area_code, period_start, period_end, value, lower, upper, observations,
                exposure, low, high, uncertainty_kind, is_suppressed
            from marts.outcome where area_level in ('combined_authority', 'highway_authority') order by all
            """,
        ),
        (
            "comparison",
            """
            select outcome, area_level, area_code, period_start, period_end, comparator, comparator_value, q, verdict
            from marts.comparison where area_level = 'highway_authority' order by all
            """,
        ),
        (
            "verdicts",
            """
            select outcome, area_level, comparator, verdict, count(*)
            from marts.comparison group by all order by all
            """,
        ),
        ("accounting", "from marts.incident_accounting order by all"),
        ("unplaced", "from marts.unplaced order by all"),
        ("disagreement", "from marts.authority_disagreement order by all"),
        ("issue", "select * from meta.issue order by all"),
    ],
)
def test_marts_are_as_they_were(sample_release: Path, name: str, sql: str) -> None:
    """Rewrite the golden copies with PLACELINE_WRITE_GOLDEN=1, and read the difference before committing it."""
    rows, path = shown(query(sample_release, sql)), GOLDEN / f"doggerland_{name}.csv"
    if REWRITE:
        with path.open("w", newline="", encoding="utf-8") as file:
            csv.writer(file, lineterminator="\n").writerows(rows)
    with path.open(newline="", encoding="utf-8") as file:
        assert rows == list(csv.reader(file))


def test_every_check_that_must_hold_holds(sample_release: Path) -> None:
    assert (
        query(sample_release, "select claim from meta.check_result where severity = 'fail' and not passed")
        == []
    )


def test_collisions_are_found_where_they_were_drawn(demo: Path, demo_built: Built) -> None:
    truth = json.loads((demo.parent / "truth.json").read_text("utf-8"))["planted"]
    years = sum(truth["year_rate_ratio"].values())
    links = demo.parent / "truth_links.csv"
    drawn = duckdb.sql(
        f"""
        select authority_code, sum(collisions_per_year_with_link_factor) from '{links}'
        where authority_code is not null group by all
        """
    ).fetchall()
    counts = demo_built.rows(
        """
        select area_code, observations from marts.outcome
        where outcome = 'collisions_per_km' and area_level = 'highway_authority'
            and period_start = date '2020-01-01' and period_end = date '2024-12-31'
        """
    )
    found = {str(code): n for code, n in counts}
    assert found.keys() == {code for code, _ in drawn}
    for code, a_year in drawn:
        expected = a_year * years
        # Poisson noise of the draw, and a few points carried over a border by noise across the road.
        assert abs(int(str(found[code])) - expected) < 4 * expected**0.5, code


def test_the_planted_bad_authority_is_beyond_chance(demo: Path, demo_built: Built) -> None:
    effects = json.loads((demo.parent / "truth.json").read_text("utf-8"))["planted"]["authority_rate_ratio"]
    worst = max(effects, key=lambda code: effects[code])
    found = demo_built.rows(
        f"""
        select p_chance < 0.001, outcome.value > comparator_value from marts.comparison
        inner join marts.outcome using (outcome, area_level, area_code, period_start, period_end)
        where outcome = 'collisions_per_km' and area_level = 'highway_authority' and area_code = '{worst}'
            and comparator = 'all_areas' and period_start = date '2020-01-01' and period_end = date '2024-12-31'
        """
    )
    # Among eight authorities whose traffic differs as much, it is not unusual; it is no accident either.
    assert found == [(True, True)]


def test_the_planted_authorities_are_told_where_roads_and_traffic_are_held_alike(
    demo: Path, demo_built: Built
) -> None:
    effects = json.loads((demo.parent / "truth.json").read_text("utf-8"))["planted"]["authority_rate_ratio"]
    found = demo_built.rows(
        """
        select area_code, verdict from marts.comparison
        where outcome = 'collisions_against_usual' and area_level = 'highway_authority' and comparator = 'usual'
            and period_start = date '2020-01-01' and period_end = date '2024-12-31'
        """
    )
    verdicts = {str(code): verdict for code, verdict in found}
    assert verdicts.keys() == effects.keys()
    assert verdicts[max(effects, key=lambda code: effects[code])] == "worse"
    assert verdicts[min(effects, key=lambda code: effects[code])] == "better"


def test_every_published_figure_is_one_that_could_be_explained(sample_release: Path) -> None:
    unexplained = """
        select * from marts.outcome
        where method is null or source is null or uncertainty_kind is null
            or (value is not null and lower is null
                and uncertainty_kind not in ('unknown', 'none: a full account'))
    """
    assert query(sample_release, unexplained) == []


def test_no_personal_data_comes_through_the_door(sample: Path, sample_release: Path) -> None:
    requests = json.loads((sample.parent / "reports_open311.json").read_text("utf-8"))
    personal = {str(r["email"]) for r in requests if r.get("email")}
    assert personal
    with duckdb.connect(str(sample_release.parent.parent / "build" / "build.duckdb"), read_only=True) as con:
        # Geometry needs the spatial extension, and holds no text.
        texts = con.sql(
            """
            select schema_name || '.' || table_name, column_name from duckdb_columns()
            where data_type = 'VARCHAR' and schema_name in ('raw', 'staging', 'core', 'marts', 'meta')
            """
        ).fetchall()
        assert len(texts) > 100
        for table, column in texts:
            assert con.execute(f"select count(*) from {table} where \"{column}\" like '%@%'").fetchall() == [
                (0,)
            ], table


def test_what_happened_before_a_merger_lies_in_the_authority_of_its_day(demo_built: Built) -> None:
    """Hold former boundaries against the codes that were recorded: apart from misrecording, the planted truth."""
    found = demo_built.rows(
        """
        select vintage.area_code = authority.recorded_as, count(*), bool_and(vintage.is_by_boundary)
        from core.incident_vintage as vintage
        inner join core.incident_authority as authority using (incident_kind, source, incident_id, area_level)
        where vintage.basis = 'as_was' and vintage.area_level = getvariable('authority_level')
            and authority.agreement = 'agree'
        group by all
        """
    )
    assert [(agree, by_boundary) for agree, _, by_boundary in found] == [(True, True)]
    assert int(str(found[0][1])) > 500
