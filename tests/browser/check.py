"""Opens pages and pictures in headless Chromium and uses them as a reader would.

    check.py [--screenshots FOLDER] PAGE_OR_PICTURE...

Fails where a page asks for anything, says anything on the console, scrolls sideways at
1280 pixels, is not accessible, or does not sort, switch and unfold. The browser is the
system's, or else Playwright's own.
"""

import argparse
import csv
import io
import pathlib
import shutil
import sys

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import sync_playwright

BROWSERS = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"]
WIDTH, HEIGHT = 1280, 900
PAPER = 1032
# What an accessibility checker is to look for: levels A and AA of WCAG 2.2.
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--screenshots", type=pathlib.Path)
    options.add_argument("pages", type=pathlib.Path, nargs="+")
    options = options.parse_args()
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    faults = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        for file in options.pages:
            for scheme in ["light", "dark"]:
                for fault in check(browser, file.resolve(), scheme, options.screenshots):
                    faults.append(f"{file.name}, {scheme}: {fault}")
        browser.close()
    print("\n".join(faults) or f"{len(options.pages)} pages are as they should be")
    sys.exit(1 if faults else 0)


def check(browser, file, scheme, screenshots):
    context = browser.new_context(
        viewport={"width": WIDTH, "height": HEIGHT}, color_scheme=scheme
    )
    page = context.new_page()
    requests, said = [], []
    page.on("request", lambda request: requests.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(file.as_uri())
    if screenshots:
        screenshots.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=screenshots / f"{file.stem}-{scheme}.png")
    if file.suffix == ".svg":
        yield from alone(page, scheme)
    else:
        yield from works(page)
    if set(requests) != {file.as_uri()}:
        yield f"it asked for {requests}"
    if said:
        yield f"it said {said}"
    context.close()


def alone(page, scheme):
    """A picture on its own follows the reader's light or dark."""
    fill = "getComputedStyle(document.querySelector('.back')).fill"
    expected = {"light": "rgb(255, 255, 255)", "dark": "rgb(20, 23, 27)"}[scheme]
    if page.evaluate(fill) != expected:
        yield f"it is on {page.evaluate(fill)}"
    if page.locator(".step").count() < 2 or page.locator("script, a").count():
        yield "it has no steps, or something that it should not have"
    # What is written stays beside the bars.
    for step in page.locator(".step").all():
        label, value = (text.bounding_box() for text in step.locator("text").all())
        bar = step.locator(".bar").bounding_box()
        if label["x"] + label["width"] > value["x"] or value["x"] + value["width"] > bar["x"]:
            yield f"texts and bars overlap: {step.locator('title').text_content()}"


def works(page):
    yield from looks(page)
    yield from accessibility(page, "as it opens")
    yield from waterfall(page)
    yield from copying(page)
    yield from sharing(page)
    yield from sorting(page)
    yield from switching(page)
    yield from unfolding(page)
    yield from keyboard(page)
    yield from looks(page)
    yield from accessibility(page, "with all lines")
    yield from printing(page)


def looks(page):
    width = page.evaluate("document.documentElement.scrollWidth")
    if width > WIDTH:
        yield f"it is {width} pixels wide"


def accessibility(page, when):
    # Axe looks at every element: of long sources a part stands for all.
    page.evaluate(
        "for (const body of document.querySelectorAll('.source tbody'))"
        " [...body.rows].slice(40).forEach((row) => row.remove())"
        if when != "as it opens" else "0"
    )
    for violation in Axe().run(page, options=RULES).response["violations"]:
        nodes = [node["html"][:120] for node in violation["nodes"][:3]]
        yield f"{when}: {violation['help']}: {nodes}"


def waterfall(page):
    for picture in page.locator("svg.waterfall").all():
        steps = picture.locator(".step").all()
        for step in steps:
            name, title = step.get_attribute("aria-label"), step.locator("title").text_content()
            if not name or name != title:
                yield f"a step is called {name!r} and says {title!r}"
            step.focus()
            if not step.evaluate("step => step === document.activeElement"):
                yield f"the keyboard does not reach {name!r}"
            target = step.get_attribute("href")
            if target and not page.evaluate(
                "id => Boolean(document.getElementById(id))", target[1:]
            ):
                yield f"a step leads to {target}, which is not there"
        # What the picture shows sums up: a bar begins where the one before it ended. A ranking has
        # dots instead.
        bars = picture.locator(".step .bar").all()
        if bars and len(bars) != len(steps):
            yield f"{len(steps)} steps have {len(bars)} bars"
        boxes = [bar.bounding_box() for bar in bars]
        for one, other in zip(boxes[:-2], boxes[1:-1]):
            ends = {round(one["x"]), round(one["x"] + one["width"])}
            begins = {round(other["x"]), round(other["x"] + other["width"])}
            if min(abs(end - begin) for end in ends for begin in begins) > 2:
                yield f"a bar does not begin where one ended: {one} and {other}"
        page.evaluate("document.activeElement.blur()")


def copying(page):
    button = page.locator("#csv")
    if not button.count():
        return
    page.evaluate(
        "Object.defineProperty(navigator, 'clipboard', { configurable: true, value:"
        " { writeText: (text) => { window.copied = text; } } })"
    )
    button.click()
    rows = list(csv.reader(io.StringIO(page.evaluate("window.copied"))))
    number = page.locator("table.lines tbody tr").count()
    if len(rows) != number + 1 or {len(row) for row in rows} != {len(rows[0])}:
        yield f"{len(rows)} rows were copied of {number}"
    if any(field[:1] in "=@" for row in rows for field in row if field):
        yield "a field that was copied begins like a formula"
    if button.inner_text() != "Copied":
        yield "it is not said that something was copied"


def sharing(page):
    for link in page.locator("a.here").all()[:3]:
        link.click()
        if not page.evaluate("Boolean(document.querySelector(':target'))"):
            yield f"{link.get_attribute('href')} leads nowhere"
    # A line in a fold, as somebody else's link has it.
    folded = page.locator(".source tbody[hidden]:not(.more) td[id]")
    if folded.count():
        cell = folded.first
        page.evaluate("id => { location.hash = id; }", cell.get_attribute("id"))
        page.wait_for_timeout(100)
        if not page.locator(":target").is_visible():
            yield "a link to a line does not open its fold"
        page.evaluate("location.hash = ''")
        page.reload()


def printing(page):
    """What is printed fits an A4 page on its side, without margins of 12 mm."""
    page.set_viewport_size({"width": PAPER, "height": HEIGHT})
    page.emulate_media(media="print")
    width = page.evaluate("document.documentElement.scrollWidth")
    if width > PAPER:
        yield f"it is {width} pixels wide on paper"
    page.emulate_media(media="screen")
    page.set_viewport_size({"width": WIDTH, "height": HEIGHT})


def sorting(page):
    for table in page.locator("table.lines").all():
        rows = lambda: table.locator("tbody tr").evaluate_all(
            "rows => rows.map(row => [row.dataset.k, row.classList.contains('detail')])"
        )
        as_found = rows()
        button = table.locator("button[data-sort='4']")
        head = button.locator("xpath=ancestor::th")
        for order, sign in [("descending", -1), ("ascending", 1)]:
            button.click()
            if head.get_attribute("aria-sort") != order:
                yield f"a column is not said to be {order}"
            keys = [float(key.split()[4]) for key, detail in rows() if not detail]
            if keys != sorted(keys, key=lambda key: sign * key):
                yield f"rows are not sorted {order}: {keys}"
        button.click()
        if rows() != as_found:
            yield "the third click does not bring the order back"


def switching(page):
    heat = page.locator("#heat")
    if heat.count():
        cell = page.locator("td[data-c]").first
        if cell.count():
            share, cost = cell.inner_text(), cell.get_attribute("data-c")
            heat.click()
            if cell.inner_text() != cost or heat.get_attribute("aria-pressed") != "true":
                yield f"it shows {cell.inner_text()} where the cost is {cost}"
            heat.click()
            if cell.inner_text() != share:
                yield "it does not show the share again"
    theme = page.locator("#theme")
    colour = "getComputedStyle(document.body).backgroundColor"
    before = page.evaluate(colour)
    theme.click()
    if page.evaluate(colour) == before:
        yield "the theme does not change"
    yield from accessibility(page, "as it opens")
    theme.click()


def unfolding(page):
    hidden = page.locator(".source tbody[hidden]:not(.more)")
    if hidden.count():
        number = hidden.count()
        page.locator(".more button").first.click()
        if hidden.count() != number - 1:
            yield "a fold does not open"
    page.locator("#unfold").click()
    if hidden.count():
        yield "not all lines are shown"


def keyboard(page):
    page.locator("body").press("Tab")
    if page.evaluate("document.activeElement.className") not in ("skip", ""):
        yield "the first stop of the keyboard is not the link to the report"
    for link in page.locator(".source a").all()[:3]:
        target = link.get_attribute("href")[1:]
        if not page.evaluate("id => Boolean(document.getElementById(id))", target):
            yield f"a link leads to {target}, which is not there"


main()
