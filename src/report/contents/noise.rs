//! How much runs of the same version differed, where that is why nothing can be told.

use crate::compare::Comparison;
use crate::report::format::rough_percent;
use crate::text::Text;

/// Part of a time by which runs of one version differ at least where the machine, or the
/// script's own work, is said to be noisy.
const MUCH: f64 = 0.05;

/// What is said where runs of the same version differed much.
pub(super) const WHAT_HELPS: &str = "No edit explains that: other load, the clock of the \
    processor, or random work of the script does. Close other programs, set the \
    `performance` governor or a fixed clock (no turbo), or make runs longer.";

/// By how much runs of the same version differed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Noise {
    /// The slowest run of a version over its fastest, less 1.
    spread: f64,
}

impl Noise {
    /// `: runs of the same version differed by up to 40%`
    pub(super) fn words(self) -> Text {
        Text::from(": runs of the same version differed by up to ") + rough_percent(self.spread)
    }
}

/// By how much the timed runs of the same version differed, if that is much.
pub(super) fn much(comparison: &Comparison) -> Option<Noise> {
    let spread = comparison.spread().filter(|&spread| spread >= MUCH)?;
    Some(Noise { spread })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::fixture;

    #[test]
    fn only_what_differs_much_is_noise() {
        let mut comparison = fixture::inconclusive();
        assert_eq!(much(&comparison), None);
        comparison.seconds_by_round.after = vec![1.0, 1.4, 1.2];
        let words = much(&comparison).unwrap().words().plain();
        assert_eq!(words, ": runs of the same version differed by up to 40%");
        comparison.seconds_by_round.after = vec![0.0, 1.0];
        assert_eq!(much(&comparison), None);
    }
}
