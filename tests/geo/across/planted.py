"""A square of cells, two authorities side by side, and a hotspot that the border between them splits."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from geo.across.grid import neighbours_in_grid


@dataclass(frozen=True)
class Square:
    """Parts of the cells, the pairs of neighbours, and which cells are hot."""

    parts: pd.DataFrame
    pairs: np.ndarray
    is_hot: np.ndarray

    @property
    def sites(self) -> int:
        return len(self.is_hot)


def square(seed, side=16, mean=3.0, dispersion=0.15, ratio=1.0, tall=2):
    """Two kinds of road of different rates, exposures that differ, and 2 x `tall` hot cells, half on either side."""
    rng = np.random.default_rng(seed)
    x, y = (axis.ravel() for axis in np.meshgrid(np.arange(side), np.arange(side), indexing="ij"))
    exposure = rng.lognormal(0, 0.4, side * side) * mean
    kind = rng.choice(["a", "b"], side * side)
    is_hot = (np.abs(x - side / 2 + 0.5) < 1) & (np.abs(y - side / 2 + 0.5) < tall / 2)
    usual = exposure * np.where(kind == "a", 0.7, 1.4) * np.where(is_hot, ratio, 1.0)
    if dispersion > 0:
        usual = usual * rng.gamma(1 / dispersion, dispersion, side * side)
    parts = pd.DataFrame(
        {
            "site": np.arange(side * side),
            "authority_code": np.where(x < side / 2, "E1", "E2"),
            "kind": kind,
            "count": rng.poisson(usual).astype(float),
            "exposure": exposure,
        }
    )
    return Square(parts, neighbours_in_grid(x, y), is_hot)
