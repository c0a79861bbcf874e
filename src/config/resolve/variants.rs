//! The variants: what to run, under which name.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use toml::Spanned;

use super::super::wire;
use super::{environment, paths};
use crate::config::diagnose::Diagnosis;
use crate::config::{Document, Program, Variant};
use crate::error::{Error, Result};
use crate::pair::Pair;

/// The names of two variants that have the same one by default.
const SIDES: Pair<&str> = Pair::new("before", "after");

/// One program of the command line.
pub(super) fn single((program, args): (Program, Vec<String>), cwd: &Path, here: &Path) -> Variant {
    let program = match program {
        Program::Script(path) => Program::Script(paths::valid_from(here, cwd, here, &path)),
        other => other,
    };
    Variant {
        name: default_name(&program),
        program,
        args,
        env: BTreeMap::new(),
    }
}

/// Two scripts of the command line, which get the same arguments.
pub(super) fn scripts(
    scripts: Pair<PathBuf>,
    args: &[String],
    cwd: &Path,
    here: &Path,
) -> Vec<Variant> {
    let sides = scripts.map(|script| single((Program::Script(script), args.to_vec()), cwd, here));
    let sides = if sides.before.name == sides.after.name {
        sides.zip(SIDES).map(|(variant, name)| Variant {
            name: name.to_owned(),
            ..variant
        })
    } else {
        sides
    };
    vec![sides.before, sides.after]
}

/// The two variants of the configuration; `args`, where there are any, are
/// stronger than theirs.
pub(super) fn configured(
    document: Option<&Document>,
    args: &[String],
    cwd: &Path,
    here: &Path,
) -> Result<Vec<Variant>> {
    let Some(document) = document else {
        return Err(Error::usage(
            "there is nothing to compare: no scripts were given, and no profila.toml was found",
            "give two scripts, `profila diff before.py after.py`, or write a configuration with \
             `profila init`",
        ));
    };
    let pair = two(document)?;
    let variants = pair.try_map(|wire| {
        let variant = variant(wire.get_ref(), wire.span(), document, cwd, here)?;
        Ok(match args {
            [] => variant,
            args => Variant {
                args: args.to_vec(),
                ..variant
            },
        })
    });
    variants
        .and_then(|variants| distinct(variants, pair))
        .map_err(|diagnosis| document.error(diagnosis))
}

/// Checks that there are two variants.
fn two(document: &Document) -> Result<Pair<&Spanned<wire::Variant>>> {
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
                "there is only one variant, and `diff` compares two",
            )
            .hint("add a second [[variant]]"),
        )),
        [before, after] => Ok(Pair::new(before, after)),
        [_, _, third, ..] => Err(document.error(
            Diagnosis::new(
                third.span(),
                "more than two variants are not supported by this version of profila",
            )
            .label("the third")
            .hint("leave two, or name two scripts on the command line"),
        )),
    }
}

fn variant(
    wire: &wire::Variant,
    span: std::ops::Range<usize>,
    document: &Document,
    cwd: &Path,
    here: &Path,
) -> Result<Variant, Diagnosis> {
    let program = match (&wire.script, &wire.module) {
        (Some(script), None) => Program::Script(paths::valid_from(
            here,
            cwd,
            &document.folder,
            Path::new(script.get_ref()),
        )),
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
    let name = match &wire.name {
        Some(name) => checked_name(name)?,
        None => default_name(&program),
    };
    Ok(Variant {
        name,
        program,
        args: wire.args.clone(),
        env: environment(wire.env.clone()),
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
            "a variant cannot be named so: recordings are saved under its name",
        )
        .hint("use a name without `/` that does not begin with a dot"));
    }
    Ok(text.clone())
}

/// Gives each of the two a name of its own. Two names that the user wrote must
/// differ; two that are the same by default become `before` and `after`.
fn distinct(
    variants: Pair<Variant>,
    wires: Pair<&Spanned<wire::Variant>>,
) -> Result<Vec<Variant>, Diagnosis> {
    let Pair {
        mut before,
        mut after,
    } = variants;
    if before.name == after.name {
        let names = wires.map(|wire| wire.get_ref().name.as_ref());
        if let Some(name) = names.after.or(names.before) {
            return Err(Diagnosis::new(
                name.span(),
                format!("two variants are named \"{}\"", name.get_ref()),
            )
            .hint("give each a name of its own"));
        }
        SIDES.before.clone_into(&mut before.name);
        SIDES.after.clone_into(&mut after.name);
    }
    Ok(vec![before, after])
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
