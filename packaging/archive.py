"""Packs a release for this machine's architecture: `make archive`.

The archive has the program, its documents, completions for shells, the pages of its manual, and
the licences of everything that is linked into the program. `packaging/licences/` has those of
packages that come without. The same program of the same commit gives the same archive, bit for
bit. Beside it lies its SHA-256 sum, in the form that `sha256sum --check` reads.
"""

import argparse
import dataclasses
import gzip
import hashlib
import io
import json
import os
import pathlib
import platform
import subprocess
import tarfile

import generated

ROOT = pathlib.Path(__file__).parent.parent
TARGET = f"{platform.machine()}-unknown-linux-gnu"

# By folder, so that links from one to another work in the archive too.
DOCUMENTS = [
    "README.md",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "SECURITY.md",
    "LICENSE-APACHE",
    "LICENSE-MIT",
    "docs/*.md",
    "docs/recipes/*.md",
    "docs/pictures/*.png",
    "docs/pictures/*.svg",
]

# The licences of packages that come without: of each one whose name begins like the file's.
KEPT_LICENCES = ROOT / "packaging" / "licences"

# What the compiler says of its standard library, relative to its own folder.
STANDARD_LIBRARY = "share/doc/rust/COPYRIGHT-library.html"

# How the names of files begin that have a licence, or a notice that belongs to one.
LICENCES = ("license", "licence", "copying", "copyright", "notice", "unlicense")


@dataclasses.dataclass(frozen=True)
class Member:
    """A file of the archive."""

    name: str
    content: bytes
    mode: int = 0o644


def output(*command):
    """What a command prints."""
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, cwd=ROOT).stdout


def cargo(*arguments):
    """What Cargo prints, by the versions in `Cargo.lock`."""
    return output(os.environ.get("CARGO", "cargo"), *arguments, "--locked").decode()


def linked(known):
    """The packages that the program is made of, without those that build or test it."""
    tree = cargo(
        "tree",
        "--edges=normal,no-proc-macro",
        "--prefix=none",
        "--no-dedupe",
        f"--target={TARGET}",
    )
    found = {tuple(line.split(" ")[:2]) for line in tree.splitlines()}
    packages = [
        package
        for package in known["packages"]
        if package["source"] and (package["name"], f"v{package['version']}") in found
    ]
    return sorted(packages, key=lambda package: (package["name"], package["version"]))


def licence_texts(package):
    """The texts of the licences and notices that a package comes with."""
    folder = pathlib.Path(package["manifest_path"]).parent
    paths = {path for path in folder.iterdir() if path.name.lower().startswith(LICENCES)}
    if package["license_file"]:
        paths.add(folder / package["license_file"])
    for path in sorted(paths):
        if path.is_file():
            yield text_of(path)


def text_of(path):
    """The text of a file, without empty lines around it."""
    text = path.read_text(encoding="utf-8", errors="replace")
    return text.replace("\r\n", "\n").strip("\n")


def kept_texts(package):
    """The texts that are kept here for packages that come without."""
    for path in sorted(KEPT_LICENCES.glob("*.txt")):
        if package["name"].startswith(path.stem):
            yield text_of(path)


def third_parties(packages):
    """The licences of packages: who has which, and then each text once."""
    numbers = {}
    lines = ["profila contains the following packages. Their licences are below, by number.", ""]
    for package in packages:
        texts = list(licence_texts(package)) or list(kept_texts(package))
        if not texts:
            raise SystemExit(
                f"{package['name']} comes without the text of its licence ({package['license']}): "
                f"put that into {KEPT_LICENCES.relative_to(ROOT)}/{package['name']}.txt"
            )
        of_package = [numbers.setdefault(text, len(numbers) + 1) for text in texts]
        lines.append(f"{package['name']} {package['version']}: {package['license']}")
        if package["authors"]:
            lines.append(f"    by {', '.join(package['authors'])}")
        lines.append(f"    texts {', '.join(map(str, of_package))}")
    compiler = output("rustc", "--version").decode().strip()
    lines.append(f"The standard library of {compiler}: MIT OR Apache-2.0")
    for text, number in numbers.items():
        lines += ["", "=" * 80, f"Text {number}", "=" * 80, "", text]
    return "\n".join(lines) + "\n"


def metadata():
    """What Cargo knows of the packages of this architecture."""
    return json.loads(cargo("metadata", "--format-version=1", f"--filter-platform={TARGET}"))


def licences(known):
    """The files with the licences of everything that is linked into the program."""
    yield "THIRD-PARTY-LICENSES", third_parties(linked(known)).encode()
    notices = pathlib.Path(output("rustc", "--print=sysroot").decode().strip(), STANDARD_LIBRARY)
    if notices.is_file():
        yield "STANDARD-LIBRARY-LICENSES.html", notices.read_bytes()


def members(binary, known):
    """Every file of the archive."""
    yield Member("profila", binary.read_bytes(), mode=0o755)
    for pattern in DOCUMENTS:
        for path in sorted(ROOT.glob(pattern)):
            yield Member(str(path.relative_to(ROOT)), path.read_bytes())
    for name, content in licences(known):
        yield Member(name, content)
    for path, content in generated.files(binary):
        yield Member(path, content)


def pack(folder, files, time):
    """An archive of files in a folder, all of them changed at one time."""
    packed = io.BytesIO()
    with gzip.GzipFile(fileobj=packed, mode="wb", mtime=time) as zipped:
        with tarfile.open(fileobj=zipped, mode="w", format=tarfile.GNU_FORMAT) as archive:
            for file in files:
                entry = tarfile.TarInfo(f"{folder}/{file.name}")
                entry.size, entry.mode, entry.mtime = len(file.content), file.mode, time
                archive.addfile(entry, io.BytesIO(file.content))
    return packed.getvalue()


def main():
    """Writes the archive and its sum, and prints where they are."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("binary", type=pathlib.Path, help="the program, built for release")
    parser.add_argument("folder", type=pathlib.Path, help="where the archive is written to")
    arguments = parser.parse_args()
    known = metadata()
    version = next(
        package["version"]
        for package in known["packages"]
        if package["id"] == known["resolve"]["root"]
    )
    binary = arguments.binary.resolve()
    if output(binary, "--version").decode().split() != ["profila", version]:
        raise SystemExit(f"{binary} is not profila {version}: build it first")
    name = f"profila-{version}-{platform.machine()}-linux"
    time = int(output("git", "log", "-1", "--format=%ct"))
    packed = pack(name, members(binary, known), time)
    arguments.folder.mkdir(parents=True, exist_ok=True)
    archive = arguments.folder / f"{name}.tar.gz"
    archive.write_bytes(packed)
    digest = hashlib.sha256(packed).hexdigest()
    archive.with_name(f"{archive.name}.sha256").write_text(f"{digest}  {archive.name}\n")
    print(archive)


if __name__ == "__main__":
    main()
