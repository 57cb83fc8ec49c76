"""Keep grid covers between runs, by what they were made of: boundaries, cell side and the code itself."""

import hashlib
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import shapely

from geo.arrays import Shapes
from geo.cover import CELL_M, grid_cover

_SCHEMA = pa.schema(
    [("shape", pa.int64()), ("cell_x", pa.int64()), ("cell_y", pa.int64()), ("piece", pa.binary())]
)


def kept_cover(
    shapes: Shapes, folder: Path | None, cell_m: float = CELL_M
) -> tuple[pd.DataFrame, Path | None]:
    """Return the cover of `grid_cover` with pieces as WKB, from the file of an earlier run where there is one.

    A file that is missing, damaged (its pages carry checksums) or not of this form is written anew. Any
    change of a boundary, of their order, of the cell side, of GEOS or of the cover's code asks for another
    file.

    Args:
        shapes: valid polygons or multipolygons in a projected system, metres.
        folder: where covers are kept; None keeps nothing.
        cell_m: side of a cell, metres.

    Returns:
        ``shape``, ``cell_x``, ``cell_y``, ``piece`` (WKB, null where the polygon fills the cell), and the file.
    """
    if folder is None:
        return _as_table(grid_cover(shapes, cell_m)).to_pandas(), None
    file = folder / f"cover-{_digest(shapes, cell_m)}.parquet"
    table = _read(file)
    if table is None:
        table = _as_table(grid_cover(shapes, cell_m))
        _write(table, file)
    return table.to_pandas(), file


def forget_others(folder: Path, used: list[Path]) -> None:
    """Delete the covers in a folder that were not used."""
    for file in set(folder.glob("cover-*.parquet")) - set(used):
        file.unlink()


def _as_table(cover: pd.DataFrame) -> pa.Table:
    pieces = shapely.to_wkb(cover["piece"].to_numpy(dtype=object))
    columns = [cover[name].to_numpy(dtype=np.int64) for name in ("shape", "cell_x", "cell_y")]
    return pa.table([*columns, pa.array(pieces, pa.binary())], schema=_SCHEMA)


def _digest(shapes: Shapes, cell_m: float) -> str:
    digest = hashlib.sha256(repr((cell_m, shapely.geos_version)).encode())
    here = Path(__file__).parent
    for code in (*sorted(here.glob("cover*.py")), here / "arrays.py"):
        digest.update(code.read_bytes())
    for wkb in shapely.to_wkb(shapes):
        digest.update(len(wkb).to_bytes(8, "little"))
        digest.update(wkb)
    return digest.hexdigest()[:32]


def _read(file: Path) -> pa.Table | None:
    try:
        table = pq.read_table(file, page_checksum_verification=True, partitioning=None)
    except (OSError, pa.ArrowException):
        return None
    return table if table.schema.equals(_SCHEMA) else None


def _write(table: pa.Table, file: Path) -> None:
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = file.with_suffix(".new")
    pq.write_table(table, fresh, write_page_checksum=True)
    # One rename, so that a run cut short leaves no half a file under the name.
    fresh.replace(file)
