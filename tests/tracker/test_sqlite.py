"""The record in an encrypted file: nothing readable without the key, no word lost."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from time import sleep
from typing import Any

import pytest
from sqlcipher3 import dbapi2

from dsr.errors import UnavailableError
from dsr.secrets import Key
from dsr.tracker.events import Document, EventType
from dsr.tracker.migrations import schema_version
from dsr.tracker.sqlite import SqliteEngine
from dsr.tracker.store import Store
from dsr.tracker.verification import verify
from tests.tracker.conftest import KEY, MakeRequest, draft, opened

LETTER = Document("letter.txt", "text/plain", b"Sehr geehrte Damen und Herren" * 40)
NOBODY = 65534


def in_file(path: Path, key: Key | None = KEY) -> Store:
    return Store(SqliteEngine(path, key), path.parent / "files")


def raw(path: Path, key: Key | None = KEY) -> Any:
    """The database itself, past dsr."""
    db = dbapi2.connect(str(path), isolation_level=None)
    if key:
        db.execute(f"PRAGMA key = \"x'{key.text}'\"")
    return db


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "record.db"


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    store = in_file(path)
    yield store
    store.close()


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
        in_file(path, key)
    assert caught.value.code == "wrong_key"
    assert path.read_bytes() == content


@pytest.mark.parametrize("passphrase", ["correct horse battery", "it's a 'quoted' \" passphrase"])
def test_a_passphrase_opens_what_it_closed(
    path: Path, make_request: MakeRequest, passphrase: str
) -> None:
    key = Key(passphrase, is_raw=False)
    first = in_file(path, key)
    reference = opened(first, make_request())
    first.close()
    again = in_file(path, key)
    assert again.request(reference) == make_request()
    again.close()
    with pytest.raises(UnavailableError):
        in_file(path, Key(passphrase + "!", is_raw=False))


def test_a_store_is_plain_by_choice_only(path: Path, make_request: MakeRequest) -> None:
    plain = in_file(path, None)
    reference = opened(plain, make_request())
    plain.close()
    assert path.read_bytes().startswith(b"SQLite format 3\0")
    assert raw(path, None).execute("SELECT reference FROM standing").fetchone() == (reference,)
    with pytest.raises(UnavailableError):
        in_file(path, KEY)


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
        in_file(path, KEY)
    assert caught.value.code == "newer_store"
    assert f"format {schema_version() + 1}" in caught.value.sentence
    assert raw(path).execute("PRAGMA user_version").fetchone() == (schema_version() + 1,)


@pytest.mark.parametrize("content", [b"not a database at all" * 400, os.urandom(8192)])
def test_another_file_is_no_store(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    with pytest.raises(UnavailableError) as caught:
        in_file(path, KEY)
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
        in_file(path, KEY).request(reference)


def test_a_file_that_went_while_it_was_open_is_missed_and_not_made_anew(
    path: Path, store: Store, make_request: MakeRequest
) -> None:
    opened(store, make_request())
    path.unlink()
    verdict = verify(store.engine, store.documents)
    assert verdict.problems == ("Something is wrong: the file record.db is gone.",)
    assert not path.exists()


def test_a_place_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(UnavailableError) as caught:
        in_file(tmp_path / "no" / "such" / "record.db", KEY)
    assert caught.value.code == "store_unreachable"


def test_a_writer_that_does_not_finish_is_named(
    path: Path, store: Store, make_request: MakeRequest
) -> None:
    reference = opened(store, make_request())
    other = raw(path)
    other.execute("BEGIN IMMEDIATE")
    store.engine.run("PRAGMA busy_timeout = 50")
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
from dsr.tracker.events import Document, EventDraft, EventType
from dsr.tracker.sqlite import SqliteEngine
from dsr.tracker.store import Store

path, reference, name = Path(sys.argv[1]), sys.argv[2], sys.argv[3]

def note(text):
    return EventDraft(
        type=EventType.NOTE, on=date(2026, 3, 2), recorded_at=datetime.now(UTC), note=text
    )

def open_store():
    return Store(SqliteEngine(path, Key("5a" * 32, is_raw=True)), path.parent / "files")
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
import dsr.tracker.assessment  # while the interpreter can still be read
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
    assert verify(store.engine, store.documents).ok


def test_eight_processes_may_make_the_store_at_once(path: Path) -> None:
    program = "open_store().close()\nprint('made')"
    makers = [started(program, path, "", "") for _ in range(8)]
    assert [maker.communicate()[0] for maker in makers] == ["made\n"] * 8


def test_a_process_killed_while_writing_loses_nothing_it_confirmed(
    path: Path, make_request: MakeRequest
) -> None:
    first = in_file(path, KEY)
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
        after = in_file(path, KEY)
        assert verify(after.engine, after.documents).ok
        assert after.engine.row("PRAGMA integrity_check") == ("ok",)
        notes = [event.note for event in after.events(reference)]
        assert [note for note in notes if note in confirmed] == confirmed
        after.close()
    kept = in_file(path, KEY)
    events = kept.events(reference)
    assert [event.seq for event in events] == list(range(1, len(events) + 1))
    papers = [record for event in events for record in event.documents]
    assert papers
    assert all(len(kept.document(paper.sha256)) == paper.size for paper in papers)
    kept.close()


def test_a_write_protected_store_is_named_and_unchanged(make_request: MakeRequest) -> None:
    with TemporaryDirectory() as place:
        path = Path(place) / "record.db"
        store = in_file(path, KEY)
        reference = opened(store, make_request())
        store.close()
        content = path.read_bytes()
        path.chmod(0o444)
        Path(place).chmod(0o777)
        child = started(OPEN_AND_RECORD, path, reference)
        assert child.communicate()[0] == "store_readonly\n"
        assert path.read_bytes() == content
