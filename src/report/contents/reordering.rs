//! What the orders of a block cost: the answer, the matrix, the split, and the ranking.

use crate::compare::Estimate;
use crate::reorder::{
    Independence, OrderResult, OrderVerdict, Parts, Reordering, Results, Statement,
};
use crate::report::format::{
    CostScale, count, duration, fixed, from_to, interval, ratio_decimals, short_percent,
    work_unit_of,
};
use crate::text::{Meaning, Number, Text};

/// Reasons that are given for the order of statements.
const MOST_REASONS: usize = 6;

/// A report, in no particular form.
pub(in crate::report) struct Contents {
    /// The answer, and what it is about.
    pub(in crate::report) sentences: Vec<Text>,
    /// The number, the lines and the text of each statement.
    pub(in crate::report) statements: Vec<[Text; 3]>,
    /// What each statement costs at each position.
    pub(in crate::report) matrix: Matrix,
    /// What the costs consist of.
    pub(in crate::report) split: Vec<Text>,
    /// The orders, the fastest first.
    pub(in crate::report) orders: Ranking,
    /// How to read it.
    pub(in crate::report) legend: Text,
    /// What the reader should know.
    pub(in crate::report) warnings: Vec<Text>,
}

/// Statements by positions, and what is each one's own.
pub(in crate::report) struct Matrix {
    /// What it is of, with the unit.
    pub(in crate::report) title: Text,
    /// The head of each column: of the names of the rows first.
    pub(in crate::report) headings: Vec<Text>,
    /// The name of each row, and its cells.
    pub(in crate::report) rows: Vec<(Text, Vec<Value>)>,
}

/// A value and its margin, of which there may be neither.
#[derive(Clone, Default)]
pub(in crate::report) struct Value {
    pub(in crate::report) value: Text,
    pub(in crate::report) margin: Text,
}

/// The orders and the placebo.
pub(in crate::report) struct Ranking {
    pub(in crate::report) headings: [Text; COLUMNS],
    pub(in crate::report) rows: Vec<[Text; COLUMNS]>,
}

const COLUMNS: usize = 7;

/// Says what was found.
pub(in crate::report) fn contents(found: &Reordering) -> Contents {
    let work = work_unit_of(&found.throughput);
    let largest = found.cells.iter().map(|cell| cell.cost_s.value);
    let scale = CostScale::for_largest(largest.fold(0.0, f64::max));
    Contents {
        sentences: [answer(found), setting(found)].concat(),
        statements: found.statements.iter().map(statement).collect(),
        matrix: matrix(found, scale, &work),
        split: split(found),
        orders: ranking(found, scale, &work),
        legend: legend(found, &work),
        warnings: found.warnings.iter().map(Text::prose).collect(),
    }
}

/// `3→1→2→4`, which no line breaks.
fn order_name(order: &OrderResult) -> Text {
    let numbers = order.statements.iter().map(usize::to_string);
    Number::new(numbers.collect::<Vec<_>>().join("→")).into()
}

/// `1.42×`.
fn times(ratio: &Estimate) -> Number {
    let decimals = ratio_decimals(ratio.value);
    Number::new(format_args!("{}×", fixed(ratio.value, decimals)))
}

/// `1.35 to 1.49`.
fn ends(ratio: &Estimate) -> Option<Number> {
    let decimals = ratio_decimals(ratio.value);
    interval(ratio).map(|ends| from_to(ends, |end| fixed(end, decimals)))
}

/// The fastest order, and the placebo.
fn answer(found: &Reordering) -> Vec<Text> {
    let level = short_percent(found.confidence);
    let as_fast = |ratio: &Estimate, words: &'static str, which: &'static str| {
        let ends = ends(ratio).map(|ends| {
            Text::from(" (") + level.clone() + " interval " + which + ": " + ends + ")"
        });
        let value = fixed(ratio.value, ratio_decimals(ratio.value));
        Text::from(Number::new(value)) + " times as fast" + words + Text::from(ends)
    };
    let placebo = as_fast(&found.placebo.speedup, "", "by itself");
    let placebo = Text::from("the placebo is ") + placebo + ".";
    let together = "for all orders together";
    let mut sentences = Vec::new();
    let first = found.orders.first();
    sentences.push(match (found.best(), first.and_then(|it| it.speedup)) {
        (Some(best), Some(speedup)) => {
            let name = order_name(best).meaning(Meaning::Better);
            let named = Text::from("Fastest measured: ") + name + ", ";
            let fast = as_fast(&speedup, " as the present order", together);
            named + fast + Text::from(peers(found)) + "; " + placebo
        }
        (None, Some(speedup)) => {
            let name = first.map(order_name);
            let none = "No order is certain to be better than the one as it is and the placebo.";
            let fastest = Text::from(none) + " The fastest measured, " + Text::from(name) + ", is ";
            fastest + as_fast(&speedup, "", together) + "; " + placebo
        }
        (_, None) => Text::from("The order as it is was the fastest of those measured; ") + placebo,
    });
    if found.is_placebo_told_apart() {
        let alarm = "The placebo is told apart from the same code without its edit: do not rely on \
                     differences of this size.";
        sentences.push(Text::from(alarm).meaning(Meaning::Open));
    }
    sentences
}

/// The orders that may be as fast as the fastest.
fn peers(found: &Reordering) -> Option<Text> {
    let number = found.as_fast as u64;
    let peers = || Text::from(", not told apart from ") + count(number, "other order");
    (number > 0).then(peers)
}

/// What was measured, and by whose word it is legal.
fn setting(found: &Reordering) -> Vec<Text> {
    let statements = count(found.statements.len() as u64, "statement");
    let orders = found.orders.len() as u64;
    let of = match found.legal_orders {
        Some(legal) if legal == found.orders.len() => {
            Text::from("All ") + count(orders, "legal order")
        }
        Some(legal) => {
            Text::from(Number::new(orders)) + " of the " + count(legal as u64, "legal order")
        }
        None => Text::from(Number::new(orders)) + " of very many legal orders",
    };
    let lines = Number::new(format_args!("{}–{}", found.first, found.last));
    let place = Text::foreign(&found.script) + ":" + lines;
    let function = found.function.as_ref();
    let function = function.map(|name| Text::from(", in ") + Text::source(name));
    let rounds = count(found.rounds.into(), "round");
    let measured = of + " of the " + statements + " in " + place + function;
    let mut sentences = vec![measured + ", and a placebo, measured in " + rounds + "."];
    if !found.dependences.is_empty() {
        let reasons = found.dependences.iter().take(MOST_REASONS);
        let reasons = Text::join(reasons.map(Text::prose), "; ");
        let more = found.dependences.len().saturating_sub(MOST_REASONS);
        let more = (more > 0).then(|| Text::from("; and ") + Number::new(more) + " more reasons");
        sentences.push(Text::from("Statements that stay in their order: ") + reasons + more + ".");
    }
    if found.independence == Independence::Assumed {
        let assumed = "That the orders do the same is your promise (--assume-independent).";
        sentences.push(assumed.into());
    }
    sentences.push(match found.results {
        Results::Same => "In all timed runs, all orders printed the same: their whole output was \
                          compared."
            .into(),
        Results::SameMatches => "In all timed runs, what the pattern matches in the output of the \
                                 orders was the same."
            .into(),
        Results::NotCompared => Text::from(
            "What the orders print was not compared: --same-output stdout does that, or \
             --same-output REGEX for a part of it.",
        ),
    });
    sentences
}

fn statement(statement: &Statement) -> [Text; 3] {
    let Statement { first, last, .. } = statement;
    let lines = if first == last {
        Number::new(first)
    } else {
        Number::new(format_args!("{first}–{last}"))
    };
    let mut texts = statement.text.lines().map(str::trim);
    let joined: Vec<&str> = texts.by_ref().take(4).collect();
    let text = Text::source(&joined.join(" "));
    [Number::new(statement.number).into(), lines.into(), text]
}

fn value(estimate: &Estimate, show: impl Fn(f64) -> Number) -> Value {
    let Estimate { value, low, high } = *estimate;
    let margin = low.zip(high);
    let margin = margin.map(|(low, high)| (value - low).max(high - value));
    let margin = margin.map(|it| Number::new(format_args!("±{}", show(it).unsigned())));
    Value {
        value: show(value).into(),
        margin: Text::from(margin),
    }
}

fn matrix(found: &Reordering, scale: CostScale, work: &Text) -> Matrix {
    let numbers = found
        .positions
        .iter()
        .map(|it| Text::from(Number::new(it.number)));
    let headings = [Text::from("statement")].into_iter().chain(numbers);
    let headings = headings.chain([Text::from("own")]);
    let show = |seconds: f64| scale.show(seconds);
    let rows = found.statements.iter().map(|statement| {
        let cell = |position: usize| {
            let mut cells = found.cells.iter();
            let cell = cells.find(|it| (it.statement, it.position) == (statement.number, position));
            cell.map_or_else(nothing, |cell| value(&cell.cost_s, show))
        };
        let cells = found.positions.iter().map(|it| cell(it.number));
        let own = statement.own_s.as_ref();
        let own = own.map_or_else(nothing, |own| value(own, show));
        (
            Text::from(Number::new(statement.number)),
            cells.chain([own]).collect(),
        )
    });
    let effects = found.positions.iter().map(|position| {
        let effect = position.effect_s.as_ref();
        effect.map_or_else(nothing, |effect| {
            let value = value(effect, show);
            let sign = (effect.value > 0.0).then_some("+");
            Value {
                value: sign.map_or_else(Text::new, Text::from) + value.value,
                ..value
            }
        })
    });
    let effects = (
        Text::from("position"),
        effects.chain([Value::default()]).collect(),
    );
    let title = Text::from("Cost of each statement by its position in these orders, ");
    let title = title + scale.per(work);
    Matrix {
        title,
        headings: headings.collect(),
        rows: rows.chain([effects]).collect(),
    }
}

fn nothing() -> Value {
    Value {
        value: "–".into(),
        margin: Text::new(),
    }
}

/// What part of the costs is whose, and where that is unknown.
fn split(found: &Reordering) -> Vec<Text> {
    let mut sentences = Vec::new();
    if found.cells.iter().all(|cell| cell.cost_s.value <= 0.0) {
        let nothing = "No sample fell on these statements: they are not compiled by Numba, take no \
                       time, or are not run with these arguments.";
        sentences.push(Text::from(nothing).meaning(Meaning::Open));
    }
    if let Some(Parts {
        own,
        position,
        interaction,
        noise,
    }) = &found.parts
    {
        let part = |part: &Estimate| {
            let percent = |part: f64| fixed(part * 100.0, 0);
            let ends = interval(part).map(|ends| from_to(ends, percent));
            let ends = ends.map(|ends| Text::from(" (") + ends + ")");
            Text::from(Number::new(format_args!("{}%", percent(part.value)))) + Text::from(ends)
        };
        let of = Text::from("Of the variation of these costs, ");
        let own = of + part(own) + " is the statements' own in these orders, ";
        let position = own + part(position) + " their positions', ";
        let more = " unexplained by them but the same in every round (interactions between \
                    statements), and ";
        sentences.push(position + part(interaction) + more + part(noise) + " noise.");
    }
    let alone = found.groups.iter().filter(|it| it.statements.len() == 1);
    let alone = alone.flat_map(|it| &it.statements);
    let alone: Vec<Text> = alone.map(|&it| Number::new(it).into()).collect();
    if !alone.is_empty() {
        let noun = if alone.len() == 1 {
            "Statement "
        } else {
            "Statements "
        };
        let names = Text::from(noun) + Text::join(alone, ", ");
        let unknown = " never moved: what is its own and what its position's cannot be told apart.";
        sentences.push(names + unknown);
    }
    let moved: Vec<_> = found
        .groups
        .iter()
        .filter(|it| it.statements.len() > 1)
        .collect();
    if moved.len() > 1 {
        let groups = moved.iter().map(|group| {
            let numbers = group.statements.iter();
            Text::join(numbers.map(|&it| Text::from(Number::new(it))), " ")
        });
        let never = Text::from(
            "These groups of statements never changed places with each other, \
                                and their figures hold within each: ",
        );
        sentences.push(never + Text::join(groups, "; ") + ".");
    }
    sentences
}

fn ranking(found: &Reordering, scale: CostScale, work: &Text) -> Ranking {
    let level = short_percent(found.confidence);
    let time = |seconds: &Estimate| Text::from(duration(seconds.value));
    let block = |cost: &Estimate| {
        let Value { value, margin } = value(cost, |it| scale.show(it));
        value + " " + margin
    };
    let rows = found.orders.iter().map(|order| {
        let speedup = order.speedup.as_ref();
        [
            order_name(order),
            time(&order.seconds_per_unit),
            speedup.map_or_else(|| Number::new(1).into(), |it| times(it).into()),
            speedup.and_then(ends).into(),
            times(&order.speedup_over_placebo).into(),
            block(&order.block_s),
            verdict(order.verdict),
        ]
    });
    let placebo = &found.placebo;
    let of_placebo = [
        "placebo".into(),
        time(&placebo.seconds_per_unit),
        times(&placebo.speedup).into(),
        ends(&placebo.speedup).into(),
        Number::new(1).into(),
        block(&placebo.block_s),
        Text::new(),
    ];
    Ranking {
        headings: [
            "order".into(),
            Text::from("time/") + work.clone(),
            "× as it is".into(),
            level + " joint interval",
            "× placebo".into(),
            Text::from("block, ") + scale.per(work),
            "verdict".into(),
        ],
        rows: rows.chain([of_placebo]).collect(),
    }
}

fn verdict(verdict: OrderVerdict) -> Text {
    match verdict {
        OrderVerdict::AsItIs => "as it is".into(),
        OrderVerdict::Faster => Text::from("faster").meaning(Meaning::Better),
        OrderVerdict::Slower => Text::from("slower").meaning(Meaning::Worse),
        OrderVerdict::NotToldApart => "not told apart".into(),
    }
}

fn legend(found: &Reordering, work: &Text) -> Text {
    let level = short_percent(found.confidence);
    let least = short_percent(found.min_effect);
    let cost = Text::from("Cost: share of the samples × time per ") + work.clone() + ", ± its ";
    let cost = cost + level.clone() + " margin. Own: the cost at an average position. Position: ";
    let cost =
        cost + "what standing there adds to it on average; these sum to 0. Both are of these ";
    let cost = cost + "orders: in others they may differ. Time is that of the whole script, the ";
    let cost = cost + "geometric mean of the timed runs, and decides which order is better: its ";
    let cost = cost + "interval has to be beyond " + least + " of the order as it is, and of the ";
    let cost = cost
        + "placebo. The joint intervals, of the orders, hold together; those of costs, and the ";
    cost + "placebo's, each by itself."
}
