"""Put a backup in the place of the record: beside it first, then instead of it."""

from contextlib import suppress
from datetime import datetime
from pathlib import Path
from secrets import token_hex
from shutil import rmtree

from dsr.errors import ConflictError, UnavailableError
from dsr.paths import copy_private_file, make_private_directory
from dsr.secrets import Key, KeySources, Protection, forget_key, key_for, new_lock, read_lock
from dsr.tracker.backup_file import BackupLock
from dsr.tracker.files import FileStore
from dsr.tracker.occupancy import Occupancy
from dsr.tracker.sqlite import SqliteEngine
from dsr.tracker.store import Store
from dsr.tracker.verification import Verdict
from dsr.workflows.backup import Told, restore
from dsr.workflows.opening import BACKUPS, FILES, LOCK, STORE, RecordPlace, is_gone

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
) -> tuple[Verdict, str | None]:
    """Restore the backup *source*; what was checked, and where the record before it lies now.

    Raises ConflictError if there is a record and *replace* is not given, BadFileError or
    UnavailableError if the backup does not open or is not whole; nothing is changed then.
    """
    if place.database_url:
        return _on_server(source, lock, place, now=now, replace=replace, told=told)
    there = not is_gone(place.home / STORE)
    if there and not replace:
        raise _record_exists()
    part = place.home / BACKUPS / f".restoring-{token_hex(4)}"
    for directory in (place.home, part.parent, part):
        make_private_directory(directory)
    try:
        store, verdict = restore(
            source,
            lock,
            lambda: Store(SqliteEngine(part / STORE, _key(place.home, part, sources)), place.files),
            place.home,
            told=told,
        )
        store.close()
        with Occupancy(place.home / STORE).alone():  # else others would write into the old file
            aside = str(_kept_aside(place, now)) if there else None
            for name in _LOGS:  # a log of the old file would be taken for one of the new
                (place.home / name).unlink(missing_ok=True)
            for name in (LOCK, STORE):
                if (part / name).exists():
                    (part / name).replace(place.home / name)
    finally:
        _let_go(part)
    return verdict, aside


def _let_go(part: Path) -> None:
    """Remove what was not put in its place, with the key that was drawn for it."""
    with suppress(UnavailableError):
        lock = read_lock(part / LOCK)
        if lock and lock.protection is Protection.KEYRING:
            forget_key(lock)
    rmtree(part, ignore_errors=True)
    with suppress(OSError):  # backups lie in it
        part.parent.rmdir()


def _key(home: Path, part: Path, sources: KeySources) -> Key | None:
    """The key of the home, which stays; a new one if there is none, or it is lost."""
    try:
        lock = read_lock(home / LOCK)
        if lock:
            return key_for(lock, sources)
    except UnavailableError as error:
        # A passphrase that is given opens the restored record where the old key cannot be had.
        lost = {"lock_unreadable", "key_lost"}
        if sources.passphrase_file:
            lost.add("keyring_unavailable")
        if error.code not in lost:
            raise
    return new_lock(part / LOCK, sources)


def _kept_aside(place: RecordPlace, now: datetime) -> Path:
    """Keep the record that goes as it is, damaged or not; where it lies."""
    home = place.home
    aside = home / BACKUPS / f"replaced-{now:%Y-%m-%d-%H%M%S}"
    for directory in (aside.parent, aside):
        make_private_directory(directory)
    for name in (STORE, _LOGS[0], LOCK):
        if (home / name).exists():
            copy_private_file(home / name, aside / name)
    for path in FileStore(place.files).orphans(()):
        _twin(path, aside / FILES / path.parent.name / path.name)
    return aside


def _twin(path: Path, twin: Path) -> None:
    """Another name of a file, which keeps it when the first is swept up."""
    for directory in (twin.parent.parent, twin.parent):
        make_private_directory(directory)
    try:
        twin.hardlink_to(path)
    except OSError:  # the file system knows no links
        copy_private_file(path, twin)


def _on_server(
    source: Path,
    lock: BackupLock,
    place: RecordPlace,
    *,
    now: datetime,
    replace: bool,
    told: Told,
) -> tuple[Verdict, str | None]:
    """The same in a database: in a schema of its own first, which then becomes the record."""
    from dsr.tracker.postgres import ASIDE, HALF, PostgresEngine

    url, half = str(place.database_url), f"{HALF}{token_hex(4)}"
    engine = PostgresEngine(url)
    try:
        if engine.version() and engine.row("SELECT 1 FROM entry LIMIT 1") and not replace:
            raise _record_exists()
    finally:
        engine.close()
    engine = PostgresEngine(url, half)
    try:
        store, verdict = restore(
            source, lock, lambda: Store(PostgresEngine(url, half), place.files), place.home,
            told=told,
        )  # fmt: skip
        store.close()
        aside = f"{ASIDE}{now:%Y%m%d_%H%M%S}"
        kept = engine.take_the_place(aside)
    finally:
        engine.drop()
        engine.close()
    return verdict, f"the schema {aside} of the database" if kept else None


def _record_exists() -> ConflictError:
    return ConflictError(
        "There is a record already, and it is not replaced unless you say so.",
        hint="Add --replace; what is there now is kept aside.",
        code="record_exists",
    )
