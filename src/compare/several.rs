//! More than two versions: each compared with the first.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Comparison;

/// The `schema` of several comparisons.
pub const SCHEMA_OF_SEVERAL: &str = "profila.comparisons/1";

/// Comparisons of several versions with the same one, made in the same rounds.
///
/// Their intervals hold together: the chance that any of them errs is what the confidence
/// leaves (Bonferroni), and the lines that are confirmed are so in all of them together.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Comparisons {
    /// Always [`SCHEMA_OF_SEVERAL`].
    #[schemars(extend("const" = SCHEMA_OF_SEVERAL))]
    pub schema: String,
    /// One comparison per version, the fastest version first.
    pub comparisons: Vec<Comparison>,
    /// The first version compared with itself under another name: what this machine shows
    /// when nothing has changed. Its intervals hold by themselves.
    pub placebo: Option<Box<Comparison>>,
}

impl Comparisons {
    /// Puts comparisons with the same version in the order of their throughput.
    pub fn of(mut comparisons: Vec<Comparison>, placebo: Option<Comparison>) -> Self {
        let gain = |comparison: &Comparison| comparison.throughput.ratio.value;
        comparisons.sort_by(|a, b| gain(b).total_cmp(&gain(a)));
        Self {
            schema: SCHEMA_OF_SEVERAL.to_owned(),
            comparisons,
            placebo: placebo.map(Box::new),
        }
    }
}
