"""How large a sample is made: the same councils at three sizes, and a country of its own."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from geo.sample.doggerland import DOGGERLAND
from geo.sample.national import national_sketch
from geo.sample.sketch import Sketch


@dataclass(frozen=True)
class Size:
    """A size: what it is for, and how its plan is drawn from a random stream."""

    purpose: str
    sketch: Callable[[np.random.Generator], Sketch]


def _tiny(_: np.random.Generator) -> Sketch:
    # A finer mesh than so small a land has otherwise, or borders and straits would be a cell or two wide.
    return replace(DOGGERLAND.stretched(0.35), country_m=330.0, border_lanes=1)


def _demo(_: np.random.Generator) -> Sketch:
    return DOGGERLAND


def _region(_: np.random.Generator) -> Sketch:
    return DOGGERLAND.stretched(2.0)


SIZES: Mapping[str, Size] = {
    "tiny": Size("eight councils in miniature, for tests", _tiny),
    "demo": Size("eight councils and half a million people, to look at", _demo),
    "region": Size("the same with four times the land and people, as large as a real region", _region),
    "national": Size("a country the size of Britain, for measuring time and memory", national_sketch),
}
