"""Two regions that share a border, read in one run, say what one region drawn round both says."""

from pathlib import Path

import geopandas as gpd
import pytest

from geo.errors import RegionError, SourceError
from geo.region import Region, combine, read_region
from geo.sources import Areas, Source
from tests.building import Built, build_in_memory
from tests.tiny import write_tiny_region

# Whatever names a source is left out: there the two differ by design.
TABLES = {
    "core.incident_place": "incident_kind, incident_id, area_level, area_code, is_tied, unplaced_reason is null",
    "core.incident_near_area": "incident_kind, incident_id, area_level, area_code, distance_m",
    "core.incident_link": "incident_kind, incident_id, link_id, distance_m, chainage_m, candidate_count, confidence",
    "core.incident_authority": "incident_kind, incident_id, located_code, recorded_code, agreement, neighbour_code",
    "core.incident_responsible": "incident_kind, incident_id, responsible_code, is_shared, reason",
    "core.incident_section": "incident_kind, incident_id, corridor, section",
    "core.link_piece": "* exclude (source)",
    "core.corridor_section": "* exclude (source)",
    "core.border_crossing": "* exclude (place)",
    "core.area_neighbour": "*",
    "core.exposure": "*",
    "marts.outcome": "* exclude (source)",
    "marts.comparison": "*",
    "marts.corridor_section": "* exclude (source)",
    "marts.numbered_road": "* exclude (source)",
}


def halves(region: Region, data: Path) -> list[Region]:
    """Return a western and an eastern region; each has the other's areas as context and names the same files."""
    [top] = [s for s in region.source if isinstance(s, Areas) and s.level == region.authority_level]
    authorities = gpd.read_file(data / top.path[0])
    middle = authorities.representative_point().x.median()
    both = []
    for name in ("west", "east"):
        sources: list[Source] = [s for s in region.source if not isinstance(s, Areas)]
        for s in region.source:
            if not isinstance(s, Areas):
                continue
            areas = gpd.read_file(data / s.path[0])
            column = s.code or next(
                c for c in areas.columns if areas[c].is_unique and c.upper().endswith("CD")
            )
            is_west = areas.representative_point().x < middle
            for own, is_here in ((True, is_west == (name == "west")), (False, is_west != (name == "west"))):
                if is_here.any():
                    codes = areas.loc[is_here, column].tolist()
                    more = {
                        "id": f"{s.id}-{'own' if own else 'beyond'}",
                        "context": not own,
                        "where": {column: codes},
                    }
                    sources.append(s.model_copy(update=more))
        both.append(region.model_copy(update={"name": name, "source": sources}))
    return both


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_tiny_region(tmp_path_factory.mktemp("two"))


@pytest.fixture(scope="module", params=["tiny", "sample"])
def builds(request: pytest.FixtureRequest) -> tuple[Built, Built]:
    """A region built as one and as two."""
    file: Path = request.getfixturevalue(request.param)
    region = read_region(file)
    return build_in_memory(region, file.parent), build_in_memory(
        combine(halves(region, file.parent)), file.parent
    )


@pytest.mark.parametrize("table", TABLES)
def test_both_say_what_one_says(builds: tuple[Built, Built], table: str) -> None:
    query = f"select {TABLES[table]} from {table} order by all"
    one, both = (build.rows(query) for build in builds)
    assert len(one) > 0
    assert [rounded(row) for row in both] == [rounded(row) for row in one]


def rounded(row: tuple[object, ...]) -> list[object]:
    # The order in which weights of a survey are added up moves the last digits.
    return [float(f"{value:.9g}") if isinstance(value, float) else value for value in row]


def test_no_check_refuses_them(builds: tuple[Built, Built]) -> None:
    assert builds[1].refused == builds[0].refused == []


def test_rows_of_a_file_both_name_are_kept_once_and_accounted_for(tiny: Path) -> None:
    both = build_in_memory(combine(halves(read_region(tiny), tiny.parent)), tiny.parent)
    rows = both.rows(
        "select source, rows_read, rows_accepted, rows_left_out from raw.source_file "
        "where file = 'collisions.csv' order by all"
    )
    assert rows == [("east-collisions", 60, 0, 60), ("west-collisions", 60, 60, 0)]
    assert both.one("select count(*) from raw.link") == 3
    assert both.one("select count(*) from raw.satisfaction_score") == 4


def test_one_of_them_alone_publishes_its_own_areas_and_sees_the_road_beyond(tiny: Path) -> None:
    west, _ = halves(read_region(tiny), tiny.parent)
    alone = build_in_memory(west, tiny.parent)
    assert alone.rows("select distinct area_code from marts.outcome order by all") == [
        ("A1",),
        ("A1N",),
        ("A1S",),
    ]
    assert alone.one("select count(distinct area_code) from core.corridor_section") == 2
    # Its road ends at the western edge, and again beyond the eastern one.
    assert alone.rows("select corridor, cut_off_count from core.corridor") == [("A6001/1", 2)]
    assert alone.one("select bool_and(is_cut_off) from marts.corridor_section") is True


def changed(region: Region, kind: str, **update: object) -> Region:
    sources = [s.model_copy(update=update) if s.kind == kind else s for s in region.source]
    return region.model_copy(update={"source": sources})


def test_figures_read_in_another_way_are_other_figures_and_what_happened_is_not(tiny: Path) -> None:
    west, east = halves(read_region(tiny), tiny.parent)
    east = changed(east, "collisions", columns={"severity": "collision_severity"})
    east = changed(east, "satisfaction_scores", indicators={"overall": "satisfaction_walking"})
    both = build_in_memory(combine([west, east]), tiny.parent)
    assert both.one("select count(*) from raw.collision") == 60
    assert both.one("select count(*) from raw.satisfaction_score") == 8


def test_a_file_that_only_one_of_them_may_publish_is_refused(tiny: Path) -> None:
    west, east = halves(read_region(tiny), tiny.parent)
    shy = changed(east, "reports", publish="nothing")
    with pytest.raises(SourceError, match="one says publish = 'rows' and the other 'nothing'"):
        build_in_memory(combine([west, shy]), tiny.parent)


def of_levels(region: Region, name: str, *levels: str) -> Region:
    area = next(s for s in region.source if isinstance(s, Areas))
    sources = [area.model_copy(update={"id": level, "level": level}) for level in levels]
    return region.model_copy(update={"name": name, "source": sources})


def test_a_level_that_one_of_them_lacks_keeps_its_place(tiny: Path) -> None:
    region = read_region(tiny)
    west = of_levels(region, "west", "authority", "small")
    east = of_levels(region, "east", "combined", "authority", "ward", "small")
    assert combine([west, east]).levels == ["combined", "authority", "ward", "small"]


def test_levels_in_contrary_orders_are_refused(tiny: Path) -> None:
    region = read_region(tiny)
    west, east = (
        of_levels(region, "west", "authority", "ward"),
        of_levels(region, "east", "ward", "authority"),
    )
    with pytest.raises(
        RegionError, match=r"different orders \(west: authority, ward; east: ward, authority\)"
    ):
        combine([west, east])
