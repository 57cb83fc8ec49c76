"""What the files of services need beyond their contracts: moments to UTC, withheld figures told apart, units checked."""

from dataclasses import replace

import duckdb

from geo.errors import SourceError
from geo.readers.accept import Text
from geo.readers.corrections import refuse_unreviewed
from geo.readers.ledger import Issue, add_issues
from geo.service_contracts import ALL_ROADS, WITHHELD
from geo.sources import (
    AverageSpeeds,
    Corrections,
    RoadCondition,
    SatisfactionResponses,
    SatisfactionScores,
    TableSource,
    TravelTimes,
)
from geo.warehouse import literal, quote

_OFFSET = r"(Z|[+-]\d{2}(:?\d{2})?)$"
# Of half of all roads, from one year to the next; a kilometre an hour is 1.6 times fewer miles.
_MOST_SPEED_CHANGES = 1.4
_CLOCK = r"\d{1,2}:\d{2}"


def prepare_text(con: duckdb.DuckDBPyConnection, source: TableSource, text: Text) -> Text:
    """Make ready the text of a file before it is held against its contract; return what it holds now.

    Raises:
        SourceError: some moments carry an offset from UTC and others do not, or a correction is not reviewed.
    """
    if isinstance(source, Corrections):
        refuse_unreviewed(con, text)
        return text
    if isinstance(source, TravelTimes):
        return _moments_in_utc(con, text)
    if isinstance(source, AverageSpeeds):
        return _roads_together(con, text)
    if isinstance(source, RoadCondition) and "poor" in text.headers and "mark" not in text.headers:
        marks = ", ".join(map(literal, WITHHELD))
        given = f"CASE WHEN trim(poor) IN ({marks}) THEN 'suppressed' END"
        con.execute(
            f"CREATE OR REPLACE TEMP TABLE {quote(text.table)} AS "
            f"SELECT *, {given} AS mark FROM {quote(text.table)}"
        )
        return replace(text, headers={**text.headers, "mark": text.headers["poor"]})
    return text


def judge_rows(con: duckdb.DuckDBPyConnection, source: TableSource, file: str) -> int:
    """Hold a file's accepted rows against what can be; leave out those that cannot be, and return their number.

    Raises:
        SourceError: the file as a whole is in another unit than it should be.
    """
    if isinstance(source, TravelTimes):
        return _judge_speeds(con, source, file)
    if isinstance(source, AverageSpeeds):
        _refuse_other_speeds(con, source, file)
    if isinstance(source, RoadCondition):
        _refuse_other_scale(con, source, file, "raw.road_condition", "poor")
    if isinstance(source, SatisfactionScores):
        _refuse_other_scale(con, source, file, "raw.satisfaction_score", "score")
    if isinstance(source, SatisfactionResponses):
        _refuse_other_answers(con, source, file)
    return 0


def _moments_in_utc(con: duckdb.DuckDBPyConnection, text: Text) -> Text:
    """Write moments in UTC, those without an offset by the clock of London."""
    moment = "trim(observed_at)"
    zoned, clocked = con.execute(
        f"""
        SELECT count(*) FILTER (regexp_matches({moment}, '{_CLOCK}') AND regexp_matches({moment}, '{_OFFSET}')),
            count(*) FILTER (regexp_matches({moment}, '{_CLOCK}'))
        FROM {quote(text.table)}
        """
    ).fetchall()[0]
    # Parquet keeps instants in UTC without saying so in the text.
    if "observed_at" in text.dated:
        return text
    if 0 < zoned < clocked:
        raise SourceError(
            f"Source '{text.source}': '{text.file}' has moments with an offset from UTC ({zoned:,}) and without "
            f"({clocked - zoned:,}). Write all of them one way: 2024-06-10T08:00:00+01:00, or the clock of London."
        )
    # A cast to TIMESTAMP would drop the offset.
    instant = (
        f"try_cast({moment} AS TIMESTAMPTZ)"
        if zoned
        else f"timezone('Europe/London', try_cast({moment} AS TIMESTAMP))"
    )
    con.execute(
        f"UPDATE {quote(text.table)} SET observed_at = coalesce(timezone('UTC', {instant})::VARCHAR, observed_at)"
    )
    return text


def _roads_together(con: duckdb.DuckDBPyConnection, text: Text) -> Text:
    """Name the rows that are of all roads of an area, since a blank cannot be part of a key."""
    if "road_name" in text.headers:
        con.execute(
            f"UPDATE {quote(text.table)} SET road_name = {literal(ALL_ROADS)} WHERE coalesce(trim(road_name), '') = ''"
        )
        return text
    con.execute(f"ALTER TABLE {quote(text.table)} ADD COLUMN road_name VARCHAR DEFAULT {literal(ALL_ROADS)}")
    return replace(text, headers={**text.headers, "road_name": "road_name"})


def _judge_speeds(con: duckdb.DuckDBPyConnection, source: TravelTimes, file: str) -> int:
    con.execute(
        """
        CREATE OR REPLACE TEMP TABLE implied AS
        WITH known AS (
            SELECT link_id, length_m, 1 AS choice FROM raw.observed_link WHERE length_m IS NOT NULL
            UNION ALL
            SELECT link_id, st_length(geom), 2 FROM raw.link
        ),
        length AS (SELECT link_id, arg_min(length_m, (choice, length_m)) AS length_m FROM known GROUP BY link_id)
        SELECT row, link_id, travel_time_s, round(length_m / travel_time_s * 3.6, 6) AS kph
        FROM raw.travel_time LEFT JOIN length USING (link_id)
        WHERE source = $source AND file = $file
        """,
        {"source": source.id, "file": file},
    )
    middle, unknown = con.execute(
        "SELECT median(kph), count(*) FILTER (kph IS NULL) FROM implied"
    ).fetchall()[0]
    low, high = source.median_speed_kph
    if middle is not None and not low <= middle <= high:
        raise SourceError(
            f"Source '{source.id}': '{file}' cannot be in seconds: half of its times imply more than {middle:,.1f} "
            f"km/h, where {low:g} to {high:g} are expected. Convert its times to seconds, or its lengths to metres; "
            "or state what is right there: median_speed_kph = [..., ...]."
        )
    if unknown:
        rule = (
            f"{unknown:,} times are of links without a length: whether their speed is possible is not known"
        )
        add_issues(con, [Issue(source.id, file, None, None, None, rule, "note", "operator")])
    gone = _leave_out_impossible(con, source, file)
    con.execute("DROP TABLE implied")
    return gone


def _leave_out_impossible(con: duckdb.DuckDBPyConnection, source: TravelTimes, file: str) -> int:
    named = {
        "source": source.id,
        "file": file,
        "low": source.minimum_speed_kph,
        "high": source.maximum_speed_kph,
    }
    con.execute(
        """
        INSERT INTO raw.issue
        SELECT $source, $file, row, 'travel_time_s', travel_time_s::VARCHAR,
            CASE WHEN kph > $high THEN format('faster than {:g} km/h', $high::DOUBLE)
                ELSE format('slower than {:g} km/h', $low::DOUBLE) END, 'rejected', 'publisher'
        FROM implied WHERE kph NOT BETWEEN $low AND $high ORDER BY row
        """,
        named,
    )
    gone = con.execute(
        """
        DELETE FROM raw.travel_time WHERE source = $source AND file = $file
            AND row IN (SELECT row FROM implied WHERE kph NOT BETWEEN $low AND $high)
        """,
        named,
    ).fetchall()[0][0]
    total = con.execute("SELECT count(*) FROM implied").fetchall()[0][0]
    if total and gone / total > source.max_rejected_share:
        raise SourceError(
            f"Source '{source.id}': {gone:,} of {total:,} times of '{file}' imply a speed below "
            f"{source.minimum_speed_kph:g} or above {source.maximum_speed_kph:g} km/h, more than the "
            f"{source.max_rejected_share:.0%} allowed. Mend the file or the lengths of its links, or raise "
            "max_rejected_share."
        )
    return int(gone)


def _refuse_other_speeds(con: duckdb.DuckDBPyConnection, source: AverageSpeeds, file: str) -> None:
    middle = con.execute(
        "SELECT median(average_speed_mph) FROM raw.average_speed WHERE source = ? AND file = ?",
        [source.id, file],
    ).fetchall()[0][0]
    low, high = source.median_speed_mph
    if middle is not None and not low <= middle <= high:
        raise SourceError(
            f"Source '{source.id}': '{file}' cannot be in miles an hour: half of its speeds are above {middle:.1f}, "
            f"where {low:g} to {high:g} are expected. Convert kilometres an hour to miles; or state what is right "
            "there: median_speed_mph = [..., ...]."
        )
    jump = con.execute(
        """
        WITH yearly AS (
            SELECT year, median(average_speed_mph) AS middle FROM raw.average_speed
            WHERE source = $source AND file = $file GROUP BY year HAVING middle > 0
        ), beside AS (SELECT *, lag(middle) OVER (ORDER BY year) AS before FROM yearly)
        SELECT year, before, middle FROM beside
        WHERE greatest(middle / before, before / middle) > $most ORDER BY year LIMIT 1
        """,
        {"source": source.id, "file": file, "most": _MOST_SPEED_CHANGES},
    ).fetchone()
    if jump:
        raise SourceError(
            f"Source '{source.id}': '{file}' changes its unit with {jump[0]}: half of its speeds are above "
            f"{jump[2]:.1f}, of the year before {jump[1]:.1f}. Convert kilometres an hour to miles."
        )


def _refuse_other_scale(
    con: duckdb.DuckDBPyConnection,
    source: RoadCondition | SatisfactionScores,
    file: str,
    table: str,
    column: str,
) -> None:
    # Period by period: a publisher may change the unit between two.
    periods = con.execute(
        f"""
        SELECT period, max({column}), count(*) FILTER ({column} <> round({column})) FROM {table}
        WHERE source = ? AND file = ? AND {column} IS NOT NULL GROUP BY period ORDER BY period
        """,
        [source.id, file],
    ).fetchall()
    for period, highest, fractions in periods:
        if source.scale == "share" and highest > 1:
            raise SourceError(
                f"Source '{source.id}': '{file}' is said to hold shares (0 to 1), but goes up to {highest:g} in "
                f'{period}. Percentages are scale = "percent".'
            )
        if source.scale == "percent" and highest <= 1 and fractions:
            raise SourceError(
                f"Source '{source.id}': '{file}' is said to hold percentages, but none of {period} is above "
                f'{highest:g}. Shares of 0 to 1 are scale = "share".'
            )


def _refuse_other_answers(con: duckdb.DuckDBPyConnection, source: SatisfactionResponses, file: str) -> None:
    # A few odd answers are codes such as 99 for "do not know"; many mean another scale.
    named = {"source": source.id, "file": file, "low": source.lowest, "high": source.highest}
    found = con.execute(
        """
        SELECT year(surveyed_on), avg((rating NOT BETWEEN $low AND $high)::INT) AS off, max(rating)
        FROM raw.satisfaction_response WHERE source = $source AND file = $file AND rating IS NOT NULL
        GROUP BY ALL ORDER BY off DESC, 1 LIMIT 1
        """,
        named,
    ).fetchone()
    if found and found[1] > source.max_rejected_share:
        raise SourceError(
            f"Source '{source.id}': {found[1]:.0%} of the answers of {found[0]} in '{file}' are not from "
            f"{source.lowest:g} to {source.highest:g}; they go up to {found[2]:g}. Say which scale they are on: "
            "lowest = ..., highest = ..."
        )
