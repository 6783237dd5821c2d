"""The page in a real browser: nothing on the console, everything in it works, anyone can use it.

Needs Chromium and the extra `browser`; elsewhere these tests are skipped.
"""

from __future__ import annotations

import gzip
import shutil

import pytest

from gopatterns_cli.comparison import compare
from gopatterns_cli.render.report.page import render

import versioned
from synthetic import COSTS, Truth, session

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed: gopat[browser]")
axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="gopat[browser] is not installed")

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)

pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium here"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]


@pytest.fixture(scope="module")
def chromium():
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    """Return pages by name, on disk."""
    folder = tmp_path_factory.mktemp("pages")
    found = {
        "claims": compare(session(folder / "claims.json", Truth(go=True, predicted=1.05))),
        "overhead": compare(session(folder / "overhead.json", COSTS)),
        "versions": versioned.found(folder / "versions.json"),
    }
    for name, comparison in found.items():
        (folder / f"{name}.html").write_text(render(comparison), encoding="utf-8")
    return folder


@pytest.fixture
def opened(chromium, pages):
    """Open a page; whatever it says on the console or asks the network for fails the test."""
    contexts, heard = [], []

    def open_page(name, **settings):
        context = chromium.new_context(**settings)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: heard.append(message.text))
        page.on("pageerror", lambda error: heard.append(str(error)))
        page.on("request", lambda asked: asked.url.startswith(("file:", "data:")) or heard.append(asked.url))
        page.goto((pages / f"{name}.html").as_uri())
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert heard == []


NAMES = ("claims", "overhead", "versions")


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("width", [400, 1280, 2000])
def test_a_page_is_no_wider_than_its_window(opened, name, width):
    page = opened(name, viewport={"width": width, "height": 900})
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everybody_can_use_it(opened, name, scheme):
    page = opened(name, color_scheme=scheme)
    page.evaluate("document.querySelectorAll('details').forEach((one) => one.open = true)")
    found = axe.Axe().run(page).response["violations"]
    assert [(one["id"], one["impact"], one["nodes"][0]["html"][:120]) for one in found] == []


def test_light_and_dark_are_two(opened):
    colours = {
        scheme: opened("claims", color_scheme=scheme).evaluate(
            "getComputedStyle(document.documentElement).backgroundColor"
        )
        for scheme in ("light", "dark")
    }
    assert colours["light"] == "rgb(255, 255, 255)"
    assert colours["dark"] != colours["light"]


def test_what_is_pointed_at_is_said(opened):
    page = opened("claims")
    tip = page.locator(".tip")
    assert tip.is_hidden()
    page.locator("#claims g.mark circle").first.hover()
    assert "rounds" in tip.inner_text()
    assert "x [" in tip.inner_text()
    page.locator("h1").hover()
    assert tip.is_hidden()


def test_an_arm_is_switched_off_in_its_section_alone(opened):
    page = opened("claims")
    box = page.locator("#claims [data-switch=threads]")
    marks = page.locator('#claims [data-arm="threads"]')
    others = page.locator('#scaling g.log [data-arm="threads"]')
    seen = [sum(map(playwright.Locator.is_visible, both.all())) for both in (marks, others)]
    assert min(seen) > 0
    box.uncheck()
    assert not any(map(playwright.Locator.is_visible, marks.all()))
    assert sum(map(playwright.Locator.is_visible, others.all())) == seen[1]
    assert page.locator("#scaling [data-switch=threads]").first.is_checked()
    box.check()
    assert sum(map(playwright.Locator.is_visible, marks.all())) == seen[0]


def test_switches_work_by_keyboard(opened):
    page = opened("claims")
    page.locator("#claims [data-switch=Go]").focus()
    page.keyboard.press("Space")
    assert not page.locator('#claims [data-arm="Go"]').first.is_visible()


def test_the_first_stop_of_the_keyboard_leads_past_the_contents(opened):
    page = opened("claims")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "to the results"
    page.keyboard.press("Enter")
    assert page.url.endswith("#results")


def test_a_scale_is_linear_or_logarithmic_and_both_say_the_same(opened):
    page = opened("claims")
    chart = page.locator(".scaling").first
    log, lin = chart.locator("g.log"), chart.locator("g.lin")
    assert (log.is_visible(), lin.is_visible()) == (True, False)
    chart.locator("input[value=lin]").check()
    assert (log.is_visible(), lin.is_visible()) == (False, True)
    lin.locator("g.mark g circle").first.hover()
    assert "x" in page.locator(".tip").inner_text()
    assert log.locator("circle").count() == lin.locator("circle").count()


def test_the_raw_values_are_a_download(opened, tmp_path):
    page = opened("claims", accept_downloads=True)
    with page.expect_download() as waiting:
        page.locator("#raw a[download]").click()
    place = tmp_path / "raw.csv.gz"
    waiting.value.save_as(place)
    assert waiting.value.suggested_filename == "claims.csv.gz"
    assert gzip.decompress(place.read_bytes()).startswith(b"cell,count,round,")


@pytest.mark.parametrize("name", NAMES)
def test_it_reads_without_scripts(opened, name):
    page = opened(name, java_script_enabled=False)
    assert page.locator("svg").first.is_visible()
    switches = page.locator("[data-switch]").all()
    assert switches
    assert not any(map(playwright.Locator.is_visible, switches))
    assert page.locator("#raw a[download]").is_visible()
    assert page.locator("title").count() > 5


@pytest.mark.parametrize("name", NAMES)
def test_it_prints_with_what_is_folded_away(opened, name):
    page = opened(name)
    folded = page.locator("details:not([open])").all()
    assert len(folded) > 1
    summaries = [one.locator("summary").bounding_box()["height"] for one in folded]
    closed = [one.bounding_box()["height"] for one in folded]
    assert closed == pytest.approx(summaries, abs=2)
    page.emulate_media(media="print")
    assert not page.locator("nav").is_visible()
    for one, height in zip(folded, closed, strict=True):
        table = one.locator("table")
        assert table.is_visible()
        assert one.bounding_box()["height"] >= height + table.bounding_box()["height"] > height + 20
    assert page.pdf(format="A4").startswith(b"%PDF")


@pytest.mark.parametrize("width", [400, 1280])
@pytest.mark.parametrize(
    ("name", "section"), [("claims", "claims"), ("overhead", "costs"), ("versions", "changes")]
)
def test_a_ruler_lies_over_what_it_measures(opened, name, section, width):
    page = opened(name, viewport={"width": width, "height": 900})
    page.evaluate("document.querySelectorAll('details').forEach((one) => one.open = true)")
    for place, share in ((f"#{section} table", 1.0), ("#rounds table", 0.6)):
        table = page.locator(place).first
        ruler, drawn = (table.locator(what).first.bounding_box() for what in (".ruler", "td svg"))
        assert (ruler["x"], ruler["width"]) == pytest.approx((drawn["x"], share * drawn["width"]), abs=1)
