//! The words after `annotate` and `record`, read as `python` reads them.

use std::path::PathBuf;

use crate::cli::{self, ProgramArgs};
use crate::config::diagnose::nearest;
use crate::config::{Benchmark, Program};
use crate::error::{Error, Result};

/// What to run and its arguments: `SCRIPT ARGS…`, `-m MODULE ARGS…` or
/// `-c CODE ARGS…`; module and code may be part of the same word, as with `python`.
///
/// `command` is the subcommand, for what is said where the first word is an option
/// that it does not have. Of a suite, the first word is the benchmark.
pub(super) fn parse(command: &str, args: &ProgramArgs) -> Result<(Program, Vec<String>)> {
    let suite = args.suite.suite();
    let Some((first, rest)) = args.words.split_first() else {
        return Err(missing("a script"));
    };
    if let (Some(suite), false) = (suite, first.starts_with('-')) {
        let benchmark = Program::Benchmark(Benchmark::of(suite, first));
        return Ok((benchmark, rest.to_vec()));
    }
    if suite.is_some() {
        return Err(Error::usage(
            format!("`{first}` is no benchmark"),
            "write the benchmark first: FILE.py::TEST with `--pytest-benchmark`, and \
             MODULE.time_NAME with `--asv`",
        ));
    }
    if let Some(attached) = first.strip_prefix("-m") {
        let (module, args) =
            operand(attached, rest).ok_or_else(|| missing("a module after `-m`"))?;
        Ok((Program::Module(module.to_owned()), args.to_vec()))
    } else if let Some(attached) = first.strip_prefix("-c") {
        let (code, args) = operand(attached, rest).ok_or_else(|| missing("code after `-c`"))?;
        Ok((Program::Code(code.to_owned()), args.to_vec()))
    } else if first.starts_with('-') {
        Err(unexpected(command, first))
    } else {
        Ok((Program::Script(PathBuf::from(first)), rest.to_vec()))
    }
}

/// The operand of an option, from the same word or the next, and what follows.
fn operand<'a>(attached: &'a str, rest: &'a [String]) -> Option<(&'a str, &'a [String])> {
    if attached.is_empty() {
        let (operand, args) = rest.split_first()?;
        Some((operand, args))
    } else {
        Some((attached, rest))
    }
}

fn missing(what: &str) -> Error {
    Error::usage(
        format!("{what} is missing"),
        "write what to run as for python: SCRIPT.py, -m MODULE or -c CODE",
    )
}

fn unexpected(command: &str, word: &str) -> Error {
    if word == "-" {
        return Error::usage(
            "a script from standard input cannot be profiled",
            "write it to a file: profila shows its lines",
        );
    }
    let name = cli::option_name(word);
    let options = cli::long_options(command);
    if let Some(hint) = cli::of_another_profiler(word) {
        return Error::usage(format!("there is no option `{word}`"), hint);
    }
    let hint = match nearest(name, options.iter().map(String::as_str)) {
        Some(option) => format!("did you mean `--{option}`?"),
        None => "set Python's own options through its environment variables, such as \
                 PYTHONUNBUFFERED=1"
            .to_owned(),
    };
    Error::usage(
        format!("unexpected option `{word}` before the script"),
        hint,
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::SuiteArgs;

    fn words(line: &str) -> Vec<String> {
        line.split_whitespace().map(str::to_owned).collect()
    }

    fn args(line: &str) -> ProgramArgs {
        ProgramArgs {
            words: words(line),
            ..ProgramArgs::default()
        }
    }

    #[track_caller]
    fn check(line: &str, program: Program, args: &str) {
        assert_eq!(
            parse("annotate", &self::args(line)).unwrap(),
            (program, words(args))
        );
    }

    #[track_caller]
    fn check_error(line: &str, message: &str, hint: &str) {
        let error = parse("annotate", &args(line)).unwrap_err();
        assert!(error.to_string().contains(message), "{error}");
        assert!(error.hint().unwrap().contains(hint), "{:?}", error.hint());
    }

    #[test]
    fn words_are_read_as_python_reads_them() {
        check("x.py", Program::Script("x.py".into()), "");
        check(
            "x.py -m y -- -c",
            Program::Script("x.py".into()),
            "-m y -- -c",
        );
        check("-m a.b -v x", Program::Module("a.b".to_owned()), "-v x");
        check("-ma.b -v", Program::Module("a.b".to_owned()), "-v");
        check("-c pass -c", Program::Code("pass".to_owned()), "-c");
        check("-cpass 1", Program::Code("pass".to_owned()), "1");
        check("-m -v", Program::Module("-v".to_owned()), "");
    }

    #[test]
    fn of_a_suite_the_first_word_is_the_benchmark() {
        let suite = SuiteArgs {
            asv: true,
            ..SuiteArgs::default()
        };
        let of = |line: &str| {
            let suite = suite.clone();
            let words = words(line);
            parse("annotate", &ProgramArgs { words, suite })
        };
        let name = "bench.time_sum(1)".to_owned();
        let benchmark = Program::Benchmark(Benchmark::Asv { name });
        assert_eq!(
            of("bench.time_sum(1) -x").unwrap(),
            (benchmark, words("-x"))
        );
        let error = of("-m bench").unwrap_err();
        assert!(
            error.to_string().contains("`-m` is no benchmark"),
            "{error}"
        );
    }

    #[test]
    fn what_is_missing_is_named() {
        check_error("-m", "a module after `-m` is missing", "as for python");
        check_error("-c", "code after `-c` is missing", "as for python");
        check_error("", "a script is missing", "as for python");
    }

    #[test]
    fn an_option_of_another_profiler_has_a_hint_of_its_own() {
        let pid = "profila has to start the script itself";
        check_error("--pid 17", "there is no option `--pid`", pid);
        check_error("-p 17", "there is no option `-p`", pid);
        check_error(
            "--native x.py",
            "`--native`",
            "there is nothing to switch on",
        );
    }

    #[test]
    fn an_unknown_option_is_not_taken_for_a_script() {
        check_error("--rat 50 x.py", "`--rat` before the script", "`--rate`");
        check_error("--rat=50 x.py", "`--rat=50`", "`--rate`");
        check_error("-u x.py", "`-u` before the script", "PYTHONUNBUFFERED");
        check_error("-", "standard input", "write it to a file");
    }
}
