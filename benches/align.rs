//! How long it takes to pair the lines of two long files, and how that grows with them.
//!
//! Run it with `make align`. It prints a line for each kind of edit: milliseconds by the
//! number of lines, the fastest of three times each, and how much longer eight times as
//! many lines take. In the files of the first kind a line in ten is edited; the others are
//! the kinds that make aligners slow.

#![expect(clippy::print_stdout, reason = "a benchmark shows its figures")]

use std::time::{Duration, Instant};

use profila::align::align;
use rand::rngs::ChaCha8Rng;
use rand::seq::SliceRandom as _;
use rand::{RngExt as _, SeedableRng as _};

/// Lines of the files, by which the columns are called.
const SIZES: [usize; 4] = [2_500, 5_000, 10_000, 20_000];

type Lines = Vec<String>;

/// Makes two files of so many lines.
type Make = fn(usize, &mut ChaCha8Rng) -> (Lines, Lines);

const CASES: [(&str, Make); 10] = [
    ("one line in ten edited", edited),
    ("one line in ten moved, edited, added, removed", mixed),
    ("a name renamed throughout", renamed),
    ("as many names as lines, all renamed", all_renamed),
    ("all lines equal", equal),
    ("all lines different", different),
    ("all lines edited", all_edited),
    ("all lines reversed", reversed),
    ("blocks of four shuffled", shuffled),
    ("no Python at all", brackets),
];

fn main() {
    print!("{:46}", "");
    for size in SIZES {
        print!("{size:>9}");
    }
    println!("   growth");
    for (name, make) in CASES {
        print!("{name:46}");
        let times = SIZES.map(|size| {
            let (time, is_rough) = fastest(make, size);
            let mark = if is_rough { '~' } else { ' ' };
            print!("{mark}{:>8.1}", time.as_secs_f64() * 1e3);
            time.as_secs_f64()
        });
        println!("{:>8.1}×", times[SIZES.len() - 1] / times[0]);
    }
    println!("\nMilliseconds; ~ where a bound on the work was reached, which is reported.");
}

/// The shortest of three times, and whether the alignment is rough.
fn fastest(make: Make, size: usize) -> (Duration, bool) {
    let (before, after) = make(size, &mut ChaCha8Rng::seed_from_u64(1));
    let (before, after) = (before.join("\n"), after.join("\n"));
    let mut is_rough = false;
    let times = (0..3).map(|_| {
        let start = Instant::now();
        is_rough = align(&before, &after).is_rough;
        start.elapsed()
    });
    let fastest = times.min().unwrap_or_default();
    (fastest, is_rough)
}

/// Functions of forty lines, most of which other functions have too.
fn source(size: usize, rng: &mut ChaCha8Rng) -> Lines {
    let line = |index: usize| match index % 40 {
        0 => "@njit".to_owned(),
        1 => format!("def kernel_{index}(values, out):"),
        2 => "    total = 0.0".to_owned(),
        3 => "    for i in range(len(values)):".to_owned(),
        38 => "    return total".to_owned(),
        39 => String::new(),
        _ => match rng.random_range(0..4) {
            0 => format!("        total += values[i] * {}", rng.random_range(0..100)),
            1 => format!(
                "        out[i] = np.sqrt(values[i - {}])",
                rng.random_range(0..9)
            ),
            2 => format!("        if values[i] > {}:", rng.random_range(0..30)),
            _ => format!(
                "        part_{} = total  # {index}",
                rng.random_range(0..50)
            ),
        },
    };
    (0..size).map(line).collect()
}

fn edited(size: usize, rng: &mut ChaCha8Rng) -> (Lines, Lines) {
    let before = source(size, rng);
    let mut after = before.clone();
    for line in after.iter_mut().skip(5).step_by(10) {
        line.push_str(" + 1");
    }
    (before, after)
}

fn mixed(size: usize, rng: &mut ChaCha8Rng) -> (Lines, Lines) {
    let before = source(size, rng);
    let mut after = before.clone();
    for _ in 0..size / 10 {
        let at = rng.random_range(0..after.len());
        match rng.random_range(0..4) {
            0 => after[at].push_str(" + 1"),
            1 => after.insert(at, format!("        new = {at}")),
            2 => drop(after.remove(at)),
            _ => {
                let line = after.remove(at);
                after.insert(rng.random_range(0..after.len()), line);
            }
        }
    }
    (before, after)
}

fn renamed(size: usize, rng: &mut ChaCha8Rng) -> (Lines, Lines) {
    let before = source(size, rng);
    let after = before.iter().map(|line| line.replace("total", "acc"));
    let after = after.collect();
    (before, after)
}

fn all_renamed(size: usize, _: &mut ChaCha8Rng) -> (Lines, Lines) {
    let lines = |name: &str| {
        (0..size)
            .map(|index| format!("{name}{index} = 1"))
            .collect()
    };
    (lines("x"), lines("y"))
}

fn equal(size: usize, _: &mut ChaCha8Rng) -> (Lines, Lines) {
    let line = "x += 1".to_owned();
    (vec![line.clone(); size], vec![line; size + 5])
}

/// Lines that are all unlike each other.
fn unlike(size: usize) -> Lines {
    let line = |index| format!("x{index} = f(y{}, {index})", index % 37);
    (0..size).map(line).collect()
}

fn different(size: usize, _: &mut ChaCha8Rng) -> (Lines, Lines) {
    let other = (0..size).map(|index| format!("call({index})"));
    (unlike(size), other.collect())
}

fn all_edited(size: usize, _: &mut ChaCha8Rng) -> (Lines, Lines) {
    let edited = unlike(size).into_iter().map(|line| line + " + 1");
    (unlike(size), edited.collect())
}

fn reversed(size: usize, _: &mut ChaCha8Rng) -> (Lines, Lines) {
    let mut reversed = unlike(size);
    reversed.reverse();
    (unlike(size), reversed)
}

fn shuffled(size: usize, rng: &mut ChaCha8Rng) -> (Lines, Lines) {
    let lines = source(size, rng);
    let mut blocks: Vec<&[String]> = lines.chunks(4).collect();
    blocks.shuffle(rng);
    let shuffled = blocks.concat();
    (lines, shuffled)
}

fn brackets(size: usize, rng: &mut ChaCha8Rng) -> (Lines, Lines) {
    let mut line = || -> String {
        let bracket = |_| ['(', ')', '[', '}', ':', '"', '\\', 'x'][rng.random_range(0..8)];
        (0..20).map(bracket).collect()
    };
    let before: Lines = (0..size).map(|_| line()).collect();
    let mut after = before.clone();
    for index in (0..size).step_by(10) {
        after[index] = line();
    }
    (before, after)
}
