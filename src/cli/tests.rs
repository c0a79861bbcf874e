//! Which words belong to profila and which to the script, and what is said of wrong ones.

use std::path::PathBuf;

use clap::CommandFactory;
use clap_complete::Shell;

use super::*;

fn parse(line: &str) -> Result<Cli, clap::Error> {
    Cli::try_parse_from(std::iter::once("profila").chain(line.split_whitespace()))
}

/// A command that a configuration has a say in.
#[track_caller]
fn configured(command: Command) -> Configured {
    match command {
        Command::Configured(command) => *command,
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_definition_is_consistent() {
    Cli::command().debug_assert();
}

/// The words that `annotate` takes for the program, and whether it took `-v`
/// for itself.
#[track_caller]
fn check_program(line: &str, words: &str, verbose: bool) {
    let cli = parse(line).unwrap_or_else(|error| panic!("{error}"));
    let (Configured::Annotate(AnnotateArgs { program, .. })
    | Configured::Record(RecordArgs { program, .. })) = configured(cli.command)
    else {
        panic!("not a command that runs a program");
    };
    assert_eq!(program.words.join(" "), words);
    assert_eq!(cli.global.verbose, verbose);
}

#[test]
fn what_follows_the_script_is_the_scripts() {
    check_program("annotate x.py", "x.py", false);
    check_program("annotate -- x.py -v", "x.py -v", false);
    check_program("annotate x.py -v --rate 3", "x.py -v --rate 3", false);
    check_program("annotate -v x.py --help", "x.py --help", true);
    check_program("-v annotate x.py", "x.py", true);
    check_program("annotate --rate 50 x.py a -- b", "x.py a -- b", false);
    check_program("annotate -- x.py -- b", "x.py -- b", false);
    check_program(
        "annotate x.py --color never -o y",
        "x.py --color never -o y",
        false,
    );
    check_program("record -o r.json x.py -o y", "x.py -o y", false);
}

#[test]
fn modules_and_code_are_taken_as_by_python() {
    check_program("annotate -- -m pkg.bench -v", "-m pkg.bench -v", false);
    check_program("annotate -m pkg.bench -v", "-m pkg.bench -v", false);
    check_program(
        "annotate --rate 50 -mpkg.bench --rate 3",
        "-mpkg.bench --rate 3",
        false,
    );
    check_program("annotate -v -c pass -c", "-c pass -c", true);
    check_program("record -o r.json -- -m x -o y", "-m x -o y", false);
}

#[track_caller]
fn check_diff(line: &str, operands: &[&str], args: &[&str]) {
    let cli = parse(line).unwrap_or_else(|error| panic!("{error}"));
    let Configured::Diff(diff) = configured(cli.command) else {
        panic!("not `diff`");
    };
    let found = diff.versions;
    let expected: Vec<PathBuf> = operands.iter().map(PathBuf::from).collect();
    assert_eq!(found, expected);
    assert_eq!(diff.experiment.args, args);
}

#[test]
fn diff_takes_two_operands_or_more_or_none() {
    check_diff("diff", &[], &[]);
    check_diff("diff a.py b.py", &["a.py", "b.py"], &[]);
    check_diff("diff a.py b.py c.py", &["a.py", "b.py", "c.py"], &[]);
    check_diff(
        "diff a.py b.py --rate 9 -- -v x",
        &["a.py", "b.py"],
        &["-v", "x"],
    );
    check_diff("diff --config c.toml -- --n 1", &[], &["--n", "1"]);
    check_diff("diff --base HEAD~1 a.py -- 3", &["a.py"], &["3"]);
    check_diff("diff --base HEAD~1 -m pkg.bench -- 3", &[], &["3"]);
}

#[track_caller]
fn check_error(line: &str, expected: &str) {
    let error = parse(line).expect_err("the line is wrong").to_string();
    assert!(error.contains(expected), "{error}");
}

#[test]
fn wrong_lines_are_told() {
    check_error("diff --setup make a.py", "--base <REV>");
    check_error("diff --base HEAD -m pkg.bench a.py", "cannot be used with");
    check_error(
        "diff --baseline main --base HEAD a.py",
        "cannot be used with",
    );
    check_error("diff --any-circumstances a.py b.py", "--baseline <NAME>");
    check_error("baseline save main", "required arguments were not provided");
    check_error("diff --rat 5 a.py b.py", "'--rate'");
    check_error("diff --rate 0", "from 1 to 1000 samples per second");
    check_error("diff --runs 0", "0 is not in 1..=1000");
    check_error("diff --timeout 5", "a duration such as");
    check_error(
        "diff --format xml",
        "possible values: text, markdown, json,",
    );
    check_error("-q -v diff", "cannot be used with");
    check_error("annotate", "required arguments were not provided");
    check_error("record x.py", "--output <FILE>");
    check_error("surgeon", "unrecognized subcommand");
}

#[test]
fn help() {
    let mut cli = Cli::command().term_width(100);
    cli.build();
    let mut pages = vec![cli.render_help().to_string()];
    pages.extend(
        cli.get_subcommands_mut()
            .filter(|command| command.get_name() != "help")
            .map(|command| command.render_help().to_string()),
    );
    insta::assert_snapshot!(pages.join("\n==========\n\n"));
}

#[test]
fn completions_know_the_commands() {
    for shell in [Shell::Bash, Shell::Fish, Shell::Zsh] {
        let script = String::from_utf8(completions(shell)).unwrap();
        assert!(script.contains("annotate"), "{shell}");
    }
}

#[test]
fn the_manual_has_a_page_for_every_command_that_is_shown() {
    let pages = manual();
    let page = |file: &str| pages.iter().find(|page| page.file == file);
    let program = page("profila.1").unwrap();
    for file in ["profila-diff.1", "profila-baseline-save.1"] {
        assert!(page(file).unwrap().text.contains("profila 0."), "{file}");
    }
    assert!(program.text.contains("profila\\-diff(1)"));
    assert!(page("profila-manual.1").is_none());
    assert!(page("profila-help.1").is_none());
}

/// Which argument of an experiment is the first that is given.
#[track_caller]
fn check_given(line: &str, first: Option<&str>) {
    let cli = parse(line).unwrap_or_else(|error| panic!("{error}"));
    let Configured::Diff(diff) = configured(cli.command) else {
        panic!("not `diff`");
    };
    assert_eq!(diff.experiment.first(), first, "{line}");
}

#[test]
fn every_argument_of_an_experiment_is_known_to_be_given() {
    check_given("diff a.py b.py --format json --all -v", None);
    check_given("diff a.py b.py --rate 5 --gdb x", Some("--gdb"));
    check_given("diff --exclude a* a.py b.py", Some("--exclude"));
    check_given("diff --placebo", Some("--placebo"));
    check_given("diff --save runs -- 3", Some("--save"));
    check_given("diff -- 3", Some("-- ARGS"));
}
