//! Which orders of statements are legal, and which of them are measured.

use std::collections::BTreeSet;

use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};

/// Statements of a block at most: a matrix of more is not read.
pub(crate) const MOST_STATEMENTS: usize = 24;

/// Orders that are listed at most. Of blocks that have more, so many are drawn.
const MOST_LISTED: usize = 5_000;
const DRAWN: usize = 2_000;

/// Statements by the positions at which they stand: the first is the one that comes first.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Order(Vec<usize>);

impl Order {
    /// The order as it is.
    pub(crate) fn as_is(statements: usize) -> Self {
        Self((0..statements).collect())
    }

    /// The statements, each counted from 0, by position.
    pub(crate) fn statements(&self) -> &[usize] {
        &self.0
    }

    /// Whether nothing has moved.
    pub(crate) fn is_as_is(&self) -> bool {
        self.0.iter().enumerate().all(|(at, &it)| at == it)
    }

    /// The statements, counted from 1, such as `3→1→2`.
    pub(crate) fn name(&self) -> String {
        let numbers = self.0.iter().map(|it| (it + 1).to_string());
        numbers.collect::<Vec<_>>().join("→")
    }
}

/// Which statements have to come before which.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Precedence {
    /// The statements that have to come before each.
    before: Vec<BTreeSet<usize>>,
}

impl Precedence {
    /// Of pairs of statements, the first of which has to come first.
    pub(crate) fn new(statements: usize, pairs: impl Iterator<Item = (usize, usize)>) -> Self {
        let mut before = vec![BTreeSet::new(); statements];
        for (first, second) in pairs {
            if let Some(before) = before.get_mut(second)
                && first < second
            {
                before.insert(first);
            }
        }
        Self { before }
    }

    /// Whether an order keeps to it.
    #[cfg(test)]
    fn allows(&self, order: &Order) -> bool {
        let mut seen = BTreeSet::new();
        order.0.iter().all(|&statement| {
            let is_legal = self.before[statement].is_subset(&seen);
            seen.insert(statement) && is_legal
        })
    }

    /// Legal orders, at most `most` of them, and how many there are, unless there are very many.
    /// The first is the
    /// order as it is. Each of the others brings as many statements as possible to positions at
    /// which they have not been, and then to those at which they have been least. What is left
    /// to chance is drawn by the seed.
    pub(crate) fn orders(&self, most: usize, seed: u64) -> (Vec<Order>, Option<usize>) {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let (mut candidates, number) = self.candidates(&mut rng);
        shuffle(&mut candidates, &mut rng);
        let statements = self.before.len();
        let mut counts = vec![vec![0_usize; statements]; statements];
        let mut chosen = vec![Order::as_is(statements)];
        add(&mut counts, &chosen[0]);
        candidates.retain(|order| !order.is_as_is());
        while chosen.len() < most {
            let best = candidates.iter().enumerate();
            let best = best.min_by_key(|(_, order)| rank(&counts, order));
            let Some((index, _)) = best else { break };
            let order = candidates.swap_remove(index);
            add(&mut counts, &order);
            chosen.push(order);
        }
        (chosen, number)
    }

    /// All legal orders, and their number, or some of very many, drawn at random.
    fn candidates(&self, rng: &mut ChaCha8Rng) -> (Vec<Order>, Option<usize>) {
        let mut listed = Vec::new();
        if self.list(&mut Vec::new(), &mut listed) {
            let number = listed.len();
            return (listed, Some(number));
        }
        let drawn = (0..DRAWN).map(|_| self.draw(rng));
        let drawn: BTreeSet<Order> = drawn.collect();
        (drawn.into_iter().collect(), None)
    }

    /// Lists the orders that begin like this. Says whether that was all of them.
    fn list(&self, begun: &mut Vec<usize>, listed: &mut Vec<Order>) -> bool {
        if begun.len() == self.before.len() {
            listed.push(Order(begun.clone()));
            return listed.len() <= MOST_LISTED;
        }
        self.next(begun).into_iter().all(|statement| {
            begun.push(statement);
            let is_all = self.list(begun, listed);
            begun.pop();
            is_all
        })
    }

    /// The statements that may come next.
    fn next(&self, begun: &[usize]) -> Vec<usize> {
        let is_next = |&it: &usize| {
            !begun.contains(&it) && self.before[it].iter().all(|needed| begun.contains(needed))
        };
        (0..self.before.len()).filter(is_next).collect()
    }

    fn draw(&self, rng: &mut ChaCha8Rng) -> Order {
        let mut begun = Vec::new();
        loop {
            let next = self.next(&begun);
            if next.is_empty() {
                return Order(begun);
            }
            begun.push(next[rng.random_range(0..next.len())]);
        }
    }
}

fn add(counts: &mut [Vec<usize>], order: &Order) {
    for (position, &statement) in order.0.iter().enumerate() {
        counts[statement][position] += 1;
    }
}

/// How little an order adds: fewer cells that others have covered come first, then those
/// that are covered less.
fn rank(counts: &[Vec<usize>], order: &Order) -> (usize, usize) {
    let of = order.0.iter().enumerate();
    let of = of.map(|(position, &statement)| counts[statement][position]);
    let (mut covered, mut sum) = (0, 0);
    for count in of {
        covered += usize::from(count > 0);
        sum += count;
    }
    (covered, sum)
}

fn shuffle<T>(items: &mut [T], rng: &mut ChaCha8Rng) {
    for end in (1..items.len()).rev() {
        items.swap(end, rng.random_range(0..=end));
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn precedence(statements: usize, pairs: &[(usize, usize)]) -> Precedence {
        Precedence::new(statements, pairs.iter().copied())
    }

    fn cells<'o>(orders: impl IntoIterator<Item = &'o Order>) -> BTreeSet<(usize, usize)> {
        let orders = orders.into_iter();
        orders
            .flat_map(|order| order.0.iter().copied().enumerate())
            .collect()
    }

    #[test]
    fn orders_of_few_are_all_there_are() {
        let chain = precedence(3, &[(0, 1), (1, 2)]);
        assert_eq!(chain.orders(8, 0), (vec![Order::as_is(3)], Some(1)));
        let names: Vec<String> = precedence(3, &[(0, 2)])
            .orders(8, 0)
            .0
            .iter()
            .map(Order::name)
            .collect();
        assert_eq!(names[0], "1→2→3");
        let others: BTreeSet<&str> = names[1..].iter().map(String::as_str).collect();
        assert_eq!(others, BTreeSet::from(["1→3→2", "2→1→3"]));
    }

    #[test]
    fn four_that_are_independent_stand_everywhere_in_eight_orders() {
        for seed in 0..20 {
            let (orders, legal) = precedence(4, &[]).orders(8, seed);
            assert_eq!(legal, Some(24));
            assert_eq!(orders.len(), 8);
            assert_eq!(cells(&orders).len(), 16, "{orders:?}");
        }
    }

    #[test]
    fn of_very_many_orders_some_are_drawn() {
        let (orders, legal) = precedence(20, &[]).orders(8, 1);
        assert_eq!(legal, None);
        assert_eq!(orders.len(), 8);
        // No two of them have many statements at the same position.
        assert!(cells(&orders).len() > 150, "{orders:?}");
    }

    fn pairs() -> impl Strategy<Value = (usize, Vec<(usize, usize)>)> {
        (2..7_usize).prop_flat_map(|n| {
            let pair = (0..n, 0..n).prop_filter_map("in order", |(a, b)| (a < b).then_some((a, b)));
            (Just(n), prop::collection::vec(pair, 0..6))
        })
    }

    proptest! {
        #[test]
        fn orders_are_legal_and_distinct_and_the_first_is_as_it_is(
            (n, pairs) in pairs(), most in 2..20_usize, seed in any::<u64>(),
        ) {
            let precedence = precedence(n, &pairs);
            let (orders, legal) = precedence.orders(most, seed);
            prop_assert!(orders[0].is_as_is());
            prop_assert!(orders.iter().all(|order| precedence.allows(order)));
            let distinct: BTreeSet<_> = orders.iter().collect();
            prop_assert_eq!(distinct.len(), orders.len());
            prop_assert!(orders.len() <= most);
            prop_assert!(orders.len() == most || legal == Some(orders.len()));
            prop_assert_eq!(precedence.orders(most, seed), (orders, legal));
        }

        #[test]
        fn every_order_reaches_a_new_cell_until_all_are_reached(
            (n, pairs) in pairs(), most in 2..20_usize, seed in any::<u64>(),
        ) {
            let precedence = precedence(n, &pairs);
            let all = cells(&precedence.orders(usize::MAX, seed).0);
            let (orders, _) = precedence.orders(most, seed);
            for end in 1..orders.len() {
                let (before, after) = (cells(&orders[..end]), cells(&orders[..=end]));
                prop_assert!(before.len() < after.len() || before == all);
            }
        }
    }
}
