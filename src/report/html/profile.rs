//! One profile as a page.

use std::collections::HashMap;

use super::page::{Fact, Page, Report, painted, render};
use super::source::{
    CODE_COLUMNS, Cell, Code, File, MOST_CODE_ROWS, MOST_ROWS, Row, Shaded, cut_note, groups,
};
use crate::instructions::Assembly;
use crate::pair::Pair;
use crate::profile::{AnnotatedFile, AnnotatedLine, AnnotatedProfile};
use crate::recording::{Recording, Source};
use crate::report::contents::assembly::{self, Cold};
use crate::report::contents::cells::NO_CODE;
use crate::report::contents::closing::{rate, stops, versions};
use crate::report::contents::{self, counters, loops, regions, remarks};
use crate::report::format::{count, percent};
use crate::report::{Style, annotate};
use crate::share::Share;
use crate::source::{self, LineNumber, Origin};
use crate::syntax::Shades;
use crate::text::{Number, Text};

/// Shows one profile.
pub fn profile(
    recording: &Recording,
    profile: &AnnotatedProfile,
    code: Option<&Assembly<'_>>,
    style: &Style,
) -> String {
    render(&Page {
        title: Text::name(&recording.variant.name),
        ranking: None,
        reports: vec![report(recording, profile, code, style)],
    })
}

/// The report of a recording.
fn report(
    recording: &Recording,
    profile: &AnnotatedProfile,
    machine_code: Option<&Assembly<'_>>,
    style: &Style,
) -> Report {
    let code = machine_code.map(Assembly::lines).unwrap_or_default();
    let largest = profile
        .files
        .iter()
        .flat_map(lines)
        .filter_map(|line| line.share)
        .max()
        .unwrap_or_default();
    let files = profile.files.iter();
    let files = files.filter(|file| lines(file).any(|line| is_told(file, line, style)));
    let mut sources: HashMap<&str, &Source> = HashMap::new();
    for source in &recording.sources {
        sources.entry(&source.path).or_insert(source);
    }
    let mut room = Room {
        rows: MOST_ROWS,
        code_rows: MOST_CODE_ROWS,
    };
    let name = Text::name(&recording.variant.name);
    Report {
        id: "r1".to_owned(),
        title: name.clone().into(),
        is_comparison: false,
        metrics: Vec::new(),
        chart: None,
        waterfall: None,
        gate: None,
        notes: painted(notes(profile)),
        findings: Vec::new(),
        remarks_heading: "The compiler says:",
        remarks: painted(remarks::of_profile(&profile.remarks)),
        counters: counters::of_profile(&profile.counters)
            .into_iter()
            .chain(regions::of_profile(&profile.regions))
            .map(Into::into)
            .collect(),
        loops: machine_code
            .and_then(|it| loops::of_profile(it, &style.selection))
            .into_iter()
            .map(Into::into)
            .collect(),
        table: None,
        legend: None,
        code_notes: machine_code.map_or_else(Vec::new, |it| {
            painted(assembly::introduction_of_profile(it))
        }),
        files: files
            .map(|file| {
                let source = sources.get(file.path.as_str()).copied();
                listing(source, file, largest, &code, &mut room)
            })
            .collect(),
        measured: Text::new().into(),
        facts: facts(recording, profile),
        sides: Pair::new(name.plainly(), Text::new()).map(Text::into),
        warnings: painted(contents::warnings(&recording.warnings)),
    }
}

/// What is said of the samples as a whole.
fn notes(profile: &AnnotatedProfile) -> [Text; 2] {
    let samples = count(profile.samples.window, "sample")
        + ": "
        + percent(profile.numba_share)
        + " in Numba code, "
        + percent(profile.non_numba_share)
        + " outside it, "
        + percent(profile.bad_share)
        + " unreadable";
    let shares = if profile.files.is_empty() {
        Text::from("No samples were attributed to lines of Numba code.")
    } else if let Some(region) = &profile.region {
        let name = Text::from("`") + Text::foreign(region) + "`";
        Text::from("Shares are parts of the samples in the region ")
            + name
            + ", which alone was measured."
    } else {
        "Shares are parts of the samples in the measured window.".into()
    };
    [samples, shares]
}

fn lines(file: &AnnotatedFile) -> impl Iterator<Item = &AnnotatedLine> {
    file.ranges.iter().flat_map(|range| &range.lines)
}

fn is_told(file: &AnnotatedFile, line: &AnnotatedLine, style: &Style) -> bool {
    let function = line.function.as_deref();
    line.share.is_some() && style.selection.takes(&file.path, function)
}

/// What there is still room for on a page.
struct Room {
    /// Lines of source.
    rows: usize,
    /// Rows of instructions; lines for which there is no room have none.
    code_rows: usize,
}

/// The whole of a file of the user's, and of a library's what has samples.
fn listing(
    source: Option<&Source>,
    file: &AnnotatedFile,
    largest: Share,
    code: &annotate::Lines<'_>,
    room: &mut Room,
) -> File {
    let known: HashMap<LineNumber, &AnnotatedLine> =
        lines(file).map(|line| (line.number, line)).collect();
    let Room { rows, code_rows } = room;
    let shades = match (source, file.origin) {
        (Some(source), Origin::User) => Shades::of(&source.text),
        _ => Shades::default(),
    };
    let mut row = |number: LineNumber, text: &str| {
        let line = known.get(&number);
        let share = line.and_then(|line| line.share);
        let is_without_code = line.is_some_and(|line| line.has_no_code && line.share.is_none());
        let cell = Cell::of_profile(
            number,
            Shaded::of(text, number.index(), &shades),
            share,
            largest,
        );
        let of_line = code.get(&(file.path.as_str(), number));
        let of_line = of_line
            .map(|functions| assembly::of_line(functions, Cold::Shown, CODE_COLUMNS / 2))
            .filter(|shown| shown.len() <= *code_rows);
        *code_rows -= of_line.as_ref().map_or(0, Vec::len);
        let instructions = of_line.map(|shown| Code::new(number, None, shown));
        Row::of_profile(cell, is_without_code.then_some(NO_CODE), instructions)
    };
    let shown: Vec<Row> = match (source, file.origin) {
        (Some(source), Origin::User) => {
            let texts = source::lines(&source.text).enumerate();
            texts
                .take(*rows)
                .map(|(index, text)| row(LineNumber::from_index(index), text))
                .collect()
        }
        _ => lines(file)
            .take(*rows)
            .map(|line| row(line.number, &line.text))
            .collect(),
    };
    *rows -= shown.len();
    let title = match file.origin {
        Origin::User => Text::foreign(&file.path),
        Origin::Library => Text::foreign(&file.path) + " (library)",
    };
    File {
        title: title + cut_note(*rows),
        groups: groups(shown),
    }
}

fn facts(recording: &Recording, profile: &AnnotatedProfile) -> Vec<Fact> {
    let watching = &profile.watching;
    let window = percent(watching.window_share) + " of the run";
    let stopped = stops(watching.stopped_share, watching.longest_stop_s);
    let versions = versions(&recording.python, &recording.numba);
    let facts = [
        ("sampled at", rate(watching.achieved_rate_hz)),
        ("stopped to sample", stopped),
        ("measured window", window),
        ("sampler", Text::label(&recording.sampler)),
        ("Python, Numba", versions),
    ];
    let workers = watching.followed.map(|followed| {
        let value = Number::new(followed) + " followed";
        ("worker processes", value)
    });
    let facts = facts.into_iter().chain(workers);
    facts
        .map(|(label, value)| Fact::from((label, Pair::new(value, Text::new()))))
        .collect()
}
