//! Comparisons made by hand for the renderers' tests, after the article's
//! `dither.py` against `dither2.py`.

use crate::align::Change;
use crate::compare::{
    self, Accounting, BlockSide, BucketComparison, Buckets, Comparison, CostChange, CostVerdict,
    Estimate, Evidence, HunkComparison, LineComparison, LineKind, LineSide, MetricChange,
    MetricVerdict, Observer, VariantSummary,
};
use crate::pair::Pair;
use crate::recording::{Better, MetricKind, SampleCounts, Variant};
use crate::source::LineNumber;

/// Samples a side, over all rounds.
const SAMPLES: f64 = 2400.0;

/// Seconds per image of `dither.py` and `dither2.py`.
const FASTER: Pair<f64> = Pair::new(1.0 / 255.2, 1.0 / 758.1);
const SLOWER: Pair<f64> = Pair::new(FASTER.after, FASTER.before);
/// The same with the slower one on both sides.
pub(super) const SAME: Pair<f64> = Pair::new(FASTER.before, 1.0 / 255.4);

pub(super) fn estimate(value: f64, margin: f64) -> Estimate {
    Estimate {
        value,
        low: Some(value - margin),
        high: Some(value + margin),
    }
}

/// A ratio with an interval that is symmetric on the logarithmic scale.
pub(super) fn ratio(value: f64, margin: f64) -> Estimate {
    Estimate {
        value,
        low: Some(value / (1.0 + margin)),
        high: Some(value * (1.0 + margin)),
    }
}

fn number(line: u32) -> LineNumber {
    LineNumber::new(line).unwrap()
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "percentages of the fixture are small and positive"
)]
fn count(percent: f64) -> u64 {
    (percent / 100.0 * SAMPLES).round() as u64
}

fn block_side(percent: f64, time_s: f64) -> BlockSide {
    let share = percent / 100.0;
    BlockSide {
        samples: count(percent),
        share: estimate(share, share * 0.06),
        cost_s: estimate(share * time_s, share * time_s * 0.06),
    }
}

fn line_side(file: &str, line: u32, text: &str, percent: f64, time_s: f64) -> LineSide {
    let BlockSide {
        samples,
        share,
        cost_s,
    } = block_side(percent, time_s);
    LineSide {
        file: file.to_owned(),
        line: number(line),
        text: text.to_owned(),
        samples,
        self_samples: samples,
        share,
        cost_s,
    }
}

fn cost_change(
    time_s: Pair<f64>,
    percent: Pair<f64>,
    verdict: CostVerdict,
    evidence: Evidence,
) -> CostChange {
    let share = percent.map(|percent| percent / 100.0);
    let cost_s = Pair::new(share.before * time_s.before, share.after * time_s.after);
    let is_open = verdict == CostVerdict::Inconclusive;
    CostChange {
        share_shift: estimate(share.after - share.before, 0.004 + share.after * 0.09),
        cost_shift_s: estimate(cost_s.after - cost_s.before, cost_s.before * 0.1),
        cost_ratio: (percent.before > 0.0).then(|| ratio(cost_s.after / cost_s.before, 0.1)),
        p_value: Some(0.2),
        adjusted_p: Some(0.4),
        evidence,
        verdict,
        smallest_detectable: is_open.then_some(0.0182),
        rounds_needed: is_open.then_some(14),
    }
}

/// A line by number, text and percentage on each side where it exists.
pub(super) type Spot<'t> = Option<(u32, &'t str, f64)>;

pub(super) struct Builder {
    pub(super) comparison: Comparison,
    files: Pair<&'static str>,
    time_s: Pair<f64>,
}

impl Builder {
    /// A comparison of two files with these seconds per image, without lines.
    pub(super) fn new(before: &'static str, after: &'static str, time_s: Pair<f64>) -> Self {
        let quiet = || BucketComparison {
            before: block_side(0.0, time_s.before),
            after: block_side(0.0, time_s.after),
            change: cost_change(
                time_s,
                Pair::new(0.0, 0.0),
                CostVerdict::TooFewSamples,
                Evidence::None,
            ),
        };
        let comparison = Comparison {
            schema: compare::SCHEMA.to_owned(),
            before: variant(before, time_s.before),
            after: variant(after, time_s.after),
            rounds: 6,
            confidence: 0.95,
            min_effect: 0.01,
            throughput: throughput(time_s),
            peak_memory: peak_memory(),
            lines: Vec::new(),
            hunks: Vec::new(),
            buckets: Buckets {
                other: quiet(),
                waiting: quiet(),
                bad: quiet(),
            },
            accounting: Accounting {
                sum_of_shifts_s: time_s.after - time_s.before,
                total_shift_s: time_s.after - time_s.before,
            },
            observer: Pair::new(1.16, 1.15).map(|slowdown| Observer {
                slowdown: Some(slowdown),
                stopped_share: 0.134,
            }),
            warnings: Vec::new(),
        };
        Self {
            comparison,
            files: Pair::new(before, after),
            time_s,
        }
    }

    pub(super) fn files(mut self, before: &'static str, after: &'static str) -> Self {
        self.files = Pair::new(before, after);
        self
    }

    /// Adds a line that no edit touched, or that was moved, added or removed.
    pub(super) fn line(
        mut self,
        change: Change,
        before: Spot<'_>,
        after: Spot<'_>,
        verdict: CostVerdict,
        evidence: Evidence,
    ) -> Self {
        let line = self.compared(change, Pair::new(before, after), verdict, evidence);
        self.comparison.lines.push(line);
        self
    }

    /// Adds an edited block with its lines.
    pub(super) fn block(
        mut self,
        before: &[(u32, &str, f64)],
        after: &[(u32, &str, f64)],
        verdict: CostVerdict,
        evidence: Evidence,
    ) -> Self {
        let id = u32::try_from(self.comparison.hunks.len() + 1).unwrap();
        let kind = match (before, after) {
            (_, []) => Change::Removed,
            ([], _) => Change::Added,
            _ => Change::Changed,
        };
        let before_lines = before.iter().map(|spot| (Some(*spot), None));
        let after_lines = after.iter().map(|spot| (None, Some(*spot)));
        for (before, after) in before_lines.chain(after_lines) {
            let mut line = self.compared(kind, Pair::new(before, after), verdict, evidence);
            line.hunk = Some(id);
            self.comparison.lines.push(line);
        }
        let numbers =
            |spots: &[(u32, &str, f64)]| spots.iter().map(|spot| number(spot.0)).collect();
        let sum = |spots: &[(u32, &str, f64)]| spots.iter().map(|spot| spot.2).sum::<f64>();
        let percent = Pair::new(sum(before), sum(after));
        self.comparison.hunks.push(HunkComparison {
            id,
            kind: line_kind(kind),
            file: self.files.map(str::to_owned),
            before_lines: numbers(before),
            after_lines: numbers(after),
            before: block_side(percent.before, self.time_s.before),
            after: block_side(percent.after, self.time_s.after),
            change: cost_change(self.time_s, percent, verdict, evidence),
        });
        self
    }

    /// Sets the share of the interpreter and other native code.
    pub(super) fn other(mut self, before: f64, after: f64) -> Self {
        self.comparison.buckets.other = BucketComparison {
            before: block_side(before, self.time_s.before),
            after: block_side(after, self.time_s.after),
            change: cost_change(
                self.time_s,
                Pair::new(before, after),
                CostVerdict::NoChange,
                Evidence::None,
            ),
        };
        self
    }

    fn compared(
        &self,
        change: Change,
        spots: Pair<Spot<'_>>,
        verdict: CostVerdict,
        evidence: Evidence,
    ) -> LineComparison {
        let side = |spot: Spot<'_>, file, time_s| {
            spot.map(|(line, text, percent)| line_side(file, line, text, percent, time_s))
        };
        let percent = spots.map(|spot| spot.map_or(0.0, |spot| spot.2));
        LineComparison {
            kind: line_kind(change),
            before: side(spots.before, self.files.before, self.time_s.before),
            after: side(spots.after, self.files.after, self.time_s.after),
            change: cost_change(self.time_s, percent, verdict, evidence),
            hunk: None,
        }
    }
}

const fn line_kind(change: Change) -> LineKind {
    match change {
        Change::Unchanged => LineKind::Unchanged,
        Change::Moved => LineKind::Moved,
        Change::Changed => LineKind::Changed,
        Change::Added => LineKind::Added,
        Change::Removed => LineKind::Removed,
    }
}

fn variant(name: &str, time_s: f64) -> VariantSummary {
    VariantSummary {
        variant: Variant {
            name: name.to_owned(),
            script: Some(format!("examples/{name}")),
            module: None,
            code: None,
            args: vec!["2".to_owned()],
        },
        python: "3.11.7".to_owned(),
        numba: "0.61.2".to_owned(),
        sampler: "gdb 13.1".to_owned(),
        timed_runs: 6,
        profiled_runs: 6,
        samples: SampleCounts {
            window: 2400,
            numba: 2351,
            other: 49,
            startup: 210,
            compiling: 1180,
            folded: 412,
            ..SampleCounts::default()
        },
        seconds_per_unit: estimate(time_s, time_s * 0.01),
    }
}

fn throughput(time_s: Pair<f64>) -> MetricChange {
    let speedup = time_s.before / time_s.after;
    let (margin, verdict) = match speedup {
        _ if speedup > 1.01 => (0.02, MetricVerdict::Faster),
        _ if speedup < 0.99 => (0.02, MetricVerdict::Slower),
        _ => (0.004, MetricVerdict::NoChange),
    };
    MetricChange {
        source: MetricKind::Pattern,
        unit: "images / sec".to_owned(),
        better: Better::Higher,
        before: estimate(1.0 / time_s.before, 2.1),
        after: estimate(1.0 / time_s.after, 6.4),
        ratio: ratio(speedup, margin),
        p_value: Some(1e-7),
        verdict,
        smallest_detectable: Some(0.012),
        rounds_needed: None,
    }
}

fn peak_memory() -> MetricChange {
    MetricChange {
        source: MetricKind::Wall,
        unit: "bytes".to_owned(),
        better: Better::Lower,
        before: estimate(137_700_000.0, 80_000.0),
        after: estimate(137_400_000.0, 80_000.0),
        ratio: ratio(1.002, 0.001),
        p_value: Some(0.3),
        verdict: MetricVerdict::NoChange,
        smallest_detectable: Some(0.002),
        rounds_needed: None,
    }
}

/// `dither.py` against `dither2.py`.
#[expect(clippy::too_many_lines, reason = "a table of lines, not logic")]
pub(super) fn dither() -> Builder {
    use {Change::Unchanged, CostVerdict::*, Evidence::*};
    let same = |builder: Builder, before, after, text, percent: (f64, f64), verdict| {
        builder.line(
            Unchanged,
            Some((before, text, percent.0)),
            Some((after, text, percent.1)),
            verdict,
            None,
        )
    };
    let builder = Builder::new("dither.py", "dither2.py", FASTER);
    let builder = same(
        builder,
        14,
        14,
        "    work = image.astype(np.int16)",
        (0.2, 0.2),
        TooFewSamples,
    );
    let builder = same(
        builder,
        17,
        17,
        "        for x in range(width):",
        (0.3, 0.4),
        TooFewSamples,
    );
    let builder = same(
        builder,
        18,
        18,
        "            old = work[y, x]",
        (0.0, 0.1),
        TooFewSamples,
    );
    let builder = builder.block(
        &[
            (19, "            if old > 255:", 1.6),
            (20, "                new = 255", 0.0),
            (21, "            elif old < 0:", 0.1),
            (22, "                new = 0", 0.0),
            (23, "            else:", 0.0),
            (
                24,
                "                new = np.round(old / 255.0) * 255",
                64.3,
            ),
        ],
        &[(19, "            new = 255 if old >= 128 else 0", 6.6)],
        CostsLess,
        Confirmed,
    );
    let builder = same(
        builder,
        25,
        20,
        "            work[y, x] = new",
        (0.0, 2.9),
        CostsMore,
    );
    let builder = same(
        builder,
        26,
        21,
        "            error = old - new",
        (3.3, 8.1),
        NoChange,
    );
    let builder = same(
        builder,
        27,
        22,
        "            if x + 1 < width:",
        (1.0, 7.8),
        Inconclusive,
    );
    let builder = same(
        builder,
        28,
        23,
        "                work[y, x + 1] += error * 7 // 16",
        (18.7, 51.7),
        NoChange,
    );
    let builder = same(
        builder,
        31,
        26,
        "                    work[y + 1, x - 1] += error * 3 // 16",
        (1.5, 5.3),
        NoChange,
    );
    let builder = same(
        builder,
        32,
        27,
        "                work[y + 1, x] += error * 5 // 16",
        (4.0, 8.9),
        NoChange,
    );
    let builder = same(
        builder,
        34,
        29,
        "                    work[y + 1, x + 1] += error // 16",
        (2.6, 6.7),
        NoChange,
    );
    let mut builder = same(
        builder,
        36,
        31,
        "    return work.astype(np.uint8)",
        (0.3, 0.9),
        TooFewSamples,
    )
    .other(2.1, 6.2);
    builder.comparison.lines.last_mut().unwrap().change.evidence = None;
    for line in &mut builder.comparison.lines {
        if line.change.verdict == CostsMore {
            line.change.evidence = Suggestive;
        }
    }
    builder
}

/// `dither2.py` against `dither.py`: the same with the sides exchanged, as far as
/// the renderers can tell.
pub(super) fn dither_back() -> Builder {
    use {Change::Unchanged, CostVerdict::*, Evidence::*};
    let spread = "                work[y, x + 1] += error * 7 // 16";
    let mut builder = Builder::new("dither2.py", "dither.py", SLOWER)
        .block(
            &[(19, "            new = 255 if old >= 128 else 0", 6.6)],
            &[
                (23, "            else:", 0.0),
                (
                    24,
                    "                new = np.round(old / 255.0) * 255",
                    64.3,
                ),
            ],
            CostsMore,
            Confirmed,
        )
        .line(
            Unchanged,
            Some((23, spread, 51.7)),
            Some((28, spread, 18.7)),
            NoChange,
            None,
        );
    let comparison = &mut builder.comparison;
    comparison.peak_memory.after.value = 151_300_000.0;
    comparison.peak_memory.ratio = ratio(0.91, 0.004);
    comparison.peak_memory.verdict = MetricVerdict::More;
    builder
}

/// `dither2.py` with two statements exchanged.
pub(super) fn reordered() -> Builder {
    use {Change::Moved, CostVerdict::*, Evidence::*};
    let right = "            work[y, x + 1] += error * 7 // 16";
    let left = "            work[y + 1, x - 1] += error * 3 // 16";
    Builder::new("dither2.py", "dither2_reordered.py", SAME)
        .line(
            Moved,
            Some((26, left, 5.3)),
            Some((22, left, 20.3)),
            CostsMore,
            Confirmed,
        )
        .line(
            Moved,
            Some((23, right, 51.7)),
            Some((25, right, 8.8)),
            CostsLess,
            Confirmed,
        )
        .other(1.0, 1.0)
}

/// Blocks that exist on one side only, and files that do.
pub(super) fn edited_blocks() -> Builder {
    use {Change::Removed, Change::Unchanged, CostVerdict::*, Evidence::*};
    Builder::new("dither2.py", "dither3.py", FASTER)
        .block(
            &[(14, "    work = image.astype(np.int16)", 42.4)],
            &[],
            CostsLess,
            Confirmed,
        )
        .block(
            &[],
            &[
                (15, "    errors = np.zeros((2, width + 2), np.int16)", 0.4),
                (16, "    for y in range(height):", 0.0),
                (17, "        errors[0], errors[1] = errors[1], 0", 3.1),
            ],
            Inconclusive,
            None,
        )
        .block(
            &[(21, "        error = old - new", 2.7)],
            &[(24, "        error = np.int16(old - new)", 7.7)],
            NoChange,
            None,
        )
        .files("helpers.py", "helpers.py")
        .line(
            Unchanged,
            Some((5, "    return a if a > 0 else 0", 12.0)),
            Some((5, "    return a if a > 0 else 0", 61.0)),
            CostsMore,
            Suggestive,
        )
        .files("numba/np/arraymath.py", "")
        .line(
            Removed,
            Some((3157, "                return _np_round_float(a)", 1.8)),
            Option::None,
            TooFewSamples,
            None,
        )
}

/// Source that does not fit, and a block of which little matters.
pub(super) fn long() -> Builder {
    use {Change::Unchanged, CostVerdict::*, Evidence::*};
    let sum = format!("        total = {}", vec!["a[i]"; 1500].join(" + "));
    let block: Vec<(u32, &str, f64)> = (20..140)
        .map(|line| match line {
            60 => (line, "        hot = hot * 2 + 1", 31.0),
            _ => (line, "        cold = cold + 1", 0.1),
        })
        .collect();
    Builder::new("long.py", "long.py", FASTER)
        .line(
            Unchanged,
            Some((12, &sum, 18.5)),
            Some((12, &sum, 55.0)),
            NoChange,
            None,
        )
        .block(
            &block,
            &[(20, "        hot = 2 * (hot + 1) - 1", 21.0)],
            CostsLess,
            Confirmed,
        )
}

/// Characters of two columns, combining ones and emoji.
pub(super) fn wide() -> Builder {
    use {Change::Unchanged, CostVerdict::*, Evidence::*};
    let builder = Builder::new("画像処理.py", "画像処理2.py", FASTER);
    [
        "\t誤差 = 旧い値 - 新しい値  # 量子化誤差を隣の画素に広げる前に求めておく",
        "\tcafe\u{301} = nai\u{308}ve + 1  # combining",
        "\tx = '👩\u{200d}💻' + '🇪🇺' + '❤\u{fe0f}'  # emoji 🎉🎉🎉🎉🎉🎉🎉🎉🎉🎉🎉🎉🎉🎉🎉🎉🎉🎉🎉🎉🎉🎉🎉🎉",
        "\tשלום = 'مرحبا'",
    ]
    .into_iter()
    .zip(7..)
    .fold(builder, |builder, (text, line)| {
        builder.line(
            Unchanged,
            Some((line, text, 7.0)),
            Some((line, text, 21.0)),
            NoChange,
            None,
        )
    })
}

/// Source that would take over the terminal, or the page.
pub(super) fn hostile() -> Builder {
    use {Change::Unchanged, CostVerdict::*, Evidence::*};
    let long = "x".repeat(10_000);
    let pile = format!("    z\u{301}{}", "\u{300}".repeat(500));
    [
        "    \x1b[31mred\x1b[0m \x1b]8;;http://example.com\x1b\\link",
        "    if admin:\u{202e} } \u{2066}# check\u{2069}",
        "    nul = '\0' + '\x08\x08\x08' + '\r' + '\u{85}'",
        "    </script><img src=x onerror=alert(1)> `|` *md* &amp;",
        "    tag\u{e0041}\u{e007f} zero\u{200b}width\u{feff}",
        &pile,
        &long,
    ]
    .into_iter()
    .zip(3..)
    .fold(
        Builder::new("a.py", "b\x1b[7m.py", FASTER),
        |builder, (text, line)| {
            builder.line(
                Unchanged,
                Some((line, text, 14.0)),
                Some((line, text, 14.0)),
                NoChange,
                None,
            )
        },
    )
}
