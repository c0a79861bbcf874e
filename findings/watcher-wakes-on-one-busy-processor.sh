#!/usr/bin/env bash
# A process that wakes up a hundred times a second, on a machine whose processors are all busy,
# wakes up on the same processor nearly every time, and so always displaces the same thread.
#
# Versions: Linux 6.18.44, psutil 7.1.3, Python 3.11.7.
# Where no processor is idle, Linux wakes a task where it slept last, and moves it only to balance
# the load, for which tasks that run for some microseconds hardly count. Threads that compute
# stay on their processors too. Whoever looks which thread has just lost its processor, or
# samples "whatever ran here until now", sees one of two equally busy threads and hardly ever the
# other: which one is chance, and stays so for seconds. A sample is only fair where the processor
# to look from is drawn at random.
#
# Seen: of 500 wake-ups in 5 seconds beside two busy processes on two processors, all on the
# same one; drawn at random for each wake-up, about half.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv env
env/bin/pip install --quiet --disable-pip-version-check psutil==7.1.3
cat > wakes.py <<'END'
import random, subprocess, sys, time
import psutil

def on_one(this, draws, wakeups=500):
    """The part of the wake-ups on the processor that has the most of them."""
    places = {}
    for _ in range(wakeups):
        if draws:
            this.cpu_affinity([random.choice(processors)])
        time.sleep(0.01)
        here = this.cpu_num()
        places[here] = places.get(here, 0) + 1
    this.cpu_affinity(processors)
    return max(places.values()) / wakeups

this = psutil.Process()
processors = this.cpu_affinity()[:2]
assert len(processors) == 2, "this takes two processors"
this.cpu_affinity(processors)
busy = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in processors]
try:
    for process, processor in zip(busy, processors):
        psutil.Process(process.pid).cpu_affinity([processor])
    time.sleep(0.5)
    for name, draws in ("left alone", False), ("drawn", True):
        part = on_one(this, draws)
        print(name, f"{part:.0%}", file=sys.stderr)
        print(name, "one" if part > 0.8 else "both" if part < 0.6 else "unclear")
finally:
    for process in busy:
        process.kill()
END
seen=$(env/bin/python wakes.py)
echo "$seen"
test "$seen" = "left alone one
drawn both"
