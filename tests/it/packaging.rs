//! The Python package: built, and installed into an environment that has nothing else.

use std::collections::BTreeSet;
use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use profila::compare::Comparison;
use profila::document;

use crate::harness::{Run, Sandbox, repository};

const BEFORE: &str = "\
import math, time
from numba import njit

@njit
def work(n):
    total = 0.0
    for i in range(n):
        total += math.sqrt(i) + math.sqrt(i + 1.5) + math.sqrt(i + 2.5)
    return total

work(10)
begin, rounds = time.perf_counter(), 0
while time.perf_counter() - begin < 0.3:
    work(1_000_000)
    rounds += 1
print(rounds / (time.perf_counter() - begin), 'rounds / sec')
";

/// A virtual environment in a sandbox.
struct Environment<'s> {
    sandbox: &'s Sandbox,
    folder: PathBuf,
}

impl<'s> Environment<'s> {
    /// An empty one.
    fn new(sandbox: &'s Sandbox) -> Self {
        let folder = sandbox.path("environment");
        let run = tool(sandbox, "python").args(["-m", "venv", "--without-pip"]);
        run.arg(&folder).outcome().succeeds();
        Self { sandbox, folder }
    }

    fn program(&self, name: &str) -> PathBuf {
        self.folder.join("bin").join(name)
    }

    /// Installs the wheel that is in a folder, as the action for GitHub does, and Numba, without a
    /// network.
    #[track_caller]
    fn install(&self, wheels: &Path) {
        let script = repository().join("action/install.sh");
        let run = self.sandbox.run(Path::new("/bin/bash"), [script]);
        let run = self.pip_by_environment(run.env("PROFILA_WHEELS", wheels));
        run.outcome().succeeds();
        let run = tool(self.sandbox, "python").args(["-m", "pip", "install", "numba"]);
        self.pip_by_environment(run).outcome().succeeds();
    }

    /// Has pip install into this environment, and only what is there already.
    fn pip_by_environment(&self, run: Run) -> Run {
        // pip asks any compiler on PATH for its version, and rustup's writes to the user's home.
        let path = format!("{}:/usr/bin:/bin", tools().join("bin").display());
        run.env("PATH", path)
            .env("PIP_PYTHON", self.program("python"))
            .env("PIP_FIND_LINKS", tools().join("wheels"))
            .env("PIP_NO_INDEX", "1")
            .env("PIP_NO_COMPILE", "1")
            .env("PIP_QUIET", "1")
            .env("PIP_DISABLE_PIP_VERSION_CHECK", "1")
    }

    /// A program of this environment, where it is active and nothing else is on PATH.
    fn run(&self, name: &str, arguments: &[&str]) -> Run {
        let run = self.sandbox.run(Path::new(name), arguments);
        let run = run.current_dir(self.sandbox.files());
        let run = run.env("PATH", self.folder.join("bin"));
        run.env("VIRTUAL_ENV", &self.folder)
    }
}

/// The environment that has what builds the package.
fn tools() -> PathBuf {
    let folder = repository().join(".venv-packaging");
    assert!(folder.join(".ready").is_file(), "run `make environments`");
    folder
}

fn tool(sandbox: &Sandbox, name: &str) -> Run {
    sandbox.run(&tools().join("bin").join(name), [""; 0])
}

/// Builds the wheel by the same steps as `pip install .`, of the program that is compiled anyway:
/// the folder in which the action for GitHub finds it.
#[track_caller]
fn wheel(sandbox: &Sandbox) -> PathBuf {
    let wheels = sandbox.path("wheels");
    let script = repository().join("action/fingerprint.sh");
    let outcome = sandbox.run(Path::new("/bin/bash"), [script]).outcome();
    let fingerprint = outcome.succeeds().stdout();
    let name = fingerprint.trim_end().strip_prefix("fingerprint=").unwrap();
    let folder = wheels.join(name);
    let pip = [
        "-m",
        "pip",
        "--quiet",
        "--disable-pip-version-check",
        "--no-cache-dir",
    ];
    let run = tool(sandbox, "python").args(pip);
    let run = run.args(["wheel", "--no-build-isolation", "--no-deps"]);
    let run = run.arg("--wheel-dir").arg(&folder).arg(repository());
    let options = "--profile dev --compression-method stored --quiet";
    let run = run.env("MATURIN_PEP517_ARGS", options);
    let run = with_compiler(run);
    run.outcome().succeeds();
    // A later build without these steps would pack what the program said of itself in this one.
    assert!(!repository().join("target/wheel-data/data").exists());
    wheels
}

/// Lets a command find the compiler of this test, where its packages are, and how it compiles.
fn with_compiler(run: Run) -> Run {
    let compiler = Path::new(env!("CARGO")).parent().unwrap().to_owned();
    let path = env::var_os("PATH").unwrap_or_default();
    let folders = [compiler, tools().join("bin")].into_iter();
    let path: OsString = env::join_paths(folders.chain(env::split_paths(&path))).unwrap();
    let home = PathBuf::from(env::var_os("HOME").unwrap_or_default());
    let mut run = run
        .env("PATH", path)
        .env("CARGO_NET_OFFLINE", "true")
        .env("CARGO_HOME", home.join(".cargo"))
        .env("RUSTUP_HOME", home.join(".rustup"));
    for name in [
        "CARGO_HOME",
        "CARGO_INCREMENTAL",
        "CARGO_TARGET_DIR",
        "RUSTFLAGS",
        "RUSTUP_HOME",
        "RUSTUP_TOOLCHAIN",
    ] {
        if let Some(value) = env::var_os(name) {
            run = run.env(name, value);
        }
    }
    run
}

/// What Cargo and maturin pack is what the package is built from, without what tests it.
#[test]
fn the_sources_are_packed_without_the_tests() {
    let sandbox = Sandbox::new();
    let run = sandbox.run(
        Path::new(env!("CARGO")),
        ["package", "--list", "--allow-dirty"],
    );
    let packed = with_compiler(run).outcome().exits_with(0).stdout();
    let files: BTreeSet<_> = packed.lines().collect();
    for needed in [
        "Cargo.lock",
        "LICENSE-MIT",
        "packaging/backend.py",
        "pyproject.toml",
        "python/profila/notebook.py",
        "src/main.rs",
        "src/process/bootstrap.py",
        "templates/page.html",
    ] {
        assert!(files.contains(needed), "no {needed} in {packed}");
    }
    let is_of_tests = |file: &&str| file.starts_with("tests/") || file.contains("/snapshots/");
    let of_tests = files.into_iter().find(is_of_tests);
    assert_eq!(of_tests, None);
}

/// An archive or a wheel for others has to have them, and is not packed without.
#[test]
fn everything_that_is_linked_has_the_text_of_its_licence() {
    let sandbox = Sandbox::new();
    let list = "import archive; [print(name) for name, _ in archive.licences(archive.metadata())]";
    let run = tool(&sandbox, "python").args(["-c", list]);
    let run = with_compiler(run).env("PYTHONPATH", repository().join("packaging"));
    let outcome = run.env("PYTHONDONTWRITEBYTECODE", "1").outcome();
    assert!(
        outcome
            .succeeds()
            .stdout()
            .starts_with("THIRD-PARTY-LICENSES\n")
    );
}

/// What a user types first, and nothing else.
#[test]
fn the_package_compares_scripts_in_an_environment_that_has_nothing_else() {
    let sandbox = Sandbox::new();
    let environment = Environment::new(&sandbox);
    let wheels = wheel(&sandbox);
    // One of something else, which nobody asks for.
    sandbox.write("wheels/profila-0.0.1-py3-none-any.whl", "");
    environment.install(&wheels);

    sandbox.write("before.py", BEFORE);
    let after = BEFORE.replace(" + math.sqrt(i + 1.5) + math.sqrt(i + 2.5)", "");
    sandbox.write("after.py", &after);
    let exported = sandbox.path("comparison.json");
    let export = format!("--export-json={}", exported.display());
    let diff = ["diff", "-v", "--runs=1", &export, "before.py", "after.py"];
    let outcome = environment.run("profila", &diff).outcome().exits_with(0);
    let said = outcome.stderr();
    let gdb = format!("gdb: {}", environment.program("gdb").display());
    assert!(said.contains(&gdb), "{said}");
    assert!(said.contains("(from VIRTUAL_ENV)"), "{said}");
    let comparison: Comparison = document::read(&fs::read_to_string(exported).unwrap()).unwrap();
    assert!(!comparison.lines.is_empty(), "{comparison:#?}");

    check_module(&environment);
    check_data(&environment);

    // Another build of the same version is replaced.
    let package = "import profila; print(profila.__path__[0])";
    let found = environment.run("python", &["-c", package]).outcome();
    let page = Path::new(found.succeeds().stdout().trim_end()).join("page.py");
    fs::write(&page, "").unwrap();
    environment.install(&wheels);
    assert_ne!(fs::read_to_string(page).unwrap(), "");
}

/// `python -m profila` profiles with the Python that runs it, wherever that is.
#[track_caller]
fn check_module(environment: &Environment<'_>) {
    let module = ["-m", "profila", "annotate", "-v", "after.py"];
    let python = environment.program("python");
    let run = environment.run(python.to_str().unwrap(), &module);
    let run = run.env("PATH", "/nowhere").env("VIRTUAL_ENV", "/nowhere");
    let outcome = run.outcome().exits_with(0);
    assert!(
        outcome.stdout().contains("total += math.sqrt(i)"),
        "{outcome:?}"
    );
    let chosen = format!("{} (from PROFILA_PYTHON)", python.display());
    assert!(outcome.stderr().contains(&chosen), "{outcome:?}");

    let program = environment.program("profila");
    fs::remove_file(program).unwrap();
    let outcome = environment.run("python", &module).outcome();
    outcome.fails_with(
        4,
        &["program profila is missing", "environment/bin", "hint: "],
    );
}

/// Completions and the manual are where shells and `man` look, and the package says what it is.
#[track_caller]
fn check_data(environment: &Environment<'_>) {
    let read = |path: &str| {
        let path = environment.folder.join("share").join(path);
        fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    };
    assert!(read("man/man1/profila-diff.1").contains(".SH SYNOPSIS"));
    let python = "from importlib.metadata import metadata; print(metadata('profila').json)";
    let run = environment.run("python", &["-c", python]);
    let metadata = run.outcome().succeeds().stdout();
    for said in [
        env!("CARGO_PKG_DESCRIPTION"),
        "MIT OR Apache-2.0",
        "A diff in 60 seconds",
    ] {
        assert!(metadata.contains(said), "{metadata}");
    }
    for completions in [
        "bash-completion/completions/profila",
        "elvish/lib/profila.elv",
        "fish/vendor_completions.d/profila.fish",
        "zsh/site-functions/_profila",
    ] {
        assert!(read(completions).contains("annotate"), "{completions}");
    }
}
