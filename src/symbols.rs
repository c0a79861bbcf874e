//! The names of compiled functions.

use std::fmt;

use cpp_demangle::{DemangleOptions, Symbol};

/// Bytes of a readable name. What is mangled can stand for much more than it has itself.
const LONGEST: usize = 10_000;

/// A compiled function by Python's name and the types of its arguments, such as
/// `combine(Array<long long, 1, C, mutable, aligned>)`, from the name that the compiler
/// gave it. That name is mangled as C++ names are, with tags that tell builds of a
/// function apart; these are left out. A name of another kind is kept.
pub(crate) fn demangled(linkage_name: &str) -> String {
    let mut name = Limited(String::new());
    let symbol = Symbol::new(linkage_name).ok();
    let written = symbol.map(|it| it.structured_demangle(&mut name, &DemangleOptions::new()));
    match written {
        Some(Ok(())) => without_tags(&name.0).replace("__main__::", ""),
        _ => linkage_name.to_owned(),
    }
}

/// A text that takes no more than [`LONGEST`] bytes.
struct Limited(String);

impl fmt::Write for Limited {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        if self.0.len() + text.len() > LONGEST {
            return Err(fmt::Error);
        }
        self.0.push_str(text);
        Ok(())
    }
}

/// The name without `[abi:…]`.
fn without_tags(name: &str) -> String {
    let mut kept = String::with_capacity(name.len());
    let mut rest = name;
    while let Some((before, tagged)) = rest.split_once("[abi:") {
        kept.push_str(before);
        rest = tagged.split_once(']').map_or("", |(_, after)| after);
    }
    kept + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn python_s_name_and_the_types_of_the_arguments() {
        let name = "_ZN5combo7combineB2v1B54c8tJTC_2fWwCJrC0oGOgrwaIXy0dIaqihGyoJKAwMFzNIEAA_3d_3d\
                    E5ArrayIxLi1E1C7mutable7alignedE";
        let readable_name = demangled(name);
        assert!(
            readable_name.starts_with("combo::combine(Array<long long, "),
            "{readable_name}"
        );
        assert!(!readable_name.contains("abi"), "{readable_name}");
        assert_eq!(demangled("_ZN8__main__1fB2v1Exd"), "f(long long, double)");
        assert_eq!(demangled("dgemm_"), "dgemm_");
    }

    #[test]
    fn a_name_that_is_too_long_is_kept() {
        let name = format!("_Z{LONGEST}{}v", "a".repeat(LONGEST));
        assert_eq!(demangled(&name), name);
        assert_eq!(demangled("_Z3aaav"), "aaa()");
    }
}
