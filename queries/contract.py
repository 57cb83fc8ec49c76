"""The promise to analysts: a published column is not removed or retyped unless the version says so."""

from pathlib import Path

import duckdb

from geo.errors import WarehouseError
from geo.warehouse import connect

# Raise it when a table or column of marts or meta is removed or retyped, and say so in the changelog.
SCHEMA_VERSION = 1

Columns = dict[tuple[str, str], str]


class ContractBroken(WarehouseError):  # noqa: N818 - reads as what happened
    """The new release lacks a column, or has it in another type, under the same schema version."""


def published_columns(con: duckdb.DuckDBPyConnection) -> Columns:
    """Return the type of every column of marts and meta, by table and column."""
    rows = con.execute(
        """
        SELECT schema_name || '.' || table_name, column_name, data_type FROM duckdb_columns()
        WHERE schema_name IN ('marts', 'meta')
        """
    ).fetchall()
    return {(table, column): kind for table, column, kind in rows}


def broken_columns(old: Columns, new: Columns) -> list[str]:
    """Return one phrase for each column of `old` that `new` lacks or has in another type."""
    faults = []
    for (table, column), kind in sorted(old.items()):
        now = new.get((table, column))
        if now is None:
            faults.append(f"{table}.{column} is gone")
        elif now != kind:
            faults.append(f"{table}.{column} was {kind} and is {now}")
    return faults


def hold_contract(last: Path, new: Path) -> None:
    """Compare a new published warehouse with the last release's.

    Raises:
        ContractBroken: a column is gone or retyped and the schema version is the same.
    """
    with connect(last, read_only=True) as con:
        old_columns, old_version = published_columns(con), _version(con)
    with connect(new, read_only=True) as con:
        new_columns, new_version = published_columns(con), _version(con)
    faults = broken_columns(old_columns, new_columns)
    if faults and new_version <= old_version:
        raise ContractBroken(
            f"The release would break analysts' queries: {'; '.join(faults)}. "
            f"Restore them, or raise SCHEMA_VERSION above {old_version} and say so in the changelog."
        )


def _version(con: duckdb.DuckDBPyConnection) -> int:
    found = con.execute("SELECT schema_version FROM meta.build").fetchone()
    return int(found[0]) if found else 0
