"""The lines of a profile as HTML, in the fonts and colours of the notebook that shows it."""

import csv
import html
import io

from profila.cells import lines_of

STYLE = """\
<style>
.profila table { border-collapse: collapse; margin: 0; }
.profila caption { text-align: left; font-weight: bold; padding: .5em 0; }
.profila td { font-family: var(--jp-code-font-family, monospace); padding: 0 .6em;
  font-size: var(--jp-code-font-size, 13px); white-space: pre; text-align: left; border: 0; }
.profila td.n { text-align: right; opacity: .7; }
.profila div { max-height: 40em; overflow: auto; }
</style>
"""


def read(text):
    """The rows of a profile's table of lines."""
    return list(csv.DictReader(io.StringIO(text)))


def profile(file, program, rows):
    """The text of a program with the share of each line, and the lines of other files.

    `file` is the name of the program in the rows. Its setups are shown if they have a share.
    """
    by_file = {}
    for row in rows:
        by_file.setdefault(row["file"], {})[int(row["line"])] = row
    own = by_file.pop(file, {})
    first = 1 if any(number < program.first for number in own) else program.first
    text = program.text.removesuffix("\n")
    lines = list(enumerate(lines_of(text), start=1))[first - 1 :]
    sections = [table(file, [(number, own.get(number), source) for number, source in lines])]
    for file, found in by_file.items():
        listed = [(number, row, row["source"]) for number, row in sorted(found.items())]
        sections.append(table(file, listed))
    return f'{STYLE}<div class="profila">{"".join(sections)}</div>'


def table(file, lines):
    """The lines of a file: their numbers, rows of the profile where they have any, and texts."""
    rows = "".join(
        f'<tr><td class="n">{number}</td>{share(row)}<td>{html.escape(source)}</td></tr>'
        for number, row, source in lines
    )
    caption = f"<caption>{html.escape(file)}</caption>"
    return f"<div><table>{caption}<tbody>{rows}</tbody></table></div>"


def share(row):
    """The share of a line, behind which a bar is as long."""
    if row is None or not row["share"]:
        return "<td></td>"
    percent = 100 * float(row["share"])
    bar = f"linear-gradient(90deg, rgba(255, 140, 0, .5) {percent:.1f}%, transparent 0)"
    return f'<td class="n" style="background: {bar}">{percent:.1f}%</td>'
