"""Letters to the bundled companies, from people who do not exist."""

from collections.abc import Callable
from dataclasses import replace
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
from dsr.tracker.people import DataSubject
from dsr.tracker.requests import Addressee, Request
from dsr.workflows.request import correspondent

Write = Callable[..., Letter]

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
