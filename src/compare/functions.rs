//! Functions as wholes, and other sets of lines that are not next to each other.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::rounds::{Profiled, Rounds};
use crate::align::{AlignedFile, Rename};
use crate::pair::{Pair, Side};
use crate::profile::LineId;
use crate::recording::{Recording, Source};
use crate::selection::Selection;
use crate::source::{FunctionIndex, LineNumber};
use crate::stats::UnitCounts;

/// A function that answers for samples on either side.
pub(super) struct FunctionUnit<'a> {
    /// Its qualified name; that of the after version, where it was renamed.
    pub(super) name: String,
    /// The file, on the sides where it is in one.
    pub(super) file: Pair<Option<&'a str>>,
    /// Samples of its lines, those of functions within it left out, a profiled run each.
    pub(super) counts: UnitCounts,
}

/// The functions of both sides. Those of one name in a file and its counterpart are the
/// same one, and so are those of which one name became the other.
pub(super) fn functions<'a>(
    rounds: &Rounds<'a>,
    sides: &Pair<&'a Recording>,
    alignments: &'a [AlignedFile],
) -> Vec<FunctionUnit<'a>> {
    let counterparts: BTreeMap<&str, (&str, &[Rename])> = alignments
        .iter()
        .filter_map(|aligned| {
            let file = aligned.file.as_ref().map(|path| path.as_deref());
            Some((file.before?, (file.after?, &*aligned.alignment.renames)))
        })
        .collect();
    let mut units = BTreeMap::new();
    for side in [Side::Before, Side::After] {
        for source in &sides.side(side).sources {
            let path = source.path.as_str();
            // By the file after, or the one before where that has no counterpart.
            let known_as = match side {
                Side::Before => counterparts.get(path).copied().unwrap_or((path, &[])),
                Side::After => (path, [].as_slice()),
            };
            add_functions(
                &mut units,
                rounds.profiled.side(side),
                side,
                source,
                known_as,
            );
        }
    }
    let is_sampled = |unit: &FunctionUnit<'_>| super::units::pooled(&unit.counts) > 0;
    units.into_values().filter(is_sampled).collect()
}

/// Adds the functions of a source, which are those of `file` with these names changed.
fn add_functions<'a>(
    units: &mut BTreeMap<(&'a str, String), FunctionUnit<'a>>,
    runs: &[Profiled<'a>],
    side: Side,
    source: &'a Source,
    (file, renames): (&'a str, &[Rename]),
) {
    let everywhere = renames.iter().filter(|rename| rename.function.is_none());
    let names_after: BTreeMap<&str, &str> = everywhere
        .map(|rename| (&*rename.names.before, &*rename.names.after))
        .collect();
    let names = source.functions.iter();
    let names: BTreeSet<String> = names.map(|it| renamed(&it.name, &names_after)).collect();
    let functions = FunctionIndex::new(&source.functions);
    let samples = runs.iter();
    let samples: Vec<HashMap<String, u64>> = samples
        .map(|run| samples_by_name(run, source, &functions, &names_after))
        .collect();
    for name in names {
        let unit = units
            .entry((file, name.clone()))
            .or_insert_with(|| FunctionUnit {
                name: name.clone(),
                file: Pair::new(None, None),
                counts: Pair::new(None, None),
            });
        *unit.file.side_mut(side) = Some(&source.path);
        let counts = unit.counts.side_mut(side);
        let counts = counts.get_or_insert_with(|| vec![0; runs.len()]);
        for (count, of_run) in counts.iter_mut().zip(&samples) {
            *count += of_run.get(&name).copied().unwrap_or_default();
        }
    }
}

/// Samples of a run by the function of a source that they are in, with these names changed.
fn samples_by_name(
    run: &Profiled<'_>,
    source: &Source,
    functions: &FunctionIndex<'_>,
    names_after: &BTreeMap<&str, &str>,
) -> HashMap<String, u64> {
    let first = LineId {
        file: source.path.as_str(),
        line: LineNumber::from_index(0),
    };
    let mut samples: HashMap<String, u64> = HashMap::new();
    let lines = run.profile.lines.range(first..);
    for (id, counts) in lines.take_while(|(id, _)| id.file == source.path) {
        if let Some(function) = functions.at(id.line) {
            let name = renamed(&function.name, names_after);
            *samples.entry(name).or_default() += counts.owned;
        }
    }
    samples
}

/// A qualified name with the names after in it.
fn renamed(qualified: &str, names_after: &BTreeMap<&str, &str>) -> String {
    let parts = qualified.split('.');
    let parts: Vec<&str> = parts
        .map(|part| *names_after.get(part).unwrap_or(&part))
        .collect();
    parts.join(".")
}

/// Samples of the chosen lines of the user's, a profiled run each.
pub(super) fn chosen(
    rounds: &Rounds<'_>,
    sides: &Pair<&Recording>,
    lines: &Selection,
) -> UnitCounts {
    let of_side = |side| {
        let sources: BTreeMap<&str, (&Source, FunctionIndex<'_>)> = sides
            .side(side)
            .sources
            .iter()
            .filter(|source| source.user)
            .map(|source| {
                let functions = FunctionIndex::new(&source.functions);
                (source.path.as_str(), (source, functions))
            })
            .collect();
        Some(samples(rounds.profiled.side(side), |id| {
            sources
                .get(id.file)
                .is_some_and(|(source, functions)| is_chosen(lines, source, functions, id))
        }))
    };
    Pair::new(of_side(Side::Before), of_side(Side::After))
}

fn is_chosen(
    lines: &Selection,
    source: &Source,
    functions: &FunctionIndex<'_>,
    id: &LineId<'_>,
) -> bool {
    let function = functions.at(id.line).map(|it| it.name.as_str());
    lines.takes(&source.path, function)
}

/// Samples in each run of the lines that are wanted.
fn samples(runs: &[Profiled<'_>], is_wanted: impl Fn(&LineId<'_>) -> bool) -> Vec<u64> {
    let sum = |run: &Profiled<'_>| {
        let lines = run.profile.lines.iter();
        let wanted = lines.filter(|(id, _)| is_wanted(id));
        wanted.map(|(_, counts)| counts.owned).sum()
    };
    runs.iter().map(sum).collect()
}
