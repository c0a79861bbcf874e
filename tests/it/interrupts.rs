//! Ctrl-C and other signals to `profila`.

use std::os::unix::process::ExitStatusExt;

use nix::sys::signal::Signal;

use crate::harness::{Outcome, Running, Sandbox, await_that, sampler};
use crate::report::Report;

const FOREVER: &str = "tests/scripts/forever.py";

/// Interrupts `profila` while a script and its child run, and checks that it says so
/// and ends them. [`Sandbox`] checks that they are gone.
#[track_caller]
fn check_ends_all(arguments: &[&str], signal: Signal) {
    let sandbox = Sandbox::new();
    let running = sandbox.profila(arguments).start();
    sandbox.await_processes(FOREVER, 3);
    running.signal(signal);
    let outcome = running.outcome().fails_with(130, &["error: interrupted"]);
    assert_eq!(outcome.stdout(), "", "{outcome:?}");
}

#[test]
fn ctrl_c_ends_a_diff() {
    check_ends_all(&["diff", FOREVER, FOREVER], Signal::SIGINT);
}

#[test]
fn termination_ends_a_recording() {
    check_ends_all(&["record", "-o", "run.json", FOREVER], Signal::SIGTERM);
}

/// Kills `profila`. [`Sandbox`] checks that nothing is left: no script, no gdb, no guard
/// and no temporary file.
#[track_caller]
fn kill(running: Running) {
    running.signal(Signal::SIGKILL);
    let outcome = running.outcome();
    assert_eq!(outcome.status.signal(), Some(9), "{outcome:?}");
}

#[test]
fn a_diff_that_is_killed_leaves_nothing() {
    let sandbox = Sandbox::new();
    let running = sandbox.profila(["diff", FOREVER, FOREVER]).start();
    sandbox.await_processes(FOREVER, 3);
    kill(running);
}

#[test]
fn an_annotate_that_is_killed_while_it_samples_leaves_nothing() {
    let sandbox = Sandbox::new();
    let running = sandbox.profila(["annotate", sampler(), FOREVER]).start();
    // It goes on only once it is watched.
    running.await_stdout("started\n");
    match sampler() {
        "--sampler=gdb" => sandbox.await_processes("--interpreter=mi3", 1),
        "--sampler=ptrace" => sandbox.await_processes("profila-ptrace", 1),
        _ => {}
    }
    kill(running);
}

#[test]
fn nor_does_one_whose_gdb_ends_by_nothing_less() {
    let sandbox = Sandbox::new();
    let gdb = sandbox.write_program("gdb", "trap '' TERM HUP INT\nwhile :; do sleep 1000; done");
    let running = sandbox.profila(["annotate", "--gdb"]).arg(&gdb);
    let running = running.arg(FOREVER).start();
    sandbox.await_processes("sleep 1000", 1);
    kill(running);
}

/// Starts a script under `annotate` that counts its interrupts, and waits until it
/// does.
#[track_caller]
fn counting(sandbox: &Sandbox, arguments: &[&str]) -> Running {
    let run = sandbox.profila(["annotate", sampler(), "tests/scripts/counts_interrupts.py"]);
    let running = run.args(arguments).start();
    running.await_stdout("ready\n");
    running
}

#[test]
fn ctrl_c_reaches_the_script_of_annotate_once_and_the_report_follows() {
    let sandbox = Sandbox::new();
    let running = counting(&sandbox, &[]);
    running.signal(Signal::SIGINT);
    // The script handled it, and so it is no failure.
    let outcome = running.outcome().exits_with(0);
    let stdout = outcome.stdout();
    assert!(stdout.starts_with("ready\ninterrupts: 1\n"), "{stdout}");
    let report = Report::read(&stdout);
    let hot = report.file("tests/scripts/work.py").hottest();
    assert_eq!(hot, "total += math.sqrt(i)", "{stdout}");
}

/// As it goes to the script alone, which does not handle it.
#[test]
fn termination_of_annotate_ends_its_script_and_not_what_that_has_started() {
    let sandbox = Sandbox::new();
    let says = sandbox.path("child");
    let run = sandbox.profila(["annotate", sampler(), "tests/scripts/outlived_by_child.py"]);
    let running = run.arg(&says).start();
    running.await_stdout("ready\n");
    running.signal(Signal::SIGTERM);
    let outcome = running.outcome();
    assert_eq!(outcome.status.signal(), Some(15), "{outcome:?}");
    let stdout = outcome.stdout();
    assert!(stdout.starts_with("ready\n"), "{stdout}");
    Report::read(&stdout[stdout.find("\n#").expect("a report")..]);
    await_that("the child to say something", || says.exists());
    assert_eq!(std::fs::read_to_string(says).unwrap(), "ended by itself\n");
}

/// `timeout` signals its command, and then the group that the command is in as well.
#[test]
fn timeout_interrupts_the_script_of_annotate_once() {
    for signal in ["INT", "TERM"] {
        let sandbox = Sandbox::new();
        let script = "tests/scripts/ends_at_a_signal.py";
        let timeout = ["-s", signal, "--kill-after=100", "12"];
        let run = sandbox.run(std::path::Path::new("/usr/bin/timeout"), timeout);
        let run = run.args([env!("CARGO_BIN_EXE_profila"), "annotate", sampler(), script]);
        let stdout = run.outcome().stdout();
        assert!(stdout.contains("signals: 1\n"), "{stdout}");
        let report = stdout.find("\n#").map(|at| &stdout[at..]);
        Report::read(report.unwrap_or_else(|| panic!("no report: {stdout}")));
    }
}

#[test]
fn a_second_ctrl_c_ends_a_script_that_does_not_end() {
    let sandbox = Sandbox::new();
    let running = counting(&sandbox, &["for ever"]);
    running.signal(Signal::SIGINT);
    // Two that come at once are one.
    std::thread::sleep(std::time::Duration::from_millis(500));
    running.signal(Signal::SIGINT);
    let outcome = running.outcome().fails_with(130, &["error: interrupted"]);
    assert_eq!(outcome.stdout(), "ready\n");
}

/// Runs a command on a terminal of its own, types a line and then Ctrl-C when asked.
#[track_caller]
fn on_a_terminal(sandbox: &Sandbox, command: &[&str]) -> Outcome {
    const SPAWN: &str =
        "import os, pty, sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))";
    let run = sandbox.bare(["-c", SPAWN]).args(command);
    let mut running = run.open_stdin().start();
    running.await_stdout("a line? ");
    running.write(b"typed\n");
    running.await_stdout("read: 'typed'");
    running.write(b"\x03");
    running.outcome()
}

#[test]
fn a_script_of_annotate_has_the_terminal() {
    let sandbox = Sandbox::new();
    let script = "tests/scripts/reads_terminal.py";
    let python = crate::harness::python();
    let bare = on_a_terminal(&sandbox, &[&python.display().to_string(), script]);
    let profila = env!("CARGO_BIN_EXE_profila");
    let profiled = on_a_terminal(
        &sandbox,
        &[profila, "annotate", sampler(), "--color=never", script],
    );
    let profiled = profiled.exits_with(0);
    let bare = bare.exits_with(0).stdout();
    assert!(bare.starts_with("on a terminal: True True\r\n"), "{bare}");
    assert!(profiled.stdout().starts_with(&bare), "{bare}\n{profiled:?}");
    Report::read(&profiled.stdout().replace("\r\n", "\n"));
}

/// Whoever sits at the terminal of a shell: suspends the command that asks for a line, types
/// one when it goes on, and interrupts it.
const AT_THE_TERMINAL: &str = r#"
shown = b""
# What is shown may be followed by something else before it is read.
answers = {
    b"a line? ": b"\x1a",
    b"suspended: True\r\n": b"typed\n",
    b"read: 'typed'\r\n": b"\x03",
}
while True:
    try:
        shown += os.read(terminal, 4096)
    except OSError:
        break
    for question in [it for it in answers if it in shown]:
        os.write(terminal, answers.pop(question))
        # For whoever looks at a test that hangs.
        print("answered", question, "of", shown, file=sys.stderr, flush=True)
sys.stdout.buffer.write(shown)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]))
"#;

/// What a shell does at Ctrl-Z and `fg`: the command is suspended with its script, and both
/// go on.
#[test]
fn ctrl_z_suspends_annotate_and_its_script() {
    const SHELL: &str = r#"
import os, pty, signal, sys
process, terminal = pty.fork()
if process == 0:
    # Of a session of its own nobody could suspend the first process.
    command = os.fork()
    if command == 0:
        os.setpgid(0, 0)
        os.execvp(sys.argv[1], sys.argv[1:])
    try:
        os.setpgid(command, command)
    except PermissionError:
        pass
    signal.signal(signal.SIGTTOU, signal.SIG_IGN)
    os.tcsetpgrp(0, command)
    _, status = os.waitpid(command, os.WUNTRACED)
    print("suspended:", os.WIFSTOPPED(status), flush=True)
    os.tcsetpgrp(0, command)
    os.killpg(command, signal.SIGCONT)
    _, status = os.waitpid(command, 0)
    os._exit(os.waitstatus_to_exitcode(status))
"#;
    let sandbox = Sandbox::new();
    let profila = env!("CARGO_BIN_EXE_profila");
    let script = "tests/scripts/reads_terminal.py";
    let shell = [SHELL, AT_THE_TERMINAL].concat();
    let command = [
        "-c",
        &shell,
        profila,
        "annotate",
        sampler(),
        "--color=never",
        script,
    ];
    let outcome = sandbox.bare(command).outcome().exits_with(0);
    let stdout = outcome.stdout().replace('\r', "");
    assert!(stdout.contains("suspended: True\n"), "{stdout}");
    assert!(stdout.contains("read: 'typed'\n"), "{stdout}");
    let (_, report) = stdout.split_once("\n\n#").expect("a report");
    Report::read(&format!("\n#{report}"));
}

/// The same, by which the script first goes on in the background, where it may not read.
#[test]
fn a_script_has_the_terminal_again_after_bg_and_fg() {
    const SHELL: &str = r#"
import os, pty, signal, sys
process, terminal = pty.fork()
if process == 0:
    command = os.fork()
    if command == 0:
        os.setpgid(0, 0)
        os.execvp(sys.argv[1], sys.argv[1:])
    try:
        os.setpgid(command, command)
    except PermissionError:
        pass
    signal.signal(signal.SIGTTOU, signal.SIG_IGN)
    os.tcsetpgrp(0, command)
    os.waitpid(command, os.WUNTRACED)
    os.tcsetpgrp(0, os.getpgrp())
    os.killpg(command, signal.SIGCONT)
    _, status = os.waitpid(command, os.WUNTRACED)
    print("suspended:", os.WIFSTOPPED(status), flush=True)
    os.tcsetpgrp(0, command)
    os.killpg(command, signal.SIGCONT)
    _, status = os.waitpid(command, 0)
    os._exit(os.waitstatus_to_exitcode(status))
"#;
    let sandbox = Sandbox::new();
    let profila = env!("CARGO_BIN_EXE_profila");
    let script = "tests/scripts/reads_terminal.py";
    let shell = [SHELL, AT_THE_TERMINAL].concat();
    let command = [
        "-c",
        &shell,
        profila,
        "annotate",
        sampler(),
        "--color=never",
        script,
    ];
    let outcome = sandbox.bare(command).outcome().exits_with(0);
    let stdout = outcome.stdout();
    assert!(stdout.contains("suspended: True"), "{stdout}");
    assert!(stdout.contains("read: 'typed'"), "{stdout}");
}

/// Ctrl-Z and `fg` while scripts run that do not have the terminal: they stand still for three
/// seconds, which are in no time that is measured.
#[test]
fn ctrl_z_suspends_a_recording_and_its_script() {
    const SHELL: &str = r#"
import os, pty, signal, sys, time
folder = sys.argv[1]
process, terminal = pty.fork()
if process:
    while True:
        try:
            sys.stdout.buffer.write(os.read(terminal, 4096))
        except OSError:
            break
    sys.exit(os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]))
command = os.fork()
if command == 0:
    os.setpgid(0, 0)
    os.execvp(sys.argv[2], sys.argv[2:])
try:
    os.setpgid(command, command)
except PermissionError:
    pass
signal.signal(signal.SIGTTOU, signal.SIG_IGN)
def used(process):
    fields = open(f"/proc/{process}/stat").read().rpartition(")")[2].split()
    return fields[11:13]
done = set()
while len(done) < 3:
    new = {it for it in os.listdir(folder) if it.isdigit()} - done
    if not new:
        time.sleep(0.01)
        continue
    script = new.pop()
    os.killpg(command, signal.SIGTSTP)
    _, status = os.waitpid(command, os.WUNTRACED)
    assert os.WIFSTOPPED(status), status
    before = used(script)
    time.sleep(3)
    print("stood still:", used(script) == before, flush=True)
    os.killpg(command, signal.SIGCONT)
    done.add(script)
    open(f"{folder}/go-{script}", "w").close()
_, status = os.waitpid(command, 0)
os._exit(os.waitstatus_to_exitcode(status))
"#;
    // Says for how long it was there, by the clock that goes on meanwhile.
    const SCRIPT: &str = r#"
import os, sys, time
sys.path.insert(0, sys.argv[1])
from work import work
def age():
    ticks = int(open("/proc/self/stat").read().rpartition(")")[2].split()[19])
    return time.clock_gettime(time.CLOCK_BOOTTIME) - ticks / os.sysconf("SC_CLK_TCK")
work(0.1)
me = f"{sys.argv[2]}/{os.getpid()}"
open(me, "w").close()
while not os.path.exists(f"{sys.argv[2]}/go-{os.getpid()}"):
    work(0.1)
with open(f"{sys.argv[2]}/elapsed", "a") as file:
    print(age(), file=file)
"#;
    let sandbox = Sandbox::new();
    let script = sandbox.write("waits.py", SCRIPT);
    let folder = sandbox.path("runs");
    std::fs::create_dir(&folder).unwrap();
    let run = sandbox.bare(["-c", SHELL]).arg(&folder);
    let run = run.args([env!("CARGO_BIN_EXE_profila"), "record", "--runs=1", "-o"]);
    let run = run.arg(sandbox.path("run.json")).arg(&script);
    let run = run.arg(crate::harness::scripts()).arg(&folder);
    let outcome = run.outcome().exits_with(0);
    let stood_still = outcome.stdout().matches("stood still: True").count();
    assert_eq!(stood_still, 3, "{outcome:?}");
    let elapsed = std::fs::read_to_string(folder.join("elapsed")).unwrap();
    // The first is that of the run that warms up.
    let elapsed = elapsed.lines().skip(1).map(|it| it.parse::<f64>().unwrap());
    for (run, elapsed) in sandbox.recording("run.json").runs().zip(elapsed) {
        // What Python takes to end is less than that.
        assert!(run.wall_s < elapsed, "{} of {elapsed} s", run.wall_s);
        assert!(
            run.window_s < elapsed - 2.9,
            "{} of {elapsed} s",
            run.window_s
        );
    }
}

/// A Python that hangs while it is asked what it is: on a network that does not answer, say.
fn hanging_python(sandbox: &Sandbox) -> Running {
    let python = sandbox.write_program("python", "trap '' TERM HUP INT\nsleep 1000 & wait");
    let run = sandbox.profila(["annotate", "--python"]).arg(python);
    let running = run.arg(FOREVER).start();
    sandbox.await_processes("sleep 1000", 1);
    running
}

#[test]
fn termination_while_python_is_asked_what_it_is() {
    let sandbox = Sandbox::new();
    let running = hanging_python(&sandbox);
    running.signal(Signal::SIGTERM);
    let outcome = running.outcome().fails_with(130, &["error: interrupted"]);
    assert_eq!(outcome.stdout(), "");
}

#[test]
fn a_python_that_is_asked_while_profila_is_killed_leaves_nothing() {
    let sandbox = Sandbox::new();
    kill(hanging_python(&sandbox));
}

#[test]
fn a_python_that_does_not_say_what_it_is_is_given_up() {
    let sandbox = Sandbox::new();
    let phrases = ["did not answer within 10 s", "--python PATH"];
    hanging_python(&sandbox).outcome().fails_with(4, &phrases);
}
