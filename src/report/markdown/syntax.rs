//! Text as Markdown that shows it and does nothing else.

use std::fmt::Write as _;

use crate::text::{Kind, Meaning, Text};

/// Characters that Markdown, or GitHub's reading of it, may take for its own.
const SPECIAL: &str = r"\`*_[]<>#|~$&";

/// Prose: whatever it holds is shown as it is. Names and source are set off as code, and what
/// means something to the reader in bold.
pub(super) fn prose(text: &Text) -> String {
    let mut out = String::new();
    for span in text.spans() {
        match (span.kind(), span.meaning()) {
            (Kind::Name | Kind::Source, _) => out.push_str(&code_of(span.as_str())),
            (_, Some(Meaning::Better | Meaning::Worse | Meaning::Open)) => {
                out.push_str("**");
                escape(&mut out, span.as_str());
                out.push_str("**");
            }
            (Kind::Number | Kind::Word | Kind::Foreign, _) => escape(&mut out, span.as_str()),
        }
    }
    out
}

fn escape(out: &mut String, text: &str) {
    for c in text.chars() {
        if SPECIAL.contains(c) {
            out.push('\\');
        }
        out.push(c);
    }
}

/// All of a text as code.
pub(super) fn code(text: &Text) -> String {
    code_of(&text.plain())
}

/// Code within a line, also within a cell of a table: set off by more backticks than it
/// has in a row.
fn code_of(text: &str) -> String {
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
pub(super) fn html_code(text: &Text) -> String {
    let mut out = "<code>".to_owned();
    for c in text.plain().chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            _ => out.push(c),
        }
    }
    out + "</code>"
}

/// What can be unfolded below a title, which is HTML.
pub(super) fn fold(out: &mut String, title: &str, text: &str) {
    let _ = writeln!(
        out,
        "\n<details><summary>{title}</summary>\n\n{}\n\n</details>",
        text.trim()
    );
}

/// The first two lines of a table. One letter per column says how it is aligned: `l` or `r`.
pub(super) fn table_head(out: &mut String, headings: &[Text], alignment: &str) {
    table_row(out, headings.iter().map(prose));
    let rules = alignment.chars().map(|side| match side {
        'r' => "---:",
        _ => "---",
    });
    let _ = writeln!(out, "| {} |", rules.collect::<Vec<_>>().join(" | "));
}

/// A row of a table.
pub(super) fn table_row(out: &mut String, cells: impl IntoIterator<Item = String>) {
    let cells: Vec<String> = cells.into_iter().collect();
    let _ = writeln!(out, "| {} |", cells.join(" | "));
}

/// The name of a file as a path in a URL (RFC 3986): what is not unreserved is written by its
/// bytes, and a name that begins like a scheme is none.
pub(super) fn url_path(name: &str) -> String {
    let mut path = String::from("./");
    for byte in name.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                path.push(char::from(byte));
            }
            _ => {
                let _ = write!(path, "%{byte:02X}");
            }
        }
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_is_set_off_by_more_backticks_than_it_has() {
        let code = |text| code(&Text::source(text));
        assert_eq!(code("x = 1"), "`x = 1`");
        assert_eq!(code("a `b` ``c``"), "``` a `b` ``c`` ```");
        assert_eq!(code("a | b"), r"`a \| b`");
        assert_eq!(code(""), "");
        assert_eq!(block("```\n"), "````text\n```\n````\n");
    }

    #[test]
    fn prose_shows_what_it_holds() {
        let text = Text::foreign("a*b_c <d> [e](f)");
        assert_eq!(prose(&text), r"a\*b\_c \<d\> \[e\](f)");
        let slower = Text::from("slower").meaning(Meaning::Worse);
        assert_eq!(prose(&slower), "**slower**");
        assert_eq!(prose(&Text::name("a_b.py")), "`a_b.py`");
        assert_eq!(prose(&(Text::source("f_1") + " is")), "`f_1` is");
    }
}
