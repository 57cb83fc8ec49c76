"""Did it work: planted effects are found, luck is not taken for one, and what cannot be told is said."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from geo.estimates.schemes import scheme_effects

FIRST, OPENED, LAST = date(2018, 1, 1), date(2021, 1, 1), date(2023, 12, 31)
STEP = 14
DAYS = pd.date_range(FIRST, LAST, freq=f"{STEP}D")


def like_roads(
    rng: np.random.Generator, links: int = 3000, k: float = 0.4
) -> tuple[pd.DataFrame, np.ndarray]:
    """Draw links of two classes and their true events a year."""
    like = pd.DataFrame(
        {
            "link": np.arange(links).astype(str),
            "class": np.where(np.arange(links) % 3 == 0, "a", "b"),
            "km": rng.uniform(0.2, 0.8, links),
        }
    )
    rate = like["km"] * like["class"].map({"a": 2.0, "b": 0.5}) * rng.gamma(1 / k, k, links)
    return like, rate.to_numpy()


def events(rng: np.random.Generator, like: pd.DataFrame, a_day: np.ndarray) -> pd.DataFrame:
    """Draw events: `a_day` is events expected by link and fortnight, shape (links, days)."""
    counts = rng.poisson(a_day)
    link, day = np.nonzero(counts)
    times = counts[link, day]
    return pd.DataFrame(
        {
            "link": like["link"].to_numpy()[np.repeat(link, times)],
            "occurred_on": DAYS[np.repeat(day, times)].date,
        }
    )


def one(**others: object) -> pd.DataFrame:
    row = {"scheme": "s", "works_start_on": OPENED, "opened_on": OPENED, "first_on": FIRST, "last_on": LAST}
    return pd.DataFrame([row | {"is_placed": True} | others])


def effect(like: pd.DataFrame, happened: pd.DataFrame, chosen: np.ndarray, **others: object) -> pd.Series:
    own = like[chosen].assign(scheme="s")
    on_it = happened[happened["link"].isin(own["link"])].assign(scheme="s")
    return scheme_effects(one(**others), own, on_it, like, happened).iloc[0]


def by_year(rate: np.ndarray, ratio_after: np.ndarray | float = 1.0, everywhere: float = 1.0) -> np.ndarray:
    after = np.asarray(pd.Timestamp(OPENED) <= DAYS)
    times = np.where(after[None, :], everywhere * np.broadcast_to(ratio_after, rate.shape)[:, None], 1.0)
    return rate[:, None] * STEP / 365.25 * times


def test_a_planted_effect_is_found_beside_a_change_everywhere() -> None:
    rng = np.random.default_rng(1)
    like, rate = like_roads(rng)
    chosen = np.arange(len(like)) % 10 == 0
    happened = events(rng, like, by_year(rate, np.where(chosen, 0.6, 1.0), everywhere=1.3))
    found = effect(like, happened, chosen)
    assert found["lower"] < 0.6 < found["upper"] < 0.8
    assert found["verdict"] == "fewer"
    assert found["trend"] == pytest.approx(1.3, abs=0.08)
    # Plain counts fell by far less: everything else got worse.
    assert found["naive_ratio"] > 0.7


def test_a_place_chosen_for_its_bad_years_is_not_a_success() -> None:
    """Regression to the mean: nothing was done, yet plain counts halve."""
    naive, verdicts, effects = [], [], []
    for seed in range(20):
        rng = np.random.default_rng(seed)
        like, rate = like_roads(rng, links=1500)
        happened = events(rng, like, by_year(rate))
        before = (
            like["link"].map(happened.loc[happened["occurred_on"] < OPENED, "link"].value_counts()).fillna(0)
        )
        chosen = (before.rank(method="first") > len(like) - 30).to_numpy()
        found = effect(like, happened, chosen)
        naive.append(found["naive_ratio"])
        effects.append(found["effectiveness"])
        verdicts.append(found["verdict"])
    assert np.mean(naive) < 0.85
    assert np.mean(effects) == pytest.approx(1, abs=0.05)
    assert verdicts.count("no difference shown") >= 17


def test_days_of_the_works_belong_to_neither_time() -> None:
    rng = np.random.default_rng(3)
    like, rate = like_roads(rng, links=300)
    happened = events(rng, like, by_year(rate))
    chosen = np.arange(len(like)) < 30
    found = effect(like, happened, chosen, works_start_on=date(2020, 7, 1))
    on_it = happened[happened["link"].isin(like["link"][chosen])]["occurred_on"]
    assert found["observed_before"] == (on_it < date(2020, 7, 1)).sum()
    assert found["observed_after"] == (on_it >= OPENED).sum()
    assert (found["before_end"], found["after_start"]) == (date(2020, 6, 30), OPENED)


@pytest.mark.parametrize(
    ("others", "why"),
    [
        ({"opened_on": date(2023, 1, 2), "works_start_on": date(2023, 1, 2)}, "too little time after"),
        ({"opened_on": date(2018, 12, 31), "works_start_on": date(2018, 12, 31)}, "too little time before"),
        ({"is_placed": False}, "does not say where"),
        ({"first_on": None, "last_on": None}, "no collisions are known"),
    ],
)
def test_what_cannot_be_told_has_a_reason_and_no_verdict(others: dict[str, object], why: str) -> None:
    rng = np.random.default_rng(4)
    like, rate = like_roads(rng, links=100)
    found = effect(like, events(rng, like, by_year(rate)), np.arange(100) < 5, **others)
    assert why in str(found["reason"])
    assert pd.isna(found["verdict"])
    assert pd.isna(found["effectiveness"])


def test_a_year_to_the_day_is_enough_and_nowhere_is_not() -> None:
    rng = np.random.default_rng(5)
    like, rate = like_roads(rng, links=300)
    happened = events(rng, like, by_year(rate))
    day = date(2019, 1, 1)
    assert effect(like, happened, np.arange(300) < 50, opened_on=day, works_start_on=day)["reason"] is None
    assert "no road" in str(effect(like, happened, np.zeros(300, dtype=bool))["reason"])


def test_many_schemes_share_one_false_discovery_rate_and_leave_each_other_out() -> None:
    rng = np.random.default_rng(6)
    like, rate = like_roads(rng, links=1200)
    own = like[:240].assign(scheme=np.repeat([f"s{n}" for n in range(12)], 20))
    happened = events(rng, like, by_year(rate, np.where(np.arange(1200) < 20, 0.3, 1.0)))
    on_it = happened.merge(own[["scheme", "link"]], on="link")
    schemes = pd.concat([one(scheme=f"s{n}") for n in range(12)], ignore_index=True)
    found = scheme_effects(schemes, own, on_it, like, happened).set_index("scheme")
    assert (found["q"] >= found["p"]).all()
    assert found.loc["s0", "verdict"] == "fewer"
    assert (found.loc["s1":, "verdict"] == "no difference shown").sum() >= 10
    assert set(found["like_links"]) == {1200 - 240}


def test_no_scheme_gives_no_row() -> None:
    like, _ = like_roads(np.random.default_rng(7), links=10)
    empty = pd.DataFrame({"scheme": [], "link": [], "occurred_on": []})
    assert scheme_effects(one()[:0], like[:0].assign(scheme=""), empty, like, empty).empty
