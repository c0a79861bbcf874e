//! The default of every key of the configuration, and of the flags that override it.
//!
//! Nothing else says what a default is. The help of flags and the schema of the
//! configuration are made from what is here; what `profila init` writes and the
//! documentation are compared with it (`config/tests/defaults.rs`).

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Serialize;

use super::{
    Children, Confidence, Count, Format, MOST_ADAPTIVE_ROUNDS, MaxStopped, OnInconclusive, Percent,
    Placement, Rate, Rounds, SameOutput, Sampler, Seed, Timeout, Version,
};
use crate::recording::Attribution;

/// `version`
pub(crate) const VERSION: Version = Version;

/// `python` of `[run]`, and `gdb` of `[sampling]`: it is looked for.
pub(crate) const TOOL: &str = "auto";

/// `include` and `exclude` of `[sampling]`, and `args` of a `[[variant]]`
pub(crate) const LIST: [&str; 0] = [];

/// `env` of `[run]` and of a `[[variant]]`
pub(crate) const VARIABLES: BTreeMap<&str, &str> = BTreeMap::new();

/// `timeout` of `[run]`. A script that hangs should not hang a comparison that nobody
/// watches.
pub(crate) const TIMEOUT: Timeout = Timeout(Some(Duration::from_mins(2)));

/// The same in `annotate`, where somebody watches.
pub(crate) const TIMEOUT_OF_ANNOTATE: Timeout = Timeout(None);

/// `affinity` of `[run]`, the only one that this version supports
pub(crate) const AFFINITY: &str = "none";

/// `sampler` of `[sampling]`
pub(crate) const SAMPLER: Sampler = Sampler::Gdb;

/// The same in `attach`: whatever disturbs a process least that others may be waiting for.
pub(crate) const SAMPLER_OF_ATTACH: Sampler = Sampler::Auto;

/// How long `attach` watches.
pub(crate) const DURATION: Timeout = Timeout(None);

/// `rate` of `[sampling]`
pub(crate) const RATE: Rate = Rate { hz: 100.0 };

/// The same with samplers that stop the script shortly, or not at all.
pub(crate) const RATE_WITHOUT_GDB: Rate = Rate { hz: 1000.0 };

/// `max-stopped` of `[sampling]`
pub(crate) const MAX_STOPPED: MaxStopped = MaxStopped { fraction: 0.2 };

/// `max-depth` of `[sampling]`
pub(crate) const MAX_DEPTH: Count<1, 1000> = Count(64);

/// `attribution` of `[sampling]`
pub(crate) const ATTRIBUTION: Attribution = Attribution::UserLine;

/// `source` of `[throughput]`, where there is no `pattern`
pub(crate) const SOURCE: &str = "auto";

/// `rounds` of `[compare]`
pub(crate) const ROUNDS: Rounds = Rounds::Adaptive;

/// `max-rounds` of `[compare]`
pub(crate) const MAX_ROUNDS: Count<1, MOST_ADAPTIVE_ROUNDS> = Count(MOST_ADAPTIVE_ROUNDS);

/// The rounds of `record`, where they are not fixed and no fewer are allowed.
pub(crate) const ROUNDS_OF_RECORD: u32 = 6;

/// The rounds of a part of an experiment on several machines, where they are not fixed: in so
/// many, each version is first equally often.
pub(crate) const ROUNDS_OF_PART: u32 = 6;

/// The rounds of `reorder`, where they are not fixed. What a statement costs is pooled over
/// orders.
pub(crate) const ROUNDS_OF_REORDER: u32 = 3;

/// The rounds of `scale`, where they are not fixed.
pub(crate) const ROUNDS_OF_SCALE: u32 = 5;

/// The orders of `reorder`.
pub(crate) const ORDERS: u32 = 8;

/// `warmup` of `[compare]`
pub(crate) const WARMUP: Count<0, 100> = Count(0);

/// `confidence` of `[compare]`
pub(crate) const CONFIDENCE: Confidence = Confidence(0.95);

/// `min-effect` of `[compare]`
pub(crate) const MIN_EFFECT: Percent = Percent { fraction: 0.01 };

/// `children` of `[run]`. What is followed is measured in another unit, and has something more in
/// its environment.
pub(crate) const CHILDREN: Children = Children::Ignore;

/// `placement` of `[compare]`
pub(crate) const PLACEMENT: Placement = Placement::Random;

/// `seed` of `[compare]`
pub(crate) const SEED: Seed = Seed(0);

/// `same-output` of `[compare]`
pub(crate) const SAME_OUTPUT: SameOutput = SameOutput::Off;

/// `on-inconclusive` of `[gate]`
pub(crate) const ON_INCONCLUSIVE: OnInconclusive = OnInconclusive::Warn;

/// `format` of `[output]`
pub(crate) const FORMAT: Format = Format::Text;

/// `context` of `[output]`
pub(crate) const CONTEXT: Count<0, 1000> = Count(3);

/// A default as it is written on a command line.
pub(crate) fn written(default: impl Serialize) -> String {
    match serde_json::to_value(default).expect("every value can be written") {
        serde_json::Value::String(text) => text,
        other => other.to_string(),
    }
}
