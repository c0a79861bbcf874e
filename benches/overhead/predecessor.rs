//! Profila in Python, 0.3.4, which profila succeeds: in an environment of its own, and
//! with the same gdb instead of the gdb 12 that it would download.

use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

use crate::Result;

/// The environment that `make bench` puts it into.
const ENVIRONMENT: &str = ".venv-predecessor";

/// How long one of its runs may take, in seconds. It takes some ten.
const LIMIT: &str = "90";

/// How often a run is tried.
const ATTEMPTS: u32 = 3;

/// An installed predecessor.
pub(crate) struct Predecessor {
    /// Where it looks for its gdb.
    home: TempDir,
}

impl Predecessor {
    /// `None` where it is not installed.
    pub(crate) fn find(gdb: &Path) -> Result<Option<Self>> {
        if !Path::new(ENVIRONMENT).join(".ready").exists() {
            return Ok(None);
        }
        let home = tempfile::tempdir()?;
        let folder = home.path().join(".profila-gdb/bin");
        std::fs::create_dir_all(&folder)?;
        symlink(gdb, folder.join("gdb"))?;
        Ok(Some(Self { home }))
    }

    /// A command that runs a script in the build that it profiles, with nobody watching.
    pub(crate) fn build(&self, script: &[&str]) -> Command {
        let mut command = self.python();
        command.env("NUMBA_DEBUGINFO", "1").args(script);
        command
    }

    /// A command that profiles a script.
    pub(crate) fn annotate(&self, script: &[&str]) -> Command {
        let mut command = self.python();
        command.args(["-m", "profila", "annotate", "--"]);
        command.args(script).env("HOME", self.home.path());
        command
    }

    /// It is ended, with its gdb and the script, where it hangs, as it does now and then.
    #[expect(clippy::unused_self, reason = "only one that was found can be run")]
    fn python(&self) -> Command {
        let mut command = Command::new("timeout");
        command.args(["--signal=KILL", LIMIT]);
        command.arg(format!("{ENVIRONMENT}/bin/python"));
        command.env_remove("VIRTUAL_ENV");
        command
    }
}

/// Has it run until a run comes to an end, three times at most.
pub(crate) fn persist<T>(mut run: impl FnMut() -> Result<T>) -> Result<T> {
    for _ in 1..ATTEMPTS {
        match run() {
            Err(error) => println!("once more: {error}"),
            done => return done,
        }
    }
    run()
}

/// Samples and the part of them that was bad, in percent, from its report.
pub(crate) fn samples(report: &str) -> Option<(f64, f64)> {
    let (_, rest) = report.split_once("Total samples:** ")?;
    let (samples, rest) = rest.split_once(" (")?;
    let bad = rest.split_once("non-Numba samples, ")?.1;
    let (bad, _) = bad.split_once('%')?;
    Some((samples.parse().ok()?, bad.parse().ok()?))
}
