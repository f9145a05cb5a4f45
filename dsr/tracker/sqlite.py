"""SQLite with encryption: open the file with its key, and say in a sentence what goes wrong."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import sleep
from typing import Any, Final

from dsr.errors import UnavailableError
from dsr.secrets import Key

BUSY_SECONDS: Final = 15
CREATION_TRIES: Final = 20
LEAST_PAGE: Final = 512  # bytes
CREATION_PAUSE: Final = 0.1  # seconds


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
    from sqlcipher3 import dbapi2

    db = dbapi2.connect(str(path), timeout=BUSY_SECONDS, isolation_level=None)
    db.execute("PRAGMA cipher_log_level = NONE")  # it would write to stderr on its own
    if key is not None:
        quoted = key.text.replace("'", "''")
        db.execute(f"PRAGMA key = \"x'{key.text}'\"" if key.is_raw else f"PRAGMA key = '{quoted}'")
    db.execute("SELECT count(*) FROM sqlite_master").fetchone()
    db.execute("PRAGMA temp_store = MEMORY")
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA synchronous = FULL")
    db.execute("PRAGMA foreign_keys = ON")
    return db


@contextmanager
def explained(path: Path) -> Iterator[None]:
    """Turn what SQLite says into a sentence; nothing of the content is repeated."""
    from sqlcipher3 import dbapi2

    try:
        yield
    except dbapi2.DatabaseError as error:
        raise _sentence(path, str(error)) from error


def _sentence(path: Path, said: str) -> UnavailableError:
    for words, sentence, hint, code in _EXPLANATIONS:
        if words in said:
            return UnavailableError(sentence.format(path=path), hint=hint, code=code)
    return UnavailableError(
        f"The store {path} does not work: {said.partition(':')[0]}.", code="store_failed"
    )


_EXPLANATIONS: Final = (
    (
        "not a database",
        "The key does not open {path}, or the file is damaged.",
        "Check the passphrase; if it is right, restore the store from a backup.",
        "wrong_key",
    ),
    ("malformed", "The store {path} is damaged.", "Restore it from a backup.", "store_damaged"),
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
