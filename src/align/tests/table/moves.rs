//! Lines that moved, and lines that could seem to have.

use crate::align::tests::check;

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
