//! Everything that can go wrong, with the exit code and the remedy that go with it.
//!
//! Messages are lowercase fragments without a full stop: they read well after
//! `error: ` and inside another sentence. [`Error::render`] makes of one what the
//! user sees; nothing else formats errors.

mod excerpt;
mod render;

use std::fmt;
use std::io;
use std::path::PathBuf;
use std::time::Duration;

pub use excerpt::{Excerpt, Position};
pub(crate) use render::install_numba;

/// A result of this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// The exit codes of `profila`, as `docs/exit-codes.md` lists them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExitCode {
    /// Done, and the gate, if any, passed.
    Success,
    /// The gate failed, confirmed.
    GateFailed,
    /// The command line, the configuration or a recording is wrong.
    Usage,
    /// The gate could not decide, and `on-inconclusive` is `fail`.
    GateInconclusive,
    /// gdb, ptrace, Python, Numba or the file system cannot do what is needed.
    Environment,
    /// The script failed, timed out or gave nothing to measure.
    Script,
    /// Interrupted by the user.
    Interrupted,
}

impl ExitCode {
    /// The number the process exits with.
    pub const fn code(self) -> u8 {
        match self {
            Self::Success => 0,
            Self::GateFailed => 1,
            Self::Usage => 2,
            Self::GateInconclusive => 3,
            Self::Environment => 4,
            Self::Script => 5,
            Self::Interrupted => 130,
        }
    }
}

/// Why a command could not do what it was asked.
///
/// Paths are shown as they are; everything else that other modules know is handed
/// over as text, so that this one depends on none of them.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The command line asks for something that makes no sense.
    #[error("{message}")]
    Usage {
        /// What is wrong.
        message: String,
        /// What to write instead.
        hint: Option<String>,
    },

    /// The configuration file says something that makes no sense.
    #[error(transparent)]
    Config(Box<ConfigError>),

    /// A script that was named is not there.
    #[error("there is no script `{}`", path.display())]
    ScriptMissing {
        /// Where it was looked for.
        path: PathBuf,
    },

    /// No Python interpreter was found.
    #[error("no Python interpreter was found")]
    PythonMissing {
        /// The places looked at, in order.
        searched: Vec<String>,
    },

    /// The interpreter is there but cannot be used.
    #[error("`{}` cannot be used as the Python interpreter", python.display())]
    PythonUnusable {
        /// The interpreter.
        python: PathBuf,
        /// What it said, or how it ended.
        cause: String,
    },

    /// The interpreter that was chosen has no Numba.
    #[error("Numba is not installed for `{}`", python.display())]
    NumbaMissing {
        /// The interpreter.
        python: PathBuf,
    },

    /// No gdb was found.
    #[error("gdb was not found")]
    GdbMissing {
        /// The places looked at, in order.
        searched: Vec<String>,
    },

    /// The gdb that was found does not start, or is too old.
    #[error("`{}` cannot be used as gdb", gdb.display())]
    GdbUnusable {
        /// The program.
        gdb: PathBuf,
        /// What it said, or how it ended.
        cause: String,
    },

    /// gdb runs, but the system does not let it attach to the script.
    #[error("gdb could not attach to the script")]
    AttachDenied {
        /// What stands in the way, as far as it is known.
        barrier: AttachBarrier,
        /// gdb's own words.
        cause: String,
    },

    /// gdb ended in the middle of a run.
    #[error("gdb ended while profila was {during}")]
    GdbDied {
        /// What was being done, such as `taking a sample`.
        during: String,
        /// Its last words, or how it ended.
        cause: String,
    },

    /// gdb did not answer in time.
    #[error(
        "gdb did not answer within {} while profila was {during}",
        humantime::format_duration(*after)
    )]
    GdbTimeout {
        /// What was being done, such as `taking a sample`.
        during: String,
        /// How long it was waited for.
        after: Duration,
    },

    /// The script ended with something other than exit code 0.
    #[error("{run} {ending}")]
    ScriptFailed {
        /// Which run, such as ``the timed run of `before` in round 1``.
        run: String,
        /// How it ended.
        ending: Ending,
        /// The end of its standard error, where it was not passed on already.
        stderr: String,
    },

    /// The script ended without Numba compiling or loading anything.
    #[error("`{script}` never compiled a Numba function")]
    NeverCompiled {
        /// The script.
        script: String,
        /// Processor time of its child processes.
        in_children: Duration,
    },

    /// The script could not be heard any more before Numba compiled or loaded anything.
    #[error(
        "`{script}` closed the descriptor on which it reports when Numba compiles, or replaced \
         itself with another program, before Numba compiled anything"
    )]
    Unheard {
        /// The script.
        script: String,
    },

    /// The script could not be heard any more soon after Numba had compiled something.
    #[error(
        "`{script}` closed the descriptor on which it reports when Numba compiles, or replaced \
         itself with another program, {} ms after Numba first compiled: what it did after that is \
         not measured",
        window.as_millis()
    )]
    UnheardSoon {
        /// The script.
        script: String,
        /// Length of the measured window.
        window: Duration,
    },

    /// The measured window gave too few samples to say anything.
    #[error(
        "`{script}` ran Numba code too briefly to be sampled: {samples} samples in {} ms",
        window.as_millis()
    )]
    TooShort {
        /// The script.
        script: String,
        /// Samples in the measured window.
        samples: u64,
        /// Length of the measured window.
        window: Duration,
    },

    /// The measured window was long enough, and no sample was taken in it.
    #[error("no sample of `{script}` could be taken in {} ms", window.as_millis())]
    NotSampled {
        /// The script.
        script: String,
        /// Length of the measured window.
        window: Duration,
    },

    /// A run took longer than it may.
    #[error(
        "{run} took longer than {}{}",
        humantime::format_duration(*limit),
        suspended.as_ref().map(|it| format!(", and {it}")).unwrap_or_default()
    )]
    TimedOut {
        /// Which run.
        run: String,
        /// The limit.
        limit: Duration,
        /// What the script was suspended by, where it was suspended in the end.
        suspended: Option<Suspension>,
    },

    /// A run wrote to the descriptor on which it reports, and without end.
    #[error(
        "{run} wrote data of its own to the descriptor on which it reports when Numba compiles"
    )]
    ChannelMisused {
        /// Which run.
        run: String,
    },

    /// A run printed more than profila keeps.
    #[error("{run} printed more than {} MB to standard output", limit_bytes / 1_000_000)]
    OutputTooLong {
        /// Which run.
        run: String,
        /// The limit.
        limit_bytes: usize,
    },

    /// Two runs that had to print the same did not.
    #[error("{} and {} printed different output", runs[0], runs[1])]
    OutputDiffers {
        /// The runs.
        runs: [String; 2],
        /// What each printed where they first differ.
        said: [String; 2],
    },

    /// A run printed nothing of what had to be the same.
    #[error("{run} printed nothing that matches `{pattern}`, which must be the same in all runs")]
    OutputMissing {
        /// Which run.
        run: String,
        /// The pattern.
        pattern: String,
    },

    /// A run's output holds no value of the metric.
    #[error("{run} printed nothing that matches `{pattern}`")]
    MetricMissing {
        /// Which run.
        run: String,
        /// The pattern.
        pattern: String,
        /// The end of its standard output.
        stdout: String,
    },

    /// A run reported a metric that cannot be compared.
    #[error("{run} reported `{value}`, which is not a positive number")]
    MetricUnusable {
        /// Which run.
        run: String,
        /// The value as it was reported.
        value: String,
    },

    /// The file that `PROFILA_METRICS` names cannot be read.
    #[error("the metrics file of {run} cannot be read")]
    MetricsUnreadable {
        /// Which run.
        run: String,
        /// What the file is, or what the system said.
        source: io::Error,
    },

    /// A run's output has a rate that can be read in more than one way.
    #[error("the rate that {run} printed cannot be read reliably")]
    MetricUnread {
        /// Which run.
        run: String,
        /// The line, and the patterns that would read it.
        line: String,
    },

    /// What a pattern matched can be read in more than one way.
    #[error("{run} printed `{value}`, which may mean {} or {}", readings[0], readings[1])]
    MetricAmbiguous {
        /// Which run.
        run: String,
        /// The digits.
        value: String,
        /// The numbers that they can be.
        readings: [f64; 2],
    },

    /// It is not known which direction of a metric is better.
    #[error(
        "{run} reported `{value}`{}, but profila cannot tell whether higher or lower is better",
        unit.as_ref().map(|unit| format!(" in `{unit}`")).unwrap_or_default()
    )]
    MetricUndirected {
        /// Which run.
        run: String,
        /// The value as it was reported.
        value: String,
        /// Its unit, where it has one.
        unit: Option<String>,
    },

    /// A run reported its metric in a unit that does not become the one that is set.
    #[error("{run} reported `{value}` in `{unit}`, which cannot be converted to `{wanted}`")]
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
    #[error("{run} reported {found}, but {first} reported {wanted}")]
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
    #[error("`{}` is not a profila recording or comparison", path.display())]
    RecordingUnreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        cause: String,
    },

    /// A recording or comparison of another version of profila.
    #[error("`{}` has the schema `{found}`, but this version reads `{expected}`", path.display())]
    SchemaUnknown {
        /// The file.
        path: PathBuf,
        /// Its `schema`.
        found: String,
        /// The one that was expected.
        expected: String,
    },

    /// One operand is a script and the other a recording.
    #[error(
        "`{}` is a script, but `{}` is a recording",
        script.display(),
        recording.display()
    )]
    MixedOperands {
        /// The script.
        script: PathBuf,
        /// The recording.
        recording: PathBuf,
    },

    /// Two sides that measured different things.
    #[error("the two sides cannot be compared: {cause}")]
    Incomparable {
        /// What differs.
        cause: String,
    },

    /// A file that would be written is there already.
    #[error("`{}` already exists", path.display())]
    FileExists {
        /// The file.
        path: PathBuf,
    },

    /// A file cannot be read or written.
    #[error("failed to {action} `{}`", path.display())]
    Io {
        /// The verb, such as `read`.
        action: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },

    /// There is no place for temporary files.
    #[error("failed to create temporary files in `{}`", within.display())]
    NoTemporaryFolder {
        /// Where it was to be: `TMPDIR`, or the system's.
        within: PathBuf,
        /// What the system said.
        source: io::Error,
    },

    /// The system refused something that has no path: a process, a pipe, a signal.
    #[error("failed to {action}")]
    System {
        /// What was tried, such as `start the script`.
        action: String,
        /// What the system said.
        source: io::Error,
    },

    /// The user interrupted the command.
    #[error("interrupted")]
    Interrupted,
}

/// An error at one place of a configuration file.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{message} at {excerpt}")]
pub struct ConfigError {
    /// What is wrong.
    pub message: String,
    /// Where, with the text of the file.
    pub excerpt: Excerpt,
    /// What is said at the caret; may be empty.
    pub label: String,
    /// What to write instead.
    pub hint: Option<String>,
}

/// What keeps gdb from attaching to a process of the same user.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AttachBarrier {
    /// The Yama security module, by its `kernel.yama.ptrace_scope`.
    Yama {
        /// 1 allows named tracers, 2 administrators, 3 nobody.
        scope: u8,
    },
    /// A container or sandbox without the `SYS_PTRACE` capability.
    Container,
    /// Another debugger, tracer or profiler holds the process.
    OtherTracer,
    /// Nothing that is recognised.
    Unknown,
}

/// How a process that failed came to its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ending {
    /// It exited with this code.
    Code(i32),
    /// A signal ended it, by its name, such as `SIGSEGV`.
    Signal(String),
}

impl fmt::Display for Ending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Code(code) => write!(f, "failed with exit code {code}"),
            Self::Signal(name) => write!(f, "was killed by {name}"),
        }
    }
}

/// What suspended a script, as far as it is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Suspension {
    /// A signal, by its name, such as `SIGTTIN`.
    Signal(String),
    /// Nothing says what it was.
    Unknown,
}

impl fmt::Display for Suspension {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Signal(name) => write!(f, "was suspended by {name}"),
            Self::Unknown => write!(f, "was suspended"),
        }
    }
}

impl From<ConfigError> for Error {
    fn from(error: ConfigError) -> Self {
        Self::Config(Box::new(error))
    }
}

impl Error {
    /// A [`Error::Usage`] with a remedy.
    pub fn usage(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::Usage {
            message: message.into(),
            hint: Some(hint.into()),
        }
    }

    /// What the process exits with after this error.
    pub const fn exit_code(&self) -> ExitCode {
        match self {
            Self::Usage { .. }
            | Self::Config(_)
            | Self::ScriptMissing { .. }
            | Self::RecordingUnreadable { .. }
            | Self::SchemaUnknown { .. }
            | Self::MixedOperands { .. }
            | Self::Incomparable { .. }
            | Self::MetricUnread { .. }
            | Self::MetricAmbiguous { .. }
            | Self::MetricUndirected { .. }
            | Self::MetricUnit { .. }
            | Self::MetricForm { .. }
            | Self::FileExists { .. } => ExitCode::Usage,
            Self::PythonMissing { .. }
            | Self::PythonUnusable { .. }
            | Self::NumbaMissing { .. }
            | Self::GdbMissing { .. }
            | Self::GdbUnusable { .. }
            | Self::AttachDenied { .. }
            | Self::GdbDied { .. }
            | Self::GdbTimeout { .. }
            | Self::NotSampled { .. }
            | Self::Io { .. }
            | Self::NoTemporaryFolder { .. }
            | Self::System { .. } => ExitCode::Environment,
            Self::ScriptFailed { .. }
            | Self::NeverCompiled { .. }
            | Self::Unheard { .. }
            | Self::UnheardSoon { .. }
            | Self::TooShort { .. }
            | Self::TimedOut { .. }
            | Self::ChannelMisused { .. }
            | Self::OutputTooLong { .. }
            | Self::OutputDiffers { .. }
            | Self::OutputMissing { .. }
            | Self::MetricMissing { .. }
            | Self::MetricsUnreadable { .. }
            | Self::MetricUnusable { .. } => ExitCode::Script,
            Self::Interrupted => ExitCode::Interrupted,
        }
    }
}
