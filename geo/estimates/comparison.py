"""Is an area really different? Each against the others of a group, with what makes areas differ anyway allowed for."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy import stats

from geo.arrays import Floats, Ints
from geo.estimates.dispersion import between_areas
from geo.estimates.significance import (
    FALSE_DISCOVERY_RATE,
    false_discovery_q,
    rate_ratio_p,
    share_difference_p,
)

# Less than this is rounding.
_ROUNDING = 1e-6
COMPARISON = [
    "outcome", "area_level", "area_code", "period_start", "period_end",
    "comparator", "comparator_value", "usual_low", "usual_high", "p_chance", "p", "q", "verdict",
]  # fmt: skip
_CELL = ["outcome", "series", "area_level", "period_start", "period_end"]
_GROUPS = {"all_areas": ["cell"], "parent": ["cell", "parent_code"], "family": ["cell", "family"]}
# What is read of an estimate: without the rest, millions of rows fit into memory several times.
_READ = [
    "outcome", "area_level", "area_code", "period_start", "period_end", "series", "scale", "value", "standard_error",
    "observations", "exposure", "per", "is_suppressed",
]  # fmt: skip
_SUMS = ["known", "size", "size2", "hits", "spread", "areas", "plain"]
_HALF = stats.norm.ppf(0.975)


def compare(
    estimates: pd.DataFrame,
    areas: pd.DataFrame,
    definitions: pd.DataFrame,
    comparators: Sequence[str],
    neighbours: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Compare every estimate with its comparators.

    An area is tested against the others of its group, itself left out, so the two sides are independent. It is
    different where chance in both, and the differences usual between areas of its level (``between_areas``),
    together do not explain it: for rates the larger p of an exact test and of a negative binomial with those
    differences, for shares of Fisher's test and of the arcsine funnel, for scores the normal test. The verdict is
    better or worse where the false discovery rate over the group's outcome, level and period is below 5 %.
    Groups of one are not compared, nor what was measured in two ways (``series``).

    Args:
        estimates: core.estimate.
        areas: ``area_level``, ``area_code``, ``parent_code`` and ``family`` (null for none).
        definitions: ``outcome``, ``direction``, ``minimum_observations``.
        comparators: all_areas, parent, family, statistical_neighbours.
        neighbours: ``area_level``, ``area_code``, ``neighbour_code``: whom statistical_neighbours means.

    Returns:
        COMPARISON columns. ``comparator_value`` is that of the whole group (of the neighbours alone, where they
        are asked for; for scores, of those whose uncertainty is known, if two are). ``usual_low`` and
        ``usual_high`` hold 95 % of areas of this one's size that are like the others; null where not testable.
        ``p_chance`` is the p-value if areas differed by chance alone, ``p`` with the usual differences. A
        missing value has no row, a suppressed one the verdict "too few data".

    Source: Spiegelhalter (2005), Stat Med 24:1185, for limits that allow for over-dispersion.
    """
    about = areas.reindex(columns=["area_level", "area_code", "parent_code", "family"])
    rows = estimates[_READ].merge(about, on=["area_level", "area_code"])
    rows = rows.merge(definitions[["outcome", "direction", "minimum_observations"]], on="outcome")
    rows = rows[rows["value"].notna() | rows["is_suppressed"].astype(bool)].reset_index(drop=True)
    rows["series"] = rows["series"].fillna("").astype("str")
    # A whole number, as grouping by five columns of text again and again takes longer than the tests.
    rows["cell"] = rows.groupby(_CELL).ngroup()
    rows = _as_single_events(_on_its_scale(rows))
    rows["between"] = between_areas(rows, ["cell"])
    parts = []
    for name in comparators:
        of_group = (
            _beside_neighbours(rows, neighbours) if name not in _GROUPS else _beside(rows, _GROUPS[name])
        )
        if len(of_group):
            parts.append(_judged(of_group).assign(comparator=name)[COMPARISON])
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=COMPARISON)


def against_benchmarks(
    estimates: pd.DataFrame, areas: pd.DataFrame, definitions: pd.DataFrame, benchmarks: pd.DataFrame
) -> pd.DataFrame:
    """Judge estimates whose model says how likely they are if the area were like a benchmark.

    Args:
        estimates: core.estimate.
        areas: as of ``compare``; others are not judged.
        definitions: as of ``compare``.
        benchmarks: the key of estimates, ``comparator``, ``comparator_value`` (in the outcome's unit) and ``p``.

    Returns:
        COMPARISON columns, one row a benchmark of an estimate that is there; what is usual beside it is null.
    """
    key = COMPARISON[:5]
    rows = estimates.merge(benchmarks, on=key).merge(
        areas[["area_level", "area_code"]], on=["area_level", "area_code"]
    )
    rows = rows.merge(definitions[["outcome", "direction", "minimum_observations"]], on="outcome")
    few = rows["is_suppressed"].astype(bool) | (
        rows[["observations", "exposure"]].astype(float).max(axis=1) < rows["minimum_observations"]
    )
    made = rows.assign(usual_low=np.nan, usual_high=np.nan, p_chance=np.nan, too_few=few)
    group = ["outcome", "area_level", "period_start", "period_end", "comparator"]
    made["q"] = made.groupby(group)["p"].transform(false_discovery_q)
    return made.assign(verdict=_verdict(made))[COMPARISON]


def _on_its_scale(rows: pd.DataFrame) -> pd.DataFrame:
    """Add what sums over areas need: size and hits (rate or mean = hits / size), and what chance adds."""
    value, error = rows["value"].to_numpy(dtype=float), rows["standard_error"].to_numpy(dtype=float)
    n = rows["observations"].to_numpy(dtype=float, na_value=np.nan)
    scale = rows["scale"].to_numpy(dtype=str)
    counted = np.isin(scale, ["rate", "share"])
    with np.errstate(divide="ignore", invalid="ignore"):
        x = np.where(scale == "ratio", np.log(np.where(value > 0, value, np.nan)), value)
        se = np.where(scale == "ratio", error / value, error)
    weight = np.where(np.isnan(n), 1.0, n)
    size = np.select([scale == "rate", scale == "share"], [rows["exposure"].to_numpy(dtype=float), n], weight)
    hits = np.where(scale == "rate", _events(rows), np.where(scale == "share", value / 100 * n, size * x))
    known = ~np.isnan(x) & ~np.isnan(size) & (counted | ~np.isnan(se))
    return rows.assign(
        x=x,
        unit=np.where(counted, rows["per"].to_numpy(dtype=float), 1.0),
        se=np.where(counted, np.nan, se),
        known=known.astype(float),
        size=np.where(known, size, 0.0),
        size2=np.where(known, size**2, 0.0),
        hits=np.where(known, hits, 0.0),
        spread=np.where(known & ~counted, (size * se) ** 2, 0.0),
        areas=(~np.isnan(x)).astype(float),
        plain=np.where(np.isnan(x), 0.0, x),
    )


def _events(rows: pd.DataFrame) -> Floats:
    """Return events as they were counted: a sum of chances is no whole number, which the observations shown are."""
    shown = rows["observations"].astype(float)
    exact = rows["value"].astype(float) * rows["exposure"].astype(float) / rows["per"].astype(float)
    return np.asarray(exact.where((exact - shown).abs() > _ROUNDING, shown).fillna(shown), dtype=np.float64)


def _as_single_events(rows: pd.DataFrame) -> pd.DataFrame:
    """Scale events that come in clusters (people of one collision) and their exposure to what varies as single ones.

    Sums of chances vary less than events, and are taken as if they did not (quasi-Poisson, never below 1).
    """
    is_rate = rows["scale"] == "rate"
    error = rows["standard_error"].astype(float) * rows["exposure"].astype(float) / rows["per"].astype(float)
    variance = error.pow(2).where(error.notna(), rows["hits"]).where(is_rate & (rows["known"] > 0), 0.0)
    sums = pd.DataFrame({"v": variance, "n": rows["hits"].where(is_rate, 0.0)})
    sums = sums.groupby(rows["cell"]).transform("sum")
    each = (sums["v"] / sums["n"].where(sums["n"] > 0)).clip(lower=1).fillna(1).where(is_rate, 1.0)
    single = rows[["hits", "size"]].div(each, axis=0)
    return rows.assign(**single, size2=rows["size2"] / each**2, each=each)


def _beside(rows: pd.DataFrame, group: list[str]) -> pd.DataFrame:
    """Add the sums over the others of a group, and the value of the whole."""
    rows = rows[rows[group].notna().all(axis=1)]
    rows = rows.assign(group=rows.groupby(group).ngroup())
    rows = rows[rows.groupby("group")["area_code"].transform("size") > 1]
    sums = rows.groupby("group")[_SUMS].transform("sum")
    others = (sums - rows[_SUMS]).clip(lower=0).add_prefix("other_")
    return pd.concat([rows, others], axis=1).assign(whole=_centre(sums, rows["unit"], ""))


def _beside_neighbours(rows: pd.DataFrame, neighbours: pd.DataFrame | None) -> pd.DataFrame:
    """Add the sums over an area's statistical neighbours, and their value."""
    if neighbours is None or neighbours.empty:
        return rows.iloc[:0]
    # Whole numbers for places and cells: as text, each row beside each of its neighbours takes gigabytes.
    places = rows[["area_level", "area_code"]].drop_duplicates(ignore_index=True)
    place = rows.groupby(["area_level", "area_code"], sort=False).ngroup().to_numpy()
    cell = rows["cell"].to_numpy() * len(places)
    order = np.argsort(cell + place)
    keys, own = (cell + place)[order], rows[_SUMS].to_numpy(dtype=float)
    others, found_any = np.zeros_like(own), np.zeros(len(rows), dtype=bool)
    for theirs in _neighbours_of(places, neighbours).T:
        wanted = np.where(theirs[place] < 0, -1, cell + theirs[place])
        at = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
        found = keys[at] == wanted
        others[found] += own[order[at[found]]]
        found_any |= found
    sums = pd.DataFrame(others, columns=_SUMS, index=rows.index).add_prefix("other_")
    both = pd.concat([rows, sums], axis=1)[found_any].reset_index(drop=True)
    return both.assign(group=both["cell"], whole=_centre(both, both["unit"], "other_"))


def _neighbours_of(places: pd.DataFrame, neighbours: pd.DataFrame) -> Ints:
    """Return the positions of each place's neighbours among the places, one row for each; -1 fills it up."""
    known = places.assign(at=np.arange(len(places)))
    pairs = neighbours[["area_level", "area_code", "neighbour_code"]].merge(
        known, on=["area_level", "area_code"]
    )
    pairs = pairs.merge(
        known.rename(columns={"area_code": "neighbour_code", "at": "theirs"}),
        on=["area_level", "neighbour_code"],
    )
    nth = pairs.groupby("at").cumcount().to_numpy()
    found = np.full((len(places), int(nth.max(initial=-1)) + 1), -1, dtype=np.int64)
    found[pairs["at"].to_numpy(), nth] = pairs["theirs"].to_numpy()
    return found


def _centre(sums: pd.DataFrame, unit: pd.Series, prefix: str) -> Floats:
    """Return the mean by size of areas whose uncertainty is known, or of all alike where none could be tested."""
    enough = sums[f"{prefix}known"] > (0 if prefix else 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        by_size = unit * sums[f"{prefix}hits"] / sums[f"{prefix}size"].where(sums[f"{prefix}size"] > 0)
        alike = sums[f"{prefix}plain"] / sums[f"{prefix}areas"].where(sums[f"{prefix}areas"] > 0)
    return by_size.where(enough, alike).to_numpy(dtype=float)


def _judged(rows: pd.DataFrame) -> pd.DataFrame:
    chance, p, low, high = (np.full(len(rows), np.nan) for _ in range(4))
    testable = ((rows["known"] > 0) & (rows["other_known"] > 0) & (rows["other_size"] > 0)).to_numpy()
    for scales, tested in ((["rate"], _rates), (["share"], _shares), (["score", "ratio"], _scores)):
        chosen = testable & rows["scale"].isin(scales).to_numpy()
        if chosen.any():
            chance[chosen], p[chosen], low[chosen], high[chosen] = tested(rows[chosen])
    unit = rows["unit"].to_numpy()
    shown = {"comparator_value": rows["whole"].to_numpy(), "usual_low": low * unit, "usual_high": high * unit}
    ratio = (rows["scale"] == "ratio").to_numpy()
    in_unit = {name: np.where(ratio, np.exp(np.where(ratio, v, 0.0)), v) for name, v in shown.items()}
    made = rows.assign(**in_unit, p_chance=chance, p=p, too_few=_too_few(rows))
    made["q"] = false_discovery_q(p, made["group"])
    made["verdict"] = _verdict(made)
    return made


def _rates(rows: pd.DataFrame) -> tuple[Floats, Floats, Floats, Floats]:
    n, t = rows["hits"].to_numpy(), rows["size"].to_numpy()
    others, their_t = rows["other_hits"].to_numpy(), rows["other_size"].to_numpy()
    rate, tau2 = others / their_t, _between(rows)
    n, others = np.rint(n), np.rint(others)
    exact = rate_ratio_p(n, t, others, their_t)
    # On the scale of the root, differences of variance tau² make rates vary by 4 rate tau²: a gamma with this shape.
    variance = 4 * (tau2 + 1 / (4 * their_t))
    with np.errstate(divide="ignore", invalid="ignore"):
        shape = np.where(rate > 0, rate / variance, 1.0)
    spread = stats.nbinom(shape, shape / (shape + rate * t))
    overdispersed = np.minimum(1, 2 * np.minimum(spread.cdf(n), spread.sf(n - 1)))
    p = np.where((tau2 > 0) & (rate > 0), np.maximum(exact, overdispersed), exact)
    low, high = (np.where(rate > 0, spread.ppf(tail), np.nan) / t for tail in (0.025, 0.975))
    return exact, p, low, high


def _shares(rows: pd.DataFrame) -> tuple[Floats, Floats, Floats, Floats]:
    k, n = rows["hits"].to_numpy(), rows["size"].to_numpy()
    others, their_n = rows["other_hits"].to_numpy(), rows["other_size"].to_numpy()
    tau2 = _between(rows)
    centre, mine = (np.arcsin(np.sqrt(np.clip(share, 0, 1))) for share in (others / their_n, k / n))
    error = np.sqrt(1 / (4 * n) + 1 / (4 * their_n) + tau2)
    exact = share_difference_p(k, n, others, their_n)
    p = np.maximum(exact, 2 * stats.norm.sf(np.abs(mine - centre) / error))
    low, high = (np.sin(np.clip(centre + side * error, 0, np.pi / 2)) ** 2 for side in (-_HALF, _HALF))
    return exact, p, low, high


def _scores(rows: pd.DataFrame) -> tuple[Floats, Floats, Floats, Floats]:
    size = rows["other_size"].to_numpy()
    centre = rows["other_hits"].to_numpy() / size
    by_chance = rows["se"].to_numpy() ** 2 + rows["other_spread"].to_numpy() / size**2
    apart, errors = (
        np.abs(rows["x"].to_numpy() - centre),
        (np.sqrt(by_chance), np.sqrt(by_chance + _between(rows))),
    )
    with np.errstate(divide="ignore", invalid="ignore"):
        chance, p = (np.where(error > 0, 2 * stats.norm.sf(apart / error), np.nan) for error in errors)
    return chance, p, centre - _HALF * errors[1], centre + _HALF * errors[1]


def _between(rows: pd.DataFrame) -> Floats:
    """Return the variance of usual differences: of the area, and of the mean of so many others."""
    others = rows["other_size"].to_numpy() ** 2 / rows["other_size2"].to_numpy()
    return np.asarray(rows["between"].to_numpy() ** 2 * (1 + 1 / others))


def _too_few(rows: pd.DataFrame) -> Floats:
    n, minimum = rows["observations"].to_numpy(dtype=float, na_value=np.nan), rows["minimum_observations"]
    # Few events say little, unless many were to be expected: none where thirty are usual is a finding.
    usual = np.where(
        rows["scale"] == "rate", rows["whole"] / rows["unit"] * rows["size"] * rows["each"], np.nan
    )
    # A hidden count is never judged: the verdict would tell of it.
    return np.asarray(rows["is_suppressed"].astype(bool) | (np.fmax(n, usual) < minimum))


def _verdict(rows: pd.DataFrame) -> np.ndarray:
    higher = rows["value"].astype(float) > rows["comparator_value"].astype(float)
    good = higher == (rows["direction"] == "higher")
    different = rows["q"] < FALSE_DISCOVERY_RATE
    return np.select(
        [
            rows["too_few"].astype(bool), rows["direction"] == "neither", rows["p"].isna(),
            different & good, different & ~good,
        ],
        ["too few data", "not judged", "uncertainty unknown", "better", "worse"],
        "similar",
    )  # fmt: skip
