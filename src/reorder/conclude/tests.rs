//! What is concluded of orders that were measured by hand.

use super::super::fixture::{nothing_certain, recording, reordering};
use super::*;
use crate::document;
use crate::reorder::OrderVerdict;

#[test]
fn the_fastest_order_is_the_best_one() {
    let found = reordering();
    let best = found.best().unwrap();
    assert_eq!(best.statements, [2, 1, 3]);
    let speedup = best.speedup.unwrap();
    assert!(
        speedup.low.unwrap() > 1.15 && speedup.high.unwrap() < 1.35,
        "{speedup:?}"
    );
    let verdicts = found.orders.iter().map(|it| it.verdict);
    let expected = [
        OrderVerdict::Faster,
        OrderVerdict::AsItIs,
        OrderVerdict::NotToldApart,
    ];
    assert_eq!(verdicts.collect::<Vec<_>>(), expected);
    assert!(!found.is_placebo_told_apart());
}

/// Times are geometric means, as their ratios are.
#[test]
fn times_and_ratios_fit_together() {
    let found = reordering();
    let as_is = found.orders.iter().find(|it| it.speedup.is_none()).unwrap();
    let expected = (0.0100_f64 * 0.0102 * 0.0101).cbrt();
    assert!((as_is.seconds_per_unit.value - expected).abs() < 1e-12);
    for order in &found.orders {
        let ratio = as_is.seconds_per_unit.value / order.seconds_per_unit.value;
        let said = order.speedup.map_or(1.0, |it| it.value);
        assert!((ratio - said).abs() < 1e-9, "{order:?}");
    }
}

#[test]
fn orders_that_may_be_as_fast_as_the_fastest_are_counted() {
    assert_eq!(reordering().as_fast, 0);
    assert_eq!(nothing_certain().as_fast, 1);
    let mut wrong = reordering();
    wrong.as_fast = 3;
    assert!(wrong.check().unwrap_err().contains("as_fast"));
}

/// The share of a statement's lines, times the seconds of the timed run of the round.
#[test]
fn costs_are_those_of_a_statements_lines_wherever_they_are() {
    let found = reordering();
    let cell = |statement, position| {
        let mut cells = found.cells.iter();
        cells.find(|it| (it.statement, it.position) == (statement, position))
    };
    // In the order `1 3 2` the second statement is on lines 5 and 6.
    let cost = cell(2, 3).unwrap();
    assert_eq!(cost.orders, 1);
    let expected = (0.202 * 0.0101 + 0.204 * 0.0102 + 0.206 * 0.0100) / 3.0;
    assert!((cost.cost_s.value - expected).abs() < 1e-12, "{cost:?}");
    // The first is in front in two orders.
    assert_eq!(cell(1, 1).unwrap().orders, 2);
    // The third comes after the first.
    assert_eq!(cell(3, 1), None);
    assert_eq!(found.groups.len(), 1);
    assert!(found.statements.iter().all(|it| it.own_s.is_some()));
}

#[test]
fn a_document_is_read_as_it_was_written() {
    let found = reordering();
    let read: Reordering = document::read(&document::write(&found)).unwrap();
    assert_eq!(read, found);
    let mut wrong = found;
    wrong.orders[0].statements = vec![1, 1, 3];
    let error = document::read::<Reordering>(&document::write(&wrong)).unwrap_err();
    assert!(error.to_string().contains("orders[0]"), "{error}");
}

#[test]
fn rounds_that_are_not_whole_are_left_out() {
    let mut short = recording([1.0, 1.0, 1.0], &[(3, 10)]);
    short.blocks[0].runs.truncate(3);
    let whole = recording([1.0, 1.0, 1.0], &[(3, 10)]);
    let lines = [(3, 3)];
    let all = [&whole, &short].map(|it| rounds(it, &lines, Attribution::UserLine));
    assert_eq!(Costs::of(all.to_vec()).unwrap().rounds(), 1);
    let order = |it| (Order::as_is(3), it);
    let measured = |recording| Measured {
        lines: &lines,
        recording,
    };
    let said = warnings(&[order(measured(&whole))], &measured(&short), 1);
    let expected = "1 of 3 rounds are used: in the others, something has no samples";
    assert_eq!(said, [ForeignText::from(expected)]);
    assert!(warnings(&[order(measured(&whole))], &measured(&whole), 3).is_empty());
    short.blocks[0].runs.clear();
    let none = [&whole, &short].map(|it| rounds(it, &lines, Attribution::UserLine));
    let error = Costs::of(none.to_vec()).err();
    assert_eq!(error, Some(ConcludeError::NoCommonRound));
}
