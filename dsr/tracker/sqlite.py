"""The record as one SQLite file, encrypted by its key; what goes wrong is said in a sentence."""

import os
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from shutil import disk_usage
from time import sleep
from typing import Any, Final

from dsr.errors import UnavailableError
from dsr.paths import PRIVATE_FILE
from dsr.secrets import Key
from dsr.tracker.engine import Row, Values
from dsr.tracker.occupancy import Occupancy

BUSY_SECONDS: Final = 30
CREATION_TRIES: Final = 20
LEAST_PAGE: Final = 512  # bytes
CREATION_PAUSE: Final = 0.1  # seconds
CACHE: Final = 16_000  # KiB
# Each row is looked up in each index: those of a million entries find room here.
CACHE_FOR_CHECK: Final = 64_000
ROOM_FOR_LOG: Final = 64 * 1024  # bytes


class SqliteEngine:
    """An open file; see :class:`dsr.tracker.engine.Engine`."""

    is_shared = False

    def __init__(self, path: Path, key: Key | None) -> None:
        self._path, self._key = path, key
        self._use = Occupancy(path)
        self._open()

    def _open(self) -> None:
        self._use.enter()
        try:
            with Explained(self._path):
                self._db = connect(self._path, self._key)
        except BaseException:
            self._use.leave()
            raise

    def rows(self, sql: str, values: Values = ()) -> list[Row]:
        """All rows that *sql* finds."""
        with Explained(self._path):
            found: list[Row] = self._db.execute(sql, values).fetchall()
            return found

    def row(self, sql: str, values: Values = ()) -> Row | None:
        """The first of them, if any."""
        with Explained(self._path):
            found: Row | None = self._db.execute(sql, values).fetchone()
            return found

    def stream(self, sql: str, values: Values = ()) -> Iterator[Row]:
        """The rows one after another, never all in memory."""
        with Explained(self._path):
            yield from self._db.execute(sql, values)

    def run(self, sql: str, values: Values = ()) -> None:
        """Change something."""
        with Explained(self._path):
            self._db.execute(sql, values)

    def run_many(self, sql: str, rows: Sequence[Values]) -> None:
        """The same change for many rows."""
        with Explained(self._path):
            self._db.executemany(sql, rows)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Everything inside commits together, or nothing does; one writer at a time."""
        with self._between("BEGIN IMMEDIATE", "COMMIT"):
            yield

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """All that is read inside was there at one moment."""
        with self._between("BEGIN", "ROLLBACK"):
            yield

    @contextmanager
    def _between(self, begin: str, end: str) -> Iterator[None]:
        with Explained(self._path):
            self._db.execute(begin)
            try:
                yield
                self._db.execute(end)
            except BaseException:
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")
                raise

    def version(self) -> int:
        """The form of the record, as a number; 0 where there is none yet."""
        row = self.row("PRAGMA user_version")
        return int(row[0]) if row else 0

    def set_version(self, version: int) -> None:
        """Write down the form; inside of the transaction that changed it."""
        self.run(f"PRAGMA user_version = {version:d}")

    def define(self, statements: str) -> None:
        """Run statements that make tables."""
        for statement in statements.split(";"):
            self.run(statement)

    def damage(self) -> str | None:
        """What SQLite finds wrong with the file; reading a page of an encrypted one proves it.

        (SQLCipher's own check looks past the log, and calls a page damaged that the log replaces.)
        """
        if not self._path.exists():  # connecting would make another one
            return f"the file {self._path.name} is gone"
        with Explained(self._path), closing(connect(self._path, self._key)) as db:
            db.execute(f"PRAGMA cache_size = -{CACHE_FOR_CHECK}")
            found = db.execute("PRAGMA integrity_check(1)").fetchone()
        whole = found is not None and found[0] == "ok"
        return None if whole else f"the file {self._path.name} is damaged"

    def scrub(self) -> None:
        """Write the file anew without what was deleted, and empty the log that lies beside it."""
        with Explained(self._path):
            self._db.execute("VACUUM")
            self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Nobody else has the file open inside, and there is no log of it.

        The file is let go of and opened again, since two that wait for each other never end.
        Raises UnavailableError if another dsr does not let go of it.
        """
        self.close()
        try:
            with self._use.alone():
                try:
                    with Explained(self._path):
                        self._db = connect(self._path, self._key)
                        self._db.execute("PRAGMA journal_mode = DELETE")
                    yield
                finally:
                    with suppress(Exception):  # the next who opens the file does it too
                        self._db.execute("PRAGMA journal_mode = WAL")
                    self._db.close()
        finally:
            self._open()

    def change_key(self, key: Key) -> None:
        """Encrypt the file under another key, as one transaction of SQLite; only while alone.

        (A log is written page by page under the key of its time.)
        """
        with Explained(self._path):
            self._db.execute(f"PRAGMA rekey = {_quoted(key)}")
        self._key = key

    def copy_to(self, path: Path) -> None:
        """Copy the database as it is to the new file *path*, under the same key.

        SQLite does it: whoever opens its file beside it drops the locks that it holds there.
        """
        with (
            Explained(self._path),
            closing(_opened(self._path, self._key)) as source,
            closing(_opened(path, self._key)) as target,
        ):
            source.backup(target)

    def close(self) -> None:
        """Let go of the file."""
        self._db.close()
        self._use.leave()


def connect(path: Path, key: Key | None) -> Any:
    """Open the file with its key; a first read proves that the key fits.

    Two processes that make the file at once each draw a salt for it; the later one reads the
    file again with the salt of the earlier one.
    """
    from sqlcipher3 import dbapi2

    size = path.stat().st_size if path.exists() else 0
    if 0 < size < LEAST_PAGE:  # SQLite would take it for a file that was never written
        raise dbapi2.DatabaseError("malformed: cut off")
    is_new = size == 0
    for _ in range(CREATION_TRIES if is_new else 0):
        try:
            return _connect(path, key)
        except dbapi2.DatabaseError as error:
            if "not a database" not in str(error):
                raise
            sleep(CREATION_PAUSE)
    return _connect(path, key)


def _connect(path: Path, key: Key | None) -> Any:
    db = _opened(path, key)
    try:
        _prepare(db)
    except BaseException:
        db.close()
        raise
    return db


def _opened(path: Path, key: Key | None) -> Any:
    from sqlcipher3 import dbapi2

    if not path.exists():
        with suppress(FileExistsError, OSError):  # SQLite would let everybody read it
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, PRIVATE_FILE))
    db = dbapi2.connect(_address(path), timeout=BUSY_SECONDS, isolation_level=None, uri=True)
    try:
        db.execute("PRAGMA cipher_log_level = NONE")  # it would write to stderr on its own
        if key is not None:
            db.execute(f"PRAGMA key = {_quoted(key)}")
        db.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except BaseException:
        db.close()
        raise
    return db


def _address(path: Path) -> str:
    """The file as SQLite opens it; on a disk that cannot be written it needs no log to be read."""
    address = path.absolute().as_uri()
    log = path.with_name(f"{path.name}-wal")
    cannot_write = path.exists() and not os.access(path.parent, os.W_OK)
    if cannot_write and not (log.exists() and log.stat().st_size):
        return f"{address}?mode=ro&immutable=1"
    return address


def _quoted(key: Key) -> str:
    if key.is_raw:
        return f"\"x'{key.text}'\""
    text = key.text.replace("'", "''")
    return f"'{text}'"


def _use_log(db: Any) -> None:
    """Write to a log first; several that begin it at once are in each other's way for a moment."""
    from sqlcipher3 import dbapi2

    for _ in range(CREATION_TRIES):
        try:
            db.execute("PRAGMA journal_mode = WAL")
        except dbapi2.OperationalError as error:
            if "locked" not in str(error):
                raise
            sleep(CREATION_PAUSE)
        else:
            return
    db.execute("PRAGMA journal_mode = WAL")


def _prepare(db: Any) -> None:
    db.execute("PRAGMA temp_store = MEMORY")
    _use_log(db)
    db.execute("PRAGMA synchronous = FULL")
    db.execute("PRAGMA foreign_keys = ON")
    db.execute("PRAGMA secure_delete = ON")  # what is deleted is overwritten
    db.execute(f"PRAGMA cache_size = -{CACHE}")


class Explained:
    """Turn what SQLite says into a sentence; nothing of the content is repeated."""

    __slots__ = ("_path",)

    def __init__(self, path: Path) -> None:
        self._path = path

    def __enter__(self) -> None:
        """Nothing: a generator would cost a small query a tenth of its time."""

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        """Say in a sentence what SQLite raised.

        Raises UnavailableError.
        """
        if error is None:
            return
        from sqlcipher3 import dbapi2

        if isinstance(error, dbapi2.DatabaseError):
            raise _sentence(self._path, str(error)) from error


def _sentence(path: Path, said: str) -> UnavailableError:
    if "disk I/O" in said and _is_full(path.parent):
        said = "full"
    for words, sentence, hint, code in _EXPLANATIONS:
        if words in said:
            return UnavailableError(sentence.format(path=path), hint=hint, code=code)
    return UnavailableError(
        f"The store {path} does not work: {said.partition(':')[0]}.", code="store_failed"
    )


def _is_full(directory: Path) -> bool:
    """Whether there is no room even for the index of the log, which SQLite calls an I/O error."""
    try:
        return disk_usage(directory).free < ROOM_FOR_LOG
    except OSError:
        return False


_FROM_BACKUP: Final = "Restore it from a backup: dsr data restore FILE"
_EXPLANATIONS: Final = (
    (
        "not a database",
        "The key does not open {path}, or the file is damaged.",
        "Check the passphrase; if it is right, restore the store from a backup.",
        "wrong_key",
    ),
    ("malformed", "The store {path} is damaged.", _FROM_BACKUP, "store_damaged"),
    (
        "no such table",
        "The store {path} lacks a part of what dsr keeps in it.",
        _FROM_BACKUP,
        "store_damaged",
    ),
    ("disk I/O", "The store {path} is damaged, or its disk fails.", _FROM_BACKUP, "store_damaged"),
    (
        "full",
        "The disk is full: {path} cannot grow, and nothing was recorded.",
        "Free some space and try again.",
        "disk_full",
    ),
    (
        "readonly",
        "The store {path} is write-protected.",
        "Make it writable, or choose another home with --home DIR.",
        "store_readonly",
    ),
    (
        "unable to open",
        "The store {path} cannot be opened.",
        "Check that its directory exists and is yours.",
        "store_unreachable",
    ),
    (
        "locked",
        "Another dsr is writing to {path} and does not finish.",
        "Try again in a moment.",
        "store_busy",
    ),
)
