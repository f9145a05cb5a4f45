"""Requests to try the tracker with."""

from collections.abc import Callable
from datetime import date

import pytest

from dsr.law.receipt import Channel
from dsr.law.rights import Right
from dsr.tracker.people import DataSubject
from dsr.tracker.requests import Addressee, Request, reference_from

MakeRequest = Callable[..., Request]


@pytest.fixture
def make_request() -> MakeRequest:
    """Build a request: ``make_request(law="ccpa", rights=[Right.ACCESS])``."""

    def make(
        number: int = 1,
        *,
        law: str = "gdpr",
        rights: tuple[Right, ...] = (Right.ACCESS,),
        country: str = "DE",
        region: str | None = None,
        establishment: str = "FR",
        person: str = "me",
    ) -> Request:
        subject = DataSubject(
            id=person,
            name="Żaneta Öztürk-O’Brien",
            email="zaneta@example.org",
            address=("Grüner Weg 7", "20095 Hamburg"),
            country=country,
            region=region,
        )
        company = Addressee(
            slug="bilderfang",
            name="Bilderfang Aktiengesellschaft",
            address=("1 Rue du Test", "75001 Paris"),
            address_country=establishment,
            email="privacy@bilderfang.example",
            webform=None,
            establishment=establishment,
        )
        return Request(
            reference=reference_from(number),
            data_subject=subject,
            company=company,
            law=law,
            rights=rights,
            language="en",
            channel=Channel.EMAIL,
            made_on=date(2026, 3, 1),
            photo_urls=("https://example.org/zaneta-at-the-lake.jpg",),
            reason="Because of “Größe”, 日本語 and\na line break",
        )

    return make
