//! Whether what a document says of sizes fits what else is in it.

use super::{Growth, Scaling};
use crate::options::MOST_SIZES;

impl Scaling {
    /// What does not fit, with its place, such as `lines[2].part.growth`.
    pub(crate) fn check(&self) -> Result<(), String> {
        let number = self.sizes.len();
        if !(2..=MOST_SIZES).contains(&number) {
            return Err(format!("`sizes` has not 2 to {MOST_SIZES} of them"));
        }
        let is_size = |value: f64| value.is_finite() && value > 0.0;
        let ascend = self.sizes.windows(2).all(|two| two[0].value < two[1].value);
        if !ascend || !self.sizes.iter().all(|it| is_size(it.value)) {
            return Err("`sizes` do not ascend from above 0".to_owned());
        }
        self.whole
            .check(number)
            .map_err(|it| format!("`whole{it}"))?;
        let lines = self.lines.iter().enumerate();
        let lines = lines.map(|(index, line)| (format!("lines[{index}].part"), &line.part));
        for (name, part) in lines.chain([("rest".to_owned(), &self.rest)]) {
            if part.shares.len() != number || part.samples.len() != number {
                return Err(format!("`{name}` has not a share of each size"));
            }
            let checked = part.growth.check(number);
            checked.map_err(|it| format!("`{name}.growth{it}"))?;
        }
        Ok(())
    }
}

impl Growth {
    /// What does not fit, from the name of its field on.
    fn check(&self, sizes: usize) -> Result<(), String> {
        if self.cost_s.len() != sizes {
            return Err(".cost_s` has not one of each size".to_owned());
        }
        if !self.fitted_s.is_empty() && self.fitted_s.len() != sizes {
            return Err(".fitted_s` has not one of each size".to_owned());
        }
        if self.steps.len() + 1 != sizes {
            return Err(".steps` has not one from each size to the next".to_owned());
        }
        if self.bent_at.is_some_and(|at| at == 0 || at + 1 >= sizes) {
            return Err(".bent_at` is no size between two others".to_owned());
        }
        Ok(())
    }
}
