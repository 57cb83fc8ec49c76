"""Why people are satisfied, and where they see it otherwise than the measured service: drivers and gaps."""

import numpy as np
import pandas as pd
from scipy.special import ndtr

from geo.arrays import Floats
from geo.estimates.drivers import key_drivers, lmg_shares
from geo.estimates.gap import HAPPIER, LESS_HAPPY, perception_gaps
from geo.sample import Truth
from geo.sample.satisfaction import Surveyed, make_latent
from geo.sample.truth import COLLISIONS, CONDITION, DAYS_TO_FIX, OVERALL, SURFACES
from validation.doggerland import draws
from validation.results import (
    FALSE_DISCOVERIES,
    LEAST_INTERVALS,
    Result,
    Study,
    covered,
    false_share,
    mean_over_draws,
)

_DRIVERS = [CONDITION, DAYS_TO_FIX, COLLISIONS]
# As many as the drivers are known for in England: highway authorities, rounded down.
_AUTHORITIES = 150
_BASE = 1_000
# How these go together between authorities.
_TOGETHER = np.array([[1, -0.4, 0.2], [-0.4, 1, 0.1], [0.2, 0.1, 1]])
# Four times what else makes authorities differ, on the latent scale.
_OUTLIERS, _MISMATCH = 0.1, 0.9


def study(seeds: int) -> Study:
    """Draw authorities whose satisfaction follows service as Doggerland's does."""
    return Study([*_drivers(seeds), *_gaps(seeds)])


def _authorities(rng: np.random.Generator, number: int, mismatch: Floats) -> tuple[Floats, dict[str, Floats]]:
    """Return true satisfaction (percent) with road surfaces, and service, of so many authorities."""
    service = rng.multivariate_normal(np.zeros(3), _TOGETHER, number).T
    codes = [str(n) for n in range(number)]
    where = Surveyed(codes, np.full(number, 1000), rng.normal(size=number), np.arange(number), codes)
    # Weights as planted, but larger: in Doggerland's own, noise would be all but everything.
    weights = {d: 2 * w for d, w in Truth().driver_weight[SURFACES].items()}
    weights[COLLISIONS] = -0.12
    truth = Truth(driver_weight={SURFACES: weights}, satisfied_share={SURFACES: 0.45},
                  satisfaction_mismatch=dict(zip(codes, mismatch.tolist(), strict=True)))  # fmt: skip
    values = dict(zip(_DRIVERS, service, strict=True))
    latent = make_latent(rng, where, values, truth)
    return 100 * ndtr(latent.by_question[SURFACES]), values


def _asked(rng: np.random.Generator, satisfied: Floats) -> Floats:
    return np.asarray(100 * rng.binomial(_BASE, satisfied / 100) / _BASE, dtype=float)


def _drivers(seeds: int) -> list[Result]:
    parts = []
    for rng in draws(40, 16):
        satisfied, service = _authorities(rng, 10_000, np.zeros(10_000))
        parts.append(np.column_stack([*service.values(), _asked(rng, satisfied)]))
    shares = lmg_shares(np.asarray(np.corrcoef(np.concatenate(parts), rowvar=False)))
    held, wrong = [], []
    for draw, rng in enumerate(draws(4 * seeds, 17)):
        satisfied, service = _authorities(rng, _AUTHORITIES, np.zeros(_AUTHORITIES))
        rows = pd.DataFrame(service | {"outcome": _asked(rng, satisfied)})
        table = key_drivers(rows, _DRIVERS, draws=200, seed=draw).table
        held.append(covered(table["importance_lower"], table["importance_upper"], shares))
        above = (shares > shares.mean()).tolist()
        wrong.append(
            np.array(
                [
                    reading == ("less important" if is_above else "more important")
                    for reading, is_above in zip(table["reading"], above, strict=True)
                ]
            )
        )
    where = f"{_AUTHORITIES} authorities"
    return [
        Result("why", "drivers", "95 % bootstrap interval of the LMG share covers", where, mean_over_draws(held),
               (0.9, 0.97), needed=LEAST_INTERVALS),
        Result("why", "drivers", "read as more (less) important than the mean, and is not", where,
               mean_over_draws(wrong), (0.0, 0.025)),
    ]  # fmt: skip


def _gaps(seeds: int) -> list[Result]:
    false, power, none = [], [], []
    for draw, rng in enumerate(draws(8 * seeds, 18)):
        outlier = (rng.uniform(size=_AUTHORITIES) < _OUTLIERS) & (draw % 2 == 0)
        mismatch = outlier * _MISMATCH * rng.choice([-1, 1], _AUTHORITIES)
        satisfied, service = _authorities(rng, _AUTHORITIES, mismatch)
        score = _asked(rng, satisfied)
        table = perception_gaps(
            pd.DataFrame(
                {
                    "theme": OVERALL, "satisfaction": score,
                    "satisfaction_error": np.sqrt(score * (100 - score) / _BASE),
                    "service": service[CONDITION] + rng.normal(0, 0.2, _AUTHORITIES), "service_error": 0.2,
                    "direction": "higher",
                }
            )
        )  # fmt: skip
        happier, less = (table["verdict"] == HAPPIER).to_numpy(), (table["verdict"] == LESS_HAPPY).to_numpy()
        # A verdict on a planted area in the wrong direction is false as well.
        is_false = np.where(happier, mismatch <= 0, mismatch >= 0)
        share = np.array([false_share(happier | less, is_false)])
        if draw % 2 == 0:
            false.append(share)
            power.append(((happier & (mismatch > 0)) | (less & (mismatch < 0)))[outlier].astype(float))
        else:
            none.append(share)
    where = f"{_AUTHORITIES} authorities"
    return [
        Result("why", "gap", "false discoveries, a tenth planted", where, mean_over_draws(false), FALSE_DISCOVERIES),
        Result("why", "gap", "planted gaps found", where, mean_over_draws(power), None),
        Result("why", "gap", "draws with any gap told where none is planted", where, mean_over_draws(none),
               FALSE_DISCOVERIES),
    ]  # fmt: skip
