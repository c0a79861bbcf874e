//! The regions of both scripts, beside each other.

use super::types::{RegionComparison, RegionSide};
use crate::pair::Pair;
use crate::profile::{PooledRegion, regions};
use crate::recording::Recording;

/// The regions of either script, in the order of the version after; those that it has no more
/// come last.
pub(super) fn of(sides: &Pair<&Recording>) -> Vec<RegionComparison> {
    let of_sides = sides.map(regions);
    let all = of_sides.after.iter().chain(&of_sides.before);
    let mut compared: Vec<RegionComparison> = Vec::new();
    for PooledRegion { name, .. } in all {
        if compared.iter().any(|it| it.name == *name) {
            continue;
        }
        let side = |regions: &Vec<PooledRegion>| {
            let found = regions.iter().find(|it| it.name == *name);
            found.map(side)
        };
        compared.push(RegionComparison {
            name: name.clone(),
            sides: of_sides.as_ref().map(side),
        });
    }
    compared
}

const fn side(region: &PooledRegion) -> RegionSide {
    RegionSide {
        entries: region.entries,
        units: region.units,
        seconds: region.seconds,
        share: region.share,
    }
}
