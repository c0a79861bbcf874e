use proptest::collection::vec;
use proptest::prelude::*;

use super::*;
use crate::instructions::decoded::Decoded;

/// A function of instructions of one byte.
fn function(flows: &[Flow]) -> Vec<Instruction> {
    let each = flows.iter().zip(0..);
    each.map(|(flow, offset)| Instruction {
        offset,
        end: offset + 1,
        key: String::new(),
        text: String::new(),
        decoded: Decoded::Nothing,
        is: CodeSummary::default(),
        flow: *flow,
        symbol: None,
        returns_error: false,
    })
    .collect()
}

/// Each loop by its first instruction, its depth and its own instructions.
#[track_caller]
fn check(flows: &[Flow], expected: &[(usize, u32, &[usize])]) {
    let found = loops(&function(flows));
    let found: Vec<_> = found
        .iter()
        .map(|it| (it.head, it.depth, &*it.own))
        .collect();
    assert_eq!(found, expected);
}

use Flow::{Branch, End, Jump, Next};

#[test]
fn a_loop_is_what_leads_back_to_its_beginning() {
    check(&[Next, Next, Next, Branch(1), End], &[(1, 1, &[1, 2, 3])]);
    check(&[Next, Next, End], &[]);
    check(&[], &[]);
    // One instruction.
    check(&[Branch(0), End], &[(0, 1, &[0])]);
}

#[test]
fn what_is_in_a_loop_within_it_is_not_its_own() {
    // 1: outer, 2: inner
    let flows = [Next, Next, Next, Branch(2), Next, Branch(1), End];
    check(&flows, &[(1, 1, &[1, 4, 5]), (2, 2, &[2, 3])]);
}

#[test]
fn code_behind_the_end_of_the_function_may_be_in_its_loop() {
    // The loop at 1 leaves for 4, and comes back.
    let flows = [Next, Branch(4), Branch(1), End, Next, Jump(2)];
    check(&flows, &[(1, 1, &[1, 2, 4, 5])]);
}

#[test]
fn what_is_never_executed_is_in_no_loop() {
    // Nothing leads to 3, which leads to both.
    let flows = [Branch(0), Branch(1), End, Branch(0), Jump(1)];
    check(&flows, &[(0, 1, &[0]), (1, 1, &[1])]);
}

#[test]
fn two_ways_back_are_one_loop_and_two_ways_in_are_none() {
    let flows = [Next, Next, Branch(1), Next, Branch(1), End];
    check(&flows, &[(1, 1, &[1, 2, 3, 4])]);
    // 0 enters at 1 and at 2.
    check(&[Branch(2), Next, Branch(1), End], &[]);
}

fn flow(length: u32) -> impl Strategy<Value = Flow> {
    prop_oneof![
        4 => Just(Next),
        2 => (0..length + 2).prop_map(Branch),
        1 => (0..length + 2).prop_map(Jump),
        1 => Just(End),
    ]
}

proptest! {
    #[test]
    fn an_instruction_is_in_one_loop_at_most_as_its_own(flows in vec(flow(20), 0..20)) {
        let found = loops(&function(&flows));
        let mut own: Vec<usize> = found.iter().flat_map(|it| it.own.iter().copied()).collect();
        let all = own.len();
        own.sort_unstable();
        own.dedup();
        prop_assert_eq!(own.len(), all);
        prop_assert!(own.iter().all(|it| *it < flows.len()));
        prop_assert!(found.iter().all(|it| it.depth > 0 && it.own.contains(&it.head)));
    }
}

#[test]
fn a_jump_by_a_table_leads_to_what_nothing_else_leads_to() {
    // 1 jumps to 2 or 4, both of which go on at 6, which goes back to 0.
    let flows = [
        Next,
        Flow::Table,
        Next,
        Jump(6),
        Next,
        Jump(6),
        Branch(0),
        End,
    ];
    check(&flows, &[(0, 1, &[0, 1, 2, 3, 4, 5, 6])]);
}

/// None of these takes long: each is as long as a function may be that is looked at.
#[test]
fn long_functions_are_no_longer_than_they_seem() {
    let most = u32::try_from(MOST_BLOCKS).unwrap();
    let itself: Vec<Flow> = (0..most - 1).map(Branch).collect();
    assert_eq!(loops(&function(&itself)).len(), MOST_BLOCKS - 1);
    let chain: Vec<Flow> = (1..most).map(Branch).collect();
    assert!(loops(&function(&chain)).is_empty());
    // Each begins within the one before, and all end one after the other.
    let half = most / 2;
    let nested: Vec<Flow> = (1..half)
        .map(Branch)
        .chain((0..half).rev().map(Branch))
        .collect();
    let found = loops(&function(&nested));
    assert_eq!(found.iter().map(|it| it.depth).max(), Some(half));
    let too_long: Vec<Flow> = (0..=most).map(Branch).collect();
    assert!(loops(&function(&too_long)).is_empty());
}
