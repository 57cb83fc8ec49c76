"""Reliability of travel times against numpy's percentiles, days drawn by hand, and what Doggerland plants."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from geo.estimates.corridor_times import corridor_times
from geo.estimates.travel_periods import free_flow_times, is_off_peak, reporting_period
from geo.estimates.travel_time import RELIABILITY, travel_time_reliability


def _times(seconds: list[float], link: str = "a", days: int = 1) -> pd.DataFrame:
    on = pd.Timestamp("2024-06-03") + pd.to_timedelta(np.arange(len(seconds)) % days, unit="D")
    return pd.DataFrame({"link_id": link, "day": on, "travel_time_s": seconds, "free_flow_s": 50.0})


def test_the_indices_by_hand() -> None:
    # 0 to 100 in steps of one, and 100 more: every percentile is its own number.
    row = travel_time_reliability(_times([100.0 + k for k in range(101)]), ["link_id"]).iloc[0]
    assert (row["p50_s"], row["p80_s"], row["p95_s"], row["mean_s"]) == (150, 180, 195, 150)
    assert row["planning_time_index"] == pytest.approx(195 / 50)
    assert row["buffer_index"] == pytest.approx(195 / 150 - 1)
    assert row["lottr"] == pytest.approx(180 / 150)
    assert (row["observations"], row["days"]) == (101, 1)
    assert row["uncertainty_kind"] == "none: fewer than 10 days"


TIMES = st.lists(
    st.tuples(st.sampled_from("abc"), st.one_of(st.none(), st.integers(0, 50))), min_size=1, max_size=60
)


@settings(max_examples=20, deadline=None)
@given(TIMES)
def test_percentiles_are_numpys(rows: list[tuple[str, int | None]]) -> None:
    times = pd.DataFrame(rows, columns=["link_id", "travel_time_s"]).astype({"travel_time_s": float})
    times = times.assign(day=pd.Timestamp("2024-06-03"), free_flow_s=np.nan)
    found = travel_time_reliability(times, ["link_id"], draws=0)
    used = times[times["travel_time_s"] > 0]
    assert found["link_id"].tolist() == sorted(set(used["link_id"]))
    for row in found.to_dict("records"):
        mine = used.loc[used["link_id"] == row["link_id"], "travel_time_s"].to_numpy()
        expected = np.quantile(mine, [0.5, 0.8, 0.95])
        assert [row["p50_s"], row["p80_s"], row["p95_s"]] == pytest.approx(expected)
        assert row["mean_s"] == pytest.approx(mine.mean())
        assert np.isnan(row["planning_time_index"])
        assert row["lottr"] == pytest.approx(expected[1] / expected[0])


def test_no_times_at_all() -> None:
    assert travel_time_reliability(_times([0.0]), ["link_id"]).columns.tolist() == ["link_id", *RELIABILITY]


def test_the_bootstrap_is_that_of_days_copied_out() -> None:
    rng = np.random.default_rng(0)
    times = _times(list(rng.lognormal(4, 0.3, 300)), days=12)
    found = travel_time_reliability(times, ["link_id"], draws=60, seed=9).iloc[0]
    draw, copies = np.random.default_rng(9), []
    days = times["day"].unique()
    kinds = [[d for d in days if (d.day_of_week >= 5) == weekend] for weekend in (False, True)]
    for _ in range(60):
        parts = []
        for kind in kinds:
            for day, count in zip(
                kind, draw.multinomial(len(kind), [1 / len(kind)] * len(kind)), strict=True
            ):
                parts += [times.loc[times["day"] == day, "travel_time_s"].to_numpy()] * int(count)
        copies.append(np.quantile(np.concatenate(parts), 0.95) / 50)
    width = float(stats.t.ppf(0.975, 11)) * np.std(np.log(copies), ddof=1) * np.sqrt(12 / 11)
    assert found["planning_time_index_upper"] == pytest.approx(found["planning_time_index"] * np.exp(width))
    assert found["planning_time_index_lower"] == pytest.approx(found["planning_time_index"] / np.exp(width))


def test_the_same_twice_and_in_any_order() -> None:
    rng = np.random.default_rng(1)
    times = pd.concat([_times(list(rng.lognormal(4, 0.3, 200)), link, 20) for link in "ab"])
    one = travel_time_reliability(times, ["link_id"])
    two = travel_time_reliability(times.sample(frac=1, random_state=3), ["link_id"])
    pd.testing.assert_frame_equal(one, two)
    assert (one["lottr_lower"] <= one["lottr"]).all()
    assert (one["lottr"] <= one["lottr_upper"]).all()


def test_intervals_allow_for_days_that_differ() -> None:
    # 400 links over 30 days of 40 times: a shared day makes up half of the variance.
    rng = np.random.default_rng(6)
    shape = (400, 30, 40)
    day = rng.normal(0, 0.15, shape[:2])[..., None]
    seconds = 60 * np.exp(day + rng.normal(0, 0.15, shape))
    link, on, _ = (k.ravel() for k in np.indices(shape))
    times = pd.DataFrame(
        {
            "link_id": link,
            "day": pd.Timestamp("2024-06-03") + pd.to_timedelta(on, unit="D"),
            "travel_time_s": seconds.ravel(),
            "free_flow_s": 60.0,
        }
    )
    found = travel_time_reliability(times, ["link_id"], draws=100)
    spread = np.hypot(0.15, 0.15)
    for name, truth in {
        "planning_time_index": np.exp(1.6449 * spread),
        "lottr": np.exp(0.8416 * spread),
    }.items():
        covered = found[f"{name}_lower"].le(truth) & found[f"{name}_upper"].ge(truth)
        assert 0.9 < covered.mean() < 0.98


def test_doggerlands_unreliable_road_is_found(sample: Path) -> None:
    folder = sample.parent
    truth = pd.read_csv(folder / "truth_travel_times.csv")
    times = pd.read_csv(folder / "travel_times.csv").merge(truth, on="link_id")
    times = times.assign(
        day=pd.to_datetime(times["observed_at"].str[:10]), free_flow_s=times["free_flow_time_s"]
    )
    found = travel_time_reliability(times, ["link_id"], draws=0).merge(truth, on="link_id")
    # Times are whole seconds, and the days are drawn with ups and downs of their own.
    assert found["planning_time_index_x"].to_numpy() == pytest.approx(
        found["planning_time_index_y"].to_numpy(), rel=0.12
    )
    lottr = found["p80_ratio"] / found["median_ratio"]
    assert np.corrcoef(found["lottr"], lottr)[0, 1] > 0.9


def test_periods_of_the_day() -> None:
    monday = ["05:59", "06:00", "10:00", "19:59", "20:00"]
    words = [f"2024-06-03 {at}" for at in monday] + [
        f"2024-06-0{d}" for d in ("8 06:00", "9 19:59", "9 20:00")
    ]
    local = pd.Series(pd.to_datetime(words))
    assert reporting_period(local).fillna("").tolist() == [
        "", "weekday_morning", "weekday_midday", "weekday_evening", "", "weekend", "weekend", "",
    ]  # fmt: skip
    assert is_off_peak(local).tolist() == [False, False, True, True, True, True, True, True]


def test_free_flow_is_the_fast_end_of_quiet_times() -> None:
    table = free_flow_times(
        pd.concat([_times([100.0 + k for k in range(101)]), _times([7.0], "b")]), ["link_id"]
    )
    assert table["free_flow_s"].tolist() == [115, 7]


def test_a_corridor_is_the_sum_of_its_links() -> None:
    links = pd.DataFrame(
        {"corridor": ["A1", "A1", "A1"], "link_id": ["a", "b", "c"], "length_m": [500.0, 400.0, 100.0]}
    )
    times = pd.DataFrame(
        {
            "link_id": ["a", "b", "c", "a", "b", "a", "c", "b"],
            "observed_at": [1, 1, 1, 2, 2, 3, 3, 4],
            "travel_time_s": [50.0, 30, 10, 54, 36, 50, 10, np.nan],
            "free_flow_s": [40.0, 25, 8, 40, np.nan, 40, 8, 25],
        }
    )
    table = corridor_times(times, links)
    # At 3 and 4 too much is missing.
    assert table["observed_at"].tolist() == [1, 2]
    assert table["travel_time_s"].tolist() == pytest.approx([90, 100])
    np.testing.assert_allclose(table["free_flow_s"], [73, np.nan])
    assert table["covered_share"].tolist() == pytest.approx([1, 0.9])
