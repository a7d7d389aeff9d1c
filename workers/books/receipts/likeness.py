"""How a page looks, in 256 bits that survive scaling, another JPEG and a little tilt: for finding duplicates.

The signs of the low frequencies of its cosine transform (pHash). Averages and gradients of neighbours take two white
slips of paper with black rows for one another; frequencies tell where the rows stand.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

SIDE = 64
KEPT = 16


def perceptual_hash(image: Image.Image) -> str:
    """64 hex digits."""
    small = image.convert("L").resize((SIDE, SIDE), Image.Resampling.LANCZOS)
    pixels = np.asarray(small, np.float64)
    low = (_cosines() @ pixels @ _cosines().T)[:KEPT, :KEPT].ravel()
    bits = low > np.median(low[1:])
    return np.packbits(bits).tobytes().hex()


@cache
def _cosines() -> NDArray[Any]:
    """The matrix of the discrete cosine transform (type II)."""
    place = np.arange(SIDE)
    return np.cos(np.pi / SIDE * np.outer(place, place + 0.5))
