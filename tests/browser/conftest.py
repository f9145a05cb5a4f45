"""A real browser: Debian's Chromium, driven by Playwright."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Page

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
Opened = Callable[..., "Page"]


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """The browser, once for all tests."""
    if not CHROMIUM.exists():
        pytest.skip("Chromium is not installed: apt-get install chromium")
    sync = pytest.importorskip("playwright.sync_api")
    with sync.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def opened(chromium: Any) -> Iterator[Opened]:
    """Open a file: ``opened(path, width=360, scheme="dark")``; ``loaded`` is what it asked for."""
    pages = []

    def show(path: Path, *, width: int = 1100, scheme: str = "light") -> "Page":
        page = chromium.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
        page.loaded = []
        page.on("request", lambda request: page.loaded.append(request.url))
        page.goto(path.resolve().as_uri())
        pages.append(page)
        return page  # type: ignore[no-any-return]

    yield show
    for page in pages:
        page.close()
