//! The names of forms, and which version of a form can be read as which.

use std::cmp::Ordering;

/// A form and its version, as in `profila.recording/1.0` or `profila.comparison/1`.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Schema<'a> {
    kind: &'a str,
    major: u32,
    /// Where the form has such a number: with a higher one there are fields that readers of
    /// a lower one may leave out.
    minor: Option<u32>,
}

/// What a document is to a reader.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Relation {
    /// It is of the reader's own version of the form.
    Same,
    /// It is of an earlier minor version: it lacks fields that can be absent.
    Earlier,
    /// It is of a later minor version: it may have fields of which the reader does not know.
    Later,
}

impl<'a> Schema<'a> {
    /// Reads the `schema` of a document; `None` where it is not of this kind.
    fn parse(text: &'a str) -> Option<Self> {
        let (kind, version) = text.rsplit_once('/')?;
        let (major, minor) = match version.split_once('.') {
            None => (version, None),
            Some((major, minor)) => (major, Some(number(minor)?)),
        };
        Some(Self {
            kind,
            major: number(major)?,
            minor,
        })
    }

    /// What a document of this schema is to a reader of another.
    fn relation(&self, read: &Self) -> Option<Relation> {
        let is_other = (self.kind, self.major, self.minor.is_some())
            != (read.kind, read.major, read.minor.is_some());
        (!is_other).then(|| match self.minor.cmp(&read.minor) {
            Ordering::Less => Relation::Earlier,
            Ordering::Equal => Relation::Same,
            Ordering::Greater => Relation::Later,
        })
    }
}

/// A number as it is written, and in no other way.
fn number(text: &str) -> Option<u32> {
    let number: u32 = text.parse().ok()?;
    (number.to_string() == text).then_some(number)
}

/// What a document whose `schema` is `found` is to a reader of `read`; `None` where it is of
/// another form or of another major version, and cannot be read.
pub(super) fn relation(found: &str, read: &str) -> Option<Relation> {
    Schema::parse(found)?.relation(&Schema::parse(read)?)
}

/// Whether two schemas are of the same form, in whatever version.
pub(super) fn are_of_one_kind(one: &str, other: &str) -> bool {
    let kind = |schema| Schema::parse(schema).map(|schema| schema.kind);
    kind(one).is_some() && kind(one) == kind(other)
}

/// What to do about another schema than the one needed.
pub(super) fn hint(found: &str, expected: &str) -> &'static str {
    let (Some(found), Some(expected)) = (Schema::parse(found), Schema::parse(expected)) else {
        return "";
    };
    let version = |schema: &Schema<'_>| (schema.major, schema.minor);
    match found.kind == expected.kind {
        true if version(&found) > version(&expected) => "; a newer profila wrote it",
        true => {
            "; an older profila wrote it: measure again with `profila record -o FILE -- SCRIPT`"
        }
        false if found.kind.starts_with("profila.comparison") => {
            "; a comparison holds conclusions only, so give the recordings it was made from"
        }
        false => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(found: &str, read: &str, expected: Option<Relation>) {
        assert_eq!(relation(found, read), expected);
    }

    #[test]
    fn minor_versions_can_be_read_and_others_cannot() {
        check("a/1.3", "a/1.3", Some(Relation::Same));
        check("a/1.2", "a/1.3", Some(Relation::Earlier));
        check("a/1.10", "a/1.3", Some(Relation::Later));
        check("a/2.3", "a/1.3", None);
        check("b/1.3", "a/1.3", None);
        check("a/1", "a/1", Some(Relation::Same));
        check("a/1", "a/1.0", None);
        check("a/1.0", "a/1", None);
    }

    #[test]
    fn what_is_no_version_is_not_taken_for_one() {
        for version in [
            "",
            "1.",
            ".1",
            "1.x",
            "+1.0",
            "1.00",
            "1.0.0",
            "1.99999999999",
        ] {
            check(&format!("a/{version}"), "a/1.0", None);
        }
        check("a", "a/1.0", None);
    }
}
