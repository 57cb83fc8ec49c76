"""What a contract is: the fields of one kind of source, the header names they go by, and rules.

A contract is declared once and read three times: to validate a file, to create the raw table, and to
comment its columns. Header names are matched whatever their letter case; a region file may map others.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from geo.tables import Column, Table

FieldType = Literal["text", "integer", "number", "date", "time", "instant", "code"]

# Spellings of "not recorded" seen in published files; each reads as null, never as a value.
MISSING = ("", "-1", "NULL", "null", "NA", "N/A", "nan", "None", "Data missing or out of range", "Unknown")

SQL_TYPE: Mapping[FieldType, str] = {
    "text": "VARCHAR",
    "code": "VARCHAR",
    "integer": "BIGINT",
    "number": "DOUBLE",
    "date": "DATE",
    "time": "TIME",
    "instant": "TIMESTAMP",
}


@dataclass(frozen=True)
class Field:
    """One column of a source.

    A value that does not fit rejects its row where the field is `required`, and otherwise is blanked and
    logged. `codes` maps each accepted spelling (lower case) to the one kept.
    """

    name: str
    type: FieldType
    comment: str
    aliases: tuple[str, ...] = ()
    required: bool = False
    codes: Mapping[str, str] = field(default_factory=dict)
    minimum: float | None = None
    maximum: float | None = None
    missing: tuple[str, ...] = MISSING


@dataclass(frozen=True)
class Contract:
    """The fields of one kind of source; `key` identifies a row within a source; `points` has x and y.

    Of `measures` a file needs one column at least: a value may be missing, but a file without any says nothing.
    """

    kind: str
    grain: str
    fields: tuple[Field, ...]
    key: tuple[str, ...] = ()
    points: bool = False
    opt_in: tuple[str, ...] = ()
    measures: tuple[str, ...] = ()

    @property
    def table(self) -> str:
        """Name of the raw table."""
        return f"raw.{self.kind}"


PROVENANCE = (
    Column("source", "VARCHAR", "Source id in the region file; joins to meta.source. Never null."),
    Column("file", "VARCHAR", "Path of the file below the data root. Never null."),
    Column(
        "row",
        "BIGINT",
        "Row in the file, counting the header as row 1, as a spreadsheet shows it (so a table in "
        "Parquet begins with row 2); for features and requests, the position from 1. Never null.",
    ),
)


def raw_table(contract: Contract, crs: str) -> Table:
    """Describe the raw table of a contract; points are kept as read (x, y) and as `geom` in `crs`."""
    columns = tuple(Column(f.name, SQL_TYPE[f.type], f.comment) for f in contract.fields)
    geom = Column(
        "geom",
        f"GEOMETRY('{crs}')",
        f"The point in {crs}, metres; null where the file gave no usable coordinates.",
    )
    return Table(
        contract.table, contract.grain, (*PROVENANCE, *columns, *([geom] if contract.points else []))
    )
