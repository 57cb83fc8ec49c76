"""How a police force records severity, before and after it asks for injuries instead of judging."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from geo.arrays import Bools, Floats, Ints
from geo.sample import stats19
from geo.sample.truth import Truth

_DECIMALS = 6


@dataclass(frozen=True)
class Recorded:
    """Severity as recorded, whether injuries were asked for, and the chances that it is serious or slight.

    The chances are what STATS19 calls adjusted severity: 1 and 0 where injuries were asked for, otherwise the
    true chance given what was recorded; both 0 where fatal.
    """

    severity: Ints
    is_injury_based: Bools
    serious: Floats
    slight: Floats


def severity_shares(is_town: Bools, truth: Truth) -> tuple[Floats, Floats]:
    """Return the true chances that a collision is fatal, and that it is serious."""
    fatal = np.where(is_town, truth.fatal_share_town, truth.fatal_share_country)
    return fatal, np.where(is_town, truth.serious_share_town, truth.serious_share_country)


def record_severity(
    rng: np.random.Generator,
    severity: Ints,
    *,
    at: pd.DatetimeIndex,
    force: Ints,
    is_town: Bools,
    truth: Truth,
) -> Recorded:
    """Record severity as each force did on the day.

    Args:
        rng: random stream.
        severity: true severity of each collision.
        at: when.
        force: number of the police force.
        is_town: whether in a town.
        truth: planted effects.
    """
    is_judged = (force == truth.severity_force) & (at < pd.Timestamp(truth.severity_change_on))
    is_missed = rng.uniform(size=len(severity)) < truth.severity_missed_share
    recorded = np.where(is_judged & is_missed & (severity == stats19.SERIOUS), stats19.SLIGHT, severity)
    fatal, serious = severity_shares(is_town, truth)
    missed = serious * truth.severity_missed_share
    # Bayes: of those recorded as slight, the part that is serious.
    chance = np.divide(missed, missed + 1 - fatal - serious, out=np.zeros(len(missed)), where=missed > 0)
    unsure = np.where(is_judged & (recorded == stats19.SLIGHT), np.round(chance, _DECIMALS), 0.0)
    is_serious = np.where(recorded == stats19.SERIOUS, 1.0, unsure)
    slight = np.where(recorded == stats19.FATAL, 0.0, np.round(1 - is_serious, _DECIMALS))
    return Recorded(recorded, ~is_judged, is_serious, slight)
