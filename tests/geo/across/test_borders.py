"""Both sides of a border: sums, what is usual, and what a band may claim."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import optimize, stats

from geo.across.borders import ENDLESS, checked, contrasts
from geo.across.road_sides import CLASSES, by_class_too, sides_of, usual_on_roads
from geo.across.unlike import inflation_of, unlike_elsewhere
from geo.arrays import Floats
from geo.estimates.negative_binomial import dispersion_by_size
from geo.estimates.significance import rate_ratio_p

SITES = pd.DataFrame(
    {
        "road_class": ["a", "a", "unclassified"], "aadf": [10_000.0, np.nan, np.nan], "urban_share": [0.0, 0.5, 1.0],
        "cell_road_km": [2.0, 2.0, 8.0], "mean_limit_mph": [60.0, 60.0, 30.0], "road_km": [2.0, 1.0, 5.0],
    }
)  # fmt: skip
USUAL = {"collisions": pd.DataFrame({"per_km": [4.0, 2.0, 1.0], "dispersion": [0.5, 0.5, 0.2]})}


def parts(*rows: tuple[int, bool, bool, int, float, float, float, float]) -> pd.DataFrame:
    names = ["line", "is_along", "is_first", "site", "distance_m", "road_km", "collisions", "collisions_near"]
    return pd.DataFrame(rows, columns=names)


DRAWN = parts(
    (1, False, True, 0, 500, 1.0, 6, 1),
    (1, False, True, 2, 1500, 3.0, 2, 0),
    (1, False, False, 1, 900, 1.0, 3, 0),
    (1, False, False, 2, 3000, 2.0, 9, 0),
    (2, True, True, 0, 100, 1.0, 6, 0),
    (2, True, False, 1, 100, 0.5, 1, 0),
)
CLASS = np.array([CLASSES.index(c) for c in SITES["road_class"]], dtype=np.int64)


def test_a_border_is_compared_whole_and_by_class_a_corridor_only_whole() -> None:
    made, groups = by_class_too(DRAWN, CLASS)
    assert groups["line"].tolist() == [1, 1, 1, 2]
    assert groups["road_class"].fillna("all").tolist() == ["all", "a", "unclassified", "all"]
    assert groups["is_along"].tolist() == [False, False, False, True]
    assert made.groupby("group")["collisions"].sum().tolist() == [20, 9, 11, 7]


def test_sides_add_up_within_the_band() -> None:
    made, groups = by_class_too(DRAWN, CLASS)
    sides = sides_of(made, SITES, USUAL, len(groups), 2000).set_index(["group", "is_first"])
    one: Any = sides.loc[(0, True)]
    other: Any = sides.loc[(0, False)]
    assert (one["count"], one["near_count"], one["road_km"]) == (8, 1, 4)
    assert (one["known_share"], one["flow_km"], one["expected"]) == (0.25, 10_000, 7)
    # Half of 4 squared and a fifth of 3 squared, over 7 squared.
    assert one["variation"] == pytest.approx((0.5 * 16 + 0.2 * 9) / 49)
    # What is 3 km off is beyond the band.
    assert (other["count"], other["expected"]) == (3, 2)
    nowhere: Any = sides.loc[(2, False)]
    assert np.isnan(nowhere["variation"])
    assert nowhere["road_km"] == 0


def test_without_variation_it_is_the_plain_exact_test() -> None:
    made, groups = by_class_too(DRAWN, CLASS)
    usual = {"collisions": USUAL["collisions"].assign(dispersion=0.0)}
    sides = sides_of(made, SITES, usual, len(groups), 5000)
    inflation = inflation_of(made, SITES, usual, groups)
    rows = contrasts(sides, groups, inflation).set_index("group")
    assert (inflation["inflation"] == 1).all()
    assert rows.loc[0, "ratio"] == pytest.approx((8 / 7) / (12 / 4))
    np.testing.assert_allclose(rows.loc[[0, 1], "p"], rate_ratio_p([8, 6], [7, 4], [12, 3], [4, 2]))
    # Nine events of A roads, and seven of the corridor, are too few to be counted among tests.
    # Two of eleven, where three fifths are usual: p is 0.012, and no other test is of this class.
    assert rows["verdict"].tolist() == ["no difference told", "too few data", "lower", "too few data"]
    assert rows["q"].isna().tolist() == [False, True, False, True]


def test_why_there_is_no_contrast() -> None:
    made, groups = by_class_too(DRAWN, CLASS)
    nothing = {"collisions": USUAL["collisions"].assign(per_km=np.nan)}
    inflation = inflation_of(made, SITES, USUAL, groups)
    rows = contrasts(sides_of(made, SITES, nothing, len(groups), 2000), groups, inflation)
    assert rows["reason"].tolist() == [
        "too few events to say what is usual on such roads",
        "too few events to say what is usual on such roads",
        "no such road on a side",
        "too few events to say what is usual on such roads",
    ]
    assert rows["verdict"].isna().all()


def strips(differ: float, rng: np.random.Generator) -> pd.DataFrame:
    """Forty corridors of four strips a side, whose rates differ from strip to strip by a gamma factor."""
    rows = [
        (line, True, is_first, 0, 1000.0 * strip + 500, 5.0, float(rng.poisson(20 * factor)), 0.0)
        for line in range(40)
        for is_first in (True, False)
        for strip, factor in enumerate(rng.gamma(1 / differ, differ, 4) if differ else np.ones(4))
    ]
    return parts(*rows)


def inflation_along(differ: float, dispersion: float) -> float:
    usual = {"collisions": pd.DataFrame({"per_km": [4.0], "dispersion": [dispersion]})}
    made, groups = by_class_too(strips(differ, np.random.default_rng(5)), CLASS)
    found: Any = inflation_of(made, SITES.head(1), usual, groups).set_index("outcome").loc["collisions"]
    # Of a pair without ten events nothing is told.
    assert 150 <= found["pairs"] <= 160
    return float(found["inflation"])


def test_strips_that_differ_as_sites_do_inflate_nothing() -> None:
    assert inflation_along(0.2, 0.2) == pytest.approx(1, abs=0.35)
    assert inflation_along(0.0, 0.2) == 1


def test_strips_that_differ_more_inflate() -> None:
    assert inflation_along(0.4, 0.1) == pytest.approx(4, rel=0.4)


def test_roads_under_test_have_no_say_in_how_unlike_roads_are() -> None:
    """Twenty borders of fifty like sites; those of the first are ten times as bad, and raise k for the others only."""
    rng = np.random.default_rng(8)
    number, borders = 1000, 20
    table = pd.DataFrame({"road_km": np.ones(number)})
    count = rng.poisson(5 * rng.gamma(1 / 0.3, 0.3, number)) * np.where(np.arange(number) < 50, 10, 1)
    fit = dispersion_by_size(count, np.full(number, float(count.mean())), 0.6)
    usual = {
        "collisions": pd.DataFrame({"per_km": count.mean(), "dispersion": fit, "event_count": count * 1.0})
    }
    held = pd.DataFrame(
        {
            "group": np.arange(number) // 50, "is_first": np.arange(number) % 2 == 0, "site": np.arange(number),
            "distance_m": 500.0, "road_km": 1.0,
        }
    )  # fmt: skip
    found = unlike_elsewhere(held, table, usual, borders, 2000)["factor"].to_numpy()
    for border in (0, 7):
        rest = np.arange(number) // 50 != border
        k = optimize.minimize_scalar(
            lambda log_factor, rest=rest: -stats.nbinom.logpmf(
                count[rest], 1 / (np.exp(log_factor) * fit[rest]),
                1 / (1 + np.exp(log_factor) * fit[rest] * count.mean()),
            ).sum(), bounds=(-2, 1), method="bounded",
        )  # fmt: skip
        assert found[border] == pytest.approx(np.exp(k.x), rel=0.03)
    assert found[0] < 0.8 < found[1:].min()
    beyond = unlike_elsewhere(held.assign(distance_m=2500.0), table, usual, borders, 2000)["factor"]
    # Nothing is left out, so all have the factor that is likeliest for all.
    assert len(set(beyond)) == 1


def test_where_nothing_tells_sites_apart_the_factor_is_one() -> None:
    usual = {"collisions": USUAL["collisions"].assign(dispersion=0.0, event_count=[3.0, np.nan, 1.0])}
    made, groups = by_class_too(DRAWN, CLASS)
    assert (unlike_elsewhere(made, SITES, usual, len(groups), 2000)["factor"] == 1).all()


def test_without_borders_there_is_nothing_to_compare() -> None:
    usual = {"collisions": USUAL["collisions"].assign(event_count=[3.0, 2.0, 1.0])}
    made, groups = by_class_too(DRAWN.head(0), CLASS)
    assert groups.empty
    assert unlike_elsewhere(made, SITES, usual, 0, 2000).empty
    assert sides_of(made, SITES, usual, 0, 2000).empty


def sites(rng: np.random.Generator, number: int) -> tuple[pd.DataFrame, Floats]:
    flow, density = rng.lognormal(9, 0.5, number), rng.lognormal(1, 0.5, number)
    table = pd.DataFrame(
        {
            "road_km": rng.uniform(0.5, 3, number), "years": 5.0, "road_class": "a", "aadf": flow,
            "cell_road_km": density, "urban_share": np.nan,
        }
    )  # fmt: skip
    mean = table["road_km"] * 5 * (flow / 10_000) ** 0.7 * (density / 3) ** 0.4
    return table.assign(event_count=rng.poisson(mean)), mean.to_numpy()


def test_what_is_usual_follows_traffic_and_density() -> None:
    table, mean = sites(np.random.default_rng(3), 2000)
    table.loc[0, "road_km"] = 0
    made = usual_on_roads(table)
    assert np.isnan(made["per_km"].iloc[0])
    np.testing.assert_allclose((made["per_km"] * table["road_km"])[1:], mean[1:], rtol=0.25)
    assert made["dispersion"][1:].max() < 0.1


def test_a_site_that_no_source_speaks_for_still_has_a_usual_count() -> None:
    table, _ = sites(np.random.default_rng(4), 500)
    table.loc[7, "event_count"] = np.nan
    assert usual_on_roads(table)["per_km"].notna().all()


def test_without_events_nothing_is_usual() -> None:
    table, _ = sites(np.random.default_rng(4), 20)
    assert usual_on_roads(table.assign(event_count=0.0)).isna().all().all()


def test_checks_name_what_differs() -> None:
    made, groups = by_class_too(DRAWN, CLASS)
    said = checked(made, SITES, groups, 5000)
    # Traffic of the second side is not known, and its town share is another.
    assert said["traffic"].isna().all()
    assert said.loc[3, "urban_share"] == -ENDLESS
    assert (said["wording"] == "contrast").all()
    assert "traffic not known" in str(said.loc[0, "wording_reason"])
    assert said.loc[1, "road_classes"] == 0
