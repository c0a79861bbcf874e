//! Whether what a document says of a block fits what else is in it.

use super::{MOST_STATEMENTS, Reordering};

impl Reordering {
    /// What does not fit, with its place, such as `orders[2].statements`.
    pub(crate) fn check(&self) -> Result<(), String> {
        let number = self.statements.len();
        if number > MOST_STATEMENTS {
            return Err(format!("`statements` has more than {MOST_STATEMENTS}"));
        }
        let numbers: Vec<usize> = (1..=number).collect();
        if self
            .statements
            .iter()
            .map(|it| it.number)
            .ne(numbers.iter().copied())
            || self
                .positions
                .iter()
                .map(|it| it.number)
                .ne(numbers.iter().copied())
        {
            return Err("`statements` and `positions` are not numbered from 1 on".to_owned());
        }
        for (index, order) in self.orders.iter().enumerate() {
            let mut sorted = order.statements.clone();
            sorted.sort_unstable();
            if sorted != numbers {
                return Err(format!(
                    "`orders[{index}].statements` has not each of them once"
                ));
            }
        }
        if self.as_fast >= self.orders.len().max(1) {
            return Err("`as_fast` is more than there are other orders".to_owned());
        }
        for (index, cell) in self.cells.iter().enumerate() {
            if !numbers.contains(&cell.statement) || !numbers.contains(&cell.position) {
                return Err(format!(
                    "`cells[{index}]` is of a statement that is not there"
                ));
            }
        }
        Ok(())
    }
}
