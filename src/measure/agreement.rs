//! Whether all runs give the same output: two versions that compute different things
//! are not compared by their speed.

use crate::config::SameOutput;
use crate::error::{Error, Result};

/// What has to be the same, and the run that said it first.
pub(super) struct Agreement<'a> {
    wanted: &'a SameOutput,
    first: Option<(String, Vec<String>)>,
}

impl<'a> Agreement<'a> {
    pub(super) const fn new(wanted: &'a SameOutput) -> Self {
        Self {
            wanted,
            first: None,
        }
    }

    /// Takes in what a run printed. Fails where that is not what the first one printed.
    pub(super) fn check(&mut self, run: &str, stdout: &[u8]) -> Result<()> {
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
        let Some((first_run, first)) = &self.first else {
            self.first = Some((run.to_owned(), said));
            return Ok(());
        };
        if *first == said {
            return Ok(());
        }
        let same = first.iter().zip(&said).take_while(|(a, b)| a == b).count();
        let line = |lines: &[String]| lines.get(same).map_or("nothing more", |it| it).to_owned();
        Err(Error::OutputDiffers {
            runs: [first_run.clone(), run.to_owned()],
            said: [line(first), line(&said)],
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
        agreement.check("one", first.as_bytes())?;
        agreement.check("two", second.as_bytes())
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
