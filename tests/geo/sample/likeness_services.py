"""Figures of reports, survey, traffic, condition and money, of real regions and of the sample."""

import json
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
from scipy.stats import norm

from tests.geo.sample.likeness_figures import LANCASHIRE, Figures, people, sample_people, spread

# Categories of FixMyStreet as mySociety groups them, and the sample's.
_CATEGORIES = {
    "Rubbish": "Flytipping",
    "Road Surface Defects": "Potholes",
    "Street Lights": "Street lighting",
    "Highways Enquiries": "Roads and highways",
    "Pavement /Footway Defects": "Pavements and footpaths",
    "Overgrown/Fallen Veg/Trees": "Overgrown hedge",
    "Road Safety": "Road traffic signs",
    "Abandoned Vehicles": "Abandoned vehicles",
    "Drainage": "Blocked drain",
    "Parking": "Parking",
    "Incivilities": "Graffiti",
    "Street Furniture": "Street furniture",
    "Dog Fouling": "Dog fouling",
}
_FIRST_REPORT_YEAR = 2015
_OVERALL = "overall satisfaction with roads"


def fixmystreet(data: Path) -> Figures:
    """Reports of Great Britain 2015 to 2019; spread between small areas within each authority listed by them."""
    national = data / "national"
    codes = pd.read_csv(national / "fms_CODES_SHEF_B.csv").set_index("code").name
    reports = pd.read_csv(national / "fms_lad_shefb_year_2007_2019.csv")
    reports = reports[reports.year >= _FIRST_REPORT_YEAR]
    category = reports.SHEF_B_CODE.map(codes).map(_CATEGORIES)
    years = reports.year.nunique()
    persons = people(data, *reports.lad.unique())
    share = reports.reports.groupby(category).sum() / reports.reports.sum()
    figures = {f"share of {name}": float(part) for name, part in share.items()}
    figures["for 1,000 people and year"] = float(reports.reports.sum() / years / persons * 1000)
    return figures | {"spread between small areas of an authority": _spread_of_reports(data)}


def _spread_of_reports(data: Path) -> float:
    """Return the median over authorities, so that the few with a habit of their own count once."""
    national = data / "national"
    small = gpd.read_file(
        national / "geographr_region_small_areas.gpkg", layer="lsoa11", ignore_geometry=True
    )
    rows = pd.read_csv(national / "fms_lsoa11_shefb_year_regions.csv.gz")
    counts = rows[rows.year >= _FIRST_REPORT_YEAR].groupby("lsoa").reports.sum()
    small["reports"] = counts.reindex(small.lsoa11_code, fill_value=0).to_numpy()
    return float(np.median([spread(part.reports) for _, part in small.groupby("ltla21_code")]))


def sample_reports(folder: Path) -> Figures:
    fms = pd.read_csv(folder / "reports_fixmystreet.csv", encoding="utf-8-sig")
    listed = pd.DataFrame(json.loads((folder / "reports_open311.json").read_text("utf-8")))
    renamed = {"long": "lon", "service_name": "category"}
    both = pd.concat([fms, listed.rename(columns=renamed)])[["lon", "lat", "category"]]
    small = gpd.read_file(folder / "small_areas.gpkg")
    at = both[["lon", "lat"]].apply(pd.to_numeric, errors="coerce").dropna()
    points = gpd.points_from_xy(at.lon, at.lat, crs=4326).to_crs(27700)
    area, _ = points.sindex.query(small.geometry, predicate="contains")
    small["reports"] = np.bincount(area, minlength=len(small))
    wards = gpd.read_file(folder / "wards.geojson", ignore_geometry=True).set_index("WD24CD").LAD24CD
    districts = small.reports.groupby(small.WD24CD.map(wards))
    figures = {f"share of {n}": float(p) for n, p in both.category.value_counts(normalize=True).items()}
    rate = len(both) / 5 / float(sample_people(folder).sum()) * 1000
    within = float(np.median([spread(part) for _, part in districts]))
    return figures | {
        "for 1,000 people and year": rate,
        "spread between small areas of an authority": within,
    }


def outturn(data: Path) -> Figures:
    """Highway authorities of Lancashire: what they spent of their revenue, less income."""
    rows = pd.read_csv(data / "lancashire/lancashire_mhclg_revenue_outturn_2021_2025.csv")
    rows = rows[rows.ons_code.isin(LANCASHIRE) & (rows.service == "Highways and transport services")]
    spent = rows.net_expenditure_gbp.sum() / rows.financial_year.nunique()
    return {"pounds for a person and year, revenue": float(spent / people(data, *LANCASHIRE))}


def scottish_cost(data: Path) -> Figures:
    rows = pd.read_csv(data / "scotland/lgbf_roads_scotland.csv")
    last = rows[(rows.indicator == "ENV04a") & (rows.Year == "2022-23")]
    return {"pounds for a km and year, median authority": float(last.value.median())}


def sample_spend(folder: Path) -> Figures:
    """Spend is in thousands of pounds."""
    spend = pd.read_csv(folder / "spend.csv")
    condition = pd.read_csv(folder / "condition.csv")
    years = spend.year.nunique()
    revenue = spend.net_current_expenditure.sum() / years * 1000
    both = spend.net_current_expenditure + spend.capital_expenditure
    km = condition[condition.financial_year == "2022-23"].groupby("ons_code").road_length_km.sum()
    each = both.groupby(spend.ons_code).sum() / years * 1000 / km
    return {
        "pounds for a person and year, revenue": float(revenue / sample_people(folder).sum()),
        "pounds for a km and year, median authority": float(each.median()),
    }


def scottish_condition(data: Path) -> Figures:
    rows = pd.read_csv(data / "scotland/lgbf_roads_scotland.csv")
    kinds = {"ENV04b": "A", "ENV04e": "Unclassified"}
    last = (
        rows[rows.indicator.isin(kinds)].sort_values("Year").groupby(["indicator", "lad_code"]).value.last()
    )
    spread_of = last.groupby("indicator").std() / last.groupby("indicator").mean()
    mean = last.groupby("indicator").mean()
    return {f"share of road to be considered, {kinds[str(i)]}": float(v) for i, v in mean.items()} | {
        f"coefficient of variation of authorities, {kinds[str(i)]}": float(v) for i, v in spread_of.items()
    }


def english_condition(data: Path) -> Figures:
    rows = pd.read_csv(data / "national/england_road_condition_collected.csv")
    rows = rows[(rows.area == "England") & (rows.year_ending == "2022-03")]
    kinds = rows.road_class.map({"A": "A", "B+C": "B and C", "U": "Unclassified"})
    share = rows.pct_should_be_considered_for_maintenance.groupby(kinds).mean() / 100
    return {f"share of road to be considered, {name}": float(value) for name, value in share.items()}


def sample_condition(folder: Path) -> Figures:
    rows = pd.read_csv(folder / "condition.csv")
    share = pd.to_numeric(rows.percent_should_be_considered_for_maintenance, errors="coerce") / 100
    by_class = share.groupby(rows.road_class)
    each = share.groupby([rows.road_class, rows.ons_code]).mean().groupby("road_class")
    varies = each.std() / each.mean()
    return {f"share of road to be considered, {name}": float(v) for name, v in by_class.mean().items()} | {
        f"coefficient of variation of authorities, {name}": float(v) for name, v in varies.items()
    }


def satisfaction(data: Path) -> Figures:
    """Published scores. The spread between authorities follows from how far above the average a rank is."""
    rows = pd.read_csv(data / "national/satisfaction_by_authority_collected.csv")
    nht = rows[rows.survey == "NHT Public Satisfaction"]
    overall = nht[nht.indicator == "overall satisfaction"].dropna(
        subset=["value", "rank", "out_of", "national_average"]
    )
    # The normal score of a rank (Blom 1958).
    score = norm.isf((overall["rank"] - 0.375) / (overall.out_of + 0.25))
    spreads = (overall.value - overall.national_average) / score
    surfaces = nht[nht.indicator.str.startswith("HMBI01")].value.mean()
    asked = rows.dropna(subset=["responses", "questionnaires"])
    return {
        "overall satisfaction, percent": float(overall.national_average.mean()),
        "overall satisfaction, sd between authorities": float(spreads.median()),
        "condition of road surfaces, percent": float(surfaces),
        "base of a published score": float(rows.responses.mean()),
        "answers to a survey in an authority": float(rows.responses.mean()),
        "response rate": float((asked.responses / asked.questionnaires).mean()),
    }


def sample_satisfaction(folder: Path) -> Figures:
    scores = pd.read_csv(folder / "satisfaction_scores.csv", encoding="utf-8-sig")
    by_question = scores.groupby("indicator").score.mean()
    each = scores[scores.indicator == _OVERALL].groupby("year").score.std()
    response = pd.read_csv(folder / "truth_response.csv")
    return {
        "overall satisfaction, percent": float(by_question[_OVERALL]),
        "overall satisfaction, sd between authorities": float(each.mean()),
        "condition of road surfaces, percent": float(by_question["condition of road surfaces"]),
        "base of a published score": float(scores.base.mean()),
        "answers to a survey in an authority": float(
            response.groupby(["year", "area_code"]).answered_count.sum().mean()
        ),
        "response rate": float(response.answered_count.sum() / response.asked_count.sum()),
    }


def traffic(data: Path) -> Figures:
    """Means of count points in 2019, by authority; the file has no road class."""
    rows = pd.read_csv(data / "national/saferactive_traffic_aadf_yrs_la_summary.csv")
    rows = rows[rows.year == 2019]
    motor = rows.cars_and_taxis_mean + rows.lgvs_mean + rows.all_hgvs_mean
    total = (motor * rows.n_counters).sum()
    cycles = (rows.pedal_cycles_mean * rows.n_counters).sum()
    vans = (rows.lgvs_mean * rows.n_counters).sum()
    return {
        "vehicles a day at a point": float(total / rows.n_counters.sum()),
        "cycles for a motor vehicle": float(cycles / total),
        "vans, share of motor vehicles": float(vans / total),
    }


def sample_traffic(folder: Path) -> Figures:
    """Points on roads that councils look after."""
    rows = pd.read_csv(folder / "traffic_counts.csv")
    rows = rows[(rows.year == 2024) & ~rows.road_category.isin(["TM", "TA"])]
    total: Any = rows.all_motor_vehicles.sum()
    return {
        "vehicles a day at a point": float(rows.all_motor_vehicles.mean()),
        "cycles for a motor vehicle": float(rows.pedal_cycles.sum() / total),
        "vans, share of motor vehicles": float(rows.LGVs.sum() / total),
    }
