"""Reports its rate as JSON lines in the file that PROFILA_METRICS names.

The first line is a progress report; the last is the one that counts. Without
the variable it reports nothing.
"""

import json
import os
import time

from work import add_roots

ROOTS = 50_000_000

add_roots(1)
start = time.perf_counter()
add_roots(ROOTS // 2)
halfway = time.perf_counter() - start
add_roots(ROOTS // 2)
elapsed = time.perf_counter() - start

path = os.environ.get("PROFILA_METRICS")
if path is not None:
    with open(path, "a", encoding="utf-8") as metrics:
        for rate in (ROOTS / 2 / halfway, ROOTS / elapsed):
            line = {"name": "throughput", "value": rate, "unit": "roots/s"}
            print(json.dumps(line), file=metrics)
