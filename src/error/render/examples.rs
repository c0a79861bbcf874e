//! An error of each kind.

mod attached;
mod parts;
mod regions;
mod suites;

use std::io;
use std::path::PathBuf;
use std::time::Duration;

use attached::attach_errors;
use parts::part_errors;
use regions::region_errors;
use suites::suite_errors;

use crate::error::{
    AttachBarrier, ConfigError, Ending, Error, Excerpt, PerfBarrier, RevisionError, Suspension,
};

fn path(path: &str) -> PathBuf {
    PathBuf::from(path)
}

/// One of each kind, in the order of the exit codes' documentation.
pub(super) fn examples() -> Vec<Error> {
    let mut errors = usage_errors();
    errors.extend(part_errors());
    errors.extend(attach_errors());
    errors.extend(metric_errors());
    errors.extend(environment_errors());
    errors.extend(revision_errors());
    errors.extend(script_errors());
    errors.extend(suite_errors());
    errors.extend(region_errors());
    errors.extend(output_errors());
    errors.push(Error::Interrupted);
    errors
}

fn metric_errors() -> Vec<Error> {
    vec![
        Error::MetricUnread {
            run: "the timed run of `before` in round 1".to_owned(),
            line: "`1,234 it/s` looks like a rate but was not read: `1,234` may mean 1234 or \
                   1.234"
                .to_owned(),
        },
        Error::MetricAmbiguous {
            run: "the timed run of `before` in round 1".to_owned(),
            value: "1,234".to_owned(),
            readings: [1234.0, 1.234],
        },
        Error::MetricUndirected {
            run: "the timed run of `before` in round 1".to_owned(),
            value: "12.5".to_owned(),
            unit: Some("rows".to_owned()),
        },
        Error::MetricUndirected {
            run: "the timed run of `before` in round 1".to_owned(),
            value: "12.5".to_owned(),
            unit: None,
        },
        Error::MetricUnit {
            run: "the timed run of `after` in round 1".to_owned(),
            value: "12.5".to_owned(),
            unit: "s/loop".to_owned(),
            wanted: "images/s".to_owned(),
        },
        Error::MetricForm {
            run: "the timed run of `after` in round 1".to_owned(),
            first: "the timed run of `before` in round 1".to_owned(),
            found: "a value in `rows/s`".to_owned(),
            wanted: "a value in `images/s`".to_owned(),
            unread: String::new(),
        },
    ]
}

fn usage_errors() -> Vec<Error> {
    vec![
        Error::usage("`diff` compares two scripts", "give both, before and after"),
        ConfigError {
            message: "unknown key `rat`".to_owned(),
            excerpt: Excerpt {
                path: "profila.toml".to_owned(),
                text: "[sampling]\nrat = 50\n".to_owned(),
                span: 11..14,
            },
            label: "no such key".to_owned(),
            hint: Some("did you mean `rate`?".to_owned()),
        }
        .into(),
        Error::ScriptMissing {
            path: path("dither9.py"),
        },
        Error::RecordingUnreadable {
            path: path("before.json"),
            cause: "EOF while parsing a value at line 1 column 0".to_owned(),
        },
        Error::SchemaUnknown {
            path: path("before.json"),
            found: "profila.recording/9".to_owned(),
            expected: "profila.recording/1.0".to_owned(),
        },
        Error::MixedOperands {
            script: path("a.py"),
            recording: path("b.json"),
        },
        Error::Incomparable {
            cause: "before counts images, after rows".to_owned(),
        },
        Error::FileExists {
            path: path("profila.toml"),
        },
    ]
}

fn environment_errors() -> Vec<Error> {
    let denied = |barrier| Error::AttachDenied {
        barrier,
        cause: "ptrace: Operation not permitted.".to_owned(),
    };
    vec![
        Error::PythonMissing {
            searched: vec![
                "VIRTUAL_ENV".to_owned(),
                ".venv".to_owned(),
                "PATH".to_owned(),
            ],
        },
        Error::PythonUnusable {
            python: path("/opt/python"),
            cause: "Permission denied (os error 13)".to_owned(),
        },
        Error::NumbaMissing {
            python: path("/usr/bin/python3"),
        },
        Error::GdbMissing {
            searched: vec!["PATH".to_owned()],
        },
        Error::GdbUnusable {
            gdb: path("/usr/bin/gdb"),
            cause: "version 9.2 cannot read Numba code".to_owned(),
        },
        denied(AttachBarrier::Yama { scope: 1 }),
        denied(AttachBarrier::Yama { scope: 2 }),
        denied(AttachBarrier::Yama { scope: 3 }),
        denied(AttachBarrier::Container),
        denied(AttachBarrier::OtherTracer),
        denied(AttachBarrier::Unknown),
        Error::TracerDied {
            cause: "it ended with signal: 9 (SIGKILL)".to_owned(),
        },
        Error::GdbDied {
            during: "taking a sample".to_owned(),
            cause: "internal-error: unwinding\nA problem internal to GDB".to_owned(),
        },
        Error::GdbTimeout {
            during: "attaching".to_owned(),
            after: Duration::from_secs(10),
        },
        Error::Io {
            action: "write",
            path: path("/dev/full"),
            source: io::Error::from_raw_os_error(28),
        },
        Error::NoTemporaryFolder {
            within: path("/scratch"),
            source: io::Error::from_raw_os_error(2),
        },
        Error::System {
            action: "start the script".to_owned(),
            source: io::Error::from_raw_os_error(11),
        },
    ]
}

fn output_errors() -> Vec<Error> {
    let run = "the timed run of `before` in round 1".to_owned();
    vec![
        Error::MetricsUnreadable {
            run: run.clone(),
            source: io::Error::new(io::ErrorKind::InvalidData, "it is a symbolic link"),
        },
        Error::MetricMissing {
            run: run.clone(),
            pattern: r"(?P<value>\d+) rows".to_owned(),
            stdout: "done\n".to_owned(),
        },
        Error::OutputDiffers {
            runs: [
                "the timed run of `a` in round 1",
                "the timed run of `b` in round 1",
            ]
            .map(str::to_owned),
            said: ["sum = 5", "sum = 6"].map(str::to_owned),
        },
        Error::OutputMissing {
            run: "the timed run of `a` in round 1".to_owned(),
            pattern: "sum = .*".to_owned(),
        },
        Error::MetricUnusable {
            run,
            value: "nan".to_owned(),
        },
    ]
}

/// Of revisions and baselines, and of the kernel's clocks.
fn revision_errors() -> Vec<Error> {
    vec![
        Error::OtherCircumstances {
            differences: vec!["Numba: 0.68.1 then, 0.67.0 now".to_owned()],
        },
        RevisionError::GitMissing {
            searched: vec!["PATH".to_owned()],
        }
        .into(),
        RevisionError::GitFailed {
            action: "check out HEAD~1".to_owned(),
            cause: "fatal: not enough disk space".to_owned(),
        }
        .into(),
        RevisionError::FromWorkingTree {
            run: "the timed run of `HEAD~1` in round 1".to_owned(),
            modules: vec!["pkg.kernels: /home/ada/project/pkg/kernels.py".to_owned()],
        }
        .into(),
        RevisionError::SetupFailed {
            said: [
                "make build".to_owned(),
                "it failed with exit code 2".to_owned(),
            ],
        }
        .into(),
        Error::PerfDenied {
            barrier: PerfBarrier::Paranoid(4),
            source: io::Error::from_raw_os_error(13),
        },
    ]
}

fn script_errors() -> Vec<Error> {
    let run = "the timed run of `before` in round 1".to_owned();
    let failed = |ending, stderr: &str| Error::ScriptFailed {
        run: run.clone(),
        ending,
        stderr: stderr.to_owned(),
    };
    vec![
        failed(
            Ending::Code(1),
            "Traceback (most recent call last):\n  File \"a.py\", line 1\nZeroDivisionError\n",
        ),
        failed(Ending::Signal("SIGSEGV".to_owned()), ""),
        failed(Ending::Signal("SIGKILL".to_owned()), ""),
        Error::NeverCompiled {
            script: "plain.py".to_owned(),
            in_children: Duration::ZERO,
        },
        Error::NeverCompiled {
            script: "pool.py".to_owned(),
            in_children: Duration::from_millis(2500),
        },
        Error::NotSampled {
            script: "bench.py".to_owned(),
            window: Duration::from_millis(1500),
        },
        Error::Unheard {
            script: "daemon.py".to_owned(),
            window: None,
        },
        Error::Unheard {
            script: "closes.py".to_owned(),
            window: Some(Duration::from_millis(7)),
        },
        Error::TooShort {
            script: "quick.py".to_owned(),
            samples: 2,
            window: Duration::from_millis(21),
        },
        Error::TimedOut {
            run: run.clone(),
            limit: Duration::from_mins(2),
            suspended: None,
        },
        Error::TimedOut {
            run: run.clone(),
            limit: Duration::from_mins(2),
            suspended: Some(Suspension::Signal("SIGTTIN".to_owned())),
        },
        Error::TimedOut {
            run: run.clone(),
            limit: Duration::from_mins(2),
            suspended: Some(Suspension::Unknown),
        },
        Error::ChannelMisused { run: run.clone() },
        Error::OutputTooLong {
            run: run.clone(),
            limit_bytes: 64_000_000,
        },
    ]
}
