//! What can be wrong with the regions of a script.

use crate::error::{Cause, Error, RegionError, Unnoted};

/// One of each kind.
pub(super) fn region_errors() -> Vec<Error> {
    let run = "the timed run of `before` in round 1".to_owned();
    vec![
        RegionError::Missing {
            run: run.clone(),
            region: "blur".to_owned(),
            others: vec!["load".to_owned(), "dither".to_owned()],
        }
        .into(),
        RegionError::Missing {
            run: run.clone(),
            region: "blur".to_owned(),
            others: Vec::new(),
        }
        .into(),
        RegionError::Early {
            run: run.clone(),
            region: "blur".to_owned(),
            entries: 1,
        }
        .into(),
        RegionError::MixedUnits {
            run: run.clone(),
            region: "blur".to_owned(),
            without: 2,
            entries: 12,
        }
        .into(),
        RegionError::WithoutUnits {
            run: run.clone(),
            region: "blur".to_owned(),
            entries: 12,
        }
        .into(),
        RegionError::UnlikeUnits {
            run: "the timed run of `after` in round 1".to_owned(),
            first: run,
            found: "entries/s".to_owned(),
            wanted: "units/s".to_owned(),
        }
        .into(),
        incomplete(
            Cause::Entries,
            "it entered and left regions about 1,048,576 times",
        ),
        incomplete(
            Cause::Names,
            "it has more than 1,000 regions of different names",
        ),
        incomplete(
            Cause::Version,
            "its module `profila` is of another version of profila",
        ),
        incomplete(
            Cause::Descriptor,
            "it closed the descriptor on which they are noted",
        ),
        incomplete(Cause::File, "[Errno 28] No space left on device"),
    ]
}

/// That regions of a run were not noted.
fn incomplete(cause: Cause, reason: &str) -> Error {
    let error = RegionError::Incomplete {
        run: "the timed run of `before` in round 1".to_owned(),
        why: Unnoted {
            cause,
            reason: reason.to_owned(),
        },
    };
    error.into()
}
