"""The real store: what goes in comes out, nothing half, nothing readable without the key."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from time import sleep
from typing import Any

import pytest
from sqlcipher3 import dbapi2

from dsr.errors import ConflictError, NotFoundError, UnavailableError
from dsr.law.receipt import Channel
from dsr.law.rights import Right
from dsr.secrets import Key
from dsr.tracker.events import Document, EventType
from dsr.tracker.journal import first_bad
from dsr.tracker.migrations import schema_version
from dsr.tracker.people import Person
from dsr.tracker.requests import Request
from dsr.tracker.status import Status
from dsr.tracker.store import EventDraft, Store

MakeRequest = Callable[..., Request]
KEY = Key("5a" * 32, is_raw=True)
NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
LETTER = Document("letter.txt", "text/plain", b"Sehr geehrte Damen und Herren" * 40)
NOBODY = 65534


def draft(kind: EventType, on: str = "2026-03-02", **more: Any) -> EventDraft:
    return EventDraft(type=kind, on=date.fromisoformat(on), recorded_at=NOW, **more)


def opened(store: Store, request: Request, *documents: Document) -> str:
    prepared = draft(EventType.PREPARED, request.made_on.isoformat())
    store.open_request(request, prepared, list(documents))
    return request.reference


def raw(path: Path, key: Key | None = KEY) -> Any:
    """The database itself, past dsr."""
    db = dbapi2.connect(str(path), isolation_level=None)
    if key:
        db.execute(f"PRAGMA key = \"x'{key.text}'\"")
    return db


def altered(path: Path, sql: str) -> None:
    db = raw(path)
    assert db.execute(sql).rowcount == 1
    db.close()


def tables(store: Store) -> dict[str, list[Any]]:
    names = ("person", "request", "event", "document", "journal", "standing")
    return {name: store._all(f"SELECT * FROM {name} ORDER BY 1, 2") for name in names}  # noqa: S608


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "record.db"


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    store = Store(path, KEY)
    yield store
    store.close()


# What goes in comes out ------------------------------------------------------------------------


def test_a_request_comes_back_as_it_was_with_its_documents(
    path: Path, make_request: MakeRequest
) -> None:
    request = make_request(rights=(Right.ACCESS, Right.ERASURE))
    picture = Document("photo of me.png", "image/png", bytes(range(256)) * 300)
    first = Store(path, KEY)
    opened(first, request, LETTER, picture)
    sent = first.record(request.reference, draft(EventType.SENT, via=Channel.POST), [])
    first.close()

    again = Store(path, KEY)
    assert again.request(request.reference) == request
    prepared, then = again.events(request.reference)
    assert then == sent
    assert (prepared.type, prepared.seq, then.seq) == (EventType.PREPARED, 1, 2)
    kept = {record.name: again.document(record.sha256) for record in prepared.documents}
    assert kept == {LETTER.name: LETTER.content, picture.name: picture.content}
    assert [record.size for record in prepared.documents] == [len(LETTER.content), 76800]
    again.close()


def test_an_event_keeps_all_that_was_said_of_it(store: Store, make_request: MakeRequest) -> None:
    reference = opened(store, make_request())
    store.record(reference, draft(EventType.SENT), [])
    extended = draft(
        EventType.EXTENDED,
        "2026-03-20",
        note="“bis Mai” – 🐌\nzweite Zeile",
        until=date(2026, 5, 4),
    )
    recorded = store.record(reference, extended, [LETTER])
    assert store.events(reference)[-1] == recorded
    assert recorded.note == extended.note
    assert recorded.until == date(2026, 5, 4)
    assert recorded.recorded_at == NOW


def test_a_reference_may_be_typed_carelessly(store: Store, make_request: MakeRequest) -> None:
    reference = opened(store, make_request(32))
    assert reference == "DSR-0100-0000"
    for typed in ("dsr-0100-0000", "01000000", " o1oo oooo ", "DSR-OLOO-OOOO"):
        assert store.request(typed).reference == reference


def test_an_unknown_reference_is_answered_with_the_nearest(
    store: Store, make_request: MakeRequest
) -> None:
    reference = opened(store, make_request())
    with pytest.raises(NotFoundError) as caught:
        store.request("DSR-1000-0009")
    assert reference in caught.value.sentence
    assert caught.value.hint == "See what there is: dsr list"


def test_people_are_kept_and_replaced_by_id(store: Store, make_request: MakeRequest) -> None:
    me = make_request().data_subject
    child = replace(me, id="lina", name="Lina", email=None, address=(), region="HH")
    assert store.person("me") is None
    for person in (me, child):
        store.save_person(Person(subject=person), now=NOW)
    assert [person.subject for person in store.people()] == [child, me]
    store.save_person(Person(subject=replace(me, name="Żaneta Neu")), now=NOW)
    assert [person.subject.name for person in store.people()] == ["Lina", "Żaneta Neu"]


def test_a_request_neither_loses_nor_rewrites_the_person(
    store: Store, make_request: MakeRequest
) -> None:
    request = make_request()
    opened(store, request)
    assert store.person("me") == Person(subject=request.data_subject)
    store.save_person(Person(subject=replace(request.data_subject, name="New Name")), now=NOW)
    opened(store, make_request(2))
    known = store.person("me")
    assert known is not None
    assert known.subject.name == "New Name"
    assert store.request(request.reference).data_subject.name == "Żaneta Öztürk-O’Brien"


def test_standings_list_what_is_due_first_and_what_is_closed_last(
    store: Store, make_request: MakeRequest
) -> None:
    prepared, later, sooner, closed = (opened(store, make_request(n)) for n in (1, 2, 3, 4))
    store.record(later, draft(EventType.SENT, "2026-03-09"), [])
    store.record(sooner, draft(EventType.SENT, "2026-03-05"), [])
    store.record(closed, draft(EventType.WITHDRAWN, "2026-03-02"), [])
    found = store.standings()
    assert [one.request.reference for one in found] == [sooner, later, prepared, closed]
    assert found[0].due == found[0].due_lenient == date(2026, 4, 7)
    assert [one.phase for one in found[2:]] == [Status.READY, Status.CLOSED]
    assert closed not in [one.request.reference for one in store.standings(open_only=True)]
    assert store.standings(company="another") == []
    assert len(store.standings(person="me", company="bilderfang")) == 4


def test_standings_are_computed_anew_under_another_edition_of_the_law(
    path: Path, store: Store, make_request: MakeRequest
) -> None:
    reference = opened(store, make_request())
    store.record(reference, draft(EventType.SENT), [])
    before = store.standings()
    altered(path, "UPDATE standing SET edition = 'older', due = '1999-01-01'")
    assert store.standings() == before


# All or nothing --------------------------------------------------------------------------------


def test_an_illegal_event_leaves_nothing_behind(store: Store, make_request: MakeRequest) -> None:
    reference = opened(store, make_request(), LETTER)
    before = tables(store)
    proof = Document("answer.pdf", "application/pdf", b"%PDF- an answer that cannot have come")
    with pytest.raises(ConflictError):
        store.record(reference, draft(EventType.FULFILLED), [proof])
    assert tables(store) == before


def test_an_event_of_an_unknown_case_leaves_nothing_behind(store: Store) -> None:
    before = tables(store)
    with pytest.raises(NotFoundError):
        store.record("DSR-ZZZZ-ZZZZ", draft(EventType.SENT), [LETTER])
    assert tables(store) == before


def test_a_reference_cannot_be_used_twice(store: Store, make_request: MakeRequest) -> None:
    opened(store, make_request())
    before = tables(store)
    twin = replace(make_request(), data_subject=replace(make_request().data_subject, id="other"))
    with pytest.raises(UnavailableError):
        opened(store, twin, LETTER)
    assert tables(store) == before


def test_the_store_goes_on_after_a_refusal(store: Store, make_request: MakeRequest) -> None:
    reference = opened(store, make_request())
    with pytest.raises(ConflictError):
        store.record(reference, draft(EventType.FULFILLED), [])
    store.record(reference, draft(EventType.SENT), [])
    assert [event.seq for event in store.events(reference)] == [1, 2]


# The journal -----------------------------------------------------------------------------------


def test_every_fact_is_in_the_journal(store: Store, make_request: MakeRequest) -> None:
    reference = opened(store, make_request())
    store.record(reference, draft(EventType.SENT), [])
    journal = store.journal()
    assert [entry.position for entry in journal] == [1, 2, 3]
    events = [row[0] for row in store._all("SELECT content FROM event ORDER BY seq")]
    request = store._one("SELECT content FROM request")[0]
    assert [entry.content for entry in journal] == [request, *events]
    assert first_bad(journal) is None


@pytest.mark.parametrize(
    ("sql", "noticed_at"),
    [
        ("UPDATE journal SET content = replace(content, '03-02', '02-02') WHERE position = 3", 3),
        ("UPDATE journal SET digest = previous WHERE position = 2", 2),
        ("UPDATE journal SET reference = 'DSR-0000-0000' WHERE position = 1", 1),
        ("DELETE FROM journal WHERE position = 2", 3),
        ("DELETE FROM journal WHERE position = 1", 2),
    ],
)
def test_a_changed_or_missing_link_is_noticed(
    path: Path, store: Store, make_request: MakeRequest, sql: str, noticed_at: int
) -> None:
    reference = opened(store, make_request())
    store.record(reference, draft(EventType.SENT), [])
    store.record(reference, draft(EventType.NOTE, note="a note"), [])
    altered(path, sql)
    bad = first_bad(store.journal())
    assert bad is not None
    assert bad.position == noticed_at


@pytest.mark.parametrize("sql", ["UPDATE document SET content = x'00'", "DELETE FROM document"])
def test_an_altered_document_is_not_handed_out(
    path: Path, store: Store, make_request: MakeRequest, sql: str
) -> None:
    reference = opened(store, make_request(), LETTER)
    digest = store.events(reference)[0].documents[0].sha256
    altered(path, sql)
    with pytest.raises(UnavailableError) as caught:
        store.document(digest)
    assert caught.value.code == "document_damaged"


# Opening ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "key",
    [Key("00" * 32, is_raw=True), Key("a passphrase", is_raw=False), None],
    ids=["another key", "a passphrase", "no key"],
)
def test_nothing_but_its_key_opens_a_store(path: Path, store: Store, key: Key | None) -> None:
    store.close()
    content = path.read_bytes()
    with pytest.raises(UnavailableError) as caught:
        Store(path, key)
    assert caught.value.code == "wrong_key"
    assert path.read_bytes() == content


@pytest.mark.parametrize("passphrase", ["correct horse battery", "it's a 'quoted' \" passphrase"])
def test_a_passphrase_opens_what_it_closed(
    path: Path, make_request: MakeRequest, passphrase: str
) -> None:
    key = Key(passphrase, is_raw=False)
    first = Store(path, key)
    reference = opened(first, make_request())
    first.close()
    again = Store(path, key)
    assert again.request(reference) == make_request()
    again.close()
    with pytest.raises(UnavailableError):
        Store(path, Key(passphrase + "!", is_raw=False))


def test_a_store_is_plain_by_choice_only(path: Path, make_request: MakeRequest) -> None:
    plain = Store(path, None)
    reference = opened(plain, make_request())
    plain.close()
    assert path.read_bytes().startswith(b"SQLite format 3\0")
    assert raw(path, None).execute("SELECT reference FROM request").fetchone() == (reference,)
    with pytest.raises(UnavailableError):
        Store(path, KEY)


def test_nothing_of_the_content_can_be_read_in_the_files(
    path: Path, store: Store, make_request: MakeRequest
) -> None:
    request = make_request()
    opened(store, request, LETTER)
    store.record(request.reference, draft(EventType.SENT, note="ein Geheimnis"), [])
    said = [
        *(request.data_subject.name, "zaneta", *request.data_subject.address, "ein Geheimnis"),
        *(request.company.name, request.company.slug, "Sehr geehrte", request.reference),
        *("SQLite format 3", "CREATE TABLE", "lake.jpg"),
    ]
    while_open = [file.read_bytes() for file in path.parent.glob("record.db*")]
    store.close()
    for content in [*while_open, path.read_bytes()]:
        assert content
        for text in said:
            assert text.encode() not in content
            assert text.encode("utf-16-le") not in content
    assert len(while_open) > 1  # the write-ahead log was looked at, too


def test_a_store_of_a_newer_dsr_is_refused_and_left_alone(path: Path, store: Store) -> None:
    store.close()
    db = raw(path)
    db.execute(f"PRAGMA user_version = {schema_version() + 1}")
    db.close()
    with pytest.raises(UnavailableError) as caught:
        Store(path, KEY)
    assert caught.value.code == "newer_store"
    assert f"format {schema_version() + 1}" in caught.value.sentence
    assert raw(path).execute("PRAGMA user_version").fetchone() == (schema_version() + 1,)


@pytest.mark.parametrize("content", [b"not a database at all" * 400, os.urandom(8192)])
def test_another_file_is_no_store(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    with pytest.raises(UnavailableError) as caught:
        Store(path, KEY)
    assert caught.value.code == "wrong_key"
    assert path.read_bytes() == content


def test_a_damaged_store_is_named_as_such(
    path: Path, store: Store, make_request: MakeRequest
) -> None:
    reference = opened(store, make_request(), LETTER)
    store.close()
    content = bytearray(path.read_bytes())
    for place in range(4096 + 100, len(content), 4096):
        content[place] ^= 0xFF
    path.write_bytes(content)
    with pytest.raises(UnavailableError):
        Store(path, KEY).request(reference)


def test_a_place_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(UnavailableError) as caught:
        Store(tmp_path / "no" / "such" / "record.db", KEY)
    assert caught.value.code == "store_unreachable"


def test_a_writer_that_does_not_finish_is_named(
    path: Path, store: Store, make_request: MakeRequest
) -> None:
    reference = opened(store, make_request())
    other = raw(path)
    other.execute("BEGIN IMMEDIATE")
    store._db.execute("PRAGMA busy_timeout = 50")
    with pytest.raises(UnavailableError) as caught:
        store.record(reference, draft(EventType.SENT), [])
    assert caught.value.code == "store_busy"
    other.execute("ROLLBACK")
    store.record(reference, draft(EventType.SENT), [])


# Other processes -------------------------------------------------------------------------------

PREAMBLE = """
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from dsr.errors import UnavailableError
from dsr.secrets import Key
from dsr.tracker.events import Document, EventType
from dsr.tracker.store import EventDraft, Store

path, reference, name = Path(sys.argv[1]), sys.argv[2], sys.argv[3]

def note(text):
    return EventDraft(
        type=EventType.NOTE, on=date(2026, 3, 2), recorded_at=datetime.now(UTC), note=text
    )

def open_store():
    return Store(path, Key("5a" * 32, is_raw=True))
"""
APPEND_TWENTY = """
store = open_store()
print("ready", flush=True)
sys.stdin.readline()
for n in range(20):
    store.record(reference, note(f"{name}.{n}"), [])
"""
APPEND_FOR_EVER = """
store = open_store()
for n in range(1_000_000):
    paper = Document("paper", "text/plain", f"{name}.{n}".encode() * 4000)
    event = store.record(reference, note(f"{name}.{n}"), [paper] if n % 2 else [])
    print(event.note, flush=True)
"""
OPEN_AND_RECORD = f"""
import os
import sqlcipher3
import dsr.tracker.standing  # while the interpreter can still be read
import dsr.tracker.deadlines
if os.geteuid() == 0:  # whom permissions do not stop
    os.setgid({NOBODY})
    os.setuid({NOBODY})
try:
    store = open_store()
    store.record(reference, note("x"), [])
except UnavailableError as error:
    print(error.code)
else:
    print("written")
"""


def started(program: str, path: Path, reference: str, name: str = "") -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-c", PREAMBLE + program, str(path), reference, name],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def test_eight_processes_that_write_at_once_lose_nothing(
    path: Path, store: Store, make_request: MakeRequest
) -> None:
    reference = opened(store, make_request())
    writers = [started(APPEND_TWENTY, path, reference, f"w{n}") for n in range(8)]
    for writer in writers:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "ready\n"
    for writer in writers:
        assert writer.stdin is not None
        writer.stdin.write("go\n")
        writer.stdin.flush()
    for writer in writers:
        writer.communicate()
    assert [writer.returncode for writer in writers] == [0] * 8
    events = store.events(reference)
    assert {event.note for event in events[1:]} == {
        f"w{w}.{n}" for w in range(8) for n in range(20)
    }
    assert [event.seq for event in events] == list(range(1, 162))
    assert first_bad(store.journal()) is None
    assert len(store.journal()) == 162


def test_eight_processes_may_make_the_store_at_once(path: Path) -> None:
    program = "open_store().close()\nprint('made')"
    makers = [started(program, path, "", "") for _ in range(8)]
    assert [maker.communicate()[0] for maker in makers] == ["made\n"] * 8


def test_a_process_killed_while_writing_loses_nothing_it_confirmed(
    path: Path, make_request: MakeRequest
) -> None:
    first = Store(path, KEY)
    reference = opened(first, make_request())
    first.close()
    confirmed: list[str] = []
    for turn in range(25):
        writer = started(APPEND_FOR_EVER, path, reference, f"t{turn}")
        assert writer.stdout is not None
        lines = [writer.stdout.readline() for _ in range(1 + turn * 7 % 6)]
        sleep((turn * 11 % 17) / 2000)
        writer.kill()
        lines += writer.stdout.readlines()
        writer.communicate()
        confirmed += [line.strip() for line in lines if line.endswith("\n")]
        after = Store(path, KEY)
        assert first_bad(after.journal()) is None
        assert after._one("PRAGMA integrity_check") == ("ok",)
        notes = [event.note for event in after.events(reference)]
        assert [note for note in notes if note in confirmed] == confirmed
        after.close()
    kept = Store(path, KEY)
    events = kept.events(reference)
    assert [event.seq for event in events] == list(range(1, len(events) + 1))
    assert len(kept.journal()) == len(events) + 1
    papers = [record for event in events for record in event.documents]
    assert papers
    assert all(len(kept.document(paper.sha256)) == paper.size for paper in papers)
    kept.close()


def test_a_write_protected_store_is_named_and_unchanged(make_request: MakeRequest) -> None:
    with TemporaryDirectory() as place:
        path = Path(place) / "record.db"
        store = Store(path, KEY)
        reference = opened(store, make_request())
        store.close()
        content = path.read_bytes()
        path.chmod(0o444)
        Path(place).chmod(0o777)
        child = started(OPEN_AND_RECORD, path, reference)
        assert child.communicate()[0] == "store_readonly\n"
        assert path.read_bytes() == content
