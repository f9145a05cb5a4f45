"""The pages of a bundle that are not letters, set by WeasyPrint, which may load nothing."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from functools import cache
from typing import TYPE_CHECKING, Any

from dsr.letters.page import FONTS
from dsr.letters.typesetting import fonts, load_weasyprint
from dsr.paths import bundled

if TYPE_CHECKING:
    from jinja2 import Template


PAPERS = {"A4": "279mm", "Letter": "261mm"}  # with the height of what a page number stands under


def pages(
    kind: str, *, language: str, title: str, made_on: date, paper: str = "A4", **said: Any
) -> bytes:
    """The pages of one *kind* as PDF, every value of what is *said* escaped.

    Raises PdfUnavailableError where WeasyPrint cannot work.
    """
    page = _template().render(kind=kind, language=language, title=title, css=_css(paper), **said)
    with _at_the_time_of(made_on):
        weasyprint = load_weasyprint()
        fetcher = weasyprint.urls.URLFetcher(allowed_protocols={"data"})
        document = weasyprint.HTML(string=page, url_fetcher=fetcher)
        content: bytes = document.write_pdf(font_config=fonts(weasyprint))
    return content


@cache
def _template() -> "Template":
    from jinja2 import FileSystemLoader, StrictUndefined
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    environment = ImmutableSandboxedEnvironment(
        loader=FileSystemLoader([bundled("templates") / "layout"]),
        undefined=StrictUndefined,
        autoescape=True,
    )
    return environment.get_template("bundle.html.j2")


@cache
def _css(paper: str) -> str:
    css = (bundled("templates") / "layout" / "bundle.css").read_text("utf-8")
    families = ", ".join(f'"{family}"' for family in FONTS)
    css = css.replace("PAPER", paper).replace("FRAME_HEIGHT", PAPERS[paper])
    return css.replace("FONTS", f"{families}, sans-serif")


@contextmanager
def _at_the_time_of(day: date) -> Iterator[None]:
    """Bytes that do not depend on the clock, which WeasyPrint and fontTools look at."""
    before = os.environ.get("SOURCE_DATE_EPOCH")
    start = datetime(day.year, day.month, day.day, tzinfo=UTC)
    os.environ["SOURCE_DATE_EPOCH"] = str(int(start.timestamp()))
    try:
        yield
    finally:
        os.environ.pop("SOURCE_DATE_EPOCH")
        if before is not None:
            os.environ["SOURCE_DATE_EPOCH"] = before
