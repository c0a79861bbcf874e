//! Samples: what the sampler saw at one moment in one thread, and what it means.

mod moment;
mod observation;
mod stack;
mod stop;
pub mod tally;
pub mod window;

pub use moment::Moment;
pub use observation::{Observation, Sample};
pub use stack::{CodePlace, Frame, Place};
pub use stop::{Stop, Tick};
