"""The benchmarks at a tiny size: contenders agree with each other and with plain distances, and tables are printed."""

import sys
from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
import shapely

from benchmarks import growth, snapping
from benchmarks.snapping_contenders import CONTENDERS, answer
from benchmarks.snapping_inputs import COPY_M, Inputs, write_inputs

POINTS, LINKS = 400, 120


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Roads, collisions and two districts in the columns of the national sample, in clusters 20 km apart."""
    rng, folder = np.random.default_rng(3), tmp_path_factory.mktemp("data")
    towns = np.array([(x, y) for x in range(200_000, 300_000, 20_000) for y in (310_000, 330_000)])
    starts = towns[np.arange(LINKS) % len(towns)] + rng.integers(0, 400, (LINKS, 2))
    lines = shapely.linestrings(np.stack([starts, starts + rng.integers(20, 200, (LINKS, 2))], axis=1))
    gpd.GeoDataFrame(
        {
            "id": [f"L{n:03}" for n in range(LINKS)],
            "road_classification": np.array(["A Road", "Unclassified"])[rng.integers(0, 2, LINKS)],
            "road_classification_number": np.array(["A1", None], dtype=object)[rng.integers(0, 2, LINKS)],
        },
        geometry=lines,
        crs="EPSG:27700",
    ).to_parquet(folder / "roads.parquet")
    xy = towns[np.arange(POINTS) % len(towns)] + rng.integers(-40, 640, (POINTS, 2))
    is_west = xy[:, 0] < 250_000
    pd.DataFrame(
        {
            "collision_index": [f"C{n:03}" for n in range(POINTS)],
            "location_easting_osgr": xy[:, 0],
            "location_northing_osgr": xy[:, 1],
            "local_authority_ons_district": np.where(is_west, "W", "E"),
            "first_road_class": rng.integers(3, 7, POINTS),
            "first_road_number": rng.integers(0, 2, POINTS),
        }
    ).to_parquet(folder / "collisions.parquet")
    areas = [shapely.box(100_000, 200_000, 250_000, 400_000), shapely.box(250_000, 200_000, 350_000, 400_000)]
    gpd.GeoDataFrame({"LAD24CD": ["W", "E"]}, geometry=areas, crs="EPSG:27700").to_parquet(
        folder / "districts.parquet"
    )
    return folder


@pytest.fixture(scope="module")
def inputs(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Inputs:
    return write_inputs(data, tmp_path_factory.mktemp("inputs"))


def nearest(inputs: Inputs) -> dict[int, tuple[int, float]]:
    """Link and distance of each point by comparing it with every link."""
    points, links = pq.read_table(inputs.points).to_pandas(), pq.read_table(inputs.links).to_pandas()
    lines = shapely.from_wkb(links["wkb"].to_numpy())
    apart = np.round(shapely.distance(shapely.points(points[["x", "y"]].to_numpy())[:, None], lines), 6)
    found = {}
    for row, id_ in zip(apart, points["id"], strict=True):
        best = int(np.argmin(row))
        if row[best] <= inputs.tolerance_m and id_ % inputs.take_every == 0:
            found[int(id_)] = (int(links["link"][best]), float(row[best]))
    return found


@pytest.mark.parametrize("name", CONTENDERS)
@pytest.mark.parametrize("take_every", [1, 3])
def test_every_contender_finds_the_nearest(inputs: Inputs, name: str, take_every: int) -> None:
    if name.startswith("SedonaDB"):
        pytest.importorskip("sedonadb")
    given = replace(inputs, take_every=take_every)
    with CONTENDERS[name](given) as con:
        rows = answer(con).to_pandas()
    expected = nearest(given)
    assert 40 < len(expected) < POINTS
    assert rows["id"].tolist() == sorted(expected)
    for id_, link, distance in rows.itertuples(index=False):
        assert distance == pytest.approx(expected[id_][1], abs=1.5e-6)
        # Which of equals SedonaDB's nearest neighbour is, it does not say.
        assert link == expected[id_][0] or name == "SedonaDB ST_KNN"


def test_snapping_prints_a_table(
    data: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    only = ["--only", "ours, whole", "--only", "shapely query_nearest"]
    monkeypatch.setattr(sys, "argv", ["snapping", str(data), "--runs", "1", *only])
    snapping.main()
    printed = capfd.readouterr().out
    assert "the same distances: True" in printed
    assert "have another than the plainly nearest" in printed
    [row] = [line for line in printed.splitlines() if line.startswith("| ours, whole |")]
    assert float(row.split("|")[-2]) > 0.05


def test_contenders_that_differ_are_found_out(
    inputs: Inputs, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def shorter(given: Inputs):
        return CONTENDERS["shapely query_nearest"](replace(given, tolerance_m=given.tolerance_m / 2))

    monkeypatch.setitem(CONTENDERS, "ours, whole", shorter)
    assert not snapping.compare(inputs, ["ours, nearest only", "ours, whole"])
    assert "the same distances: False" in capsys.readouterr().out


def test_copies_lie_beside_each_other_and_are_snapped_alike(data: Path, tmp_path: Path) -> None:
    twice = write_inputs(data, tmp_path, 2)
    assert (twice.count(), twice.count(of_links=True)) == (2 * POINTS, 2 * LINKS)
    with CONTENDERS["ours, nearest only"](twice) as con:
        distance_m = answer(con).to_pandas().set_index("id")["distance_m"]
    points = pq.read_table(twice.points).to_pandas().set_index("id")
    by_copy = [
        distance_m[points.loc[distance_m.index, "x"].ge(COPY_M) == is_copy] for is_copy in (False, True)
    ]
    assert sorted(by_copy[0]) == pytest.approx(sorted(by_copy[1]), abs=1e-6)


def test_a_part_holds_whole_tiles_of_links_and_points(data: Path, tmp_path: Path) -> None:
    part = write_inputs(data, tmp_path, 0.5)
    points, links = pq.read_table(part.points).to_pandas(), pq.read_table(part.links).to_pandas()
    assert 0 < len(points) < POINTS
    assert 0 < len(links) < LINKS
    starts = shapely.get_coordinates(shapely.get_point(shapely.from_wkb(links["wkb"].to_numpy()), 0))
    tiles = {tuple(xy) for xy in (starts // 20_000).astype(int)}
    whole = pq.read_table(data / "roads.parquet").to_pandas()
    first = shapely.get_coordinates(shapely.get_point(shapely.from_wkb(whole["geometry"].to_numpy()), 0))
    assert len(links) == sum(tuple(xy) in tiles for xy in (first // 20_000).astype(int))


def test_growth_measures_parts_and_copies(
    data: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["growth", str(data), "--sizes", "0.5", "2"])
    growth.main()
    printed = capsys.readouterr().out
    assert f"| snapping, whole | 2 | {2 * POINTS:,} |" in printed
    assert f"| placement, cover built | 2 | {2 * POINTS:,} |" in printed
    assert "placement, cover built | 0.5 |" in printed


def test_the_power_is_one_where_time_is_linear() -> None:
    rows = [growth.Measured("snapping", n, n, wall=0.5 * n, processor=n) for n in (1, 3, 10)]
    assert growth.slope(rows) == pytest.approx(1)
    squared = [replace(row, wall=row.points**2) for row in rows]
    assert growth.slope(squared) == pytest.approx(2)


def test_the_plot_is_drawn_alike_twice(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    rows = [growth.Measured("snapping", n, n, wall=0.5 * n, processor=n) for n in (1, 3, 10)]
    for name in ("one.svg", "two.svg"):
        growth.draw(rows, tmp_path / name)
    text = (tmp_path / "one.svg").read_text("utf-8")
    assert "snapping (power 1.00)" in text
    assert text == (tmp_path / "two.svg").read_text("utf-8")
