"""Has workers do the same tasks in compiled code, started as it is told.

`fork`, `spawn` and `forkserver` are pools of `multiprocessing`, `futures` is an executor of
`concurrent.futures`, and `loky` is joblib's. The rate is in tasks per second.
"""

import sys
import time

import numpy as np
from numba import njit

STEPS = 1
TASKS = int(sys.argv[2]) if len(sys.argv) > 2 else 8


@njit
def roots(values):
    """A sum of square roots."""
    total = 0.0
    for _ in range(400):
        for value in values:
            total += value * 0.5  # cheap
        for _ in range(STEPS):
            for value in values:
                total += np.sqrt(value + total) + np.sin(value)  # hot
    return total


def task(seed):
    """One task."""
    values = np.linspace(seed, seed + 1.0, 10_000)
    return round(roots(values), 3)


def results_of(kind, tasks):
    """The results of tasks, in their order."""
    if kind == "loky":
        from joblib import Parallel, delayed

        return Parallel(n_jobs=2)(delayed(task)(seed) for seed in tasks)
    if kind == "futures":
        from concurrent.futures import ProcessPoolExecutor

        with ProcessPoolExecutor(2) as executor:
            return list(executor.map(task, tasks))
    import multiprocessing

    with multiprocessing.get_context(kind).Pool(2) as pool:
        return pool.map(task, tasks, chunksize=1)


if __name__ == "__main__":
    kind = sys.argv[1]
    if kind in ("fork", "futures"):
        # Forks have what was compiled before.
        task(0)
    begin = time.perf_counter()
    results = results_of(kind, range(TASKS))
    seconds = time.perf_counter() - begin
    print("sum:", round(sum(results), 2))
    print(f"{TASKS / seconds:.3f} tasks / sec")
