//! Whether all runs give the same output: two versions that compute different things
//! are not compared by their speed.

use crate::config::SameOutput;
use crate::error::{Error, Result};
use crate::recording::Role;

/// What has to be the same, and what the runs of the base said first.
pub(super) struct Agreement<'a> {
    wanted: &'a SameOutput,
    base: Option<Said>,
    /// Runs of others that were made before the first of the base.
    waiting: Vec<Said>,
}

/// A run, and what it printed of what has to be the same.
struct Said {
    run: String,
    lines: Vec<String>,
}

impl<'a> Agreement<'a> {
    pub(super) const fn new(wanted: &'a SameOutput) -> Self {
        Self {
            wanted,
            base: None,
            waiting: Vec::new(),
        }
    }

    /// Takes in what a run printed. Fails where that is not what the base printed: of several
    /// versions it is then the other one that differs.
    pub(super) fn check(&mut self, role: Role, run: &str, stdout: &[u8]) -> Result<()> {
        let stdout = String::from_utf8_lossy(stdout);
        let said: Vec<String> = match self.wanted {
            SameOutput::Off => return Ok(()),
            SameOutput::Stdout => stdout.lines().map(str::to_owned).collect(),
            SameOutput::Matches(regex) => regex
                .find_iter(&stdout)
                .map(|found| found.as_str().to_owned())
                .collect(),
        };
        if said.is_empty() && matches!(self.wanted, SameOutput::Matches(_)) {
            return Err(Error::OutputMissing {
                run: run.to_owned(),
                pattern: self.wanted.to_string(),
            });
        }
        let said = Said {
            run: run.to_owned(),
            lines: said,
        };
        match &self.base {
            Some(base) => base.require_same(&said),
            None if role == Role::Base => {
                let base = self.base.insert(said);
                self.waiting
                    .drain(..)
                    .try_for_each(|it| base.require_same(&it))
            }
            None => {
                self.waiting.push(said);
                Ok(())
            }
        }
    }
}

impl Said {
    fn require_same(&self, other: &Self) -> Result<()> {
        if self.lines == other.lines {
            return Ok(());
        }
        let both = self.lines.iter().zip(&other.lines);
        let same = both.take_while(|(a, b)| a == b).count();
        let line = |lines: &[String]| lines.get(same).map_or("nothing more", |it| it).to_owned();
        Err(Error::OutputDiffers {
            runs: [self.run.clone(), other.run.clone()],
            said: [line(&self.lines), line(&other.lines)],
        })
    }
}

#[cfg(test)]
mod tests {
    use regex::Regex;

    use super::*;

    /// What is said of two runs with these outputs.
    fn compared(wanted: &SameOutput, first: &str, second: &str) -> Result<()> {
        let mut agreement = Agreement::new(wanted);
        agreement.check(Role::Base, "one", first.as_bytes())?;
        agreement.check(Role::Candidate, "two", second.as_bytes())
    }

    /// Of three versions the second differs, whichever is run first.
    #[test]
    fn the_version_that_differs_is_named_beside_the_base() {
        let all = [(Role::Base, "base", "a"), (Role::Candidate, "other", "b")];
        let same = (Role::Candidate, "same", "a");
        for runs in [
            [all[0], all[1], same],
            [all[1], same, all[0]],
            [same, all[0], all[1]],
        ] {
            let mut agreement = Agreement::new(&SameOutput::Stdout);
            let mut checked = runs
                .iter()
                .map(|(role, run, stdout)| agreement.check(*role, run, stdout.as_bytes()));
            let error = checked.find_map(Result::err);
            let Some(Error::OutputDiffers { runs, .. }) = error else {
                panic!("{error:?}");
            };
            assert_eq!(runs, ["base", "other"]);
        }
    }

    #[test]
    fn nothing_is_compared_unless_it_is_asked_for() {
        assert!(compared(&SameOutput::Off, "a", "b").is_ok());
    }

    #[test]
    fn the_first_line_that_differs_is_named() {
        assert!(compared(&SameOutput::Stdout, "a\nb\n", "a\nb\n").is_ok());
        for (second, said) in [("a\nc\n", "c"), ("a\n", "nothing more")] {
            let error = compared(&SameOutput::Stdout, "a\nb\n", second).unwrap_err();
            let Error::OutputDiffers { said: found, .. } = error else {
                panic!("{error:?}");
            };
            assert_eq!(found, ["b", said]);
        }
    }

    #[test]
    fn of_a_pattern_all_matches_are_compared() {
        let sums = SameOutput::Matches(Regex::new("sum = .*").unwrap());
        let rates = |sum, rate| format!("sum = {sum}\n{rate} images / sec\n");
        assert!(compared(&sums, &rates(5, 7), &rates(5, 8)).is_ok());
        assert!(compared(&sums, &rates(5, 7), &rates(6, 7)).is_err());
        assert!(compared(&sums, &rates(5, 7), &(rates(5, 7) + "sum = 5")).is_err());
        let error = compared(&sums, "7 images / sec", "").unwrap_err();
        assert!(matches!(error, Error::OutputMissing { .. }), "{error:?}");
    }
}
