//! Paths as the user writes them, made independent of where they are used.

use std::path::{Component, Path, PathBuf};

/// `path` as seen from `base`. The `.` and `..` that it begins with are resolved,
/// so that what is shown reads well; those after a name are not, as the name may
/// be a link.
pub(super) fn join(base: &Path, path: &Path) -> PathBuf {
    let mut base = base.to_owned();
    let mut components = path.components();
    loop {
        let rest = components.as_path().to_owned();
        match components.next() {
            Some(Component::CurDir) => {}
            Some(Component::ParentDir) => {
                base.pop();
            }
            Some(_) => return base.join(rest),
            None => return base,
        }
    }
}

/// `path`, written relative to `base`, so that it is valid from the working
/// directory `here` and from that of the runs, `cwd`.
pub(super) fn valid_from(here: &Path, cwd: &Path, base: &Path, path: &Path) -> PathBuf {
    if base == here && cwd == here {
        path.to_owned()
    } else {
        join(base, path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_join(base: &str, path: &str, expected: &str) {
        assert_eq!(join(Path::new(base), Path::new(path)), Path::new(expected));
    }

    #[test]
    fn leading_dots_are_resolved() {
        check_join("/a/b", "x.py", "/a/b/x.py");
        check_join("/a/b", ".", "/a/b");
        check_join("/a/b", "./x.py", "/a/b/x.py");
        check_join("/a/b", "../x.py", "/a/x.py");
        check_join("/a/b", "../../../x.py", "/x.py");
        check_join("/a/b", "c/../x.py", "/a/b/c/../x.py");
        check_join("/a/b", "/x.py", "/x.py");
    }

    #[track_caller]
    fn check_valid_from(here: &str, cwd: &str, base: &str, expected: &str) {
        let path = valid_from(
            Path::new(here),
            Path::new(cwd),
            Path::new(base),
            Path::new("./x.py"),
        );
        assert_eq!(path.to_str(), Some(expected));
    }

    #[test]
    fn a_path_stays_as_written_where_that_is_valid() {
        check_valid_from("/a", "/a", "/a", "./x.py");
        check_valid_from("/a", "/b", "/a", "/a/x.py");
        check_valid_from("/a", "/b", "/b", "/b/x.py");
        check_valid_from("/a", "/a", "/b", "/b/x.py");
    }
}
