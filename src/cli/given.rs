//! Which arguments of a group were given.

use std::ops::Deref;

use clap::parser::ValueSource;
use clap::{Arg, ArgMatches, Args, Command, FromArgMatches, Id};

/// A group of arguments, which knows whether any of them was given. Where a group has no
/// effect, none of its arguments has: nobody has to list them.
#[derive(Clone, Debug, Default)]
pub struct Given<T> {
    args: T,
    first: Option<String>,
}

impl<T> Given<T> {
    /// The first of the arguments that the user gave, as it is written, such as `--rate`.
    pub fn first(&self) -> Option<&str> {
        self.first.as_deref()
    }
}

impl<T> Deref for Given<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.args
    }
}

impl<T: Args> Args for Given<T> {
    fn group_id() -> Option<Id> {
        T::group_id()
    }

    fn augment_args(command: Command) -> Command {
        T::augment_args(command)
    }

    fn augment_args_for_update(command: Command) -> Command {
        T::augment_args_for_update(command)
    }
}

impl<T: Args> FromArgMatches for Given<T> {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        Self::from_arg_matches_mut(&mut matches.clone())
    }

    fn from_arg_matches_mut(matches: &mut ArgMatches) -> Result<Self, clap::Error> {
        // Before the values are taken out.
        let first = first_given::<T>(matches);
        let args = T::from_arg_matches_mut(matches)?;
        Ok(Self { args, first })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        self.update_from_arg_matches_mut(&mut matches.clone())
    }

    fn update_from_arg_matches_mut(&mut self, matches: &mut ArgMatches) -> Result<(), clap::Error> {
        self.first = first_given::<T>(matches).or(self.first.take());
        self.args.update_from_arg_matches_mut(matches)
    }
}

/// The first argument of a group that is on the command line.
fn first_given<T: Args>(matches: &ArgMatches) -> Option<String> {
    let group = T::augment_args(Command::new("group"));
    let mut all = group.get_arguments();
    let is_given = |argument: &&Arg| {
        matches.value_source(argument.get_id().as_str()) == Some(ValueSource::CommandLine)
    };
    all.find(is_given).map(written)
}

/// An argument as the user writes it.
fn written(argument: &Arg) -> String {
    match (argument.get_long(), argument.get_value_names()) {
        (Some(long), _) => format!("--{long}"),
        (None, Some([name, ..])) if argument.is_last_set() => format!("-- {name}"),
        (None, _) => argument.to_string(),
    }
}
