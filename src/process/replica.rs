//! Copies of a script that run as if they lay where the script does.
//!
//! A copy is in a private folder of its own. Everything that lies beside the script is there as
//! a symbolic link, and everything beside its folder one level above, so that modules and data
//! are found by `import`, beside `__file__` and in the folder above that. Compiled code and
//! Numba's cache are what Python would write beside the script: they go into the private
//! folder, and are gone with it.

use std::collections::BTreeSet;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::io;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use super::guard::Guard;
use super::launch::no_temporary_file;
use super::private;
use crate::error::{Error, Result};

/// The folder in which Python and Numba keep what they compile: of a copy it is another one.
const CACHE: &str = "__pycache__";

/// Makes copies of one script.
pub struct Replicas<'g> {
    guard: &'g Guard,
    /// The folders of the script: that of the file itself, by which Python finds modules, and
    /// that of a link which leads there. The first of two entries of one name counts.
    folders: Vec<PathBuf>,
    name: OsString,
}

impl<'g> Replicas<'g> {
    /// Of the script at this path, which is there.
    pub fn of(script: &Path, guard: &'g Guard) -> Result<Self> {
        let unreadable = |source| Error::Io {
            action: "read",
            path: script.to_owned(),
            source,
        };
        let absolute = std::path::absolute(script).map_err(unreadable)?;
        let real = fs::canonicalize(script).map_err(unreadable)?;
        let folder = |path: &Path| path.parent().unwrap_or(Path::new("/")).to_owned();
        let mut folders = vec![folder(&real), folder(&absolute)];
        folders.dedup();
        let name = absolute.file_name().unwrap_or_default();
        Ok(Self {
            guard,
            folders,
            name: name.to_owned(),
        })
    }

    /// A copy with this text, in a folder of this name. Fails if there is one already.
    pub fn create(&self, folder: &str, text: &[u8]) -> Result<PathBuf> {
        let folder = self.guard.folder().join(folder);
        self.fill(&folder, text)
            .map_err(|source| no_temporary_file("make a copy of the script", source))
    }

    fn fill(&self, folder: &Path, text: &[u8]) -> io::Result<PathBuf> {
        private::create_folder(folder)?;
        let real = self.folders.first().map(PathBuf::as_path);
        let real = real.unwrap_or(Path::new("/"));
        let mut inner = folder.to_owned();
        if let (Some(above), Some(name)) = (real.parent(), real.file_name()) {
            link_entries(&[above], name, folder)?;
            inner.push(name);
            private::create_folder(&inner)?;
        }
        let folders: Vec<&Path> = self.folders.iter().map(PathBuf::as_path).collect();
        link_entries(&folders, &self.name, &inner)?;
        let copy = inner.join(&self.name);
        private::write_new(&copy, text)?;
        Ok(copy)
    }
}

/// Links everything in some folders from another one, but for what has this name and for what
/// Python has compiled. A folder that cannot be read has nothing that a script could find by
/// looking.
fn link_entries(from: &[&Path], except: &OsStr, into: &Path) -> io::Result<()> {
    let mut linked = BTreeSet::from([except.to_owned(), CACHE.into()]);
    for folder in from {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            let name = entry.file_name();
            if linked.insert(name.clone()) {
                symlink(folder.join(&name), into.join(&name))?;
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_finds_what_lies_beside_the_script_and_writes_nothing_there() {
        let users = tempfile::tempdir().unwrap();
        let path = |name: &str| users.path().join("project").join(name);
        fs::create_dir_all(path("data/__pycache__")).unwrap();
        fs::create_dir(path("__pycache__")).unwrap();
        fs::write(path("script.py"), "as it is").unwrap();
        fs::write(path("helper.py"), "help").unwrap();
        fs::write(users.path().join("above"), "above").unwrap();
        let guard = Guard::start().unwrap();
        let replicas = Replicas::of(&path("script.py"), &guard).unwrap();
        let copy = replicas.create("order-1", b"in order").unwrap();
        let other = replicas.create("order-2", b"in another").unwrap();
        assert_ne!(copy, other);
        assert_eq!(fs::read(&copy).unwrap(), b"in order");
        let beside = |name: &str| copy.with_file_name(name);
        assert_eq!(fs::read(beside("helper.py")).unwrap(), b"help");
        assert!(beside("data").is_symlink());
        assert!(!beside(CACHE).exists());
        assert_eq!(fs::read(beside("../above")).unwrap(), b"above");
        assert_eq!(fs::read(path("script.py")).unwrap(), b"as it is");
        assert!(replicas.create("order-1", b"").is_err());
        drop(guard);
        assert!(path("data").is_dir() && path("helper.py").is_file());
    }

    /// Python looks for modules in the folder of the file itself.
    #[test]
    fn a_copy_of_a_link_has_the_neighbours_of_both() {
        let users = tempfile::tempdir().unwrap();
        let path = |name: &str| users.path().join(name);
        for folder in ["real", "links"] {
            fs::create_dir(path(folder)).unwrap();
            fs::write(path(folder).join("helper.py"), folder).unwrap();
            fs::write(path(folder).join(format!("{folder}.py")), folder).unwrap();
        }
        fs::write(path("real/script.py"), "").unwrap();
        symlink("../real/script.py", path("links/script.py")).unwrap();
        let guard = Guard::start().unwrap();
        let replicas = Replicas::of(&path("links/script.py"), &guard).unwrap();
        let copy = replicas.create("order-1", b"").unwrap();
        let beside = |name: &str| fs::read(copy.with_file_name(name)).unwrap();
        assert_eq!(beside("helper.py"), b"real");
        assert_eq!(beside("links.py"), b"links");
    }
}
