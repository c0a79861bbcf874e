#!/usr/bin/env bash
# `[profile.dev.package."*"] opt-level = 1` optimises procedural macros and build scripts as
# well, although `[profile.dev.build-override]` says otherwise.
#
# Versions: Cargo 1.95.0, thiserror 2.0.17.
# The usual advice for slow debug builds is to optimise dependencies by a profile of every
# package. What only runs in the compiler has a section of its own, `build-override`, which
# one takes to be the more special and so the stronger. It is the weaker: the order is the
# named package, every package, build-override. `syn` and everything above it is then compiled
# with optimisation, and takes most of the time of the build, although it is named nowhere.
# Only a section by the package's own name takes it out again.
#
# Seen, in the command lines of the compiler: `syn` gets `-C opt-level=1` with the section for
# every package, with and without build-override, and no level without that section.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
mkdir src
echo > src/lib.rs
manifest='[package]
name = "levels"
version = "0.0.0"
edition = "2024"

[dependencies]
thiserror = "=2.0.17"
'
# The level that `syn`, of which the procedural macro is made, is compiled with.
level() {
    printf '%s\n%s\n' "$manifest" "$1" > Cargo.toml
    rm -rf target
    cargo build --verbose 2>&1 | sed -n 's/.*--crate-name syn .*/&/p' |
        grep -o 'opt-level=[0-9]' || echo "not optimised"
}
every='[profile.dev.package."*"]
opt-level = 1'
override='[profile.dev.build-override]
opt-level = 0'
seen="neither: $(level '')
for every package: $(level "$every")
with build-override: $(level "$every
$override")"
echo "$seen"
test "$seen" = "neither: not optimised
for every package: opt-level=1
with build-override: opt-level=1"
