"""Citizen reports: one authority publishes Open311, the others a FixMyStreet-style table."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import shapely

from geo.arrays import Floats, Ints, Objects
from geo.sample.coordinates import lon_lat
from geo.sample.digits import numbered
from geo.sample.doggerland import BOTNEY
from geo.sample.geography import Geography, Level
from geo.sample.links import Links
from geo.sample.merger import is_before_merger
from geo.sample.truth import Truth, by_code

OPEN311_AUTHORITY = BOTNEY
# What was still open on this day has no closing time.
EXTRACTED_AT = pd.Timestamp("2025-01-01 00:00")

# Shares about as on FixMyStreet from 2015 to 2019, where half is not about the road at all.
_CATEGORIES = {
    "Flytipping": 0.24,
    "Potholes": 0.195,
    "Street lighting": 0.09,
    "Roads and highways": 0.10,
    "Pavements and footpaths": 0.08,
    "Overgrown hedge": 0.06,
    "Road traffic signs": 0.06,
    "Abandoned vehicles": 0.04,
    "Blocked drain": 0.04,
    "Parking": 0.03,
    "Graffiti": 0.03,
    "Street furniture": 0.02,
    "Dog fouling": 0.015,
}
_WORDS = {
    "Flytipping": ("Rubbish dumped in the lay-by", "Old mattress by the gate", "Black bags on the verge"),
    "Potholes": ("Deep pothole", "Several potholes by the bend", "Pothole filled with water again"),
    "Street lighting": ("Lamp out", "Street light flickers", "Lamp on all day"),
    "Roads and highways": ("Worn white lines", "Surface breaking up", "Mud on the road"),
    "Pavements and footpaths": ("Loose paving slab", "Kerb sunk", "Path under water at spring tide"),
    "Overgrown hedge": ("Hedge over the path", "Brambles over the pavement", "Branches hide the lights"),
    "Road traffic signs": ("Sign knocked over", "Sign facing the wrong way", "Sign overgrown"),
    "Abandoned vehicles": ("Van without wheels", "Car not moved for months", "Burnt-out car"),
    "Blocked drain": ("Drain blocked with silt", "Gully overflows", "Standing water"),
    "Parking": ("Lorry parked on the pavement", "Cars across the dropped kerb", "Bay markings worn away"),
    "Graffiti": ("Paint on the bridge", "Tags on the shelter", "Wall painted over"),
    "Street furniture": ("Bench broken", "Bollard knocked down", "Shelter glass smashed"),
    "Dog fouling": ("Dog fouling on the path", "Bin for dogs is full", "Mess outside the school"),
}
_NAMES = np.array(list(_CATEGORIES))
_TITLES = np.array(list(_WORDS.values()))
_SPOTS_PER_M = 1 / 60
_SIDEWAYS_SD_M = 6.0
# Of reports dealt with, the share called fixed; of the others, the share nobody has looked at.
_FIXED_SHARE = 0.93
_UNSEEN_SHARE = 0.6
_HOUR_WEIGHTS = (1, 1, 0, 0, 0, 1, 3, 8, 14, 16, 15, 14, 13, 13, 12, 12, 12, 12, 11, 10, 9, 7, 5, 3)


@dataclass(frozen=True)
class Reports:
    """Reports as made: point, small area, authority, category (positions), when made and when fixed."""

    xy: Floats
    small_area: Ints
    authority: Ints
    category: Ints
    created: pd.DatetimeIndex
    fixed: pd.DatetimeIndex

    def of(self, chosen: Objects) -> "Reports":
        """Return the chosen reports."""
        return Reports(
            self.xy[chosen],
            self.small_area[chosen],
            self.authority[chosen],
            self.category[chosen],
            self.created[chosen],
            self.fixed[chosen],
        )


def propensity(rng: np.random.Generator, geography: Geography, truth: Truth) -> Floats:
    """Reports per 1,000 people and typical year in each small area: less where more deprived."""
    areas = geography.small_areas
    order = areas.deprivation.argsort(kind="stable")
    rank = order.argsort(kind="stable") / max(len(areas.codes) - 1, 1)
    own = rng.gamma(truth.report_gamma_shape, 1 / truth.report_gamma_shape, len(areas.codes))
    ratio = truth.report_ratio_most_deprived**rank
    rate: Floats = truth.reports_per_1000_people_year * own * ratio / ratio.mean()
    return rate


def median_days(codes: list[str], truth: Truth) -> Floats:
    """Return the true median of days from report to fix in each authority."""
    return np.array(by_code(truth.fix_median_days, codes, truth.fix_median_days_elsewhere))


def draw_reports(
    rng: np.random.Generator,
    geography: Geography,
    links: Links,
    rate: Floats,
    truth: Truth,
    years: list[int] | None = None,
) -> Reports:
    """Draw reports beside roads, sorted by time.

    Args:
        rng: random stream.
        geography: areas, with their people.
        links: all links.
        rate: what `propensity` returns.
        truth: planted effects; a year without a ratio has 1.
        years: calendar years; those of the truth if not given.
    """
    spots, spot_area = _roadside(rng, geography, links)
    chosen, created = [], []
    for year in years or list(truth.report_year_ratio):
        ratio = truth.report_year_ratio.get(year, 1.0)
        counts = rng.poisson(rate * ratio * geography.small_areas.people / 1000)
        chosen.append(_pick(rng, spot_area, counts))
        created.append(_moments(rng, year, len(chosen[-1])))
    spot = np.concatenate(chosen)
    small_area = spot_area[spot]
    authority = geography.authority_of_small_area[small_area]
    made = np.concatenate(created)
    return Reports(
        spots[spot] + rng.normal(0, _SIDEWAYS_SD_M, (len(spot), 2)),
        small_area,
        authority,
        rng.choice(len(_CATEGORIES), len(spot), p=np.array(list(_CATEGORIES.values()))),
        pd.DatetimeIndex(made),
        pd.DatetimeIndex(made + _minutes_to_fix(rng, authority, geography.authorities.codes, truth)),
    )


def council_names(
    rng: np.random.Generator, reports: Reports, authorities: Level, earlier: Objects, truth: Truth
) -> Objects:
    """Return the council each report was sent to, by the name it had that day.

    Args:
        rng: random stream.
        reports: the reports.
        authorities: highway authorities as they are now.
        earlier: code of the authority that each small area belonged to before a merger; "" if none.
        truth: what was merged, and when.
    """
    codes = np.array(authorities.codes)[reports.authority]
    names = np.array(authorities.names, dtype=object)[reports.authority]
    before = earlier[reports.small_area]
    is_old = is_before_merger(rng, codes, reports.created, truth)
    for code, name in truth.predecessors.items():
        names[is_old & (before == code)] = name
    return names


def fixmystreet_table(rng: np.random.Generator, reports: Reports, councils: Objects) -> pd.DataFrame:
    """Return reports as FixMyStreet exports them: local times, one row each.

    Args:
        rng: random stream.
        reports: the reports.
        councils: name of the council each was sent to; see `council_names`.
    """
    degrees = np.round(lon_lat(reports.xy), 6)
    count = len(reports.xy)
    is_fixed = reports.fixed < EXTRACTED_AT
    words = _TITLES[reports.category, rng.integers(0, _TITLES.shape[1], count)]
    shut = np.where(rng.uniform(size=count) < _FIXED_SHARE, "fixed", "closed")
    waiting = np.where(rng.uniform(size=count) < _UNSEEN_SHARE, "open", "investigating")
    return pd.DataFrame(
        {
            "id": np.arange(8_000_001, 8_000_001 + count),
            "lat": degrees[:, 1],
            "lon": degrees[:, 0],
            "title": words,
            "category": _NAMES[reports.category],
            "status": np.where(is_fixed, shut, waiting),
            "created": _written(reports.created),
            "closed": np.where(is_fixed, _written(reports.fixed), ""),
            "council": councils,
        }
    )


def open311_requests(
    rng: np.random.Generator, reports: Reports, councils: Objects
) -> list[dict[str, object]]:
    """Return reports as an Open311 GeoReport v2 service lists them.

    GeoReport has no closing time: `updated_datetime` of a closed request is when it was closed. The people
    are invented, and there so that a reader can be seen to drop them.

    Args:
        rng: random stream.
        reports: the reports.
        councils: name of the council each was sent to; see `council_names`.
    """
    degrees = np.round(lon_lat(reports.xy), 6)
    count = len(reports.xy)
    number = np.arange(1, count + 1)
    glance = reports.created + pd.to_timedelta(rng.integers(1, 72, count), unit="h")
    is_fixed = np.asarray(reports.fixed < EXTRACTED_AT)
    updated = np.where(is_fixed, reports.fixed, glance.where(glance < EXTRACTED_AT, EXTRACTED_AT))
    names = numbered("", number, 1)
    table = pd.DataFrame(
        {
            "service_request_id": numbered("BC-", number, 6),
            "status": np.where(is_fixed, "closed", "open"),
            "service_name": _NAMES[reports.category],
            "service_code": numbered("", reports.category + 1, 3),
            "description": _TITLES[reports.category, rng.integers(0, _TITLES.shape[1], count)],
            "agency_responsible": councils,
            "requested_datetime": np.strings.add(_written(reports.created), "Z"),
            "updated_datetime": np.strings.add(_written(updated), "Z"),
            "address": "Doggerland",
            "lat": degrees[:, 1],
            "long": degrees[:, 0],
            "first_name": np.strings.add("Invented ", names),
            "email": np.strings.add(np.strings.add("invented.person.", names), "@example.invalid"),
        }
    )
    return [{str(name): value for name, value in row.items()} for row in table.to_dict("records")]


def _moments(rng: np.random.Generator, year: int, count: int) -> Objects:
    days = np.arange(f"{year}-01-01", f"{year + 1}-01-01", dtype="datetime64[D]")
    hours = np.array(_HOUR_WEIGHTS) / sum(_HOUR_WEIGHTS)
    minutes = rng.choice(24, count, p=hours) * 60 + rng.integers(0, 60, count)
    moments: Objects = np.sort(rng.choice(days, count) + minutes.astype("timedelta64[m]"))
    return moments


def _written(at: Any) -> Objects:
    """Write instants YYYY-MM-DDTHH:MM:SS."""
    return np.datetime_as_string(np.asarray(at, dtype="datetime64[s]"))


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
    median = median_days(codes, truth)[authority]
    days = median * np.exp(rng.normal(0, truth.fix_log_sd, len(authority)))
    minutes: Objects = np.ceil(days * 24 * 60).astype("timedelta64[m]")
    return minutes
