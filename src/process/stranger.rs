//! A process that was not started by profila: what can be known of it without stopping it.
//!
//! Nothing of it is run, not even its interpreter: it may be another user's.

use std::fs;
use std::path::{Path, PathBuf};

use nix::unistd::{Pid, SysconfVar, Uid, sysconf};
use procfs::process::Process;
use serde::Deserialize;

use super::inspect::{is_alive, is_suspended, mappings};
use crate::error::{AttachError, Result};
use crate::regular_file::{self, Links};

/// The name of the folder in which a process that calls `profila.emit_line_tables()` keeps what
/// belongs to its code (`python/profila/emission.py`).
const FOLDER: &str = "profila-twins";

/// Bytes of a file of that folder that are read.
const MOST_BYTES: u64 = 64_000_000;

/// Files of that folder that are read.
const MOST_FILES: usize = 10_000;

/// Characters of a command line that are kept.
const LONGEST_COMMAND: usize = 200;

/// A process that was not started by profila.
#[derive(Clone, Debug)]
pub struct Stranger {
    /// Its number.
    pub pid: Pid,
    /// Its command line, shortened.
    pub command: String,
    /// Its working directory; the root where that cannot be seen.
    pub working_dir: PathBuf,
    /// Folders of installed code, as far as something of them is mapped.
    pub library_dirs: Vec<PathBuf>,
    /// The interpreter, as it calls that: beside it may be a gdb. `None` where it is another
    /// user's, whose programs are not run.
    pub interpreter: Option<PathBuf>,
    /// Where it keeps what belongs to its code, if it does.
    pub emission: Option<PathBuf>,
    /// What it says of itself there.
    pub about: About,
}

/// What a process says of itself that has called `profila.emit_line_tables()`.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct About {
    /// The version of Python.
    pub python: Option<String>,
    /// The version of Numba.
    pub numba: Option<String>,
    /// Why its code has no line tables all the same.
    pub problem: Option<String>,
}

/// A text that is in no file.
#[derive(Debug, Deserialize)]
pub struct KeptText {
    /// Its name, as the compiler was given it.
    pub name: String,
    /// The text; `None` where Python has not kept it.
    pub text: Option<String>,
}

/// What a process has used so far.
#[derive(Clone, Copy, Debug, Default)]
pub struct Used {
    /// Seconds of processor time, without child processes.
    pub cpu_s: f64,
    /// Largest resident set, in bytes.
    pub peak_rss_bytes: u64,
}

impl Stranger {
    /// Looks at a process.
    ///
    /// Fails where there is none of this number, where it is suspended, and where it is this one
    /// or has started it: that may wait for this one.
    pub fn find(number: u32) -> Result<Self> {
        let pid = Pid::from_raw(number.cast_signed());
        let missing = || AttachError::Missing { pid: number };
        let process = Process::new(pid.as_raw()).map_err(|_| missing())?;
        // The number of a thread is no process, although the kernel shows it as one.
        let is_process = process.status().is_ok_and(|it| it.tgid == pid.as_raw());
        if !is_process || !is_alive(pid) {
            return Err(missing().into());
        }
        if is_ancestor_or_this(pid) {
            return Err(AttachError::Own { pid: number }.into());
        }
        if is_suspended(pid) {
            return Err(AttachError::Suspended { pid: number }.into());
        }
        let emission = emission(pid);
        let about = emission.as_deref().and_then(about).unwrap_or_default();
        let mapped = mappings(pid).unwrap_or_default().into_iter();
        let mapped: Vec<PathBuf> = mapped.map(|it| it.path).collect();
        let words = process.cmdline().unwrap_or_default();
        Ok(Self {
            pid,
            command: command(&words),
            working_dir: process.cwd().unwrap_or_else(|_| PathBuf::from("/")),
            library_dirs: library_dirs(&mapped),
            interpreter: interpreter(&process, &words),
            about: about.or(&mapped),
            emission,
        })
    }

    /// The texts of its code that are in no file, as far as it keeps them.
    pub fn texts(&self) -> Vec<KeptText> {
        let Some(entries) = self.emission.as_ref().and_then(|it| fs::read_dir(it).ok()) else {
            return Vec::new();
        };
        let files = entries.flatten().map(|entry| entry.path());
        let texts = files.filter(|path| path.extension().is_some_and(|it| it == "text"));
        texts.take(MOST_FILES).filter_map(|it| read(&it)).collect()
    }

    /// What it has used until now; nothing where it is gone.
    pub fn used(&self) -> Used {
        let Ok(process) = Process::new(self.pid.as_raw()) else {
            return Used::default();
        };
        let ticks = process.stat().map_or(0, |it| it.utime + it.stime);
        let peak_kib = process.status().ok().and_then(|it| it.vmhwm);
        Used {
            cpu_s: seconds(ticks),
            peak_rss_bytes: peak_kib.unwrap_or_default() * 1024,
        }
    }
}

impl About {
    /// The same, completed by the names of the files that are mapped.
    fn or(self, mapped: &[PathBuf]) -> Self {
        Self {
            python: self.python.or_else(|| python_version(mapped)),
            numba: self.numba.or_else(|| numba_version(mapped)),
            problem: self.problem,
        }
    }
}

/// Seconds of so many ticks of the kernel's clock for processor time.
#[expect(
    clippy::cast_precision_loss,
    reason = "a process uses far less than 2^52 ticks"
)]
fn seconds(ticks: u64) -> f64 {
    let hz = sysconf(SysconfVar::CLK_TCK).ok().flatten().unwrap_or(100);
    ticks as f64 / hz as f64
}

/// Whether a process is this one, or one that has started it, or has started that.
fn is_ancestor_or_this(pid: Pid) -> bool {
    let mut next = Some(Pid::this().as_raw());
    while let Some(number) = next.filter(|number| *number > 0) {
        if number == pid.as_raw() {
            return true;
        }
        let stat = Process::new(number).and_then(|it| it.stat());
        next = stat.ok().map(|stat| stat.ppid);
    }
    false
}

/// A command line in one line.
fn command(words: &[String]) -> String {
    let quoted = words.iter().map(|word| {
        let is_plain = !word.is_empty() && !word.contains(char::is_whitespace);
        if is_plain {
            word.clone()
        } else {
            format!("'{word}'")
        }
    });
    let line = quoted.collect::<Vec<String>>().join(" ");
    match line.char_indices().nth(LONGEST_COMMAND) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}

/// The interpreter, by the name that it was started with, where that is a whole path. That of an
/// environment is a link.
fn interpreter(process: &Process, words: &[String]) -> Option<PathBuf> {
    let is_own = process.uid().ok()? == Uid::effective().as_raw();
    let named = words.first().map(PathBuf::from);
    let named = named.filter(|path| path.is_absolute() && path.is_file());
    named.or_else(|| process.exe().ok()).filter(|_| is_own)
}

/// The folder that the process holds open, through its descriptor.
fn emission(pid: Pid) -> Option<PathBuf> {
    let descriptors = fs::read_dir(format!("/proc/{pid}/fd")).ok()?;
    let paths = descriptors.flatten().map(|entry| entry.path());
    let mut folders = paths.filter(|path| {
        let target = fs::read_link(path);
        target.is_ok_and(|it| it.file_name().is_some_and(|name| name == FOLDER))
    });
    folders.find(|path| fs::metadata(path).is_ok_and(|it| it.is_dir()))
}

fn about(folder: &Path) -> Option<About> {
    read(&folder.join("about.json"))
}

fn read<T: for<'de> Deserialize<'de>>(path: &Path) -> Option<T> {
    let bytes = regular_file::read(path, Links::Refused, MOST_BYTES).ok()?;
    serde_json::from_slice(&bytes).ok()
}

/// The folders of installed packages and of the standard library that something is mapped of.
fn library_dirs(mapped: &[PathBuf]) -> Vec<PathBuf> {
    let mut folders: Vec<PathBuf> = mapped.iter().filter_map(|it| library_dir(it)).collect();
    folders.sort();
    folders.dedup();
    folders
}

fn library_dir(file: &Path) -> Option<PathBuf> {
    let named = |dir: &Path, names: &[&str]| {
        let name = dir.file_name().unwrap_or_default();
        names.iter().any(|it| name == *it)
    };
    let mut above = file.ancestors().skip(1);
    above.find_map(|dir| {
        if named(dir, &["site-packages", "dist-packages"]) {
            return Some(dir.to_owned());
        }
        // Beside it are the modules in Python of the standard library.
        let of_standard = named(dir, &["lib-dynload"]).then(|| dir.parent());
        of_standard.flatten().map(Path::to_path_buf)
    })
}

/// The version of Python, such as `3.11`, by the name of the standard library's folder.
fn python_version(mapped: &[PathBuf]) -> Option<String> {
    let mut folders = mapped.iter().filter_map(|it| library_dir(it));
    folders.find_map(|dir| {
        let version = dir.file_name()?.to_str()?.strip_prefix("python")?;
        Some(version.to_owned())
    })
}

/// The version of Numba, by the name of its metadata's folder beside it.
fn numba_version(mapped: &[PathBuf]) -> Option<String> {
    let of_numba = |path: &&PathBuf| path.components().any(|it| it.as_os_str() == "numba");
    let mut packages = mapped
        .iter()
        .filter(of_numba)
        .filter_map(|it| library_dir(it));
    packages.find_map(|dir| {
        let mut entries = fs::read_dir(dir).ok()?.flatten();
        entries.find_map(|entry| {
            let name = entry.file_name();
            let rest = name.to_str()?.strip_prefix("numba-")?;
            Some(rest.strip_suffix(".dist-info")?.to_owned())
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Error;

    #[track_caller]
    fn check_refused(number: u32, expected: &AttachError) {
        match Stranger::find(number) {
            Err(Error::Attach(error)) => assert_eq!(error, *expected),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn this_process_and_its_parent_are_refused_and_so_is_none() {
        let this = std::process::id();
        check_refused(this, &AttachError::Own { pid: this });
        let parent = Pid::parent().as_raw().cast_unsigned();
        check_refused(parent, &AttachError::Own { pid: parent });
        let none = i32::MAX.cast_unsigned();
        check_refused(none, &AttachError::Missing { pid: none });
    }

    #[track_caller]
    fn check_dir(file: &str, expected: Option<&str>) {
        assert_eq!(library_dir(Path::new(file)), expected.map(PathBuf::from));
    }

    #[test]
    fn installed_code_is_known_by_what_is_mapped_of_it() {
        check_dir(
            "/v/lib/python3.11/site-packages/numba/a.so",
            Some("/v/lib/python3.11/site-packages"),
        );
        check_dir(
            "/usr/lib/python3.11/lib-dynload/_ctypes.so",
            Some("/usr/lib/python3.11"),
        );
        check_dir("/usr/lib/libm.so.6", None);
        let mapped = [PathBuf::from("/usr/lib/python3.11/lib-dynload/_ctypes.so")];
        assert_eq!(python_version(&mapped).as_deref(), Some("3.11"));
    }

    #[test]
    fn a_command_line_is_one_line_and_not_too_long() {
        let words = |words: &[&str]| words.iter().map(|&it| it.to_owned()).collect::<Vec<_>>();
        assert_eq!(
            command(&words(&["python", "a b.py", ""])),
            "python 'a b.py' ''"
        );
        let long = command(&words(&[&"é".repeat(500)]));
        assert_eq!(long.chars().count(), LONGEST_COMMAND + 1);
    }
}
