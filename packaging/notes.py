"""Prints what the changelog says of a release, and refuses a tag that is not ready for one.

A tag is ready if it is the version in `Cargo.toml` with a `v` before it, and if the section
of that version in `CHANGELOG.md` has a date.
"""

import argparse
import pathlib
import re

ROOT = pathlib.Path(__file__).parent.parent


def version():
    """The version in `Cargo.toml`."""
    manifest = (ROOT / "Cargo.toml").read_text(encoding="utf-8")
    return re.search(r'^version = "(.+)"$', manifest, re.MULTILINE)[1]


def section(of_version):
    """The heading of a version in the changelog, without the version, and what is below."""
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    for text in changelog.split("\n## ")[1:]:
        heading, _, body = text.partition("\n")
        if heading.startswith(f"[{of_version}] - "):
            return heading.partition(" - ")[2], body.strip("\n")
    raise SystemExit(f"CHANGELOG.md has no section for {of_version}")


def main():
    """Prints the notes of a release."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("tag", help="the tag of the release, such as v1.2.3")
    tag = parser.parse_args().tag
    if tag != f"v{version()}":
        raise SystemExit(f"the tag is {tag}, but Cargo.toml has the version {version()}")
    date, notes = section(version())
    if not re.fullmatch(r"\d{4}-\d\d-\d\d", date):
        raise SystemExit(f"CHANGELOG.md gives no date for {version()}, but {date!r}")
    print(notes)


if __name__ == "__main__":
    main()
