"""Reliability of areas: weights by hand, and intervals that hold the truth of the process."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.estimates.area_times import area_reliability
from geo.estimates.observed_times import by_time_of_day, observed_times, without_empty_series
from geo.estimates.travel_time import drawn_indices

MORNING = pd.Timestamp("2024-06-03 08:00")


def _times(links: dict[str, list[float]], days: int = 12) -> pd.DataFrame:
    """Give each link its times one after another, a day each, over and over; free flow is 50 seconds."""
    rows = [(link, n % days, seconds) for link, all_of in links.items() for n, seconds in enumerate(all_of)]
    made = pd.DataFrame(rows, columns=["link_id", "n", "travel_time_s"])
    local = MORNING + pd.to_timedelta(made["n"] // 5 * 7 + made["n"] % 5, unit="D")
    return by_time_of_day(made.assign(source="s", local_at=local, day=local.dt.normalize(), free_flow_s=50.0))


def _pieces(*rows: tuple[str, str, float, float]) -> pd.DataFrame:
    made = pd.DataFrame(rows, columns=["area_code", "link_id", "length_m", "numbered_m"])
    return made.assign(area_level="authority", source="s")


def test_areas_by_hand() -> None:
    # 95th percentiles of 195 and 390 seconds; 80th over median 1.2 for both.
    a = [100.0 + k for k in range(101)]
    times = _times({"a": a, "b": [2 * k for k in a], "c": [k + 100 for k in a]})
    pieces = _pieces(("A", "a", 300, 4000), ("A", "b", 100, 4000), ("B", "c", 99, 1000))
    table = area_reliability(times, pieces, draws=20)
    # B has less than a tenth of its road observed.
    assert table["area_code"].tolist() == ["A", "A"]
    lottr, pti = table.to_dict("records")
    assert (lottr["outcome"], pti["outcome"]) == ("level_of_travel_time_reliability", "planning_time_index")
    assert pti["value"] == pytest.approx((300 * 195 / 50 + 100 * 390 / 50) / 400)
    assert lottr["value"] == pytest.approx(180 / 150)
    assert (pti["observed_km"], pti["observed_share"], pti["observations"], pti["links"]) == (
        0.4,
        0.1,
        202,
        2,
    )
    assert np.isnan(pti["lower"])
    assert pti["uncertainty_kind"] == "unknown"


def test_a_link_of_few_days_counts_as_not_observed() -> None:
    steady = [100.0 + k % 7 for k in range(120)]
    times = pd.concat([_times(dict.fromkeys("abc", steady)), _times({"d": steady}, days=9)])
    pieces = _pieces(*(("A", link, 100, 1000) for link in "abcd"))
    found = area_reliability(times, pieces, draws=20)
    assert found["links"].tolist() == [3, 3]
    assert found["observed_km"].tolist() == [0.3, 0.3]


def test_all_of_a_road_needs_no_sample_of_links() -> None:
    rng = np.random.default_rng(2)
    times = _times({"a": list(rng.lognormal(4, 0.3, 240))})
    whole = area_reliability(times, _pieces(("A", "a", 1000, 1000)), draws=50)
    part = area_reliability(times, _pieces(("A", "a", 500, 1000)), draws=50)
    assert whole["lower"].notna().all()
    assert part["lower"].isna().all()


@settings(max_examples=8, deadline=None)
@given(st.lists(st.floats(40, 400), min_size=60, max_size=60), st.floats(0.5, 20))
def test_indices_do_not_know_the_unit_of_time(seconds: list[float], ratio: float) -> None:
    pieces = _pieces(*(("A", link, 100, 500) for link in "abc"))
    links = {"a": seconds, "b": seconds[::-1], "c": seconds[7:] + seconds[:7]}
    one = _times(links)
    other = one.assign(travel_time_s=one["travel_time_s"] * ratio, free_flow_s=50.0 * ratio)
    a, b = (area_reliability(t, pieces, draws=10) for t in (one, other))
    assert a["value"].to_numpy() == pytest.approx(b["value"].to_numpy())
    assert a["standard_error"].to_numpy() == pytest.approx(
        b["standard_error"].to_numpy(), rel=1e-6, abs=1e-9, nan_ok=True
    )
    told = a[a["lower"].notna()]
    assert (told["lower"] <= told["value"]).all()
    assert (told["value"] <= told["upper"]).all()


def test_draws_begin_with_the_days_lived() -> None:
    times = _times({"a": [100.0 + k for k in range(101)]})
    groups, found = drawn_indices(times, ["link_id", "time_of_day"], 5)
    assert groups["time_of_day"].tolist() == ["all", "weekday_morning"]
    assert found.shape == (6, 3, 2)
    assert found[0, :, 0] == pytest.approx([195 / 50, 195 / 150 - 1, 180 / 150])


def test_intervals_hold_the_mean_of_all_links() -> None:
    """100 areas of 40 links of which 8 are observed over 20 days; links differ, and days do for all of an area."""
    rng, areas = np.random.default_rng(8), 100
    sd = rng.lognormal(np.log(0.2), 0.25, (areas, 40))
    truth = np.exp(1.6449 * np.hypot(sd, 0.08)).mean(axis=1)
    area, link, on, _ = (k.ravel() for k in np.indices((areas, 8, 20, 12)))
    day = rng.normal(0, 0.08, (areas, 20))[area, on]
    days = pd.Timestamp("2024-06-03") + pd.to_timedelta([d // 5 * 7 + d % 5 for d in range(20)], unit="D")
    names = np.array([[f"A{a:03}L{k}" for k in range(8)] for a in range(areas)])
    times = pd.DataFrame(
        {
            "source": "s", "link_id": names[area, link], "time_of_day": "all", "day": days[on],
            "travel_time_s": 50 * np.exp(day + sd[area, link] * rng.normal(size=len(link))), "free_flow_s": 50.0,
        }
    )  # fmt: skip
    pieces = _pieces(*((name[:4], name, 100, 4000) for name in names.ravel()))
    found = area_reliability(times, pieces, draws=60)
    found = found[found["outcome"] == "planning_time_index"]
    covered = found["lower"].le(truth) & found["upper"].ge(truth)
    assert len(found) == areas
    assert 0.88 < covered.mean() < 0.995


def test_times_are_parted_by_year_and_series() -> None:
    local = pd.to_datetime(["2018-06-04 11:00", "2018-06-05 11:00", "2019-06-03 11:00", "2019-06-03 23:00"])
    given_times = pd.DataFrame(
        {
            "source": "s", "link_id": "a", "observed_at": local, "local_at": local, "travel_time_s": [10.0, 20, 30, 90],
            "series": [None, None, "from 2019-01-01", "from 2019-01-01"],
        }
    )  # fmt: skip
    made = observed_times(given_times)
    assert made["free_flow_s"].tolist() == [11.5, 11.5, 30, 30]
    assert made["period_end"].dt.day.tolist() == [5, 5, 3, 3]
    assert made["series"].tolist() == ["", "", "from 2019-01-01", "from 2019-01-01"]
    assert without_empty_series(made)["series"].tolist() == [None, None, "from 2019-01-01", "from 2019-01-01"]
    assert by_time_of_day(made)["time_of_day"].tolist() == ["all"] * 4 + ["weekday_midday"] * 3
