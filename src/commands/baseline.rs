//! `profila baseline`: recordings that are kept under a name, to compare with later.
//!
//! They lie in `.profila/baselines` of the project, in the form of all recordings. The folder
//! keeps itself out of the repository.

use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use super::diff::{conclude, read_recording};
use super::output_file::{require_writable, write_file};
use super::progress::Progress;
use super::streams::{plain_style, print, say};
use crate::compare::Conclusion;
use crate::config::{
    self, Baseline, BaselineTask, Experiment, MeasureTask, Place, SaveTask, Verbosity,
};
use crate::document;
use crate::error::{Error, ExitCode, Result};
use crate::measure::{Rounds, Surroundings};
use crate::process::Interrupts;
use crate::recording::{Difference, Recording};
use crate::report::baselines::{self, Kept};

/// The folder of a project in which profila keeps what is its own.
const OWN: &str = ".profila";

/// The folder of baselines in it.
const BASELINES: &str = "baselines";

/// What keeps all of it out of the repository.
const IGNORE_ALL: &str = "# Kept by profila for this machine.\n*\n";

/// Does something with baselines.
pub(super) fn baseline(task: &BaselineTask, here: &Path) -> Result<u8> {
    match task {
        BaselineTask::Save(task) => save(task, here),
        BaselineTask::List { home, color } => {
            let kept = Shelf::of(home.as_deref(), here).all()?;
            print(&baselines::text(&kept, &plain_style(*color)))
        }
        BaselineTask::Remove {
            name,
            home,
            verbosity,
        } => {
            let shelf = Shelf::of(home.as_deref(), here);
            let file = shelf.existing(name)?;
            fs::remove_file(&file).map_err(|source| failed("remove", &file, source))?;
            if *verbosity != Verbosity::Quiet {
                say(&format!("removed {}", file.display()));
            }
            Ok(ExitCode::Success.code())
        }
    }
}

fn save(task: &SaveTask, here: &Path) -> Result<u8> {
    let shelf = Shelf::of(task.home.as_deref(), here);
    let file = shelf.file(&task.name);
    if file.exists() && !task.replace {
        return Err(Error::usage(
            format!("there is a baseline `{}` already", task.name),
            "use another name, or `--replace` to put this one in its place",
        ));
    }
    config::require_scripts(&task.experiment.variants)?;
    shelf.make()?;
    require_writable(Some(&file))?;
    let experiment = shelf.placed(&task.experiment);
    let interrupts = Interrupts::install()?;
    let mut recordings = {
        let surroundings = Surroundings {
            here,
            interrupts: &interrupts,
            observer: &Progress::new(task.verbosity).giving_advice(),
        };
        Rounds::new(&experiment, surroundings)?.finish()?
    };
    let recording = recordings.pop().expect("one version was measured");
    write_file(&file, &document::write(&recording))?;
    if task.verbosity != Verbosity::Quiet {
        say(&format!("wrote {}", file.display()));
    }
    Ok(ExitCode::Success.code())
}

/// Measures what a task is about, and compares it with a baseline. What makes the two
/// incomparable is said after the first round, when it is known what runs the script.
pub(super) fn measure_against(
    task: &MeasureTask,
    baseline: &Baseline,
    here: &Path,
) -> Result<(Vec<Recording>, Result<Conclusion>)> {
    let shelf = Shelf::of(baseline.home.as_deref(), here);
    let before = read_recording(&shelf.existing(&baseline.name)?)?;
    config::require_scripts(&task.experiment.variants)?;
    let experiment = shelf.placed(&task.experiment);
    let interrupts = Interrupts::install()?;
    let progress = Progress::new(task.verbosity).giving_advice();
    let surroundings = Surroundings {
        here,
        interrupts: &interrupts,
        observer: &progress,
    };
    let mut rounds = Rounds::new(&experiment, surroundings)?;
    if let Some(first) = rounds.next() {
        first?;
        let now = rounds.recordings();
        let differences = now.first().map(|now| before.differences(now));
        check(baseline, &differences.unwrap_or_default())?;
    }
    let mut recordings = vec![before];
    recordings.extend(rounds.finish()?);
    let conclusion = conclude(&recordings, &task.judging);
    Ok((recordings, conclusion))
}

/// Refuses to compare what was measured in other circumstances, unless the user wants that.
fn check(baseline: &Baseline, differences: &[Difference]) -> Result<()> {
    if differences.is_empty() || baseline.in_any_circumstances {
        return Ok(());
    }
    let differences = differences.iter().map(|it| {
        let Difference {
            what,
            first,
            second,
        } = it;
        format!("{what}: {first} then, {second} now")
    });
    Err(Error::OtherCircumstances {
        differences: differences.collect(),
    })
}

/// The baselines of a project.
struct Shelf {
    project: PathBuf,
}

impl Shelf {
    /// Those of the project that a configuration is of, or that a working directory is in: that
    /// of the nearest folder upward that is a repository, or that has baselines. One that belongs
    /// to somebody else does not count: others can make a repository of `/tmp`.
    fn of(home: Option<&Path>, here: &Path) -> Self {
        let mut upward = here.ancestors();
        let owner = |folder: &Path| fs::metadata(folder).ok().map(|it| it.uid());
        let own = owner(Path::new("/proc/self"));
        let is_project = |folder: &&Path| {
            let is_one = folder.join(".git").exists() || folder.join(OWN).join(BASELINES).is_dir();
            is_one && owner(folder) == own
        };
        let project = home.or_else(|| upward.find(is_project)).unwrap_or(here);
        Self {
            project: project.to_owned(),
        }
    }

    fn folder(&self) -> PathBuf {
        self.project.join(OWN).join(BASELINES)
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder().join(format!("{name}.json"))
    }

    /// The file of a baseline that is there.
    fn existing(&self, name: &str) -> Result<PathBuf> {
        let file = self.file(name);
        if file.is_file() {
            return Ok(file);
        }
        let names = self.names()?;
        let folder = self.folder();
        Err(Error::usage(
            format!("there is no baseline `{name}` in {}", folder.display()),
            if names.is_empty() {
                format!("save one first: `profila baseline save {name} script.py`")
            } else {
                format!("there are: {}", names.join(", "))
            },
        ))
    }

    fn names(&self) -> Result<Vec<String>> {
        let folder = self.folder();
        let entries = match fs::read_dir(&folder) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            entries => entries.map_err(|source| failed("read", &folder, source))?,
        };
        let names = entries.flatten().filter_map(|entry| {
            let name = entry.file_name().into_string().ok()?;
            name.strip_suffix(".json").map(str::to_owned)
        });
        let mut names: Vec<String> = names.filter(|name| !name.starts_with('.')).collect();
        names.sort_unstable();
        Ok(names)
    }

    /// All of them by name, or why one cannot be read.
    fn all(&self) -> Result<Vec<Kept>> {
        let kept = self.names()?.into_iter().map(|name| {
            let recording = read_recording(&self.file(&name));
            Kept {
                recording: recording.map_err(|error| error.on_one_line()),
                name,
            }
        });
        Ok(kept.collect())
    }

    fn make(&self) -> Result<()> {
        let folder = self.folder();
        fs::create_dir_all(&folder).map_err(|source| failed("create", &folder, source))?;
        let ignore = self.project.join(OWN).join(".gitignore");
        if ignore.exists() {
            return Ok(());
        }
        write_file(&ignore, IGNORE_ALL)
    }

    /// An experiment whose files are shown relative to the project, from wherever in it profila
    /// is run.
    fn placed(&self, experiment: &Experiment) -> Experiment {
        let mut placed = experiment.clone();
        for variant in &mut placed.variants {
            variant.place = Some(Place {
                root: self.project.clone(),
                cwd: experiment.run.cwd.clone(),
                checked_out: None,
            });
        }
        placed
    }
}

fn failed(action: &'static str, path: &Path, source: io::Error) -> Error {
    Error::Io {
        action,
        path: path.to_owned(),
        source,
    }
}
