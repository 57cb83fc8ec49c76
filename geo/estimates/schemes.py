"""Did it work: each scheme against like roads without one, from days and places of events."""

from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd

from geo.estimates.before_after import before_after, comparison_trend
from geo.estimates.empirical_bayes import empirical_bayes
from geo.estimates.negative_binomial import fit_expected
from geo.estimates.significance import false_discovery_q

SCHEME_EFFECT = [
    "scheme", "before_start", "before_end", "after_start", "after_end", "before_years", "after_years", "links", "km",
    "like_links", "observed_before", "estimated_before", "observed_after", "expected_after", "trend",
    "effectiveness", "lower", "upper", "p", "q", "naive_effectiveness", "naive_ratio", "regression_to_mean", "verdict",
    "reason",
]  # fmt: skip
MINIMUM_YEARS = 1.0
SIGNIFICANT = 0.05
_YEAR_DAYS = 365.25


def scheme_effects(
    schemes: pd.DataFrame,
    on_scheme: pd.DataFrame,
    scheme_events: pd.DataFrame,
    like: pd.DataFrame,
    like_events: pd.DataFrame,
) -> pd.DataFrame:
    """Estimate what each scheme did to the number of events on its links.

    What its links would have had comes from a negative-binomial model of all links of their classes, itself and
    links of no other scheme, over the time before: expected events are proportional to length and time, with a rate
    for each class. Their own history is weighed in (empirical Bayes), so a place chosen for its bad years is
    expected to get better by itself. Change over time is taken from like links without any scheme, their time before
    estimated in the same way.

    Args:
        schemes: ``scheme`` (any key), ``works_start_on``, ``opened_on``, ``first_on``, ``last_on`` (first and last
            day that events are known for; null where none are), ``is_placed``.
        on_scheme: ``scheme``, ``link``, ``class``, ``km`` (of the link, within the scheme).
        scheme_events: ``scheme``, ``link``, ``occurred_on``: events on that part of the link.
        like: ``link``, ``class``, ``km``: every link of the classes.
        like_events: ``link``, ``occurred_on``.

    Returns:
        SCHEME_EFFECT columns, one row a scheme, in the order given; as of ``before_after``, and ``naive_ratio``, the
        ratio of events a year after and before, which is all that many reports give; ``like_links`` that the time
        was compared on; ``q``, the false discovery rate over all schemes; ``verdict`` fewer, more or no difference
        shown (q below 5 %), null where ``reason`` says why nothing can be said.

    Source: Hauer (1997), Observational Before-After Studies in Road Safety, chapters 9 and 11.
    """
    rows = [
        _effect(scheme, on_scheme, scheme_events, like, like_events)
        for scheme in schemes.to_dict(orient="records")
    ]
    found = pd.DataFrame(rows, columns=SCHEME_EFFECT)
    if found.empty:
        return found
    found["q"] = false_discovery_q(found["p"].astype(float))
    known, differs = found["p"].notna(), found["q"].astype(float) < SIGNIFICANT
    verdict = np.where(found["effectiveness"].astype(float) < 1, "fewer", "more")
    found["verdict"] = pd.Series(np.where(differs, verdict, "no difference shown"), dtype="object").where(
        known, None
    )
    return found


def _effect(
    scheme: dict[Any, Any],
    on_scheme: pd.DataFrame,
    scheme_events: pd.DataFrame,
    like: pd.DataFrame,
    like_events: pd.DataFrame,
) -> dict[str, Any]:
    key = scheme["scheme"]
    own = on_scheme[on_scheme["scheme"] == key]
    said: dict[str, Any] = {"scheme": key, "links": len(own), "km": float(own["km"].sum())}
    if pd.isna(scheme["first_on"]):
        return said | {"reason": "no collisions are known"}
    times = _times(scheme)
    said |= times
    reason = _reason(own, times, is_placed=bool(scheme["is_placed"]))
    if reason:
        return said | {"reason": reason}
    before, after = ((times[f"{t}_start"], times[f"{t}_end"]) for t in ("before", "after"))
    years = times["before_years"], times["after_years"]
    others = on_scheme.loc[on_scheme["scheme"] != key, "link"]
    alike = like[like["class"].isin(own["class"]) & ~like["link"].isin(others)]
    of_all = [_counted(alike["link"], like_events, *span) for span in (before, after)]
    events = scheme_events[scheme_events["scheme"] == key]
    of_own = [_counted(own["link"], events, *span) for span in (before, after)]
    # The scheme's own parts stand at the end without a count: the model tells what to expect of them.
    model = fit_expected(
        np.append(of_all[0], np.full(len(own), np.nan)),
        np.append(alike["km"], own["km"]) * years[0],
        pd.concat([alike["class"], own["class"]]).to_numpy(),
    )
    if model.family == "none" or not model.has_converged:
        return said | {"reason": f"no model of like roads: {model.reason}"}
    expected, own_expected = model.expected[: len(alike)], model.expected[len(alike) :]
    free = ~alike["link"].isin(own["link"]).to_numpy()
    # Places taken for their bad years leave a rest with good ones; as estimates they have neither.
    estimated = empirical_bayes(of_all[0][free], expected[free], model.dispersion)["estimate"]
    sums = float(estimated.sum()), float(of_all[1][free].sum())
    total = float(expected[free].sum())
    if not min(*sums, total) > 0:
        return said | {"reason": "too few collisions on like roads to tell how time went on"}
    trend, trend_error = comparison_trend(sums[0], sums[1], total, total * years[1] / years[0])
    sites = pd.DataFrame(
        {
            "count_before": of_own[0],
            "count_after": of_own[1],
            "expected_before": own_expected,
            "expected_after": own_expected * years[1] / years[0],
            "dispersion": model.dispersion,
        }
    )
    found = before_after(sites, [], trend, trend_error).iloc[0].to_dict()
    n_before, n_after = found["observed_before"], found["observed_after"]
    ratio = (n_after / years[1]) / (n_before / years[0]) if n_before else None
    kept = {name: found[name] for name in SCHEME_EFFECT if name in found and name != "verdict"}
    return said | kept | {"like_links": int(free.sum()), "trend": trend, "naive_ratio": ratio, "reason": None}


def _times(scheme: dict[Any, Any]) -> dict[str, Any]:
    first, last, works, opened = (
        pd.Timestamp(scheme[name]).date() for name in ("first_on", "last_on", "works_start_on", "opened_on")
    )
    before_end = min(works - timedelta(days=1), last)
    after_start = max(opened, first)
    return {
        "before_start": first,
        "before_end": before_end,
        "after_start": after_start,
        "after_end": last,
        "before_years": _years(first, before_end),
        "after_years": _years(after_start, last),
    }


def _years(first: date, last: date) -> float:
    return max((last - first).days + 1, 0) / _YEAR_DAYS


def _reason(own: pd.DataFrame, times: dict[str, Any], *, is_placed: bool) -> str | None:
    if not is_placed:
        return "the file does not say where it is"
    if own.empty:
        return "no road of the region is where it is said to be"
    # A calendar year of 365 days is one.
    least = MINIMUM_YEARS - 0.002
    if times["before_years"] < least:
        return "too little time before it: less than a year of collisions is known"
    if times["after_years"] < least:
        return "too little time after it: less than a year of collisions is known"
    return None


def _counted(links: pd.Series, events: pd.DataFrame, first: date, last: date) -> np.ndarray:
    """Count the events of a span of days on each of the links given."""
    day = pd.to_datetime(events["occurred_on"])
    inside = events.loc[(day >= pd.Timestamp(first)) & (day <= pd.Timestamp(last)), "link"]
    counts: np.ndarray = links.map(inside.value_counts()).fillna(0).to_numpy(dtype=float)
    return counts
