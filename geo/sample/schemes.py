"""Dated schemes on roads: one that works, one that only seems to, and one too new to tell."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from geo.arrays import Bools, Ints, Objects
from geo.sample.links import Links
from geo.sample.plan import A_ROAD, LANE
from geo.sample.truth import Truth

WORKING, LUCKY, NEW = "DL-S1", "DL-S2", "DL-S3"
# So many of the A road links with most collisions before: what a list of the worst places would have.
_WORST = 25


def treated_links(links: Links) -> Bools:
    """Tell the links of the scheme that works: every other unnumbered lane."""
    is_lane = links.road_class == LANE
    return np.asarray(is_lane & (np.cumsum(is_lane) % 2 == 0))


def is_prevented(
    rng: np.random.Generator, link: Ints, at: pd.DatetimeIndex, treated: Bools, truth: Truth
) -> Bools:
    """Draw which collisions the scheme prevents: on its links and once it is open, a part of them at random.

    What is left of a Poisson process so thinned is one again, of `truth.scheme_rate_ratio` times the rate.
    """
    chance = rng.uniform(size=len(link))
    is_open = np.asarray(at >= pd.Timestamp(truth.scheme_opened_on))
    return np.asarray(treated[link] & is_open & (chance >= truth.scheme_rate_ratio))


def worst_links(links: Links, is_trunk: Bools, before: Ints, treated: Bools) -> Ints:
    """Return the A road links with most collisions before, ties to the first; nothing is done to them."""
    fit = (links.road_class == A_ROAD) & ~is_trunk & ~treated
    order = np.lexsort((np.arange(len(before)), -before))
    return np.asarray(order[fit[order] & (before[order] > 0)][:_WORST])


def scheme_tables(
    ids: Objects, treated: Bools, worst: Ints, codes: Sequence[str], truth: Truth
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the published table, and the truth: scheme_id, rate_ratio, why_chosen.

    Args:
        ids: reference of each link.
        treated: links of the scheme that works.
        worst: links of the one that only seems to; see `worst_links`.
        codes: codes of the highway authorities.
        truth: planted sizes.
    """
    opened, started = truth.scheme_opened_on, truth.scheme_works_on
    rows = [
        (WORKING, "Lower limits on lanes", "speed limit", started, opened, " ".join(ids[treated]), None),
        (LUCKY, "Signs at the worst places", "signs", None, opened, " ".join(ids[worst]), None),
        (NEW, "New contractor", "contract", None, truth.contract_changed_on, None, codes[0]),
    ]
    names = ("scheme_id", "name", "kind", "works_start_on", "opened_on", "link_ids", "area_code")
    table = pd.DataFrame(rows, columns=list(names))
    true = pd.DataFrame(
        {
            "scheme_id": [WORKING, LUCKY, NEW],
            "rate_ratio": [truth.scheme_rate_ratio, 1.0, 1.0],
            "why_chosen": ["every other lane", "bad years", "contract ran out"],
        }
    )
    # A scheme that is nowhere is none: a small region may have no lane, or no A road with a collision.
    placed = table["link_ids"].fillna("-") != ""
    return table[placed], true[placed]
