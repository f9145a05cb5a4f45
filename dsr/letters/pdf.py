"""A letter as PDF for post, laid out by WeasyPrint, which may load nothing but what we hand it."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any

from dsr.letters.document import Block, Demand, Exhibit, Heading, Letter, Paragraph
from dsr.letters.typesetting import fonts, load_weasyprint
from dsr.paths import bundled

if TYPE_CHECKING:
    from jinja2 import Template


def html(letter: Letter) -> str:
    """The page that WeasyPrint lays out; every value is escaped."""
    layouts = bundled("templates") / "layout"
    css = (layouts / "letter.css").read_text("utf-8")
    page, _, pages = letter.labels.page.partition("{pages}")
    label = page.replace("{page}", '" counter(page) "') + '" counter(pages) "' + pages
    css = css.replace('"PAGE_LABEL"', f'"{label}"')
    css += (layouts / f"{letter.layout}.css").read_text("utf-8")
    return _page().render(letter=letter, css=css, blocks=[_for_page(b) for b in letter.blocks])


def pdf_bytes(letter: Letter) -> bytes:
    """The letter as PDF; the same letter gives the same bytes on the same machine.

    Raises PdfUnavailableError where WeasyPrint cannot work.
    """
    page = html(letter)
    with _at_the_time_of(letter):
        weasyprint = load_weasyprint()
        fetcher = weasyprint.urls.URLFetcher(allowed_protocols={"data"})
        document = weasyprint.HTML(string=page, url_fetcher=fetcher)
        content: bytes = document.write_pdf(font_config=fonts(weasyprint), pdf_tags=True)
    return content


@contextmanager
def _at_the_time_of(letter: Letter) -> Iterator[None]:
    """WeasyPrint and fontTools take the time from the environment, so that bytes are stable."""
    from datetime import UTC, datetime

    day, before = letter.dated, os.environ.get("SOURCE_DATE_EPOCH")
    seconds = int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp())
    os.environ["SOURCE_DATE_EPOCH"] = str(seconds)
    try:
        yield
    finally:
        os.environ.pop("SOURCE_DATE_EPOCH")
        if before is not None:
            os.environ["SOURCE_DATE_EPOCH"] = before


@cache
def _page() -> "Template":
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(bundled("templates") / "layout"),
        undefined=StrictUndefined,
        autoescape=True,
    )
    return environment.get_template("letter.html.j2")


# What must not be torn from the number that follows it at the end of a line.
_BEFORE_NUMBER = re.compile(r"(Articles?|Art\.|Abs\.|lit\.|Nr\.|§|section) (?=[\w(])")


def _unbroken(text: str) -> str:
    return _BEFORE_NUMBER.sub("\\1\N{NO-BREAK SPACE}", text)


def _for_page(block: Block) -> dict[str, Any]:
    match block:
        case Heading(text, None):
            return {"type": "stage", "text": text}
        case Heading(text, number):
            return {"type": "heading", "text": _unbroken(text), "number": number}
        case Paragraph(text):
            return {"type": "paragraph", "text": _unbroken(text)}
        case Demand(code):
            return {"type": "demand", "code": code, "text": _unbroken(block.sentence)}
        case Exhibit(label, url):
            return {"type": "photo", "code": label, "text": url}
