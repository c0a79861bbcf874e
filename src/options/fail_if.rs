//! `--fail-if`

use std::str::FromStr;

use super::numbers::Percent;
use super::scalar::Scalar;
use crate::gate::{Rule, Subject};
use crate::selection::Selection;

/// A rule as a flag has it: `throughput:5%`.
#[derive(Clone, Debug, PartialEq)]
pub struct FailIf(pub Rule);

impl FromStr for FailIf {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let Some((metric, limit)) = text.split_once(':') else {
            return Err("write a rule as METRIC:LIMIT, such as throughput:5%".to_owned());
        };
        let subject = match metric {
            "throughput" => Subject::Throughput,
            "peak-memory" => Subject::PeakMemory,
            "line-cost" => Subject::LineCost(Selection::default()),
            other => {
                return Err(format!(
                    "`{other}` is not a gate metric: use `throughput`, `peak-memory` or `line-cost`"
                ));
            }
        };
        let limit = Percent::try_from(Scalar::Text(limit.to_owned()))?;
        Ok(Self(Rule {
            subject,
            max_worse: limit.fraction,
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_metric_and_a_limit() {
        let rule = |subject, max_worse| Ok(FailIf(Rule { subject, max_worse }));
        assert_eq!("throughput:5%".parse(), rule(Subject::Throughput, 0.05));
        assert_eq!("peak-memory:0%".parse(), rule(Subject::PeakMemory, 0.0));
        let all_lines = Subject::LineCost(Selection::default());
        assert_eq!("line-cost:10%".parse(), rule(all_lines, 0.1));
        for (wrong, words) in [
            ("throughput", "METRIC:LIMIT"),
            ("speed:5%", "`speed` is not a gate metric"),
            ("throughput:5", "a percentage"),
            ("throughput:", "a percentage"),
        ] {
            let error = wrong.parse::<FailIf>().unwrap_err();
            assert!(error.contains(words), "{error}");
        }
    }
}
