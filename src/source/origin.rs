//! Whose code a file is, and the name that reports give it.

use std::ffi::OsStr;
use std::path::{Component, Path, PathBuf};

use super::FileGlob;

/// Whose code a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Origin {
    /// The user's own.
    User,
    /// The standard library's or an installed package's.
    Library,
}

/// A file as reports speak of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Located {
    /// Whose code it is.
    pub origin: Origin,
    /// Its name: relative to the working directory or the library folder it is
    /// in, else absolute.
    pub label: String,
}

/// The folders that decide whose code a file is.
///
/// Paths are compared as they are written, without a look at the disk: where a
/// folder has a second name through a symbolic link, list both.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceRoots {
    /// Where the script runs; absolute.
    pub working_dir: PathBuf,
    /// Folders of installed code, such as `site-packages` and that of the
    /// standard library; absolute.
    pub library_dirs: Vec<PathBuf>,
    /// Folders of single packages that are libraries wherever they lie; absolute.
    pub packages: Vec<PathBuf>,
    /// Files that are the user's wherever they are, by label or path.
    pub included: Vec<FileGlob>,
    /// Files that are a library's wherever they are, also where they are included.
    pub excluded: Vec<FileGlob>,
}

impl SourceRoots {
    /// Whose code the file at `path` is, and how reports name it.
    ///
    /// A relative path is taken from the working directory. Of all folders that
    /// hold the file the innermost decides, so that an environment inside the
    /// working directory is a library, and work done inside an installed package
    /// is the user's. A folder named `site-packages` or `dist-packages` holds
    /// installed code even if it is not listed: the environment may be another
    /// than the one that runs. Python's names for code without a file, such as
    /// `<string>`, are kept; only what is frozen into the interpreter is its own.
    /// What is included or excluded by name is whose it is said to be.
    pub fn locate(&self, path: &Path) -> Located {
        let mut located = self.locate_by_folder(path);
        if self.included.is_empty() && self.excluded.is_empty() {
            return located;
        }
        let path = normalize(&self.working_dir.join(path));
        let is_any = |globs: &[FileGlob]| {
            let mut globs = globs.iter();
            globs.any(|glob| glob.matches(Path::new(&located.label)) || glob.matches(&path))
        };
        if is_any(&self.excluded) {
            located.origin = Origin::Library;
        } else if is_any(&self.included) {
            located.origin = Origin::User;
        }
        located
    }

    fn locate_by_folder(&self, path: &Path) -> Located {
        let name = path.to_string_lossy();
        if name.starts_with('<') && name.ends_with('>') {
            return Located {
                origin: nameless_origin(&name),
                label: name.into_owned(),
            };
        }
        let working_dir = normalize(&self.working_dir);
        let path = normalize(&working_dir.join(path));
        if let Some(parent) = self.parent_of_package(&path, &working_dir) {
            return Located {
                origin: Origin::Library,
                label: relative(&path, &parent),
            };
        }
        let library_dir = self.library_dir_of(&path);
        let user_dir = path.starts_with(&working_dir).then_some(working_dir);
        match (user_dir, library_dir) {
            (user, Some(library)) if user.as_ref().is_none_or(|user| is_inside(&library, user)) => {
                Located {
                    origin: Origin::Library,
                    label: relative(&path, &library),
                }
            }
            (Some(user), _) => Located {
                origin: Origin::User,
                label: relative(&path, &user),
            },
            (None, _) => Located {
                origin: Origin::User,
                label: path.to_string_lossy().into_owned(),
            },
        }
    }

    /// The folder with the listed package that holds the file at a normalised path. Who
    /// works in a package works on it: then it is not a library.
    fn parent_of_package(&self, path: &Path, working_dir: &Path) -> Option<PathBuf> {
        let mut packages = self.packages.iter().map(|folder| normalize(folder));
        let package =
            packages.find(|folder| path.starts_with(folder) && !working_dir.starts_with(folder))?;
        package.parent().map(Path::to_path_buf)
    }

    /// The innermost library folder that holds the file at a normalised path.
    fn library_dir_of(&self, path: &Path) -> Option<PathBuf> {
        let listed = self.library_dirs.iter().map(|dir| normalize(dir));
        let by_name = path
            .ancestors()
            .skip(1)
            .filter(|dir| dir.file_name().is_some_and(is_package_dir));
        listed
            .filter(|dir| path.starts_with(dir))
            .chain(by_name.map(Path::to_path_buf))
            .max_by_key(|dir| dir.components().count())
    }
}

fn nameless_origin(name: &str) -> Origin {
    if name.starts_with("<frozen ") {
        Origin::Library
    } else {
        Origin::User
    }
}

fn is_package_dir(name: &OsStr) -> bool {
    name == "site-packages" || name == "dist-packages"
}

/// Whether `inner` is below `outer`, and not the same folder.
fn is_inside(inner: &Path, outer: &Path) -> bool {
    inner != outer && inner.starts_with(outer)
}

fn relative(path: &Path, dir: &Path) -> String {
    path.strip_prefix(dir)
        .unwrap_or(path)
        .to_string_lossy()
        .into_owned()
}

/// The path without `.` and `..`, by its spelling alone.
fn normalize(path: &Path) -> PathBuf {
    let mut normal = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir if matches!(last(&normal), Some(Component::Normal(_))) => {
                normal.pop();
            }
            // The root is its own parent.
            Component::ParentDir if normal.has_root() => {}
            _ => normal.push(component),
        }
    }
    normal
}

fn last(path: &Path) -> Option<Component<'_>> {
    path.components().next_back()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn roots() -> SourceRoots {
        SourceRoots {
            working_dir: "/home/ada/dither/.".into(),
            library_dirs: vec![
                "/usr/lib/python3.11".into(),
                "/home/ada/dither/.venv/lib/python3.11/site-packages".into(),
                "/home/ada/dither/../tools".into(),
            ],
            packages: vec![],
            included: vec![],
            excluded: vec![],
        }
    }

    #[track_caller]
    fn check(path: &str, origin: Origin, label: &str) {
        let expected = Located {
            origin,
            label: label.to_owned(),
        };
        assert_eq!(roots().locate(Path::new(path)), expected);
    }

    #[test]
    fn a_file_is_whose_it_is_said_to_be() {
        let globs = |texts: &[&str]| texts.iter().map(|text| text.parse().unwrap()).collect();
        let roots = SourceRoots {
            included: globs(&["numba/np/*", "helpers.py"]),
            excluded: globs(&["helpers.py", "/home/ada/dither/vendor/*"]),
            ..roots()
        };
        let origin_of = |path: &str| roots.locate(Path::new(path)).origin;
        let packages = "/home/ada/dither/.venv/lib/python3.11/site-packages";
        let of_package = |name: &str| origin_of(&format!("{packages}/numba/{name}"));
        assert_eq!(of_package("np/arraymath.py"), Origin::User);
        assert_eq!(of_package("core/types.py"), Origin::Library);
        assert_eq!(origin_of("helpers.py"), Origin::Library);
        assert_eq!(origin_of("vendor/a.py"), Origin::Library);
        assert_eq!(origin_of("dither.py"), Origin::User);
    }

    #[test]
    fn files_below_the_working_directory_are_the_users() {
        check("/home/ada/dither/dither.py", Origin::User, "dither.py");
        check("dither.py", Origin::User, "dither.py");
        check("./lib/../util/math.py", Origin::User, "util/math.py");
        check("/home/ada/dither/./a//b.py", Origin::User, "a/b.py");
    }

    #[test]
    fn files_elsewhere_keep_their_whole_path() {
        check(
            "/tmp/ipykernel_7/1.py",
            Origin::User,
            "/tmp/ipykernel_7/1.py",
        );
        check("../shared/x.py", Origin::User, "/home/ada/shared/x.py");
        check(
            "/home/ada/dither2/x.py",
            Origin::User,
            "/home/ada/dither2/x.py",
        );
        check("/../../x.py", Origin::User, "/x.py");
    }

    #[test]
    fn library_files_are_named_from_the_library_folder() {
        check(
            "/usr/lib/python3.11/random.py",
            Origin::Library,
            "random.py",
        );
        check("/home/ada/tools/t.py", Origin::Library, "t.py");
        check(
            "/home/ada/dither/.venv/lib/python3.11/site-packages/numba/np/arraymath.py",
            Origin::Library,
            "numba/np/arraymath.py",
        );
    }

    #[test]
    fn the_innermost_library_folder_names_the_file() {
        check(
            "/usr/lib/python3.11/dist-packages/numpy/core.py",
            Origin::Library,
            "numpy/core.py",
        );
    }

    #[test]
    fn an_environment_that_is_not_listed_is_known_by_its_folder() {
        check(
            "other-env/lib/python3.9/site-packages/numba/core.py",
            Origin::Library,
            "numba/core.py",
        );
        check("/opt/py/site-packages/x.py", Origin::Library, "x.py");
        check("site-packages.py", Origin::User, "site-packages.py");
    }

    /// As after `pip install --target`, in a file that Python imports from, or where a
    /// package is installed from its repository.
    #[test]
    fn a_listed_package_is_a_library_wherever_it_lies() {
        let roots = SourceRoots {
            packages: vec![
                "/home/ada/dither/vendor/numba".into(),
                "/home/ada/all.zip/numpy".into(),
            ],
            ..roots()
        };
        let located = |path: &str| {
            let Located { origin, label } = roots.locate(Path::new(path));
            (origin, label)
        };
        let library = |label: &str| (Origin::Library, label.to_owned());
        assert_eq!(located("vendor/numba/np/a.py"), library("numba/np/a.py"));
        assert_eq!(located("../all.zip/numpy/b.py"), library("numpy/b.py"));
        assert_eq!(located("vendor/numbat.py").0, Origin::User);
        let within = SourceRoots {
            working_dir: "/home/ada/dither/vendor/numba/np".into(),
            ..roots
        };
        let origin = within.locate(Path::new("a.py")).origin;
        assert_eq!(origin, Origin::User);
    }

    #[test]
    fn work_inside_an_installed_package_is_the_users() {
        let roots = SourceRoots {
            working_dir: "/opt/site-packages/mine".into(),
            library_dirs: vec!["/opt/site-packages".into()],
            ..roots()
        };
        let located = roots.locate(Path::new("/opt/site-packages/mine/k.py"));
        assert_eq!(located.origin, Origin::User);
        assert_eq!(located.label, "k.py");
    }

    #[test]
    fn code_without_a_file_keeps_its_name() {
        check("<string>", Origin::User, "<string>");
        check("<stdin>", Origin::User, "<stdin>");
        check("<ipython-input-3-9a>", Origin::User, "<ipython-input-3-9a>");
        check(
            "<frozen importlib._bootstrap>",
            Origin::Library,
            "<frozen importlib._bootstrap>",
        );
        check("<odd/name.py", Origin::User, "<odd/name.py");
    }
}
