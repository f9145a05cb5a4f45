"""Put a backup in the place of the record: beside it first, then instead of it."""

from contextlib import suppress
from datetime import datetime
from pathlib import Path
from secrets import token_hex
from shutil import rmtree

from dsr.errors import ConflictError, UnavailableError
from dsr.paths import copy_private_file, make_private_directory
from dsr.secrets import Key, KeySources, key_for, new_lock, read_lock
from dsr.tracker.backup_file import BackupLock
from dsr.tracker.sqlite import SqliteEngine
from dsr.tracker.store import Store
from dsr.tracker.verification import Verdict
from dsr.workflows.backup import Told, restore
from dsr.workflows.opening import BACKUPS, LOCK, STORE, RecordPlace, is_gone, store_exists

_LOGS = (f"{STORE}-wal", f"{STORE}-shm")


def restore_record(
    source: Path,
    lock: BackupLock,
    place: RecordPlace,
    sources: KeySources,
    *,
    now: datetime,
    replace: bool = False,
    told: Told = lambda *_: None,
) -> tuple[Verdict, Path | None]:
    """Restore the backup *source*; what was checked, and where the record before it lies now.

    Raises ConflictError if there is a record and *replace* is not given; nothing is changed then.
    """
    if place.database_url:
        return _on_server(source, lock, place, now=now, replace=replace, told=told), None
    there = store_exists(place.home) and not is_gone(place.home / STORE)
    if there and not replace:
        raise _record_exists()
    make_private_directory(place.home)
    key = _key(place.home, sources)
    part = place.home / f".restoring-{token_hex(4)}"
    make_private_directory(part)
    try:
        store, verdict = restore(
            source,
            lock,
            lambda: Store(SqliteEngine(part / STORE, key), place.files),
            place.home,
            told=told,
        )
        store.close()
        aside = _kept_aside(place.home, now) if there else None
        for name in _LOGS:  # a log of the old file would be taken for one of the new
            (place.home / name).unlink(missing_ok=True)
        (part / STORE).replace(place.home / STORE)
    finally:
        with suppress(FileNotFoundError):
            rmtree(part)
    return verdict, aside


def _key(home: Path, sources: KeySources) -> Key | None:
    """The key of the home, which stays; a new one if there is none, or nobody can tell which."""
    try:
        lock = read_lock(home / LOCK)
    except UnavailableError:
        copy_private_file(home / LOCK, home / f"{LOCK}.unreadable")
        (home / LOCK).unlink()
        lock = None
    return key_for(lock, sources) if lock else new_lock(home / LOCK, sources)


def _kept_aside(home: Path, now: datetime) -> Path:
    """Keep the record that goes as it is, damaged or not; where it lies."""
    aside = home / BACKUPS / f"replaced-{now:%Y-%m-%d-%H%M%S}"
    make_private_directory(aside.parent)
    make_private_directory(aside)
    for name in (STORE, _LOGS[0], LOCK):
        if (home / name).exists():
            copy_private_file(home / name, aside / name)
    return aside


def _on_server(
    source: Path,
    lock: BackupLock,
    place: RecordPlace,
    *,
    now: datetime,
    replace: bool,
    told: Told,
) -> Verdict:
    from dsr.tracker.postgres import PostgresEngine

    url = str(place.database_url)
    engine = PostgresEngine(url)
    try:
        if engine.version() and engine.row("SELECT 1 FROM entry LIMIT 1"):
            if not replace:
                raise _record_exists()
            engine.set_aside(f"dsr_replaced_{now:%Y%m%d_%H%M%S}")
    finally:
        engine.close()
    store, verdict = restore(
        source, lock, lambda: Store(PostgresEngine(url), place.files), place.home, told=told
    )
    store.close()
    return verdict


def _record_exists() -> ConflictError:
    return ConflictError(
        "There is a record already, and it is not replaced unless you say so.",
        hint="Add --replace; what is there now is kept aside.",
        code="record_exists",
    )
