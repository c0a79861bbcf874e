//! Lines that were edited, replaced, added or removed.

use crate::align::tests::check;

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
