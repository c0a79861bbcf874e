//! Seeing to it that nothing is left when profila itself is killed.

use std::io::{self, Write};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use nix::unistd::Pid;
use tempfile::TempDir;

/// Is told which process groups to guard (`+ 7`) and which no longer (`- 7`), a line
/// each. When the pipe is closed it kills those that are left, and removes the folder.
///
/// A process that was started in the last moment may not have been told of. It has the
/// folder in its environment, in [`MARK`] or in what the bootstrap is told, and the pipe is
/// not closed before it has: what is forked holds it open until it becomes its program.
/// Where all was told of (`.`), nobody has to look for such a process.
const WATCH: &str = r#"
groups= told=
while read -r change group; do
    case $change in
        +) groups="$groups $group " ;;
        -) groups="${groups%% $group *} ${groups#* $group }" ;;
        .) told=all ;;
    esac
done
[ "$told" ] || for process in /proc/[0-9]*; do
    tr '\0' '\n' <"$process/environ" | grep '^PROFILA_[BG]' | grep -qF -- "$1" &&
        groups="$groups ${process#/proc/}"
done 2>/dev/null
for group in $groups; do kill -s KILL -- "-$group"; done 2>/dev/null
rm -rf -- "$1"
"#;

/// The variable by which a process is known to be guarded: the guard's folder.
pub const MARK: &str = "PROFILA_GUARD";

/// A small process that outlives this one, and a folder for its temporary files.
///
/// Where this process ends in whatever way, as by SIGKILL, it kills the process groups
/// that are guarded and removes the folder.
///
/// A signal to be sent at the parent's death (`PR_SET_PDEATHSIG`) will not do: it comes
/// when the *thread* ends that started the process, and does not reach its children.
#[derive(Debug)]
pub struct Guard {
    folder: TempDir,
    line: Line,
    watcher: Child,
}

/// The pipe to the watcher.
type Line = Arc<Mutex<Option<ChildStdin>>>;

/// A process group that is guarded until this is dropped.
#[derive(Debug)]
pub struct Guarded {
    group: Pid,
    line: Line,
}

impl Guard {
    /// Makes the folder and starts the process.
    pub fn start() -> io::Result<Self> {
        let folder = tempfile::Builder::new().prefix("profila-").tempdir()?;
        let mut watcher = Command::new("/bin/sh")
            .args(["-c", WATCH, "profila-guard"])
            .arg(folder.path())
            // It must outlive a Ctrl-C, and a working directory need not be kept.
            .process_group(0)
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
        Ok(Self {
            folder,
            line: Arc::new(Mutex::new(watcher.stdin.take())),
            watcher,
        })
    }

    /// A folder for temporary files. Nothing is left of it in the end.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Guards a process group. To be called as soon as it is there.
    pub fn watch(&self, group: Pid) -> Guarded {
        let guarded = Guarded {
            group,
            line: Arc::clone(&self.line),
        };
        guarded.tell('+');
        guarded
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        if let Some(mut line) = open_end(&self.line).take() {
            // It fails only where somebody has killed the watcher.
            line.write_all(b".\n").ok();
        }
        // It ends at once: its pipe is closed.
        self.watcher.wait().ok();
    }
}

impl Guarded {
    /// Tells the watcher of a change.
    fn tell(&self, change: char) {
        if let Some(line) = open_end(&self.line).as_mut() {
            // It fails only where somebody has killed the watcher.
            writeln!(line, "{change} {}", self.group).ok();
        }
    }
}

impl Drop for Guarded {
    fn drop(&mut self) {
        self.tell('-');
    }
}

fn open_end(line: &Line) -> MutexGuard<'_, Option<ChildStdin>> {
    line.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::thread;
    use std::time::Duration;

    use super::*;

    /// A process in a group of its own.
    struct Sleeper(Child);

    impl Sleeper {
        fn start() -> Self {
            let mut command = Command::new("sleep");
            Self(command.arg("600").process_group(0).spawn().unwrap())
        }

        fn group(&self) -> Pid {
            Pid::from_raw(self.0.id().cast_signed())
        }

        /// Ends it, and says whether it had not ended before.
        fn survived(mut self) -> bool {
            // It is not gone in the same moment in which it is killed.
            thread::sleep(Duration::from_millis(50));
            let survived = self.0.try_wait().unwrap().is_none();
            self.0.kill().unwrap();
            self.0.wait().unwrap();
            survived
        }
    }

    /// As if this process were killed before it could tell of what it has started.
    #[test]
    fn what_was_not_told_of_is_known_by_its_environment() {
        let guard = Guard::start().unwrap();
        let start = |variable: &str| {
            let mut command = Command::new("sleep");
            command.arg("600").env(variable, guard.folder());
            Sleeper(command.process_group(0).spawn().unwrap())
        };
        let sleepers = [MARK, "PROFILA_BOOTSTRAP", "PROFILA_METRICS"].map(start);
        // What the end of this process does.
        open_end(&guard.line).take();
        drop(guard);
        assert_eq!(sleepers.map(Sleeper::survived), [false, false, true]);
    }

    #[test]
    fn what_is_guarded_when_the_pipe_is_closed_ends_and_nothing_else() {
        let sleepers = [(); 4].map(|()| Sleeper::start());
        let guard = Guard::start().unwrap();
        let folder = guard.folder().to_owned();
        std::fs::write(folder.join("a file"), "text").unwrap();
        let guarded: Vec<Guarded> = sleepers.iter().map(|it| guard.watch(it.group())).collect();
        // The first and the third are guarded no longer.
        let guarded: Vec<Guarded> = guarded
            .into_iter()
            .enumerate()
            .filter_map(|(index, it)| (index % 2 == 1).then_some(it))
            .collect();
        drop(guard);
        drop(guarded);
        let survived = sleepers.map(Sleeper::survived);
        assert_eq!(survived, [true, false, true, false]);
        assert!(!folder.exists());
    }
}
