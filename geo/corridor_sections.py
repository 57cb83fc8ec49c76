"""Sections of corridors: stretches of about two kilometres, cut where the authority changes."""

import numpy as np
import pandas as pd

from geo.arrays import Floats, Ints, rank_among
from geo.corridors import BESIDE, REFERENCE
from geo.stretches import cut_stretches, last_before

# From one to three kilometres, unless borders leave less.
SECTION_M = 2000.0
# Shorter than this is rounding between two measures of the same link.
_DUST_M = 1e-6
_ALIKE = ["link", "role", "area", "strand", "section"]


def corridor_pieces(steps: pd.DataFrame, pieces: pd.DataFrame) -> pd.DataFrame:
    """Return the pieces of links that make up each section of each corridor.

    Args:
        steps: what `corridors` returns.
        pieces: ``link``, ``from_m``, ``to_m`` and ``area`` (-1 for none): links cut at borders of authorities.

    Returns:
        ``link``, ``from_m``, ``to_m``, ``area``, ``road``, ``corridor``, ``strand``, ``section`` (from 1 within
        the corridor), ``role``, ``at_from_m`` and ``at_to_m`` (places along the corridor of the piece's ends).
    """
    cut = _with_areas(steps, pieces.sort_values(["link", "from_m"], ignore_index=True))
    if not len(cut):
        return cut.assign(section=[])
    whole = np.asarray(cut.groupby(["road", "corridor"]).ngroup(), dtype=np.int64)
    strand = np.asarray(cut.groupby(["road", "corridor", "strand"]).ngroup(), dtype=np.int64)
    of, start, number = _sections(cut, whole, strand)
    cut, strand = _cut_at(cut, strand, of, start)
    middle = (cut["at_from_m"].to_numpy() + cut["at_to_m"].to_numpy()) / 2
    first = np.searchsorted(of, strand)
    # A place where a section begins is in it, whichever way its measure was rounded.
    cut["section"] = number[np.maximum(last_before(of, start - _DUST_M, strand, middle), first)]
    return _joined(cut)


def _with_areas(steps: pd.DataFrame, pieces: pd.DataFrame) -> pd.DataFrame:
    link, from_m = pieces["link"].to_numpy(), pieces["from_m"].to_numpy()
    is_cut = from_m > 0
    of, a, b = (steps[c].to_numpy() for c in ("link", "from_m", "to_m"))
    row, start, end = cut_stretches(of, a, b, link[is_cut], from_m[is_cut])
    cut = _part_of(steps.iloc[row], start, end)
    at = last_before(link, from_m, cut["link"].to_numpy(), (start + end) / 2)
    is_known = np.append(link, -1)[at] == cut["link"].to_numpy()
    cut["area"] = np.where(is_known, np.append(pieces["area"].to_numpy(), -1)[at], -1)
    return cut[end - start > _DUST_M].reset_index(drop=True)


def _part_of(steps: pd.DataFrame, start: Floats, end: Floats) -> pd.DataFrame:
    """Return steps shortened to part of their link; places along the corridor follow in proportion."""
    a, b, at_a, at_b = (steps[c].to_numpy() for c in ("from_m", "to_m", "at_from_m", "at_to_m"))
    slope = (at_b - at_a) / (b - a)
    return steps.assign(
        from_m=start, to_m=end, at_from_m=at_a + (start - a) * slope, at_to_m=at_a + (end - a) * slope
    ).reset_index(drop=True)


def _sections(cut: pd.DataFrame, whole: Ints, strand: Ints) -> tuple[Ints, Floats, Ints]:
    """Return the strand, the beginning and the number within its corridor of every section, in order."""
    is_reference = cut["role"].to_numpy() == REFERENCE
    road = cut[is_reference]
    ends = np.sort(np.stack([road["at_from_m"], road["at_to_m"]]), axis=0)
    order = np.lexsort((ends[0], strand[is_reference]))
    ends, area = ends[:, order], road["area"].to_numpy()[order]
    of, on = whole[is_reference][order], strand[is_reference][order]
    is_new = np.append(True, (on[1:] != on[:-1]) | (area[1:] != area[:-1]))[: len(on)]
    first = np.flatnonzero(is_new)
    last = np.append(first[1:], len(on)) - 1
    start, long = ends[0, first], ends[1, last] - ends[0, first]
    count = np.maximum(np.round(long / SECTION_M).astype(np.int64), 1)
    nth = np.arange(int(count.sum())) - np.repeat(np.cumsum(count) - count, count)
    begins = np.repeat(start, count) + nth * np.repeat(long / count, count)
    of, on = np.repeat(of[first], count), np.repeat(on[first], count)
    number = rank_among(of) + 1
    return on, begins, number


def _cut_at(cut: pd.DataFrame, strand: Ints, of: Ints, start: Floats) -> tuple[pd.DataFrame, Ints]:
    """Cut what has length along the corridor where sections begin."""
    low = cut[["at_from_m", "at_to_m"]].min(axis=1).to_numpy()
    high = cut[["at_from_m", "at_to_m"]].max(axis=1).to_numpy()
    is_long = (cut["role"].to_numpy() <= BESIDE) & (high - low > _DUST_M)
    row, begin, end = cut_stretches(strand, low, np.where(is_long, high, low), of, start)
    pieces = cut.iloc[row]
    share = [
        np.divide(at - low[row], (high - low)[row], out=np.zeros(len(row)), where=is_long[row])
        for at in (begin, end)
    ]
    share[1] = np.where(is_long[row], share[1], 1.0)
    is_back = (pieces["at_from_m"] > pieces["at_to_m"]).to_numpy() & is_long[row]
    near, far = np.where(is_back, 1 - share[1], share[0]), np.where(is_back, 1 - share[0], share[1])
    long = (pieces["to_m"] - pieces["from_m"]).to_numpy()
    a = pieces["from_m"].to_numpy()
    kept = (far - near) * long > _DUST_M
    return _part_of(pieces, a + near * long, a + far * long)[kept].reset_index(drop=True), strand[row[kept]]


def _joined(cut: pd.DataFrame) -> pd.DataFrame:
    """Join neighbouring pieces of a link that are alike."""
    cut = cut.sort_values(["link", "from_m"], ignore_index=True)
    is_new = (cut[_ALIKE] != cut[_ALIKE].shift()).any(axis=1)
    is_new |= (cut["from_m"] - cut["to_m"].shift()).abs().gt(10 * _DUST_M)
    first = np.flatnonzero(is_new)
    last = np.append(first[1:], len(cut)) - 1
    return (
        cut.iloc[first]
        .assign(to_m=cut["to_m"].to_numpy()[last], at_to_m=cut["at_to_m"].to_numpy()[last])
        .reset_index(drop=True)
    )
