//! The samplers beside gdb: what they see of a script is what gdb sees, and where the system
//! does not allow one, that is said.

use std::fs;
use std::thread;
use std::time::Duration;

use profila::recording::Recording;

use crate::harness::{Outcome, Run, Sandbox, await_that, repository};
use crate::libraries::kernels;
use crate::report;

/// The samplers that are tested here.
const SAMPLERS: [&str; 2] = ["perf", "ptrace"];

/// Whether something of this machine may forbid the kernel's clocks.
fn perf_may_be_forbidden() -> bool {
    let paranoid = fs::read_to_string("/proc/sys/kernel/perf_event_paranoid");
    let paranoid = paranoid.ok().and_then(|it| it.trim().parse::<i32>().ok());
    let status = fs::read_to_string("/proc/self/status").unwrap();
    paranoid.is_none_or(|it| it > 2) || !status.contains("Seccomp:\t0")
}

/// Whether this machine allows the kernel's clocks. Where it does not, what is checked is that
/// profila says so. Tracing is allowed wherever gdb works.
#[track_caller]
pub(crate) fn is_allowed(outcome: &Outcome) -> bool {
    let is_refused = outcome.stderr().contains("perf_event cannot sample");
    if is_refused {
        assert!(perf_may_be_forbidden(), "{outcome:?}");
        let phrases = ["perf_event", "hint: ", "--sampler gdb"];
        outcome.clone().fails_with(4, &phrases);
    }
    !is_refused
}

/// Runs `annotate` with a sampler, and gives back what it recorded, where it is allowed.
#[track_caller]
fn recorded_by(
    sampler: &str,
    prepare: impl FnOnce(&Sandbox, Run) -> Run,
) -> Option<(Recording, Outcome)> {
    let sandbox = Sandbox::new();
    let run = sandbox.profila(["annotate", "--sampler", sampler, "--save"]);
    let run = run.arg(sandbox.path("run.json"));
    let outcome = prepare(&sandbox, run).outcome();
    if !is_allowed(&outcome) {
        return None;
    }
    let outcome = outcome.exits_with(0);
    Some((sandbox.recording("run.json"), outcome))
}

/// Records a script with a sampler, where it is allowed.
#[track_caller]
fn recorded(sampler: &str, script: &str, arguments: &[&str]) -> Option<(Recording, Outcome)> {
    recorded_by(sampler, |_, run| {
        let run = run.arg(format!("tests/scripts/{script}")).args(arguments);
        run.env("NUMBA_NUM_THREADS", "2")
    })
}

/// The part of the samples in compiled code that lines have which end with a mark.
#[expect(
    clippy::cast_precision_loss,
    reason = "there are some thousand samples"
)]
fn share(recording: &Recording, mark: &str) -> f64 {
    let profile = report::profile(recording);
    let lines = profile.lines.iter();
    let marked = lines.filter(|line| report::text_of(recording, line).ends_with(mark));
    let owned: u64 = marked.map(|line| line.owned).sum();
    owned as f64 / profile.samples.numba as f64
}

#[track_caller]
fn check(script: &str, arguments: &[&str], least: f64) {
    for sampler in SAMPLERS {
        let Some((recording, outcome)) = recorded(sampler, script, arguments) else {
            continue;
        };
        let hot = share(&recording, "# hot");
        assert!(hot >= least, "{sampler}: {hot}: {outcome:?}");
        let profile = report::profile(&recording);
        let is_stopped = profile.stopped_s > 0.0;
        assert_eq!(is_stopped, sampler == "ptrace", "{profile:#?}");
        // What it runs is read.
        let samples = profile.samples;
        assert!(samples.bad * 50 <= samples.window, "{sampler}: {samples:?}");
    }
}

#[test]
fn the_hot_line_is_first_and_there_are_many_samples() {
    for (sampler, name, least) in [("perf", "perf_event", 150), ("ptrace", "ptrace", 80)] {
        let Some((recording, outcome)) = recorded(sampler, "hot_line.py", &["0.5"]) else {
            continue;
        };
        report::check_sums(&recording);
        assert_eq!(recording.sampler, name);
        assert!((recording.settings.rate_hz - 1000.0).abs() < f64::EPSILON);
        let hottest = report::hottest(&recording);
        assert!(
            report::text_of(&recording, hottest).ends_with("# hot"),
            "{outcome:?}"
        );
        // Half a second of processor time, of which a clock of 100 Hz would see 50.
        let samples = report::profile(&recording).samples;
        assert!(samples.numba > least, "{sampler}: {samples:?}");
    }
}

/// What the C library does is on the line that calls it, which takes a look at the stack.
#[test]
fn libraries_are_on_the_line_that_calls_them() {
    check("lines/scalar_numpy.py", &[], 0.5);
}

#[test]
fn threads_that_start_later_are_sampled_too() {
    check("lines/prange_elementwise.py", &[], 0.55);
    for sampler in SAMPLERS {
        let Some((recording, outcome)) = recorded(sampler, "parallel.py", &["0.6"]) else {
            continue;
        };
        let counts = report::profile(&recording).samples;
        assert_eq!(counts.most_threads, 2, "{outcome:?}");
        // Costs are of both together.
        let threads = counts.thread_seconds_per_second();
        assert!((1.0..2.2).contains(&threads), "{sampler}: {counts:?}");
    }
}

/// Its functions need tens of KiB of the stack, of which a part is copied at first, and those in
/// assembly do not say who called them.
#[test]
fn deep_stacks_are_copied_once_there_are_some() {
    for sampler in SAMPLERS {
        let recorded = recorded_by(sampler, |_, run| {
            let python = repository().join(".venv-libraries/bin/python");
            let run = run.arg("--python").arg(python);
            let run = run.arg("tests/scripts/calls_blas.py");
            let run = match kernels() {
                Some(kernels) => run.env("OPENBLAS_CORETYPE", kernels),
                None => run,
            };
            run.env("OPENBLAS_NUM_THREADS", "1")
        });
        let Some((recording, _)) = recorded else {
            continue;
        };
        let counts = report::profile(&recording).samples;
        assert!(counts.other * 10 <= counts.window, "{sampler}: {counts:?}");
        let is_followed = cfg!(target_arch = "x86_64");
        let most_bad = if is_followed {
            counts.window / 4
        } else {
            counts.window
        };
        assert!(counts.bad <= most_bad, "{sampler}: {counts:?}");
    }
}

#[test]
fn code_without_a_line_of_the_users_is_followed_to_one() {
    check("lines/ufuncs.py", &["generalized"], 0.65);
    check("lines/array_expression.py", &["serial"], 0.75);
}

/// The clocks of threads are read by a function that is in no file.
#[test]
fn the_kernels_own_library_is_read() {
    for sampler in SAMPLERS {
        let recorded = recorded_by(sampler, |sandbox, run| {
            let script = "import time\nfrom work import work\nwork(0.1)\n\
                          end = time.thread_time() + 0.4\n\
                          while time.thread_time() < end:\n    pass\n";
            let run = run.arg(sandbox.write("reads_clock.py", script));
            run.env("PYTHONPATH", crate::harness::scripts())
        });
        let Some((recording, _)) = recorded else {
            continue;
        };
        let samples = report::profile(&recording).samples;
        assert!(samples.other > 20, "{sampler}: {samples:?}");
        assert!(samples.bad * 50 <= samples.window, "{sampler}: {samples:?}");
    }
}

/// Two threads do different work, each for as long as the script says of it: one that stays on the
/// processor of whoever looks must not be seen more often than the other.
#[test]
fn threads_have_the_shares_of_their_time() {
    for (sampler, runs) in [("gdb", 3), ("perf", 1), ("ptrace", 1)] {
        let mut differences = Vec::new();
        for _ in 0..runs {
            let Some((recording, outcome)) = recorded(sampler, "threads.py", &[]) else {
                continue;
            };
            let stdout = outcome.stdout();
            let spent = stdout
                .lines()
                .find(|line| line.starts_with("one "))
                .unwrap();
            let words = spent.split(' ').filter_map(|word| word.parse::<f64>().ok());
            let [one, other] = words.collect::<Vec<_>>()[..] else {
                panic!("{stdout}");
            };
            let seen = [share(&recording, "# one"), share(&recording, "# other")];
            differences.push((seen[0] / (seen[0] + seen[1]) - one / (one + other)).abs());
        }
        // Chance makes it some 0.05 where there are 100 samples in a run; gdb takes no more.
        let sum: f64 = differences.iter().sum();
        assert!(sum <= f64::from(runs) * 0.15, "{sampler}: {differences:?}");
    }
}

/// A script that sleeps waits, and the samples say for how long.
#[test]
fn time_without_work_is_waiting() {
    for (sampler, expected) in [("perf", 400..=600), ("ptrace", 100..=600)] {
        let recorded = recorded_by(sampler, |sandbox, run| {
            let script = "import time\nfrom work import work\nwork(0.2)\ntime.sleep(0.5)\n\
                          work(0.2)\n";
            let run = run.arg(sandbox.write("sleeps.py", script));
            run.env("PYTHONPATH", crate::harness::scripts())
        });
        let Some((recording, _)) = recorded else {
            continue;
        };
        let samples = report::profile(&recording).samples;
        // Half a second at 1,000 Hz, and none of it twice; on a busy machine ticks are missed.
        let waiting = samples.waiting;
        assert!(expected.contains(&waiting), "{sampler}: {samples:?}");
    }
}

/// The process that traces is killed, soon after the script has begun to work or at as many moments
/// of that as `MOMENTS` says: the script goes on to its end, and then that is told.
#[test]
fn a_script_outlives_its_tracer() {
    let delays_ms: Vec<u64> = match std::env::var("MOMENTS") {
        Ok(moments) => {
            let moments: u64 = moments.parse().unwrap();
            (0..moments).map(|moment| 800 * moment / moments).collect()
        }
        Err(_) => vec![0, 3, 30, 300],
    };
    for delay_ms in delays_ms {
        let sandbox = Sandbox::new();
        let run = sandbox.profila(["annotate", "--sampler=ptrace"]);
        let at_work = sandbox.path("at_work");
        let run = run.arg("tests/scripts/outlives_gdb.py");
        let running = run.env("AT_WORK", &at_work).start();
        await_that("the script to work", || at_work.exists());
        thread::sleep(Duration::from_millis(delay_ms));
        sandbox.kill_all("profila-ptrace");
        let phrases = ["the process that traces", "SIGKILL", "hint: "];
        let outcome = running.outcome().fails_with(4, &phrases);
        assert_eq!(outcome.stdout(), "compiled: 42\nthe script is done\n");
    }
}

/// The kernel alone can pass on such a signal as it is. What traces lets go, and traces again.
#[test]
fn real_time_signals_are_passed_on() {
    let script = "import os, signal\nfrom work import work\nseen = []\n\
                  signal.signal(signal.SIGRTMIN + 3, lambda *_: seen.append(1))\n\
                  work(0.2)\n\
                  for _ in range(3):\n    os.kill(os.getpid(), signal.SIGRTMIN + 3)\n    \
                  work(0.1)\n\
                  print('signals:', len(seen), flush=True)\nwork(0.3)\n";
    let recorded = recorded_by("ptrace", |sandbox, run| {
        let run = run.arg(sandbox.write("real_time.py", script));
        run.env("PYTHONPATH", crate::harness::scripts())
    });
    let (recording, outcome) = recorded.unwrap();
    assert!(outcome.stdout().starts_with("signals: 3\n"), "{outcome:?}");
    // It is sampled after the last one as well: in less than half of the time it were fewer.
    let samples = report::profile(&recording).samples;
    assert!(samples.numba > 60, "{samples:?}");
}

/// Whoever is killed by one is not said to be one that may not be traced.
#[test]
fn a_real_time_signal_that_kills() {
    let sandbox = Sandbox::new();
    let script = "import os, signal\nfrom work import work\nwork(0.3)\n\
                  os.kill(os.getpid(), signal.SIGRTMIN + 3)\n";
    let script = sandbox.write("dies.py", script);
    let run = sandbox
        .profila(["annotate", "--sampler=ptrace"])
        .arg(script);
    let outcome = run.env("PYTHONPATH", crate::harness::scripts()).outcome();
    let stderr = outcome.stderr();
    assert!(!stderr.contains("attach"), "{outcome:?}");
    assert!(
        outcome.stdout().contains("# Total samples: "),
        "{outcome:?}"
    );
}

/// Each is stopped when it starts another, which may take the place of a stop for a sample.
#[test]
fn threads_that_start_threads_do_not_keep_it_from_sampling() {
    let script = "import threading, time\nfrom work import work\nwork(0.1)\n\
                  end = time.monotonic() + 1.0\nwhile time.monotonic() < end:\n    \
                  thread = threading.Thread(target=lambda: None)\n    thread.start()\n    \
                  thread.join()\nwork(0.9)\n";
    let recorded = recorded_by("ptrace", |sandbox, run| {
        let run = run.arg(sandbox.write("starts.py", script));
        run.env("PYTHONPATH", crate::harness::scripts())
    });
    let (recording, _) = recorded.unwrap();
    let samples = report::profile(&recording).samples;
    // From after the threads as well: from before there are at most 100.
    assert!(samples.numba > 150, "{samples:?}");
    assert!(samples.bad * 20 <= samples.window, "{samples:?}");
}

#[test]
fn auto_takes_what_works_here() {
    let sandbox = Sandbox::new();
    let run = sandbox.profila(["annotate", "--sampler=auto", "--save"]);
    let run = run.arg(sandbox.path("run.json"));
    let run = run.args(["tests/scripts/hot_line.py", "0.4"]);
    run.outcome().exits_with(0);
    let sampler = sandbox.recording("run.json").sampler;
    let works = sandbox.profila(["doctor", "--json"]).outcome().stdout();
    let expected = if works.contains("the kernel's clocks work here") {
        "perf_event"
    } else if works.contains("`--sampler ptrace` works here") {
        "ptrace"
    } else {
        "gdb"
    };
    assert!(sampler.starts_with(expected), "{sampler}: {works}");
}

#[test]
fn two_versions_are_compared() {
    for (sampler, name) in [("perf", "perf_event"), ("ptrace", "ptrace")] {
        let sandbox = Sandbox::new();
        let run = sandbox.profila([
            "diff",
            "--explain",
            "--runs=1",
            "--sampler",
            sampler,
            "--save",
        ]);
        let run = run.arg(sandbox.path("runs"));
        let scripts = ["examples/dither2.py", "examples/dither2_reordered.py"];
        let outcome = run.args(scripts).args(["--", "0.4"]).outcome();
        if is_allowed(&outcome) {
            let stdout = outcome.exits_with(0).stdout();
            assert!(stdout.contains(name), "{stdout}");
            report::check_sums(&sandbox.recording("runs/dither2.py.json"));
        }
    }
}
