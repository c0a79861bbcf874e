//! A page of Markdown: its blocks, its links, and what `trycmd` is to run of it.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use regex::Regex;

use crate::harness::repository;

/// What a page has in place of lines of output that it leaves out, and `trycmd` for the same.
const LEFT_OUT: &str = "…";
const ANY_LINES: &str = "...";

/// What `trycmd` takes for anything within a line.
const ANYTHING: &str = "[..]";

/// A file of Markdown.
pub(crate) struct Page {
    pub(crate) file: PathBuf,
    text: String,
}

/// A fenced block.
pub(crate) struct Block {
    /// Where it begins.
    line: usize,
    /// What stands behind the fence.
    pub(crate) info: String,
    pub(crate) lines: Vec<String>,
}

impl Page {
    #[track_caller]
    pub(crate) fn read(file: &Path) -> Self {
        let text = fs::read_to_string(file);
        Self {
            text: text.unwrap_or_else(|error| panic!("{}: {error}", file.display())),
            file: file.to_owned(),
        }
    }

    /// Its path in the repository.
    pub(crate) fn name(&self) -> String {
        let path = self.file.strip_prefix(repository()).unwrap();
        path.display().to_string()
    }

    /// A name for the file that is run.
    pub(crate) fn case_name(&self) -> String {
        self.name().replace('/', "-")
    }

    pub(crate) fn has_commands(&self) -> bool {
        self.blocks().iter().any(|block| block.info == "console")
    }

    pub(crate) fn blocks(&self) -> Vec<Block> {
        let mut blocks: Vec<Block> = Vec::new();
        let mut is_inside = false;
        for (index, line) in self.text.lines().enumerate() {
            if let Some(info) = line.strip_prefix("```") {
                if !is_inside {
                    blocks.push(Block {
                        line: index + 1,
                        info: info.to_owned(),
                        lines: Vec::new(),
                    });
                }
                is_inside = !is_inside;
            } else if is_inside {
                let block = blocks.last_mut().expect("it has begun");
                block.lines.push(line.to_owned());
            }
        }
        assert!(!is_inside, "{}: a block does not end", self.name());
        blocks
    }

    /// The page as `trycmd` is to run it: of its blocks those with commands, with whatever differs
    /// from one measurement to the next left out.
    pub(crate) fn case(&self) -> String {
        let blocks = self.blocks();
        let runnable = blocks.iter().filter(|block| block.info == "console");
        runnable.map(Block::case).collect()
    }

    /// Its text without blocks.
    fn prose(&self) -> String {
        let mut is_inside = false;
        let outside = self.text.lines().filter(|line| {
            let is_fence = line.starts_with("```");
            is_inside ^= is_fence;
            !is_inside && !is_fence
        });
        outside.collect::<Vec<_>>().join("\n")
    }

    /// What it links to.
    pub(crate) fn links(&self) -> Vec<String> {
        links(&self.prose())
    }

    /// The anchors of its headings, as forges and mdBook name them.
    pub(crate) fn anchors(&self) -> Vec<String> {
        let prose = self.prose();
        let headings = prose.lines().filter(|line| line.starts_with('#'));
        let anchor = |heading: &str| {
            let text = heading.trim_start_matches('#').trim().to_lowercase();
            let kept = text.replace(' ', "-");
            kept.replace(|c: char| !c.is_alphanumeric() && c != '-' && c != '_', "")
        };
        headings.map(anchor).collect()
    }
}

impl Block {
    pub(crate) fn place(&self, page: &Page) -> String {
        format!("{}:{}", page.name(), self.line)
    }

    /// What follows a `$`.
    pub(crate) fn commands(&self) -> impl Iterator<Item = &str> {
        self.lines.iter().filter_map(|line| line.strip_prefix("$ "))
    }

    /// Its lines, those that end in a backslash with the next one.
    pub(crate) fn joined_lines(&self) -> Vec<String> {
        let text = self.lines.join("\n").replace("\\\n", " ");
        text.lines().map(str::to_owned).collect()
    }

    fn case(&self) -> String {
        let mut case = String::from("```console\n");
        let mut is_exact = false;
        let mut has_output = false;
        for line in &self.lines {
            if let Some(command) = line.strip_prefix("$ ") {
                // `trycmd` takes the last end of a line not to be of the output.
                if std::mem::take(&mut has_output) {
                    case.push('\n');
                }
                is_exact = reads_recordings(command);
                case += line;
            } else if line.starts_with("? ") {
                case += line;
            } else {
                has_output = true;
                case += &expected(line, is_exact);
            }
            case.push('\n');
        }
        if has_output {
            case.push('\n');
        }
        case + "```\n"
    }
}

/// Whether a command concludes from recordings that are in the repository, so that every digit of
/// its output is known: but for CSV, which has them all, and the last ones of a sum are of the order
/// in which it was added.
fn reads_recordings(command: &str) -> bool {
    command.contains("examples/recordings/") && !command.contains("csv")
}

/// The pattern of a line of output.
fn expected(line: &str, is_exact: bool) -> String {
    static VARIES: LazyLock<Regex> = LazyLock::new(|| {
        // Bars, rules and alignment; what names a commit; numbers with their sign.
        let parts = [
            r" {2,}|[▁-█▏-▕░▒▓─]+",
            r"\b[0-9a-f]{12}\b",
            r"[+−±]?\d(?:[\d.,]*\d)?",
        ];
        let pattern = parts.join("|");
        Regex::new(&format!("(?:(?:{pattern})[ ]*)+")).unwrap()
    });
    if line == LEFT_OUT {
        return ANY_LINES.to_owned();
    }
    // `trycmd` takes a backslash of the output for that of a path on Windows.
    let line = line.replace('\\', "/");
    if is_exact {
        return line;
    }
    VARIES.replace_all(&line, ANYTHING).into_owned()
}

/// What is linked to by a Markdown text.
pub(crate) fn links(text: &str) -> Vec<String> {
    static LINK: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"\]\(([^)\s]+)\)").unwrap());
    let found = LINK.captures_iter(text);
    found.map(|link| link[1].to_owned()).collect()
}

#[test]
fn numbers_are_left_out_and_words_are_not() {
    #[track_caller]
    fn check(line: &str, pattern: &str) {
        assert_eq!(expected(line, false), pattern);
    }
    check("…", "...");
    check(
        "dither2.py is 2.75× as fast (95% interval 2.56 to 2.96): faster.",
        "dither[..].py is [..]× as fast ([..]% interval [..]to [..]): faster.",
    );
    check("      −9.88  ±0.31   ░░░░  a_line", "[..]a_line");
    check("HEAD~1 is commit 7191052deb04", "HEAD~[..]is commit [..]");
    assert_eq!(expected("1.5  ▓", true), "1.5  ▓");
}
