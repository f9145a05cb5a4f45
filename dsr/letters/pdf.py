"""A letter as PDF for post, laid out by WeasyPrint, which may load nothing but what we hand it."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from io import BytesIO
from typing import Any

from dsr.letters.archive import VARIANT, finish
from dsr.letters.document import Letter
from dsr.letters.glyphs import missing_glyphs
from dsr.letters.page import html
from dsr.letters.typesetting import fonts, load_weasyprint


def pdf_bytes(letter: Letter) -> bytes:
    """The letter as PDF; the same letter gives the same bytes on the same machine.

    Raises PdfUnavailableError where WeasyPrint cannot work.
    """
    page = html(letter)
    with _at_the_time_of(letter):
        weasyprint = load_weasyprint()
        fetcher = weasyprint.urls.URLFetcher(allowed_protocols={"data"})
        document = weasyprint.HTML(string=page, url_fetcher=fetcher)
        content: bytes = document.write_pdf(
            font_config=fonts(weasyprint),
            pdf_variant=VARIANT,
            attachments=_attachments(weasyprint, letter),
            finisher=partial(finish, conforms=not missing_glyphs(letter)),
        )
    return content


def _attachments(weasyprint: Any, letter: Letter) -> list[Any]:
    """The request for machines, so that who receives the letter need not read it off the page."""
    if letter.data is None:
        return []
    day = _start_of(letter)
    return [
        weasyprint.Attachment(
            file_obj=BytesIO(letter.data),
            name="request.json",
            description=letter.reference,
            created=day,
            modified=day,
            relationship="Data",
        )
    ]


def _start_of(letter: Letter) -> datetime:
    return datetime(letter.dated.year, letter.dated.month, letter.dated.day, tzinfo=UTC)


@contextmanager
def _at_the_time_of(letter: Letter) -> Iterator[None]:
    """WeasyPrint and fontTools take the time from the environment, so that bytes are stable."""
    before = os.environ.get("SOURCE_DATE_EPOCH")
    os.environ["SOURCE_DATE_EPOCH"] = str(int(_start_of(letter).timestamp()))
    try:
        yield
    finally:
        os.environ.pop("SOURCE_DATE_EPOCH")
        if before is not None:
            os.environ["SOURCE_DATE_EPOCH"] = before
