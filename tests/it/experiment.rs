//! One experiment on the examples that many tests look at, since its runs take long: what
//! it was saved as is compared again in as many ways as there are questions.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use profila::compare::{Comparison, Comparisons};
use profila::document;
use profila::recording::Recording;

use crate::harness::{Outcome, Sandbox};

/// The versions, of which the others are compared with the first.
pub(crate) const DITHER: &str = "examples/dither.py";
pub(crate) const DITHER2: &str = "examples/dither2.py";
pub(crate) const REORDERED: &str = "examples/dither2_reordered.py";

/// Rounds of the experiment.
pub(crate) const ROUNDS: u32 = 3;

/// Seconds that a version works for in each run.
const SECONDS: &str = "0.5";

/// What the experiment left.
pub(crate) struct Experiment {
    /// Has the files that are made of it later, too.
    pub(crate) sandbox: Sandbox,
    /// What `diff` printed.
    pub(crate) printed: String,
    /// All comparisons, as JSON.
    pub(crate) several: PathBuf,
}

/// Made by whichever test is first: one of `diff`, of which the tests come before those that
/// wait for it, with enough others between them to keep all processors busy.
pub(crate) static EXPERIMENT: LazyLock<Experiment> = LazyLock::new(|| {
    let sandbox = Sandbox::kept("experiment");
    let several = sandbox.path("several.json");
    let rounds = ROUNDS.to_string();
    let run = sandbox.profila(["diff", "--placebo", "--runs", &rounds, "--save"]);
    let run = run.arg(sandbox.path("runs"));
    let run = run.arg("--export-json").arg(&several);
    let run = run.args([DITHER, DITHER2, REORDERED, "--", SECONDS]);
    let printed = run.outcome().succeeds().stdout();
    Experiment {
        sandbox,
        printed,
        several,
    }
});

impl Experiment {
    /// Where the runs of one version were saved; of `placebo`, too.
    pub(crate) fn recording(&self, version: &str) -> PathBuf {
        let name = Path::new(version).file_name().unwrap();
        let name = format!("runs/{}.json", name.to_str().unwrap());
        self.sandbox.path(&name)
    }

    /// What was saved of one version.
    #[track_caller]
    pub(crate) fn read(&self, version: &str) -> Recording {
        let text = fs::read_to_string(self.recording(version)).unwrap();
        document::read(&text).unwrap()
    }

    /// `diff` of what was saved of two versions.
    #[track_caller]
    pub(crate) fn diff(&self, versions: [&str; 2], arguments: &[&str]) -> Outcome {
        let recordings = versions.map(|version| self.recording(version));
        let run = self.sandbox.profila(["diff"]).args(recordings);
        run.args(arguments).outcome()
    }

    /// The comparison of two versions.
    #[track_caller]
    pub(crate) fn comparison(&self, versions: [&str; 2]) -> Comparison {
        comparison(&self.diff(versions, &["--format=json"]).succeeds())
    }

    /// The comparisons of all versions with the first, and with itself.
    #[track_caller]
    pub(crate) fn comparisons(&self) -> Comparisons {
        document::read(&fs::read_to_string(&self.several).unwrap()).unwrap()
    }
}

/// What `diff --format json` printed.
#[track_caller]
pub(crate) fn comparison(outcome: &Outcome) -> Comparison {
    let stdout = outcome.stdout();
    document::read(&stdout).unwrap_or_else(|error| panic!("{error:?}\n{outcome:?}"))
}
