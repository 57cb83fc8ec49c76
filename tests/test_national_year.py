"""Our part of the benchmark of a national year, on the smallest sample."""

from pathlib import Path

import pytest

from benchmarks.national_year import ours, parts, region_of_year
from queries.models import load_models


@pytest.fixture
def year(sample: Path, tmp_path: Path) -> Path:
    """The smallest sample laid out as the national one: boundaries, roads, and one file of each kind for the year."""
    for file in sample.parent.glob("*.gpkg"):
        (tmp_path / file.name).symlink_to(file)
    for kind in ("collisions", "vehicles", "casualties"):
        (tmp_path / f"{kind}_2023.csv").symlink_to(sample.parent / f"{kind}.csv")
    (tmp_path / sample.name).symlink_to(sample)
    return tmp_path / sample.name


def test_the_year_is_placed_at_two_levels_and_snapped(year: Path, tmp_path: Path) -> None:
    said = ours(region_of_year(year), year.parent, str(tmp_path / "year.duckdb"))
    rows = said["rows"]
    assert rows["vehicles"] > rows["collisions"] > 300
    assert rows["pieces"] >= 2 * rows["links"] > 0
    for placed in ("districts", "authorities", "snapped"):
        assert 0.8 * rows["collisions"] < rows[placed] <= rows["collisions"]
    assert [name for name in said["stages"]["year"] if name.startswith("read ")] == [
        "read collisions",
        "read vehicles",
        "read casualties",
    ]
    assert "core.link_piece" in said["stages"]["network"]


def test_what_reads_an_incident_is_counted_to_the_year() -> None:
    before, after = parts(load_models())
    made = {model.name for model in before}
    assert {"staging.link", "core.area_cover", "core.link_piece"} <= made
    assert all(not one.startswith("core.incident") for one in made)
    assert {"core.incident_place", "core.incident_link", "staging.vehicle"} <= {model.name for model in after}
