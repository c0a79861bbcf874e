//! The processors that runs are kept on.

use serde::Deserialize;

use super::scalar::Scalar;

/// The processors that runs are kept on.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "Scalar")]
pub(crate) enum Affinity {
    /// Wherever the system puts them.
    None,
    /// Chosen by profila.
    Auto,
    /// These, by their numbers.
    Cpus(Vec<u32>),
}

impl TryFrom<Scalar> for Affinity {
    type Error = String;

    fn try_from(value: Scalar) -> Result<Self, String> {
        match &value {
            Scalar::Text(text) if text == "none" => Some(Self::None),
            Scalar::Text(text) if text == "auto" => Some(Self::Auto),
            Scalar::Text(text) => cpu_list(text).map(Self::Cpus),
            _ => None,
        }
        .ok_or_else(|| value.instead_of("\"none\", \"auto\" or a list of CPUs such as \"0-2,5\""))
    }
}

/// No machine has more.
const MOST_CPUS: u32 = 8192;

/// CPU numbers as the kernel writes them: `0-2,5`, in ascending order.
fn cpu_list(text: &str) -> Option<Vec<u32>> {
    let number = |text: &str| {
        let number = text.trim().parse().ok();
        number.filter(|&number: &u32| number < MOST_CPUS)
    };
    let mut cpus = Vec::new();
    for part in text.split(',') {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        let (first, last) = (number(first)?, number(last)?);
        if first > last {
            return None;
        }
        cpus.extend(first..=last);
    }
    cpus.sort_unstable();
    cpus.dedup();
    Some(cpus)
}

#[cfg(test)]
mod tests {
    use super::super::testing::read;
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Option<&Affinity>) {
        let result = read::<Affinity>(text);
        if let Err(message) = &result {
            assert!(message.contains("a list of CPUs"), "{message}");
        }
        assert_eq!(result.ok().as_ref(), expected);
    }

    #[test]
    fn affinities() {
        check("'none'", Some(&Affinity::None));
        check("'auto'", Some(&Affinity::Auto));
        check("'3'", Some(&Affinity::Cpus(vec![3])));
        check("'5, 0-2,1'", Some(&Affinity::Cpus(vec![0, 1, 2, 5])));
        for wrong in ["''", "'2-0'", "'a'", "'1,'", "'0-9999999'", "3"] {
            check(wrong, None);
        }
    }
}
