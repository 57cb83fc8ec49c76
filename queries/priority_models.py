"""Models of what to fix first."""

from zlib import crc32

import pandas as pd

from geo.across.problems import (
    CANDIDATE,
    EVENT,
    SCORE,
    find_problems,
    parties,
    priority_scores,
    weight_sets,
)
from geo.across.reasons import REASONS
from geo.across.sentences import reasons
from geo.tables import Column, Table
from queries.columns import PERIOD
from queries.exemplar_models import EXEMPLAR_MODELS
from queries.priority_tables import CANDIDATES, EVENTS, PLACE_COLUMNS, PROBLEM_CODE, gathered, records
from queries.python_models import Frames, PythonModel
from queries.together_models import TOGETHER_MODELS

TOP = 50
# Kinds of problem with sentences of their own; any other is told as a place that has a name.
_TOLD_AS = {"section": "section", "service": "service"}


def problem(frames: Frames) -> pd.DataFrame:
    """Gather what may be a problem, count every event once, and rank."""
    candidates, events = gathered(frames, CANDIDATES, CANDIDATE), gathered(frames, EVENTS, EVENT)
    region = str(frames["raw.region"]["region"].iloc[0])
    return find_problems(candidates, events, seed=crc32(region.encode()))


def problem_party(frames: Frames) -> pd.DataFrame:
    """Say who answers for the roads of each problem."""
    return parties(frames["core.problem"], gathered(frames, EVENTS, EVENT))


def priority_weight(frames: Frames) -> pd.DataFrame:
    """Write out the sets of weights that problems are ranked by."""
    given = frames["raw.priority_weight"]
    sets = weight_sets(dict(zip(given["theme"], given["weight"].astype(float), strict=True)))
    rows = [(name, theme, weight) for name, of in sets.items() for theme, weight in of.items()]
    return pd.DataFrame(rows, columns=["weights", "theme", "weight"]).astype({"weight": float})


def priority_sensitivity(frames: Frames) -> pd.DataFrame:
    """Rank problems under each set of weights; under others than the region's, those that are ever near the top."""
    weights = frames["core.priority_weight"]
    sets = {
        str(name): {str(t): float(w) for t, w in zip(of["theme"], of["weight"], strict=True)}
        for name, of in weights.groupby("weights", sort=True)
    }
    # Moves are told against the region's own weights, so they come first.
    ordered = {"region": sets.pop("region"), **sets} if sets else {}
    table = priority_scores(frames["core.problem"], ordered) if ordered else pd.DataFrame(columns=SCORE)
    near = table.loc[table["rank"].astype(float) <= TOP, "problem"]
    table = table[(table["weights"] == "region") | table["problem"].isin(near)]
    # What counts for nothing under a set of weights has no place under it.
    return table[table["score"].astype(float) > 0][SCORE].sort_values(["weights", "rank"], ignore_index=True)


def problem_reason(frames: Frames) -> pd.DataFrame:
    """Make the sentences that say why something is a problem, from its row of marts.problem."""
    said = []
    for row in records(frames["core.problem_told"]):
        filled = {**row, **_named(row)}
        sentences = reasons(REASONS[_TOLD_AS.get(str(row["kind"]), "area")], filled)
        said += [(row["problem"], n, text) for n, text in enumerate(sentences, 1)]
    return pd.DataFrame(said, columns=["problem", "nth", "sentence"])


def _named(row: dict[str, object]) -> dict[str, object]:
    """Return the names that sentences have for columns of marts.problem."""
    is_pounds = row["loss_unit"] == "pounds"
    return {
        "road": row["name"],
        "value": row["estimate"],
        "loss_gbp": row["loss"] if is_pounds else None,
        "loss_lower_gbp": row["loss_lower"] if is_pounds else None,
        "loss_upper_gbp": row["loss_upper"] if is_pounds else None,
    }


_WEIGHTS = Column(
    "weights",
    "VARCHAR",
    "Set of weights: region (as the region file says), equal, twice a theme, or without it. Never null.",
)

PROBLEM = PythonModel(
    Table(
        "core.problem",
        "One row per problem: what may be one, each event counted once, ranked in its theme.",
        (
            PROBLEM_CODE,
            Column(
                "kind", "VARCHAR", "section, area, service, or as another candidate model says. Never null."
            ),
            Column("width", "INTEGER", "0 for the narrowest kind of place; null where it holds no events."),
            *PLACE_COLUMNS[1:],
            *PERIOD,
            Column("years", "DOUBLE", "Years that estimate and expected are of. Never null."),
            Column("observed", "DOUBLE", "Events counted, or people asked; null where not known."),
            Column("expected", "DOUBLE", "What is usual for such a place over the period. Never null."),
            Column("estimate", "DOUBLE", "Best estimate over the period. Never null."),
            Column("standard_error", "DOUBLE", "Its standard error; 0 where none is known. Never null."),
            Column("worth", "DOUBLE", "What one more than usual is worth, in unit; null where not known."),
            Column("unit", "VARCHAR", "Unit of the loss. Never null."),
            Column("price_year", "BIGINT", "Year whose prices pounds are in; null for other units."),
            Column("q", "DOUBLE", "False-discovery-rate q-value; null where not tested."),
            Column("length_km", "DOUBLE", "Length of road, kilometres; null where it is no stretch of road."),
            Column("flow", "DOUBLE", "Motor vehicles on an average day; null where not known."),
            Column("known_share", "DOUBLE", "Share whose traffic is known; null where it does not apply."),
            Column("place_kind", "VARCHAR", "What it is like. Never null."),
            Column("source", "VARCHAR", "Source ids, comma-separated. Never null."),
            Column("is_sure", "BOOLEAN", "True where q is below the false discovery rate. Never null."),
            Column("excess", "DOUBLE", "Estimate less expected, a year. Never null."),
            Column("loss", "DOUBLE", "Excess x worth; null where worth is not known."),
            Column("loss_lower", "DOUBLE", "Lower 95 % limit of it; null likewise."),
            Column("loss_upper", "DOUBLE", "Upper 95 % limit of it; null likewise."),
            Column("rank", "BIGINT", "Place in its theme; null likewise, and for parts."),
            Column("expected_rank", "DOUBLE", "Mean place; null likewise."),
            Column("rank_lower", "BIGINT", "Lower 95 % limit of its place; null likewise."),
            Column("rank_upper", "BIGINT", "Upper 95 % limit of its place; null likewise."),
            Column("top_10", "DOUBLE", "Probability of being among the first ten; null likewise."),
            Column("top_50", "DOUBLE", "Probability of being among the first fifty; null likewise."),
            Column("own_events", "BIGINT", "Events that no problem before it has. Never null."),
            Column("counted_share", "DOUBLE", "Share of it that counts here, 0 to 1. Never null."),
            Column("is_counted", "BOOLEAN", "False where it is part of another. Never null."),
            Column("part_of", "VARCHAR", "Problem that it is part of; null for none."),
            Column("counted_loss", "DOUBLE", "Loss x counted_share; null where there is no loss."),
        ),
        key=("problem",),
    ),
    problem,
    inputs=("raw.region",),
    families=(CANDIDATES, EVENTS),
)

PROBLEM_PARTY = PythonModel(
    Table(
        "core.problem_party",
        "One row per problem and who answers for the roads of its events.",
        (
            PROBLEM_CODE,
            Column("party_code", "VARCHAR", "Authority, 'strategic operator' or 'none'. Never null."),
            Column("events", "BIGINT", "Events on its roads; null for services."),
            Column("shared_events", "BIGINT", "Events on roads along its border; null for services."),
            Column("share", "DOUBLE", "Share of the events on its roads, 0 to 1. Never null."),
            Column("must_act", "BOOLEAN", "True where it must act. Never null."),
        ),
        key=("problem", "party_code"),
    ),
    problem_party,
    inputs=("core.problem",),
    families=(EVENTS,),
)

PRIORITY_WEIGHT = PythonModel(
    Table(
        "core.priority_weight",
        "One row per set of weights and theme: what the loss of a theme counts for.",
        (
            _WEIGHTS,
            Column("theme", "VARCHAR", "Theme of the register of outcomes. Never null."),
            Column("weight", "DOUBLE", "What removing all of its loss would be worth. Never null."),
        ),
        key=("weights", "theme"),
    ),
    priority_weight,
    inputs=("raw.priority_weight",),
)

PRIORITY_SENSITIVITY = PythonModel(
    Table(
        "core.priority_rank",
        "One row per set of weights and problem: its place among those of all themes. Under other weights than the "
        "region's, problems that are among the first fifty under any, but for those of themes without weight.",
        (
            PROBLEM_CODE,
            _WEIGHTS,
            Column("score", "DOUBLE", "Its share of the loss of its theme x the theme's weight. Never null."),
            Column("rank", "BIGINT", "Place, 1 the greatest score; equal ones by code. Never null."),
            Column(
                "moved", "BIGINT", "Places lost, or below 0 won, against the region's weights. Never null."
            ),
            Column("is_top", "BOOLEAN", "True for the first ten. Never null."),
        ),
        key=("problem", "weights"),
    ),
    priority_sensitivity,
    inputs=("core.problem", "core.priority_weight"),
)

PROBLEM_REASON = PythonModel(
    Table(
        "marts.problem_reason",
        "One row per problem and sentence that says why it is one; every number is one of its row in marts.problem.",
        (
            PROBLEM_CODE,
            Column("nth", "BIGINT", "Place of the sentence, from 1. Never null."),
            Column("sentence", "VARCHAR", "In words, one sentence. Never null."),
        ),
        key=("problem", "nth"),
    ),
    problem_reason,
    inputs=("core.problem_told",),
)

PRIORITY_MODELS: tuple[PythonModel, ...] = (
    PROBLEM,
    PROBLEM_PARTY,
    PRIORITY_WEIGHT,
    PRIORITY_SENSITIVITY,
    PROBLEM_REASON,
    *EXEMPLAR_MODELS,
    *TOGETHER_MODELS,
)
