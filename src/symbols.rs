//! The names of compiled functions.

/// A compiled function by Python's name and the types of its arguments, such as
/// `combine(Array<long long, 1, C, mutable, aligned>)`, from the name that the compiler
/// gave it. That name is mangled as C++ names are, with tags that tell builds of a
/// function apart; these are left out. A name of another kind is kept.
pub(crate) fn demangled(linkage_name: &str) -> String {
    let symbol = cpp_demangle::Symbol::new(linkage_name);
    let Some(name) = symbol.ok().and_then(|symbol| symbol.demangle().ok()) else {
        return linkage_name.to_owned();
    };
    without_tags(&name).replace("__main__::", "")
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
}
