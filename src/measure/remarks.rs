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

use crate::source::LineNumber;

/// How a line begins that is a remark.
const MARK: &[u8] = b"remark: ";

/// What LLVM says of a loop once it has said why.
const NOT_VECTORIZED: &str = "loop not vectorized";

/// What is said of memory goes on in another line.
const DEPENDENT: &str = "unsafe dependent memory operations";
const DEPENDENCE: &str = "data dependence";

/// Characters of a remark that are kept.
const LONGEST: usize = 500;

/// Remarks of a run that are kept. Nobody reads more.
const MOST_REMARKS: usize = 10_000;

/// One remark.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Said {
    /// The path of the file, as the compiler was given it.
    pub(super) file: String,
    pub(super) line: LineNumber,
    pub(super) text: String,
    /// The line that is the reason, where that is another one.
    pub(super) because_of: Option<LineNumber>,
}

/// Takes the remarks out of what a script and the compiler wrote. They are in the order in
/// which the compiler made them, each once.
pub(super) fn take(written: &mut Vec<u8>) -> Vec<Said> {
    let mut remarks = Remarks::default();
    let mut others = Vec::new();
    for line in written.split_inclusive(|&byte| byte == b'\n') {
        let text = || String::from_utf8_lossy(line).trim_end().to_owned();
        if let Some(remark) = line.strip_prefix(MARK) {
            remarks.add(String::from_utf8_lossy(remark).trim_end());
        } else if remarks.goes_on(&text()) {
            remarks.go_on(&text());
        } else {
            others.extend_from_slice(line);
        }
    }
    *written = others;
    remarks.into_said()
}

#[derive(Default)]
struct Remarks {
    said: Vec<Said>,
    /// The last one, if it says why a loop was not vectorized and not yet which one.
    reason: Option<Said>,
}

impl Remarks {
    /// Adds a remark: `FILE:LINE:COLUMN: text`.
    fn add(&mut self, remark: &str) {
        let located = located(remark);
        let is_loop = |text: &str| text == NOT_VECTORIZED;
        match (located, self.reason.take()) {
            // Of the loop whose reason was the last remark.
            (Some((file, line, text)), Some(reason)) if is_loop(text) && reason.file == file => {
                let because_of = (reason.line != line).then_some(reason.line);
                self.keep(Said {
                    line,
                    because_of,
                    ..reason
                });
            }
            (located, reason) => {
                self.keep_all(reason);
                let Some((file, line, text)) = located else {
                    return;
                };
                let said = Said {
                    file: file.to_owned(),
                    line,
                    text: told(text),
                    because_of: None,
                };
                if text.starts_with(&format!("{NOT_VECTORIZED}: ")) {
                    self.reason = Some(said);
                } else if !is_of_no_use(text) {
                    self.keep(said);
                }
            }
        }
    }

    /// Whether a line that is no remark belongs to the last one.
    fn goes_on(&self, line: &str) -> bool {
        let reason = self.reason.as_ref();
        reason.is_some_and(|it| it.text.contains(DEPENDENT)) && line.contains(DEPENDENCE)
    }

    fn go_on(&mut self, line: &str) {
        if let Some(reason) = &mut self.reason {
            // Where the other access is, it says as a path.
            let (what, _) = line.split_once(". ").unwrap_or((line, ""));
            reason.text = format!("{}: {}", reason.text, what.trim_end_matches('.'));
        }
    }

    fn into_said(mut self) -> Vec<Said> {
        let last = self.reason.take();
        self.keep_all(last);
        self.said
    }

    fn keep_all(&mut self, said: Option<Said>) {
        if let Some(said) = said {
            self.keep(said);
        }
    }

    fn keep(&mut self, said: Said) {
        if self.said.len() < MOST_REMARKS && !self.said.contains(&said) {
            self.said.push(said);
        }
    }
}

/// The file, the line and the text of a remark; `None` where it has no place.
fn located(remark: &str) -> Option<(&str, LineNumber, &str)> {
    let mut from = 0;
    while let Some(at) = remark[from..].find(':') {
        let (file, rest) = (&remark[..from + at], &remark[from + at + 1..]);
        from += at + 1;
        let place = rest.split_once(": ");
        let (place, text) = place?;
        let Some((line, column)) = place.split_once(':') else {
            continue;
        };
        if column.parse::<u32>().is_err() {
            continue;
        }
        let Ok(line) = line.parse() else {
            continue;
        };
        return Some((file, LineNumber::new(line)?, text));
    }
    None
}

/// The text without advice for another language.
fn told(text: &str) -> String {
    let (text, _) = text.split_once(". Use #pragma").unwrap_or((text, ""));
    text.trim().chars().take(LONGEST).collect()
}

/// Whether it is about calls that are never inlined, which are Numba's own: around each
/// function, and of its counts of references. Or about a loop, without a reason.
fn is_of_no_use(text: &str) -> bool {
    text.contains("(cost=never)") || text == NOT_VECTORIZED
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(number: u32) -> LineNumber {
        LineNumber::new(number).unwrap()
    }

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
        // Of a loop in another file, and of none.
        check(
            "remark: a.py:10:1: loop not vectorized: one\n\
             remark: b.py:9:1: loop not vectorized\n\
             remark: a.py:7:1: loop not vectorized: two\n",
            &[
                "a.py:10 loop not vectorized: one",
                "a.py:7 loop not vectorized: two",
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
             remark: no place\n\
             remark: k.py:x:1: text\n\
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

    #[test]
    fn each_is_kept_once_and_not_without_end() {
        let twice = "remark: k.py:7:1: hoisted\nremark: k.py:7:1: hoisted\n";
        check(twice, &["k.py:7 hoisted"], "");
        let many = (1..=MOST_REMARKS + 5).map(|line| format!("remark: k.py:{line}:1: hoisted\n"));
        let many: String = many.collect();
        assert_eq!(take(&mut many.into_bytes()).len(), MOST_REMARKS);
        let long = format!("remark: k.py:7:1: {}\n", "x".repeat(10_000));
        assert_eq!(take(&mut long.into_bytes())[0].text.len(), LONGEST);
    }

    #[test]
    fn a_path_may_have_colons() {
        check(
            "remark: /a:1/k:2:3.py:7:1: text: 1:2: x\n",
            &["/a:1/k:2:3.py:7 text: 1:2: x"],
            "",
        );
        assert_eq!(located("k.py:7:1: t"), Some(("k.py", line(7), "t")));
    }
}
