//! Ending this process as a script was ended.

use nix::sys::resource::{Resource, setrlimit};

/// Ends this process by a signal. Returns where that cannot be: where the signal ends
/// nothing, or is unknown.
pub fn die_by(signal: i32) {
    // The script may have left a core file. This process has none to leave.
    setrlimit(Resource::RLIMIT_CORE, 0, 0).ok();
    signal_hook::low_level::emulate_default_handler(signal).ok();
}
