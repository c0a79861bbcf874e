//! A block: statements one below the other, and why some have to stay in their order.

use serde::Deserialize;

use super::orders::Precedence;
use super::types::Independence;
use crate::text::{Number, Text};

/// What Python says of the lines or the function that it was asked about.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Answer {
    /// There is a block.
    Block(Block),
    /// There is none that could be reordered.
    Refused {
        /// What is wrong.
        message: String,
        /// What to do.
        hint: String,
    },
}

/// Consecutive statements of one suite, each on lines of its own.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub(crate) struct Block {
    /// The function that it is in, if any.
    pub function: Option<String>,
    /// The statements, in their order.
    pub statements: Vec<Lines>,
    /// Why one has to come before another.
    pub dependences: Vec<Dependence>,
}

/// The lines of a statement, counted from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub(crate) struct Lines {
    /// Where the comments begin that belong to it.
    pub begins: u32,
    /// Its own first line.
    pub first: u32,
    /// Its last line.
    pub last: u32,
}

/// Why a statement has to come before another one.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub(crate) struct Dependence {
    /// The one that comes first, counted from 0.
    pub first: usize,
    /// The other.
    pub second: usize,
    /// What it is.
    pub kind: DependenceKind,
    /// What it is about, such as the name that one assigns and the other reads.
    pub names: Vec<String>,
}

/// What makes statements depend on each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum DependenceKind {
    /// The second reads a name that the first assigns.
    ReadAfterWrite,
    /// The second assigns a name that the first reads.
    WriteAfterRead,
    /// Both assign a name.
    WriteAfterWrite,
    /// Both may access the same memory, and one writes.
    Memory,
    /// They do.
    SameMemory,
    /// The first has something in it that is not understood.
    OpaqueOfFirst,
    /// The second does.
    OpaqueOfSecond,
    /// The first calls something of which nothing is known.
    CallOfFirst,
    /// The second does.
    CallOfSecond,
    /// The first may leave the block.
    ExitOfFirst,
    /// The second may.
    ExitOfSecond,
}

impl DependenceKind {
    /// Whether the user may promise that there is none: what is certain, and what is not
    /// understood at all, are no matter of opinion.
    pub(crate) const fn can_be_denied(self) -> bool {
        matches!(self, Self::Memory | Self::CallOfFirst | Self::CallOfSecond)
    }
}

impl Block {
    /// Its first line, and its last.
    pub(crate) fn bounds(&self) -> (u32, u32) {
        let first = self.statements.first().map_or(1, |it| it.begins);
        let last = self.statements.last().map_or(first, |it| it.last);
        (first, last)
    }

    /// The dependences that count.
    pub(crate) fn binding(&self, independence: Independence) -> impl Iterator<Item = &Dependence> {
        let dependences = self.dependences.iter();
        dependences
            .filter(move |it| independence == Independence::Proven || !it.kind.can_be_denied())
    }

    /// Which statements have to come before which.
    pub(crate) fn precedence(&self, independence: Independence) -> Precedence {
        let pairs = self.binding(independence);
        Precedence::new(self.statements.len(), pairs.map(|it| (it.first, it.second)))
    }
}

impl Dependence {
    /// What it is, in words, in which statements are counted from 1.
    pub(crate) fn words(&self) -> Text {
        let [first, second] = [self.first, self.second].map(|it| Number::new(it + 1));
        let name = |index: usize| self.names.get(index).map(Text::source);
        let about = Text::from(name(0));
        match self.kind {
            DependenceKind::ReadAfterWrite => {
                second + " reads " + about + ", which " + first + " assigns"
            }
            DependenceKind::WriteAfterRead => {
                second + " assigns " + about + ", which " + first + " reads"
            }
            DependenceKind::WriteAfterWrite => first + " and " + second + " both assign " + about,
            DependenceKind::Memory => {
                let both = first + " and " + second + " may access the same memory, of " + about;
                let other = name(1).map(|it| Text::from(" and ") + it);
                both + other + ", and one of them writes"
            }
            DependenceKind::SameMemory => {
                let both = first + " and " + second + " access the same memory, of " + about;
                both + ", and one of them writes"
            }
            DependenceKind::OpaqueOfFirst => not_understood(first, about),
            DependenceKind::OpaqueOfSecond => not_understood(second, about),
            DependenceKind::CallOfFirst => unknown_call(first, about),
            DependenceKind::CallOfSecond => unknown_call(second, about),
            DependenceKind::ExitOfFirst => early_exit(first, about),
            DependenceKind::ExitOfSecond => early_exit(second, about),
        }
    }
}

fn unknown_call(statement: Number, name: Text) -> Text {
    statement + " calls " + name + ", which may read and write anything"
}

fn not_understood(statement: Number, what: Text) -> Text {
    statement + " contains " + what + ", which may do anything"
}

fn early_exit(statement: Number, word: Text) -> Text {
    statement + " may leave the block (" + word + ")"
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dependence(kind: DependenceKind, names: &[&str]) -> Dependence {
        Dependence {
            first: 0,
            second: 2,
            kind,
            names: names.iter().map(|&it| it.to_owned()).collect(),
        }
    }

    #[track_caller]
    fn check(kind: DependenceKind, names: &[&str], expected: &str) {
        assert_eq!(dependence(kind, names).words().plain(), expected);
    }

    #[test]
    fn dependences_are_said_in_words() {
        use DependenceKind::{
            CallOfFirst, ExitOfSecond, Memory, OpaqueOfSecond, ReadAfterWrite, SameMemory,
            WriteAfterRead, WriteAfterWrite,
        };
        check(ReadAfterWrite, &["x"], "3 reads x, which 1 assigns");
        check(WriteAfterRead, &["x"], "3 assigns x, which 1 reads");
        check(WriteAfterWrite, &["x"], "1 and 3 both assign x");
        let memory = "1 and 3 may access the same memory, of a and b, and one of them writes";
        check(Memory, &["a", "b"], memory);
        let memory = "1 and 3 access the same memory, of a, and one of them writes";
        check(SameMemory, &["a"], memory);
        let opaque = "3 contains with, which may do anything";
        check(OpaqueOfSecond, &["with"], opaque);
        check(
            CallOfFirst,
            &["f"],
            "1 calls f, which may read and write anything",
        );
        check(ExitOfSecond, &["break"], "3 may leave the block (break)");
    }

    #[test]
    fn what_is_certain_cannot_be_denied() {
        let kinds = [
            DependenceKind::Memory,
            DependenceKind::SameMemory,
            DependenceKind::OpaqueOfFirst,
            DependenceKind::ReadAfterWrite,
            DependenceKind::ExitOfFirst,
        ];
        let block = Block {
            function: None,
            statements: vec![
                Lines {
                    begins: 1,
                    first: 1,
                    last: 1
                };
                3
            ],
            dependences: kinds.map(|kind| dependence(kind, &["x"])).to_vec(),
        };
        assert_eq!(block.binding(Independence::Proven).count(), 5);
        assert_eq!(block.binding(Independence::Assumed).count(), 4);
    }

    #[test]
    fn what_python_answers_is_read() {
        let refused = r#"{"refused": {"message": "no", "hint": "yes"}}"#;
        let answer: Answer = serde_json::from_str(refused).unwrap();
        assert!(matches!(answer, Answer::Refused { .. }));
        let block = r#"{"block": {"function": null, "statements": [], "dependences":
            [{"first": 0, "second": 1, "kind": "exit-of-first", "names": ["return"]}]}}"#;
        let Answer::Block(block) = serde_json::from_str(block).unwrap() else {
            panic!("no block");
        };
        assert_eq!(block.dependences[0].kind, DependenceKind::ExitOfFirst);
    }
}
