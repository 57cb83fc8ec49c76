"""Placement against shapely and geopandas, which know nothing of grids: every incident, at two levels."""

import geopandas as gpd
import numpy as np
import pytest
import shapely

from tests.queries.drawing import CRS, Bench


def coverage(rng: np.random.Generator, count: int, side: float) -> gpd.GeoDataFrame:
    """Random polygons that tile a square without gaps, save one that is cut out of its neighbours."""
    seeds = shapely.MultiPoint(rng.uniform(0, side, (count, 2)))
    cells = shapely.voronoi_polygons(seeds, extend_to=shapely.box(0, 0, side, side), ordered=True)
    clipped = shapely.intersection(np.array(cells.geoms), shapely.box(0, 0, side, side))
    # Off the grid, and to the metre, so that shared borders have the same vertices on both sides.
    moved = shapely.transform(clipped, lambda xy: np.round(xy) + np.array([250, 350]))
    kept = moved[:-1]
    return gpd.GeoDataFrame({"area_code": [f"a{n:03}" for n in range(len(kept))]}, geometry=kept, crs=CRS)


def points(rng: np.random.Generator, areas: list[gpd.GeoDataFrame], side: float) -> np.ndarray:
    """Random points, points on cell edges and corners, and vertices of the areas."""
    anywhere = rng.uniform(-1500, side + 1500, (1500, 2))
    on_edges = np.round(rng.uniform(-1, side / 1000 + 1, (150, 2))) * 1000
    half = rng.uniform(0, side, (300, 2))
    half[:150, 0] = np.round(half[:150, 0] / 1000) * 1000
    half[150:, 1] = np.round(half[150:, 1] / 1000) * 1000
    vertices = np.concatenate([shapely.get_coordinates(a.geometry.to_numpy()) for a in areas])
    middles = (vertices[:-1] + vertices[1:]) / 2
    return np.concatenate([anywhere, on_edges, half, vertices, middles])


def fill(bench: Bench, areas: dict[str, gpd.GeoDataFrame], xy: np.ndarray) -> None:
    bench.draw("staging.area", "area_level").draw("core.area", "area_level").draw("core.incident", "source")
    bench.draw("raw.source", "source | region | kind\ns | here | collisions")
    bench.draw("raw.level", "area_level | position\n" + "\n".join(f"{n} | {i}" for i, n in enumerate(areas)))
    for level, frame in areas.items():
        rows = [
            (level, c, shapely.to_wkb(g)) for c, g in zip(frame["area_code"], frame.geometry, strict=True)
        ]
        bench.con.executemany(
            f"INSERT INTO staging.area (area_level, area_code, geom) VALUES (?, ?, st_setcrs(st_geomfromwkb(?), '{CRS}'))",
            rows,
        )
    bench.con.execute(
        "INSERT INTO core.area (region, area_level, area_code) SELECT 'here', area_level, area_code FROM staging.area"
    )
    bench.con.execute("CREATE OR REPLACE TEMP TABLE xy (n BIGINT, x DOUBLE, y DOUBLE)")
    bench.con.executemany(
        "INSERT INTO xy VALUES (?, ?, ?)", [(n, x, y) for n, (x, y) in enumerate(xy.tolist())]
    )
    bench.con.execute(
        "INSERT INTO core.incident (incident_kind, source, incident_id, geom) "
        f"SELECT 'collision', 's', n::VARCHAR, st_setcrs(st_point(x, y), '{CRS}') FROM xy"
    )


def by_geopandas(frame: gpd.GeoDataFrame, xy: np.ndarray) -> dict[int, tuple[str | None, bool]]:
    """Lowest code of the areas that a point lies in or on, and whether there are several."""
    incidents = gpd.GeoDataFrame(geometry=shapely.points(xy), crs=CRS)
    joined = gpd.sjoin(incidents, frame, predicate="intersects")
    codes = joined.groupby(level=0)["area_code"].agg(["min", "count"])
    found: dict[int, tuple[str | None, bool]] = dict.fromkeys(range(len(xy)), (None, False))
    for n, code, count in codes.itertuples():
        found[n] = (code, count > 1)
    return found


def distances(frame: gpd.GeoDataFrame, xy: np.ndarray, within: float) -> dict[tuple[int, str], float]:
    at = shapely.points(xy)
    areas = frame.geometry.to_numpy()
    near = shapely.STRtree(areas).query(at, predicate="dwithin", distance=within)
    return {
        (int(p), str(frame["area_code"].iloc[a])): float(shapely.distance(at[p], areas[a])) for p, a in near.T
    }


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_every_incident_is_placed_where_geopandas_places_it(bench, seed):
    rng = np.random.default_rng(seed)
    side = 9000.0
    areas = {"authority": coverage(rng, 8, side), "ward": coverage(rng, 60, side)}
    xy = points(rng, [*areas.values()], side)
    fill(bench, areas, xy)
    bench.build("core.area_cover", "core.incident_place", "core.incident_near_area")
    rows = bench.rows("core.incident_place", "incident_id area_level area_code is_tied unplaced_reason")
    assert len(rows) == 2 * len(xy)
    near = bench.rows("core.incident_near_area", "incident_id area_level area_code distance_m")
    for level, frame in areas.items():
        found = {int(i): (code, tied) for i, of, code, tied, _ in rows if of == level}
        truth = by_geopandas(frame, xy)
        assert {n: (found[n], truth[n]) for n in truth if found[n] != truth[n]} == {}
        assert any(tied for _, tied in truth.values())
        outside = {n for n, (code, _) in truth.items() if code is None}
        buffered = {n for n, _ in distances(frame, xy, 2000)} & outside
        assert {int(i) for i, of, *_, why in rows if of == level and why and "within" in why} == buffered
        near_found = {(int(i), code): d for i, of, code, d in near if of == level}
        near_truth = {k: d for k, d in distances(frame, xy, 25).items() if truth[k[0]][0] != k[1]}
        assert near_found == pytest.approx(near_truth, abs=1e-6)
        assert near_truth


def test_the_coverage_of_the_oracle_has_shared_borders_and_a_gap():
    frame = coverage(np.random.default_rng(1), 30, 9000)
    assert shapely.coverage_is_valid(frame.geometry.to_numpy())
    assert frame.area.sum() < 9000**2 * 0.999
