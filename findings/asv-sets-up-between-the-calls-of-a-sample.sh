#!/usr/bin/env bash
# asv_runner 0.3 calls the set-up of a timing benchmark between the `number` calls of one sample;
# 0.2 calls it before the first of them only, as timeit does and as asv's documents say.
#
# Versions: asv_runner 0.2.1 and 0.3.2.
# Whoever calls a benchmark `number` times on state that one set-up has made measures something
# else than asv: a benchmark that sorts a list in place sorts a sorted one from the second call on.
#
# Seen: set-ups beside five calls of one sample: 0 by 0.2.1, 4 by 0.3.2.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
mkdir suite
touch suite/__init__.py
cat > suite/sums.py <<'END'
events = []


class Sum:
    number = 5
    repeat = 1
    rounds = 1
    warmup_time = 0

    def setup(self):
        events.append("set-up")
        self.values = list(range(1000))

    def time_sum(self):
        events.append("call")
        sum(self.values)
END
cat > count.py <<'END'
from asv_runner.discovery import get_benchmark_from_name

benchmark = get_benchmark_from_name("suite", "sums.Sum.time_sum")
benchmark.do_setup()
from suite import sums

sums.events.clear()
benchmark.run()
# What is before the first call is of the whole sample.
first = sums.events.index("call")
print(sums.events[first:].count("set-up"), sums.events.count("call"))
END
seen=
for version in 0.2.1 0.3.2; do
    python3 -m venv "$version"
    "$version/bin/pip" --disable-pip-version-check install --quiet "asv_runner==$version"
    seen+="$version: $("$version/bin/python" count.py 2>/dev/null)
"
done
printf '%s' "$seen"
test "$seen" = "0.2.1: 0 5
0.3.2: 4 5
"
