//! The names of compiled functions.

use std::borrow::Cow;
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
        Some(Ok(())) => {
            let name = without_tags(&name.0).replace("__main__::", "");
            match parted(&name) {
                Some(it) => it.before.to_owned() + it.after,
                None => name,
            }
        }
        _ => linkage_name.to_owned(),
    }
}

/// How the names begin of functions that Numba makes of parallel loops, array expressions and
/// stencils. An address is behind it, in hexadecimal, which differs between processes.
const MADE_BY_NUMBA: &str = "__numba_";
const ADDRESS: &str = "_0x";

/// The name with zeros for the addresses in it, so that it is the same in all processes.
pub(crate) fn without_addresses(name: &str) -> Cow<'_, str> {
    let mut rest = name;
    let mut canonical = String::new();
    while let Some(parts) = parted(rest) {
        canonical.push_str(parts.before);
        canonical.push_str(ADDRESS);
        // As long as before, as the length is in mangled names.
        canonical.push_str(&"0".repeat(parts.digits));
        rest = parts.after;
    }
    if canonical.is_empty() {
        return name.into();
    }
    (canonical + rest).into()
}

/// A name that has an address.
struct Parted<'n> {
    before: &'n str,
    /// How many digits the address has.
    digits: usize,
    after: &'n str,
}

fn parted(name: &str) -> Option<Parted<'_>> {
    let made = name.find(MADE_BY_NUMBA)?;
    let at = made + name[made..].find(ADDRESS)?;
    let rest = &name[at + ADDRESS.len()..];
    let is_digit = |c: char| matches!(c, '0'..='9' | 'a'..='f');
    let digits = rest.find(|c| !is_digit(c)).unwrap_or(rest.len());
    Some(Parted {
        before: &name[..at],
        digits,
        after: &rest[digits..],
    })
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
    fn an_address_that_numba_puts_in_a_name_is_no_part_of_it() {
        let name = "_ZN13_3cdynamic_3e36__numba_parfor_gufunc_0x7f3b2d9331d0B3v16Ed";
        let canonical = "_ZN13_3cdynamic_3e36__numba_parfor_gufunc_0x000000000000B3v16Ed";
        assert_eq!(without_addresses(name), canonical);
        assert_eq!(without_addresses(canonical), canonical);
        assert_eq!(
            demangled(canonical),
            "_3cdynamic_3e::__numba_parfor_gufunc(double)"
        );
        let two = "a __numba_stencil_0xab and __numba_stencil_0xcdef";
        assert_eq!(
            without_addresses(two),
            "a __numba_stencil_0x00 and __numba_stencil_0x0000"
        );
        assert_eq!(without_addresses("mine_0xab"), "mine_0xab");
        assert_eq!(without_addresses("_ZN8__main__1fEd"), "_ZN8__main__1fEd");
    }

    #[test]
    fn a_name_that_is_too_long_is_kept() {
        let name = format!("_Z{LONGEST}{}v", "a".repeat(LONGEST));
        assert_eq!(demangled(&name), name);
        assert_eq!(demangled("_Z3aaav"), "aaa()");
    }
}
