"""A made-up warehouse in the North Sea, exactly as the contract of marts and meta describes it."""

import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from geo.warehouse import connect
from maps.site import build_site

BUILD_ID = "20260401T020000Z-abc123"
HOSTILE = (
    "</script><img src=x onerror=alert(1)>",
    "${alert(1)}",
    "=cmd|'/c calc'!A1",
    'O\'Brien & "Sons" \u2028 `x`',
)
YEARS = [(dt.date(year, 1, 1), dt.date(year, 12, 31)) for year in range(2021, 2026)]
POOLED = (dt.date(2021, 1, 1), dt.date(2025, 12, 31))

SCHEMA = """
CREATE SCHEMA marts; CREATE SCHEMA meta;
CREATE TABLE marts.outcome_definition (
    outcome VARCHAR, label VARCHAR, question VARCHAR, unit VARCHAR, direction VARCHAR, theme
    VARCHAR, method VARCHAR,
    minimum_observations BIGINT, below_minimum VARCHAR, comparator VARCHAR, decimals BIGINT, citation VARCHAR, caveats VARCHAR);
CREATE TABLE marts.area (
    area_level VARCHAR, area_code VARCHAR, area_name VARCHAR, parent_level VARCHAR, parent_code VARCHAR,
    population DOUBLE, area_km2 DOUBLE, road_km DOUBLE, centre_lon DOUBLE, centre_lat DOUBLE,
    geom GEOMETRY('EPSG:4326'));
CREATE TABLE marts.area_level (
    area_level VARCHAR, label VARCHAR, position BIGINT, is_authority BOOLEAN, area_count BIGINT);
CREATE TABLE marts.outcome (
    outcome VARCHAR, area_level VARCHAR, area_code VARCHAR, basis VARCHAR, period_start DATE,
    period_end DATE,
    value DOUBLE, lower DOUBLE, upper DOUBLE, level_of_confidence DOUBLE, observations BIGINT,
    exposure DOUBLE,
    exposure_unit VARCHAR, raw_value DOUBLE, low DOUBLE, high DOUBLE, uncertainty_kind VARCHAR,
    is_suppressed BOOLEAN, method VARCHAR, source VARCHAR, series VARCHAR);
CREATE TABLE marts.comparison (
    outcome VARCHAR, area_level VARCHAR, area_code VARCHAR, period_start DATE, period_end DATE,
    comparator VARCHAR,
    comparator_value DOUBLE, p DOUBLE, q DOUBLE, verdict VARCHAR, usual_low DOUBLE, usual_high DOUBLE);
CREATE TABLE marts.numbered_road (
    road VARCHAR, road_class VARCHAR, length_km DOUBLE, authority_count BIGINT, geom
    GEOMETRY('EPSG:4326'));
CREATE TABLE marts.incident_accounting (
    source VARCHAR, incident_kind VARCHAR, area_level VARCHAR, accepted BIGINT, placed BIGINT,
    unplaced BIGINT,
    near_border BIGINT, tied BIGINT);
CREATE TABLE marts.unplaced (
    source VARCHAR, incident_kind VARCHAR, area_level VARCHAR, reason VARCHAR, incident_count BIGINT);
CREATE TABLE marts.authority_disagreement (
    source VARCHAR, incident_kind VARCHAR, located_code VARCHAR, recorded_code VARCHAR, reason VARCHAR,
    incident_count BIGINT);
CREATE TABLE meta.build (
    build_id VARCHAR, region VARCHAR, title VARCHAR, built_at TIMESTAMP, basis_on DATE, crs VARCHAR,
    schema_version BIGINT, placeline_version VARCHAR, is_private BOOLEAN, private_reason VARCHAR);
CREATE TABLE meta.source (
    source VARCHAR, kind VARCHAR, title VARCHAR, publisher VARCHAR, url VARCHAR, file VARCHAR,
    licence VARCHAR,
    attribution VARCHAR, publish VARCHAR, sha256 VARCHAR, bytes BIGINT, rows_read BIGINT,
    rows_accepted BIGINT,
    rows_quarantined BIGINT, rows_left_out BIGINT, period_start DATE, period_end DATE,
    fetched_on DATE, read_at TIMESTAMP,
    is_stale BOOLEAN);
CREATE TABLE meta.issue (
    source VARCHAR, file VARCHAR, row BIGINT, column_name VARCHAR, value VARCHAR, rule VARCHAR,
    severity VARCHAR,
    who_can_fix VARCHAR, issue_count BIGINT);
CREATE TABLE meta.check_result (claim VARCHAR, severity VARCHAR, failures BIGINT, passed BOOLEAN);
"""

OUTCOMES = [
    # outcome, label, unit, direction, theme, decimals, the first authority's value, its kind
    (
        "collision_rate",
        "Injury collisions",
        "collisions per 100 million vehicle km",
        "lower",
        "safety",
        1,
        21.0,
    ),
    (
        "serious_rate",
        "People killed or seriously hurt",
        "people per 100,000 residents",
        "lower",
        "safety",
        1,
        44.0,
    ),
    ("delay", "Average delay", "seconds per vehicle mile", "lower", "reliability", 0, 38.0),
    ("satisfaction", "Satisfied with road condition", "% of people asked", "higher", "satisfaction", 0, 41.0),
    (
        "published_score",
        f"Published score {HOSTILE[1]}",
        "points out of 100",
        "higher",
        "satisfaction",
        0,
        52.0,
    ),
    ("fixed_28", "Potholes mended within 28 days", "% of reports", "higher", "responsiveness", 0, 63.0),
]
VERDICTS = ("worse", "similar", "better", "too few data")
AUTHORITIES = ("Norby", HOSTILE[0], "Ferrow and the Long Bank", HOSTILE[1])


@dataclass
class Fixture:
    """How the made-up warehouse departs from the usual one."""

    is_private: bool = False
    with_outcomes: bool = True
    with_roads: bool = True
    with_areas: bool = True


def make_warehouse(path: Path, how: Fixture | None = None) -> Path:
    how = how or Fixture()
    con = connect(path)
    con.begin()
    con.execute(SCHEMA)
    reason = "'survey' has no stated licence."
    con.execute(
        "INSERT INTO meta.build VALUES (?, 'Dogger Bank', 'Dogger Bank outcomes', '2026-04-01 02:00:00', "
        "'2026-01-01', 'EPSG:27700', 1, '0.1.0', ?, ?)",
        [BUILD_ID, how.is_private, reason if how.is_private else None],
    )
    _sources(con)
    if how.with_areas:
        _areas(con)
        if how.with_outcomes:
            _outcomes(con)
        if how.with_roads:
            _roads(con)
    con.commit()
    con.close()
    return path


def _areas(con: duckdb.DuckDBPyConnection) -> None:
    """Four authorities of three wards each; borders wander, so that simplifying has something to do."""
    con.execute(
        "INSERT INTO marts.area_level VALUES ('authority', 'Highway authorities', 1, true, 4), "
        "('ward', 'Wards', 2, false, 12), ('empty', 'Levels without areas', 3, false, 0)"
    )
    for row in range(4):
        for column in range(3):
            at = row // 2 * 2 + (1 if column == 2 or (column == 1 and row % 2) else 0)
            code, name = f"W0{row}{column}", f"Ward {row}{column} of {AUTHORITIES[at]}"
            name = HOSTILE[2] if (row, column) == (0, 0) else HOSTILE[3] if (row, column) == (0, 1) else name
            con.execute(
                "INSERT INTO marts.area SELECT 'ward', ?, ?, 'authority', ?, ?, st_area(g) / 1e6, ?, "
                "st_x(c), st_y(c), st_transform(g, 'EPSG:4326') "
                "FROM (SELECT st_setcrs(st_geomfromtext(?), 'EPSG:27700') AS g, "
                "st_transform(st_setcrs(st_centroid(st_geomfromtext(?)), 'EPSG:27700'), 'EPSG:4326') AS c)",
                [code, name, f"A{at}", 4000 + 100 * row, None if column else 12.5, *[_ward(row, column)] * 2],
            )
    for at, name in enumerate(AUTHORITIES):
        con.execute(
            "INSERT INTO marts.area SELECT 'authority', ?, ?, NULL, NULL, sum(population), sum(area_km2), "
            "210.4, avg(centre_lon), avg(centre_lat), st_setcrs(st_union_agg(geom), 'EPSG:4326') "
            "FROM marts.area WHERE parent_code = ?",
            [f"A{at}", name, f"A{at}"],
        )


def _corner(row: int, column: int) -> tuple[float, float]:
    return 640_000 + column * 18_000 + 2_500 * ((row * 7) % 3 - 1), 470_000 + row * 25_000 + 3_000 * (
        (column * 5) % 4 - 1
    )


def _edge(a: tuple[float, float], b: tuple[float, float]) -> list[tuple[float, float]]:
    """A wandering line from a to b; the same points whichever end is named first."""
    (x0, y0), (x1, y1) = first, last = sorted((a, b))
    points = []
    for step in range(1, 40):
        share = step / 40
        wander = 900 * ((step * 7919 + int(x0 + 3 * y1)) % 13 - 6) / 6 * share * (1 - share) * 4
        points.append(
            (
                x0 + (x1 - x0) * share + wander * (y1 - y0) / 25_000,
                y0 + (y1 - y0) * share - wander * (x1 - x0) / 25_000,
            )
        )
    return [first, *points, last] if a == first else [last, *points[::-1], first]


def _ward(row: int, column: int) -> str:
    corners = [
        _corner(row, column),
        _corner(row, column + 1),
        _corner(row + 1, column + 1),
        _corner(row + 1, column),
    ]
    ring = [
        point for a, b in zip(corners, corners[1:] + corners[:1], strict=True) for point in _edge(a, b)[:-1]
    ]
    return f"POLYGON(({', '.join(f'{x:.1f} {y:.1f}' for x, y in [*ring, ring[0]])}))"


def _roads(con: duckdb.DuckDBPyConnection) -> None:
    lines = [
        ("M1", "motorway", [(645_000, 472_000), (662_000, 500_000), (668_000, 530_000), (660_000, 566_000)]),
        ("A61", "a", [(642_000, 515_000), (665_000, 511_000), (690_000, 522_000)]),
        ("B6159", "b", [(672_000, 480_000), (680_000, 505_000)]),
        ("A19", "a", [(668_000, 530_000), (690_000, 560_000)]),
    ]
    for road, road_class, points in lines:
        text = f"MULTILINESTRING(({', '.join(f'{x} {y}' for x, y in points)}))"
        con.execute(
            "INSERT INTO marts.numbered_road SELECT ?, ?, 40.0, 2, "
            "st_transform(st_setcrs(st_geomfromtext(?), 'EPSG:27700'), 'EPSG:4326')",
            [road, road_class, text],
        )


@dataclass(frozen=True)
class Cell:
    """One outcome of one area in one period; the numbers are positions, from which all else follows."""

    outcome: str
    base: float
    level: str
    code: str
    which: int
    at: int
    when: int

    @property
    def turn(self) -> int:
        return self.which + self.at + self.when

    @property
    def is_count(self) -> bool:
        return self.outcome in ("collision_rate", "serious_rate")

    @property
    def is_known(self) -> bool:
        """Whether the uncertainty is known."""
        return self.outcome != "published_score"

    @property
    def is_suppressed(self) -> bool:
        return self.turn % 11 == 7

    @property
    def value(self) -> float | None:
        if self.is_suppressed or self.turn % 13 == 12:
            return None
        if (self.outcome, self.at, self.when) == ("collision_rate", 0, 0):
            return 0.0
        return self.base * (1 + 0.13 * ((self.at * 5 + self.which) % 7 - 3) / 3 + 0.02 * self.when) + 1 / 3

    @property
    def is_there(self) -> bool:
        """Delay stops at authorities; repairs have no pooled period, and one area no row for one year."""
        if self.outcome == "delay":
            return self.level == "authority"
        return self.outcome != "fixed_28" or (self.when < len(YEARS) and (self.at, self.when) != (1, 2))


def _outcomes(con: duckdb.DuckDBPyConnection) -> None:
    for outcome, label, unit, direction, theme, decimals, _ in OUTCOMES:
        con.execute(
            "INSERT INTO marts.outcome_definition VALUES (?, ?, ?, ?, ?, ?, 'Rate with an exact interval', "
            "10, 'no verdict', 'all_areas', ?, 'Hauer et al. 2002', 'Counts depend on what is reported.')",
            [outcome, label, f"How does '{label}' turn out?", unit, direction, theme, decimals],
        )
    areas = con.execute("SELECT area_level, area_code FROM marts.area ORDER BY ALL").fetchall()
    cells = [
        Cell(outcome, base, level, code, which, at, when)
        for which, (outcome, *_, base) in enumerate(OUTCOMES)
        for at, (level, code) in enumerate(areas)
        for when in range(len(YEARS) + 1)
    ]
    there = [cell for cell in cells if cell.is_there]
    con.executemany(f"INSERT INTO marts.outcome VALUES ({', '.join('?' * 21)})", map(_outcome_row, there))
    con.executemany(
        f"INSERT INTO marts.comparison VALUES ({', '.join('?' * 12)})",
        [row for cell in there for row in _comparison_rows(cell)],
    )


def _period(cell: Cell) -> tuple[dt.date, dt.date]:
    return [*YEARS, POOLED][cell.when]


def _outcome_row(cell: Cell) -> tuple[Any, ...]:
    value = cell.value
    spread = cell.base * 0.08 * (1 if cell.level == "authority" else 3)

    def if_known(number: float | None) -> float | None:
        return number if cell.is_known else None

    def scaled(factor: float) -> float | None:
        return None if value is None else value * factor

    def moved(amount: float) -> float | None:
        return if_known(None if value is None else value + amount)

    return (
        cell.outcome, cell.level, cell.code, "as-now", *_period(cell), value,
        moved(-spread), moved(spread), 0.95,
        None if cell.is_suppressed or not cell.is_known else 37 * (cell.at + 1) + cell.when,
        123_456_789.5 * (cell.at + 1) if cell.is_count else None, "vehicle km" if cell.is_count else None,
        if_known(scaled(1.07)),
        scaled(0.97) if cell.is_count else None, scaled(1.02) if cell.is_count else None,
        "exact interval" if cell.is_known else "unknown", cell.is_suppressed,
        "old method" if (cell.outcome, cell.when) == ("satisfaction", 0) else "Rate with an exact interval",
        "collisions,survey" if cell.is_count else "survey",
        None if cell.outcome != "delay" else "across 2023-01-01" if cell.when == len(YEARS)
        else "before 2023-01-01" if cell.when < 2 else "from 2023-01-01",
    )  # fmt: skip


def _comparison_rows(cell: Cell) -> list[tuple[Any, ...]]:
    """Missing values have no row; suppressed ones have too few data."""
    if cell.value is None and not cell.is_suppressed:
        return []
    verdict = VERDICTS[cell.turn % 4] if cell.is_known else "uncertainty unknown"
    verdict = "too few data" if cell.is_suppressed else verdict
    tested = verdict in ("better", "similar", "worse")
    comparators = ["all_areas"] if cell.level == "authority" else ["all_areas", "parent"]
    return [
        (
            cell.outcome, cell.level, cell.code, *_period(cell), name, 30.25 + cell.which + shift,
            0.01 * cell.at if tested else None, 0.02 * cell.at if tested else None,
            verdict if name == "all_areas" or not tested else "similar", 25.5, 36.0,
        )
        for shift, name in enumerate(comparators)
    ]  # fmt: skip


def _sources(con: duckdb.DuckDBPyConnection) -> None:
    url = "https://example.org/data"
    con.execute(
        "INSERT INTO meta.source VALUES "
        "('collisions', 'collisions', 'Road collisions', 'Dogger Police', ?, 'collisions.csv', 'OGL-UK-3.0', "
        "'Contains public sector information licensed under the Open Government Licence v3.0.', 'rows', 'ab', "
        "100, 1250, 1190, 10, 50, '2021-01-01', '2025-12-31', '2026-03-20', '2026-04-01 01:59:00', false), "
        "('survey', 'satisfaction_responses', ?, ?, 'javascript:alert(1)', 'survey.csv', "
        "NULL, NULL, 'aggregates', 'cd', 100, 800, 800, 0, 0, NULL, NULL, NULL, '2026-04-01 01:59:00', true)",
        [url, f"Survey {HOSTILE[0]}", f"Dogger Survey {HOSTILE[0]}"],
    )
    con.execute(
        "INSERT INTO meta.issue VALUES ('collisions', 'collisions.csv', 12, 'date', '31/02/2024', "
        "'not a date (DD/MM/YYYY)', 'rejected', 'publisher', 7), "
        "('survey', 'survey.csv', NULL, 'weight', NULL, ?, 'note', 'us', 3)",
        [HOSTILE[0]],
    )
    con.execute(
        "INSERT INTO marts.incident_accounting "
        "VALUES ('collisions', 'collision', 'authority', 1190, 1180, 10, 44, 2)"
    )
    con.execute(
        "INSERT INTO marts.unplaced VALUES ('collisions', 'collision', 'authority', 'no coordinates', 10)"
    )
    con.execute(
        "INSERT INTO marts.authority_disagreement "
        "VALUES ('collisions', 'collision', 'A0', 'A1', 'near the border', 6), "
        "('collisions', 'collision', 'A0', 'A0', 'agree', 1174)"
    )
    con.execute(
        "INSERT INTO meta.check_result VALUES ('every incident is placed once or listed', 'fail', 0, true)"
    )


def make_site(folder: Path, how: Fixture | None = None) -> Path:
    """Build a site as the pipeline does: warehouse, exports, pages, and the status beside them."""
    warehouse = make_warehouse(folder / "placeline.duckdb", how)
    exports = folder / "exports"
    exports.mkdir()
    (exports / "outcome.csv").write_text("outcome,value\ncollision_rate,1\n", encoding="utf-8")
    build_site(warehouse, folder / "site", exports=exports)
    (folder / "site" / "status.js").write_text(
        "window.placelineStatus = " + '{"state":"nothing changed","at":"2026-04-03T02:31:00Z",'
        f'"build_id":"{BUILD_ID}","sources":[{{"source":"collisions","title":"Road collisions",'
        '"fetched_on":"2026-03-20","period_end":"2025-12-31","age_days":14},'
        '{"source":"survey","title":"Survey","fetched_on":null,"period_end":"2026-03-31","age_days":3}]};\n',
        encoding="utf-8",
    )
    return folder / "site"
