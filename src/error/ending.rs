//! How processes end, and what holds them up.

use std::fmt;

use crate::text::{Number, Text};

/// How a process that failed came to its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ending {
    /// It exited with this code.
    Code(i32),
    /// A signal ended it, by its name, such as `SIGSEGV`.
    Signal(String),
}

impl Ending {
    /// What the process did, in words.
    pub(super) fn words(&self) -> Text {
        match self {
            Self::Code(code) => Text::from("failed with exit code ") + Number::new(code),
            Self::Signal(name) => Text::from("was killed by ") + Text::label(name),
        }
    }
}

impl fmt::Display for Ending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.words().plain())
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

impl Suspension {
    /// What happened to the script, in words.
    pub(super) fn words(&self) -> Text {
        match self {
            Self::Signal(name) => Text::from("was suspended by ") + Text::label(name),
            Self::Unknown => "was suspended".into(),
        }
    }
}
