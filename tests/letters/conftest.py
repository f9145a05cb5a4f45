"""Letters to the bundled companies, from people who do not exist."""

import html
import re
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from typing import Any

import pytest

from dsr.directory.catalogue import Catalogue
from dsr.directory.record import Company
from dsr.law.receipt import Channel
from dsr.law.regimes import regime
from dsr.law.rights import Right, lawful_order
from dsr.letters.compose import compose
from dsr.letters.document import Letter
from dsr.letters.pdf import pdf_bytes
from dsr.letters.typesetting import PdfUnavailableError
from dsr.tracker.people import DataSubject
from dsr.tracker.requests import Addressee, Request
from dsr.workflows.request import correspondent

Write = Callable[..., Letter]

MM = 72 / 25.4  # points
WORD = re.compile(r'<word xMin="(.+?)" yMin="(.+?)" xMax="(.+?)" yMax="(.+?)">(.*?)</word>')


@dataclass(frozen=True)
class Box:
    """Where something stands on a page, in millimetres from its upper left corner."""

    left: float
    top: float
    right: float
    bottom: float
    text: str = ""

    def inside(self, zone: tuple[float, float, float, float]) -> bool:
        left, top, right, bottom = zone
        within = left <= self.left and self.right <= right
        return within and top <= self.top and self.bottom <= bottom

    def touches(self, zone: tuple[float, float, float, float]) -> bool:
        left, top, right, bottom = zone
        beside = self.right < left or right < self.left
        return not beside and not (self.bottom < top or bottom < self.top)


@pytest.fixture(scope="session")
def pdftotext() -> Callable[..., str]:
    """Read a PDF back with Poppler, which has nothing in common with what wrote it."""
    if not shutil.which("pdftotext"):
        pytest.skip("pdftotext (poppler-utils) is not here to read the PDF back")

    def read(content: bytes, *options: str) -> str:
        command = ["pdftotext", *options, "-", "-"]
        return subprocess.run(
            command, input=content, capture_output=True, check=True
        ).stdout.decode()

    return read


@pytest.fixture(scope="session")
def words(pdftotext: Callable[..., str]) -> Callable[..., list[Box]]:
    """The words of a page, each with its place."""

    def read(content: bytes, page: int = 1) -> list[Box]:
        found = pdftotext(content, "-bbox", "-f", str(page), "-l", str(page))
        return [
            Box(*(float(number) / MM for number in place), html.unescape(text))
            for *place, text in WORD.findall(found)
        ]

    return read


PEOPLE = {
    "gdpr": DataSubject(
        name="Erika Mustermann",
        email="erika@example.org",
        address=("Heidestraße 17", "51147 Köln"),
        country="DE",
    ),
    "uk-gdpr": DataSubject(
        name="Jane Q. Public",
        email="jane@example.org",
        address=("1 Example Street", "Leeds", "LS1 1AA"),
        country="GB",
    ),
    "ccpa": DataSubject(
        name="John Q. Public",
        email="john@example.org",
        address=("123 Example Ave", "Sacramento, CA 95814"),
        country="US",
        region="CA",
    ),
}


def resident(law: str) -> DataSubject:
    """A person whom a law protects."""
    if law in PEOPLE:
        return PEOPLE[law]
    country, _, region = min(regime(law).residents_of).partition("-")
    return DataSubject(
        name="Jo Q. Public",
        email="jo@example.org",
        address=("1 Example Street", "12345 Example"),
        country=country,
        region=region or None,
    )


def addressee(company: Company) -> Addressee:
    mail, postal = company.request_email(), company.postal
    return Addressee(
        slug=company.slug,
        name=company.name,
        address=postal.lines if postal else (),
        address_country=postal.country if postal else None,
        email=mail.address if mail else None,
        webform=company.webforms[0].url if company.webforms else None,
        establishment=company.establishment(),
    )


@pytest.fixture(scope="session")
def write() -> Write:
    """Compose a letter: ``write("laion", "gdpr", "erasure", language="de", name="…")``.

    What begins with ``company_`` takes the place of what the record says.
    """

    @cache
    def compose_letter(
        slug: str,
        law: str,
        *rights: str,
        language: str = "en",
        photos: tuple[str, ...] = (),
        reason: str | None = None,
        kind: str | None = None,
        **other: Any,
    ) -> Letter:
        record = Catalogue().company(slug)
        company = {n[8:]: value for n, value in other.items() if n.startswith("company_")}
        person = {n: value for n, value in other.items() if not n.startswith("company_")}
        request = Request(
            reference="DSR-7K3F-9QX2",
            data_subject=replace(resident(law), **person),
            company=replace(addressee(record), **company),
            law=law,
            rights=lawful_order([Right(word) for word in rights]),
            language=language,
            channel=Channel.EMAIL,
            made_on=date(2026, 11, 23),
            photo_urls=photos,
            reason=reason,
        )
        known = correspondent(record, law)
        return compose(request, replace(known, kind=kind or known.kind))

    return compose_letter


@pytest.fixture(scope="session")
def needs_weasyprint(write: Write) -> None:
    """Skip where what WeasyPrint needs of the system is absent."""
    try:
        pdf_bytes(write("laion", "gdpr", "erasure"))
    except PdfUnavailableError as error:
        pytest.skip(error.sentence)
