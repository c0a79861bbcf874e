//! What the program is made of, by the rules of `deny.toml`: as much of them as Cargo alone
//! can tell. `make deny` also looks for advisories and at the texts of licences.

use std::collections::{BTreeMap, BTreeSet};
use std::env::consts::ARCH;
use std::fs;
use std::process::Command;
use std::sync::LazyLock;

use serde::Deserialize;
use spdx::{Expression, Licensee, ParseMode};

use crate::harness::repository;

/// What `cargo metadata` prints.
#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    version: String,
    license: Option<String>,
    rust_version: Option<String>,
}

/// What is read of `deny.toml`.
#[derive(Deserialize)]
struct Rules {
    licenses: Licenses,
    bans: Bans,
}

#[derive(Deserialize)]
struct Licenses {
    allow: Vec<String>,
}

#[derive(Deserialize)]
struct Bans {
    skip: Vec<Skip>,
}

#[derive(Deserialize)]
struct Skip {
    #[serde(rename = "crate")]
    spec: String,
}

impl Skip {
    /// The name, and the numbers with which the version begins.
    #[track_caller]
    fn parts(&self) -> (&str, &str) {
        let parts = self.spec.split_once(':');
        let is_plain = |start: &str| start.split('.').all(|part| part.parse::<u32>().is_ok());
        parts
            .filter(|(_, start)| is_plain(start))
            .unwrap_or_else(|| panic!("only `name:1.2` is understood here: {}", self.spec))
    }

    fn has(&self, package: &Package) -> bool {
        let (name, start) = self.parts();
        let rest = package.version.strip_prefix(start);
        name == package.name && rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    }
}

/// Every package that is compiled on this machine, for the program or its tests. Cargo's
/// metadata also has what features name that nobody asks for, and its tree does not.
static PACKAGES: LazyLock<Vec<Package>> = LazyLock::new(|| {
    let target = format!("{ARCH}-unknown-linux-gnu");
    let metadata = cargo(&[
        "metadata",
        "--format-version=1",
        "--filter-platform",
        &target,
    ]);
    let metadata: Metadata = serde_json::from_str(&metadata).unwrap();
    let tree = cargo(&["tree", "--prefix=none", "--no-dedupe", "--target", &target]);
    let compiled: BTreeSet<&str> = tree.lines().filter_map(name_and_version).collect();
    let mut packages = metadata.packages;
    packages.retain(|it| compiled.contains(&*format!("{} v{}", it.name, it.version)));
    assert_eq!(packages.len(), compiled.len());
    packages
});

/// What Cargo prints, without a look into the network.
fn cargo(arguments: &[&str]) -> String {
    let mut command = Command::new(env!("CARGO"));
    command.args(arguments).args(["--locked", "--offline"]);
    let output = command.current_dir(repository()).output().unwrap();
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{complaint}");
    String::from_utf8(output.stdout).unwrap()
}

/// The beginning of a line such as `serde_derive v1.0.228 (proc-macro)`.
fn name_and_version(line: &str) -> Option<&str> {
    let (name, rest) = line.split_once(' ')?;
    let version = rest.split(' ').next()?;
    line.get(..name.len() + 1 + version.len())
}

static RULES: LazyLock<Rules> = LazyLock::new(|| {
    let text = fs::read_to_string(repository().join("deny.toml")).unwrap();
    toml::from_str(&text).unwrap()
});

#[test]
fn licences_are_among_those_that_are_allowed() {
    let allowed = RULES.licenses.allow.iter();
    let allowed: Vec<Licensee> = allowed.map(|id| Licensee::parse(id).unwrap()).collect();
    for package in &*PACKAGES {
        let licence = package.license.as_deref().unwrap_or_default();
        let licence = Expression::parse_mode(licence, ParseMode::LAX)
            .unwrap_or_else(|error| panic!("{}: {error}", package.name));
        let is_allowed = licence.evaluate(|one| allowed.iter().any(|it| it.satisfies(one)));
        assert!(is_allowed, "{}: {licence}", package.name);
    }
}

#[test]
fn packages_are_there_in_one_version_unless_that_is_explained() {
    let mut versions = BTreeMap::<_, Vec<_>>::new();
    for package in &*PACKAGES {
        if !RULES.bans.skip.iter().any(|skip| skip.has(package)) {
            let of_name = versions.entry(&package.name).or_default();
            of_name.push(&package.version);
        }
    }
    versions.retain(|_, of_name| of_name.len() > 1);
    assert!(versions.is_empty(), "{versions:?}");
}

#[test]
fn every_exception_is_needed() {
    for skip in &RULES.bans.skip {
        let (name, _) = skip.parts();
        let of_name = PACKAGES.iter().filter(|package| package.name == name);
        let (skipped, kept): (Vec<_>, Vec<_>) = of_name.partition(|package| skip.has(package));
        assert!(!skipped.is_empty() && !kept.is_empty(), "{}", skip.spec);
    }
}

/// Cargo refuses to compile a package with a Rust that is too old for it.
#[test]
fn the_oldest_rust_is_new_enough_for_every_package() {
    let numbers = |version: &str| {
        let mut parts = version.split('.').map(|part| part.parse::<u32>().unwrap());
        (parts.next(), parts.next(), parts.next().unwrap_or_default())
    };
    let oldest = numbers(env!("CARGO_PKG_RUST_VERSION"));
    for package in &*PACKAGES {
        let needed = package.rust_version.as_deref();
        assert!(
            needed.is_none_or(|needed| numbers(needed) <= oldest),
            "{} needs Rust {}",
            package.name,
            needed.unwrap_or_default()
        );
    }
}

/// The packages that are linked, each with its features, where these kinds of dependencies count.
fn features(kinds: &str) -> BTreeMap<String, String> {
    let cargo = env!("CARGO");
    let mut tree = Command::new(cargo);
    tree.args([
        "tree",
        "--offline",
        "--locked",
        "--prefix=none",
        "--format={p}|{f}",
    ]);
    let tree = tree.args(["--edges", kinds]).current_dir(repository());
    let output = tree.output().unwrap();
    assert!(output.status.success(), "{output:?}");
    let text = String::from_utf8(output.stdout).unwrap();
    let lines = text.lines().map(|line| line.trim_end_matches(" (*)"));
    let packages = lines.filter_map(|line| line.split_once('|'));
    packages
        .map(|(package, features)| (package.to_owned(), features.to_owned()))
        .collect()
}

/// Otherwise what is installed is compiled anew wherever tests build it, and the program that they
/// run is away meanwhile.
#[test]
fn tests_are_linked_with_what_is_installed() {
    let installed = features("normal,build");
    let tested = features("normal,build,dev");
    for (package, features) in installed {
        assert_eq!(Some(&features), tested.get(&package), "{package}");
    }
}
