"""`dsr data backup` and `restore`: the whole record in one file, and back wherever it is wanted."""

import io
import json
import os
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing, redirect_stderr, redirect_stdout
from pathlib import Path
from shutil import copyfile, copytree

import keyring
import pytest

from dsr.cli.main import run
from tests.cli.conftest import MARKS, Family, Process, Refused, large_document, raw
from tests.conftest import ERIKA, Dsr, Result

Ok = Callable[..., Result]
Cases = dict[str, str]
SECRET = "open sesame, please"  # noqa: S105
BY = ("--backup-passphrase-file", "secret")


@pytest.fixture(scope="session")
def backup_once(family_once: Family, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Made once, since a passphrase is slow on purpose."""
    place = tmp_path_factory.mktemp("backup")
    home = copytree(family_once.home, place / "home")
    keyring.set_password("dsr", family_once.key_name, family_once.key)
    (place / "secret").write_text(SECRET)
    by = ("--backup-passphrase-file", str(place / "secret"))
    with redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
        assert run(["data", "backup", str(place / "backup"), *by, "--home", str(home)]) == 0
    return place / "backup"


@pytest.fixture
def backup(backup_once: Path, family: Cases) -> str:
    """A backup of three people's cases, by passphrase."""
    Path("secret").write_text(SECRET)
    copyfile(backup_once, "copy.backup")
    return "copy.backup"


def told(ok: Ok, cases: Cases) -> list[object]:
    """All that dsr says of the record."""
    runs = [("list",), ("people", "list"), *(("show", each) for each in cases.values())]
    return [ok(*run, "--json").data for run in runs]


def check_documents(ok: Ok, cases: Cases) -> None:
    """The large file of everybody comes back as it was."""
    for person, reference in cases.items():
        ok("show", reference, "--out", f"out-{person}")
        (kept,) = Path(f"out-{person}").glob("*.bin")
        assert kept.read_bytes() == large_document(person)


def be_elsewhere(home: Path) -> None:
    """Another computer: nothing of the home, nothing in the keyring."""
    home.rename(home.with_name("gone"))
    for name in ("backups", json.loads((home.with_name("gone") / "lock.json").read_text())["id"]):
        keyring.delete_password("dsr", name)


def test_a_record_comes_back_on_another_computer(
    ok: Ok, family: Cases, backup: str, fresh_home: Path
) -> None:
    before = told(ok, family)
    be_elsewhere(fresh_home)
    restored = ok("data", "restore", backup, *BY, "--json").data
    assert restored["aside"] is None
    assert told(ok, family) == before
    assert ok("verify", "--json").data["head"] == restored["head"]
    check_documents(ok, family)
    assert all(path.stat().st_mode & 0o077 == 0 for path in fresh_home.rglob("*"))
    # The mandate that is on file is enclosed again.
    letter = ("request", "pimeyes", "-t", "access", "--for", "wunibald", "--dry-run")
    assert "ENCLOSED: Mandate" in ok(*letter).stderr


def test_what_was_recorded_since_is_kept_aside(
    ok: Ok, dsr: Dsr, refused: Refused, family: Cases, backup: str, fresh_home: Path
) -> None:
    before = told(ok, family)
    ok("record", family["me"], "note", "--note", "of today")
    assert "--replace" in refused("data", "restore", backup, *BY, status=5)
    aside = Path(ok("data", "restore", backup, *BY, "--replace", "--json").data["aside"])
    assert told(ok, family) == before
    check_documents(ok, family)
    # It is a record of its own, with its large files.
    assert "of today" in ok("--home", str(aside), "show", family["me"]).stdout
    assert ok("--home", str(aside), "verify", "--json").data["ok"]


@pytest.mark.parametrize("harm", ["cut", "noise", "no record", "no lock", "no key", "bad lock"])
def test_a_damaged_record_is_brought_back(
    ok: Ok, dsr: Dsr, family: Cases, backup: str, fresh_home: Path, harm: str
) -> None:
    before = told(ok, family)
    record, lock = fresh_home / "record.db", fresh_home / "lock.json"
    match harm:
        case "cut":
            record.write_bytes(record.read_bytes()[:5000])
        case "noise":
            record.write_bytes(b"noise" * 9000)
        case "no record":
            record.unlink()
        case "no lock":
            lock.unlink()
        case "no key":
            keyring.delete_password("dsr", json.loads(lock.read_text())["id"])
        case "bad lock":
            lock.write_text("{")
    if harm != "no record":
        assert dsr("list").status == 6
        assert dsr("data", "restore", backup, *BY).status == 5
    ok("data", "restore", backup, *BY, "--replace")
    assert told(ok, family) == before
    check_documents(ok, family)


def test_the_key_of_backups_opens_them_on_this_computer_only(
    ok: Ok, refused: Refused, family: Cases, fresh_home: Path
) -> None:
    before = told(ok, family)
    assert "this computer only" in ok("data", "backup", "copy.backup").stderr
    ok("data", "restore", "copy.backup", "--replace")
    assert told(ok, family) == before
    keyring.delete_password("dsr", "backups")
    assert "another computer" in refused("data", "restore", "copy.backup", "--replace", status=6)


def test_a_backup_that_does_not_open_changes_nothing(
    refused: Refused, dsr: Dsr, ok: Ok, backup: str, fresh_home: Path
) -> None:
    Path("wrong").write_text("another passphrase")
    whole = Path(backup).read_bytes()
    Path("cut").write_bytes(whole[:-20_000])
    Path("flipped").write_bytes(whole[:-40_000] + bytes([whole[-40_000] ^ 1]) + whole[-39_999:])
    Path("other").write_text("not a backup")
    attempts = [
        *(("wrong", backup, 6), ("secret", "cut", 4), ("secret", "flipped", 4)),
        *(("secret", "other", 4), ("secret", "nowhere", 3), ("nowhere", backup, 6)),
    ]
    for passphrase, file, status in attempts:
        by = ("--backup-passphrase-file", passphrase)
        refused("data", "restore", file, *by, "--replace", status=status)
    be_elsewhere(fresh_home)
    for passphrase, file, status in attempts:
        by = ("--backup-passphrase-file", passphrase)
        assert dsr("data", "restore", file, *by).status == status
        assert not (fresh_home / "lock.json").exists()
        assert not (fresh_home / "record.db").exists()
    ok("data", "restore", backup, *BY)


def test_nothing_of_the_record_can_be_read_in_a_backup(backup_once: Path) -> None:
    content = backup_once.read_bytes()
    for mark in (word for words in MARKS.values() for word in words):
        assert mark.encode() not in content
    assert backup_once.stat().st_mode & 0o077 == 0


def test_a_backup_is_never_written_over_and_leaves_nothing_else(
    ok: Ok, refused: Refused, backup: str
) -> None:
    assert "already" in refused("data", "backup", backup, *BY, status=5)
    Path("short").write_text("short")
    refused("data", "backup", "x.backup", "--backup-passphrase-file", "short", status=4)
    refused("data", "backup", "no/such/place.backup", *BY, status=6)
    assert sorted(path.name for path in Path().iterdir()) == ["copy.backup", "secret", "short"]


def test_of_a_record_that_is_not_whole_there_is_no_backup(
    refused: Refused, family: Cases, fresh_home: Path
) -> None:
    with closing(raw(fresh_home)) as db:
        db.execute("UPDATE entry SET content = replace(content, 'Quendolin', 'Somebody')")
    Path("secret").write_text(SECRET)
    assert "dsr verify" in refused("data", "backup", "copy.backup", *BY, status=5)


def test_there_is_nothing_to_back_up_before_anything_was_recorded(refused: Refused) -> None:
    Path("secret").write_text(SECRET)
    refused("data", "backup", "copy.backup", *BY, status=6)


def test_what_people_wrote_themselves_comes_along(ok: Ok, family: Cases, fresh_home: Path) -> None:
    own = fresh_home / "templates" / "en" / "mine.toml"
    own.parent.mkdir(parents=True)
    own.write_text("# mine")
    Path("secret").write_text(SECRET)
    ok("data", "backup", "copy.backup", *BY)
    be_elsewhere(fresh_home)
    ok("data", "restore", "copy.backup", *BY)
    assert own.read_text() == "# mine"


WRITE = """
import sys
from dsr.cli.main import run
print("ready", flush=True)
for number in range(12):
    assert run(["record", sys.argv[1], "note", "--note", f"number {number}", "--quiet"]) == 0
"""


def test_a_backup_may_be_made_while_somebody_writes(
    process: Process, ok: Ok, fresh_home: Path
) -> None:
    Path("secret").write_text(SECRET)
    locked = ("--passphrase-file", "secret")
    made = process("request", "clearview", "-t", "access", *ERIKA, *locked, "--json")
    reference = json.loads(made.stdout)["data"][0]["reference"]
    command = [sys.executable, "-c", WRITE, reference]
    environment = {"DSR_PASSPHRASE_FILE": "secret"}
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, env={**os.environ, **environment}
    ) as writer:
        assert writer.stdout
        writer.stdout.readline()
        for number in range(2):
            ok("data", "backup", f"{number}.backup", *locked)
    assert writer.returncode == 0
    noted = []
    for number in range(2):
        home = ("--home", f"home-{number}")
        ok("data", "restore", f"{number}.backup", *BY, *locked, *home)
        assert ok("verify", *locked, *home, "--json").data["ok"]
        events = ok("show", reference, *locked, *home, "--json").data["events"][1:]
        assert [e["note"] for e in events] == [f"number {n}" for n in range(len(events))]
        noted.append(len(events))
    assert noted == sorted(noted)


# on a server -----------------------------------------------------------------------------------


@pytest.fixture
def server(postgres: str, fresh_home: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """From now on the record lies in a database, and large files in another place."""

    def use() -> None:
        monkeypatch.setenv("DSR_DATABASE_URL", postgres)
        monkeypatch.setenv("DSR_FILES", "large-files")

    return use


def test_a_record_moves_to_a_server_and_back(
    ok: Ok,
    dsr: Dsr,
    family: Cases,
    backup: str,
    server: Callable[[], None],
    monkeypatch: pytest.MonkeyPatch,
    fresh_home: Path,
) -> None:
    before, head = told(ok, family), ok("verify", "--json").data["head"]
    server()
    assert ok("list", "--json").data == []
    assert "database" in ok("data", "location").stdout
    ok("data", "restore", backup, *BY)
    assert told(ok, family) == before
    assert ok("verify", "--json").data["head"] == head
    check_documents(ok, family)
    ok("record", family["me"], "note", "--note", "at the server")
    ok("data", "backup", "server.backup", *BY)
    assert dsr("data", "restore", backup, *BY).status == 5
    aside = ok("data", "restore", backup, *BY, "--replace", "--json").data["aside"]
    assert "dsr_replaced_" in aside
    assert told(ok, family) == before
    monkeypatch.delenv("DSR_DATABASE_URL")
    monkeypatch.delenv("DSR_FILES")
    be_elsewhere(fresh_home)
    ok("data", "restore", "server.backup", *BY)
    assert "at the server" in ok("show", family["me"]).stdout
    assert ok("verify", "--json").data["ok"]
    check_documents(ok, family)


def test_a_restore_that_fails_leaves_the_server_as_it_was(
    ok: Ok, dsr: Dsr, family: Cases, backup: str, server: Callable[[], None], postgres: str
) -> None:
    psycopg = pytest.importorskip("psycopg")
    server()
    ok("data", "restore", backup, *BY)
    before = told(ok, family)
    whole = Path(backup).read_bytes()
    Path("cut").write_bytes(whole[:-20_000])
    Path("flipped").write_bytes(whole[:-40_000] + bytes([whole[-40_000] ^ 1]) + whole[-39_999:])
    for file in ("cut", "flipped"):
        assert dsr("data", "restore", file, *BY, "--replace").status == 4
        assert told(ok, family) == before
    with psycopg.connect(postgres) as db:
        schemas = db.execute("SELECT nspname FROM pg_namespace WHERE nspname LIKE 'dsr%'")
        assert schemas.fetchall() == [("dsr",)]
