//! What ran a script, by the word of the script's own process.
//!
//! What an interpreter says when it is asked beforehand need not be what a script imports:
//! the script may change its module path, and the metadata of a package may be that of
//! another copy of it.

/// The versions that a run reported.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Versions {
    /// That of Python.
    pub(super) python: Option<String>,
    /// That of the Numba that was imported.
    pub(super) numba: Option<String>,
}

impl Versions {
    /// What has to be said where a later run of the version with this name ran with something
    /// else.
    pub(super) fn changes(&self, later: &Self, name: &str) -> Vec<String> {
        let both = [
            ("Python", &self.python, &later.python),
            ("Numba", &self.numba, &later.numba),
        ];
        let changes = both.into_iter().filter_map(|(what, first, later)| {
            let (first, later) = (first.as_ref()?, later.as_ref()?);
            (first != later).then(|| {
                format!(
                    "`{name}` ran with different versions of {what}, first with {first} and later \
                     with {later}: its runs are not of one program"
                )
            })
        });
        changes.collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn versions(python: &str, numba: Option<&str>) -> Versions {
        Versions {
            python: Some(python.to_owned()),
            numba: numba.map(str::to_owned),
        }
    }

    #[track_caller]
    fn check(first: &Versions, later: &Versions, expected: &[&str]) {
        assert_eq!(first.changes(later, "a.py"), expected);
    }

    #[test]
    fn a_change_between_runs_is_said() {
        let first = versions("3.11.7", Some("0.68.1"));
        check(&first, &first, &[]);
        check(&first, &versions("3.11.7", None), &[]);
        check(
            &first,
            &versions("3.11.7", Some("0.57.1")),
            &[
                "`a.py` ran with different versions of Numba, first with 0.68.1 and later with \
                 0.57.1: its runs are not of one program",
            ],
        );
        let others = first.changes(&versions("3.13.0", Some("0.57.1")), "a.py");
        assert_eq!(others.len(), 2, "{others:?}");
    }
}
