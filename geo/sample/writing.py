"""Boundaries, facts about areas, and roads, written to their files."""

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.sample import files, region
from geo.sample.osm import osm_table, with_other_tags
from geo.sample.road_table import road_table
from geo.sample.world import Streams, World

# Code, name and code of the area above, as boundary files call them, coarse to fine.
_COLUMNS = (
    ("CAUTH24CD", "CAUTH24NM", None),
    ("CTYUA24CD", "CTYUA24NM", "CAUTH24CD"),
    ("LAD24CD", "LAD24NM", "CTYUA24CD"),
    ("WD24CD", "WD24NM", "LAD24CD"),
    ("LSOA21CD", "LSOA21NM", "WD24CD"),
)


def write_areas(world: World, out: Path, paths: tuple[str, ...] = region.AREA_FILES) -> None:
    """Write the boundaries of every level, and one table of facts about all areas."""
    levels = world.geography.levels
    for level, columns, path in zip(levels, _COLUMNS, paths, strict=True):
        files.write_features(files.area_frame(level, *columns), out / path)
    facts = pd.concat(
        pd.DataFrame(
            {
                "area_code": level.codes,
                "area_name": level.names,
                "parent_code": level.parents,
                "population": level.people,
                "deprivation": level.deprivation,
                "rural_share": level.rural_share,
            }
        )
        for level in levels
    )
    # An authority that is its own district is one area, told of at its upper level.
    files.write_table(facts.drop_duplicates("area_code"), out / region.AREA_FACTS)


def write_former_authorities(world: World, out: Path) -> bool:
    """Write the boundaries of the authorities that were merged, as they were.

    Returns:
        False, and no file, where the region has no merged authority.
    """
    path, truth = out / region.FORMER_AUTHORITIES, world.truth
    path.unlink(missing_ok=True)
    if truth.merged_authority not in world.codes:
        return False
    areas, owner = world.geography.small_areas, world.geography.authority_of_small_area
    is_own = owner == world.codes.index(truth.merged_authority)
    # Where all people live in one ward, one of the two has no land.
    held = {code: is_own & (world.earlier == code) for code in truth.predecessors}
    held = {code: own for code, own in held.items() if own.any()}
    shapes = [shapely.normalize(shapely.coverage_union_all(areas.polygons[own])) for own in held.values()]
    named = {"CTYUA21CD": [*held], "CTYUA21NM": [truth.predecessors[code] for code in held]}
    files.write_features(gpd.GeoDataFrame(named, geometry=shapes, crs="EPSG:27700"), path)
    return True


def write_roads(random: Streams, world: World, out: Path) -> None:
    """Write the roads twice: as OS Open Roads has them, and as OpenStreetMap would."""
    roads = road_table(random["roads"], world.links, world.sketch, world.places)
    files.write_features(roads, out / region.ROADS)
    ways = osm_table(
        random["osm"],
        world.links,
        numbers=list(roads["road_classification_number"]),
        names=list(roads["name_1"]),
        forms=list(roads["form_of_way"]),
        is_trunk=np.asarray(world.is_trunk),
    )
    files.write_features(with_other_tags(ways), out / region.OSM_ROADS, layer="lines")
