//! The `profila` command: parse, do, and say what went wrong.

use std::io::Write;
use std::process::ExitCode;

use clap::Parser;
use profila::cli::{self, Cli};
use profila::commands::{self, End};
use profila::config::Color;
use profila::error::Error;
use profila::{process, sampler};

fn main() -> ExitCode {
    let words: Vec<_> = std::env::args_os().collect();
    if let Some(code) = sampler::serve_if_asked(&words) {
        return code;
    }
    let cli = match Cli::try_parse_from(&words) {
        Ok(cli) => cli,
        Err(wrong) => match cli::explain(&wrong, &words) {
            Some(error) => return failed(&error, Color::Auto),
            None => wrong.exit(),
        },
    };
    match commands::execute(&cli) {
        Ok(End::Code(code)) => ExitCode::from(code),
        Ok(End::Signal(signal)) => end_by(signal),
        Err(error) => failed(&error, cli.global.color),
    }
}

/// Says what went wrong.
fn failed(error: &Error, color: Color) -> ExitCode {
    let text = error.render(commands::error_color(color));
    // Where nobody reads it, the exit code has to do.
    writeln!(std::io::stderr(), "{text}").ok();
    ExitCode::from(error.exit_code().code())
}

/// Ends this process by a signal, or, where that cannot be, by the exit code that a
/// shell gives it.
fn end_by(signal: i32) -> ExitCode {
    process::die_by(signal);
    ExitCode::from(u8::try_from(128 + signal).unwrap_or(u8::MAX))
}
