//! The source files of a recording, as they were when they were first needed.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::mem;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crate::error::{Error, Result};
use crate::recording::{LineSamples, Source};
use crate::regular_file::{self, Links};
use crate::sampler::CodeLines;
use crate::source::{LineNumber, Located, Origin, SourceFile, SourceRoots, lines};
use crate::syntax::{Unreadable, functions};

/// Python's name for the text of `-c`.
const CODE: &str = "<string>";

/// The longest source that is read, in bytes.
const MOST_BYTES: u64 = 64_000_000;

/// The files that samples fell in, and the script itself.
pub(super) struct Sources {
    roots: SourceRoots,
    /// By the path that the compiler was given.
    located: BTreeMap<String, Located>,
    /// By the label in reports.
    files: BTreeMap<String, Kept>,
    script: Option<String>,
    /// The texts of code that is in no file, by its name, as far as Python keeps them.
    texts: BTreeMap<String, Option<String>>,
    /// Before anything was run.
    beginning: SystemTime,
    /// Whether more is known of the files than was recorded last.
    has_news: bool,
}

/// A file that was read, or could not be.
struct Kept {
    /// Where it is, if it is a file.
    path: Option<PathBuf>,
    source: Source,
    reading: Reading,
    /// Whether it was looked which functions it has.
    is_parsed: bool,
}

/// How it went.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reading {
    AsItRan,
    /// It was written to after the first run had begun.
    MaybeTooLate,
    Failed,
}

impl Sources {
    pub(super) fn new(roots: SourceRoots) -> Self {
        Self {
            roots,
            located: BTreeMap::new(),
            files: BTreeMap::new(),
            script: None,
            texts: BTreeMap::new(),
            beginning: SystemTime::now(),
            has_news: false,
        }
    }

    /// Reads the script that will be run in `working_dir`.
    pub(super) fn read_script(&mut self, working_dir: &Path, script: &Path) -> Result<()> {
        let mut path = working_dir.join(script);
        if path.is_dir() {
            path.push("__main__.py");
        }
        let bytes = read(&path).map_err(|source| Error::Io {
            action: "read",
            path: path.clone(),
            source,
        })?;
        let located = self.roots.locate(&path);
        self.script = Some(located.label.clone());
        self.keep(
            located.label,
            Some(path),
            &bytes,
            Origin::User,
            Reading::AsItRan,
        );
        Ok(())
    }

    /// Keeps the text of `-c`.
    pub(super) fn add_code(&mut self, code: &str) {
        self.script = Some(CODE.to_owned());
        self.keep(
            CODE.to_owned(),
            None,
            code.as_bytes(),
            Origin::User,
            Reading::AsItRan,
        );
    }

    /// Learns the texts of code that is in no file, as the script's process had them.
    pub(super) fn add_texts(&mut self, texts: &BTreeMap<String, Option<String>>) {
        for (name, text) in texts {
            self.texts
                .entry(name.clone())
                .or_insert_with(|| text.clone());
        }
    }

    /// Whose a file is, by the path that the compiler was given, and its label.
    pub(super) fn locate(&mut self, path: &str) -> Located {
        let script = self.script.as_deref();
        let located = self.located.entry(path.to_owned()).or_insert_with(|| {
            let mut located = self.roots.locate(Path::new(path));
            // A script is the user's, wherever it lies.
            if script == Some(&located.label) {
                located.origin = Origin::User;
            }
            located
        });
        located.clone()
    }

    /// The label of a file of the user's that was located before, by the path that the
    /// compiler was given.
    pub(super) fn users_label(&self, path: &str) -> Option<&str> {
        let located = self.located.get(path)?;
        (located.origin == Origin::User).then_some(&located.label)
    }

    /// Reads every file that was located and not read yet. Of one that cannot be
    /// read, the lines are counted and their text is empty.
    pub(super) fn read_all(&mut self) {
        let unread: Vec<(PathBuf, Located)> = self
            .located
            .iter()
            .filter(|(_, located)| !self.files.contains_key(&located.label))
            .map(|(path, located)| (PathBuf::from(path), located.clone()))
            .collect();
        for (path, located) in unread {
            let written = fs::metadata(&path).and_then(|metadata| metadata.modified());
            let text = self.texts.get(&*path.to_string_lossy()).cloned().flatten();
            let (bytes, reading) = match read(&path) {
                Err(_) if text.is_some() => {
                    (text.unwrap_or_default().into_bytes(), Reading::AsItRan)
                }
                Err(_) => (Vec::new(), Reading::Failed),
                Ok(bytes) if written.is_ok_and(|written| written > self.beginning) => {
                    (bytes, Reading::MaybeTooLate)
                }
                Ok(bytes) => (bytes, Reading::AsItRan),
            };
            self.keep(located.label, Some(path), &bytes, located.origin, reading);
        }
    }

    /// Notes which lines of the user's files have machine instructions.
    pub(super) fn note_code(&mut self, lines: &CodeLines) {
        for (path, lines) in lines {
            let label = self.located.get(&**path).map(|located| &located.label);
            let kept = label.and_then(|label| self.files.get_mut(label));
            if let Some(kept) = kept.filter(|kept| kept.source.user) {
                let known = kept.source.code.len();
                kept.source.code.extend(lines);
                self.has_news |= kept.source.code.len() > known;
            }
        }
    }

    /// Finds the functions of the user's files that were read since the last time. Gives back
    /// the labels of those that cannot be parsed, and why.
    pub(super) fn find_functions(&mut self) -> Vec<(String, Unreadable)> {
        let mut unreadable = Vec::new();
        for (label, kept) in &mut self.files {
            if kept.source.user && !mem::replace(&mut kept.is_parsed, true) {
                match functions(&kept.source.text) {
                    Ok(functions) => {
                        kept.source.functions = functions;
                        self.has_news = true;
                    }
                    Err(reason) => unreadable.push((label.clone(), reason)),
                }
            }
        }
        unreadable
    }

    /// How many of these samples are on lines that cannot be: past the end of their file,
    /// or outside of any function. Of what cannot be read, nothing is known.
    pub(super) fn misplaced(&self, lines: &[LineSamples]) -> u64 {
        let misplaced = lines.iter().filter(|line| {
            let kept = self.files.get(&line.file);
            kept.is_some_and(|kept| !kept.can_have(line.line))
        });
        misplaced
            .map(|line| line.owned.max(line.self_samples))
            .sum()
    }

    /// The labels of the user's files that are not as they were when they ran.
    pub(super) fn changed(&self) -> Vec<String> {
        self.users(|kept| kept.reading == Reading::MaybeTooLate || kept.has_changed())
    }

    /// The labels of the user's files of which no text is known.
    pub(super) fn unreadable(&self) -> Vec<String> {
        self.users(|kept| kept.reading == Reading::Failed)
    }

    fn users(&self, is_wanted: impl Fn(&Kept) -> bool) -> Vec<String> {
        let users = self.files.iter().filter(|(_, kept)| kept.source.user);
        users
            .filter(|(_, kept)| is_wanted(kept))
            .map(|(label, _)| label.clone())
            .collect()
    }

    /// Brings what was recorded of the files up to date, the script first. Texts are copied
    /// only where there is something to add.
    pub(super) fn update(&mut self, recorded: &mut Vec<Source>) {
        if !mem::take(&mut self.has_news) {
            return;
        }
        let is_script = |label: &&String| self.script.as_ref() == Some(label);
        let script = self.files.keys().filter(is_script);
        let rest = self.files.keys().filter(|label| !is_script(label));
        let files = script.chain(rest).map(|label| &self.files[label].source);
        *recorded = files.cloned().collect();
    }

    fn keep(
        &mut self,
        label: String,
        path: Option<PathBuf>,
        bytes: &[u8],
        origin: Origin,
        reading: Reading,
    ) {
        let kept = Kept {
            path,
            source: Source::from_bytes(label.as_str(), bytes, origin),
            reading,
            is_parsed: false,
        };
        self.files.insert(label, kept);
        self.has_news = true;
    }
}

impl Kept {
    /// Whether compiled code can be on a line.
    fn can_have(&self, line: LineNumber) -> bool {
        let Source {
            text, functions, ..
        } = &self.source;
        let is_known = self.reading == Reading::AsItRan && !text.is_empty();
        let is_in_file = || lines(text).nth(line.index()).is_some();
        let is_in_function = || functions.is_empty() || self.source.function_at(line).is_some();
        !is_known || (is_in_file() && is_in_function())
    }

    /// Whether the file is another one by now.
    fn has_changed(&self) -> bool {
        let now = self.path.as_ref().and_then(|path| read(path).ok());
        now.is_some_and(|bytes| SourceFile::from_bytes("", &bytes).sha256() != self.source.sha256)
    }
}

/// Reads a source. While a script runs, it can put anything in the place of its files.
fn read(path: &Path) -> io::Result<Vec<u8>> {
    regular_file::read(path, Links::Followed, MOST_BYTES)
}

#[cfg(test)]
mod tests;
