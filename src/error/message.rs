//! What failed, in a sentence without a full stop.

use std::error;
use std::fmt;
use std::path::Path;
use std::time::Duration;

use super::Error;
use crate::foreign::Foreign;
use crate::text::{Number, Text};

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message().plain())
    }
}

impl error::Error for Error {
    fn source(&self) -> Option<&(dyn error::Error + 'static)> {
        match self {
            Self::MetricsUnreadable { source, .. }
            | Self::Io { source, .. }
            | Self::NoTemporaryFolder { source, .. }
            | Self::PerfDenied { source, .. }
            | Self::System { source, .. } => Some(source),
            _ => None,
        }
    }
}

impl Error {
    /// What failed.
    #[expect(
        clippy::too_many_lines,
        reason = "a table: a sentence for each kind of error, none of which can be forgotten"
    )]
    pub(super) fn message(&self) -> Text {
        match self {
            // The command line, or a file.
            Self::Usage { message, .. } => Text::foreign(message),
            Self::Config(error) => error.message(),
            Self::Region(error) => error.message(),
            Self::Attach(error) => error.message(),
            Self::Unmergeable(error) => error.message(),
            Self::Suite(error) => error.message(),
            Self::Revision(error) => error.message(),
            Self::ScriptMissing { path: script } => {
                Text::from("there is no script ") + file(script)
            }
            Self::RecordingUnreadable { path, .. } => {
                file(path) + " is not a profila recording or comparison"
            }
            Self::SchemaUnknown {
                path,
                found,
                expected,
            } => {
                let found = file(path) + " has the schema " + quoted(found);
                found + ", but this version reads " + quoted(expected)
            }
            Self::MixedOperands { script, recording } => {
                file(script) + " is a script, but " + file(recording) + " is a recording"
            }
            Self::Incomparable { cause } => {
                Text::from("the two sides cannot be compared: ") + Text::foreign(cause)
            }
            Self::OtherCircumstances { .. } => {
                "the baseline was measured in other circumstances".into()
            }
            Self::FileExists { path } => file(path) + " already exists",
            Self::Io { action, path, .. } => Text::from("failed to ") + *action + " " + file(path),
            // What the machine lacks or refused.
            Self::PythonMissing { .. } => "no Python interpreter was found".into(),
            Self::PythonUnusable { python, .. } => {
                file(python) + " cannot be used as the Python interpreter"
            }
            Self::NumbaMissing { python } => {
                Text::from("Numba is not installed for ") + file(python)
            }
            Self::GdbMissing { .. } => "gdb was not found".into(),
            Self::GdbUnusable { gdb, .. } => file(gdb) + " cannot be used as gdb",
            Self::AttachDenied { .. } => "profila could not attach to the script".into(),
            Self::PerfDenied { .. } => "perf_event cannot sample the script".into(),
            Self::GdbDied { during, .. } => {
                Text::from("gdb ended while profila was ") + Text::foreign(during)
            }
            Self::TracerDied { .. } => "the process that traces the script ended too early".into(),
            Self::GdbTimeout { during, after } => {
                let no_answer = Text::from("gdb did not answer within ") + duration(*after);
                no_answer + " while profila was " + Text::foreign(during)
            }
            Self::NoTemporaryFolder { within, .. } => {
                Text::from("failed to create temporary files in ") + file(within)
            }
            Self::System { action, .. } => Text::from("failed to ") + Text::foreign(action),
            // What the script did, or did not do.
            Self::ScriptFailed { run, ending, .. } => Text::foreign(run) + " " + ending.words(),
            Self::NeverCompiled { script, .. } => {
                quoted(script) + " never compiled a Numba function"
            }
            Self::Unheard { script, window } => {
                let when = window.map_or("before Numba compiled anything".into(), |window| {
                    milliseconds(window)
                        + " after Numba first compiled: what it did after that is not measured"
                });
                quoted(script) + UNHEARD + when
            }
            Self::TooShort {
                script,
                samples,
                window,
            } => {
                let too_short = quoted(script) + " ran Numba code too briefly to be sampled: ";
                too_short + Number::new(samples) + " samples in " + milliseconds(*window)
            }
            Self::NotSampled { script, window } => {
                let no_sample = Text::from("no sample of ") + quoted(script);
                no_sample + " could be taken in " + milliseconds(*window)
            }
            Self::TimedOut {
                run,
                limit,
                suspended,
            } => {
                let suspended = suspended
                    .as_ref()
                    .map(|it| Text::from(", and ") + it.words());
                Text::foreign(run) + " took longer than " + duration(*limit) + suspended
            }
            Self::ChannelMisused { run } => {
                Text::foreign(run)
                    + " wrote data of its own to the descriptor on which it reports when Numba \
                       compiles"
            }
            Self::OutputTooLong { run, limit_bytes } => {
                let limit = Number::new(format_args!("{} MB", limit_bytes / 1_000_000));
                Text::foreign(run) + " printed more than " + limit + " to standard output"
            }
            // What of a run's output cannot be used.
            Self::OutputDiffers {
                runs: [one, other], ..
            } => Text::foreign(one) + " and " + Text::foreign(other) + " printed different output",
            Self::OutputMissing { run, pattern } => {
                unmatched(run, pattern) + ", which must be the same in all runs"
            }
            Self::MetricMissing { run, pattern, .. } => unmatched(run, pattern),
            Self::MetricUnusable { run, value } => {
                reported(run, value) + ", which is not a positive number"
            }
            Self::MetricsUnreadable { run, .. } => {
                Text::from("the metrics file of ") + Text::foreign(run) + " cannot be read"
            }
            Self::MetricUnread { run, .. } => {
                let rate = Text::from("the rate that ") + Text::foreign(run);
                rate + " printed cannot be read reliably"
            }
            Self::MetricAmbiguous {
                run,
                value,
                readings,
            } => {
                let [one, other] = readings.map(Number::new);
                let printed = Text::foreign(run) + " printed " + quoted(value);
                printed + ", which may mean " + one + " or " + other
            }
            Self::MetricUndirected { run, value, unit } => {
                let unit = unit.as_ref().map(|unit| Text::from(" in ") + quoted(unit));
                reported(run, value)
                    + unit
                    + ", but profila cannot tell whether higher or lower is better"
            }
            Self::MetricUnit {
                run,
                value,
                unit,
                wanted,
            } => {
                let value = reported(run, value) + " in " + quoted(unit);
                value + ", which cannot be converted to " + quoted(wanted)
            }
            Self::MetricForm {
                run,
                first,
                found,
                wanted,
                ..
            } => {
                let found = Text::foreign(run) + " reported " + Text::foreign(found);
                let wanted = Text::foreign(first) + " reported " + Text::foreign(wanted);
                found + ", but " + wanted
            }
            Self::Interrupted => "interrupted".into(),
        }
    }
}

/// What a script does that can no longer be heard.
const UNHEARD: &str = " closed the descriptor on which it reports when Numba compiles, or replaced \
                       itself with another program, ";

/// A path.
pub(super) fn path(path: &Path) -> Text {
    Text::foreign(&*path.to_string_lossy())
}

/// The same as a sentence names it.
pub(super) fn file(path: &Path) -> Text {
    Text::from("`") + self::path(path) + "`"
}

/// A word of somebody else's as a sentence names it.
pub(super) fn quoted<'t>(word: impl Into<Foreign<'t>>) -> Text {
    Text::from("`") + Text::foreign(word) + "`"
}

fn reported(run: &str, value: &str) -> Text {
    Text::foreign(run) + " reported " + quoted(value)
}

fn unmatched(run: &str, pattern: &str) -> Text {
    Text::foreign(run) + " printed nothing that matches " + quoted(pattern)
}

fn milliseconds(duration: Duration) -> Text {
    Number::new(duration.as_millis()) + " ms"
}

fn duration(duration: Duration) -> Number {
    Number::new(humantime::format_duration(duration))
}
