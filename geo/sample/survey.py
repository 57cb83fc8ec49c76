"""A yearly survey of satisfaction with roads: the answers of each respondent, with weights and clusters."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import ndtr

from geo.arrays import Floats, Ints, Objects
from geo.sample.digits import numbered
from geo.sample.satisfaction import AGE_SHARES, Latent, Surveyed, of_year
from geo.sample.truth import Truth

_CLUSTERS_AN_AUTHORITY = 12
_ASKED_A_CLUSTER = 200
_DAYS = 61
# Shares of people who answer 1 to 3 among those who are not satisfied, and 4 among those who are.
_BELOW = (0.22, 0.58)
_FOUR = 0.68
# Of the variance of an answer within a small area, the part shared by all answers of a person.
_PERSON_SHARE = 0.5


@dataclass(frozen=True)
class Survey:
    """One row per respondent and question; and per year, authority and age: how many were asked, and answered."""

    answers: pd.DataFrame
    response: pd.DataFrame


@dataclass(frozen=True)
class _People:
    """People asked, or who answered: small area (position), age group (position), weight."""

    area: Ints
    age: Ints
    weight: Floats


def draw_survey(
    rng: np.random.Generator, latent: Latent, where: Surveyed, years: list[int], truth: Truth
) -> Survey:
    """Draw every year's survey.

    Small areas are drawn within authorities (the strata) in proportion to people, and the same number asked
    in each, so all of an authority have the same chance, and people of small authorities a better one than
    those of large. Who answers depends on age and deprivation. The weight undoes both; its mean is 1 a year.

    Args:
        rng: random stream.
        latent: how satisfied people are.
        where: small areas.
        years: years of the survey.
        truth: planted effects.
    """
    parts, rates, first = [], [], 1
    for year in years:
        asked = _ask(rng, where)
        chance = _chance(asked, where, truth)
        answered = rng.uniform(size=len(chance)) < chance
        rates.append(_response(asked, answered, where, year))
        weight = asked.weight[answered] / chance[answered]
        people = _People(asked.area[answered], asked.age[answered], weight / weight.mean())
        parts.append(_answers(rng, people, latent, where, year, first, truth))
        first += len(people.area)
    return Survey(pd.concat(parts, ignore_index=True), pd.concat(rates, ignore_index=True))


def _ask(rng: np.random.Generator, where: Surveyed) -> _People:
    """Draw clusters in each authority, at even steps through its people, and people in each."""
    order = np.argsort(where.authority, kind="stable")
    sums = np.cumsum(where.people[order]).astype(np.float64)
    total = np.bincount(where.authority, where.people, minlength=len(where.authorities))
    start = np.cumsum(total) - total
    inhabited = np.where(total > 0)[0]
    steps = (
        np.arange(_CLUSTERS_AN_AUTHORITY) + rng.uniform(size=(len(inhabited), 1))
    ) / _CLUSTERS_AN_AUTHORITY
    at = (start[inhabited, None] + steps * total[inhabited, None]).ravel()
    cluster = order[np.minimum(np.searchsorted(sums, at, side="right"), len(order) - 1)]
    area = np.repeat(cluster, _ASKED_A_CLUSTER)
    age = rng.choice(len(AGE_SHARES), len(area), p=list(AGE_SHARES.values()))
    return _People(area, age, total[where.authority[area]].astype(np.float64))


def _chance(asked: _People, where: Surveyed, truth: Truth) -> Floats:
    """Return the chance that each person asked answers."""
    by_age = np.array([truth.response_share[age] for age in AGE_SHARES])
    rank = where.deprivation.argsort(kind="stable").argsort(kind="stable") / max(
        len(where.deprivation) - 1, 1
    )
    return np.asarray(by_age[asked.age] * (truth.response_ratio_most_deprived**rank)[asked.area])


def _response(asked: _People, answered: Objects, where: Surveyed, year: int) -> pd.DataFrame:
    ages = list(AGE_SHARES)
    cell = where.authority[asked.area] * len(ages) + asked.age
    size = len(where.authorities) * len(ages)
    asked_count = np.bincount(cell, minlength=size)
    answered_count = np.bincount(cell[answered], minlength=size)
    return pd.DataFrame(
        {
            "year": year,
            "area_code": np.repeat(where.authorities, len(ages)),
            "age_band": np.tile(ages, len(where.authorities)),
            "asked_count": asked_count,
            "answered_count": answered_count,
            "response_rate": np.round(answered_count / np.maximum(asked_count, 1), 4),
        }
    )


def _answers(
    rng: np.random.Generator,
    people: _People,
    latent: Latent,
    where: Surveyed,
    year: int,
    first: int,
    truth: Truth,
) -> pd.DataFrame:
    """Return a row per person and question; persons are numbered from `first`."""
    questions = sorted(latent.by_question)
    count = len(people.area)
    rating, missing = _ratings(rng, people, latent, questions, year, truth)
    days = pd.DatetimeIndex(pd.Timestamp(f"{year}-06-01") + pd.to_timedelta(np.arange(_DAYS), unit="D"))
    written = np.array(days.strftime("%Y-%m-%d"), dtype="U10")[rng.integers(0, _DAYS, count)]
    codes = np.array(where.small_areas)[people.area]
    by_person = {
        "respondent_id": numbered("R", np.arange(first, first + count), 6),
        "area_code": codes,
        "date": written,
        "weight": np.round(people.weight, 4),
        "psu": np.strings.add(f"{year}-", codes),
        "stratum": np.array(where.authorities)[where.authority[people.area]],
        "age_band": np.array(list(AGE_SHARES))[people.age],
    }
    table = pd.DataFrame({name: np.repeat(values, len(questions)) for name, values in by_person.items()})
    table.insert(3, "question", np.tile(questions, count))
    table.insert(4, "rating", pd.Series(pd.arrays.IntegerArray(rating, missing)))
    return table


def _ratings(
    rng: np.random.Generator, people: _People, latent: Latent, questions: list[str], year: int, truth: Truth
) -> tuple[Ints, Objects]:
    """Return ratings 1 to 5 by person and question, flat, and which are missing: they don't know."""
    count = len(people.area)
    by_age = np.array([truth.satisfaction_by_age.get(age, 0.0) for age in AGE_SHARES])[people.age]
    person = np.sqrt(_PERSON_SHARE) * rng.normal(size=count)
    ratings, missing = [], []
    for question in questions:
        mean = of_year(latent.by_question[question], year, truth)[people.area] + by_age
        own = ndtr(person + np.sqrt(1 - _PERSON_SHARE) * rng.normal(size=count))
        rest = ndtr(-mean)
        cuts = np.stack([rest * _BELOW[0], rest * _BELOW[1], rest, rest + (1 - rest) * _FOUR])
        ratings.append(1 + (own[None] > cuts).sum(axis=0))
        missing.append(rng.uniform(size=count) < truth.dont_know_share.get(question, 0.0))
    return np.column_stack(ratings).ravel().astype(np.int64), np.column_stack(missing).ravel()
