//! Conversations with gdb, written down line by line:
//!
//! ```text
//! ! what the session is told to do, or that it is about to be stopped
//! > what it sends
//! = what it learns
//!   anything else: what gdb prints
//! ```

use crate::mi::session::{Attachment, Learnt, Operation, Session};
use crate::mi::{MiFrame, ThreadId, parse};

/// Puts a conversation through a session. Returns what it learnt, and the
/// conversation as it went: with what the session did send and learn.
pub(super) fn converse<'a>(
    session: &mut Session,
    lines: impl Iterator<Item = &'a str>,
) -> (Vec<Learnt>, Vec<String>) {
    let mut learnt = Vec::new();
    let mut said = Vec::new();
    for line in lines.filter(|line| !line.starts_with("> ") && !line.starts_with("= ")) {
        said.push(line.to_owned());
        let sent = if let Some(order) = line.strip_prefix("! ") {
            act(session, order)
        } else {
            let (meaning, reply) = session.feed(&parse(line.as_bytes()));
            said.extend(meaning.as_ref().map(describe));
            learnt.extend(meaning);
            reply
        };
        let sent = String::from_utf8(sent).unwrap();
        assert!(sent.is_empty() || sent.ends_with('\n'), "{sent:?}");
        said.extend(sent.lines().map(|command| format!("> {command}")));
    }
    (learnt, said)
}

fn act(session: &mut Session, order: &str) -> Vec<u8> {
    let words: Vec<&str> = order.split(' ').collect();
    match words[..] {
        ["set", "up"] => session.set_up(),
        ["attach", process, program, stub, text, data] => session.attach(&Attachment {
            process: process.parse().unwrap(),
            program: program.into(),
            stub: stub.into(),
            text: address(text),
            data: address(data),
        }),
        ["stop", "asked"] => {
            session.stop_asked();
            Vec::new()
        }
        ["list", "threads"] => session.list_threads(),
        ["read", "stack", thread, depth] => {
            session.read_stack(ThreadId(thread.parse().unwrap()), depth.parse().unwrap())
        }
        ["read", "symbols", library] => session.read_symbols(library.to_owned()),
        ["run", "python", code] => session.run_python(code.to_owned()),
        ["let", "any", "thread", "take", signal] => {
            session.let_any_thread_take(signal);
            Vec::new()
        }
        ["end", "suspension"] => session.end_suspension(None),
        ["end", "suspension", "with", signal] => session.end_suspension(Some(signal.to_owned())),
        ["resume"] => session.resume(),
        ["exit"] => session.exit(),
        _ => panic!("{order:?} is no order"),
    }
}

fn address(text: &str) -> u64 {
    u64::from_str_radix(text.strip_prefix("0x").unwrap(), 16).unwrap()
}

fn describe(learnt: &Learnt) -> String {
    let meaning = match learnt {
        Learnt::Version(version) => format!("version {version}"),
        Learnt::Attached => "attached".to_owned(),
        Learnt::Running => "running".to_owned(),
        Learnt::Stopped(stop) => {
            let thread = stop.thread_id.map(|thread| format!(" in thread {thread}"));
            let frame = stop
                .frame
                .as_ref()
                .map(|frame| format!(", {}", describe_frame(frame)));
            format!(
                "stopped{}{}",
                thread.unwrap_or_default(),
                frame.unwrap_or_default()
            )
        }
        Learnt::Stack(thread, frames) => {
            let frames: Vec<_> = frames.iter().map(describe_frame).collect();
            format!("stack of thread {thread}: {}", frames.join(", "))
        }
        Learnt::NoStack(thread) => format!("no stack of thread {thread}"),
        Learnt::Threads(threads) => {
            let ids: Vec<_> = threads.iter().map(|thread| thread.id.to_string()).collect();
            format!("threads [{}]", ids.join(", "))
        }
        Learnt::SymbolsRead => "symbols read".to_owned(),
        Learnt::Suspending(signal) => format!("to be suspended by {signal}"),
        Learnt::WentOn { misdirected: None } => "went on".to_owned(),
        Learnt::WentOn {
            misdirected: Some(signal),
        } => format!("went on, {signal} was misdirected"),
        Learnt::ForeignStop(signal) => {
            format!(
                "foreign stop by {}",
                signal.as_deref().unwrap_or("no signal")
            )
        }
        Learnt::Ended => "ended".to_owned(),
        Learnt::Failed(operation, words) => {
            let operation = match operation {
                Operation::SetUp => "set up",
                Operation::Attach => "attach",
                Operation::Resume => "resume",
            };
            format!("failed to {operation}: {words}")
        }
    };
    format!("= {meaning}")
}

fn describe_frame(frame: &MiFrame) -> String {
    let function = frame.function.as_deref().unwrap_or("??");
    match frame.line {
        Some(line) => format!("{function} at line {line}"),
        None => function.to_owned(),
    }
}
