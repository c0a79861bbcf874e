mod perf;

use std::path::PathBuf;

use proptest::prelude::*;

use super::*;
use crate::error::AttachBarrier;

/// A machine on which all is as it should be.
fn facts() -> Facts {
    Facts {
        python: Ok(Interpreter {
            path: PathBuf::from("/env/bin/python"),
            chosen_by: "VIRTUAL_ENV",
            version: "3.11.7".to_owned(),
            numba: Some("0.61.2".to_owned()),
            llvmlite: Some("0.44.0".to_owned()),
            library_dirs: Vec::new(),
            packages: Vec::new(),
            passed_over: None,
        }),
        gdb: Ok(PathBuf::from("/usr/bin/gdb")),
        perf: Ok(()),
        ptrace: Ok(()),
        sampler: Sampler::Gdb,
        host: Host {
            ptrace_scope: Some(1),
            perf_event_paranoid: Some(2),
            container: None,
            has_sys_ptrace: false,
            has_seccomp_filter: false,
            processors: 4,
        },
        probe: Some(Ok(probe())),
    }
}

fn probe() -> Probe {
    Probe {
        sampler: "gdb 13.1".to_owned(),
        fallback: None,
        samples: SampleCounts {
            window: 150,
            ticks: 150,
            numba: 149,
            other: 1,
            ..SampleCounts::default()
        },
        on_hot_lines: 149,
        window_s: 1.5,
        stopped_s: 0.1,
        longest_stop_s: 0.003,
        wanted_rate_hz: 100.0,
        speed: Some(0.93),
        build_speed: Some(1.0),
    }
}

fn in_a_container() -> Host {
    Host {
        container: Some("/.dockerenv"),
        ..facts().host
    }
}

fn probed(change: impl FnOnce(&mut Probe)) -> Facts {
    let mut probe = probe();
    change(&mut probe);
    Facts {
        probe: Some(Ok(probe)),
        ..facts()
    }
}

fn failed(error: &Error) -> Facts {
    Facts {
        probe: Some(Err(error.into())),
        ..facts()
    }
}

fn denied(barrier: AttachBarrier) -> Facts {
    failed(&Error::AttachDenied {
        barrier,
        cause: "ptrace: Operation not permitted.".to_owned(),
    })
}

/// Checks what is not ok, as `check: found -> remedy`, and whether profiling works.
#[track_caller]
fn check(facts: &Facts, works: bool, expected: &[&str]) {
    let diagnosis = examine(facts);
    let of_note = diagnosis
        .findings
        .iter()
        .filter(|it| it.status != Status::Ok);
    let of_note: Vec<String> = of_note
        .map(|it| {
            let remedy = it.remedy.as_deref().unwrap_or("-");
            let status = match it.status {
                Status::NotTried => return format!("{}: not tried", it.check.name()),
                Status::Problem => "problem",
                _ => "warning",
            };
            format!("{} {status}: {} -> {remedy}", it.check.name(), it.found)
        })
        .collect();
    assert_eq!(of_note.len(), expected.len(), "{of_note:#?}");
    for (is, expected) in of_note.iter().zip(expected) {
        // What is left out in the middle is said elsewhere.
        let (start, end) = expected.split_once('…').unwrap_or((expected, ""));
        assert!(
            is.starts_with(start) && is.contains(end),
            "{is}\nnot\n{expected}"
        );
    }
    assert_eq!(diagnosis.works, works);
}

const NOT_SAMPLED: [&str; 5] = [
    "build: not tried",
    "samples: not tried",
    "lines: not tried",
    "stops: not tried",
    "speed: not tried",
];

#[test]
fn all_well() {
    check(&facts(), true, &[]);
    // What forbids tracing elsewhere is no trouble where tracing works.
    let confined = Host {
        ptrace_scope: Some(2),
        has_seccomp_filter: true,
        ..in_a_container()
    };
    let works = Facts {
        host: confined,
        ..facts()
    };
    check(&works, true, &[]);
}

#[test]
fn what_is_missing() {
    let python = Error::PythonMissing {
        searched: vec!["PATH".to_owned()],
    };
    let without_python = Facts {
        python: Err((&python).into()),
        probe: None,
        ..facts()
    };
    let mut expected = vec![
        "python problem: no Python interpreter was found: searched PATH -> activate…--python",
        "numba: not tried",
        "attach: not tried",
    ];
    expected.extend(NOT_SAMPLED);
    check(&without_python, false, &expected);

    let mut without_numba = Facts {
        probe: None,
        ..facts()
    };
    without_numba.python.as_mut().unwrap().numba = None;
    let mut expected = vec![
        "numba problem: Numba is not installed -> install it with `/env/bin/python -m pip…",
        "attach: not tried",
    ];
    expected.extend(NOT_SAMPLED);
    check(&without_numba, false, &expected);

    let gdb = Error::GdbMissing {
        searched: vec!["/env/bin/gdb".to_owned()],
    };
    let without_gdb = Facts {
        gdb: Err((&gdb).into()),
        probe: None,
        ..facts()
    };
    let mut expected = vec![
        "gdb problem: gdb was not found: searched /env/bin/gdb -> install gdb…gdb-for-pwndbg",
        "attach: not tried",
    ];
    expected.extend(NOT_SAMPLED);
    check(&without_gdb, false, &expected);
}

#[test]
fn a_gdb_that_does_not_work() {
    let error = Error::GdbUnusable {
        gdb: PathBuf::from("/usr/bin/gdb"),
        cause: "it is version 9.2, but 12 or later is needed".to_owned(),
    };
    let mut expected =
        vec!["gdb problem: `/usr/bin/gdb` cannot be used as gdb: it is version…--gdb"];
    expected.push("attach: not tried");
    expected.extend(NOT_SAMPLED);
    check(&failed(&error), false, &expected);
}

#[test]
fn an_attach_that_is_denied() {
    let mut expected = vec![
        "attach problem: profila could not attach to the script: ptrace: Operation…ptrace_scope=0",
    ];
    expected.extend(NOT_SAMPLED);
    check(&denied(AttachBarrier::Yama { scope: 1 }), false, &expected);

    let mut for_administrators = denied(AttachBarrier::Yama { scope: 2 });
    for_administrators.host.ptrace_scope = Some(2);
    let mut expected = vec![
        "ptrace-scope warning: kernel.yama.ptrace_scope is 2: only an…ptrace_scope=1",
        "attach problem: profila could not attach to the script: ptrace: Operation…ptrace_scope=1",
    ];
    expected.extend(NOT_SAMPLED);
    check(&for_administrators, false, &expected);

    let confined = Facts {
        host: in_a_container(),
        ..denied(AttachBarrier::Container)
    };
    let mut expected = vec![
        "container warning: in a container (/.dockerenv), without…--cap-add=SYS_PTRACE",
        "attach problem: profila could not attach to the script: ptrace: Operation…SYS_PTRACE",
    ];
    expected.extend(NOT_SAMPLED);
    check(&confined, false, &expected);
}

/// What was there a moment ago may be gone when the probe is run, and a working
/// directory that is not there is only met by then.
#[test]
fn a_python_that_cannot_run_the_probe() {
    let python = || PathBuf::from("/env/bin/python");
    let unusable = Error::PythonUnusable {
        python: python(),
        cause: "No such file or directory".to_owned(),
    };
    let mut expected = vec![
        "python problem: `/env/bin/python` cannot be used…--python",
        "attach: not tried",
    ];
    expected.extend(NOT_SAMPLED);
    check(&failed(&unusable), false, &expected);

    let mut expected = vec![
        "numba problem: Numba is not installed…",
        "attach: not tried",
    ];
    expected.extend(NOT_SAMPLED);
    check(
        &failed(&Error::NumbaMissing { python: python() }),
        false,
        &expected,
    );
}

#[test]
fn a_script_that_fails() {
    let error = Error::NeverCompiled {
        script: "-c".to_owned(),
        in_children: std::time::Duration::ZERO,
    };
    let expected = [
        "attach: not tried",
        "build: not tried",
        "samples problem: `-c` never compiled a Numba function -> …NUMBA_DISABLE_JIT",
        "lines: not tried",
        "stops: not tried",
        "speed: not tried",
    ];
    check(&failed(&error), false, &expected);
}

#[test]
fn what_could_be_better() {
    let one = Facts {
        host: Host {
            processors: 1,
            ..facts().host
        },
        ..facts()
    };
    check(&one, true, &["processors warning: 1 processor -> …--rate"]);
    check(
        &probed(|it| it.fallback = Some("LookupError: gone".to_owned())),
        true,
        &[
            "build warning: Numba's debug build, which is slower than what you ship (LookupError: gone) -> …",
        ],
    );
    check(
        &probed(|it| it.samples.bad = 1),
        true,
        &["samples warning: 150 samples, 1 of which could not be read; 100 Hz…--gdb"],
    );
    check(
        &probed(|it| it.samples.ticks = 90),
        true,
        &["samples warning: 150 samples, 0 of which could not be read; 60 Hz…--max-stopped"],
    );
    check(
        &probed(|it| it.on_hot_lines = 120),
        true,
        &["lines warning: 80% of the samples…busy"],
    );
    check(
        &probed(|it| it.longest_stop_s = 0.2),
        true,
        &["stops warning: 6.7% of the time, at most 200.0 ms at once…--gdb"],
    );
    check(
        &probed(|it| it.speed = Some(0.5)),
        true,
        &["speed warning: 0.50 of the speed without profila…--rate"],
    );
}

#[test]
fn samples_that_are_good_for_nothing() {
    check(
        &probed(|it| it.samples.bad = 100),
        false,
        &["samples problem: 150 samples, 100 of which…--gdb"],
    );
    check(
        &probed(|it| it.on_hot_lines = 10),
        false,
        &["lines problem: 7% of the samples…--gdb"],
    );
}

#[test]
fn the_probe_has_hot_lines() {
    assert_eq!(PROBE.lines().filter(|line| line.ends_with(HOT)).count(), 2);
}

proptest! {
    /// Whatever is wrong, each thing is found once, and a problem has a remedy.
    #[test]
    fn each_thing_once(
        scope in prop::option::of(0_u8..4),
        flags in prop::array::uniform3(any::<bool>()),
        processors in 1_usize..3,
        which in 0_usize..7,
    ) {
        let host = Host {
            ptrace_scope: scope,
            perf_event_paranoid: None,
            container: flags[0].then_some("/.dockerenv"),
            has_sys_ptrace: flags[1],
            has_seccomp_filter: flags[2],
            processors,
        };
        let probed = match which {
            0 => denied(AttachBarrier::Unknown),
            1 => failed(&Error::NeverCompiled {
                script: "-c".to_owned(),
                in_children: std::time::Duration::ZERO,
            }),
            2 => Facts { probe: None, python: Err((&Error::PythonMissing { searched: Vec::new() }).into()), ..facts() },
            3 => probed(|it| it.on_hot_lines = 0),
            4 => failed(&Error::PythonUnusable { python: PathBuf::new(), cause: String::new() }),
            5 => failed(&Error::NumbaMissing { python: PathBuf::new() }),
            _ => facts(),
        };
        let diagnosis = examine(&Facts { host, ..probed });
        let checks: Vec<Check> = diagnosis.findings.iter().map(|it| it.check).collect();
        prop_assert_eq!(checks, ALL);
        for finding in &diagnosis.findings {
            let needs_remedy = matches!(finding.status, Status::Warning | Status::Problem);
            prop_assert_eq!(finding.remedy.is_some(), needs_remedy);
        }
        prop_assert_eq!(diagnosis.works, which == 6);
    }
}

const ALL: [Check; 14] = [
    Check::Python,
    Check::Numba,
    Check::Gdb,
    Check::Perf,
    Check::Ptrace,
    Check::Processors,
    Check::PtraceScope,
    Check::Container,
    Check::Attach,
    Check::Build,
    Check::Samples,
    Check::Lines,
    Check::Stops,
    Check::Speed,
];
