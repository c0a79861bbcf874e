//! The processors that a thread of this process may have.

use std::io;

use rustix::thread::{CpuSet, sched_getaffinity, sched_getcpu, sched_setaffinity};

/// The processor that this thread has.
pub fn own_processor() -> Option<i32> {
    i32::try_from(sched_getcpu()).ok()
}

/// A thread that stays on one processor until this is dropped.
#[derive(Debug)]
pub struct Stay {
    /// All processors that it may have.
    allowed: CpuSet,
}

impl Stay {
    /// Has this thread stay on one of the processors that it may have: that which `draw` gives the
    /// index of, below their number.
    ///
    /// Fails where the system does not allow it.
    pub fn on_any(draw: impl FnOnce(usize) -> usize) -> io::Result<Self> {
        let allowed = sched_getaffinity(None)?;
        let mut processors = (0..CpuSet::MAX_CPU).filter(|&it| allowed.is_set(it));
        let drawn = processors.clone().count();
        let drawn = processors.nth(draw(drawn));
        let mut one = CpuSet::new();
        one.set(drawn.ok_or(io::ErrorKind::NotFound)?);
        sched_setaffinity(None, &one)?;
        Ok(Self { allowed })
    }
}

impl Drop for Stay {
    fn drop(&mut self) {
        // It fails where they were taken from this process meanwhile, which then has others.
        sched_setaffinity(None, &self.allowed).ok();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thread_stays_where_it_is_told_and_then_may_move_again() {
        let before = sched_getaffinity(None).unwrap();
        for index in 0..before.count() {
            let stay = Stay::on_any(|number| index as usize % number).unwrap();
            let now = sched_getaffinity(None).unwrap();
            assert_eq!(now.count(), 1);
            let processor = own_processor().unwrap();
            assert!(now.is_set(usize::try_from(processor).unwrap()));
            drop(stay);
            assert_eq!(sched_getaffinity(None).unwrap(), before);
        }
    }
}
