"""Both sides of every border and corridor compared, and whether they are alike but for it."""

import numpy as np
import pandas as pd

from geo.across.border_checks import balance, density_break, wording
from geo.across.contrast import border_contrast
from geo.across.road_sides import CLASSES, by_site
from geo.estimates.significance import FALSE_DISCOVERY_RATE, false_discovery_q

BANDS_M = (1_000.0, 2_000.0, 5_000.0)
# With fewer events on both sides together there is nothing to tell, and no test to count among the tests.
LEAST_EVENTS = 10
COVARIATES = ("traffic", "urban share", "road density", "speed limit")
# Stands for a difference of two constants, which is endless in standard deviations.
ENDLESS = 99.0
_NUMBERS = ("aadf", "urban_share", "cell_road_km", "mean_limit_mph")


def contrasts(sides: pd.DataFrame, groups: pd.DataFrame, inflation: pd.DataFrame) -> pd.DataFrame:
    """Compare the two sides of every group in one band.

    Args:
        sides: as of ``sides_of``.
        groups: as of ``by_class_too``; tests of a class, of whole borders and of corridors are families of their own.
        inflation: as of ``inflation_of``.

    Returns:
        One row a group and outcome: those of both sides (``other_`` for the second), ``variation`` with inflation,
        ``ratio`` of observed over expected with ``lower`` and ``upper``, ``p``, ``q``, ``verdict`` (higher, lower, no
        difference told, too few data; null where not computable) and ``reason`` why not.
    """
    about = ["count", "near_count", "road_km", "known_share", "flow_km", "expected", "variation"]
    key = ["outcome", "group"]
    first = sides[sides["is_first"]].set_index(key)[about]
    other = sides[~sides["is_first"]].set_index(key)[about].add_prefix("other_")
    rows = first.join(other).reset_index().join(groups, on="group")
    rows = rows.merge(inflation, on="outcome", how="left")
    rows["variation"] = (rows["variation"] + rows.pop("other_variation")) * rows["inflation"]
    whole = (rows["count"] + rows["other_count"]).to_numpy()
    family = rows["outcome"] + np.where(rows["is_along"], " along", " " + rows["road_class"].fillna("all"))
    made = border_contrast(
        rows["count"], rows["expected"], rows["other_count"], rows["other_expected"], rows["variation"]
    )
    few = made["p"].notna() & (whole < LEAST_EVENTS)
    tested = pd.Series(np.where(few, np.nan, made["p"]))
    # The sum tells nothing of the ratio, so leaving out small ones leaves the others' chances as they are.
    made["q"] = tested.groupby(family.to_numpy()).transform(false_discovery_q)
    told = made["q"] < FALSE_DISCOVERY_RATE
    verdict = np.select(
        [made["p"].isna(), few, told & (made["ratio"] > 1), told],
        ["", "too few data", "higher", "lower"],
        "no difference told",
    )
    made["verdict"] = pd.Series(verdict, dtype="object").where(made["p"].notna(), None)
    no_road = (rows["road_km"] <= 0) | (rows["other_road_km"] <= 0)
    unusual = rows["expected"].isna() | rows["other_expected"].isna()
    made["reason"] = made["reason"].mask(
        made["reason"].notna() & unusual, "too few events to say what is usual on such roads"
    )
    made["reason"] = made["reason"].mask(made["reason"].notna() & no_road, "no such road on a side")
    return pd.concat([rows, made], axis=1)


def checked(parts: pd.DataFrame, sites: pd.DataFrame, groups: pd.DataFrame, band_m: float) -> pd.DataFrame:
    """Tell whether the two sides of each group are alike, and what a difference may be called.

    Args:
        parts: as of ``sides_of``; their sites have ``road_class``, ``aadf``, ``urban_share``, ``cell_road_km`` and
            ``mean_limit_mph``.
        sites: those.
        groups: as of ``by_class_too``.
        band_m: how far the band reaches.

    Returns:
        One row a group: ``density_p``, the standardised difference of each covariate (null: not known), ``wording``
        and ``wording_reason``. Along a corridor the density is that of all roads around it.
    """
    near = parts[parts["distance_m"] <= band_m]
    site = near["site"].to_numpy()
    group, km = near["group"].to_numpy(), near["road_km"].to_numpy()
    around = np.where(
        groups["is_along"].to_numpy()[group], sites["cell_road_km"].to_numpy(dtype=float)[site], 1.0
    )
    signed = np.where(near["is_first"].to_numpy(dtype=bool), 1.0, -1.0) * np.maximum(
        near["distance_m"].to_numpy(), 1e-6
    )
    density = density_break(group, signed, km * around, band_m, len(groups))["p"].to_numpy()
    at = by_site(near, [])
    of = at["site"].to_numpy()
    number = {c: sites[c].to_numpy(dtype=float, na_value=np.nan)[of] for c in _NUMBERS}
    with np.errstate(divide="ignore"):
        logs = [np.log(number["aadf"]), number["urban_share"], np.log(number["cell_road_km"])]
    kind = sites["road_class"].to_numpy(dtype=object)[of]
    table = at.assign(
        pair=at["group"],
        exposure=at["road_km"],
        **dict(zip(COVARIATES, [*logs, number["mean_limit_mph"]], strict=True)),
        **{f"class {c}": (kind == c).astype(float) for c in CLASSES},
    )
    names = [*COVARIATES, *(f"class {c}" for c in CLASSES)]
    found = balance(table, names, len(groups))
    mix = found[[f"class {c}" for c in CLASSES]]
    found = found[list(COVARIATES)].assign(**{"road classes": mix.abs().max(axis=1, skipna=False)})
    said = wording(density, found).rename(columns={"reason": "wording_reason"})
    columns = found.replace([np.inf, -np.inf], [ENDLESS, -ENDLESS]).rename(
        columns=lambda c: c.replace(" ", "_")
    )
    return pd.concat([pd.DataFrame({"density_p": density}), columns, said], axis=1)
