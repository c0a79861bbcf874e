//! The rows of what is no line or block: functions as wholes, and the samples on no line.

use super::{Choice, Code, CodeKind, Part, Row, Section, SectionKind, matters, remark};
use crate::compare::{BlockSide, BucketComparison, Comparison, FunctionComparison, HunkComparison};
use crate::pair::Pair;
use crate::report::Style;
use crate::text::Text;

/// Functions as wholes, where there is more than one that matters, or more than one edited
/// block: of a single one of both the lines say it all.
pub(super) fn functions<'c>(
    comparison: &'c Comparison,
    style: &Style,
    choice: Choice,
) -> Option<Section<'c>> {
    let matters = |it: &&FunctionComparison| {
        let share = it.before.share.value.max(it.after.share.value);
        let mut files = [&it.file.before, &it.file.after].into_iter().flatten();
        let is_selected = files.any(|file| style.selection.takes(file, Some(&it.name)));
        is_selected && (style.all || share >= choice.least())
    };
    let shown: Vec<_> = comparison.functions.iter().filter(matters).collect();
    let has_samples = |hunk: &&HunkComparison| hunk.before.samples + hunk.after.samples > 0;
    let is_rewritten = comparison.hunks.iter().filter(has_samples).count() > 1;
    (shown.len() > 1 || is_rewritten && !shown.is_empty()).then(|| Section {
        kind: SectionKind::Functions,
        title: "Whole functions, from the lines above".into(),
        rows: shown.into_iter().map(function_row).collect(),
        notes: Vec::new(),
    })
}

fn function_row(function: &FunctionComparison) -> Row<'_> {
    let file = &function.file;
    let mark = match (&file.before, &file.after) {
        (Some(_), None) => "-",
        (None, Some(_)) => "+",
        _ => "",
    };
    let part = |file: &Option<String>, side: &BlockSide| file.is_some().then(|| side.into());
    Row {
        first: None,
        numbers: Pair::new(None, None),
        code: vec![Code {
            mark,
            text: Text::source(&function.name),
            kind: CodeKind::Remark,
        }],
        parts: Pair::new(
            part(&file.before, &function.before),
            part(&file.after, &function.after),
        ),
        change: Some(&function.change),
    }
}

/// The samples on no line of Numba code, where there are any.
pub(super) fn buckets<'c>(
    comparison: &'c Comparison,
    style: &Style,
    choice: Choice,
) -> Option<Section<'c>> {
    let buckets = &comparison.buckets;
    let barrier = comparison.before.samples.barrier + comparison.after.samples.barrier;
    let waiting = if barrier > 0 {
        "waiting: no thread ran, or one waited for others"
    } else {
        "waiting: no thread was running"
    };
    let named = [
        (&buckets.other, "other: interpreter and native code"),
        (&buckets.waiting, waiting),
        (&buckets.bad, "bad: stack could not be read"),
    ];
    let rows: Vec<Row<'c>> = named
        .into_iter()
        .filter(|(bucket, _)| style.all || is_worth_a_row(bucket, choice))
        .map(|(bucket, name)| bucket_row(bucket, name))
        .collect();
    (!rows.is_empty()).then(|| Section {
        kind: SectionKind::Buckets,
        title: "Outside Numba code".into(),
        rows,
        notes: Vec::new(),
    })
}

fn is_worth_a_row(bucket: &BucketComparison, choice: Choice) -> bool {
    let parts = [&bucket.before, &bucket.after].into_iter().map(Part::from);
    match choice {
        Choice::Table => bucket.before.samples + bucket.after.samples > 0,
        Choice::Screen => matters(&bucket.change, parts, choice),
    }
}

fn bucket_row<'c>(bucket: &'c BucketComparison, name: &'static str) -> Row<'c> {
    Row {
        first: None,
        numbers: Pair::new(None, None),
        code: vec![remark(name.into())],
        parts: Pair::new(Some((&bucket.before).into()), Some((&bucket.after).into())),
        change: Some(&bucket.change),
    }
}
