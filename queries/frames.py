"""What a Python model is given: the tables it declared, read when asked for."""

from collections.abc import Iterator, Mapping, Sequence

import duckdb
import pandas as pd
import pyarrow as pa

from geo.tables import qualified
from geo.warehouse import quote


class Tables(Mapping[str, pd.DataFrame]):
    """Tables by name as data frames, geometry as WKB; nothing is read, or kept, that is not asked for."""

    def __init__(self, con: duckdb.DuckDBPyConnection, names: Sequence[str]) -> None:
        self._con, self._names = con, tuple(names)

    def __getitem__(self, name: str) -> pd.DataFrame:
        """Return a whole table in the order of its columns, but for geometry: sorting that too would take gigabytes."""
        kinds = self._kinds(name)
        columns = self._selected(name, list(kinds))
        order = ", ".join(quote(c) for c, kind in kinds.items() if not kind.startswith("GEOMETRY")) or "ALL"
        # By way of Arrow, which hands WKB over as bytes; DuckDB's own df() gives bytearrays.
        rows: pa.Table = self._con.execute(
            f"SELECT {columns} FROM {qualified(name)} ORDER BY {order}"
        ).to_arrow_table()
        frame: pd.DataFrame = rows.to_pandas()
        return frame

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)

    def near_together(
        self, name: str, columns: Sequence[str], where: str, rows: int
    ) -> Iterator[pd.DataFrame]:
        """Yield a table in portions of rows whose `geom` lie near each other.

        Args:
            name: the table.
            columns: columns wanted, `geom` among them or not; the first ones settle the order of rows in one place.
            where: SQL condition on the rows wanted.
            rows: rows of a portion, but for the last.
        """
        table, order = qualified(name), ", ".join(quote(c) for c in columns if c != "geom")
        # A connection of its own, since the caller writes each portion before it asks for the next.
        with self._con.cursor() as reader:
            found = reader.execute(
                f"""
                SELECT {self._selected(name, columns)} FROM {table} WHERE {where}
                ORDER BY st_hilbert(geom, (SELECT st_extent(st_extent_agg(geom)) FROM {table})), {order}
                """
            )
            for batch in found.to_arrow_reader(rows):
                yield pa.Table.from_batches([batch]).to_pandas()

    def _kinds(self, name: str) -> dict[str, str]:
        if name not in self._names:
            raise KeyError(f"{name} is not among the declared inputs: {', '.join(self._names)}")
        described = self._con.execute(f"DESCRIBE {qualified(name)}").fetchall()
        return {column: kind for column, kind, *_ in described}

    def _selected(self, name: str, columns: Sequence[str]) -> str:
        kinds = self._kinds(name)
        return ", ".join(
            f"st_aswkb({quote(c)}) AS {quote(c)}" if kinds[c].startswith("GEOMETRY") else quote(c)
            for c in columns
        )
