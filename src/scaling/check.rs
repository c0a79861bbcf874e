//! Whether what a document says of sizes fits what else is in it.

use super::{Growth, Scaling};
use crate::compare::Estimate;
use crate::options::{LEAST_SIZES, MOST_SIZES};

impl Scaling {
    /// What does not fit, with its place, such as `lines[2].part.growth`.
    pub(crate) fn check(&self) -> Result<(), String> {
        let number = self.sizes.len();
        if !(LEAST_SIZES..=MOST_SIZES).contains(&number) {
            return Err(format!(
                "`sizes` needs {LEAST_SIZES} to {MOST_SIZES} values"
            ));
        }
        let is_size = |value: f64| value.is_finite() && value > 0.0;
        let ascend = self.sizes.windows(2).all(|two| two[0].value < two[1].value);
        if !ascend || !self.sizes.iter().all(|it| is_size(it.value)) {
            return Err("`sizes` need to ascend from above 0".to_owned());
        }
        self.whole
            .check(number)
            .map_err(|it| format!("`whole{it}"))?;
        let lines = self.lines.iter().enumerate();
        let lines = lines.map(|(index, line)| (format!("lines[{index}].part"), &line.part));
        for (name, part) in lines.chain([("rest".to_owned(), &self.rest)]) {
            if part.shares.len() != number || part.samples.len() != number {
                return Err(format!(
                    "`{name}` needs one share and one number of samples per size"
                ));
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
            return Err(".cost_s` needs one value per size".to_owned());
        }
        if !self.fitted_s.is_empty() && self.fitted_s.len() != sizes {
            return Err(".fitted_s` needs one value per size, or none".to_owned());
        }
        if self.steps.len() + 1 != sizes {
            return Err(".steps` needs one value from each size to the next".to_owned());
        }
        let are_finite = [
            ("cost_s", self.cost_s.iter().all(is_finite)),
            ("exponent", self.exponent.iter().all(is_finite)),
            ("fitted_s", self.fitted_s.iter().all(|it| it.is_finite())),
            (
                "steps",
                self.steps.iter().flatten().all(|it| it.is_finite()),
            ),
        ];
        if let Some((name, _)) = are_finite.iter().find(|(_, are_finite)| !are_finite) {
            return Err(format!(".{name}` needs finite numbers"));
        }
        if self.bent_at.is_some_and(|at| at == 0 || at + 1 >= sizes) {
            return Err(".bent_at` is no size between two others".to_owned());
        }
        Ok(())
    }
}

/// Whether an estimate and its interval, if it has one, are numbers.
fn is_finite(estimate: &Estimate) -> bool {
    let ends = [estimate.low, estimate.high].into_iter().flatten();
    [estimate.value].into_iter().chain(ends).all(f64::is_finite)
}
