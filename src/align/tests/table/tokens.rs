//! White space, brackets and comments: what of a text is no edit, and what belongs to one.

use crate::align::tests::check;

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
