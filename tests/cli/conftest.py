"""What the tests of the command line share: refusals, and real processes."""

import io
import json
import os
import random
import subprocess
import sys
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from shutil import copytree
from typing import Any

import keyring
import pytest
from sqlcipher3 import dbapi2

from dsr.cli.main import run
from tests.conftest import ERIKA, Dsr, Result, WorkingKeyring

OnDisk = Callable[[], dict[str, bytes]]
Refused = Callable[..., str]
Process = Callable[..., Result]


@pytest.fixture
def on_disk(tmp_path: Path) -> OnDisk:
    """Every file below this test's directory, by its path."""

    def look() -> dict[str, bytes]:
        files = (path for path in tmp_path.rglob("*") if path.is_file())
        return {str(path.relative_to(tmp_path)): path.read_bytes() for path in files}

    return look


def assert_one_sentence(stderr: str) -> None:
    """An error is one sentence, and at most one indented line that says what to do."""
    first, *rest = stderr.splitlines()
    assert first.startswith("Error: "), stderr
    assert first.endswith((".", "?")), stderr
    assert len(rest) <= 1, stderr
    assert all(line.startswith("  ") for line in rest), stderr
    assert "Traceback" not in stderr


@pytest.fixture
def refused(dsr: Dsr, on_disk: OnDisk, capfd: pytest.CaptureFixture[str]) -> Refused:
    """Run dsr, expect one sentence and nothing changed on disk; what it said."""

    def call(*arguments: str, status: int, stdin: str = "") -> str:
        before = on_disk()
        result = dsr(*arguments, stdin=stdin)
        assert_one_sentence(result.stderr)
        assert result.status == status, result.stderr
        assert result.stdout == ""
        assert on_disk() == before
        assert capfd.readouterr().err == "", "a library wrote to stderr past dsr"
        return result.stderr

    return call


@pytest.fixture
def passphrase_file(tmp_path: Path) -> Path:
    """A file with a passphrase, outside of the home."""
    path = tmp_path / "passphrase"
    path.write_text("correct horse battery staple\n")
    return path


@pytest.fixture
def process() -> Process:
    """Run dsr as a process of its own, without a terminal and without a keyring."""

    def call(*arguments: str, stdin: bytes = b"", **environment: str) -> Result:
        done = subprocess.run(
            [sys.executable, "-m", "dsr", *arguments],
            input=stdin,
            capture_output=True,
            timeout=60,
            check=False,
            env={
                **os.environ,
                "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
                **environment,
            },
        )
        return Result(done.returncode, done.stdout.decode(), done.stderr.decode())

    return call


@dataclass(frozen=True)
class Kept:
    """A home with one request that was sent on Friday 20 November 2026, and its key."""

    home: Path
    name: str
    key: str
    reference: str


@pytest.fixture(scope="session")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Kept:
    """Made once, since a letter takes most of a second; tests work on copies."""
    place = tmp_path_factory.mktemp("kept")
    everywhere = ("--home", str(place / "home"), "--as-of", "2026-11-20", "--json")
    keyring.set_keyring(WorkingKeyring())
    made = io.StringIO()
    erasure = ("request", "clearview", "--type", "erasure", "--out", str(place), *ERIKA)
    with redirect_stdout(made), redirect_stderr(io.StringIO()):
        assert run([*erasure, *everywhere]) == 0
        reference = json.loads(made.getvalue())["data"][0]["reference"]
        assert run(["record", reference, "sent", *everywhere]) == 0
    name = json.loads((place / "home" / "lock.json").read_text())["id"]
    return Kept(place / "home", name, keyring.get_password("dsr", name) or "", reference)


@pytest.fixture
def reference(kept: Kept, fresh_home: Path) -> str:
    """A request that was sent on Friday 20 November 2026."""
    copytree(kept.home, fresh_home)
    keyring.set_password("dsr", kept.name, kept.key)
    return kept.reference


@pytest.fixture
def lock(fresh_home: Path) -> Callable[..., dict[str, str]]:
    """What lock.json says; with values given, after changing it to them."""

    def read(**changes: str) -> dict[str, str]:
        path = fresh_home / "lock.json"
        table: dict[str, str] = {**json.loads(path.read_text()), **changes}
        path.write_text(json.dumps(table))
        return table

    return read


@pytest.fixture
def ok(dsr: Dsr) -> Process:
    """Run dsr and expect it to work."""

    def call(*arguments: str, stdin: str = "") -> Result:
        result = dsr(*arguments, stdin=stdin)
        assert result.status == 0, result.stderr
        return result

    return call


# Words that stand for a person wherever they appear: name, e-mail, street, a note, a file.
MARKS = {
    "me": ("Quendolin", "quendolin@zauber.example", "Krummbogen 71", "Nebelnotiz", "Traumblatt"),
    "xaveria": ("Xaveria", "xaveria@pfeffer.example", "Distelweg 8", "Salznotiz", "Moosblatt"),
    "wunibald": ("Wunibald", "wunibald@kranich.example", "Eulenhof 2", "Stelznotiz", "Laubblatt"),
}
SHARED = b"The same page of a newspaper, attached by two people."
LARGE = 2 * 1024 * 1024  # bytes; more than the database takes


@dataclass(frozen=True)
class Family:
    """A home with three people, each with a sent and answered request; the third is a client."""

    home: Path
    key_name: str
    key: str
    cases: dict[str, str]


def large_document(person: str) -> bytes:
    """A large file of a person, which does not compress away."""
    return (MARKS[person][4].encode() + random.Random(person).randbytes(LARGE))[:LARGE]  # noqa: S311


@pytest.fixture(scope="session")
def family_once(tmp_path_factory: pytest.TempPathFactory) -> Family:
    """Made once, since letters take their time; tests work on copies."""
    place = tmp_path_factory.mktemp("family")
    home, cases = place / "home", {}
    keyring.set_keyring(WorkingKeyring())

    def run_there(*arguments: str) -> str:
        out, err = io.StringIO(), io.StringIO()
        with redirect_stdout(out), redirect_stderr(err):
            status = run([*arguments, "--home", str(home), "--as-of", "2026-11-24", "--json"])
        assert status == 0, err.getvalue()
        return out.getvalue()

    (place / "shared.txt").write_bytes(SHARED)
    (place / "signed.pdf").write_bytes(b"%PDF-1.4 " + MARKS["wunibald"][4].encode())
    for person, (name, email, street, note, _) in MARKS.items():
        role = "client" if person == "wunibald" else "self"
        run_there("people", "add", person, "--role", role, "--name", f"{name} Beispiel",
                  "--email", email, "--address", street, "--country", "DE")  # fmt: skip
        if role == "client":
            run_there("people", "mandate", person, str(place / "signed.pdf"))
        made = run_there(
            "request", "clearview", "-t", "access", "--for", person, "--out", str(place)
        )
        cases[person] = json.loads(made)["data"][0]["reference"]
        run_there("record", cases[person], "sent", "--on", "2026-11-20", "--note", note)
        (place / f"{note}.bin").write_bytes(large_document(person))
        files = ["--attach", str(place / f"{note}.bin")]
        if person != "wunibald":
            files += ["--attach", str(place / "shared.txt")]
        run_there("record", cases[person], "partly-fulfilled", "--on", "2026-11-23", *files)
    name = json.loads((home / "lock.json").read_text())["id"]
    return Family(home, name, keyring.get_password("dsr", name) or "", cases)


@pytest.fixture
def family(family_once: Family, fresh_home: Path) -> dict[str, str]:
    """Three people's cases in the home, by person."""
    copytree(family_once.home, fresh_home)
    keyring.set_password("dsr", family_once.key_name, family_once.key)
    return family_once.cases


def raw(home: Path) -> Any:
    """The record in *home*, opened past dsr with its key."""
    lock = json.loads((home / "lock.json").read_text())
    db = dbapi2.connect(str(home / "record.db"), isolation_level=None)
    if lock["protection"] == "keyring":
        db.execute(f"PRAGMA key = \"x'{keyring.get_password('dsr', lock['id'])}'\"")
    return db


def in_tables(db: Any, names: str = "SELECT name FROM sqlite_master WHERE type = 'table'") -> bytes:
    """Every value in every table of a database, as bytes."""
    rows = [row for (table,) in db.execute(names).fetchall()
            for row in db.execute(f"SELECT * FROM {table}").fetchall()]  # noqa: S608  # fmt: skip
    return b"\n".join(v if isinstance(v, bytes) else str(v).encode() for row in rows for v in row)
