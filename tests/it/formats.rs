//! Every form of a report, from real runs, and read by what it is for.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

use serde_json::Value;

use crate::experiment::{DITHER, DITHER2, EXPERIMENT};
use crate::harness::{Sandbox, repository};

/// Files of each kind that the tests here look at.
struct Documents {
    comparison: PathBuf,
    recordings: [PathBuf; 2],
    several: PathBuf,
}

static DOCUMENTS: LazyLock<Documents> = LazyLock::new(|| {
    let comparison = EXPERIMENT.sandbox.path("comparison.json");
    let rule = "[[gate.rule]]\nmetric = 'line-cost'\nmax-worse = '90%'\n\
                function = 'dither'\nfile = 'dither*.py'\n";
    let config = EXPERIMENT.sandbox.write("gate.toml", rule);
    let [export, config] = [&comparison, &config].map(|path| path.display().to_string());
    let rules = ["--fail-if", "throughput:90%", "--config", &config];
    let arguments = [&rules[..], &["--export-json", &export]].concat();
    EXPERIMENT.diff([DITHER, DITHER2], &arguments).exits_with(0);
    Documents {
        comparison,
        recordings: [DITHER, DITHER2].map(|version| EXPERIMENT.recording(version)),
        several: EXPERIMENT.several.clone(),
    }
});

/// What `profila report` prints of a file in a format.
#[track_caller]
fn report(format: &str, file: &Path) -> String {
    let run = EXPERIMENT.sandbox.profila(["report", "--format", format]);
    run.arg(file).outcome().succeeds().stdout()
}

#[track_caller]
fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

/// What is wrong with each of some documents by a schema: see `tests/browser/validate.py`.
#[track_caller]
fn faults<const N: usize>(schema: &Value, documents: [&Value; N]) -> [Vec<String>; N] {
    faults_in(&EXPERIMENT.sandbox, schema, documents)
}

/// The same, found out in a sandbox of one's own.
#[track_caller]
pub(crate) fn faults_in<const N: usize>(
    sandbox: &Sandbox,
    schema: &Value,
    documents: [&Value; N],
) -> [Vec<String>; N] {
    let script = repository().join("tests/browser/validate.py");
    let asked = serde_json::json!([schema, documents.as_slice()]).to_string();
    let run = sandbox.run(&checkers(), [script]).stdin(asked);
    let answer = run.outcome().exits_with(0).stdout();
    let answers = answer
        .lines()
        .map(|line| serde_json::from_str(line).unwrap());
    answers.collect::<Vec<_>>().try_into().unwrap()
}

/// The Python that has what reports are checked with.
#[track_caller]
fn checkers() -> PathBuf {
    let python = repository().join(".venv-browser/bin/python");
    assert!(
        python.exists(),
        "nothing to check reports with: run `make test`"
    );
    python
}

#[test]
fn documents_are_as_their_schemas_say() {
    let documents = &*DOCUMENTS;
    for (of, file) in [
        ("recording", &documents.recordings[0]),
        ("comparison", &documents.comparison),
        ("comparisons", &documents.several),
    ] {
        let schema = EXPERIMENT
            .sandbox
            .profila(["schema", of])
            .outcome()
            .succeeds();
        let document = json(&fs::read_to_string(file).unwrap());
        let mut other = document.clone();
        other["schema"] = Value::from("profila.other/1");
        let [none, some] = faults(&json(&schema.stdout()), [&document, &other]);
        assert_eq!(none, [""; 0], "{of}");
        assert_eq!(some.len(), 1, "{of}: {some:?}");
        assert_eq!(json(&report("json", file)), document);
    }
}

#[test]
fn configurations_are_as_their_schema_says() {
    let schema = EXPERIMENT
        .sandbox
        .profila(["schema", "config"])
        .outcome()
        .succeeds();
    let schema = json(&schema.stdout());
    let read =
        |text: &str| serde_json::to_value(toml::from_str::<toml::Table>(text).unwrap()).unwrap();
    let template = fs::read_to_string(repository().join("src/config/template.toml")).unwrap();
    let mut texts = vec![template];
    for file in fs::read_dir(repository().join("configs")).unwrap() {
        texts.push(fs::read_to_string(file.unwrap().path()).unwrap());
    }
    assert!(texts.len() > 1);
    for text in &texts {
        let [found] = faults(&schema, [&read(text)]);
        assert_eq!(found, [""; 0], "{text}");
    }
    let wrong = [
        "[run]\ntimout = \"2m\"",
        "[sampling]\nrate = 0",
        "[compare]\nrounds = \"many\"",
    ];
    for text in wrong {
        let [found] = faults(&schema, [&read(text)]);
        assert_eq!(found.len(), 1, "{text}: {found:?}");
    }
}

/// By the schema that speedscope publishes for its files.
#[test]
fn stacks_are_for_speedscope_and_flame_graphs() {
    let recording = &DOCUMENTS.recordings[1];
    let schema = fs::read_to_string(repository().join("tests/schemas/speedscope.json")).unwrap();
    let file = json(&report("speedscope", recording));
    let [found] = faults(&json(&schema), [&file]);
    assert_eq!(found, [""; 0]);
    let window: u64 = json(&fs::read_to_string(recording).unwrap())["blocks"][0]["runs"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|run| run["profile"]["samples"]["window"].as_u64())
        .sum();
    assert_eq!(file["profiles"][0]["endValue"], window);
    let collapsed = report("collapsed", recording);
    let counts = collapsed
        .lines()
        .map(|line| line.rsplit_once(' ').unwrap().1);
    assert_eq!(
        counts
            .map(|count| count.parse::<u64>().unwrap())
            .sum::<u64>(),
        window
    );
    assert!(
        collapsed.contains("dither (examples/dither2.py:"),
        "{collapsed}"
    );
}

#[test]
fn tables_of_lines_have_every_line() {
    let text = report("csv", &DOCUMENTS.comparison);
    let lines = json(&fs::read_to_string(&DOCUMENTS.comparison).unwrap());
    assert_eq!(
        text.lines().count(),
        1 + lines["lines"].as_array().unwrap().len()
    );
    assert!(report("csv", &DOCUMENTS.recordings[0]).contains("np.round("));
}

#[test]
fn a_summary_is_appended_for_github() {
    let summary = EXPERIMENT.sandbox.path("summary.md");
    fs::write(&summary, "Before it.\n").unwrap();
    let run = EXPERIMENT.sandbox.profila(["report", "--format", "github"]);
    let run = run
        .arg(&DOCUMENTS.comparison)
        .env("GITHUB_STEP_SUMMARY", &summary);
    let printed = run.outcome().succeeds().stdout();
    assert!(printed.contains("::stop-commands::"), "{printed}");
    let written = fs::read_to_string(&summary).unwrap();
    assert!(
        written.starts_with("Before it.\n### profila: `dither2.py` against"),
        "{written}"
    );
    assert_eq!(
        written["Before it.\n".len()..],
        report("markdown", &DOCUMENTS.comparison)
    );
}

#[test]
fn a_form_that_a_document_does_not_have_is_refused() {
    let sandbox = &EXPERIMENT.sandbox;
    for (format, file, instead) in [
        ("junit", &DOCUMENTS.recordings[0], "speedscope"),
        ("speedscope", &DOCUMENTS.comparison, "junit"),
    ] {
        let run = sandbox.profila(["report", "--format", format]).arg(file);
        run.outcome()
            .fails_with(2, &["cannot be shown as", format, instead]);
    }
    // Before anything is measured.
    let run = sandbox.profila(["annotate", "--format", "github", DITHER]);
    run.outcome()
        .fails_with(2, &["a profile cannot be shown as github"]);
}

/// As whoever looks at test results does.
#[test]
fn a_gate_is_test_results() {
    let text = report("junit", &DOCUMENTS.comparison);
    let count = r#"
import sys, xml.etree.ElementTree as tree
cases = tree.fromstring(sys.stdin.read()).findall(".//testcase")
print([case.get("name") for case in cases])
"#;
    let run = EXPERIMENT.sandbox.bare(["-c", count]).stdin(text);
    let names = run.outcome().exits_with(0).stdout();
    let expected = "['throughput', 'peak memory', 'processor time', \
                    'The cost of dither in dither*.py at most 90% worse', \
                    'Throughput at most 90% worse']\n";
    assert_eq!(names, expected);
}

/// In a real browser: see `tests/browser/check.py`.
#[test]
fn pages_work_in_a_browser() {
    let documents = &*DOCUMENTS;
    let mut pages = Vec::new();
    for (name, file) in [
        ("comparison", &documents.comparison),
        ("several", &documents.several),
        ("profile", &documents.recordings[0]),
    ] {
        let page = EXPERIMENT.sandbox.path(&format!("{name}.html"));
        let run = EXPERIMENT.sandbox.profila(["report", "--export-html"]);
        run.arg(&page).arg(file).outcome().succeeds();
        pages.push(page);
    }
    for (name, file) in [
        ("comparison", &documents.comparison),
        ("several", &documents.several),
    ] {
        let picture = EXPERIMENT.sandbox.path(&format!("{name}.svg"));
        let run = EXPERIMENT.sandbox.profila(["report", "--export-svg"]);
        run.arg(&picture).arg(file).outcome().succeeds();
        pages.push(picture);
    }
    let mut check = Command::new(checkers());
    check.arg(repository().join("tests/browser/check.py"));
    if let Some(folder) = std::env::var_os("PROFILA_SCREENSHOTS") {
        check.arg("--screenshots").arg(folder);
    }
    let output = check.args(pages).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}{errors}");
}
