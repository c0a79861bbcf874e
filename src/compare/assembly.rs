//! The instructions of lines, before beside after.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    AssemblyComparison, FunctionAssembly, InstructionPair, LineAssembly, LineComparison, LinePlace,
};
use crate::align::side_by_side;
use crate::instructions::{Assembly, Placed, Syntax};
use crate::pair::Pair;
use crate::recording::Recording;
use crate::source::LineNumber;

/// The instructions of a version by line, and of each line by function: its name, and which of
/// those with this name it is.
type ByLine<'a> = BTreeMap<(&'a str, LineNumber), ByFunction<'a>>;
type ByFunction<'a> = BTreeMap<(&'a str, usize), Vec<&'a Placed<'a>>>;

/// The instructions of lines that are compared, written as said.
pub(super) fn of(
    sides: &Pair<&Recording>,
    lines: &[LineComparison],
    syntax: Syntax,
) -> AssemblyComparison {
    let sides = sides.map(|recording| Assembly::of(recording, syntax));
    let known = sides.as_ref().map(by_line);
    let compared = lines.iter().filter_map(|line| {
        let places = Pair::new(line.before.as_ref(), line.after.as_ref());
        let places = places.map(|at| at.map(|at| (at.file.as_str(), at.line)));
        let before = places.before.and_then(|place| known.before.get(&place));
        let after = places.after.and_then(|place| known.after.get(&place));
        let functions = functions(&Pair::new(before, after), &sides);
        (!functions.is_empty()).then(|| LineAssembly {
            line: places.map(|place| {
                place.map(|(file, line)| LinePlace {
                    file: file.to_owned(),
                    line,
                })
            }),
            functions,
        })
    });
    AssemblyComparison {
        syntax,
        lines: compared.collect(),
        loops: sides.as_ref().map(Assembly::loops),
        astray: sides.as_ref().map(Assembly::astray),
    }
}

fn by_line<'a>(assembly: &'a Assembly<'_>) -> ByLine<'a> {
    let mut lines = ByLine::new();
    let mut names: BTreeMap<&str, usize> = BTreeMap::new();
    for function in &assembly.functions {
        let number = names.entry(&function.name).or_default();
        for placed in &function.instructions {
            if let Some(place) = placed.place {
                let functions = lines.entry(place).or_default();
                let key = (function.name.as_str(), *number);
                functions.entry(key).or_default().push(placed);
            }
        }
        *number += 1;
    }
    lines
}

/// What a line is in each function, hottest first.
fn functions(
    line: &Pair<Option<&ByFunction<'_>>>,
    sides: &Pair<Assembly<'_>>,
) -> Vec<FunctionAssembly> {
    let all = [line.before, line.after].into_iter().flatten();
    let names: BTreeSet<_> = all.flat_map(BTreeMap::keys).collect();
    let none = Vec::new();
    let rows = names.into_iter().map(|key| {
        let code = line.map(|functions| functions.and_then(|it| it.get(key)).unwrap_or(&none));
        let samples = code.map(|code| code.iter().map(|it| it.samples).sum::<u64>());
        let function = FunctionAssembly {
            function: key.0.to_owned(),
            rows: rows(&code, sides),
        };
        (samples.before.max(samples.after), function)
    });
    let mut rows: Vec<_> = rows.collect();
    rows.sort_by(|(a, _), (b, _)| b.cmp(a));
    rows.into_iter().map(|(_, function)| function).collect()
}

fn rows(code: &Pair<&Vec<&Placed<'_>>>, sides: &Pair<Assembly<'_>>) -> Vec<InstructionPair> {
    let keys = code.map(|code| code.iter().map(|it| it.key()).collect::<Vec<_>>());
    let rows = side_by_side(&keys).into_iter().map(|row| {
        let before = row.before.map(|index| code.before[index]);
        let after = row.after.map(|index| code.after[index]);
        InstructionPair {
            is_same: before.is_some() && before.map(Placed::key) == after.map(Placed::key),
            before: before.map(|it| sides.before.at(it)),
            after: after.map(|it| sides.after.at(it)),
        }
    });
    rows.collect()
}
