//! Seeing to it that nothing is left when profila itself is killed.

use std::io::{self, Write};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use nix::unistd::Pid;

use super::private::PrivateFolder;
use super::search_path;
use crate::error::{Error, Result};

/// Is told which process groups to guard (`+ 7`) and which no longer (`- 7`), a line
/// each, and which folders are to go (`/ PATH`). When the pipe is closed it kills the groups
/// that are left, empties its working directory, and removes it by the name that it has then.
/// That may be another's by now: of what is not empty nothing is removed by its name. The
/// folders lie elsewhere, and go with all that is in them; then the folder that each lies in, if
/// nothing is left there.
///
/// A process that was started in the last moment may not have been told of. It has `$1` in
/// its environment, and the pipe is not closed before it has: what is forked holds it open
/// until it becomes its program. To look for one takes time where there are many
/// processes, so it comes last. Where all was told of (`.`), nobody has to.
const WATCH: &str = r#"
groups= told= mark=$1
shift
while read -r change group; do
    case $change in
        +) groups="$groups $group " ;;
        -) groups="${groups%% $group *} ${groups#* $group }" ;;
        /) set -- "$@" "$group" ;;
        .) told=all ;;
    esac
done
for group in $groups; do kill -s KILL -- "-$group"; done 2>/dev/null
[ "$told" ] || for found in $(cd /proc && grep -lzsxF -e "$mark" [0-9]*/environ); do
    kill -s KILL -- "-${found%/environ}"
done 2>/dev/null
# What was killed a moment ago may still write.
for again in 1 2 3; do
    rm -rf -- ./* ./.[!.]* ./..?* "$@"
    for folder; do rmdir -- "${folder%/*}"; done
    rmdir -- "$(readlink "/proc/$$/cwd")" && break
done 2>/dev/null
"#;

/// The variable by which a process is known to be guarded: the name of the guard's folder.
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
    folder: PrivateFolder,
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
    pub fn start() -> Result<Self> {
        let folder = PrivateFolder::create().map_err(|source| Error::NoTemporaryFolder {
            within: std::env::temp_dir(),
            source,
        })?;
        let watcher = Self::watcher(&folder).map_err(|source| Error::System {
            action: "start a process that guards the runs".to_owned(),
            source,
        });
        let mut watcher = watcher?;
        Ok(Self {
            folder,
            line: Arc::new(Mutex::new(watcher.stdin.take())),
            watcher,
        })
    }

    fn watcher(folder: &PrivateFolder) -> io::Result<Child> {
        Command::new("/bin/sh")
            .args(["-c", WATCH, "profila-guard"])
            .arg(format!("{MARK}={}", folder.name()))
            // It must outlive a Ctrl-C.
            .process_group(0)
            .current_dir(folder.path())
            .env("PATH", search_path::of_system_too())
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
    }

    /// A folder for temporary files, of which nothing is left in the end. The path leads
    /// there for all processes of this user, as long as this one lives.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The value of [`MARK`] in the environment of what is guarded.
    pub fn mark(&self) -> &str {
        self.folder.name()
    }

    /// Where the folder lies now, by its name: for what has to be found there by other
    /// programs, which resolve links.
    pub fn place(&self) -> Result<PathBuf> {
        self.folder.place().map_err(|source| Error::System {
            action: "find the folder for temporary files".to_owned(),
            source,
        })
    }

    /// Has a folder elsewhere removed in the end, with all that is in it, and the folder that
    /// it lies in where that is empty then. To be called before it is there. A path with a line
    /// feed is not guarded.
    pub fn remove_in_the_end(&self, folder: &Path) {
        if let Some(line) = open_end(&self.line).as_mut() {
            let told = [b"/ ", folder.as_os_str().as_bytes(), b"\n"].concat();
            if !told[..told.len() - 1].contains(&b'\n') {
                // It fails only where somebody has killed the watcher.
                line.write_all(&told).ok();
            }
        }
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
    use std::os::unix::process::ExitStatusExt;

    use nix::sys::signal::Signal;

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

        /// Waits for its end, and says whether it was killed. It would sleep for minutes.
        fn was_killed(mut self) -> bool {
            self.0.wait().unwrap().signal() == Some(Signal::SIGKILL as i32)
        }

        /// Ends it, and says whether it had not ended before.
        fn survived(mut self) -> bool {
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
            command.arg("600").env(variable, guard.mark());
            Sleeper(command.process_group(0).spawn().unwrap())
        };
        let [marked, other] = [MARK, "PROFILA_METRICS"].map(start);
        // What the end of this process does.
        open_end(&guard.line).take();
        drop(guard);
        assert!(marked.was_killed());
        assert!(other.survived());
    }

    #[test]
    fn what_is_guarded_when_the_pipe_is_closed_ends_and_nothing_else() {
        let sleepers = [(); 4].map(|()| Sleeper::start());
        let guard = Guard::start().unwrap();
        let folder = guard.folder.place().unwrap();
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
        let [first, second, third, fourth] = sleepers;
        assert!(second.was_killed() && fourth.was_killed());
        assert!(first.survived() && third.survived());
        assert!(!folder.exists());
    }

    /// As if this process were killed with a folder elsewhere.
    #[test]
    fn folders_elsewhere_go_with_what_is_in_them_and_the_one_around_them_if_it_is_empty() {
        let elsewhere = tempfile::tempdir().unwrap();
        let path = |name: &str| elsewhere.path().join(name);
        let guard = Guard::start().unwrap();
        for folder in ["a b/entry", "kept/entry", "kept/users"] {
            guard.remove_in_the_end(&path(folder));
            std::fs::create_dir_all(path(folder)).unwrap();
            std::fs::write(path(folder).join("file"), "text").unwrap();
        }
        guard.remove_in_the_end(&path("kept\n/never"));
        std::fs::write(path("kept/file"), "the user's").unwrap();
        open_end(&guard.line).take();
        drop(guard);
        assert!(!path("a b").exists() && !path("kept/entry").exists());
        assert!(path("kept/file").exists());
    }
}
