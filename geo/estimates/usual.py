"""Collisions against what is usual for such roads: expected counts of sites, and empirical Bayes estimates."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from geo.estimates.empirical_bayes import empirical_bayes
from geo.estimates.negative_binomial import dispersion_by_size, fit_expected
from geo.estimates.significance import FALSE_DISCOVERY_RATE, false_discovery_q

# Fewer sites tell nothing of how much sites differ.
LEAST_SITES = 8
# Few events say little, unless many were to be expected.
LEAST_EVENTS = 5.0
# Rates by traffic are for a road of so many vehicles a day.
PLAIN_FLOW = 10_000.0
DAYS_A_YEAR = 365.25
USUAL = [
    "observed", "expected", "dispersion", "sites", "estimate", "standard_error", "lower", "upper", "excess",
    "p",
]  # fmt: skip


def expected_counts(cells: pd.DataFrame, *, chances: bool, covariates: Sequence[str] = ()) -> pd.DataFrame:
    """Fit how many events are usual in each cell: the part of a site with one class of road and unit of exposure.

    It is proportional to the cell's exposure, at a rate of its class, and where traffic is known to a power of the
    flow, and of what else is given.

    Args:
        cells: one row per cell: ``label`` (class, and unit of exposure), ``exposure`` (over the whole period; null
            where unknown: the cell takes no part), ``flow`` (vehicles a day, where exposure is vehicle-km; null
            elsewhere), ``observed`` (events; null in cells that are to get an expected count from the others).
        chances: whether counts are sums of chances.
        covariates: further columns that what is usual may hang on, as they enter the logarithm of the rate; one
            that is the same everywhere is left out. A cell that lacks one takes no part.

    Returns:
        `cells` that have an expected count, with ``expected`` and its ``variance``; none where the fit does not
        settle.

    Source: Hauer, Harwood, Council and Griffith (2002), TRR 1784:126; AASHTO Highway Safety Manual (2010), part C.
    """
    flow = cells["flow"].to_numpy(dtype=float, na_value=np.nan)
    by_traffic = flow > 0
    log_flow = np.where(by_traffic, np.log(np.where(by_traffic, flow, 1) / PLAIN_FLOW), 0.0)
    is_counted = cells["observed"].notna().to_numpy()
    terms = {"log flow": log_flow} if len(np.unique(log_flow[by_traffic & is_counted])) > 1 else {}
    given = {name: cells[name].to_numpy(dtype=float, na_value=np.nan) for name in covariates}
    terms |= {name: value for name, value in given.items() if len(np.unique(value[is_counted])) > 1}
    exposure = cells["exposure"].to_numpy(dtype=float, na_value=np.nan)
    fit = fit_expected(
        cells["observed"],
        # As km-years of a road of plain flow, so that classes of either unit may be pooled.
        np.where(by_traffic, exposure / (PLAIN_FLOW * DAYS_A_YEAR), exposure),
        cells["label"],
        pd.DataFrame(terms) if terms else None,
        chances=chances,
    )
    made = cells.assign(expected=fit.expected, variance=fit.expected_error**2)
    return made[made["expected"].notna() & fit.has_converged]


def against_usual(cells: pd.DataFrame, site: list[str], *, chances: bool) -> pd.DataFrame:
    """Estimate the long-run count of each site, and hold it against what is usual for its roads.

    A site's expected count is the sum over its cells, times one factor for all sites; how much sites differ from
    that, k, is fitted to sites, and falls with their size where the counts say so.

    Args:
        cells: as `expected_counts` returns them, with the columns of `site`.
        site: columns that name a site.
        chances: whether counts are sums of chances.

    Returns:
        The columns of `site` and USUAL, one row per site: counts over the whole period; ``p``, twice the posterior
        probability that the site's long-run count lies on the other side of the expected one (1 where sites do
        not differ). None where there are fewer than `LEAST_SITES`, or the fit does not settle.

    Source: as for `expected_counts`.
    """
    sums = cells.groupby(site, sort=True)[["observed", "expected", "variance"]].sum().reset_index()
    if len(sums) < LEAST_SITES:
        return pd.DataFrame(columns=[*site, *USUAL])
    observed = sums["observed"].to_numpy(dtype=float)
    fit = fit_expected(observed, sums["expected"], chances=chances)
    if not fit.has_converged:
        return pd.DataFrame(columns=[*site, *USUAL])
    factor = fit.expected / sums["expected"].to_numpy(dtype=float)
    error = np.hypot(fit.expected_error, factor * np.sqrt(sums["variance"].to_numpy(dtype=float)))
    dispersion = dispersion_by_size(np.rint(observed), fit.expected, fit.dispersion)
    made = empirical_bayes(observed, fit.expected, dispersion, error)
    above = made["probability_above"].to_numpy(dtype=float)
    p = np.where(dispersion > 0, np.minimum(1, 2 * np.minimum(above, 1 - above)), 1.0)
    return sums[site].assign(
        observed=observed,
        expected=fit.expected,
        dispersion=dispersion,
        sites=len(sums),
        **{
            name: made[name].to_numpy() for name in ("estimate", "standard_error", "lower", "upper", "excess")
        },
        p=p,
    )


def judged(rows: pd.DataFrame, group: list[str]) -> pd.DataFrame:
    """Add ``q`` over the sites of a group, and ``verdict``: worse, better, similar or too few data.

    Args:
        rows: the columns of `group` and USUAL; without an expected count, q is null, and so is the verdict.
        group: columns that name what is tested together.
    """
    known = rows["expected"].notna()
    few = rows[["observed", "expected"]].max(axis=1) < LEAST_EVENTS
    q = rows["p"].where(~few).groupby([rows[g] for g in group]).transform(false_discovery_q)
    different = q < FALSE_DISCOVERY_RATE
    verdict = np.select(
        [few, different & (rows["excess"] > 0), different], ["too few data", "worse", "better"], "similar"
    )
    return rows.assign(q=q, verdict=pd.Series(verdict, index=rows.index, dtype="object").where(known, None))
