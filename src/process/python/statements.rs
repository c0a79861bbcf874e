//! Asking a Python which statements of a block depend on each other.

use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::ask::{Asking, ask};
use super::last_words;
use crate::error::{Error, Result};

/// One program, in files by what they are about.
const STATEMENTS: &str = concat!(
    include_str!("statements/syntax.py"),
    include_str!("statements/meaning.py"),
    include_str!("statements/scope.py"),
    include_str!("statements/effects.py"),
    include_str!("statements/dependences.py"),
    include_str!("statements/block.py"),
);

/// What is asked.
#[derive(Clone, Debug, Serialize)]
pub struct Question<'q> {
    /// The first and the last line of the block, where the user named them.
    pub lines: Option<(u32, u32)>,
    /// The function in which a block is looked for, where the user named that.
    pub function: Option<&'q str>,
    /// Whether memory and calls are taken for independent when a block is looked for.
    pub assume: bool,
    /// Statements of a block at most.
    pub most: usize,
}

/// Has an interpreter read the script at an absolute path, without running it, and find a
/// block of statements in it. `T` is the form of the answer.
pub fn read_statements<T: DeserializeOwned>(
    python: &Path,
    script: &Path,
    question: &Question<'_>,
    asking: &Asking<'_>,
) -> Result<T> {
    let (_, answer) = ask(python, &program(script, question), asking)?;
    let mut lines = answer.stdout.split(|&byte| byte == b'\n');
    let found = lines.find_map(|line| serde_json::from_slice(line).ok());
    found.ok_or_else(|| Error::PythonUnusable {
        python: python.to_owned(),
        cause: last_words(&answer.stderr, answer.status),
    })
}

/// The program with what it is asked. Any bytes may be a path, and any text a name: both are
/// written as numbers.
fn program(script: &Path, question: &Question<'_>) -> String {
    let request = serde_json::to_vec(question).expect("numbers and text can be written");
    let path = script.as_os_str().as_bytes();
    format!(
        "import json, os\nREQUEST = json.loads(bytes({request:?}))\n\
         REQUEST['path'] = os.fsdecode(bytes({path:?}))\n{STATEMENTS}"
    )
}
