//! Painted text as HTML.

use minijinja::Value;

use crate::report::paint::{self, Meaning, paint};

/// Painted text as HTML that shows it: a class for each meaning, everything else escaped.
pub(super) fn html(text: &str) -> Value {
    let mut out = String::with_capacity(text.len() + 16);
    write_html(&mut out, text);
    Value::from_safe_string(out)
}

/// The same, at the end of a text.
pub(super) fn write_html(out: &mut String, text: &str) {
    for (meaning, part) in paint::parts(text) {
        match meaning {
            None => escape(out, &part),
            Some(Meaning::Heading) => {
                out.push_str("<b>");
                escape(out, &part);
                out.push_str("</b>");
            }
            Some(meaning) => {
                out.push_str("<span class=\"");
                out.push_str(class_of(meaning));
                out.push_str("\">");
                escape(out, &part);
                out.push_str("</span>");
            }
        }
    }
}

/// A name, set off.
pub(super) fn name(name: &str) -> String {
    paint(Meaning::Heading, name)
}

/// The class of the last verdict in a sentence.
pub(super) fn class(sentence: &str) -> &'static str {
    let parts = paint::parts(sentence);
    let mut verdicts = parts.iter().rev().filter_map(|(meaning, _)| match meaning {
        Some(Meaning::Heading) | None => None,
        Some(meaning) => Some(class_of(*meaning)),
    });
    verdicts.next().unwrap_or("quiet")
}

const fn class_of(meaning: Meaning) -> &'static str {
    match meaning {
        Meaning::Better => "better",
        Meaning::Worse => "worse",
        Meaning::Open => "open",
        Meaning::Quiet | Meaning::Heading => "quiet",
    }
}

/// Any text as HTML, at the end of one.
pub(super) fn escape(out: &mut String, text: &str) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            _ => out.push(c),
        }
    }
}
