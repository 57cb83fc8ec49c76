"""Travel times of whole roads from those of their links, and how much of their length is reliable."""

import pandas as pd


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
