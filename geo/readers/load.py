"""Load one source of a region into the raw schema: the door everything comes in by."""

from collections.abc import Callable
from datetime import date
from functools import partial
from pathlib import Path

import duckdb

from geo.clock import now
from geo.contract import Contract, raw_table
from geo.contracts import CASUALTY, COLLISION, CONTRACTS
from geo.errors import SourceError
from geo.readers.accept import Text, accept, period_of
from geo.readers.areas import area_table, area_vintage_table, read_areas
from geo.readers.attributes import FEATURES, read_attributes
from geo.readers.delimited import match_headers, read_text, select_fields
from geo.readers.files import locate, sha256
from geo.readers.held import copied, leave_out_held, note_copy, twins
from geo.readers.ledger import SourceFile, add_source_file, create_ledger
from geo.readers.misfits import is_last_of_level, log_misfits, misfit_table
from geo.readers.ocds import read_releases
from geo.readers.open311 import read_requests
from geo.readers.parquet import column_types, dated_fields, read_parquet
from geo.readers.points import Box, add_points
from geo.readers.roads import link_table, read_roads
from geo.readers.service_rules import judge_rows, prepare_text
from geo.readers.split import split_casualties
from geo.readers.suppliers import withhold_people
from geo.region import Region
from geo.sources import (
    Areas,
    Boundaries,
    Collisions,
    Contracts,
    ObservedLinks,
    PointSource,
    Reports,
    Roads,
    Source,
    TableSource,
    TravelTimes,
)
from geo.tables import create_table

# Points may lie well outside a region (a force's file, a neighbour's) before a wrong CRS is suspected.
_MARGIN_M = 20_000.0
Counts = tuple[int, int, int, int]


def create_raw(con: duckdb.DuckDBPyConnection, region: Region) -> None:
    """Create every raw table, empty, so that models run whatever sources a region has."""
    create_ledger(con)
    create_table(con, area_table(region.crs))
    create_table(con, area_vintage_table(region.crs))
    create_table(con, link_table(region.crs))
    create_table(con, misfit_table(region.crs))
    for contract in CONTRACTS.values():
        create_table(con, raw_table(contract, region.crs))


def in_reading_order(region: Region) -> list[Source]:
    """Return the sources, boundaries first and travel times last: others lie in the ones, and links give lengths."""
    return sorted(region.source, key=lambda s: (not isinstance(s, Areas), isinstance(s, TravelTimes)))


def load_source(
    con: duckdb.DuckDBPyConnection,
    source: Source,
    region: Region,
    root: Path,
    judge: Callable[[], None] = lambda: None,
) -> list[SourceFile]:
    """Read every file of a source into the raw schema, whole or not at all.

    Args:
        con: the build warehouse.
        source: what to read.
        region: the region it belongs to.
        root: data root that its paths are below.
        judge: looks at what was read, and raises where it is not to be kept.

    Raises:
        SourceError: a file cannot be used; nothing of the source is kept.
    """
    con.begin()
    try:
        files = [_load_file(con, source, region, root, name) for name in source.path]
        if isinstance(source, Areas) and is_last_of_level(source, region):
            log_misfits(con, source.level, region.crs)
        judge()
    except BaseException:
        con.rollback()
        raise
    con.commit()
    return files


def raw_tables(source: Source) -> list[str]:
    """Return the raw tables that the rows of a source go to, the one that has a row for each of its records first."""
    if isinstance(source, Boundaries):
        return ["raw.area" if isinstance(source, Areas) else "raw.area_vintage"]
    return _tables_of(source)


def _load_file(
    con: duckdb.DuckDBPyConnection, source: Source, region: Region, root: Path, name: str
) -> SourceFile:
    path = locate(root, name, source.id)
    digest = sha256(path)
    period: tuple[date | None, date | None] = (None, None)
    if before := copied(con, source.id, digest):
        counts, period = (before.rows_read, 0, 0, before.rows_read), before.period
        note_copy(con, source.id, name, f"'{before.file}'", before.rows_read)
    elif isinstance(source, Boundaries):
        counts = read_areas(con, path, source, file=name, working_crs=region.crs)
    elif isinstance(source, Roads):
        counts = read_roads(con, path, source, file=name, working_crs=region.crs)
    elif isinstance(source, TableSource):
        counts, period = _load_table(con, source, region, path, name)
    read_rows, accepted, quarantined, left_out = counts
    held = leave_out_held(con, _tables_of(source), source, name, digest, twins(source, region))
    file = SourceFile(
        source=source.id,
        file=name,
        sha256=digest,
        bytes=path.stat().st_size,
        rows_read=read_rows,
        rows_accepted=accepted - held,
        rows_quarantined=quarantined,
        rows_left_out=left_out + held,
        period_start=source.period_start or period[0],
        period_end=source.period_end or period[1],
        read_at=now().replace(tzinfo=None),
    )
    add_source_file(con, file)
    return file


def _tables_of(source: Source) -> list[str]:
    """Return the raw tables that the rows of a source go to; an area given twice is settled in staging."""
    if isinstance(source, Roads):
        return ["raw.link"]
    if not isinstance(source, TableSource):
        return []
    if isinstance(source, Collisions) and source.one_row_per == "casualty":
        return [CASUALTY.table, COLLISION.table]
    return [CONTRACTS[source.contract_kind].table]


def _load_table(
    con: duckdb.DuckDBPyConnection, source: TableSource, region: Region, path: Path, name: str
) -> tuple[Counts, tuple[date | None, date | None]]:
    per_casualty = isinstance(source, Collisions) and source.one_row_per == "casualty"
    contract = CONTRACTS[source.contract_kind]
    text, count, left_out = _read_text(con, source, contract, path, name)
    text = prepare_text(con, source, text)
    accepted, rejected = accept(con, contract, text)
    impossible = judge_rows(con, source, name)
    accepted, rejected = accepted - impossible, rejected + impossible
    if isinstance(source, PointSource) and {"x", "y"} <= text.headers.keys():
        add_points(
            con,
            contract,
            source=source.id,
            file=name,
            crs=source.crs,
            working_crs=region.crs,
            region=_region_box(con).grown(_MARGIN_M + region.buffer_m),
            header=f"{text.headers['x']}, {text.headers['y']}",
        )
    if per_casualty:
        split_casualties(con, source.id, name)
    if isinstance(source, Contracts):
        withhold_people(con, source.id, name)
    period = period_of(con, COLLISION if per_casualty else contract, source.id, name)
    con.execute("DROP TABLE text")
    return (count, accepted, text.torn + rejected, left_out), period


def _read_text(
    con: duckdb.DuckDBPyConnection, source: TableSource, contract: Contract, path: Path, name: str
) -> tuple[Text, int, int]:
    """Read the contract's fields of a file as text; return it, the records read and those left out."""
    suffix = path.suffix.lower()
    is_parquet = suffix == ".parquet"
    read_features = read_releases if isinstance(source, Contracts) else read_requests
    reader = read_parquet if is_parquet else read_features if suffix in {".json", ".xml"} else read_text
    if isinstance(source, ObservedLinks) and suffix in FEATURES:
        reader = partial(read_attributes, layer=source.layer)
    names, count, torn = reader(con, path, source=source.id, file=name, table="given")
    headers = match_headers(
        names,
        contract,
        source.columns,
        file=name,
        source=source.id,
        opt_in=isinstance(source, Reports) and source.keep_text,
    )
    dated: frozenset[str] = frozenset()
    if is_parquet:
        dated = dated_fields(column_types(con, path), contract, headers, source.where, file=name)
    try:
        left_out = select_fields(con, "given", names, headers, source.where, into="text")
    except duckdb.Error as error:
        why = str(error).splitlines()[0]
        raise SourceError(f"Source '{source.id}': '{name}' is damaged ({why}). Fetch it again.") from error
    con.execute(f"DROP {'VIEW' if is_parquet else 'TABLE'} given")
    text = Text(
        "text",
        source.id,
        name,
        headers,
        source.values,
        source.date_format,
        source.max_rejected_share,
        torn,
        dated,
    )
    return text, count, left_out


def _region_box(con: duckdb.DuckDBPyConnection) -> Box:
    found = con.execute(
        "SELECT min(st_xmin(geom)), min(st_ymin(geom)), max(st_xmax(geom)), max(st_ymax(geom)) FROM raw.area"
    ).fetchall()[0]
    return Box(*found)
