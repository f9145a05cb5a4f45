"""Who must be alone with the record waits for the others, and they for it; nothing gets lost."""

import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from dsr.errors import UnavailableError
from dsr.tracker import occupancy
from dsr.tracker.occupancy import Occupancy
from dsr.tracker.sqlite import SqliteEngine
from dsr.tracker.store import Store
from dsr.tracker.verification import verify
from tests.tracker.conftest import KEY, MakeRequest, opened

PREAMBLE = """
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from dsr.secrets import Key
from dsr.tracker.events import EventDraft, EventType
from dsr.tracker.sqlite import SqliteEngine
from dsr.tracker.store import Store

path, reference, name = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
for n in range(12):
    store = Store(SqliteEngine(path, Key("5a" * 32, is_raw=True)), path.parent / "files")
"""
RECORD = """
    draft = EventDraft(
        type=EventType.NOTE, on=date(2026, 3, 2), recorded_at=datetime.now(UTC), note=f"{name}.{n}"
    )
    store.record(reference, draft)
    store.close()
    print(f"{name}.{n}", flush=True)
"""
WRITE_ANEW = """
    with store.engine.alone():
        store.engine.scrub()
    store.close()
"""


def started(program: str, path: Path, reference: str, name: str) -> "subprocess.Popen[str]":
    command = [sys.executable, "-c", PREAMBLE + program, str(path), reference, name]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def test_the_file_is_written_anew_while_others_record(
    tmp_path: Path, make_request: MakeRequest
) -> None:
    path = tmp_path / "record.db"
    with closing(Store(SqliteEngine(path, KEY), tmp_path / "files")) as store:
        reference = opened(store, make_request())
    work = [started(RECORD, path, reference, name) for name in "abc"]
    work += [started(WRITE_ANEW, path, reference, name) for name in "xy"]
    kept = {line for each in work for line in each.communicate()[0].split()}
    assert [each.returncode for each in work] == [0] * 5
    assert len(kept) == 36
    with closing(Store(SqliteEngine(path, KEY), tmp_path / "files")) as store:
        notes = {event.note for event in store.events(reference) if event.note}
        assert notes == kept
        assert verify(store.engine, store.documents).ok


def test_whoever_stays_in_the_record_is_named_and_nothing_is_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(occupancy, "WAIT", 0.1)
    path = tmp_path / "record.db"
    with closing(SqliteEngine(path, KEY)), closing(SqliteEngine(path, KEY)) as second:
        with pytest.raises(UnavailableError) as caught, second.alone():
            pytest.fail("it was not alone")
        assert caught.value.code == "store_busy"
        assert second.row("SELECT 1") == (1,)
    with Occupancy(path).alone(), pytest.raises(UnavailableError) as caught:
        SqliteEngine(path, KEY)
    assert caught.value.code == "store_busy"
    SqliteEngine(path, KEY).close()
