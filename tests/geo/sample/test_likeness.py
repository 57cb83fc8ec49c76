"""The sample looks like the real regions, where their files are at hand.

Set PLACELINE_REAL_DATA to the folder that holds them. Nothing of them is in the repository.
"""

import os
from collections.abc import Mapping
from pathlib import Path

import pandas as pd
import pytest

from tests.geo.sample.conftest import Sample
from tests.geo.sample.likeness import (
    EXCEPTIONS,
    SOURCES,
    Compared,
    Source,
    compare,
    page,
    reason,
    worst_of_profiles,
)
from tests.geo.sample.likeness_collisions import manchester_collisions, waltham_forest_collisions
from tests.geo.sample.likeness_figures import spread

ROOT = Path(__file__).parents[3]
DATA = Path(os.environ.get("PLACELINE_REAL_DATA") or ROOT.parent / "shared" / "data")

real = [
    pytest.mark.real,
    pytest.mark.skipif(
        not DATA.is_dir(), reason=f"no real data: set PLACELINE_REAL_DATA (looked in {DATA.name}/)"
    ),
]


@pytest.fixture(scope="module")
def compared(sample: Sample) -> Mapping[str, list[Compared]]:
    if not DATA.is_dir():
        pytest.skip("no real data")
    return {name: compare(DATA, sample.folder, name) for name in SOURCES}


@pytest.mark.real
@pytest.mark.parametrize("source", SOURCES)
def test_no_figure_is_more_than_twice_or_less_than_half_the_real_one(
    compared: Mapping[str, list[Compared]], source: str
) -> None:
    assert compared[source]
    unlike = [
        f"{one.figure}: {one.ratio:.2f}" for one in compared[source] if not one.is_like and not reason(one)
    ]
    assert unlike == []


@pytest.mark.real
@pytest.mark.parametrize(
    "source", ["waltham", "manchester", "fixmystreet", "satisfaction", "england_condition"]
)
def test_every_real_figure_has_its_like_in_the_sample(
    compared: Mapping[str, list[Compared]], source: str
) -> None:
    assert {one.figure for one in compared[source]} == set(SOURCES[source].real(DATA))


@pytest.mark.real
@pytest.mark.parametrize(("source", "figure"), EXCEPTIONS)
def test_no_reason_is_given_for_what_is_alike(
    compared: Mapping[str, list[Compared]], source: str, figure: str
) -> None:
    # Some lie near the bar, and another draw of the network moves them across it.
    assert any(one.figure.startswith(figure) and not 0.6 < one.ratio < 1.6 for one in compared[source])


@pytest.mark.real
def test_the_page_is_of_the_sample_as_it_is_now(sample: Sample) -> None:
    if not DATA.is_dir():
        pytest.skip("no real data")
    assert (ROOT / "docs/sample-likeness.md").read_text("utf-8") == page(DATA, sample.folder)


class TestRealFiles:
    pytestmark = real

    def test_manchester_is_counted_by_reference_in_whole_years(self) -> None:
        # 15,645 in the file, of which 1,284 in the half year of 2024.
        assert len(manchester_collisions(DATA)) == 15_645 - 1_284

    def test_waltham_forest_is_whole(self) -> None:
        table = waltham_forest_collisions(DATA)
        assert len(table) == 3_449
        assert table["at"].dt.year.agg(["min", "max"]).tolist() == [2014, 2018]


def test_spread_is_what_chance_leaves_over() -> None:
    assert spread([4, 4, 4, 4]) == 0.0
    # Mean 10, variance 50 (n - 1): 40 beyond chance.
    assert spread([5, 15, 5, 15, 10, 10, 20, 0]) == pytest.approx((300 / 7 - 10) ** 0.5 / 10)


def test_a_figure_is_like_within_a_factor_of_two_either_way() -> None:
    ratios = pd.Series({0.49: False, 0.5: True, 1.0: True, 2.0: True, 2.01: False})
    assert {r: Compared("a", "b", 1.0, float(r)).is_like for r in ratios.index} == ratios.to_dict()


def test_of_a_profile_the_part_least_alike_is_kept() -> None:
    rows = [Compared("a", f"month/{n}", 1.0, value) for n, value in enumerate((1.1, 0.7, 1.3))]
    assert worst_of_profiles([*rows, Compared("a", "all", 1.0, 1.0)]) == [
        rows[1],
        Compared("a", "all", 1.0, 1.0),
    ]


def test_figures_of_files_without_an_open_licence_are_not_written(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    figures = {"a figure": 1.0}
    listed = {
        "open": Source("Open file", lambda _: figures, lambda _: figures, "Licensed so."),
        "shut": Source("Shut file", lambda _: figures, lambda _: figures),
    }
    monkeypatch.setattr("tests.geo.sample.likeness.SOURCES", listed)
    written = page(tmp_path, tmp_path)
    assert "Open file" in written
    assert "Licensed so." in written
    assert "Shut file" not in written
