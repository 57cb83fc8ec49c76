"""A little planted dirt, all of it listed: readers must find each piece and blame nothing else."""

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import pandas as pd

from geo.sample.coordinates import lon_lat
from geo.sample.sketch import Sketch

Expect = Literal["rejected", "blanked", "repaired", "note", "unplaced", "harmless"]
COLUMNS = ("file", "row", "column", "value", "rule")
NO_COORDINATES = "no usable coordinates"
BEYOND_BUFFER = "outside every area, beyond the buffer"
OUTSIDE_CRS = "coordinates outside where EPSG:{} may be used"
_UNDATED_YEAR = 2022


@dataclass(frozen=True)
class Dirt:
    """One piece: file, row (the header is row 1), column, value as written, and what is wrong with it.

    `expect` is what should come of it, and `logged` column, value and rule in the pipeline's own words: as
    raw.issue or core.incident_place has them. Row is null where the whole file is meant.
    """

    file: str
    row: int | None
    column: str
    value: str
    rule: str
    expect: Expect
    logged: tuple[str, str, str] | None = None

    def in_pipeline_words(self) -> "Dirt":
        """Return the piece as the pipeline will speak of it."""
        column, value, rule = self.logged or (self.column, self.value, self.rule)
        return replace(self, column=column, value=value, rule=rule, logged=None)


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
    day, code = f"31/02/{_UNDATED_YEAR}", "collision_severity"
    zeros = (", ".join(grid), "0.0, 0.0", OUTSIDE_CRS.format(27700))
    return table, [
        Dirt(file, rows[0] + 2, grid[0], "NULL", "no coordinates: counted, but in no place", "unplaced",
             (grid[0], "NULL", NO_COORDINATES)),
        Dirt(file, rows[1] + 2, grid[0], "0", "coordinates are zero: counted, but in no place", "blanked",
             zeros),
        Dirt(file, dated + 2, "date", day, "no such day: the collision is rejected", "rejected",
             ("date", day, "not a date in the expected format")),
        Dirt(file, rows[2] + 2, code, "9", "not a severity: the collision is rejected", "rejected",
             (code, "9", "not one of the known codes")),
    ]  # fmt: skip


def soil_reports(
    rng: np.random.Generator, table: pd.DataFrame, file: str, sketch: Sketch
) -> tuple[pd.DataFrame, list[Dirt]]:
    """Move one report out to sea."""
    table = table.copy()
    row = int(rng.integers(len(table)))
    sea = np.round(lon_lat(sketch.at_sea[None]), 6)[0]
    table.loc[row, ["lon", "lat"]] = sea
    lat, rule = str(sea[1]), "in the sea: counted, but in no place"
    return table, [Dirt(file, row + 2, "lat", lat, rule, "unplaced", ("lat", lat, BEYOND_BUFFER))]


def dirt_table(dirt: list[Dirt], *, with_expect: bool = False) -> pd.DataFrame:
    """List the dirt as a table, by file and row; with what should come of each piece, if asked."""
    columns = [*COLUMNS, *(["expect"] if with_expect else [])]
    listed = sorted(dirt, key=lambda d: (d.file, d.row or 0))
    table = pd.DataFrame([[getattr(d, column) for column in columns] for d in listed], columns=columns)
    return table.astype({"row": "Int64"})
