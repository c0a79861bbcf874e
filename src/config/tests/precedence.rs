//! Which of flag, file and default wins, and where paths lead.

use std::time::Duration;

use super::*;
use crate::config::{
    Attribution, Better, Color, ComparisonFormat, Export, Format, OnInconclusive, ProfileFormat,
    Program, Rounds, Rule, Selection, Tool, Verbosity, WantedSource,
};
use crate::gate::Subject;
use crate::recording::Role;

const FILE: &str = r"
[[variant]]
name = 'old'
script = 'old.py'
args = ['1']
env = { A = 'variant' }
[[variant]]
module = 'pkg.new'
[run]
python = 'venv/bin/python'
timeout = '10s'
env = { A = 'run', B = 'run' }
[sampling]
gdb = 'gdb-16'
rate = 50
max-depth = 4
attribution = 'leaf'
[throughput]
pattern = '(?P<value>\d+) rows'
unit = 'rows'
better = 'lower'
[compare]
rounds = 9
warmup = 1
confidence = 0.99
min-effect = '2%'
seed = 5
[output]
format = 'json'
context = 1
";

fn script(path: &str) -> Program {
    Program::Script(PathBuf::from(path))
}

fn tool(path: &str) -> Tool {
    Tool::Path(PathBuf::from(path))
}

#[test]
fn defaults() {
    let task = resolve_line("diff a.py b.py", None, HERE).unwrap();
    insta::assert_debug_snapshot!(task);
}

#[test]
fn the_file_is_stronger_than_the_defaults() {
    let task = measuring(resolved("diff", FILE));
    let experiment = task.experiment;
    let [old, new] = experiment.variants.as_slice() else {
        panic!("{:?}", experiment.variants);
    };
    assert_eq!(old.name, "old");
    assert_eq!(old.program, script("/home/project/old.py"));
    assert_eq!(old.args, ["1"]);
    assert_eq!(new.name, "pkg.new");
    assert_eq!(new.program, Program::Module("pkg.new".to_owned()));
    for variant in [old, new] {
        assert_eq!(variant.python, tool("/home/project/venv/bin/python"));
    }
    assert_eq!(experiment.run.cwd, Path::new(HOME));
    assert_eq!(experiment.run.timeout, Some(Duration::from_secs(10)));
    assert_eq!(experiment.sampling.gdb, tool("gdb-16"));
    assert_eq!(experiment.sampling.rate_hz, Some(50.0));
    assert_eq!(experiment.sampling.max_depth, 4);
    let throughput = &experiment.throughput;
    assert!(
        matches!(&throughput.source, WantedSource::Pattern(it) if it.as_str() == r"(?P<value>\d+) rows")
    );
    assert_eq!(throughput.unit.as_deref(), Some("rows"));
    assert_eq!(throughput.better, Some(Better::Lower));
    assert_eq!(experiment.rounds, Rounds::Fixed(9));
    assert_eq!(experiment.warmup, 1);
    assert_eq!(experiment.seed, 5);
    let judging = task.judging;
    assert_eq!(judging.attribution, Attribution::Leaf);
    assert_eq!(judging.options.confidence.to_string(), "0.99");
    assert_eq!(judging.options.min_effect.to_string(), "0.02");
    let output = task.output;
    assert_eq!(output.common.format, ComparisonFormat::Json);
}

#[test]
fn flags_are_stronger_than_the_file() {
    let line = "-q --color never diff --python ./py/bin/python --gdb gdb-18 --rate 99.5 \
                --runs 2 --seed 7 --timeout none --format text --export-json out.json \
                --save runs";
    let task = measuring(resolved(line, FILE));
    let experiment = task.experiment;
    for variant in &experiment.variants {
        assert_eq!(variant.python, tool("/project/py/bin/python"));
    }
    assert_eq!(experiment.sampling.gdb, tool("gdb-18"));
    assert_eq!(experiment.sampling.rate_hz, Some(99.5));
    assert_eq!(experiment.rounds, Rounds::Fixed(2));
    assert_eq!(experiment.seed, 7);
    assert_eq!(experiment.run.timeout, None);
    let output = task.output;
    assert_eq!(output.common.format, ComparisonFormat::Text);
    assert_eq!(output.common.color, Color::Never);
    assert_eq!(task.verbosity, Verbosity::Quiet);
    let export = Export {
        format: ComparisonFormat::Json,
        file: "out.json".into(),
    };
    assert_eq!(output.common.exports, [export]);
    assert_eq!(task.save.as_deref(), Some(Path::new("runs")));
}

#[test]
fn a_profile_is_shown_as_the_file_and_the_flags_say() {
    let Task::Profile(task) = resolved("annotate --format collapsed a.py", FILE) else {
        panic!("it is not profiled");
    };
    assert_eq!(task.output.common.format, ProfileFormat::Collapsed);
    assert_eq!(task.output.context, 1);
}

/// Whether it is by the flag or by the file, and before anything is measured.
#[test]
fn what_does_not_have_a_form_is_not_shown_in_it() {
    check_refused(
        "annotate --format github a.py",
        "a profile cannot be shown as github, only comparisons can",
    );
    check_refused(
        "diff --format speedscope a.py b.py",
        "a comparison cannot be shown as speedscope, only profiles can",
    );
    let file = document("[output]\nformat = 'junit'").unwrap();
    let error = resolve_line("annotate a.py", Some(&file), HERE).unwrap_err();
    assert_eq!(
        error.to_string(),
        "a profile cannot be shown as junit, only comparisons can"
    );
    // A document may be either.
    let line = "report --format junit a.json";
    let Task::Show(task) = resolve_line(line, None, HERE).unwrap() else {
        panic!("nothing is shown");
    };
    assert_eq!(task.output.common.format, Format::Junit);
    assert!(task.output.of_comparison().is_ok());
    assert!(task.output.of_profile().is_err());
}

#[test]
fn a_variants_environment_is_stronger_than_that_of_all_runs() {
    let (variants, run) = runs(resolved("diff", FILE));
    let environment = |index: usize| {
        let variables = run.environment(&variants[index]);
        variables.into_iter().collect::<Vec<_>>()
    };
    assert_eq!(environment(0), [("A", "variant"), ("B", "run")]);
    assert_eq!(environment(1), [("A", "run"), ("B", "run")]);
}

/// The interpreters of the variants, `auto` where they are looked for.
#[track_caller]
fn check_pythons(line: &str, text: &str, expected: &[&str]) {
    let (variants, _) = runs(resolved(line, text));
    let pythons: Vec<String> = variants
        .into_iter()
        .map(|variant| match variant.python {
            Tool::Auto => "auto".to_owned(),
            Tool::Path(path) => path.display().to_string(),
        })
        .collect();
    assert_eq!(pythons, expected);
}

#[test]
fn a_variants_python_is_stronger_than_that_of_all_runs_and_weaker_than_the_flag() {
    let text = "[run]\npython = 'all/bin/python'\n\
                [[variant]]\nname = 'a'\nscript = 'a.py'\npython = '../own/bin/python'\n\
                [[variant]]\nname = 'b'\nscript = 'a.py'\n\
                [[variant]]\nname = 'c'\nscript = 'a.py'\npython = 'auto'\n\
                [[variant]]\nname = 'd'\nscript = 'a.py'\npython = 'python3.13'\n";
    let own = "/home/own/bin/python";
    let all = "/home/project/all/bin/python";
    check_pythons("diff", text, &[own, all, "auto", "python3.13"]);
    check_pythons(
        "diff --placebo",
        text,
        &[own, all, "auto", "python3.13", own],
    );
    check_pythons("diff --python python3", text, &["python3"; 4]);
    check_pythons("diff x.py y.py", text, &[all; 2]);
    check_pythons("annotate x.py", text, &[all]);
}

#[test]
fn scripts_of_the_command_line_replace_the_variants_alone() {
    let experiment = experiment("diff a.py ../b.py -- -v --runs 3", FILE);
    let [a, b] = experiment.variants.as_slice() else {
        panic!("{:?}", experiment.variants);
    };
    assert_eq!(
        (&a.program, &b.program),
        (&script("a.py"), &script("../b.py"))
    );
    assert_eq!((a.name.as_str(), b.name.as_str()), ("a.py", "b.py"));
    assert_eq!(a.args, ["-v", "--runs", "3"]);
    assert_eq!(a.args, b.args);
    assert!(a.env.is_empty());
    assert_eq!(experiment.rounds, Rounds::Fixed(9));
    assert_eq!(experiment.run.cwd, Path::new(HERE));
}

#[test]
fn arguments_of_the_command_line_replace_those_of_the_variants() {
    let variants = experiment("diff -- 2 3", FILE).variants;
    assert!(variants.iter().all(|variant| variant.args == ["2", "3"]));
}

/// A name that the user wrote is kept, and the others are chosen around it.
#[test]
fn names_of_the_file_are_kept() {
    let text = "[[variant]]\nscript = 'a.py'\n[[variant]]\nscript = 'x/a.py'\n\
        [[variant]]\nname = 'a.py-2'\nscript = 'c.py'";
    let variants = experiment("diff --placebo", text).variants;
    let names: Vec<&str> = variants.iter().map(|it| it.name.as_str()).collect();
    assert_eq!(names, ["a.py", "a.py-3", "a.py-2", "placebo"]);
    let roles = variants.iter().map(|it| it.role).collect::<Vec<_>>();
    let expected = [Role::Base, Role::Candidate, Role::Candidate, Role::Placebo];
    assert_eq!(roles, expected);
    assert_eq!(variants[3].program, variants[0].program);
}

#[track_caller]
fn check_names(line: &str, expected: &[&str]) {
    let (variants, _) = runs(resolve_line(line, None, HERE).unwrap());
    let names: Vec<&str> = variants.iter().map(|it| it.name.as_str()).collect();
    assert_eq!(names, expected);
}

#[test]
fn every_variant_has_a_name_of_its_own() {
    check_names("diff a.py x/b.py", &["a.py", "b.py"]);
    check_names("diff old/a.py new/a.py", &["before", "after"]);
    check_names("diff a.py a.py", &["before", "after"]);
    check_names(
        "diff a.py b.py x/a.py a.py",
        &["a.py", "b.py", "a.py-2", "a.py-3"],
    );
    check_names("diff a.py b.py --placebo", &["a.py", "b.py", "placebo"]);
    check_names(
        "diff placebo x/placebo y.py --placebo",
        &["placebo", "placebo-2", "y.py", "placebo-3"],
    );
}

/// The script and the working directory of `annotate` with a `[run]` of this text.
#[track_caller]
fn check_paths(run: &str, here: &str, line: &str, expected: (&str, &str)) {
    let document = document(&format!("[run]\n{run}")).unwrap();
    let (variants, run) = runs(resolve_line(line, Some(&document), here).unwrap());
    let found = (variants[0].program.clone(), run.cwd);
    assert_eq!(found, (script(expected.0), PathBuf::from(expected.1)));
}

#[test]
fn a_script_is_where_the_user_says() {
    check_paths("", HERE, "annotate a.py", ("a.py", HERE));
    check_paths("cwd = '.'", HERE, "annotate a.py", ("/project/a.py", HOME));
    check_paths("cwd = '.'", HOME, "annotate ./a.py", ("./a.py", HOME));
    check_paths("cwd = '../x'", HERE, "annotate /a.py", ("/a.py", "/home/x"));
    check_paths(
        "cwd = '/tmp'",
        HERE,
        "record -o r a.py",
        ("/project/a.py", "/tmp"),
    );
}

#[test]
fn annotate_has_a_time_limit_only_where_the_user_sets_one() {
    let limit = |line, text| {
        let (_, run) = runs(resolved(line, text));
        run.timeout.map(|limit| limit.as_secs())
    };
    assert_eq!(limit("annotate a.py", ""), None);
    assert_eq!(limit("annotate a.py", "[run]\ntimeout = '5s'"), Some(5));
    assert_eq!(
        limit("annotate --timeout 3s a.py", "[run]\ntimeout = '5s'"),
        Some(3)
    );
    assert_eq!(limit("record -o r.json a.py", ""), Some(120));
    assert_eq!(limit("diff a.py b.py", "[run]\ntimeout = 'none'"), None);
}

#[test]
fn a_recording_is_written_where_record_is_told_and_has_a_fixed_number_of_rounds() {
    #[track_caller]
    fn check(flags: &str, text: &str, rounds: u32) {
        let Task::Record(task) = resolved(&format!("record -o run.json {flags} a.py"), text) else {
            panic!("not `record`");
        };
        assert_eq!(task.file, Path::new("run.json"));
        assert_eq!(task.experiment.rounds, Rounds::Fixed(rounds));
    }
    check("--runs 4", "", 4);
    check("--runs 40", "", 40);
    check("", "", 6);
    check("", "[compare]\nmax-rounds = 3", 3);
    check("", "[compare]\nrounds = 9", 9);
}

#[test]
fn rounds_are_as_many_as_it_takes_unless_somebody_fixes_them() {
    let rounds = |line, text: &str| experiment(line, text).rounds;
    assert_eq!(rounds("diff a.py b.py", ""), Rounds::UpTo(20));
    let text = "[compare]\nrounds = 'adaptive'\nmax-rounds = 10";
    assert_eq!(rounds("diff a.py b.py", text), Rounds::UpTo(10));
    assert_eq!(rounds("diff --runs 4 a.py b.py", text), Rounds::Fixed(4));
    let text = "[compare]\nrounds = 7\nmax-rounds = 10";
    assert_eq!(rounds("diff a.py b.py", text), Rounds::Fixed(7));
}

#[test]
fn rules_of_flags_come_after_those_of_the_file() {
    let text = "[gate]\non-inconclusive = 'fail'\n\
        [[gate.rule]]\nmetric = 'peak-memory'\nmax-worse = '10%'";
    let line = "diff --fail-if throughput:5% a.py b.py";
    let judging = measuring(resolved(line, text)).judging;
    assert_eq!(judging.on_inconclusive, OnInconclusive::Fail);
    let rule = |subject, max_worse| Rule { subject, max_worse };
    let expected = [
        rule(Subject::PeakMemory, 0.1),
        rule(Subject::Throughput, 0.05),
    ];
    assert_eq!(judging.options.rules, expected);
}

#[test]
fn rules_about_the_cost_of_lines_may_name_them() {
    let text = "[[gate.rule]]\nmetric = 'line-cost'\nmax-worse = '10%'\n\
        [[gate.rule]]\nmetric = 'line-cost'\nmax-worse = '5%'\nfunction = 'dither'\nfile = 'a.py'";
    let judging = measuring(resolved("diff a.py b.py", text)).judging;
    let rules = judging.options.rules;
    let named = Selection {
        functions: vec!["dither".to_owned()],
        files: vec!["a.py".parse().unwrap()],
    };
    let subjects = rules.into_iter().map(|rule| rule.subject);
    let expected = [Selection::default(), named].map(Subject::LineCost);
    assert_eq!(subjects.collect::<Vec<_>>(), expected);
}

#[test]
fn settings_of_comparisons_do_not_keep_a_script_from_being_annotated() {
    let text = "[[gate.rule]]\nmetric = 'throughput'\nmax-worse = '5%'";
    resolved("annotate a.py", text);
}

#[test]
fn the_region_of_a_flag_is_stronger_than_that_of_the_file() {
    let region = |line, text| {
        let document = document(text).unwrap();
        match resolve_line(line, Some(&document), HERE).unwrap() {
            Task::Measure(task) => task.experiment.run.region,
            Task::Profile(task) => task.single.run.region,
            Task::Examine(task) => task.experiment.run.region,
            _ => panic!("something is measured"),
        }
    };
    let file = "[run]\nregion = 'load'";
    let load = Some("load".to_owned());
    assert_eq!(region("diff a.py b.py", file), load);
    assert_eq!(region("annotate a.py", file), load);
    assert_eq!(
        region("diff --region b a.py b.py", file),
        Some("b".to_owned())
    );
    // A probe has none.
    assert_eq!(region("doctor", file), None);
    // What the whole prints is not the throughput of a part.
    let printed = "[throughput]\npattern = '(?P<value>.*) rows'";
    assert_eq!(
        region("annotate --region b a.py", printed),
        Some("b".to_owned())
    );
}
