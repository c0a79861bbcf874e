//! Why something failed, as far as its message does not say so.

use std::borrow::Cow;
use std::error::Error as _;

use super::Error;
use super::render::joined;
use crate::text::Text;

impl Error {
    /// What failed, and why, where that is known.
    pub fn on_one_line(&self) -> String {
        match self.cause() {
            Some(cause) => format!("{self}: {cause}"),
            None => self.to_string(),
        }
    }

    /// Why it failed, where that is known and not in the message.
    pub fn cause(&self) -> Option<Cow<'_, str>> {
        self.why().map(|lines| joined(&lines).into())
    }

    /// The same, line by line.
    pub(super) fn why(&self) -> Option<Vec<Text>> {
        match self {
            Self::PythonUnusable { cause, .. }
            | Self::GdbUnusable { cause, .. }
            | Self::AttachDenied { cause, .. }
            | Self::GdbDied { cause, .. }
            | Self::TracerDied { cause }
            | Self::RecordingUnreadable { cause, .. } => said(cause),
            Self::ScriptFailed { stderr, .. } => said(stderr),
            Self::OutputDiffers {
                said: [one, other], ..
            } => {
                let one = after("the first: ", Text::lines(one));
                let other = after("the second: ", Text::lines(other));
                Some([one, other].concat())
            }
            Self::Suite(error) => said(error.words()?),
            Self::MetricUnread { line, .. } => said(line),
            Self::MetricForm { unread, .. } => said(unread),
            Self::MetricMissing { stdout, .. } => {
                let end = said(stdout)?.into_iter();
                let head = [Text::from("its output ends with:")].into_iter();
                Some(head.chain(end).collect())
            }
            Self::Unmergeable(error) => error.why(),
            Self::Revision(error) => said(&error.words()),
            Self::OtherCircumstances { differences } => said(&differences.join("\n")),
            Self::PythonMissing { searched } | Self::GdbMissing { searched } => {
                let places = Text::join(searched.iter().map(Text::foreign), ", ");
                (!places.is_empty()).then(|| vec![Text::from("searched ") + places])
            }
            _ => self.source().map(|source| Text::lines(&source.to_string())),
        }
    }
}

/// What somebody else said, if anything.
fn said(text: &str) -> Option<Vec<Text>> {
    let text = text.trim_end();
    (!text.is_empty()).then(|| Text::lines(text))
}

/// Lines with words before the first.
fn after(words: &'static str, mut lines: Vec<Text>) -> Vec<Text> {
    if let Some(first) = lines.first_mut() {
        *first = Text::from(words) + std::mem::take(first);
    }
    lines
}
