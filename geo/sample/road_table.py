"""Links under the columns of OS Open Roads."""

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.arrays import Ints
from geo.sample.links import Links
from geo.sample.names import street_names
from geo.sample.places import Places
from geo.sample.plan import A_ROAD
from geo.sample.sketch import Sketch
from geo.sample.streets import street_of

_IDS_AT_A_TIME = 200_000
_FUNCTIONS = ("Motorway", "A Road", "B Road", "Minor Road", "Local Road", "Local Access Road")


def road_table(rng: np.random.Generator, links: Links, sketch: Sketch, places: Places) -> gpd.GeoDataFrame:
    """Return the links in the columns of OS Open Roads (layer road_link, EPSG:27700)."""
    numbers = np.array([*(r.number for r in sketch.routes), None], dtype=object)
    trunk = np.array([r.trunk for r in sketch.routes] + [False])[links.route]
    street = street_of(links, places, sketch.street_m)
    streets = np.array([*street_names(rng, int(street.max(initial=-1)) + 1), None], dtype=object)[street]
    return gpd.GeoDataFrame(
        {
            "id": link_ids(links),
            "fictitious": False,
            "road_classification": links.class_names,
            "road_function": [_FUNCTIONS[c] for c in links.road_class],
            "form_of_way": links.form_of_way,
            "road_classification_number": numbers[links.route],
            "name_1": streets,
            "road_structure": None,
            "length": np.round(shapely.length(links.lines)).astype(np.int32),
            "length_uom": "m",
            "loop": links.nodes[:, 0] == links.nodes[:, 1],
            "primary_route": trunk | (links.road_class == A_ROAD),
            "trunk_road": trunk,
            "start_node": _node_ids(links.nodes[:, 0]),
            "end_node": _node_ids(links.nodes[:, 1]),
        },
        geometry=links.lines,
        crs="EPSG:27700",
    ).astype({"road_structure": pd.StringDtype()})


def link_ids(links: Links) -> Any:
    """Return the published identifier of each link, as an array of text."""
    return _ids("4C494E4B-8000-4D06-8000-", np.arange(1, len(links) + 1))


def _node_ids(nodes: Ints) -> Any:
    return _ids("4E4F4445-8000-4D06-8000-", nodes)


def _ids(prefix: str, numbers: Ints) -> Any:
    # In portions: a country's worth of Python strings would take a gigabyte.
    portions = (numbers[n : n + _IDS_AT_A_TIME] for n in range(0, len(numbers), _IDS_AT_A_TIME))
    arrays = [pd.array([f"{prefix}{n:012X}" for n in part.tolist()], dtype="str") for part in portions]
    return pd.concat([pd.Series(a) for a in arrays], ignore_index=True).array
