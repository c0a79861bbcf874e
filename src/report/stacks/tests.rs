use super::*;
use crate::recording::fixture::{recording, source};

fn line(number: u32) -> StackFrame {
    StackFrame::from(format!("a b.py:{number}"))
}

fn stacks() -> Vec<(Vec<StackFrame>, u64)> {
    vec![
        (vec![line(1), line(2)], 30),
        (
            vec![
                line(1),
                line(2),
                StackFrame::Native("sin; \x1b[31m".to_owned()),
            ],
            5,
        ),
        (vec![StackFrame::Native("(outside Numba)".to_owned())], 2),
    ]
}

fn sampled() -> Recording {
    let mut recording = recording("a", "a b.py");
    recording.sources = vec![source("a b.py", "x\ny\n".to_owned())];
    recording
}

#[test]
fn collapsed_is_a_stack_a_line() {
    insta::assert_snapshot!(collapsed(&sampled(), &stacks()), @r"
    a b.py (a b.py:1);a b.py (a b.py:2) 30
    a b.py (a b.py:1);a b.py (a b.py:2);sin, ␛[31m 5
    (outside Numba) 2
    ");
}

#[test]
fn every_sample_is_in_speedscope() {
    let text = speedscope(&sampled(), &stacks());
    let file: serde_json::Value = serde_json::from_str(&text).unwrap();
    let profile = &file["profiles"][0];
    assert_eq!(profile["endValue"], 37);
    assert_eq!(
        profile["samples"],
        serde_json::json!([[0, 1], [0, 1, 2], [3]])
    );
    assert_eq!(profile["weights"], serde_json::json!([30, 5, 2]));
    let frames = file["shared"]["frames"].as_array().unwrap();
    assert_eq!(
        frames[1],
        serde_json::json!({"name": "a b.py:2", "file": "a b.py", "line": 2})
    );
    assert_eq!(frames.len(), 4);
}
