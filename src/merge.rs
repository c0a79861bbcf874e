//! Parts of one experiment become one: the recordings of its versions, with a block for each
//! part.
//!
//! Parts may have been measured on different machines, each of which is a block of its own. In
//! everything else that shapes a measurement they have to agree, so that nothing is taken
//! together that is not of one kind.

mod join;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use self::join::join;
use crate::error::MergeError;
use crate::recording::{Block, Difference, Recording, Role, Shard};
use crate::throughput;

/// A recording of one version in one part of an experiment or several, and where it was found.
#[derive(Clone, Debug)]
pub(crate) struct Piece {
    /// Its file.
    pub file: PathBuf,
    /// What it holds.
    pub recording: Recording,
}

/// An experiment that was joined from its parts.
#[derive(Clone, Debug)]
pub(crate) struct Merged {
    /// One recording for each version, the base first.
    pub recordings: Vec<Recording>,
    /// The parts that it consists of.
    pub parts: BTreeSet<u32>,
}

impl Merged {
    /// The blocks of the experiment, the same for each version.
    pub(crate) fn blocks(&self) -> &[Block] {
        self.recordings.first().map_or(&[], |it| &it.blocks)
    }
}

/// Joins recordings of parts of an experiment.
///
/// Fails where one is no part of any, where they are of different experiments, where a part is
/// there twice, and where versions are not of the same parts.
pub(crate) fn merge(mut pieces: Vec<Piece>) -> Result<Merged, MergeError> {
    let Some(first) = pieces.first() else {
        return Err(MergeError::Nothing);
    };
    let whole = experiment(first)?;
    for piece in &pieces {
        let other = experiment(piece)?;
        if (other.of, other.seed) != (whole.of, whole.seed) {
            return Err(different(first, piece, of_plan(&whole, &other)));
        }
    }
    let mut versions: Vec<Vec<Piece>> = Vec::new();
    for piece in pieces.drain(..) {
        let name = &piece.recording.variant.name;
        let known = versions
            .iter_mut()
            .find(|it| it[0].recording.variant.name == *name);
        match known {
            Some(version) => version.push(piece),
            None => versions.push(vec![piece]),
        }
    }
    for version in &mut versions {
        require_same_setup(version)?;
    }
    versions.sort_by_key(|version| match version[0].recording.role {
        Role::Base => 0,
        Role::Candidate => 1,
        Role::Placebo => 2,
    });
    let parts = versions
        .iter()
        .map(|it| parts(it))
        .collect::<Result<Vec<_>, _>>()?;
    require_same_parts(&versions, &parts)?;
    let present = parts.first().map(|it| it.keys().copied().collect());
    Ok(Merged {
        recordings: versions.into_iter().map(join).collect(),
        parts: present.unwrap_or_default(),
    })
}

/// The experiment that a piece is of, by the first of its parts.
fn experiment(piece: &Piece) -> Result<Shard, MergeError> {
    let shards = piece.recording.blocks.iter().map(|block| block.shard);
    let shards = shards.collect::<Option<Vec<Shard>>>();
    let first = shards.and_then(|it| it.first().copied());
    first.ok_or_else(|| MergeError::NoPart {
        file: piece.file.clone(),
    })
}

/// What differs between two plans.
fn of_plan(one: &Shard, other: &Shard) -> Vec<Difference> {
    let parts = ("number of parts", one.of.to_string(), other.of.to_string());
    let seeds = ("seed", one.seed.to_string(), other.seed.to_string());
    let differing = [parts, seeds]
        .into_iter()
        .filter(|(_, first, second)| first != second);
    differing
        .map(|(what, first, second)| Difference {
            what,
            first,
            second,
        })
        .collect()
}

/// Whether all pieces of a version were made of the same sources, by the same tools and settings.
/// Rates and times of a unit of work are brought into one form.
fn require_same_setup(version: &mut [Piece]) -> Result<(), MergeError> {
    let [first, others @ ..] = version else {
        return Ok(());
    };
    let form = &first.recording.settings.throughput;
    for other in others {
        throughput::restate_recording(&mut other.recording, form);
        let differences = first.recording.differences_of_setup(&other.recording);
        if !differences.is_empty() {
            return Err(different(first, other, differences));
        }
    }
    Ok(())
}

fn different(one: &Piece, other: &Piece, differences: Vec<Difference>) -> MergeError {
    let said = differences.into_iter();
    let said = said.map(|it| format!("{}: {} and {}", it.what, it.first, it.second));
    MergeError::Different {
        files: [one.file.clone(), other.file.clone()],
        differences: said.collect(),
    }
}

/// The parts that the pieces of a version are of, each with the experiment in which it was
/// measured and its piece's file.
fn parts(version: &[Piece]) -> Result<BTreeMap<u32, (&str, &PathBuf)>, MergeError> {
    let mut parts = BTreeMap::new();
    for piece in version {
        for shard in piece.recording.blocks.iter().filter_map(|it| it.shard) {
            let of = (piece.recording.experiment.as_str(), &piece.file);
            if let Some((_, first)) = parts.insert(shard.number, of) {
                return Err(MergeError::Repeated {
                    part: shard.number,
                    files: [first.clone(), piece.file.clone()],
                });
            }
        }
    }
    Ok(parts)
}

/// Whether every part has all versions, and these were measured in turn.
fn require_same_parts(
    versions: &[Vec<Piece>],
    parts: &[BTreeMap<u32, (&str, &PathBuf)>],
) -> Result<(), MergeError> {
    let name = |at: usize| versions[at][0].recording.variant.name.clone();
    let all: BTreeSet<u32> = parts.iter().flat_map(|it| it.keys().copied()).collect();
    for part in all {
        let mut known: Option<(&str, &PathBuf)> = None;
        for (at, of_version) in parts.iter().enumerate() {
            let Some(&(experiment, file)) = of_version.get(&part) else {
                return Err(MergeError::Incomplete {
                    part,
                    version: name(at),
                });
            };
            match known {
                Some((first, of_first)) if first != experiment => {
                    return Err(MergeError::Apart {
                        part,
                        files: [of_first.clone(), file.clone()],
                    });
                }
                _ => known = Some((experiment, file)),
            }
        }
    }
    Ok(())
}
