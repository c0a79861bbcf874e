//! Commands for gdb, and how they are written.
//!
//! gdb has two command languages. Commands of the machine interface begin with a
//! dash; those it lacks are commands of the console, wrapped in
//! `-interpreter-exec console "…"`. Their quoting differs, and gdb's manual says
//! little about it; what is here was tried on gdb 13.1 and 18.1:
//!
//! - A string of the machine interface is as in C. A newline must be `\n`, for a
//!   command ends with its line; every other byte may be itself.
//! - A word of the console may stand in double quotes, in which a backslash makes
//!   the next byte itself. Outside of them gdb 18.1 drops a newline after a
//!   backslash, which 13.1 does not.
//! - `-file-exec-file` hands its argument to the console's `exec-file` as it was
//!   written, so that a path with a newline cannot be said in it. The console's
//!   command within a string of the machine interface can take any path.
//!
//! One path is out of reach: gdb puts a home directory in the place of `~` and
//! `~user` after a space even within quotes, if there is such a directory.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;

use super::{ThreadId, Token};

/// A command for gdb.
///
/// The answer of each is a [`ResultRecord`](super::ResultRecord) with the token
/// that [`encode`](Self::encode) was given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Changes a setting: `-gdb-set SETTING VALUE`.
    GdbSet {
        /// The setting, such as `mi-async` or `debuginfod enabled`.
        setting: &'static str,
        /// Its new value.
        value: &'static str,
    },
    /// Changes a setting that only the console has, among those for maintainers of
    /// gdb: `maintenance set SETTING VALUE`.
    MaintenanceSet {
        /// The setting, such as `target-non-stop`.
        setting: &'static str,
        /// Its new value.
        value: &'static str,
    },
    /// Says what gdb does about a signal of the target.
    Handle {
        /// The signal by gdb's name for it, such as `SIGINT` or `SIG61`, or `all`.
        signal: String,
        /// What to do; later ones override what earlier ones imply.
        actions: Vec<SignalAction>,
    },
    /// Says which program the target runs, without reading its symbols.
    ExecFile(PathBuf),
    /// Reads the symbols of an object file that is already in memory.
    AddSymbolFile {
        /// The object file.
        file: PathBuf,
        /// Where each of its sections is in memory. One of them must be `.text`.
        sections: Vec<(&'static str, u64)>,
    },
    /// Attaches to the process of this id, which stops it: the answer comes
    /// first, the `*stopped`, without a reason, when gdb has looked at every
    /// library.
    TargetAttach(i32),
    /// Resumes the target, without the signal it stopped for, where that is not
    /// passed.
    ExecContinue,
    /// Resumes the target with this signal, such as `SIGINT`.
    ContinueWithSignal(String),
    /// Stops the target by a SIGINT to the process, which any of its threads may
    /// take. Its answer comes at once, and the stop as a `*stopped`. When the
    /// target is gone the answer is the same, and no stop follows.
    ExecInterrupt,
    /// Lists the frames of a thread that stands still.
    StackListFrames {
        /// The thread.
        thread: ThreadId,
        /// Level of the first frame to list; 0 is the innermost.
        low: u32,
        /// Level of the last one to list; there may be fewer.
        high: u32,
    },
    /// Lists the threads, all of which must stand still.
    ThreadInfo,
    /// Asks how the signal came that a thread has stopped for: `si_code` of
    /// `siginfo_t`.
    SignalCode(ThreadId),
    /// Reads the symbols of the shared libraries whose path matches this regular
    /// expression.
    SharedLibrary(String),
    /// Runs Python code in gdb's main module, where names stay for the next time. Not every
    /// gdb has Python.
    Python(String),
    /// Lets go of the target, and lets it run. gdb says `thread-group-exited` of
    /// it as of one that is gone.
    TargetDetach,
    /// Has gdb print its name and version, as console output.
    GdbVersion,
    /// Ends gdb, which lets go of a target it attached to.
    GdbExit,
}

/// What gdb does about a signal of the target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignalAction {
    /// Stop the target, and say so.
    Stop,
    /// Do not stop the target.
    NoStop,
    /// Say that it happened. Implied by [`Stop`](Self::Stop).
    Print,
    /// Do not say it, and hence do not stop either.
    NoPrint,
    /// Let the target have it.
    Pass,
    /// Keep it from the target.
    NoPass,
}

impl Command {
    /// The line to write to gdb, with the newline that ends it.
    pub fn encode(&self, token: Token) -> Vec<u8> {
        let mut line = token.to_string().into_bytes();
        line.extend(self.body());
        line.push(b'\n');
        line
    }

    fn body(&self) -> Vec<u8> {
        match self {
            Self::GdbSet { setting, value } => format!("-gdb-set {setting} {value}").into(),
            Self::MaintenanceSet { setting, value } => {
                console(format!("maintenance set {setting} {value}"))
            }
            Self::Handle { signal, actions } => {
                let actions: Vec<_> = actions.iter().map(|action| action.word()).collect();
                console(format!("handle {signal} {}", actions.join(" ")))
            }
            Self::ExecFile(file) => {
                console([b"exec-file ".as_slice(), &console_word(file.as_os_str())].concat())
            }
            Self::AddSymbolFile { file, sections } => {
                let mut command = b"add-symbol-file ".to_vec();
                command.extend(console_word(file.as_os_str()));
                for (section, address) in sections {
                    command.extend(format!(" -s {section} {address:#x}").into_bytes());
                }
                console(command)
            }
            Self::TargetAttach(pid) => format!("-target-attach {pid}").into(),
            Self::ExecContinue => b"-exec-continue".into(),
            Self::ContinueWithSignal(signal) => console(format!("signal {signal}")),
            Self::ExecInterrupt => b"-exec-interrupt".into(),
            Self::StackListFrames { thread, low, high } => {
                format!("-stack-list-frames --thread {thread} --no-frame-filters {low} {high}")
                    .into()
            }
            Self::ThreadInfo => b"-thread-info".into(),
            Self::SignalCode(thread) => {
                format!("-data-evaluate-expression --thread {thread} $_siginfo.si_code").into()
            }
            Self::SharedLibrary(regex) => console(format!("sharedlibrary {regex}")),
            Self::Python(code) => console(format!("python exec({})", python_string(code))),
            Self::TargetDetach => b"-target-detach".into(),
            Self::GdbVersion => b"-gdb-version".into(),
            Self::GdbExit => b"-gdb-exit".into(),
        }
    }
}

impl SignalAction {
    const fn word(self) -> &'static str {
        match self {
            Self::Stop => "stop",
            Self::NoStop => "nostop",
            Self::Print => "print",
            Self::NoPrint => "noprint",
            Self::Pass => "pass",
            Self::NoPass => "nopass",
        }
    }
}

/// A command of the console, as one of the machine interface.
fn console(command: impl AsRef<[u8]>) -> Vec<u8> {
    let mut line = b"-interpreter-exec console ".to_vec();
    line.extend(c_string(command.as_ref()));
    line
}

/// A string of the machine interface.
fn c_string(bytes: &[u8]) -> Vec<u8> {
    quoted(bytes.iter().flat_map(|&byte| match byte {
        b'\n' => b"\\n".to_vec(),
        _ => escaped(byte),
    }))
}

/// A string of Python, on one line and in ASCII.
fn python_string(text: &str) -> String {
    let escaped = text.chars().map(|character| match character {
        '\\' | '"' => format!("\\{character}"),
        ' '..='~' => character.to_string(),
        _ => format!("\\U{:08x}", u32::from(character)),
    });
    format!("\"{}\"", escaped.collect::<String>())
}

/// A word of a console command.
fn console_word(word: &OsStr) -> Vec<u8> {
    quoted(word.as_bytes().iter().flat_map(|&byte| escaped(byte)))
}

fn escaped(byte: u8) -> Vec<u8> {
    match byte {
        b'"' | b'\\' => vec![b'\\', byte],
        _ => vec![byte],
    }
}

fn quoted(content: impl Iterator<Item = u8>) -> Vec<u8> {
    [b'"'].into_iter().chain(content).chain([b'"']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(command: &Command, expected: impl AsRef<[u8]>) {
        let line = command.encode(Token(7));
        assert_eq!(
            line.escape_ascii().to_string(),
            expected.as_ref().escape_ascii().to_string(),
        );
    }

    fn exec_file(path: &[u8]) -> Command {
        Command::ExecFile(OsStr::from_bytes(path).into())
    }

    #[test]
    fn commands_of_the_machine_interface() {
        check(
            &Command::GdbSet {
                setting: "debuginfod enabled",
                value: "off",
            },
            "7-gdb-set debuginfod enabled off\n",
        );
        check(&Command::TargetAttach(1234), "7-target-attach 1234\n");
        check(&Command::ExecContinue, "7-exec-continue\n");
        check(&Command::ExecInterrupt, "7-exec-interrupt\n");
        check(
            &Command::StackListFrames {
                thread: ThreadId(3),
                low: 0,
                high: 40,
            },
            "7-stack-list-frames --thread 3 --no-frame-filters 0 40\n",
        );
        check(&Command::ThreadInfo, "7-thread-info\n");
        check(&Command::TargetDetach, "7-target-detach\n");
        check(&Command::GdbExit, "7-gdb-exit\n");
    }

    #[test]
    fn commands_of_the_console() {
        check(
            &Command::MaintenanceSet {
                setting: "target-non-stop",
                value: "off",
            },
            "7-interpreter-exec console \"maintenance set target-non-stop off\"\n",
        );
        check(
            &Command::Handle {
                signal: "SIG61".to_owned(),
                actions: vec![
                    SignalAction::Stop,
                    SignalAction::Print,
                    SignalAction::NoPass,
                ],
            },
            "7-interpreter-exec console \"handle SIG61 stop print nopass\"\n",
        );
        check(
            &Command::ContinueWithSignal("SIGINT".to_owned()),
            "7-interpreter-exec console \"signal SIGINT\"\n",
        );
        check(
            &Command::SharedLibrary(r"/libm\.so".to_owned()),
            "7-interpreter-exec console \"sharedlibrary /libm\\\\.so\"\n",
        );
        check(
            &Command::Python("say(\"ä\")\nend(r'\\')".to_owned()),
            r#"7-interpreter-exec console "python exec(\"say(\\\"\\U000000e4\\\")\\U0000000aend(r'\\\\')\")"
"#,
        );
        check(
            &Command::AddSymbolFile {
                file: "/tmp/a b.o".into(),
                sections: vec![(".text", 0x7f00_1234), (".data", 0xdead_0000)],
            },
            "7-interpreter-exec console \"add-symbol-file \\\"/tmp/a b.o\\\" \
             -s .text 0x7f001234 -s .data 0xdead0000\"\n",
        );
    }

    #[test]
    fn quoting() {
        check(
            &exec_file(b"/usr/bin/python3"),
            r#"7-interpreter-exec console "exec-file \"/usr/bin/python3\""
"#,
        );
        check(
            &exec_file(br#"a "quoted" b\c"#),
            r#"7-interpreter-exec console "exec-file \"a \\\"quoted\\\" b\\\\c\""
"#,
        );
        check(
            &exec_file(b"new\nline\xff\xe9"),
            b"7-interpreter-exec console \"exec-file \\\"new\\nline\xff\xe9\\\"\"\n",
        );
    }
}
