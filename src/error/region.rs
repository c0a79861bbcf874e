//! Why a region of a script cannot be measured.

use serde::Deserialize;

use super::Error;
use super::message::quoted;
use crate::text::{Number, Text};

/// Why not all regions of a run were noted.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Unnoted {
    /// What kind of a reason it is.
    pub cause: Cause,
    /// The reason.
    pub reason: String,
}

/// What keeps regions from being noted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Cause {
    /// There are too many entries.
    Entries,
    /// There are too many names.
    Names,
    /// The script has imported a module of another version of profila.
    Version,
    /// The script has closed the descriptor of the file in which they are noted.
    Descriptor,
    /// That file cannot be written or read.
    File,
}

/// Why a region of a script cannot be measured.
#[derive(Clone, Debug)]
pub enum RegionError {
    /// A run never entered it.
    Missing {
        /// Which run.
        run: String,
        /// The region.
        region: String,
        /// Those that it entered.
        others: Vec<String>,
    },
    /// A run entered it, but only before its measured window began.
    Early {
        /// Which run.
        run: String,
        /// The region.
        region: String,
        /// How many of its entries reached into the window.
        entries: u64,
    },
    /// A run says of only a part of its entries what it did in them.
    MixedUnits {
        /// Which run.
        run: String,
        /// The region.
        region: String,
        /// How many entries have no units.
        without: u64,
        /// How many entries there are.
        entries: u64,
    },
    /// A run says that it did nothing in it.
    WithoutUnits {
        /// Which run.
        run: String,
        /// The region.
        region: String,
        /// How often it was entered.
        entries: u64,
    },
    /// One run says what it did in it, and another one does not.
    UnlikeUnits {
        /// Which run.
        run: String,
        /// The run that was the first to be measured.
        first: String,
        /// What the run counts, such as `units/s`.
        found: String,
        /// What the first one counts.
        wanted: String,
    },
    /// A run entered regions that could not all be noted.
    Incomplete {
        /// Which run.
        run: String,
        /// Why.
        why: Unnoted,
    },
}

impl RegionError {
    /// What failed.
    pub(super) fn message(&self) -> Text {
        match self {
            Self::Missing { run, region, .. } => {
                let never = Text::foreign(run) + " never entered the region " + quoted(region);
                never + " in its measured window"
            }
            Self::Early {
                run,
                region,
                entries,
            } => {
                let entered = Text::foreign(run) + " entered the region " + quoted(region) + " ";
                let entered = entered + Number::new(entries);
                entered + "× before its first compilation was over, and never after that"
            }
            Self::MixedUnits {
                run,
                region,
                without,
                entries,
            } => {
                let of = Number::new(without) + " of the " + Number::new(entries);
                let of = of + " entries of the region " + quoted(region) + " in ";
                of + Text::foreign(run) + " have no units, but the others have some"
            }
            Self::WithoutUnits {
                run,
                region,
                entries,
            } => {
                let entered = Text::foreign(run) + " entered the region " + quoted(region);
                entered + " " + Number::new(entries) + "×, but did no unit of work in it"
            }
            Self::UnlikeUnits {
                run,
                first,
                found,
                wanted,
            } => {
                let reported = Text::foreign(run) + " gave the region in " + quoted(found);
                reported + ", but " + Text::foreign(first) + " in " + quoted(wanted)
            }
            Self::Incomplete { run, why } => {
                let not_all = Text::from("not all regions of ") + Text::foreign(run);
                not_all + " could be noted: " + Text::foreign(&why.reason)
            }
        }
    }

    /// What the user can do about it.
    pub(super) fn remedy(&self) -> Text {
        match self {
            Self::Missing { others, .. } if others.is_empty() => {
                "it entered no region there: name one by `with profila.region(\"NAME\"):` in code \
                 that Numba does not compile"
                    .into()
            }
            Self::Missing { others, .. } => {
                let names = Text::join(others.iter().map(quoted), ", ");
                Text::from("name one of those that it enters: ") + names
            }
            Self::Early { .. } => "call the function that is compiled once before the region is \
                                   entered: only entries that begin after the first compilation \
                                   count"
                .into(),
            Self::MixedUnits { .. } => {
                "give the units of every entry, 0 where it does no work, or of none: each entry is \
                 a unit then"
                    .into()
            }
            Self::WithoutUnits { .. } => {
                "give its work as in `profila.region(\"NAME\", units=n)`, or omit `units`: each \
                 entry is a unit then"
                    .into()
            }
            Self::UnlikeUnits { .. } => {
                "give the units of the region in both versions, or in neither: each entry is a \
                 unit then"
                    .into()
            }
            Self::Incomplete { why, .. } => why.cause.remedy().into(),
        }
    }
}

impl Cause {
    /// What the user can do about it.
    const fn remedy(self) -> &'static str {
        match self {
            Self::Entries => {
                "enter regions less often, such as once for many units of work, and in fewer threads at once"
            }
            Self::Names => "give regions of the same kind the same name",
            Self::Version => {
                "install the package `profila` of this version in the script's environment, or \
                 uninstall it there: profila brings its own"
            }
            Self::Descriptor => {
                "let the script close only what it has opened, and not all descriptors"
            }
            Self::File => {
                "make room on the disk of temporary files, or name another folder for them by \
                 TMPDIR"
            }
        }
    }
}

impl From<RegionError> for Error {
    fn from(error: RegionError) -> Self {
        Self::Region(Box::new(error))
    }
}
