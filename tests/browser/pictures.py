"""Makes the pictures of the documents: what `profila diff` shows of the examples in a
terminal and as a page, and the steps of the change on their own.

    pictures.py FOLDER

The program is named by the environment variable PROFILA.
"""

import html
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

from playwright.sync_api import sync_playwright

BROWSERS = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"]
# Select Graphic Rendition codes that the report uses, and how they look.
STYLES = {
    "31": "color:#ff9492", "32": "color:#6fdd8b", "33": "color:#f0b72f",
    "2": "color:#a3adb8", "1": "font-weight:bold",
}
TERMINAL = """<!doctype html><meta charset="utf-8"><style>
body {{ margin: 0; background: #14171b; }}
pre {{ margin: 0; padding: 16px 20px; color: #e6e9ec; display: inline-block;
  font: 14px/1.35 "DejaVu Sans Mono", monospace; }}
</style><pre>{}</pre>"""


def main():
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        page = pathlib.Path(scratch, "report.html")
        steps = pathlib.Path(scratch, "steps.svg")
        shown = measure(page, steps)
        terminal = pathlib.Path(scratch, "terminal.html")
        terminal.write_text(TERMINAL.format(coloured(shown)), encoding="utf-8")
        with sync_playwright() as playwright:
            found = next(filter(None, map(shutil.which, BROWSERS)), None)
            browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
            picture(browser, terminal, folder / "terminal.png", "pre")
            for scheme in ["light", "dark"]:
                picture(browser, page, folder / f"page-{scheme}.png", None, scheme)
            browser.close()
        shutil.copy(steps, folder / "steps.svg")


def measure(page, steps):
    command = [
        os.environ["PROFILA"], "diff", "--color", "always", "--quiet",
        "--export-html", str(page), "--export-svg", str(steps),
        "examples/dither.py", "examples/dither2.py",
    ]
    shown = subprocess.run(command, check=True, stdout=subprocess.PIPE, encoding="utf-8").stdout
    print(re.sub("\x1b\\[\\d*m", "", shown))
    return shown


def coloured(text):
    pieces = re.split("\x1b\\[(\\d*)m", text)
    out = [html.escape(pieces[0])]
    for code, piece in zip(pieces[1::2], pieces[2::2]):
        style = STYLES.get(code)
        out.append(f'<span style="{style}">{html.escape(piece)}</span>' if style else html.escape(piece))
    return "".join(out)


def picture(browser, page, file, selector, scheme="light"):
    context = browser.new_context(
        viewport={"width": 1280, "height": 1400}, color_scheme=scheme
    )
    opened = context.new_page()
    opened.goto(page.as_uri())
    if selector:
        opened.locator(selector).screenshot(path=file)
    else:
        opened.screenshot(path=file)
    context.close()


main()
