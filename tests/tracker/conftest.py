"""Requests to try the tracker with, and stores in the middle of their life."""

import os
import sys
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from shutil import which
from tempfile import TemporaryDirectory

import pytest

from dsr.law.receipt import Channel
from dsr.law.rights import Right
from dsr.tracker.people import DataSubject
from dsr.tracker.requests import Addressee, Request, reference_from
from tests.tracker.disks import Image, image_of
from tests.tracker.faults import build
from tests.tracker.script import LONG_SCRIPT, NAME, SCRIPT, open_store, play
from tests.tracker.zygote import Zygote

MakeRequest = Callable[..., Request]
STOPS = (5, 14, 24, 34, len(SCRIPT))  # where the script closes the store and opens it again
CHECKPOINT = "checkpoint"


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
        with closing(open_store(place)) as store:
            for fact in LONG_SCRIPT[start:stop]:
                play(store, fact)
        start, before = stop, image_of(place)
    found.append(_checkpoint(tmp_path_factory.mktemp("checkpoint")))
    return {chapter.name: chapter for chapter in found}


def _checkpoint(place: Path) -> Chapter:
    """Begins two facts before SQLite copies a full log into the store, with the store left open."""
    with closing(open_store(place)) as store:
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
