//! The tables of `docs/METHODOLOGY.md`: what is claimed of the statistics, and how often
//! it was true of simulated experiments.
//!
//! Every simulation has a seed, so that its figures are the same each time. With fewer
//! repetitions they are a test, which also fails where the document claims something else; with
//! 10,000 they are what `make simulate` writes into it.

mod claims;
mod growth;
mod machines;
mod plans;
mod recordings;
mod whole;

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use self::claims::claims;
use crate::stats::simulation::world::Rate;
use crate::stats::simulation::{OF_RUNS, looks};

/// Repetitions of each cell in the full set.
const FULL: usize = 10_000;

/// What a rate must be.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Bar {
    AtMost(f64),
    AtLeast(f64),
    Between(f64, f64),
    /// Shown for information.
    None,
}

/// A kind of experiment, and how often something is true of it in so many repetitions.
struct Cell {
    name: String,
    rate: Box<dyn Fn(usize) -> Rate + Sync + Send>,
}

/// Something that has to be true of all its cells.
struct Claim {
    what: &'static str,
    bar: Bar,
    seed: u64,
    /// Repetitions of each cell in the quick set.
    quick: usize,
    cells: Vec<Cell>,
}

impl Cell {
    fn new(name: String, rate: impl Fn(usize) -> Rate + Sync + Send + 'static) -> Self {
        let rate = Box::new(rate);
        Self { name, rate }
    }
}

impl Claim {
    fn new(what: &'static str, bar: Bar, seed: u64, quick: usize, cells: Vec<Cell>) -> Self {
        Self {
            what,
            bar,
            seed,
            quick,
            cells,
        }
    }
}

impl Bar {
    /// How far a rate is beyond it, in the rate's own terms; below 0 it is within.
    fn excess(self, rate: f64) -> f64 {
        match self {
            Self::AtMost(most) => rate - most,
            Self::AtLeast(least) => least - rate,
            Self::Between(least, most) => (least - rate).max(rate - most),
            // The lowest is the one to show.
            Self::None => -rate,
        }
    }

    /// Whether a rate is within it, but for the noise of its own repetitions.
    fn allows(self, rate: Rate) -> bool {
        let noise = match self {
            Self::AtMost(bar) | Self::AtLeast(bar) => rate.noise(bar),
            Self::Between(least, most) => rate.noise(least).max(rate.noise(most)),
            Self::None => return true,
        };
        self.excess(rate.get()) <= noise
    }

    fn words(self) -> String {
        match self {
            Self::AtMost(most) => format!("≤ {}", percent(most)),
            Self::AtLeast(least) => format!("≥ {}", percent(least)),
            Self::Between(least, most) => format!("{} to {}", percent(least), percent(most)),
            Self::None => "none".to_owned(),
        }
    }
}

fn percent(rate: f64) -> String {
    let digits = format!("{:.1}", 100.0 * rate);
    format!("{}%", digits.strip_suffix(".0").unwrap_or(&digits))
}

/// The rates of all cells of all claims, by claim, on as many threads as there are
/// processors.
fn simulate(claims: &[Claim], repetitions: impl Fn(&Claim) -> usize + Sync) -> Vec<Vec<Rate>> {
    let all: Vec<(usize, usize)> = claims
        .iter()
        .enumerate()
        .flat_map(|(claim, it)| (0..it.cells.len()).map(move |cell| (claim, cell)))
        .collect();
    let rates = claims.iter().map(|it| vec![None; it.cells.len()]);
    let rates: Mutex<Vec<Vec<Option<Rate>>>> = Mutex::new(rates.collect());
    let next = AtomicUsize::new(0);
    let work = || {
        while let Some(&(claim, cell)) = all.get(next.fetch_add(1, Ordering::Relaxed)) {
            let repetitions = repetitions(&claims[claim]);
            let rate = (claims[claim].cells[cell].rate)(repetitions);
            rates.lock().unwrap()[claim][cell] = Some(rate);
        }
    };
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(work);
        }
    });
    let rates = rates.into_inner().unwrap().into_iter();
    rates
        .map(|cells| cells.into_iter().map(Option::unwrap).collect())
        .collect()
}

/// A table of what was found, a row a claim with its worst cell. A rate is beyond its bar
/// where that is so by more than the noise of so many repetitions.
fn table(claims: &[Claim], rates: &[Vec<Rate>], head: &str) -> String {
    let mut table = format!("| | bar | {head} | in the worst of | seed |\n|---|---|---|---|---|\n");
    for (claim, rates) in claims.iter().zip(rates) {
        let excess = |rate: &Rate| claim.bar.excess(rate.get());
        let cells = claim.cells.iter().zip(rates);
        let worst = cells.max_by(|(_, a), (_, b)| excess(a).total_cmp(&excess(b)));
        let (cell, rate) = worst.expect("a claim has cells");
        let _ = writeln!(
            table,
            "| {} | {} | {}{} | {}: {} | {} |",
            claim.what,
            claim.bar.words(),
            percent(rate.get()),
            if claim.bar.allows(*rate) {
                ""
            } else {
                " (beyond)"
            },
            claim.cells.len(),
            cell.name,
            claim.seed,
        );
    }
    table
}

fn document() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/METHODOLOGY.md")
}

/// The document's text before, in and after the table of this name.
fn split<'t>(text: &'t str, name: &str) -> [&'t str; 3] {
    let begin = format!("<!-- {name}: begins -->\n");
    let end = format!("<!-- {name}: ends -->\n");
    let (before, rest) = text.split_once(&*begin).expect("the table has a beginning");
    let (table, after) = rest.split_once(&*end).expect("the table has an end");
    [
        &text[..before.len() + begin.len()],
        table,
        &text[text.len() - after.len() - end.len()..],
    ]
}

/// Writes a table into the document.
fn renew(name: &str, table: &str) {
    let text = fs::read_to_string(document()).unwrap();
    let [before, _, after] = split(&text, name);
    fs::write(document(), [before, table, after].concat()).unwrap();
}

/// Mean rounds to a verdict where one version is 5% faster, by world: what looking more than
/// once saves.
fn rounds_table(repetitions: usize) -> String {
    let mut table = String::from(
        "| | rounds until a change of 5% has a verdict | called faster |\n|---|---|---|\n",
    );
    let mut sum = 0.0;
    for (name, noise) in OF_RUNS {
        let (rounds, found) = looks::rounds_and_power(noise, 0.05, repetitions);
        let _ = writeln!(table, "| {name} | {rounds:.1} | {} |", percent(found));
        sum += rounds;
    }
    let worlds = f64::from(u32::try_from(OF_RUNS.len()).unwrap());
    let _ = writeln!(table, "| mean | {:.1} | |", sum / worlds);
    table
}

#[test]
fn what_is_claimed_holds_and_the_document_claims_it() {
    let claims = claims();
    let rates = simulate(&claims, |claim| claim.quick);
    let mut beyond = Vec::new();
    for (claim, rates) in claims.iter().zip(&rates) {
        for (cell, rate) in claim.cells.iter().zip(rates) {
            if !claim.bar.allows(*rate) {
                beyond.push(format!("{}, {}: {rate:?}", claim.what, cell.name));
            }
        }
        // Of few repetitions a cell shows coarse errors only; all of them together show more.
        let pooled = Rate::pooled(rates);
        if !claim.bar.allows(pooled) {
            beyond.push(format!("{}, all together: {pooled:?}", claim.what));
        }
    }
    assert!(beyond.is_empty(), "{beyond:#?}");
    let text = fs::read_to_string(document()).unwrap();
    let [_, table, _] = split(&text, "full set");
    let rows = table.lines().skip(2).map(|row| {
        let cells: Vec<&str> = row.split(" | ").take(2).collect();
        cells.join(" | ")
    });
    let claimed = claims
        .iter()
        .map(|claim| format!("| {} | {}", claim.what, claim.bar.words()));
    assert_eq!(
        rows.collect::<Vec<_>>(),
        claimed.collect::<Vec<_>>(),
        "docs/METHODOLOGY.md claims something else: renew it with `make simulate`"
    );
}

#[test]
#[ignore = "some minutes; `make simulate` runs it"]
#[expect(clippy::print_stdout, reason = "the table is the result")]
fn full() {
    let claims = claims();
    let rates = simulate(&claims, |_| FULL);
    for (claim, rates) in claims.iter().zip(&rates) {
        println!("{} ({})", claim.what, claim.bar.words());
        for (cell, rate) in claim.cells.iter().zip(rates) {
            println!("    {}: {:.4}", cell.name, rate.get());
        }
    }
    renew("full set", &table(&claims, &rates, "full set"));
    renew("rounds", &rounds_table(FULL));
    for (claim, rates) in claims.iter().zip(&rates) {
        for (cell, rate) in claim.cells.iter().zip(rates) {
            let within = claim.bar.allows(*rate);
            assert!(within, "{}, {}: {rate:?}", claim.what, cell.name);
        }
    }
}
