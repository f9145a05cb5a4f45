"""The record on a server: people at work at once, a client killed, a server that crashes."""

import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from dsr.errors import UnavailableError
from dsr.tracker.events import EventType
from dsr.tracker.migrations import schema_version
from dsr.tracker.postgres import PostgresEngine
from dsr.tracker.store import Store
from dsr.tracker.verification import verify
from tests.postgres import PostgresServer
from tests.tracker.conftest import MakeRequest, draft, opened

WRITE_FOR_EVER = """
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from dsr.tracker.events import Document, EventDraft, EventType
from dsr.tracker.postgres import PostgresEngine
from dsr.tracker.store import Store

url, reference, name = sys.argv[1:4]
store = Store(PostgresEngine(url), Path("files"))
for n in range(100_000):
    said = f"{name}.{n}"
    draft = EventDraft(
        type=EventType.NOTE, on=date(2026, 3, 2), recorded_at=datetime.now(UTC), note=said
    )
    papers = [Document("paper", "text/plain", said.encode() * 2000)] if n % 2 else []
    store.record(reference, draft, papers)
    print(said, flush=True)
"""


def started(url: str, reference: str, name: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-c", WRITE_FOR_EVER, url, reference, name],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )


def store_at(url: str, place: Path) -> Store:
    return Store(PostgresEngine(url), place / "files")


def confirmed(writer: "subprocess.Popen[str]", first: int) -> list[str]:
    """What a writer that is stopped meanwhile was told to be kept: whole lines only."""
    assert writer.stdout is not None
    lines = [writer.stdout.readline() for _ in range(first)]
    writer.kill()
    lines += writer.stdout.readlines()
    writer.communicate()
    return [line.strip() for line in lines if line.endswith("\n")]


def notes(store: Store, reference: str) -> list[str]:
    return [event.note for event in store.events(reference) if event.note]


def test_a_client_killed_while_writing_loses_nothing_it_confirmed(
    postgres: str, tmp_path: Path, make_request: MakeRequest
) -> None:
    with closing(store_at(postgres, tmp_path)) as store:
        reference = opened(store, make_request())
        kept: list[str] = []
        for turn in range(5):
            kept += confirmed(started(postgres, reference, f"t{turn}"), 2 + 3 * turn)
            store.record(reference, draft(EventType.NOTE, note=f"after {turn}"))
        said = notes(store, reference)
        assert [note for note in said if note in kept] == kept
        assert [event.seq for event in store.events(reference)] == list(range(1, len(said) + 2))
        assert verify(store.engine, store.documents).ok


def test_a_server_that_crashes_loses_nothing_it_confirmed(
    postgres: str, postgres_server: PostgresServer, tmp_path: Path, make_request: MakeRequest
) -> None:
    with closing(store_at(postgres, tmp_path)) as store:
        reference = opened(store, make_request())
    writers = [started(postgres, reference, name) for name in ("a", "b", "c")]
    for writer in writers:
        assert writer.stdout is not None
    first = [writer.stdout.readline().strip() for writer in writers if writer.stdout]
    postgres_server.stop("immediate")
    try:
        kept = first + [note for writer in writers for note in confirmed(writer, 0)]
        with pytest.raises(UnavailableError) as caught:
            store_at(postgres, tmp_path)
        assert caught.value.code == "database_unreachable"
    finally:
        postgres_server.start()
    with closing(store_at(postgres, tmp_path)) as store:
        assert set(kept) <= set(notes(store, reference))
        assert verify(store.engine, store.documents).ok
        store.record(reference, draft(EventType.SENT))


def test_a_lost_connection_is_said_in_a_sentence_and_nothing_half_is_kept(
    postgres: str, tmp_path: Path, make_request: MakeRequest
) -> None:
    with closing(store_at(postgres, tmp_path)) as store:
        reference = opened(store, make_request())
        with closing(PostgresEngine(postgres)) as other:
            other.rows(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'"
            )
        with pytest.raises(UnavailableError) as caught:
            store.record(reference, draft(EventType.SENT))
        assert caught.value.code == "database_unreachable"
    with closing(store_at(postgres, tmp_path)) as store:
        assert [event.type for event in store.events(reference)] == [EventType.PREPARED]


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://me:s3cret@127.0.0.1:1/none",
        "postgresql:///none?host=/nowhere&user=me&password=s3cret",
        "not an address s3cret",
        "",
    ],
)
def test_an_address_that_leads_nowhere_is_said_without_its_password(url: str) -> None:
    with pytest.raises(UnavailableError) as caught:
        PostgresEngine(url or "host=/nowhere")
    assert "s3cret" not in caught.value.sentence + (caught.value.hint or "")


def test_a_newer_record_is_refused_and_left_alone(postgres: str, tmp_path: Path) -> None:
    with closing(store_at(postgres, tmp_path)) as store, store.engine.transaction():
        store.engine.set_version(schema_version() + 1)
    with pytest.raises(UnavailableError) as caught:
        store_at(postgres, tmp_path)
    assert caught.value.code == "newer_store"
