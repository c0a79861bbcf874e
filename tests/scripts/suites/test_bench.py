"""Tests that use pytest-benchmark, each in another way."""

import time

import numpy as np
import pytest
from numba import njit

STEPS = 1


@njit
def work(values):
    """Does something with each value, as often as `STEPS` says."""
    total = 0.0
    for i in range(len(values)):
        value = values[i]
        for _ in range(STEPS):
            value = np.sin(value)  # worked
        total += value
    return total


@njit
def prepare(values):
    """What belongs to no call of a benchmark."""
    for i in range(len(values)):
        values[i] = np.exp(np.cos(values[i]))  # prepared
    return values


@pytest.fixture
def values():
    """What is worked on. To make it takes long, and is not measured."""
    return prepare(np.ones(3_000_000))[:2000]


def test_work(benchmark, values):
    """Calls, looks at what came of them, and at the statistics."""
    result = benchmark(work, values)
    benchmark.extra_info["steps"] = STEPS
    assert result == work(values)
    assert benchmark.stats.stats.mean > 0


@pytest.mark.parametrize("count", [10, 2000])
def test_sizes(benchmark, values, count):
    """Has parameters."""
    benchmark(work, values[:count])


class TestPedantic:
    """A class of tests."""

    def test_setup(self, benchmark):
        """Has each call prepared, and cleaned up after."""

        def setup():
            return (prepare(np.ones(200_000))[:100_000],), {}

        def teardown(values):
            assert len(values) == 100_000

        assert benchmark.pedantic(work, setup=setup, teardown=teardown, rounds=3) != 0


def test_fails(benchmark):
    """Fails after its calls."""
    assert benchmark(work, np.ones(10)) == "a number"


@pytest.mark.skip(reason="it is too cold")
def test_skipped(benchmark):
    """Is not run."""


def test_unused(benchmark):
    """Asks for the fixture and does not use it."""
    work(np.ones(10))


def test_without():
    """Is no benchmark."""
    time.sleep(0)
