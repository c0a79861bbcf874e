//! An error of each kind that holds foreign text.

use std::io;
use std::path::PathBuf;
use std::time::Duration;

use crate::error::{
    AttachBarrier, Cause, ConfigError, Ending, Error, Excerpt, MergeError, RegionError, SuiteError,
    SuiteProblem, Suspension, Unnoted,
};

fn path(path: &str) -> PathBuf {
    PathBuf::from(path)
}

/// One of each kind that holds foreign text, with this text.
pub(super) fn foreign_errors(text: &str) -> Vec<Error> {
    let mut errors = foreign_input(text);
    errors.extend(foreign_machines(text));
    errors.extend(foreign_scripts(text));
    errors.extend(foreign_suites(text));
    errors.extend(foreign_regions(text));
    errors.extend(foreign_metrics(text));
    errors
}

fn foreign_input(text: &str) -> Vec<Error> {
    let owned = || text.to_owned();
    let end = text.len();
    let config = ConfigError {
        message: owned(),
        excerpt: Excerpt {
            path: owned(),
            text: format!("{text}\nrate = 1\n"),
            span: end / 2..end,
        },
        label: owned(),
        hint: Some(owned()),
    };
    vec![
        Error::usage(text, text),
        config.into(),
        Error::ScriptMissing { path: path(text) },
        Error::RecordingUnreadable {
            path: path(text),
            cause: owned(),
        },
        Error::SchemaUnknown {
            path: path(text),
            found: owned(),
            expected: owned(),
        },
        Error::MixedOperands {
            script: path(text),
            recording: path(text),
        },
        Error::Incomparable { cause: owned() },
        Error::FileExists { path: path(text) },
        MergeError::Different {
            files: [path(text), path(text)],
            differences: vec![owned()],
        }
        .into(),
        MergeError::Incomplete {
            part: 1,
            version: owned(),
        }
        .into(),
        Error::Io {
            action: "read",
            path: path(text),
            source: io::Error::other(owned()),
        },
    ]
}

fn foreign_machines(text: &str) -> Vec<Error> {
    let owned = || text.to_owned();
    let searched = || vec![owned(), owned()];
    vec![
        Error::PythonMissing {
            searched: searched(),
        },
        Error::PythonUnusable {
            python: path(text),
            cause: owned(),
        },
        Error::NumbaMissing { python: path(text) },
        Error::GdbMissing {
            searched: searched(),
        },
        Error::GdbUnusable {
            gdb: path(text),
            cause: owned(),
        },
        Error::AttachDenied {
            barrier: AttachBarrier::Unknown,
            cause: owned(),
        },
        Error::GdbDied {
            during: owned(),
            cause: owned(),
        },
        Error::GdbTimeout {
            during: owned(),
            after: Duration::from_secs(1),
        },
        Error::NoTemporaryFolder {
            within: path(text),
            source: io::Error::other(owned()),
        },
        Error::System {
            action: owned(),
            source: io::Error::other(owned()),
        },
    ]
}

fn foreign_scripts(text: &str) -> Vec<Error> {
    let owned = || text.to_owned();
    let window = Duration::from_millis(7);
    vec![
        Error::ScriptFailed {
            run: owned(),
            ending: Ending::Signal(owned()),
            stderr: owned(),
        },
        Error::NeverCompiled {
            script: owned(),
            in_children: window,
        },
        Error::Unheard {
            script: owned(),
            window: Some(window),
        },
        Error::TooShort {
            script: owned(),
            samples: 1,
            window,
        },
        Error::NotSampled {
            script: owned(),
            window,
        },
        Error::TimedOut {
            run: owned(),
            limit: window,
            suspended: Some(Suspension::Signal(owned())),
        },
        Error::ChannelMisused { run: owned() },
        Error::OutputTooLong {
            run: owned(),
            limit_bytes: 1,
        },
        Error::OutputDiffers {
            runs: [owned(), owned()],
            said: [owned(), owned()],
        },
        Error::OutputMissing {
            run: owned(),
            pattern: owned(),
        },
    ]
}

fn foreign_suites(text: &str) -> Vec<Error> {
    let owned = || text.to_owned();
    let suite = |problem| {
        let run = owned();
        SuiteError { run, problem }.into()
    };
    vec![
        suite(SuiteProblem::NotInstalled {
            packages: vec![owned()],
        }),
        suite(SuiteProblem::NoSuite {
            file: owned(),
            words: owned(),
        }),
        suite(SuiteProblem::Unknown {
            wanted: owned(),
            known: vec![owned()],
        }),
        suite(SuiteProblem::Several {
            wanted: owned(),
            known: vec![owned()],
        }),
        suite(SuiteProblem::OtherKind {
            wanted: owned(),
            of: owned(),
        }),
        suite(SuiteProblem::Failed {
            wanted: owned(),
            words: owned(),
        }),
    ]
}

fn foreign_regions(text: &str) -> Vec<Error> {
    let owned = || text.to_owned();
    vec![
        RegionError::Missing {
            run: owned(),
            region: owned(),
            others: vec![owned()],
        }
        .into(),
        RegionError::Early {
            run: owned(),
            region: owned(),
            entries: 1,
        }
        .into(),
        RegionError::MixedUnits {
            run: owned(),
            region: owned(),
            without: 2,
            entries: 12,
        }
        .into(),
        RegionError::UnlikeUnits {
            run: owned(),
            first: owned(),
            found: owned(),
            wanted: owned(),
        }
        .into(),
        RegionError::Incomplete {
            run: owned(),
            why: Unnoted {
                cause: Cause::File,
                reason: owned(),
            },
        }
        .into(),
    ]
}

fn foreign_metrics(text: &str) -> Vec<Error> {
    let owned = || text.to_owned();
    vec![
        Error::MetricMissing {
            run: owned(),
            pattern: owned(),
            stdout: owned(),
        },
        Error::MetricUnusable {
            run: owned(),
            value: owned(),
        },
        Error::MetricsUnreadable {
            run: owned(),
            source: io::Error::other(owned()),
        },
        Error::MetricUnread {
            run: owned(),
            line: owned(),
        },
        Error::MetricAmbiguous {
            run: owned(),
            value: owned(),
            readings: [1.0, 2.0],
        },
        Error::MetricUndirected {
            run: owned(),
            value: owned(),
            unit: Some(owned()),
        },
        Error::MetricUnit {
            run: owned(),
            value: owned(),
            unit: owned(),
            wanted: owned(),
        },
        Error::MetricForm {
            run: owned(),
            first: owned(),
            found: owned(),
            wanted: owned(),
            unread: owned(),
        },
    ]
}
