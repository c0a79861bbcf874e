//! What is left of `annotate` and `diff` where they are killed at a random moment, on a
//! machine with many processes, and for how long.
//!
//! Run it with `make kills`; `TIMES=20 IDLE=200 make kills` kills fewer than 100 times,
//! beside fewer than 2,000 idle processes, and `SAMPLER=ptrace` has that sampler take the
//! samples instead of gdb. It fails where something is left for longer than
//! half a second. On a busy machine that says little.

#![expect(clippy::print_stdout, reason = "a benchmark shows its figures")]

mod common;

use std::error::Error;
use std::ffi::OsStr;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use nix::libc::SIGKILL;
use procfs::process::all_processes;
use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};

use self::common::{sampler, setting};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

const SCRIPT: &str = "tests/scripts/forever.py";

/// The longest that something may be left.
const BAR: Duration = Duration::from_millis(500);

/// When it is given up to wait for that.
const PATIENCE: Duration = Duration::from_secs(20);

/// Processes that do nothing, until they are dropped.
struct Idle(Vec<Child>);

impl Idle {
    fn start(count: usize) -> Result<Self> {
        let mut idle = Self(Vec::new());
        for _ in 0..count {
            idle.0.push(Command::new("sleep").arg("100000").spawn()?);
        }
        Ok(idle)
    }
}

impl Drop for Idle {
    fn drop(&mut self) {
        for child in &mut self.0 {
            // They fail where it has ended by itself.
            child.kill().ok();
            child.wait().ok();
        }
    }
}

fn main() -> Result<()> {
    let (times, count): (usize, usize) = (setting("TIMES", 100)?, setting("IDLE", 2000)?);
    let sampler = sampler();
    let idle = Idle::start(count)?;
    let mut moments = ChaCha8Rng::seed_from_u64(0);
    let mut left = Vec::new();
    let mut at_work = 0;
    for time in 0..times {
        let alive = Duration::from_secs_f64(moments.random_range(0.0..3.0));
        let arguments: &[&str] = match time % 2 {
            0 => &["annotate", "--sampler", &sampler, SCRIPT],
            _ => &["diff", "--sampler", &sampler, "--runs=2", SCRIPT, SCRIPT],
        };
        let killed = kill_after(alive, arguments)?;
        at_work += usize::from(killed.was_at_work);
        left.push(killed.left_for);
    }
    drop(idle);
    left.sort_unstable();
    let late = left.iter().filter(|it| **it > BAR).count();
    println!(
        "killed {times} times beside {count} idle processes, {at_work} times with a script \
         running: something was left for {} ms in the median, {} ms at most, and {late} times for \
         more than {} ms",
        left[left.len() / 2].as_millis(),
        left[left.len() - 1].as_millis(),
        BAR.as_millis(),
    );
    if late > 0 {
        return Err("something was left for too long".into());
    }
    if 2 * at_work < times {
        return Err(
            "in most runs there was nothing to leave: profila did not start a script".into(),
        );
    }
    Ok(())
}

/// What came of a kill.
struct Killed {
    /// Whether the script was running.
    was_at_work: bool,
    /// For how long something was left: a file, or a process.
    left_for: Duration,
}

/// Kills a command when it has run for so long.
fn kill_after(alive: Duration, arguments: &[&str]) -> Result<Killed> {
    let folder = tempfile::tempdir()?;
    let mut profila = Command::new(env!("CARGO_BIN_EXE_profila"))
        .args(arguments)
        .env("TMPDIR", folder.path())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()?;
    sleep(alive);
    // Besides profila and its guard.
    let was_at_work = processes_of(folder.path())? > 2;
    profila.kill()?;
    let killed = Instant::now();
    let status = profila.wait()?;
    if status.signal() != Some(SIGKILL) {
        return Err(format!("profila had already ended, with {status}").into());
    }
    while is_something_left(folder.path())? {
        if killed.elapsed() > PATIENCE {
            return Err("something was left for good".into());
        }
        sleep(Duration::from_millis(5));
    }
    Ok(Killed {
        was_at_work,
        left_for: killed.elapsed(),
    })
}

/// Whether there is a file in the folder for temporary files, or a process that has it.
fn is_something_left(folder: &Path) -> Result<bool> {
    if std::fs::read_dir(folder)?.next().is_some() {
        return Ok(true);
    }
    Ok(processes_of(folder)? > 0)
}

/// How many processes have the folder for their temporary files: profila, its guard, gdb and
/// the script.
fn processes_of(folder: &Path) -> Result<usize> {
    let of_folder = |process: &procfs::process::Process| {
        let environment = process.environ().ok()?;
        let tmpdir = environment.get(OsStr::new("TMPDIR"))?;
        (tmpdir == folder.as_os_str()).then_some(())
    };
    let all = all_processes()?.flatten();
    Ok(all.filter(|process| of_folder(process).is_some()).count())
}
