"""Exemplars of every kind in one list, and for each problem the nearest of its kind."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from geo.across.exemplars import lasts, nearest_doing_well, persisting

PLACE = [
    "place", "kind", "theme", "outcome", "name", "area_level", "area_code", "authority_code", "corridor", "section",
    "place_kind", "observed", "expected", "estimate", "q", "verdict",
]  # fmt: skip
# What makes places of each kind comparable, besides being of one place_kind.
COVARIATES: Mapping[str, Sequence[str]] = {
    "section": ("log_flow", "log_length"),
    "area": ("deprivation", "population_density"),
    "service": ("deprivation", "population_density"),
}
NEAREST_PLACE = ["problem", "exemplar", "distance", "compared_by", "reason"]


def places_doing_well(places: pd.DataFrame, years: pd.DataFrame) -> pd.DataFrame:
    """Return the places with fewer events than usual, by the verdict that problems have more by, year after year.

    Args:
        places: ``place``, ``verdict``, ``observed``, ``expected``, ``estimate``, ``q``.
        years: as of ``persisting``.

    Returns:
        RECORD with ``observed``, ``expected``, ``estimate``, ``q``; exemplars only, in order of `place`.
    """
    better = places[places["verdict"] == "better"]
    figures = better[["place", "observed", "expected", "estimate", "q"]]
    return persisting(better, years).merge(figures, on="place")


def services_doing_well(latest: pd.DataFrame, record: pd.DataFrame) -> pd.DataFrame:
    """Return the authorities that are better than their comparator now, and were in most years.

    Args:
        latest: ``outcome``, ``area_code``, ``verdict``, ``value``, ``comparator_value``, ``q``.
        record: ``outcome``, ``area_code``, ``years``, ``better_years``.

    Returns:
        ``place``, ``value``, ``comparator_value``, ``q``, ``years``, ``better_years``; exemplars only, in order.
    """
    found = latest[latest["verdict"] == "better"].merge(record, on=["outcome", "area_code"])
    found = found[lasts(found)]
    found = found.assign(
        place="service " + found["area_code"].astype(str) + " " + found["outcome"].astype(str)
    )
    columns = ["place", "value", "comparator_value", "q", "years", "better_years"]
    return found.sort_values("place", ignore_index=True)[columns]


def nearest_of_each(problems: pd.DataFrame, places: pd.DataFrame, good: Sequence[str]) -> pd.DataFrame:
    """Return for each problem the most comparable place of its kind that does well.

    Args:
        problems: ``problem``, ``kind``.
        places: PLACE and the covariates of its kind (columns of COVARIATES, null where unknown).
        good: exemplars, as `place`.

    Returns:
        NEAREST_PLACE, one row a problem, in order: the exemplar (null where ``reason`` says why), how far apart they
        are in standard deviations, and by what they were compared (null where nothing is known).
    """
    made = []
    for kind, of in problems.groupby("kind", sort=True):
        some = of.sort_values("problem", ignore_index=True)
        if kind not in COVARIATES:
            made.append(_none(some, "such places are of no one kind"))
            continue
        mine = some[["problem"]].merge(places, left_on="problem", right_on="place", how="left")
        theirs = places[(places["kind"] == kind) & places["place"].isin(good)].sort_values(
            "place", ignore_index=True
        )
        of_kind = places[places["kind"] == kind]
        # A fact that nobody gave of any place tells none apart.
        known = [c for c in COVARIATES[str(kind)] if of_kind[c].notna().any()]
        if not known:
            made.append(_none(some, "nothing is known of such places to compare them by"))
            continue
        near = nearest_doing_well(mine, theirs, known, "place_kind")
        names = np.array([*theirs["place"], None], dtype=object)
        made.append(
            pd.DataFrame(
                {
                    "problem": some["problem"],
                    "exemplar": names[near["exemplar"].to_numpy(dtype=np.int64)],
                    "distance": near["distance"],
                    "compared_by": ",".join(known),
                    "reason": near["reason"],
                }
            )
        )
    if not made:
        return pd.DataFrame(columns=NEAREST_PLACE)
    return pd.concat(made).sort_values("problem", ignore_index=True)[NEAREST_PLACE]


def _none(problems: pd.DataFrame, reason: str) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "problem": problems["problem"],
            "exemplar": None,
            "distance": np.nan,
            "compared_by": None,
            "reason": reason,
        }
    ).astype({"exemplar": object, "compared_by": object})
