"""What was planted, told so that an estimate can be held against it."""

from dataclasses import asdict

import numpy as np
import pandas as pd
import shapely
from scipy.stats import norm

from geo.sample.network import Links
from geo.sample.sketch import ROUTES
from geo.sample.truth import SURFACES, TAILEND, Truth

# The one score published without saying how many answered.
SCORE_WITHOUT_BASE = {"area_code": TAILEND, "year": 2021, "indicator": SURFACES}
_ON_TIME_DAYS = 28


def truth_document(truth: Truth, by_authority: pd.DataFrame, links: Links) -> dict[str, object]:
    """Describe the planted rates, and what follows from them: rates by authority, shares fixed on time."""
    sums = by_authority.groupby("authority_code").sum(numeric_only=True)
    rates = sums.drop(columns="length_km").div(sums["length_km"], axis=0)
    on_time = {
        code: round(float(norm.cdf(np.log(_ON_TIME_DAYS / median) / truth.fix_log_sd)), 6)
        for code, median in truth.fix_median_days.items()
    }
    years = list(truth.year_rate_ratio.values())
    return {
        "units": {
            "collisions_per_year": "injury collisions a year, in a year of ratio 1",
            "length_km": "km of road, each link cut at authority borders; bridges over the sea are in none",
        },
        "planted": asdict(truth),
        "mean_year_rate_ratio": round(sum(years) / len(years), 6),
        "collisions_per_km_year_by_authority": rates.round(6).to_dict(orient="index"),
        "collisions_by_authority_and_road_class": by_authority.round(6).to_dict(orient="records"),
        "fixed_within_28_days_share": on_time,
        "score_without_base": SCORE_WITHOUT_BASE,
        "numbered_roads_km": {
            route.number: round(float(shapely.length(links.lines[links.route == n]).sum()) / 1000, 3)
            for n, route in enumerate(ROUTES)
        },
    }
