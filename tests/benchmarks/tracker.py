"""Measure the tracker with a million events: each thing next to the bare SQL that it rests on.

Usage: make bench, or .venv/bin/python tests/benchmarks/tracker.py [--small] [--cache DIR]

One process, in rounds in which each has its turn, so that whatever else the machine does falls on
all alike; a ratio is that of the medians.  The peer is a bare DB-API cursor on the same file or
server, with the same settings: it fetches the same columns of the same rows, inserts the same
bytes, hashes the same bytes.  The record is made up, and kept in DIR if that is given.
"""

import gc
import json
import os
import shutil
import subprocess
import sys
import tempfile
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

import click
import subjects
from large_record import KEY, TODAY, Extent, copy_to_server, decrypted, made
from sqlcipher3 import dbapi2

from dsr.cli.cases import _listed
from dsr.cli.main import OBJECTS_BETWEEN_COLLECTIONS
from dsr.cli.report_files import report_as_json
from dsr.cli.session import Session
from dsr.reports.reminder import report
from dsr.tracker.events import EventDraft, EventType
from dsr.tracker.index import COLUMNS, OPEN
from dsr.tracker.postgres import PostgresEngine
from dsr.tracker.sqlite import CACHE, SqliteEngine
from dsr.tracker.status import Status, status_on
from dsr.tracker.store import Store
from dsr.tracker.verification import verify
from tests.postgres import postgres_if_any

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
PYTHON = ROOT / ".venv/bin/python"
LIST_TARGET, RECORD_TARGET, VERIFY_TARGET, ENCRYPTED_TARGET = 1.5, 2.0, 2.0, 1.6
GROWTH_TARGET = 1.15  # times the time without closed cases
MEMORY_TARGET = 1.2  # times the memory with a tenth of the events
FULL, SMALL = 200_000, 20_000  # cases
OPEN_SHARE = 0.15
FEW_OPEN = 100  # one case in so many is open where the number of closed ones is to make no odds
RECORDED = 50  # events in a round
SLOW = "export"  # half a million files take a while: only if it is asked for

LATE = ("phase = 'waiting' AND due_lenient < ?", (TODAY.isoformat(),))
UNFINISHED = (f"phase IN ({', '.join('?' * len(OPEN))})", tuple(s.value for s in OPEN))
PEOPLE = 10_000
ORDER = " ORDER BY due IS NULL, due, made_on, reference"


@dataclass
class Pair:
    """What dsr does and what it is measured against; the seconds that each round of both took."""

    name: str
    ours: Callable[[], object]
    bare: Callable[[], object]
    target: float | None = None
    seconds: tuple[list[float], list[float]] = field(default_factory=lambda: ([], []))

    def measure(self, rounds: int) -> None:
        """Let both have their turn, once to warm up and then *rounds* times."""
        for number in range(-1, rounds):
            for work, kept in zip((self.ours, self.bare), self.seconds, strict=True):
                start = perf_counter()
                work()
                if number >= 0:
                    kept.append(perf_counter() - start)
        ours, bare = (median(each) for each in self.seconds)
        ratio, best = ours / bare, min(self.seconds[0]) / min(self.seconds[1])
        reached = "yes" if self.target and ratio <= self.target else "NO"
        wanted = f"≤ {self.target:.2f}: {reached}" if self.target else "–"
        click.echo(
            f"{self.name:<52} {ours * 1000:9.2f} ms  {bare * 1000:9.2f} ms  "
            f"ratio {ratio:5.2f} (of the fastest {best:5.2f})  target {wanted}"
        )


class Bare:
    """A connection without dsr, with the same settings."""

    def __init__(self, db: Any, sign: str = "?") -> None:
        self._db, self._sign = db, sign

    @classmethod
    def file(cls, path: Path, *, encrypted: bool = True) -> "Bare":
        """A file, opened as dsr opens its own."""
        db = dbapi2.connect(str(path), isolation_level=None)
        if encrypted:
            db.execute(f"PRAGMA key = \"x'{KEY.text}'\"")
        for setting in ("journal_mode = WAL", "synchronous = FULL", f"cache_size = -{CACHE}"):
            db.execute(f"PRAGMA {setting}")
        return cls(db)

    @classmethod
    def server(cls, url: str) -> "Bare":
        """A connection of its own to the server."""
        import psycopg

        return cls(psycopg.connect(url, autocommit=True, options="-c search_path=dsr"), "%s")

    def fetched(self, where: str, values: tuple[object, ...]) -> list[Any]:
        """The rows that a list shows, in its order."""
        found: list[Any] = self._run(
            f"SELECT {COLUMNS} FROM standing WHERE {where}{ORDER}",  # noqa: S608
            values,
        ).fetchall()
        return found

    def define(self) -> None:
        """Make the plain table that takes what an event takes."""
        self._run("DROP TABLE IF EXISTS plain")
        self._run("CREATE TABLE plain (kind TEXT, subject TEXT, salt TEXT, said TEXT, digest TEXT)")

    def insert(self, rows: list[tuple[str, ...]]) -> None:
        """Insert each row in a transaction of its own."""
        for row in rows:
            self._run("BEGIN")
            self._run("INSERT INTO plain VALUES (?, ?, ?, ?, ?)", row)
            self._run("COMMIT")

    def hashed(self) -> None:
        """Read every row and hash the bytes that dsr hashes, in the same portions."""
        previous = "0" * 64
        entries = "SELECT kind, subject, salt, content, digest FROM entry ORDER BY position"
        for kind, subject, salt, content, digest in self._stream(entries):
            said = sha256(f"{salt}\n{kind}\n{subject}\n{content}".encode()).hexdigest()
            sha256(f"{previous}\n{said}".encode()).hexdigest()
            previous = digest
        for row in self._stream("SELECT content FROM document"):
            sha256(row[0]).hexdigest()
        for row in self._stream(f"SELECT {COLUMNS}, check_sum FROM standing"):  # noqa: S608
            sha256("\n".join(map(str, row[:-1])).encode()).hexdigest()

    def _run(self, sql: str, values: tuple[object, ...] = ()) -> Any:
        return self._db.execute(sql.replace("?", self._sign), values)

    def _stream(self, sql: str) -> Iterator[Any]:
        if self._sign == "?":
            yield from self._db.execute(sql)
            return
        with self._db.transaction(), self._db.cursor(name="bare") as cursor:
            cursor.itersize = 2000
            cursor.execute(sql)
            yield from cursor

    def close(self) -> None:
        """Let go of it."""
        self._db.close()


def main() -> None:
    options = _options()
    gc.set_threshold(OBJECTS_BETWEEN_COLLECTIONS)  # as dsr does
    with ExitStack() as opened:
        cache = options.cache or Path(opened.enter_context(tempfile.TemporaryDirectory()))
        cache.mkdir(parents=True, exist_ok=True)
        scratch = Path(opened.enter_context(tempfile.TemporaryDirectory(dir=cache)))
        extent = Extent(cases=options.cases, open=int(options.cases * OPEN_SHARE))
        start = perf_counter()
        path = made(cache, extent)
        click.echo(
            f"{extent.cases:,} cases with {extent.cases * 5:,} events, {extent.open:,} cases open; "
            f"{path.stat().st_size / 1e6:,.0f} MB, made in {perf_counter() - start:.0f} s; "
            f"load {os.getloadavg()[0]:.1f}"
        )
        for name in options.only or [name for name in SECTIONS if name != SLOW]:
            SECTIONS[name](options, path, scratch)


def _options() -> Namespace:
    parser = ArgumentParser(description="Measure the tracker against bare SQL.")
    parser.add_argument("--cache", type=Path, metavar="DIR", help="where the record is kept")
    parser.add_argument("--cases", type=int, default=FULL, metavar="N", help=f"default: {FULL}")
    parser.add_argument("--small", action="store_const", const=SMALL, dest="cases",
                        help=f"{SMALL} cases")  # fmt: skip
    parser.add_argument("--rounds", type=int, default=11, metavar="N", help="default: 11")
    parser.add_argument("--slow-rounds", type=int, default=3, metavar="N",
                        help="of what takes long (3)")  # fmt: skip
    parser.add_argument("--only", nargs="+", choices=SECTIONS, help="only these sections")
    return parser.parse_args()


# Sections ---------------------------------------------------------------------------------------


def _in_file(options: Namespace, path: Path, scratch: Path) -> None:
    click.echo("\nOn an encrypted file, against bare SQL on the same file")
    copied = shutil.copy(path, scratch / "record.db")
    with (
        closing(Store(SqliteEngine(copied, KEY), scratch / "files")) as store,
        closing(Bare.file(copied)) as bare,
        closing(Bare.file(scratch / "bare.db")) as plain,
    ):
        _against_bare(options, store, bare, plain)


def _one_of_many(options: Namespace, path: Path, scratch: Path) -> None:
    """`dsr list` of one person; the index alone says whose a case is, which is all it reads."""
    click.echo(f"\nThe cases of one person among {PEOPLE:,}, against bare SQL on the same file")
    copied = shutil.copy(path, scratch / "people.db")
    with (
        closing(Store(SqliteEngine(copied, KEY), scratch / "files")) as store,
        closing(Bare.file(copied)) as bare,
    ):
        person = f"client-{PEOPLE // 2}"
        with store.engine.transaction():
            store.engine.run(f"UPDATE standing SET person = 'client-' || (rowid % {PEOPLE})")  # noqa: S608
        count = len(bare.fetched("person = ?", (person,)))
        if count != len(store.standings(TODAY, person=person)) or not count:
            raise RuntimeError("The bare SQL finds other rows than dsr; the two do not compare")
        Pair(
            f"list --for one of them, {count} rows",
            lambda: store.standings(TODAY, person=person),
            lambda: bare.fetched("person = ?", (person,)),
            LIST_TARGET,
        ).measure(options.rounds * 20)


def _on_server(options: Namespace, path: Path, scratch: Path) -> None:
    with postgres_if_any() as server:
        if server is None:
            click.echo("\nPostgreSQL is not installed here, and is not measured.", err=True)
            return
        click.echo("\nOn PostgreSQL, against bare SQL on the same server")
        copy_to_server(path, server.url)
        with (
            closing(Store(PostgresEngine(server.url), scratch / "files")) as store,
            closing(Bare.server(server.url)) as bare,
        ):
            _against_bare(options, store, bare, bare)


def _against_bare(options: Namespace, store: Store, bare: Bare, plain: Bare) -> None:
    for pair in _lists(store, bare):
        pair.measure(options.rounds)
    _recording(store, plain).measure(options.rounds)
    Pair("verify", _verified(store), bare.hashed, VERIFY_TARGET).measure(options.slow_rounds)


def _lists(store: Store, bare: Bare) -> list[Pair]:
    late, unfinished = store.standings(TODAY, statuses=[Status.OVERDUE]), _reported(store)
    if [len(late), len(unfinished)] != [len(bare.fetched(*LATE)), len(bare.fetched(*UNFINISHED))]:
        raise RuntimeError("The bare SQL finds other rows than dsr; the two do not compare")
    session, made_report = Session(as_of=TODAY), report(unfinished, TODAY)
    return [
        Pair(
            f"list --status overdue, {len(late):,} rows",
            lambda: store.standings(TODAY, statuses=[Status.OVERDUE]),
            lambda: bare.fetched(*LATE),
            LIST_TARGET,
        ),
        Pair(
            "  what the command makes of them, as JSON text",
            lambda: _json(
                [_listed(session, c, status_on(TODAY, c.phase, c.due_lenient).value) for c in late]
            ),
            lambda: bare.fetched(*LATE),
        ),
        Pair(
            f"report, {len(unfinished):,} rows",
            lambda: report(_reported(store), TODAY),
            lambda: bare.fetched(*UNFINISHED),
            LIST_TARGET,
        ),
        Pair(
            "  what the command makes of them, as JSON text",
            lambda: _json(report_as_json(made_report)),
            lambda: bare.fetched(*UNFINISHED),
        ),
    ]


def _reported(store: Store) -> list[Any]:
    return store.standings(TODAY, statuses=OPEN)


def _json(data: object) -> str:
    return json.dumps(data, ensure_ascii=False, indent=2, default=str)


def _recording(store: Store, plain: Bare) -> Pair:
    waiting = [case.reference for case in store.standings(TODAY, statuses=[Status.OVERDUE])]
    turn = iter(waiting * 20)
    bytes_of = "SELECT kind, subject, salt, content, digest FROM entry ORDER BY position DESC"
    draft = EventDraft(
        type=EventType.NOTE, on=TODAY, recorded_at=subjects.NOW, note="They rang again."
    )

    def ours() -> None:
        for _ in range(RECORDED):
            store.record(next(turn), draft)

    plain.define()
    ours()
    rows = store.engine.rows(f"{bytes_of} LIMIT {RECORDED}")
    return Pair(
        f"record, {RECORDED} events, each with its commit",
        ours,
        lambda: plain.insert(rows),
        RECORD_TARGET,
    )


def _verified(store: Store) -> Callable[[], None]:
    def check() -> None:
        if not verify(store.engine, store.documents).ok:
            raise RuntimeError("The record that was made for this benchmark is not whole")

    return check


def _encryption(options: Namespace, path: Path, scratch: Path) -> None:
    click.echo("\nOn an encrypted file, against one that is not")
    locked = shutil.copy(path, scratch / "locked.db")
    legible = shutil.copy(decrypted(path), scratch / "legible.db")
    with (
        closing(Store(SqliteEngine(locked, KEY), scratch / "files")) as ours,
        closing(Store(SqliteEngine(legible, None), scratch / "files")) as other,
        closing(Bare.file(scratch / "unused.db")) as unused,
    ):
        pairs = zip(
            [*_lists(ours, Bare.file(locked))[::2], _recording(ours, unused)],
            [*_lists(other, Bare.file(legible, encrypted=False))[::2], _recording(other, unused)],
            strict=True,
        )
        for one, two in pairs:
            Pair(one.name, one.ours, two.ours, ENCRYPTED_TARGET).measure(options.rounds)
        verifying = Pair("verify", _verified(ours), _verified(other), ENCRYPTED_TARGET)
        verifying.measure(options.slow_rounds)


def _growth(options: Namespace, path: Path, scratch: Path) -> None:
    few = options.cases // FEW_OPEN
    click.echo(f"\nWith {few:,} open cases, against the same without any closed ones")
    with ExitStack() as opened:
        stores = [
            opened.enter_context(
                closing(
                    Store(
                        SqliteEngine(made(path.parent, Extent(cases=cases, open=few)), KEY),
                        scratch / "files",
                    )
                )
            )
            for cases in (few, few + options.cases // 4, options.cases)
        ]
        for closed, store in ((options.cases // 4, stores[1]), (options.cases - few, stores[2])):
            for name, work in (
                ("list --status overdue", lambda s: s.standings(TODAY, statuses=[Status.OVERDUE])),
                ("report", lambda s: report(_reported(s), TODAY)),
            ):
                Pair(
                    f"{name}, beside {closed:,} closed cases",
                    lambda work=work, store=store: work(store),
                    lambda work=work: work(stores[0]),
                    GROWTH_TARGET,
                ).measure(options.rounds)


def _memory(options: Namespace, path: Path, scratch: Path) -> None:
    _peaks(options, path, scratch, ("nothing", "verify", "list", "backup"))


def _export(options: Namespace, path: Path, scratch: Path) -> None:
    _peaks(options, path, scratch, ("export",))


def _peaks(options: Namespace, path: Path, scratch: Path, works: tuple[str, ...]) -> None:
    click.echo("\nThe most memory a process held, against that with a tenth of the events")
    tenth = options.cases // 10
    less = made(path.parent, Extent(cases=tenth, open=int(tenth * OPEN_SHARE)))
    environment = subjects.clean_environment(scratch)
    environment["PYTHONPATH"] = os.environ.get("PYTHONPATH", "")
    for work in works:
        held = []
        for file in (less, path):
            with tempfile.TemporaryDirectory(dir=scratch) as own:
                copied = shutil.copy(file, Path(own) / "record.db")
                command = [sys.executable, HERE / "tracker_memory.py", work, copied, own]
                done = subprocess.run(
                    command, env=environment, capture_output=True, text=True, check=True
                )
                held.append(int(done.stdout) / 1024)
        ratio = held[1] / held[0]
        reached = "yes" if ratio <= MEMORY_TARGET else "NO"
        click.echo(
            f"{work:<52} {held[1]:9.0f} MB  {held[0]:9.0f} MB  "
            f"ratio {ratio:5.2f}  target ≤ {MEMORY_TARGET:.2f}: {reached}"
        )


def _processes(options: Namespace, path: Path, scratch: Path) -> None:
    """`dsr list` and `dsr report` as whole processes, the key in a real keyring."""
    click.echo("\nWhole processes, against Python with nothing but sqlcipher3")
    environment = subjects.clean_environment(scratch)
    environment["PYTHONPATH"] = os.environ.get("PYTHONPATH", "")
    with subjects.system_keyring(environment) as keyring:
        if keyring is None:
            click.echo("No gnome-keyring here: whole processes are not measured.", err=True)
            return
        home = scratch / "home"
        with subjects.environment_of_this_process(keyring):
            subjects.lock_with_keyring(home, KEY)
        shutil.copy(path, home / "record.db")
        own = {**environment, **keyring, "DSR_HOME": str(home)}
        bare = [sys.executable, HERE / "bare_sqlcipher.py", home / "record.db", KEY.text]
        ours = [sys.executable, "-m", "dsr", "--as-of", TODAY.isoformat()]
        for name, words, (where, values) in (
            ("dsr list --status overdue --json", ["list", "--status", "overdue", "--json"], LATE),
            ("dsr report --format json", ["report", "--format", "json"], UNFINISHED),
        ):
            sql = f"SELECT {COLUMNS} FROM standing WHERE {where}{ORDER}"  # noqa: S608
            Pair(
                name,
                lambda words=words: _run([*ours, *words], own),
                lambda sql=sql, values=values: _run([*bare, sql, *values], own),
            ).measure(options.rounds)


def _run(command: list[Any], environment: dict[str, str]) -> None:
    subprocess.run(command, env=environment, stdout=subprocess.DEVNULL, check=True)


SECTIONS: dict[str, Callable[[Namespace, Path, Path], None]] = {
    "file": _in_file,
    "person": _one_of_many,
    "server": _on_server,
    "encryption": _encryption,
    "growth": _growth,
    "processes": _processes,
    "memory": _memory,
    SLOW: _export,
}

if __name__ == "__main__":
    main()
