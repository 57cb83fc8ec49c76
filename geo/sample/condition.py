"""Road condition: the share of each authority's roads that should be considered for maintenance."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from geo.arrays import Bools, Floats, Ints
from geo.sample.plan import CLASSES
from geo.sample.service_truth import ServiceTruth

KINDS = ("A", "B and C", "Unclassified")
YEARS = (2020, 2021, 2022, 2023, 2024)
SUPPRESSED, MISSING = "[c]", "[x]"
_MIDDLE_YEAR = 2022
_KIND_OF = {"A Road": 0, "B Road": 1, "Classified Unnumbered": 1, "Unclassified": 2}
# Nobody here surveys motorways and private roads.
_KIND_OF_CLASS = np.array([_KIND_OF.get(name, -1) for name in CLASSES])
_SURVEYED_SHARE = np.array([0.95, 0.85, 0.35])
_SECTIONS_PER_KM = 10
# Neighbouring sections are alike, so ten of them tell as much as five.
_DESIGN_EFFECT = 2.0
_MOST_SHARE = 0.95


@dataclass(frozen=True)
class Condition:
    """The published table, and the truth: ons_code, financial_year, road_class, poor_share."""

    table: pd.DataFrame
    truth: pd.DataFrame


def financial_year(year: int) -> str:
    """Write the financial year that begins in April of `year`, as 2020-21."""
    return f"{year}-{(year + 1) % 100:02}"


def maintained_km(km: Floats, road_class: Ints, is_trunk: Bools, authority: Ints, count: int) -> Floats:
    """Return the km of road that each authority maintains, shape (authorities, 3), in the order of KINDS.

    Args:
        km: length of each link or piece.
        road_class: its class (position in CLASSES).
        is_trunk: whether the strategic operator maintains it.
        authority: its authority (position; -1: none).
        count: number of authorities.
    """
    kind = _KIND_OF_CLASS[road_class]
    own = (kind >= 0) & (authority >= 0) & ~is_trunk
    cell = authority[own] * len(KINDS) + kind[own]
    sums = np.bincount(cell, km[own], minlength=count * len(KINDS))
    return np.asarray(sums.reshape(count, len(KINDS)), dtype=np.float64)


def poor_shares(codes: Sequence[str], truth: ServiceTruth) -> Floats:
    """Return the true shares of road to be considered for maintenance, shape (authorities, 3, years)."""
    ratio = np.array([truth.poor_ratio.get(code, 1.0) for code in codes])
    base = np.array([truth.poor_share[kind] for kind in KINDS])
    drift = truth.poor_year_ratio ** (np.array(YEARS, dtype=np.float64) - _MIDDLE_YEAR)
    return np.asarray(np.minimum(ratio[:, None, None] * base[:, None] * drift, _MOST_SHARE))


def draw_condition(
    rng: np.random.Generator,
    codes: Sequence[str],
    names: Sequence[str],
    km: Floats,
    truth: ServiceTruth | None = None,
) -> Condition:
    """Draw what yearly surveys found, in the terms of the Department for Transport's RDC tables.

    One value is suppressed ([c]) and one is missing ([x]), both of an authority drawn at random; a class of
    which an authority has no road is missing too. Percentages are whole, as published.

    Args:
        rng: random stream.
        codes: codes of the highway authorities.
        names: their names.
        km: km of road each maintains by class, shape (authorities, 3); see `maintained_km`.
        truth: planted sizes.
    """
    truth = truth or ServiceTruth()
    share = poor_shares(codes, truth)
    surveyed = km[:, :, None] * _SURVEYED_SHARE[:, None] * rng.uniform(0.9, 1.05, share.shape)
    surveyed = np.minimum(surveyed, km[:, :, None])
    told = np.maximum(np.round(surveyed * _SECTIONS_PER_KM / _DESIGN_EFFECT), 1).astype(np.int64)
    percent = np.round(100 * rng.binomial(told, share) / told).astype(np.int64).astype(str).astype(object)
    percent[surveyed <= 0] = MISSING
    suppressed, missing = rng.permutation(len(codes) * len(YEARS))[:2]
    # Of unclassified roads, the least often surveyed.
    for cell, mark in ((suppressed, SUPPRESSED), (missing, MISSING)):
        percent[cell // len(YEARS), -1, cell % len(YEARS)] = mark
    authority, kind, year = (axis.ravel() for axis in np.indices(share.shape))
    who = {
        "ons_code": np.array(codes, dtype=object)[authority],
        "local_authority": np.array(names, dtype=object)[authority],
        "financial_year": np.array([financial_year(y) for y in YEARS], dtype=object)[year],
        "road_class": np.array(KINDS, dtype=object)[kind],
    }
    published = {
        "road_length_km": np.repeat(km.ravel(), len(YEARS)).round(1),
        "surveyed_length_km": surveyed.ravel().round(1),
        "percent_should_be_considered_for_maintenance": percent.ravel(),
    }
    order = ["ons_code", "financial_year", "road_class"]
    return Condition(
        pd.DataFrame(who | published).sort_values(order, ignore_index=True),
        pd.DataFrame(who | {"poor_share": share.ravel().round(6)})
        .drop(columns="local_authority")
        .sort_values(order, ignore_index=True),
    )
