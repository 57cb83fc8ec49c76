"""Every question the pages put to the published warehouse; nothing but marts and meta is read."""

from typing import Any

import duckdb
import geopandas as gpd
import pandas as pd

Row = dict[str, Any]

THEMES = ("safety", "reliability", "satisfaction", "condition", "responsiveness", "value")

# What an area shows on the map. An area without a row is missing too.
CLASS_SQL = """
    CASE WHEN o.is_suppressed THEN 'suppressed'
         WHEN o.value IS NULL THEN 'missing'
         ELSE coalesce(c.verdict, 'not compared') END
"""


class Warehouse:
    """Reads one open warehouse. Every answer has a stated order, so that pages come out the same."""

    def __init__(self, con: duckdb.DuckDBPyConnection) -> None:
        self._con = con

    def rows(self, sql: str, *values: object) -> list[Row]:
        """Run a query and return its rows as dictionaries."""
        cursor = self._con.execute(sql, list(values))
        names = [column[0] for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    def rows_if(self, mart: str, sql: str, *values: object) -> list[Row]:
        """Run a query on a table of marts; no rows where the release is older than the table."""
        known = "SELECT 1 FROM duckdb_tables() WHERE schema_name = 'marts' AND table_name = ?"
        return self.rows(sql, *values) if self.rows(known, mart) else []

    def frame(self, sql: str, *values: object) -> pd.DataFrame:
        """Run a query and return a data frame, for answers with many rows."""
        return self._con.execute(sql, list(values)).df()

    def build(self) -> Row:
        """Return the one row that says what this warehouse is."""
        return self.rows("SELECT * FROM meta.build")[0]

    def outcomes(self) -> list[Row]:
        """Outcomes by theme, in the order pages list them."""
        order = ", ".join(f"'{theme}'" for theme in THEMES)
        return self.rows(f"""
            SELECT * FROM marts.outcome_definition
            ORDER BY coalesce(list_position([{order}], theme), 99), theme, label, outcome
        """)

    def levels(self) -> list[Row]:
        """Area levels that hold areas, coarse to fine."""
        return self.rows("""
            SELECT area_level, label, position, is_authority, count(area.area_code) AS area_count
            FROM marts.area_level JOIN marts.area USING (area_level)
            GROUP BY ALL ORDER BY position, area_level
        """)

    def areas(self) -> list[Row]:
        """Areas of every level, without their geometry."""
        return self.rows("SELECT * EXCLUDE (geom) FROM marts.area ORDER BY area_level, area_code")

    def periods(self) -> list[Row]:
        """Periods that any outcome has, years before the spans that hold them."""
        return self.rows("""
            SELECT DISTINCT period_start, period_end FROM marts.outcome
            ORDER BY period_end - period_start > 400, period_start, period_end
        """)

    def views(self) -> list[Row]:
        """Which outcome is there at which level."""
        return self.rows("""
            SELECT area_level, outcome, count(*) AS row_count,
                   list_sort(list(DISTINCT {'start': period_start, 'end': period_end})) AS periods
            FROM marts.outcome JOIN marts.area USING (area_level, area_code)
            GROUP BY ALL ORDER BY ALL
        """)

    def comparators(self) -> list[Row]:
        """Which comparators each outcome has at each level."""
        return self.rows("SELECT DISTINCT area_level, outcome, comparator FROM marts.comparison ORDER BY ALL")

    def values(self, outcome: str, area_level: str) -> pd.DataFrame:
        """Every row of one outcome at one level; what is suppressed stays so."""
        return self.frame(
            """
            SELECT * REPLACE (
                if(is_suppressed, NULL, value) AS value,
                if(is_suppressed, NULL, lower) AS lower,
                if(is_suppressed, NULL, upper) AS upper,
                if(is_suppressed, NULL, raw_value) AS raw_value,
                if(is_suppressed, NULL, low) AS low,
                if(is_suppressed, NULL, high) AS high
            )
            FROM marts.outcome WHERE outcome = ? AND area_level = ?
            ORDER BY period_start, period_end, area_code
            """,
            outcome,
            area_level,
        )

    def comparison(self, outcome: str, area_level: str, comparator: str) -> pd.DataFrame:
        """How every row of one outcome at one level compares, and the class the map gives it."""
        return self.frame(
            f"""
            SELECT o.area_code, o.period_start, o.period_end, {CLASS_SQL} AS class, c.comparator_value,
                   if(o.is_suppressed, NULL, c.p) AS p, if(o.is_suppressed, NULL, c.q) AS q
            FROM marts.outcome AS o
            LEFT JOIN marts.comparison AS c
                ON (c.outcome, c.area_level, c.area_code, c.period_start, c.period_end, c.comparator)
                 = (o.outcome, o.area_level, o.area_code, o.period_start, o.period_end, ?)
            WHERE o.outcome = ? AND o.area_level = ?
            ORDER BY o.period_start, o.period_end, o.area_code
            """,
            comparator,
            outcome,
            area_level,
        )

    def class_counts(self) -> list[Row]:
        """How many areas fall in each class, for every outcome, level and period, by its first comparator."""
        return self.rows(f"""
            SELECT o.outcome, o.area_level, o.period_start, o.period_end, {CLASS_SQL} AS class,
                   count(*) AS area_count
            FROM marts.outcome AS o
            JOIN marts.area AS a USING (area_level, area_code)
            JOIN marts.outcome_definition AS d USING (outcome)
            LEFT JOIN marts.comparison AS c
                ON (c.outcome, c.area_level, c.area_code, c.period_start, c.period_end, c.comparator)
                 = (o.outcome, o.area_level, o.area_code, o.period_start, o.period_end, d.comparator)
            GROUP BY ALL ORDER BY ALL
            """)

    def latest_figures(self, area_level: str) -> list[Row]:
        """Every area's figure and class for each outcome over its longest, latest period, by its first comparator.

        What is suppressed stays so; outcomes come by theme, as pages list them.
        """
        return self.rows(
            f"""
            SELECT o.outcome, o.area_code, o.period_start, o.period_end, {CLASS_SQL} AS class, c.comparator_value,
                   if(o.is_suppressed, NULL, o.value) AS value,
                   if(o.is_suppressed, NULL, o.lower) AS lower,
                   if(o.is_suppressed, NULL, o.upper) AS upper, o.level_of_confidence, o.observations,
                   if(o.is_suppressed, NULL, c.usual_low) AS usual_low,
                   if(o.is_suppressed, NULL, c.usual_high) AS usual_high
            FROM marts.outcome AS o
            JOIN marts.outcome_definition AS d USING (outcome)
            LEFT JOIN marts.comparison AS c
                ON (c.outcome, c.area_level, c.area_code, c.period_start, c.period_end, c.comparator)
                 = (o.outcome, o.area_level, o.area_code, o.period_start, o.period_end, d.comparator)
            WHERE o.area_level = ?
            QUALIFY (o.period_start, o.period_end) = last_value((o.period_start, o.period_end)) OVER (
                PARTITION BY o.outcome
                ORDER BY o.period_end - o.period_start > 400, o.period_start, o.period_end
                ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
            )
            ORDER BY o.outcome, o.area_code
            """,
            area_level,
        )

    def outcome_sources(self) -> list[Row]:
        """Which sources stand behind each outcome, and over which time."""
        return self.rows("""
            SELECT outcome, source, min(period_start) AS first, max(period_end) AS last
            FROM marts.outcome GROUP BY ALL ORDER BY ALL
        """)

    def shapes(self, area_level: str, crs: str) -> gpd.GeoSeries:
        """Areas of one level in order of their codes, in the working coordinate system."""
        return self._geometries(
            "SELECT st_aswkb(geom) AS wkb FROM marts.area WHERE area_level = ? ORDER BY area_code",
            [area_level],
            crs,
        )

    def roads(self) -> list[Row]:
        """Numbered roads, the most important first."""
        return self.rows("""
            SELECT road, road_class, length_km, authority_count FROM marts.numbered_road
            ORDER BY list_position(['motorway', 'a', 'b'], road_class), length_km DESC, road
        """)

    def road_shapes(self, crs: str) -> gpd.GeoSeries:
        """Lines of the numbered roads, in the order of `roads`."""
        return self._geometries(
            """
            SELECT st_aswkb(geom) AS wkb FROM marts.numbered_road
            ORDER BY list_position(['motorway', 'a', 'b'], road_class), length_km DESC, road
            """,
            [],
            crs,
        )

    def sources(self) -> list[Row]:
        """One row per source file, with its accounting."""
        return self.rows("SELECT * FROM meta.source ORDER BY source, file")

    def issues(self) -> list[Row]:
        """Problems found in the sources, summed by rule."""
        return self.rows("""
            FROM (SELECT source, rule, severity, who_can_fix, sum(issue_count)::BIGINT AS issue_count
                  FROM meta.issue GROUP BY ALL)
            ORDER BY list_position(['rejected', 'blanked', 'repaired', 'note'], severity), issue_count DESC,
                     source, rule, who_can_fix
        """)

    def unplaced(self) -> list[Row]:
        """Incidents that lie in no area, by reason."""
        return self.rows("""
            SELECT unplaced.*, coalesce(label, area_level) AS level_label
            FROM marts.unplaced LEFT JOIN marts.area_level USING (area_level) ORDER BY ALL
        """)

    def accounting(self) -> list[Row]:
        """How many incidents were accepted, placed, near a border."""
        return self.rows("""
            SELECT accounting.*, coalesce(label, area_level) AS level_label
            FROM marts.incident_accounting AS accounting LEFT JOIN marts.area_level USING (area_level)
            ORDER BY ALL
        """)

    def disagreements(self) -> list[Row]:
        """Which authority sources recorded against the one the point lies in, with both names."""
        return self.rows("""
            SELECT d.source, d.incident_kind, d.located_code, located.area_name AS located_name,
                   d.recorded_code, recorded.area_name AS recorded_name, d.reason, d.incident_count
            FROM (SELECT source, incident_kind, located_code, recorded_code, reason,
                         sum(incident_count)::BIGINT AS incident_count
                  FROM marts.authority_disagreement GROUP BY ALL) AS d
            LEFT JOIN (SELECT area_code, any_value(area_name ORDER BY area_level) AS area_name
                       FROM marts.area GROUP BY area_code) AS located ON located.area_code = d.located_code
            LEFT JOIN (SELECT area_code, any_value(area_name ORDER BY area_level) AS area_name
                       FROM marts.area GROUP BY area_code) AS recorded ON recorded.area_code = d.recorded_code
            ORDER BY d.incident_count DESC, d.source, d.incident_kind, d.located_code, d.recorded_code,
                     d.reason
        """)

    def corrections(self) -> list[Row]:
        """What authorities asked to be corrected, and what became of it; none in releases older than the table."""
        return self.rows_if(
            "correction", "SELECT * FROM marts.correction ORDER BY reviewed_on DESC, source, correction_id"
        )

    def checks(self) -> list[Row]:
        """Claims that were checked, failures first."""
        return self.rows("SELECT * FROM meta.check_result ORDER BY passed, severity, claim")

    def _geometries(self, sql: str, values: list[object], crs: str) -> gpd.GeoSeries:
        found = [
            None if row[0] is None else bytes(row[0]) for row in self._con.execute(sql, values).fetchall()
        ]
        return gpd.GeoSeries.from_wkb(found, crs="EPSG:4326").to_crs(crs)
