"""What the tests of the command line share: refusals, and real processes."""

import io
import json
import os
import subprocess
import sys
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from shutil import copytree

import keyring
import pytest

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
