//! Configurations: read and resolved, or an error that shows its place.

#![no_main]

use std::path::Path;

use clap::Parser as _;
use libfuzzer_sys::fuzz_target;
use profila::cli::{Cli, Command};
use profila::config::{self, Document};
use profila::error::Result;

fuzz_target!(|text: &str| {
    if let Err(error) = resolved(text) {
        let shown = error.render(false);
        let obeyed = shown.chars().find(|&c| c != '\n' && c.is_control());
        assert_eq!(obeyed, None);
        assert!(shown.len() <= 10 * text.len() + (1 << 20));
    }
});

fn resolved(text: &str) -> Result<()> {
    let here = Path::new("/nowhere");
    let document = Document::parse("profila.toml".into(), here.to_owned(), text.to_owned())?;
    let cli = Cli::parse_from(["profila", "diff"]);
    let Command::Configured(command) = &cli.command else {
        return Ok(());
    };
    config::resolve(command, &cli.global, document.as_ref(), here).map(|_| ())
}
