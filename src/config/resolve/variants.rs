//! The variants: what to run, under which name.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use toml::Spanned;

use super::super::wire;
use super::measuring::environment;
use super::paths;
use crate::config::diagnose::Diagnosis;
use crate::config::{Document, FileGlob, Program, Revision, Tool, Variant};
use crate::error::{Error, Result};
use crate::pair::Pair;
use crate::recording::Role;

/// The names of two variants that have the same one by default.
const SIDES: Pair<&str> = Pair::new("before", "after");

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

/// From where the paths of variants have to be valid, and what runs them.
#[derive(Clone, Copy)]
pub(super) struct Setting<'a> {
    /// The working directory of the runs.
    pub(super) cwd: &'a Path,
    /// That of profila.
    pub(super) here: &'a Path,
    /// The interpreter of a variant, of which its table says this.
    pub(super) python: &'a dyn Fn(Option<&str>) -> Tool,
}

impl Setting<'_> {
    /// A path that is written relative to `base`.
    fn path(&self, base: &Path, path: &Path) -> PathBuf {
        paths::valid_from(self.here, self.cwd, base, path)
    }
}

/// One program of the command line.
pub(super) fn single((program, args): (Program, Vec<String>), setting: Setting<'_>) -> Variant {
    let program = match program {
        Program::Script(path) => Program::Script(setting.path(setting.here, &path)),
        other => other,
    };
    Variant {
        name: default_name(&program),
        role: Role::Base,
        program,
        args,
        env: BTreeMap::new(),
        python: (setting.python)(None),
        revision: None,
        place: None,
    }
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

/// A revision as the name of a variant: its recordings are saved under it.
fn name_of(revision: &str) -> String {
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
fn revision(wire: &wire::Variant) -> Result<Option<Revision>, Diagnosis> {
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
fn refuse_without_revision(wire: &wire::Variant) -> Result<(), Diagnosis> {
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

/// Scripts of the command line, which get the same arguments.
pub(super) fn scripts(scripts: &[PathBuf], args: &[String], setting: Setting<'_>) -> Vec<Variant> {
    let named = |script: &PathBuf| {
        let program = Program::Script(script.clone());
        single((program, args.to_vec()), setting)
    };
    let mut variants: Vec<Variant> = scripts.iter().map(named).collect();
    tell_apart(&mut variants, |_| false);
    compared_with_first(variants)
}

/// The variants with their roles.
fn compared_with_first(mut variants: Vec<Variant>) -> Vec<Variant> {
    for other in variants.iter_mut().skip(1) {
        other.role = Role::Candidate;
    }
    variants
}

/// The first of the variants once more, under a name of its own.
pub(super) fn placebo(variants: &[Variant]) -> Option<Variant> {
    let first = variants.first()?;
    let is_free = |name: &String| variants.iter().all(|variant| variant.name != *name);
    let names = (1..).map(|number| match number {
        1 => "placebo".to_owned(),
        _ => format!("placebo-{number}"),
    });
    Some(Variant {
        name: names.into_iter().find(is_free)?,
        role: Role::Placebo,
        ..first.clone()
    })
}

/// Gives variants that have the same name by default names of their own: `before` and
/// `after` where there are two, else numbers. Those that the user wrote are kept.
fn tell_apart(variants: &mut [Variant], is_kept: impl Fn(usize) -> bool) {
    if let [before, after] = variants {
        if before.name == after.name {
            SIDES.before.clone_into(&mut before.name);
            SIDES.after.clone_into(&mut after.name);
        }
        return;
    }
    for index in 1..variants.len() {
        let is_taken = |name: &str| {
            let mut others = variants.iter().enumerate();
            others.any(|(other, it)| (other < index || is_kept(other)) && it.name == name)
        };
        let name = variants[index].name.clone();
        if is_kept(index) || !is_taken(&name) {
            continue;
        }
        let mut numbered = (2..).map(|number| format!("{name}-{number}"));
        let free = numbered.find(|name| !is_taken(name));
        variants[index].name = free.unwrap_or(name);
    }
}

/// The variants of the configuration; `args`, where there are any, are
/// stronger than theirs.
pub(super) fn configured(
    document: Option<&Document>,
    args: &[String],
    setting: Setting<'_>,
) -> Result<Vec<Variant>> {
    let Some(document) = document else {
        return Err(Error::usage(
            "there is nothing to compare: no scripts were given, and no profila.toml was found",
            "give two scripts, `profila diff before.py after.py`, or write a configuration with \
             `profila init`",
        ));
    };
    let wires = two_or_more(document)?;
    let variants = wires.iter().map(|wire| {
        refuse_without_revision(wire.get_ref())?;
        let variant = variant(wire.get_ref(), wire.span(), document, setting)?;
        Ok(match args {
            [] => variant,
            args => Variant {
                args: args.to_vec(),
                ..variant
            },
        })
    });
    variants
        .collect::<Result<Vec<_>, _>>()
        .and_then(|variants| distinct(variants, wires))
        .map_err(|diagnosis| document.error(diagnosis))
}

/// Checks that there are variants to compare.
fn two_or_more(document: &Document) -> Result<&[Spanned<wire::Variant>]> {
    match document.settings.variant.as_slice() {
        [] => Err(Error::usage(
            format!(
                "`{}` has no [[variant]] to compare",
                document.path.display()
            ),
            "add two, each with its `script`, or give two scripts: `profila diff before.py after.py`",
        )),
        [one] => Err(document.error(
            Diagnosis::new(
                one.span(),
                "there is only one variant, but `diff` compares two or more",
            )
            .hint("add a second [[variant]]"),
        )),
        variants => Ok(variants),
    }
}

fn variant(
    wire: &wire::Variant,
    span: std::ops::Range<usize>,
    document: &Document,
    setting: Setting<'_>,
) -> Result<Variant, Diagnosis> {
    let program = match (&wire.script, &wire.module) {
        (Some(script), None) => {
            let script = Path::new(script.get_ref());
            Program::Script(setting.path(&document.folder, script))
        }
        (None, Some(module)) => Program::Module(module.get_ref().clone()),
        (None, None) => {
            return Err(Diagnosis::new(span, "the variant has nothing to run")
                .hint("add script = \"script.py\" or module = \"package.module\""));
        }
        (Some(_), Some(module)) => {
            return Err(Diagnosis::new(
                module.span(),
                "the variant has both a `script` and a `module`",
            )
            .hint("keep one of the two"));
        }
    };
    let revision = revision(wire)?;
    let name = match (&wire.name, &revision) {
        (Some(name), _) => checked_name(name)?,
        (None, Some(revision)) => name_of(&revision.name),
        (None, None) => default_name(&program),
    };
    Ok(Variant {
        name,
        role: Role::Base,
        program,
        args: wire.args.clone(),
        env: environment(wire.env.clone()),
        python: (setting.python)(wire.python.as_deref()),
        revision,
        place: None,
    })
}

/// A name can be the name of a file, and be shown in a line.
fn checked_name(name: &Spanned<String>) -> Result<String, Diagnosis> {
    let text = name.get_ref();
    let unusable = text.trim().is_empty()
        || text.starts_with('.')
        || text.chars().any(|c| c == '/' || c.is_control());
    if unusable {
        return Err(Diagnosis::new(
            name.span(),
            "a variant cannot have this name: its recordings are saved under it",
        )
        .hint("use a name without `/` that does not start with a dot"));
    }
    Ok(text.clone())
}

/// Gives each a name of its own. Names that the user wrote must differ.
fn distinct(
    mut variants: Vec<Variant>,
    wires: &[Spanned<wire::Variant>],
) -> Result<Vec<Variant>, Diagnosis> {
    let written = |index: usize| wires[index].get_ref().name.as_ref();
    for (index, variant) in variants.iter().enumerate() {
        let same = (0..index).find(|&other| variants[other].name == variant.name);
        // The one of the two that was written is the one to change.
        let name = same.and_then(|other| written(index).or(written(other)));
        if let Some(name) = name {
            return Err(Diagnosis::new(
                name.span(),
                format!("two variants are named \"{}\"", name.get_ref()),
            )
            .hint("give each a name of its own"));
        }
    }
    tell_apart(&mut variants, |index| written(index).is_some());
    Ok(compared_with_first(variants))
}

/// The file name of a script, the name of a module.
fn default_name(program: &Program) -> String {
    match program {
        Program::Script(path) => path.file_name().map_or_else(
            || "script".to_owned(),
            |name| name.to_string_lossy().into_owned(),
        ),
        Program::Module(module) => module.clone(),
        Program::Code(_) => "-c".to_owned(),
    }
}
