"""What people say: published scores, survey means, and small areas by Fay and Herriot."""

import numpy as np
import pandas as pd

from geo.estimates.fay_herriot import fay_herriot
from geo.estimates.outcomes import estimate_scores, estimate_shares
from geo.estimates.survey_mean import survey_means
from geo.sample.doggerland import OUTERWELL
from geo.sample.reports import median_days
from geo.sample.satisfaction import (
    Latent,
    Surveyed,
    make_latent,
    satisfied_by_authority,
    satisfied_by_small_area,
    score_table,
)
from geo.sample.survey import draw_survey
from geo.sample.truth import COLLISIONS, CONDITION, DAYS_TO_FIX, OVERALL, SPEND, SURFACES
from geo.sample.world import World
from validation.doggerland import Ground, draws, grounds
from validation.rates import DEFINITION
from validation.results import (
    ABOUT,
    LEAST_INTERVALS,
    Result,
    Study,
    covered,
    mean_over_draws,
    ratio_over_draws,
)

_THEME = "satisfaction"
_YEAR = 2022
_SATISFIED = 4
_KEY = ["area_code", "question"]


def surveyed(world: World) -> Surveyed:
    """Return where the survey of a region is held."""
    areas, owner = world.geography.small_areas, world.geography.authority_of_small_area
    return Surveyed(areas.codes, areas.people, areas.deprivation, owner, world.codes)


def latent_of(rng: np.random.Generator, world: World, where: Surveyed) -> Latent:
    """Draw how satisfied small areas are; what drives it is drawn too, but for the planted days to fix."""
    owner, size = where.authority, len(where.authorities)
    service = {
        CONDITION: rng.normal(size=size)[owner] + rng.normal(0, 0.6, len(owner)),
        DAYS_TO_FIX: median_days(world.codes, world.truth)[owner],
        COLLISIONS: rng.normal(size=size)[owner],
        SPEND: rng.normal(size=size)[owner],
    }
    return make_latent(rng, where, service, world.truth)


def study(seeds: int, sizes: tuple[str, ...] = ("tiny", "demo"), geographies: int = 3) -> Study:
    """Hold surveys and publish scores again and again."""
    found = Study()
    for size in sizes:
        found.add(_surveys(grounds(size, geographies), size, seeds))
    found.results += _published(grounds(sizes[-1], geographies), sizes[-1], seeds)
    return found


def _published(regions: tuple[Ground, ...], size: str, seeds: int) -> list[Result]:
    """Publish percentages with their bases; the interval knows the base alone."""
    tables, truths = [], []
    for draw, rng in enumerate(draws(seeds, 9)):
        world = regions[draw % len(regions)].world
        where = surveyed(world)
        true = satisfied_by_authority(latent_of(rng, world, where), where, [_YEAR], world.truth)
        scores = score_table(rng, true, (OVERALL, SURFACES))
        scores = scores.merge(true, left_on=["area_code", "indicator"], right_on=_KEY)
        truths.append(scores["satisfied_share"].to_numpy())
        tables.append(
            scores.assign(
                outcome="made up", area_level="authority", period_start=draw, period_end=draw, source="made up",
                series=None, standard_error=np.nan, degrees_of_freedom=np.nan, observations=scores["base"],
                successes=np.round(scores["score"] * scores["base"].astype(float) / 100),
            )
        )  # fmt: skip
    table, truth = pd.concat(tables, ignore_index=True), 100 * np.concatenate(truths)
    lines = []
    for name, rows in (
        ("outcomes.estimate_scores", estimate_scores(table, DEFINITION)),
        ("outcomes.estimate_shares", estimate_shares(table, DEFINITION)),
    ):
        hits = covered(rows["lower"], rows["upper"], truth)
        by_draw = [hits[(table["period_start"] == d).to_numpy()] for d in range(seeds)]
        lines.append(
            Result(
                _THEME, name, "Wilson interval covers", f"authorities, {size}", mean_over_draws(by_draw), ABOUT,
                needed=LEAST_INTERVALS,
            )
        )  # fmt: skip
    return lines


def _surveys(regions: tuple[Ground, ...], size: str, seeds: int) -> Study:
    hits, planted_hits, small = [], [], []
    for draw, rng in enumerate(draws(seeds, 10)):
        world = regions[draw % len(regions)].world
        where = surveyed(world)
        latent = latent_of(rng, world, where)
        answers = draw_survey(rng, latent, where, [_YEAR], world.truth).answers
        answers["score"] = np.where(
            answers["rating"].isna(), np.nan, 100.0 * (answers["rating"] >= _SATISFIED)
        )
        answers = answers.rename(columns={"psu": "cluster", "area_code": "small_area"})
        answers["area_code"] = answers["stratum"]
        means = survey_means(answers, _KEY)
        true = satisfied_by_authority(latent, where, [_YEAR], world.truth)
        both = means.merge(true, on=_KEY)
        held = covered(both["lower"].clip(0, 100), both["upper"].clip(0, 100), 100 * both["satisfied_share"])
        is_planted = (both["area_code"] == OUTERWELL).to_numpy()
        hits.append(held[~is_planted])
        planted_hits.append(held[is_planted])
        small.append(_small_areas(answers, latent, where, world).assign(draw=draw))
    name = f"authorities, {size}"
    found = Study([
        Result(_THEME, "survey_mean", "95 % design-based interval covers", name, mean_over_draws(hits), ABOUT,
               "Clusters are all but all small areas there are; without a correction for that, the interval is cautious.",
               needed=LEAST_INTERVALS),
        Result(_THEME, "survey_mean", "95 % design-based interval covers", f"{name}, planted mismatch",
               mean_over_draws(planted_hits), None),
    ])  # fmt: skip
    found.add(_fay_herriot_lines(pd.concat(small, ignore_index=True), size))
    return found


def _small_areas(answers: pd.DataFrame, latent: Latent, where: Surveyed, world: World) -> pd.DataFrame:
    """Estimate one question in every small area, asked in or not."""
    mine = answers[(answers["question"] == OVERALL) & answers["score"].notna()]
    w, x = mine["weight"].to_numpy(), mine["score"].to_numpy()
    position = pd.Index(where.small_areas).get_indexer(pd.Index(mine["small_area"]))
    number = len(where.small_areas)
    total, squares = np.bincount(position, w, number), np.bincount(position, w**2, number)
    with np.errstate(divide="ignore", invalid="ignore"):
        direct = np.where(total > 0, np.bincount(position, w * x, number) / total, np.nan)
        # Smoothed: that of all people, at this area's weights; its own would follow the estimate.
        share = (w * x).sum() / w.sum()
        variance = np.where(total > 0, share * (100 - share) * squares / total**2, np.nan)
    table = pd.DataFrame(
        {
            "direct": direct, "variance": variance, "condition": latent.service[CONDITION],
            "days": latent.service[DAYS_TO_FIX], "deprivation": where.deprivation,
        }
    )  # fmt: skip
    estimates = fay_herriot(table, ["condition", "days", "deprivation"]).estimates
    true = satisfied_by_small_area(latent, where, [_YEAR], world.truth)
    share_of = true[true["question"] == OVERALL].set_index("area_code")["satisfied_share"]
    return estimates.assign(
        direct=direct, variance=variance, truth=100 * share_of[where.small_areas].to_numpy(),
        planted=np.array(where.authorities)[where.authority] == OUTERWELL,
    )  # fmt: skip


def _fay_herriot_lines(rows: pd.DataFrame, size: str) -> Study:
    rows["error"] = (rows["value"] - rows["truth"]) ** 2
    rows["direct_error"] = (rows["direct"] - rows["truth"]) ** 2
    rows["inside"] = covered(rows["lower"], rows["upper"], rows["truth"])
    found = Study()
    for kind, name in (("eblup", "small areas asked in"), ("synthetic", "small areas nobody was asked in")):
        mine = rows[(rows["kind"] == kind) & ~rows["planted"]]
        if mine.empty:
            continue
        sums = mine.groupby("draw")[["error", "direct_error", "mse"]].sum()
        hits = [part.to_numpy(dtype=float) for _, part in mine.groupby("draw")["inside"]]
        where = f"{name}, {size}"
        if kind == "eblup":
            found.results.append(Result(_THEME, "fay_herriot", "mean squared error over that of direct estimates",
                                        where, ratio_over_draws(sums["error"], sums["direct_error"]), (0.0, 1.0)))  # fmt: skip
        found.results += [
            Result(_THEME, "fay_herriot", "stated over actual mean squared error", where,
                   ratio_over_draws(sums["mse"], sums["error"]), (0.9, 1.1)),
            Result(_THEME, "fay_herriot", "95 % interval covers", where, mean_over_draws(hits), ABOUT,
                   needed=LEAST_INTERVALS),
        ]  # fmt: skip
    planted = rows[(rows["kind"] == "eblup") & rows["planted"]]
    held = [part.to_numpy(dtype=float) for _, part in planted.groupby("draw")["inside"]]
    found.results.append(Result(_THEME, "fay_herriot", "95 % interval covers", f"small areas, {size}, planted mismatch",
                                mean_over_draws(held), None))  # fmt: skip
    if size == "demo":
        columns = ["truth", "direct", "variance", "value", "mse", "kind", "planted"]
        found.points["fay_herriot"] = rows[columns]
    return found
