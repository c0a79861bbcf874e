//! The channel on which the bootstrap reports: one line an event, `NAME NANOSECONDS
//! DETAIL`, with the time of the monotonic clock.

use std::io::{BufRead, BufReader, Read};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::private;
use crate::error::{SuiteProblem, Unnoted};
use crate::sample::Moment;

/// What the bootstrap reports.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// The interpreter of this version starts.
    Started {
        /// Version of Python.
        python: String,
    },
    /// Numba of this version was imported.
    NumbaImported {
        /// Version of Numba.
        version: String,
    },
    /// All code that is compiled from now on, and not for a cache, lies so many bytes behind
    /// the start of a page.
    Placed {
        /// The bytes.
        placement: u32,
    },
    /// Line tables could not be had alone: Numba's debug build is profiled.
    FellBack {
        /// What was missing.
        reason: String,
    },
    /// The places that the compiler dropped could not be put back for some of the code:
    /// they stay guesses.
    NoTwin {
        /// What was in the way.
        reason: String,
    },
    /// LLVM will not say what becomes of the code that it compiles.
    NoRemarks {
        /// What was in the way.
        reason: String,
    },
    /// Numba will not say what becomes of parallel loops.
    NoParallelRemarks {
        /// What was in the way.
        reason: String,
    },
    /// Code is compiled that is in no file, such as that of a cell of a notebook.
    Source(SourceReport),
    /// The script waits for the tracer: the first code is compiled and about to run.
    Ready,
    /// A thread begins to compile, or to load from Numba's cache.
    CompileBegins {
        /// The thread, by a number that is only good for matching its end.
        thread: u64,
    },
    /// A thread ends to compile.
    CompileEnds {
        /// The thread.
        thread: u64,
    },
    /// A function was compiled, maybe on the way to another.
    Compiled,
    /// Modules were imported from the working tree although a revision is measured.
    FromWorkingTree {
        /// Some of them, each with its file.
        modules: Vec<String>,
    },
    /// The script enters a region of this name for the first time.
    Region(RegionReport),
    /// The benchmark of a suite that it runs cannot be measured.
    Suite(SuiteProblem),
    /// No more regions are noted.
    RegionsEnd(Unnoted),
    /// The interpreter is about to exit.
    Exiting {
        /// Seconds of processor time of its child processes that have ended.
        children_s: f64,
    },
}

/// What is known of the source of code that is in no file.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct SourceReport {
    /// Its name, as line tables have it: `<string>`, or `<string#2>` where there are more.
    pub name: String,
    /// The file into which the bootstrap has written its text; `None` where Python has not
    /// kept the text that was compiled.
    pub file: Option<PathBuf>,
}

/// The name of a region, and what stands for it where entries are noted.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct RegionReport {
    /// The number that stands for it.
    pub number: u32,
    /// The name.
    pub name: String,
}

impl Event {
    /// Reads one line; `None` for anything the bootstrap does not write.
    pub fn parse(line: &str) -> Option<(Self, Moment)> {
        let mut words = line.splitn(3, ' ');
        let name = words.next()?;
        let at = Moment(words.next()?.parse().ok()?);
        let detail = words.next().unwrap_or("").trim_end();
        let event = match name {
            "start" => Self::Started {
                python: detail.to_owned(),
            },
            "numba" => Self::NumbaImported {
                version: detail.to_owned(),
            },
            "placement" => Self::Placed {
                placement: detail.parse().ok()?,
            },
            "fallback" => Self::FellBack {
                reason: detail.to_owned(),
            },
            "no-twin" => Self::NoTwin {
                reason: detail.to_owned(),
            },
            "no-remarks" => Self::NoRemarks {
                reason: detail.to_owned(),
            },
            "no-parallel-remarks" => Self::NoParallelRemarks {
                reason: detail.to_owned(),
            },
            "source" => Self::Source(serde_json::from_str(detail).ok()?),
            "ready" => Self::Ready,
            "compile-begin" => Self::CompileBegins {
                thread: detail.parse().ok()?,
            },
            "compile-end" => Self::CompileEnds {
                thread: detail.parse().ok()?,
            },
            "compiled" => Self::Compiled,
            "working-tree" => Self::FromWorkingTree {
                modules: serde_json::from_str(detail).ok()?,
            },
            "region" => Self::Region(serde_json::from_str(detail).ok()?),
            "suite" => Self::Suite(serde_json::from_str(detail).ok()?),
            "regions-end" => Self::RegionsEnd(serde_json::from_str(detail).ok()?),
            "exit" => Self::Exiting {
                children_s: detail.parse().ok()?,
            },
            _ => return None,
        };
        Some((event, at))
    }
}

/// The longest text of code that is in no file, in bytes.
const MOST_TEXT: u64 = 10_000_000;

/// Reads a text that the bootstrap has written to a file. `None` where that is gone, or is
/// none that it writes.
pub fn read_told_text(file: &Path) -> Option<String> {
    String::from_utf8(private::read_left(file, MOST_TEXT).ok()?).ok()
}

/// The longest line, in bytes. The bootstrap writes none that comes near it.
const MOST_LINE: u64 = 64 * 1024;

/// How the reports ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// The script closed the channel, or nobody wants any more of it.
    Closed,
    /// The script wrote something of its own to it, which has no end.
    Misused,
}

/// Hands every event to `receive` until the script has closed the channel, or until
/// `receive` says that there is nobody any more who wants one. Other lines are passed over:
/// the script could write to the channel too.
pub(super) fn receive_events(
    channel: impl Read,
    mut receive: impl FnMut(Event, Moment) -> ControlFlow<()>,
) -> End {
    let mut channel = BufReader::new(channel);
    let mut line = Vec::new();
    loop {
        line.clear();
        let read = channel
            .by_ref()
            .take(MOST_LINE)
            .read_until(b'\n', &mut line);
        match read {
            Ok(1..) => {}
            Ok(0) | Err(_) => return End::Closed,
        }
        if line.len() as u64 == MOST_LINE && line.last() != Some(&b'\n') {
            return End::Misused;
        }
        if let Some((event, at)) = Event::parse(&String::from_utf8_lossy(&line))
            && receive(event, at).is_break()
        {
            return End::Closed;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_are_read_and_other_lines_passed_over() {
        let lines = b"start 5 3.11.7\nnoise\nready x\nready 7 \ncompile-begin 8 140\n\
            compile-begin 8 thread\n\xff\nfallback 9 LookupError: gone away\ncompiled 9 \nexit 10 0.25";
        let mut events = Vec::new();
        let end = receive_events(&lines[..], |event, at| {
            events.push((event, at.0));
            ControlFlow::Continue(())
        });
        assert_eq!(end, End::Closed);
        assert_eq!(
            events,
            [
                (
                    Event::Started {
                        python: "3.11.7".to_owned()
                    },
                    5
                ),
                (Event::Ready, 7),
                (Event::CompileBegins { thread: 140 }, 8),
                (
                    Event::FellBack {
                        reason: "LookupError: gone away".to_owned()
                    },
                    9
                ),
                (Event::Compiled, 9),
                (Event::Exiting { children_s: 0.25 }, 10),
            ]
        );
    }

    #[test]
    fn what_is_wrong_with_a_benchmark_is_read() {
        let line = r#"suite 5 {"kind": "several", "wanted": "a.py", "known": ["a.py::b"]}"#;
        let (wanted, known) = ("a.py".to_owned(), vec!["a.py::b".to_owned()]);
        let several = SuiteProblem::Several { wanted, known };
        let read = Event::parse(line).map(|(event, _)| event);
        assert_eq!(read, Some(Event::Suite(several)));
        assert_eq!(Event::parse(r#"suite 5 {"kind": "odd"}"#), None);
    }

    #[test]
    fn a_line_without_an_end_is_not_kept() {
        let mut events = 0;
        let mut count = |_, _| {
            events += 1;
            ControlFlow::Continue(())
        };
        let endless = b"ready 7 \n".chain(std::io::repeat(b'x'));
        assert_eq!(receive_events(endless, &mut count), End::Misused);
        assert_eq!(events, 1);
    }

    #[test]
    fn nothing_is_read_for_nobody() {
        let lines = std::io::repeat(b'\n');
        let lines = b"ready 7 \n".chain(lines);
        assert_eq!(
            receive_events(lines, |_, _| ControlFlow::Break(())),
            End::Closed
        );
    }
}
