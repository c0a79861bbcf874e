//! What can be done about an error.

use std::borrow::Cow;
use std::path::Path;
use std::time::Duration;

use super::message::path;
use super::render::joined;
use super::{Ending, Error};
use crate::text::{Number, Text};

impl Error {
    /// A [`Error::Usage`] with a remedy.
    pub fn usage(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::Usage {
            message: message.into(),
            hint: Some(hint.into()),
        }
    }

    /// What the user can do about it.
    pub fn hint(&self) -> Option<Cow<'_, str>> {
        self.remedy().map(|lines| joined(&lines).into())
    }

    /// The same, line by line.
    pub(super) fn remedy(&self) -> Option<Vec<Text>> {
        let said = match self {
            Self::Usage { hint, .. } => return hint.as_ref().map(Text::lines),
            Self::Config(error) => return error.hint.as_ref().map(Text::lines),
            Self::Region(error) => Some(error.remedy()),
            Self::Attach(error) => error.remedy().map(Text::from),
            Self::Unmergeable(error) => Some(error.remedy()),
            Self::Suite(error) => Some(error.remedy()),
            Self::Revision(error) => error.remedy(),
            Self::NumbaMissing { python } => Some(install_numba(python)),
            Self::NeverCompiled { in_children, .. } if !in_children.is_zero() => {
                Some(hint_on_children(*in_children))
            }
            Self::ScriptMissing { path } => hint_on_command(path),
            _ => {
                let hint = self.hint_on_tools().or_else(|| self.hint_on_scripts());
                let hint = hint.or_else(|| self.hint_on_metrics());
                hint.or_else(|| self.hint_on_files()).map(Text::from)
            }
        };
        said.map(|said| vec![said])
    }

    const fn hint_on_tools(&self) -> Option<&'static str> {
        Some(match self {
            Self::PythonMissing { .. } => {
                "activate an environment, or specify an interpreter with `--python PATH`"
            }
            Self::PythonUnusable { .. } => "specify another one with `--python PATH`",
            Self::GdbMissing { .. } => {
                "install gdb with the system's package manager, run `pip install gdb-for-pwndbg` \
                 in the script's environment or in that of profila, or specify one with `--gdb \
                 PATH`"
            }
            Self::OtherCircumstances { .. } => {
                "save it again with `profila baseline save --replace`, or compare all the same with \
                 `--any-circumstances`: what differs is then part of the difference"
            }
            Self::GdbUnusable { .. } => {
                "specify another one with `--gdb PATH`; `pip install gdb-for-pwndbg` installs one \
                 without root"
            }
            Self::AttachDenied { barrier, .. } => barrier.remedy(),
            Self::PerfDenied { barrier, .. } => barrier.remedy(),
            Self::TracerDied { .. } => "if nobody killed it, try `--sampler gdb`",
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
            Self::Unheard { .. } => {
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

/// How an interpreter gets its Numba.
pub(crate) fn install_numba(python: &Path) -> Text {
    let install = Text::from("install it with `") + path(python) + " -m pip install numba`";
    install + ", or specify another interpreter with `--python PATH`"
}

fn hint_on_children(in_children: Duration) -> Text {
    let seconds = Number::new(format_args!("{:.1}", in_children.as_secs_f64()));
    Text::from("its child processes used ")
        + seconds
        + " s of processor time, but profila did not follow them: use `--children follow`, or have \
           the script call the function itself"
}

/// What to write instead of the name of a command, where that is what a script may be.
fn hint_on_command(script: &Path) -> Option<Text> {
    let name = script.file_name()?.to_str()?;
    let is_python = name.starts_with("python");
    if script.extension().is_some() && !is_python {
        return None;
    }
    Some(if is_python {
        "profila starts Python itself: begin with the script, and specify the interpreter with \
         `--python PATH`"
            .into()
    } else {
        Text::from("run a Python command as a module: `-m ") + Text::foreign(name) + "`"
    })
}
