//! Names that were changed throughout, and names that were not.

use crate::align::tests::{check, check_renames};

#[test]
fn a_variable_renamed_throughout() {
    let texts = check(
        "
=  1  1   |def dither(picture):
=  2  2   |    grey = picture.astype(np.int16) →     work = picture.astype(np.int16)
=  3  3   |    for y in range(height):
=  4  4   |        wanted = grey[y, x] →         wanted = work[y, x]
=  5  5   |    return grey →     return work
",
    );
    check_renames(&texts, &["grey → work"]);
}

#[test]
fn a_variable_renamed_in_one_of_two_functions() {
    let texts = check(
        "
=  1  1   |def one(x):
=  2  2   |    total = 0 →     acc = 0
=  3  3   |    for y in x:
=  4  4   |        total += y →         acc += y
=  5  5   |    return total →     return acc
=  6  6   |def two(x):
=  7  7   |    total = 1
=  8  8   |    for y in x:
=  9  9   |        total *= y
= 10 10   |    return total
",
    );
    check_renames(&texts, &["total → acc in one"]);
}

#[test]
fn a_function_and_its_parameter_renamed_and_called() {
    let texts = check(
        "
=  1  1   |@njit
=  2  2   |def blur(image, width): → def smooth(image, radius):
=  3  3   |    for i in range(width): →     for i in range(radius):
=  4  4   |        image[i] = 0.5 * image[i]
=  5  5   |def main():
=  6  6   |    blur(image, width=3) →     smooth(image, radius=3)
",
    );
    check_renames(&texts, &["blur → smooth", "width → radius"]);
}

#[test]
fn two_names_exchanged_are_an_edit() {
    let texts = check(
        "
=  1  1   |def f(a, b):
~  2  2 a |    c = a - b →     c = b - a
=  3  3   |    return c
",
    );
    check_renames(&texts, &[]);
}

#[test]
fn another_function_of_a_library_is_an_edit() {
    let texts = check(
        "
=  1  1   |x = np.zeros(3)
~  2  2 a |y = np.round(x) → y = np.floor(x)
~  3  3 a |z = abs(y) → z = round(y)
",
    );
    check_renames(&texts, &[]);
}

#[test]
fn a_rename_and_an_edit_of_the_same_line() {
    let texts = check(
        "
=  1  1   |scale = 255 → factor = 255
~  2  2 a |y = x * scale + 1 → y = x * factor + 2
=  3  3   |z = scale → z = factor
",
    );
    check_renames(&texts, &["scale → factor"]);
}

#[test]
fn a_line_with_a_new_name_is_no_rename_if_it_does_something_else() {
    let texts = check(
        "
=  1  1   |x = read()
~  2  2 a |low = min(x) → high = max(x)
=  3  3   |show(x)
",
    );
    check_renames(&texts, &[]);
}
