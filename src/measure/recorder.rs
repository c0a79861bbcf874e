//! From the runs of one variant to its recording.

mod machine;
mod profiled;
mod protocol;
mod region;
mod warnings;

use std::path::Path;
use std::time::Duration;

use self::machine::machine;
pub(super) use self::protocol::Protocol;
use super::advice::Spent;
use super::exit_code;
use super::meter::Meter;
use super::remarks::Said;
use super::run::FinishedRun;
use super::run_name;
use super::setup::Setup;
use super::sources::Sources;
use super::versions::Versions;
use super::windows::{Seen, Windows};
use crate::config::{Program, Variant};
use crate::error::{Error, Result};
use crate::plan::{Purpose, Step};
use crate::recording::{self, Processes, Recording, Remark, Run, RunKind};
use crate::throughput::{Likeness, Reading, Unread};

/// How long a process may take to be gone once it has closed all its files, in seconds:
/// the kernel frees its memory meanwhile.
const BRIEFLY_S: f64 = 1.0;

/// Remarks on the user's lines that are kept. Nobody reads more.
const MOST_REMARKS: usize = 10_000;

/// Collects the runs of one variant.
pub(super) struct Recorder<'a> {
    variant: &'a Variant,
    sources: Sources,
    /// What the first run ran with.
    versions: Option<Versions>,
    /// What has to be shown of a line that looks like a rate and was not read.
    to_show: Option<String>,
    spent: Spent,
    /// What has to be said of single runs.
    warnings: Vec<String>,
    /// What there is to record. Its runs are always up to date, its sources and warnings only
    /// where that is said.
    recording: Recording,
    is_up_to_date: bool,
}

impl<'a> Recorder<'a> {
    /// Reads the script of a variant, which is run in a working directory, and has no run yet.
    pub(super) fn new(
        variant: &'a Variant,
        setup: &Setup,
        working_dir: &Path,
        protocol: &Protocol,
    ) -> Result<Self> {
        let mut sources = Sources::new(setup.roots.clone());
        match &variant.program {
            Program::Script(path) => sources.read_script(working_dir, path)?,
            Program::Code(code) => sources.add_code(code),
            Program::Module(_) | Program::Benchmark(_) | Program::Process(_) => {}
        }
        let recording = Recording {
            schema: recording::SCHEMA.to_owned(),
            experiment: protocol.experiment.clone(),
            created: protocol.created.clone(),
            variant: described(variant),
            role: variant.role,
            // What an interpreter says beforehand, unless a run says something else.
            python: setup.python.version.clone(),
            numba: setup.python.numba.clone(),
            sampler: "none".to_owned(),
            settings: protocol.settings.clone(),
            sources: Vec::new(),
            remarks: None,
            code: Vec::new(),
            blocks: vec![protocol.block(machine())],
            warnings: Vec::new(),
        };
        Ok(Self {
            variant,
            sources,
            versions: None,
            to_show: None,
            spent: Spent::default(),
            warnings: Vec::new(),
            recording,
            is_up_to_date: false,
        })
    }

    /// Adds a run. Fails where it gave nothing to compare, or nothing in the form of the
    /// others.
    pub(super) fn record(
        &mut self,
        step: Step,
        finished: &FinishedRun,
        meter: &mut Meter<'_>,
    ) -> Result<()> {
        let kind = match step.purpose {
            Purpose::WarmUp => return Ok(()),
            Purpose::Timed => RunKind::Timed,
            Purpose::Profiled => RunKind::Profiled,
            Purpose::Control => RunKind::Control,
        };
        self.is_up_to_date = false;
        let windows = Windows::of(finished).ok_or_else(|| self.nothing_compiled(finished))?;
        let whole = &windows.whole;
        let run = run_name(self.variant, step);
        let regions = finished.regions.within(whole);
        let uncounted = finished.regions.uncounted(whole);
        let region = self.region(&run, finished, &regions, &uncounted)?;
        let window = match region {
            None => whole.clone(),
            Some(region) => {
                let scope = finished.regions.scope(region.name.as_written(), whole);
                whole.narrowed(scope)
            }
        };
        let seen = match region {
            None => windows.seen(finished),
            Some(_) => vec![Seen {
                watched: &finished.watched,
                window: &window,
            }],
        };
        let profile = (kind == RunKind::Profiled).then(|| self.profile(finished, &window, &seen));
        let profile = profile.transpose()?;
        // Numba's own debug build names files without their folders.
        let are_located = finished.without_remarks.is_none() && finished.fallback.is_none();
        if kind == RunKind::Control && are_located {
            self.note_remarks(&finished.remarks);
        }
        let reading = meter.read(&run, finished, region)?;
        let metric = self.note_reading(run, reading)?;
        self.note_versions(&finished.versions);
        let name = &self.variant.name;
        let said = warnings::of_run(name, finished);
        let of_regions = warnings::of_regions(name, region, &regions, &uncounted);
        for warning in said.chain(of_regions).collect::<Vec<String>>() {
            self.warn(warning);
        }
        let processes = self.note_processes(finished, &windows);
        let timeline = &finished.timeline;
        let late = timeline.functions_compiled_late(&window);
        self.spent
            .add(finished.exit.cpu_s, finished.ignored_children_s(), late);
        if kind == RunKind::Timed {
            self.spent.add_compiled(timeline.functions());
        }
        self.runs_mut().push(Run {
            round: step.round,
            position: step.position,
            kind,
            exit_code: exit_code(finished.exit.status),
            wall_s: finished.exit.wall_s() - finished.paused_s,
            cpu_s: finished.exit.cpu_s,
            window_s: window.seconds(),
            peak_rss_bytes: finished.exit.peak_rss_bytes,
            placement: finished.placement,
            metric,
            regions,
            processes,
            profile,
        });
        Ok(())
    }

    /// The processes of a run, where children were followed; the reader is told of those that were
    /// not.
    fn note_processes(
        &mut self,
        finished: &FinishedRun,
        windows: &Windows<'_>,
    ) -> Option<Processes> {
        let processes = windows.processes(finished)?;
        let why = windows.unwatched_because();
        for it in warnings::of_processes(&self.variant.name, &processes, why.as_deref()) {
            self.warn(it);
        }
        Some(processes)
    }

    fn runs(&self) -> &[Run] {
        &self.recording.blocks[0].runs
    }

    fn runs_mut(&mut self) -> &mut Vec<Run> {
        &mut self.recording.blocks[0].runs
    }

    /// Why there is no measured window.
    fn nothing_compiled(&self, finished: &FinishedRun) -> Error {
        let script = self.script_name();
        if finished.timeline.unheard_s(finished.exit.at) > BRIEFLY_S {
            return Error::Unheard {
                script,
                window: None,
            };
        }
        Error::NeverCompiled {
            script,
            in_children: Duration::from_secs_f64(finished.ignored_children_s()),
        }
    }

    /// What the user calls it.
    fn script_name(&self) -> String {
        match &self.variant.program {
            Program::Script(path) => path.display().to_string(),
            Program::Module(name) => name.clone(),
            Program::Code(_) => "-c".to_owned(),
            Program::Process(process) => format!("process {}", process.pid),
            Program::Benchmark(benchmark) => benchmark.name(),
        }
    }

    /// What is measured, as the user calls it, with the name of the variant where that says more
    /// than the script does.
    fn measured_name(&self) -> String {
        let mut measured = self.script_name();
        let variant = &self.variant.name;
        if !measured.ends_with(variant.as_str()) {
            measured = format!("{measured} ({variant})");
        }
        match &self.recording.settings.region {
            None => measured,
            Some(region) => format!("{measured}, region {}", region.as_written()),
        }
    }

    /// Learns what the run of this name counted. Its first form is that of the recording.
    fn note_reading(&mut self, run: String, reading: Reading) -> Result<Option<recording::Metric>> {
        if let Some(unread) = reading.unread {
            self.note_unread(run, &unread)?;
        }
        if self.runs().is_empty() {
            self.recording.settings.throughput = reading.source;
        }
        Ok(reading.metric)
    }

    /// What has a rate for certain is not measured by something else; what only resembles
    /// one is shown, once.
    fn note_unread(&mut self, run: String, unread: &Unread) -> Result<()> {
        if unread.likeness == Likeness::Rate {
            let line = unread.to_string();
            return Err(Error::MetricUnread { run, line });
        }
        if self.recording.settings.unread_rate.is_none() {
            let name = &self.variant.name;
            self.to_show = Some(format!(
                "`{name}`: {unread}\n  profila compares the time of the measured window instead"
            ));
            let warning = warnings::unread(name, unread);
            self.warn(warning);
            self.recording.settings.unread_rate = Some(unread.line.clone());
        }
        Ok(())
    }

    /// What has to be shown of a line that was not read, unless it was taken before.
    pub(super) fn take_unread(&mut self) -> Option<String> {
        self.to_show.take()
    }

    /// Learns what a run ran with, and says where that is not what the first one ran with.
    fn note_versions(&mut self, ran: &Versions) {
        let Some(first) = &self.versions else {
            let Versions { python, numba } = ran.clone();
            self.versions = Some(ran.clone());
            let recording = &mut self.recording;
            recording.python = python.unwrap_or_else(|| recording.python.clone());
            recording.numba = numba.unwrap_or_else(|| recording.numba.clone());
            return;
        };
        for change in first.changes(ran, &self.variant.name) {
            self.warn(change);
        }
    }

    /// Keeps what the compiler said of the user's lines, in files that have samples.
    fn note_remarks(&mut self, said: &[Said]) {
        let remarks = said.iter().filter_map(|said| {
            Some(Remark {
                file: self.sources.users_label(&said.file)?.to_owned(),
                line: said.line,
                text: said.text.clone().into(),
                because_of: said.because_of,
            })
        });
        self.recording.remarks = Some(remarks.take(MOST_REMARKS).collect());
    }

    fn warn(&mut self, warning: String) {
        if !self.warnings.contains(&warning) {
            self.warnings.push(warning);
        }
    }

    /// Has something said that was found in what was recorded.
    pub(super) fn warn_again(&mut self, warning: String) {
        self.warn(warning);
        self.is_up_to_date = false;
    }

    /// The recording of all runs so far. The sources are compared with their files, once after
    /// each run at most.
    pub(super) fn recording(&mut self) -> &Recording {
        if !self.is_up_to_date {
            self.bring_up_to_date();
        }
        &self.recording
    }

    /// The recording of all runs.
    pub(super) fn into_recording(mut self) -> Recording {
        if !self.is_up_to_date {
            self.bring_up_to_date();
        }
        self.recording
    }

    fn bring_up_to_date(&mut self) {
        self.sources.update(&mut self.recording.sources);
        let name = &self.variant.name;
        let runs = self.runs();
        let mut all = self.warnings.clone();
        all.extend(
            self.sources
                .changed()
                .iter()
                .map(|it| warnings::changed(it)),
        );
        all.extend(
            self.sources
                .unreadable()
                .iter()
                .map(|it| warnings::unreadable(it)),
        );
        all.extend(warnings::bad_samples(name, runs));
        all.extend(warnings::bad_lines(name, runs));
        all.extend(self.spent.warnings(name, &self.recording));
        self.recording.warnings = all.into_iter().map(Into::into).collect();
        self.is_up_to_date = true;
    }
}

fn revision(variant: &Variant) -> Option<recording::Revision> {
    let own = variant.place.as_ref()?.checked_out.as_ref()?;
    Some(recording::Revision {
        name: own.name.clone(),
        commit: own.commit.clone(),
    })
}

fn described(variant: &Variant) -> recording::Variant {
    let mut described = recording::Variant {
        name: variant.name.clone(),
        script: None,
        module: None,
        code: None,
        attached: None,
        args: variant.args.clone(),
        revision: revision(variant),
    };
    match &variant.program {
        Program::Script(path) => described.script = Some(path.display().to_string()),
        Program::Module(name) => described.module = Some(name.clone()),
        Program::Code(code) => described.code = Some(code.clone()),
        Program::Process(process) => described.attached = Some(process.clone()),
        // It is run as by `python -m pytest bench.py::test_sum`.
        Program::Benchmark(benchmark) => {
            described.module = Some(benchmark.runner().to_owned());
            described.args.insert(0, benchmark.name());
        }
    }
    described
}
