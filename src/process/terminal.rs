//! Lending the terminal to the script.

use std::io::{IsTerminal, stdin};

use nix::sys::signal::{SigSet, Signal, kill, killpg};
use nix::unistd::{Pid, getpgrp, tcgetpgrp, tcsetpgrp};
use procfs::process::Process;

/// The terminal of standard input, lent to the script's process group until this
/// is dropped. A script in another group than the foreground one would be stopped
/// when it reads, and would not get Ctrl-C.
#[derive(Debug)]
pub(super) struct LentTerminal {
    owner: Pid,
}

impl LentTerminal {
    /// Makes `group` the foreground group, where standard input is a terminal and
    /// this process has it to lend.
    pub(super) fn lend_to(group: Pid) -> Option<Self> {
        let owner = getpgrp();
        if !stdin().is_terminal() || tcgetpgrp(stdin()) != Ok(owner) {
            return None;
        }
        hand_over(group).ok()?;
        // It may have read, and been stopped, before it was in the foreground.
        killpg(group, Signal::SIGCONT).ok();
        Some(Self { owner })
    }
}

impl Drop for LentTerminal {
    fn drop(&mut self) {
        // It fails where the terminal is gone, and then there is nothing to do.
        hand_over(self.owner).ok();
    }
}

/// Suspends this process, as Ctrl-Z does, until it is resumed. Not where nobody could resume
/// it: the kernel ignores Ctrl-Z there.
pub fn suspend_this() {
    if may_be_resumed() {
        // It returns when this process is resumed, and cannot fail.
        kill(Pid::this(), Signal::SIGSTOP).ok();
    }
}

/// Whether whoever started this process's group is in the same session, as a shell is.
fn may_be_resumed() -> bool {
    let stat = |process: i32| Process::new(process).and_then(|it| it.stat()).ok();
    let Some(this) = stat(Pid::this().as_raw()) else {
        return false;
    };
    let ancestors = std::iter::successors(stat(this.ppid), |it| stat(it.ppid));
    let mut outside = ancestors.skip_while(|it| it.pgrp == this.pgrp);
    outside.next().is_some_and(|it| it.session == this.session)
}

/// Makes `group` the foreground group. From a background group that would stop
/// the caller with SIGTTOU, unless it is blocked.
fn hand_over(group: Pid) -> nix::Result<()> {
    let mut output_signal = SigSet::empty();
    output_signal.add(Signal::SIGTTOU);
    output_signal.thread_block()?;
    let handed = tcsetpgrp(stdin(), group);
    output_signal.thread_unblock()?;
    handed
}
