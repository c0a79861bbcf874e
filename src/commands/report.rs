//! `profila report`: show again what was measured or concluded before.

use super::diff::Conclusion;
use super::{annotate, diff, here, print, read_file, unreadable};
use crate::cli::{GlobalArgs, ReportArgs};
use crate::config;
use crate::error::Result;
use crate::report::json::{self, AnyDocument};

pub(super) fn report(args: &ReportArgs, global: &GlobalArgs) -> Result<u8> {
    let document = config::discover(args.config.config.as_deref(), &here()?)?;
    let output = config::output(args, global, document.as_ref());
    let text = read_file(&args.file)?;
    let shown = match json::read_any(&text) {
        Ok(AnyDocument::Recording(recording)) => annotate::render(&recording, &output),
        Ok(AnyDocument::Comparison(comparison)) => {
            diff::render(&Conclusion::One(comparison), &output)
        }
        Ok(AnyDocument::Comparisons(several)) => {
            diff::render(&Conclusion::Several(several), &output)
        }
        Err(error) => return Err(unreadable(&args.file, error)),
    };
    print(&shown)
}
