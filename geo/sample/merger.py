"""An authority that was formed of two: which codes and names what came before carries."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from geo.arrays import Bools, Floats, Ints, Objects
from geo.sample.truth import Truth

COLUMNS = ("from_code", "from_name", "to_code", "to_name", "on_date", "kind")


def area_changes(truth: Truth, names: Mapping[str, str]) -> pd.DataFrame:
    """Return the changes of codes, one row each: from and to (code, name), date, kind.

    Args:
        truth: what was merged, and when.
        names: names of the authorities there are, by code; a region without the merged one has no changes.
    """
    to = truth.merged_authority
    rows = [
        (code, name, to, names[to], truth.merged_on.isoformat(), "merged")
        for code, name in truth.predecessors.items()
        if to in names
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def predecessor_by_northing(northing: Floats, people: Ints, is_own: Bools, truth: Truth) -> Objects:
    """Say which predecessor each small area belongs to: the first has the southern half of the people.

    Args:
        northing: of each small area, in metres; give it that of its ward, and wards stay whole.
        people: residents of each small area.
        is_own: whether a small area is in the merged authority; others are told as if they were, since what
            lies just across the border is sometimes recorded there.
        truth: the predecessors.

    Returns:
        A code for each small area; "" for all where the region has no merged authority.
    """
    if not is_own.any():
        return np.full(len(northing), "", dtype=object)
    order = np.argsort(northing[is_own], kind="stable")
    sums = np.cumsum(people[is_own][order])
    middle = northing[is_own][order][np.searchsorted(sums, sums[-1] / 2)]
    first, second = truth.predecessors
    return np.where(northing < middle, first, second).astype(object)


def is_before_merger(
    rng: np.random.Generator, authority_codes: Objects, at: pd.DatetimeIndex, truth: Truth
) -> Bools:
    """Tell what carries a predecessor's code: recorded under the merged authority, before it was formed."""
    is_old = (authority_codes == truth.merged_authority) & (at < pd.Timestamp(truth.merged_on))
    return np.asarray(is_old & (rng.uniform(size=len(at)) < truth.merger_recoded_share))
