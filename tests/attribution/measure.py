"""Measures how well a build of profila attributes samples to lines: `make attribution`.

For each kernel of the corpus the share of its heavy line is found twice: by `truth.py`,
which samples nothing, and by `profila annotate`. Builds that are named together are
measured in turn, against one truth. A kernel is well attributed where the heavy line is
the first of all lines, and where its share is within 10 points of the truth.
"""

import argparse
import dataclasses
import fnmatch
import json
import os
import pathlib
import subprocess
import sys

import corpus

HERE = pathlib.Path(__file__).parent

# What is asked of a build: the part of the kernels whose heavy line is first, and the
# part whose share is this near to the truth.
FIRST = 0.97
NEAR = 0.95
TOLERANCE = 0.10

# Half of a 95% interval that the truth may have.
UNCERTAIN = 0.05

# Samples that a share is taken from at least: the standard error of a share of 0.7 is
# then below 0.025, and chance alone takes hardly any kernel out of the tolerance.
# Runs are pooled until there are as many, or there were so many runs.
SAMPLES = 350
RUNS = 6

# How they are taken: as often as by default, since each stop empties caches. At 300 Hz the
# interpreter and what it calls took 5 points more of some kernels than at 100 Hz. On a busy
# machine a run would be thinned out, were stops limited to the default's 20% of the time.
SAMPLING = ["--rate=100", "--max-stopped=50%"]

# Threads of a fixed number that do not spin where they have nothing to do: how samples
# of waiting threads are counted is another question.
SETTINGS = {
    "NUMBA_NUM_THREADS": "2",
    "NUMBA_THREADING_LAYER": "omp",
    "OMP_WAIT_POLICY": "passive",
    "OPENBLAS_NUM_THREADS": "1",
}


@dataclasses.dataclass
class Profile:
    """What a build said of a kernel, or how it failed."""

    samples: int = 0
    others: int = 0
    lines: dict = dataclasses.field(default_factory=dict)
    problem: str = ""

    def add(self, recording):
        """Adds the samples of a recording."""
        for run in (run for block in recording["blocks"] for run in block["runs"]):
            profile = run.get("profile")
            if profile is None:
                continue
            counts = profile["samples"]
            # A thread that waits works on no line; how long it waits is the machine's affair.
            working = counts["window"] - counts["waiting"]
            self.samples += working
            self.others += working - counts["numba"]
            for line in profile["lines"]:
                # Files below the working directory are named from there.
                place = os.path.abspath(line["file"]), line["line"]
                self.lines[place] = self.lines.get(place, 0) + line["owned"]

    def share(self, place):
        """The part of the samples of threads that work that a line answers for."""
        return self.lines.get(place, 0) / max(self.samples, 1)

    def ranked(self):
        """The lines by their samples, most first."""
        return sorted(self.lines, key=self.lines.get, reverse=True)


def main():
    """Measures what the command line asks for."""
    options = parsed()
    environment = {**os.environ, **SETTINGS}
    results = []
    for kernel in corpus.load():
        patterns = options.kernels or ["*"]
        if not any(fnmatch.fnmatch(kernel.label, it) for it in patterns):
            continue
        result = measured(kernel, options, environment)
        results.append(result)
        print(shown(result), flush=True)
        if options.export:
            options.export.write_text(json.dumps(results, indent=1))
    sys.exit(0 if summed_up(results, options.profila) else 1)


def parsed():
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("kernels", nargs="*", help="such as 'scalar/*'; all without any")
    parser.add_argument("--profila", nargs="+", type=pathlib.Path, required=True)
    parser.add_argument("--python", type=pathlib.Path, default=sys.executable)
    parser.add_argument("--folder", type=pathlib.Path, default="target/attribution")
    parser.add_argument("--seconds", default="4", help="of each profiled run")
    parser.add_argument("--samples", type=int, default=SAMPLES, help="of a share")
    parser.add_argument("--truth", type=pathlib.Path, help="an export to take it from")
    parser.add_argument("--export", type=pathlib.Path, help="results as JSON")
    return parser.parse_args()


def measured(kernel, options, environment):
    """The truth on a kernel, and what each build says."""
    heavy, light = kernel.write(options.folder.resolve())
    file, number = kernel.heavy()
    result = {"kernel": kernel.label, "line": number, "builds": {}}
    result |= known(options, kernel) or found(options, heavy, light, environment)
    if "unsupported" in result:
        return result
    for build in options.profila:
        profile = profiled(build, heavy, options, environment)
        place = str(heavy / file), number
        result["builds"][str(build)] = judged(profile, place, result["truth"])
    return result


def known(options, kernel):
    """The truth that an earlier export has."""
    if options.truth is None:
        return None
    for result in json.loads(options.truth.read_text()):
        if result["kernel"] == kernel.label:
            return {
                key: result[key]
                for key in ("truth", "low", "high", "pairs", "unsupported")
                if key in result
            }
    return None


def found(options, heavy, light, environment):
    """The truth, measured."""
    command = [options.python, HERE / "truth.py", heavy, light, "0.7"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    if done.returncode != 0:
        # What an older Numba lacks.
        reasons = [it for it in done.stderr.splitlines() if it.strip()]
        return {"unsupported": reasons[-1] if reasons else f"exit {done.returncode}"}
    truth = json.loads(done.stdout)
    return {"truth": truth.pop("share"), **truth}


def profiled(build, folder, options, environment):
    """What a build says of a kernel, from as many runs as it needs."""
    profile = Profile()
    saved = folder / "run.json"
    for seed in range(RUNS):
        saved.unlink(missing_ok=True)
        command = [build.resolve(), "annotate", f"--seed={seed}", *SAMPLING]
        command += [f"--python={options.python}", f"--save={saved}"]
        command += ["--", HERE / "driver.py", folder, options.seconds]
        done = subprocess.run(command, env=environment, capture_output=True, text=True)
        if done.returncode != 0:
            reasons = done.stderr.strip().splitlines() or [f"exit {done.returncode}"]
            profile.problem = next(
                (it for it in reasons if "Error: " in it), reasons[0]
            )
            break
        profile.add(json.loads(saved.read_text()))
        if profile.samples >= options.samples:
            break
    return profile


def judged(profile, heavy, truth):
    """Whether the heavy line is first, and how far its share is from the truth."""
    ranked = profile.ranked()
    return {
        "first": ranked[:1] == [heavy],
        "share": profile.share(heavy),
        "near": abs(profile.share(heavy) - truth) <= TOLERANCE,
        "samples": profile.samples,
        "others": profile.others,
        "problem": profile.problem,
        "lines": [
            {"file": file, "line": line, "share": profile.share((file, line))}
            for file, line in ranked[:4]
        ],
    }


def shown(result):
    """One line on a kernel, and another where it is not well attributed."""
    label = result["kernel"]
    if "unsupported" in result:
        return f"{label:<40} not supported: {result['unsupported'][:70]}"
    half = (result["high"] - result["low"]) / 2
    doubt = " UNCERTAIN" if half > UNCERTAIN else ""
    text = f"{label:<40} truth {result['truth']:6.1%} ± {half:.1%}{doubt}"
    for build in result["builds"].values():
        first = "first" if build["first"] else "NOT FIRST"
        near = "" if build["near"] else " FAR"
        text += f" | {build['share']:6.1%} {first}{near}"
    for name, build in result["builds"].items():
        if not (build["first"] and build["near"]):
            text += f"\n    {pathlib.Path(name).name}: line {result['line']} is heavy; "
            text += ", ".join(
                f"{pathlib.Path(line['file']).name}:{line['line']} {line['share']:.0%}"
                for line in build["lines"]
            )
            elsewhere = build["others"] / max(build["samples"], 1)
            text += f"; outside of Numba {elsewhere:.0%}; {build['samples']} samples"
            text += f"; {build['problem']}" if build["problem"] else ""
    return text


def summed_up(results, builds):
    """Prints both percentages of each build; whether they are reached by the last."""
    results = [result for result in results if "unsupported" not in result]
    count = len(results)
    reached = False
    for build in builds:
        judgements = [result["builds"][str(build)] for result in results]
        first = sum(it["first"] for it in judgements) / max(count, 1)
        near = sum(it["near"] for it in judgements) / max(count, 1)
        distance = sorted(
            abs(it["share"] - result["truth"])
            for it, result in zip(judgements, results)
        )
        print(
            f"{build}: of {count} kernels the heavy line is first in {first:.1%}, its"
            f" share within {TOLERANCE * 100:.0f} points of the truth in {near:.1%}"
            f" (median distance {distance[count // 2] * 100:.1f} points)"
        )
        reached = first >= FIRST and near >= NEAR
    return reached


if __name__ == "__main__":
    main()
