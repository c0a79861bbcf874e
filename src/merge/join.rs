//! The recordings of one version in several parts become one.

use std::collections::BTreeSet;

use super::Piece;
use crate::foreign::ForeignText;
use crate::recording::{Block, MachineCode, Recording};
use crate::source::{Source, sha256_hex};

/// Joins the pieces of a version, of which there is at least one and which fit together. Blocks
/// are in the order of their parts, however the pieces were given.
pub(super) fn join(mut pieces: Vec<Piece>) -> Recording {
    pieces.sort_by_key(|piece| first_part(&piece.recording));
    let experiment = joined_name(&pieces);
    let mut pieces = pieces.into_iter().map(|piece| piece.recording);
    let first = pieces.next().expect("a version has a piece");
    let mut joined = pieces.fold(first, add);
    joined.blocks.sort_by_key(|block| block.shard);
    joined.experiment = experiment;
    joined
}

fn first_part(recording: &Recording) -> Option<u32> {
    let parts = recording.blocks.iter().filter_map(|block| block.shard);
    parts.map(|shard| shard.number).min()
}

/// The name of the experiment that consists of these parts. All versions of them have it, and no
/// others: the same parts measured again were not interleaved with these.
fn joined_name(pieces: &[Piece]) -> String {
    let names = pieces.iter().map(|it| it.recording.experiment.as_str());
    let names: BTreeSet<&str> = names.collect();
    let all = names.into_iter().collect::<Vec<_>>().join(" ");
    sha256_hex(all.as_bytes())[..16].to_owned()
}

fn add(mut all: Recording, mut more: Recording) -> Recording {
    for source in more.sources {
        add_source(&mut all.sources, source);
    }
    for code in more.code {
        if let Some(warning) = add_code(&mut all.code, code, &mut more.blocks) {
            more.warnings.push(warning);
        }
    }
    for warning in more.warnings {
        if !all.warnings.contains(&warning) {
            all.warnings.push(warning);
        }
    }
    all.remarks = all.remarks.or(more.remarks);
    all.settings.unread_rate = all.settings.unread_rate.or(more.settings.unread_rate);
    all.created = all.created.min(more.created);
    all.blocks.append(&mut more.blocks);
    all
}

/// Adds a file, or what another machine knows of it.
fn add_source(all: &mut Vec<Source>, source: Source) {
    match all.iter_mut().find(|it| it.path == source.path) {
        None => all.push(source),
        Some(known) => {
            known.code.extend(source.code);
            if known.functions.is_empty() {
                known.functions = source.functions;
            }
        }
    }
}

/// Adds the code of a function. What one kind of processor got is not what another did: samples
/// in code that differs are kept by line, but not by instruction.
fn add_code(
    all: &mut Vec<MachineCode>,
    code: MachineCode,
    blocks: &mut [Block],
) -> Option<ForeignText> {
    match all.iter().find(|it| it.function == code.function) {
        None => all.push(code),
        Some(known) if known.is_same_as(&code) => {}
        Some(_) => {
            let runs = blocks.iter_mut().flat_map(|block| &mut block.runs);
            for profile in runs.filter_map(|run| run.profile.as_mut()) {
                profile
                    .instructions
                    .retain(|it| it.function != code.function);
            }
            let text = "functions were compiled to different instructions on different machines: \
                        of these, only those of the first machine are shown";
            return Some(text.to_owned().into());
        }
    }
    None
}
