"""The gap between most and least deprived: sums by hand, R's figures, and coverage of what was planted."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from geo.estimates.equity import (
    DIFFERENCE,
    EQUITY,
    LEAST,
    LEAST_AREAS,
    MEASURES,
    MOST,
    RATIO,
    SLOPE,
    Equity,
    equity_of_rates,
    equity_of_scores,
    ridit,
)
from tests.geo.swiss import swiss

# Five equal fifths of five equal areas, least deprived first.
FIFTHS = pd.DataFrame(
    {
        "deprivation": np.arange(25.0),
        "people": 100,
        "score": [70, 72, 74, 76, 78, *[65] * 5, *[60] * 5, *[55] * 5, 46, 48, 50, 52, 54],
        "events": [1, 2, 3, 4, 5, *[5] * 15, 4, 5, 6, 7, 8],
        "exposure": 10.0,
    }
)


def _row(found: Equity, measure: str) -> tuple[float, float, float]:
    row = found.table[found.table["measure"] == measure].iloc[0]
    return float(row["value"]), float(row["lower"]), float(row["upper"])


def _swiss() -> pd.DataFrame:
    """Provinces with made-up roles: examination marks stand for deprivation, infant mortality for people."""
    table = swiss()
    people = 1000 * table["Infant.Mortality"]
    return pd.DataFrame(
        {
            "deprivation": table["Examination"], "people": people, "score": table["outcome"],
            "events": table["Education"], "exposure": people / 100,
        }
    )  # fmt: skip


def test_scores_of_equal_areas_by_hand() -> None:
    found = equity_of_scores(FIFTHS)
    assert found.table.columns.tolist() == EQUITY
    assert found.table["measure"].tolist() == MEASURES
    # Variance of five scores two apart is 10, of their mean 2; Student's t of four degrees is 2.776445.
    half = 2.776445 * np.sqrt(2)
    assert _row(found, MOST) == pytest.approx((50, 50 - half, 50 + half), abs=1e-5)
    assert _row(found, LEAST) == pytest.approx((74, 74 - half, 74 + half), abs=1e-5)
    assert _row(found, DIFFERENCE) == pytest.approx((-24, -24 - 2 * 2.776445, -24 + 2 * 2.776445), abs=1e-5)
    log_ends = np.hypot(np.log(50 / (50 - half)), np.log((74 + half) / 74))
    assert _row(found, RATIO)[:2] == pytest.approx((50 / 74, 50 / 74 * np.exp(-log_ends)))
    assert found.areas_by_fifth == (5, 5, 5, 5, 5)
    assert np.isnan(found.spread_within_fifths)
    slope = stats.linregress((np.arange(25) + 0.5) / 25, FIFTHS["score"]).slope
    assert _row(found, SLOPE)[0] == pytest.approx(slope)


def test_rates_of_equal_areas_by_hand() -> None:
    # Within fifths events vary less than chance makes them: the exact intervals of 15 and 30 stand.
    found = equity_of_rates(FIFTHS, per=100)
    assert found.spread_within_fifths == 0
    assert _row(found, LEAST) == pytest.approx((30, 2 * 8.395386, 2 * 24.740224), abs=1e-4)
    assert _row(found, MOST) == pytest.approx((60, 2 * 20.240892, 2 * 42.826874), abs=1e-4)
    value, lower, upper = _row(found, DIFFERENCE)
    assert value == pytest.approx(30)
    assert lower == pytest.approx(30 - np.hypot(60 - 40.481784, 49.480448 - 30), abs=1e-4)
    assert upper == pytest.approx(30 + np.hypot(85.653748 - 60, 30 - 16.790772), abs=1e-4)
    assert _row(found, RATIO)[0] == pytest.approx(2)


def test_scores_as_r_gives_them() -> None:
    # R: lm() with weights and the HC3 sandwich from hatvalues(), over ridits counted pair by pair.
    found = equity_of_scores(_swiss())
    assert found.areas_by_fifth == (10, 10, 7, 12, 8)
    assert _row(found, SLOPE) == pytest.approx((-26.375309977, -36.135476959, -16.615142996), abs=1e-8)
    assert _row(found, MOST) == pytest.approx((59.63067885, 50.44111587, 68.82024183), abs=1e-7)
    assert _row(found, LEAST) == pytest.approx((78.27300771, 72.10663550, 84.43937992), abs=1e-7)


def test_rates_as_r_gives_them() -> None:
    found = equity_of_rates(_swiss(), per=100)
    assert _row(found, SLOPE) == pytest.approx((10.611162524, 4.959858421, 16.262466627), abs=1e-8)
    assert _row(found, MOST)[0] == pytest.approx(100 * 182 / 1532)
    assert _row(found, LEAST)[0] == pytest.approx(100 * 49 / 1945)
    assert found.spread_within_fifths == pytest.approx(0.5912871633, abs=1e-9)
    worst = _swiss().query("deprivation >= 22").sort_values("deprivation").tail(8)
    assert worst["events"].sum() == 182
    times = 1 + 0.5912871633**2 * 182 * (worst["exposure"] ** 2).sum() / 1532**2
    times *= (stats.t.ppf(0.975, 42) / stats.norm.ppf(0.975)) ** 2
    upper = 100 / 1532 * times * stats.chi2.ppf(0.975, 2 * 182 / times + 2) / 2
    assert _row(found, MOST)[2] == pytest.approx(upper)


def _planted(seed: int, areas: int = 150) -> tuple[pd.DataFrame, np.ndarray, np.ndarray]:
    """Areas with a rate that rises with deprivation, their true expected rates and ridits."""
    rng = np.random.default_rng(seed)
    people = rng.integers(800, 3000, areas)
    deprivation = rng.gamma(3, 7, areas)
    rank = np.array([people[deprivation < d].sum() for d in deprivation]) + people / 2
    rate = 0.02 * (1 + 0.8 * (rank / people.sum() - 0.5))
    events = rng.poisson(rate * people * rng.gamma(8, 1 / 8, areas))
    score = 80 - 1000 * rate + rng.normal(0, 6, areas) * rng.uniform(0.5, 2, areas)
    columns = {
        "deprivation": deprivation,
        "people": people,
        "events": events,
        "exposure": people,
        "score": score,
    }
    return pd.DataFrame(columns), rate, rank / people.sum()


def test_intervals_cover_what_was_planted() -> None:
    runs, inside = 300, np.zeros((2, 5))
    for seed in range(runs):
        areas, rate, rank = _planted(seed)
        ends = [
            np.average(r[m], weights=areas["people"][m]) for m in (rank > 0.8, rank < 0.2) for r in (rate,)
        ]
        truth = [*ends, ends[0] - ends[1], ends[0] / ends[1], 0.016]
        most, least = (80 - 1000 * end for end in ends)
        of_score = [most, least, most - least, most / least, -16]
        for k, (found, true) in enumerate(
            ((equity_of_rates(areas), truth), (equity_of_scores(areas), of_score))
        ):
            inside[k] += (found.table["lower"] <= true) & (true <= found.table["upper"])
    assert (inside / runs).min() > 0.91
    assert np.mean(inside / runs) == pytest.approx(0.957, abs=0.018)


def test_true_variation_between_areas_widens_the_interval() -> None:
    areas, _, _ = _planted(2)
    found = equity_of_rates(areas)
    assert found.spread_within_fifths == pytest.approx(np.sqrt(1 / 8), abs=0.07)
    value, lower, upper = _row(found, MOST)
    events = (
        value
        * areas["people"][
            ridit(areas["deprivation"].to_numpy(), areas["people"].to_numpy(float)) >= 0.8
        ].sum()
    )
    assert upper - lower > 1.5 * 2 * 1.96 * value / np.sqrt(events)


def test_what_is_missing_is_told() -> None:
    areas, _, _ = _planted(3)
    areas = areas.astype(float)
    areas.loc[:2, "deprivation"] = np.nan
    areas.loc[3:4, ["score", "events"]] = np.nan
    areas.loc[5, "people"], areas.loc[6, "people"] = 0, np.nan
    areas.loc[7, "exposure"] = 0
    scores, rates = equity_of_scores(areas), equity_of_rates(areas)
    for found, without in ((scores, 2), (rates, 3)):
        assert found.areas_without_deprivation == 3
        assert found.people_without_deprivation == areas["people"][:3].sum()
        assert (found.areas_without_people, found.areas_without_value) == (2, without)
        assert found.areas + 3 + 2 + without == len(areas)
        assert found.problem is None
    dropped = equity_of_scores(areas[areas["deprivation"].notna() & (areas["people"] > 0)])
    pd.testing.assert_frame_equal(dropped.table, scores.table)


def test_an_area_without_a_value_keeps_its_place_in_the_order() -> None:
    found = equity_of_scores(FIFTHS.assign(score=FIFTHS["score"].where(FIFTHS.index > 1)))
    assert found.areas_by_fifth == (3, 5, 5, 5, 5)
    assert _row(found, LEAST)[0] == pytest.approx(76)
    assert _row(found, MOST) == _row(equity_of_scores(FIFTHS), MOST)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"deprivation": np.nan}, f"0 areas have people, deprivation and a value; {LEAST_AREAS} are needed"),
        ({"deprivation": 3.0}, "the least deprived fifth has 0 areas and the most deprived 0; 3 each"),
        ({"people": [10_000, *[100] * 24]}, "the least deprived fifth has 0 areas"),
    ],
)
def test_it_says_why_there_is_no_gap(change: dict[str, Any], why: str) -> None:
    for found in (equity_of_scores(FIFTHS.assign(**change)), equity_of_rates(FIFTHS.assign(**change))):
        assert found.problem is not None
        assert why in found.problem
        assert found.table["measure"].tolist() == MEASURES
        assert found.table[["value", "lower", "upper"]].isna().all(axis=None)


def test_the_fewest_areas() -> None:
    twenty = FIFTHS.iloc[[*range(4), *range(5, 9), *range(10, 14), *range(15, 19), *range(20, 24)]]
    assert equity_of_scores(twenty).problem is None
    assert equity_of_scores(twenty.head(19)).problem is not None


def test_no_events_at_all_and_none_at_one_end() -> None:
    assert equity_of_rates(FIFTHS.assign(events=0)).problem == "there are no events"
    one_end = equity_of_rates(FIFTHS.assign(events=FIFTHS["events"].where(FIFTHS.index > 4, 0)))
    assert one_end.problem is None
    assert _row(one_end, LEAST)[:2] == (0, 0)
    assert _row(one_end, LEAST)[2] > 0
    assert np.isnan(_row(one_end, RATIO)).all()
    value, lower, upper = _row(one_end, DIFFERENCE)
    assert lower < value < upper


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(0, 30) | st.just(0), min_size=25, max_size=25), st.floats(0.1, 1000))
def test_intervals_hold_their_value(events: list[int], exposure: float) -> None:
    found = equity_of_rates(FIFTHS.assign(events=events, exposure=exposure))
    known = found.table.drop(columns="p").dropna()
    assert (known["lower"] <= known["value"] + 1e-12).all()
    assert (known["value"] <= known["upper"] + 1e-12).all()
    assert set(MEASURES) - set(known["measure"]) <= ({RATIO} if any(events) else set(MEASURES))


def test_one_event_where_areas_differ_much_has_no_lower_limit() -> None:
    # Three areas hold all events but one: rates vary so much that the one tells less than an event would.
    heaped = np.zeros(25, dtype=int)
    heaped[[7, 13, 22]], heaped[2] = 60, 1
    found = equity_of_rates(FIFTHS.assign(events=heaped))
    assert found.spread_within_fifths > 1
    value, lower, upper = _row(found, LEAST)
    assert (value, lower) == (1 / 50, 0)
    assert upper > 5 * value


def test_ridits_of_equally_deprived_areas_are_equal() -> None:
    found = ridit(np.array([5.0, 1, 5, 9]), np.array([10.0, 20, 30, 40]))
    np.testing.assert_allclose(found, [0.4, 0.1, 0.4, 0.8])


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 1000), st.randoms(use_true_random=False))
def test_only_the_order_of_deprivation_counts(seed: int, random) -> None:
    areas, _, _ = _planted(seed, 60)
    order = list(range(60))
    random.shuffle(order)
    other = areas.assign(deprivation=np.exp(areas["deprivation"] / 10)).iloc[order]
    for estimate in (equity_of_scores, equity_of_rates):
        one, two = (estimate(a).table[["value", "lower", "upper"]] for a in (areas, other))
        np.testing.assert_allclose(one, two, rtol=1e-9)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 1000))
def test_turning_deprivation_round_turns_the_gap(seed: int) -> None:
    areas, _, _ = _planted(seed, 60)
    one, two = equity_of_scores(areas), equity_of_scores(areas.assign(deprivation=-areas["deprivation"]))
    for measure in (DIFFERENCE, SLOPE):
        value, lower, upper = _row(one, measure)
        assert _row(two, measure) == pytest.approx((-value, -upper, -lower))
    assert _row(one, MOST) == pytest.approx(_row(two, LEAST))


def test_doggerlands_deprived_areas_are_less_satisfied(demo: Path) -> None:
    # Planted: 0.08 down on the latent scale, some 3 in a hundred people, for a standard deviation of deprivation.
    areas = pd.read_csv(demo.parent / "area_facts.csv").rename(columns={"population": "people"})
    truth = pd.read_csv(demo.parent / "truth_satisfaction_small_areas.csv")
    truth = truth[(truth["year"] == 2022) & (truth["question"] == "overall satisfaction with roads")]
    areas = areas.merge(truth, on="area_code").assign(score=lambda a: 100 * a["satisfied_share"])
    found = equity_of_scores(areas)
    assert found.problem is None
    assert _row(found, DIFFERENCE)[2] < 0
    assert _row(found, SLOPE)[2] < 0
    # From fifth to fifth, about 2.8 standard deviations of a normal covariate.
    assert _row(found, DIFFERENCE)[0] == pytest.approx(-0.08 * 2.8 * 40, abs=5)


def test_what_cannot_be_is_refused() -> None:
    with pytest.raises(ValueError, match="People"):
        equity_of_scores(FIFTHS.assign(people=-1))
    with pytest.raises(ValueError, match="Events"):
        equity_of_rates(FIFTHS.assign(events=-1))


@pytest.mark.parametrize("seed", range(8))
def test_p_agrees_with_the_interval_and_is_not_given_for_ends(seed: int) -> None:
    rng = np.random.default_rng(seed)
    areas = pd.DataFrame(
        {
            "deprivation": rng.uniform(size=60),
            "people": rng.integers(800, 1200, 60),
            "score": 50 + rng.normal(0, 5, 60),
        }
    )
    areas["score"] += 1.5 * seed * areas["deprivation"]
    table = equity_of_scores(areas).table.set_index("measure")
    assert table.loc[[MOST, LEAST], "p"].isna().all()
    for measure, equal in ((DIFFERENCE, 0), (RATIO, 1), (SLOPE, 0)):
        row = table.loc[measure]
        assert (row["p"] < 0.05) == (not row["lower"] <= equal <= row["upper"])
