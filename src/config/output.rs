//! How to show what was found. A profile has no form that only comparisons have, and the
//! reverse.

use crate::error::{Error, Result};
use crate::instructions::Syntax;
use crate::options::{
    Color, ComparisonFormat, Export, Format, ProfileFormat, ReorderingFormat, ScalingFormat,
};
use crate::selection::Selection;

/// What there is to choose of every report, whose form is one of `F`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Output<F> {
    /// The form of the report on standard output.
    pub format: F,
    /// Which lines are shown.
    pub selection: Selection,
    /// Whether to use colors.
    pub color: Color,
    /// Reports written to files besides.
    pub exports: Vec<Export<F>>,
}

/// How to show a profile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProfileOutput {
    /// What comparisons have as well.
    pub common: Output<ProfileFormat>,
    /// Lines of source shown around each line of interest.
    pub context: u32,
    /// Whether compiled functions are shown one by one, and not only as the Python
    /// functions that they were compiled from.
    pub specializations: bool,
    /// How instructions are written, if they are shown.
    pub assembly: Option<Syntax>,
}

/// How to show a comparison.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ComparisonOutput {
    /// What profiles have as well.
    pub common: Output<ComparisonFormat>,
    /// Whether every line with samples is listed, or only those that matter.
    pub all: bool,
    /// Whether words are explained, and what was measured is shown in full.
    pub explain: bool,
}

/// How to show documents of which it is not known yet whether they are profiles or
/// comparisons.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DocumentOutput {
    /// What both have. Not every form of it exists of both.
    pub common: Output<Format>,
    /// [`ProfileOutput::context`].
    pub context: u32,
    /// [`ProfileOutput::specializations`].
    pub specializations: bool,
    /// [`ComparisonOutput::all`].
    pub all: bool,
    /// [`ComparisonOutput::explain`].
    pub explain: bool,
    /// How instructions are written, if they are shown.
    pub assembly: Option<Syntax>,
}

impl DocumentOutput {
    /// How to show a profile. Fails where a profile does not have one of the forms.
    pub fn of_profile(&self) -> Result<ProfileOutput> {
        Ok(ProfileOutput {
            common: self.common.of_kind()?,
            context: self.context,
            specializations: self.specializations,
            assembly: self.assembly,
        })
    }

    /// How to show a comparison. Fails where a comparison does not have one of the forms.
    pub fn of_comparison(&self) -> Result<ComparisonOutput> {
        Ok(ComparisonOutput {
            common: self.common.of_kind()?,
            all: self.all,
            explain: self.explain,
        })
    }
}

impl DocumentOutput {
    /// How to show what the orders of a block cost. Fails where that does not have one of the
    /// forms.
    pub fn of_reordering(&self) -> Result<Output<ReorderingFormat>> {
        self.common.of_kind()
    }

    /// How to show how a script grows. Fails where that does not have one of the forms.
    pub fn of_scaling(&self) -> Result<Output<ScalingFormat>> {
        self.common.of_kind()
    }
}

impl Output<Format> {
    /// The same of what has the forms `F`. Fails where one that is asked for is none of them.
    pub(super) fn of_kind<F: TryFrom<Format, Error = Error>>(&self) -> Result<Output<F>> {
        let format = self.format.try_into()?;
        let exports = self.exports.iter().map(|Export { format, file }| {
            Ok(Export {
                format: (*format).try_into()?,
                file: file.clone(),
            })
        });
        Ok(Output {
            format,
            selection: self.selection.clone(),
            color: self.color,
            exports: exports.collect::<Result<_>>()?,
        })
    }
}
