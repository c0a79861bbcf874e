"""Floyd-Steinberg dithering with two rows of errors.

`dither2.py` copies the whole picture to make room for errors. Only those of the
present row and of the next are ever needed, so this version keeps no others. It
gives the same picture, sooner and in a third of the memory.
"""

import sys
import time

import numpy as np
from numba import njit

BLACK = 0
WHITE = 255


def make_picture(height, width):
    """Return a grey picture, the same in every run: a ramp with waves on it."""
    picture = np.empty((height, width), dtype=np.uint8)
    across = np.linspace(0, 1, width)
    for y, down in enumerate(np.linspace(0, 1, height)):
        waves = np.sin(25 * across + 9 * down) * np.cos(17 * down)
        picture[y] = WHITE * (0.35 * (across + down) + 0.15 * (1 + waves))
    return picture


@njit
def dither(picture):
    """Return `picture` in black and white. A shift by 4 divides by 16."""
    height, width = picture.shape
    dithered = np.empty_like(picture)
    # The error handed to the pixels of this row and of the next. Pixel x has
    # cell x + 1, so neither the first pixel nor the last needs a border test.
    here = np.zeros(width + 2, dtype=np.int16)
    below = np.zeros(width + 2, dtype=np.int16)
    for y in range(height):
        right = 0
        below[0] = 0
        below[1] = 0
        for x in range(width):
            wanted = picture[y, x] + here[x + 1] + right
            chosen = WHITE if wanted >= 128 else BLACK
            dithered[y, x] = chosen
            error = wanted - chosen
            right = error * 7 >> 4
            below[x] += error * 3 >> 4
            below[x + 1] += error * 5 >> 4
            below[x + 2] = error >> 4
        here, below = below, here
    return dithered


def main():
    """Dither one picture for some seconds and print how many times a second."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 5.0
    picture = make_picture(1024, 1280)
    dither(picture)  # The first call compiles.

    count = 0
    elapsed = 0.0
    start = time.perf_counter()
    while elapsed < seconds:
        dither(picture)
        count += 1
        elapsed = time.perf_counter() - start
    print(f"Processed {count / elapsed:.2f} images / sec")


if __name__ == "__main__":
    main()
