//! Everything that can go wrong, with the exit code and the remedy that go with it.
//!
//! Messages are lowercase fragments without a full stop, which read well inside another
//! sentence. [`Error::render`] makes of one what the user sees; nothing else formats errors.
//!
//! What is said of an error is `Text`, into which nothing foreign gets as it is: `message` has
//! what failed, `cause` why, and `hint` what to do.

mod barrier;
mod cause;
mod config_error;
mod ending;
mod excerpt;
mod exit_code;
mod hint;
mod merge;
mod message;
mod region;
mod render;
mod revision;
mod suite;

use std::io;
use std::path::PathBuf;
use std::time::Duration;

pub use barrier::{AttachBarrier, AttachError, PerfBarrier};
pub use config_error::ConfigError;
pub use ending::{Ending, Suspension};
pub use excerpt::{Excerpt, Position};
pub use exit_code::ExitCode;
pub(crate) use hint::install_numba;
pub use merge::MergeError;
pub use region::{Cause, RegionError, Unnoted};
pub use revision::RevisionError;
pub use suite::{SuiteError, SuiteProblem};

/// A result of this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a command could not do what it was asked. What other modules know is handed over as text.
#[derive(Debug)]
pub enum Error {
    /// The command line asks for something that makes no sense.
    Usage {
        /// What is wrong.
        message: String,
        /// What to write instead.
        hint: Option<String>,
    },

    /// The configuration file says something that makes no sense.
    Config(Box<ConfigError>),

    /// A region of the script cannot be measured.
    Region(Box<RegionError>),

    /// A process that runs already cannot be profiled.
    Attach(AttachError),

    /// A benchmark of a suite cannot be measured.
    Suite(Box<SuiteError>),

    /// A script that was named is not there.
    ScriptMissing {
        /// Where it was looked for.
        path: PathBuf,
    },

    /// No Python interpreter was found.
    PythonMissing {
        /// The places looked at, in order.
        searched: Vec<String>,
    },

    /// The interpreter is there but cannot be used.
    PythonUnusable {
        /// The interpreter.
        python: PathBuf,
        /// What it said, or how it ended.
        cause: String,
    },

    /// The interpreter that was chosen has no Numba.
    NumbaMissing {
        /// The interpreter.
        python: PathBuf,
    },

    /// No gdb was found.
    GdbMissing {
        /// The places looked at, in order.
        searched: Vec<String>,
    },

    /// The gdb that was found does not start, or is too old.
    GdbUnusable {
        /// The program.
        gdb: PathBuf,
        /// What it said, or how it ended.
        cause: String,
    },

    /// An earlier revision cannot be measured.
    Revision(Box<RevisionError>),

    /// A baseline was measured in other circumstances.
    OtherCircumstances {
        /// What differs, each with what it was and is.
        differences: Vec<String>,
    },

    /// gdb runs, but the system does not let it attach to the script.
    AttachDenied {
        /// What stands in the way, as far as it is known.
        barrier: AttachBarrier,
        /// gdb's own words.
        cause: String,
    },

    /// The system does not let this process sample others with the kernel's clocks.
    PerfDenied {
        /// What stands in the way, as far as it is known.
        barrier: PerfBarrier,
        /// The system's own words.
        source: io::Error,
    },

    /// gdb ended in the middle of a run.
    GdbDied {
        /// What was being done, such as `taking a sample`.
        during: String,
        /// Its last words, or how it ended.
        cause: String,
    },

    /// The process that traces the script ended before that.
    TracerDied {
        /// How it ended.
        cause: String,
    },

    /// gdb did not answer in time.
    GdbTimeout {
        /// What was being done, such as `taking a sample`.
        during: String,
        /// How long it was waited for.
        after: Duration,
    },

    /// The script ended with something other than exit code 0.
    ScriptFailed {
        /// Which run, such as ``the timed run of `before` in round 1``.
        run: String,
        /// How it ended.
        ending: Ending,
        /// The end of its standard error, where it was not passed on already.
        stderr: String,
    },

    /// The script ended without Numba compiling or loading anything.
    NeverCompiled {
        /// The script.
        script: String,
        /// Processor time of its child processes.
        in_children: Duration,
    },

    /// The script could not be heard any more before, or soon after, Numba compiled something.
    Unheard {
        /// The script.
        script: String,
        /// Length of the measured window, if there was one.
        window: Option<Duration>,
    },

    /// The measured window gave too few samples to say anything.
    TooShort {
        /// The script.
        script: String,
        /// Samples in the measured window.
        samples: u64,
        /// Length of the measured window.
        window: Duration,
    },

    /// The measured window was long enough, and no sample was taken in it.
    NotSampled {
        /// The script.
        script: String,
        /// Length of the measured window.
        window: Duration,
    },

    /// A run took longer than it may.
    TimedOut {
        /// Which run.
        run: String,
        /// The limit.
        limit: Duration,
        /// What the script was suspended by, where it was suspended in the end.
        suspended: Option<Suspension>,
    },

    /// A run wrote to the descriptor on which it reports, and without end.
    ChannelMisused {
        /// Which run.
        run: String,
    },

    /// A run printed more than profila keeps.
    OutputTooLong {
        /// Which run.
        run: String,
        /// The limit.
        limit_bytes: usize,
    },

    /// Two runs that had to print the same did not.
    OutputDiffers {
        /// The runs.
        runs: [String; 2],
        /// What each printed where they first differ.
        said: [String; 2],
    },

    /// A run printed nothing of what had to be the same.
    OutputMissing {
        /// Which run.
        run: String,
        /// The pattern.
        pattern: String,
    },

    /// A run's output holds no value of the metric.
    MetricMissing {
        /// Which run.
        run: String,
        /// The pattern.
        pattern: String,
        /// The end of its standard output.
        stdout: String,
    },

    /// A run reported a metric that cannot be compared.
    MetricUnusable {
        /// Which run.
        run: String,
        /// The value as it was reported.
        value: String,
    },

    /// The file that `PROFILA_METRICS` names cannot be read.
    MetricsUnreadable {
        /// Which run.
        run: String,
        /// What the file is, or what the system said.
        source: io::Error,
    },

    /// A run's output has a rate that can be read in more than one way.
    MetricUnread {
        /// Which run.
        run: String,
        /// The line, and the patterns that would read it.
        line: String,
    },

    /// What a pattern matched can be read in more than one way.
    MetricAmbiguous {
        /// Which run.
        run: String,
        /// The digits.
        value: String,
        /// The numbers that they can be.
        readings: [f64; 2],
    },

    /// It is not known which direction of a metric is better.
    MetricUndirected {
        /// Which run.
        run: String,
        /// The value as it was reported.
        value: String,
        /// Its unit, where it has one.
        unit: Option<String>,
    },

    /// A run reported its metric in a unit that does not become the one that is set.
    MetricUnit {
        /// Which run.
        run: String,
        /// The value as it was reported.
        value: String,
        /// Its unit.
        unit: String,
        /// The `unit` of the configuration.
        wanted: String,
    },

    /// A run reported its metric in another form than the runs before it.
    MetricForm {
        /// Which run.
        run: String,
        /// The run that was the first to report.
        first: String,
        /// The form, such as ``a value in `rows/s` ``.
        found: String,
        /// The form of the first.
        wanted: String,
        /// What of its output looks like a rate and was not read; empty where nothing does.
        unread: String,
    },

    /// A file that should be a recording or comparison cannot be read as one.
    RecordingUnreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        cause: String,
    },

    /// A recording or comparison of another version of profila.
    SchemaUnknown {
        /// The file.
        path: PathBuf,
        /// Its `schema`.
        found: String,
        /// The one that was expected.
        expected: String,
    },

    /// One operand is a script and the other a recording.
    MixedOperands {
        /// The script.
        script: PathBuf,
        /// The recording.
        recording: PathBuf,
    },

    /// Two sides that measured different things.
    Incomparable {
        /// What differs.
        cause: String,
    },

    /// Parts of an experiment that cannot be joined.
    Unmergeable(Box<MergeError>),

    /// A file that would be written is there already.
    FileExists {
        /// The file.
        path: PathBuf,
    },

    /// A file cannot be read or written.
    Io {
        /// The verb, such as `read`.
        action: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },

    /// There is no place for temporary files.
    NoTemporaryFolder {
        /// Where it was to be: `TMPDIR`, or the system's.
        within: PathBuf,
        /// What the system said.
        source: io::Error,
    },

    /// The system refused something that has no path: a process, a pipe, a signal.
    System {
        /// What was tried, such as `start the script`.
        action: String,
        /// What the system said.
        source: io::Error,
    },

    /// The user interrupted the command.
    Interrupted,
}
