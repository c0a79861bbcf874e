//! The variants: what to run, under which name.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use toml::Spanned;

use super::super::wire;
use super::measuring::environment;
use super::paths;
use super::revisions::{name_of, refuse_without_revision, revision};
use crate::config::diagnose::Diagnosis;
use crate::config::{Benchmark, Document, Program, Tool, Variant};
use crate::error::{Error, Result};
use crate::options::Suite;
use crate::pair::Pair;
use crate::recording::Role;

/// The names of two variants that have the same one by default.
pub(super) const SIDES: Pair<&str> = Pair::new("before", "after");

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
        Program::Benchmark(benchmark) => {
            Program::Benchmark(benchmark.with_file(|file| setting.path(setting.here, file)))
        }
        other @ (Program::Module(_) | Program::Code(_) | Program::Process(_)) => other,
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

/// Programs of the command line, which get the same arguments.
pub(super) fn programs(
    programs: impl Iterator<Item = Program>,
    args: &[String],
    setting: Setting<'_>,
) -> Vec<Variant> {
    let named = programs.map(|program| single((program, args.to_vec()), setting));
    let mut variants: Vec<Variant> = named.collect();
    tell_apart(&mut variants, |_| false);
    compared_with_first(variants)
}

/// The variants with their roles.
pub(super) fn compared_with_first(mut variants: Vec<Variant>) -> Vec<Variant> {
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

/// What a variant runs, which exactly one of its keys says.
fn program(
    wire: &wire::Variant,
    span: std::ops::Range<usize>,
    document: &Document,
    setting: Setting<'_>,
) -> Result<Program, Diagnosis> {
    let keys = [
        ("script", &wire.script),
        ("module", &wire.module),
        ("pytest-benchmark", &wire.pytest_benchmark),
        ("asv", &wire.asv),
    ];
    let mut given = keys
        .into_iter()
        .filter_map(|(key, value)| Some((key, value.as_ref()?)));
    let Some((key, value)) = given.next() else {
        return Err(Diagnosis::new(span, "the variant has nothing to run").hint(
            "add script = \"script.py\" or module = \"package.module\", or a benchmark: \
                 pytest-benchmark = \"bench.py::test_sum\" or asv = \"bench.time_sum\"",
        ));
    };
    if let Some((other, second)) = given.next() {
        let message = format!("the variant has both a `{key}` and a `{other}`");
        return Err(Diagnosis::new(second.span(), message).hint("keep one of the two"));
    }
    let name = value.get_ref();
    let path = |path: &Path| setting.path(&document.folder, path);
    Ok(match key {
        "script" => Program::Script(path(Path::new(name))),
        "module" => Program::Module(name.clone()),
        "asv" => Program::Benchmark(Benchmark::of(Suite::Asv, name)),
        _ => Program::Benchmark(Benchmark::of(Suite::PytestBenchmark, name).with_file(path)),
    })
}

pub(super) fn variant(
    wire: &wire::Variant,
    span: std::ops::Range<usize>,
    document: &Document,
    setting: Setting<'_>,
) -> Result<Variant, Diagnosis> {
    let program = program(wire, span, document, setting)?;
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

/// Whether a text can be the name of a file, and be shown in a line.
pub(super) fn is_name(text: &str) -> bool {
    let is_unusable = |c: char| c == '/' || c.is_control();
    !text.trim().is_empty() && !text.starts_with('.') && !text.contains(is_unusable)
}

/// A name can be the name of a file, and be shown in a line.
fn checked_name(name: &Spanned<String>) -> Result<String, Diagnosis> {
    let text = name.get_ref();
    if !is_name(text) {
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

/// The file name of a script, the name of a module or of a benchmark.
fn default_name(program: &Program) -> String {
    match program {
        Program::Script(path) => path.file_name().map_or_else(
            || "script".to_owned(),
            |name| name.to_string_lossy().into_owned(),
        ),
        Program::Module(module) => module.clone(),
        Program::Code(_) => "-c".to_owned(),
        Program::Process(process) => format!("process {}", process.pid),
        Program::Benchmark(Benchmark::Pytest { test, file }) if test.is_empty() => {
            default_name(&Program::Script(file.clone()))
        }
        Program::Benchmark(Benchmark::Pytest { test, .. }) => name_of(test),
        Program::Benchmark(Benchmark::Asv { name }) => name_of(name),
    }
}
