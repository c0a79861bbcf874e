//! `profila report`: show again what was measured or concluded before.

use super::input_file::{read_file, unreadable};
use super::show;
use crate::compare::Conclusion;
use crate::config::{
    ComparisonOutput, DocumentOutput, Output, ProfileOutput, ReorderingFormat, ScalingFormat,
    ShowTask,
};
use crate::document::{self, AnyDocument};
use crate::error::{Error, ExitCode, Result};
use crate::recording::Recording;
use crate::reorder::Reordering;
use crate::scaling::Scaling;

/// A document, and how to show one of its kind.
enum Shown {
    Profile(Box<Recording>, ProfileOutput),
    Comparison(Conclusion, ComparisonOutput),
    Reordering(Box<Reordering>, Output<ReorderingFormat>),
    Scaling(Box<Scaling>, Output<ScalingFormat>),
}

pub(super) fn report(task: &ShowTask) -> Result<u8> {
    // All are read before any is shown.
    let mut documents = Vec::new();
    for file in &task.files {
        let read = document::read_any(&read_file(file)?);
        let document = read.map_err(|error| unreadable(file, error))?;
        documents.push(Shown::new(document, &task.output)?);
    }
    for document in &documents {
        document.show()?;
    }
    Ok(ExitCode::Success.code())
}

/// Fails where instructions are asked for that the comparison does not have: they come from the
/// recordings.
fn require_assembly(conclusion: &Conclusion, output: &DocumentOutput) -> Result<()> {
    let Some(syntax) = output.assembly else {
        return Ok(());
    };
    let hint = "compare the recordings again: profila diff --asm BEFORE.json AFTER.json";
    for comparison in conclusion.comparisons() {
        match &comparison.assembly {
            None => {
                let problem = "this comparison was saved without instructions";
                return Err(Error::usage(problem, hint));
            }
            Some(assembly) if assembly.syntax != syntax => {
                let problem = "this comparison was saved with instructions in the other syntax";
                return Err(Error::usage(problem, hint));
            }
            Some(_) => {}
        }
    }
    Ok(())
}

impl Shown {
    /// Fails where the document cannot be shown so, or not be written.
    fn new(document: AnyDocument, output: &DocumentOutput) -> Result<Self> {
        let shown = match document {
            AnyDocument::Recording(recording) => Self::Profile(recording, output.of_profile()?),
            AnyDocument::Conclusion(conclusion) => {
                require_assembly(&conclusion, output)?;
                Self::Comparison(conclusion, output.of_comparison()?)
            }
            AnyDocument::Reordering(reordering) => {
                Self::Reordering(reordering, output.of_reordering()?)
            }
            AnyDocument::Scaling(scaling) => Self::Scaling(scaling, output.of_scaling()?),
        };
        show::require_writable_exports(&output.common)?;
        Ok(shown)
    }

    fn show(&self) -> Result<u8> {
        match self {
            Self::Profile(recording, output) => show::profile(recording, output),
            Self::Comparison(conclusion, output) => show::comparison(conclusion, output),
            Self::Reordering(reordering, output) => show::reordering(reordering, output),
            Self::Scaling(scaling, output) => show::scaling(scaling, output),
        }
    }
}
