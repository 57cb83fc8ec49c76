"""Smooth random fields with detail at every scale, as a sum of waves."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from geo.arrays import Floats

_WAVES_PER_OCTAVE = 10
# So few that they stay in the processor's cache from wave to wave.
_POINTS_AT_A_TIME = 16_384


@dataclass(frozen=True)
class Noise:
    """A random field over the plane with mean 0 and standard deviation 1."""

    waves: Floats
    phases: Floats
    heights: Floats

    def __call__(self, xy: Floats) -> Floats:
        """Return the field at points given in metres."""
        # Wave by wave: a matrix product's last digits depend on the machine's linear algebra library.
        parts = [xy[n : n + _POINTS_AT_A_TIME] for n in range(0, len(xy), _POINTS_AT_A_TIME)]
        with ThreadPoolExecutor() as pool:
            return np.concatenate([np.zeros(0), *pool.map(self._field, parts)])

    def _field(self, xy: Floats) -> Floats:
        x, y = np.ascontiguousarray(xy.T)
        field = np.zeros(len(xy))
        for (across, along), phase, height in zip(self.waves, self.phases, self.heights, strict=True):
            field += height * np.cos(x * across + y * along + phase)
        return field


def fractal_noise(
    rng: np.random.Generator, *, longest_m: float, shortest_m: float, roughness: float = 0.9
) -> Noise:
    """Draw a field with wavelengths between two lengths, each octave `roughness` powers of two lower.

    Args:
        rng: random stream.
        longest_m: longest wavelength in metres.
        shortest_m: shortest wavelength in metres.
        roughness: height falls as wavelength to this power; lower is rougher.
    """
    octaves = int(np.log2(longest_m / shortest_m)) + 1
    lengths = np.repeat(longest_m / 2.0 ** np.arange(octaves), _WAVES_PER_OCTAVE)
    lengths = lengths * rng.uniform(0.75, 1.33, lengths.size)
    angles = rng.uniform(0, 2 * np.pi, lengths.size)
    waves = np.column_stack([np.cos(angles), np.sin(angles)]) * (2 * np.pi / lengths)[:, None]
    heights = lengths**roughness
    heights *= np.sqrt(2 / np.sum(heights**2))
    return Noise(waves, rng.uniform(0, 2 * np.pi, lengths.size), heights)
