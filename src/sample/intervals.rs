//! Stretches of time that may be apart.

use super::Moment;

/// Moments from each of these until before the next: in order, apart, and none of them empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Intervals(Vec<(Moment, Moment)>);

impl Intervals {
    /// What is in any of these, which may overlap. One that ends before it begins is empty.
    pub(crate) fn union(intervals: impl IntoIterator<Item = (Moment, Moment)>) -> Self {
        let mut intervals: Vec<_> = intervals
            .into_iter()
            .filter(|(begin, end)| begin < end)
            .collect();
        intervals.sort_unstable();
        let mut apart: Vec<(Moment, Moment)> = Vec::with_capacity(intervals.len());
        for (begin, end) in intervals {
            match apart.last_mut() {
                Some(last) if begin <= last.1 => last.1 = last.1.max(end),
                _ => apart.push((begin, end)),
            }
        }
        Self(apart)
    }

    /// One stretch.
    pub(crate) fn one(begin: Moment, end: Moment) -> Self {
        Self::union([(begin, end)])
    }

    /// The stretches, in order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (Moment, Moment)> + '_ {
        self.0.iter().copied()
    }

    /// Whether a moment is in it.
    pub(crate) fn has(&self, at: Moment) -> bool {
        let after = self.0.partition_point(|&(begin, _)| begin <= at);
        after > 0 && at < self.0[after - 1].1
    }

    /// Whether any moment from `begin` until before `end` is in it.
    pub(crate) fn meets(&self, begin: Moment, end: Moment) -> bool {
        let first = self.0.partition_point(|&(_, it)| it <= begin);
        begin < end && self.0.get(first).is_some_and(|&(it, _)| it < end)
    }

    /// What is in both.
    pub(crate) fn intersection(&self, other: &Self) -> Self {
        let (mut ours, mut others) = (self.iter().peekable(), other.iter().peekable());
        let mut both = Vec::new();
        while let (Some(&one), Some(&another)) = (ours.peek(), others.peek()) {
            let (begin, end) = (one.0.max(another.0), one.1.min(another.1));
            if begin < end {
                both.push((begin, end));
            }
            if one.1 < another.1 {
                ours.next();
            } else {
                others.next();
            }
        }
        Self(both)
    }

    /// What is in this and not in the other.
    pub(crate) fn without(&self, other: &Self) -> Self {
        let mut between = Vec::with_capacity(other.0.len() + 1);
        let mut begin = Moment(0);
        for (from, to) in other.iter() {
            between.push((begin, from));
            begin = to;
        }
        between.push((begin, Moment(u64::MAX)));
        self.intersection(&Self::union(between))
    }

    /// How long all stretches are together, in seconds.
    pub(crate) fn seconds(&self) -> f64 {
        let seconds = self.iter().map(|(begin, end)| end.seconds_since(begin));
        seconds.sum()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Some intervals within a hundred moments.
    fn some() -> impl Strategy<Value = Vec<(Moment, Moment)>> {
        let ends = (0_u64..100, 0_u64..100);
        let interval = ends.prop_map(|(begin, end)| (Moment(begin), Moment(end)));
        prop::collection::vec(interval, 0..8)
    }

    fn is_in(intervals: &[(Moment, Moment)], at: Moment) -> bool {
        let mut intervals = intervals.iter();
        intervals.any(|&(begin, end)| begin <= at && at < end)
    }

    proptest! {
        /// Each operation is what it says of every moment.
        #[test]
        fn every_moment_is_where_it_belongs(one in some(), other in some()) {
            let (ours, others) = (Intervals::union(one.clone()), Intervals::union(other.clone()));
            let both = ours.intersection(&others);
            let rest = ours.without(&others);
            for at in (0..100).map(Moment) {
                let (in_one, in_other) = (is_in(&one, at), is_in(&other, at));
                prop_assert_eq!(ours.has(at), in_one);
                prop_assert_eq!(both.has(at), in_one && in_other);
                prop_assert_eq!(rest.has(at), in_one && !in_other);
            }
            let apart = ours.seconds() - both.seconds() - rest.seconds();
            prop_assert!(apart.abs() < 1e-12);
        }

        #[test]
        fn what_meets_has_a_moment_in_common(one in some(), begin in 0_u64..100, end in 0_u64..100) {
            let intervals = Intervals::union(one.clone());
            let common = (begin..end).any(|at| is_in(&one, Moment(at)));
            prop_assert_eq!(intervals.meets(Moment(begin), Moment(end)), common);
        }

        #[test]
        fn they_are_in_order_and_apart(one in some()) {
            let intervals = Intervals::union(one);
            prop_assert!(intervals.0.iter().all(|(begin, end)| begin < end));
            prop_assert!(intervals.0.windows(2).all(|pair| pair[0].1 < pair[1].0));
        }
    }
}
