//! Revisions of the user's repository, checked out for as long as they are measured.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use super::streams::say;
use crate::config::{
    CheckedOut, Experiment, Place, Program, Revision, Run, Tool, Variant, Verbosity,
};
use crate::error::{Error, Result};
use crate::process::{Errands, Guard, Interrupts, Repository, Worktree};

/// By these, Python and Numba are told to keep what they compile in a folder. Of a revision,
/// nothing is to be left there.
const CACHES: [&str; 2] = ["NUMBA_CACHE_DIR", "PYTHONPYCACHEPREFIX"];

/// The variable in which Python is told where to look for modules.
const MODULE_PATH: &str = "PYTHONPATH";

/// The revisions of an experiment. They are gone when it is dropped, or this process is killed.
pub(super) struct Revisions {
    /// Dropped before the folder that they lie in.
    _trees: Vec<Tree>,
    _guard: Option<Guard>,
}

/// A revision, which several variants may be of.
struct Tree {
    root: PathBuf,
    commit: String,
    revision: Revision,
    worktree: Worktree,
}

impl Revisions {
    /// Checks out what variants are revisions of, and has the variants lie there. Where there
    /// are none, nothing changes.
    pub(super) fn check_out(
        experiment: &mut Experiment,
        interrupts: &Interrupts,
        verbosity: Verbosity,
    ) -> Result<Self> {
        if experiment.variants.iter().all(|it| it.revision.is_none()) {
            return Ok(Self {
                _trees: Vec::new(),
                _guard: None,
            });
        }
        let guard = Guard::start()?;
        let mut workshop = Workshop {
            errands: Errands {
                guard: &guard,
                is_given_up: &|| interrupts.first().is_some(),
            },
            run: &experiment.run,
            verbosity,
            trees: Vec::new(),
        };
        for variant in &mut experiment.variants {
            workshop.place(variant)?;
        }
        let trees = workshop.trees;
        Ok(Self {
            _trees: trees,
            _guard: Some(guard),
        })
    }
}

/// What makes the revisions.
struct Workshop<'a> {
    errands: Errands<'a>,
    run: &'a Run,
    verbosity: Verbosity,
    trees: Vec<Tree>,
}

impl Workshop<'_> {
    /// Has a variant lie in its revision, or in the working tree.
    fn place(&mut self, variant: &mut Variant) -> Result<()> {
        let run = self.run;
        let script = variant.program.file().map(|script| run.cwd.join(script));
        let folder = script.as_deref().and_then(Path::parent);
        let repository = Repository::of(existing(folder.unwrap_or(&run.cwd)), self.errands)?;
        let Some(revision) = variant.revision.clone() else {
            variant.place = Some(Place {
                root: repository.root().to_owned(),
                cwd: run.cwd.clone(),
                checked_out: None,
            });
            return Ok(());
        };
        let commit = repository.commit(&revision.name)?;
        let caches = self.errands.guard.place()?.join("caches");
        let tree = match self.find(repository.root(), &commit, &revision) {
            Some(known) => known.to_owned(),
            None => self.make(&repository, &commit, &revision, |tree| {
                let way = Way::new(repository.root(), tree, run);
                way.environment(run, variant, &caches)
            })?,
        };
        let way = Way::new(repository.root(), &tree, run);
        variant.env = way.environment(run, variant, &caches);
        // First, as a path of the script may lead through it.
        let cwd = way.working_dir(run)?;
        variant.program = way.program(&variant.program, &revision, run)?;
        if let Tool::Path(path) = &variant.python {
            let own = way.there(path);
            variant.python = Tool::Path(own.unwrap_or_else(|| path.clone()));
        }
        variant.place = Some(Place {
            cwd,
            root: tree,
            checked_out: Some(CheckedOut {
                working_tree: repository.root().to_owned(),
                name: revision.name,
                commit,
            }),
        });
        Ok(())
    }

    /// Where a revision is already.
    fn find(&self, root: &Path, commit: &str, revision: &Revision) -> Option<&Path> {
        let mut trees = self.trees.iter();
        let known = trees.find(|tree| {
            let [one, other] = [&tree.revision, revision].map(|it| (&it.copy, &it.setup));
            tree.root == root && tree.commit == commit && one == other
        });
        known.map(|tree| tree.worktree.path())
    }

    /// Checks out a revision with what it needs, and says where it is.
    fn make(
        &mut self,
        repository: &Repository<'_>,
        commit: &str,
        revision: &Revision,
        environment: impl Fn(&Path) -> BTreeMap<String, String>,
    ) -> Result<PathBuf> {
        if self.verbosity != Verbosity::Quiet {
            let short = commit.get(..12).unwrap_or(commit);
            say(&format!("{} is commit {short}", revision.name));
        }
        let number = self.trees.len() + 1;
        let worktree = Worktree::check_out(repository, commit, number, self.errands)?;
        worktree.copy(repository, &revision.copy)?;
        let path = worktree.path().to_owned();
        if let Some(command) = &revision.setup {
            let all = self.run.env.clone().into_iter();
            let variables: BTreeMap<String, String> = all.chain(environment(&path)).collect();
            let variables = variables.iter();
            let variables = variables.map(|(name, value)| (OsStr::new(name), OsStr::new(value)));
            worktree.set_up(command, variables, self.errands)?;
        }
        self.trees.push(Tree {
            root: repository.root().to_owned(),
            commit: commit.to_owned(),
            revision: revision.clone(),
            worktree,
        });
        Ok(path)
    }
}

/// The way from the working tree of a repository to a revision of it.
struct Way<'t> {
    root: &'t Path,
    tree: &'t Path,
    /// The working directory of runs, from the root; `None` where it is elsewhere.
    cwd: Option<PathBuf>,
}

impl<'t> Way<'t> {
    fn new(root: &'t Path, tree: &'t Path, run: &Run) -> Self {
        let cwd = within(root, &run.cwd);
        Self { root, tree, cwd }
    }

    /// What the revision has in the place of a file or folder of the working tree, if it has it.
    fn there(&self, path: &Path) -> Option<PathBuf> {
        let there = self.tree.join(within(self.root, path)?);
        there.exists().then_some(there)
    }

    /// The working directory of runs. Where it is one that the revision does not have, it is
    /// made.
    fn working_dir(&self, run: &Run) -> Result<PathBuf> {
        let Some(cwd) = &self.cwd else {
            return Ok(run.cwd.clone());
        };
        let path = self.tree.join(cwd);
        fs::create_dir_all(&path).map_err(|source| Error::Io {
            action: "create",
            path: path.clone(),
            source,
        })?;
        Ok(path)
    }

    /// What is run of the revision: a script as the user named it, where that name is valid
    /// there too.
    fn program(&self, program: &Program, revision: &Revision, run: &Run) -> Result<Program> {
        let Some(script) = program.file() else {
            return Ok(program.clone());
        };
        let there = self.there(&run.cwd.join(script)).ok_or_else(|| {
            Error::usage(
                format!("`{}` is not in {}", script.display(), revision.name),
                "give a revision that has it; a benchmark that is new can be brought along with \
                 `--copy GLOB`",
            )
        })?;
        if self.cwd.is_some() && script.is_relative() {
            return Ok(program.clone());
        }
        Ok(match program.clone() {
            Program::Benchmark(benchmark) => Program::Benchmark(benchmark.with_file(|_| there)),
            _ => Program::Script(there),
        })
    }

    /// The variables of a variant, with those that would lead out of the revision changed.
    fn environment(&self, run: &Run, variant: &Variant, caches: &Path) -> BTreeMap<String, String> {
        let mut environment = variant.env.clone();
        let set = |name: &str| {
            let set = variant.env.get(name).or_else(|| run.env.get(name)).cloned();
            let set = set.or_else(|| std::env::var(name).ok());
            set.filter(|value| !value.is_empty())
        };
        for name in CACHES {
            if set(name).is_some() {
                let own = caches.join(name).display().to_string();
                environment.insert(name.to_owned(), own);
            }
        }
        if let Some(path) = set(MODULE_PATH) {
            let moved = std::env::split_paths(&path).map(|entry| {
                let there = entry.is_absolute().then(|| self.there(&entry)).flatten();
                there.unwrap_or(entry).display().to_string()
            });
            let moved = moved.collect::<Vec<_>>().join(":");
            environment.insert(MODULE_PATH.to_owned(), moved);
        }
        environment
    }
}

/// A path from a folder that it is within, however both are written. What a link leads to does
/// not count for its last part: a script is where it is found.
fn within(root: &Path, path: &Path) -> Option<PathBuf> {
    if let Ok(rest) = path.strip_prefix(root) {
        return Some(rest.to_owned());
    }
    if let Ok(real) = fs::canonicalize(path)
        && path.is_dir()
    {
        return real.strip_prefix(root).ok().map(Path::to_owned);
    }
    let folder = fs::canonicalize(path.parent()?).ok()?;
    let rest = folder.strip_prefix(root).ok()?;
    Some(rest.join(path.file_name()?))
}

/// The innermost folder of a path that is there.
fn existing(folder: &Path) -> &Path {
    let mut all = folder.ancestors();
    all.find(|it| it.is_dir()).unwrap_or(Path::new("/"))
}
