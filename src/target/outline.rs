//! Which lines of a source belong to which function, as Python itself parses it.

use std::path::Path;

use serde::Deserialize;

use super::python::{Asking, ask};
use super::{no_temporary_file, private};
use crate::error::{Error, Result};
use crate::source::{Function, LineNumber};

/// Reads the texts from a file: there may be many, and long ones. What Python cannot parse
/// has no functions: the script itself may be of another version, or be none.
const OUTLINE: &str = r#"
import ast, json, sys
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
NOTHING = FUNCTIONS + (
    ast.ClassDef, ast.Try, ast.Pass, ast.Break, ast.Continue, ast.Global, ast.Nonlocal, ast.Import,
    ast.ImportFrom,
)
def does_something(node):
    is_text = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    is_declaration = isinstance(node, ast.AnnAssign) and node.value is None
    return not (isinstance(node, NOTHING) or is_text or is_declaration)
def statements(node, found):
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.stmt) and does_something(child):
            body = getattr(child, "body", [])
            last = max(child.lineno, body[0].lineno - 1) if body else child.end_lineno
            found.append((child.lineno, last))
        if not isinstance(child, FUNCTIONS + (ast.ClassDef, ast.expr)):
            statements(child, found)
    return found
def visit(node, prefix, found):
    for child in ast.iter_child_nodes(node):
        if isinstance(child, FUNCTIONS):
            first = min([child.lineno] + [it.lineno for it in child.decorator_list])
            name = prefix + child.name
            found.append((name, first, child.end_lineno, statements(child, [])))
            visit(child, prefix + child.name + ".<locals>.", found)
        elif isinstance(child, ast.ClassDef):
            visit(child, prefix + child.name + ".", found)
        elif isinstance(child, ast.Lambda):
            # One within a function is a part of it, as a comprehension is.
            if "<locals>" not in prefix:
                body = child.body
                lines = [(body.lineno, body.end_lineno)]
                found.append((prefix + "<lambda>", child.lineno, child.end_lineno, lines))
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
    outlines: Vec<Vec<Outlined>>,
}

/// A function: its name, its first and its last line, and those of each statement.
type Outlined = (String, u32, u32, Vec<(u32, u32)>);

/// The functions of each of these texts, in the order in which they begin.
///
/// Fails where Python does not answer, or gives another number of outlines than it was
/// given texts.
pub fn outline(python: &Path, texts: &[&str], asking: &Asking<'_>) -> Result<Vec<Vec<Function>>> {
    let unwritable = |source| no_temporary_file("write a file for Python", source);
    let folder = private::folder_within(asking.guard.folder(), "outline-").map_err(unwritable)?;
    let file = folder.path().join("texts.json");
    let json = serde_json::json!(texts).to_string();
    private::write_new(&file, json.as_bytes()).map_err(unwritable)?;
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

fn functions(outline: Vec<Outlined>) -> Vec<Function> {
    let lines = |(first, last)| Some((LineNumber::new(first)?, LineNumber::new(last)?));
    let functions = outline.into_iter();
    let functions = functions.filter_map(|(name, first, last, statements)| {
        let (first, last) = lines((first, last))?;
        Some(Function {
            name,
            first,
            last,
            statements: statements.into_iter().filter_map(lines).collect(),
        })
    });
    functions.collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::target::Guard;

    /// Any Python will do.
    fn outlined(texts: &[&str]) -> Vec<Vec<Function>> {
        let guard = Guard::start().unwrap();
        let asking = Asking {
            guard: &guard,
            working_dir: Path::new("."),
            environment: &BTreeMap::new(),
            is_given_up: &|| false,
        };
        outline(Path::new("python3"), texts, &asking).unwrap()
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
        let plain = |it: &Function| (it.name.clone(), it.first.get(), it.last.get());
        let outlines = outlined(&[text, "def broken(:\n", ""]);
        let outlines = outlines.iter().map(|it| it.iter().map(plain).collect());
        let outer = ("outer".to_owned(), 3, 9);
        let inner = ("outer.<locals>.inner".to_owned(), 7, 8);
        let run = ("Kernel.run".to_owned(), 13, 14);
        let expected = [vec![outer, inner, run], vec![], vec![]];
        assert_eq!(outlines.collect::<Vec<Vec<_>>>(), expected);
    }

    #[test]
    fn a_lambda_is_a_function_where_it_is_in_no_other() {
        let text = "\
double = njit(lambda x:
    x * 2)

def f(values):
    return sorted(values, key=lambda x: -x)

class Kernel:
    square = njit(lambda self: self.x ** 2)
";
        let plain = |it: &Function| (it.name.clone(), it.first.get(), it.last.get());
        let functions: Vec<_> = outlined(&[text])[0].iter().map(plain).collect();
        let expected = [
            ("<lambda>".to_owned(), 1, 2),
            ("f".to_owned(), 4, 5),
            ("Kernel.<lambda>".to_owned(), 8, 8),
        ];
        assert_eq!(functions, expected);
    }

    #[test]
    fn statements_are_those_that_do_something() {
        let text = "\
def f(x, n):
    \"\"\"A text.\"\"\"
    total: float
    total = (
        0.0
    )
    for i in range(
        n
    ):
        if x[i] > 0: total += x[i]
        else:
            continue
    try:
        pass
    except ValueError:
        total = -1
    def inner():
        return 1
    return total
";
        let outlines = outlined(&[text]);
        let statements = |function: usize| -> Vec<_> {
            let statements = outlines[0][function].statements.iter();
            statements
                .map(|(first, last)| (first.get(), last.get()))
                .collect()
        };
        let expected = [(4, 6), (7, 9), (10, 10), (10, 10), (16, 16), (19, 19)];
        assert_eq!(statements(0), expected);
        assert_eq!(statements(1), [(18, 18)]);
    }
}
