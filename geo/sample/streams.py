"""The random streams that keep one part of the sample from changing another."""

import numpy as np

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
    "average_speeds",
    "schemes",
    "hotspot",
)


def streams(seed: int) -> dict[str, np.random.Generator]:
    """Return one independent random generator for each part of the region."""
    children = np.random.SeedSequence(seed).spawn(len(PARTS))
    return {part: np.random.default_rng(child) for part, child in zip(PARTS, children, strict=True)}
