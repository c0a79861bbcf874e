use proptest::prelude::*;

use super::*;
use crate::source;

/// The functions with their first and last lines, a line each.
fn shown(text: &str) -> Vec<String> {
    let functions = functions(text).unwrap();
    let shown = functions
        .iter()
        .map(|it| format!("{} {}-{}", it.name, it.first, it.last));
    shown.collect()
}

#[track_caller]
fn check(text: &str, expected: &[&str]) {
    assert_eq!(shown(text), expected, "{text}");
}

/// Checks the statements of the first function of a text.
#[track_caller]
fn check_statements(text: &str, expected: &[(u32, u32)]) {
    let functions = functions(text).unwrap();
    let statements = functions[0].statements.iter();
    let statements: Vec<_> = statements
        .map(|(first, last)| (first.get(), last.get()))
        .collect();
    assert_eq!(statements, expected, "{text}");
}

#[track_caller]
fn check_unreadable(text: &str, expected: &str) {
    let error = functions(text).unwrap_err();
    let error = error.to_string();
    assert!(error.starts_with(expected), "{error}");
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

async def wait():
    class Local:
        async def run(self): pass
    # Nothing.
";
    check(
        text,
        &[
            "outer 3-9",
            "outer.<locals>.inner 7-8",
            "Kernel.run 13-14",
            "wait 16-18",
            "wait.<locals>.Local.run 18-18",
        ],
    );
    check("", &[]);
    check("x = 1\n", &[]);
}

#[test]
fn a_decorator_begins_at_its_expression() {
    check(
        "@(\n    a\n)\n@b\n\n# Between.\n\nasync \\\n def f(): pass",
        &["f 2-9"],
    );
}

#[test]
fn a_lambda_is_a_function_where_it_is_in_no_other() {
    let text = "\
double = njit(lambda x:
    x * 2)

def f(values, key=lambda x: x):
    return sorted(values, key=lambda x: -x)

class Kernel:
    square = njit(lambda self: self.x ** 2)
twice = lambda: lambda: (
    2
)
";
    check(
        text,
        &[
            "<lambda> 1-2",
            "f 4-5",
            "Kernel.<lambda> 8-8",
            "<lambda> 9-11",
        ],
    );
    check_statements("f = lambda x: (\n    x\n    + 1\n)\n", &[(2, 3)]);
}

#[test]
fn functions_on_one_line_are_in_the_order_of_the_text() {
    check(
        "def b(): pass\nf = {lambda: 1: lambda: 2}; a = lambda: 3\n",
        &["b 1-1", "<lambda> 2-2", "<lambda> 2-2", "<lambda> 2-2"],
    );
}

#[test]
fn names_are_those_that_python_knows() {
    // Python composes what is composed of several characters, and takes ligatures apart.
    check("def \u{fb01}_e\u{301}(): pass\n", &["fi_\u{e9} 1-1"]);
    check("def größe_π(µ): pass\n", &["größe_π 1-1"]);
    check(
        "def match(): pass\ndef type[T: int](x: T): pass\n",
        &["match 1-1", "type 2-2"],
    );
}

#[test]
fn lines_are_those_of_python() {
    let ends = "def f():\r\n\tpass\rdef g():\n\x0c\n  pass\x0b\n";
    check_unreadable(ends, "line 5 cannot be parsed (Got unexpected token \x0b)");
    check(
        "def f():\r\n\tpass\rdef g():\n\x0c\n  pass\n",
        &["f 1-2", "g 3-5"],
    );
    check(
        "é = '''\u{2028}\n'''; ü = lambda: 'ß'\r\rdef f(): 1",
        &["<lambda> 2-2", "f 4-4"],
    );
    check("def f(): x = '''\n\n''' ; y = 1;\n# end\n", &["f 1-3"]);
    check("if x:\n  def f():\n      1\n\\\n\n\n", &["f 2-3"]);
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
    else: ...; 1j; None; b''; -1
    finally:
        import a; global b
    return total
";
    check_statements(
        text,
        &[
            (4, 6),
            (7, 9),
            (10, 10),
            (10, 10),
            (16, 16),
            (17, 17),
            (20, 20),
        ],
    );
}

#[test]
fn statements_are_not_those_of_functions_and_classes_within() {
    let text = "\
def f():
    class K:
        x = 1
        def g(self):
            return 1
    return K
";
    let functions = functions(text).unwrap();
    let counts: Vec<usize> = functions.iter().map(|it| it.statements.len()).collect();
    assert_eq!(counts, [1, 1]);
}

#[test]
fn what_has_a_body_ends_before_it() {
    check_statements(
        "\
def f(x):
    if x:

        # Why.
        y = 1
    elif (x
          > 2):
        pass
    else:
        z = 3
    while x: x -= 1
    else:
        async_ = 4
    with (
        a as b,
    ):

        @c
        @d
        # To Python a function begins at its `def`.
        def g(): pass
    match x:
        case [1, *_] if y:
            x = 1
        case _:
            pass
",
        &[
            (2, 4),
            (5, 5),
            (6, 7),
            (10, 10),
            (11, 11),
            (11, 11),
            (13, 13),
            (14, 20),
            (22, 26),
            (24, 24),
        ],
    );
}

#[test]
fn newer_syntax_is_read() {
    let text = "\
type Pair[T] = tuple[T, T]
def f[T](x: T) -> T:
    type Local = int
    try:
        return f'{x!r:>{
            width
        }}'
    except* ValueError:
        y = t'{x}'
    try: pass
    except A, B:
        raise
";
    check_statements(text, &[(3, 3), (5, 7), (9, 9), (12, 12)]);
}

#[test]
fn what_is_no_python_is_said() {
    check_unreadable(
        "x = 1\ndef broken(:\n    pass\n",
        "line 2 cannot be parsed (Exp",
    );
    check_unreadable("print 'old'\n", "line 1 cannot be parsed (Simple");
    check_unreadable(
        "\nx = 'open\n",
        "line 2 cannot be parsed (missing closing quote",
    );
    check_unreadable(
        "def f(x):",
        "line 1 cannot be parsed (Expected an indented block",
    );
    let text = format!("x = 1\ny = $\n{}", "z\n".repeat(10_000));
    check_unreadable(&text, "line 2 cannot be parsed (");
    check_unreadable(
        &"()".repeat(100_000),
        "it is nested too deeply to be parsed",
    );
}

/// Parts of programs, in any order: most texts of them are broken.
fn parts() -> impl Strategy<Value = String> {
    let part = prop::sample::select(vec![
        "def f(x):",
        "async def g():",
        "class K:",
        "@a",
        "if x:",
        "elif y:",
        "else:",
        "for i in x:",
        "while x:",
        "with a as b:",
        "try:",
        "except* E:",
        "finally:",
        "match x:",
        "case 1:",
        "return",
        "lambda x,",
        "lambda:",
        "yield",
        "x",
        "é",
        "1",
        "'a'",
        "'",
        "\"\"\"",
        "f'",
        "f\"{",
        "{",
        "}",
        "(",
        ")",
        "[",
        "]",
        ",",
        ":",
        ";",
        ".",
        "=",
        ":=",
        "+",
        "not",
        "*",
        "**",
        "#",
        "\\",
        "\n",
        "\n",
        "\n    ",
        "\n  ",
        "\r",
        "\r\n",
        "\t",
        "\x0c",
        "\0",
        "\u{feff}",
        " ",
        "pass",
        "type X =",
        "!r",
        "$",
    ]);
    prop::collection::vec(part, 0..60).prop_map(|parts| parts.join(""))
}

/// Checks that functions are where something is, here and not in a thread, where a panic
/// would not be noticed.
fn check_any(text: &str) {
    let module = parser::parse(text).expect("it is short");
    let Ok(functions) = found(text, &module) else {
        return;
    };
    let count = source::lines(text).count();
    assert!(functions.is_sorted_by_key(|it| it.first), "{text:?}");
    for function in functions {
        let (first, last) = (function.first, function.last);
        assert!(first <= last && last.index() < count, "{text:?}");
        for (start, end) in function.statements {
            assert!(first <= start && start <= end && end <= last, "{text:?}");
        }
    }
}

proptest! {
    #[test]
    fn any_text_has_functions_or_none(text in ".*") {
        check_any(&text);
    }

    #[test]
    fn any_parts_have_functions_or_none(text in parts()) {
        check_any(&text);
    }
}
