"""Figures of collisions and of those hurt, of real regions and of the sample."""

from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from tests.geo.sample.likeness_figures import (
    CAMBRIDGESHIRE,
    MANCHESTER,
    WALTHAM,
    YEARS,
    Figures,
    people,
    sample_people,
    shares,
    spread,
)


def collision_figures(table: pd.DataFrame) -> Figures:
    """Return shares and means of collisions in the columns that `sample_collisions` has, as far as known."""
    figures = {f"{n} for a collision": float(table[n].mean()) for n in ("vehicles", "casualties")}
    figures["one vehicle, share"] = float((table.vehicles == 1).mean())
    for flag in ("is_dark", "is_wet", "is_at_junction", "is_at_roundabout"):
        if flag in table:
            figures[f"{flag[3:].replace('_', ' ')}, share"] = float(table[flag].dropna().mean())
    if "road_class" in table:
        figures |= shares(table.road_class, "on roads of class ")
    figures |= shares(table.severity, "severity ")
    at = table["at"].dropna()
    figures |= shares(at.dt.hour // 2 * 2, "share of two hours/from hour ")
    figures |= shares(at.dt.day_name(), "share of weekday/")
    return figures | shares(at.dt.month_name(), "share of month/")


def sample_collisions(folder: Path) -> pd.DataFrame:
    new = pd.read_csv(folder / "collisions.csv", low_memory=False)
    old = pd.read_csv(folder / "accidents_2020.csv", encoding="utf-8-sig")
    renamed = {"accident_index": "collision_index", "accident_severity": "collision_severity"}
    both = pd.concat([new, old.rename(columns=renamed)]).drop_duplicates("collision_index")
    at = pd.to_datetime(both.date + " " + both.time, format="%d/%m/%Y %H:%M", errors="coerce")
    return pd.DataFrame(
        {
            "severity": both.collision_severity.map({1: "Fatal", 2: "Serious", 3: "Slight"}),
            "vehicles": both.number_of_vehicles,
            "casualties": both.number_of_casualties,
            "at": at,
            "is_dark": both.light_conditions != 1,
            "is_wet": both.road_surface_conditions == 2,
            "is_at_junction": both.junction_detail != 0,
            "is_at_roundabout": both.junction_detail == 1,
            "road_class": both.first_road_class.map({1: "A", 3: "A", 4: "B", 5: "C", 6: "U"}),
            "is_town": both.urban_or_rural_area == 1,
            "small_area": both.lsoa_of_accident_location,
            "x": pd.to_numeric(both.location_easting_osgr, errors="coerce"),
            "y": pd.to_numeric(both.location_northing_osgr, errors="coerce"),
        }
    )


def waltham_forest_collisions(data: Path) -> pd.DataFrame:
    raw = pd.read_csv(data / "waltham-forest/trafficalmr_crashes_wf.csv")
    unknown = "Data missing or out of range"
    return pd.DataFrame(
        {
            "severity": raw.accident_severity,
            "vehicles": raw.number_of_vehicles,
            "casualties": raw.number_of_casualties,
            "at": pd.to_datetime(raw.date + " " + raw.time),
            "is_dark": raw.light_conditions != "Daylight",
            "is_wet": (raw.road_surface_conditions != "Dry").where(raw.road_surface_conditions != unknown),
            "is_at_junction": ~raw.junction_detail.str.startswith("Not at").where(
                raw.junction_detail != unknown, other=True
            ),
            "is_at_roundabout": raw.junction_detail.str.contains("oundabout")
            & ~raw.junction_detail.str.contains("not"),
            "road_class": raw.first_road_class.replace({"Unclassified": "U"}),
            "small_area": raw.lsoa_of_accident_location,
        }
    )


def manchester_collisions(data: Path) -> pd.DataFrame:
    """Whole years only; one row for each reference, since the file has one for each casualty."""
    raw = _manchester_casualties(data).drop_duplicates("AREFNO")
    return pd.DataFrame(
        {
            "severity": raw.collision_severity,
            "vehicles": raw.number_vehicles,
            "casualties": raw.number_casualties,
            "at": pd.to_datetime(raw.date + " " + raw.output_time),
            "is_dark": raw.light_conditions == "Dark",
            "x": raw.lon,
            "y": raw.lat,
        }
    )


def _manchester_casualties(data: Path) -> pd.DataFrame:
    raw = pd.read_csv(data / "greater-manchester/gm_stats19_casualties_2019_2024.csv")
    return raw[raw.year < 2024]


def _count_in(table: pd.DataFrame, crs: int, areas: gpd.GeoDataFrame) -> Any:
    points = gpd.points_from_xy(table.x, table.y, crs=crs).to_crs(areas.crs)
    area, _ = points.sindex.query(areas.geometry, predicate="contains")
    return np.bincount(area, minlength=len(areas))


def _small_areas(data: Path) -> gpd.GeoDataFrame:
    return gpd.read_file(data / "national/geographr_region_small_areas.gpkg", layer="lsoa21")


def waltham_forest(data: Path) -> Figures:
    table = waltham_forest_collisions(data)
    figures = collision_figures(table)
    figures["for 1,000 people and year"] = len(table) / YEARS / people(data, WALTHAM) * 1000
    path = data / "national/geographr_region_small_areas.gpkg"
    codes = gpd.read_file(path, layer="lsoa11", ignore_geometry=True, where=f"ltla21_code = '{WALTHAM}'")
    figures["spread between small areas"] = spread(
        table.small_area.value_counts().reindex(codes.lsoa11_code, fill_value=0)
    )
    raw = pd.read_csv(data / "waltham-forest/trafficalmr_casualties_wf.csv")
    words = raw.casualty_type.str.split(" ").str[0].str.split("/").str[0]
    kinds = {"Taxi": "Car", "Goods": "Goods", "Van": "Goods", "Minibus": "Bus"}
    figures |= shares(words.replace(kinds), "hurt: ")
    ages = raw.age_of_casualty.where(raw.age_of_casualty >= 0)
    return {name: value for name, value in (figures | _ages(ages)).items() if "Other" not in name}


def manchester(data: Path) -> Figures:
    table = manchester_collisions(data)
    figures = collision_figures(table)
    figures["for 1,000 people and year"] = len(table) / YEARS / people(data, *MANCHESTER) * 1000
    wards = gpd.read_file(data / "greater-manchester/trafford_gm_ward_2023.geojson")
    figures["spread between wards"] = spread(_count_in(table, 4326, wards))
    small = _small_areas(data)
    inside = small[small.ltla24_code.isin(MANCHESTER)]
    figures["spread between small areas"] = spread(_count_in(table, 4326, inside))
    raw = _manchester_casualties(data)
    kinds = {
        "Pedal Cycle": "Cyclist", "Powered 2 Wheeler": "Motorcycle", "Goods Vehicle": "Goods",
        "Taxi or private hire": "Car", "Bus or Coach": "Bus", "Other Vehicle": "Other", "Tram": "Other",
    }  # fmt: skip
    figures |= shares(raw["mode"].replace(kinds), "hurt: ")
    start = pd.to_numeric(raw.ageband.str.extract(r"(\d+)")[0]).where(raw.ageband != "-1")
    # Bands begin a year after the tens that ages are parted at: 66-75, Over 75.
    return {name: value for name, value in (figures | _ages(start)).items() if "Other" not in name}


def _ages(age: "pd.Series[Any]") -> Figures:
    known = age.dropna()
    parts = pd.cut(known, [-1, 15, 25, 65, 200], labels=["0-15", "16-25", "26-65", "66+"])
    return shares(parts, "hurt at age ")


def _sample_casualties(folder: Path) -> Figures:
    old = pd.read_csv(folder / "casualties_2020.csv", encoding="utf-8-sig")
    raw = pd.concat([pd.read_csv(folder / "casualties.csv"), old])
    kinds = {0: "Pedestrian", 1: "Cyclist", 5: "Motorcycle", 9: "Car", 11: "Bus", 19: "Goods"}
    return shares(raw.casualty_type.map(kinds), "hurt: ") | _ages(raw.age_of_casualty)


def sample_towns(folder: Path) -> Figures:
    """The sample's towns, to compare with a city; people and areas are the whole sample's."""
    table = sample_collisions(folder)
    return sample_all(folder) | collision_figures(table[table.is_town])


def sample_all(folder: Path) -> Figures:
    table = sample_collisions(folder)
    persons = sample_people(folder)
    wards = gpd.read_file(folder / "wards.geojson").to_crs(27700)
    placed = table[table.x.notna() & table.y.notna()]
    return (
        collision_figures(table)
        | _sample_casualties(folder)
        | {
            "for 1,000 people and year": len(table) / YEARS / float(persons.sum()) * 1000,
            "spread between wards": spread(_count_in(placed, 27700, wards)),
            "spread between small areas": spread(
                table.small_area.value_counts().reindex(persons.index, fill_value=0)
            ),
        }
    )


# Collisions for a km of road: lengths by authority are of a file that does not say how it was made.


def _lengths(data: Path, *codes: str) -> Figures:
    table = pd.read_csv(data / "national/gb_road_length_by_authority_2018_coded.csv")
    km = table[table.gss_code.isin(codes)].sum(numeric_only=True)
    return {
        "A": km["A Road"] + km["A Road Primary"] + km["Motorway"],
        "B": km["B Road"] + km["B Road Primary"],
        "C and U": km["Minor Road"] + km["Local Road"] + km["Local Access Road"],
    }


def _for_a_km(road_class: "pd.Series[Any]", km: Figures, years: float) -> Figures:
    counts = road_class.replace({"C": "C and U", "U": "C and U"}).value_counts()
    return {f"for a km and year, class {name}": counts[name] / years / km[name] for name in km} | {
        "for a km and year": float(counts.sum()) / years / sum(km.values())
    }


def waltham_forest_for_a_km(data: Path) -> Figures:
    return _for_a_km(waltham_forest_collisions(data).road_class, _lengths(data, WALTHAM), YEARS)


def manchester_for_a_km(data: Path) -> Figures:
    km = sum(_lengths(data, *MANCHESTER).values())
    return {"for a km and year": len(manchester_collisions(data)) / YEARS / km}


def cambridgeshire_for_a_km(data: Path) -> Figures:
    raw = pd.read_csv(data / "cambridgeshire/cambridgeshire_collisions_2012_2017_raw.csv", low_memory=False)
    # The file ends in October of its sixth year.
    kind = raw.Road_Class.replace({"M": "A", "A(M)": "A"})
    return _for_a_km(kind, _lengths(data, *CAMBRIDGESHIRE), 5 + 10 / 12)


def sample_for_a_km(folder: Path) -> Figures:
    roads = gpd.read_file(folder / "roads.gpkg")
    names = {"Motorway": "A", "A Road": "A", "B Road": "B"}
    km = (roads.length / 1000).groupby(roads.road_classification.map(names).fillna("C and U")).sum()
    return _for_a_km(sample_collisions(folder).road_class, km.to_dict(), YEARS)
