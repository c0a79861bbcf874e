//! What keeps runs and samples of one version from being alike.

/// What disturbs the runs.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Noise {
    /// Standard deviation of the logarithm of a run's time.
    pub(crate) time_sd: f64,
    /// Chance of a run to take half as long again.
    pub(crate) spikes: f64,
    /// Growth of the time from the first round to the last.
    pub(crate) drift: f64,
    /// By how much the second run of a round is slower.
    pub(crate) slot: f64,
    /// By how much the second run of a round is slower, and in every other round faster.
    pub(crate) alternating: f64,
    /// Whether and when the machine has its slower speed.
    pub(crate) speeds: Speeds,
    /// By how much samples cluster: the variance of counts over the multinomial one.
    pub(crate) clustering: u64,
    /// What makes a line take longer in some processes than in others.
    pub(crate) variation: Variation,
}

/// A machine with two speeds, of which the slower takes a quarter longer.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Speeds {
    /// It has one.
    One,
    /// Each run has the slower one with this chance.
    ByRun(f64),
    /// The speed changes between two runs with this chance.
    Sticky(f64),
}

/// By how much the slower of a machine's two speeds takes longer.
pub(super) const SLOWER: f64 = 1.25;

/// Differences between processes of one version.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Variation {
    /// All are alike.
    None,
    /// The third line costs half as much again in half of the processes, as where code lies
    /// well or badly.
    Layout,
    /// The cost of the first line has this coefficient of variation.
    Hot(f64),
    /// The same, and in the timed run of a round it is what it is in the profiled one.
    HotInRounds(f64),
    /// All lines but the first vary together, with this coefficient of variation.
    Together(f64),
}

pub(crate) const CALM: Noise = Noise {
    time_sd: 0.02,
    spikes: 0.0,
    drift: 0.0,
    slot: 0.0,
    alternating: 0.0,
    speeds: Speeds::One,
    clustering: 1,
    variation: Variation::None,
};

/// Disturbances of runs. Few machines have one of them alone.
pub(crate) const OF_RUNS: [(&str, Noise); 8] = [
    ("calm", CALM),
    (
        "spikes",
        Noise {
            spikes: 0.1,
            ..CALM
        },
    ),
    (
        "drift",
        Noise {
            drift: 0.05,
            ..CALM
        },
    ),
    ("slot bias", Noise { slot: 0.02, ..CALM }),
    (
        "two speeds",
        Noise {
            speeds: Speeds::ByRun(0.5),
            ..CALM
        },
    ),
    (
        "rarely slower",
        Noise {
            speeds: Speeds::ByRun(0.05),
            ..CALM
        },
    ),
    (
        "sticky speeds",
        Noise {
            speeds: Speeds::Sticky(0.2),
            ..CALM
        },
    ),
    (
        "alternating slot bias",
        Noise {
            time_sd: 0.01,
            alternating: 0.03,
            ..CALM
        },
    ),
];

/// Samples that are not independent of each other.
pub(crate) const OF_SAMPLES: [(&str, Noise); 2] = [
    (
        "samples in twos",
        Noise {
            clustering: 2,
            ..CALM
        },
    ),
    (
        "samples in fives",
        Noise {
            clustering: 5,
            ..CALM
        },
    ),
];

const fn varied(variation: Variation) -> Noise {
    Noise { variation, ..CALM }
}

/// Lines that cost more in some processes than in others.
pub(crate) const OF_PROCESSES: [(&str, Noise); 5] = [
    ("layout", varied(Variation::Layout)),
    ("hot line ±15%", varied(Variation::Hot(0.15))),
    ("hot line ±20%", varied(Variation::Hot(0.2))),
    (
        "hot line ±15% by round",
        varied(Variation::HotInRounds(0.15)),
    ),
    ("other lines ±15%", varied(Variation::Together(0.15))),
];
