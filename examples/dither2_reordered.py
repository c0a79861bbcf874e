"""Floyd-Steinberg dithering that compares once to choose a pixel's colour.

`dither2.py` spreads the error right first and below left second, and
`dither2_reordered.py` the other way round. Nothing else differs between them.
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
    grey = picture.astype(np.int16)
    for y in range(height):
        for x in range(width):
            wanted = grey[y, x]
            chosen = WHITE if wanted >= 128 else BLACK
            grey[y, x] = chosen
            error = wanted - chosen
            if y + 1 < height and x > 0:
                grey[y + 1, x - 1] += error * 3 >> 4
            if x + 1 < width:
                grey[y, x + 1] += error * 7 >> 4
            if y + 1 < height:
                grey[y + 1, x] += error * 5 >> 4
            if y + 1 < height and x + 1 < width:
                grey[y + 1, x + 1] += error >> 4
    return grey.astype(np.uint8)


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
