//! What every task is made of.

use std::path::Path;

use crate::cli::{FormatArgs, GlobalArgs, ShownArgs};
use crate::config::{Attribution, Document, Export, Format, Output, Selection, wire};
use crate::options::defaults;

/// What every task is made of, besides its own arguments.
#[derive(Clone, Copy)]
pub(super) struct Inputs<'a> {
    pub(super) document: Option<&'a Document>,
    pub(super) global: &'a GlobalArgs,
    /// The working directory, absolute.
    pub(super) here: &'a Path,
}

impl<'a> Inputs<'a> {
    /// What the file says, which is nothing where there is none.
    pub(super) fn settings(&self) -> wire::File {
        self.document
            .map(|document| document.settings.clone())
            .unwrap_or_default()
    }

    /// The folder that paths of the file are relative to.
    pub(super) fn home(&self) -> &'a Path {
        self.document
            .map_or(self.here, |document| document.folder.as_path())
    }

    pub(super) fn attribution(&self) -> Attribution {
        let attribution = self.settings().sampling.attribution;
        attribution.unwrap_or(defaults::ATTRIBUTION)
    }

    /// Lines of source around each line of interest.
    pub(super) fn context(&self) -> u32 {
        let context = self.settings().output.context;
        context.unwrap_or(defaults::CONTEXT).0
    }

    /// How to show whatever was found.
    pub(super) fn output(
        &self,
        args: &FormatArgs,
        shown: &ShownArgs,
        exports: Vec<Export<Format>>,
    ) -> Output<Format> {
        let format = args.format.or(self.settings().output.format);
        Output {
            format: format.unwrap_or(defaults::FORMAT),
            selection: Selection {
                functions: shown.function.clone(),
                files: shown.file.clone(),
            },
            color: self.global.color,
            exports,
        }
    }
}
