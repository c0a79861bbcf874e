//! What of two sequences is the same, in order.

use std::hash::Hash;

use similar::{Algorithm, DiffOp, capture_diff_slices};

use crate::pair::Pair;

/// Which element of one sequence stands beside which of the other, by index, in the order of
/// both: equal ones beside each other, and between them what replaced what.
pub(crate) fn side_by_side<T: Hash + Ord>(sides: &Pair<Vec<T>>) -> Vec<Pair<Option<usize>>> {
    let ops = capture_diff_slices(Algorithm::Myers, &sides.before, &sides.after);
    let rows = ops.into_iter().flat_map(|op| {
        let (before, after) = match op {
            DiffOp::Equal {
                old_index,
                new_index,
                len,
            } => (old_index..old_index + len, new_index..new_index + len),
            DiffOp::Delete {
                old_index,
                old_len,
                new_index,
            } => (old_index..old_index + old_len, new_index..new_index),
            DiffOp::Insert {
                old_index,
                new_index,
                new_len,
            } => (old_index..old_index, new_index..new_index + new_len),
            DiffOp::Replace {
                old_index,
                old_len,
                new_index,
                new_len,
            } => (
                old_index..old_index + old_len,
                new_index..new_index + new_len,
            ),
        };
        let rows = before.len().max(after.len());
        (0..rows).map(move |row| {
            let at = |range: &std::ops::Range<usize>| range.clone().nth(row);
            Pair::new(at(&before), at(&after))
        })
    });
    rows.collect()
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn equal_ones_stand_beside_each_other() {
        let rows = side_by_side(&Pair::new(vec![1, 2, 3, 4], vec![1, 5, 6, 4, 7]));
        let rows: Vec<_> = rows.into_iter().map(|it| (it.before, it.after)).collect();
        assert_eq!(
            rows,
            [
                (Some(0), Some(0)),
                (Some(1), Some(1)),
                (Some(2), Some(2)),
                (Some(3), Some(3)),
                (None, Some(4)),
            ]
        );
    }

    proptest! {
        #[test]
        fn each_element_is_in_one_row_in_order(
            before in vec(0_u8..4, 0..30),
            after in vec(0_u8..4, 0..30),
        ) {
            let lengths = (before.len(), after.len());
            let rows = side_by_side(&Pair::new(before, after));
            let befores: Vec<_> = rows.iter().filter_map(|it| it.before).collect();
            let afters: Vec<_> = rows.iter().filter_map(|it| it.after).collect();
            prop_assert_eq!(befores, (0..lengths.0).collect::<Vec<_>>());
            prop_assert_eq!(afters, (0..lengths.1).collect::<Vec<_>>());
        }
    }
}
