//! Edits, and the pairing a programmer expects.

use super::{check, check_renames};

#[test]
fn nothing_changed() {
    check(
        "
=  1  1   |def f(x):
=  2  2   |    return x
",
    );
}

#[test]
fn from_and_to_nothing() {
    check(
        "
+  ·  1 a |def f(x):
+  ·  2 a |    return x
",
    );
    check(
        "
-  1  · a |def f(x):
-  2  · a |    return x
",
    );
}

#[test]
fn two_guarded_statements_swapped() {
    check(
        "
=  1  1   |            error = old - new
>  4  2   |            if y + 1 < height and x > 0:
>  5  3   |                err[y + 1, x - 1] += e * 3 // 16
>  2  4   |            if x + 1 < width:
>  3  5   |                err[y, x + 1] += e * 7 // 16
=  6  6   |            if y + 1 < height:
=  7  7   |                err[y + 1, x] += e * 5 // 16
=  8  8   |            if y + 1 < height and x + 1 < width:
=  9  9   |                err[y + 1, x + 1] += e // 16
",
    );
}

#[test]
fn a_clamp_replaced_by_a_comparison() {
    check(
        "
=  1  1   |            old = err[y, x]
~  2  · a |            if old > 255:
~  3  · a |                new = 255
~  4  · a |            elif old < 0:
~  5  · a |                new = 0
~  6  · a |            else:
~  7  · a |                new = np.round(old / 255) * 255
~  ·  2 a |            new = 255 if old >= 128 else 0
=  8  3   |            out[y, x] = new
",
    );
}

#[test]
fn a_clamp_replaced_where_a_branch_survives() {
    check(
        "
=  1  1   |old = err[y, x]
-  2  · a |if old > 255:
-  3  · a |    old = 255
-  4  · a |elif old < 0:
-  5  · a |    old = 0
=  6  2   |new = old
",
    );
}

#[test]
fn one_line_edited() {
    check(
        "
=  1  1   |for i in range(n):
~  2  2 a |    total += x[i] → total += x[i] * w[i]
=  3  3   |return total
",
    );
}

#[test]
fn one_line_replaced_by_an_unlike_one() {
    check(
        "
=  1  1   |for i in range(n):
~  2  2 a |    total += x[i] → advance(state)
=  3  3   |return total
",
    );
}

#[test]
fn a_constant_changed_in_a_run_of_lines() {
    check(
        "
=  1  1   |def f(x):
~  2  2 a |    a = x * 7 // 16 → a = x * 7 / 16
~  3  3 a |    b = x * 3 // 16 → b = x * 3 / 16
~  4  4 a |    c = x * 5 // 16 → c = x * 5 / 16
=  5  5   |    return a + b + c
",
    );
}

#[test]
fn one_of_several_replaced_lines_is_the_same_edited() {
    check(
        "
=  1  1   |setup()
~  2  · a |lo = min(values)
~  3  · a |hi = max(values)
~  4  2 a |scale = 255.0 / (hi - lo) → scale = 255.0 / (high - low)
=  5  3   |apply(scale)
",
    );
}

#[test]
fn unlike_lines_in_place_of_as_many_stand_alone() {
    check(
        "
=  1  1   |start()
~  2  · a |image = load(path)
~  3  · a |print(image.shape)
~  ·  2 a |grid = np.zeros((8, 8))
~  ·  3 a |fill(grid, seed=3)
=  4  4   |finish()
",
    );
}

#[test]
fn lines_added() {
    check(
        "
=  1  1   |def f(x):
+  ·  2 a |    y = g(x)
+  ·  3 a |    z = h(y)
=  2  4   |    return x
",
    );
}

#[test]
fn lines_removed_at_both_ends() {
    check(
        "
-  1  · a |import os
=  2  1   |import numpy
=  3  2   |main()
-  4  · b |cleanup()
",
    );
}

#[test]
fn a_loop_put_around_a_block() {
    check(
        "
=  1  1   |def f(image):
+  ·  2 a |    for _ in range(10):
=  2  3   |    for y in range(height): →         for y in range(height):
=  3  4   |        for x in range(width): →             for x in range(width):
=  4  5   |            image[y, x] += 1 →                 image[y, x] += 1
=  5  6   |    return image
",
    );
}

#[test]
fn a_statement_hoisted_out_of_a_loop() {
    check(
        "
=  1  1   |def f(image, gamma):
>  4  2   |            scale = 255.0 ** gamma →     scale = 255.0 ** gamma
=  2  3   |    for y in range(height):
=  3  4   |        for x in range(width):
=  5  5   |            image[y, x] *= scale
",
    );
}

#[test]
fn a_long_block_passed_by_one_statement() {
    check(
        "
=  2  1   |b = load(path)
=  3  2   |c = scale(b)
=  4  3   |d = clip(c)
>  1  4   |a = seed(42)
=  5  5   |run(a, d)
",
    );
}

#[test]
fn three_statements_reversed() {
    check(
        "
=  1  1   |begin()
>  4  2   |c = third(x)
>  3  3   |b = second(x)
>  2  4   |a = first(x)
=  5  5   |end()
",
    );
}

#[test]
fn functions_swapped_with_the_blank_lines_between_them() {
    check(
        "
=  1  1   |import numpy
=  2  2   |
>  6  3   |def g(y):
>  7  4   |    return y - 1
=  5  5   |
>  3  6   |def f(x):
>  4  7   |    return x + 1
=  8  8   |
=  9  9   |main()
",
    );
}

#[test]
fn a_line_edited_inside_a_block_that_moved() {
    check(
        "
-  5  · a |
=  6  1   |def main():
=  7  2   |    data = load()
=  8  3   |    check(data)
=  9  4   |    store(data)
= 10  5   |    report(data)
+  ·  6 b |
>  1  7   |def f(x):
>  2  8   |    y = x * x
~  3  9 c |    z = y + 1 →     z = y + 2
>  4 10   |    return z
",
    );
}

#[test]
fn duplicates_are_told_apart_by_their_neighbours() {
    check(
        "
=  1  1   |def f(x):
=  2  2   |    i = 0
=  3  3   |    x[i] = 1
=  4  4   |    i += 1
=  5  5   |    return x
=  6  6   |
+  ·  7 a |def g(x):
+  ·  8 a |    i = 0
+  ·  9 a |    x[i] = 2
+  · 10 a |    i += 1
+  · 11 a |    return x
+  · 12 a |
=  7 13   |def h(x):
=  8 14   |    i = 0
=  9 15   |    x[i] = 3
= 10 16   |    i += 1
= 11 17   |    return x
",
    );
}

#[test]
fn moved_duplicates_stay_with_their_blocks() {
    check(
        "
=  1  1   |begin()
>  6  2   |k = second()
>  7  3   |total += k
>  8  4   |emit(2)
=  2  5   |j = first()
=  3  6   |total += j
=  4  7   |emit(1)
=  5  8   |emit(0)
=  9  9   |end()
",
    );
}

#[test]
fn trivial_lines_do_not_move_by_themselves() {
    check(
        "
=  1  1   |if a:
=  2  2   |    b()
-  3  · a |else:
-  4  · a |    c()
=  5  3   |for d in e:
=  6  4   |    g(d)
+  ·  5 b |else:
+  ·  6 b |    h(d)
",
    );
}

#[test]
fn a_bracket_between_the_halves_of_an_edit_is_part_of_it() {
    check(
        "
=  1  1   |values = first(
~  2  · a |    alpha,
~  3  · a |    beta,
~  4  · a |)
~  5  · a |log(values)
~  ·  2 a |    everything
~  ·  3 a |)
=  6  4   |end()
",
    );
}

#[test]
fn blank_lines_inside_a_block_belong_to_it() {
    check(
        "
=  1  1   |begin()
+  ·  2 a |a = 1
+  ·  3 a |
+  ·  4 a |b = 2
=  2  5   |end()
",
    );
}

#[test]
fn edits_in_neighbouring_paragraphs_stay_apart() {
    check(
        "
~  1  1 a |a = f(1) → a = f(2)
=  2  2   |
~  3  3 b |b = g(1) → b = g(2)
=  4  4   |
=  5  5   |end()
",
    );
}

#[test]
fn comments_are_lines_like_others() {
    check(
        "
~  1  1 a |# spread the error to the right → # spread the error to the left
=  2  2   |err[x + 1] += e
>  4  3   |# done
=  3  4   |out[x] = e
=  5  5   |return out
",
    );
}

#[test]
fn an_early_return_added_before_an_equal_one() {
    check(
        "
=  1  1   |def f(x):
+  ·  2 a |    if x is None:
+  ·  3 a |        return x
=  2  4   |    x += 1
=  3  5   |    return x
",
    );
}

#[test]
fn a_branch_with_a_common_tail_added() {
    check(
        "
=  1  1   |for v in values:
=  2  2   |    if v < 0:
=  3  3   |        count += 1
=  4  4   |        continue
+  ·  5 a |    if v > 9:
+  ·  6 a |        count += 1
+  ·  7 a |        continue
=  5  8   |    total += v
",
    );
}

#[test]
fn two_buffers_instead_of_one() {
    check(
        "
=  1  1   |def dither(image):
~  2  · a |    work = image.astype(np.int16)
~  ·  2 a |    here = np.zeros(width + 2, np.int16)
~  ·  3 a |    below = np.zeros(width + 2, np.int16)
=  3  4   |    for y in range(height):
=  4  5   |        for x in range(width):
~  5  6 b |            old = work[y, x] →             old = image[y, x] + here[x + 1]
=  6  7   |            new = 255 if old >= 128 else 0
=  7  8   |            e = old - new
~  8  9 c |            work[y, x + 1] += e * 7 // 16 →             here[x + 2] += e * 7 // 16
=  9 10   |            out[y, x] = new
+  · 11 d |        here, below = below, here
= 10 12   |    return out
",
    );
}

#[test]
fn white_space_between_tokens() {
    check(
        "
=  1  1   |def f(x,y): → def f(x, y):
=  2  2   |    return x*y →     return x * y
",
    );
}

#[test]
fn another_comment_behind_code() {
    check(
        "
=  1  1   |total = 0
=  2  2   |for x in values:  # all → for x in values:  # all of them
=  3  3   |    total += x →     total += x  # exact
",
    );
}

#[test]
fn another_comment_on_a_line_of_its_own() {
    check(
        "
=  1  1   |total = 0
~  2  2 a |# Sum up all values. → # Add up the values.
=  3  3   |total += x
",
    );
}

#[test]
fn a_text_in_quotes_is_not_white_space() {
    check(
        "
~  1  1 a |print('a  b') → print('a b')
",
    );
}

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
