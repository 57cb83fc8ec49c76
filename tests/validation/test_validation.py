"""The short form of make validate: the same code on fewer draws, bars widened by what so few leave open."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from validation import (
    borders,
    change,
    hiding,
    hotspots,
    opinion,
    priorities,
    rates,
    report,
    service,
    verdicts,
    why,
)
from validation.doggerland import draws, grounds
from validation.results import Found, Result, Study, covered, false_share, mean_over_draws, ratio_over_draws

SLACK = 0.02


def check(study: Study, least: int) -> None:
    judged = [r for r in study.results if r.bar is not None]
    assert len(judged) >= least
    far = [
        f"{r.estimator}, {r.measure}, {r.where}: {r.found} {r.bar}" for r in judged if not r.is_near(SLACK)
    ]
    assert far == []


def test_rates() -> None:
    check(rates.study(16, ("tiny",), geographies=1), 8)


def test_verdicts_of_areas_alike() -> None:
    found = verdicts.study(8, ("demo",), geographies=1)
    # Areas that differ as usual are judged in the full run.
    found.results = [r for r in found.results if "differ as usual" not in r.measure]
    check(found, 6)
    power = [r.found.value for r in found.results if r.measure.startswith("outliers found")]
    assert min(power) > 0.03


def test_change() -> None:
    check(change.study(12, ("demo",), geographies=1), 10)


@pytest.mark.parametrize("study", [opinion.study, service.study])
def test_opinion_and_service(study: Callable[..., Study]) -> None:
    check(study(12, ("tiny",), geographies=1), 5)


def test_why() -> None:
    check(why.study(12), 4)


def test_hiding() -> None:
    check(hiding.study(6, geographies=1), 2)


def test_hotspots() -> None:
    found = hotspots.study(4, ("tiny",), geographies=1, ratios=(hotspots.STATED_RATIO,))
    check(found, 5)
    # Without a planted place: at most one view in ten, of so few draws.
    alone = [r for r in found.results if "authorities alone" in r.measure and r.bar]
    assert [r.found.value <= 0.1 for r in alone] == [True, True]
    missed = [r.found.value for r in found.results if "missed by at least one" in r.measure]
    assert max(missed) > 0


def test_priorities() -> None:
    found = priorities.study(20, ("demo",), geographies=1)
    check(found, 16)
    power = [r.found.value for r in found.results if r.measure.startswith("poor responder")]
    assert min(power) >= priorities.POWER[0]


def test_borders() -> None:
    """Power is judged in the full run; here, that far larger ones are found and rest on more collisions."""
    found = borders.study(3, geographies=1, ratios=(10.0,), corridor_ratios=(4.0,))
    check(found, 7)
    planted = {r.measure: r.found.value for r in found.results if r.where.endswith("times the rate")}
    assert planted["planted contrast found by either"] > 0.5
    assert planted["planted corridor has a section called worse"] > 0.5
    one, other = (
        planted[f"collisions in five years on {s}"] for s in ("the worse side of the road", "its other side")
    )
    assert one > 5 * other > 0


def test_draws_are_the_same_twice_and_differ_between_studies() -> None:
    ground = grounds("tiny", 1)[0]
    one, two, other = (ground.collisions_a_year(draws(1, salt)[0]) for salt in (1, 1, 2))
    assert (one == two).all()
    assert (one != other).any()


def test_units_hold_all_that_they_should() -> None:
    ground = grounds("tiny", 1)[0]
    areas, sections = ground.units
    pieces, expected = ground.world.pieces, ground.world.expected.planted
    assert areas.total(expected).sum() == pytest.approx(expected.sum())
    numbered = ground.world.links.route[pieces.link] >= 0
    assert sections.total(expected).sum() == pytest.approx(expected[numbered].sum())
    assert sections.km.sum() == pytest.approx(pieces.km[numbered].sum())
    assert 0 < sections.is_planted.sum() < len(sections.km) / 2


def test_factors_of_links_average_out() -> None:
    ground = grounds("tiny", 1)[0]
    totals = [ground.collisions_a_year(rng).sum() for rng in draws(200, 3)]
    expected = ground.world.expected.planted.sum()
    assert np.mean(totals) == pytest.approx(expected, abs=4 * np.std(totals) / np.sqrt(200))


def test_a_mean_over_draws_knows_that_figures_of_a_draw_go_together() -> None:
    parts = [[1.0, 1.0], [0.0, 0.0, np.nan], [1.0], [0.0]]
    found = mean_over_draws(parts)
    assert (found.value, found.number) == (0.5, 6)
    # Each draw is off by half its size: squares 1, 1, 1/4, 1/4, times 4 / 3, over six figures.
    assert found.error == pytest.approx(np.sqrt(2.5 * 4 / 3) / 6)
    assert mean_over_draws([[np.nan]]).number == 0


def test_a_ratio_has_the_jackknifes_error() -> None:
    rng = np.random.default_rng(1)
    top, bottom = rng.uniform(1, 2, 400), rng.uniform(2, 3, 400)
    found = ratio_over_draws(top, bottom)
    assert found.value == pytest.approx(top.sum() / bottom.sum())
    linear = (top - found.value * bottom) / bottom.mean()
    assert found.error == pytest.approx(linear.std() / np.sqrt(400), rel=0.02)
    assert ratio_over_draws(top, bottom, root=True).value == pytest.approx(np.sqrt(found.value))


def test_covered_and_false_shares() -> None:
    np.testing.assert_array_equal(covered([0, 0, np.nan], [1, 1, 1], [1, 2, 0]), [1, 0, np.nan])
    assert false_share([True, True, False], [True, False, True]) == 0.5
    assert false_share([False], [True]) == 0


def result(value: float, bar: tuple[float, float] | None, number: int = 10, needed: int = 0) -> Result:
    return Result(
        "safety", "some", "95 % interval covers", "here", Found(value, 0.001, number), bar, needed=needed
    )


def test_verdicts_of_bars() -> None:
    bar = (0.93, 0.97)
    assert result(0.95, bar).verdict == "pass"
    assert result(0.92, bar).verdict == "FAIL"
    assert result(float("nan"), bar).verdict == "FAIL"
    assert result(0.95, bar, needed=11).verdict == "too few draws"
    assert result(0.2, None).verdict == "told"
    assert result(0.927, bar).is_near()
    assert not result(0.92, bar).is_near()


def test_the_page_tells_what_failed_and_why() -> None:
    text = report.page(
        [result(0.95, (0.93, 0.97)), result(0.9, (0.93, 0.97)), result(0.5, None)],
        seeds=3,
        geographies="here",
        least=2000,
    )
    assert "1 of 2 bars are passed. Not passed:" in text
    assert "- some, 95 % interval covers (here): 0.900, asked for 0.93 to 0.97." in text
    assert "| some | 95 % interval covers | here | 10 | 0.500 | 0.001 |  |  |" in text
    assert text.count("\n| ") > 30


def test_pictures_are_drawn_alike_twice(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    from validation import pictures

    study = Study()
    for part in (
        rates.study(4, ("demo",), geographies=1),
        change.study(4, ("demo",), geographies=1),
        opinion.study(4, ("demo",), geographies=1),
    ):
        study.add(part)
    for name in ("one", "two"):
        pictures.draw_all(study, tmp_path / name)
    for file in pictures.NAMES.values():
        assert (tmp_path / "one" / file).read_bytes() == (tmp_path / "two" / file).read_bytes()
