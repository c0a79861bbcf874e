//! What is written on standard output and standard error, and how wide and coloured it may be.

use std::io::{self, IsTerminal, Write};

use crate::config::{Color, ColorWish, Output};
use crate::error::{Error, ExitCode, Result};
use crate::foreign::Foreign;
use crate::report::Style;

/// Whether standard error may be colored.
pub fn error_color(choice: Color) -> bool {
    choice.applies(io::stderr().is_terminal(), color_wish())
}

/// Prints a report. A reader that has seen enough and closed the pipe is a success.
pub(super) fn print(text: &str) -> Result<u8> {
    let mut stdout = io::stdout().lock();
    match stdout
        .write_all(text.as_bytes())
        .and_then(|()| stdout.flush())
    {
        Err(source) if source.kind() != io::ErrorKind::BrokenPipe => Err(Error::System {
            action: "write to standard output".to_owned(),
            source,
        }),
        _ => Ok(ExitCode::Success.code()),
    }
}

/// Says something on standard error, in which the names of files and variants may be
/// anything. Where nobody reads it, it is not missed.
pub(super) fn say(text: &str) {
    writeln!(io::stderr(), "{}", Foreign::new(text).lines()).ok();
}

/// How a report of the lines that matter is laid out on standard output.
pub(super) fn style<F>(output: &Output<F>) -> Style {
    Style {
        selection: output.selection.clone(),
        ..plain_style(output.color)
    }
}

/// The same, of a report from which nothing can be left out.
pub(super) fn plain_style(color: Color) -> Style {
    let terminal = io::stdout().is_terminal();
    let width = terminal_size::terminal_size().filter(|_| terminal);
    let default = Style::default();
    Style {
        width: width.map_or(default.width, |(width, _)| width.0.into()),
        color: color.applies(terminal, color_wish()),
        ..default
    }
}

fn color_wish() -> ColorWish {
    let value = |name| std::env::var_os(name).map(|value| value.to_string_lossy().into_owned());
    let (no_color, force) = (value("NO_COLOR"), value("CLICOLOR_FORCE"));
    ColorWish::of(no_color.as_deref(), force.as_deref())
}
