"""Records of earlier forms: brought up to date whole or not at all, after a copy was kept."""

import json
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import keyring
import pytest
from sqlcipher3 import dbapi2

from dsr.errors import UnavailableError
from dsr.secrets import KeySources
from dsr.tracker import migrations
from dsr.tracker.events import ANSWERS, Event
from dsr.tracker.journal import Kind
from dsr.tracker.migrations import schema_version
from dsr.tracker.requests import Request
from dsr.tracker.store import Store
from dsr.tracker.verification import verify
from dsr.workflows.opening import RecordPlace, open_store

FIRST_FILE = Path(__file__).parent / "stores" / "schema-1.sql"
FIRST = FIRST_FILE.read_text("utf-8")
KEY = "5a" * 32
SECOND = FIRST_FILE.with_name("schema-2.sql").read_text("utf-8")  # the same, as brought up to date
PROTECTIONS = ("none", "keyring", "passphrase")
PASSPHRASE = "correct horse battery staple"  # noqa: S105
PRAGMAS = {"keyring": f"\"x'{KEY}'\"", "passphrase": f"'{PASSPHRASE}'"}
TABLES = ("person", "request", "event", "document", "journal", "standing")


def said(sql: str) -> dict[str, list[Any]]:
    """What the tables of the first form hold."""
    with closing(sqlite3.connect(":memory:")) as db:
        db.executescript(sql)
        return {name: db.execute(f"SELECT * FROM {name}").fetchall() for name in TABLES}  # noqa: S608


SAID = said(FIRST)


@pytest.fixture(params=PROTECTIONS)
def home(request: pytest.FixtureRequest, fresh_home: Path) -> Path:
    """A home with a record of the first form, plain or encrypted."""
    fresh_home.mkdir(mode=0o700)
    lock = {
        "id": "first",
        "protection": request.param,
        "keyring": "dsr_test_keyrings.WorkingKeyring",
    }
    (fresh_home / "lock.json").write_text(json.dumps(lock))
    keyring.set_password("dsr", "first", KEY)
    with closing(connected(fresh_home)) as db:
        db.execute("PRAGMA journal_mode = WAL")
        db.executescript(FIRST)
    return fresh_home


def connected(place: Path) -> Any:
    """The record in *place*, opened past dsr with the key that its lock names."""
    protection = json.loads((place / "lock.json").read_text())["protection"]
    db = dbapi2.connect(str(place / "record.db"), isolation_level=None)
    if protection in PRAGMAS:
        db.execute(f"PRAGMA key = {PRAGMAS[protection]}")
    return db


def held(place: Path) -> dict[str, list[Any]]:
    """What is in the tables of the first form."""
    with closing(connected(place)) as db:
        assert db.execute("PRAGMA user_version").fetchone() == (1,)
        return {name: db.execute(f"SELECT * FROM {name}").fetchall() for name in TABLES}  # noqa: S608


@pytest.fixture
def sources(tmp_path: Path) -> KeySources:
    file = tmp_path / "passphrase"
    file.write_text(PASSPHRASE)
    return KeySources(passphrase_file=file)


@pytest.fixture
def opened(home: Path, sources: KeySources) -> Iterator[Store]:
    with closing(open_store(RecordPlace(home), sources)) as store:
        yield store


def test_everything_of_the_first_form_is_there(opened: Store) -> None:
    people = {person.id: person.subject.as_json() for person in opened.people()}
    assert people == {name: json.loads(identity) for name, identity in SAID["person"]}
    for reference, person, company, made_on, content in SAID["request"]:
        request = opened.request(reference)
        assert request == Request.from_json(json.loads(content))
        assert (request.data_subject.id, request.company.slug) == (person, company)
        assert request.made_on.isoformat() == made_on
        events = [json.loads(text) for ref, _, text in SAID["event"] if ref == reference]
        assert opened.events(reference) == [Event.from_json(event) for event in events]
    for digest, content in SAID["document"]:
        assert opened.document(digest) == content
    standings = {case.reference: case for case in opened.standings(date(2026, 6, 30))}
    assert {
        (ref, case.phase.value, *map(text, (case.sent_on, case.due, case.due_lenient)))
        for ref, case in standings.items()
    } == {row[:5] for row in SAID["standing"]}


def text(day: date | None) -> str | None:
    return day and day.isoformat()


def test_the_journal_goes_on_from_the_first_form(opened: Store) -> None:
    verdict = verify(opened.engine, opened.documents)
    assert verdict.ok, (verdict.first_bad, verdict.problems)
    assert verdict.events == len(SAID["event"])
    first = next(opened.journal())
    assert first.kind == Kind.UPGRADED
    told = json.loads(first.content or "")
    assert (told["entries"], told["head"]) == (len(SAID["journal"]), SAID["journal"][-1][-1])


def test_the_record_as_it_was_is_kept(home: Path, opened: Store, sources: KeySources) -> None:
    copy = home / "backups" / "before-format-2"
    assert held(copy) == SAID
    assert {path.name for path in copy.iterdir()} >= {"record.db", "lock.json"}
    assert not [path for path in copy.iterdir() if path.name.endswith(".part")]
    assert all(path.stat().st_mode & 0o077 == 0 for path in (copy, *copy.iterdir()))
    # Whoever puts it back has the record of that time, and can bring it up to date anew.
    with closing(open_store(RecordPlace(copy), sources)) as again:
        assert len(again.standings(date(2026, 6, 30))) == len(SAID["request"])


def test_an_upgrade_is_told_once(home: Path, sources: KeySources) -> None:
    heard: list[str] = []
    for _ in range(2):
        open_store(RecordPlace(home), sources, heard.append).close()
    (sentence,) = heard
    assert "before-format-2" in sentence


class Killed(BaseException):
    """Stands for the end of the process."""


@pytest.mark.parametrize("place", ["before", "after"])
def test_an_upgrade_that_is_cut_short_changes_nothing(
    home: Path, sources: KeySources, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    whole = migrations._STEPS[1]

    def broken(engine: Any) -> None:
        if place == "after":
            whole(engine)
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(
            migrations, "_STEPS", (migrations._STEPS[0], broken, *migrations._STEPS[2:])
        )
        with pytest.raises(Killed):
            open_store(RecordPlace(home), sources)
    assert held(home) == SAID
    with closing(open_store(RecordPlace(home), sources)) as store:
        assert verify(store.engine, store.documents).ok
    assert held(home / "backups" / "before-format-2") == SAID


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE journal SET content = replace(content, '2026-02-06', '2026-02-05')",
        "DELETE FROM journal WHERE position = 3",
        "UPDATE journal SET digest = previous WHERE position = 9",
    ],
)
def test_a_record_that_does_not_hold_together_is_left_alone(
    home: Path, sources: KeySources, sql: str
) -> None:
    with closing(connected(home)) as db:
        db.execute(sql)
    before = held(home)
    with pytest.raises(UnavailableError) as caught:
        open_store(RecordPlace(home), sources)
    assert caught.value.code == "store_damaged"
    assert held(home) == before


def test_the_second_form_gets_its_list_anew_and_keeps_its_journal(
    fresh_home: Path, sources: KeySources
) -> None:
    fresh_home.mkdir(mode=0o700)
    lock = {"id": "second", "protection": "none", "keyring": "dsr_test_keyrings.WorkingKeyring"}
    (fresh_home / "lock.json").write_text(json.dumps(lock))
    with closing(connected(fresh_home)) as db:
        db.execute("PRAGMA journal_mode = WAL")
        db.executescript(SECOND)
        entries = db.execute("SELECT * FROM entry ORDER BY position").fetchall()
    with closing(open_store(RecordPlace(fresh_home), sources)) as store:
        assert store.engine.version() == schema_version()
        assert store.engine.rows("SELECT * FROM entry ORDER BY position") == entries
        assert verify(store.engine, store.documents).ok
        cases = store.standings(date(2026, 6, 30))
        assert len(cases) == len(SAID["request"])
        for case in cases:
            days = [e.on for e in store.events(case.reference) if e.type in ANSWERS]
            assert case.answered_on == (days[-1] if days else None)
    assert (fresh_home / "backups" / "before-format-3" / "record.db").exists()


def test_a_newer_record_is_refused_kindly(home: Path, sources: KeySources) -> None:
    with closing(connected(home)) as db:
        db.execute("PRAGMA user_version = 99")
    with pytest.raises(UnavailableError, match=r"newer dsr \(format 99") as caught:
        open_store(RecordPlace(home), sources)
    assert "Update dsr" in (caught.value.hint or "")
    assert not (home / "backups").exists()


OPEN = """
import sys
from contextlib import closing
from datetime import date
from pathlib import Path
from dsr.secrets import KeySources
from dsr.tracker.verification import verify
from dsr.workflows.opening import RecordPlace, open_store

print("ready", flush=True)
sys.stdin.readline()
for _ in range(3):
    store = open_store(RecordPlace(Path(sys.argv[1])), KeySources(Path(sys.argv[2])))
    with closing(store):
        assert verify(store.engine, store.documents).ok
        assert len(store.standings(date(2026, 6, 30))) == 3
"""


@pytest.mark.parametrize("home", ["none", "passphrase"], indirect=True)
def test_several_processes_may_upgrade_at_once(home: Path, sources: KeySources) -> None:
    command = [sys.executable, "-c", OPEN, str(home), str(sources.passphrase_file)]
    pipe = subprocess.PIPE
    started = [subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe) for _ in range(4)]
    for each in started:
        assert each.stdout
        assert each.stdout.readline() == b"ready\n"
    for each in started:
        assert each.stdin
        each.stdin.write(b"go\n")
        each.stdin.flush()
    ends = [each.communicate() for each in started]
    assert [each.returncode for each in started] == [0] * 4, ends
    assert held(home / "backups" / "before-format-2") == SAID
    with closing(open_store(RecordPlace(home), sources)) as store:
        upgraded = [entry for entry in store.journal() if entry.kind == Kind.UPGRADED]
        assert len(upgraded) == 1
        assert store.engine.version() == schema_version()


def test_a_fresh_record_needs_no_copy(fresh_home: Path, sources: KeySources) -> None:
    open_store(RecordPlace(fresh_home), sources).close()
    assert not (fresh_home / "backups").exists()
