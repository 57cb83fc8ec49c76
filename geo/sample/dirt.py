"""A little planted dirt, all of it listed: readers must find each piece and blame nothing else."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from geo.sample.coordinates import lon_lat
from geo.sample.land import metres

COLUMNS = ("file", "row", "column", "value", "rule")
_UNDATED_YEAR = 2022
# Between the south-west coast and the edge of the map.
_IN_THE_SEA_KM = (3.0, 6.0)


@dataclass(frozen=True)
class Dirt:
    """One piece: file, row (the header is row 1), column, value as written, and what is wrong with it."""

    file: str
    row: int
    column: str
    value: str
    rule: str


def soil_collisions(
    rng: np.random.Generator, table: pd.DataFrame, file: str
) -> tuple[pd.DataFrame, list[Dirt]]:
    """Spoil four collisions: two without coordinates, one impossible date, one unknown severity."""
    table = table.astype(object)
    dated = int(rng.choice(np.where(table["collision_year"] == _UNDATED_YEAR)[0]))
    rows = [int(n) for n in rng.permutation(np.setdiff1d(np.arange(len(table)), [dated]))[:3]]
    grid = ["location_easting_osgr", "location_northing_osgr"]
    table.loc[rows[0], [*grid, "longitude", "latitude"]] = "NULL"
    table.loc[rows[1], grid] = 0
    table.loc[rows[1], ["longitude", "latitude"]] = "NULL"
    table.loc[dated, "date"] = f"31/02/{_UNDATED_YEAR}"
    table.loc[rows[2], "collision_severity"] = 9
    return table, [
        Dirt(file, rows[0] + 2, grid[0], "NULL", "no coordinates: counted, but in no place"),
        Dirt(file, rows[1] + 2, grid[0], "0", "coordinates are zero: counted, but in no place"),
        Dirt(file, dated + 2, "date", f"31/02/{_UNDATED_YEAR}", "no such day: the collision is rejected"),
        Dirt(file, rows[2] + 2, "collision_severity", "9", "not a severity: the collision is rejected"),
    ]


def soil_reports(rng: np.random.Generator, table: pd.DataFrame, file: str) -> tuple[pd.DataFrame, list[Dirt]]:
    """Move one report out to sea."""
    table = table.copy()
    row = int(rng.integers(len(table)))
    sea = np.round(lon_lat(metres(*_IN_THE_SEA_KM)[None]), 6)[0]
    table.loc[row, ["lon", "lat"]] = sea
    return table, [Dirt(file, row + 2, "lat", str(sea[1]), "in the sea: counted, but in no place")]


def dirt_table(dirt: list[Dirt]) -> pd.DataFrame:
    """List the dirt as a table, by file and row."""
    listed = sorted(dirt, key=lambda d: (d.file, d.row))
    return pd.DataFrame([[d.file, d.row, d.column, d.value, d.rule] for d in listed], columns=list(COLUMNS))
