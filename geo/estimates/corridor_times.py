"""Travel times of whole roads from those of their links, and how much of their length is reliable."""

from collections.abc import Sequence

import pandas as pd

from geo.estimates.travel_time import INDICES

# A section is reliable if this is reached in none of its periods (23 CFR 490.513).
RELIABLE_BELOW = 1.5


def corridor_times(times: pd.DataFrame, links: pd.DataFrame, least_share: float = 0.9) -> pd.DataFrame:
    """Return the time to drive each corridor at each moment: the sum of its links' times at that moment.

    Nobody drives all of a corridor in one moment, so on long ones this comes too early for the links ahead.
    Where links of up to a tenth of the length are missing, their times are taken to be as the others' by
    length; where more are, the moment is left out.

    Args:
        times: ``link_id``, ``observed_at``, ``travel_time_s`` and ``free_flow_s`` (null where unknown).
        links: ``corridor``, ``link_id``, ``length_m``: each link once in a corridor.
        least_share: of the length that must have a time.

    Returns:
        ``corridor``, ``observed_at``, ``travel_time_s``, ``free_flow_s`` (null where a link's is unknown) and
        ``covered_share`` (of the length, measured), ordered by the first two.
    """
    measured = times[times["travel_time_s"] > 0].merge(links, on="link_id")
    length = links.groupby("corridor")["length_m"].sum()
    cells = measured.groupby(["corridor", "observed_at"])
    sums = cells[["travel_time_s", "length_m"]].sum()
    free = cells["free_flow_s"].agg(lambda of: of.sum(skipna=False))
    sums["free_flow_s"] = free
    sums = sums.reset_index()
    share = sums["length_m"] / sums["corridor"].map(length)
    sums["covered_share"] = share
    sums[["travel_time_s", "free_flow_s"]] = sums[["travel_time_s", "free_flow_s"]].div(share, axis=0)
    # Rounding of a sum of lengths may leave exactly the least a hair below it.
    return sums[share >= least_share - 1e-9].drop(columns="length_m").reset_index(drop=True)


def share_reliable(links: pd.DataFrame, by: Sequence[str]) -> pd.DataFrame:
    """Return, for each road or area, the part of its length that is reliable, and length-weighted indices.

    A link is reliable if its LOTTR is below 1.50, rounded to hundredths, in every period. The length-weighted
    mean of indices is an approximation: no quantile of a whole is the mean of the quantiles of its parts.
    The federal measure weights by person-miles, which takes traffic and occupancy; this is by length alone.

    Args:
        links: the columns of `by`, ``link_id``, ``length_m`` and INDICES; one row per link and period.
        by: columns that name the road or area.

    Returns:
        One row per group, ordered: its columns, ``reliable_share`` (0 to 1), ``length_m`` (of links that have
        a LOTTR), and INDICES, each over links that have it in the period where theirs is worst.

    Source: 23 CFR 490.511 and 490.513.
    """
    worst = links.groupby([*by, "link_id"], as_index=False)[["length_m", *INDICES]].max()
    length, known = worst["length_m"], worst["lottr"].notna()
    parts = worst[list(by)].assign(length_m=length.where(known, 0.0))
    parts["reliable"] = (worst["lottr"].round(2) < RELIABLE_BELOW) * parts["length_m"]
    for name in INDICES:
        parts[name] = worst[name] * length
        parts[f"{name}_m"] = length.where(worst[name].notna(), 0.0)
    sums = parts.groupby(list(by))[[c for c in parts if c not in by]].sum()
    table = pd.DataFrame(
        {"reliable_share": sums["reliable"] / sums["length_m"], "length_m": sums["length_m"]}
    )
    for name in INDICES:
        table[name] = sums[name] / sums[f"{name}_m"]
    return table.reset_index()
