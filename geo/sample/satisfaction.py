"""How satisfied people are with roads, by place and year: what follows from measured service, and what not.

The answer of a person is normal on a latent scale, with variance 1 within a small area, an age group and a
question; who is above 0 is satisfied (a probit model). What drives it is linear on that scale.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import ndtr, ndtri

from geo.arrays import Floats, Ints
from geo.sample.truth import Truth, by_code

MIDDLE_YEAR = 2022
# People aged 16 and over, by age; the same everywhere.
AGE_SHARES = {"16-34": 0.29, "35-54": 0.33, "55-74": 0.27, "75+": 0.11}


@dataclass(frozen=True)
class Surveyed:
    """Where a survey is held: small areas, their people, deprivation and authority, and authorities' codes."""

    small_areas: list[str]
    people: Ints
    deprivation: Floats
    authority: Ints
    authorities: list[str]


@dataclass(frozen=True)
class Latent:
    """By small area: latent satisfaction in the middle year of the youngest, by question; service by driver.

    `service` is standardised: mean 0 and standard deviation 1 among people.
    """

    by_question: Mapping[str, Floats]
    service: Mapping[str, Floats]


def make_latent(
    rng: np.random.Generator, where: Surveyed, service: Mapping[str, Floats], truth: Truth
) -> Latent:
    """Add up what satisfaction follows: measured service, a mismatch, deprivation, and noise.

    Args:
        rng: random stream.
        where: small areas.
        service: what was measured of each driver in each small area, in any unit; what is known by authority
            only is repeated for its small areas. A driver left out, or not a number, counts as average.
        truth: weights and other effects.
    """
    standard = {driver: standardised(values, where.people) for driver, values in service.items()}
    mismatch = np.array(by_code(truth.satisfaction_mismatch, where.authorities, 0.0))[where.authority]
    deprived = truth.satisfaction_deprivation_weight * standardised(where.deprivation, where.people)
    noise = (
        rng.normal(0, truth.satisfaction_authority_sd, len(where.authorities))[where.authority]
        + rng.normal(0, truth.satisfaction_small_area_sd, len(where.authority))
    )  # fmt: skip
    latent = {}
    for question, share in truth.satisfied_share.items():
        weights = truth.driver_weight.get(question, {})
        driven = [weights.get(driver, 0.0) * values for driver, values in standard.items()]
        latent[question] = ndtri(share) + sum(driven, np.zeros(len(noise))) + mismatch + deprived + noise
    return Latent(latent, standard)


def standardised(values: Floats, people: Ints) -> Floats:
    """Return values with mean 0 and standard deviation 1 among people; 0 where unknown or all are equal."""
    known = np.isfinite(values)
    total = float(people[known].sum())
    if not total:
        return np.zeros(len(values))
    mean = float((values[known] * people[known]).sum()) / total
    spread = float(np.sqrt(((values[known] - mean) ** 2 * people[known]).sum() / total))
    # Rounding leaves equal values a hair apart.
    if spread <= 1e-9 * abs(mean):
        return np.zeros(len(values))
    return np.where(known, (values - mean) / spread, 0.0)


def of_year(latent: Floats, year: int, truth: Truth) -> Floats:
    """Return latent satisfaction in another year than the middle one."""
    return latent + truth.satisfaction_change_per_year * (year - MIDDLE_YEAR)


def satisfied_by_small_area(latent: Latent, where: Surveyed, years: list[int], truth: Truth) -> pd.DataFrame:
    """Return the true share satisfied: one row per small area, year and question."""
    parts = [
        pd.DataFrame(
            {
                "area_code": where.small_areas,
                "year": year,
                "question": question,
                "satisfied_share": _share(of_year(values, year, truth), truth),
            }
        )
        for year in years
        for question, values in latent.by_question.items()
    ]
    return pd.concat(parts, ignore_index=True)


def satisfied_by_authority(latent: Latent, where: Surveyed, years: list[int], truth: Truth) -> pd.DataFrame:
    """Return the true share satisfied: one row per authority, year and question."""
    count = len(where.authorities)
    people = np.bincount(where.authority, where.people, minlength=count)
    parts = []
    for year in years:
        for question, values in latent.by_question.items():
            satisfied = _share(of_year(values, year, truth), truth) * where.people
            share = np.bincount(where.authority, satisfied, minlength=count) / np.maximum(people, 1)
            parts.append(
                pd.DataFrame(
                    {
                        "area_code": where.authorities,
                        "year": year,
                        "question": question,
                        "satisfied_share": share,
                    }
                )
            )
    return pd.concat(parts, ignore_index=True)


def service_by_authority(latent: Latent, where: Surveyed, truth: Truth) -> pd.DataFrame:
    """Return standardised service and planted mismatch: one row per authority, mean among its people."""
    count = len(where.authorities)
    people = np.maximum(np.bincount(where.authority, where.people, minlength=count), 1)
    drivers = {
        f"{driver}_standardised": np.bincount(where.authority, values * where.people, minlength=count)
        / people
        for driver, values in latent.service.items()
    }
    mismatch = by_code(truth.satisfaction_mismatch, where.authorities, 0.0)
    return pd.DataFrame({"area_code": where.authorities} | drivers | {"satisfaction_mismatch": mismatch})


def score_table(
    rng: np.random.Generator, by_authority: pd.DataFrame, questions: tuple[str, ...]
) -> pd.DataFrame:
    """Return scores as a council would publish them: percent satisfied, from a large sample of its own.

    Args:
        rng: random stream.
        by_authority: true shares, as `satisfied_by_authority` returns them.
        questions: those that are published.
    """
    asked = by_authority[by_authority["question"].isin(questions)]
    base = rng.integers(780, 1350, len(asked))
    satisfied = rng.binomial(base, asked["satisfied_share"].to_numpy())
    table = pd.DataFrame(
        {
            "area_code": asked["area_code"].to_numpy(),
            "year": asked["year"].to_numpy(),
            "indicator": asked["question"].to_numpy(),
            "score": np.round(100 * satisfied / base, 1),
            "base": base,
        }
    )
    return table.sort_values(["area_code", "indicator", "year"], ignore_index=True).astype({"base": "Int64"})


def _share(latent: Floats, truth: Truth) -> Floats:
    """Return the share satisfied among people of all ages."""
    ages = [
        share * ndtr(latent + truth.satisfaction_by_age.get(age, 0.0)) for age, share in AGE_SHARES.items()
    ]
    return np.asarray(sum(ages, np.zeros(len(latent))))
