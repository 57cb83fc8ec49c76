"""What was planted, told so that an estimate can be held against it."""

from dataclasses import asdict
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import ndtr

from geo.arrays import Floats
from geo.sample.doggerland import TAIL
from geo.sample.effects import Planted
from geo.sample.reports import median_days
from geo.sample.satisfaction import AGE_SHARES
from geo.sample.truth import SURFACES, Truth
from geo.sample.truth_tables import authority_truth

# The one score published without saying how many answered.
SCORE_WITHOUT_BASE = {"area_code": TAIL, "year": 2021, "indicator": SURFACES}
_ON_TIME_DAYS = 28
_PLACES_KM = ("corridor_km", "hotspot_km", "border_worse_km", "border_other_km")


def truth_document(
    truth: Truth, by_link: pd.DataFrame, planted: Planted, *, codes: list[str], flow_by_class: Floats
) -> dict[str, object]:
    """Describe the planted rates, and what follows from them: rates by authority, shares fixed on time.

    Args:
        truth: what is planted.
        by_link: true rates by link and authority; see `link_truth`.
        planted: where planted places are.
        codes: authority codes of this region.
        flow_by_class: mean traffic of each road class; see `typical_flow`.
    """
    by_authority = authority_truth(by_link).set_index("authority_code")
    rates = by_authority.filter(like="_per_km_year").rename(columns=lambda c: c.replace("_km_year", "_year"))
    on_time = ndtr(np.log(_ON_TIME_DAYS / median_days(codes, truth)) / truth.fix_log_sd)
    years = list(truth.year_rate_ratio.values())
    by_class = by_link.groupby(["authority_code", "road_class"], as_index=False).sum(numeric_only=True)
    by_route = by_link[by_link["road_number"] != ""].groupby("road_number")["length_km"].sum()
    return {
        "units": {
            "collisions_per_year": "injury collisions a year, in a year of ratio 1",
            "length_km": "km of road, each link cut at authority borders; bridges over the sea are in none",
        },
        "planted": _plain(asdict(truth)),
        "planted_places": _places(by_link, planted),
        "mean_year_rate_ratio": round(sum(years) / len(years), 6),
        "vehicles_a_day_by_road_class": dict(
            zip(truth.collisions_per_km_year, flow_by_class.round(1).tolist(), strict=True)
        ),
        "collisions_per_km_year_by_authority": rates.round(6).to_dict(orient="index"),
        "collisions_by_authority_and_road_class": by_class.round(6).to_dict(orient="records"),
        "fixed_within_28_days_share": dict(zip(codes, on_time.round(6).tolist(), strict=True)),
        "score_without_base": SCORE_WITHOUT_BASE,
        "adults_by_age_share": AGE_SHARES,
        "numbered_roads_km": by_route.round(3).to_dict(),
    }


def _places(by_link: pd.DataFrame, planted: Planted) -> dict[str, object]:
    """Return the km of road in each planted place, by authority; and the point of the hotspot (EPSG:27700)."""
    km = by_link.groupby("authority_code")[list(_PLACES_KM)].sum().round(6)
    places: dict[str, object] = {name: km.loc[km[name] > 0, name].to_dict() for name in _PLACES_KM}
    is_found = bool(np.isfinite(planted.hotspot_xy).all())
    return places | {"hotspot_xy": planted.hotspot_xy.round(2).tolist() if is_found else None}


def _plain(value: Any) -> Any:
    """Return what JSON can hold: dates as text."""
    if isinstance(value, dict):
        return {str(key): _plain(inner) for key, inner in value.items()}
    return value.isoformat() if isinstance(value, date) else value
