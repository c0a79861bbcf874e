//! What all recordings of an experiment have in common.

use std::fmt::Write as _;
use std::time::{SystemTime, UNIX_EPOCH};

use sha2::{Digest, Sha256};

use crate::measure::laboratory::Conditions;
use crate::recording::{Better, Chosen, MetricSource, Settings, ThroughputSource};

/// What all recordings of an experiment have in common.
pub(in crate::measure) struct Protocol {
    /// A name that no other experiment has.
    pub(super) experiment: String,
    /// When the experiment began, to the second, RFC 3339.
    pub(super) created: String,
    /// The seed of its plan.
    pub(super) seed: u64,
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
    ) -> Self {
        let now = SystemTime::now().max(UNIX_EPOCH);
        Self {
            experiment: name(now),
            created: humantime::format_rfc3339_seconds(now).to_string(),
            seed: conditions.seed,
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
}

/// The name of an experiment of this process that begins at this moment.
fn name(now: SystemTime) -> String {
    let moment = now.duration_since(UNIX_EPOCH).unwrap_or_default();
    let digest = Sha256::digest(format!("{} {}", moment.as_nanos(), std::process::id()));
    digest[..8].iter().fold(String::new(), |mut name, byte| {
        write!(name, "{byte:02x}").expect("a string takes all that is written");
        name
    })
}
