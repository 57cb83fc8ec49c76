"""Smooth random fields with detail at every scale, as a sum of waves."""

from dataclasses import dataclass

import numpy as np

from geo.sample.arrays import Floats

_WAVES_PER_OCTAVE = 10


@dataclass(frozen=True)
class Noise:
    """A random field over the plane with mean 0 and standard deviation 1."""

    waves: Floats
    phases: Floats
    heights: Floats

    def __call__(self, xy: Floats) -> Floats:
        """Return the field at points given in metres."""
        # Not a matrix product: its last digits depend on the machine's linear algebra library.
        angle = xy[:, 0, None] * self.waves[:, 0] + xy[:, 1, None] * self.waves[:, 1] + self.phases
        return np.asarray((np.cos(angle) * self.heights).sum(axis=1))


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
