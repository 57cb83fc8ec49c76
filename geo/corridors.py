"""Corridors: numbered roads followed from end to end, with a measure along them.

Links of one number that meet, or whose loose ends are near enough, are one corridor. Its first strand is the
longest way through it; what runs beside the strand (the other carriageway, one street of a one-way pair) is
measured against it and not counted again; what leads elsewhere (a spur, the other half of a ring) is another
strand, measured on from where the one before it ends. Slip roads, roundabouts, gaps, and stubs shorter than a
gap may be, add no length.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from geo.arrays import Bools, Floats, Ints, Shapes
from geo.borders import numbered
from geo.contacts import Lines, lines_of
from geo.road_graph import Graph, graph_of, longest_ways, parts_of
from geo.road_marks import Marks, all_marks, marks_along
from geo.stretches import cut_stretches

MAIN, SLIP, ROUNDABOUT = range(3)
ROLES = ("reference", "beside", "stub", "slip road", "roundabout")
REFERENCE, BESIDE, STUB, ON_SLIP, ON_ROUNDABOUT = range(5)
# Two carriageways are seldom farther apart; nor are the streets of most one-way pairs.
_BESIDE_M = 100.0
# Long links are taken in steps, so that one can run beside a strand for a while and then leave it.
_STEP_M = 300.0


@dataclass(frozen=True)
class _Steps:
    """Steps of links: the part each is of, where it begins and ends along the part, and both points."""

    part: Ints
    from_m: Floats
    to_m: Floats
    start: Floats
    end: Floats

    @property
    def length_m(self) -> Floats:
        return self.to_m - self.from_m


def corridors(links: Shapes, road: Ints, form: Ints, gap_m: float) -> pd.DataFrame:
    """Return where links of numbered roads lie along their corridors.

    Args:
        links: lines in a projected system, metres.
        road: number of the road of each link, from 0.
        form: MAIN, SLIP or ROUNDABOUT for each link.
        gap_m: the widest gap between loose ends of a road that is bridged, metres.

    Returns:
        One row per step of a link: ``link``; ``from_m`` and ``to_m`` along it; ``road``; ``corridor`` (from 1
        within the road, the longest first); ``strand`` (from 1 within the corridor); ``role`` (a position in
        ROLES); ``at_from_m`` and ``at_to_m``, the places along the corridor of the step's two ends. Links of
        parts that have no length of road are left out.
    """
    lines = lines_of(links)
    steps = _steps(lines, road)
    of, kind = road[lines.line[steps.part]], form[lines.line[steps.part]]
    graph = graph_of(of, steps.start, steps.end, steps.length_m, kind == MAIN, gap_m)
    part = graph.parts()[graph.ends[: len(of), 0]]
    measured = _measured(graph, steps, lines, part, kind, gap_m)
    measured = measured.assign(road=of[measured["step"]], part=part[measured["step"]])
    measured["corridor"] = _ranked(measured, steps)
    step = measured["step"].to_numpy()
    before = lines.before_m[steps.part[step]]
    measured["link"] = lines.line[steps.part[step]]
    measured["from_m"], measured["to_m"] = before + steps.from_m[step], before + steps.to_m[step]
    columns = ["link", "from_m", "to_m", "road", "corridor", "strand", "role", "at_from_m", "at_to_m"]
    return measured.sort_values(["link", "from_m"], ignore_index=True)[columns]


def _steps(lines: Lines, road: Ints) -> _Steps:
    """Take parts in steps: cut where another link of the road ends on a vertex, and into even lengths."""
    part = np.repeat(np.arange(len(lines.line)), np.diff(lines.first))
    of = road[lines.line[part]]
    vertex, _ = numbered(np.column_stack([of.astype(np.float64), lines.xy]))
    is_end = np.zeros(len(vertex), dtype=bool)
    is_end[lines.first[:-1]], is_end[lines.first[1:] - 1] = True, True
    meets = np.zeros(int(vertex.max(initial=-1)) + 1, dtype=bool)
    meets[vertex[is_end]] = True
    cuts = meets[vertex] & ~is_end
    every = np.arange(len(lines.line))
    row, start, end = cut_stretches(
        every, np.zeros(len(every)), lines.length_m, part[cuts], lines.along_m[cuts]
    )
    count = np.maximum(np.ceil((end - start) / _STEP_M).astype(np.int64), 1)
    nth = np.arange(int(count.sum())) - np.repeat(np.cumsum(count) - count, count)
    row, start, end, count = (np.repeat(a, count) for a in (row, start, end, count))
    wide = (end - start) / count
    start, end = start + nth * wide, np.where(nth == count - 1, end, start + (nth + 1) * wide)
    kept = end > start
    row, start, end = row[kept], start[kept], end[kept]
    return _Steps(row, start, end, lines.points_at(row, start), lines.points_at(row, end))


def _measured(
    graph: Graph, steps: _Steps, lines: Lines, part: Ints, kind: Ints, gap_m: float
) -> pd.DataFrame:
    """Return strand, role and place along the corridor of every step, strand by strand."""
    is_left = kind == MAIN
    size = int(part.max(initial=-1)) + 1
    length_m, strand = np.zeros(size), np.zeros(size, dtype=np.int64)
    found: list[pd.DataFrame] = []
    marks: list[Marks] = []
    while is_left.any():
        reference = _next_strand(graph, steps, part, kind, is_left)
        strand[np.unique(part[reference["step"]])] += 1
        found.append(_placed(reference, steps, part, length_m, strand))
        is_left[reference["step"]] = False
        marks.append(marks_along(found[-1], steps, lines, part))
        left = np.flatnonzero(is_left)
        beside = left[_are_beside(marks[-1], left, steps, lines, part)]
        found.append(_held_against(marks[-1], beside, BESIDE, steps, part))
        is_left[beside] = False
        is_left[_stubs(graph, steps, is_left, gap_m)] = False
    if not found:
        none: dict[str, list[int]] = {c: [] for c in ("step", "strand", "role", "at_from_m", "at_to_m")}
        return pd.DataFrame(none, dtype="int64")
    done = np.concatenate([f["step"] for f in found]).astype(np.int64)
    others = np.setdiff1d(np.flatnonzero(strand[part] > 0), done)
    role = np.array([STUB, ON_SLIP, ON_ROUNDABOUT])[kind[others]]
    return pd.concat(
        [*found, _held_against(all_marks(marks), others, role, steps, part)], ignore_index=True
    ).astype({"step": "int64", "strand": "int64", "role": "int64"})


def _next_strand(graph: Graph, steps: _Steps, part: Ints, kind: Ints, is_left: Bools) -> pd.DataFrame:
    """Return the steps of the longest way through what is left of each part, in the order of travel."""
    has_left = np.zeros(int(part.max()) + 1, dtype=bool)
    has_left[part[is_left]] = True
    is_gap = graph.stretch < 0
    usable, main = is_gap.copy(), np.zeros(len(is_gap), dtype=bool)
    usable[: len(kind)] = (is_left | (kind != MAIN)) & has_left[part]
    main[: len(kind)] = is_left
    ways: pd.DataFrame = longest_ways(graph, usable, main)
    step = graph.stretch[ways["edge"]]
    is_main = (step >= 0) & (kind[step] == MAIN)
    ways = ways.assign(step=step)[is_main]
    ways["length_m"] = steps.length_m[ways["step"]]
    ways["part"] = part[ways["step"]]
    total = ways.groupby(["part", "way"])[["length_m"]].sum().reset_index()
    total = total.sort_values(["part", "length_m", "way"], ascending=[True, False, True])
    longest = total.drop_duplicates("part")["way"]
    chosen: pd.DataFrame = ways[ways["way"].isin(longest)]
    return chosen


def _placed(
    reference: pd.DataFrame, steps: _Steps, part: Ints, length_m: Floats, strand: Ints
) -> pd.DataFrame:
    """Place a strand's steps after what the corridor has already, and add them to its length."""
    step = reference["step"].to_numpy()
    of = part[step]
    to = length_m[of] + reference.groupby(of)["length_m"].cumsum().to_numpy()
    start = to - steps.length_m[step]
    np.maximum.at(length_m, of, to)
    is_forward = reference["is_forward"].to_numpy()
    return pd.DataFrame(
        {
            "step": step,
            "strand": strand[of],
            "role": REFERENCE,
            "at_from_m": np.where(is_forward, start, to),
            "at_to_m": np.where(is_forward, to, start),
        }
    )


def _are_beside(marks: Marks, chosen: Ints, steps: _Steps, lines: Lines, part: Ints) -> Bools:
    shares = np.linspace(0, 1, 5)
    every = np.repeat(chosen, len(shares))
    at = steps.from_m[every] + np.tile(shares, len(chosen)) * steps.length_m[every]
    near = marks.are_within(lines.points_at(steps.part[every], at), part[every], _BESIDE_M)
    return np.asarray(near.reshape(-1, len(shares)).all(axis=1))


def _stubs(graph: Graph, steps: _Steps, is_left: Bools, gap_m: float) -> Ints:
    """Return steps that hang together with less than a gap's length of others that are left."""
    left = np.flatnonzero(is_left)
    ends = graph.ends[left]
    label = parts_of(ends, graph.size)[ends[:, 0]]
    total = np.bincount(label, steps.length_m[left], minlength=graph.size)
    return np.asarray(left[total[label] < gap_m])


def _held_against(marks: Marks, chosen: Ints, role: int | Ints, steps: _Steps, part: Ints) -> pd.DataFrame:
    """Measure steps against the nearest place of a strand of their part."""
    at_from, strand = marks.nearest(steps.start[chosen], part[chosen])
    at_to, end_strand = marks.nearest(steps.end[chosen], part[chosen])
    # Where a road comes near itself again, the two ends may find places far apart: one place must do.
    is_torn = (end_strand != strand) | (np.abs(at_to - at_from) > 2 * (_STEP_M + _BESIDE_M))
    at_to = np.where(is_torn, at_from, at_to)
    return pd.DataFrame(
        {"step": chosen, "strand": strand, "role": role, "at_from_m": at_from, "at_to_m": at_to}
    )


def _ranked(measured: pd.DataFrame, steps: _Steps) -> Ints:
    """Number the parts of each road from 1, the longest first."""
    length = pd.Series(steps.length_m[measured["step"]], measured.index)
    length = length.where(measured["role"] == REFERENCE, 0.0)
    total = length.groupby([measured["road"], measured["part"]]).sum().round(3).reset_index(name="length_m")
    total = total.sort_values(["road", "length_m", "part"], ascending=[True, False, True])
    rank = pd.Series(total.groupby("road").cumcount().to_numpy() + 1, index=total["part"])
    return np.asarray(rank.loc[measured["part"]].to_numpy(), dtype=np.int64)
