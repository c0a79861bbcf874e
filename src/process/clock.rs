//! The clock of samples and of what the bootstrap reports.

use crate::sample::Moment;

/// The present moment, on the clock that the bootstrap uses as well.
///
/// # Panics
/// On a system without a monotonic clock, which Linux always has.
pub fn now() -> Moment {
    let time = nix::time::clock_gettime(nix::time::ClockId::CLOCK_MONOTONIC)
        .expect("every Linux has a monotonic clock");
    let nanoseconds = std::time::Duration::from(time).as_nanos();
    Moment(u64::try_from(nanoseconds).expect("uptime is below 584 years"))
}
