"""Time to fix against the leukaemia trial of 1963 as R's survival package gives it, and against plain loops."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.estimates.intervals import wilson_interval
from geo.estimates.kaplan_meier import TIME_TO_FIX, time_to_fix

# Freireich et al. (1963), Blood 21:699: weeks in remission; + is censored.
MERCAPTOPURINE = "6 6 6 6+ 7 9+ 10 10+ 11+ 13 16 17+ 19+ 20+ 22 23 25+ 32+ 32+ 34+ 35+"
PLACEBO = "1 1 2 2 3 4 4 5 5 8 8 8 8 11 11 12 12 15 17 22 23"


def _reports(text: str, area: str = "a") -> pd.DataFrame:
    words = text.split()
    return pd.DataFrame(
        {
            "area": area,
            "days": [float(w.rstrip("+")) for w in words],
            "is_fixed": [not w.endswith("+") for w in words],
        }
    )


@pytest.mark.parametrize(
    ("weeks", "survival", "lower", "upper"),
    # R survival 3.5, survfit(conf.type = "log-log").
    [
        (6, 0.85714, 0.61972, 0.95155),
        (7, 0.80672, 0.56315, 0.92281),
        (10, 0.75294, 0.50320, 0.88936),
        (13, 0.69020, 0.43161, 0.84907),
        (16, 0.62745, 0.36751, 0.80491),
        (22, 0.53782, 0.26778, 0.74679),
        (23, 0.44818, 0.18805, 0.68014),
        (30, 0.44818, 0.18805, 0.68014),
    ],
)
def test_the_trial_of_1963(weeks: float, survival: float, lower: float, upper: float) -> None:
    row = time_to_fix(_reports(MERCAPTOPURINE), ["area"], within_days=weeks).iloc[0]
    assert row["share_fixed"] == pytest.approx(1 - survival, abs=5e-6)
    assert (row["share_lower"], row["share_upper"]) == pytest.approx((1 - upper, 1 - lower), abs=5e-6)
    assert row["share_kind"] == "Kaplan-Meier, log-log"


def test_medians_of_the_trial() -> None:
    both = pd.concat([_reports(MERCAPTOPURINE, "mercaptopurine"), _reports(PLACEBO, "placebo")])
    table = time_to_fix(both.sample(frac=1, random_state=1), ["area"]).set_index("area")
    assert table["median_days"].tolist() == [23, 8]
    np.testing.assert_allclose(table["median_lower"], [13, 4])
    np.testing.assert_allclose(table["median_upper"], [np.nan, 11])
    assert table["reports"].tolist() == [21, 21]
    assert table["fixed"].tolist() == [9, 21]
    assert table["at_risk"].tolist() == [4, 0]


def test_what_was_not_followed_long_enough_is_not_said() -> None:
    table = time_to_fix(
        pd.concat(
            [
                _reports("3 5+ 20+ 21+ 22+ 27+", "short"),
                _reports("3 5 7", "all"),
                _reports("30+ 31+ 40+", "none"),
            ]
        ),
        ["area"],
    )
    of = {row["area"]: row for row in table.to_dict("records")}
    shares = ["share_fixed", "share_lower", "share_upper"]
    assert np.isnan([of["short"][c] for c in (*shares, "median_days")]).all()
    assert of["short"]["share_kind"] == "none: follow-up is too short"
    assert of["short"]["median_kind"] == "none: not reached"
    low, high = wilson_interval([1.0, 0.0], [3, 3])
    assert [of["all"][c] for c in shares] == pytest.approx([1, low[0], 1])
    assert [of["none"][c] for c in shares] == pytest.approx([0, 0, high[1]])
    assert of["all"]["median_days"] == 5


def test_unusable_reports_are_counted_and_nameless_ones_in_no_group() -> None:
    reports = pd.concat([_reports("3 5 7 9"), _reports("3 4", "b").assign(days=[np.nan, -1])])
    table = time_to_fix(pd.concat([reports, _reports("8").assign(area=None)]), ["area"])
    assert table[["area", "reports", "unusable"]].to_numpy().tolist() == [["a", 4, 0], ["b", 0, 2]]
    assert table["share_kind"].tolist() == ["Wilson score", "none: no usable report"]
    assert table.loc[1, ["share_fixed", "median_days", "followed_days"]].isna().all()


def test_no_reports_at_all() -> None:
    table = time_to_fix(_reports("1").iloc[:0], ["area"])
    assert table.empty
    assert table.columns.tolist() == ["area", *TIME_TO_FIX]


GROUPS = st.lists(
    st.tuples(st.sampled_from("abc"), st.integers(0, 9), st.booleans()), min_size=1, max_size=40
)


@settings(max_examples=40, deadline=None)
@given(GROUPS, st.integers(0, 10))
def test_every_group_is_as_in_plain_loops(rows: list[tuple[str, int, bool]], within: int) -> None:
    table = time_to_fix(pd.DataFrame(rows, columns=["area", "days", "is_fixed"]), ["area"], within)
    assert table["area"].tolist() == sorted({area for area, _, _ in rows})
    for row in table.to_dict("records"):
        mine = [(d, fixed) for area, d, fixed in rows if area == row["area"]]
        at, median, survival = 1.0, None, 1.0
        for day in sorted({d for d, fixed in mine if fixed}):
            at_risk = sum(d >= day for d, _ in mine)
            survival *= 1 - sum(fixed for d, fixed in mine if d == day) / at_risk
            at = survival if day <= within else at
            if median is None and survival <= 0.5 + 1e-12:
                median = day
        if at > 1e-12 and max(d for d, _ in mine) < within:
            assert np.isnan(row["share_fixed"])
        else:
            assert row["share_fixed"] == pytest.approx(1 - at, abs=1e-9)
            assert row["share_lower"] - 1e-9 <= row["share_fixed"] <= row["share_upper"] + 1e-9
        assert row["median_days"] == median if median is not None else np.isnan(row["median_days"])


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(1, 60), min_size=2, max_size=40))
def test_with_nothing_open_it_is_the_plain_share(days: list[int]) -> None:
    row = time_to_fix(pd.DataFrame({"area": "a", "days": days, "is_fixed": True}), ["area"]).iloc[0]
    assert row["share_fixed"] == pytest.approx(np.mean(np.array(days) <= 28))
    assert row["median_days"] == sorted(days)[(len(days) + 1) // 2 - 1]


def test_intervals_cover_as_often_as_they_say_although_reports_are_open() -> None:
    # 2,000 areas of 60 reports made over 120 days before the extract; days to fix are log-normal, median 20.
    rng = np.random.default_rng(5)
    area = np.repeat(np.arange(2000), 60)
    days, open_for = 20 * np.exp(rng.normal(0, 0.9, len(area))), rng.uniform(0, 120, len(area))
    reports = pd.DataFrame({"area": area, "days": np.minimum(days, open_for), "is_fixed": days <= open_for})
    table = time_to_fix(reports, ["area"])
    share = 0.6457  # of a normal below log(28 / 20) / 0.9
    assert table["share_fixed"].mean() == pytest.approx(share, abs=0.005)
    assert 0.93 < (table["share_lower"].le(share) & table["share_upper"].ge(share)).mean() < 0.97
    held = table["median_lower"].le(20) & ~table["median_upper"].lt(20)
    assert 0.93 < held.mean() < 0.97


def test_planted_medians_are_found_again(sample: Path) -> None:
    table = pd.read_csv(sample.parent / "reports_fixmystreet.csv", parse_dates=["created", "closed"])
    ended = table["closed"].fillna(pd.Timestamp("2025-01-01"))
    reports = pd.DataFrame(
        {
            "council": table["council"],
            "days": (ended - table["created"]).dt.total_seconds() / 86_400,
            "is_fixed": table["closed"].notna(),
        }
    )
    found = time_to_fix(reports, ["council"])
    truth = {"Silverpit": 11, "Leman and Ower": 14, "Aurochs Cross": 12, "Outerwell": 10, "Cleaver": 13}
    rows = {row["council"]: row for row in found.to_dict("records")}
    held = [rows[c]["median_lower"] <= median <= rows[c]["median_upper"] for c, median in truth.items()]
    # Each of five intervals holds its median 19 times in 20; all but one do 98 times in 100.
    assert sum(held) >= 4
