"""Collisions against what is usual: planted sites, units that must not mix, and the short counted stretch."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from geo.estimates.circumstances import against_region
from geo.estimates.negative_binomial import fit_expected
from geo.estimates.usual import (
    DAYS_A_YEAR,
    LEAST_SITES,
    PLAIN_FLOW,
    USUAL,
    against_usual,
    expected_counts,
    judged,
)


def planted(seed: int, sites: int = 400) -> tuple[pd.DataFrame, np.ndarray]:
    """Cells of sites with an A road of known traffic and streets, and the true mean of each site."""
    rng = np.random.default_rng(seed)
    flow = rng.lognormal(np.log(12_000), 0.5, sites)
    # Kilometre-years.
    km = rng.gamma(2, 2.5, sites), rng.gamma(4, 10, sites)
    factor = rng.gamma(4, 1 / 4, sites)
    means = 0.9 * km[0] * (flow / PLAIN_FLOW) ** 0.7 * factor, 0.15 * km[1] * factor
    cells = [
        pd.DataFrame(
            {
                "site": np.arange(sites),
                "label": label,
                "exposure": exposure,
                "flow": traffic,
                "observed": rng.poisson(mean).astype(float),
            }
        )
        for label, exposure, traffic, mean in (
            ("a by traffic", km[0] * flow * DAYS_A_YEAR, flow, means[0]),
            ("street by length", km[1], np.nan, means[1]),
        )
    ]
    return pd.concat(cells, ignore_index=True), means[0] + means[1]


def test_estimates_are_nearer_the_truth_than_counts_and_cover_it() -> None:
    ratios, covered = [], []
    for seed in range(6):
        cells, truth = planted(seed)
        found = against_usual(expected_counts(cells, chances=False), ["site"], chances=False)
        assert found["dispersion"].iloc[0] == pytest.approx(0.25, abs=0.08)
        raw = np.sqrt(((found["observed"] - truth) ** 2).mean())
        ratios.append(np.sqrt(((found["estimate"] - truth) ** 2).mean()) / raw)
        covered.append(((found["lower"] <= truth) & (truth <= found["upper"])).mean())
    assert np.mean(ratios) < 0.92
    assert 0.93 < np.mean(covered) < 0.97


def test_verdicts_are_seldom_on_the_wrong_side() -> None:
    wrong = verdicts = 0
    for seed in range(6):
        cells, truth = planted(seed)
        found = against_usual(expected_counts(cells, chances=False), ["site"], chances=False).assign(all="x")
        told = judged(found, ["all"])
        is_worse, is_better = (told["verdict"] == v for v in ("worse", "better"))
        verdicts += int((is_worse | is_better).sum())
        wrong += int(
            (is_worse & (truth <= told["expected"])).sum() + (is_better & (truth >= told["expected"])).sum()
        )
    assert verdicts > 100
    assert wrong / verdicts <= 0.05


def test_classes_of_few_events_share_a_rate_though_their_units_differ() -> None:
    cells, _ = planted(1, sites=60)
    rare = (
        cells[cells["label"] == "a by traffic"]
        .head(6)
        .assign(label="motorway by traffic", observed=[1.0, 0, 0, 0, 0, 0])
    )
    few = (
        cells[cells["label"] == "street by length"]
        .head(6)
        .assign(label="c by length", observed=[0.0, 1, 0, 0, 0, 0])
    )
    made = expected_counts(pd.concat([cells, rare, few], ignore_index=True), chances=False)
    assert made["expected"].max() < 100
    assert made["expected"].sum() == pytest.approx(made["observed"].sum(), rel=0.2)


def test_one_collision_on_a_short_counted_stretch_tops_nothing() -> None:
    """0.4 km, 1,000 vehicles a day, one collision in five years: the highest plain rate of all, and no more."""
    rng = np.random.default_rng(3)
    km, flow = np.append(rng.uniform(1, 3, 80), 0.4), np.append(rng.uniform(8e3, 2e4, 80), 1e3)
    mean = np.append(0.9 * km[:-1] * 5 * rng.gamma(4, 1 / 4, 80), 0)
    observed = np.append(rng.poisson(mean[:-1]), 1).astype(float)
    vehicle_km = km * 5 * flow * DAYS_A_YEAR
    cells = pd.DataFrame(
        {
            "site": np.arange(81),
            "label": "a by traffic",
            "exposure": vehicle_km,
            "flow": flow,
            "observed": observed,
        }
    )
    found = against_usual(expected_counts(cells, chances=False), ["site"], chances=False).assign(all="x")
    told = judged(found, ["all"])
    assert np.argmax(observed / vehicle_km) == 80
    for ranked in (found["estimate"] / found["expected"], found["excess"], found["estimate"] / km):
        assert ranked.rank(ascending=False).iloc[80] > 5
    assert told["verdict"].iloc[80] == "too few data"
    assert np.isnan(told["q"].iloc[80])


def test_cells_without_a_count_get_an_expected_one_and_without_exposure_none() -> None:
    cells, _ = planted(2)
    cells.loc[0, "observed"] = np.nan
    cells.loc[1, "exposure"] = np.nan
    made = expected_counts(cells, chances=False)
    assert made["expected"].to_numpy(dtype=float)[0] > 0
    assert 1 not in made.index


def test_few_sites_say_nothing_of_what_is_usual() -> None:
    cells, _ = planted(4, sites=LEAST_SITES - 1)
    made = expected_counts(cells, chances=False)
    assert list(against_usual(made, ["site"], chances=False).columns) == ["site", *USUAL]
    assert against_usual(made, ["site"], chances=False).empty


def test_sites_that_differ_no_more_than_by_chance_are_as_usual() -> None:
    even = pd.DataFrame({"site": range(20), "observed": 10.0, "expected": 10.0, "variance": 0.0})
    found = against_usual(even, ["site"], chances=False).assign(all="x")
    assert found["dispersion"].eq(0).all()
    assert found["p"].eq(1).all()
    assert set(judged(found, ["all"])["verdict"]) == {"similar"}


def test_sums_of_chances_are_fitted_as_counts_are() -> None:
    cells, _ = planted(5)
    whole = fit_expected(cells["observed"], cells["exposure"], cells["label"])
    same = fit_expected(cells["observed"], cells["exposure"], cells["label"], chances=True)
    assert same.dispersion == pytest.approx(whole.dispersion)
    nearly = fit_expected(cells["observed"] + 0.001, cells["exposure"], cells["label"], chances=True)
    assert nearly.dispersion == pytest.approx(whole.dispersion, rel=0.05)
    with pytest.raises(ValueError, match="whole numbers"):
        fit_expected(cells["observed"] + 0.001, cells["exposure"])
    with pytest.raises(ValueError, match="0 or more"):
        fit_expected(cells["observed"] - 1, cells["exposure"], chances=True)


def circumstances(*tables: list[list[int]]) -> pd.DataFrame:
    """One area: observed, usual and variance, from tables (area, rest) x (category, others) of each stratum."""
    parts = []
    for (a, b), (c, d) in tables:
        n, m, total = a + b, a + c, a + b + c + d
        parts.append((a, n * m / total, n * (c + d) * m * (b + d) / total**2 / (total - 1)))
    observed, usual, variance = np.sum(parts, axis=0)
    about = {"area_level": "ward", "dimension": "light", "period_start": "2020", "period_end": "2024"}
    return pd.DataFrame([about | {"category_count": observed, "usual": usual, "variance": variance}])


def test_circumstances_are_tested_as_mantel_and_haenszel_do() -> None:
    tables = [[[30, 20], [100, 160]], [[12, 40], [50, 300]]]
    found = against_region(circumstances(*tables)).iloc[0]
    # The exact distribution of the sum, were collisions dealt out within each stratum: twice its upper tail.
    dealt = [stats.hypergeom(np.sum(t), t[0][0] + t[1][0], sum(t[0])) for t in tables]
    one, other = (of.pmf(np.arange(sum(t[0]) + 1)) for of, t in zip(dealt, tables, strict=True))
    chances = np.convolve(one, other)
    assert found["usual"] == pytest.approx(sum(one.mean() for one in dealt))
    assert found["variance"] == pytest.approx(sum(one.var() for one in dealt))
    assert found["p"] == pytest.approx(2 * chances[int(found["category_count"]) :].sum(), rel=0.3)
    assert found["verdict"] == "more than usual"
    assert found["lower"] < found["ratio"] < found["upper"]


def test_circumstances_of_a_whole_region_or_of_few_collisions_say_nothing() -> None:
    whole = circumstances([[30, 20], [0, 0]])
    few = circumstances([[1, 3], [20, 60]])
    assert against_region(whole)["verdict"].tolist() == ["nothing to compare with"]
    assert against_region(whole)["ratio"].tolist() == [1.0]
    assert against_region(few)["verdict"].tolist() == ["too few data"]
    assert np.isnan(against_region(few)["q"]).all()
