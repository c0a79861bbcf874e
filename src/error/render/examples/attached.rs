//! Why a process that runs already cannot be watched.

use std::time::Duration;

use crate::error::{AttachError, Error};

/// One of each kind.
pub(super) fn attach_errors() -> Vec<Error> {
    let pid = 1234;
    let errors = [
        AttachError::Missing { pid },
        AttachError::Own { pid },
        AttachError::Suspended { pid },
        AttachError::WithoutNumba {
            pid,
            command: "sleep 60".to_owned(),
        },
        AttachError::Ended { pid },
        AttachError::Unsampled {
            pid,
            watched: Duration::from_millis(7),
        },
    ];
    errors.into_iter().map(Error::from).collect()
}
