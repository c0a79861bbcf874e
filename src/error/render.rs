//! What the user sees of an error: what failed, why, and what to do about it.

use std::borrow::Cow;
use std::error::Error as _;
use std::path::Path;

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};

use super::{AttachBarrier, ConfigError, Ending, Error};
use crate::foreign::Foreign;

impl Error {
    /// The text for standard error, without a newline at its end: `error: …`,
    /// then the cause and the remedy where there are any. `color` adds ANSI
    /// styles.
    pub fn render(&self, color: bool) -> String {
        let renderer = if color {
            Renderer::styled()
        } else {
            Renderer::plain()
        };
        let cause = self.cause().map(|cause| labelled("cause", &cause));
        let hint = self.hint().map(|hint| labelled("hint", &hint));
        // Rendered one by one: in one report they would be joined by gutters.
        [Some(self.headline()), cause, hint]
            .into_iter()
            .flatten()
            .map(|group| renderer.render(&[group]))
            .collect::<Vec<_>>()
            .join("\n")
    }

    /// The message on one line. It may quote what the user, a script or a document wrote,
    /// and nothing of that is obeyed where it is shown.
    pub fn line(&self) -> String {
        Foreign::new(&self.to_string()).line()
    }

    /// What failed, with the place in the file where there is one.
    fn headline(&self) -> Group<'_> {
        match self {
            Self::Config(error) => error.headline(),
            _ => Group::with_title(Level::ERROR.primary_title(self.line())),
        }
    }

    /// Why it failed, where that is known and not in the message.
    pub fn cause(&self) -> Option<Cow<'_, str>> {
        match self {
            Self::PythonUnusable { cause, .. }
            | Self::GdbUnusable { cause, .. }
            | Self::AttachDenied { cause, .. }
            | Self::GdbDied { cause, .. }
            | Self::RecordingUnreadable { cause, .. } => non_empty(cause),
            Self::ScriptFailed { stderr, .. } => non_empty(stderr),
            Self::OutputDiffers { said, .. } => {
                Some(format!("the first: {}\nthe second: {}", said[0], said[1]).into())
            }
            Self::MetricUnread { line, .. } => non_empty(line),
            Self::MetricForm { unread, .. } => non_empty(unread),
            Self::MetricMissing { stdout, .. } => {
                non_empty(stdout).map(|stdout| format!("its output ends with:\n{stdout}").into())
            }
            Self::PythonMissing { searched } | Self::GdbMissing { searched } => {
                non_empty(&searched.join(", ")).map(|places| format!("searched {places}").into())
            }
            _ => self.source().map(|source| source.to_string().into()),
        }
    }

    /// What the user can do about it.
    pub fn hint(&self) -> Option<Cow<'_, str>> {
        match self {
            Self::Usage { hint, .. } => hint.as_deref().map(Cow::from),
            Self::Config(error) => error.hint.as_deref().map(Cow::from),
            Self::NumbaMissing { python } => Some(install_numba(python).into()),
            Self::NeverCompiled { in_children, .. } if !in_children.is_zero() => {
                let seconds = in_children.as_secs_f64();
                Some(
                    format!(
                        "its child processes used {seconds:.1} s of processor time, but profila \
                         does not follow them: have the script call the function itself"
                    )
                    .into(),
                )
            }
            Self::ScriptMissing { path } => hint_on_command(path).map(Cow::from),
            _ => {
                let hint = self.hint_on_tools().or_else(|| self.hint_on_scripts());
                let hint = hint.or_else(|| self.hint_on_metrics());
                hint.or_else(|| self.hint_on_files()).map(Cow::from)
            }
        }
    }

    const fn hint_on_tools(&self) -> Option<&'static str> {
        Some(match self {
            Self::PythonMissing { .. } => {
                "activate an environment, or specify an interpreter with `--python PATH`"
            }
            Self::PythonUnusable { .. } => "specify another one with `--python PATH`",
            Self::GdbMissing { .. } => {
                "install gdb with the system's package manager, run `pip install gdb-for-pwndbg` \
                 in the script's environment, or specify one with `--gdb PATH`"
            }
            Self::GdbUnusable { .. } => {
                "specify another one with `--gdb PATH`; `pip install gdb-for-pwndbg` installs one \
                 without root"
            }
            Self::AttachDenied { barrier, .. } => barrier.remedy(),
            Self::GdbDied { .. } | Self::GdbTimeout { .. } | Self::NotSampled { .. } => {
                "run `profila doctor` to check the requirements, or try another gdb with `--gdb \
                 PATH`"
            }
            _ => return None,
        })
    }

    fn hint_on_scripts(&self) -> Option<&'static str> {
        Some(match self {
            Self::ScriptFailed {
                ending: Ending::Signal(name),
                ..
            } if name == "SIGKILL" => {
                "the system may have run out of memory; does the script run without profila?"
            }
            Self::ScriptFailed { .. } => "does the script run without profila?",
            Self::NeverCompiled { .. } => {
                "profila measures functions compiled by Numba: does the script call one, and is \
                 NUMBA_DISABLE_JIT unset?"
            }
            Self::Unheard { .. } | Self::UnheardSoon { .. } => {
                "close only descriptors that the script opened; if it replaces itself with \
                 another program, profile that program directly"
            }
            Self::OutputTooLong { .. } => "have the script print less, or print to a file",
            Self::ChannelMisused { .. } => "write only to descriptors that the script opened",
            Self::TooShort { .. } => {
                "have the script repeat its work for a few seconds, in a fixed-time loop that \
                 prints a rate"
            }
            Self::TimedOut {
                suspended: Some(_), ..
            } => {
                "only `annotate` in the foreground lends the script the terminal: a script that \
                 uses the terminal otherwise, such as by `getpass()`, is suspended, and nobody \
                 resumes it"
            }
            Self::TimedOut { .. } => {
                "raise the limit with `--timeout 10m`, or give the script less to do"
            }
            Self::OutputDiffers { .. } => {
                "they compute different things, or the same in a different order; `same-output` \
                 in [compare] sets what is compared: a printed rate differs in every run"
            }
            Self::OutputMissing { .. } => {
                "the pattern is `same-output` in [compare]; profila searches standard output for it"
            }
            _ => return None,
        })
    }

    const fn hint_on_metrics(&self) -> Option<&'static str> {
        Some(match self {
            Self::MetricMissing { .. } => {
                "the pattern is `pattern` in [throughput]; profila searches standard output for it"
            }
            Self::MetricUnread { .. } => {
                "set `pattern` in [throughput] of profila.toml, or source = \"window\" if every \
                 run does the same work"
            }
            Self::MetricAmbiguous { .. } => {
                "give `pattern` a group `fraction` for the digits after the decimal mark: \
                 (?P<value>[\\d,]+)(?:\\.(?P<fraction>\\d+))? reads 1,234 as 1234, and \
                 (?P<value>\\d+)(?:,(?P<fraction>\\d+))? reads it as 1.234"
            }
            Self::MetricUndirected { .. } => {
                "set better = \"higher\" or better = \"lower\" in [throughput], or set `unit` to \
                 a rate or a time, such as \"images/s\" or \"ms\""
            }
            Self::MetricUnit { .. } => {
                "set `unit` in [throughput] to a rate if rates are printed, or to a time if times \
                 are; one is converted to the other only for the same unit of work, such as it/s \
                 and s/it"
            }
            Self::MetricForm { .. } => {
                "all runs must report the same metric: print the same unit in every run, or \
                 select the value with `pattern` in [throughput]"
            }
            Self::MetricsUnreadable { .. } => {
                "append lines such as {\"value\": 12.5, \"unit\": \"images/s\"} to the regular \
                 file named by PROFILA_METRICS; the last one counts"
            }
            Self::MetricUnusable { .. } => "print a number above 0, such as `12.5 images / sec`",
            _ => return None,
        })
    }

    const fn hint_on_files(&self) -> Option<&'static str> {
        Some(match self {
            Self::RecordingUnreadable { .. } => {
                "recordings are written by `profila record -o FILE` and `--save`"
            }
            Self::SchemaUnknown { .. } => {
                "measure again with this version: `profila record -o FILE -- SCRIPT`"
            }
            Self::MixedOperands { .. } => {
                "give two scripts, or two recordings made by `profila record -o FILE`"
            }
            Self::FileExists { .. } => "remove or rename it first: profila does not overwrite it",
            Self::NoTemporaryFolder { .. } => {
                "set `TMPDIR=PATH` to an existing, writable folder with free space"
            }
            _ => return None,
        })
    }
}

impl ConfigError {
    fn headline(&self) -> Group<'_> {
        let label = (!self.label.is_empty()).then(|| Foreign::new(&self.label).line());
        let (text, span) = self.excerpt.shown();
        let mark = AnnotationKind::Primary.span(span).label(label);
        let snippet = Snippet::source(text)
            .path(Foreign::new(&self.excerpt.path).line())
            .annotation(mark);
        let message = Foreign::new(&self.message).line();
        Level::ERROR.primary_title(message).element(snippet)
    }
}

impl AttachBarrier {
    /// How to get it out of the way.
    pub(crate) const fn remedy(self) -> &'static str {
        match self {
            Self::Yama { scope: 3 } => {
                "kernel.yama.ptrace_scope is 3, which forbids attaching until the next boot: \
                 reboot with another value"
            }
            Self::Yama { scope: 2.. } => {
                "the Yama module forbids attaching: `sudo sysctl kernel.yama.ptrace_scope=1` \
                 allows it until the next boot"
            }
            Self::Yama { .. } => {
                "the Yama module forbids attaching: `sudo sysctl kernel.yama.ptrace_scope=0` \
                 allows it until the next boot"
            }
            Self::Container => {
                "allow tracing in the container: `docker run --cap-add=SYS_PTRACE …`, or \
                 `securityContext.capabilities.add: [SYS_PTRACE]` in Kubernetes"
            }
            Self::OtherTracer => "detach the debugger or tracer that is attached to the script",
            Self::Unknown => {
                "check `sysctl kernel.yama.ptrace_scope` and, in a container, the SYS_PTRACE \
                 capability"
            }
        }
    }
}

/// Lines of their own, such as `hint: …`.
fn labelled(label: &'static str, text: &str) -> Group<'static> {
    let text = Foreign::new(text).lines();
    Group::with_title(Level::HELP.with_name(label).secondary_title(text))
}

/// How an interpreter gets its Numba.
pub(crate) fn install_numba(python: &Path) -> String {
    format!(
        "install it with `{} -m pip install numba`, or specify another interpreter with `--python \
         PATH`",
        python.display()
    )
}

fn non_empty(text: &str) -> Option<Cow<'_, str>> {
    let text = text.trim_end();
    (!text.is_empty()).then_some(Cow::Borrowed(text))
}

/// What to write instead of the name of a command, where that is what a script may be.
fn hint_on_command(script: &Path) -> Option<String> {
    let name = script.file_name()?.to_str()?;
    if script.extension().is_some() && !name.starts_with("python") {
        return None;
    }
    Some(if name.starts_with("python") {
        "profila starts Python itself: begin with the script, and specify the interpreter with \
         `--python PATH`"
            .to_owned()
    } else {
        format!("run a Python command as a module: `-m {name}`")
    })
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::path::PathBuf;
    use std::time::Duration;

    use proptest::prelude::*;

    use super::*;
    use crate::error::{Excerpt, ExitCode, Suspension};
    use crate::foreign::tests::{is_command, is_obeyed};

    fn path(path: &str) -> PathBuf {
        PathBuf::from(path)
    }

    /// One of each kind, in the order of the exit codes' documentation.
    fn examples() -> Vec<Error> {
        let mut errors = usage_errors();
        errors.extend(metric_errors());
        errors.extend(environment_errors());
        errors.extend(script_errors());
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
            },
            Error::UnheardSoon {
                script: "closes.py".to_owned(),
                window: Duration::from_millis(7),
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

    #[test]
    fn a_command_that_is_no_script_has_a_hint() {
        #[track_caller]
        fn check(script: &str, words: &str) {
            let path = script.into();
            let hint = Error::ScriptMissing { path }.hint().map(Cow::into_owned);
            assert!(hint.unwrap_or_default().contains(words), "{script}");
        }
        check("/home/ada/pytest", "`-m pytest`");
        check("python3.12", "begin with the script");
        let path = "dither9.py".into();
        assert_eq!(Error::ScriptMissing { path }.hint(), None);
    }

    #[test]
    fn each_kind_says_what_why_and_what_to_do() {
        let rendered: Vec<String> = examples()
            .iter()
            .map(|error| format!("[{}]\n{}\n", error.exit_code().code(), error.render(false)))
            .collect();
        insta::assert_snapshot!(rendered.join("\n"));
    }

    #[test]
    fn messages_are_fragments() {
        for error in examples() {
            let message = error.to_string();
            assert!(!message.ends_with('.'), "{message}");
            assert!(!message.is_empty());
        }
    }

    #[test]
    fn every_exit_code_of_an_error_is_documented() {
        let docs = include_str!("../../docs/exit-codes.md");
        for error in examples() {
            let row = format!("| {} |", error.exit_code().code());
            assert!(docs.contains(&row), "{row}");
        }
        for code in [
            ExitCode::Success,
            ExitCode::GateFailed,
            ExitCode::GateInconclusive,
        ] {
            assert!(docs.contains(&format!("| {} |", code.code())));
        }
    }

    /// One of each kind that holds foreign text, with this text.
    fn foreign_errors(text: &str) -> Vec<Error> {
        let owned = || text.to_owned();
        let end = text.len();
        vec![
            Error::usage(text, text),
            Error::ScriptMissing { path: path(text) },
            Error::PythonUnusable {
                python: path(text),
                cause: owned(),
            },
            Error::GdbDied {
                during: "taking a sample".to_owned(),
                cause: owned(),
            },
            Error::RecordingUnreadable {
                path: path(text),
                cause: owned(),
            },
            Error::SchemaUnknown {
                path: path(text),
                found: owned(),
                expected: owned(),
            },
            Error::ScriptFailed {
                run: owned(),
                ending: Ending::Code(1),
                stderr: owned(),
            },
            Error::OutputDiffers {
                runs: [owned(), owned()],
                said: [owned(), owned()],
            },
            Error::MetricMissing {
                run: owned(),
                pattern: owned(),
                stdout: owned(),
            },
            Error::MetricUnread {
                run: owned(),
                line: owned(),
            },
            Error::System {
                action: owned(),
                source: io::Error::other(owned()),
            },
            ConfigError {
                message: owned(),
                excerpt: Excerpt {
                    path: owned(),
                    text: format!("{text}\nrate = 1\n"),
                    span: end / 2..end,
                },
                label: owned(),
                hint: Some(owned()),
            }
            .into(),
        ]
    }

    #[track_caller]
    fn check_harmless(text: &str) {
        for error in foreign_errors(text) {
            let shown = error.render(false);
            assert!(!shown.contains(is_obeyed), "{shown:?}");
            assert!(!shown.lines().any(is_command), "{shown:?}");
            assert!(!error.line().contains('\n'), "{error:?}");
            // A hundred lines of two thousand characters at most.
            assert!(shown.len() < 2_000_000, "{} bytes", shown.len());
        }
    }

    #[test]
    fn foreign_text_in_errors_is_not_obeyed() {
        check_harmless("a\x1b[31mb\x1b]0;title\x07\n::error::pwned\r\n##[error]x");
        check_harmless("\u{9b}31m \u{202e}abc\u{2066} \t\u{fffe}");
        check_harmless(&"long ".repeat(600_000));
        check_harmless(&"many\n".repeat(600_000));
    }

    proptest! {
        #[test]
        fn no_foreign_text_in_errors_is_obeyed(text in any::<String>()) {
            check_harmless(&text);
        }
    }

    #[test]
    fn color_is_only_where_it_is_asked_for() {
        assert!(!Error::Interrupted.render(false).contains('\u{1b}'));
        assert!(Error::Interrupted.render(true).contains('\u{1b}'));
    }
}
