//! Seeing to it that nothing is left when profila itself is killed.

use std::io::{self, Write};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};

use nix::unistd::Pid;

/// Waits for a line. Where the pipe is closed without one, it kills the process group
/// and removes the folder that it was given.
const WATCH: &str = r#"read -r _ || { kill -s KILL -- "-$1"; rm -rf -- "$2"; } 2>/dev/null"#;

/// A small process beside a script's. Where this process ends without dropping it, as
/// by SIGKILL, it kills the script's process group and removes the script's folder of
/// temporary files. Dropped, it ends and touches nothing.
///
/// A signal to be sent at the parent's death (`PR_SET_PDEATHSIG`) will not do: it comes
/// when the *thread* ends that started the script, and does not reach its children.
#[derive(Debug)]
pub(super) struct Guard {
    watcher: Child,
    line: Option<ChildStdin>,
}

impl Guard {
    /// Guards a process group and a folder.
    pub(super) fn start(group: Pid, folder: &Path) -> io::Result<Self> {
        let mut watcher = Command::new("/bin/sh")
            .args(["-c", WATCH, "profila-guard", &group.to_string()])
            .arg(folder)
            // It must outlive a Ctrl-C, and a working directory need not be kept.
            .process_group(0)
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
        let line = watcher.stdin.take();
        Ok(Self { watcher, line })
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        // It fails only where somebody has killed it.
        if let Some(mut line) = self.line.take() {
            line.write_all(b"\n").ok();
        }
        self.watcher.wait().ok();
    }
}

#[cfg(test)]
mod tests {
    use std::thread;
    use std::time::Duration;

    use super::*;

    /// Starts a process in a group of its own, and a guard of it, which `end` ends.
    /// Returns whether the process and the folder are there afterwards.
    fn survive(end: impl FnOnce(Guard)) -> (bool, bool) {
        let folder = tempfile::tempdir().unwrap();
        let mut guarded = Command::new("sleep")
            .arg("600")
            .process_group(0)
            .spawn()
            .unwrap();
        let group = Pid::from_raw(guarded.id().cast_signed());
        end(Guard::start(group, folder.path()).unwrap());
        // A process that was killed is not gone in the same moment.
        let mut patience = if folder.path().exists() { 0 } else { 1000 };
        while patience > 0 && guarded.try_wait().unwrap().is_none() {
            patience -= 1;
            thread::sleep(Duration::from_millis(10));
        }
        let lives = guarded.try_wait().unwrap().is_none();
        guarded.kill().unwrap();
        guarded.wait().unwrap();
        (lives, folder.path().exists())
    }

    #[test]
    fn a_guard_that_is_dropped_touches_nothing() {
        assert_eq!(survive(drop), (true, true));
    }

    #[test]
    fn a_guard_that_is_left_alone_kills_and_removes() {
        let left = survive(|mut guard| {
            // What the end of this process does.
            guard.line.take();
            guard.watcher.wait().unwrap();
        });
        assert_eq!(left, (false, false));
    }
}
