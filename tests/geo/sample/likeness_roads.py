"""Figures of roads, of real regions and of the sample: lengths, and km for 1,000 people."""

from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from tests.geo.sample.likeness_figures import BATH, Figures, people, sample_people

_OSM_MERGED = {"living_street": "residential", "motorway": "trunk"}


def road_figures(kind: "pd.Series[Any]", lines: Any, persons: float) -> Figures:
    """Return lengths of links, and of road between junctions; km by class for 1,000 people."""
    km = shapely.length(lines) / 1000
    # Joins what is cut where no other road meets, and so is the same however a file cuts its roads.
    joined = shapely.line_merge(shapely.multilinestrings(shapely.get_parts(np.asarray(lines))))
    whole = shapely.length(shapely.get_parts(joined)) / 1000
    figures = {"km of link, mean": km.mean(), "km of link, median": np.median(km)}
    figures |= {"km between junctions, mean": whole.mean()}
    figures |= {f"km between junctions, quantile {q}": np.quantile(whole, q) for q in (0.25, 0.5, 0.75, 0.9)}
    by_class = pd.Series(km).groupby(np.asarray(kind)).sum() / persons * 1000
    figures |= {f"km of {name} for 1,000 people": value for name, value in by_class.items()}
    return {name: float(value) for name, value in figures.items()}


def bath_roads(data: Path) -> Figures:
    """Public roads only: the sample's network leaves out private drives and farm tracks."""
    roads = gpd.read_file(data / "bath/banes_os_roads.geojson").to_crs(27700)
    roads = roads[~roads.classifica.str.startswith(("Restricted", "Shared"))]
    first = roads.classifica.str.split(" ").str[0]
    kind = first.map({"A": "A road", "Primary": "A road", "B": "B road"}).fillna("other public road")
    return road_figures(kind, np.asarray(roads.geometry), people(data, BATH))


def sample_roads(folder: Path) -> Figures:
    roads = gpd.read_file(folder / "roads.gpkg")
    names = {"A Road": "A road", "Motorway": "A road", "B Road": "B road"}
    kind = roads.road_classification.map(names).fillna("other public road")
    return road_figures(kind, np.asarray(roads.geometry), float(sample_people(folder).sum()))


def way_figures(path: Path, layer: str) -> Figures:
    """Return the mean km of an OpenStreetMap way by its kind."""
    ways = gpd.read_file(path, layer=layer, columns=["highway"], where="highway is not null").to_crs(27700)
    kinds = ["trunk", "primary", "secondary", "tertiary", "unclassified", "residential", "service"]
    kind = ways.highway.replace(_OSM_MERGED)
    mean = (ways.length / 1000).groupby(kind).mean()
    return {f"km of {name} way, mean": float(mean[name]) for name in kinds}
