use std::borrow::Cow;

use proptest::prelude::*;

use super::examples::examples;
use super::foreign_examples::foreign_errors;
use super::*;
use crate::error::ExitCode;
use crate::foreign::tests::{is_command, is_obeyed};

#[test]
fn a_command_that_is_no_script_has_a_hint() {
    #[track_caller]
    fn check(script: &str, words: &str) {
        let path = script.into();
        let hint = Error::ScriptMissing { path }.hint().map(Cow::into_owned);
        assert!(hint.unwrap_or_default().contains(words), "{script}");
    }
    check("/home/ada/pytest", "`-m pytest`");
    check("python3.12", "begin with the script");
    let path = "dither9.py".into();
    assert_eq!(Error::ScriptMissing { path }.hint(), None);
}

#[test]
fn each_kind_says_what_why_and_what_to_do() {
    let rendered: Vec<String> = examples()
        .iter()
        .map(|error| format!("[{}]\n{}\n", error.exit_code().code(), error.render(false)))
        .collect();
    insta::assert_snapshot!(rendered.join("\n"));
}

#[test]
fn messages_are_fragments() {
    for error in examples() {
        let message = error.to_string();
        assert!(!message.ends_with('.'), "{message}");
        assert!(!message.is_empty());
    }
}

#[test]
fn every_exit_code_of_an_error_is_documented() {
    let docs = include_str!("../../../docs/exit-codes.md");
    for error in examples() {
        let row = format!("| {} |", error.exit_code().code());
        assert!(docs.contains(&row), "{row}");
    }
    for code in [
        ExitCode::Success,
        ExitCode::GateFailed,
        ExitCode::GateInconclusive,
    ] {
        assert!(docs.contains(&format!("| {} |", code.code())));
    }
}

/// A row of `docs/troubleshooting.md`: the exit code of its section, and the message with `…` for
/// what differs.
struct Row<'d> {
    code: u8,
    message: &'d str,
}

impl Row<'_> {
    fn all() -> Vec<Row<'static>> {
        let mut code = None;
        let mut rows = Vec::new();
        for line in include_str!("../../../docs/troubleshooting.md").lines() {
            if let Some(heading) = line.strip_prefix("## ") {
                let words = heading.strip_prefix("Exit code ");
                code = words.and_then(|words| words.split(':').next()?.parse().ok());
            }
            let cell = line
                .strip_prefix("| ")
                .and_then(|line| line.split(" | ").next());
            if let (Some(code), Some(message)) = (code, cell.filter(|it| *it != "message")) {
                rows.push(Row { code, message });
            }
        }
        rows
    }

    fn is_of(&self, error: &Error) -> bool {
        let parts: Vec<String> = self.message.split('…').map(regex::escape).collect();
        let pattern = format!("(?s)^{}$", parts.join(".*"));
        let pattern = regex::Regex::new(&pattern).unwrap();
        self.code == error.exit_code().code() && pattern.is_match(&error.to_string())
    }
}

/// What is wrong with the command line or the configuration is told by those who read them, in too
/// many ways to list.
#[test]
fn troubleshooting_has_every_message_and_no_other() {
    let rows = Row::all();
    let told_elsewhere = |error: &&Error| matches!(error, Error::Usage { .. } | Error::Config(_));
    for error in examples().iter().filter(|error| !told_elsewhere(error)) {
        let is_there = rows.iter().any(|row| row.is_of(error));
        assert!(is_there, "[{}] {error}", error.exit_code().code());
    }
    for row in &rows {
        let is_real = examples().iter().any(|error| row.is_of(error));
        assert!(is_real, "[{}] {}: no such error", row.code, row.message);
    }
}

#[track_caller]
fn check_harmless(text: &str) {
    for error in foreign_errors(text) {
        let shown = error.render(false);
        assert!(!shown.contains(is_obeyed), "{shown:?}");
        assert!(!shown.lines().any(is_command), "{shown:?}");
        let line = error.to_string();
        assert_eq!(line, error.line());
        assert!(!line.contains(|c| c == '\n' || is_obeyed(c)), "{line:?}");
        assert!(!is_command(&line), "{line:?}");
        // A hundred lines of two thousand characters at most.
        assert!(shown.len() < 2_000_000, "{} bytes", shown.len());
    }
}

#[test]
fn foreign_text_in_errors_is_not_obeyed() {
    check_harmless("a\x1b[31mb\x1b]0;title\x07\n::error::pwned\r\n##[error]x");
    check_harmless("\u{9b}31m \u{202e}abc\u{2066} \t\u{fffe}");
    check_harmless(&"long ".repeat(600_000));
    check_harmless(&"many\n".repeat(600_000));
}

proptest! {
    #[test]
    fn no_foreign_text_in_errors_is_obeyed(text in any::<String>()) {
        check_harmless(&text);
    }
}

#[test]
fn color_is_only_where_it_is_asked_for() {
    assert!(!Error::Interrupted.render(false).contains('\u{1b}'));
    assert!(Error::Interrupted.render(true).contains('\u{1b}'));
}
