"""Packs columns of values, one per period and area, into few bytes of JSON."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

DIGITS = 7  # significant; far more than any page shows, and the downloads hold every digit
Column = dict[str, Any]


def pack_numbers(values: npt.NDArray[np.float64]) -> Column:
    """Pack numbers, NaN for null: ``{"same": x}`` if all are alike, else ``{"rows": [[...], ...]}``."""
    rounded = round_significant(values)
    if _all_alike(rounded):
        return {"same": _number(rounded.flat[0]) if rounded.size else None}
    return {"rows": [[_number(value) for value in row] for row in rounded]}


def pack_words(values: npt.NDArray[np.object_]) -> Column:
    """Pack words, None for null, as indexes into the list of those that occur."""
    words = sorted({str(value) for value in values.flat if value is not None})
    index = {word: position for position, word in enumerate(words)}
    index_rows = [[None if value is None else index[value] for value in row] for row in values]
    distinct = {position for row in index_rows for position in row}
    if len(distinct) <= 1:
        return {"same": words[0] if words else None}
    return {"words": words, "rows": index_rows}


def place(
    frame: pd.DataFrame,
    column: str,
    rows: npt.NDArray[np.intp],
    cells: npt.NDArray[np.intp],
    shape: tuple[int, int],
) -> npt.NDArray[Any]:
    """Lay one column of a frame out as a grid of periods by areas."""
    series = frame[column]
    if pd.api.types.is_numeric_dtype(series) or pd.api.types.is_bool_dtype(series):
        grid = np.full(shape, np.nan)
        grid[rows, cells] = series.astype("float64").to_numpy(na_value=np.nan)
        return grid
    words = np.full(shape, None, dtype=object)
    words[rows, cells] = [None if pd.isna(value) else str(value) for value in series]
    return words


def pack(values: npt.NDArray[Any]) -> Column:
    """Pack a grid of numbers or of words."""
    return pack_words(values) if values.dtype == object else pack_numbers(values)


def round_significant(values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Round to so many significant digits that the shortest decimal is short."""
    # By way of text, as scaling by powers of ten overflows for p-values near 1e-300.
    rounded = [float(f"{value:.{DIGITS}g}") for value in values.flat]
    return np.array(rounded, dtype=np.float64).reshape(values.shape)


def _number(value: float) -> float | int | None:
    if not np.isfinite(value):
        return None
    return int(value) if float(value).is_integer() else float(value)


def _all_alike(values: npt.NDArray[np.float64]) -> bool:
    if not values.size:
        return True
    first = values.flat[0]
    return bool(np.isnan(values).all() if np.isnan(first) else (values == first).all())
