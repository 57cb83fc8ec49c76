"""Verdicts: each area against the others of its group, none of them about nothing."""

from math import erfc, sqrt
from typing import Any

import numpy as np
import pandas as pd
import pytest

from geo.estimates.comparison import COMPARISON, against_benchmarks, compare
from geo.estimates.funnel import usual_spread
from geo.estimates.outcomes import ESTIMATE
from geo.estimates.significance import rate_ratio_p, share_difference_p

NA = None


def definitions(direction: str = "lower", minimum: int = 10) -> pd.DataFrame:
    return pd.DataFrame({"outcome": ["o"], "direction": [direction], "minimum_observations": [minimum]})


def areas(parents: dict[str, str | None]) -> pd.DataFrame:
    return pd.DataFrame(
        [("district", code, parent) for code, parent in parents.items()], columns=["area_level", "area_code", "parent_code"]
    )  # fmt: skip


def estimates(rows: list[dict[str, Any]]) -> pd.DataFrame:
    common = {
        "outcome": "o", "area_level": "district", "period_start": "2023-01-01", "period_end": "2023-12-31",
        "is_suppressed": False, "exposure": np.nan, "per": 100.0, "standard_error": np.nan, "observations": np.nan,
        "scale": "score",
    }  # fmt: skip
    return pd.DataFrame([dict.fromkeys(ESTIMATE) | common | row for row in rows])


def rates(**given: tuple[float, float]) -> pd.DataFrame:
    """Area: events and exposure; rates are per 100."""
    return estimates([
        {"area_code": code, "scale": "rate", "observations": n, "exposure": t, "value": 100 * n / t if t > 0 else None}
        for code, (n, t) in given.items()
    ])  # fmt: skip


def scores(**given: tuple[Any, Any, Any]) -> pd.DataFrame:
    """Area: score, base and standard error; a score of ... is suppressed."""
    return estimates([
        {
            "area_code": code, "value": None if s is ... else s, "observations": base, "standard_error": error,
            "is_suppressed": s is ...,
        }
        for code, (s, base, error) in given.items()
    ]).astype({"value": float, "observations": float, "standard_error": float})  # fmt: skip


def against_all(given: pd.DataFrame, defined: pd.DataFrame | None = None) -> pd.DataFrame:
    known = areas(dict.fromkeys(given["area_code"]))
    return compare(given, known, definitions() if defined is None else defined, ["all_areas"])


def told(found: pd.DataFrame, area: str, column: str) -> float:
    return float(found[found["area_code"] == area][column].iloc[0])


def verdicts(found: pd.DataFrame) -> dict[str, str]:
    return dict(zip(found["area_code"], found["verdict"], strict=True))


@pytest.mark.parametrize(
    ("direction", "many", "few"), [("lower", "worse", "better"), ("higher", "better", "worse")]
)
def test_a_rate_is_judged_by_the_direction_of_its_outcome(direction: str, many: str, few: str) -> None:
    found = against_all(rates(A=(50, 100), B=(100, 100), C=(20, 100), D=(52, 100)), definitions(direction))
    assert verdicts(found) == {"A": "similar", "B": many, "C": few, "D": "similar"}
    assert list(found.columns) == COMPARISON
    assert found["comparator"].tolist() == ["all_areas"] * 4


def test_an_area_is_tested_against_the_others_and_shown_beside_all() -> None:
    found = against_all(rates(A=(30, 100), B=(10, 50), C=(20, 150)))
    # 60 events in 300: the whole group, per 100.
    assert found["comparator_value"].tolist() == [20.0, 20.0, 20.0]
    assert told(found, "A", "p") == pytest.approx(float(rate_ratio_p(30, 100, 30, 200)))
    assert told(found, "B", "p") == pytest.approx(float(rate_ratio_p(10, 50, 50, 250)))
    ranked = np.sort(found["p"])
    assert found["q"].min() == pytest.approx(min(ranked * 3 / np.array([1, 2, 3])))


def test_a_verdict_needs_the_false_discovery_rate_not_a_lone_p() -> None:
    # One in twelve has p below 5 %, which one in twelve will by chance.
    given = rates(A=(66, 100), **{f"Z{n}": (50, 100) for n in range(11)})
    found = against_all(given)
    assert told(found, "A", "p") < 0.05 < told(found, "A", "q")
    assert set(found["verdict"]) == {"similar"}


def test_groups_of_one_are_not_compared() -> None:
    assert against_all(rates(A=(50, 100))).empty
    known = areas({"A": "north", "B": "north", "C": "south", "D": None})
    given = rates(A=(50, 100), B=(100, 100), C=(50, 100), D=(50, 100))
    found = compare(given, known, definitions(), ["parent"])
    assert verdicts(found) == {"A": "better", "B": "worse"}
    assert found["comparator_value"].tolist() == [75.0, 75.0]
    assert list(compare(given.iloc[:0], known, definitions(), ["parent"]).columns) == COMPARISON


def test_both_comparators_may_be_asked_for() -> None:
    known = areas({"A": "north", "B": "north", "C": "south"})
    found = compare(
        rates(A=(50, 100), B=(50, 100), C=(150, 100)), known, definitions(), ["all_areas", "parent"]
    )
    judged = found[["comparator", "area_code", "verdict"]].itertuples(index=False, name=None)
    assert sorted(judged) == [
        ("all_areas", "A", "better"),
        ("all_areas", "B", "better"),
        ("all_areas", "C", "worse"),
        ("parent", "A", "similar"),
        ("parent", "B", "similar"),
    ]


def test_other_outcomes_and_periods_are_other_groups() -> None:
    given = pd.concat(
        [rates(A=(50, 100), B=(100, 100)), rates(A=(5, 100), B=(5, 100)).assign(period_start="2022-01-01")]
    )
    found = compare(given, areas({"A": None, "B": None}), definitions(minimum=1), ["all_areas"])
    values = found.groupby("period_start")["comparator_value"].unique().map(list).to_dict()
    assert values == {"2022-01-01": [5.0], "2023-01-01": [75.0]}


def test_a_missing_rate_has_no_row_and_takes_no_part() -> None:
    given = rates(A=(50, 100), B=(100, 100), C=(7, np.nan))
    found = against_all(given)
    assert verdicts(found) == {"A": "better", "B": "worse"}
    assert found["comparator_value"].tolist() == [75.0, 75.0]


def test_few_seen_where_few_are_usual_is_too_few_data() -> None:
    found = against_all(rates(A=(4, 100), B=(0, 100), C=(9, 100)))
    assert set(verdicts(found).values()) == {"too few data"}


def test_few_seen_where_many_are_usual_is_judged() -> None:
    found = against_all(rates(A=(0, 100), B=(60, 100), C=(60, 100)))
    assert verdicts(found) == {"A": "better", "B": "worse", "C": "worse"}


def test_many_seen_where_few_are_usual_is_judged() -> None:
    found = against_all(rates(A=(12, 10), B=(10, 1000)))
    assert verdicts(found) == {"A": "worse", "B": "better"}


@pytest.mark.parametrize(("count", "verdict"), [(9, "too few data"), (10, "similar"), (11, "similar")])
def test_the_minimum_of_observations(count: int, verdict: str) -> None:
    found = against_all(rates(A=(count, 100), B=(count, 100)), definitions(minimum=10))
    assert verdicts(found) == {"A": verdict, "B": verdict}


def test_scores_are_weighed_by_their_base() -> None:
    found = against_all(scores(A=(80, 300, 1), B=(60, 100, 3), C=(75, 100, 3)), definitions("higher"))
    # (300 * 80 + 100 * 60 + 100 * 75) / 500, as people weigh equally.
    assert found["comparator_value"].tolist() == [75.0] * 3
    assert verdicts(found) == {"A": "better", "B": "worse", "C": "similar"}
    # A against B and C: 67.5, with standard error half of the root of two nines.
    z = (80 - 67.5) / sqrt(1 + (9 + 9) / 4)
    assert told(found, "A", "p") == pytest.approx(erfc(z / sqrt(2)), rel=1e-9)


def test_a_lower_score_is_better_where_lower_is() -> None:
    found = against_all(scores(A=(80, 300, 1), B=(60, 300, 1)), definitions("lower"))
    assert verdicts(found) == {"A": "worse", "B": "better"}


def test_a_suppressed_score_is_too_few_data_and_takes_no_part() -> None:
    found = against_all(scores(A=(80, 300, 1), B=(60, 300, 1), C=(..., 5, NA)), definitions("higher"))
    assert verdicts(found) == {"A": "better", "B": "worse", "C": "too few data"}
    assert found["comparator_value"].tolist() == [70.0] * 3
    assert np.isnan(told(found, "C", "p"))


def test_a_score_published_without_base_has_unknown_uncertainty() -> None:
    found = against_all(scores(A=(80, NA, NA), B=(60, NA, NA)), definitions("higher"))
    assert verdicts(found) == {"A": "uncertainty unknown", "B": "uncertainty unknown"}
    # Areas weigh equally where nobody says how many were asked.
    assert found["comparator_value"].tolist() == [70.0, 70.0]
    assert found["q"].isna().all()


def test_a_base_that_is_not_said_leaves_the_others_comparable() -> None:
    found = against_all(scores(A=(80, 300, 1), B=(60, 300, 1), C=(90, NA, NA)), definitions("higher"))
    assert verdicts(found) == {"A": "better", "B": "worse", "C": "uncertainty unknown"}
    assert found["comparator_value"].tolist() == [70.0] * 3


def test_one_base_alone_is_nothing_to_test_with() -> None:
    found = against_all(scores(A=(80, 300, 1), B=(60, NA, NA), C=(90, NA, NA)), definitions("higher"))
    assert set(found["verdict"]) == {"uncertainty unknown"}
    assert found["comparator_value"].tolist() == pytest.approx([230 / 3] * 3)


def test_a_missing_score_has_no_row() -> None:
    found = against_all(scores(A=(80, 300, 1), B=(60, 300, 1), C=(NA, 300, NA)), definitions("higher"))
    assert sorted(verdicts(found)) == ["A", "B"]


def shares(**given: tuple[int, int]) -> pd.DataFrame:
    """Area: successes of so many."""
    return estimates([
        {"area_code": code, "scale": "share", "observations": n, "value": 100 * k / n} for code, (k, n) in given.items()
    ]).astype({"value": float, "observations": float})  # fmt: skip


def ratios(**given: tuple[float, float]) -> pd.DataFrame:
    """Area: value and standard error."""
    return estimates([
        {"area_code": code, "scale": "ratio", "observations": 50, "value": v, "standard_error": s}
        for code, (v, s) in given.items()
    ])  # fmt: skip


def test_shares_are_compared_as_so_many_of_so_many() -> None:
    found = against_all(shares(A=(90, 100), B=(50, 100), C=(60, 100), D=(3, 5)), definitions("higher"))
    assert verdicts(found) == {"A": "better", "B": "worse", "C": "similar", "D": "too few data"}
    assert found["comparator_value"].tolist() == pytest.approx([100 * 203 / 305] * 4)
    assert told(found, "C", "p") >= float(share_difference_p(60, 100, 143, 205))


def test_a_ratio_is_compared_as_so_many_times() -> None:
    found = against_all(ratios(A=(8.0, 0.8), B=(2.0, 0.2), C=(4.0, 0.4)))
    # Errors are a tenth everywhere, so on logarithms A and B lie alike far from C, on either side.
    assert found["comparator_value"].tolist() == pytest.approx([4.0] * 3)
    assert verdicts(found) == {"A": "worse", "B": "better", "C": "similar"}
    z = np.log(8 / np.sqrt(8)) / sqrt(0.01 + 0.01 / 2)
    assert told(found, "A", "p") == pytest.approx(erfc(z / sqrt(2)), rel=1e-9)
    assert told(found, "C", "usual_low") * told(found, "C", "usual_high") == pytest.approx(16.0)


def test_what_is_usual_is_unsure_for_the_area_and_for_the_mean_of_the_others() -> None:
    spread = {f"Z{n}": (50.0 + 4 * n, 100, 1.0) for n in range(8)}
    found = against_all(scores(**spread), definitions("higher"))
    values = [value for value, *_ in spread.values()]
    tau = usual_spread(np.array(values), np.ones(8), "score")
    assert tau > 5
    # The first against the other seven, all of one weight.
    error = sqrt(1 + 1 / 7 + tau**2 * (1 + 1 / 7))
    z = (sum(values[1:]) / 7 - values[0]) / error
    assert told(found, "Z0", "p") == pytest.approx(erfc(z / sqrt(2)), rel=1e-9)
    assert told(found, "Z0", "usual_low") == pytest.approx(sum(values[1:]) / 7 - 1.959964 * error, rel=1e-6)


def test_where_neither_direction_is_better_nothing_is_judged() -> None:
    found = against_all(rates(A=(50, 100), B=(100, 100)), definitions("neither"))
    assert set(found["verdict"]) == {"not judged"}
    assert found["p"].notna().all()


def test_a_family_is_compared_within_itself() -> None:
    known = areas(dict.fromkeys("ABCD")).assign(
        family=pd.Series(["coast", "coast", None, "hills"], dtype="str")
    )
    given = rates(A=(50, 100), B=(100, 100), C=(50, 100), D=(50, 100))
    found = compare(given, known, definitions(), ["family"])
    assert verdicts(found) == {"A": "better", "B": "worse"}


def test_statistical_neighbours_are_the_others_and_need_not_be_mutual() -> None:
    pairs = pd.DataFrame(
        [("district", "A", "B"), ("district", "A", "C"), ("district", "B", "C")],
        columns=["area_level", "area_code", "neighbour_code"],
    )
    given = rates(A=(30, 100), B=(10, 50), C=(20, 150))
    found = compare(given, areas(dict.fromkeys("ABC")), definitions(), ["statistical_neighbours"], pairs)
    assert found["area_code"].tolist() == ["A", "B"]
    # The neighbours' own value, the area left out: 30 in 200, 20 in 150.
    assert found["comparator_value"].tolist() == pytest.approx([15.0, 100 * 20 / 150])
    assert told(found, "A", "p") == pytest.approx(float(rate_ratio_p(30, 100, 30, 200)))


def test_differences_usual_between_areas_are_no_finding_and_an_outlier_is() -> None:
    usual = {f"Z{n:02}": (round(1000 * (0.7 + 0.03 * n)), 1000.0) for n in range(20)}
    found = against_all(rates(**usual))
    assert set(found["verdict"]) == {"similar"}
    assert float(rate_ratio_p(700, 1000, 18335, 19000)) < 1e-9
    assert verdicts(against_all(rates(A=(3000, 1000), **usual)))["A"] == "worse"
    # Nineteen in twenty such areas lie between the limits, and these all do.
    assert ((found["usual_low"] < 70) & (found["usual_high"] > 127)).all()


@pytest.mark.parametrize("mean", [2.0, 40.0])
def test_areas_that_differ_at_random_are_seldom_called_different(mean: float) -> None:
    """Gamma rates with counts drawn from them: every verdict would be false, and few runs hold any."""
    draw = np.random.default_rng(7)
    runs = 60
    wrong = 0
    for _ in range(runs):
        t = draw.uniform(0.5, 4.0, 60)
        n = draw.poisson(draw.gamma(8.0, mean / 8.0, 60) * t)
        found = against_all(
            rates(**{f"Z{k:02}": (int(n[k]), t[k]) for k in range(60)}), definitions(minimum=1)
        )
        wrong += bool(found["verdict"].isin(["better", "worse"]).any())
    # Nominal 5 %, and three standard errors of so few runs.
    assert wrong / runs <= 0.05 + 3 * sqrt(0.05 * 0.95 / runs)


def test_the_order_of_rows_does_not_matter() -> None:
    given = rates(**{f"Z{n}": (n * 7 % 40, 100) for n in range(12)})
    one = against_all(given).set_index("area_code")
    other = against_all(given.sample(frac=1, random_state=3)).set_index("area_code").loc[one.index]
    pd.testing.assert_frame_equal(one, other)


def test_what_was_measured_in_two_ways_is_not_compared() -> None:
    given = rates(A=(50, 100), B=(100, 100), C=(50, 100)).assign(series=["old", "old", "new"])
    assert verdicts(against_all(given)) == {"A": "better", "B": "worse"}


def test_chance_alone_and_the_usual_differences_are_told_apart() -> None:
    found = against_all(rates(**{f"Z{n:02}": (round(1000 * (0.7 + 0.03 * n)), 1000.0) for n in range(20)}))
    assert told(found, "Z00", "p_chance") < 1e-9
    assert told(found, "Z00", "p") > 0.05
    few = against_all(rates(A=(30, 100), B=(10, 50), C=(20, 150)))
    assert few["p"].tolist() == few["p_chance"].tolist()


def test_a_group_with_nothing_to_test_shows_the_mean_of_its_values() -> None:
    found = against_all(shares(A=(9, 10), B=(6, 10)).assign(observations=np.nan))
    assert found["comparator_value"].tolist() == pytest.approx([75.0, 75.0])
    assert set(found["verdict"]) == {"uncertainty unknown"}


def test_a_hidden_count_takes_no_part_and_gets_no_verdict() -> None:
    given = rates(A=(50, 100), B=(100, 100), C=(20, 100))
    hidden = {"is_suppressed": True, "value": None, "observations": None, "exposure": None}
    secret = pd.DataFrame([given.iloc[2].to_dict() | {"area_code": "D"} | hidden])
    both = pd.concat([given, secret], ignore_index=True)
    found, without = against_all(both), against_all(given)
    assert verdicts(found) == verdicts(without) | {"D": "too few data"}
    assert (
        told(found, "A", "comparator_value")
        == told(without, "A", "comparator_value")
        == pytest.approx(170 / 3)
    )
    assert np.isnan(told(found, "D", "p"))


def test_people_hurt_together_are_fewer_events_than_people() -> None:
    """The same figures, but of clusters of four: what was a finding is none."""
    alone = rates(A=(48, 100), B=(80, 100), C=(80, 100))
    error = 100 * np.sqrt(4 * alone["observations"].astype(float)) / 100
    together = against_all(alone.assign(standard_error=error))
    assert told(together, "A", "p") > told(against_all(alone), "A", "p")
    assert verdicts(against_all(alone))["A"] == "better"
    assert verdicts(together)["A"] == "similar"
    assert told(together, "A", "comparator_value") == pytest.approx(100 * 208 / 300)


def test_sums_of_chances_are_compared_unrounded() -> None:
    given = rates(A=(0.4, 100), B=(0.4, 100), C=(0.4, 100))
    found = against_all(given.assign(observations=0.0))
    assert told(found, "A", "comparator_value") == pytest.approx(0.4)


def test_a_figure_with_an_exposure_is_not_a_rate() -> None:
    rows = scores(A=(1.5, 30, 0.1), B=(1.0, 30, 0.1), C=(0.9, 30, 0.1)).assign(scale="ratio", exposure=20.0)
    found = against_all(rows)
    assert told(found, "A", "comparator_value") == pytest.approx((1.5 * 1.0 * 0.9) ** (1 / 3))
    assert verdicts(found)["A"] == "worse"


def test_an_estimate_is_judged_against_a_benchmark_as_its_model_says() -> None:
    given = ratios(A=(1.4, 0.1), B=(0.7, 0.1), C=(1.02, 0.1), D=(2.0, 0.5), X=(9.0, 0.1))
    given = given.assign(observations=[80, 60, 70, 2, 80], exposure=[50.0, 80, 69, 3, 9])
    key = given[["outcome", "area_level", "area_code", "period_start", "period_end"]]
    benchmarks = key.assign(comparator="usual", comparator_value=1.0, p=[0.001, 0.002, 0.8, 0.01, 1e-9])
    found = against_benchmarks(given, areas(dict.fromkeys("ABCD")), definitions(), benchmarks)
    assert list(found.columns) == COMPARISON
    assert verdicts(found) == {"A": "worse", "B": "better", "C": "similar", "D": "too few data"}
    assert set(found["comparator_value"]) == {1.0}
    assert told(found, "A", "q") == pytest.approx(0.001 * 4)
