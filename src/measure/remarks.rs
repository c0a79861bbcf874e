//! What LLVM says of the code that it compiles, taken out of what a script wrote.
//!
//! Where it is asked to, LLVM writes each remark on a line of standard error:
//!
//! ```text
//! remark: /home/me/sums.py:10:1: loop not vectorized: cannot prove it is safe to reorder …
//! remark: /home/me/sums.py:9:1: loop not vectorized
//! ```
//!
//! The first of these two says why, at the line that is the reason, and the second one of
//! which loop. Here they are one remark, about the loop.

use std::collections::HashSet;

use crate::source::LineNumber;
use crate::symbols::without_addresses;

/// How a remark begins.
const MARK: &str = "remark: ";

/// The place of what has none.
const NOWHERE: &str = "<unknown>:0:0: ";

/// What LLVM says of a loop once it has said why.
const NOT_VECTORIZED: &str = "loop not vectorized";

/// What is said of memory goes on in another line.
const DEPENDENT: &str = "unsafe dependent memory operations";
const DEPENDENCE: &str = "data dependence";

/// What is before the line of another loop, at the end of what Numba says.
const OTHER_LINE: &str = " @line ";

/// Characters of a remark that are kept.
const LONGEST: usize = 500;

/// Bytes of a line that may be a remark.
const LONGEST_LINE: usize = 8_000;

/// Remarks of a run that are taken, of all files.
const MOST_REMARKS: usize = 100_000;

/// One remark.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Said {
    /// The path of the file, as the compiler was given it.
    pub(super) file: String,
    pub(super) line: LineNumber,
    pub(super) text: String,
    /// The line of the same file that is the reason, where that is another one.
    pub(super) because_of: Option<LineNumber>,
}

/// Takes the remarks out of what a script and the compiler wrote. They are in the order in
/// which the compiler made them, each once.
pub(super) fn take(written: &mut Vec<u8>) -> Vec<Said> {
    let mut remarks = Remarks::default();
    let mut others = Vec::new();
    for line in written.split_inclusive(|&byte| byte == b'\n') {
        let rest = match std::str::from_utf8(line) {
            Ok(text) if line.len() <= LONGEST_LINE => remarks.take_from(text),
            _ => None,
        };
        others.extend_from_slice(rest.map_or(line, str::as_bytes));
    }
    *written = others;
    remarks.into_said()
}

#[derive(Default)]
struct Remarks {
    said: Vec<Said>,
    known: HashSet<Said>,
    /// The last ones, if they say why a loop was not vectorized and not yet which one.
    reasons: Vec<Said>,
}

impl Remarks {
    /// Takes what is the compiler's from a line, and gives back what is before it; `None` where
    /// nothing of it is the compiler's. The script may have begun the line.
    fn take_from<'l>(&mut self, line: &'l str) -> Option<&'l str> {
        if let Some((before, remark)) = line.split_once(MARK) {
            let remark = remark.trim_end();
            if remark.starts_with(NOWHERE) {
                return Some(before);
            }
            let (file, line, text) = located(remark)?;
            // Some have a file, and no line in it.
            if let Some(line) = LineNumber::new(line) {
                self.add(file, line, text);
            }
            return Some(before);
        }
        let reason = self.reasons.last_mut()?;
        if !reason.text.contains(DEPENDENT) || !line.contains(DEPENDENCE) {
            return None;
        }
        // Where the other access is, it says as a path.
        let (what, _) = line.split_once(". ").unwrap_or((line, ""));
        let what = what.trim_end().trim_end_matches('.');
        reason.text = shortened(&format!("{}: {what}", reason.text));
        Some("")
    }

    fn add(&mut self, file: &str, line: LineNumber, text: &str) {
        if text == NOT_VECTORIZED {
            // The loop of which the last remarks said why; without any it says nothing new.
            for reason in std::mem::take(&mut self.reasons) {
                let is_elsewhere = reason.file != file;
                let because_of = Some(reason.line).filter(|&it| it != line && !is_elsewhere);
                self.keep(Said {
                    file: file.to_owned(),
                    line,
                    text: reason.text,
                    because_of,
                });
            }
            return;
        }
        let (text, because_of) = apart(text);
        let said = Said {
            file: file.to_owned(),
            line,
            text: told(text),
            because_of,
        };
        if text.starts_with(&format!("{NOT_VECTORIZED}: ")) {
            self.reasons.push(said);
            return;
        }
        // Of which loop they were the reasons will not be said any more.
        for reason in std::mem::take(&mut self.reasons) {
            self.keep(reason);
        }
        if !text.contains("(cost=never)") {
            // Those are of calls that are never inlined, which are Numba's own: around each
            // function, and of its counts of references.
            self.keep(said);
        }
    }

    fn into_said(mut self) -> Vec<Said> {
        for reason in std::mem::take(&mut self.reasons) {
            self.keep(reason);
        }
        self.said
    }

    fn keep(&mut self, said: Said) {
        if self.said.len() < MOST_REMARKS && self.known.insert(said.clone()) {
            self.said.push(said);
        }
    }
}

/// The file, the line and the text of `FILE:LINE:COLUMN: text`; `None` where it has no place.
fn located(remark: &str) -> Option<(&str, u32, &str)> {
    let ends = remark.match_indices(": ").map(|(at, _)| at);
    let place = |end: usize| {
        let mut parts = remark[..end].rsplitn(3, ':');
        let (column, line, file) = (parts.next()?, parts.next()?, parts.next()?);
        column.parse::<u32>().ok()?;
        Some((file, line.parse().ok()?, &remark[end + 2..]))
    };
    ends.filter_map(place).find(|(file, ..)| !file.is_empty())
}

fn shortened(text: &str) -> String {
    text.chars().take(LONGEST).collect()
}

/// The text without advice for another language.
/// What Numba says of a parallel loop without the line of the other one that it is about.
fn apart(text: &str) -> (&str, Option<LineNumber>) {
    let parts = text.rsplit_once(OTHER_LINE).and_then(|(text, line)| {
        let line = LineNumber::new(line.parse().ok()?)?;
        Some((text, Some(line)))
    });
    parts.unwrap_or((text, None))
}

fn told(text: &str) -> String {
    let (text, _) = text.split_once(". Use #pragma").unwrap_or((text, ""));
    shortened(&without_addresses(text.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is taken, as `file:line text`, and what is left.
    #[track_caller]
    fn check(written: &str, taken: &[&str], left: &str) {
        let mut bytes = written.as_bytes().to_vec();
        let remarks = take(&mut bytes);
        let shown: Vec<String> = remarks
            .iter()
            .map(|it| {
                let because = it.because_of.map(|line| format!(" <- {line}"));
                format!(
                    "{}:{} {}{}",
                    it.file,
                    it.line,
                    it.text,
                    because.unwrap_or_default()
                )
            })
            .collect();
        assert_eq!(shown, taken);
        assert_eq!(String::from_utf8(bytes).unwrap(), left);
    }

    #[test]
    fn remarks_are_taken_and_what_the_script_wrote_is_left() {
        check(
            "begin\nremark: /a/k.py:9:1: vectorized loop (vectorization width: 8, interleaved \
             count: 4)\nremarkable\nend",
            &["/a/k.py:9 vectorized loop (vectorization width: 8, interleaved count: 4)"],
            "begin\nremarkable\nend",
        );
    }

    #[test]
    fn a_reason_is_told_of_its_loop() {
        check(
            "remark: k.py:10:1: loop not vectorized: cannot prove it\n\
             remark: k.py:9:1: loop not vectorized\n\
             remark: k.py:9:1: unrolled loop by a factor of 8 with run-time trip count\n\
             remark: k.py:20:1: loop not vectorized\n",
            &[
                "k.py:9 loop not vectorized: cannot prove it <- 10",
                "k.py:9 unrolled loop by a factor of 8 with run-time trip count",
            ],
            "",
        );
        // Of a loop that the reason was inlined into from another file, and of none.
        check(
            "remark: a.py:10:1: loop not vectorized: one\n\
             remark: b.py:9:1: loop not vectorized\n\
             remark: a.py:7:1: loop not vectorized: two\n",
            &[
                "b.py:9 loop not vectorized: one",
                "a.py:7 loop not vectorized: two",
            ],
            "",
        );
        // Of one that has more than one reason.
        check(
            "remark: a.py:10:1: loop not vectorized: one\n\
             remark: a.py:11:1: loop not vectorized: two\n\
             remark: a.py:9:1: loop not vectorized\n",
            &[
                "a.py:9 loop not vectorized: one <- 10",
                "a.py:9 loop not vectorized: two <- 11",
            ],
            "",
        );
    }

    #[test]
    fn what_is_said_of_memory_goes_on_in_another_line() {
        check(
            "remark: k.py:44:1: loop not vectorized: unsafe dependent memory operations in loop. \
             Use #pragma clang loop distribute(enable) to allow it\n\
             Backward loop carried data dependence. Memory location is the same as accessed at \
             k.py:34:1\n\
             remark: k.py:35:1: loop not vectorized\n\
             data dependence\n",
            &[
                "k.py:35 loop not vectorized: unsafe dependent memory operations in loop: Backward \
               loop carried data dependence <- 44",
            ],
            "data dependence\n",
        );
    }

    #[test]
    fn what_has_no_place_or_is_numbas_own_is_nothing() {
        check(
            "remark: <unknown>:0:0: failed to move load\n\
             remark: k.py:0:0: loop not vectorized: no\n\
             remark: k.py:7:1: 'NRT_decref' not inlined into 'f' because it should never be \
             inlined (cost=never): noinline function attribute\n\
             remark: k.py:7:1: 'g' not inlined into 'f' because too costly to inline (cost=305, \
             threshold=225)\n",
            &[
                "k.py:7 'g' not inlined into 'f' because too costly to inline (cost=305, \
               threshold=225)",
            ],
            "",
        );
    }

    /// A script may have begun the line, and may write what resembles a remark.
    #[test]
    fn what_the_script_wrote_in_the_same_line_is_left() {
        check(
            "50%\rcompiling… remark: k.py:7:1: hoisted\nremark: no place\nremark: k.py:x:1: text\n",
            &["k.py:7 hoisted"],
            "50%\rcompiling… remark: no place\nremark: k.py:x:1: text\n",
        );
    }

    #[test]
    fn each_is_kept_once_and_not_without_end() {
        let twice = "remark: k.py:7:1: hoisted\nremark: k.py:7:1: hoisted\n";
        check(twice, &["k.py:7 hoisted"], "");
        let many = (1..=MOST_REMARKS + 5).map(|line| format!("remark: k.py:{line}:1: hoisted\n"));
        let many: String = many.collect();
        assert_eq!(take(&mut many.into_bytes()).len(), MOST_REMARKS);
        let long = format!("remark: k.py:7:1: {}\n", "x".repeat(5_000));
        assert_eq!(take(&mut long.into_bytes())[0].text.len(), LONGEST);
    }

    #[test]
    fn a_path_may_have_colons() {
        check(
            "remark: /a:1/k:2:3.py:7:1: text: 1:2: x\n",
            &["/a:1/k:2:3.py:7 text: 1:2: x"],
            "",
        );
        assert_eq!(located("k.py:7:1: t"), Some(("k.py", 7, "t")));
    }

    #[test]
    fn the_other_line_of_a_parallel_loop_is_the_reason() {
        let mut bytes =
            b"remark: /a.py:10:1: parallel loop fused with another one @line 8\n".to_vec();
        let said = take(&mut bytes);
        let because_of = said[0].because_of.map(LineNumber::get);
        assert_eq!(
            (said[0].text.as_str(), because_of),
            ("parallel loop fused with another one", Some(8))
        );
        assert!(bytes.is_empty());
    }
}
