"""Read road links in OS Open Roads or OpenStreetMap columns into one shape."""

import re
from collections.abc import Mapping
from pathlib import Path

import duckdb
import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.errors import SourceError
from geo.readers.features import as_temp_table, columns_of, keep_where, read_features
from geo.readers.ledger import Issue, add_issues
from geo.sources import Roads
from geo.tables import Column, Table

_LINES = (1, 5)
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
_ROAD_NUMBER = re.compile(r"^([AMB])\s?(\d{1,4})(\(M\))?$")


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
        SourceError: no lines, or a column of the format is missing.
    """
    frame, count, crs = read_features(path, source=source.id, file=file, layer=source.layer, crs=source.crs)
    frame.columns = [c if c == frame.geometry.name else str(c).lower() for c in frame.columns]
    frame = frame.assign(row=np.arange(1, len(frame) + 1))
    wanted = keep_where(frame, source.where, file=file)
    links = (
        _from_os(wanted, source, file)
        if source.format == "os_open_roads"
        else _from_osm(wanted, source, file)
    )
    good = np.isin(shapely.get_type_id(links.geometry.values), _LINES) & ~shapely.is_empty(
        links.geometry.values
    )
    if not good.any():
        raise SourceError(f"Source '{source.id}': '{file}' holds no lines. Is it the road file?")
    before = con.execute("SELECT link_id FROM raw.link WHERE source = ?", [source.id]).df()["link_id"]
    repeated = (links["link_id"].duplicated() | links["link_id"].isin(before)).to_numpy() & good
    missing = links["link_id"].isna().to_numpy() & good
    for faulty, column, rule in (
        (~good, None, "not a line"),
        (missing, "link_id", "missing"),
        (repeated & ~missing, "link_id", "key repeated: an earlier row has it"),
    ):
        add_issues(
            con,
            [
                Issue(
                    source.id, file, int(row), column, None if pd.isna(link) else str(link), rule, "rejected"
                )
                for row, link in zip(links["row"][faulty], links["link_id"][faulty], strict=True)
            ],
        )
    kept = links[good & ~repeated & ~missing]
    columns = [c.name for c in link_table(working_crs).columns if c.name not in {"source", "file", "geom"}]
    as_temp_table(
        con,
        {c: kept[c] for c in columns},
        kept.geometry.values,
        crs=crs,
        working_crs=working_crs,
        table="links",
    )
    con.execute("INSERT INTO raw.link BY NAME SELECT ? AS source, ? AS file, * FROM links", [source.id, file])
    con.execute("DROP TABLE links")
    return count, len(kept), len(links) - len(kept), len(frame) - len(links)


def _from_os(frame: gpd.GeoDataFrame, source: Roads, file: str) -> gpd.GeoDataFrame:
    # OS Open Roads GPKG names; Open Map Local (roadnumber, classifica, distname) carries the same facts.
    names = {
        "link_id": ("id", "identifier"),
        "published_class": ("road_classification", "roadclassification", "class", "classifica"),
        "number": ("road_classification_number", "roadclassificationnumber", "roadnumber"),
        "road_name": ("name_1", "name1", "distname"),
        "form_of_way": ("form_of_way", "formofway"),
        "trunk": ("trunk_road", "trunkroad"),
    }
    column = {field: next((n for n in known if n in frame.columns), None) for field, known in names.items()}
    for field in ("link_id", "published_class"):
        if column[field] is None:
            raise SourceError(
                f"Source '{source.id}': '{file}' has no column for {field} (known by: {', '.join(names[field])}). "
                f"{columns_of(frame)}"
            )

    def text(field: str) -> pd.Series:
        name = column[field]
        return (
            frame[name].astype("string").str.strip()
            if name
            else pd.Series(pd.NA, frame.index, dtype="string")
        )

    published = text("published_class").fillna("Unknown")
    # Open Map Local has 'A Road, Collapsed Dual Carriageway', 'Minor Road', 'Local Road' ...
    road_class = published.str.lower().str.split(",").str[0].map(_OS_CLASS).fillna("unclassified")
    return frame.assign(
        link_id=text("link_id"),
        road_class=road_class,
        road_number=_blank_to_null(text("number").str.replace(" ", "")),
        road_name=_blank_to_null(text("road_name")),
        form_of_way=text("form_of_way"),
        is_trunk=_flags(frame[column["trunk"]])
        if column["trunk"]
        else pd.Series(pd.NA, frame.index, dtype="boolean"),
        speed_limit_mph=pd.Series(pd.NA, frame.index, dtype="Int64"),
        published_class=published,
    )


def _from_osm(frame: gpd.GeoDataFrame, source: Roads, file: str) -> gpd.GeoDataFrame:
    for needed in ("osm_id", "highway"):
        if needed not in frame.columns:
            raise SourceError(f"Source '{source.id}': '{file}' has no column '{needed}'. {columns_of(frame)}")
    highways = frame[frame["highway"].notna()]
    kind = highways["highway"].astype("string").str.strip()
    is_link = kind.str.endswith("_link")
    ref = _tag(highways, "ref").str.split(";").str[0].str.strip()
    number = (
        ref.str.upper()
        .str.replace(" ", "")
        .where(ref.str.upper().str.match(_ROAD_NUMBER.pattern).fillna(value=False))
    )
    junction = _tag(highways, "junction")
    form = pd.Series("Single Carriageway", highways.index, dtype="string")
    form = form.mask(
        _tag(highways, "oneway").eq("yes").fillna(value=False) & kind.isin(["motorway", "trunk"]),
        "Dual Carriageway",
    )
    form = form.mask(junction.eq("roundabout").fillna(value=False), "Roundabout").mask(is_link, "Slip Road")
    return highways.assign(
        link_id=_part_ids(highways),
        road_class=kind.str.removesuffix("_link").map(_OSM_CLASS),
        road_number=number,
        road_name=_tag(highways, "name"),
        form_of_way=form,
        is_trunk=kind.str.removesuffix("_link").isin(["motorway", "trunk"]).astype("boolean"),
        speed_limit_mph=_miles_an_hour(_tag(highways, "maxspeed")),
        published_class=kind,
    )


def _part_ids(ways: gpd.GeoDataFrame) -> pd.Series:
    """Return the way's id, and id/2, id/3 ... for further parts of it: extracts split ways at junctions."""
    way = ways["osm_id"].astype("string")
    shapes = pd.Series(shapely.to_wkb(ways.geometry.values), index=ways.index)
    part = pd.DataFrame({"way": way, "shape": shapes}).drop_duplicates()
    nth = part.groupby("way").cumcount().reindex(ways.index)
    # The same part twice keeps the first one's id, and is then rejected as a repeated key.
    same = pd.DataFrame({"way": way, "shape": shapes, "nth": nth})
    nth = same.groupby(["way", "shape"])["nth"].transform("first")
    return pd.Series(way.where(nth == 0, way + "/" + (nth + 1).astype("Int64").astype("string")))


def _tag(frame: gpd.GeoDataFrame, name: str) -> pd.Series:
    """Return a tag as text, from its own column or from GDAL's other_tags (``"ref"=>"A47","oneway"=>"yes"``)."""
    if name in frame.columns:
        return pd.Series(frame[name].astype("string").str.strip())
    if "other_tags" in frame.columns:
        tags = frame["other_tags"].astype("string")
        return pd.Series(tags.str.extract(rf'"{name}"=>"([^"]*)"', expand=False))
    return pd.Series(pd.NA, frame.index, dtype="string")


def _miles_an_hour(text: pd.Series) -> pd.Series:
    number = pd.to_numeric(text.str.extract(r"^(\d+)", expand=False), errors="coerce").astype("float64")
    # A bare number is in km/h by OpenStreetMap's convention.
    miles = text.str.contains("mph").fillna(value=False).astype(bool)
    return number.where(miles, (number / 1.609344)).round().astype("Int64")


def _blank_to_null(values: pd.Series) -> pd.Series:
    return values.mask(values == "")


def _flags(values: pd.Series) -> pd.Series:
    truth = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}
    return values.astype("string").str.strip().str.lower().map(truth).astype("boolean")
