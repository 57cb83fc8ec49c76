"""How far the parts of a road lie from each other."""

import numpy as np
import pandas as pd
import shapely


def part_gaps(links: pd.DataFrame) -> pd.DataFrame:
    """Measure how far each part of a road in several parts lies from the nearest other one.

    From link to link over a tree of the road's other links: the distance of whole roads tries every pair of their
    vertices, which takes minutes for a country's longest.

    Args:
        links: ``corridor``, ``road`` and ``geom`` (shapely lines, working CRS, metres) of the links that corridors are
            made of. A road is in parts where several corridors have it.

    Returns:
        ``corridor``, ``part_count`` (of its road, at least 2) and ``gap_m``, for each part of such a road.
    """
    found = []
    for _, of_road in links.groupby("road", sort=True):
        codes, parts = pd.factorize(of_road["corridor"], sort=True)
        shapes = of_road["geom"].to_numpy()
        for n, corridor in enumerate(parts if len(parts) > 1 else []):
            others = shapely.STRtree(shapes[codes != n])
            _, gaps = others.query_nearest(shapes[codes == n], return_distance=True, all_matches=False)
            found.append((corridor, len(parts), float(np.min(gaps))))
    return pd.DataFrame(found, columns=["corridor", "part_count", "gap_m"])
