//! Reading `annotate`'s report, and checking the recording that it is made of.

use std::collections::BTreeSet;

use profila::recording::{ForeignText, LineSamples, ProfiledRun, Recording, SampleCounts, Source};

/// What `annotate` printed after the script was done.
#[derive(Debug)]
pub(crate) struct Report {
    pub(crate) header: String,
    pub(crate) files: Vec<FileSection>,
    pub(crate) warnings: Vec<String>,
}

/// The lines of one file.
#[derive(Debug)]
pub(crate) struct FileSection {
    pub(crate) label: String,
    /// Lines with samples, and their percentages.
    pub(crate) lines: Vec<(f64, String)>,
}

impl Report {
    /// Reads the report at the end of what was printed.
    #[track_caller]
    pub(crate) fn read(stdout: &str) -> Self {
        let (_, report) = stdout
            .split_once("\n# Total samples: ")
            .unwrap_or_else(|| panic!("no report in:\n{stdout}"));
        let mut sections = report.split("\n## File `");
        let header = sections.next().unwrap().to_owned();
        let files = sections.map(FileSection::read).collect();
        let warnings = report.lines().filter(|line| line.starts_with("warning"));
        Self {
            header,
            files,
            warnings: warnings.map(str::to_owned).collect(),
        }
    }

    /// The section of a file.
    #[track_caller]
    pub(crate) fn file(&self, label: &str) -> &FileSection {
        let mut files = self.files.iter();
        files
            .find(|file| file.label == label)
            .unwrap_or_else(|| panic!("no `{label}` in {self:#?}"))
    }
}

impl FileSection {
    fn read(section: &str) -> Self {
        let (label, rest) = section.split_once('`').unwrap();
        let lines = rest.lines().filter_map(|line| {
            let (percent, text) = line.split_once("% | ")?;
            Some((percent.trim().parse().ok()?, text.trim().to_owned()))
        });
        Self {
            label: label.to_owned(),
            lines: lines.collect(),
        }
    }

    /// The line with the largest percentage.
    #[track_caller]
    pub(crate) fn hottest(&self) -> &str {
        let lines = self.lines.iter();
        let hottest = lines.max_by(|(one, _), (other, _)| one.total_cmp(other));
        let (_, text) = hottest.unwrap_or_else(|| panic!("no samples in {self:?}"));
        text
    }
}

/// The profile of a recording's first profiled run.
#[track_caller]
pub(crate) fn profile(recording: &Recording) -> &ProfiledRun {
    let mut profiles = recording.runs().filter_map(|run| run.profile.as_ref());
    profiles.next().expect("one run is profiled")
}

/// The text of a line in a recording.
#[track_caller]
pub(crate) fn text_of<'a>(recording: &'a Recording, line: &LineSamples) -> &'a str {
    let mut sources = recording.sources.iter();
    let source = sources.find(|source| source.path == line.file);
    let source = source.unwrap_or_else(|| panic!("no source of {line:?}"));
    let number = usize::try_from(line.line.get()).unwrap();
    let text = source.text.lines().nth(number - 1);
    text.unwrap_or_else(|| panic!("{line:?} is beyond the end of its file"))
}

/// The line that answers for most samples.
#[track_caller]
pub(crate) fn hottest(recording: &Recording) -> &LineSamples {
    let lines = profile(recording).lines.iter();
    lines
        .max_by_key(|line| line.owned)
        .expect("there are lines")
}

/// The line of a file that answers for most samples.
#[track_caller]
pub(crate) fn hottest_in<'a>(recording: &'a Recording, file: &str) -> &'a LineSamples {
    let lines = profile(recording).lines.iter();
    let hottest = lines
        .filter(|line| line.file == file)
        .max_by_key(|line| line.owned);
    hottest.unwrap_or_else(|| panic!("no sample in {file}: {:#?}", profile(recording)))
}

/// Checks what holds for every recording where all went well: nothing is to be warned
/// of, no sample is bad, and all add up.
#[track_caller]
pub(crate) fn check(recording: &Recording) {
    // On a busy machine threads that work together are often not seen at work.
    let is_of_script = |warning: &&str| !warning.contains("could often not be seen at work");
    let warnings = recording.warnings.iter().map(ForeignText::as_written);
    let warnings: Vec<&str> = warnings.filter(is_of_script).collect();
    assert_eq!(warnings, [""; 0]);
    for run in recording.runs().filter_map(|run| run.profile.as_ref()) {
        assert_eq!(run.samples.bad, 0, "{:?}", run.samples);
    }
    check_sums(recording);
}

/// Checks that all samples add up, and none is counted twice.
#[track_caller]
pub(crate) fn check_sums(recording: &Recording) {
    for run in recording.runs().filter_map(|run| run.profile.as_ref()) {
        let counts = run.samples;
        let SampleCounts { numba, bad, .. } = counts;
        assert_eq!(
            counts.window,
            numba + counts.other + counts.waiting + bad,
            "{counts:?}"
        );
        assert!(counts.folded <= numba, "{counts:?}");
        assert_eq!(counts.misplaced, 0, "{counts:?}");
        assert!(counts.barrier <= counts.waiting, "{counts:?}");
        assert!((1..=counts.window).contains(&counts.ticks), "{counts:?}");
        let sum = |count: fn(&LineSamples) -> u64| run.lines.iter().map(count).sum::<u64>();
        assert_eq!(sum(|line| line.owned), numba, "{:#?}", run.lines);
        assert_eq!(sum(|line| line.self_samples), numba, "{:#?}", run.lines);
        for line in &run.lines {
            let in_total = line.self_samples.max(line.owned)..=numba;
            assert!(in_total.contains(&line.total), "{line:?}");
            // Of code in no file, Python may have kept no text.
            let mut sources = recording.sources.iter();
            let is_unknown = |it: &Source| it.path == line.file && it.text.is_empty();
            if !sources.any(is_unknown) {
                text_of(recording, line);
            }
        }
        let instructions = run.instructions.iter();
        let of_instructions: u64 = instructions.clone().map(|it| it.samples).sum();
        assert_eq!(of_instructions, numba, "{:#?}", run.instructions);
        for it in instructions {
            assert!(it.samples > 0 && it.in_callees <= it.samples, "{it:?}");
            let mut lines = run.lines.iter();
            let line = lines.find(|line| line.file == it.file && line.line == it.line);
            assert!(
                line.is_some_and(|line| line.self_samples >= it.samples),
                "{it:?}"
            );
        }
        let places = run.lines.iter().map(|line| (&line.file, line.line));
        let distinct: BTreeSet<_> = places.collect();
        assert_eq!(distinct.len(), run.lines.len(), "{:#?}", run.lines);
    }
}
