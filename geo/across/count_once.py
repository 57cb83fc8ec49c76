"""One problem counted once: sections, hotspots and areas that hold the same events."""

import numpy as np
import pandas as pd

from geo.arrays import Ints

# What shares half of its events with others is no problem of its own.
MOST_SHARED = 0.5
COUNTED = ["own_events", "events", "counted_share", "is_counted", "part_of"]


def count_once(
    problems: pd.DataFrame, members: pd.DataFrame, most_shared: float = MOST_SHARED
) -> pd.DataFrame:
    """Say which problems stand for themselves, and what share of each is not already counted with another.

    Problems are taken one after another, narrow before wide and great before small, so that a place is told as
    narrowly as it was found. Each has for its own the events that none taken before has. One with no more than half
    of its events its own is part of that which holds most of them, adds nothing, and leaves its events to others;
    one that stands for itself counts only with the share of events that is its own.

    Args:
        problems: one row a problem: ``width`` (0 for the narrowest kind, as sections; then hotspots, areas), ``loss``.
        members: ``problem`` (position in `problems`), ``event`` (any code): one row a problem and event it holds.
        most_shared: as above.

    Returns:
        COUNTED, one row a problem, in the order given: ``own_events`` (held by none taken before), ``events``,
        ``counted_share`` (0 for parts, and null without events), ``is_counted``, ``part_of`` (position of the problem
        it is part of; -1 for none). The own events of those counted add up to the events that any of them holds.

    Raises:
        ValueError: a share that is not from 0 to below 1.
    """
    if not 0 <= most_shared < 1:
        raise ValueError(f"the share must be from 0 to below 1, not {most_shared}")
    once = members.drop_duplicates(["problem", "event"]).sort_values("problem", kind="stable")
    event = pd.factorize(once["event"])[0].astype(np.int64)
    bounds = np.searchsorted(once["problem"].to_numpy(dtype=np.int64), np.arange(len(problems) + 1))
    order = np.lexsort((np.arange(len(problems)), -problems["loss"].to_numpy(dtype=float), problems["width"]))
    holder = np.full(int(event.max(initial=-1)) + 1, -1, dtype=np.int64)
    own, part_of = np.zeros(len(problems), dtype=np.int64), np.full(len(problems), -1, dtype=np.int64)
    for problem in order:
        held = event[bounds[problem] : bounds[problem + 1]]
        free = held[holder[held] < 0]
        own[problem] = len(free)
        if len(held) and len(free) <= (1 - most_shared) * len(held) and len(free) < len(held):
            part_of[problem] = _most(holder[held][holder[held] >= 0])
        else:
            holder[free] = problem
    size = np.diff(bounds)
    share = np.divide(own, size, out=np.full(len(own), np.nan), where=size > 0)
    is_counted = part_of < 0
    share = np.where(is_counted | np.isnan(share), share, 0.0)
    columns = (own, size, share, is_counted, part_of)
    return pd.DataFrame(dict(zip(COUNTED, columns, strict=True)))


def _most(holders: Ints) -> int:
    """Return the problem that is there most often; of equals the one of lowest position."""
    values, count = np.unique(holders, return_counts=True)
    return int(values[np.argmax(count)])
