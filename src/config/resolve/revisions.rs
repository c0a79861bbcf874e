//! Variants that are revisions of a repository, and what is compared with them.

use toml::Spanned;

use super::super::wire;
use super::variants::{SIDES, Setting, compared_with_first, single, variant};
use crate::config::diagnose::Diagnosis;
use crate::config::{Document, FileGlob, Program, Revision, Tool, Variant};
use crate::error::{Error, Result};

/// The name of what is measured as it is, where it is compared with a revision of itself.
const WORKING_TREE: &str = "working-tree";

/// A revision that a variant is compared with, as the command line has it.
pub(super) struct Base {
    pub(super) revision: String,
    pub(super) copy: Vec<FileGlob>,
    pub(super) setup: Option<String>,
    /// Its own interpreter.
    pub(super) python: Option<Tool>,
}

/// A program as it was in a revision, and as it is.
pub(super) fn with_base(
    base: &Base,
    program: (Program, Vec<String>),
    setting: Setting<'_>,
) -> Vec<Variant> {
    let now = Variant {
        name: WORKING_TREE.to_owned(),
        ..single(program, setting)
    };
    let revision = Revision {
        name: base.revision.clone(),
        copy: base.copy.clone(),
        setup: base.setup.clone(),
    };
    both(revision, base.python.clone(), now)
}

/// A variant as it was in a revision, run by the interpreter of that, and as it is.
fn both(revision: Revision, python: Option<Tool>, now: Variant) -> Vec<Variant> {
    let mut before = Variant {
        name: name_of(&revision.name),
        python: python.unwrap_or_else(|| now.python.clone()),
        revision: Some(revision),
        ..now.clone()
    };
    if before.name == now.name {
        SIDES.before.clone_into(&mut before.name);
    }
    compared_with_first(vec![before, now])
}

/// A revision, or a benchmark, as the name of a variant: its recordings are saved under it.
pub(super) fn name_of(revision: &str) -> String {
    let name = revision.replace(|c: char| c == '/' || c.is_control(), "-");
    let name = name.trim().trim_start_matches('.');
    if name.is_empty() {
        SIDES.before.to_owned()
    } else {
        name.to_owned()
    }
}

/// The variant of the configuration as it was in a revision, and as it is. What it says of
/// revisions holds where the command line says nothing.
pub(super) fn configured_with_base(
    base: &Base,
    document: Option<&Document>,
    args: &[String],
    setting: Setting<'_>,
) -> Result<Vec<Variant>> {
    let variants = document.map_or(&[][..], |document| document.settings.variant.as_slice());
    let (Some(document), [wire]) = (document, variants) else {
        return Err(Error::usage(
            match variants {
                [] => "there is nothing to compare with the revision: neither a script nor a \
                       configuration with a [[variant]] was given"
                    .to_owned(),
                all => format!(
                    "`--base` compares one script with itself, but the configuration has {} \
                     [[variant]]s",
                    all.len()
                ),
            },
            "give the script, `profila diff --base REV script.py`, or leave one [[variant]]",
        ));
    };
    let of = |diagnosis| document.error(diagnosis);
    let (wire, span) = (wire.get_ref(), wire.span());
    let mut now = variant(wire, span, document, setting).map_err(of)?;
    if wire.name.is_none() {
        now.name = now
            .revision
            .as_ref()
            .map_or(WORKING_TREE.to_owned(), |revision| name_of(&revision.name));
    }
    if !args.is_empty() {
        now.args = args.to_vec();
    }
    let copy = match base.copy.as_slice() {
        [] => globs(wire),
        given => given.to_vec(),
    };
    let setup = wire.setup.as_ref().map(|setup| setup.get_ref().clone());
    let revision = Revision {
        name: base.revision.clone(),
        copy,
        setup: base.setup.clone().or(setup),
    };
    Ok(both(revision, base.python.clone(), now))
}

fn globs(wire: &wire::Variant) -> Vec<FileGlob> {
    let copy = wire.copy.iter().flat_map(Spanned::get_ref);
    copy.map(|glob| glob.0.clone()).collect()
}

/// The revision of a variant. What is there only for one has no effect without it.
pub(super) fn revision(wire: &wire::Variant) -> Result<Option<Revision>, Diagnosis> {
    let Some(revision) = &wire.revision else {
        return Ok(None);
    };
    if revision.get_ref().trim().is_empty() {
        return Err(
            Diagnosis::new(revision.span(), "a revision cannot be empty")
                .hint("write one that git knows, such as \"origin/main\""),
        );
    }
    Ok(Some(Revision {
        name: revision.get_ref().clone(),
        copy: globs(wire),
        setup: wire.setup.as_ref().map(|setup| setup.get_ref().clone()),
    }))
}

/// Refuses keys that are there only for revisions, in a variant that is of none.
pub(super) fn refuse_without_revision(wire: &wire::Variant) -> Result<(), Diagnosis> {
    let copy = wire.copy.as_ref().map(|it| ("copy", it.span()));
    let setup = wire.setup.as_ref().map(|it| ("setup", it.span()));
    match (&wire.revision, copy.or(setup)) {
        (None, Some((key, span))) => Err(Diagnosis::new(
            span,
            format!("`{key}` has no effect without a `revision`"),
        )
        .hint("add one, such as revision = \"origin/main\", or use `profila diff --base REV`")),
        _ => Ok(()),
    }
}
