"""Which sections of corridors are neighbours: the next along the road, across borders, and those that meet."""

import numpy as np
import pandas as pd

from geo.arrays import Floats, Ints, rank_in, spread

# Sections this near along the road, or ends this near, touch.
TOUCH_M = 1.0


def stretches_of(sections: pd.DataFrame, step_m: float) -> pd.DataFrame:
    """Cut sections into stretches of about equal length: a hotspot is often shorter than a section.

    Args:
        sections: ``line``, ``from_m`` and ``to_m``, as of ``neighbours_along``.
        step_m: length of a stretch, metres; each section gets the whole number of equal ones that comes nearest.

    Returns:
        ``section`` (position), ``line``, ``from_m``, ``to_m``; by section, then place.

    Raises:
        ValueError: a step that is not above 0.
    """
    if not step_m > 0:
        raise ValueError(f"a stretch must be longer than {step_m} m")
    start, end = sections["from_m"].to_numpy(dtype=float), sections["to_m"].to_numpy(dtype=float)
    count = np.maximum(np.round((end - start) / step_m), 1).astype(np.int64)
    row, nth = np.repeat(np.arange(len(count)), count), rank_in(count)
    step = ((end - start) / count)[row]
    return pd.DataFrame(
        {
            "section": row,
            "line": sections["line"].array.take(row),
            "from_m": start[row] + nth * step,
            # The last ends where its section does, to the bit.
            "to_m": np.where(nth == count[row] - 1, end[row], start[row] + (nth + 1) * step),
        }
    )


def neighbours_along(
    sections: pd.DataFrame, meetings: pd.DataFrame | None = None, reach_m: float = TOUCH_M
) -> Ints:
    """Return the pairs of sections that are neighbours, by the measure along the road and where roads meet.

    Borders are not looked at: a section is the neighbour of the next one whoever maintains either.

    Args:
        sections: ``line`` (corridor and strand; any code that tells them apart), ``from_m`` and ``to_m`` (metres
            along it, from below to).
        meetings: ``section`` (position in `sections`) and ``place`` (a junction; any code): sections with a place in
            common are neighbours too.
        reach_m: sections of a line with at most this between them are neighbours; those that overlap always.

    Returns:
        Positions of sections, each pair both ways and once, in order (n x 2).

    Raises:
        ValueError: a section that ends before it begins, or a reach below 0.
    """
    start, end = sections["from_m"].to_numpy(dtype=float), sections["to_m"].to_numpy(dtype=float)
    if (end < start).any() or reach_m < 0:
        raise ValueError("a section ends before it begins, or the reach is below 0")
    line, _ = pd.factorize(sections["line"])
    pairs = [_near(line.astype(np.int64), start, end, reach_m)]
    if meetings is not None and len(meetings):
        pairs.append(_met(meetings))
    found = np.concatenate(pairs)
    found = np.concatenate([found, found[:, ::-1]])
    return np.unique(found[found[:, 0] != found[:, 1]], axis=0)


def _near(line: Ints, start: Floats, end: Floats, reach_m: float) -> Ints:
    """Return the pairs of a line of which the second begins before the first, and its reach, ends."""
    order = np.lexsort((start, line))
    # One long axis, on which lines lie too far apart to reach each other.
    apart = (end.max(initial=0.0) - start.min(initial=0.0)) + 2 * reach_m + 1
    begin = start[order] + line[order] * apart
    last = np.searchsorted(begin, end[order] + line[order] * apart + reach_m, side="right")
    first = np.arange(len(order)) + 1
    count = np.maximum(last - first, 0)
    other = spread(first, count)
    return np.column_stack([order[np.repeat(np.arange(len(order)), count)], order[other]]).astype(np.int64)


def _met(meetings: pd.DataFrame) -> Ints:
    held = meetings[["place", "section"]].drop_duplicates()
    both = held.merge(held, on="place", suffixes=("", "_other"))
    return both[["section", "section_other"]].to_numpy(dtype=np.int64)
