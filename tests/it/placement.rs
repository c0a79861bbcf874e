//! Where compiled code lies, which every run of an experiment draws.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use crate::build::{KINDS, PRODUCTION, SCRIPT, code, operations};
use crate::harness::{Run, Sandbox, python, repository};
use crate::matrix::Cell;

const PLACES: &str = "tests/scripts/shows_places.py";

/// A run of Python with the bootstrap that `profila` puts before a script, which tells standard
/// error what happens.
fn displaced(sandbox: &Sandbox, python: &Path, script: &str, placement: u32) -> Run {
    let folder = sandbox.path("bootstrap");
    fs::create_dir_all(&folder).unwrap();
    let bootstrap = repository().join("src/process/bootstrap.py");
    fs::copy(bootstrap, folder.join("sitecustomize.py")).unwrap();
    sandbox
        .run(python, [script])
        .env("PYTHONPATH", folder)
        .env("PROFILA_BOOTSTRAP", format!("2:timed:{placement}:"))
}

/// The place of each function, as the script prints it.
#[track_caller]
fn places(run: Run, cache: &Path) -> Vec<(String, u32)> {
    let stdout = run.env("NUMBA_CACHE_DIR", cache).outcome().stdout();
    let lines = stdout.lines().map(|line| {
        let (name, place) = line.split_once(' ').unwrap();
        (name.to_owned(), place.parse().unwrap())
    });
    lines.collect()
}

#[test]
fn compiled_code_lies_where_it_is_put_and_cached_code_where_it_was() {
    for python in Cell::pythons() {
        let sandbox = Sandbox::new();
        let cache = sandbox.path("cache");
        let all = |plain, parallel, cached| {
            let names = ["plain", "parallel", "cached"].map(str::to_owned);
            names.into_iter().zip([plain, parallel, cached]).collect()
        };
        let expected: Vec<(String, u32)> = all(48, 48, 0);
        assert_eq!(
            places(displaced(&sandbox, &python, PLACES, 48), &cache),
            expected
        );
        // What is in the cache is what would be there without.
        let alone: Vec<(String, u32)> = all(0, 0, 0);
        assert_eq!(places(sandbox.run(&python, [PLACES]), &cache), alone);
        let far: Vec<(String, u32)> = all(1008, 1008, 0);
        assert_eq!(
            places(displaced(&sandbox, &python, PLACES, 1008), &cache),
            far
        );
    }
}

/// The instructions of some modules without what was put in front of them, and how many had
/// something there.
fn instructions(code: &str) -> (Vec<String>, usize) {
    let mut instructions: Vec<String> = Vec::new();
    let mut in_front = 0;
    let mut lines = code.lines();
    while let Some(line) = lines.next() {
        if line == "profila.placement:" {
            // The alignment and the bytes before it, and the one instruction behind it.
            let is_padding =
                |line: &mut String| line.starts_with(".p2align") || line.starts_with(".zero");
            while instructions.pop_if(is_padding).is_some() {}
            lines.next();
            in_front += 1;
        } else if !line.starts_with(".section") {
            instructions.push(without_function_numbers(line));
        }
    }
    (instructions, in_front)
}

/// A line in which labels do not say in which function of the module they are.
fn without_function_numbers(line: &str) -> String {
    let mut rest = line;
    let mut out = String::new();
    while let Some((before, after)) = rest.split_once(".L") {
        out += before;
        out += ".L";
        let kind = after.find(|c: char| !c.is_ascii_uppercase()).unwrap_or(0);
        out += &after[..kind];
        rest = after[kind..].trim_start_matches(|c: char| c.is_ascii_digit());
    }
    out + rest
}

/// No instruction is another one for where it lies.
#[test]
fn displaced_code_is_production_code() {
    let python = python();
    let sandbox = Sandbox::new();
    let displaced = displaced(&sandbox, &python, SCRIPT, 48);
    let displaced = code(displaced, KINDS, &sandbox, "displaced");
    let mut displaced_kinds = 0;
    for ((kind, production), (_, displaced)) in PRODUCTION.iter().zip(&displaced) {
        let ((production, before), (displaced, in_front)) =
            (instructions(production), instructions(displaced));
        // Where not all of its libraries are displaced, functions may be in another order.
        if kind.contains(&format!(": {in_front} librar")) {
            assert_eq!(production, displaced, "{kind}");
        } else {
            let of_all = |lines: &[String]| lines.join("\n");
            let [production, displaced] = [of_all(&production), of_all(&displaced)];
            assert_eq!(operations(&production), operations(&displaced), "{kind}");
        }
        assert_eq!(before, 0);
        displaced_kinds += usize::from(in_front > 0);
    }
    // All but what is cached, and ufuncs.
    assert!(displaced_kinds >= KINDS - 3, "{displaced_kinds}");
}

/// Records so many rounds of a script, and gives the places of its runs.
#[track_caller]
fn drawn(sandbox: &Sandbox, rounds: u32, configuration: &str) -> Vec<Option<u32>> {
    let config = sandbox.write("profila.toml", configuration);
    let run = sandbox.profila(["record", "--quiet", "--sampler=ptrace", "--config"]);
    run.arg(&config)
        .arg(format!("--runs={rounds}"))
        .arg("-o")
        .arg(sandbox.path("run.json"))
        .args(["--", "tests/scripts/hot_line.py", "0.2"])
        .outcome()
        .succeeds();
    let recording = sandbox.recording("run.json");
    recording.runs().map(|run| run.placement).collect()
}

#[test]
fn every_run_draws_a_place_and_it_is_recorded() {
    let sandbox = Sandbox::new();
    let places = drawn(&sandbox, 2, "version = 1\n");
    let different: BTreeSet<u32> = places.iter().map(|place| place.unwrap_or(0)).collect();
    assert!(different.len() > 2, "{places:?}");
    assert!(
        different
            .iter()
            .all(|place| place % 16 == 0 && *place < 1024)
    );
    // The seed says which.
    let again = drawn(&sandbox, 1, "version = 1\n");
    assert!(places.starts_with(&again), "{places:?}, {again:?}");
    let fixed = drawn(
        &sandbox,
        1,
        "version = 1\n[compare]\nplacement = \"fixed\"\n",
    );
    assert!(fixed.iter().all(Option::is_none), "{fixed:?}");
}

/// Of every call on its lines the compiler drops the place.
const WITHOUT_PLACES: &str = "
import os, sys, time
import numpy as np
from numba import config, njit

@njit
def kernel(values):
    total = 0.0
    for i in range(values.size):
        x = values[i] * 1.5
        y = np.arctan2(x, total + 2.0)
        z = np.fmod(y * 1e40 / (x + 1.0), 0.7)
        total = np.round(z * 3.0, 2) + np.hypot(total, x) * 0.1
    return total

values = np.linspace(0, 1, 100_000)
kernel(values)
count, start = 0, time.perf_counter()
while time.perf_counter() < start + 1.0:
    kernel(values)
    count += 1
print(count / (time.perf_counter() - start), 'arrays / sec')

twins = os.path.join(config.CACHE_DIR, 'profila-twins')
if os.path.isdir(twins):
    with open(sys.argv[1], 'a') as log:
        print(sorted(os.listdir(twins)), file=log)
";

/// The twin in which places are put back is that of the code, wherever it lies: the first run
/// writes it, and the others need not.
#[test]
fn places_that_were_dropped_are_put_back_wherever_the_code_lies() {
    for python in Cell::pythons() {
        check_that_dropped_places_are_put_back(&python);
    }
}

#[track_caller]
fn check_that_dropped_places_are_put_back(python: &Path) {
    let sandbox = Sandbox::new();
    let script = sandbox.write("kernel.py", WITHOUT_PLACES);
    let run = sandbox.profila(["record", "--quiet", "--runs=2", "--sampler=ptrace", "-o"]);
    run.arg(sandbox.path("run.json"))
        .arg("--python")
        .arg(python)
        .arg("--")
        .arg(script)
        .arg(sandbox.path("twins"))
        .outcome()
        .succeeds();
    let recording = sandbox.recording("run.json");
    let profiled = recording.runs().filter(|run| run.profile.is_some());
    let mut places = BTreeSet::new();
    let mut lines = BTreeMap::new();
    for run in profiled {
        let place = run.placement.unwrap();
        assert!(places.insert(place), "{place} {places:?}");
        let profile = run.profile.as_ref().unwrap();
        let samples = &profile.samples;
        assert!(samples.numba > 0, "{samples:?}");
        assert!(10 * samples.folded < samples.numba, "{samples:?}");
        for it in &profile.instructions {
            let instruction = (it.function.clone(), it.offset);
            let line = *lines.entry(instruction).or_insert(it.line);
            assert_eq!(line, it.line, "{it:?}");
        }
    }
    let written = fs::read_to_string(sandbox.path("twins")).unwrap();
    let written: BTreeSet<&str> = written.lines().collect();
    // Two builds by LLVM 14 differ by themselves, so that each run may have to write its own.
    if python == crate::harness::python() {
        assert_eq!(written.len(), 1, "all are of the first run: {written:?}");
    }
}
