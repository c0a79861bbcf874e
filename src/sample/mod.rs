//! Samples: what the sampler saw at one moment in one thread, and what it means.

mod event;
mod intervals;
mod moment;
mod observation;
pub(crate) mod regions;
mod stack;
mod stop;
pub(crate) mod tally;
pub(crate) mod window;

pub(crate) use event::Event;
pub(crate) use moment::Moment;
pub(crate) use observation::{Observation, Sample};
pub(crate) use stack::{CodePlace, Frame, Place};
pub(crate) use stop::{Stop, Tick};
