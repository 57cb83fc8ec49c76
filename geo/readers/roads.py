"""Read road links in OS Open Roads or OpenStreetMap columns into one shape."""

from collections.abc import Mapping
from pathlib import Path

import duckdb

from geo.errors import SourceError
from geo.readers.laid import Laid, laid
from geo.sources import Roads
from geo.tables import Column, Table
from geo.warehouse import literal

_IS_LINE = (
    "(coalesce(st_geometrytype(geom) IN ('LINESTRING', 'MULTILINESTRING'), false) AND st_length(geom) > 0)"
)
# OS Open Roads GPKG names; Open Map Local (roadnumber, classifica, distname) carries the same facts.
_OS_NAMES: Mapping[str, tuple[str, ...]] = {
    "link_id": ("id", "identifier"),
    "published_class": ("road_classification", "roadclassification", "class", "classifica"),
    "number": ("road_classification_number", "roadclassificationnumber", "roadnumber"),
    "road_name": ("name_1", "name1", "distname"),
    "form_of_way": ("form_of_way", "formofway"),
    "trunk": ("trunk_road", "trunkroad"),
}
_OS_CLASS: Mapping[str, str] = {
    "motorway": "motorway",
    "a road": "a",
    "b road": "b",
    "classified unnumbered": "c",
    "unclassified": "unclassified",
    "not classified": "unclassified",
    "unknown": "unclassified",
}
# Ways a motor vehicle may use; the rest (footways, cycleways, steps ...) is kept but is no carriageway.
_OSM_CLASS: Mapping[str, str] = {
    "motorway": "motorway",
    "trunk": "a",
    "primary": "a",
    "secondary": "b",
    "tertiary": "c",
    "unclassified": "unclassified",
    "residential": "unclassified",
    "living_street": "unclassified",
    "road": "unclassified",
}
_FLAGS: Mapping[str, str] = {"true": "1", "1": "1", "yes": "1", "false": "0", "0": "0", "no": "0"}
_ROAD_NUMBER = r"[AMB]\s?\d{1,4}(\(M\))?"


def link_table(crs: str) -> Table:
    """Describe raw.link."""
    return Table(
        "raw.link",
        "One row per road link, as accepted from a road file.",
        (
            Column("source", "VARCHAR", "Source id in the region file. Never null."),
            Column("file", "VARCHAR", "Path of the file below the data root. Never null."),
            Column("row", "BIGINT", "Position of the feature in the file, from 1. Never null."),
            Column("link_id", "VARCHAR", "Publisher's reference of the link. Never null."),
            Column(
                "road_class",
                "VARCHAR",
                "motorway, a, b, c or unclassified; null for ways without motor traffic.",
            ),
            Column("road_number", "VARCHAR", "Number with its letter (A61); null where unnumbered."),
            Column("road_name", "VARCHAR", "Street name; null where it has none."),
            Column(
                "form_of_way",
                "VARCHAR",
                "Single or dual carriageway, roundabout, slip road ... as published; null if not said.",
            ),
            Column(
                "is_trunk",
                "BOOLEAN",
                "True where the strategic operator maintains it; null where the file does not say.",
            ),
            Column("speed_limit_mph", "BIGINT", "Speed limit, miles an hour; null where not given."),
            Column("published_class", "VARCHAR", "Class in the publisher's own words. Never null."),
            Column("geom", f"GEOMETRY('{crs}')", f"Centre line in {crs}, metres. Never null."),
        ),
        key=("source", "link_id"),
    )


def read_roads(
    con: duckdb.DuckDBPyConnection, path: Path, source: Roads, *, file: str, working_crs: str
) -> tuple[int, int, int, int]:
    """Append the links of one file to raw.link.

    Returns:
        Features read (counted apart from the reader), accepted, quarantined, and left out by `where`
        (of an OpenStreetMap file also the lines that are no highway).

    Raises:
        SourceError: no lines, none that is wanted, or a column of the format or of `where` is missing.
    """
    said = {"source": source.id, "file": file}
    with laid(con, path, **said, layer=source.layer, crs=source.crs) as given:
        select = _from_os(given, **said) if source.format == "os_open_roads" else _from_osm(given, **said)
        con.execute(f"CREATE OR REPLACE TEMP VIEW links AS {_wanted(given, source, file)} {select}")
        features, wanted = _count(con, given.view), _count(con, "links")
        if source.where and not wanted:
            raise SourceError(f"'{file}': where: no feature has {source.where}.")
        geom = "geom" if given.crs == working_crs else f"st_transform(geom, '{working_crs}')"
        accepted = _changed(
            con,
            f"INSERT INTO raw.link BY NAME SELECT $source AS source, $file AS file, * REPLACE ({geom} AS geom) "
            f"FROM links WHERE {_IS_LINE} AND link_id IS NOT NULL",
            said,
        )
        rejected = _log_rejected(con, said) if accepted < wanted else 0
        if not accepted and not _count(con, f"links WHERE {_IS_LINE}"):
            raise SourceError(f"Source '{source.id}': '{file}' holds no lines. Is it the road file?")
        repeated = _reject_repeated(con, said)
        con.execute("DROP VIEW links")
    return given.count, accepted - repeated, rejected + repeated, features - wanted


def _wanted(given: Laid, source: Roads, file: str) -> str:
    """SQL for the features of which links are made, as a WITH."""
    conditions = []
    for column, values in source.where.items():
        if column not in given.columns:
            raise SourceError(f"'{file}': where: there is no column '{column}'. {given.listed()}")
        conditions.append(f"{given.text(column)} IN ({', '.join(map(literal, values))})")
    return f"WITH feature AS (SELECT * FROM {given.view} WHERE {' AND '.join(conditions) or 'true'})"


def _from_os(given: Laid, *, source: str, file: str) -> str:
    for field in ("link_id", "published_class"):
        if given.text(*_OS_NAMES[field]) == given.text():
            raise SourceError(
                f"Source '{source}': '{file}' has no column for {field} (known by: {', '.join(_OS_NAMES[field])}). "
                f"{given.listed()}"
            )
    text = {field: given.text(*names) for field, names in _OS_NAMES.items()}
    published = f"coalesce({text['published_class']}, 'Unknown')"
    # Open Map Local has 'A Road, Collapsed Dual Carriageway', 'Minor Road', 'Local Road' ...
    road_class = _translated(f"lower(split_part({published}, ',', 1))", _OS_CLASS, "'unclassified'")
    return f"""
        SELECT row, geom, {text["link_id"]} AS link_id, {road_class} AS road_class,
            nullif(replace({text["number"]}, ' ', ''), '') AS road_number,
            nullif({text["road_name"]}, '') AS road_name,
            {text["form_of_way"]} AS form_of_way,
            {_translated(f"lower({text['trunk']})", _FLAGS, "NULL")}::BOOLEAN AS is_trunk,
            NULL::BIGINT AS speed_limit_mph,
            {published} AS published_class
        FROM feature
    """


def _from_osm(given: Laid, *, source: str, file: str) -> str:
    for needed in ("osm_id", "highway"):
        if needed not in given.columns:
            raise SourceError(f"Source '{source}': '{file}' has no column '{needed}'. {given.listed()}")
    # Extracts split ways at junctions: further parts of a way get its id and /2, /3 ...; the same part twice keeps
    # the first one's id, and is then rejected as a repeated key. A bare speed is in km/h by OpenStreetMap's convention.
    return f"""
        , way AS (
            SELECT row, geom, {given.text("osm_id")} AS osm_id, {given.text("highway")} AS kind,
                regexp_replace({given.text("highway")}, '_link$', '') AS road,
                upper(trim(split_part({_tag(given, "ref")}, ';', 1))) AS ref,
                {_tag(given, "name")} AS road_name, {_tag(given, "junction")} AS junction,
                {_tag(given, "oneway")} AS oneway, {_tag(given, "maxspeed")} AS maxspeed,
                min(row) OVER (PARTITION BY osm_id, st_aswkb(geom)) AS first_row
            FROM feature WHERE {given.text("highway")} IS NOT NULL
        ),
        numbered AS (SELECT *, dense_rank() OVER (PARTITION BY osm_id ORDER BY first_row) AS part FROM way)
        SELECT row, geom, osm_id || CASE WHEN part > 1 THEN '/' || part ELSE '' END AS link_id,
            {_translated("road", _OSM_CLASS, "NULL")} AS road_class,
            CASE WHEN regexp_full_match(ref, '{_ROAD_NUMBER}') THEN replace(ref, ' ', '') END AS road_number,
            road_name,
            CASE
                WHEN kind <> road THEN 'Slip Road'
                WHEN junction = 'roundabout' THEN 'Roundabout'
                WHEN oneway = 'yes' AND kind IN ('motorway', 'trunk') THEN 'Dual Carriageway'
                ELSE 'Single Carriageway'
            END AS form_of_way,
            road IN ('motorway', 'trunk') AS is_trunk,
            round(
                try_cast(regexp_extract(maxspeed, '^(\\d+)', 1) AS DOUBLE)
                / CASE WHEN contains(maxspeed, 'mph') THEN 1 ELSE 1.609344 END
            )::BIGINT AS speed_limit_mph,
            kind AS published_class
        FROM numbered ORDER BY row
    """


def _tag(given: Laid, name: str) -> str:
    """SQL for a tag: from its own column or from GDAL's other_tags (``"ref"=>"A47","oneway"=>"yes"``)."""
    if name in given.columns:
        return given.text(name)
    return f'nullif(regexp_extract({given.text("other_tags")}, \'"{name}"=>"([^"]*)"\', 1), \'\')'


def _translated(text: str, words: Mapping[str, str], otherwise: str) -> str:
    cases = " ".join(f"WHEN {literal(said)} THEN {literal(meant)}" for said, meant in words.items())
    return f"CASE {text} {cases} ELSE {otherwise} END"


def _log_rejected(con: duckdb.DuckDBPyConnection, said: dict[str, str]) -> int:
    """Log features that are no lines or have no reference, and return how many."""
    return _changed(
        con,
        f"""
        INSERT INTO raw.issue
        SELECT $source, $file, row, CASE WHEN {_IS_LINE} THEN 'link_id' END, link_id,
            CASE WHEN {_IS_LINE} THEN 'missing' ELSE 'not a line' END, 'rejected', 'publisher'
        FROM links WHERE NOT {_IS_LINE} OR link_id IS NULL ORDER BY row
        """,
        said,
    )


def _reject_repeated(con: duckdb.DuckDBPyConnection, said: dict[str, str]) -> int:
    """Take out, and log, the file's links whose reference an earlier row or file of the source has."""
    con.execute(
        """
        CREATE OR REPLACE TEMP TABLE repeated AS
        WITH twice AS (
            SELECT link_id FROM raw.link WHERE source = $source GROUP BY link_id HAVING count(*) > 1
        )
        SELECT rowid AS link_row, row, link_id FROM raw.link SEMI JOIN twice USING (link_id)
        WHERE source = $source
        QUALIFY row_number() OVER (PARTITION BY link_id ORDER BY file = $file, row, rowid) > 1
        """,
        said,
    )
    repeated = _changed(
        con,
        """
        INSERT INTO raw.issue
        SELECT $source, $file, row, 'link_id', link_id, 'key repeated: an earlier row has it', 'rejected', 'publisher'
        FROM repeated ORDER BY row
        """,
        said,
    )
    if repeated:
        con.execute("DELETE FROM raw.link WHERE rowid IN (SELECT link_row FROM repeated)")
    con.execute("DROP TABLE repeated")
    return repeated


def _changed(con: duckdb.DuckDBPyConnection, sql: str, said: dict[str, str]) -> int:
    """Run an INSERT and return how many rows it wrote."""
    return int(con.execute(sql, said).fetchall()[0][0])


def _count(con: duckdb.DuckDBPyConnection, rows: str) -> int:
    return int(con.execute(f"SELECT count(*) FROM {rows}").fetchall()[0][0])
