//! What text of each kind can do to each form of report: nothing. In a place of a document
//! there is hostile text and then harmless text, and the two reports are alike in everything
//! that is not text: the same tags, the same cells, the same commands.

use quick_xml::Reader;
use quick_xml::events::Event;
use serde_json::Value;

use super::{Style, forms};
use crate::align::Rename;
use crate::compare::{Comparison, FileComparison, FunctionComparison};
use crate::document::{self, AnyDocument};
use crate::foreign::tests::{is_command, is_obeyed};
use crate::pair::Pair;
use crate::recording::{Recording, StackFrame};
use crate::report::fixture;

mod scaling;

const HARMLESS: &str = "harmless";

const HOSTILE: [&str; 14] = [
    "\u{1b}[31m",
    "\u{1b}]0;title\u{7}\u{1b}[2J",
    "\u{9b}31m\u{85}",
    "\u{202e}\u{2066}abc\u{2069}",
    "\u{e0041}\u{200b}\u{e007f}",
    "a\n::error::pwned\r\n::set-output name=x::y",
    "::error file=a.py::pwned",
    "##[error]x ##vso[task.complete]",
    "</script><script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>' <b>b</b> &lt;",
    "a | b |\n| c",
    "`a` ``b`` ``` **c** _d_ ~e~ [f](g) $h$",
    "``\\` \\| \\",
    "=cmd()|'x'!A1,\"\n\"",
];

/// A place for text in a comparison, and how text gets there.
type Place = (&'static str, fn(&mut Comparison, &str));

/// Places of each kind: names, source, and what is neither.
const PLACES: [Place; 9] = [
    ("the name of a version", |it, text| {
        text.clone_into(&mut it.after.variant.name);
    }),
    ("source", |it, text| {
        for line in &mut it.lines {
            for side in [&mut line.before, &mut line.after].into_iter().flatten() {
                text.clone_into(&mut side.text);
            }
        }
    }),
    ("a function", |it, text| {
        for function in &mut it.functions {
            text.clone_into(&mut function.name);
        }
    }),
    ("a path", |it, text| {
        for line in &mut it.lines {
            for side in [&mut line.before, &mut line.after].into_iter().flatten() {
                side.file.push_str(text);
            }
        }
        for hunk in &mut it.hunks {
            hunk.file.before.push_str(text);
            hunk.file.after.push_str(text);
        }
    }),
    ("a unit", |it, text| {
        it.throughput.unit = format!("{text}/s");
    }),
    ("a sampler", |it, text| {
        text.clone_into(&mut it.before.sampler);
    }),
    ("a version of Python", |it, text| {
        text.clone_into(&mut it.after.python);
    }),
    ("a warning", |it, text| {
        it.warnings = vec![text.into()];
    }),
    ("a rename", |it, text| {
        for rename in it.files.iter_mut().flat_map(|file| &mut file.renames) {
            text.clone_into(&mut rename.names.after);
        }
    }),
];

/// The signs of a form's own that are in a report, without any text.
fn skeleton(form: &str, report: &str) -> Vec<String> {
    match form {
        "markdown" => of_markdown(report),
        "html" => of_html(report),
        "junit" | "svg" => of_xml(report),
        "csv" => of_csv(report),
        "github" => of_commands(report),
        "collapsed" => vec![report.lines().count().to_string()],
        "json" | "speedscope" => of_json(&serde_json::from_str(report).expect(report)),
        // A long text takes more lines, and begins no paragraph.
        "text" => vec![report.split("\n\n").count().to_string()],
        _ => unreachable!("nobody has said what is {form}'s own"),
    }
}

/// What is left without code and without what a backslash is before.
fn of_markdown(report: &str) -> Vec<String> {
    let mut lines = Vec::new();
    let mut fence: Option<String> = None;
    for line in report.lines() {
        let run: String = line.chars().take_while(|&c| c == '`').collect();
        let is_fence = run.len() >= 3 && line.ends_with("text");
        match &fence {
            Some(end) if line == end => fence = None,
            Some(_) => {}
            None if is_fence => fence = Some(run),
            // HTML, in which Markdown's own signs are not read.
            None if line.starts_with("<details>") => lines.push(tags(line)),
            None => lines.push(signs(&without_code(line))),
        }
    }
    assert_eq!(fence, None);
    lines
}

fn without_code(line: &str) -> String {
    let mut out = String::new();
    let mut rest = line;
    while let Some(c) = rest.chars().next() {
        if rest.starts_with('\\') {
            let escaped = rest.chars().nth(1).map_or(0, char::len_utf8);
            rest = &rest[1 + escaped..];
        } else if c == '`' {
            let run = rest.len() - rest.trim_start_matches('`').len();
            rest = after_code(&rest[run..], run).expect(line);
            out.push('`');
        } else {
            out.push(c);
            rest = &rest[c.len_utf8()..];
        }
    }
    out
}

/// What follows the code that ends with so many backticks.
fn after_code(text: &str, ticks: usize) -> Option<&str> {
    let mut rest = text;
    while let Some(at) = rest.find('`') {
        let from = &rest[at..];
        let run = from.len() - from.trim_start_matches('`').len();
        rest = &from[run..];
        if run == ticks {
            return Some(rest);
        }
    }
    None
}

fn signs(text: &str) -> String {
    let is_sign = |c: &char| "`*_[]<>#|~$&".contains(*c);
    text.chars().filter(is_sign).collect()
}

fn tags(line: &str) -> String {
    line.chars().filter(|c| matches!(c, '<' | '>')).collect()
}

/// The tags that colour a part of a line of source, which depend on what is in it.
const COLOURS: [&str; 7] = ["b", "/b", "q", "/q", "i", "/i", "i class=l"];

/// The tags but for the style and colours, without the values of attributes.
fn of_html(report: &str) -> Vec<String> {
    let (head, body) = report.split_once("<style>").expect("a style");
    let (_, body) = body.split_once("</style>").expect("its end");
    let (body, _) = body.split_once("</main>").expect("a main part");
    let tags = [head, body]
        .into_iter()
        .flat_map(|it| it.split('<').skip(1));
    tags.map(|tag| {
        let tag = tag.split('>').next().unwrap_or_default();
        let parts = tag.split('"').step_by(2);
        parts.collect::<Vec<_>>().join("\"")
    })
    .filter(|tag| !COLOURS.contains(&tag.as_str()))
    .collect()
}

/// The keys and the lengths of lists, in order.
fn of_json(value: &Value) -> Vec<String> {
    match value {
        Value::Object(fields) => fields
            .iter()
            .flat_map(|(key, value)| [vec![key.clone()], of_json(value)].concat())
            .collect(),
        Value::Array(values) => {
            let length = vec![values.len().to_string()];
            [length]
                .into_iter()
                .chain(values.iter().map(of_json))
                .flatten()
                .collect()
        }
        _ => Vec::new(),
    }
}

fn of_xml(report: &str) -> Vec<String> {
    let mut reader = Reader::from_str(report);
    let mut names = Vec::new();
    loop {
        match reader.read_event().expect(report) {
            Event::Eof => return names,
            Event::Start(start) | Event::Empty(start) => {
                names.push(String::from_utf8_lossy(start.name().as_ref()).into_owned());
                let keys = start.attributes().map(|it| it.expect(report).key);
                let keys = keys.map(|key| String::from_utf8_lossy(key.as_ref()).into_owned());
                names.extend(keys);
            }
            _ => {}
        }
    }
}

fn of_csv(report: &str) -> Vec<String> {
    let mut reader = csv::Reader::from_reader(report.as_bytes());
    let records = reader.records().map(|record| {
        let record = record.expect(report);
        let formula = |field: &&str| field.starts_with(['=', '@']);
        assert_eq!(record.iter().find(formula), None);
        record.len().to_string()
    });
    records.collect()
}

/// The commands up to what they say, and how many lines are said without being obeyed.
fn of_commands(report: &str) -> Vec<String> {
    let (commands, log) = report.split_once("::stop-commands::").expect("a log");
    let (token, log) = log.split_once('\n').expect("a token");
    let end = format!("::{token}::\n");
    let log = log.strip_suffix(&end).expect("the token again");
    assert!(!log.contains(token), "{log}");
    let properties = commands.lines().map(|line| {
        let mut parts = line.split("::");
        let command = parts.nth(1).unwrap_or_default();
        let keys = command.split(',').map(|it| it.split('=').next());
        let keys: Vec<&str> = keys.flatten().collect();
        keys.join(",")
    });
    properties
        .chain([log.lines().count().to_string()])
        .collect()
}

#[track_caller]
fn check(place: &str, hostile: &AnyDocument, harmless: &AnyDocument) {
    let style = Style {
        all: true,
        ..Style::default()
    };
    let hostile = forms::every(hostile, &style);
    let harmless = forms::every(harmless, &style);
    for ((form, report), (_, expected)) in hostile.iter().zip(&harmless) {
        assert!(!report.contains(is_obeyed), "{place}, {form}: {report:?}");
        if *form != "github" {
            assert!(!report.lines().any(is_command), "{place}, {form}: {report}");
        }
        let (found, expected) = (skeleton(form, report), skeleton(form, expected));
        assert_eq!(found, expected, "{place}, {form}:\n{report}");
    }
}

/// A comparison in which every place has a text.
fn comparison() -> Comparison {
    let mut comparison = fixture::dither().comparison;
    let block = comparison.hunks[0].clone();
    let function = FunctionComparison {
        name: "dither".to_owned(),
        file: block.file.clone().map(Some),
        before: block.before,
        after: block.after,
        change: block.change,
    };
    let rename = Rename {
        names: Pair::new("old".to_owned(), "new".to_owned()),
        function: None,
    };
    comparison.functions = vec![function; 2];
    comparison.files = vec![FileComparison {
        file: block.file.map(Some),
        renames: vec![rename],
        text: Pair::default(),
        stretches: Vec::new(),
    }];
    comparison.gate = fixture::gated().gate;
    comparison
}

#[test]
fn no_text_in_any_place_of_a_comparison_is_obeyed() {
    for (place, put) in PLACES {
        let with = |text| {
            let mut comparison = comparison();
            put(&mut comparison, text);
            AnyDocument::from(comparison)
        };
        let harmless = with(HARMLESS);
        for text in HOSTILE {
            check(&format!("{text:?} as {place}"), &with(text), &harmless);
        }
    }
}

/// The same of a recording.
type RecordingPlace = (&'static str, fn(&mut Recording, &str));

const RECORDING_PLACES: [RecordingPlace; 4] = [
    ("the name of a version", |it, text| {
        text.clone_into(&mut it.variant.name);
    }),
    ("source", |it, text| {
        let source = &mut it.sources[0].text;
        let line = text.replace(['\r', '\n'], " ");
        *source = format!("    {line}\n").repeat(source.lines().count());
    }),
    ("a warning", |it, text| {
        it.warnings = vec![text.into()];
    }),
    ("a frame", |it, text| {
        let profiles = it.blocks.iter_mut().flat_map(|block| &mut block.runs);
        let profiles = profiles.filter_map(|run| run.profile.as_mut());
        for stack in profiles.flat_map(|profile| &mut profile.stacks) {
            stack.frames.push(StackFrame::Native(text.to_owned()));
        }
    }),
];

#[test]
fn no_text_in_any_place_of_a_recording_is_obeyed() {
    let recording = include_str!("../../tests/recordings/1.0.json");
    for (place, put) in RECORDING_PLACES {
        let with = |text| {
            let mut recording: Recording = document::read(recording).unwrap();
            put(&mut recording, text);
            AnyDocument::from(recording)
        };
        let harmless = with(HARMLESS);
        for text in HOSTILE {
            check(&format!("{text:?} as {place}"), &with(text), &harmless);
        }
    }
}
