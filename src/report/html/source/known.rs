//! What is known of the lines of a comparison.

use std::collections::HashMap;

use crate::compare::{CodeChange, Comparison, CostChange, LineAssembly, LineSide};
use crate::pair::{Pair, Side};
use crate::report::contents::code;
use crate::report::contents::files::Files;
use crate::report::contents::rows::first_of_block;
use crate::report::format::CostScale;
use crate::share::Share;
use crate::source::LineNumber;
use crate::text::Text;

/// What is known of the lines of a comparison.
pub(super) struct Known<'c> {
    pub(super) sides: HashMap<(Side, &'c str, LineNumber), &'c LineSide>,
    /// What is said of a line's cost, or of that of the block that begins with it.
    pub(super) changes: HashMap<(Side, &'c str, LineNumber), &'c CostChange>,
    /// The instructions of lines, with what became of them.
    pub(super) code: HashMap<(Side, &'c str, LineNumber), CodeOfLine<'c>>,
    /// The shares of a file's lines together.
    heats: HashMap<(Side, &'c str), f64>,
    pub(super) largest_share: Share,
    pub(super) largest_cost_s: f64,
    pub(super) scale: &'c CostScale,
    pub(super) report: &'c str,
}

/// The instructions of a line and its counterpart, with what became of them.
#[derive(Clone, Copy)]
pub(super) struct CodeOfLine<'c> {
    pub(super) assembly: &'c LineAssembly,
    pub(super) change: Option<&'c CodeChange>,
}

impl CodeOfLine<'_> {
    /// Instructions that one version alone has, in short.
    pub(super) fn in_short(&self) -> Option<Text> {
        let Pair { before, after } = &self.assembly.code;
        before.as_ref().or(after.as_ref()).map(code::in_short)
    }
}

impl<'c> Known<'c> {
    pub(super) fn of(comparison: &'c Comparison, scale: &'c CostScale, report: &'c str) -> Self {
        let mut known = Self {
            sides: HashMap::new(),
            changes: HashMap::new(),
            code: HashMap::new(),
            heats: HashMap::new(),
            largest_share: Share::NOTHING,
            largest_cost_s: 0.0,
            scale,
            report,
        };
        let mut code: HashMap<_, &CodeChange> = HashMap::new();
        for line in &comparison.lines {
            let sides = [(Side::Before, &line.before), (Side::After, &line.after)];
            for (side, at) in sides {
                let Some(at) = at else { continue };
                known.largest_share = known.largest_share.max(at.share.value);
                known.largest_cost_s = known.largest_cost_s.max(at.cost_s.value);
                let key = (side, at.file.as_str(), at.line);
                let heat = known.heats.entry((side, key.1)).or_default();
                *heat += at.share.value.get();
                known.sides.insert(key, at);
                code.extend(line.code.as_ref().map(|change| (key, change)));
                if line.hunk.is_none() {
                    known.changes.insert(key, &line.change);
                }
            }
        }
        let assembly = comparison.assembly.iter().flat_map(|it| &it.lines);
        for line in assembly {
            let Pair { before, after } = &line.line;
            for (side, at) in [(Side::Before, before), (Side::After, after)] {
                let Some(at) = at else { continue };
                let key = (side, at.file.as_str(), at.line);
                let change = code.get(&key).copied();
                let of_line = CodeOfLine {
                    assembly: line,
                    change,
                };
                known.code.insert(key, of_line);
            }
        }
        for hunk in &comparison.hunks {
            if let Some(first) = first_of_block(hunk) {
                known.changes.insert(first, &hunk.change);
            }
        }
        known
    }

    /// The larger of the shares that two files have.
    pub(super) fn heat(&self, files: Files<'_>) -> f64 {
        let of = |side, file: Option<&str>| -> f64 {
            let heat = file.and_then(|file| self.heats.get(&(side, file)));
            heat.copied().unwrap_or_default()
        };
        of(Side::Before, files.before).max(of(Side::After, files.after))
    }
}
