#!/usr/bin/env bash
# A tracer that waits through nix's safe functions is never told of a stop for a real-time
# signal, and the thread stands still for good.
#
# Versions: nix 0.31.3, Linux 6.
# nix has no name for a real-time signal. `waitpid` takes the stop from the kernel, then fails
# with EINVAL because it cannot represent it: which process stopped is lost, and the next
# `waitpid` finds nothing. `waitid` with WNOWAIT fails too, but leaves the stop where it is.
#
# Seen: with `waitid` EINVAL as often as it is asked, with `waitpid` EINVAL once and then
# StillAlive, while the process is stopped by its tracer (state t).
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
cargo init --quiet --name waits
cargo add --quiet nix@=0.31.3 --features ptrace,process,signal
cat > src/main.rs <<'END'
use std::io::Write;
use std::process::{Command, Stdio};
use std::{fs, thread, time::Duration};

use nix::sys::ptrace::{self, Options};
use nix::sys::wait::{Id, WaitPidFlag as Flag, waitid, waitpid};
use nix::unistd::Pid;

fn main() {
    let script = "read line; kill -s RTMIN+3 $$; read line";
    let mut child = Command::new("bash")
        .args(["-c", script])
        .stdin(Stdio::piped())
        .spawn()
        .unwrap();
    let process = Pid::from_raw(child.id() as i32);
    ptrace::seize(process, Options::empty()).unwrap();
    child.stdin.as_mut().unwrap().write_all(b"\n").unwrap();
    let state = || {
        let stat = fs::read_to_string(format!("/proc/{process}/stat")).unwrap();
        stat.rsplit(") ").next().unwrap().chars().next().unwrap()
    };
    while state() != 't' {
        thread::sleep(Duration::from_millis(5));
    }
    let peek = || waitid(Id::Pid(process), Flag::WSTOPPED | Flag::WNOWAIT | Flag::WNOHANG);
    println!("waitid: {:?} {:?}", peek(), peek());
    let take = || waitpid(process, Some(Flag::WNOHANG));
    println!("waitpid: {:?} {:?}", take(), take());
    println!("state: {}", state());
    child.kill().unwrap();
    child.wait().unwrap();
}
END
seen=$(cargo run --quiet 2>/dev/null)
echo "$seen"
test "$seen" = "waitid: Err(EINVAL) Err(EINVAL)
waitpid: Err(EINVAL) Ok(StillAlive)
state: t"
