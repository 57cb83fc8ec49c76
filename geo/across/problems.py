"""Problems of every kind in one list: each event counted once, ranked in its theme, with who must act."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from geo.across.count_once import count_once
from geo.across.ranking import rank_problems, rank_sensitivity
from geo.estimates.outcomes import LEVEL_OF_CONFIDENCE
from geo.estimates.significance import FALSE_DISCOVERY_RATE

# Of each theme, the greatest so many are ranked: what lies beyond is hardly ever among the first fifty.
MOST = 5000
TOPS = (10, 50)
# An authority must act where it answers for this share of the events; below, a stray one would call it in.
LEAST_EVENT_SHARE = 0.1
OPERATOR, NOBODY = "strategic operator", "none"
CANDIDATE = [
    "problem", "kind", "width", "theme", "outcome", "name", "area_level", "area_code", "authority_code", "corridor",
    "section", "period_start", "period_end", "years", "observed", "expected", "estimate", "standard_error", "worth",
    "unit", "price_year", "q", "length_km", "flow", "known_share", "place_kind", "source",
]  # fmt: skip
FOUND = [
    "is_sure", "excess", "loss", "loss_lower", "loss_upper", "rank", "expected_rank", "rank_lower", "rank_upper",
    "top_10", "top_50", "own_events", "counted_share", "is_counted", "part_of", "counted_loss",
]  # fmt: skip
PARTY = ["problem", "party_code", "events", "shared_events", "share", "must_act"]
SCORE = ["problem", "weights", "score", "rank", "moved", "is_top"]
EVENT = ["problem", "event", "responsible_code", "shared_with_code", "is_strategic"]


def find_problems(
    candidates: pd.DataFrame, events: pd.DataFrame, *, seed: int, most: int = MOST
) -> pd.DataFrame:
    """Count every event once and rank what is left, theme by theme.

    A place whose events mostly belong to a narrower one is part of that. A theme of an authority is one problem,
    however many of its outcomes fall short: that furthest from its comparator stands for it, the others are part.

    Args:
        candidates: CANDIDATE; `estimate`, `expected` and `standard_error` over `years`, `worth` of one more than
            expected (below 0 where more is better; null: not ranked), `width` as of ``count_once`` (null: no events).
        events: EVENT, one row a candidate and event it holds.
        seed: of the draws of ranks.
        most: candidates of each theme that are looked at, greatest loss first.

    Returns:
        CANDIDATE and FOUND, by problem: ``is_sure`` (q below the false discovery rate), ``excess`` a year, ``loss`` a
        year in `unit` with its 95 % limits, ranks as of ``rank_problems`` (null for parts, and without worth),
        ``own_events``, ``counted_share``, ``is_counted`` and ``part_of`` (a problem) as of ``count_once``,
        ``counted_loss``: loss x counted_share.
    """
    rows = _shortlist(candidates, most)
    once = _once(rows, events)
    rows = pd.concat([rows, once], axis=1)
    rows["is_sure"] = rows["q"].astype(float) < FALSE_DISCOVERY_RATE
    limits = _ranked(rows, seed, draws=1)
    rows[["loss_lower", "loss_upper"]] = limits[["loss_lower", "loss_upper"]]
    ranks = [c for c in FOUND if c.startswith(("rank", "top_", "expected_rank"))]
    rows[ranks] = np.nan
    for _, of_theme in rows[rows["is_counted"]].groupby("theme", sort=True):
        rows.loc[of_theme.index, ranks] = _ranked(of_theme, seed)[ranks]
    rows["counted_loss"] = rows["loss"] * rows["counted_share"]
    return rows[[*CANDIDATE, *FOUND]]


def parties(problems: pd.DataFrame, events: pd.DataFrame) -> pd.DataFrame:
    """Say who answers for the events of each problem, and who must therefore act.

    Args:
        problems: as of ``find_problems``.
        events: EVENT.

    Returns:
        PARTY, one row a problem and party (code of an authority, OPERATOR, or NOBODY where nobody is known):
        ``events`` it answers for, ``shared_events`` on roads along a border that it may answer for as well, ``share``
        of events it answers for, ``must_act`` (either is LEAST_EVENT_SHARE of all, or no share is greater). A problem
        without events is its authority's.
    """
    held = events[events["problem"].isin(problems["problem"])].drop_duplicates(["problem", "event"])
    strategic = held["is_strategic"].astype(bool)
    code = held["responsible_code"].where(~strategic, OPERATOR).fillna(NOBODY)
    own = held.assign(party_code=code).groupby(["problem", "party_code"]).size()
    beside = held[held["shared_with_code"].notna() & ~strategic]
    shared = beside.groupby(["problem", "shared_with_code"]).size()
    shared.index.names = ["problem", "party_code"]
    table = pd.DataFrame({"events": own, "shared_events": shared}).fillna(0).astype("int64").reset_index()
    total = table.groupby("problem")["events"].transform("sum")
    table["share"] = table["events"] / total
    most = table["share"].where(table["party_code"] != NOBODY).groupby(table["problem"]).transform("max")
    enough = (table[["events", "shared_events"]].max(axis=1) >= LEAST_EVENT_SHARE * total) | (
        table["share"] == most
    )
    table["must_act"] = enough & (table["party_code"] != NOBODY)
    alone = problems[~problems["problem"].isin(table["problem"]) & problems["authority_code"].notna()]
    bare = pd.DataFrame(
        {"problem": alone["problem"], "party_code": alone["authority_code"], "share": 1.0, "must_act": True}
    )
    parts = [t.reindex(columns=PARTY) for t in (table, bare) if len(t)]
    if not parts:
        return pd.DataFrame(columns=PARTY)
    made = pd.concat([p.astype({"events": "Int64", "shared_events": "Int64"}) for p in parts])
    return made.sort_values(["problem", "party_code"], ignore_index=True)


def weight_sets(given: Mapping[str, float]) -> dict[str, dict[str, float]]:
    """Return the weights of themes to rank by: as given, all equal, and each theme counted twice and not at all."""
    sets = {"region": dict(given), "equal": dict.fromkeys(given, 1.0)}
    for theme, weight in given.items():
        sets[f"twice {theme}"] = {**given, theme: 2 * weight}
        sets[f"without {theme}"] = {**given, theme: 0.0}
    return sets


def priority_scores(
    problems: pd.DataFrame, weights: Mapping[str, Mapping[str, float]], top: int = 10
) -> pd.DataFrame:
    """Rank the problems of all themes together, under each set of weights.

    Themes have no unit in common. A theme's weight is what removing all of its loss would be worth, and a problem has
    of it the share that it has of the loss of its theme.

    Args:
        problems: as of ``find_problems``; those that are no part, and have a loss above 0.
        weights: as of ``rank_sensitivity``, of every theme.
        top: likewise.

    Returns:
        SCORE: as of ``rank_sensitivity``, with the problem itself; `score` is 0 to the weight of its theme.
    """
    ranked = problems[problems["is_counted"].astype(bool) & (problems["counted_loss"] > 0)]
    ranked = ranked.sort_values("problem", ignore_index=True)
    share = ranked["counted_loss"] / ranked.groupby("theme")["counted_loss"].transform("sum")
    themes = sorted({t for of in weights.values() for t in of})
    scores = pd.DataFrame({t: share.where(ranked["theme"] == t) for t in themes})
    if ranked.empty:
        return pd.DataFrame(columns=SCORE)
    table = rank_sensitivity(scores, weights, top)
    return table.assign(problem=ranked["problem"].to_numpy()[table["problem"].to_numpy()])[SCORE]


def _shortlist(candidates: pd.DataFrame, most: int) -> pd.DataFrame:
    ordered = candidates.sort_values("problem", ignore_index=True)[CANDIDATE]
    excess = (ordered["estimate"] - ordered["expected"]).astype(float) / ordered["years"].astype(float)
    ordered = ordered.assign(excess=excess, loss=excess * ordered["worth"].astype(float))
    size = ordered["loss"].fillna(-np.inf)
    place = size.groupby(ordered["theme"]).rank(method="first", ascending=False)
    return ordered[place <= most].reset_index(drop=True)


def _once(rows: pd.DataFrame, events: pd.DataFrame) -> pd.DataFrame:
    position = pd.Series(np.arange(len(rows)), index=rows["problem"])
    held = events[events["problem"].isin(position.index)]
    members = pd.DataFrame({"problem": held["problem"].map(position), "event": held["event"]})
    sized = pd.DataFrame({"width": rows["width"].fillna(9).astype("int64"), "loss": rows["loss"].fillna(0.0)})
    once = count_once(sized, members.astype({"problem": "int64"}))
    once["counted_share"] = once["counted_share"].fillna(1.0)
    lead = _leads(rows)
    is_part = (lead >= 0) & (lead != np.arange(len(rows)))
    once.loc[is_part, "is_counted"], once.loc[is_part, "counted_share"] = False, 0.0
    part_of = np.where(is_part, lead, once["part_of"])
    names = np.array([*rows["problem"], None], dtype=object)
    return once.assign(part_of=names[part_of])[["own_events", "counted_share", "is_counted", "part_of"]]


def _leads(rows: pd.DataFrame) -> np.ndarray:
    """Return for each problem without events the position of the greatest of its theme and authority; else -1."""
    lead = np.full(len(rows), -1, dtype=np.int64)
    bare = rows[rows["width"].isna()]
    for _, of in bare.groupby(["theme", "authority_code"], sort=True):
        lead[of.index] = of.index[int(np.argmax(of["loss"].fillna(-np.inf).to_numpy()))]
    return lead


def _ranked(rows: pd.DataFrame, seed: int, draws: int = 1000) -> pd.DataFrame:
    years = rows["years"].astype(float)
    estimate, error, expected = (
        (rows[c].astype(float) / years).to_numpy() for c in ("estimate", "standard_error", "expected")
    )
    # A figure of nothing (no report fixed in time) has no gamma posterior; it is as good as known.
    worth = rows["worth"].to_numpy(dtype=float)
    table = rank_problems(
        np.maximum(estimate, 1e-9), error, expected, worth, tops=TOPS, draws=draws, seed=seed,
        level=LEVEL_OF_CONFIDENCE,
    )  # fmt: skip
    return table.set_axis(rows.index)
