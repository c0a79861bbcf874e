//! What real versions of gdb printed, read again: see `tests/transcripts`.

use std::fs;
use std::path::{Path, PathBuf};

use super::{
    AsyncKind, MiFrame, Record, ResultClass, StopReason, Stopped, ThreadId, ThreadInfo, Token,
    parse,
};
use crate::source::LineNumber;

const VERSIONS: [&str; 2] = ["gdb-13.1", "gdb-18.1"];

/// The lines of `innermost`'s loop in `tests/transcripts/target.py`.
const LOOP: std::ops::RangeInclusive<u32> = 22..=24;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/transcripts")
}

/// What gdb printed in one scenario, without the commands and notes in between.
fn records(version: &str, scenario: &str) -> Vec<Record> {
    let path = folder().join(version).join(scenario).with_extension("mi");
    let transcript = fs::read(&path).unwrap();
    transcript
        .split(|&byte| byte == b'\n')
        .filter(|line| !line.is_empty() && !line.starts_with(b"> ") && !line.starts_with(b"# "))
        .map(parse)
        .collect()
}

fn stops(version: &str, scenario: &str) -> Vec<Stopped> {
    records(version, scenario)
        .iter()
        .filter_map(Stopped::from_record)
        .collect()
}

/// Checks the reason, signal and exit code of the last stop, and that gdb had said
/// before it that the process is gone.
#[track_caller]
fn check_end(scenario: &str, reason: &StopReason, signal: Option<&str>, exit_code: Option<u32>) {
    for version in VERSIONS {
        let records = records(version, scenario);
        let gone = records.iter().position(|record| {
            record
                .event(AsyncKind::Notify, "thread-group-exited")
                .is_some()
        });
        let last = records
            .iter()
            .rposition(|record| Stopped::from_record(record).is_some());
        assert!(gone.is_some() && gone < last, "{version}");

        let stop = Stopped::from_record(&records[last.unwrap()]).unwrap();
        assert_eq!(stop.reason.as_ref(), Some(reason), "{version}");
        assert_eq!(stop.signal_name.as_deref(), signal, "{version}");
        assert_eq!(stop.exit_code, exit_code, "{version}");
        assert_eq!(stop.frame, None, "{version}");
    }
}

fn is_in_loop(frame: &MiFrame) -> bool {
    frame.file.as_deref() == Some(Path::new("/home/user/target.py"))
        && frame.line.is_some_and(|line| LOOP.contains(&line.get()))
}

#[test]
fn every_line_is_understood() {
    for version in VERSIONS {
        let files: Vec<_> = fs::read_dir(folder().join(version)).unwrap().collect();
        assert_eq!(files.len(), 9, "{version}");
        for file in files {
            let name = file.unwrap().file_name();
            let scenario = Path::new(&name).file_stem().unwrap().to_str().unwrap();
            let records = records(version, scenario);
            assert!(records.len() > 5, "{version} {scenario}");
            for record in records {
                assert!(!matches!(record, Record::Unknown(_)), "{record:?}");
            }
        }
    }
}

#[test]
fn stops_are_in_the_loop() {
    for version in VERSIONS {
        let stops = stops(version, "samples");
        let sampled: Vec<_> = stops
            .iter()
            .filter(|stop| stop.signal_name.as_deref() == Some("SIGINT"))
            .collect();
        assert_eq!(sampled.len(), 10, "{version}");
        let in_loop = sampled
            .iter()
            .filter(|stop| stop.frame.as_ref().is_some_and(is_in_loop))
            .inspect(|stop| assert_eq!(stop.thread_id, Some(ThreadId(1))))
            .count();
        assert_eq!(in_loop, 9, "{version}: all but the one in the thread");
    }
}

#[test]
fn stacks_lead_out_of_the_loop() {
    for version in VERSIONS {
        let stacks: Vec<_> = records(version, "samples")
            .iter()
            .filter_map(|record| match record {
                Record::Result(answer) => Some(MiFrame::stack(&answer.results)),
                _ => None,
            })
            .filter(|stack| !stack.is_empty())
            .collect();
        assert_eq!(stacks.len(), 8, "{version}");
        for stack in stacks {
            assert!(is_in_loop(&stack[0]), "{version}: {:?}", stack[0]);
            let caller = &stack[1];
            assert_eq!(caller.line.map(LineNumber::get), Some(32), "{version}");
            assert!(
                caller
                    .function
                    .as_ref()
                    .is_some_and(|name| name.contains("repeat")),
                "{version}: {caller:?}",
            );
            for (level, frame) in (0..).zip(&stack) {
                assert_eq!(frame.level, level);
                assert!(frame.address.is_some());
            }
        }
    }
}

#[test]
fn threads_have_both_numbers() {
    for version in VERSIONS {
        let lists: Vec<_> = records(version, "samples")
            .iter()
            .filter_map(|record| match record {
                Record::Result(answer) => Some(ThreadInfo::list(&answer.results)),
                _ => None,
            })
            .filter(|threads| !threads.is_empty())
            .collect();
        let ids: Vec<Vec<_>> = lists
            .iter()
            .map(|threads| threads.iter().map(|thread| thread.id.0).collect())
            .collect();
        assert_eq!(ids, [vec![1, 2], vec![1, 2, 3]], "{version}");
        assert!(lists.iter().flatten().all(|thread| thread.lwp.is_some()));
    }
}

#[test]
fn stop_after_attach_has_no_reason() {
    for version in VERSIONS {
        let stops = stops(version, "samples");
        assert_eq!(stops[0].reason, None, "{version}");
        assert!(stops[0].frame.is_some(), "{version}");
    }
}

#[test]
fn ends() {
    check_end("samples", &StopReason::Exited, None, Some(3));
    check_end("signals", &StopReason::ExitedNormally, None, None);
    check_end("fork", &StopReason::ExitedNormally, None, None);
    check_end("exec", &StopReason::ExitedNormally, None, None);
    check_end("crash", &StopReason::ExitedSignalled, Some("SIGABRT"), None);
    check_end(
        "killed",
        &StopReason::ExitedSignalled,
        Some("SIGKILL"),
        None,
    );
}

#[test]
fn signal_of_the_user_stops_unless_it_is_passed() {
    for version in VERSIONS {
        let signals: Vec<_> = stops(version, "signals")
            .into_iter()
            .map(|stop| stop.signal_name)
            .collect();
        let interrupt = Some("SIGINT".to_owned());
        assert_eq!(signals, [interrupt.clone(), interrupt, None], "{version}");
    }
}

/// gdb answers `-exec-continue` twice when the target was killed while it stood
/// still. Whether it ever says that the target is gone depends on the thread that
/// was selected: in the transcript of 13.1 it does not.
#[test]
fn one_command_may_have_two_answers() {
    for version in VERSIONS {
        let answers: Vec<_> = records(version, "killed-while-stopped")
            .into_iter()
            .filter_map(|record| match record {
                Record::Result(answer) if answer.token == Some(Token(19)) => Some(answer.class),
                _ => None,
            })
            .collect();
        assert_eq!(
            answers,
            [ResultClass::Running, ResultClass::Error],
            "{version}"
        );
    }
}

#[test]
fn errors_have_messages() {
    for version in VERSIONS {
        let messages: Vec<_> = records(version, "errors")
            .into_iter()
            .filter_map(|record| match record {
                Record::Result(answer) if answer.class == ResultClass::Error => {
                    let message = answer.results.get("msg")?.text()?.to_owned();
                    Some((answer.token?.0, message))
                }
                _ => None,
            })
            .collect();
        for expected in [
            (2, "Undefined MI command: no-such-command"),
            (6, "ptrace: No such process."),
            (9, "The program is not being run."),
            (11, "Invalid thread id: 1"),
            (
                13,
                "/no/such/file with \"quotes\" and é: No such file or directory.",
            ),
        ] {
            let found = messages
                .iter()
                .find(|(token, _)| *token == expected.0)
                .map(|(_, message)| message.as_str());
            assert_eq!(found, Some(expected.1), "{version}");
        }
    }
}
