//! `profila attach`: a process that runs already is watched, and goes on as if nothing had been.

use std::fs;

use nix::sys::signal::Signal;
use nix::unistd::Pid;

use crate::harness::{Run, Running, Sandbox, await_that, repository, scripts};
use crate::notebooks::environment;

/// Samplers that attach.
const SAMPLERS: [&str; 2] = ["perf", "ptrace"];

/// The line that does nearly all of the work of the service, and of the notebook's cell.
const HOT: &str = "total += math.sqrt(i) * math.sin(i)";

/// A service that works already.
fn service(sandbox: &Sandbox, options: &[&str]) -> Running {
    let run = sandbox.bare([scripts().join("service.py")]).args(options);
    let run = run.env("PYTHONPATH", repository().join("python"));
    let service = run.arg("1000000").start();
    service.await_stdout("ready");
    service
}

fn attach(sandbox: &Sandbox, process: Pid, sampler: &str) -> Run {
    let run = sandbox.profila(["attach", "--sampler", sampler]);
    run.arg(process.to_string())
}

/// A field of what the kernel says of a process.
fn status(process: Pid, field: &str) -> String {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let mut lines = status.lines();
    let found = lines.find_map(|line| line.strip_prefix(field)?.strip_prefix(':'));
    found.unwrap().trim().to_owned()
}

/// Checks that a service is watched by nobody and works as before: its threads agree on what they
/// compute, its timer fires and its handlers are called.
#[track_caller]
fn goes_on(service: Running) {
    let process = service.process();
    await_that("the end of tracing", || status(process, "TracerPid") == "0");
    let state = status(process, "State");
    assert!(!state.starts_with(['T', 't']), "{state}");
    service.signal(Signal::SIGUSR1);
    service.await_stdout("usr1");
    service.signal(Signal::SIGUSR2);
    let stdout = service.outcome().succeeds().stdout();
    assert!(stdout.contains(" in 2 threads"), "{stdout}");
}

/// The share of a line in a profile, in percent.
#[track_caller]
fn share(stdout: &str, text: &str) -> f64 {
    let line = stdout.lines().find(|line| line.contains(text));
    let line = line.unwrap_or_else(|| panic!("no {text} in {stdout}"));
    let (share, _) = line.split_once('%').unwrap();
    share.trim().parse().unwrap()
}

#[test]
fn lines_of_a_service_that_has_line_tables_are_shown() {
    let sandbox = Sandbox::new();
    let service = service(&sandbox, &["--lines"]);
    let process = service.process();
    for sampler in SAMPLERS {
        let run = attach(&sandbox, process, sampler).arg("--duration=3s");
        let outcome = run.arg("--save=saved.json").current_dir(sandbox.files());
        let outcome = outcome.outcome().exits_with(0);
        let stdout = outcome.stdout();
        assert!(stdout.contains(&format!("# Attached to process {process} for ")));
        assert!(share(&stdout, HOT) > 60.0, "{stdout}");
        assert!(!stdout.contains("without line tables"), "{stdout}");
        let saved = sandbox.recording("saved.json");
        assert_eq!(
            saved.variant.attached.unwrap().pid,
            process.as_raw().cast_unsigned()
        );
        fs::remove_file(sandbox.path("saved.json")).unwrap();
    }
    goes_on(service);
}

#[test]
fn functions_without_line_tables_are_named_and_no_line_is() {
    let sandbox = Sandbox::new();
    let service = service(&sandbox, &[]);
    let run = attach(&sandbox, service.process(), "auto").arg("--duration=1s");
    let stdout = run.outcome().exits_with(0).stdout();
    assert!(!stdout.contains(HOT), "{stdout}");
    assert!(stdout.contains("crunch(long long)"), "{stdout}");
    let words: Vec<&str> = stdout.split_whitespace().collect();
    let said = words.join(" ");
    assert!(said.contains("call `profila.emit_line_tables()`"), "{said}");
    goes_on(service);
}

#[test]
fn ctrl_c_ends_watching_with_a_report_and_nothing_else() {
    let sandbox = Sandbox::new();
    let service = service(&sandbox, &["--lines"]);
    for sampler in SAMPLERS {
        let profila = attach(&sandbox, service.process(), sampler).start();
        let process = service.process();
        if sampler == "ptrace" {
            await_that("the tracer", || status(process, "TracerPid") != "0");
        }
        std::thread::sleep(std::time::Duration::from_millis(1500));
        profila.signal(Signal::SIGINT);
        let stdout = profila.outcome().exits_with(0).stdout();
        assert!(share(&stdout, HOT) > 60.0, "{stdout}");
    }
    goes_on(service);
}

#[test]
fn a_service_outlives_profila() {
    let sandbox = Sandbox::new();
    for sampler in SAMPLERS {
        let service = service(&sandbox, &["--lines"]);
        let process = service.process();
        let profila = attach(&sandbox, process, sampler).start();
        if sampler == "ptrace" {
            await_that("the tracer", || status(process, "TracerPid") != "0");
        }
        std::thread::sleep(std::time::Duration::from_secs(1));
        profila.signal(Signal::SIGKILL);
        profila.outcome();
        goes_on(service);
    }
}

#[test]
fn what_cannot_be_watched_is_said() {
    let sandbox = Sandbox::new();
    let attach = |process: &str| sandbox.profila(["attach", "--duration=1s", process]);
    let none = attach("2147483647").outcome();
    none.fails_with(2, &["there is no process 2147483647"]);
    let own = attach(&std::process::id().to_string()).outcome();
    own.fails_with(2, &["is profila itself, or one that has started it"]);
    let with_gdb = attach("1").arg("--sampler=gdb").outcome();
    with_gdb.fails_with(2, &["does not sample with gdb", "--sampler auto"]);
    let sleeps = sandbox.run("sleep".as_ref(), ["60"]).start();
    let other = attach(&sleeps.process().to_string()).outcome();
    other.fails_with(5, &["has no code compiled by Numba"]);
    sleeps.signal(Signal::SIGSTOP);
    await_that("the stop", || {
        status(sleeps.process(), "State").starts_with('T')
    });
    let suspended = attach(&sleeps.process().to_string()).outcome();
    suspended.fails_with(5, &["is suspended", "kill -CONT"]);
    sleeps.signal(Signal::SIGKILL);
    sleeps.outcome();
}

/// What starts a kernel, and attaches to it while one of its cells runs.
const KERNEL: &str = r#"
import os, subprocess, sys, time
from jupyter_client.manager import start_new_kernel

manager, client = start_new_kernel(kernel_name="python3")

def run(code):
    said = []
    def heard(message):
        if message["msg_type"] == "stream":
            said.append(message["content"]["text"])
    reply = client.execute_interactive(code, timeout=120, output_hook=heard)
    assert reply["content"]["status"] == "ok", (reply, said)
    return "".join(said)

try:
    said = run("%load_ext profila\n%profila_lines\nimport os\nprint('PID', os.getpid())")
    assert "profila attach --duration 10s" in said, said
    pid = said.split("PID ")[1].split()[0]
    run('''import math
from numba import njit

@njit
def crunch(count):
    total = 0.0
    for i in range(count):
        total += math.sqrt(i) * math.sin(i)
    return total

crunch(1)
''')
    client.execute("open('begun', 'w').close()\nwhile not os.path.exists('enough'): crunch(100_000)")
    while not os.path.exists("begun"):
        time.sleep(0.05)
    watched = subprocess.run(
        [os.path.join(os.path.dirname(sys.executable), "profila"), "attach", "--duration=2s", pid],
        capture_output=True, text=True)
    open("enough", "w").close()
    print(watched.stdout, watched.stderr)
    watched.check_returncode()
    print("then", run("print('alive', os.getpid())"))
finally:
    client.stop_channels()
    manager.shutdown_kernel()
"#;

#[test]
fn a_cell_of_a_kernel_that_runs_is_watched() {
    let sandbox = Sandbox::new();
    let environment = environment(&sandbox);
    let python = environment.join("bin/python");
    let run = sandbox.run(&python, ["-c", KERNEL]);
    let run = run.env("IPYTHONDIR", sandbox.path("ipython"));
    let outcome = run.current_dir(sandbox.files()).outcome().exits_with(0);
    let stdout = outcome.stdout();
    assert!(share(&stdout, HOT) > 50.0, "{outcome:?}");
    // The cell, and not the temporary file that stands for it.
    assert!(stdout.contains("then alive "), "{outcome:?}");
}
