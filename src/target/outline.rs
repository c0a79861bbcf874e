//! Which lines of a source belong to which function, as Python itself parses it.

use std::fs;
use std::path::Path;

use serde::Deserialize;

use super::python::{Asking, ask};
use crate::error::{Error, Result};
use crate::source::{Function, LineNumber};

/// Reads the texts from a file: there may be many, and long ones. What Python cannot parse
/// has no functions: the script itself may be of another version, or be none.
const OUTLINE: &str = r#"
import ast, json, sys
def visit(node, prefix, found):
    for child in ast.iter_child_nodes(node):
        if isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef)):
            first = min([child.lineno] + [it.lineno for it in child.decorator_list])
            found.append((prefix + child.name, first, child.end_lineno))
            visit(child, prefix + child.name + ".<locals>.", found)
        elif isinstance(child, ast.ClassDef):
            visit(child, prefix + child.name + ".", found)
        else:
            visit(child, prefix, found)
def outline(text):
    found = []
    try:
        visit(ast.parse(text), "", found)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []
    return found
with open(sys.argv[1], encoding="utf-8") as file:
    texts = json.load(file)
print()
print(json.dumps({"outlines": [outline(text) for text in texts]}))
"#;

/// What Python prints.
#[derive(Deserialize)]
struct Outlines {
    outlines: Vec<Vec<(String, u32, u32)>>,
}

/// The functions of each of these texts, in the order in which they begin.
///
/// Fails where Python does not answer, or gives another number of outlines than it was
/// given texts.
pub fn outline(python: &Path, texts: &[&str], asking: &Asking<'_>) -> Result<Vec<Vec<Function>>> {
    let unwritable = |source| Error::System {
        action: "write a file for Python".to_owned(),
        source,
    };
    let folder = tempfile::Builder::new()
        .prefix("outline-")
        .tempdir_in(asking.guard.folder())
        .map_err(unwritable)?;
    let file = folder.path().join("texts.json");
    let json = serde_json::json!(texts).to_string();
    fs::write(&file, json).map_err(unwritable)?;
    let output = ask(python, OUTLINE, &[file.as_os_str()], asking)?;
    // A `sitecustomize` of the user's may print something too.
    let mut lines = output.stdout.split(|&byte| byte == b'\n');
    let answer = lines.find_map(|line| serde_json::from_slice::<Outlines>(line).ok());
    match answer {
        Some(Outlines { outlines }) if outlines.len() == texts.len() => {
            Ok(outlines.into_iter().map(functions).collect())
        }
        _ => Err(Error::PythonUnusable {
            python: python.to_owned(),
            cause: super::python::last_words(&output.stderr, output.status),
        }),
    }
}

fn functions(outline: Vec<(String, u32, u32)>) -> Vec<Function> {
    let functions = outline.into_iter().filter_map(|(name, first, last)| {
        Some(Function {
            name,
            first: LineNumber::new(first)?,
            last: LineNumber::new(last)?,
        })
    });
    functions.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::target::Guard;

    /// Any Python will do.
    fn outlined(texts: &[&str]) -> Vec<Vec<(String, u32, u32)>> {
        let guard = Guard::start().unwrap();
        let asking = Asking {
            guard: &guard,
            is_given_up: &|| false,
        };
        let outlines = outline(Path::new("python3"), texts, &asking).unwrap();
        let plain = |it: Function| (it.name, it.first.get(), it.last.get());
        let outlines = outlines.into_iter();
        outlines
            .map(|functions| functions.into_iter().map(plain).collect())
            .collect()
    }

    #[test]
    fn functions_have_qualified_names_and_their_decorators() {
        let text = "\
import numba

@numba.njit(
    cache=True
)
def outer(x):
    def inner(y):
        return y
    return inner(x)

class Kernel:
    if True:
        def run(self):
            pass
";
        let outer = ("outer".to_owned(), 3, 9);
        let inner = ("outer.<locals>.inner".to_owned(), 7, 8);
        let run = ("Kernel.run".to_owned(), 13, 14);
        let expected = vec![vec![outer, inner, run], vec![], vec![]];
        assert_eq!(outlined(&[text, "def broken(:\n", ""]), expected);
    }
}
