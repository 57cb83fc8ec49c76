"""From the national grid to longitude and latitude, the same on every machine."""

import numpy as np
import shapely
from pyproj import Transformer

from geo.arrays import Floats, Objects

# EPSG:1314, written out: left to choose, PROJ takes whatever grid files a machine happens to have.
_TO_LON_LAT = Transformer.from_pipeline(
    "+proj=pipeline "
    "+step +inv +proj=tmerc +lat_0=49 +lon_0=-2 +k=0.9996012717 +x_0=400000 +y_0=-100000 +ellps=airy "
    "+step +proj=push +v_3 +step +proj=cart +ellps=airy "
    "+step +proj=helmert +x=446.448 +y=-125.157 +z=542.06 +rx=0.15 +ry=0.247 +rz=0.842 +s=-20.489 "
    "+convention=position_vector "
    "+step +inv +proj=cart +ellps=WGS84 +step +proj=pop +v_3 "
    "+step +proj=unitconvert +xy_in=rad +xy_out=deg"
)


def lon_lat(xy: Floats) -> Floats:
    """Turn EPSG:27700 metres into EPSG:4326 degrees, longitude first."""
    return np.column_stack(_TO_LON_LAT.transform(xy[:, 0], xy[:, 1]))


def geometries_in_lon_lat(geometries: Objects) -> Objects:
    """Turn EPSG:27700 geometries into EPSG:4326, longitude first."""
    return np.asarray(shapely.transform(geometries, lon_lat))
