//! What is said of a command line that is meant for another profiler.

use std::ffi::OsString;

use clap::CommandFactory;
use clap::error::ErrorKind;

use super::Cli;
use crate::error::Error;

/// What to do instead, where a command line is wrong that has an option of other profilers.
pub fn explain(error: &clap::Error, words: &[OsString]) -> Option<Error> {
    let is_wrong = matches!(
        error.kind(),
        ErrorKind::UnknownArgument | ErrorKind::MissingRequiredArgument
    );
    let words = words.iter().map(|word| word.to_string_lossy());
    let mut options = words
        .take_while(|word| word != "--")
        .filter(|word| word.starts_with('-'));
    options.find_map(|word| {
        let hint = of_another_profiler(&word).filter(|_| is_wrong)?;
        Some(Error::usage(format!("there is no option `{word}`"), hint))
    })
}

/// The name of an option, without its dashes and its value.
pub(crate) fn option_name(word: &str) -> &str {
    let name = word.trim_start_matches('-');
    name.split_once('=').map_or(name, |(name, _)| name)
}

/// What to do instead, for an option that other profilers have.
pub(crate) fn of_another_profiler(option: &str) -> Option<&'static str> {
    Some(match option_name(option) {
        "pid" | "p" | "attach" => {
            "profila has to start the script itself: Numba must be told to emit line tables \
             before it compiles anything; give the command that starts it, `SCRIPT.py ARGS`"
        }
        "native" | "gil" | "idle" | "subprocesses" => {
            "profila always sees compiled code and every thread of the script, but no child \
             processes; there is nothing to switch on"
        }
        "duration" => {
            "profila measures until the script ends: have it repeat its work for a few seconds, \
             or interrupt it"
        }
        _ => return None,
    })
}

/// The long options of a command, without their dashes.
pub(crate) fn long_options(command: &str) -> Vec<String> {
    let mut cli = Cli::command();
    cli.build();
    cli.find_subcommand(command)
        .into_iter()
        .flat_map(clap::Command::get_arguments)
        .filter_map(|argument| argument.get_long().map(str::to_owned))
        .collect()
}
