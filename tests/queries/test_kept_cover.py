"""Covers outlive a run, level by level: the table is the same, and only what changed is built again."""

from typing import Any

import pytest

from geo.cover import grid_cover
from queries.build import build_model
from queries.models import load_models
from tests.queries.drawing import Bench

AREAS = """
    area_level | area_code | geom
    authority  | A         | POLYGON ((0 0, 3000 0, 3000 2000, 0 2000, 0 0))
    ward       | a1        | POLYGON ((0 0, 1500 0, 1500 2000, 0 2000, 0 0))
    ward       | a2        | POLYGON ((1500 0, 3000 0, 3000 2000, 1500 2000, 1500 0))
"""


def cover_rows(bench: Bench) -> list[tuple[Any, ...]]:
    return bench.con.execute(
        "SELECT area_level, area_code, cell_x, cell_y, st_astext(piece) FROM core.area_cover ORDER BY ALL"
    ).fetchall()


def test_only_the_level_that_changed_is_covered_again(bench, tmp_path, monkeypatch: pytest.MonkeyPatch):
    built: list[int] = []

    def counted(shapes: Any, cell_m: float) -> Any:
        built.append(len(shapes))
        return grid_cover(shapes, cell_m)

    monkeypatch.setattr("geo.cover_cache.grid_cover", counted)
    model = load_models()["core.area_cover"]
    bench.draw("staging.area", AREAS)
    build_model(bench.con, model)
    plain = cover_rows(bench)
    built.clear()
    for _ in range(2):
        build_model(bench.con, model, tmp_path / "keep")
        assert cover_rows(bench) == plain
    assert built == [1, 2]
    bench.con.execute(
        "UPDATE staging.area SET geom = st_setcrs(st_geomfromtext("
        "'POLYGON ((0 0, 1400 0, 1400 2000, 0 2000, 0 0))'), 'EPSG:27700') WHERE area_code = 'a1'"
    )
    build_model(bench.con, model, tmp_path / "keep")
    assert built == [1, 2, 2]
    changed = cover_rows(bench)
    assert changed != plain
    build_model(bench.con, model)
    assert cover_rows(bench) == changed
    assert len([*(tmp_path / "keep").iterdir()]) == 2
