//! A gdb with a fault: what it is told goes to the real one, and what that says comes
//! back, but for the fault.
//!
//! `FAKE_GDB` says which fault and `REAL_GDB` where the real one is. A fault begins with
//! the first stop of the program, or the number of them after `@`. See [`Fault`].

use std::env;
use std::io::{self, BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

/// What is wrong with it.
enum Fault {
    /// It says nothing, and ends by nothing less than SIGKILL.
    Silent,
    /// It prints what no gdb would print, and goes on as if nothing were.
    GarbageFirst,
    /// It prints a line that never ends.
    EndlessLine,
    /// It prints lines that never end.
    Flood,
    /// It never says that the program has stopped.
    NeverStopped,
    /// It answers each command that begins with this by an error.
    Refuses(String),
    /// It has a fault from some stop on.
    From(u32, Late),
}

/// What goes wrong in the middle.
enum Late {
    /// It ends, and the real gdb with it.
    Dies,
    /// It prints what no gdb would print, and goes on.
    Garbage,
    /// It says of the program what is not so, and goes on.
    Lies,
    /// It ends in the middle of a line.
    EndsInLine,
    /// It leaves half of a line out, and goes on.
    CutsLine,
    /// It prints a line of 10 MB, and goes on.
    LongLine,
    /// It says nothing any more.
    Mute,
    /// It closes its output, and lives on.
    Closes,
}

impl Fault {
    fn parse(words: &str) -> Self {
        let (name, stops) = words.split_once('@').unwrap_or((words, "1"));
        let late = match name {
            "silent" => return Self::Silent,
            "garbage-first" => return Self::GarbageFirst,
            "endless-line" => return Self::EndlessLine,
            "flood" => return Self::Flood,
            "never-stopped" => return Self::NeverStopped,
            "dies" => Late::Dies,
            "garbage" => Late::Garbage,
            "lies" => Late::Lies,
            "ends-in-line" => Late::EndsInLine,
            "cuts-line" => Late::CutsLine,
            "long-line" => Late::LongLine,
            "mute" => Late::Mute,
            "closes" => Late::Closes,
            _ => {
                let command = words.strip_prefix("refuses ");
                return Self::Refuses(command.expect("a known fault").to_owned());
            }
        };
        Self::From(stops.parse().expect("a number of stops"), late)
    }
}

fn main() -> io::Result<()> {
    let fault = Fault::parse(&env::var("FAKE_GDB").expect("FAKE_GDB is set"));
    match fault {
        Fault::Silent => never_end(),
        Fault::GarbageFirst => say(&every_byte())?,
        Fault::EndlessLine => loop {
            io::stdout().write_all(&b"x".repeat(1 << 16))?;
        },
        Fault::Flood => loop {
            io::stdout().write_all(&b"~\"noise\"\n".repeat(1 << 12))?;
        },
        _ => {}
    }
    let mut real = Command::new(env::var("REAL_GDB").expect("REAL_GDB is set"))
        .args(env::args_os().skip(1))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()?;
    let output = BufReader::new(real.stdout.take().expect("it is piped"));
    let mut input = real.stdin.take().expect("it is piped");
    let refused = match &fault {
        Fault::Refuses(command) => Some(command.clone()),
        _ => None,
    };
    thread::spawn(move || -> io::Result<()> {
        for line in io::stdin().lock().lines() {
            let line = line?;
            let command = line.trim_start_matches(|c: char| c.is_ascii_digit());
            match &refused {
                Some(refused) if command.starts_with(refused) => {
                    let token = &line[..line.len() - command.len()];
                    say(format!("{token}^error,msg=\"refused on purpose\"\n").as_bytes())?;
                }
                _ => writeln!(input, "{line}")?,
            }
        }
        // Its input ends here, and with it the real gdb.
        Ok(())
    });
    pass_on(output, &fault, real)
}

/// Passes on what the real gdb says, but for the fault.
fn pass_on(output: impl BufRead, fault: &Fault, mut real: Child) -> io::Result<()> {
    let mut stops = 0;
    for line in output.split(b'\n') {
        let mut line = line?;
        line.push(b'\n');
        let is_stop = line.starts_with(b"*stopped");
        stops += u32::from(is_stop && is_at_work());
        match fault {
            Fault::NeverStopped if is_stop => {}
            Fault::From(first, late) if is_stop && stops == *first && is_at_work() => {
                if !go_wrong(late, &line, &mut real)? {
                    return Ok(());
                }
            }
            _ => say(&line)?,
        }
    }
    real.wait().map(drop)
}

/// Whether the script does its work by now, where it says so by a file. Before, it loads
/// libraries, and a process whose gdb dies at one of its breakpoints is lost.
fn is_at_work() -> bool {
    env::var_os("AT_WORK").is_none_or(|file| Path::new(&file).exists())
}

/// Does the fault in place of saying this line. Whether it goes on then.
fn go_wrong(late: &Late, line: &[u8], real: &mut Child) -> io::Result<bool> {
    let half = &line[..line.len() / 2];
    match late {
        Late::Dies | Late::EndsInLine => {
            if matches!(late, Late::EndsInLine) {
                say(half)?;
            }
            real.kill()?;
            real.wait()?;
            return Ok(false);
        }
        Late::Garbage => {
            say(&every_byte())?;
            say(b"^done\n99999999999999999999^done\n5^done,stack=[\n*stopped,reason=,frame={\n")?;
            say(line)?;
        }
        Late::Lies => {
            say(b"*stopped\n*running,thread-id=\"all\"\n=thread-exited,id=\"1\"\n")?;
            say(line)?;
        }
        Late::CutsLine => say(&[half, b"\n"].concat())?,
        Late::LongLine => {
            say(format!("~\"{}\"\n", "x".repeat(10 << 20)).as_bytes())?;
            say(line)?;
        }
        Late::Mute => loop {
            thread::sleep(Duration::from_secs(1));
        },
        Late::Closes => {
            nix::unistd::close(1)?;
            loop {
                thread::sleep(Duration::from_secs(1));
            }
        }
    }
    Ok(true)
}

fn say(bytes: &[u8]) -> io::Result<()> {
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    let _one = ONE_AT_A_TIME.lock().expect("nobody panics with it");
    let mut stdout = io::stdout();
    stdout.write_all(bytes)?;
    stdout.flush()
}

/// Waits for ever, whatever it is asked.
fn never_end() -> ! {
    let asked = Arc::new(AtomicBool::new(false));
    for signal in [signal_hook::consts::SIGTERM, signal_hook::consts::SIGINT] {
        signal_hook::flag::register(signal, Arc::clone(&asked)).expect("it can be handled");
    }
    loop {
        thread::sleep(Duration::from_secs(1));
        asked.store(false, Ordering::Relaxed);
    }
}

fn every_byte() -> Vec<u8> {
    (0..=255).chain([b'\n']).collect()
}
