//! Texts without formatted strings, for a parser that may take these apart in its own way.

/// How many bytes of a text may nest something where they are code: those of brackets,
/// operators and quotes, and one for each keyword that stands before what it is around.
pub(super) fn nesting_bytes(text: &str) -> usize {
    let marks = text.bytes().filter(|&byte| is_mark(byte)).count();
    let words = text.as_bytes().split(|&byte| !is_of_word(byte));
    marks + words.filter(|word| nests(word)).count()
}

fn is_mark(byte: u8) -> bool {
    byte.is_ascii_punctuation() && byte != b'_'
}

fn is_of_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || !byte.is_ascii()
}

/// Whether a word is a keyword that nests, or ends in one: there may be a number before it.
fn nests(word: &[u8]) -> bool {
    let keywords = ["await", "else", "if", "lambda", "not", "yield"];
    keywords
        .iter()
        .any(|keyword| word.ends_with(keyword.as_bytes()))
}

/// The text with plain strings in place of formatted ones; everything is where it was.
///
/// Names and functions in their replacement fields are lost. Where such a field has the
/// quotes that are around the string, what results is no Python. Whether there are formatted
/// strings left, behind a number for instance, is for the caller to check.
pub(super) fn without_formatted_strings(text: &str) -> String {
    let mut masked = String::with_capacity(text.len());
    let mut word_start = 0;
    for (place, character) in text.char_indices() {
        if u8::try_from(character).is_ok_and(|byte| !is_of_word(byte)) {
            let word = &text[word_start..place];
            // Behind a backslash it is part of what that stands for, in some string.
            let is_escaped = text[..word_start].ends_with('\\');
            let is_prefix = matches!(character, '\'' | '"') && !is_escaped;
            masked.push_str(if is_prefix { plain_prefix(word) } else { word });
            masked.push(character);
            word_start = place + 1;
        }
    }
    masked + &text[word_start..]
}

/// What makes a plain string of one with this prefix. An operator may be in front of a string
/// wherever an expression begins, or behind another string. With it, the string documents no
/// function, as a formatted one does not.
fn plain_prefix(prefix: &str) -> &str {
    match prefix.to_ascii_lowercase().as_str() {
        "f" | "t" => "+",
        "fr" | "rf" | "tr" | "rt" => "+r",
        _ => prefix,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formatted_strings_become_plain_ones() {
        let texts = [
            ("f'{x}' t\"{y}\" F''", "+'{x}' +\"{y}\" +''"),
            ("rf'{x}' + Tr'''\n'''", "+r'{x}' + +r'''\n'''"),
            ("b'' r'' if'' éf'' _f''", "b'' r'' if'' éf'' _f''"),
            ("f", "f"),
            (r"'\t' '\f' f'\t'", r"'\t' '\f' +'\t'"),
        ];
        for (text, masked) in texts {
            assert_eq!(without_formatted_strings(text), masked);
            assert_eq!(masked.len(), text.len());
        }
    }

    #[test]
    fn what_may_nest_is_counted() {
        let texts = [("a_b é 12", 0), ("-(x[0])", 5), ("not note, 1if 'if'", 6)];
        for (text, count) in texts {
            assert_eq!(nesting_bytes(text), count, "{text}");
        }
    }
}
