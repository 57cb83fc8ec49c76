"""What is planted: the rates and effects that every draw follows, and that estimates should find again."""

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date
from typing import Any

from geo.errors import PlacelineError
from geo.sample.doggerland import AUROCHS, BANKS, BOTNEY, CLEAVER, COUNTY, LEMAN, OUTERWELL, SILVERPIT, TAIL
from geo.sample.service_truth import ServiceTruth

# Questions of the survey.
OVERALL = "overall satisfaction with roads"
SURFACES = "condition of road surfaces"
REPAIR = "speed of repair"
SAFETY = "safety on roads"
TRAFFIC = "traffic and congestion"

# Measured services that satisfaction follows.
CONDITION, DAYS_TO_FIX, COLLISIONS, SPEND = "condition", "days_to_fix", "collisions_per_km", "spend_per_km"


@dataclass(frozen=True)
class Truth(ServiceTruth):
    """Planted rates and effects; every rate ratio is against 1, every share lies between 0 and 1.

    A ratio of 1 is no effect; so are equal medians or shares of all authorities, a weight, mismatch or share
    misrecorded, missed or recoded of 0, and a gamma shape so large (1e9) that every factor is 1. What is
    given by authority or year and not listed there is neutral. A place that a region does not have (a route,
    a border, a police force) has no effect.
    """

    # Injury collisions per km of road and year on a road of its class's mean flow, in a typical year,
    # outside towns.
    collisions_per_km_year: Mapping[str, float] = field(
        default_factory=lambda: {
            "Motorway": 1.3,
            "A Road": 0.95,
            "B Road": 0.38,
            "Classified Unnumbered": 0.17,
            "Unclassified": 0.06,
            "Not Classified": 0.02,
        }
    )
    # Collisions grow as traffic to this power.
    flow_elasticity: float = 0.7
    authority_rate_ratio: Mapping[str, float] = field(
        default_factory=lambda: {
            SILVERPIT: 1.0,
            LEMAN: 1.5,
            BOTNEY: 0.8,
            TAIL: 1.05,
            AUROCHS: 1.0,
            OUTERWELL: 0.95,
            CLEAVER: 1.1,
            COUNTY: 0.9,
        }
    )
    town_rate_ratio: float = 1.9
    year_rate_ratio: Mapping[int, float] = field(
        default_factory=lambda: {2020: 0.82, 2021: 0.93, 2022: 1.03, 2023: 1.02, 2024: 1.0}
    )
    # Each link has a factor of its own: gamma, mean 1, this shape (variance 1 / shape).
    link_gamma_shape: float = 2.5
    at_junction_share: float = 0.45
    fatal_share_town: float = 0.006
    fatal_share_country: float = 0.022
    serious_share_town: float = 0.175
    serious_share_country: float = 0.23
    # Collisions this near a border, and the share of them recorded under the neighbour.
    misrecorded_within_m: float = 100.0
    misrecorded_share: float = 0.12

    # A numbered road that is bad in all of these authorities.
    corridor_rate_ratio: float = 1.8
    corridor_route: str = "A8002"
    corridor_authorities: tuple[str, ...] = (CLEAVER, BOTNEY, COUNTY)
    # All roads around the point where a route crosses from one authority into the other.
    hotspot_rate_ratio: float = 8.0
    hotspot_radius_m: float = 400.0
    hotspot_route: str = "A8004"
    hotspot_authorities: tuple[str, str] = (AUROCHS, OUTERWELL)
    # A route near the border of two authorities: worse in the first, as everywhere in the second.
    border_rate_ratio: float = 2.5
    border_band_m: float = 2_000.0
    border_route: str = "A8001"
    border_authorities: tuple[str, str] = (SILVERPIT, COUNTY)

    # Until its change to injury-based recording, this force recorded some serious collisions as slight.
    severity_missed_share: float = 0.3
    severity_force: int = BANKS
    severity_change_on: date = date(2022, 7, 1)

    # Formed of others, code to name; this share of what came before carries a predecessor's code or name.
    merger_recoded_share: float = 1.0
    merged_authority: str = TAIL
    merged_on: date = date(2022, 4, 1)
    predecessors: Mapping[str, str] = field(
        default_factory=lambda: {"D06000091": "Tailend", "D06000092": "Storegga"}
    )

    reports_per_1000_people_year: float = 5.2
    report_year_ratio: Mapping[int, float] = field(
        default_factory=lambda: {2020: 0.8, 2021: 0.92, 2022: 1.0, 2023: 1.1, 2024: 1.18}
    )
    # Small areas differ in how readily people report: gamma, mean 1, this shape, times a deprivation effect
    # (ratio between the most and the least deprived small area).
    report_gamma_shape: float = 3.0
    report_ratio_most_deprived: float = 0.55
    # Days from report to fix are log-normal with this median by authority and this spread (sd of the log).
    fix_median_days: Mapping[str, float] = field(
        default_factory=lambda: {
            SILVERPIT: 11.0,
            LEMAN: 14.0,
            BOTNEY: 8.0,
            TAIL: 41.0,
            AUROCHS: 12.0,
            OUTERWELL: 10.0,
            CLEAVER: 13.0,
            COUNTY: 16.0,
        }
    )
    fix_median_days_elsewhere: float = 14.0
    fix_log_sd: float = 0.9

    # Share satisfied (rating 4 or 5) in 2022 among people of the youngest ages where every service is average.
    satisfied_share: Mapping[str, float] = field(
        default_factory=lambda: {OVERALL: 0.46, SURFACES: 0.34, REPAIR: 0.30, SAFETY: 0.48, TRAFFIC: 0.43}
    )
    # On the latent scale (a normal answer of variance 1 within a small area, satisfied above 0): the change a
    # year, what one standard deviation of a measured service does, and what belongs to no service.
    satisfaction_change_per_year: float = -0.03
    driver_weight: Mapping[str, Mapping[str, float]] = field(
        default_factory=lambda: {
            OVERALL: {CONDITION: 0.09, DAYS_TO_FIX: -0.06, COLLISIONS: -0.03, SPEND: 0.0},
            SURFACES: {CONDITION: 0.14, DAYS_TO_FIX: -0.035, COLLISIONS: 0.0, SPEND: 0.0},
            REPAIR: {CONDITION: 0.03, DAYS_TO_FIX: -0.14, COLLISIONS: 0.0, SPEND: 0.0},
            SAFETY: {CONDITION: 0.02, DAYS_TO_FIX: 0.0, COLLISIONS: -0.1, SPEND: 0.0},
            TRAFFIC: {CONDITION: 0.02, DAYS_TO_FIX: 0.0, COLLISIONS: -0.025, SPEND: 0.0},
        }
    )
    satisfaction_mismatch: Mapping[str, float] = field(
        default_factory=lambda: {
            SILVERPIT: 0.0,
            LEMAN: 0.0,
            BOTNEY: 0.0,
            TAIL: 0.0,
            AUROCHS: 0.0,
            OUTERWELL: -0.22,
            CLEAVER: 0.0,
            COUNTY: 0.0,
        }
    )
    satisfaction_deprivation_weight: float = -0.08
    satisfaction_authority_sd: float = 0.04
    satisfaction_small_area_sd: float = 0.15
    satisfaction_by_age: Mapping[str, float] = field(
        default_factory=lambda: {"16-34": 0.0, "35-54": 0.05, "55-74": 0.2, "75+": 0.35}
    )
    # Of those asked, who answers: by age where least deprived, and the ratio of the most deprived to those.
    response_share: Mapping[str, float] = field(
        default_factory=lambda: {"16-34": 0.14, "35-54": 0.24, "55-74": 0.4, "75+": 0.44}
    )
    response_ratio_most_deprived: float = 0.55
    dont_know_share: Mapping[str, float] = field(
        default_factory=lambda: {OVERALL: 0.01, SURFACES: 0.015, REPAIR: 0.13, SAFETY: 0.05, TRAFFIC: 0.03}
    )


# Effects that may be below zero.
_EITHER_WAY = {
    "satisfaction_change_per_year",
    "driver_weight",
    "satisfaction_mismatch",
    "satisfaction_deprivation_weight",
    "satisfaction_by_age",
    "flow_elasticity",
}
# Zero would be divided by, or its logarithm taken.
_ABOVE_ZERO = {
    "link_gamma_shape",
    "report_gamma_shape",
    "fix_median_days",
    "fix_median_days_elsewhere",
    "fix_log_sd",
    "response_share",
    "response_ratio_most_deprived",
    "traffic_ratio_near_people",
    "incident_time_ratio",
    "pounds_per_good_km",
    "outcome_per_pound_ratio",
    "poor_year_ratio",
    "speed_year_ratio",
    "speed_break_ratio",
}
_AT_MOST_ONE = {"response_ratio_most_deprived"}


def with_effects(truth: Truth, effects: Mapping[str, float]) -> Truth:
    """Return the truth with some of its numbers changed.

    Args:
        truth: what is planted otherwise.
        effects: size by name: a field (``town_rate_ratio``), or a field and what it is given for
            (``authority_rate_ratio.D06000003``, ``driver_weight.condition of road surfaces.condition``).

    Raises:
        PlacelineError: no such effect (says which there are), or a size that nothing can be drawn from.
    """
    known = dict(_named(truth))
    for name, size in effects.items():
        if name not in known:
            raise PlacelineError(f"There is no effect '{name}'. Effects are {', '.join(known)}.")
        _refuse_impossible(name, size)
        first, *rest = known[name]
        truth = replace(truth, **{first: _changed(getattr(truth, first), rest, float(size))})
    _refuse_impossible_shares(truth)
    return truth


def by_code(sizes: Mapping[Any, float], codes: Iterable[Any], neutral: float) -> list[float]:
    """Return the size for each of `codes`, `neutral` for those that have none."""
    return [sizes.get(code, neutral) for code in codes]


def _named(truth: Truth) -> Iterator[tuple[str, tuple[Any, ...]]]:
    """Yield each effect's name and the path to it; names, places and dates are no effects."""
    for f in fields(truth):
        for path in _paths(getattr(truth, f.name)):
            yield ".".join(map(str, (f.name, *path))), (f.name, *path)


def _paths(value: object) -> Iterator[tuple[Any, ...]]:
    if isinstance(value, float):
        yield ()
    if isinstance(value, Mapping):
        for key, inner in value.items():
            for path in _paths(inner):
                yield (key, *path)


def _changed(value: Any, path: list[Any], size: float) -> Any:
    if not path:
        return size
    first, *rest = path
    return {**value, first: _changed(value[first], rest, size)}


def _refuse_impossible(name: str, size: float) -> None:
    part = name.split(".", maxsplit=1)[0]
    least = -math.inf if part in _EITHER_WAY else 0.0
    most = 1.0 if "share" in part or part in _AT_MOST_ONE else math.inf
    is_above_zero = part in _ABOVE_ZERO
    if math.isfinite(size) and least <= size <= most and not (is_above_zero and size == 0):
        return
    bounds = [f"{'above' if is_above_zero else 'at least'} {least:g}"] * math.isfinite(least)
    bounds += [f"at most {most:g}"] * math.isfinite(most)
    raise PlacelineError(
        f"Effect '{name}' cannot be {size:g}: it must be a finite number{' ' * bool(bounds)}{' and '.join(bounds)}."
    )


def _refuse_impossible_shares(truth: Truth) -> None:
    for place in ("town", "country"):
        names = (f"fatal_share_{place}", f"serious_share_{place}")
        if getattr(truth, names[0]) + getattr(truth, names[1]) > 1:
            raise PlacelineError(f"Effects '{names[0]}' and '{names[1]}' add up to more than 1.")
