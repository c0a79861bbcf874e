//! What foreign documents can do to reports: nothing. Valid ones are changed in a few
//! places, numbers to extremes, strings to hostile text, lists to other lists, and then read
//! and shown in every form, or refused.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::Style;
use super::forms;
use crate::align::align_files;
use crate::compare::{self, Comparisons, Options};
use crate::document::{self as document, AnyDocument};
use crate::error::Error;
use crate::foreign::tests::{is_command, is_obeyed};
use crate::gate::{Rule, Subject};
use crate::instructions::Syntax;
use crate::pair::Pair;
use crate::recording::{
    InstructionSamples, MachineCode, Recording, Remark, StackFrame, StackSamples, fixture,
};
use crate::selection::Selection;
use crate::source::{Function, LineNumber};

/// Bytes that a report may have, for each byte of a document and besides.
const MOST_TIMES: usize = 200;
const MOST_BESIDES: usize = 1 << 20;

fn number(line: u32) -> LineNumber {
    LineNumber::new(line).unwrap()
}

/// A recording with something of everything.
fn recording(name: &str, text: &str) -> Recording {
    let file = "kernel.py";
    let mut recording = fixture::recording(name, file);
    let mut source = fixture::source(file, text.to_owned());
    source.functions = vec![Function {
        name: "kernel".to_owned(),
        first: number(2),
        last: number(5),
        statements: vec![(number(3), number(3)), (number(4), number(5))],
    }];
    source.code = [3, 5].map(number).into();
    let library = fixture::source("numba/np/x.py", "def f(x):\n    return x\n".to_owned());
    recording.sources = vec![source, library];
    recording.sources[1].user = false;
    for round in 1..=3 {
        let mut run = fixture::timed_run(round, 2 * round, 1.0 + f64::from(round) / 50.0);
        run.regions = vec![fixture::region("load", 4, Some(40.0), 0.5)];
        recording.blocks[0].runs.push(run.clone());
        let lines = vec![
            fixture::line_samples(file, 3, 40 + u64::from(round)),
            fixture::line_samples(file, 5, 30),
            fixture::line_samples("numba/np/x.py", 2, 9),
        ];
        let mut profile = fixture::profile(lines, [7, 3, 1]);
        profile.samples.ticks = profile.samples.window;
        profile.instructions = vec![InstructionSamples {
            function: "_ZN8__main__6kernelB2v1Ed".to_owned(),
            offset: 16,
            file: file.to_owned(),
            line: number(3),
            samples: 40,
            in_callees: 2,
        }];
        let frames = ["kernel.py:3", "sin"].map(|it| StackFrame::from(it.to_owned()));
        profile.stacks = vec![StackSamples {
            frames: frames.to_vec(),
            samples: 79 + u64::from(round),
        }];
        profile.counters = vec![fixture::page_faults(file, 3, 80)];
        run.position += 1;
        run.kind = crate::recording::RunKind::Profiled;
        run.profile = Some(profile);
        recording.blocks[0].runs.push(run);
    }
    let remark = |text: &str| Remark {
        file: file.to_owned(),
        line: number(3),
        text: text.into(),
        because_of: Some(number(4)),
    };
    let said = if name == "a" {
        [
            "loop not vectorized: no",
            "'_ZN8__main__1gB2v1Ed' not inlined into 'f'",
        ]
    } else {
        [
            "vectorized loop (vectorization width: 8, interleaved count: 4)",
            "SLP vectorized",
        ]
    };
    recording.remarks = Some(said.map(remark).to_vec());
    // addsd xmm0, xmm1; call rax
    let mut code = MachineCode::new("_ZN8__main__6kernelB2v1Ed", b"\xf2\x0f\x58\xc1\xff\xd0");
    code.files = vec![file.to_owned()];
    code.set_rows(&[[0, 0, 3]]);
    code.symbols = vec![(4, "sin".to_owned())];
    recording.code = vec![code];
    let mut second = recording.blocks[0].clone();
    "another".clone_into(&mut second.machine.cpu);
    recording.blocks.push(second);
    recording.warnings = vec!["the machine was busy".into()];
    recording
}

fn before() -> Recording {
    let text = "import numba\n@njit\ndef kernel(x):\n    y = x * 2\n    return y + 1\n\nz = 1\n";
    recording("before.py", text)
}

fn after() -> Recording {
    let text = "import numba\n@njit\ndef kernel(x):\n    y = x * 3\n    return y + 1\n";
    recording("after.py", text)
}

fn compared(before: &Recording, after: &Recording) -> Option<compare::Comparison> {
    let sides = Pair::new(before, after);
    let sources = sides.map(|it| it.sources.as_slice());
    let alignments = align_files(sources, sides.map(Recording::script));
    let lines = Selection {
        functions: vec!["work".to_owned()],
        files: vec!["*.py".parse().unwrap()],
    };
    let rules = [Subject::Throughput, Subject::LineCost(lines)].map(|subject| Rule {
        subject,
        max_worse: 0.05,
    });
    let options = Options {
        rules: rules.to_vec(),
        assembly: Some(Syntax::Intel),
        ..Options::default()
    };
    compare::compare(before, after, &alignments, &options).ok()
}

/// A document of each kind, as JSON.
fn documents() -> [Value; 5] {
    let comparison = compared(&before(), &after()).unwrap();
    let several = Comparisons::of(vec![comparison.clone(); 2], Some(comparison.clone()));
    [
        serde_json::to_value(before()).unwrap(),
        serde_json::to_value(comparison).unwrap(),
        serde_json::to_value(several).unwrap(),
        serde_json::to_value(crate::reorder::fixture::reordering()).unwrap(),
        serde_json::to_value(crate::scaling::fixture::scaling()).unwrap(),
    ]
}

/// What is done to one value of a document.
#[derive(Clone, Debug)]
enum Change {
    Number(f64),
    Count(u64),
    Text(String),
    Twice,
    Often,
    Empty,
    Reversed,
    Gone,
}

fn change() -> impl Strategy<Value = Change> {
    prop_oneof![
        prop::sample::select(vec![0.0, -1.0, 1e-300, 1e300, -1e300, 0.5]).prop_map(Change::Number),
        prop::sample::select(vec![0, 1, 2, 7, 20_000, 0x7fff_ffff, 0xffff_ffff, u64::MAX])
            .prop_map(Change::Count),
        hostile_text().prop_map(Change::Text),
        Just(Change::Twice),
        Just(Change::Often),
        Just(Change::Empty),
        Just(Change::Reversed),
        Just(Change::Gone),
    ]
}

fn hostile_text() -> impl Strategy<Value = String> {
    let known = [
        "\x1b]0;title\x07\x1b[2J",
        "a\n::error::pwned",
        "::error file=a.py::pwned\r\n::set-output name=x::y",
        "##[error]x ##vso[task.complete]",
        "\u{202e}\u{2066}\u{9b}31m\u{fffe}\u{ffff}\u{e0041}",
        "</script><script>alert(1)</script>",
        "=cmd()|'x'!A1,\"\n",
        "| a | `b` ``` <details>\n# c",
    ];
    prop_oneof![
        prop::sample::select(known.map(str::to_owned).to_vec()),
        any::<String>(),
        Just("\u{1b}[31mx ".repeat(1_200)),
    ]
}

/// How many values a document has.
fn count(value: &Value) -> usize {
    1 + match value {
        Value::Array(items) => items.iter().map(count).sum(),
        Value::Object(fields) => fields.values().map(count).sum(),
        _ => 0,
    }
}

/// Changes the value with this number, in the order of reading.
fn apply(value: &mut Value, index: &mut usize, change: &Change) {
    if *index == 0 {
        *index = usize::MAX;
        change_value(value, change);
        return;
    }
    *index -= 1;
    let parts: Vec<&mut Value> = match value {
        Value::Array(items) => items.iter_mut().collect(),
        Value::Object(fields) => fields.values_mut().collect(),
        _ => return,
    };
    for part in parts {
        if *index == usize::MAX {
            return;
        }
        apply(part, index, change);
    }
}

fn change_value(value: &mut Value, change: &Change) {
    match (change, &mut *value) {
        (Change::Twice, Value::Array(items)) => items.extend_from_within(..),
        (Change::Often, Value::Array(items)) => {
            let one = items.first().cloned();
            items.extend(one.into_iter().cycle().take(50));
        }
        (Change::Reversed, Value::Array(items)) => items.reverse(),
        (Change::Empty, Value::Array(items)) => items.clear(),
        (Change::Gone, Value::Object(fields)) => {
            let first = fields.keys().next().cloned();
            first.and_then(|key| fields.remove(&key));
        }
        (Change::Number(number), Value::Number(_)) => *value = json!(number),
        (Change::Count(count), Value::Number(_)) => *value = json!(count),
        (Change::Text(text), Value::String(_) | Value::Null) => *value = json!(text),
        (Change::Gone, _) => *value = Value::Null,
        _ => {}
    }
}

/// What fuzzing begins with is sound: else it would find nothing.
#[test]
fn the_seeds_of_fuzzing_are_documents() {
    let seeds = [
        include_str!("../../fuzz/seeds/recording/before.json"),
        include_str!("../../fuzz/seeds/recording/after.json"),
        include_str!("../../fuzz/seeds/comparison/two.json"),
        include_str!("../../fuzz/seeds/comparison/several.json"),
    ];
    for seed in seeds {
        check(seed);
        document::read_any(seed).unwrap();
    }
}

/// Reads a text and shows it in every form, or its error.
fn shown(text: &str) -> Vec<forms::Form> {
    let style = Style {
        all: true,
        ..Style::default()
    };
    match document::read_any(text) {
        Err(error) => {
            let error = Error::RecordingUnreadable {
                path: "a.json".into(),
                cause: error.to_string(),
            };
            vec![("error", error.render(false))]
        }
        Ok(AnyDocument::Recording(recording)) => {
            let mut forms = Vec::new();
            let other = before();
            for pair in [(&other, &*recording), (&*recording, &other)] {
                if let Some(comparison) = compared(pair.0, pair.1) {
                    let comparison = AnyDocument::from(comparison);
                    forms.extend(forms::every(&comparison, &style));
                }
            }
            forms.extend(forms::every(&AnyDocument::Recording(recording), &style));
            forms
        }
        Ok(document) => forms::every(&document, &style),
    }
}

#[track_caller]
fn check(text: &str) {
    for (name, form) in shown(text) {
        let most = MOST_TIMES * text.len() + MOST_BESIDES;
        assert!(form.len() <= most, "{name}: {} bytes", form.len());
        let obeyed = form.find(is_obeyed).map(|at| &form[at..]);
        let obeyed = obeyed.map(|rest| rest.chars().take(20).collect::<String>());
        assert_eq!(obeyed, None, "{name}");
        if name == "github" {
            check_commands(&form);
        } else {
            let command = form.lines().find(|line| is_command(line));
            assert_eq!(command, None, "{name}");
        }
    }
}

/// Of the lines that GitHub obeys all are ours.
#[track_caller]
fn check_commands(text: &str) {
    let stop = "::stop-commands::";
    let mut lines = text.lines();
    let is_annotation = |line: &str| {
        let levels = ["::error ", "::warning ", "::notice "];
        levels.iter().any(|level| line.starts_with(level)) && line.contains("title=profila")
    };
    let stopped = lines.find(|line| !is_annotation(line));
    let token = stopped.and_then(|line| line.strip_prefix(stop));
    let token = format!("::{}::", token.expect(text));
    let rest: Vec<&str> = lines.collect();
    let (last, log) = rest.split_last().expect(text);
    assert_eq!(*last, token);
    let command = log.iter().find(|line| line.trim_start().starts_with("::"));
    assert_eq!(command, None);
}

#[test]
fn documents_as_they_are_can_be_shown() {
    for document in documents() {
        let text = document.to_string();
        document::read_any(&text).unwrap();
        check(&text);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(240))]

    #[test]
    fn changed_documents_are_shown_or_refused(
        kind in 0..5_usize,
        changes in prop::collection::vec((any::<usize>(), change()), 1..4),
    ) {
        let mut document = documents()[kind].clone();
        for (place, change) in &changes {
            let mut index = place % count(&document);
            apply(&mut document, &mut index, change);
        }
        check(&document.to_string());
    }

    #[test]
    fn text_anywhere_in_a_document_is_harmless(
        kind in prop::sample::select(vec![0, 1, 2, 4]),
        text in hostile_text(),
    ) {
        let mut document = documents()[kind].clone();
        everywhere(&mut document, &text);
        check(&document.to_string());
    }
}

/// Puts a text into every field that is not one of a few words.
fn everywhere(value: &mut Value, text: &str) {
    const WORDS: [&str; 13] = [
        "schema",
        "kind",
        "role",
        "source",
        "better",
        "verdict",
        "evidence",
        "outcome",
        "doubt",
        "metric",
        "throughput_chosen",
        "file",
        "path",
    ];
    match value {
        Value::String(old) => text.clone_into(old),
        Value::Array(items) => items.iter_mut().for_each(|it| everywhere(it, text)),
        Value::Object(fields) => {
            for (key, field) in fields {
                let is_word = WORDS.contains(&key.as_str()) && !field.is_object();
                // Files have to be told apart, or nothing is left of their lines.
                match (key.as_str(), &mut *field) {
                    ("file" | "path", Value::String(path)) => path.push_str(text),
                    ("text", Value::String(source)) => source.push_str(text),
                    _ if is_word => {}
                    _ => everywhere(field, text),
                }
            }
        }
        _ => {}
    }
}
