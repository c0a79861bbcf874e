//! Versions that run with different versions of Numba: each is measured with its own, and
//! it is the script's process that says which one that was.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use profila::compare::Comparison;
use profila::document;

use crate::harness::{Sandbox, repository};

/// Does nearly all of its work on one line.
const SCRIPT: &str = "tests/scripts/hot_line.py";

/// An environment with an older Numba than that of `.venv`, and its version.
#[track_caller]
fn older_numba() -> (PathBuf, String) {
    let folders = fs::read_dir(repository()).unwrap();
    let ready = folders.filter_map(|entry| {
        let path = entry.unwrap().path();
        let name = path.file_name()?.to_str()?.to_owned();
        let version = name.strip_prefix(".venv-numba-")?.to_owned();
        path.join(".ready").exists().then_some((path, version))
    });
    ready.min().expect("run `make test`")
}

/// Where the packages of an environment are.
fn site_packages(environment: &Path) -> PathBuf {
    let mut pythons = fs::read_dir(environment.join("lib")).unwrap();
    let python = pythons.next().unwrap().unwrap().path();
    python.join("site-packages")
}

/// Compares two variants by this configuration, in one round.
#[track_caller]
fn compared(sandbox: &Sandbox, config: &str) -> Comparison {
    let config = sandbox.write("profila.toml", config);
    let run = sandbox.profila(["diff", "--runs=1", "--format=json", "--config"]);
    let stdout = run.arg(config).outcome().succeeds().stdout();
    document::read(&stdout).unwrap_or_else(|error| panic!("{error:?}\n{stdout}"))
}

/// A variant of this name that runs the script, with another line of its table.
fn variant(name: &str, more: &str) -> String {
    let script = repository().join(SCRIPT);
    let script = script.display();
    format!("[[variant]]\nname = '{name}'\nscript = '{script}'\nargs = ['0.5']\n{more}\n")
}

/// Checks that the sides ran with different versions of Numba, of which after has this one,
/// and that this is said.
#[track_caller]
fn check_different(comparison: &Comparison, after: &str) {
    let before = &comparison.before.numba;
    assert_eq!(comparison.after.numba, after);
    let warning = format!("the sides ran with different Numba: {before} and {after}");
    let warnings = &comparison.warnings;
    assert_ne!(before, after);
    assert!(warnings.contains(&warning.into()), "{warnings:#?}");
}

/// The metadata is that of the interpreter's own Numba, which is not the one imported.
#[test]
fn the_numba_that_is_imported_counts_and_not_the_one_that_is_installed() {
    let sandbox = Sandbox::new();
    let (environment, version) = older_numba();
    let packages = sandbox.path("packages");
    fs::create_dir(&packages).unwrap();
    for entry in fs::read_dir(site_packages(&environment)).unwrap() {
        let package = entry.unwrap();
        let name = package.file_name();
        if !name.to_string_lossy().ends_with(".dist-info") {
            symlink(package.path(), packages.join(name)).unwrap();
        }
    }
    let path = format!("env = {{ PYTHONPATH = '{}' }}", packages.display());
    let config = variant("own", "") + &variant("other", &path);
    let comparison = compared(&sandbox, &config);
    check_different(&comparison, &version);
    // Its files are no files of the user's, wherever they are.
    let of_user = comparison.functions.iter().map(|it| &*it.name);
    assert_eq!(of_user.collect::<Vec<_>>(), ["kernel"]);
}

/// One script in two environments.
#[test]
fn each_variant_may_have_a_python_of_its_own() {
    let sandbox = Sandbox::new();
    let (environment, version) = older_numba();
    let python = |environment: &Path| {
        let python = environment.join("bin/python");
        format!("python = '{}'", python.display())
    };
    let own = python(&repository().join(".venv"));
    let config = variant("new", &own) + &variant("old", &python(&environment));
    let comparison = compared(&sandbox, &config);
    check_different(&comparison, &version);
    let [before, after] = [&comparison.before, &comparison.after];
    assert_eq!(before.variant.script, after.variant.script);
    // The other way round, from a folder to which the path is relative.
    symlink(&environment, sandbox.path("env")).unwrap();
    let relative = "python = 'env/bin/python'";
    let config = variant("old", relative) + &variant("new", &own);
    let comparison = compared(&sandbox, &config);
    assert_eq!(comparison.before.numba, version);
    assert_ne!(comparison.after.numba, version);
}

#[test]
fn a_numba_that_changes_between_runs_is_said() {
    let sandbox = Sandbox::new();
    let (environment, version) = older_numba();
    let packages = site_packages(&environment);
    let script = format!(
        "import pathlib, runpy, sys\n\
         ran = pathlib.Path(sys.argv[1])\n\
         if ran.exists():\n    \
             sys.path.insert(0, '{}')\n\
         ran.touch()\n\
         sys.argv[1:] = ['0.5']\n\
         runpy.run_path('{SCRIPT}', run_name='__main__')\n",
        packages.display()
    );
    let script = sandbox.write("script.py", &script);
    let run = sandbox.profila(["record", "--runs=1", "-o"]);
    let run = run.arg(sandbox.path("run.json")).arg(script);
    run.arg(sandbox.path("ran")).outcome().exits_with(0);
    let recording = sandbox.recording("run.json");
    assert_ne!(recording.numba, version);
    let said = format!("first with {} and later with {version}", recording.numba);
    let warnings = &recording.warnings;
    assert!(
        warnings.iter().any(|it| it.as_written().contains(&said)),
        "{warnings:#?}"
    );
}
