"""Short names for array types, and the random streams that keep one part from changing another."""

from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
# Arrays of text, of geometries, or of cells of mixed type.
Objects = npt.NDArray[Any]


# Append only: a stream's numbers follow from its place in this list.
PARTS = (
    "land",
    "areas",
    "people",
    "roads",
    "collisions",
    "casualties",
    "reports",
    "survey",
    "dirt",
    "more_dirt",
    "sketch",
    "osm",
    "traffic",
    "counts",
    "travel_times",
    "condition",
    "spend",
    "contracts",
)


def streams(seed: int) -> dict[str, np.random.Generator]:
    """Return one independent random generator for each part of the region."""
    children = np.random.SeedSequence(seed).spawn(len(PARTS))
    return {part: np.random.default_rng(child) for part, child in zip(PARTS, children, strict=True)}


def both(mask: Bools, pairs: Ints) -> Bools:
    """Tell the pairs (n x 2, positions) whose two members are both marked."""
    # Not `mask[pairs].all(axis=1)`, which takes ten times as long.
    return np.asarray(mask[pairs[:, 0]] & mask[pairs[:, 1]])
