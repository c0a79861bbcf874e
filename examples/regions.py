"""Smooths a picture and dithers it, each in a region of its own.

`profila annotate --region smooth -- examples/regions.py` is about the smoothing alone, and so is
`profila diff --region smooth` of this script and another version of it.
"""

import sys
import time

import numpy as np
from numba import njit

import profila

BLACK = 0
WHITE = 255


@njit
def smooth(picture):
    """Return `picture` with each pixel the mean of itself and the two beside it."""
    height, width = picture.shape
    grey = picture.copy()
    for y in range(height):
        for x in range(1, width - 1):
            grey[y, x] = (picture[y, x - 1] + picture[y, x] + picture[y, x + 1]) // 3
    return grey


@njit
def dither(picture):
    """Return `picture` in black and white: what a pixel loses, the next one gets."""
    height, width = picture.shape
    grey = picture.copy()
    for y in range(height):
        error = 0
        for x in range(width):
            wanted = grey[y, x] + error
            grey[y, x] = WHITE if wanted >= 128 else BLACK
            error = wanted - grey[y, x]
    return grey


def main():
    """Work on one picture for some seconds, and print how many times a second."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 2.0
    picture = np.random.default_rng(1).integers(BLACK, WHITE, (1024, 1280), dtype=np.int32)
    dither(smooth(picture))  # The first calls compile.

    count = 0
    elapsed = 0.0
    start = time.perf_counter()
    while elapsed < seconds:
        with profila.region("smooth", units=picture.size):
            grey = smooth(picture)
        with profila.region("dither", units=picture.size):
            dither(grey)
        count += 1
        elapsed = time.perf_counter() - start
    print(f"Processed {count / elapsed:.2f} pictures / sec")


if __name__ == "__main__":
    main()
