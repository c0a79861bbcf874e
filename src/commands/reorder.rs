//! `profila reorder`: what of a statement's cost is its own, and what its position's.

use std::path::Path;

use self::best::{require_new, write_best};
use super::progress::Progress;
use super::show;
use crate::config::{self, Experiment, Program, ReorderTask, SameOutput, Variant, WantedBlock};
use crate::error::{Error, ExitCode, Result};
use crate::measure::{Rounds, Surroundings, environment};
use crate::process::python::{self, Asking, Question};
use crate::process::{Guard, Interrupts, Replicas};
use crate::recording::{Recording, Role};
use crate::regular_file::{self, Links};
use crate::reorder::{
    Answer, Block, Independence, MOST_STATEMENTS, Measured, Order, Rearranged, Reordering, Results,
    Script, Subject, conclude,
};
use crate::source::{SourceFile, lines};

mod best;

/// The longest script that is read, in bytes.
const MOST_BYTES: u64 = 64_000_000;

/// Reasons that are given where there is no other order.
const MOST_REASONS: usize = 5;

/// Measures the orders of a block, and shows what they cost.
pub(super) fn reorder(task: &ReorderTask, here: &Path) -> Result<u8> {
    config::require_scripts(&task.experiment.variants)?;
    show::require_writable_exports(&task.output)?;
    require_new(task.write.as_deref())?;
    let as_is = &task.experiment.variants[0];
    let script = script_of(as_is)?;
    let text = read(script)?;
    let interrupts = Interrupts::install()?;
    // The copies are gone when it is dropped, or this process is killed.
    let guard = Guard::start()?;
    let replicas = Replicas::of(script, &guard)?;
    let source = replicas.create("as-it-is", &text)?;
    let block = find_block(task, &source, &guard, &interrupts)?;
    let plan = Plan::of(task, &block, &text)?;
    let surroundings = |progress| Surroundings {
        here,
        interrupts: &interrupts,
        observer: progress,
    };
    let experiment = plan.experiment(&task.experiment, &replicas)?;
    // The bar is gone before anything else is said.
    let recordings = {
        let progress = Progress::new(task.verbosity).giving_advice();
        Rounds::new(&experiment, surroundings(&progress))?.finish()?
    };
    let reordering = plan.conclude(task, &text, &recordings)?;
    if let Some(file) = &task.write {
        let best = reordering.best();
        let best = best.and_then(|best| plan.text(&best.statements));
        write_best(file, best, script, task.verbosity)?;
    }
    show::reordering(&reordering, &task.output)?;
    Ok(ExitCode::Success.code())
}

/// The file of the script, which Python could run.
fn script_of(variant: &Variant) -> Result<&Path> {
    let script = variant.program.script().filter(|script| !script.is_dir());
    script.ok_or_else(|| {
        Error::usage(
            "only the statements of a file can be reordered",
            "give the script itself, such as `folder/__main__.py`",
        )
    })
}

fn read(script: &Path) -> Result<Vec<u8>> {
    let read = regular_file::read(script, Links::Followed, MOST_BYTES);
    read.map_err(|source| Error::Io {
        action: "read",
        path: script.to_owned(),
        source,
    })
}

/// Has the user's Python find the block, and what in it depends on what.
fn find_block(
    task: &ReorderTask,
    source: &Path,
    guard: &Guard,
    interrupts: &Interrupts,
) -> Result<Block> {
    let experiment = &task.experiment;
    let variant = &experiment.variants[0];
    let asking = Asking {
        guard,
        working_dir: &experiment.run.cwd,
        environment: &environment(&experiment.run, variant),
        is_given_up: &|| interrupts.first().is_some(),
    };
    let python = python::find(variant.python.path(), &asking)?;
    let (lines, function) = match &task.block {
        WantedBlock::Lines(lines) => (Some((lines.first.get(), lines.last.get())), None),
        WantedBlock::Function(name) => (None, Some(name.as_str())),
    };
    let question = Question {
        lines,
        function,
        assume: task.independence == Independence::Assumed,
        most: MOST_STATEMENTS,
    };
    match python::read_statements(&python.path, source, &question, &asking)? {
        Answer::Block(block) => Ok(block),
        Answer::Refused { message, hint } => Err(Error::usage(
            format!("{}: {message}", task.script.display()),
            hint,
        )),
    }
}

/// Which texts are to be run.
struct Plan<'t> {
    block: &'t Block,
    /// The orders, of which the first is the order as it is.
    orders: Vec<(Order, Rearranged)>,
    legal: Option<usize>,
    placebo: Rearranged,
}

impl<'t> Plan<'t> {
    /// Fails where there is no second order.
    fn of(task: &ReorderTask, block: &'t Block, text: &[u8]) -> Result<Self> {
        let most = usize::try_from(task.orders).unwrap_or(usize::MAX);
        let precedence = block.precedence(task.independence);
        let (orders, legal) = precedence.orders(most, task.experiment.seed);
        if orders.len() < 2 {
            return Err(no_other_order(task, block));
        }
        let script = Script::new(text, block).ok_or_else(|| {
            Error::usage(
                format!(
                    "{}: Python and profila do not agree about where its lines end",
                    task.script.display()
                ),
                "end all lines alike, with a line feed",
            )
        })?;
        let arranged = orders.into_iter().map(|order| {
            let arranged = script.in_order(&order);
            (order, arranged)
        });
        Ok(Self {
            block,
            orders: arranged.collect(),
            legal,
            placebo: script.placebo(),
        })
    }

    /// The experiment of all orders, the placebo last.
    fn experiment(&self, as_is: &Experiment, replicas: &Replicas<'_>) -> Result<Experiment> {
        let base = &as_is.variants[0];
        let orders = self.orders.iter().enumerate();
        let orders = orders.map(|(index, (order, arranged))| {
            let (name, role) = if order.is_as_is() {
                ("the order as it is".to_owned(), Role::Base)
            } else {
                (format!("order {}", order.name()), Role::Candidate)
            };
            (name, role, format!("order-{}", index + 1), arranged)
        });
        let name = "placebo".to_owned();
        let placebo = (name.clone(), Role::Placebo, name, &self.placebo);
        let variants = orders
            .chain([placebo])
            .map(|(name, role, folder, arranged)| {
                Ok(Variant {
                    name,
                    role,
                    program: Program::Script(replicas.create(&folder, &arranged.text)?),
                    ..base.clone()
                })
            });
        Ok(Experiment {
            variants: variants.collect::<Result<_>>()?,
            ..as_is.clone()
        })
    }

    fn conclude(
        &self,
        task: &ReorderTask,
        text: &[u8],
        recordings: &[Recording],
    ) -> Result<Reordering> {
        let script = task.script.display().to_string();
        let source = SourceFile::from_bytes(script.clone(), text);
        let subject = Subject {
            script,
            lines: lines(source.text()).collect(),
            block: self.block,
            independence: task.independence,
            legal_orders: self.legal,
            results: match task.experiment.same_output {
                SameOutput::Off => Results::NotCompared,
                SameOutput::Stdout => Results::Same,
                SameOutput::Matches(_) => Results::SameMatches,
            },
            attribution: task.judging.attribution,
            confidence: task.judging.options.confidence,
            min_effect: task.judging.options.min_effect,
        };
        let measured = self.orders.iter().zip(recordings);
        let measured = measured.map(|((order, arranged), recording)| {
            let lines = &arranged.lines;
            (order.clone(), Measured { lines, recording })
        });
        let placebo = Measured {
            lines: &self.placebo.lines,
            recording: recordings.last().expect("the placebo was measured"),
        };
        let concluded = conclude(&subject, &measured.collect::<Vec<_>>(), &placebo);
        concluded.map_err(|error| Error::Incomparable {
            cause: error.to_string(),
        })
    }

    /// The text of the script in an order, whose statements are counted from 1.
    fn text(&self, statements: &[usize]) -> Option<&[u8]> {
        let is_it = |order: &Order| {
            let order = order.statements().iter().map(|it| it + 1);
            order.eq(statements.iter().copied())
        };
        let found = self.orders.iter().find(|(order, _)| is_it(order));
        found.map(|(_, arranged)| arranged.text.as_slice())
    }
}

/// Says what keeps the statements in their order, and whether a promise would help.
fn no_other_order(task: &ReorderTask, block: &Block) -> Error {
    let mut reasons: Vec<String> = Vec::new();
    for (first, second) in (1..block.statements.len()).map(|it| (it - 1, it)) {
        let mut binding = block.binding(task.independence);
        let between = binding.find(|it| (it.first, it.second) == (first, second));
        reasons.extend(between.map(|it| it.words().plain()));
    }
    let more = reasons.len().saturating_sub(MOST_REASONS);
    reasons.truncate(MOST_REASONS);
    let more = match more {
        0 => String::new(),
        more => format!("; and {more} more"),
    };
    let (first, last) = block.bounds();
    let promised = block.precedence(Independence::Assumed);
    let would_help = promised.orders(2, 0).0.len() > 1;
    let hint = if would_help && task.independence == Independence::Proven {
        "if you know that these statements do not touch the same memory, promise it with \
         `--assume-independent`, and have the results compared with `--same-output`"
    } else {
        "give more lines, or other ones: these have to stay in their order"
    };
    Error::usage(
        format!(
            "{}: the statements in lines {first} to {last} have one legal order, counted from 1: \
             {}{more}",
            task.script.display(),
            reasons.join("; ")
        ),
        hint,
    )
}
