//! How long a script stands still, seen from outside: whoever stops it, and whatever
//! that says of itself.

use std::fs;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use procfs::process::{Process, all_processes};

use crate::Result;

/// How often it is looked whether the script stands still.
const LOOK_UP_INTERVAL: Duration = Duration::from_micros(250);

/// Runs a command that runs a script, and gives the longest time that the script stood
/// still in its last `seconds`, in which it does its work.
pub(crate) fn longest_stop(command: &mut Command, script: &str, seconds: f64) -> Result<f64> {
    let silent = command.stdout(Stdio::null()).stderr(Stdio::null());
    let mut child = silent.stdin(Stdio::null()).spawn()?;
    let mut found = None;
    while found.is_none() && child.try_wait()?.is_none() {
        thread::sleep(Duration::from_millis(20));
        found = process_of(script);
    }
    if found.is_none() {
        return Err(format!("no process of {script} was seen").into());
    }
    let mut stops: Vec<(Instant, Duration)> = Vec::new();
    let mut stopped_since = None;
    while let Some(state) = found.as_ref().and_then(state_of) {
        match (state, stopped_since) {
            ('t', None) => stopped_since = Some(Instant::now()),
            ('t', Some(_)) | (_, None) => {}
            (_, Some(since)) => {
                stops.push((since, since.elapsed()));
                stopped_since = None;
            }
        }
        thread::sleep(LOOK_UP_INTERVAL);
    }
    let end = Instant::now();
    let status = child.wait()?;
    if !status.success() {
        return Err(format!("{command:?} ended with {status}").into());
    }
    let is_at_work =
        |stop: &&(Instant, Duration)| end.duration_since(stop.0).as_secs_f64() < seconds;
    let lengths = stops.iter().filter(is_at_work).map(|stop| stop.1);
    let longest = lengths.max();
    let longest = longest.ok_or_else(|| format!("{script} was never seen to stand still"))?;
    Ok(longest.as_secs_f64())
}

/// The Python that runs the script, and not what runs that.
fn process_of(script: &str) -> Option<Process> {
    all_processes().ok()?.flatten().find(|process| {
        let name = process.stat().map(|stat| stat.comm).unwrap_or_default();
        let words = process.cmdline().unwrap_or_default();
        name.starts_with("python") && words.get(1).is_some_and(|word| word == script)
    })
}

/// The state of a process in one letter: `t` where a tracer has stopped it.
fn state_of(process: &Process) -> Option<char> {
    let stat = fs::read_to_string(format!("/proc/{}/stat", process.pid())).ok()?;
    let state = stat.rsplit_once(") ")?.1.chars().next()?;
    (!matches!(state, 'Z' | 'X')).then_some(state)
}
