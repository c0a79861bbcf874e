//! Text as Markdown that shows it and does nothing else.

use crate::report::paint::{self, Meaning};

/// Characters that Markdown, or GitHub's reading of it, may take for its own.
const SPECIAL: &str = r"\`*_[]<>#|~$&";

/// Prose: whatever it holds is shown as it is. What was painted is set off, names as code.
pub(super) fn prose(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    for (meaning, part) in paint::parts(text) {
        match meaning {
            None | Some(Meaning::Quiet) => escape(&mut out, &part),
            Some(Meaning::Heading) => out.push_str(&code(&part)),
            Some(Meaning::Better | Meaning::Worse | Meaning::Open) => {
                out.push_str("**");
                escape(&mut out, &part);
                out.push_str("**");
            }
        }
    }
    out
}

fn escape(out: &mut String, text: &str) {
    for c in text.chars() {
        match c {
            // A line may not begin a list or a heading of its own.
            '\n' => out.push(' '),
            _ if SPECIAL.contains(c) => out.extend(['\\', c]),
            _ => out.push(c),
        }
    }
}

/// Code within a line, also within a cell of a table: set off by more backticks than it
/// has in a row.
pub(super) fn code(text: &str) -> String {
    if text.is_empty() {
        return String::new();
    }
    let fence = "`".repeat(longest_run(text) + 1);
    // In a table, a bar ends the cell even within code.
    let text = text.replace('|', "\\|");
    let pad = if text.starts_with('`') || text.ends_with('`') || is_padded(&text) {
        " "
    } else {
        ""
    };
    format!("{fence}{pad}{text}{pad}{fence}")
}

/// Whether Markdown would take a space off both ends.
fn is_padded(text: &str) -> bool {
    text.starts_with(' ') && text.ends_with(' ')
}

/// Lines of code by themselves.
pub(super) fn block(text: &str) -> String {
    let fence = "`".repeat(longest_run(text).max(2) + 1);
    format!("{fence}text\n{}\n{fence}\n", text.trim_end_matches('\n'))
}

/// The most backticks in a row.
fn longest_run(text: &str) -> usize {
    let runs = text.split(|c| c != '`').map(str::len);
    runs.max().unwrap_or(0)
}

/// Code within a tag of HTML, where Markdown's own marks are not read.
pub(super) fn html_code(text: &str) -> String {
    let mut out = "<code>".to_owned();
    for c in text.chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            _ => out.push(c),
        }
    }
    out + "</code>"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_is_set_off_by_more_backticks_than_it_has() {
        assert_eq!(code("x = 1"), "`x = 1`");
        assert_eq!(code("a `b` ``c``"), "``` a `b` ``c`` ```");
        assert_eq!(code("a | b"), r"`a \| b`");
        assert_eq!(code(""), "");
        assert_eq!(block("```\n"), "````text\n```\n````\n");
    }

    #[test]
    fn prose_shows_what_it_holds() {
        assert_eq!(prose("a*b_c <d> [e](f)"), r"a\*b\_c \<d\> \[e\](f)");
        assert_eq!(prose(&paint::paint(Meaning::Worse, "slower")), "**slower**");
        assert_eq!(prose(&paint::paint(Meaning::Heading, "a_b.py")), "`a_b.py`");
    }
}
