"""What every test may use: a fresh home, a keyring that is no real one, dsr itself, a disk."""

import io
import json
import os
import signal
import subprocess
import sys
import types
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.errors import KeyringLocked

from dsr.cli.main import run
from tests.postgres import PostgresServer, postgres_if_any

ERIKA = ("--name", "Erika Mustermann", "--email", "erika@example.org", "--country", "DE")


class WorkingKeyring(KeyringBackend):
    """A keyring that keeps secrets, in memory."""

    priority = 5  # type: ignore[assignment]
    kept: dict[tuple[str, str], str]

    def get_password(self, service: str, username: str) -> str | None:
        return _KEPT.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        _KEPT[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        _KEPT.pop((service, username), None)


class LockedKeyring(WorkingKeyring):
    """A keyring that is there but does not open."""

    def get_password(self, service: str, username: str) -> str | None:
        raise KeyringLocked("locked")

    def set_password(self, service: str, username: str, password: str) -> None:
        raise KeyringLocked("locked")


# Whoever starts the tests in the background of a shell has Ctrl-C ignored, which children inherit.
signal.signal(signal.SIGINT, signal.default_int_handler)

_KEPT: dict[tuple[str, str], str] = {}
# dsr finds a store's keyring by the name of its class.
_module = types.ModuleType("dsr_test_keyrings")
for _class in (WorkingKeyring, LockedKeyring):
    _class.__module__ = _module.__name__
    setattr(_module, _class.__name__, _class)
sys.modules[_module.__name__] = _module


@dataclass(frozen=True)
class Result:
    """What one run of dsr came to."""

    status: int
    stdout: str
    stderr: str

    @property
    def data(self) -> Any:
        """The data of the JSON envelope."""
        return json.loads(self.stdout)["data"]


Dsr = Callable[..., Result]


@pytest.fixture(scope="session", autouse=True)
def nothing_set() -> None:
    """What the developer's shell says to dsr is not meant for what tests share either."""
    for name in list(os.environ):
        if name.startswith("DSR_") and not name.startswith("DSR_TEST_"):
            del os.environ[name]


@pytest.fixture(autouse=True)
def fresh_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Nothing of the developer's own is seen or touched."""
    home, here = tmp_path / "home", tmp_path / "here"
    here.mkdir()
    monkeypatch.setenv("DSR_HOME", str(home))
    monkeypatch.setenv("TZ", "UTC")
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    monkeypatch.delenv("COLUMNS", raising=False)
    monkeypatch.chdir(here)
    _KEPT.clear()
    keyring.set_keyring(WorkingKeyring())
    return home


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """A real PostgreSQL server."""
    with postgres_if_any() as server:
        if server is None:
            pytest.skip("PostgreSQL is not installed: apt-get install postgresql")
        yield server


@pytest.fixture
def postgres(postgres_server: PostgresServer) -> str:
    """The address of an empty database."""
    psycopg = pytest.importorskip("psycopg")
    with psycopg.connect(postgres_server.url, autocommit=True) as db:
        for (name,) in db.execute("SELECT nspname FROM pg_namespace WHERE nspname LIKE 'dsr%'"):
            db.execute(f"DROP SCHEMA {name} CASCADE")
    return postgres_server.url


@pytest.fixture
def dsr() -> Dsr:
    """Run dsr in this process, without a terminal: ``dsr("list", "--json")``."""

    def call(*arguments: str, stdin: str = "") -> Result:
        out, err = io.StringIO(), io.StringIO()
        before = sys.stdin
        sys.stdin = io.StringIO(stdin)
        try:
            with redirect_stdout(out), redirect_stderr(err):
                status = run(list(arguments))
        finally:
            sys.stdin = before
        return Result(int(status), out.getvalue(), err.getvalue())

    return call


@pytest.fixture
def requested(dsr: Dsr) -> Callable[..., str]:
    """Make a request and give its reference: ``requested("--type", "access")``."""

    def make(*options: str, company: str = "clearview") -> str:
        types_given = () if "--type" in options or "-t" in options else ("--type", "erasure")
        result = dsr("request", company, *types_given, *ERIKA, *options, "--json")
        assert result.status == 0, result.stderr
        reference: str = result.data[0]["reference"]
        return reference

    return make


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Callable[[str], Path]]:
    """A disk of its own, mounted with the given options, or mounted anew with others."""
    place = tmp_path / "disk"

    def mount(options: str) -> Path:
        again = "remount," if place.is_mount() else ""
        place.mkdir(exist_ok=True)
        command = ["mount", "-t", "tmpfs", "-o", again + options, "dsr-test", str(place)]
        try:
            subprocess.run(command, check=True, capture_output=True)
        except (OSError, subprocess.CalledProcessError):
            pytest.skip("mounting a small disk needs to be root on Linux")
        return place

    yield mount
    if place.is_mount():
        subprocess.run(["umount", "--lazy", str(place)], check=True)
