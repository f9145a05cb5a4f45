"""Requests to try the tracker with."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from dsr.law.receipt import Channel
from dsr.law.rights import Right
from dsr.secrets import Key
from dsr.tracker.engine import Engine
from dsr.tracker.events import Document, EventDraft, EventType
from dsr.tracker.people import DataSubject
from dsr.tracker.postgres import PostgresEngine
from dsr.tracker.requests import Addressee, Request, reference_from
from dsr.tracker.sqlite import SqliteEngine
from dsr.tracker.store import Store

OpenStore = Callable[[], Store]

MakeRequest = Callable[..., Request]
KEY = Key("5a" * 32, is_raw=True)
NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
ENGINES = ("sqlite", "postgres")


@pytest.fixture(params=ENGINES)
def open_engine(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[], Engine]:
    """Opens the same record, time and again, once in a file and once on a server."""
    if request.param == "postgres":
        url = request.getfixturevalue("postgres")
        return lambda: PostgresEngine(url)
    return lambda: SqliteEngine(tmp_path / "record.db", KEY)


@pytest.fixture
def open_store(open_engine: Callable[[], Engine], tmp_path: Path) -> Iterator[OpenStore]:
    """Opens the same record as one more store; all are closed in the end."""
    with ExitStack() as opened:
        yield lambda: opened.enter_context(closing(Store(open_engine(), tmp_path / "files")))


@pytest.fixture
def store(open_store: OpenStore) -> Store:
    """A fresh store, on either engine."""
    return open_store()


def draft(kind: EventType, on: str = "2026-03-02", **more: Any) -> EventDraft:
    """An event of a day, recorded on 2 March 2026."""
    return EventDraft(type=kind, on=date.fromisoformat(on), recorded_at=NOW, **more)


def opened(store: Store, request: Request, *documents: Document) -> str:
    """Keep a request; its reference."""
    prepared = draft(EventType.PREPARED, request.made_on.isoformat())
    store.open_request(request, prepared, documents)
    return request.reference


TABLES = ("entry", "document", "holding", "person", "campaign", "standing", "meta")


def tables(store: Store) -> dict[str, list[Any]]:
    """Everything that is in the database."""
    return {
        name: sorted(map(str, store.engine.rows(f"SELECT * FROM {name}")))  # noqa: S608
        for name in TABLES
    }


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
