"""STATS19 as it was published until 2023: accident_* columns, and adjusted severity in a file of its own."""

from typing import Literal

import numpy as np
import pandas as pd

from geo.sample import stats19

Kind = Literal["collisions", "casualties", "vehicles"]

# Old column: new column, where it is not the same.
_NEW_NAMES = {
    "accident_index": "collision_index",
    "accident_year": "collision_year",
    "accident_reference": "collision_ref_no",
    "accident_severity": "collision_severity",
    "pedestrian_crossing_human_control": "pedestrian_crossing_human_control_historic",
    "pedestrian_crossing_physical_facilities": "pedestrian_crossing_physical_facilities_historic",
}
# New columns that the old files did not have.
_LATER = {
    "local_authority_highway_current",
    "junction_detail_historic",
    "pedestrian_crossing",
    "carriageway_hazards_historic",
    "enhanced_severity_collision",
    "collision_injury_based",
    "collision_adjusted_severity_serious",
    "collision_adjusted_severity_slight",
    "enhanced_casualty_severity",
    "casualty_injury_based",
    "casualty_adjusted_severity_serious",
    "casualty_adjusted_severity_slight",
    "casualty_distance_banding",
    "vehicle_manoeuvre_historic",
    "vehicle_location_restricted_lane_historic",
    "journey_purpose_of_driver_historic",
    "escooter_flag",
    "driver_distance_banding",
}
# Before which column the old files had one that is gone.
_GONE = {"casualty_imd_decile": "casualty_home_area_type", "lsoa_of_driver": "driver_home_area_type"}
_COLUMNS = {
    "collisions": stats19.COLLISION_COLUMNS,
    "casualties": stats19.CASUALTY_COLUMNS,
    "vehicles": stats19.VEHICLE_COLUMNS,
}


def old_columns(kind: Kind) -> list[str]:
    """Return the columns of an old file, in order."""
    old_names = {new: old for old, new in _NEW_NAMES.items()}
    kept = [column for column in _COLUMNS[kind] if column not in _LATER]
    return [old_names.get(name, name) for column in kept for name in (_GONE.get(column), column) if name]


def old_names(table: pd.DataFrame, kind: Kind) -> pd.DataFrame:
    """Return a table as it was published until 2023; such files begin with a byte-order mark.

    Args:
        table: rows in the columns of 2020-24.
        kind: collisions, casualties or vehicles.
    """
    columns = {old: _NEW_NAMES.get(old, old) for old in old_columns(kind)}
    missing = np.full(len(table), stats19.MISSING)
    return pd.DataFrame({old: table.get(new, missing) for old, new in columns.items()}, index=table.index)


def severity_adjustments(casualties: pd.DataFrame) -> pd.DataFrame:
    """Return the adjusted severity of casualties, which was a file of its own beside the old ones."""
    columns = {
        "accident_index": "collision_index",
        "Vehicle_Reference": "vehicle_reference",
        "Casualty_Reference": "casualty_reference",
        "Adjusted_Severity_Serious": "casualty_adjusted_severity_serious",
        "Adjusted_Severity_Slight": "casualty_adjusted_severity_slight",
        "Injury_Based": "casualty_injury_based",
    }
    return pd.DataFrame({old: casualties[new] for old, new in columns.items()})
