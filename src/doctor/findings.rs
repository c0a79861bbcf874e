//! From what is known to what it means.

use super::{Check, Diagnosis, Facts, Finding, Probe, SCHEMA, Status, Trouble};
use crate::error::AttachBarrier;
use crate::options::Sampler;
use crate::process::Host;
use crate::process::python::KNOWN_NUMBAS;
use crate::stats;

/// Longest stop that is as it should be, in seconds.
const LONG_STOP_S: f64 = 0.05;

/// Part of the unwatched speed that is left, where all is as it should be.
const GOOD_SPEED: f64 = 0.75;

/// Part of the wanted rate that is reached, where all is as it should be.
const GOOD_RATE: f64 = 0.7;

/// Makes findings of facts. Profiling works where it was tried and none of them is a
/// problem.
pub fn examine(facts: &Facts) -> Diagnosis {
    let mut findings = vec![
        python(facts),
        numba(facts),
        gdb(facts),
        perf(facts),
        ptrace(facts),
        processors(&facts.host),
        ptrace_scope(facts),
        container(facts),
    ];
    findings.extend(probe(facts));
    Diagnosis {
        schema: SCHEMA.to_owned(),
        // What was not tried is not known to work.
        works: facts.probed().is_some() && findings.iter().all(|it| it.status != Status::Problem),
        findings,
    }
}

impl Check {
    fn ok(self, found: impl Into<String>) -> Finding {
        Finding {
            check: self,
            status: Status::Ok,
            found: found.into(),
            remedy: None,
        }
    }

    fn warning(self, found: impl Into<String>, remedy: impl Into<String>) -> Finding {
        Finding {
            check: self,
            status: Status::Warning,
            found: found.into(),
            remedy: Some(remedy.into()),
        }
    }

    fn problem(self, found: impl Into<String>, remedy: Option<String>) -> Finding {
        Finding {
            check: self,
            status: Status::Problem,
            found: found.into(),
            remedy,
        }
    }

    fn not_tried(self) -> Finding {
        Finding {
            check: self,
            status: Status::NotTried,
            found: "not tried".to_owned(),
            remedy: None,
        }
    }
}

impl Trouble {
    fn finding(&self) -> Finding {
        self.about.problem(&self.what, self.remedy.clone())
    }
}

impl Facts {
    /// Whether gdb takes the samples.
    pub(crate) const fn needs_gdb(&self) -> bool {
        match self.sampler {
            Sampler::Gdb => true,
            Sampler::Perf | Sampler::Ptrace => false,
            Sampler::Auto => self.perf.is_err() && self.ptrace.is_err(),
        }
    }

    fn probed(&self) -> Option<&Probe> {
        self.probe.as_ref()?.as_ref().ok()
    }

    /// What kept the probe from being profiled, where it is about this.
    fn trouble(&self, about: Check) -> Option<&Trouble> {
        let trouble = self.probe.as_ref()?.as_ref().err()?;
        (trouble.about == about).then_some(trouble)
    }
}

fn python(facts: &Facts) -> Finding {
    if let Some(trouble) = facts.trouble(Check::Python) {
        return trouble.finding();
    }
    match &facts.python {
        Ok(python) => {
            let passed_over = python.passed_over.as_ref();
            let passed_over = passed_over.map_or_else(String::new, |it| format!("; {it}"));
            Check::Python.ok(format!(
                "Python {}: {} (from {}{passed_over})",
                python.version,
                python.path.display(),
                python.chosen_by
            ))
        }
        Err(trouble) => trouble.finding(),
    }
}

fn numba(facts: &Facts) -> Finding {
    let Ok(python) = &facts.python else {
        return Check::Numba.not_tried();
    };
    let numba = match &python.numba {
        Some(numba) if facts.trouble(Check::Numba).is_none() => numba,
        _ => {
            let remedy = crate::error::install_numba(&python.path).plain();
            return Check::Numba.problem("Numba is not installed", Some(remedy));
        }
    };
    let llvmlite = python
        .llvmlite
        .as_deref()
        .unwrap_or("of an unknown version");
    Check::Numba.ok(format!("Numba {numba} with llvmlite {llvmlite}"))
}

fn gdb(facts: &Facts) -> Finding {
    let path = match &facts.gdb {
        Ok(path) => path.display(),
        Err(trouble) if facts.needs_gdb() => return trouble.finding(),
        Err(trouble) => return Check::Gdb.ok(format!("not needed, and {}", trouble.what)),
    };
    match (facts.trouble(Check::Gdb), facts.probed()) {
        (Some(trouble), _) => trouble.finding(),
        (None, Some(probe)) if facts.needs_gdb() => {
            Check::Gdb.ok(format!("{}: {path}", probe.sampler))
        }
        (None, _) => Check::Gdb.ok(path.to_string()),
    }
}

/// Whether the script could be sampled without being stopped.
fn perf(facts: &Facts) -> Finding {
    let trouble = facts.perf.as_ref().err();
    match (facts.trouble(Check::Perf).or(trouble), facts.sampler) {
        (None, Sampler::Gdb) => Check::Perf.ok(
            "the kernel's clocks work here: `--sampler perf` takes ten times the samples and never \
             stops the script",
        ),
        (None, _) => Check::Perf.ok("the kernel's clocks work here"),
        (Some(trouble), Sampler::Perf) => trouble.finding(),
        (Some(trouble), _) => Check::Perf.warning(
            format!("`--sampler perf` does not work here: {}", trouble.what),
            trouble.remedy.clone().unwrap_or_default(),
        ),
    }
}

/// Whether the script could be sampled by the system call of debuggers alone.
fn ptrace(facts: &Facts) -> Finding {
    let trouble = facts.ptrace.as_ref().err();
    match (facts.trouble(Check::Ptrace).or(trouble), facts.sampler) {
        (None, Sampler::Gdb) if facts.perf.is_err() => Check::Ptrace.ok(
            "`--sampler ptrace` works here: it takes ten times the samples, and each stops the \
             script only briefly",
        ),
        (None, _) => Check::Ptrace.ok("`--sampler ptrace` works here"),
        (Some(trouble), Sampler::Ptrace) => Trouble {
            about: Check::Ptrace,
            ..trouble.clone()
        }
        .finding(),
        (Some(trouble), _) => Check::Ptrace.warning(
            format!("`--sampler ptrace` does not work here: {}", trouble.what),
            trouble.remedy.clone().unwrap_or_default(),
        ),
    }
}

fn processors(host: &Host) -> Finding {
    match host.processors {
        1 => Check::Processors.warning(
            "1 processor",
            "the script waits while gdb works: allow a second processor, or sample less often \
             with `--rate`",
        ),
        more => Check::Processors.ok(format!("{more} processors")),
    }
}

fn ptrace_scope(facts: &Facts) -> Finding {
    let check = Check::PtraceScope;
    let Some(scope) = facts.host.ptrace_scope else {
        return check.ok("the kernel has no Yama module");
    };
    let found = format!(
        "kernel.yama.ptrace_scope is {scope}: {}",
        match scope {
            0 => "processes of the same user may be traced",
            1 => "a process chooses who may trace it, and the script allows gdb",
            2 => "only an administrator may trace",
            _ => "nobody may trace",
        }
    );
    match scope {
        2.. if facts.probed().is_none() => {
            check.warning(found, AttachBarrier::Yama { scope }.remedy())
        }
        _ => check.ok(found),
    }
}

fn container(facts: &Facts) -> Finding {
    let host = &facts.host;
    let place = match host.container {
        Some(sign) => format!("in a container ({sign})"),
        None => "no sign of a container".to_owned(),
    };
    let capability = if host.has_sys_ptrace {
        "with the SYS_PTRACE capability"
    } else {
        "without the SYS_PTRACE capability"
    };
    let filter = if host.has_seccomp_filter {
        "system calls are filtered"
    } else {
        "no system call filter"
    };
    let found = format!("{place}, {capability}, {filter}");
    let is_confined = host.container.is_some() && !host.has_sys_ptrace || host.has_seccomp_filter;
    if is_confined && facts.trouble(Check::Attach).is_some() {
        return Check::Container.warning(found, AttachBarrier::Container.remedy());
    }
    Check::Container.ok(found)
}

/// What came of profiling a small script.
fn probe(facts: &Facts) -> Vec<Finding> {
    let checks = [
        Check::Attach,
        Check::Build,
        Check::Samples,
        Check::Lines,
        Check::Stops,
        Check::Speed,
    ];
    match facts.probed() {
        Some(probe) => vec![
            Check::Attach.ok(match probe.sampler.as_str() {
                "perf_event" => "the kernel's clocks sampled a script",
                "ptrace" => "profila traced a script",
                _ => "gdb attached to a script",
            }),
            build(probe),
            samples(probe),
            lines(probe),
            stops(probe),
            speed(probe),
        ],
        None => checks
            .into_iter()
            .map(|check| match facts.trouble(check) {
                Some(trouble) => trouble.finding(),
                None => check.not_tried(),
            })
            .collect(),
    }
}

fn build(probe: &Probe) -> Finding {
    match &probe.fallback {
        None => Check::Build.ok("Numba's production build, with line tables"),
        Some(reason) => Check::Build.warning(
            format!("Numba's debug build, which is slower than what you ship ({reason})"),
            format!("use Numba {KNOWN_NUMBAS}, which profila can make emit line tables only"),
        ),
    }
}

fn samples(probe: &Probe) -> Finding {
    let samples = &probe.samples;
    let rate_hz = stats::samples(samples.ticks) / probe.window_s;
    let found = format!(
        "{} samples, {} of which could not be read; {rate_hz:.0} Hz of the requested {} Hz",
        samples.window, samples.bad, probe.wanted_rate_hz
    );
    if samples.bad * 2 > samples.window {
        return Check::Samples.problem(found, Some("try another gdb: `--gdb PATH`".to_owned()));
    }
    if samples.bad * 1000 > samples.window {
        return Check::Samples.warning(found, "try another gdb: `--gdb PATH`");
    }
    if rate_hz < GOOD_RATE * probe.wanted_rate_hz {
        return Check::Samples.warning(
            found,
            "the machine is busy, or stops take long here: try again when it is idle, or allow \
             more with `--max-stopped`",
        );
    }
    Check::Samples.ok(found)
}

fn lines(probe: &Probe) -> Finding {
    let share = stats::samples(probe.on_hot_lines) / stats::samples(probe.samples.window.max(1));
    let found = format!(
        "{:.0}% of the samples on the two lines that do nearly all of the work",
        100.0 * share
    );
    if share < 0.5 {
        return Check::Lines.problem(
            found,
            Some("try another gdb, `--gdb PATH`, or another version of Numba".to_owned()),
        );
    }
    if share < 0.9 {
        return Check::Lines.warning(found, "the machine is busy: try again when it is idle");
    }
    Check::Lines.ok(found)
}

fn stops(probe: &Probe) -> Finding {
    let found = format!(
        "{:.1}% of the time, at most {:.1} ms at once",
        100.0 * probe.stopped_s / probe.window_s,
        1e3 * probe.longest_stop_s
    );
    if probe.longest_stop_s > LONG_STOP_S {
        return Check::Stops.warning(
            found,
            "the machine is busy, or this gdb is slow: try again, or try another gdb with `--gdb \
             PATH`",
        );
    }
    Check::Stops.ok(found)
}

fn speed(probe: &Probe) -> Finding {
    let (Some(speed), Some(build)) = (probe.speed, probe.build_speed) else {
        return Check::Speed.not_tried();
    };
    let found = format!(
        "{speed:.2} of the speed without profila, and {build:.2} without sampling, in one run each"
    );
    if speed < GOOD_SPEED {
        return Check::Speed.warning(
            found,
            "the machine is busy, or stops take long here: sample less often with `--rate`",
        );
    }
    Check::Speed.ok(found)
}
