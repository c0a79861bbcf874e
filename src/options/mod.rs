//! The values of flags and of the configuration that are more than a word or a number:
//! their notation, their bounds, and what is said where a value is neither.
//!
//! Each type is read from TOML through `Scalar`, so that a wrong type and a wrong
//! value are told in the same words; those that a flag can set are read by
//! [`std::str::FromStr`] with the same bounds.

mod affinity;
mod children;
pub(crate) mod defaults;
mod environment;
mod fail_if;
mod format;
mod glob;
mod line_range;
mod numbers;
mod on_inconclusive;
mod output;
mod pattern;
mod placement;
mod same_output;
mod sampler;
mod scalar;
mod schema;
mod shard;
mod suite;
mod timeout;
mod vary;
mod version;

pub(crate) use affinity::Affinity;
pub(crate) use children::Children;
pub(crate) use environment::EnvName;
pub(crate) use fail_if::FailIf;
pub use format::{
    ComparisonFormat, DiagnosisFormat, Export, Format, ProfileFormat, ReorderingFormat,
    ScalingFormat,
};
pub(crate) use glob::Glob;
pub(crate) use line_range::LineRange;
pub(crate) use numbers::{Confidence, Count, Percent, Rounds, Seed};
pub(crate) use numbers::{MOST_ADAPTIVE_ROUNDS, MOST_ROUNDS};
pub(crate) use numbers::{MaxStopped, Rate};
pub use on_inconclusive::OnInconclusive;
pub use output::{Color, ColorWish, Verbosity};
pub(crate) use pattern::Pattern;
pub use placement::Placement;
pub use same_output::SameOutput;
pub use sampler::Sampler;
pub use shard::Part;
pub(crate) use suite::Suite;
pub(crate) use timeout::Timeout;
pub(crate) use vary::{LEAST_SIZES, MOST_SIZES, Vary};
pub(crate) use version::Version;

#[cfg(test)]
mod testing {
    //! What the tests of every value share.

    use serde::de::DeserializeOwned;

    /// Reads `text` as the value of a key and gives the value, or what is said
    /// about it.
    pub(super) fn read<T: DeserializeOwned>(text: &str) -> Result<T, String> {
        let mut table: std::collections::BTreeMap<String, T> =
            toml::from_str(&format!("key = {text}")).map_err(|error| error.message().to_owned())?;
        Ok(table.remove("key").expect("the key was written"))
    }
}
