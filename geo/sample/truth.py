"""What is planted: the rates and effects that every draw follows, and that estimates should find again."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any

from geo.errors import PlacelineError

# Which of the four authorities has which effect; the order is that of the sketch's authorities.
SILVERPIT, BOTNEY, LEMAN, TAILEND = "D06000001", "D06000002", "D06000003", "D06000004"

OVERALL = "overall satisfaction with roads"
SURFACES = "condition of road surfaces"


@dataclass(frozen=True)
class Truth:
    """Planted rates and effects; every rate ratio is against 1, every share lies between 0 and 1.

    A ratio of 1 is no effect; so are equal medians or shares of all authorities, a share misrecorded of 0,
    and a gamma shape so large (1e9) that every factor is 1.
    """

    # Injury collisions per km of road and year, in a typical year, outside towns.
    collisions_per_km_year: Mapping[str, float] = field(
        default_factory=lambda: {
            "Motorway": 1.4,
            "A Road": 1.2,
            "B Road": 0.8,
            "Classified Unnumbered": 0.36,
            "Unclassified": 0.3,
            "Not Classified": 0.08,
        }
    )
    authority_rate_ratio: Mapping[str, float] = field(
        default_factory=lambda: {SILVERPIT: 1.0, BOTNEY: 0.8, LEMAN: 1.5, TAILEND: 1.05}
    )
    town_rate_ratio: float = 1.9
    year_rate_ratio: Mapping[int, float] = field(
        default_factory=lambda: {2020: 0.82, 2021: 0.93, 2022: 1.03, 2023: 1.02, 2024: 1.0}
    )
    # Each link has a factor of its own: gamma, mean 1, this shape (variance 1 / shape).
    link_gamma_shape: float = 2.5
    at_junction_share: float = 0.45
    fatal_share_town: float = 0.007
    fatal_share_country: float = 0.022
    serious_share_town: float = 0.17
    serious_share_country: float = 0.21
    # Collisions this near a border, and the share of them recorded under the neighbour.
    misrecorded_within_m: float = 100.0
    misrecorded_share: float = 0.12

    reports_per_1000_people_year: float = 5.2
    report_year_ratio: Mapping[int, float] = field(
        default_factory=lambda: {2020: 0.8, 2021: 0.92, 2022: 1.0, 2023: 1.1, 2024: 1.18}
    )
    # Small areas differ in how readily people report: gamma, mean 1, this shape, times a deprivation effect
    # (ratio between the most and the least deprived small area).
    report_gamma_shape: float = 5.0
    report_ratio_most_deprived: float = 0.55
    # Days from report to fix are log-normal with this median by authority and this spread (sd of the log).
    fix_median_days: Mapping[str, float] = field(
        default_factory=lambda: {SILVERPIT: 11.0, BOTNEY: 8.0, LEMAN: 14.0, TAILEND: 41.0}
    )
    fix_log_sd: float = 0.9

    # Share satisfied (rating 4 or 5) in 2022, by indicator and authority, and its change per year.
    satisfied_share: Mapping[str, Mapping[str, float]] = field(
        default_factory=lambda: {
            OVERALL: {SILVERPIT: 0.55, BOTNEY: 0.61, LEMAN: 0.44, TAILEND: 0.50},
            SURFACES: {SILVERPIT: 0.38, BOTNEY: 0.46, LEMAN: 0.33, TAILEND: 0.29},
        }
    )
    satisfied_change_per_year: float = -0.012
    # Of the variance of the latent answer, the part shared within a small area (the survey's cluster).
    cluster_variance_share: float = 0.04


_MOST_YEARS_FROM_MIDDLE = 2


def with_effects(truth: Truth, effects: Mapping[str, float]) -> Truth:
    """Return the truth with some of its numbers changed.

    Args:
        truth: what is planted otherwise.
        effects: size by name: a field (``town_rate_ratio``), or a field and what it is given for
            (``authority_rate_ratio.D06000003``, ``satisfied_share.condition of road surfaces.D06000004``).

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


def _named(truth: Truth) -> Iterator[tuple[str, tuple[Any, ...]]]:
    """Yield each effect's name and the path to it."""
    for f in fields(truth):
        for path in _paths(getattr(truth, f.name)):
            yield ".".join(map(str, (f.name, *path))), (f.name, *path)


def _paths(value: object) -> Iterator[tuple[Any, ...]]:
    if not isinstance(value, Mapping):
        yield ()
        return
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
    least, most = 0.0, math.inf
    if part == "satisfied_change_per_year":
        least = -1.0
    if "share" in part or part == "satisfied_change_per_year":
        most = 1.0
    # Zero would be divided by, or its logarithm taken.
    is_above_zero = part.endswith("gamma_shape") or part in {"fix_median_days", "fix_log_sd"}
    if not (math.isfinite(size) and least <= size <= most) or (is_above_zero and size == 0):
        bounds = f"{'above' if is_above_zero else 'at least'} {least:g}" + (
            f" and at most {most:g}" if math.isfinite(most) else ""
        )
        raise PlacelineError(f"Effect '{name}' cannot be {size:g}: it must be a number {bounds}.")


def _refuse_impossible_shares(truth: Truth) -> None:
    change = abs(truth.satisfied_change_per_year) * _MOST_YEARS_FROM_MIDDLE
    for indicator, shares in truth.satisfied_share.items():
        for code, share in shares.items():
            if not change <= share <= 1 - change:
                raise PlacelineError(
                    f"Effects 'satisfied_share.{indicator}.{code}' and 'satisfied_change_per_year' together take "
                    f"the share satisfied out of 0 to 1 within {_MOST_YEARS_FROM_MIDDLE} years of the middle one."
                )
    for place in ("town", "country"):
        names = (f"fatal_share_{place}", f"serious_share_{place}")
        if getattr(truth, names[0]) + getattr(truth, names[1]) > 1:
            raise PlacelineError(f"Effects '{names[0]}' and '{names[1]}' add up to more than 1.")
