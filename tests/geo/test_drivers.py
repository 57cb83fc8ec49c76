"""Key drivers: R's figures, the sum over all orders, and planted importance found again with its interval."""

from itertools import permutations
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.estimates.drivers import DRIVER, MOST_DRIVERS, key_drivers, lmg_shares
from geo.sample.satisfaction import Surveyed, make_latent, satisfied_by_small_area
from geo.sample.truth import COLLISIONS, CONDITION, DAYS_TO_FIX, OVERALL, SPEND, Truth
from tests.geo.swiss import SWISS_DRIVERS, swiss


def _r2(correlation: np.ndarray, chosen: list[int]) -> float:
    to_outcome = correlation[chosen, -1]
    return (
        float(to_outcome @ np.linalg.solve(correlation[np.ix_(chosen, chosen)], to_outcome))
        if chosen
        else 0.0
    )


def _over_orders(correlation: np.ndarray) -> np.ndarray:
    """The definition: what each driver adds, averaged over all orders."""
    size = len(correlation) - 1
    orders = list(permutations(range(size)))
    gains = np.zeros(size)
    for order in orders:
        for at, driver in enumerate(order):
            gains[driver] += _r2(correlation, list(order[: at + 1])) - _r2(correlation, list(order[:at]))
    return gains / len(orders)


def _drawn(
    rng: np.random.Generator, rows: int, weights: list[float], between: float = 0.0, noise: float = 1.0
) -> pd.DataFrame:
    size = len(weights)
    root = np.linalg.cholesky(np.full((size, size), between) + (1 - between) * np.eye(size))
    drivers = rng.normal(size=(rows, size)) @ root.T
    outcome = drivers @ weights + rng.normal(0, noise, rows)
    return pd.DataFrame(drivers, columns=[f"d{k}" for k in range(size)]).assign(outcome=outcome)


def test_swiss_fertility_as_r_gives_it() -> None:
    # Computed in R as the mean over all 120 orders of lm()'s R squared.
    found = key_drivers(swiss(), SWISS_DRIVERS, draws=200)
    expected = [0.0570912, 0.1711730, 0.2601347, 0.1055702, 0.1127659]
    np.testing.assert_allclose(found.table["importance"], expected, atol=5e-8)
    assert found.r2 == pytest.approx(0.7067350, abs=5e-8)
    assert found.table["importance_share"].sum() == pytest.approx(1)
    assert (found.rows, found.rows_missing, found.units, found.problem) == (47, 0, 47, None)
    # R's lm() on scale(swiss).
    np.testing.assert_allclose(
        found.table["coefficient"],
        [-0.312921282, -0.164778223, -0.67040078, 0.347600028, 0.251135976],
        atol=5e-7,
    )


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 5))
def test_each_set_met_once_is_the_mean_over_all_orders(seed: int, size: int) -> None:
    drawn = np.random.default_rng(seed).normal(size=(size + 8, size + 1))
    correlation = np.asarray(np.corrcoef(drawn, rowvar=False))
    shares = lmg_shares(correlation)
    np.testing.assert_allclose(shares, _over_orders(correlation), atol=1e-9)
    assert shares.min() >= -1e-12
    assert shares.sum() == pytest.approx(_r2(correlation, list(range(size))))


def test_drivers_that_do_not_go_together_have_their_squared_correlation() -> None:
    correlation = np.eye(11)
    correlation[-1, :-1] = correlation[:-1, -1] = np.linspace(-0.4, 0.3, 10)
    np.testing.assert_allclose(lmg_shares(correlation), np.linspace(-0.4, 0.3, 10) ** 2, atol=1e-12)


def test_a_driver_twice_halves_its_share() -> None:
    correlation = np.array([[1, 1, 0, 0.5], [1, 1, 0, 0.5], [0, 0, 1, 0.3], [0.5, 0.5, 0.3, 1]])
    np.testing.assert_allclose(lmg_shares(correlation), [0.125, 0.125, 0.09])


def test_a_weight_is_as_good_as_so_many_rows() -> None:
    rng = np.random.default_rng(2)
    rows = _drawn(rng, 80, [0.6, 0.2]).assign(weight=rng.integers(0, 4, 80))
    weighted = key_drivers(rows, ["d0", "d1"], draws=10)
    repeated = key_drivers(
        rows.loc[rows.index.repeat(rows["weight"])].drop(columns="weight"), ["d0", "d1"], draws=10
    )
    names = ["importance", "importance_share", "coefficient"]
    np.testing.assert_allclose(weighted.table[names], repeated.table[names])
    assert weighted.rows_missing == (rows["weight"] == 0).sum()
    with pytest.raises(ValueError, match="below zero"):
        key_drivers(rows.assign(weight=-1), ["d0", "d1"])


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 1000), st.floats(0.01, 100), st.floats(-1000, 1000))
def test_the_unit_of_a_driver_makes_no_difference(seed: int, scale: float, shift: float) -> None:
    rows = _drawn(np.random.default_rng(seed), 60, [0.5, 0.3], 0.3)
    other = rows.assign(d0=rows["d0"] * scale + shift)
    one, two = (
        key_drivers(r, ["d0", "d1"], draws=20).table.drop(columns=["driver", "reading"])
        for r in (rows, other)
    )
    np.testing.assert_allclose(one.astype(float), two.astype(float), rtol=1e-6, atol=1e-8)


def test_intervals_cover_the_planted_shares() -> None:
    weights, between = [0.6, 0.4, 0.25], 0.3
    truth = np.full((4, 4), between)
    truth[:3, :3] += (1 - between) * np.eye(3)
    truth[-1, :-1] = truth[:-1, -1] = truth[:3, :3] @ weights
    truth[-1, -1] = weights @ truth[:3, :3] @ weights + 1
    spread = np.sqrt(np.diag(truth))
    shares = lmg_shares(truth / np.outer(spread, spread))
    rng, inside, r2_inside, runs = np.random.default_rng(5), np.zeros(3), 0, 200
    for _ in range(runs):
        found = key_drivers(_drawn(rng, 120, weights, between), ["d0", "d1", "d2"], draws=200)
        inside += found.table["importance_lower"].le(shares) & found.table["importance_upper"].ge(shares)
        r2_inside += found.r2_lower <= shares.sum() <= found.r2_upper
    # About 95 %: 200 runs tell 0.90 from it, hardly more.
    assert (inside / runs).min() > 0.9
    assert r2_inside / runs > 0.88


def test_rows_of_one_cluster_say_less_than_rows_drawn_singly() -> None:
    # Drivers and noise are shared within a cluster of ten: there are 60 facts, not 600.
    rng = np.random.default_rng(8)
    rows = _drawn(rng, 60, [0.5, 0.3])
    many = rows.loc[rows.index.repeat(10)].reset_index(drop=True)
    known = key_drivers(many.assign(cluster=np.repeat(np.arange(60), 10)), ["d0", "d1"])
    blind = key_drivers(many, ["d0", "d1"])
    alone = key_drivers(rows, ["d0", "d1"])
    assert (known.units, known.rows, blind.units) == (60, 600, 600)
    widths = [(f.table["importance_upper"] - f.table["importance_lower"])[0] for f in (known, blind, alone)]
    assert widths[0] == pytest.approx(widths[2], rel=1e-6)
    assert widths[1] < widths[0] / 2
    named = many.assign(cluster=None)
    pd.testing.assert_frame_equal(key_drivers(named, ["d0", "d1"]).table, blind.table)


def test_intervals_cover_where_rows_come_in_clusters_only_if_they_are_told() -> None:
    # Half of the variance of the driver and of the noise is shared by the ten rows of a cluster.
    rng, cluster, runs = np.random.default_rng(9), np.repeat(np.arange(60), 10), 100
    share, inside = 0.36 / 1.36, np.zeros(2)
    for _ in range(runs):
        driver, noise = (
            np.sqrt(0.5) * (rng.normal(size=60)[cluster] + rng.normal(size=600)) for _ in range(2)
        )
        rows = pd.DataFrame({"d0": driver, "outcome": 0.6 * driver + noise})
        for k, told in enumerate((rows.assign(cluster=cluster), rows)):
            found = key_drivers(told, ["d0"], draws=200).table.iloc[0]
            inside[k] += found["importance_lower"] <= share <= found["importance_upper"]
    assert inside[0] / runs > 0.88
    assert inside[1] / runs < 0.8


def test_importance_stands_beside_performance() -> None:
    rng = np.random.default_rng(3)
    rows = _drawn(rng, 400, [1.0, 1.0, 0.1, 0.1])
    for name, centre in {"d0": 30, "d1": 70, "d2": 30, "d3": 70}.items():
        rows[name] = centre + 10 * rows[name]
    drivers = ["d0", "d1", "d2", "d3"]
    scales = dict.fromkeys(drivers, (0.0, 100.0))
    found = key_drivers(rows, drivers, scales).table
    assert found.columns.tolist() == DRIVER
    assert found["reading"].tolist() == [
        "more important, does worse", "more important, does better",
        "less important, does worse", "less important, does better",
    ]  # fmt: skip
    np.testing.assert_allclose(found["performance"], rows[drivers].clip(0, 100).mean())
    half = 1.96 * rows["d1"].clip(0, 100).std() / 20
    assert found["performance_upper"][1] - found["performance"][1] == pytest.approx(half, rel=0.15)
    # Days to fix: fewer are better, and the scale runs the other way.
    turned = key_drivers(rows, drivers, {"d0": (100.0, 0.0)}, draws=50).table
    assert turned["performance"][0] == pytest.approx(100 - found["performance"][0])
    assert turned["performance"][1:].isna().all()
    with pytest.raises(ValueError, match="worst and the best"):
        key_drivers(rows, drivers, {"d0": (1.0, 1.0)})


def test_drivers_of_equal_weight_are_not_ranked() -> None:
    found = key_drivers(_drawn(np.random.default_rng(4), 100, [0.5, 0.5]), ["d0", "d1"])
    assert found.table["reading"].tolist() == ["unclear", "unclear"]


def test_the_same_seed_gives_the_same_intervals() -> None:
    one, two, other = (key_drivers(swiss(), SWISS_DRIVERS, draws=50, seed=s).table for s in (7, 7, 8))
    pd.testing.assert_frame_equal(one, two)
    assert (one["importance_lower"] != other["importance_lower"]).all()


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"d0": 0.1}, "d0: the same everywhere"),
        ({"outcome": 0.3}, "the outcome: the same everywhere"),
        ({"d0": np.nan}, "0 rows or clusters have the outcome and all drivers; 34 are needed"),
        ({"cluster": 1}, "1 rows or clusters"),
        ({"d0": lambda r: 3 * r["d2"] - 7}, "d0, d2: one follows from the others"),
        ({"d0": lambda r: r["d2"] + 0.05 * r["d0"]}, "d0, d2: one all but follows"),
    ],
)
def test_it_says_why_nothing_can_be_said(change: dict[str, Any], why: str) -> None:
    rows = _drawn(np.random.default_rng(1), 50, [0.5, 0.3, 0.2]).assign(**change)
    found = key_drivers(rows, ["d0", "d1", "d2"])
    assert found.problem is not None
    assert why in found.problem
    assert found.table["driver"].tolist() == ["d0", "d1", "d2"]
    assert found.table.drop(columns="driver").isna().all(axis=None)
    assert np.isnan([found.r2, found.r2_lower, found.r2_upper]).all()


def test_a_draw_in_which_nothing_differs_explains_nothing() -> None:
    # One of 40 is satisfied: about every third draw misses that one, and what only that one has.
    rows = pd.DataFrame({"d0": np.arange(40.0), "outcome": np.eye(40)[7], "d1": np.eye(40)[7]})
    found = key_drivers(rows, ["d0", "d1"], draws=300)
    assert found.r2 == pytest.approx(1)
    assert found.r2_lower == 0
    assert np.isfinite(
        found.table.drop(columns=["driver", "reading"]).dropna(axis=1).to_numpy(dtype=float)
    ).all()


def test_the_fewest_rows_and_the_most_drivers() -> None:
    rows = _drawn(np.random.default_rng(1), 33, [0.5, 0.3])
    assert key_drivers(rows, ["d0", "d1"], draws=20).problem is None
    assert key_drivers(rows.head(32), ["d0", "d1"], draws=20).problem is not None
    holed = rows.assign(d1=rows["d1"].where(rows.index > 0))
    assert key_drivers(holed, ["d0", "d1"], draws=20).rows_missing == 1
    many = _drawn(np.random.default_rng(1), 80, [0.1] * (MOST_DRIVERS + 1))
    names = [f"d{k}" for k in range(MOST_DRIVERS + 1)]
    assert "13 drivers are given" in str(key_drivers(many, names, draws=20).problem)
    assert key_drivers(many, names[:-1], draws=5).problem is None
    assert key_drivers(many, [], draws=5).problem is not None


def test_doggerlands_drivers_come_in_the_order_they_were_planted(demo: Path) -> None:
    # The places and people are the sample's; each small area has a service of its own, so that there is enough
    # to learn from (the sample knows some drivers by authority only, and has eight of those).
    areas = pd.read_csv(demo.parent / "area_facts.csv")
    areas = areas[areas["area_code"].str.startswith("D01")].reset_index(drop=True)
    authority, codes = pd.factorize(areas["parent_code"])
    where = Surveyed(
        areas["area_code"].tolist(), areas["population"].to_numpy(), areas["deprivation"].to_numpy(dtype=float),
        authority.astype(np.int64), list(codes),
    )  # fmt: skip
    names, truth = [SPEND, COLLISIONS, DAYS_TO_FIX, CONDITION], Truth()
    planted = truth.driver_weight[OVERALL]
    importance, coefficients, first = np.zeros(4), np.zeros(4), 0
    for seed in range(10):
        rng = np.random.default_rng(seed)
        service = {name: rng.gamma(3, 2, len(areas)) for name in names}
        latent = make_latent(rng, where, service, truth)
        shares = satisfied_by_small_area(latent, where, [2022], truth)
        share = shares.loc[shares["question"] == OVERALL, "satisfied_share"]
        # What a survey of 400 people in each small area would find.
        rows = pd.DataFrame(dict(latent.service)).assign(outcome=rng.binomial(400, share) / 400)
        found = key_drivers(rows.assign(weight=areas["population"]), names, draws=50).table
        importance += found["importance"] / 10
        coefficients += found["coefficient"] / 10
        first += found["importance"].idxmax() == names.index(CONDITION)
    assert importance.argsort().tolist() == [0, 1, 2, 3]
    assert first >= 9
    # Coefficients are in proportion to the weights planted, and share their signs.
    expected = np.array([planted[name] for name in names])
    np.testing.assert_allclose(coefficients / coefficients[3], expected / expected[3], atol=0.12)
