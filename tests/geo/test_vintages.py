"""Two vintages of boundaries compared: made-up countries of square cells, whose changes are known."""

import os
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from flows.cli import app
from geo.errors import SourceError
from geo.readers.boundaries import read_boundaries
from geo.vintages import COLUMNS, NOISE_SHARE, as_changes, compare_areas

CRS = "EPSG:27700"
SIDE = 4
CELL_M = 5_000.0
_X, _Y = (c.ravel() * CELL_M for c in np.meshgrid(np.arange(SIDE), np.arange(SIDE)))
CELLS = shapely.box(_X, _Y, _X + CELL_M, _Y + CELL_M)


def country(
    of_cell: list[str], *, shift_m: float = 0.0, names: dict[str, str] | None = None
) -> gpd.GeoDataFrame:
    """Areas made of the cells that carry their code, perhaps drawn a little aside."""
    codes = sorted({c for c in of_cell if c})
    owner = np.array(of_cell)
    shapes = [shapely.union_all(CELLS[owner == code]) for code in codes]
    moved = shapely.transform(np.array(shapes), lambda xy: xy + shift_m)
    frame = {"area_code": codes, "area_name": [(names or {}).get(c, c) for c in codes]}
    return gpd.GeoDataFrame(frame, geometry=moved, crs=CRS)


def rows_of(text: str) -> list[str]:
    """Codes of the cells, drawn row by row."""
    return text.split()


BEFORE = rows_of("a a b b  a a b b  c c d d  c c d d")


def kinds(after: str, **options: object) -> dict[tuple[str, str], str]:
    found = compare_areas(country(BEFORE), country(rows_of(after), **options))  # type: ignore[arg-type]
    pairs = zip(found["from_code"].fillna(""), found["to_code"].fillna(""), strict=True)
    return dict(zip(pairs, found["kind"], strict=True))


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        ("a a b b  a a b b  c c d d  c c d d", {}),
        ("a a b b  a a b b  c c e e  c c e e", {"de": "recoded"}),
        ("a a a a  a a a a  c c d d  c c d d", {"aa": "merged", "ba": "merged"}),
        ("m m m m  m m m m  m m d d  m m d d", {"am": "merged", "bm": "merged", "cm": "merged"}),
        ("a a b b  e e b b  c c d d  c c d d", {"aa": "split", "ae": "split"}),
        ("a a b b  e f b b  c c d d  c c d d", {"aa": "split", "ae": "split", "af": "split"}),
        ("a b b b  a a b b  c c d d  c c d d", {"aa": "boundary moved", "ab": "boundary moved", "bb": "boundary moved"}),
        # Two that merge, and a piece of a third.
        ("m m m m  m m m m  m c d d  c c d d",
         {"am": "merged", "bm": "merged", "cm": "boundary moved", "cc": "boundary moved"}),
    ],
)  # fmt: skip
@pytest.mark.parametrize("shift_m", [0.0, 15.0])
def test_changes_are_told_apart_from_noise(after, expected, shift_m):
    same = {(c, c): "unchanged" for c in "abcd"}
    told = {(pair[0], pair[1]): kind for pair, kind in expected.items()}
    touched = {old for old, _ in told}
    kept = {pair: kind for pair, kind in same.items() if pair[0] not in touched}
    assert kinds(after, shift_m=shift_m) == kept | told


def test_a_new_name_under_the_same_code_is_a_renaming():
    found = kinds(" ".join(BEFORE), names={"b": "New"})
    assert found == {(c, c): "renamed" if c == "b" else "unchanged" for c in "abcd"}


def test_land_gained_from_the_sea_moves_a_boundary_and_new_land_is_new():
    before = country(["", "", "b", "b", *BEFORE[4:]])
    after = country(["a", "a", "b", "b", *BEFORE[4:]])
    found = compare_areas(before, after)
    [grown] = found[found["from_code"] == "a"].to_dict("records")
    assert grown["kind"] == "boundary moved"
    assert (grown["share_of_from"], grown["share_of_to"]) == pytest.approx((1.0, 0.5))
    south = country([*BEFORE[:8], *["", "", "d", "d"] * 2])
    begun, ended = compare_areas(south, country(BEFORE)), compare_areas(country(BEFORE), south)
    assert begun[begun["kind"] == "new"]["to_code"].tolist() == ["c"]
    assert begun[begun["kind"] == "new"]["from_code"].isna().all()
    assert ended[ended["kind"] == "ended"][["from_code", "area_km2"]].to_numpy().tolist() == [["c", 100.0]]


owners = st.lists(st.sampled_from("abcde"), min_size=SIDE * SIDE, max_size=SIDE * SIDE)


@settings(max_examples=40, deadline=None)
@given(owners, owners, st.sampled_from([0.0, 3.0, 15.0]))
def test_shared_land_is_that_of_the_cells(one, other, shift_m):
    """Any two divisions of the same cells: exactly the pairs that share cells, with their shares."""
    table = compare_areas(country(one), country(other, shift_m=shift_m))
    cells = pd.DataFrame({"one": one, "other": other}).groupby(["one", "other"]).size()
    found = table.set_index(["from_code", "to_code"]).sort_index()
    assert tuple(table.columns) == COLUMNS
    assert [*found.index] == [*cells.index]
    tolerance = 4 * SIDE * shift_m / CELL_M + 1e-9
    for side, level in (("share_of_from", 0), ("share_of_to", 1)):
        expected = cells / cells.groupby(level=level).transform("sum")
        assert (found[side] - expected.to_numpy()).abs().max() <= tolerance
        # Land the two drawings leave out is noise, and no more.
        assert (1 - found[side].groupby(level=level).sum()).max() <= tolerance
    heirs, origins = (cells.groupby(level=n).transform("size").to_numpy() for n in (0, 1))
    single = (heirs == 1) & (origins == 1)
    assert set(found["kind"].to_numpy()[single]) <= {"unchanged", "recoded"}
    assert set(found["kind"].to_numpy()[(heirs > 1) & (origins > 1)]) <= {"boundary moved"}
    assert not {"merged"} & set(found["kind"].to_numpy()[heirs > 1])
    assert not {"split"} & set(found["kind"].to_numpy()[origins > 1])


def test_files_that_cannot_be_compared_are_refused():
    here = country(BEFORE)
    with pytest.raises(ValueError, match="projected"):
        compare_areas(here.to_crs(4326), here.to_crs(4326))
    with pytest.raises(ValueError, match="projected"):
        compare_areas(here, here.to_crs(3857))
    with pytest.raises(ValueError, match="'a' is given to more than one area"):
        compare_areas(pd.concat([here, here]), here)


# ---- as a source of changes, and on the command line -----------------------------------------------------


def test_changes_add_up_and_leave_out_what_is_unchanged():
    found = compare_areas(country(BEFORE), country(rows_of("a b b b  a a b b  e e d d  e e d d"), shift_m=15))
    changes = as_changes(found, "2024-04-01")
    assert changes[["from_code", "to_code", "kind"]].to_numpy().tolist() == [
        ["a", "a", "boundary moved"],
        ["a", "b", "boundary moved"],
        ["b", "b", "boundary moved"],
        ["c", "e", "recoded"],
    ]
    assert changes["share"].iloc[:2].tolist() == pytest.approx([0.75, 0.25], abs=0.01)
    assert changes["share"].iloc[:2].sum() == pytest.approx(1, abs=1e-12)
    assert changes["share"].iloc[2:].isna().all()


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    old, new = tmp_path / "old.gpkg", tmp_path / "new.gpkg"
    country(BEFORE).to_file(old)
    country(rows_of("m m m m  m m m m  c c d d  c c d d")).to_crs(4326).to_file(new)
    return old, new


def test_compare_prints_what_changed_and_writes_it_as_a_source(files, tmp_path):
    changes = tmp_path / "changes.csv"
    told = CliRunner().invoke(
        app, ["compare", *map(str, files), "--changes", str(changes), "--on", "2024-04-01"]
    )
    assert told.exit_code == 0, told.output
    assert "merged: 2, unchanged: 2" in told.output
    written = pd.read_csv(changes)
    assert written[["from_code", "to_code", "changed_on", "kind"]].to_numpy().tolist() == [
        ["a", "m", "2024-04-01", "merged"],
        ["b", "m", "2024-04-01", "merged"],
    ]


def test_compare_needs_a_day_for_changes_and_files_that_are_there(files, tmp_path):
    told = CliRunner().invoke(app, ["compare", *map(str, files), "--changes", str(tmp_path / "c.csv")])
    assert told.exit_code == 2
    assert isinstance(CliRunner().invoke(app, ["compare", "gone.gpkg", str(files[1])]).exception, SourceError)


# ---- the real thing --------------------------------------------------------------------------------------

DATA = (
    Path(os.environ.get("PLACELINE_REAL_DATA") or Path(__file__).parents[3] / "shared" / "data") / "national"
)


@pytest.mark.real
@pytest.mark.skipif(not DATA.is_dir(), reason="no real data: set PLACELINE_REAL_DATA")
def test_real_vintages_agree_with_the_official_lookup():
    old, new, merged = "ltla19", "ltla24", 28
    path = DATA / "geographr_uk_boundaries.gpkg"
    before, after = (read_boundaries(path, layer=layer, crs=CRS) for layer in (old, new))
    lookup = pd.read_csv(DATA / "geographr_lookup_ltla_ltla.csv", dtype=str)
    pairs = lookup[[f"{old}_code", f"{new}_code"]].dropna().drop_duplicates()
    # Drawn at 500 m, each vintage in its own way: a tenth of a small coastal area is noise.
    found = compare_areas(before, after, noise_share=0.1)
    assert {*zip(found["from_code"], found["to_code"], strict=True)} == {
        *pairs.itertuples(index=False, name=None)
    }
    assert found["kind"].value_counts().to_dict() == {"unchanged": len(pairs) - merged, "merged": merged}
    # At the default nothing is missed, but rivers and coasts drawn otherwise pass for moved boundaries.
    strict = compare_areas(before, after, noise_share=NOISE_SHARE)
    assert {*pairs.itertuples(index=False, name=None)} <= {
        *zip(strict["from_code"], strict["to_code"], strict=True)
    }
    assert (strict["kind"] == "merged").sum() == merged
