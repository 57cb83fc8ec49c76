"""Citizen reports: one authority publishes Open311, the others a FixMyStreet-style table."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import shapely

from geo.sample.arrays import Floats, Ints, Objects
from geo.sample.coordinates import lon_lat
from geo.sample.geography import Geography
from geo.sample.network import Links
from geo.sample.truth import BOTNEY, Truth

OPEN311_AUTHORITY = BOTNEY
# What was still open on this day has no closing time.
EXTRACTED_AT = pd.Timestamp("2025-01-01 00:00")

_CATEGORIES = {
    "Potholes": 0.41,
    "Street lighting": 0.15,
    "Roads and highways": 0.12,
    "Pavements and footpaths": 0.11,
    "Blocked drain": 0.09,
    "Road traffic signs": 0.06,
    "Overgrown hedge": 0.06,
}
_WORDS = {
    "Potholes": ("Deep pothole", "Several potholes by the bend", "Pothole filled with water again"),
    "Street lighting": ("Lamp out", "Street light flickers", "Lamp on all day"),
    "Roads and highways": ("Worn white lines", "Surface breaking up", "Mud on the road"),
    "Pavements and footpaths": ("Loose paving slab", "Kerb sunk", "Path under water at spring tide"),
    "Blocked drain": ("Drain blocked with silt", "Gully overflows", "Standing water"),
    "Road traffic signs": ("Sign knocked over", "Sign facing the wrong way", "Sign overgrown"),
    "Overgrown hedge": ("Hedge over the path", "Brambles over the pavement", "Branches hide the lights"),
}
_SPOTS_PER_M = 1 / 60
_SIDEWAYS_SD_M = 6.0
# Of reports dealt with, the share called fixed; of the others, the share nobody has looked at.
_FIXED_SHARE = 0.93
_UNSEEN_SHARE = 0.6
_HOUR_WEIGHTS = (1, 1, 0, 0, 0, 1, 3, 8, 14, 16, 15, 14, 13, 13, 12, 12, 12, 12, 11, 10, 9, 7, 5, 3)


@dataclass(frozen=True)
class Reports:
    """Reports as made: point, small area, authority (positions), category, when made and when fixed."""

    xy: Floats
    authority: Ints
    category: Objects
    created: pd.DatetimeIndex
    fixed: pd.DatetimeIndex

    def of(self, chosen: Objects) -> "Reports":
        """Return the chosen reports."""
        return Reports(
            self.xy[chosen],
            self.authority[chosen],
            self.category[chosen],
            self.created[chosen],
            self.fixed[chosen],
        )


def propensity(rng: np.random.Generator, geography: Geography, truth: Truth) -> Floats:
    """Reports per 1,000 people and typical year in each small area: less where more deprived."""
    areas = geography.small_areas
    rank = areas.deprivation.argsort().argsort() / (len(areas.codes) - 1)
    own = rng.gamma(truth.report_gamma_shape, 1 / truth.report_gamma_shape, len(areas.codes))
    ratio = truth.report_ratio_most_deprived**rank
    rate: Floats = truth.reports_per_1000_people_year * own * ratio / ratio.mean()
    return rate


def draw_reports(
    rng: np.random.Generator, geography: Geography, links: Links, rate: Floats, truth: Truth
) -> Reports:
    """Draw five years of reports beside roads, sorted by time."""
    spots, spot_area = _roadside(rng, geography, links)
    chosen, created = [], []
    for year, ratio in truth.report_year_ratio.items():
        counts = rng.poisson(rate * ratio * geography.small_areas.people / 1000)
        chosen.append(_pick(rng, spot_area, counts))
        created.append(_moments(rng, year, len(chosen[-1])))
    spot = np.concatenate(chosen)
    authority = geography.authority_of_small_area[spot_area[spot]]
    made = np.concatenate(created)
    return Reports(
        spots[spot] + rng.normal(0, _SIDEWAYS_SD_M, (len(spot), 2)),
        authority,
        rng.choice(list(_CATEGORIES), len(spot), p=list(_CATEGORIES.values())),
        pd.DatetimeIndex(made),
        pd.DatetimeIndex(made + _minutes_to_fix(rng, authority, geography.authorities.codes, truth)),
    )


def fixmystreet_table(rng: np.random.Generator, reports: Reports, geography: Geography) -> pd.DataFrame:
    """Return reports as FixMyStreet exports them: local times, one row each."""
    degrees = np.round(lon_lat(reports.xy), 6)
    is_fixed = reports.fixed < EXTRACTED_AT
    words = [_WORDS[c][n] for c, n in zip(reports.category, rng.integers(0, 3, len(reports.xy)), strict=True)]
    shut = np.where(rng.uniform(size=len(words)) < _FIXED_SHARE, "fixed", "closed")
    waiting = np.where(rng.uniform(size=len(words)) < _UNSEEN_SHARE, "open", "investigating")
    return pd.DataFrame(
        {
            "id": np.arange(8_000_001, 8_000_001 + len(words)),
            "lat": degrees[:, 1],
            "lon": degrees[:, 0],
            "title": words,
            "category": reports.category,
            "status": np.where(is_fixed, shut, waiting),
            "created": reports.created.strftime("%Y-%m-%dT%H:%M:%S"),
            "closed": np.where(is_fixed, reports.fixed.strftime("%Y-%m-%dT%H:%M:%S"), ""),
            "council": np.array(geography.authorities.names)[reports.authority],
        }
    )


def open311_requests(
    rng: np.random.Generator, reports: Reports, geography: Geography
) -> list[dict[str, object]]:
    """Return reports as an Open311 GeoReport v2 service lists them.

    GeoReport has no closing time: `updated_datetime` of a closed request is when it was closed. The people
    are invented, and there so that a reader can be seen to drop them.
    """
    degrees = np.round(lon_lat(reports.xy), 6)
    category_codes = {name: f"{n:03}" for n, name in enumerate(_CATEGORIES, 1)}
    glance = reports.created + pd.to_timedelta(rng.integers(1, 72, len(reports.xy)), unit="h")
    requests: list[dict[str, object]] = []
    for n, (category, word) in enumerate(zip(reports.category, rng.integers(0, 3, len(glance)), strict=True)):
        is_fixed = bool(reports.fixed[n] < EXTRACTED_AT)
        updated = reports.fixed[n] if is_fixed else min(glance[n], EXTRACTED_AT)
        requests.append(
            {
                "service_request_id": f"BC-{n + 1:06}",
                "status": "closed" if is_fixed else "open",
                "service_name": str(category),
                "service_code": category_codes[str(category)],
                "description": _WORDS[str(category)][word],
                "agency_responsible": geography.authorities.names[reports.authority[n]],
                "requested_datetime": _utc(reports.created[n]),
                "updated_datetime": _utc(updated),
                "address": "Doggerland",
                "lat": float(degrees[n, 1]),
                "long": float(degrees[n, 0]),
                "first_name": f"Invented {n + 1}",
                "email": f"invented.person.{n + 1}@example.invalid",
            }
        )
    return requests


def _moments(rng: np.random.Generator, year: int, count: int) -> Objects:
    days = np.arange(f"{year}-01-01", f"{year + 1}-01-01", dtype="datetime64[D]")
    hours = np.array(_HOUR_WEIGHTS) / sum(_HOUR_WEIGHTS)
    minutes = rng.choice(24, count, p=hours) * 60 + rng.integers(0, 60, count)
    moments: Objects = np.sort(rng.choice(days, count) + minutes.astype("timedelta64[m]"))
    return moments


def _utc(at: pd.Timestamp) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def _roadside(rng: np.random.Generator, geography: Geography, links: Links) -> tuple[Floats, Ints]:
    """Return spots on roads, and each one's small area; motorways have none."""
    lines = links.lines[(links.road_class > 0) & ~links.is_bridge]
    counts = np.ceil(shapely.length(lines) * _SPOTS_PER_M).astype(np.int64)
    share = rng.uniform(size=counts.sum())
    spots = shapely.get_coordinates(
        shapely.line_interpolate_point(np.repeat(lines, counts), share, normalized=True)
    )
    spot, area = shapely.STRtree(geography.small_areas.polygons).query(
        shapely.points(spots), predicate="within"
    )
    order = np.argsort(spot, kind="stable")
    return spots[spot[order]], area[order]


def _pick(rng: np.random.Generator, spot_area: Ints, counts: Ints) -> Ints:
    """Pick `counts` spots in each small area, and shuffle them."""
    order = np.argsort(spot_area, kind="stable")
    sizes = np.bincount(spot_area, minlength=len(counts))
    first = np.cumsum(sizes) - sizes
    area = np.repeat(np.arange(len(counts)), np.where(sizes > 0, counts, 0))
    picked = order[first[area] + (rng.uniform(size=len(area)) * sizes[area]).astype(np.int64)]
    return rng.permutation(picked)


def _minutes_to_fix(rng: np.random.Generator, authority: Ints, codes: list[str], truth: Truth) -> Objects:
    median = np.array([truth.fix_median_days[code] for code in codes])[authority]
    days = median * np.exp(rng.normal(0, truth.fix_log_sd, len(authority)))
    minutes: Objects = np.ceil(days * 24 * 60).astype("timedelta64[m]")
    return minutes
