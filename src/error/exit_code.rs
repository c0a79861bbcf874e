//! What the process exits with.

use super::Error;

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

impl Error {
    /// What the process exits with after this error.
    pub const fn exit_code(&self) -> ExitCode {
        match self {
            Self::Attach(error) => error.exit_code(),
            Self::Suite(error) => error.exit_code(),
            Self::Revision(error) => error.exit_code(),
            Self::Usage { .. }
            | Self::Config(_)
            | Self::ScriptMissing { .. }
            | Self::RecordingUnreadable { .. }
            | Self::SchemaUnknown { .. }
            | Self::MixedOperands { .. }
            | Self::Incomparable { .. }
            | Self::OtherCircumstances { .. }
            | Self::MetricUnread { .. }
            | Self::MetricAmbiguous { .. }
            | Self::MetricUndirected { .. }
            | Self::MetricUnit { .. }
            | Self::MetricForm { .. }
            | Self::Unmergeable(_)
            | Self::FileExists { .. } => ExitCode::Usage,
            Self::PythonMissing { .. }
            | Self::PythonUnusable { .. }
            | Self::NumbaMissing { .. }
            | Self::GdbMissing { .. }
            | Self::GdbUnusable { .. }
            | Self::AttachDenied { .. }
            | Self::PerfDenied { .. }
            | Self::GdbDied { .. }
            | Self::TracerDied { .. }
            | Self::GdbTimeout { .. }
            | Self::NotSampled { .. }
            | Self::Io { .. }
            | Self::NoTemporaryFolder { .. }
            | Self::System { .. } => ExitCode::Environment,
            Self::ScriptFailed { .. }
            | Self::NeverCompiled { .. }
            | Self::Unheard { .. }
            | Self::Region(_)
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
