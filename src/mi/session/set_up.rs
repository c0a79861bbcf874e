//! What gdb is told before it attaches.

use super::signals::{FOR_THE_FIRST_THREAD, STOP_SIGNAL, SUSPENDING};
use super::{Awaited, Operation, Session};
use crate::mi::{Command, SignalAction};

/// Settings that keep gdb quick, quiet and out of the network. A version that lacks
/// one of them works without it.
///
/// What gdb prints about a stop for a person to read it writes byte by byte, while
/// the process stands still. The settings of `print` keep that short: the line of
/// source alone, which gdb opens the file for, made stops a fifth longer.
///
/// Where debug information of the C library is installed, gdb would read all of it when it
/// attaches, as it always reads the symbols of the library that has the threads: a third of
/// a second for which the script stands still. There is no folder of that name.
const SETTINGS: [(&str, &str); 14] = [
    ("mi-async", "on"),
    ("confirm", "off"),
    ("pagination", "off"),
    ("style enabled", "off"),
    ("auto-load", "off"),
    ("auto-solib-add", "off"),
    ("debuginfod enabled", "off"),
    ("debug-file-directory", "/dev/null"),
    ("print frame-arguments", "presence"),
    ("print frame-info", "short-location"),
    ("print entry-values", "no"),
    ("breakpoint always-inserted", "on"),
    ("detach-on-fork", "on"),
    ("follow-fork-mode", "parent"),
];

/// Has gdb stop and resume the threads of the process together. By itself it does so
/// one by one, as if each of them could run without the others: that takes longer,
/// and then gdb may never notice that the process was killed while it stood still.
const STOP_ALL_AT_ONCE: Command = Command::MaintenanceSet {
    setting: "target-non-stop",
    value: "off",
};

impl Session {
    /// What to send to set gdb up; it need not be waited for.
    pub fn set_up(&mut self) -> Vec<u8> {
        let settings = SETTINGS.map(|(setting, value)| Command::GdbSet { setting, value });
        let pass = [
            SignalAction::NoStop,
            SignalAction::NoPrint,
            SignalAction::Pass,
        ];
        let stop = [
            SignalAction::Stop,
            SignalAction::Print,
            SignalAction::NoPass,
        ];
        let handle = |signal: &str, actions: [SignalAction; 3]| Command::Handle {
            signal: signal.to_owned(),
            actions: actions.to_vec(),
        };
        let all = handle("all", pass);
        let shown = FOR_THE_FIRST_THREAD.iter().chain(&SUSPENDING);
        let shown: Vec<Command> = shown.map(|signal| handle(signal, stop)).collect();
        let mut commands: Vec<u8> = [Command::GdbVersion, STOP_ALL_AT_ONCE]
            .iter()
            .chain(&settings)
            .chain([&all])
            .chain(&shown)
            .flat_map(|command| self.send(command, Awaited::Setting))
            .collect();
        // Without this one there is no stop.
        let stops = handle(STOP_SIGNAL, stop);
        commands.extend(self.send(&stops, Awaited::Need(Operation::SetUp)));
        commands
    }
}
