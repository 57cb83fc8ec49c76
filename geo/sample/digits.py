"""Numbered text, many at a time."""

import numpy as np

from geo.arrays import Ints, Objects


def numbered(prefix: str, numbers: Ints, width: int) -> Objects:
    """Return `prefix` and each number, with leading zeros to `width` digits (larger numbers get wider).

    Args:
        prefix: text before the digits.
        numbers: whole numbers from 0.
        width: least number of digits.
    """
    width = max(width, len(str(int(numbers.max(initial=0)))))
    # Text of n characters is n numbers of 32 bits to numpy.
    letters = np.empty((len(numbers), len(prefix) + width), dtype=np.uint32)
    letters[:, : len(prefix)] = [ord(letter) for letter in prefix]
    letters[:, len(prefix) :] = numbers[:, None] // 10 ** np.arange(width)[::-1] % 10 + ord("0")
    text: Objects = letters.view(f"U{letters.shape[1]}")[:, 0]
    return text
