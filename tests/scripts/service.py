"""A service that works in rounds until it has done as many as it is told to, or is told to end.

`service.py [--lines] [--threads N] ROUNDS`: with `--lines` its code has line tables. It says
`ready` when it works, `usr1` for each SIGUSR1, and in the end the sum of a round, which all
threads have to agree on. SIGUSR2 ends it.
"""

import argparse
import math
import signal
import threading

import profila
from numba import njit


@njit(nogil=True)
def crunch(count):
    """Return the sum of products of roots and sines."""
    total = 0.0
    for i in range(count):
        total += math.sqrt(i) * math.sin(i)
    return total + 1.0


def work(rounds, ended, sums):
    """Work in a thread, and check the result of every round."""
    done, expected = 0, crunch(100_000)
    while done < rounds and not ended.is_set():
        assert crunch(100_000) == expected
        done += 1
    sums.append(expected)


def main():
    """Work in all threads, and say how it went."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--lines", action="store_true")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("rounds", type=int)
    options = parser.parse_args()
    ended, sums, ticks = threading.Event(), [], []
    signal.signal(signal.SIGUSR1, lambda *_: print("usr1", flush=True))
    signal.signal(signal.SIGUSR2, lambda *_: ended.set())
    signal.signal(signal.SIGALRM, lambda *_: ticks.append(1))
    if options.lines:
        profila.emit_line_tables()
    crunch(10)
    threads = [
        threading.Thread(target=work, args=(options.rounds, ended, sums))
        for _ in range(options.threads)
    ]
    signal.setitimer(signal.ITIMER_REAL, 0.05, 0.05)
    for thread in threads:
        thread.start()
    print("ready", flush=True)
    for thread in threads:
        while thread.is_alive():
            thread.join(0.05)
    signal.setitimer(signal.ITIMER_REAL, 0)
    assert len(sums) == options.threads and len(set(sums)) == 1, sums
    assert ticks
    print(f"sum {sums[0]:.6f} in {len(sums)} threads", flush=True)


main()
