//! What is concluded of all recordings together: each is compared with the first.

use std::borrow::Cow;

use super::summary::seconds_per_round;
use super::{CompareError, Comparison, Comparisons, Options, compare};
use crate::align::align_files;
use crate::gate::Outcome;
use crate::pair::Pair;
use crate::recording::{Attribution, Recording, Role};
use crate::throughput;

/// What was concluded.
#[derive(Clone, Debug, PartialEq)]
pub enum Conclusion {
    /// Of two versions.
    One(Box<Comparison>),
    /// Of more, or with a placebo.
    Several(Comparisons),
}

impl Conclusion {
    /// The comparisons with the first version, without that of a placebo.
    pub fn comparisons(&self) -> &[Comparison] {
        match self {
            Self::One(comparison) => std::slice::from_ref(&**comparison),
            Self::Several(several) => &several.comparisons,
        }
    }

    /// The worst outcome of a rule; `None` where there are no rules.
    pub fn outcome(&self) -> Option<Outcome> {
        let gates = self.comparisons().iter().filter_map(|it| it.gate.as_ref());
        gates.map(|gate| gate.outcome).max()
    }

    /// Whether each of the comparisons has an answer.
    pub fn has_answer(&self) -> bool {
        self.comparisons().iter().all(Comparison::has_answer)
    }
}

/// Compares each recording with the first, of two or more, the placebo apart from the others.
/// Which samples are whose is decided by `attribution`, and how many comparisons are to hold
/// together by how many there are.
///
/// Fails where two of them cannot be compared.
///
/// # Panics
/// If there are fewer than two recordings.
pub fn conclude<'r>(
    recordings: impl IntoIterator<Item = &'r Recording>,
    attribution: Attribution,
    options: &Options,
) -> Result<Conclusion, CompareError> {
    let recordings = recordings.into_iter();
    let mut recordings: Vec<_> = recordings.map(|it| it.seen(attribution)).collect();
    let has_placebo = arrange(&mut recordings);
    restate_all(&mut recordings);
    let [before, versions @ ..] = recordings.as_slice() else {
        panic!("a comparison has two versions or more");
    };
    let (placebo, versions) = match versions {
        [versions @ .., placebo] if has_placebo => (Some(placebo), versions),
        versions => (None, versions),
    };
    let compared = |after: &Recording, together| {
        let options = Options {
            together,
            ..options.clone()
        };
        compare_pair(Pair::new(before, after), &options)
    };
    if let ([after], None) = (versions, placebo) {
        return Ok(Conclusion::One(Box::new(compared(after, 1)?)));
    }
    let together = u32::try_from(versions.len()).unwrap_or(u32::MAX);
    let compared_together = versions.iter().map(|after| compared(after, together));
    let mut comparisons = compared_together.collect::<Result<Vec<_>, _>>()?;
    let seconds_per_round = seconds_per_round(recordings.iter().map(AsRef::as_ref));
    for comparison in &mut comparisons {
        comparison.seconds_per_round = seconds_per_round;
    }
    let placebo = placebo.map(|again| compared(again, 1)).transpose()?;
    Ok(Conclusion::Several(Comparisons::of(comparisons, placebo)))
}

/// Puts the placebo last and its base first, and says whether there is one.
///
/// Recordings are compared in the order in which they are given. But a placebo can only be
/// judged beside the version that it is the placebo of, and a shell sorts `runs/*.json` by
/// name. Where that version is not there, or nothing besides the two, the placebo is a
/// version like any other; so is one of another experiment than the first recording's, which
/// was named first on purpose.
fn arrange(recordings: &mut [Cow<'_, Recording>]) -> bool {
    let in_role = |role| {
        let experiment = &recordings.first()?.experiment;
        let mut recordings = recordings.iter();
        recordings.position(|it| it.role == role && it.experiment == *experiment)
    };
    let (placebo, base) = (in_role(Role::Placebo), in_role(Role::Base));
    let (Some(placebo), Some(base), 3..) = (placebo, base, recordings.len()) else {
        return false;
    };
    recordings[placebo..].rotate_left(1);
    let base = base - usize::from(base > placebo);
    recordings[..=base].rotate_right(1);
    true
}

/// Puts the values of all recordings into the form of the first, where they are not in it and
/// that is possible.
fn restate_all(recordings: &mut [Cow<'_, Recording>]) {
    let [first, others @ ..] = recordings else {
        return;
    };
    let form = &first.settings.throughput;
    for other in others {
        if other.settings.throughput != *form {
            throughput::restate_recording(other.to_mut(), form);
        }
    }
}

fn compare_pair(sides: Pair<&Recording>, options: &Options) -> Result<Comparison, CompareError> {
    let sources = sides.map(|recording| &*recording.sources);
    let alignments = align_files(sources, sides.map(Recording::script));
    compare(sides.before, sides.after, &alignments, options)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recording::fixture;

    /// Arranges recordings that are given as `NAME:EXPERIMENT:ROLE`.
    #[track_caller]
    fn check(given: &str, has_placebo: bool, names: &str) {
        let recordings = given.split(' ').map(|it| {
            let [name, experiment, role] = it.split(':').collect::<Vec<_>>()[..] else {
                panic!("{it}");
            };
            let mut recording = fixture::recording(name, "a.py");
            experiment.clone_into(&mut recording.experiment);
            recording.role = match role {
                "base" => Role::Base,
                "placebo" => Role::Placebo,
                _ => Role::Candidate,
            };
            Cow::Owned(recording)
        });
        let mut recordings: Vec<Cow<'_, Recording>> = recordings.collect();
        assert_eq!(arrange(&mut recordings), has_placebo);
        let arranged: Vec<&str> = recordings.iter().map(|it| &*it.variant.name).collect();
        assert_eq!(arranged.join(" "), names);
    }

    #[test]
    fn a_placebo_is_judged_beside_its_base_in_whatever_order_the_two_are_given() {
        check("a:1:base b:1:new p:1:placebo", true, "a b p");
        check("b:1:new p:1:placebo c:1:new a:1:base", true, "a b c p");
        check("p:1:placebo a:1:base b:1:new", true, "a b p");
        check("b:1:new a:1:base c:1:new p:1:placebo", true, "a b c p");
    }

    #[test]
    fn without_its_base_or_anything_else_a_placebo_is_a_version_like_any_other() {
        check("p:1:placebo a:1:base", false, "p a");
        check("b:1:new p:1:placebo c:1:new", false, "b p c");
        check("a:2:base p:1:placebo b:2:new", false, "a p b");
    }

    #[test]
    fn a_placebo_is_that_of_the_first_recordings_experiment() {
        let two = "a:1:base b:1:new p:1:placebo c:2:base d:2:new q:2:placebo";
        check(two, true, "a b c d q p");
        check("r:0:base b:1:new p:1:placebo a:1:base", false, "r b p a");
    }

    #[test]
    fn all_others_are_compared_in_the_order_in_which_they_are_given() {
        check("b:1:new a:1:base", false, "b a");
        check("b:1:new c:1:new a:1:base", false, "b c a");
    }
}
