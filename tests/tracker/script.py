"""The case that the tests of durability play, and all they know of the store: its outside."""

import random
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from sqlcipher3 import dbapi2

from dsr.errors import UnavailableError
from dsr.law.receipt import Channel
from dsr.law.rights import Right
from dsr.secrets import Key
from dsr.tracker.documents import LARGEST_INSIDE
from dsr.tracker.events import Document, Event, EventDraft, EventType, LargeDocument
from dsr.tracker.people import DataSubject
from dsr.tracker.requests import Addressee, Request, reference_from
from dsr.tracker.sqlite import SqliteEngine
from dsr.tracker.store import Store
from dsr.tracker.verification import verify

KEY = Key("5a" * 32, is_raw=True)
NAME = "record.db"
FIRST_DAY = date(2026, 3, 2)
Told = tuple[Any, ...]  # an event as it was told, with the bytes of its documents
Content = dict[str, tuple[Request, list[Told]]]  # what a store holds, by reference


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that is kept as a whole: a request with its letter, or a later event."""

    reference: str
    draft: EventDraft
    documents: tuple[Document, ...] = ()
    request: Request | None = None

    @property
    def told(self) -> Told:
        """What a store should say of it."""
        papers = tuple((d.name, d.media_type, d.content) for d in self.documents)
        return *as_told(self.draft), papers


def open_store(place: Path) -> Store:
    return Store(SqliteEngine(place / NAME, KEY), place / "files")


def play(store: Store, fact: Fact) -> None:
    papers = [as_kept(store, paper) for paper in fact.documents]
    if fact.request:
        store.open_request(fact.request, fact.draft, papers)
    else:
        store.record(fact.reference, fact.draft, papers)


def as_kept(store: Store, paper: Document) -> Document | LargeDocument:
    """A large document goes into the file store first, as it does with `dsr record`."""
    if len(paper.content) <= LARGEST_INSIDE:
        return paper
    file = store.documents.files.take_in(BytesIO(paper.content))
    return LargeDocument(paper.name, paper.media_type, file)


# What is in a store ----------------------------------------------------------------------------


def expected(facts: Sequence[Fact]) -> Content:
    """What a store holds after these facts."""
    content: Content = {}
    for fact in facts:
        if fact.request:
            content[fact.reference] = (fact.request, [])
        content[fact.reference][1].append(fact.told)
    return content


def kept(store: Store) -> Content:
    """What a store holds, all of it read."""
    return {
        standing.reference: (
            store.request(standing.reference),
            list(told(store, standing.reference)),
        )
        for standing in store.standings(FIRST_DAY)
    }


def told(store: Store, reference: str) -> Iterator[Told]:
    """The events of a case with the bytes of their documents, one after the other."""
    for seq, event in enumerate(store.events(reference), start=1):
        assert event.seq == seq
        papers = tuple((d.name, d.media_type, store.document(d.sha256)) for d in event.documents)
        yield *as_told(event), papers


def as_told(event: Event | EventDraft) -> Told:
    """What was said of an event, without its documents."""
    return event.type, event.on, event.recorded_at, event.note, event.until, event.via


def check_whole(store: Store) -> None:
    """Everything in the store fits its journal, and the journal itself."""
    verdict = verify(store.engine, store.documents)
    assert verdict.ok, (verdict.first_bad, verdict.problems)


def check_file(place: Path) -> None:
    """The database finds nothing wrong with itself."""
    with closing(dbapi2.connect(str(place / NAME), isolation_level=None)) as db:
        db.execute(f"PRAGMA key = \"x'{KEY.text}'\"")
        assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert db.execute("PRAGMA foreign_key_check").fetchall() == []


def check_survived(place: Path, facts: Sequence[Fact], acknowledged: int) -> None:
    """The store holds what was acknowledged, at most the next fact beyond it, and goes on."""
    with closing(open_store(place)) as store:
        content = kept(store)
        there = acknowledged
        if content != expected(facts[:there]):
            there += 1
            assert content == expected(facts[:there])
        check_whole(store)
        if there < len(facts):
            check_absent(store, facts[there], facts[:there])
        following = facts[there] if there < len(facts) else afterthought(facts)
        play(store, following)
        assert kept(store) == expected([*facts[:there], following])
        check_whole(store)
    check_file(place)


def check_absent(store: Store, fact: Fact, before: Sequence[Fact]) -> None:
    """No document of a fact that did not come about is handed out."""
    known = {paper.content for earlier in before for paper in earlier.documents}
    for paper in fact.documents:
        if paper.content not in known:
            with pytest.raises(UnavailableError):
                store.document(sha256(paper.content).hexdigest())


def afterthought(facts: Sequence[Fact]) -> Fact:
    """One more fact for the case that was spoken of last."""
    return note(facts[-1].reference, len(facts), "and one more")


# The script ------------------------------------------------------------------------------------


def paper(name: str, size: int) -> Document:
    """Bytes that no compression makes smaller, the same on every run."""
    return Document(name, "application/octet-stream", random.Random(name).randbytes(size))  # noqa: S311


def note(reference: str, number: int, text: str, *documents: Document) -> Fact:
    recorded_at = datetime(2026, 3, 2, 9, 30, tzinfo=UTC) + timedelta(hours=7 * number)
    return Fact(
        reference,
        EventDraft(type=EventType.NOTE, on=FIRST_DAY, recorded_at=recorded_at, note=text),
        documents,
    )


def new_case(number: int, person: DataSubject, *documents: Document) -> Fact:
    company = Addressee(
        slug="bilderfang",
        name="Bilderfang Aktiengesellschaft",
        address=("1 Rue du Test", "75001 Paris"),
        address_country="FR",
        email="privacy@bilderfang.example",
        webform=None,
        establishment="FR",
    )
    request = Request(
        reference=reference_from(number),
        data_subject=person,
        company=company,
        law="gdpr",
        rights=(Right.ACCESS, Right.ERASURE),
        language="en",
        channel=Channel.EMAIL,
        made_on=FIRST_DAY,
        photo_urls=("https://example.org/zaneta-at-the-lake.jpg",),
        reason="Because of “Größe”, 日本語 and\na line break",
    )
    prepared = EventDraft(
        type=EventType.PREPARED, on=FIRST_DAY, recorded_at=datetime(2026, 3, 2, 9, tzinfo=UTC)
    )
    return Fact(request.reference, prepared, documents, request)


ZANETA = DataSubject(name="Żaneta Öztürk-O’Brien", email="zaneta@example.org", country="DE")
LINA = DataSubject(id="lina", name="Lina Musterkind", address=("Weg 7",), country="FR")
STORY = (
    EventType.SENT,
    EventType.NOTE,
    EventType.DELIVERED,
    EventType.ACKNOWLEDGED,
    EventType.IDENTITY_REQUESTED,
    EventType.NOTE,
    EventType.IDENTITY_PROVIDED,
    EventType.CLARIFICATION_REQUESTED,
    EventType.CLARIFICATION_PROVIDED,
    EventType.EXTENDED,
    EventType.NOTE,
    EventType.PARTLY_FULFILLED,
    EventType.NOTE,
    EventType.REMINDED,
    EventType.NOTE,
    EventType.FULFILLED,
    EventType.NOTE,
    EventType.COMPLAINED,
    EventType.CLOSED,
    EventType.NOTE,
)
SIZES = (0, 3_000, 1, 6_000, 0, 700, 20_000, 5_000, 0, 150)  # bytes of what is attached
LARGE = 1_100_000  # bytes; too large for the database


def story(reference: str) -> Iterator[Fact]:
    """Twenty events from sending to the last note; some have one attachment, some have two."""
    for number, kind in enumerate(STORY, start=1):
        size = SIZES[number % len(SIZES)]
        attached = [paper(f"{reference} {number}", size)] if size else []
        if number == len(STORY) - 2:
            attached.append(paper(f"{reference} video", LARGE))
        if number % 5 == 1:
            attached.append(paper("the same in several events", 6_000))
        draft = EventDraft(
            type=kind,
            on=FIRST_DAY + timedelta(days=number),
            recorded_at=datetime(2026, 3, 2, 9, 30, tzinfo=UTC) + timedelta(days=number),
            note=f"“{number}” – 🐌\nsecond line" if kind is EventType.NOTE else None,
            until=date(2026, 5, 4) if kind is EventType.EXTENDED else None,
            via=Channel.POST if kind is EventType.SENT else None,
        )
        yield Fact(reference, draft, tuple(attached))


def script() -> list[Fact]:
    """Two requests of two persons, each with three documents, and forty events between them."""
    letters = [paper("letter.pdf", 13_000), paper("letter.eml", 5_000), paper("letter.txt", 900)]
    mine = new_case(1, ZANETA, *letters)
    theirs = new_case(2, LINA, *(paper(f"Lina’s {d.name}", len(d.content)) for d in letters))
    own, other = list(story(mine.reference)), list(story(theirs.reference))
    together = [fact for pair in zip(own[12:], other[:8], strict=True) for fact in pair]
    return [mine, *own[:12], theirs, *together, *other[8:]]


def small_notes(reference: str, how_many: int) -> list[Fact]:
    return [note(reference, n, f"small note {n}") for n in range(how_many)]


SCRIPT = script()
LONG_SCRIPT = [*SCRIPT, *small_notes(SCRIPT[0].reference, 400)]  # enough to fill any log
