//! `profila annotate`: where one script spends its time.

use std::io::{IsTerminal, stderr};
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::ExitStatus;
use std::slice;

use super::End;
use super::output_file::{require_writable, write_file};
use super::progress::Progress;
use super::show;
use super::streams::{print, say};
use crate::cli;
use crate::config::{self, ProfileFormat, ProfileTask, Verbosity};
use crate::document;
use crate::error::{Error, ExitCode, Result};
use crate::measure::{self, Surroundings, ending};
use crate::process::Interrupts;
use crate::recording::Recording;

pub(super) fn annotate(task: &ProfileTask, here: &Path) -> Result<End> {
    config::require_scripts(slice::from_ref(&task.single.variant))?;
    show::require_writable_exports(&task.output.common)?;
    require_writable(task.save.as_deref())?;
    let surroundings = Surroundings {
        here,
        interrupts: &Interrupts::install()?,
        observer: &Progress::new(task.verbosity),
    };
    let profiled = measure::profile_once(&task.single, surroundings)?;
    if task.verbosity != Verbosity::Quiet {
        say_of_options(&task.single.variant.args, profiled.status);
    }
    match profiled.recording {
        Ok(recording) => keep_and_show(&recording, task)?,
        // Somebody may have killed it.
        Err(error) if profiled.status.signal().is_some() => say(&format!(
            "the script {}; no profile: {}",
            ending(profiled.status),
            error.line()
        )),
        // Nobody but the suite would know its words.
        Err(error @ Error::Suite(_)) => return Err(error),
        // A script that failed has said so itself.
        Err(error) if !profiled.status.success() => say(&format!("no profile: {}", error.line())),
        Err(error) => return Err(error),
    }
    Ok(as_the_script(profiled.status))
}

fn keep_and_show(recording: &Recording, task: &ProfileTask) -> Result<()> {
    let kept = match &task.save {
        Some(file) => write_file(file, &document::write(recording)),
        None => Ok(()),
    };
    if task.output.common.format == ProfileFormat::Text {
        // What the script printed may not end its line.
        print("\n")?;
    }
    show::profile(&recording.seen(task.attribution), &task.output)?;
    // The report is not lost with what could not be written.
    kept
}

/// Says that an option stands behind the script, where it is likely to be a mistake or where
/// somebody is looking: what a program writes to a file is the script's alone.
fn say_of_options(args: &[String], status: ExitStatus) {
    if status.success() && !stderr().is_terminal() {
        return;
    }
    if let Some(option) = option_of_ours("annotate", args) {
        say(&format!(
            "`{option}` was given to the script, as everything behind it is; an option of \
             profila comes before the script"
        ));
    }
}

/// The first argument of a script that could be an option of the command.
fn option_of_ours<'a>(command: &str, args: &'a [String]) -> Option<&'a str> {
    let ours = cli::long_options(command);
    let mut options = args.iter().take_while(|it| *it != "--");
    let found = options.find(|it| {
        it.starts_with("--") && ours.iter().any(|option| option == cli::option_name(it))
    });
    found.map(String::as_str)
}

/// This process ends as the script did.
fn as_the_script(status: ExitStatus) -> End {
    if let Some(signal) = status.signal() {
        return End::Signal(signal);
    }
    let code = status.code().and_then(|code| u8::try_from(code).ok());
    End::Code(code.unwrap_or(ExitCode::Script.code()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(args: &str, expected: Option<&str>) {
        let args: Vec<String> = args.split_whitespace().map(str::to_owned).collect();
        assert_eq!(option_of_ours("annotate", &args), expected);
    }

    #[test]
    fn options_of_ours_behind_the_script_are_told_from_its_own() {
        check("--size 9 -v", None);
        check(
            "1 --export-json=run.json --rate 9",
            Some("--export-json=run.json"),
        );
        check("--sizes 9 -- --rate 9", None);
        check("export-json", None);
    }
}
