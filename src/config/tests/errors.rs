//! What is said about a wrong file: where, what, and what to write instead.

use proptest::prelude::*;

use super::*;
use crate::config::TEMPLATE;

/// Two variants that are right, for errors elsewhere.
const VARIANTS: &str = "\
[[variant]]
script = 'a.py'
[[variant]]
script = 'b.py'
";

/// What is said of a file when the variants in it are to be compared.
#[track_caller]
fn complaint(name: &str, text: &str) -> String {
    let error = document_named(name, text)
        .and_then(|document| resolve_line("diff", Some(&document), HERE))
        .expect_err("the configuration is wrong");
    assert_eq!(error.exit_code().code(), 2);
    error.render(false)
}

/// What is said of each of these files, one under the other.
#[track_caller]
fn complaints(texts: &[&str]) -> String {
    let complaints: Vec<String> = texts
        .iter()
        .map(|text| complaint("profila.toml", text))
        .collect();
    complaints.join("\n\n")
}

/// The same, of tables that come after two variants that are right.
#[track_caller]
fn complaints_beside_variants(tables: &[&str]) -> String {
    let texts: Vec<String> = tables
        .iter()
        .map(|table| format!("{VARIANTS}{table}\n"))
        .collect();
    complaints(&texts.iter().map(String::as_str).collect::<Vec<_>>())
}

#[test]
fn unknown_keys() {
    insta::assert_snapshot!(complaints(&[
        "verson = 1",
        "[samplng]\nrate = 100",
        "[sampling]\nrat = 100",
        "[sampling]\nmax_depth = 5",
        "[run]\nrate = 50",
        "[run]\nfrobnicate = true",
        "[[variant]]\nscrpt = 'a.py'",
    ]));
}

#[test]
fn a_region_has_a_throughput_of_its_own() {
    insta::assert_snapshot!(complaints_beside_variants(&[
        "[run]\nregion = ''",
        "[run]\nregion = 'load'\n[throughput]\nsource = 'wall'",
        "[run]\nregion = 'load'\n[throughput]\npattern = '(?P<value>.*)'\nbetter = 'lower'",
    ]));
}

#[test]
fn unknown_values() {
    insta::assert_snapshot!(complaints(&[
        "[sampling]\nattribution = 'user_line'",
        "[sampling]\nsampler = 'dtrace'",
        "[throughput]\nbetter = 'Higher'",
        "[throughput]\nsource = 'stdout'",
        "[output]\nformat = 'markdown'",
    ]));
}

#[test]
fn values_out_of_bounds() {
    insta::assert_snapshot!(complaints(&[
        "version = 2",
        "[sampling]\nrate = 5000",
        "[run]\ntimeout = 120",
        "[run]\ntimeout = '2 fortnights'",
        "[compare]\nmin-effect = 0.01",
        "[compare]\nconfidence = 95",
        "[compare]\nrounds = 'many'",
        "[compare]\nseed = -1",
        "[run]\naffinity = '3-1'",
        "[run.env]\n'A=B' = '1'",
    ]));
}

#[test]
fn wrong_types_and_syntax() {
    insta::assert_snapshot!(complaints(&[
        "run = 5",
        "[variant]\nscript = 'a.py'",
        "[run]\nenv = { NUMBA_NUM_THREADS = 1 }",
        "[sampling]\nrate = true",
        "[run]\npython = 'a'\npython = 'b'",
        "[run\npython = 'a'",
        "[run]\npython = 'a",
    ]));
}

#[test]
fn patterns() {
    insta::assert_snapshot!(complaints_beside_variants(&[
        "[throughput]\npattern = '(\\d+) rows'",
        "[throughput]\npattern = '(?P<value>\\d+ rows'",
        "[throughput]\nsource = 'pattern'",
        "[throughput]\nsource = 'wall'\npattern = '(?P<value>\\d+) rows'",
        "[throughput]\nsource = 'cpu'\nunit = 'rows/s'",
        "[throughput]\nsource = 'window'\nbetter = 'higher'",
        "[throughput]\npattern = '(?P<value>\\d+) rows'\nunit = 'rows'",
    ]));
}

#[test]
fn variants() {
    insta::assert_snapshot!(complaints(&[
        "version = 1",
        "[[variant]]\nscript = 'a.py'",
        &format!("{VARIANTS}[[variant]]\nname = 'a.py'\nscript = 'c.py'"),
        "[[variant]]\nscript = 'a.py'\nmodule = 'a'\n[[variant]]\nscript = 'b.py'",
        "[[variant]]\nscript = 'a.py'\n[[variant]]\nname = 'b'\nargs = []",
        "[[variant]]\nname = 'x'\nscript = 'a.py'\n[[variant]]\nname = 'x'\nscript = 'b.py'",
        "[[variant]]\nname = 'a/b'\nscript = 'a.py'\n[[variant]]\nscript = 'b.py'",
    ]));
}

#[test]
fn settings_without_effect_in_this_version() {
    insta::assert_snapshot!(complaints_beside_variants(&[
        "[run]\naffinity = 'auto'",
        "[[gate.rule]]\nmetric = 'throughput'\nmax-worse = '5%'\nfunction = 'dither'",
        "[sampling]\nsampler = 'gdb'\ncounters = ['cycles']",
        "[sampling]\nsampler = 'perf'\ncounters = ['cycle']",
    ]));
}

#[test]
fn their_defaults_are_accepted() {
    let tables = "\
[run]
affinity = 'none'
[sampling]
sampler = 'gdb'
[compare]
rounds = 'adaptive'
max-rounds = 20
same-output = 'off'
[gate]
on-inconclusive = 'warn'
rule = []
";
    resolved("diff", &format!("{VARIANTS}{tables}"));
}

#[test]
fn places_in_a_project_file_are_those_of_the_file() {
    let text = "\
[project]
name = 'é'

[tool.other]
rat = 1

[tool.profila.sampling]
rat = 100
";
    insta::assert_snapshot!(complaint("pyproject.toml", text), @r"
    error: unknown key `rat`
     --> pyproject.toml:8:1
      |
    8 | rat = 100
      | ^^^ not a key of this table
    hint: did you mean `rate`?
    ");
    let text = "[tool.profila]\n[[tool.profila.variant]]\nscript = 'a.py'\n";
    insta::assert_snapshot!(complaint("pyproject.toml", text), @r"
    error: there is only one variant, but `diff` compares two or more
     --> pyproject.toml:2:1
      |
    2 | [[tool.profila.variant]]
      | ^^^^^^^^^^^^^^^^^^^^^^^^
    hint: add a second [[variant]]
    ");
}

#[test]
fn the_message_alone_names_the_place() {
    let error = document("[run]\n  pyton = 'a'").unwrap_err();
    assert_eq!(error.to_string(), "unknown key `pyton` at profila.toml:2:3");
}

proptest! {
    /// Whatever is wrong, it can be shown: no place lies outside the text or
    /// inside a character.
    #[test]
    fn any_damage_is_shown(at in 0..TEMPLATE.len(), length in 0..40_usize, with in "[\\PC\n]{0,4}") {
        let mut text = TEMPLATE.to_owned();
        text.replace_range(at..(at + length).min(TEMPLATE.len()), &with);
        let result = document(&text)
            .and_then(|document| resolve_line("diff", Some(&document), HERE));
        if let Err(error) = result {
            prop_assert!(error.render(false).starts_with("error: "));
        }
    }
}
