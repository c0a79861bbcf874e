//! `profila annotate`: the right lines get the samples.

use std::collections::BTreeSet;

use profila::recording::{LineSamples, Recording, RunKind, ThroughputSource};
use profila::source::LineNumber;

use crate::harness::{Outcome, Sandbox, python, repository, scripts};
use crate::report::{self, Report};

#[test]
fn the_hot_line_is_first_with_its_library_lines_in_its_total() {
    let sandbox = Sandbox::new();
    let outcome = sandbox
        .profila(["annotate", "tests/scripts/hot_line.py", "0.7"])
        .outcome()
        .succeeds();
    let stdout = outcome.stdout();
    assert!(stdout.starts_with("Processed "), "{stdout}");

    let report = Report::read(&stdout);
    assert!(report.header.contains(" 0.0% bad samples)"), "{stdout}");
    assert!(report.warnings.is_empty(), "{stdout}");
    let script = &report.files[0];
    assert_eq!(script.label, "tests/scripts/hot_line.py");
    let hot = script.hottest();
    assert!(hot.starts_with("total += np.round("), "{stdout}");
    // Part of it is NumPy's rounding, as Numba has it.
    assert!(hot.contains("% self"), "{stdout}");
    let library = report.file("numba/np/arraymath.py");
    assert!(!library.lines.is_empty(), "{stdout}");
}

#[test]
fn a_numba_that_cannot_be_given_line_tables_alone_is_profiled_as_a_debug_build_loudly() {
    let sandbox = Sandbox::new();
    let outcome = sandbox
        .profila(["annotate", "tests/scripts/hot_line.py", "0.7"])
        .env("PYTHONPATH", scripts().join("other_numba"))
        .outcome()
        .exits_with(0);
    let report = Report::read(&outcome.stdout());
    let [warning] = &report.warnings[..] else {
        panic!("one warning, not {:?}", report.warnings);
    };
    assert!(warning.contains("debug build was profiled"), "{warning}");
    assert!(
        warning.contains("DIBuilder.initialize is missing"),
        "{warning}"
    );
    let hot = report.files[0].hottest();
    assert!(hot.starts_with("total += np.round("), "{outcome:?}");
}

#[test]
fn what_is_recorded_is_what_is_shown_and_adds_up() {
    let sandbox = Sandbox::new();
    let file = sandbox.path("run.json");
    let outcome = sandbox
        .profila(["annotate", "--format=json", "--save"])
        .arg(&file)
        .args(["tests/scripts/hot_line.py", "0.7"])
        .outcome()
        .succeeds();
    let recording = sandbox.recording("run.json");
    report::check(&recording);
    let saved = std::fs::read_to_string(file).unwrap();
    assert!(outcome.stdout().ends_with(&saved), "{outcome:?}");

    let [run] = &recording.blocks[0].runs[..] else {
        panic!("{:?}", recording.blocks);
    };
    assert_eq!((run.round, run.position, run.exit_code), (1, 0, 0));
    assert_eq!(run.kind, RunKind::Profiled);
    assert!(run.window_s >= 0.7 && run.window_s < run.wall_s, "{run:?}");
    assert_eq!(
        recording.variant.script.as_deref(),
        Some("tests/scripts/hot_line.py")
    );
    assert_eq!(recording.variant.args, ["0.7"]);
    assert_eq!(
        recording.settings.throughput.source,
        ThroughputSource::Window
    );
    assert!(
        recording.sampler.starts_with("gdb "),
        "{}",
        recording.sampler
    );

    let source = &recording.sources[0];
    assert_eq!(source.path, "tests/scripts/hot_line.py");
    let text = std::fs::read_to_string(scripts().join("hot_line.py")).unwrap();
    assert_eq!(source.text, text);
    for source in &recording.sources {
        assert_eq!(
            source.user,
            source.path.starts_with("tests/"),
            "{}",
            source.path
        );
    }
    let hot = check_hot(&recording);
    assert!(hot.total > hot.self_samples, "{hot:?}");
}

/// Checks that the line marked as hot answers for most samples.
#[track_caller]
fn check_hot(recording: &Recording) -> &LineSamples {
    let hot = report::hottest(recording);
    let text = report::text_of(recording, hot);
    assert!(text.ends_with("# hot"), "{hot:?}: {text}");
    hot
}

/// Runs a program in the folder of the scripts and keeps its recording.
#[track_caller]
fn recorded(sandbox: &Sandbox, program: &[&str]) -> Outcome {
    let run = sandbox.profila(["annotate", "--save"]);
    run.arg(sandbox.path("run.json"))
        .arg("--python")
        .arg(python())
        .arg("--")
        .args(program)
        .current_dir(scripts())
        .outcome()
        .succeeds()
}

#[test]
fn a_module_is_run_by_its_name() {
    let sandbox = Sandbox::new();
    let outcome = recorded(&sandbox, &["-m", "hot_line", "0.6"]);
    let report = Report::read(&outcome.stdout());
    assert_eq!(report.files[0].label, "hot_line.py");

    let recording = sandbox.recording("run.json");
    report::check(&recording);
    assert_eq!(recording.variant.module.as_deref(), Some("hot_line"));
    assert_eq!(recording.variant.args, ["0.6"]);
    check_hot(&recording);
}

#[test]
fn the_lines_of_code_given_as_an_argument_are_shown() {
    const CODE: &str = "
import math, sys
from numba import njit

@njit
def add_sines(count):
    total = 0.0
    for i in range(count):
        total += math.sin(i) # hot
    return total

add_sines(1)
add_sines(int(sys.argv[1]))
";
    let sandbox = Sandbox::new();
    let outcome = recorded(&sandbox, &["-c", CODE, "50000000"]);
    let report = Report::read(&outcome.stdout());
    assert_eq!(report.files[0].label, "<string>");
    let hot = report.files[0].hottest();
    assert!(hot.starts_with("total += math.sin(i)"), "{outcome:?}");

    let recording = sandbox.recording("run.json");
    report::check(&recording);
    assert_eq!(recording.variant.code.as_deref(), Some(CODE));
    assert_eq!(recording.sources[0].text, CODE);
}

#[test]
fn the_rounding_of_the_example_is_first() {
    let sandbox = Sandbox::new();
    let run = sandbox.profila(["annotate", "examples/dither.py", "0.7"]);
    let outcome = run.outcome().succeeds();
    let report = Report::read(&outcome.stdout());
    assert!(report.header.contains(" 0.0% bad samples)"), "{outcome:?}");
    assert_eq!(report.files[0].label, "examples/dither.py");
    let hot = report.files[0].hottest();
    assert!(
        hot.contains("np.round(") && hot.contains("% self"),
        "{outcome:?}"
    );
}

#[test]
fn samples_belong_to_the_module_whose_code_it_is() {
    let sandbox = Sandbox::new();
    recorded(&sandbox, &["two_modules.py"]);
    let recording = sandbox.recording("run.json");
    report::check(&recording);
    assert_eq!(recording.sources[0].path, "two_modules.py");
    assert!(recording.sources.iter().all(|source| source.user));
    let hot = report::hottest_in(&recording, "roots.py");
    assert!(
        report::text_of(&recording, hot).contains("root -= "),
        "{hot:?}"
    );
    let hot = report::hottest_in(&recording, "two_modules.py");
    assert!(
        report::text_of(&recording, hot).contains("np.sqrt("),
        "{hot:?}"
    );
}

#[test]
fn the_body_of_a_parallel_loop_is_in_its_file() {
    let sandbox = Sandbox::new();
    let file = sandbox.path("run.json");
    sandbox
        .profila(["annotate", "--save"])
        .arg(&file)
        .args(["tests/scripts/parallel.py", "0.6"])
        .env("NUMBA_NUM_THREADS", "3")
        .outcome()
        .succeeds();
    let recording = sandbox.recording("run.json");
    report::check(&recording);
    check_hot(&recording);
    check_several_threads(&recording);
    for source in &recording.sources {
        assert!(!source.path.contains('<'), "{}", source.path);
    }
}

#[test]
fn the_loop_around_a_parallel_body_is_on_no_line_of_something_else() {
    let sandbox = Sandbox::new();
    let outcome = sandbox
        .profila(["annotate", "tests/scripts/shows_lines.py"])
        .outcome();
    let stdout = outcome.stdout();
    let lines = stdout.lines().find_map(|line| line.strip_prefix("lines "));
    let lines = lines.unwrap_or_else(|| panic!("{outcome:?}"));
    let text = std::fs::read_to_string(scripts().join("shows_lines.py")).unwrap();
    let from = |words: &str| -> BTreeSet<u32> {
        let lines = text.lines().zip(1..);
        let lines = lines.skip_while(|(line, _)| !line.contains(words));
        let lines = lines.take_while(|(line, _)| !line.is_empty());
        lines.map(|(_, number)| number).collect()
    };
    // 0 is what a compiler calls no line.
    let lines: BTreeSet<u32> = lines.split(' ').map(|line| line.parse().unwrap()).collect();
    let lines = &lines - &BTreeSet::from([0]);
    assert!(lines.is_superset(&from("in prange(")), "{outcome:?}");
    assert!(lines.is_subset(&from("def count_odd(")), "{outcome:?}");
}

/// Checks that more than one thread was seen running at once.
#[track_caller]
fn check_several_threads(recording: &Recording) {
    let counts = report::profile(recording).samples;
    assert!(counts.most_threads > 1, "{counts:?}");
    assert!(counts.ticks < counts.window, "{counts:?}");
}

#[test]
fn stops_are_kept_to_their_part_of_the_time_and_the_report_says_so() {
    let sandbox = Sandbox::new();
    let run = sandbox.profila(["annotate", "--rate=1000", "--max-stopped=5%", "--save"]);
    let outcome = run
        .arg(sandbox.path("run.json"))
        .arg("tests/scripts/hot_line.py")
        .outcome()
        .succeeds();
    let stdout = outcome.stdout();
    assert!(
        stdout.contains("limited to 5% of the time (--max-stopped)"),
        "{stdout}"
    );
    let recording = sandbox.recording("run.json");
    report::check(&recording);
    check_hot(&recording);
    let profile = report::profile(&recording);
    assert!(profile.put_off > profile.samples.ticks / 2, "{profile:?}");
    // Single stops are as long as the machine makes them, and the last one is not made up for.
    let stopped_s = profile.stopped_s - profile.longest_stop_s;
    let stopped = stopped_s / recording.blocks[0].runs[0].window_s;
    assert!(stopped < 0.1, "{stopped}: {profile:?}");
}

#[test]
fn functions_are_recorded_and_are_not_needed() {
    let sandbox = Sandbox::new();
    recorded(&sandbox, &["hot_line.py", "0.6"]);
    let functions = |recording: &Recording| -> Vec<String> {
        let functions = recording.sources.iter().flat_map(|it| &it.functions);
        functions.map(|it| it.name.clone()).collect()
    };
    let found = functions(&sandbox.recording("run.json"));
    assert_eq!(found, ["kernel", "main"]);

    // Code whose source is not Python as it stands.
    let text = std::fs::read_to_string(scripts().join("hot_line.py")).unwrap();
    sandbox.write(
        "kernel.py.in",
        &format!("{text}%% The end of the template.\n"),
    );
    let script = sandbox.write("fills_in.py", FILLS_IN);
    let run = sandbox.profila(["annotate", "--save"]);
    let run = run.arg(sandbox.path("other.json")).arg(script).arg("0.6");
    let outcome = run.outcome().succeeds();
    let recording = sandbox.recording("other.json");
    assert_eq!(functions(&recording), [""; 0]);
    check_hot(&recording);
    let [warning] = &recording.warnings[..] else {
        panic!("{:?}, {outcome:?}", recording.warnings);
    };
    let warning = warning.as_written();
    let line = text.lines().count() + 1;
    assert!(warning.contains("kernel.py.in"), "{warning}");
    assert!(
        warning.contains(&format!("line {line} cannot be parsed")),
        "{warning}"
    );
}

/// Runs what a template comes to, under the name of the template.
const FILLS_IN: &str = "\
from pathlib import Path

template = Path(__file__).with_name('kernel.py.in')
text = template.read_text().replace('%%', '##')
exec(compile(text, str(template), 'exec'))
";

/// They are no samples, but they are time for which it stood still.
#[test]
fn stops_for_signals_are_counted_and_the_report_says_so() {
    let sandbox = Sandbox::new();
    recorded(&sandbox, &["has_timer.py"]);
    let recording = sandbox.recording("run.json");
    let profile = report::profile(&recording);
    assert!(profile.foreign_stops > 10, "{profile:?}");
    assert!(profile.stopped_s > 0.0, "{profile:?}");
    let mut warnings = recording.warnings.iter();
    let is_said = warnings.any(|it| it.as_written().contains("receives many signals"));
    assert!(is_said, "{:?}, {profile:?}", recording.warnings);
}

/// A thread that ends between the look at what runs and the stop is a lost sample. Where
/// threads live for a fraction of a millisecond there are many, but not most are lost.
#[test]
fn threads_that_end_at_once_cost_less_than_half_of_the_samples() {
    let sandbox = Sandbox::new();
    recorded(&sandbox, &["starts_threads.py"]);
    let recording = sandbox.recording("run.json");
    report::check_sums(&recording);
    let counts = report::profile(&recording).samples;
    assert!(counts.bad * 2 < counts.window, "{counts:?}");
}

#[test]
fn every_thread_that_runs_is_sampled() {
    let sandbox = Sandbox::new();
    recorded(&sandbox, &["threads.py"]);
    let recording = sandbox.recording("run.json");
    report::check(&recording);
    check_several_threads(&recording);
    let profile = report::profile(&recording);
    for mark in ["# one", "# other"] {
        let mut lines = profile.lines.iter();
        let line = lines.find(|line| report::text_of(&recording, line).ends_with(mark));
        let owned = line.map_or(0, |line| line.owned);
        assert!(owned > profile.samples.window / 10, "{mark}: {profile:#?}");
    }
}

/// Runs a script whose hot line does its work in a library without lines, and checks
/// that the line that called it gets the samples.
#[track_caller]
fn check_caller_of_library(script: &str) {
    let sandbox = Sandbox::new();
    recorded(&sandbox, &[script]);
    let recording = sandbox.recording("run.json");
    report::check(&recording);
    let counts = report::profile(&recording).samples;
    assert!(counts.numba > counts.window / 2, "{counts:?}");
}

#[test]
fn a_line_that_calls_the_c_library_gets_its_samples() {
    check_caller_of_library("calls_libm.py");
}

#[test]
fn a_line_that_allocates_gets_the_samples_of_numbas_runtime() {
    check_caller_of_library("allocates.py");
}

/// Three additions are compiled to one, on the last of their lines.
#[test]
fn what_the_compiler_left_out_is_marked() {
    let sandbox = Sandbox::new();
    let outcome = sandbox
        .profila(["annotate", "examples/combo.py", "0.7"])
        .outcome()
        .succeeds();
    let stdout = outcome.stdout();
    let report = Report::read(&stdout);
    let lines = &report.file("examples/combo.py").lines;
    let without_code: Vec<&str> = stdout
        .lines()
        .filter_map(|line| line.split_once(" | ")?.1.strip_suffix("← no code"))
        .map(str::trim)
        .collect();
    assert!(without_code.contains(&"value += 123_000_000"), "{stdout}");
    assert!(without_code.contains(&"value += 456_000"), "{stdout}");
    assert!(!without_code.contains(&"value += 789"), "{stdout}");
    assert!(!lines.is_empty(), "{stdout}");
}

/// All that `np.zeros` does is inlined from the library, and is code of the line that calls.
#[test]
fn a_line_of_inlined_library_code_has_code() {
    let sandbox = Sandbox::new();
    recorded(&sandbox, &["../../examples/dither3.py", "0.7"]);
    let recording = sandbox.recording("run.json");
    let source = &recording.sources[0];
    let without_code = source.without_code();
    let mut calls = 0;
    for (index, line) in source.text.lines().enumerate() {
        if line.trim_start().starts_with("below = np.zeros(") {
            calls += 1;
            assert!(
                !without_code.contains(&LineNumber::from_index(index)),
                "{line}"
            );
        }
    }
    assert_eq!(calls, 1);
}

/// The script shows gdb a copy of itself, and keeps what gdb says of its lines.
#[test]
fn lines_with_code_are_those_that_gdb_knows() {
    let sandbox = Sandbox::new();
    let table = sandbox.path("table.txt");
    sandbox
        .profila(["annotate", "--save"])
        .arg(sandbox.path("run.json"))
        .arg("tests/scripts/shows_its_line_table.py")
        .arg(&table)
        .outcome()
        .succeeds();
    let recording = sandbox.recording("run.json");
    let mut sources = recording.sources.iter();
    let source = sources.find(|source| source.path.ends_with("combo.py"));
    let ours: BTreeSet<u32> = source.unwrap().code.iter().map(|line| line.get()).collect();
    let table = std::fs::read_to_string(table).unwrap();
    assert_eq!(ours, lines_with_addresses(&table), "{table}");
    assert!(ours.len() > 2, "{ours:?}");
}

/// The lines of gdb's table `INDEX LINE ADDRESS …` that have any addresses: the row behind
/// theirs is at another one.
fn lines_with_addresses(table: &str) -> BTreeSet<u32> {
    let rows: Vec<(Option<u32>, &str)> = table
        .lines()
        .filter_map(|row| {
            let mut words = row.split_whitespace();
            let (index, line, address) = (words.next()?, words.next()?, words.next()?);
            index.parse::<u32>().ok()?;
            Some((line.parse().ok(), address))
        })
        .collect();
    let with_next = rows.iter().zip(rows.iter().skip(1));
    with_next
        .filter(|((_, address), (_, next))| address != next)
        .filter_map(|((line, _), _)| *line)
        .filter(|line| *line > 0)
        .collect()
}

/// A script with two compiled functions, one of them for two types.
#[test]
fn functions_are_told_apart_and_chosen() {
    let sandbox = Sandbox::new();
    recorded(&sandbox, &["two_functions.py"]);
    let shown = |options: &[&str]| {
        let run = sandbox.profila(["report"]).arg(sandbox.path("run.json"));
        run.args(options).outcome().succeeds().stdout()
    };
    let all = shown(&[]);
    assert!(all.contains("# Functions: "), "{all}");
    assert!(!all.contains("# Compiled: "), "{all}");
    let total = all
        .lines()
        .find(|line| line.starts_with("# Functions: "))
        .unwrap();
    assert!(
        total.contains("% square") && total.contains("% cube"),
        "{all}"
    );

    let of_types = shown(&["--specializations"]);
    let compiled = |types: &str| {
        let mut lines = of_types
            .lines()
            .filter(|line| line.starts_with("# Compiled: "));
        lines.any(|line| line.contains("square(") && line.contains(types))
    };
    assert!(compiled("Array<double,"), "{of_types}");
    assert!(compiled("Array<long long,"), "{of_types}");

    let square = shown(&["--function", "square", "--file", "two_*.py"]);
    assert!(square.contains("total += value * value\n"), "{square}");
    assert!(!square.contains("value * value * value"), "{square}");
    let none = shown(&["--function", "sqare"]);
    assert!(
        none.contains("No samples were attributed to lines of function `sqare`"),
        "{none}"
    );
}

/// Whose code it is decides which line a sample is counted for.
#[test]
fn files_are_whose_they_are_said_to_be() {
    let sandbox = Sandbox::new();
    let hot_line = "tests/scripts/hot_line.py";
    let recorded = |options: &[&str]| {
        let run = sandbox.profila(["annotate", "--save"]);
        let run = run.arg(sandbox.path("run.json")).args(options);
        run.args([hot_line, "0.6"]).outcome().succeeds();
        sandbox.recording("run.json")
    };
    let owners = |recording: &Recording, file: &str| -> u64 {
        let lines = report::profile(recording).lines.iter();
        let of_file = lines.filter(|line| line.file == file);
        of_file.map(|line| line.owned).sum()
    };
    let usual = recorded(&[]);
    assert_eq!(owners(&usual, "numba/np/arraymath.py"), 0);
    let included = recorded(&["--include", "numba/np/*"]);
    assert!(
        owners(&included, "numba/np/arraymath.py") > 0,
        "{included:?}"
    );
    assert!(owners(&included, hot_line) > 0, "{included:?}");
}

/// The script stands still for a second and a half, which is none of its window.
#[test]
fn a_suspension_is_no_part_of_the_window() {
    let sandbox = Sandbox::new();
    let script = sandbox.write(
        "stands_still.py",
        "import os, signal, sys, time\n\
         sys.path.insert(0, sys.argv[1])\n\
         from work import work\n\
         work(0.01)\n\
         start = time.perf_counter()\n\
         work(0.6)\n\
         process = os.getpid()\n\
         if os.fork() == 0:\n    \
             os.kill(process, signal.SIGSTOP)\n    \
             time.sleep(1.5)\n    \
             os.kill(process, signal.SIGCONT)\n    \
             os._exit(0)\n\
         os.wait()\n\
         work(0.6)\n\
         print('seconds:', time.perf_counter() - start)\n",
    );
    let run = sandbox.profila(["annotate", "--save"]).in_own_group();
    let run = run.arg(sandbox.path("run.json")).arg(&script);
    let outcome = run.arg(repository().join("tests/scripts")).outcome();
    let said = outcome.succeeds().stdout();
    let seconds = said.lines().find_map(|line| line.strip_prefix("seconds: "));
    let seconds: f64 = seconds.expect("the script's own clock").parse().unwrap();
    let recording = sandbox.recording("run.json");
    // The window begins a moment before the script looks at its clock.
    let window_s = recording.blocks[0].runs[0].window_s;
    assert!(window_s < seconds - 0.75, "{window_s} of {seconds} s");
    let lateness = report::profile(&recording).lateness.most_s;
    assert!(lateness < 1.5, "a tick came {lateness} s late");
}
