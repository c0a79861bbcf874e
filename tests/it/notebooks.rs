//! The magics of `%load_ext profila`: a notebook that is executed, cell by cell.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::harness::{Run, Sandbox, python, repository};

/// What executes the notebook that it is given.
const EXECUTE: &str = "from nbclient.cli import main; main()";

/// Cells after those of the example.
const RIGHT: [&str; 3] = [
    "%%profila_diff squares --help\npass",
    "of_the_notebook = throughput.__name__\nprint(of_the_notebook)",
    "%%profila_setup data\ncount = 5",
];

/// Cells that are wrong, each with what is said of it.
const WRONG: [(&str, &[&str]); 8] = [
    (
        "%%profila\nprint(of_the_notebook + absent)",
        &["the notebook defines `of_the_notebook`,", "%%profila_setup"],
    ),
    (
        "%%profila_diff nothing\npass",
        &["there is no cell `nothing`, of `distances`, `squares`"],
    ),
    ("%%profila_diff\npass", &["needs the name of the cell"]),
    (
        "%%profila --with nowhere\npass",
        &["there is no setup `nowhere`, of `data`"],
    ),
    (
        "%%profila\n%cd nowhere",
        &["no program of plain Python", "`%cd nowhere`"],
    ),
    (
        "%%profila_setup\n%matplotlib inline",
        &["no program of plain Python", "`%matplotlib inline`"],
    ),
    (
        "%%profila --rate 0\npass",
        &["from 1 to 1000", "exit code 2"],
    ),
    (
        "%%profila numba --with data\nimport numba\nnumba.njit\nraise ValueError(count * 111)",
        &["ValueError: 555", "exit code 1"],
    ),
];

/// An environment with Numba, this repository's Python package, and what runs notebooks.
pub(crate) fn environment(sandbox: &Sandbox) -> PathBuf {
    let tools = repository().join(".venv-packaging");
    assert!(tools.join(".ready").is_file(), "run `make environments`");
    let folder = sandbox.path("environment");
    let run = sandbox.run(&tools.join("bin/python"), ["-m", "venv", "--without-pip"]);
    run.arg(&folder).outcome().succeeds();
    let numba = python().ancestors().nth(2).unwrap().to_owned();
    let paths = [
        repository().join("python"),
        site_packages(&numba),
        site_packages(&tools),
    ];
    let paths = paths.map(|path| path.display().to_string()).join("\n");
    fs::write(site_packages(&folder).join("linked.pth"), paths).unwrap();
    let program = Path::new(env!("CARGO_BIN_EXE_profila"));
    symlink(program, folder.join("bin/profila")).unwrap();
    folder
}

fn site_packages(environment: &Path) -> PathBuf {
    let mut versions = fs::read_dir(environment.join("lib")).unwrap();
    let version = versions.next().expect("a version of Python").unwrap();
    version.path().join("site-packages")
}

/// A further cell of code, by its number among those.
fn cell(number: usize, source: &str) -> Value {
    json!({
        "cell_type": "code",
        "id": format!("further-{number}"),
        "metadata": {},
        "execution_count": null,
        "outputs": [],
        "source": source,
    })
}

/// The Python of that environment, in the folder of the test's own files.
fn run(sandbox: &Sandbox) -> Run {
    let python = environment(sandbox).join("bin/python");
    let run = sandbox.run(&python, [""; 0]).current_dir(sandbox.files());
    let folders = [
        "JUPYTER_RUNTIME_DIR",
        "JUPYTER_DATA_DIR",
        "JUPYTER_CONFIG_DIR",
        "IPYTHONDIR",
    ];
    let set = |run: Run, name| run.env(name, sandbox.path("jupyter"));
    folders.into_iter().fold(run, set)
}

/// The outputs of each cell of code of a notebook, executed.
fn execute(sandbox: &Sandbox, notebook: &Value) -> Vec<Vec<Value>> {
    sandbox.write("notebook.ipynb", &notebook.to_string());
    let run = run(sandbox).args(["-c", EXECUTE, "--allow-errors", "--timeout=-1"]);
    let run = run.args(["--output=executed.ipynb", "notebook.ipynb"]);
    run.outcome().exits_with(0);
    let executed = fs::read_to_string(sandbox.path("executed.ipynb")).unwrap();
    let executed: Value = serde_json::from_str(&executed).unwrap();
    let cells = executed["cells"].as_array().unwrap().iter();
    cells
        .filter_map(|cell| cell["outputs"].as_array().cloned())
        .collect()
}

/// A text in a notebook, which may be in lines.
fn text(value: &Value) -> String {
    match value {
        Value::Array(lines) => lines.iter().filter_map(Value::as_str).collect(),
        _ => value.as_str().unwrap_or_default().to_owned(),
    }
}

/// What a cell printed.
fn printed(outputs: &[Value]) -> String {
    let streams = outputs.iter().map(|output| text(&output["text"]));
    streams.collect()
}

/// What a cell shows, in one form.
#[track_caller]
fn shown(outputs: &[Value], form: &str) -> String {
    let mut displayed = outputs
        .iter()
        .filter(|it| it["output_type"] == "display_data");
    let output = displayed.next().unwrap_or_else(|| panic!("{outputs:#?}"));
    text(&output["data"][form])
}

/// The notebook among the examples, with shorter runs and further cells.
fn notebook() -> Value {
    let path = repository().join("examples/notebook.ipynb");
    let notebook = fs::read_to_string(path).unwrap();
    let notebook = notebook.replace("seconds=1.0", "seconds=0.3");
    let notebook = notebook.replace(
        " distances squares",
        " distances squares --runs=1 --export-markdown kept.md",
    );
    let mut notebook: Value = serde_json::from_str(&notebook).unwrap();
    let cells = notebook["cells"].as_array_mut().unwrap();
    let further = RIGHT.into_iter().chain(WRONG.map(|(source, _)| source));
    cells.extend(further.enumerate().map(|(number, it)| cell(number, it)));
    notebook
}

#[test]
fn cells_are_profiled_and_compared_and_what_is_wrong_with_them_is_told() {
    let sandbox = Sandbox::new();
    let outputs = execute(&sandbox, &notebook());
    let [_, _, profile, diff, help, setup, _, wrong @ ..] = &outputs[..] else {
        panic!("{outputs:#?}");
    };

    assert!(printed(profile).contains("calls / sec"), "{profile:#?}");
    assert!(shown(profile, "text/plain").starts_with("# Total samples:"));
    let html = shown(profile, "text/html");
    let hot = html
        .split("<tr>")
        .find(|row| row.contains("np.sqrt(x * x + y * y)"));
    assert!(hot.unwrap().contains("linear-gradient("), "{html}");
    // Of the setup nothing was compiled.
    assert!(!html.contains("calls += 1"), "{html}");

    let markdown = shown(diff, "text/markdown");
    assert!(
        markdown.contains("`squares` against `distances`"),
        "{markdown}"
    );
    assert!(markdown.contains("**distances → squares**"), "{markdown}");
    let kept = fs::read_to_string(sandbox.path("kept.md")).unwrap();
    assert_eq!(markdown.lines().count(), kept.lines().count());
    assert!(shown(diff, "text/plain").contains("\ndistances → squares\n"));

    let said = printed(help);
    assert!(said.contains("compare two scripts"), "{help:#?}");
    assert_eq!(printed(setup), "throughput\n");
    assert_eq!(wrong.len(), WRONG.len());
    for (outputs, (source, phrases)) in wrong.iter().zip(WRONG) {
        let said = printed(outputs);
        for phrase in phrases {
            assert!(said.contains(phrase), "{source}\n{said}\n{outputs:#?}");
        }
    }
}

/// Shares are on the lines of Python, of which a form feed and its like begin none.
#[test]
fn lines_of_a_page_are_those_of_python() {
    let sandbox = Sandbox::new();
    let script = "
from profila.cells import CellError, Program, require_plain
from profila.page import profile
text = 'a = 1\\x0c\\nb = \"\\x1c \\u2028\"\\r\\nc = 3\\rd = 4\\n'
row = {'file': 'cell', 'line': '4', 'share': '0.5', 'source': ''}
page = profile('cell', Program('cell', text, 1), [row])
rows = page.split('<tr>')[1:]
assert [('50.0%' in row) for row in rows] == [False, False, False, True], rows
assert 'd = 4' in rows[3], rows
try:
    require_plain('a = 1\\x0c\\n%wrong here\\n')
except CellError as error:
    assert '`%wrong here`' in str(error), error
else:
    raise AssertionError
";
    let run = run(&sandbox).args(["-c", script]);
    run.outcome().exits_with(0);
}

#[test]
fn an_interrupted_kernel_ends_what_a_cell_has_started() {
    let sandbox = Sandbox::new();
    let script = repository().join("tests/it/notebooks/interrupt.py");
    let outcome = run(&sandbox).arg(script).outcome().exits_with(0);
    assert_eq!(outcome.stdout(), "KeyboardInterrupt\n");
}
