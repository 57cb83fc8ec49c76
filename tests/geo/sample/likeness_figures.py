"""What all comparisons of the sample with real regions need: people, shares and spread."""

from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

# Figures by name; those of a name before a slash are one profile, of which the table shows the worst part.
Figures = dict[str, float]

BATH, WALTHAM, CAMBRIDGESHIRE = "E06000022", "E09000031", ("E10000003", "E06000031")
MANCHESTER = [f"E080000{n:02}" for n in range(1, 11)]
LANCASHIRE = ["E10000017", "E06000008", "E06000009"]
YEARS = 5


def people(data: Path, *codes: str) -> float:
    """Return how many people live in authorities, in 2020."""
    table = pd.read_csv(data / "national/mysociety_uk_local_authorities_future.csv")
    return float(table[table["gss-code"].isin(codes)]["pop-2020"].sum())


def sample_people(folder: Path) -> "pd.Series[Any]":
    """Return the people of each small area of the sample."""
    codes = gpd.read_file(folder / "small_areas.gpkg", ignore_geometry=True).LSOA21CD
    facts = pd.read_csv(folder / "area_facts.csv").set_index("area_code")
    persons: pd.Series[Any] = facts.loc[codes.to_list(), "population"]
    return persons


def spread(counts: Any) -> float:
    """Return how much counts vary beyond chance: coefficient of variation, the Poisson part taken off."""
    counts = np.asarray(counts, dtype=np.float64)
    return float(np.sqrt(max(counts.var(ddof=1) - counts.mean(), 0.0)) / counts.mean())


def shares(values: "pd.Series[Any]", prefix: str) -> Figures:
    return {f"{prefix}{name}": float(part) for name, part in values.value_counts(normalize=True).items()}
