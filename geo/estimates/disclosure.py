"""Which counts of a table must be hidden, so that no small one can be read or worked out from the rest."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from geo.arrays import Bools, Floats
from geo.estimates.hidden_cycles import CheapestCycles, Signed, on_a_cycle


@dataclass(frozen=True)
class Suppression:
    """What is hidden of a table and of its totals.

    Each is areas + 1 by periods + 1, the last row and column the totals, their corner the grand total.

    Attributes:
        primary: too small to be shown.
        complementary: hidden only because a primary one could be worked out from it.
        exposed: hidden, yet it can be worked out, for what would protect it may not be hidden.
    """

    primary: Bools
    complementary: Bools
    exposed: Bools

    @property
    def hidden(self) -> Bools:
        """All that is hidden: publish this alone, as which kind a cell is tells how large it can be."""
        return self.primary | self.complementary


def suppress_small_counts(
    counts: ArrayLike,
    threshold: int,
    *,
    zero_is_shown: bool = True,
    totals_are_shown: bool = False,
    parent_hidden: ArrayLike | None = None,
) -> Suppression:
    """Hide counts below a threshold, and the cheapest others that keep them from being solved.

    A hidden count is safe if another value of it fits all that is published: if hidden cells form a cycle
    through it along which one event can be moved. Two hidden cells in each row and column are not enough. A
    reader is taken to know the method, and so that a hidden count is at least 1 where zeros are shown. He may
    still learn a range, and what he knows from elsewhere (such as one of the hidden counts) is not guarded
    against.

    For each count that could be solved the cycle with the fewest events in further cells is hidden, one count
    after another: cheap, not the least that would do for all together (which is NP-hard). Ties go to the first
    area and period.

    Totals are counts too: a small one is hidden, and a larger one if that is the cheapest. With several levels,
    call once for each parent, from the top down: its areas here, and in `parent_hidden` what the call above hid
    of it. Every table is then safe by itself. A reader who solves all levels together is withstood where no
    total is hidden; elsewhere he may succeed at times (in 1 of 150 random pairs of levels, full of small counts).

    Args:
        counts: areas x periods of one outcome, whole numbers; null is missing: it is published as that, adds
            nothing to totals, and is never hidden. A total of nothing but missing is missing.
        threshold: counts of 1 to threshold - 1 are too small; at 1 or below none is.
        zero_is_shown: whether 0 is shown; otherwise it is too small as well.
        totals_are_shown: whether all totals are published whatever they are. A small one then gives its cells
            away, and they are told as exposed.
        parent_hidden: of the last row, periods + 1: what is hidden of the parent. No more of it will be, unless
            too small.

    Raises:
        ValueError: counts that are negative, not whole or not a table; totals both shown and hidden.

    Source: Gusfield (1988), SIAM J Comput 17:552 (cells that can be solved); Cox (1995), JASA 90:1453 (network
        flows for complementary suppression). The order of cells and the costs are ours.
    """
    table, missing = _with_totals(counts)
    if totals_are_shown and parent_hidden is not None:
        raise ValueError("totals_are_shown leaves no total hidden, so there can be no parent_hidden")
    primary = (table < threshold) & (table > 0 if zero_is_shown else ~missing)
    may_hide = (table > 0) & ~missing
    if totals_are_shown:
        primary[-1], primary[:, -1], may_hide[-1], may_hide[:, -1] = False, False, False, False
    hidden = primary.copy()
    if parent_hidden is not None:
        hidden[-1] |= np.asarray(parent_hidden, dtype=bool)
        may_hide[-1] = False
    hidden = _protected(table, hidden, may_hide, zero_is_shown=zero_is_shown)
    exposed = _solvable(table, hidden, zero_is_shown=zero_is_shown)
    return Suppression(primary, hidden & ~primary, exposed)


def solvable(counts: ArrayLike, hidden: ArrayLike, *, zero_is_shown: bool = True) -> Bools:
    """Tell the hidden cells whose value follows from what is published.

    Args:
        counts: areas x periods, as of ``suppress_small_counts``.
        hidden: areas + 1 by periods + 1, with totals, as of ``Suppression.hidden``.
        zero_is_shown: whether a reader knows that hidden counts are at least 1.

    Raises:
        ValueError: counts that are negative, not whole or not a table; hidden of another shape.
    """
    table, _ = _with_totals(counts)
    mask = np.asarray(hidden, dtype=bool)
    if mask.shape != table.shape:
        raise ValueError(f"hidden is {mask.shape}, but the table with its totals {table.shape}")
    return _solvable(table, mask, zero_is_shown=zero_is_shown)


def _with_totals(counts: ArrayLike) -> tuple[Floats, Bools]:
    """Return the table with its totals, missing as 0, and where it is missing."""
    given = np.asarray(counts, dtype=float)
    known = np.where(np.isnan(given), 0.0, given)
    if given.ndim != 2:  # noqa: PLR2004
        raise ValueError(f"counts must be areas x periods, not an array of {given.ndim} dimensions")
    if not (np.isfinite(known) & (known >= 0) & (known == np.floor(known))).all():
        raise ValueError("counts must be whole numbers of at least 0, or null")
    wide = np.column_stack([known, known.sum(axis=1)])
    gap = np.column_stack([np.isnan(given), np.isnan(given).all(axis=1)])
    return np.vstack([wide, wide.sum(axis=0)]), np.vstack([gap, gap.all(axis=0)])


def _signed(table: Floats, *, zero_is_shown: bool) -> Signed:
    """Turn the totals' signs, so that every row and column sums to 0, and tell which way each cell may move."""
    above_least = table > (1 if zero_is_shown else 0)
    always = np.ones_like(above_least)
    is_total = np.zeros_like(above_least)
    is_total[-1, :-1], is_total[:-1, -1] = True, True
    return Signed(np.where(is_total, above_least, always), np.where(is_total, always, above_least))


def _solvable(table: Floats, hidden: Bools, *, zero_is_shown: bool) -> Bools:
    signed = _signed(table, zero_is_shown=zero_is_shown)
    if table.shape[1] > table.shape[0]:
        return hidden & ~on_a_cycle(signed.turned(), hidden.T).T
    return hidden & ~on_a_cycle(signed, hidden)


def _protected(table: Floats, hidden: Bools, may_hide: Bools, *, zero_is_shown: bool) -> Bools:
    unsafe = _solvable(table, hidden, zero_is_shown=zero_is_shown)
    if not unsafe.any():
        return hidden
    signed = _signed(table, zero_is_shown=zero_is_shown)
    cost = np.where(hidden, 0.0, np.where(may_hide, table, np.inf))
    if table.shape[1] > table.shape[0]:
        return CheapestCycles(signed.turned(), cost.T).hide_for(unsafe.T).T
    return CheapestCycles(signed, cost).hide_for(unsafe)
