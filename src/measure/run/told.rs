//! What a process has told of itself.

use std::collections::BTreeMap;
use std::path::Path;

use crate::error::{SuiteProblem, Unnoted};
use crate::measure::versions::Versions;
use crate::process::{Event, read_told_text};
use crate::sample::Moment;
use crate::sample::window::Timeline;

/// The texts of code that is in no file, by its name; `None` where Python has not kept the text.
pub(super) type Texts = BTreeMap<String, Option<String>>;

/// What a process has told of itself.
#[derive(Debug, Default)]
pub(super) struct Told {
    pub(super) timeline: Timeline,
    pub(super) versions: Versions,
    pub(super) placement: Option<u32>,
    pub(super) fallback: Option<String>,
    pub(super) without_twin: Option<String>,
    pub(super) without_remarks: Option<String>,
    pub(super) without_parallel_remarks: Option<String>,
    pub(super) texts: Texts,
    pub(super) from_working_tree: Vec<String>,
    pub(super) regions: BTreeMap<u32, String>,
    pub(super) without_regions: Option<Unnoted>,
    pub(super) suite_problem: Option<SuiteProblem>,
    pub(super) children_s: f64,
}

impl Told {
    /// Notes an event.
    pub(super) fn note(&mut self, event: Event, at: Moment) {
        match event {
            Event::Started { python } => self.versions.python = Some(python),
            Event::NumbaImported { version } => self.versions.numba = Some(version),
            Event::Placed { placement } => self.placement = Some(placement),
            Event::FellBack { reason } => self.fallback = Some(reason),
            Event::NoTwin { reason } => self.without_twin = Some(reason),
            Event::NoRemarks { reason } => self.without_remarks = Some(reason),
            Event::NoParallelRemarks { reason } => self.without_parallel_remarks = Some(reason),
            Event::Source(source) => {
                // The text is not needed for anything but to be shown.
                let text = source
                    .file
                    .and_then(|file| read_told_text(Path::new(&file)));
                self.texts.insert(source.name, text);
            }
            Event::Ready => {}
            Event::CompileBegins { thread } => self.timeline.compile_begins(thread, at),
            Event::CompileEnds { thread } => self.timeline.compile_ends(thread, at),
            Event::Compiled => self.timeline.function_compiled(at),
            Event::FromWorkingTree { modules } => self.from_working_tree = modules,
            Event::Region(region) => {
                self.regions.insert(region.number, region.name);
            }
            Event::RegionsEnd(why) => self.without_regions = Some(why),
            Event::Suite(problem) => self.suite_problem = Some(problem),
            Event::Exiting { children_s } => {
                self.children_s = children_s;
                self.timeline.exits(at);
            }
        }
    }

    /// Adds what a child has told of what they share: the code that both may have.
    pub(super) fn add_child(&mut self, child: &Self) {
        let known = |own: &mut Option<String>, childs: &Option<String>| {
            *own = own.take().or_else(|| childs.clone());
        };
        known(&mut self.versions.numba, &child.versions.numba);
        known(&mut self.fallback, &child.fallback);
        known(&mut self.without_twin, &child.without_twin);
        known(&mut self.without_remarks, &child.without_remarks);
        let reason = &child.without_parallel_remarks;
        known(&mut self.without_parallel_remarks, reason);
        self.placement = self.placement.or(child.placement);
        for (name, text) in &child.texts {
            // Of two texts of one name it is not known which one is sampled.
            let own = self
                .texts
                .entry(name.clone())
                .or_insert_with(|| text.clone());
            own.take_if(|own| Some(&*own) != text.as_ref());
        }
        for module in &child.from_working_tree {
            if !self.from_working_tree.contains(module) {
                self.from_working_tree.push(module.clone());
            }
        }
    }
}
