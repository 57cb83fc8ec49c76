"""The door of the warehouse, with a region made up around one square of land, for tests of the readers."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from textwrap import dedent
from typing import Any

import duckdb
from pydantic import TypeAdapter

from geo.readers.ledger import SourceFile
from geo.readers.load import create_raw, load_source
from geo.region import Region
from geo.sources import Source

CRS = "EPSG:27700"
LAND = "POLYGON ((380000 390000, 400000 390000, 400000 410000, 380000 410000, 380000 390000))"
Row = tuple[Any, ...]

_SOURCE: TypeAdapter[Source] = TypeAdapter(Source)


def made_up_region() -> Region:
    land = {"kind": "areas", "id": "land", "title": "Land", "path": "land.gpkg", "level": "district"}
    return Region.model_validate(
        {
            "name": "made-up",
            "title": "Made up",
            "basis_on": date(2024, 1, 1),
            "authority_level": "district",
            "source": [land],
        }
    )


@dataclass(frozen=True)
class Door:
    folder: Path
    con: duckdb.DuckDBPyConnection
    region: Region

    def write(self, name: str, text: str, encoding: str = "utf-8") -> str:
        """Write a table as it stands, indentation apart."""
        return self.put(name, dedent(text).lstrip("\n").encode(encoding))

    def put(self, name: str, data: bytes) -> str:
        (self.folder / name).write_bytes(data)
        return name

    def load(self, kind: str, *files: str, **settings: Any) -> SourceFile:
        """Load a source (id ``it``, unless told) and return the account of its last file."""
        given = {"id": "it", "title": "It", "path": list(files)} | settings
        source = _SOURCE.validate_python({"kind": kind} | given)
        return load_source(self.con, source, self.region, self.folder)[-1]

    def rows(self, sql: str) -> list[Row]:
        return self.con.execute(sql).fetchall()

    def issues(self) -> list[Row]:
        """Everything logged, but for the source: file, row, column, value, rule, severity."""
        return self.rows(
            "SELECT file, row, column_name, value, rule, severity FROM raw.issue ORDER BY file, row, column_name"
        )

    def everything(self) -> str:
        """Every value of every table, temporary ones too, as one text."""
        tables = self.rows("SELECT table_name, schema_name, database_name FROM duckdb_tables() ORDER BY ALL")
        return "\n".join(
            repr(self.rows(f'SELECT * FROM "{database}"."{schema}"."{table}"'))
            for table, schema, database in tables
        )


def open_door(con: duckdb.DuckDBPyConnection, folder: Path) -> Door:
    """Make the raw tables anew, all empty but for the land."""
    region = made_up_region()
    create_raw(con, region)
    con.execute(
        "INSERT INTO raw.area BY NAME SELECT 'land' AS source, 'land.gpkg' AS file, 1 AS row, "
        "'district' AS area_level, 'E1' AS area_code, false AS is_context, "
        f"st_setcrs(st_geomfromtext('{LAND}'), '{CRS}') AS geom"
    )
    return Door(folder, con, region)


def counts(file: SourceFile) -> tuple[int, int, int, int]:
    """Rows read, accepted, quarantined, left out."""
    return file.rows_read, file.rows_accepted, file.rows_quarantined, file.rows_left_out
