//! Finding and reading the configuration file.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::diagnose::{Diagnosis, diagnose};
use super::trust::{self, Distrust};
use super::{Program, TEMPLATE, Variant, wire};
use crate::error::{ConfigError, Error, Excerpt, Result};
use crate::regular_file::{self, Links};

/// The name of profila's own configuration file.
const OWN: &str = "profila.toml";
/// The name of Python's project file, which can hold the configuration too.
const PYPROJECT: &str = "pyproject.toml";

/// The longest configuration file that is read, in bytes.
const MOST_BYTES: u64 = 1_000_000;

/// A configuration file that was read.
#[derive(Clone, Debug)]
pub struct Document {
    /// The file, as the user would name it.
    pub path: PathBuf,
    /// Its folder, absolute: what is relative in the file is relative to it.
    pub folder: PathBuf,
    text: String,
    pub(super) settings: wire::File,
}

impl Document {
    /// Reads the text of a file; of a `pyproject.toml`, its `[tool.profila]`.
    pub fn parse(path: PathBuf, folder: PathBuf, text: String) -> Result<Option<Self>> {
        match parse_settings(&path, &text) {
            Ok(settings) => Ok(settings.map(|settings| Self {
                path,
                folder,
                text,
                settings,
            })),
            Err(error) => Err(error_at(&path, &text, diagnose(&error))),
        }
    }

    /// The error for something wrong in this file.
    pub(super) fn error(&self, diagnosis: Diagnosis) -> Error {
        error_at(&self.path, &self.text, diagnosis)
    }
}

fn parse_settings(path: &Path, text: &str) -> Result<Option<wire::File>, toml::de::Error> {
    if path.file_name().is_some_and(|name| name == PYPROJECT) {
        toml::from_str(text).map(|project: wire::PyProject| project.tool.profila)
    } else {
        toml::from_str(text).map(Some)
    }
}

fn error_at(path: &Path, text: &str, diagnosis: Diagnosis) -> Error {
    let Diagnosis {
        span,
        message,
        label,
        hint,
    } = diagnosis;
    ConfigError {
        message,
        excerpt: Excerpt {
            path: path.display().to_string(),
            text: text.to_owned(),
            span,
        },
        label,
        hint,
    }
    .into()
}

/// Reads the configuration: the file that is `named`, else the nearest one from
/// `start` (absolute) upward, else none.
///
/// In each folder `profila.toml` comes before a `pyproject.toml`, and the latter
/// counts only if it has a `[tool.profila]`. Fails if a file that is named or found
/// cannot be read or is not valid, and if one that is found can have been written by
/// another user.
pub fn discover(named: Option<&Path>, start: &Path) -> Result<Option<Document>> {
    match named {
        Some(path) => read_named(path).map(Some),
        None => start
            .ancestors()
            .flat_map(|folder| [folder.join(OWN), folder.join(PYPROJECT)])
            .find_map(|path| read_found(&path, start).transpose())
            .transpose(),
    }
}

fn read_named(path: &Path) -> Result<Document> {
    let read = regular_file::read(path, Links::Followed, MOST_BYTES);
    let bytes = read.map_err(|error| unreadable(path, &error))?;
    let text = decode(path, bytes)?;
    let absolute = fs::canonicalize(path).map_err(|error| unreadable(path, &error))?;
    let folder = folder_of(&absolute);
    Document::parse(path.to_owned(), folder, text)?.ok_or_else(|| {
        Error::usage(
            format!("`{}` has no [tool.profila]", path.display()),
            "add that table, or omit `--config`",
        )
    })
}

/// A file that the user named and that cannot be read is a wrong command line.
fn unreadable(path: &Path, error: &io::Error) -> Error {
    Error::Usage {
        message: format!("failed to read `{}`: {error}", path.display()),
        hint: (error.kind() == io::ErrorKind::NotFound)
            .then(|| "`profila init` writes a configuration to start from".to_owned()),
    }
}

fn read_found(path: &Path, start: &Path) -> Result<Option<Document>> {
    let shown = path.strip_prefix(start).unwrap_or(path).to_owned();
    let opened = trust::open(path).and_then(|(file, distrust)| {
        let bytes = regular_file::read_opened(file, MOST_BYTES)?;
        Ok((bytes, distrust))
    });
    let (bytes, distrust) = match opened {
        Ok(read) => read,
        Err(error) if is_absence(&error) => return Ok(None),
        Err(error) if error.kind() == io::ErrorKind::InvalidData => {
            return Err(unusable(path, &shown, &error.to_string()));
        }
        Err(source) => {
            return Err(Error::Io {
                action: "read",
                path: path.to_owned(),
                source,
            });
        }
    };
    // A project file that never names profila is none of its business, not even
    // where it is not valid.
    if path.ends_with(PYPROJECT) && !String::from_utf8_lossy(&bytes).contains("profila") {
        return Ok(None);
    }
    let folder = fs::canonicalize(path).map_or_else(|_| folder_of(path), |path| folder_of(&path));
    let document =
        decode(&shown, bytes).and_then(|text| Document::parse(shown.clone(), folder, text));
    match (document, distrust) {
        (Ok(None), _) => Ok(None),
        // Before its mistakes, which would show what it says.
        (_, Some(distrust)) => Err(distrusted(path, &shown, &distrust)),
        (document, None) => document,
    }
}

/// A file that was found and is none that can be used is in the way of any other.
fn unusable(path: &Path, shown: &Path, why: &str) -> Error {
    Error::usage(
        format!("`{}` was found, but {why}", shown.display()),
        format!(
            "remove `{}`, or name a configuration with `--config FILE`",
            path.display()
        ),
    )
}

/// The error for a file that another user can have written.
fn distrusted(path: &Path, shown: &Path, distrust: &Distrust) -> Error {
    Error::usage(
        format!(
            "`{}` was found but is not used: {distrust}",
            shown.display()
        ),
        format!(
            "a configuration can name programs to run; if you trust this one, use \
             `--config {}`, otherwise remove it",
            path.display()
        ),
    )
}

/// The text of a file, which has to be UTF-8, as TOML is.
fn decode(path: &Path, bytes: Vec<u8>) -> Result<String> {
    String::from_utf8(bytes).map_err(|error| {
        let start = error.utf8_error().valid_up_to();
        let text = String::from_utf8_lossy(error.as_bytes());
        // What is not UTF-8 is replaced by a character of three bytes.
        let diagnosis = Diagnosis::new(start..start + 3, "invalid UTF-8");
        error_at(path, &text, diagnosis)
    })
}

fn is_absence(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory | io::ErrorKind::IsADirectory
    )
}

fn folder_of(path: &Path) -> PathBuf {
    path.parent().map(Path::to_owned).unwrap_or_default()
}

/// Checks that the scripts to run are there, so that nothing is started in vain. Those of
/// revisions are looked for there.
pub fn require_scripts(variants: &[Variant]) -> Result<()> {
    variants
        .iter()
        .filter(|variant| variant.revision.is_none())
        .filter_map(|variant| Some((&variant.program, variant.program.file()?)))
        .try_for_each(|(program, file)| require_script(program, file))
}

fn require_script(program: &Program, script: &Path) -> Result<()> {
    // pytest looks for tests in folders.
    let may_be_folder = matches!(program, Program::Benchmark(_)) || is_runnable_folder(script);
    match fs::metadata(script) {
        Ok(metadata) if metadata.is_file() && is_notebook(script) => Err(notebook(script)),
        Ok(metadata) if metadata.is_file() || may_be_folder => Ok(()),
        // Such as one in a folder that may not be entered.
        Err(source) if !is_absence(&source) => Err(Error::Io {
            action: "find the script",
            path: script.to_owned(),
            source,
        }),
        _ => Err(Error::ScriptMissing {
            path: script.to_owned(),
        }),
    }
}

/// Python would take the JSON of a notebook for an expression, and do nothing.
fn is_notebook(path: &Path) -> bool {
    path.extension().is_some_and(|it| it == "ipynb")
}

fn notebook(path: &Path) -> Error {
    let file = path.display();
    Error::usage(
        format!("`{file}` is a notebook, and not a script"),
        format!(
            "make a script of it with `jupyter nbconvert --to script {file}`, or profile single \
             cells within it: `%load_ext profila`, then `%%profila`"
        ),
    )
}

/// Python runs a folder that has a `__main__.py`.
fn is_runnable_folder(path: &Path) -> bool {
    path.join("__main__.py").is_file()
}

/// Writes a commented `profila.toml` into `folder` and returns its path. Fails,
/// and changes nothing, if there is one.
pub fn write_template(folder: &Path) -> Result<PathBuf> {
    let path = folder.join(OWN);
    let file = fs::File::create_new(&path).and_then(|mut file| file.write_all(TEMPLATE.as_bytes()));
    match file {
        Ok(()) => Ok(path),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            Err(Error::FileExists { path })
        }
        Err(source) => Err(Error::Io {
            action: "write",
            path,
            source,
        }),
    }
}

#[cfg(test)]
mod tests;
