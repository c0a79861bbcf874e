//! The configuration file as it is written. Nothing here is visible outside: the
//! rest of the crate sees the resolved [`super::Task`].
//!
//! Neither `flatten` nor `untagged` is used: with them an error would lose its
//! place in the file and the list of what would have been right.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;
use toml::Spanned;

use crate::options::{
    Affinity, Children, Confidence, Count, EnvName, Glob, MOST_ADAPTIVE_ROUNDS, MaxStopped,
    OnInconclusive, Pattern, Percent, Placement, Rate, Rounds, SameOutput, Sampler, Seed, Timeout,
    Version, defaults,
};
use crate::recording::{Attribution, Better, Counter};

/// A whole file.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(
    deny_unknown_fields,
    rename_all = "kebab-case",
    expecting = "a table of settings"
)]
pub(super) struct File {
    #[expect(dead_code, reason = "read only to be checked: there is one version")]
    #[schemars(extend("default" = defaults::VERSION))]
    pub(super) version: Option<Version>,
    #[serde(default)]
    #[schemars(with = "Vec<Variant>")]
    pub(super) variant: Vec<Spanned<Variant>>,
    #[serde(default)]
    pub(super) run: Run,
    #[serde(default)]
    pub(super) sampling: Sampling,
    #[serde(default)]
    pub(super) throughput: Throughput,
    #[serde(default)]
    pub(super) compare: Compare,
    #[serde(default)]
    pub(super) gate: Gate,
    #[serde(default)]
    pub(super) output: Output,
}

/// `[[variant]]`
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(
    deny_unknown_fields,
    rename_all = "kebab-case",
    expecting = "a [[variant]]: a table with `script`, `module`, `pytest-benchmark` or `asv`"
)]
pub(super) struct Variant {
    #[schemars(with = "Option<String>")]
    pub(super) name: Option<Spanned<String>>,
    #[schemars(with = "Option<String>")]
    pub(super) script: Option<Spanned<String>>,
    #[schemars(with = "Option<String>")]
    pub(super) module: Option<Spanned<String>>,
    #[schemars(with = "Option<String>")]
    pub(super) pytest_benchmark: Option<Spanned<String>>,
    #[schemars(with = "Option<String>")]
    pub(super) asv: Option<Spanned<String>>,
    #[serde(default)]
    #[schemars(extend("default" = defaults::LIST))]
    pub(super) args: Vec<String>,
    pub(super) python: Option<String>,
    #[serde(default)]
    #[schemars(extend("default" = defaults::VARIABLES))]
    pub(super) env: BTreeMap<EnvName, String>,
    #[schemars(with = "Option<String>")]
    pub(super) revision: Option<Spanned<String>>,
    #[schemars(with = "Option<Vec<String>>")]
    pub(super) copy: Option<Spanned<Vec<Glob>>>,
    #[schemars(with = "Option<String>")]
    pub(super) setup: Option<Spanned<String>>,
}

/// `[run]`
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(
    deny_unknown_fields,
    rename_all = "kebab-case",
    expecting = "the table [run]"
)]
pub(super) struct Run {
    #[schemars(extend("default" = defaults::TOOL))]
    pub(super) python: Option<String>,
    pub(super) cwd: Option<String>,
    #[schemars(extend("default" = defaults::TIMEOUT))]
    pub(super) timeout: Option<Timeout>,
    #[serde(default)]
    #[schemars(extend("default" = defaults::VARIABLES))]
    pub(super) env: BTreeMap<EnvName, String>,
    #[schemars(with = "Option<Affinity>", extend("default" = defaults::AFFINITY))]
    pub(super) affinity: Option<Spanned<Affinity>>,
    #[schemars(with = "Option<String>")]
    pub(super) region: Option<Spanned<String>>,
    #[schemars(extend("default" = defaults::CHILDREN))]
    pub(super) children: Option<Children>,
}

/// `[sampling]`
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(
    deny_unknown_fields,
    rename_all = "kebab-case",
    expecting = "the table [sampling]"
)]
pub(super) struct Sampling {
    #[schemars(extend("default" = defaults::SAMPLER))]
    pub(super) sampler: Option<Sampler>,
    #[schemars(extend("default" = defaults::TOOL))]
    pub(super) gdb: Option<String>,
    pub(super) rate: Option<Rate>,
    #[schemars(extend("default" = defaults::MAX_STOPPED))]
    pub(super) max_stopped: Option<MaxStopped>,
    #[schemars(extend("default" = defaults::MAX_DEPTH))]
    pub(super) max_depth: Option<Count<1, 1000>>,
    #[serde(default)]
    #[schemars(extend("default" = defaults::LIST))]
    pub(super) counters: Vec<Counter>,
    #[schemars(extend("default" = defaults::ATTRIBUTION))]
    pub(super) attribution: Option<Attribution>,
    #[serde(default)]
    #[schemars(extend("default" = defaults::LIST))]
    pub(super) include: Vec<Glob>,
    #[serde(default)]
    #[schemars(extend("default" = defaults::LIST))]
    pub(super) exclude: Vec<Glob>,
}

/// `[throughput]`
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(
    deny_unknown_fields,
    rename_all = "kebab-case",
    expecting = "the table [throughput]"
)]
pub(super) struct Throughput {
    #[schemars(with = "Option<ThroughputSource>", extend("default" = defaults::SOURCE))]
    pub(super) source: Option<Spanned<ThroughputSource>>,
    #[schemars(with = "Option<Pattern>")]
    pub(super) pattern: Option<Spanned<Pattern>>,
    #[schemars(with = "Option<String>")]
    pub(super) unit: Option<Spanned<String>>,
    #[schemars(with = "Option<Better>")]
    pub(super) better: Option<Spanned<Better>>,
}

/// `source` of `[throughput]`
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(super) enum ThroughputSource {
    Auto,
    Pattern,
    Metrics,
    Window,
    Wall,
    Cpu,
}

/// `[compare]`
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(
    deny_unknown_fields,
    rename_all = "kebab-case",
    expecting = "the table [compare]"
)]
pub(super) struct Compare {
    #[schemars(extend("default" = defaults::ROUNDS))]
    pub(super) rounds: Option<Rounds>,
    #[schemars(extend("default" = defaults::MAX_ROUNDS))]
    pub(super) max_rounds: Option<Count<1, MOST_ADAPTIVE_ROUNDS>>,
    #[schemars(extend("default" = defaults::WARMUP))]
    pub(super) warmup: Option<Count<0, 100>>,
    #[schemars(extend("default" = defaults::CONFIDENCE))]
    pub(super) confidence: Option<Confidence>,
    #[schemars(extend("default" = defaults::MIN_EFFECT))]
    pub(super) min_effect: Option<Percent>,
    #[schemars(extend("default" = defaults::SEED))]
    pub(super) seed: Option<Seed>,
    #[schemars(extend("default" = defaults::PLACEMENT))]
    pub(super) placement: Option<Placement>,
    #[schemars(extend("default" = defaults::SAME_OUTPUT))]
    pub(super) same_output: Option<SameOutput>,
}

/// `[gate]`
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(
    deny_unknown_fields,
    rename_all = "kebab-case",
    expecting = "the table [gate]"
)]
pub(super) struct Gate {
    #[schemars(extend("default" = defaults::ON_INCONCLUSIVE))]
    pub(super) on_inconclusive: Option<OnInconclusive>,
    #[serde(default)]
    #[schemars(with = "Vec<Rule>")]
    pub(super) rule: Vec<Spanned<Rule>>,
}

/// `[[gate.rule]]`
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(
    deny_unknown_fields,
    rename_all = "kebab-case",
    expecting = "a [[gate.rule]]: a table with `metric` and `max-worse`"
)]
pub(super) struct Rule {
    pub(super) metric: RuleMetric,
    pub(super) max_worse: Percent,
    /// With "line-cost": only lines of this function, by its qualified name or the last part
    /// of it.
    #[schemars(with = "Option<String>")]
    pub(super) function: Option<Spanned<String>>,
    /// With "line-cost": only lines of the files that this pattern means; a name without a `/`
    /// is that of a file in any folder.
    #[schemars(with = "Option<String>")]
    pub(super) file: Option<Spanned<Glob>>,
}

/// `metric` of `[[gate.rule]]`
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(super) enum RuleMetric {
    Throughput,
    LineCost,
    PeakMemory,
}

/// `[output]`
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(
    deny_unknown_fields,
    rename_all = "kebab-case",
    expecting = "the table [output]"
)]
pub(super) struct Output {
    #[schemars(extend("default" = defaults::FORMAT))]
    pub(super) format: Option<super::Format>,
    #[schemars(extend("default" = defaults::CONTEXT))]
    pub(super) context: Option<Count<0, 1000>>,
}

/// `pyproject.toml`, of which only `[tool.profila]` is ours.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(expecting = "a table")]
pub(super) struct PyProject {
    #[serde(default)]
    pub(super) tool: Tools,
}

/// `[tool]` of `pyproject.toml`
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(expecting = "the table [tool]")]
pub(super) struct Tools {
    pub(super) profila: Option<File>,
}

/// The schema of a file.
pub(super) fn schema() -> schemars::Schema {
    schemars::schema_for!(File)
}

/// The tables of a file with the keys of each, as serde knows them.
pub(super) fn keys() -> Vec<(&'static str, Vec<String>)> {
    vec![
        ("", keys_of::<File>()),
        ("[[variant]]", keys_of::<Variant>()),
        ("[run]", keys_of::<Run>()),
        ("[sampling]", keys_of::<Sampling>()),
        ("[throughput]", keys_of::<Throughput>()),
        ("[compare]", keys_of::<Compare>()),
        ("[gate]", keys_of::<Gate>()),
        ("[[gate.rule]]", keys_of::<Rule>()),
        ("[output]", keys_of::<Output>()),
    ]
}

/// The keys of one table: serde lists them when it meets one that it does not know.
fn keys_of<'de, T: Deserialize<'de>>() -> Vec<String> {
    let unknown = [("", "")].into_iter();
    let table = serde::de::value::MapDeserializer::<_, serde::de::value::Error>::new(unknown);
    match T::deserialize(table) {
        Ok(_) => Vec::new(),
        Err(error) => super::diagnose::backquoted(&error.to_string())
            .skip(1)
            .map(str::to_owned)
            .collect(),
    }
}
