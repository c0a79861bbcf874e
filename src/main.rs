//! The `profila` command: parse, do, and say what went wrong.

use std::io::Write;
use std::process::ExitCode;

use clap::Parser;
use profila::cli::Cli;
use profila::commands;

fn main() -> ExitCode {
    let cli = Cli::parse();
    match commands::execute(&cli) {
        Ok(code) => ExitCode::from(code),
        Err(error) => {
            let text = error.render(commands::error_color(cli.global.color));
            // Where nobody reads it, the exit code has to do.
            writeln!(std::io::stderr(), "{text}").ok();
            ExitCode::from(error.exit_code().code())
        }
    }
}
