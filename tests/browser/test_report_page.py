"""The report in a browser: light, dark, on a phone and on paper; axe finds nothing to mend."""

from pathlib import Path

import pytest

from tests.browser.conftest import Opened
from tests.conftest import Dsr
from tests.every_state import TODAY, fill


@pytest.fixture
def pages(dsr: Dsr) -> list[Path]:
    """The report and the statistics of a record with a case in every state."""
    fill(dsr)
    assert dsr("report", "--out", "due.html", "--as-of", TODAY).status == 0
    assert dsr("report", "--stats", "--out", "figures.html", "--as-of", TODAY).status == 0
    return [Path("due.html"), Path("figures.html")]


@pytest.mark.parametrize(("width", "scheme"), [(1100, "light"), (1100, "dark"), (360, "light"),
                                               (360, "dark")])  # fmt: skip
def test_axe_finds_nothing_and_nothing_runs_over(
    opened: Opened, pages: list[Path], width: int, scheme: str
) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    for path in pages:
        page = opened(path, width=width, scheme=scheme)
        found = axe.run(page).response["violations"]
        assert [(each["id"], each["nodes"][0]["html"]) for each in found] == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.loaded == [path.resolve().as_uri()]  # type: ignore[attr-defined]


def test_dark_is_dark_and_light_is_light(opened: Opened, pages: list[Path]) -> None:
    shade = "getComputedStyle(document.body).backgroundColor.match(/\\d+/g).map(Number)"
    for path in pages:
        assert sum(opened(path, scheme="dark").evaluate(shade)) < 150
        assert sum(opened(path, scheme="light").evaluate(shade)) > 650


def test_on_paper_the_page_is_white_and_no_case_is_cut(opened: Opened, pages: list[Path]) -> None:
    page = opened(pages[0], scheme="dark")
    page.emulate_media(media="print")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert page.locator("article").count() == 14
    rule = "getComputedStyle(document.querySelector('article')).breakInside"
    assert page.evaluate(rule) == "avoid"
