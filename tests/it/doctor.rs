//! `profila doctor` on a machine that works, and on ones where something is missing.

use profila::doctor::{Check, Diagnosis, Finding, Status};
use profila::document;

use crate::harness::{Outcome, Run, Sandbox, python, scripts};

/// Runs `profila doctor`, as text and as JSON, and checks that both say the same. What
/// is measured differs from run to run: only what is found of each thing is compared.
#[track_caller]
fn diagnose(code: i32, prepare: impl Fn(&Sandbox, Run) -> Run) -> Diagnosis {
    let sandbox = Sandbox::new();
    let doctor = |arguments: &[&str]| -> Outcome {
        let run = sandbox.profila(["doctor"]).args(arguments);
        prepare(&sandbox, run).outcome().exits_with(code)
    };
    let text = doctor(&[]).stdout();
    let diagnosis: Diagnosis = document::read(&doctor(&["--json"]).stdout()).unwrap();
    assert_eq!(diagnosis.works, code == 0);
    for finding in &diagnosis.findings {
        let name = finding.check.name();
        let line = text
            .lines()
            .find(|line| line.contains(&format!("  {name}")));
        let line = line.unwrap_or_else(|| panic!("no `{name}` in\n{text}"));
        if is_certain(finding) {
            assert!(
                line.starts_with(word(finding.status)),
                "{line}\n{finding:?}"
            );
        }
    }
    let conclusion = if diagnosis.works { "can" } else { "cannot" };
    let conclusion = format!("\nprofila {conclusion} profile Numba here");
    assert!(text.contains(&conclusion), "{text}");
    diagnosis
}

/// Whether a finding does not depend on how busy the machine is.
fn is_certain(finding: &Finding) -> bool {
    let measured = [Check::Samples, Check::Lines, Check::Stops, Check::Speed];
    finding.status == Status::NotTried || !measured.contains(&finding.check)
}

fn word(status: Status) -> &'static str {
    match status {
        Status::Ok => "ok ",
        Status::Warning => "warning ",
        Status::Problem => "problem ",
        Status::NotTried => "not tried ",
    }
}

#[track_caller]
fn finding(diagnosis: &Diagnosis, check: Check) -> &Finding {
    let mut findings = diagnosis.findings.iter();
    findings.find(|it| it.check == check).unwrap()
}

#[track_caller]
fn check_problem(diagnosis: &Diagnosis, check: Check, found: &str, remedy: &str) {
    let problem = finding(diagnosis, check);
    assert_eq!(problem.status, Status::Problem);
    assert!(problem.found.contains(found), "{problem:?}");
    assert!(
        problem.remedy.as_ref().unwrap().contains(remedy),
        "{problem:?}"
    );
    let others = diagnosis.findings.iter().filter(|it| it.check != check);
    assert!(others.into_iter().all(|it| it.status != Status::Problem));
    assert_eq!(finding(diagnosis, Check::Speed).status, Status::NotTried);
}

#[test]
fn a_machine_that_works() {
    let diagnosis = diagnose(0, |_, run| run);
    for check in [
        Check::Python,
        Check::Numba,
        Check::Gdb,
        Check::Attach,
        Check::Build,
    ] {
        assert_eq!(finding(&diagnosis, check).status, Status::Ok);
    }
    let lines = &finding(&diagnosis, Check::Lines).found;
    assert!(
        lines.contains("% of the samples on the two lines"),
        "{lines}"
    );
    let gdb = &finding(&diagnosis, Check::Gdb).found;
    assert!(gdb.starts_with("gdb "), "{gdb}");
}

#[test]
fn a_program_that_is_no_gdb() {
    let diagnosis = diagnose(4, |_, run| run.args(["--gdb", "/bin/true"]));
    check_problem(&diagnosis, Check::Gdb, "ended", "--gdb PATH");
}

#[test]
fn a_gdb_that_may_not_attach() {
    // A gdb that is denied what it asks of the system says this.
    const DENIED: &str = r#"^error,msg="ptrace: Operation not permitted.""#;
    let diagnosis = diagnose(4, |sandbox, run| {
        let answer = format!(
            "import re, sys\nfor line in sys.stdin:\n    token = re.match('[0-9]*', line)[0]\n    \
             print(token + ({DENIED:?} if 'attach' in line else '^done'), flush=True)\n",
        );
        let program = sandbox.write("gdb.py", &answer);
        let words = format!("exec {} {}", python().display(), program.display());
        let gdb = sandbox.write_program("gdb", &words);
        run.arg("--gdb").arg(gdb)
    });
    check_problem(
        &diagnosis,
        Check::Attach,
        "ptrace: Operation not permitted.",
        "trac",
    );
}

#[test]
fn a_python_without_numba() {
    let diagnosis = diagnose(4, |sandbox, run| {
        let environment = sandbox.path("env");
        let made = sandbox.bare(["-m", "venv", "--without-pip"]);
        made.arg(&environment).outcome().exits_with(0);
        run.arg("--python").arg(environment.join("bin/python"))
    });
    check_problem(
        &diagnosis,
        Check::Numba,
        "is not installed",
        "-m pip install numba",
    );
}

#[test]
fn a_numba_that_is_arranged_in_another_way() {
    let diagnosis = diagnose(0, |_, run| {
        run.env("PYTHONPATH", scripts().join("other_numba"))
    });
    let build = finding(&diagnosis, Check::Build);
    assert_eq!(build.status, Status::Warning);
    assert!(build.found.contains("debug build"), "{build:?}");
    assert!(
        build.found.contains("DIBuilder.initialize is missing"),
        "{build:?}"
    );
}
