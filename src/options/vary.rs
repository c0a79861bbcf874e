//! `--vary`

use std::str::FromStr;

/// Sizes at least, so that a power can be told from what is none.
pub(crate) const LEAST_SIZES: usize = 3;

/// Sizes at most.
pub(crate) const MOST_SIZES: usize = 16;

/// The largest size over the smallest, at least.
const LEAST_SPAN: f64 = 2.0;

/// A size with its values, such as `size=1000,2000,4000`.
#[derive(Clone, Debug, PartialEq)]
pub struct Vary {
    /// What it is called: what stands between braces where a value belongs.
    pub name: String,
    /// The values as they were written, and as numbers: the smallest first.
    pub values: Vec<(String, f64)>,
}

impl Vary {
    /// What a value takes the place of, such as `{size}`.
    pub fn placeholder(&self) -> String {
        format!("{{{}}}", self.name)
    }
}

impl FromStr for Vary {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let Some((name, values)) = text.split_once('=') else {
            return Err("write sizes as NAME=V1,V2,V3, such as size=1000,2000,4000".to_owned());
        };
        let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
        if name.is_empty() || !name.chars().all(is_part) {
            return Err(format!(
                "`{name}` cannot be the name of a size: use letters, digits, `_` and `-`"
            ));
        }
        let values = values.split(',').map(|value| number(value.trim()));
        let mut values = values.collect::<Result<Vec<(String, f64)>, String>>()?;
        values.sort_by(|one, other| one.1.total_cmp(&other.1));
        for two in values.windows(2) {
            if two[0].1.to_bits() == two[1].1.to_bits() {
                let [(one, _), (other, _)] = two else {
                    continue;
                };
                return Err(if one == other {
                    format!("`{one}` is there twice: a size is measured once per round")
                } else {
                    format!("`{one}` and `{other}` are the same size")
                });
            }
        }
        let span = match values.as_slice() {
            [first, .., last] => last.1 / first.1,
            _ => 1.0,
        };
        match values.len() {
            0..LEAST_SIZES => Err(format!(
                "give at least {LEAST_SIZES} sizes: with fewer it cannot be told whether a cost \
                 grows as a power of them"
            )),
            LEAST_SIZES..=MOST_SIZES if span < LEAST_SPAN => Err(format!(
                "the largest size is only {span:.3} times the smallest: over so short a range it \
                 cannot be told how a cost grows; make it at least twice the smallest"
            )),
            LEAST_SIZES..=MOST_SIZES => Ok(Self {
                name: name.to_owned(),
                values,
            }),
            more => Err(format!(
                "{more} sizes are too many: give at most {MOST_SIZES}"
            )),
        }
    }
}

/// A value as it was written, and as a number above 0.
fn number(text: &str) -> Result<(String, f64), String> {
    let number = text.parse().ok();
    let number = number.filter(|number: &f64| number.is_finite() && *number > 0.0);
    match number {
        Some(number) => Ok((text.to_owned(), number)),
        None => Err(format!("`{text}` is not a number above 0, such as 1000")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_ascend_and_are_kept_as_they_were_written() {
        let vary: Vary = "size=4e3,1000, 2000".parse().unwrap();
        let texts: Vec<&str> = vary.values.iter().map(|(text, _)| &**text).collect();
        assert_eq!(texts, ["1000", "2000", "4e3"]);
        assert_eq!(vary.placeholder(), "{size}");
    }

    #[test]
    fn what_is_no_series_of_sizes_is_told_why() {
        for (wrong, words) in [
            ("", "NAME=V1,V2,V3"),
            ("1,2,3", "NAME=V1,V2,V3"),
            ("=1,2,3", "name of a size"),
            ("a b=1,2,3", "`a b` cannot be the name"),
            ("n=1,2", "at least 3 sizes"),
            ("n=", "`` is not a number above 0"),
            ("n=1,2,", "`` is not a number above 0"),
            ("n=1,x,3", "`x` is not a number above 0"),
            ("n=0,1,2", "`0` is not"),
            ("n=-1,1,2", "`-1` is not"),
            ("n=1,2,inf", "`inf` is not"),
            ("n=1,2,NaN", "`NaN` is not"),
            ("n=1,2,2", "`2` is there twice"),
            ("n=1,100,1e2", "`100` and `1e2` are the same size"),
            ("n=1000,1001,1002", "only 1.002 times the smallest"),
            ("n=1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17", "at most 16"),
        ] {
            let error = wrong.parse::<Vary>().unwrap_err();
            assert!(error.contains(words), "{wrong}: {error}");
        }
    }
}
