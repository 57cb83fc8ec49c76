"""What highway authorities spend on roads, year by year, and what good roads that pays for."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from geo.arrays import Floats
from geo.sample.condition import financial_year
from geo.sample.service_truth import ServiceTruth

# Lines of the revenue and capital outturn, and the part of all spend each has of revenue and of capital.
_LINES = (
    ("Highways maintenance planning, policy and strategy", 0.02, 0.0),
    ("Structural maintenance - principal roads", 0.03, 0.16),
    ("Structural maintenance - other local authority roads", 0.07, 0.34),
    ("Structural maintenance - bridges", 0.01, 0.06),
    ("Environmental, safety and routine maintenance", 0.13, 0.0),
    ("Winter service", 0.04, 0.0),
    ("Street lighting (including energy costs)", 0.08, 0.03),
    ("Traffic management and road safety", 0.02, 0.01),
)


@dataclass(frozen=True)
class Spend:
    """The published table, and the truth: ons_code, good_km, good_km_per_1000_gbp, outcome_per_pound_ratio.

    `table`: year (as 2020-21), ons_code, authority, service, net_current_expenditure, capital_expenditure
    (thousands of pounds of the year's prices).
    """

    table: pd.DataFrame
    truth: pd.DataFrame


def draw_spend(
    rng: np.random.Generator,
    codes: Sequence[str],
    names: Sequence[str],
    good_km: Floats,
    truth: ServiceTruth | None = None,
) -> Spend:
    """Draw each authority's spend by year and service.

    An authority spends in proportion to the good road it has, and less by its ratio if it spends well: good
    km for a pound are alike everywhere but there.

    Args:
        rng: random stream.
        codes: codes of the highway authorities; nobody else spends on roads.
        names: their names.
        good_km: km of maintained road in good condition of each; the outcome that spend is held against.
        truth: planted sizes; `outcome_per_pound_ratio` is the ratio.
    """
    truth = truth or ServiceTruth()
    ratio = np.array([truth.outcome_per_pound_ratio.get(code, 1.0) for code in codes])
    thousands = good_km * truth.pounds_per_good_km / 1000 / ratio
    by_year = thousands[:, None] * np.array(list(truth.spend_year_ratio.values()))
    by_year = by_year * rng.lognormal(0, truth.spend_log_sd, by_year.shape)
    parts = np.array([line[1:] for line in _LINES])
    spent = by_year[:, :, None, None] * parts / parts.sum()
    # Capital comes in lumps; the lines of a year vary more than its total.
    spent = spent * rng.lognormal(0, [truth.spend_log_sd, 2 * truth.spend_log_sd], spent.shape)
    authority, year, line = (axis.ravel() for axis in np.indices(spent.shape[:3]))
    years = np.array([financial_year(y) for y in truth.spend_year_ratio], dtype=object)
    table = pd.DataFrame(
        {
            "year": years[year],
            "ons_code": np.array(codes, dtype=object)[authority],
            "authority": np.array(names, dtype=object)[authority],
            "service": np.array([line[0] for line in _LINES], dtype=object)[line],
            "net_current_expenditure": np.round(spent[..., 0].ravel()).astype(np.int64),
            "capital_expenditure": np.round(spent[..., 1].ravel()).astype(np.int64),
        }
    )
    true = pd.DataFrame(
        {
            "ons_code": codes,
            "good_km": good_km.round(6),
            "good_km_per_1000_gbp": (1000 * ratio / truth.pounds_per_good_km).round(6),
            "outcome_per_pound_ratio": ratio,
        }
    )
    return Spend(table.sort_values(["year", "ons_code"], kind="stable", ignore_index=True), true)
