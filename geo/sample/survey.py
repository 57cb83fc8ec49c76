"""A yearly survey of satisfaction with roads: published scores, and the answers of each respondent."""

import numpy as np
import pandas as pd
from scipy.stats import norm

from geo.sample.arrays import Floats, Ints
from geo.sample.geography import Geography
from geo.sample.truth import Truth

YEARS = (2020, 2021, 2022, 2023, 2024)
_MIDDLE_YEAR = 2022
_RESPONDENTS_A_CLUSTER = 15
_CLUSTERS_AN_AUTHORITY = 10
# Shares of people who answer 1 to 3 among those who are not satisfied, and 4 among those who are.
_BELOW = (0.22, 0.58)
_FOUR = 0.68


def satisfied_share(truth: Truth, indicator: str, codes: list[str], year: int) -> Floats:
    """Share of people satisfied (4 or 5 of 5) in each authority."""
    base = np.array([truth.satisfied_share[indicator][code] for code in codes])
    return base + truth.satisfied_change_per_year * (year - _MIDDLE_YEAR)


def score_table(rng: np.random.Generator, geography: Geography, truth: Truth) -> pd.DataFrame:
    """Return scores as a council would publish them: percent satisfied, from a large sample of its own."""
    rows = []
    codes = geography.authorities.codes
    for indicator in truth.satisfied_share:
        for year in YEARS:
            base = rng.integers(780, 1350, len(codes))
            satisfied = rng.binomial(base, satisfied_share(truth, indicator, codes, year))
            for code, n, yes in zip(codes, base, satisfied, strict=True):
                rows.append((code, year, indicator, round(100 * yes / n, 1), int(n)))
    table = pd.DataFrame(rows, columns=["area_code", "year", "indicator", "score", "base"])
    return table.sort_values(["area_code", "indicator", "year"], ignore_index=True).astype({"base": "Int64"})


def response_table(rng: np.random.Generator, geography: Geography, truth: Truth) -> pd.DataFrame:
    """Return one row per respondent and question.

    Each year draws small areas in each authority (the cluster), then people in them; the weight undoes the
    unequal chances of being asked, and of answering.
    """
    parts = [_year_of_answers(rng, geography, truth, year) for year in YEARS]
    table = pd.concat(parts, ignore_index=True)
    person = table.groupby(["year", "person"], sort=True).ngroup() + 1
    table.insert(0, "respondent_id", [f"R{n:05}" for n in person])
    return table.drop(columns=["year", "person"])


def _year_of_answers(rng: np.random.Generator, geography: Geography, truth: Truth, year: int) -> pd.DataFrame:
    cluster = _clusters(rng, geography)
    area = np.repeat(cluster, _RESPONDENTS_A_CLUSTER)
    authority = geography.authority_of_small_area[area]
    codes = geography.authorities.codes
    sampled = np.bincount(authority, minlength=len(codes))
    weight = geography.authorities.people[authority] / sampled[authority]
    weight = weight / weight.mean() * rng.lognormal(0, 0.25, len(area))
    day = np.sort(rng.integers(0, 61, len(area)))
    answers = []
    for indicator in truth.satisfied_share:
        share = satisfied_share(truth, indicator, codes, year)[authority]
        answers.append(
            pd.DataFrame(
                {
                    "year": year,
                    "person": np.arange(len(area)),
                    "area_code": np.array(geography.small_areas.codes)[area],
                    "date": (pd.Timestamp(f"{year}-06-01") + pd.to_timedelta(day, unit="D")).strftime(
                        "%Y-%m-%d"
                    ),
                    "question": indicator,
                    "rating": _ratings(rng, share, area, truth),
                    "weight": np.round(weight, 4),
                    "psu": [f"{year}-{geography.small_areas.codes[a]}" for a in area],
                }
            )
        )
    return pd.concat(answers).sort_values(["person", "question"], ignore_index=True)


def _clusters(rng: np.random.Generator, geography: Geography) -> Ints:
    """Draw small areas in each authority, with chances in proportion to residents."""
    owner, people = geography.authority_of_small_area, geography.small_areas.people
    drawn = []
    for n in range(len(geography.authorities.codes)):
        own = np.where(owner == n)[0]
        chance = people[own] / people[own].sum()
        drawn.append(np.sort(rng.choice(own, min(_CLUSTERS_AN_AUTHORITY, len(own)), replace=False, p=chance)))
    return np.concatenate(drawn)


def _ratings(rng: np.random.Generator, share: Floats, area: Ints, truth: Truth) -> Ints:
    """Cut a latent normal answer, part of it shared within the small area, into ratings 1 to 5."""
    between = np.sqrt(truth.cluster_variance_share) * rng.normal(size=area.max() + 1)[area]
    latent = between + np.sqrt(1 - truth.cluster_variance_share) * rng.normal(size=len(area))
    rest = 1 - share
    cuts = np.stack([rest * _BELOW[0], rest * _BELOW[1], rest, rest + share * _FOUR])
    return np.asarray(1 + (norm.cdf(latent)[None] > cuts).sum(axis=0))
