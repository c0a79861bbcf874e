//! What was measured: the versioned on-disk form of the runs of one variant.
//!
//! A recording holds everything a comparison needs, sources included, so that it
//! can be saved, moved to another machine and compared later. It holds no
//! conclusion: those are made from it, in [`crate::compare`], as often as wanted.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

mod attached;
mod attribution;
mod block;
pub(crate) mod check;
mod code;
mod counter;
mod fingerprint;
#[cfg(test)]
pub(crate) mod fixture;
mod metric;
mod processes;
mod profiled;
mod region;
mod remark;
mod run;

pub use self::attached::Attached;
pub use self::attribution::Attribution;
pub use self::block::{Block, RoundId, Shard};
pub use self::code::{MOST_BYTES, MachineCode};
pub use self::counter::{CountedEvents, Counter, LineEvents};
pub use self::fingerprint::Difference;
pub use self::metric::{Better, Chosen, Metric, MetricSource, ThroughputSource};
pub use self::processes::Processes;
pub use self::profiled::{
    FunctionSamples, InstructionSamples, Lateness, LineSamples, ProfiledRun, SampleCounts,
    StackFrame, StackSamples,
};
pub use self::region::RegionRun;
pub use self::remark::Remark;
pub use self::run::{Run, RunKind};
pub use crate::foreign::ForeignText;
pub use crate::source::Source;

/// The `schema` of the recordings that this version writes.
///
/// It reads all with the same first number. The second one is raised with every field that is
/// added: readers that do not know of it leave it out, and it can be absent.
/// `tests/recordings/` has a recording of each.
pub const SCHEMA: &str = "profila.recording/1.8";

/// The `schema` of those that it reads, as a regular expression.
const READ: &str = r"^profila\.recording/1\.(0|[1-9][0-9]*)$";

/// All runs of one variant, with the sources that were sampled.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Recording {
    /// Always [`SCHEMA`].
    #[schemars(extend("pattern" = READ))]
    pub schema: String,
    /// Equal in recordings whose runs were interleaved in one experiment: only
    /// those are compared round by round.
    pub experiment: String,
    /// When the experiment began, RFC 3339.
    pub created: String,
    /// What was run.
    pub variant: Variant,
    /// What the variant was to the others of the experiment.
    pub role: Role,
    /// Version of the Python that ran it.
    pub python: String,
    /// Version of the Numba that the first run imported. Where a later one imported another,
    /// there is a warning.
    pub numba: String,
    /// Name and version of the sampler, such as `gdb 13.1`.
    pub sampler: String,
    /// The settings that shaped the measurement.
    pub settings: Settings,
    /// Every file with samples, and the variant's own script.
    pub sources: Vec<Source>,
    /// What the compiler said of the user's lines in files with samples, in the control run of
    /// the first round; absent where there was none, or where it was not asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remarks: Option<Vec<Remark>>,
    /// The machine code of the functions with samples, each once.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub code: Vec<MachineCode>,
    /// The runs, a block for each machine that they were made on: at least one.
    pub blocks: Vec<Block>,
    /// What the reader of any report about these runs should know.
    pub warnings: Vec<ForeignText>,
}

impl Recording {
    /// The path of the script or code in [`sources`](Self::sources), where one was
    /// run: it is the first of them. A module has none.
    pub fn script(&self) -> Option<&str> {
        let source = self.sources.first()?;
        let Variant { script, code, .. } = &self.variant;
        (script.is_some() || code.is_some()).then_some(source.path.as_str())
    }

    /// The same with every sample counted for the innermost line alone, whoever
    /// called it.
    #[must_use]
    pub fn seen_from_leaves(mut self) -> Self {
        let profiles = self.runs_mut().filter_map(|run| run.profile.as_mut());
        for line in profiles.flat_map(|profile| &mut profile.lines) {
            line.total = line.self_samples;
            line.owned = line.self_samples;
        }
        self
    }
}

/// What was run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Variant {
    /// Name the user gave, or the script's file name.
    pub name: String,
    /// The script, as the user named it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub script: Option<String>,
    /// The module, for `-m`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub module: Option<String>,
    /// The code, for `-c`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// The process, where it ran before profila attached to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attached: Option<Attached>,
    /// Arguments of the script.
    pub args: Vec<String>,
    /// The revision that it was taken from; absent for what was run where it lies.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revision: Option<Revision>,
}

/// A revision of a repository.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Revision {
    /// As the user wrote it, such as `origin/main`.
    pub name: String,
    /// Its commit, by its full name.
    pub commit: String,
}

/// What a variant is to the others of its experiment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// The one that the others are compared with, or the only one.
    Base,
    /// One that is compared with the base.
    Candidate,
    /// The base once more, under another name: what differs between the two is chance.
    Placebo,
}

/// The settings that shaped the measurement.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Settings {
    /// Requested sampling rate, in Hz.
    pub rate_hz: f64,
    /// Limit on the part of the time for which the script is stopped.
    pub max_stopped: f64,
    /// The rounds after which profila checked whether there was an answer; none where their
    /// number was fixed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub looks: Vec<u32>,
    /// Where the metric of the runs came from.
    pub throughput: MetricSource,
    /// Who chose that.
    #[serde(default, skip_serializing_if = "Chosen::is_default")]
    pub throughput_chosen: Chosen,
    /// A line of output that looks like a rate but was not read, so that the seconds of the
    /// measured window are compared instead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unread_rate: Option<String>,
    /// The region of the script that alone was measured; absent where the whole window was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<ForeignText>,
}

/// Where the runs took place.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
pub struct Machine {
    /// Model name of the processor.
    pub cpu: String,
    /// Logical processors that the runs could use.
    pub cores: usize,
    /// Kernel name and release.
    pub kernel: String,
    /// What tells it from other machines of its kind for as long as it is up: a digest of the
    /// kernel's boot identifier, from which that cannot be learnt. Absent where it is unknown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub boot: Option<String>,
}
