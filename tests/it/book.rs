//! The documents: every command that a page shows with its output is run, and prints that.
//!
//! `console` blocks are run by `trycmd`, those of a page one after the other in a project folder of
//! the page's own. Blocks that cannot be run here are `sh`, and their commands are at least ones that
//! profila understands.

mod page;
mod project;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Component, Path, PathBuf};
use std::time::Duration;

use clap::Parser;
use profila::cli::Cli;

use crate::harness::{Sandbox, repository};
use page::{Block, Page};
use project::Project;

/// The longest that one command of a page may take, on a machine that is however busy.
const MOST: Duration = Duration::from_mins(5);

/// What commands of `console` blocks begin with.
const PROGRAMS: [&str; 3] = ["profila", "python", "git"];

/// What a shell does something about, and `trycmd` does not.
const OF_THE_SHELL: [char; 8] = ['|', '>', '<', '&', ';', '*', '`', '$'];

/// The pages of the book, with the README.
fn pages() -> Vec<Page> {
    let docs = repository().join("docs");
    let mut files = vec![repository().join("README.md")];
    files.extend(markdown_below(&docs));
    files.iter().map(|file| Page::read(file)).collect()
}

/// The Markdown files in a folder and those in it, without the book's table of contents.
fn markdown_below(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap();
    let mut paths: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let (folders, files): (Vec<_>, Vec<_>) = paths.into_iter().partition(|path| path.is_dir());
    let is_page = |path: &PathBuf| {
        let is_markdown = path.extension().is_some_and(|extension| extension == "md");
        is_markdown && !path.ends_with("SUMMARY.md")
    };
    let below = folders.iter().flat_map(|folder| markdown_below(folder));
    files.into_iter().filter(is_page).chain(below).collect()
}

#[test]
fn commands_of_the_book_print_what_it_shows() {
    let sandbox = Sandbox::new();
    let cases = trycmd::TestCases::new();
    cases
        .timeout(MOST)
        .env("TMPDIR", sandbox.tmp().display().to_string())
        .env("HOME", sandbox.home().display().to_string());
    for program in PROGRAMS {
        cases.register_bin(program, project::program(&sandbox, program));
    }
    for page in pages().iter().filter(|page| page.has_commands()) {
        let case = sandbox.write(&page.case_name(), &page.case());
        Project::beside(&sandbox, &case);
        cases.case(case);
    }
    cases.run();
}

#[test]
fn every_console_block_can_be_run() {
    for page in pages() {
        for block in page.blocks() {
            // `trycmd` takes a block of no language to be one to run.
            assert_ne!(block.info, "", "{}", block.place(&page));
            if block.info.starts_with("console") {
                check_can_be_run(&page, &block);
            }
        }
    }
}

#[track_caller]
fn check_can_be_run(page: &Page, block: &Block) {
    let place = block.place(page);
    assert_eq!(block.info, "console", "{place} has attributes");
    let first = block.lines.first().map_or("", String::as_str);
    assert!(first.starts_with("$ "), "{place} begins with no command");
    for command in block.commands() {
        let quoted = command.split('\'').skip(1).step_by(2);
        let quoted: usize = quoted.flat_map(|it| it.matches(OF_THE_SHELL)).count();
        let all = command.matches(OF_THE_SHELL).count();
        assert_eq!(all, quoted, "{place} needs a shell: {command}");
        let program = command.split(' ').find(|word| !word.contains('='));
        assert!(
            program.is_some_and(|program| PROGRAMS.contains(&program)),
            "{place}: {command} is not run, so the block has to be `sh`"
        );
    }
}

/// A page that people read in order has its own place in the order.
#[test]
fn the_table_of_contents_has_every_page_once() {
    let docs = repository().join("docs");
    let summary = fs::read_to_string(docs.join("SUMMARY.md")).unwrap();
    let listed = page::links(&summary);
    let once: BTreeSet<_> = listed.iter().map(|link| docs.join(link)).collect();
    assert_eq!(once.len(), listed.len(), "a page is listed twice");
    let all: BTreeSet<_> = markdown_below(&docs).into_iter().collect();
    let other: Vec<_> = once.symmetric_difference(&all).collect();
    assert!(
        other.is_empty(),
        "only in docs/SUMMARY.md or in docs/: {other:?}"
    );
}

/// Those of the README and the documents around it too, which are read on a forge.
#[test]
fn links_lead_to_a_heading_of_a_page() {
    let mut pages = pages();
    for document in ["ARCHITECTURE.md", "CONTRIBUTING.md", "SECURITY.md"] {
        pages.push(Page::read(&repository().join(document)));
    }
    for page in &pages {
        for link in page.links() {
            if !link.contains("://") {
                check_link(page, &link);
            }
        }
    }
}

#[track_caller]
fn check_link(page: &Page, link: &str) {
    let (file, heading) = link.split_once('#').unwrap_or((link, ""));
    let target = match file {
        "" => page.file.clone(),
        file => without_dots(&page.file.parent().unwrap().join(file)),
    };
    let name = page.name();
    assert!(
        target.exists(),
        "{name} links to {link}, which is not there"
    );
    let docs = repository().join("docs");
    // What is outside of the book is not there in it.
    let leaves = page.file.starts_with(&docs) && !target.starts_with(&docs);
    assert!(
        !leaves,
        "{name} links to {link}, which is outside of the book"
    );
    if !heading.is_empty() {
        let headings = Page::read(&target).anchors();
        assert!(
            headings.iter().any(|it| it == heading),
            "{name} links to {link}, but there are {headings:?}"
        );
    }
}

/// A path without `..` and `.`, which need not lead to anything.
fn without_dots(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for component in path.components() {
        match component {
            Component::ParentDir => {
                plain.pop();
            }
            Component::CurDir => {}
            other => plain.push(other),
        }
    }
    plain
}

/// What cannot be run here may still be mistyped.
#[test]
fn commands_that_are_not_run_are_understood() {
    for page in pages() {
        let blocks = page.blocks();
        for block in blocks.iter().filter(|block| block.info == "sh") {
            for line in block.joined_lines() {
                check_understood(&block.place(&page), &line);
            }
        }
    }
}

#[track_caller]
fn check_understood(place: &str, line: &str) {
    let words = shlex::split(line).unwrap_or_else(|| panic!("{place}: {line}"));
    let is_end = |word: &String| ["&&", "||", ";", "|", ">", "<"].contains(&word.as_str());
    for words in words.split(is_end) {
        let is_setting = |word: &&String| word.contains('=') && !word.starts_with('-');
        let command = words.iter().skip_while(is_setting);
        if command.clone().next().is_some_and(|word| word == "profila") {
            let parsed = Cli::try_parse_from(command);
            assert!(parsed.is_ok(), "{place}: {line}\n{}", parsed.unwrap_err());
        }
    }
}

/// What is said of warnings is about words that the program has. Of errors,
/// `troubleshooting_has_every_message_and_no_other` knows more.
#[test]
fn warnings_that_are_explained_are_in_the_program() {
    let program = words_of(&repository().join("src"));
    let page = fs::read_to_string(repository().join("docs/troubleshooting.md")).unwrap();
    let (_, section) = page
        .split_once("| warning | ")
        .expect("a table of warnings");
    let rows = section
        .lines()
        .skip(2)
        .map_while(|row| row.strip_prefix("| "));
    let messages: Vec<&str> = rows.filter_map(|row| row.split(" | ").next()).collect();
    assert!(messages.len() > 5, "{messages:?}");
    for message in messages {
        for words in message.split('…') {
            assert!(program.contains(words), "{message}: no `{words}` in src/");
        }
    }
}

/// The sources in a folder and those in it, with texts that go on in another line put together.
fn words_of(folder: &Path) -> String {
    let continued = regex::Regex::new(r"\\\n\s*").unwrap();
    let entries = fs::read_dir(folder).unwrap();
    let texts = entries.map(|entry| {
        let path = entry.unwrap().path();
        if path.is_dir() {
            words_of(&path)
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(path).unwrap();
            continued.replace_all(&text, "").into_owned()
        } else {
            String::new()
        }
    });
    texts.collect()
}
