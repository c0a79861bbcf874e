//! What GitHub Actions shows: annotations on the lines, as workflow commands, and the
//! verdicts in the log. The summary of the run is [`markdown`](super::markdown)'s.

use super::contents::cells::Cells;
use super::contents::{findings, gate, headline, rows};
use super::format::work_unit;
use super::paint::Sheet;
use super::{Style, contents};
use crate::compare::{Comparison, Comparisons, CostVerdict, Evidence, MetricVerdict};
use crate::gate::Outcome;
use crate::source::sha256_hex;
use crate::text::Text;

/// Annotations of one report. GitHub shows ten of a kind for a step.
const MOST: usize = 10;

/// How loud an annotation is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Level {
    Error,
    Warning,
    Notice,
}

impl Level {
    const fn word(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Notice => "notice",
        }
    }
}

/// One annotation.
struct Annotation {
    level: Level,
    /// The file and the lines from and to; of the whole run where there is none.
    place: Option<(Text, u32, u32)>,
    title: Text,
    message: Text,
}

/// Annotations of the broken rules and the changed lines, the worst first, and then the
/// verdicts.
pub(crate) fn comparison(comparison: &Comparison, style: &Style) -> String {
    let mut annotations = of_whole(comparison);
    annotations.extend(of_lines(comparison, style));
    shown(annotations, &sentences(comparison))
}

/// The same of several comparisons.
pub(crate) fn comparisons(several: &Comparisons, style: &Style) -> String {
    let all = || several.comparisons.iter();
    let mut annotations: Vec<Annotation> = all().flat_map(of_whole).collect();
    annotations.extend(all().flat_map(|it| of_lines(it, style)));
    shown(annotations, &all().map(sentences).collect::<String>())
}

fn shown(mut annotations: Vec<Annotation>, log: &str) -> String {
    // Stable: the worst stay first within their level.
    annotations.sort_by_key(|annotation| annotation.level as u8);
    let commands = annotations.iter().take(MOST).map(command);
    let out: String = commands.collect();
    // What is foreign text must not be taken for a command.
    let token = sha256_hex(log.as_bytes());
    out + &format!("::stop-commands::{token}\n{log}::{token}::\n")
}

/// The verdicts on the whole script.
fn sentences(comparison: &Comparison) -> String {
    let mut sheet = Sheet::default();
    for paragraph in headline::paragraphs(comparison) {
        sheet.line(paragraph.sentence + " " + paragraph.question);
    }
    if let Some(judged) = &comparison.gate {
        sheet.line(gate::sentence(judged));
        sheet.extend(
            judged
                .rules
                .iter()
                .map(|rule| Text::from("  ") + gate::rule(rule)),
        );
    }
    let warnings = contents::warnings(&comparison.warnings).into_iter();
    sheet.extend(warnings.map(|warning| Text::from("warning: ") + warning));
    sheet.finish(false)
}

/// What concerns no line: broken rules, and a script that is slower as a whole.
fn of_whole(comparison: &Comparison) -> Vec<Annotation> {
    let rules = comparison.gate.iter().flat_map(|gate| &gate.rules);
    let rules = rules.filter_map(|judged| {
        let level = match judged.outcome {
            Outcome::Fail => Level::Error,
            Outcome::Inconclusive => Level::Warning,
            Outcome::Pass => return None,
        };
        Some(Annotation {
            level,
            place: None,
            title: Text::from("profila gate: ") + gate::subject(&judged.rule.subject),
            message: gate::rule(judged),
        })
    });
    let slower = comparison.throughput.verdict == MetricVerdict::Slower;
    let slower = slower.then(|| Annotation {
        level: Level::Warning,
        place: None,
        title: "profila: slower".into(),
        message: headline::throughput_sentence(comparison),
    });
    rules.chain(slower).collect()
}

/// The lines and blocks of the version after whose cost changed for sure, or perhaps, the
/// largest change first.
fn of_lines(comparison: &Comparison, style: &Style) -> Vec<Annotation> {
    let sections = rows::sections(comparison, style, rows::Choice::Table);
    let scale = rows::scale(&sections);
    let unit = scale.per(&work_unit(&comparison.throughput));
    let mut found: Vec<_> = findings::findings(comparison)
        .filter(|finding| {
            let change = finding.change;
            change.evidence != Evidence::None
                && matches!(
                    change.verdict,
                    CostVerdict::CostsMore | CostVerdict::CostsLess
                )
        })
        .filter(|finding| finding.lines.is_some())
        .collect();
    found.sort_by(|a, b| {
        let shift = |it: &findings::Finding<'_>| it.change.cost_shift_s.value;
        shift(b).total_cmp(&shift(a))
    });
    let annotations = found.into_iter().filter_map(|finding| {
        let (file, first, last) = finding.lines?;
        let change = finding.change;
        let level = match (change.verdict, change.evidence) {
            (CostVerdict::CostsMore, Evidence::Confirmed) => Level::Warning,
            _ => Level::Notice,
        };
        let said = Cells::new(change, finding.parts);
        let cost = finding.cost_s.map(|cost_s| scale.show(cost_s));
        let interval = said.cost_interval.map(|ends| Text::from(", ") + ends);
        let costs = cost.before + " → " + cost.after + " " + unit.clone();
        let message = costs + " (" + said.cost + interval + "), " + said.evidence;
        Some(Annotation {
            level,
            place: Some((Text::foreign(file), first.get(), last.get())),
            title: Text::from("profila: ") + said.verdict,
            message,
        })
    });
    annotations.collect()
}

/// `::warning file=a.py,line=3,endLine=5,title=profila::message`
fn command(annotation: &Annotation) -> String {
    let title = format!("title={}", property(&annotation.title));
    let properties = match &annotation.place {
        None => title,
        Some((file, first, last)) => {
            format!(
                "file={},line={first},endLine={last},{title}",
                property(file)
            )
        }
    };
    let message = message(&annotation.message);
    format!("::{} {properties}::{message}\n", annotation.level.word())
}

/// A command's message, without what it may not hold as it is. There is no line end in it.
fn message(text: &Text) -> String {
    text.plain().replace('%', "%25")
}

/// The value of a property, without what that may not hold either.
fn property(text: &Text) -> String {
    message(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests;
