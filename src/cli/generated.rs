//! What packages of this program have beside it, generated from the commands themselves.

use clap::{Command, CommandFactory};
use clap_complete::Shell;
use clap_mangen::Man;

use super::Cli;

/// A page of the manual.
pub struct Page {
    /// The name of its file, such as `profila-diff.1`.
    pub file: String,
    /// Its text, in the language of `man`.
    pub text: String,
}

/// The completion script for a shell.
pub fn completions(shell: Shell) -> Vec<u8> {
    // Into memory: clap_complete panics where a write fails, as on a closed pipe.
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "profila", &mut script);
    script
}

/// The manual: a page for the program and one for each command.
pub fn manual() -> Vec<Page> {
    let mut program = Cli::command().disable_help_subcommand(true);
    program.build();
    let mut pages = Vec::new();
    add_pages(&program, &mut pages);
    pages
}

fn add_pages(command: &Command, pages: &mut Vec<Page>) {
    let source = concat!("profila ", env!("CARGO_PKG_VERSION"));
    let page = Man::new(command.clone()).source(source);
    let mut text = Vec::new();
    page.render(&mut text).expect("memory can be written to");
    pages.push(Page {
        file: page.get_filename(),
        text: String::from_utf8(text).expect("the text of commands is UTF-8"),
    });
    let commands = command.get_subcommands();
    for command in commands.filter(|command| !command.is_hide_set()) {
        add_pages(command, pages);
    }
}
