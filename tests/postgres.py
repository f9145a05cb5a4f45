"""A real PostgreSQL server of one's own, for as long as it is needed."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from shutil import chown, rmtree, which
from tempfile import mkdtemp
from typing import Any


@dataclass(frozen=True)
class PostgresServer:
    """A real server of our own, in a directory of its own."""

    binaries: Path
    place: Path
    user: dict[str, Any]  # it refuses to run as root

    @property
    def url(self) -> str:
        """The address of its database."""
        return f"postgresql:///postgres?host={self.place}&user=dsr"

    def run(self, program: str, *words: str) -> None:
        """Run one of its programs on its data."""
        command = [self.binaries / program, "-D", str(self.place / "data"), *words]
        quiet: dict[str, Any] = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        subprocess.run(command, cwd=self.place, check=True, **quiet, **self.user)

    def start(self) -> None:
        """Start it, and wait until it answers."""
        settings = f"-k {self.place} -c listen_addresses= -c max_connections=60"
        self.run("pg_ctl", "start", "-w", "-o", settings, "-l", str(self.place / "log"))

    def stop(self, mode: str = "fast") -> None:
        """Stop it; with *mode* ``immediate`` as if its machine had crashed."""
        self.run("pg_ctl", "stop", "-m", mode)


@contextmanager
def postgres_if_any() -> Iterator[PostgresServer | None]:
    """A server that runs; None where PostgreSQL is not installed."""
    places = [Path(found).parent for found in [which("pg_ctl")] if found]
    places += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    binaries = next((place for place in places if (place / "initdb").exists()), None)
    if binaries is None:
        yield None
        return
    place = Path(mkdtemp(prefix="dsr-pg-"))  # the path of its socket must be short
    user: dict[str, Any] = {}
    if os.geteuid() == 0:
        user = {"user": "nobody", "group": "nogroup"}
        chown(place, "nobody", "nogroup")
    server = PostgresServer(binaries, place, user)
    setup = ("-U", "dsr", "-A", "trust", "-E", "UTF8", "--locale=C", "--data-checksums", "-N")
    server.run("initdb", *setup)
    server.start()
    try:
        yield server
    finally:
        server.stop()
        rmtree(place, ignore_errors=True)
