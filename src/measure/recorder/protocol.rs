//! What all recordings of an experiment have in common.

use std::time::{SystemTime, UNIX_EPOCH};

use crate::measure::laboratory::Conditions;
use crate::recording::{
    Better, Block, Chosen, Machine, MetricSource, Settings, Shard, ThroughputSource,
};
use crate::source::sha256_hex;

/// What all recordings of an experiment have in common.
pub(in crate::measure) struct Protocol {
    /// A name that no other experiment has.
    pub(super) experiment: String,
    /// When the experiment began, to the second, RFC 3339.
    pub(super) created: String,
    /// The seed of its plan.
    pub(super) seed: u64,
    /// Which part of an experiment on several machines it is.
    pub(super) shard: Option<Shard>,
    /// Its settings, with the metric that runs have which report none.
    pub(super) settings: Settings,
}

impl Protocol {
    /// That of an experiment that begins now, and that may end after any of these rounds.
    pub(in crate::measure) fn new(
        conditions: Conditions<'_>,
        rate_hz: f64,
        throughput_chosen: Chosen,
        looks: &[u32],
        shard: Option<Shard>,
    ) -> Self {
        let now = SystemTime::now().max(UNIX_EPOCH);
        Self {
            experiment: name(now),
            created: humantime::format_rfc3339_seconds(now).to_string(),
            seed: conditions.seed,
            shard,
            settings: Settings {
                rate_hz,
                max_stopped: conditions.sampling.max_stopped,
                looks: looks.to_vec(),
                throughput: MetricSource {
                    source: ThroughputSource::Window,
                    unit: "s".to_owned(),
                    better: Better::Lower,
                },
                throughput_chosen,
                unread_rate: None,
                region: conditions.run.region.as_deref().map(Into::into),
            },
        }
    }

    /// A block of runs on this machine, without any yet.
    pub(super) const fn block(&self, machine: Machine) -> Block {
        Block {
            machine,
            seed: self.seed,
            shard: self.shard,
            runs: Vec::new(),
        }
    }
}

/// The name of an experiment of this process that begins at this moment.
fn name(now: SystemTime) -> String {
    let moment = now.duration_since(UNIX_EPOCH).unwrap_or_default();
    let digest = sha256_hex(format!("{} {}", moment.as_nanos(), std::process::id()).as_bytes());
    digest[..16].to_owned()
}
