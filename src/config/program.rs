//! What Python is asked to run.

use std::path::{Path, PathBuf};

use crate::options::Suite;
use crate::recording::Attached;

/// What Python is asked to run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Program {
    /// A file. The path is valid from profila's working directory and from
    /// [`Run::cwd`](super::Run::cwd): it is as the user wrote it where the two are the same, and
    /// absolute elsewhere.
    Script(PathBuf),
    /// A module, as `python -m` takes it.
    Module(String),
    /// Code, as `python -c` takes it.
    Code(String),
    /// A benchmark of a suite that was written for another program.
    Benchmark(Benchmark),
    /// Nothing: it is a process that runs already.
    Process(Attached),
}

/// One benchmark of a suite, which is run in the place of a script.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Benchmark {
    /// A test that uses the fixture of pytest-benchmark.
    Pytest {
        /// Its file, as the path of a script is.
        file: PathBuf,
        /// Its name within that, such as `test_sum[1000]`; empty where the file has only one.
        test: String,
    },
    /// A `time_*` of asv, such as `benchmarks.Suite.time_sum(1000)`.
    Asv {
        /// Its name, with its parameters where they are given.
        name: String,
    },
}

impl Program {
    /// The file, where it is one.
    pub fn script(&self) -> Option<&Path> {
        match self {
            Self::Script(path) => Some(path),
            Self::Module(_) | Self::Code(_) | Self::Benchmark(_) | Self::Process(_) => None,
        }
    }

    /// The file that it is, or is in, as far as its name says so.
    pub fn file(&self) -> Option<&Path> {
        match self {
            Self::Benchmark(benchmark) => benchmark.file(),
            other => other.script(),
        }
    }
}

impl Benchmark {
    /// The benchmark of a suite that the user has named.
    pub fn of(suite: Suite, name: &str) -> Self {
        match suite {
            Suite::PytestBenchmark => {
                let (file, test) = name.split_once("::").unwrap_or((name, ""));
                Self::Pytest {
                    file: file.into(),
                    test: test.to_owned(),
                }
            }
            Suite::Asv => Self::Asv {
                name: name.to_owned(),
            },
        }
    }

    /// Its name, as its suite writes it.
    pub fn name(&self) -> String {
        match self {
            Self::Pytest { file, test } if test.is_empty() => file.display().to_string(),
            Self::Pytest { file, test } => format!("{}::{test}", file.display()),
            Self::Asv { name } => name.clone(),
        }
    }

    /// The program that runs the suite, by which it is known to what runs the benchmark.
    pub const fn runner(&self) -> &'static str {
        match self {
            Self::Pytest { .. } => "pytest",
            Self::Asv { .. } => "asv",
        }
    }

    /// The file that it is in, where its name says so.
    pub fn file(&self) -> Option<&Path> {
        match self {
            Self::Pytest { file, .. } => Some(file),
            Self::Asv { .. } => None,
        }
    }

    /// The same with its file elsewhere.
    #[must_use]
    pub fn with_file(self, moved: impl FnOnce(&Path) -> PathBuf) -> Self {
        match self {
            Self::Pytest { file, test } => Self::Pytest {
                file: moved(&file),
                test,
            },
            other @ Self::Asv { .. } => other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_test_has_a_file_and_a_name_with_parameters() {
        let test = Benchmark::of(Suite::PytestBenchmark, "a/b.py::TestX::test_y[m::1]");
        assert_eq!(test.file(), Some(Path::new("a/b.py")));
        assert_eq!(test.name(), "a/b.py::TestX::test_y[m::1]");
        let moved = test.with_file(|file| Path::new("/c").join(file));
        assert_eq!(moved.name(), "/c/a/b.py::TestX::test_y[m::1]");
        assert_eq!(Benchmark::of(Suite::PytestBenchmark, "b.py").name(), "b.py");
    }

    #[test]
    fn a_benchmark_of_asv_is_in_no_file() {
        let name = "bench.Suite.time_sum(1000, 'a::b')";
        let benchmark = Benchmark::of(Suite::Asv, name);
        assert_eq!(benchmark.name(), name);
        assert_eq!(benchmark.file(), None);
    }
}
