//! Errors and the exit codes that go with them.

/// The exit codes of `profila`, as `docs/exit-codes.md` lists them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExitCode {
    /// Done, and the gate, if any, passed.
    Success,
    /// The gate failed, confirmed.
    GateFailed,
    /// The command line or the configuration is wrong.
    Usage,
    /// The gate could not decide, and `on-inconclusive` is `fail`.
    GateInconclusive,
    /// gdb, ptrace, Python or Numba cannot do what is needed.
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
