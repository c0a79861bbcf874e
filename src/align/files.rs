//! Which file of one version is which file of the other.

use std::collections::BTreeMap;

use super::similarity::dice;
use super::{Alignment, align};
use crate::pair::Pair;
use crate::recording::Source;
use crate::source;

/// Files of the same name are the same file from this similarity on: a module
/// `utils.py` of one package has nothing to do with that of another.
const SAME_NAME_THRESHOLD: f64 = 0.25;

/// Files of different names are the same file, renamed, from this similarity on.
const RENAMED_THRESHOLD: f64 = 0.6;

/// Pairs of files of which it is looked how similar they are. Where there would be more,
/// only the same text is the same file.
const MOST_PAIRS: usize = 250_000;

/// Lines of such pairs, together.
const MOST_LINES_OF_PAIRS: usize = 50_000_000;

/// A file on the sides where it exists, with its lines aligned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AlignedFile {
    /// Its path on each side, as in the recordings; at least one is present.
    pub file: Pair<Option<String>>,
    /// What became of its lines. Of a file on one side only, all are added or
    /// removed.
    pub alignment: Alignment,
}

/// Pairs the files of two recordings and aligns their lines.
///
/// Each file of either side is in exactly one [`AlignedFile`]. The two `scripts`,
/// given by their paths in the recordings, are each other's counterpart whatever
/// they are called. Any other file is paired with the one of the same path; else
/// with one of the same name whose lines are in part the same; else with one most
/// of whose lines are the same. A user's file is never paired with a library's,
/// except by its path.
///
/// The files come in the order of the after version, the scripts first, and those
/// that are only in the before version last.
pub fn align_files(files: Pair<&[Source]>, scripts: Pair<Option<&str>>) -> Vec<AlignedFile> {
    let mut pairing = FilePairing::new(files);
    pairing.pair_scripts(scripts);
    pairing.pair_same_paths();
    pairing.pair_most_similar(SAME_NAME_THRESHOLD, file_name);
    pairing.pair_most_similar(RENAMED_THRESHOLD, |_| "");
    pairing.into_aligned_files(scripts.after)
}

/// Which files have found their counterparts, by index.
struct FilePairing<'a> {
    files: Pair<&'a [Source]>,
    partners: Pair<Vec<Option<usize>>>,
}

impl<'a> FilePairing<'a> {
    fn new(files: Pair<&'a [Source]>) -> Self {
        Self {
            files,
            partners: files.map(|files| vec![None; files.len()]),
        }
    }

    /// Pairs two files, unless one of them has a partner.
    fn pair(&mut self, pair: Pair<usize>) {
        let Pair { before, after } = pair;
        if self.partners.before[before].is_none() && self.partners.after[after].is_none() {
            self.partners.before[before] = Some(after);
            self.partners.after[after] = Some(before);
        }
    }

    fn pair_scripts(&mut self, scripts: Pair<Option<&str>>) {
        let find = |files: &[Source], script: Option<&str>| {
            files
                .iter()
                .position(|file| Some(file.path.as_str()) == script)
        };
        let before = find(self.files.before, scripts.before);
        let after = find(self.files.after, scripts.after);
        if let (Some(before), Some(after)) = (before, after) {
            self.pair(Pair::new(before, after));
        }
    }

    fn pair_same_paths(&mut self) {
        let before: BTreeMap<&str, usize> = self.files.before.iter().map(path).zip(0..).collect();
        for (after, file) in self.files.after.iter().enumerate() {
            if let Some(&before) = before.get(path(file)) {
                self.pair(Pair::new(before, after));
            }
        }
    }

    /// Pairs the files still without partners that have the same `key` and are at
    /// least as similar as the threshold, the most similar first.
    fn pair_most_similar(&mut self, threshold: f64, key: impl Fn(&Source) -> &str) {
        let before = fingerprints(self.files.before, &self.partners.before);
        let after = fingerprints(self.files.after, &self.partners.after);
        let key = |it: &Fingerprint<'a>| (it.file.user, key(it.file).to_owned());
        let by_key = grouped(&after, &key);
        let may = |one: &Fingerprint<'a>| by_key.get(&key(one)).map_or(&[][..], Vec::as_slice);
        let pairs: usize = before.iter().map(|one| may(one).len()).sum();
        let lines = |one: &Fingerprint<'a>| -> usize {
            let others = may(one).iter().map(|&other| after[other].lines.len());
            others.sum::<usize>() + may(one).len() * one.lines.len()
        };
        let is_too_much =
            pairs > MOST_PAIRS || before.iter().map(lines).sum::<usize>() > MOST_LINES_OF_PAIRS;
        let by_digest = grouped(&after, &|it| it.file.sha256.clone());
        let mut candidates = Vec::new();
        for one in &before {
            let others = if is_too_much {
                let same = by_digest.get(&one.file.sha256);
                same.map_or(&[][..], |same| &same[..same.len().min(1)])
            } else {
                may(one)
            };
            for &other in others {
                let other = &after[other];
                let similarity = one.similarity(other);
                if similarity >= threshold && key(one) == key(other) {
                    candidates.push((similarity, Pair::new(one.index, other.index)));
                }
            }
        }
        // The sort is stable: of equally similar files the first come first.
        candidates.sort_by(|(one, _), (other, _)| other.total_cmp(one));
        for (_, pair) in candidates {
            self.pair(pair);
        }
    }

    fn into_aligned_files(self, script: Option<&str>) -> Vec<AlignedFile> {
        let Pair { before, after } = self.files;
        let mut in_after: Vec<(&Source, Option<usize>)> =
            after.iter().zip(self.partners.after).collect();
        in_after.sort_by_key(|(file, _)| Some(path(file)) != script);
        let aligned = in_after
            .into_iter()
            .map(|(after, partner)| align_file(partner.map(|index| &before[index]), Some(after)));
        let only_before = before
            .iter()
            .zip(self.partners.before)
            .filter(|(_, partner)| partner.is_none())
            .map(|(before, _)| align_file(Some(before), None));
        aligned.chain(only_before).collect()
    }
}

fn align_file(before: Option<&Source>, after: Option<&Source>) -> AlignedFile {
    let file = Pair::new(before, after);
    let text = file.map(|file| file.map_or("", |file| &file.text));
    AlignedFile {
        file: file.map(|file| file.map(|file| file.path.clone())),
        alignment: align(text.before, text.after),
    }
}

fn path(file: &Source) -> &str {
    &file.path
}

fn file_name(file: &Source) -> &str {
    file.path.rsplit('/').next().unwrap_or(&file.path)
}

/// What is compared of a file.
struct Fingerprint<'a> {
    index: usize,
    file: &'a Source,
    /// Its lines, trimmed and sorted, without blank ones.
    lines: Vec<&'a str>,
}

/// Which of the files have a key, by place.
fn grouped<'a, K: Ord>(
    files: &[Fingerprint<'a>],
    key: &impl Fn(&Fingerprint<'a>) -> K,
) -> BTreeMap<K, Vec<usize>> {
    let mut groups: BTreeMap<K, Vec<usize>> = BTreeMap::new();
    for (place, file) in files.iter().enumerate() {
        groups.entry(key(file)).or_default().push(place);
    }
    groups
}

/// Those of the files without partners.
fn fingerprints<'a>(files: &'a [Source], partners: &[Option<usize>]) -> Vec<Fingerprint<'a>> {
    files
        .iter()
        .zip(partners)
        .enumerate()
        .filter(|(_, (_, partner))| partner.is_none())
        .map(|(index, (file, _))| {
            let lines = source::lines(&file.text).map(str::trim);
            let mut lines: Vec<&str> = lines.filter(|line| !line.is_empty()).collect();
            lines.sort_unstable();
            Fingerprint { index, file, lines }
        })
        .collect()
}

impl Fingerprint<'_> {
    /// From 0 to 1, by the lines they have in common.
    fn similarity(&self, other: &Self) -> f64 {
        if self.file.sha256 == other.file.sha256 {
            1.0
        } else {
            dice(&self.lines, &other.lines)
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::align::Change;

    /// `[user:]path=text`, lines separated by spaces; a path with `lib/` at its
    /// start is a library's.
    fn files(specifications: &[&str]) -> Vec<Source> {
        specifications
            .iter()
            .map(|specification| {
                let (path, text) = specification.split_once('=').unwrap();
                let text = text.replace(' ', "\n");
                Source {
                    path: path.to_owned(),
                    sha256: text.clone(),
                    text,
                    user: !path.starts_with("lib/"),
                    functions: Vec::new(),
                    code: BTreeSet::new(),
                }
            })
            .collect()
    }

    fn align_all(before: &[&str], after: &[&str], scripts: (&str, &str)) -> Vec<AlignedFile> {
        let files = Pair::new(files(before), files(after));
        align_files(
            files.as_ref().map(Vec::as_slice),
            Pair::new(Some(scripts.0), Some(scripts.1)),
        )
    }

    #[track_caller]
    fn check(before: &[&str], after: &[&str], expected: &[(&str, &str)]) {
        let aligned = align_all(before, after, ("a.py", "b.py"));
        let paired: Vec<_> = aligned
            .iter()
            .map(|file| {
                let path = file
                    .file
                    .as_ref()
                    .map(|path| path.as_deref().unwrap_or("-"));
                (path.before, path.after)
            })
            .collect();
        assert_eq!(paired, expected);
    }

    #[test]
    fn scripts_are_counterparts_whatever_they_are_called() {
        check(&["a.py=1 2"], &["b.py=8 9"], &[("a.py", "b.py")]);
        check(
            &["a.py=1 2", "b.py=3 4"],
            &["a.py=1 2", "b.py=3 4"],
            &[("a.py", "b.py"), ("-", "a.py"), ("b.py", "-")],
        );
    }

    #[test]
    fn other_files_pair_by_path_then_name_then_content() {
        check(
            &[
                "lib/np/x.py=1 2",
                "old/util.py=1 2 3 4",
                "kernel.py=5 6 7 8",
            ],
            &["core.py=5 6 7 9", "new/util.py=1 2 8 9", "lib/np/x.py=3 4"],
            &[
                ("kernel.py", "core.py"),
                ("old/util.py", "new/util.py"),
                ("lib/np/x.py", "lib/np/x.py"),
            ],
        );
    }

    #[test]
    fn of_files_with_one_name_the_most_similar_are_paired() {
        check(
            &["p/util.py=1 2 3 4", "q/util.py=5 6 7 8"],
            &["r/util.py=5 6 7 4", "s/util.py=1 2 3 8"],
            &[("q/util.py", "r/util.py"), ("p/util.py", "s/util.py")],
        );
    }

    #[test]
    fn files_with_little_in_common_stay_apart() {
        check(
            &["p/util.py=1 2 3 4", "x.py=1 2 3"],
            &["q/util.py=5 6 7 8", "y.py=1 8 9"],
            &[
                ("-", "q/util.py"),
                ("-", "y.py"),
                ("p/util.py", "-"),
                ("x.py", "-"),
            ],
        );
    }

    #[test]
    fn a_users_file_is_not_a_librarys() {
        check(
            &["math.py=1 2 3"],
            &["lib/math.py=1 2 3"],
            &[("-", "lib/math.py"), ("math.py", "-")],
        );
    }

    #[test]
    fn a_file_on_one_side_is_added_or_removed_whole() {
        let aligned = align_all(&["x.py=1 2", "e.py="], &["y.py=3 4 5"], ("a.py", "b.py"));
        let changes = |file: &AlignedFile| -> Vec<Change> {
            let lines = file.alignment.lines.iter();
            lines.map(|line| line.change).collect()
        };
        assert_eq!(changes(&aligned[0]), [Change::Added; 3]);
        assert_eq!(changes(&aligned[1]), [Change::Removed; 2]);
        assert_eq!(changes(&aligned[2]), []);
    }
}
