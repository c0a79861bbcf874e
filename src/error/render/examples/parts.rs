//! Why parts of an experiment cannot be joined.

use std::path::PathBuf;

use crate::error::{Error, MergeError};

/// One of each kind.
pub(super) fn part_errors() -> Vec<Error> {
    let file = |name: &str| PathBuf::from(name);
    let both = || [file("1/a.py.json"), file("2/a.py.json")];
    let errors = [
        MergeError::Nothing,
        MergeError::Empty {
            folder: file("parts"),
        },
        MergeError::NoPart {
            file: file("saved/a.py.json"),
        },
        MergeError::Different {
            files: both(),
            differences: vec!["Numba: 0.68.1 and 0.60.0".to_owned()],
        },
        MergeError::Repeated {
            part: 2,
            files: both(),
        },
        MergeError::Incomplete {
            part: 2,
            version: "b.py".to_owned(),
        },
        MergeError::Apart {
            part: 2,
            files: both(),
        },
        MergeError::Overwritten {
            file: file("1/a.py.json"),
        },
    ];
    errors.into_iter().map(Error::from).collect()
}
