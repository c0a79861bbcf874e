//! The folder in which a page's commands are run: what a reader has who has cloned the repository,
//! and a script of the reader's own that got slower.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use crate::harness::{Sandbox, python, repository};

/// A project folder with its repository.
pub(crate) struct Project<'s> {
    sandbox: &'s Sandbox,
    root: PathBuf,
}

impl<'s> Project<'s> {
    /// Makes one where `trycmd` looks for the folder of a case.
    pub(crate) fn beside(sandbox: &'s Sandbox, case: &Path) -> Self {
        let root = case.with_extension("in");
        fs::create_dir(&root).unwrap();
        let project = Self { sandbox, root };
        for folder in ["examples", "configs"] {
            copy(&repository().join(folder), &project.root.join(folder));
        }
        symlink(repository().join(".venv"), project.root.join(".venv")).unwrap();
        project.git(&["init", "--quiet", "--initial-branch=main"]);
        project.commit(&[
            (".gitignore", ".venv\n__pycache__/\n"),
            ("bench.py", &example("dither2.py")),
        ]);
        project.commit(&[("bench.py", &example("dither.py"))]);
        project
    }

    fn commit(&self, files: &[(&str, &str)]) {
        for (file, text) in files {
            fs::write(self.root.join(file), text).unwrap();
        }
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--message=A change"]);
    }

    #[track_caller]
    fn git(&self, arguments: &[&str]) {
        let user = [
            "git",
            "-c",
            "user.name=A User",
            "-c",
            "user.email=user@example.org",
        ];
        let run = self.sandbox.run(Path::new("/usr/bin/env"), user);
        let run = run.args(arguments).current_dir(&self.root);
        run.outcome().exits_with(0);
    }
}

fn example(name: &str) -> String {
    fs::read_to_string(repository().join("examples").join(name)).unwrap()
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let (from, to) = (entry.path(), to.join(entry.file_name()));
        if from.is_dir() {
            copy(&from, &to);
        } else {
            fs::copy(from, to).unwrap();
        }
    }
}

/// A program of this name that does not see the environment that is active where the tests are run.
pub(crate) fn program(sandbox: &Sandbox, name: &str) -> PathBuf {
    let program = match name {
        "profila" => env!("CARGO_BIN_EXE_profila").to_owned(),
        "python" => python().display().to_string(),
        name => name.to_owned(),
    };
    let text = format!("unset VIRTUAL_ENV CONDA_PREFIX PYTHONPATH COLUMNS\nexec {program} \"$@\"");
    sandbox.write_program(&format!("bin/{name}"), &text)
}
