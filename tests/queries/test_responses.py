"""How reports are answered: who counts, how long it took, and what may be shown of it."""

# ruff: noqa: E501 - a drawn table is as wide as its columns

import shutil
from itertools import product
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pytest

from geo.estimates.disclosure import solvable
from geo.estimates.usual import LEAST_SITES
from geo.readers.settings import set_variables
from geo.warehouse import connect
from queries.build import build_model
from queries.checks import load_checks, run_check
from queries.models import build_order
from queries.publish import write_exports, write_warehouse
from tests.queries.drawing import MODELS, Bench
from tests.queries.tiny import write_raw

PARTS = ("core.report_time", "core.report_group", "core.report_wait", "core.report_median")


@pytest.fixture
def answering(bench: Bench) -> Bench:
    bench.draw("raw.source", "source | region | kind\nr | here | reports")
    bench.draw(
        "raw.source_file", "source | file | period_start | period_end\nr | f | 2023-01-01 | 2023-12-31"
    )
    bench.draw(
        "core.area",
        """
        area_level | area_code | region | is_context | population | area_km2 | deprivation
        authority  | A         | here   | false      | 1000       | 10       | 20
        authority  | B         | here   | false      | 1000       | 10       | 30
        """,
    )
    bench.draw(
        "core.coverage",
        """
        kind    | area_level | area_code | is_covered
        reports | authority  | A         | true
        reports | authority  | B         | true
        """,
    )
    return bench.build("core.period")


def reports(bench: Bench, text: str, area: str = "A") -> Bench:
    """Draw reports, all of them in one area."""
    bench.draw("staging.report", text)
    bench.draw("core.incident_place", "incident_kind | source | incident_id | area_level | area_code")
    bench.con.execute(
        "INSERT INTO core.incident_place BY NAME "
        "SELECT 'report' AS incident_kind, source, report_id AS incident_id, 'authority' AS area_level, "
        f"'{area}' AS area_code FROM staging.report"
    )
    return bench


def test_time_runs_from_report_to_fix_or_to_the_end_of_what_the_source_speaks_for(answering):
    reports(
        answering,
        """
        source | report_id | reported_at         | closed_at           | status | category
        r      | fixed     | 2023-06-01 12:00:00 | 2023-06-08 12:00:00 | closed | Potholes
        r      | later     | 2023-12-30 00:00:00 | 2024-02-01 00:00:00 | closed |
        r      | open      | 2023-12-22 00:00:00 |                     | open   |
        r      | same      | 2023-06-01 12:00:00 | 2023-06-01 12:00:00 |        |
        """,
    ).expect(
        "core.report_time",
        """
        report_id | wait_days | followed_days | is_fixed | unusable_reason
        fixed     | 7    | 213.5         | true     |
        later     | 2    | 2             | false    |
        open      | 10   | 10            | false    |
        same      | 0    | 213.5         | true     |
        """,
    )


def test_a_report_whose_dates_contradict_each_other_has_no_time_and_says_why(answering):
    reports(
        answering,
        """
        source | report_id | reported_at         | closed_at           | status
        r      | 1         | 2023-06-02 12:00:00 | 2023-06-01 12:00:00 | closed
        r      | 2         | 2023-06-02 12:00:00 |                     | closed
        r      | 3         | 2023-06-02 12:00:00 | 2023-06-03 12:00:00 | open
        r      | 4         |                     | 2023-06-03 12:00:00 | closed
        r      | 5         | 2024-01-01 00:00:00 |                     | open
        r      | 6         | 2022-12-31 23:59:59 |                     | open
        x      | 7         | 2023-06-02 12:00:00 |                     | open
        """,
    ).expect(
        "core.report_time",
        """
        report_id | wait_days | is_fixed | unusable_reason
        1         |      |          | closed before it was made
        2         |      |          | closed, without a date
        3         |      |          | open, with a date of closing
        4         |      |          | no date of report
        5         |      |          | made outside the period its source speaks for
        6         |      |          | made outside the period its source speaks for
        7         |      |          | its source says no period
        """,
    )


def test_only_reports_followed_for_28_days_are_in_the_share(answering):
    """Closed before it was made is not fast; fixed in time but made too late does not count either."""
    reports(
        answering,
        """
        source | report_id | reported_at         | closed_at           | status
        r      | on the day| 2023-06-01 12:00:00 | 2023-06-29 12:00:00 | closed
        r      | too late  | 2023-06-01 12:00:00 | 2023-06-29 12:00:01 | closed
        r      | just in   | 2023-12-04 00:00:00 | 2023-12-05 00:00:00 | closed
        r      | just out  | 2023-12-04 00:00:01 | 2023-12-05 00:00:00 | closed
        r      | open      | 2023-03-01 00:00:00 |                     | open
        r      | backwards | 2023-03-02 00:00:00 | 2023-03-01 00:00:00 | closed
        """,
    ).build(*PARTS[:2]).expect(
        "core.share_fixed_in_28_days",
        """
        outcome          | area_code | period_start | successes | observations | source
        fixed_in_28_days | A         | 2023-01-01   | 2         | 4            | r
        fixed_in_28_days | B         | 2023-01-01   | 0         | 0            | r
        """,
    )
    assert answering.rows("core.report_group", "area_code report_count unusable_count") == [
        ("A", 6, 1), ("A", 6, 1), ("B", 0, 0),
    ]  # fmt: skip


def test_open_reports_lengthen_the_median(answering):
    """Twenty fixed after 1, 2 ... 20 days: half by day 10. With four that stay open, half of all by day 12."""
    fixed = [f"r | {n} | 2023-06-01 00:00:00 | 2023-06-{n + 1:02} 00:00:00 | closed" for n in range(1, 21)]
    open_ones = [f"r | o{n} | 2023-06-01 00:00:00 | | open" for n in range(1, 5)]
    head = "source | report_id | reported_at | closed_at | status\n"
    reports(answering, head + "\n".join(fixed)).build(*PARTS, "core.figure_median_days_to_fix")
    [of_a, of_b] = answering.rows(
        "core.figure_median_days_to_fix", "value lower upper observations raw_value uncertainty_kind scale"
    )
    assert (of_a[0], of_a[3:]) == (10.0, (20, 10.5, "Kaplan-Meier, log-log", "ratio"))
    assert of_a[1] < 10 < of_a[2]
    assert of_b == (None, None, None, 0, None, "none: no report whose time is known", "ratio")
    reports(answering, head + "\n".join(fixed + open_ones)).build(*PARTS, "core.figure_median_days_to_fix")
    value, lower, upper, n, raw, *_ = answering.rows(
        "core.figure_median_days_to_fix", "value lower upper observations raw_value"
    )[0]
    assert (value, n, raw) == (12.0, 24, 10.5)
    assert lower < 12 < upper


def test_a_median_that_is_not_reached_is_null_and_says_so_and_never_zero(answering):
    head = "source | report_id | reported_at | closed_at | status\n"
    one = "r | 1 | 2023-06-01 00:00:00 | 2023-06-03 00:00:00 | closed\n"
    reports(answering, head + one + "\n".join(f"r | o{n} | 2023-06-01 00:00:00 | | open" for n in range(9)))
    answering.build(*PARTS).expect(
        "core.figure_median_days_to_fix",
        """
        area_code | value | raw_value | uncertainty_kind
        A         |       |           | none: the median is not reached, as too many are still open
        B         |       |           | none: no report whose time is known
        """,
    )
    reports(answering, head + one + "r | 2 | 2023-06-01 00:00:00 | | open").build(*PARTS).expect(
        "core.figure_median_days_to_fix",
        """
        area_code | value | lower | upper | uncertainty_kind
        A         |       |       |       | none: the median's upper limit is not reached
        B         |       |       |       | none: no report whose time is known
        """,
    )


def test_categories_are_those_of_authorities_in_the_publishers_words(answering):
    answering.set(authority_level="authority")
    reports(
        answering,
        """
        source | report_id | reported_at         | closed_at           | status | category
        r      | 1         | 2023-06-01 12:00:00 | 2023-06-08 12:00:00 | closed | Potholes
        r      | 2         | 2023-06-01 12:00:00 |                     | open   | Potholes
        r      | 3         | 2023-06-01 12:00:00 |                     | closed |
        """,
    ).build(*PARTS, "core.report_category").expect(
        "core.report_category",
        """
        area_code | category | report_count | unusable_count | followed_count | fixed_in_time_count | median_kind
        A         | Potholes | 2            | 0              | 2              | 1                   | none: the median's upper limit is not reached
        A         | not said | 1            | 1              | 0              | 0                   | none: no report whose time is known
        """,
    )


def test_reports_without_dates_give_no_row_and_a_reason(answering):
    answering.draw("raw.source_file", "source | file | period_start | period_end\nr | f | |").build(
        "core.period"
    )
    reports(answering, "source | report_id | status\nr | 1 | open").build(
        *PARTS, "core.share_fixed_in_28_days", "core.figure_median_days_to_fix", "core.rate_report"
    )
    assert (
        answering.rows("core.share_fixed_in_28_days")
        == answering.rows("core.figure_median_days_to_fix")
        == []
    )
    answering.build("core.report_base", "core.report_adjustment").expect(
        "core.reason_report",
        """
        outcome                   | area_level | reason
        fixed_in_28_days          | authority  | the reports, or the period they speak for, have no dates
        median_days_to_fix        | authority  | the reports, or the period they speak for, have no dates
        reports_per_1000          | authority  | the reports, or the period they speak for, have no dates
        reports_per_1000_adjusted | authority  | the reports, or the period they speak for, have no dates
        """,
    )


def test_too_few_areas_to_adjust_give_no_row_and_a_reason(answering):
    reports(answering, "source | report_id | reported_at | status\nr | 1 | 2023-06-01 00:00:00 | open")
    answering.build(
        "core.rate_report", "core.report_base", "core.report_adjustment", "core.figure_report_adjusted"
    )
    assert answering.rows("core.figure_report_adjusted") == []
    answering.expect(
        "core.reason_report",
        """
        outcome                   | area_level | reason
        reports_per_1000_adjusted | authority  | 2 areas have reports, people and all covariates; 12 are needed
        """,
    )


def test_every_outcome_without_rows_has_a_reason_at_every_level(bench):
    bench.draw("run.outcome_definition", "outcome | label\nmeasured | M\nstated | S\nunknown | U")
    bench.draw("raw.level", "area_level | position\nauthority | 1\nward | 2")
    bench.draw(
        "core.estimate",
        """
        outcome  | area_level | area_code | period_start | period_end
        measured | authority  | A         | 2023-01-01   | 2023-12-31
        stated   | ward       | W         | 2023-01-01   | 2023-12-31
        """,
    )
    bench.draw(
        "core.reason_collision",
        "outcome | area_level | reason\nstated | ward | not read\nstated | authority | said first",
    )
    bench.draw("core.reason_report", "outcome | area_level | reason\nstated | authority | said second")
    bench.expect(
        "marts.not_computable",
        """
        outcome  | area_level | reason
        measured | ward       | no source of this region measures it for areas of this level
        stated   | authority  | said first
        unknown  | authority  | no source of this region measures it for areas of this level
        unknown  | ward       | no source of this region measures it for areas of this level
        """,
    )


@pytest.mark.parametrize(("areas", "reasons"), [(LEAST_SITES - 1, 2), (LEAST_SITES, 0)])
def test_what_is_usual_is_not_told_of_too_few_areas(bench, areas, reasons):
    named = [f"authority | A{n}" for n in range(areas)]
    bench.draw(
        "core.area", "\n".join(["area_level | area_code | is_context", *(f"{a} | false" for a in named)])
    )
    drawn = ["area_level | area_code | road_km | population", *(f"{a} | 5 | 100" for a in named)]
    bench.draw("core.exposure", "\n".join(drawn))
    bench.draw("raw.source", "source | kind\npolice | collisions")
    bench.draw("core.period", "region | incident_kind | period_start\nhere | collision | 2023-01-01")
    bench.build("core.reason_collision")
    found = bench.rows("core.reason_collision", "outcome reason")
    few = f"fewer than {LEAST_SITES} areas of this level, which is too few to tell what is usual"
    assert found == [("collisions_against_usual", few), ("ksi_against_usual", few)][:reasons]


# ---- small counts, from the raw rows to the downloads ------------------------------------------------------

# Reports by ward in 2022 and 2023; W1's first year is the small one.
BY_WARD = {"W1": (4, 30), "W2": (21, 40), "W3": (33, 0), "W4": (25, 50)}
EASTING = {"W1": 640600, "W2": 641600, "W3": 642800, "W4": 643800}
CATEGORIES = ("Potholes", "Lamps", "Signs")


# What changes with the settings of disclosure control.
TOLD_BY_SETTINGS = (
    "core.estimate",
    "core.comparison",
    "marts.outcome",
    "marts.comparison",
    "marts.report_category",
)


@pytest.fixture(scope="module")
def with_reports(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tiny region with other reports, built whole, of a source that is open in aggregates only."""
    path = tmp_path_factory.mktemp("protected") / "build.duckdb"
    made = [
        (
            f"{ward}-{year}-{n}",
            f"{year}-02-03 10:00:00",
            f"{year}-02-13 10:00:00",
            CATEGORIES[min(n // 4, 2)],
            ward,
        )
        for ward, counts in BY_WARD.items()
        for year, count in zip((2022, 2023), counts, strict=True)
        for n in range(count)
    ]
    frame = pd.DataFrame(made, columns=["report_id", "reported_at", "closed_at", "category", "ward"])
    frame["easting"] = frame["ward"].map(EASTING)
    with connect(path) as con:
        write_raw(con)
        con.execute("DELETE FROM raw.report; DELETE FROM raw.report_count")
        con.register("made", frame)
        con.execute(
            """
            INSERT INTO raw.report BY NAME SELECT 'reports' AS source, 'r.csv' AS file,
                row_number() OVER (ORDER BY report_id) + 1 AS row, report_id, reported_at::timestamp AS reported_at,
                closed_at::timestamp AS closed_at, 'closed' AS status, category,
                st_setcrs(st_point(easting, 501000), 'EPSG:27700') AS geom
            FROM made
            """
        )
        con.unregister("made")
        con.execute(
            "UPDATE raw.source_file SET rows_read = ?, rows_accepted = ?, period_start = '2022-01-01' WHERE source = 'reports'",
            [len(made)] * 2,
        )
        protect(con, threshold=5)
        for model in build_order(MODELS):
            build_model(con, model)
        assert [c.name for c in load_checks() if run_check(con, c).refuses] == []
    return path


def protect(con: duckdb.DuckDBPyConnection, threshold: int, publish: str = "aggregates") -> None:
    con.execute(
        "UPDATE raw.source SET publish = if(source = 'reports', ?, 'rows') WHERE publish <> 'nothing'",
        [publish],
    )
    con.execute("UPDATE raw.region SET small_count_threshold = ?", [threshold])
    set_variables(con)


@pytest.fixture(scope="module")
def protected(with_reports: Path) -> tuple[Path, Path]:
    """The published warehouse and the downloads made from it, at the threshold one above the small count."""
    warehouse, data = with_reports.with_name("placeline.duckdb"), with_reports.with_name("data")
    write_warehouse(with_reports, warehouse, MODELS)
    write_exports(warehouse, data)
    return warehouse, data


SMALL = """
    SELECT outcome, value, lower, upper, raw_value, observations, exposure, is_suppressed FROM marts.outcome
    WHERE area_code = 'W1' AND year(period_end) = 2022 AND outcome IN ('reports_per_1000', 'fixed_in_28_days', 'median_days_to_fix')
    ORDER BY outcome
"""


@pytest.mark.parametrize(
    ("threshold", "publish"), [(4, "aggregates"), (3, "aggregates"), (0, "aggregates"), (5, "rows")]
)
def test_a_count_at_the_threshold_or_of_an_open_source_is_shown(with_reports, tmp_path, threshold, publish):
    with connect(shutil.copy(with_reports, tmp_path / "build.duckdb")) as con:
        protect(con, threshold, publish)
        for name in TOLD_BY_SETTINGS:
            build_model(con, MODELS[name])
        found = con.execute(SMALL).fetchall()
        assert [(outcome, n, hidden) for outcome, *_, n, _, hidden in found] == [
            ("fixed_in_28_days", 4, False), ("median_days_to_fix", 4, False), ("reports_per_1000", 4, False),
        ]  # fmt: skip
        assert con.execute("SELECT count(*) FROM marts.report_category WHERE is_suppressed").fetchall() == [
            (0,)
        ]


def test_a_count_below_the_threshold_is_hidden_with_all_that_rests_on_it(protected):
    warehouse, _ = protected
    with connect(warehouse, read_only=True) as con:
        assert con.execute(SMALL).fetchall() == [
            (outcome, None, None, None, None, None, None, True)
            for outcome in ("fixed_in_28_days", "median_days_to_fix", "reports_per_1000")
        ]
        verdicts = con.execute(
            "SELECT DISTINCT p, q, verdict FROM marts.comparison WHERE area_code = 'W1' "
            "AND year(period_end) = 2022 AND outcome = 'reports_per_1000'"
        ).fetchall()
        assert verdicts == [(None, None, "too few data")]
        zero = con.execute(
            "SELECT value, observations, is_suppressed FROM marts.outcome WHERE area_code = 'W3' "
            "AND period_start = '2023-01-01' AND period_end = '2023-12-31' AND outcome = 'reports_per_1000'"
        ).fetchall()
        assert zero == [(0.0, 0, False)]
        no_median = con.execute(
            "SELECT value, observations, is_suppressed, uncertainty_kind FROM marts.outcome WHERE area_code = 'W3' "
            "AND period_start = '2023-01-01' AND period_end = '2023-12-31' AND outcome = 'median_days_to_fix'"
        ).fetchall()
        assert no_median == [(None, 0, False, "none: no report whose time is known")]


def test_a_hidden_count_does_not_follow_from_what_is_downloaded(protected):
    """Parents' totals, sisters, years and the whole time, as a reader of the CSV has them."""
    _, data = protected
    outcomes = pd.read_csv(data / "outcome.csv")
    families = {"A1": ["W1", "W2"], "A2": ["W3", "W4"], "C1": ["A1", "A2"]}
    truth = {w: list(n) for w, n in BY_WARD.items()}
    truth |= {a: [x + y for x, y in zip(*(truth[w] for w in families[a]), strict=True)] for a in ("A1", "A2")}
    whole = [("2022", "2022"), ("2023", "2023"), ("2022", "2023")]
    for outcome in ("reports_per_1000", "fixed_in_28_days", "median_days_to_fix"):
        rows = outcomes[outcomes["outcome"] == outcome]
        gone = rows[rows["is_suppressed"]]
        starts, ends = (gone[c].str[:4] for c in ("period_start", "period_end"))
        kept = {*zip(gone["area_code"], starts, ends, strict=True)}
        assert ("W1", "2022", "2022") in kept
        for parent, parts in families.items():
            mask = np.zeros((3, 3), dtype=bool)
            for (r, code), (c, period) in product(enumerate([*parts, parent]), enumerate(whole)):
                mask[r, c] = (code, *period) in kept
            assert not solvable([truth[p] for p in parts], mask).any(), (outcome, parent)


def test_no_category_tells_what_is_hidden(protected):
    warehouse, data = protected
    rows = pd.read_csv(data / "report_category.csv")
    shown = rows[~rows["is_suppressed"]]
    assert not shown["report_count"].between(1, 4).any()
    assert len(shown)
    assert (
        rows.loc[rows["is_suppressed"], ["fixed_share", "fixed_share_lower", "fixed_share_upper"]]
        .isna()
        .all(axis=None)
    )
    with connect(warehouse, read_only=True) as con:
        totals = con.execute(
            "SELECT area_code, period_start::varchar, period_end::varchar, observations FROM marts.outcome "
            "WHERE outcome = 'reports_per_1000' AND area_level = 'authority'"
        ).fetchall()
    for code, start, end, total in totals:
        of_one = rows[
            (rows["authority_code"] == code) & (rows["period_start"] == start) & (rows["period_end"] == end)
        ]
        unknown = int(of_one["report_count"].isna().sum()) + (total is None)
        assert unknown != 1, "one unknown among a sum follows from the rest"


def test_no_row_of_the_source_is_published(protected):
    warehouse, data = protected
    with connect(warehouse, read_only=True) as con:
        tables = con.execute(
            "SELECT table_name FROM duckdb_columns() WHERE schema_name = 'core' AND column_name = 'source'"
        ).fetchall()
        assert tables
        for (table,) in tables:
            assert con.execute(f"SELECT count(*) FROM core.{table} WHERE source = 'reports'").fetchall() == [
                (0,)
            ]
    assert not [p.name for p in data.iterdir() if "W1-2022" in p.read_bytes().decode("latin-1")]


@pytest.mark.parametrize(
    "table", ["authority_count", "authority_disagreement", "count_by_basis", "responsible_authority"]
)
def test_counts_by_authority_are_not_published_of_a_source_open_in_aggregates_only(
    protected, with_reports, table
):
    warehouse, _ = protected
    counts = MODELS[f"marts.{table}"].counts
    closed, told = (
        f"SELECT {', '.join(f'count({c})' for c in counts)} FROM marts.{table} WHERE source {of}"
        for of in ("= 'reports'", "<> 'reports'")
    )
    nothing = [(0,) * len(counts)]
    with connect(warehouse, read_only=True) as con:
        assert con.execute(closed).fetchall() == nothing
        assert con.execute(told).fetchall() != nothing
    with connect(with_reports, read_only=True) as con:
        assert con.execute(closed).fetchall() != nothing
