//! What a script printed as somebody at a terminal sees it.

/// The output without escape sequences, which color it.
pub(super) fn plain(output: &str) -> String {
    anstream::adapter::strip_str(output).to_string()
}

/// The lines that are not empty, of what [`plain`] gives. Where a line was written over
/// after a carriage return, as progress bars do, it is what was written last.
pub(super) fn lines(output: &str) -> impl DoubleEndedIterator<Item = &str> {
    let last_written = |line: &'_ str| line.rfind('\r').map_or(0, |at| at + 1);
    output.split('\n').filter_map(move |line| {
        let line = line.trim_end();
        let line = line[last_written(line)..].trim();
        (!line.is_empty()).then_some(line)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(output: &str, expected: &[&str]) {
        let plain = plain(output);
        assert_eq!(lines(&plain).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn lines_are_what_is_seen() {
        check("a\n\n  b \r\nc", &["a", "b", "c"]);
        check("\x1b[32m5 it/s\x1b[0m\n", &["5 it/s"]);
        check("\x1b]8;;x\x07link\x1b]8;;\x07", &["link"]);
        check("1%\r50%\r100% done\n", &["100% done"]);
        check("\r1%\r\x1b[K2%\r", &["2%"]);
        check("", &[]);
    }
}
