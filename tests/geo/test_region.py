"""The region file: what it may say, and that each error names file, key, value and what is allowed."""

from datetime import date
from pathlib import Path
from textwrap import dedent

import pytest

from geo.errors import RegionError
from geo.region import Region, combine, read_region
from geo.sources import Casualties

GOOD = """
    name = "north"
    title = "The north"
    basis_on = 2024-12-31
    authority_level = "district"

    [[source]]
    kind = "areas"
    id = "districts"
    title = "Districts"
    level = "district"
    path = "a/districts.gpkg"

    [[source]]
    kind = "collisions"
    id = "crashes"
    title = "Crashes"
    path = ["crashes-2022.csv", "crashes-2023.csv"]
    columns = { collision_id = "Ref" }
    where = { Force = "Kent" }
    licence = "OGL v3"
    publish = "rows"

    [[source]]
    kind = "casualties"
    id = "hurt"
    title = "People hurt"
    path = "casualties.csv"
    of = "crashes"
"""


# Keys of GOOD to put others before or behind; {} in a case stands for the key itself.
BASIS, PATH, COLUMNS = "basis_on = 2024-12-31", 'path = "a/', "columns ="


def write(folder: Path, text: str, name: str = "north.toml") -> Path:
    path = folder / name
    path.write_text(dedent(text), "utf-8")
    return path


def changed(folder: Path, old: str, new: str) -> Path:
    assert GOOD.count(old) == 1
    return write(folder, GOOD.replace(old, new.replace("{}", old)))


def region(folder: Path, name: str, **settings: str) -> Region:
    text = GOOD.replace('name = "north"', f'name = "{name}"')
    for key, value in settings.items():
        text = f"    {key} = {value}\n{text}"
    return read_region(write(folder, text, f"{name}.toml"))


def test_a_good_file_is_read_with_its_defaults(tmp_path: Path) -> None:
    read = read_region(write(tmp_path, GOOD))
    assert (read.name, read.basis_on, read.crs) == ("north", date(2024, 12, 31), "EPSG:27700")
    assert (read.buffer_m, read.border_tolerance_m, read.snap_tolerance_m) == (2000, 25, 50)
    assert read.comparators == ["all_areas"]
    assert read.levels == ["district"]
    areas, crashes, hurt = read.source
    assert areas.path == ["a/districts.gpkg"]
    assert (areas.publish, areas.licence) == ("nothing", "not stated")
    assert crashes.path == ["crashes-2022.csv", "crashes-2023.csv"]
    assert crashes.model_dump()["where"] == {"Force": ["Kent"]}
    assert isinstance(hurt, Casualties)
    assert hurt.of == "crashes"
    assert read.region_of("crashes") == "north"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('title = "The north"', 'titel = "x"', ["key 'title' is missing", "key 'titel' is not known", "authority_level"]),
        ('title = "Crashes"', 'title = "x"\n    licens = "x"', ["key 'source.crashes.licens' is not known", "licence"]),
        ('name = "north"', "", ["key 'name' is missing"]),
        ('name = "north"', 'name = "The North"', ["key 'name' = 'The North'"]),
        ('"a/districts.gpkg"', '"/a/districts.gpkg"', ["source.districts.path", "'/a/districts.gpkg'", "below the data root"]),
        ('"a/districts.gpkg"', '"a/../../b.gpkg"', ["source.districts.path", "'a/../../b.gpkg'", "without '..'"]),
        (PATH, 'crs = "27700"\n    {}', ["source.districts.crs' = '27700'", "EPSG:27700"]),
        (PATH, 'crs = "EPSG:99999"\n    {}', ["'EPSG:99999'", "no such code"]),
        (BASIS, '{}\n    crs = "EPSG:4326"', ["key 'crs' = 'EPSG:4326'", "projected, in metres"]),
        (BASIS, 'basis_on = "soon"', ["key 'basis_on' = 'soon'", "date"]),
        (BASIS, "{}\n    buffer_m = -1", ["key 'buffer_m' = -1", "greater than or equal to 0"]),
        (
            BASIS,
            '{}\n    comparators = ["best"]',
            ["'comparators.1' = 'best'", "'all_areas', 'parent', 'family' or 'statistical_neighbours'"],
        ),
        ('licence = "OGL v3"', "", ["source.crashes", "publish = 'rows' needs a licence", "'nothing'"]),
        ('publish = "rows"', 'publish = "some"', ["source.crashes.publish' = 'some'", "'rows', 'aggregates' or 'nothing'"]),
        ("{ collision_id =", "{ colission_id =", ["source.crashes", "columns: no field 'colission_id'", "collision_id"]),
        (COLUMNS, 'values = { sevrity = { K = "fatal" } }\n    {}', ["values: no field 'sevrity'", "severity"]),
        (COLUMNS, 'values = { severity = { K = "dead" } }\n    {}', ["'K' is mapped to 'dead'", "fatal, serious, slight"]),
        (COLUMNS, "period_start = 2024-01-01\n    period_end = 2023-01-01\n    {}", ["period_start is after period_end"]),
        ('authority_level = "district"', 'authority_level = "county"', ["authority_level 'county'", "levels given are district"]),
        ('of = "crashes"', 'of = "crushes"', ["source 'hurt'", "of = 'crushes'", "'collisions'"]),
        ('id = "hurt"', 'id = "crashes"', ["id 'crashes' is used twice"]),
        (COLUMNS, 'recorded_level = "parish"\n    {}', ["source 'crashes'", "recorded_level 'parish' is not a level"]),
        (COLUMNS, 'download = "https://x.org/a.csv"\n    {}', ["source.crashes", "1 addresses for 2 paths"]),
        (PATH, 'download = "ftp://x.org/a"\n    {}', ["source.districts.download", "https:// or http://"]),
        (PATH, 'download = "https://me:pw@x.org/a"\n    {}', ["leave names and passwords out"]),
        (PATH, "gates = { volum = { limit = 1 } }\n    {}", ["source.districts.gates", "volum", "'volume'"]),
        (BASIS, '{}\n    gates = { volume = { severity = "off" } }', ["gates.volume.severity' = 'off'", "'fail' or 'warn'"]),
        (BASIS, "{}\n    keep_snapshots = 0", ["key 'keep_snapshots' = 0"]),
        ('kind = "casualties"', 'kind = "casulties"', ["source.hurt", "casulties", "'casualties'"]),
    ],
)  # fmt: skip
def test_an_error_names_file_key_value_and_what_is_allowed(
    tmp_path: Path, old: str, new: str, said: list[str]
) -> None:
    path = changed(tmp_path, old, new)
    with pytest.raises(RegionError) as caught:
        read_region(path)
    message = str(caught.value)
    assert message.startswith(f"Region file '{path}': ")
    for words in said:
        assert words in message


def test_a_value_may_be_mapped_to_a_code_or_to_what_it_means(tmp_path: Path) -> None:
    mapped = 'values = { severity = { K = "fatal", S = "2" } }\n    columns ='
    crashes = read_region(changed(tmp_path, "columns =", mapped)).source[1]
    assert crashes.model_dump()["values"] == {"severity": {"K": "fatal", "S": "2"}}


def test_a_file_that_is_not_toml_is_named(tmp_path: Path) -> None:
    path = write(tmp_path, "name = north")
    with pytest.raises(RegionError, match=r"north\.toml' is not TOML: .*line 1"):
        read_region(path)


def test_a_file_in_another_encoding_is_not_toml(tmp_path: Path) -> None:
    path = tmp_path / "north.toml"
    path.write_bytes(b'name = "caf\xe9"')
    with pytest.raises(RegionError, match=r"north\.toml' is not TOML"):
        read_region(path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(RegionError, match=r"none\.toml' cannot be read: No such file"):
        read_region(tmp_path / "none.toml")


def test_one_region_is_combined_into_itself(tmp_path: Path) -> None:
    alone = region(tmp_path, "north")
    assert combine([alone]) is alone


def test_regions_are_combined_with_their_names_before_source_ids(tmp_path: Path) -> None:
    both = combine([region(tmp_path, "north"), region(tmp_path, "south")])
    assert both.name == "north-and-south"
    assert both.title == "The north and The north"
    assert [s.id for s in both.source] == [
        "north-districts", "north-crashes", "north-hurt", "south-districts", "south-crashes", "south-hurt",
    ]  # fmt: skip
    assert [s.of for s in both.source if isinstance(s, Casualties)] == ["north-crashes", "south-crashes"]
    assert [both.region_of(s) for s in ("north-hurt", "south-districts")] == ["north", "south"]
    assert both.levels == ["district"]


def test_comparators_of_combined_regions_are_those_of_all(tmp_path: Path) -> None:
    both = region(tmp_path, "north", comparators='["all_areas", "parent"]')
    parent = region(tmp_path, "south", comparators='["parent"]')
    assert combine([both, parent]).comparators == ["parent"]


@pytest.mark.parametrize(
    ("key", "value"), [("crs", '"EPSG:3035"'), ("border_tolerance_m", "10"), ("buffer_m", "0")]
)
def test_regions_that_differ_on_a_setting_are_not_combined(tmp_path: Path, key: str, value: str) -> None:
    north, south = region(tmp_path, "north"), region(tmp_path, "south", **{key: value})
    with pytest.raises(RegionError, match=rf"differ on '{key}' \(north: .*, south: {value.strip(chr(34))}"):
        combine([north, south])


def test_areas_of_another_time_are_of_a_level_that_the_region_has(tmp_path: Path) -> None:
    past = """
    [[source]]
    kind = "area_vintages"
    id = "past"
    title = "Past"
    level = "{}"
    path = "past.gpkg"
    valid_to = 2022-03-31
    """
    assert read_region(write(tmp_path, GOOD + past.replace("{}", "district"))).levels == ["district"]
    with pytest.raises(RegionError, match=r"source 'past': level 'ward' has no source of kind 'areas'"):
        read_region(write(tmp_path, GOOD + past.replace("{}", "ward")))


def test_an_area_is_in_one_family_at_most(tmp_path: Path) -> None:
    family = '[[family]]\nname = "{}"\ntitle = "F"\nareas = {}\n'
    good = GOOD + family.format("coast", '["A", "B"]') + family.format("hills", '["C", "D"]')
    assert [f.areas for f in read_region(write(tmp_path, good)).family] == [["A", "B"], ["C", "D"]]
    with pytest.raises(RegionError, match="area 'B' is in two families, or twice in one"):
        read_region(write(tmp_path, good + family.format("dales", '["B", "E"]')))


def test_regions_that_differ_on_what_is_alike_are_combined_only_if_it_is_not_asked(tmp_path: Path) -> None:
    one = {"neighbour_covariates": '["deprivation"]'}
    combine([region(tmp_path, "north"), region(tmp_path, "south", **one)])
    asked = {"comparators": '["statistical_neighbours"]'}
    with pytest.raises(RegionError, match="differ on 'neighbour_covariates'"):
        combine([region(tmp_path, "north", **asked), region(tmp_path, "south", **asked, **one)])


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ("satisfied_from = 6", "satisfied_from must lie above lowest, and not above highest"),
        ("satisfied_from = 1", "satisfied_from must lie above lowest, and not above highest"),
        ("lowest = 5", "lowest is not below highest"),
    ],
)
def test_answers_count_as_satisfied_from_within_their_scale(tmp_path: Path, more: str, said: str) -> None:
    survey = """
    [[source]]
    kind = "satisfaction_responses"
    id = "survey"
    title = "Survey"
    path = "survey.csv"
    """
    file = tmp_path / "north.toml"
    file.write_text(dedent(GOOD) + dedent(survey) + "satisfied_from = 4\n", "utf-8")
    assert getattr(read_region(file).source[-1], "satisfied_from") == 4  # noqa: B009 - a kind of its own
    file.write_text(dedent(GOOD) + dedent(survey) + more + "\n", "utf-8")
    with pytest.raises(RegionError, match=said):
        read_region(file)


def test_weights_of_priorities_are_one_unless_said_and_only_of_known_themes(tmp_path: Path) -> None:
    asked = read_region(write(tmp_path, GOOD)).priorities
    assert {*asked.weights.model_dump().values()} == {1.0}
    assert (asked.contract_window_years, asked.largest_group) == (2, 5)
    said = "\n    [priorities]\n    largest_group = 3\n    weights = { safety = 2.5, condition = 0 }\n"
    given = read_region(write(tmp_path, GOOD + said)).priorities
    assert (given.weights.safety, given.weights.condition, given.weights.reliability) == (2.5, 0.0, 1.0)
    assert given.largest_group == 3
    for wrong, word in (
        ("{ money = 1 }", "money"),
        ("{ safety = -1 }", "safety"),
        ("{ safety = 1e6 }", "safety"),
    ):
        with pytest.raises(RegionError, match=word):
            read_region(write(tmp_path, GOOD + f"\n    [priorities]\n    weights = {wrong}\n"))
