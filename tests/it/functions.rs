//! The functions and statements of source files, as Python's own parser has them.

use std::fs;
use std::path::{Path, PathBuf};

use profila::source::{Function, LineNumber, SourceFile};
use profila::syntax::functions;

use crate::harness::{Sandbox, repository, scripts};

/// How many of the files are compared: one in so many.
const ONE_IN: usize = 10;

/// Files that are compared in any case, for all the syntax that is in them. Some Pythons come
/// without.
const WITH_ALL_SYNTAX: [&str; 10] = [
    "test_coroutines.py",
    "test_decorators.py",
    "test_except_star.py",
    "test_fstring.py",
    "test_grammar.py",
    "test_named_expressions.py",
    "test_patma.py",
    "test_positional_only_arg.py",
    "test_unicode_identifiers.py",
    "test_unpack_ex.py",
];

/// A function as `prints_functions.py` prints it.
type Printed = (
    String,
    LineNumber,
    LineNumber,
    Vec<(LineNumber, LineNumber)>,
);

#[test]
fn functions_are_those_that_python_finds() {
    let sandbox = Sandbox::new();
    let files: Vec<SourceFile> = files(&sandbox).iter().map(|path| read(path)).collect();
    assert!(files.len() > 100, "{}", files.len());
    let texts: Vec<&str> = files.iter().map(SourceFile::text).collect();
    let expected = printed(&sandbox, &texts);
    assert_eq!(expected.len(), files.len());
    for (file, expected) in files.iter().zip(expected) {
        // What this Python cannot parse may be for another.
        if let Some(expected) = expected {
            check(file, expected);
        }
    }
}

/// What Python's libraries do not have. Line ends are Python's own.
#[test]
fn odd_texts_have_the_functions_that_python_finds() {
    let texts = [
        "def f():\r\n\tpass\rdef g():\n\x0c\n  return 1\n",
        "x = 1 ;\\\r\n y = lambda: (\\\n 2)\n",
        "def f(x):\n    if x: return \\\n        1\n\\\n\n    return 2 \\\n        ;\n",
        "class ﬁ:\n def e\u{301}(µ): 'text'; return µ\n",
        "@(\n a\n)\n@b(lambda: 1)\n# c\nclass K:\n @ \\\n  d\n async \\\n  def f(): ...\n",
        "def f(x):\n  match x:\n    case {'a': [*_]} | 1: return 1\n    case _:\n\n      pass\n",
        "def f():\n  try: pass\n  except* A: x = 1\n  else:\n    y = 2\n  finally: del y\n",
        "def f():\n  if x:\n    pass\n  elif (\n  y\n  ):\n\n    # z\n    z\n  else: 1\n",
        "f(lambda: 1, *[lambda: 2], b=lambda: 3)(lambda: (yield\n))\n",
        "async def f():\n  async with a, \\\n   b: c\n  async for d in e:\n    @g\n    def h(): 1\n",
        "def f(): x: int; y: int = 1; '''a\n'''; f'''{b}\n''' 'c'\n# end",
        "def f():\n  return [x for x in y\n    if x]\n\n\n  # end\n\x0c  x = 1\n",
    ];
    let sandbox = Sandbox::new();
    for (text, expected) in texts.iter().zip(printed(&sandbox, &texts)) {
        let file = SourceFile::from_bytes("odd.py", text.as_bytes());
        check(&file, expected.unwrap_or_else(|| panic!("{text}")));
    }
}

#[track_caller]
fn check(file: &SourceFile, expected: Vec<Printed>) {
    let found = functions(file.text());
    let found = found.unwrap_or_else(|error| panic!("{}: {error}", file.path()));
    let expected: Vec<Function> = expected
        .into_iter()
        .map(|(name, first, last, statements)| Function {
            name,
            first,
            last,
            statements,
        })
        .collect();
    for (found, expected) in found.iter().zip(&expected) {
        assert_eq!(found, expected, "{}", file.path());
    }
    assert_eq!(found.len(), expected.len(), "{}", file.path());
}

/// What Python finds in texts.
fn printed(sandbox: &Sandbox, texts: &[&str]) -> Vec<Option<Vec<Printed>>> {
    let json = serde_json::to_string(texts).unwrap();
    let texts = sandbox.write("texts.json", &json);
    let run = sandbox.bare([scripts().join("prints_functions.py"), texts]);
    serde_json::from_str(&run.outcome().succeeds().stdout()).unwrap()
}

/// Some files of the standard library and of Numba, and all of the tests' own.
fn files(sandbox: &Sandbox) -> Vec<PathBuf> {
    let words = "import os, numba; print(os.path.dirname(os.__file__)); print(*numba.__path__)";
    let folders = sandbox.bare(["-c", words]).outcome().succeeds().stdout();
    let mut all = Vec::new();
    for folder in folders.lines() {
        find_some(Path::new(folder), &mut all);
    }
    all.sort();
    let is_chosen = |(index, path): &(usize, PathBuf)| {
        index.is_multiple_of(ONE_IN) || WITH_ALL_SYNTAX.iter().any(|name| path.ends_with(name))
    };
    let chosen = all.into_iter().enumerate().filter(is_chosen);
    let mut chosen: Vec<PathBuf> = chosen.map(|(_, path)| path).collect();
    for folder in ["tests/scripts", "examples"] {
        find_some(&repository().join(folder), &mut chosen);
    }
    chosen
}

/// What [`find`] finds, which is at least one file.
#[track_caller]
fn find_some(folder: &Path, files: &mut Vec<PathBuf>) {
    let before = files.len();
    find(folder, files);
    assert!(files.len() > before, "{}", folder.display());
}

/// All files of Python's in a folder, without what is installed in it.
fn find(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() && !path.is_symlink() && !path.ends_with("site-packages") {
            find(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "py") {
            files.push(path);
        }
    }
}

fn read(path: &Path) -> SourceFile {
    SourceFile::from_bytes(path.display().to_string(), &fs::read(path).unwrap())
}
