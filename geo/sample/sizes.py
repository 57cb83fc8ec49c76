"""How large a sample is made: the same councils at three sizes, and a country of its own."""

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np

from geo.sample.doggerland import DOGGERLAND
from geo.sample.national import national_sketch
from geo.sample.sketch import Sketch


def _tiny(_: np.random.Generator) -> Sketch:
    # A finer mesh than so small a land has otherwise, or borders and straits would be a cell or two wide.
    return replace(DOGGERLAND.stretched(0.35), country_m=330.0, border_lanes=1)


def _demo(_: np.random.Generator) -> Sketch:
    return DOGGERLAND


def _region(_: np.random.Generator) -> Sketch:
    return DOGGERLAND.stretched(2.0)


# How the plan of each size is drawn from a random stream: miniature for tests, half a million people to look at,
# four times the land and people, as in a real region, and a country the size of Britain to measure with.
SIZES: Mapping[str, Callable[[np.random.Generator], Sketch]] = {
    "tiny": _tiny,
    "demo": _demo,
    "region": _region,
    "national": national_sketch,
}
