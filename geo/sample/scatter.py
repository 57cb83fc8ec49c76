"""Points scattered evenly but not evenly enough to look drawn with a ruler."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from geo.arrays import Floats, Ints
from geo.sample.noise import Noise, fractal_noise

# So many points are held at a time while boxes are filled.
_POINTS_AT_A_TIME = 2_000_000


@dataclass(frozen=True)
class Lattice:
    """Boxes to fill: centre and half width (n x 2, metres), spacing (metres), turn of each (radians)."""

    centres: Floats
    halves: Floats
    spacing: float
    turns: Floats

    @property
    def reaches(self) -> Ints:
        """Steps from the centre of each box that reach its corners however it is turned."""
        return np.asarray(np.hypot(*self.halves.T) / self.spacing, dtype=np.int64) + 1

    def of(self, part: slice) -> "Lattice":
        """Return some of the boxes."""
        return Lattice(self.centres[part], self.halves[part], self.spacing, self.turns[part])


def scatter(rng: np.random.Generator, lattice: Lattice, *, jitter: float) -> tuple[Floats, Ints]:
    """Fill boxes with turned, gently bent and jittered lattices.

    Args:
        rng: random stream.
        lattice: the boxes.
        jitter: how far a point may stray, as a share of the spacing.

    Returns:
        Points (n x 2, metres), and the box of each.
    """
    spacing = lattice.spacing
    bend = fractal_noise(rng, longest_m=40 * spacing, shortest_m=10 * spacing)
    parts = [
        _filled(rng, lattice.of(part), bend, jitter, first=part.start) for part in _portions(lattice.reaches)
    ]
    return np.concatenate([points for points, _ in parts]), np.concatenate([box for _, box in parts])


def _portions(reaches: Ints) -> Iterator[slice]:
    portion = np.cumsum((2 * reaches + 1) ** 2) // _POINTS_AT_A_TIME
    for a, b in pairwise([0, *(np.flatnonzero(np.diff(portion)) + 1).tolist(), len(reaches)]):
        yield slice(a, b)


def _filled(
    rng: np.random.Generator, lattice: Lattice, bend: Noise, jitter: float, *, first: int
) -> tuple[Floats, Ints]:
    side = 2 * lattice.reaches + 1
    box = np.repeat(np.arange(len(side)), side**2)
    within = np.arange(len(box)) - np.repeat(np.cumsum(side**2) - side**2, side**2)
    steps = np.column_stack(np.divmod(within, side[box])) - lattice.reaches[box, None]
    grid = steps * lattice.spacing
    # The boxes lie in different parts of the field that bends them.
    at = grid + lattice.centres[box]
    grid = grid + lattice.spacing * np.column_stack([bend(at), bend(at[:, ::-1] + 7919.0)])
    grid = grid + rng.uniform(-jitter, jitter, grid.shape) * lattice.spacing
    cos, sin = np.cos(lattice.turns)[box], np.sin(lattice.turns)[box]
    turned = np.column_stack([grid[:, 0] * cos - grid[:, 1] * sin, grid[:, 0] * sin + grid[:, 1] * cos])
    inside = (np.abs(turned) <= lattice.halves[box]).all(axis=1)
    return (turned + lattice.centres[box])[inside], box[inside] + first
