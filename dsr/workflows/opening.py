"""Open the record in the person's home or on a server: find its key, and bring it up to date."""

import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from secrets import token_hex

from dsr.errors import UnavailableError
from dsr.paths import copy_private_file, make_private_directory, put_in_place
from dsr.secrets import (
    KeySources,
    finish_key_change,
    key_for,
    mark_made,
    new_lock,
    read_lock,
)
from dsr.tracker.sqlite import SqliteEngine
from dsr.tracker.store import Store

STORE = "record.db"
LOCK = "lock.json"
FILES = "files"
BACKUPS = "backups"
DATABASE_URL, FILES_DIRECTORY = "DSR_DATABASE_URL", "DSR_FILES"


@dataclass(frozen=True, slots=True)
class RecordPlace:
    """Where a record lies: in a home, or for a team in a database with large files beside."""

    home: Path
    database_url: str | None = None
    files_directory: Path | None = None

    @classmethod
    def of(cls, home: Path) -> "RecordPlace":
        """The place that the environment names, or the home."""
        files = os.environ.get(FILES_DIRECTORY)
        return cls(home, os.environ.get(DATABASE_URL) or None, Path(files) if files else None)

    @property
    def files(self) -> Path:
        """Where large documents lie, encrypted."""
        return self.files_directory or self.home / FILES

    @property
    def exists(self) -> bool:
        """Whether there is a record, or a server that may hold one."""
        return bool(self.database_url) or store_exists(self.home)


def store_exists(home: Path) -> bool:
    """Whether there is a record in *home*."""
    return (home / LOCK).exists() or (home / STORE).exists()


def open_store(
    place: RecordPlace, sources: KeySources, told: Callable[[str], None] = lambda _said: None
) -> Store:
    """The record at *place*, made on first use; *told* hears of an upgrade.

    Raises UnavailableError if the home, the key, the file or the server cannot be used.
    """
    if place.database_url:
        from dsr.tracker.postgres import PostgresEngine

        return Store(PostgresEngine(place.database_url), place.files)
    make_private_directory(place.home)
    engine = _unlocked(place.home, sources)

    def before_upgrade(version: int) -> None:
        kept = _copied(engine, place.home, version)
        told(f"Your record is brought into a new form; as it was, it lies in {kept}.")

    store = Store(engine, place.files, before_upgrade)
    _note_that_it_is_there(engine, place.home / LOCK)
    return store


def _note_that_it_is_there(engine: SqliteEngine, path: Path) -> None:
    """Let the lock say that there is a record, the first time that there is.

    In a transaction, so that nobody changes the key, and the lock with it, meanwhile.
    """
    lock = read_lock(path)
    if lock is None or lock.made:
        return
    with suppress(UnavailableError), engine.transaction():  # it may be a disk only to be read
        lock = read_lock(path)
        if lock and not lock.made:
            mark_made(path, lock)


def _unlocked(home: Path, sources: KeySources) -> SqliteEngine:
    """The file, opened with the key that its lock names."""
    lock = read_lock(home / LOCK)
    if lock is None and (home / STORE).exists():
        lock = read_lock(home / LOCK)  # another dsr may have made it a moment ago
        if lock is None:
            raise UnavailableError(
                f"{home / LOCK} is missing, so nobody can tell how {home / STORE} is locked.",
                hint="Restore that file from a backup.",
                code="lock_missing",
            )
    if lock and lock.made and is_gone(home / STORE):
        raise UnavailableError(
            f"The record {home / STORE} is gone or empty.",
            hint="Bring it back from a backup: dsr data restore FILE",
            code="store_gone",
        )
    if lock is None:
        return SqliteEngine(home / STORE, new_lock(home / LOCK, sources))
    try:
        return SqliteEngine(home / STORE, key_for(lock, sources))
    except UnavailableError:
        if lock.next is None:
            raise
        # A change of the key was cut short after the file had taken the new one.
        following = replace(lock, id=lock.next, next=None)
        engine = SqliteEngine(home / STORE, key_for(following, sources))
    finish_key_change(home / LOCK, lock, following)
    return engine


def is_gone(path: Path) -> bool:
    """Whether a record's file is missing, or was cut down to nothing."""
    return not path.exists() or path.stat().st_size == 0


def _copied(engine: SqliteEngine, home: Path, version: int) -> Path:
    """Keep the file as it is, before its form changes; where the copy lies."""
    kept = home / BACKUPS / f"before-format-{version + 1}"
    make_private_directory(kept.parent)
    make_private_directory(kept)
    part = kept / f".{STORE}.{token_hex(4)}.part"
    try:
        engine.copy_to(part)
        put_in_place({kept / STORE: part})
    finally:
        part.unlink(missing_ok=True)
    copy_private_file(home / LOCK, kept / LOCK)
    return kept
