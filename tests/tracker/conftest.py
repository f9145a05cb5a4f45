"""Requests to try the tracker with, and stores in the middle of their life."""

import os
import sys
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from shutil import which
from tempfile import TemporaryDirectory
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
from tests.tracker.disks import Image, image_of
from tests.tracker.faults import build
from tests.tracker.script import LONG_SCRIPT, NAME, SCRIPT, play
from tests.tracker.script import open_store as open_at
from tests.tracker.zygote import Zygote

STOPS = (5, 14, 24, 34, len(SCRIPT))  # where the script closes the store and opens it again
CHECKPOINT = "checkpoint"
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


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Path]:
    """A directory, in memory where that can be had: a disk takes its time to sync."""
    memory = Path("/dev/shm")  # noqa: S108
    with TemporaryDirectory(dir=memory if os.access(memory, os.W_OK) else tmp_path) as made:
        yield Path(made)


@dataclass(frozen=True, slots=True)
class Chapter:
    """A stretch of the script, and the files as they lie when it begins."""

    name: str
    start: int
    stop: int
    before: Image


@pytest.fixture(scope="session")
def chapters(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Chapter]:
    """The script from nothing to its end, and the moment at which the log is copied back."""
    found, start, before = [], 0, Image()
    place = tmp_path_factory.mktemp("chapters")
    for stop in STOPS:
        found.append(Chapter(f"until {stop}", start, stop, before))
        with closing(open_at(place)) as store:
            for fact in LONG_SCRIPT[start:stop]:
                play(store, fact)
        start, before = stop, image_of(place)
    found.append(_checkpoint(tmp_path_factory.mktemp("checkpoint")))
    return {chapter.name: chapter for chapter in found}


def _checkpoint(place: Path) -> Chapter:
    """Begins two facts before SQLite copies a full log into the store, with the store left open."""
    with closing(open_at(place)) as store:
        play(store, LONG_SCRIPT[0])
        images = deque([image_of(place)], maxlen=3)
        for number, fact in enumerate(LONG_SCRIPT[1:], start=2):
            play(store, fact)
            images.append(image_of(place))
            if images[-1][NAME] != images[-2][NAME]:
                return Chapter(CHECKPOINT, number - 2, number + 3, images[0])
    raise AssertionError("the script is too short to fill the log")


@pytest.fixture(scope="session")
def zygote(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Zygote]:
    """A process that can be killed at any call by which a file changes."""
    if sys.platform != "linux":
        pytest.skip("calls are watched with LD_PRELOAD, as Linux has it")
    if not which("cc"):
        pytest.skip("a C compiler (cc) is needed to build tests/tracker/faults.c")
    started = Zygote(build(tmp_path_factory.mktemp("faults")))
    yield started
    started.close()
