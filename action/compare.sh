#!/usr/bin/env bash
# Compares the working tree with the revision PROFILA_BASE: `profila diff --base` with the words of
# PROFILA_ARGUMENTS, of which quotes make one word of several. The reports are written to the
# folder PROFILA_REPORTS. On GitHub, there are also annotations and a summary. Ends with the exit
# code of profila.
set -euo pipefail
base=${PROFILA_BASE:-}
reports=${PROFILA_REPORTS:?is the folder for the reports}

fail() {
    printf 'error: %s\nhint: %s\n' "$1" "$2" >&2
    exit 2
}

if [[ -z ${base//0/} ]]; then
    fail 'there is no revision to compare with' \
        'what started this is neither a pull request nor a push to a branch that was there before: set `base`'
fi
words=()
arguments=${PROFILA_ARGUMENTS:-}
if [[ ${arguments//[[:space:]]/} ]]; then
    split=$(xargs printf '%s\n' <<<"$arguments") ||
        fail 'the arguments cannot be split into words' 'close every quote'
    mapfile -t words <<<"$split"
fi

# CI often fetches nothing but the commit that it tests. A clone that has everything stays so.
if ! git rev-parse --quiet --verify "$base^{commit}" >/dev/null; then
    depth=()
    if [[ $(git rev-parse --is-shallow-repository) = true ]]; then
        depth=(--depth=1)
    fi
    git fetch --quiet "${depth[@]}" origin "${base#origin/}" ||
        fail "\`$base\` is no revision here, and cannot be fetched" 'have the checkout fetch it'
    base=$(git rev-parse FETCH_HEAD)
fi

format=text
if [[ ${GITHUB_ACTIONS:-} = true ]]; then
    format=github
fi
mkdir -p "$reports"
exec profila diff --base "$base" --format "$format" \
    --export-html "$reports/report.html" --export-markdown "$reports/report.md" \
    --export-json "$reports/report.json" --export-junit "$reports/junit.xml" \
    "${words[@]}"
