"""Levels at which events are too rare for single areas to tell anything."""

import numpy as np
import pandas as pd


def is_rare(estimates: pd.DataFrame, definitions: pd.DataFrame) -> np.ndarray:
    """Say which rates are of areas too small for them: the average one has too few events for a verdict.

    Where the average area of a level falls short even in the longest period given, most areas would be told apart by
    nothing but chance, and a map of them would be a map of noise. Summed over many areas they may still tell.

    Args:
        estimates: ``outcome``, ``area_level``, ``period_start``, ``period_end``, ``scale``, ``observations`` (before
            any are hidden; null where not said).
        definitions: ``outcome``, ``minimum_observations``.

    Returns:
        One bool per row: alike for all rows of an outcome and level, and false of all but rates.
    """
    of_level, of_period = ["outcome", "area_level"], ["period_start", "period_end"]
    average = estimates.groupby(of_level + of_period, as_index=False)["observations"].mean()
    most = (
        average.groupby(of_level, as_index=False)["observations"]
        .max()
        .rename(columns={"observations": "most"})
    )
    least = definitions[["outcome", "minimum_observations"]]
    rows = (
        estimates[[*of_level, "scale"]]
        .merge(most, how="left", on=of_level)
        .merge(least, how="left", on="outcome")
    )
    short = rows["most"].astype(float) < rows["minimum_observations"].astype(float)
    return (short & (rows["scale"] == "rate")).to_numpy(dtype=bool)
