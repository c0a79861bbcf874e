//! The encoding that a Python file declares (PEP 263).

use std::borrow::Cow;
use std::sync::LazyLock;

use encoding_rs::{Encoding, UTF_8};
use regex::bytes::Regex;

/// A comment that declares an encoding. Python looks for it in the first two lines.
static DECLARATION: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)").expect("the pattern is valid")
});

/// The text of a Python file, without a byte order mark.
pub(super) fn decode(bytes: &[u8]) -> Cow<'_, str> {
    let (text, _) = declared(bytes)
        .unwrap_or(UTF_8)
        .decode_with_bom_removal(bytes);
    text
}

/// The encoding that a file declares, if it is known here.
fn declared(bytes: &[u8]) -> Option<&'static Encoding> {
    let mut lines = bytes.split(|&byte| byte == b'\n').take(2);
    let name = lines.find_map(|line| DECLARATION.captures(line)?.get(1))?;
    let name = String::from_utf8_lossy(name.as_bytes()).to_lowercase();
    // Python's names differ in their dashes from those of the web.
    let squeezed: String = name.chars().filter(char::is_ascii_alphanumeric).collect();
    let label = match squeezed.as_str() {
        "latin1" | "iso88591" | "isolatin1" | "l1" | "8859" | "cp819" => "iso-8859-1",
        "latin9" | "iso885915" => "iso-8859-15",
        _ => &name,
    };
    let as_python_has_it = Encoding::for_label(label.as_bytes());
    as_python_has_it.or_else(|| Encoding::for_label(name.replace('_', "-").as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(bytes: &[u8], expected: &str) {
        assert_eq!(decode(bytes), expected);
    }

    #[test]
    fn utf_8_is_what_is_not_declared() {
        check("# café\n".as_bytes(), "# café\n");
        check(b"\xef\xbb\xbfx = 1  # caf\xe9\n", "x = 1  # caf\u{fffd}\n");
        check(b"# coding: nonsense\nx\n", "# coding: nonsense\nx\n");
    }

    #[test]
    fn a_declared_encoding_is_used() {
        for name in ["latin-1", "iso-8859-1", "Latin_1", "ISO_8859_1", "cp1252"] {
            let declaration = format!("# -*- coding: {name} -*-\n# caf");
            let bytes = [declaration.as_bytes(), b"\xe9"].concat();
            check(&bytes, &format!("{declaration}é"));
        }
        check(
            b"#!/usr/bin/python\n# vim: set fileencoding=iso-8859-15 :\n\xa4",
            "#!/usr/bin/python\n# vim: set fileencoding=iso-8859-15 :\n€",
        );
        check(b"# coding: euc_jp\n# \xa4\xa2", "# coding: euc_jp\n# あ");
    }

    #[test]
    fn a_declaration_in_the_third_line_is_none() {
        check(
            b"\n\n# coding: latin-1 \xe9",
            "\n\n# coding: latin-1 \u{fffd}",
        );
        check(
            b"x = 'coding: latin-1 \xe9'",
            "x = 'coding: latin-1 \u{fffd}'",
        );
    }
}
