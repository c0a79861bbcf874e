"""Smoothing an image in two ways, as tests that use pytest-benchmark.

    profila diff --pytest-benchmark 'test_smoothing.py::test_in_place[300]' \
        'test_smoothing.py::test_by_rows[300]'
"""

import numpy as np
import pytest
from numba import njit


@njit
def smooth(image, result):
    """Gives each pixel the mean of the nine around it."""
    height, width = image.shape
    for y in range(1, height - 1):
        for x in range(1, width - 1):
            total = 0.0
            for dy in range(-1, 2):
                for dx in range(-1, 2):
                    total += image[y + dy, x + dx]
            result[y, x] = total / 9.0


@njit
def smooth_by_rows(image, result):
    """The same, with the sums of three pixels below each other made once for a row."""
    height, width = image.shape
    columns = np.empty(width)
    for y in range(1, height - 1):
        for x in range(width):
            columns[x] = image[y - 1, x] + image[y, x] + image[y + 1, x]
        for x in range(1, width - 1):
            result[y, x] = (columns[x - 1] + columns[x] + columns[x + 1]) / 9.0


@pytest.fixture(params=[100, 300])
def image(request):
    """A square image of noise."""
    return np.random.default_rng(1).random((request.param, request.param))


def test_in_place(benchmark, image):
    """Nine additions for each pixel."""
    result = np.zeros_like(image)
    benchmark(smooth, image, result)
    assert abs(result[1, 1] - image[:3, :3].mean()) < 1e-12


def test_by_rows(benchmark, image):
    """Four additions for each pixel."""
    result = np.zeros_like(image)
    benchmark(smooth_by_rows, image, result)
    assert abs(result[1, 1] - image[:3, :3].mean()) < 1e-12
