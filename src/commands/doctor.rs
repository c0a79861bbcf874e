//! `profila doctor`: can this machine profile Numba?

use std::path::Path;

use super::progress::Progress;
use super::streams::{plain_style, print};
use crate::config::{DiagnosisFormat, ExamineTask, Experiment};
use crate::doctor::{Facts, Probe, Trouble, examine};
use crate::document;
use crate::error::{Error, ExitCode, Result};
use crate::measure::{Rounds, Surroundings, environment};
use crate::options::Sampler;
use crate::process::python::{self, Asking};
use crate::process::{Guard, Host, Interrupts};
use crate::report::doctor;
use crate::sampler::{Factory, gdb};

pub(super) fn doctor(task: &ExamineTask, here: &Path) -> Result<u8> {
    let interrupts = Interrupts::install()?;
    let facts = facts(task, here, &interrupts)?;
    if interrupts.first().is_some() {
        return Err(Error::Interrupted);
    }
    let diagnosis = examine(&facts);
    print(&match task.format {
        DiagnosisFormat::Json => document::write(&diagnosis),
        DiagnosisFormat::Text => doctor::text(&diagnosis, &plain_style(task.color)),
    })?;
    let code = if diagnosis.works {
        ExitCode::Success
    } else {
        ExitCode::Environment
    };
    Ok(code.code())
}

/// Everything that can be found out.
fn facts(task: &ExamineTask, here: &Path, interrupts: &Interrupts) -> Result<Facts> {
    let guard = Guard::start()?;
    let Experiment {
        variants,
        run,
        sampling,
        ..
    } = &task.experiment;
    let [variant, ..] = variants.as_slice() else {
        unreachable!("there is the probe");
    };
    let asking = Asking {
        guard: &guard,
        working_dir: &run.cwd,
        environment: &environment(run, variant),
        is_given_up: &|| interrupts.first().is_some(),
    };
    let python = python::inspect(variant.python.path(), &asking);
    // The gdb beside the Python is not known without it.
    let beside = python.as_ref().map_or(Path::new(""), |python| &python.path);
    let gdb = gdb::find(sampling.gdb.path(), beside);
    let perf = Factory::find(Sampler::Perf, None, beside);
    let ptrace = Factory::find(Sampler::Ptrace, None, beside);
    let has_numba = python.as_ref().is_ok_and(|it| it.numba.is_some());
    let trouble = |error| Trouble::from(&error);
    let facts = Facts {
        python: python.map_err(trouble),
        gdb: gdb.map_err(trouble),
        perf: perf.map(drop).map_err(trouble),
        ptrace: ptrace.map(drop).map_err(trouble),
        sampler: sampling.sampler,
        host: Host::of_this_machine(),
        probe: None,
    };
    let has_sampler = match task.experiment.sampling.sampler {
        _ if facts.needs_gdb() => facts.gdb.is_ok(),
        Sampler::Perf => facts.perf.is_ok(),
        Sampler::Ptrace => facts.ptrace.is_ok(),
        // One of the two, or gdb were needed.
        Sampler::Gdb | Sampler::Auto => true,
    };
    Ok(Facts {
        probe: (has_numba && has_sampler).then(|| probe(task, here, interrupts).map_err(trouble)),
        ..facts
    })
}

/// Profiles a small script as `diff` would, once without a tracer and once with it.
fn probe(task: &ExamineTask, here: &Path, interrupts: &Interrupts) -> Result<Probe> {
    let surroundings = Surroundings {
        here,
        interrupts,
        observer: &Progress::new(task.verbosity),
    };
    let recordings = Rounds::new(&task.experiment, surroundings)?.finish()?;
    let probe = recordings.first().and_then(Probe::of);
    Ok(probe.expect("the plan has a profiled run"))
}
