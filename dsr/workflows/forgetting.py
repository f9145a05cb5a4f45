"""Forget one person, or everything: preview, removal, a new key, and a certificate."""

from collections.abc import Sequence
from contextlib import closing, nullcontext
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from shutil import rmtree
from typing import Final

from dsr.errors import NotFoundError, UnavailableError
from dsr.law.receipt import plain_date
from dsr.secrets import Protection, finish_key_change, forget_key, new_key, read_lock
from dsr.tracker.files import FileStore, KeptFile
from dsr.tracker.forgetting import Removed, forget, removable
from dsr.tracker.occupancy import ENDING, Occupancy
from dsr.tracker.sqlite import SqliteEngine
from dsr.tracker.store import Store
from dsr.workflows.backup import OWN, known_backups
from dsr.workflows.opening import BACKUPS, LOCK, STORE, RecordPlace

# What the law lets whoever acted for others keep after an erasure, and where it says so.
_MAY_BE_KEPT: Final = (
    "proof of what was done, as far as it is needed to establish, exercise or defend legal claims "
    "(GDPR Art. 17(3)(e); UK GDPR Art. 17(3)(e))",
    "what a legal obligation to keep records demands (GDPR Art. 17(3)(b); UK GDPR Art. 17(3)(b))",
    "this certificate, which names nobody, save where a path above does: proof that the erasure "
    "took place (GDPR Art. 5(2))",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Forgotten:
    """What was done to forget, and what dsr could not reach."""

    removed: Removed | None  # None where everything went
    key_destroyed: bool
    backups: dict[str, str]  # by place, the moment: what they hold dsr cannot take out
    protection: Protection | None
    left: str | None = None  # why the rest could not be written anew


def preview(store: Store, person_id: str) -> Removed:
    """What would go with a person.

    Raises NotFoundError if there is no such person.
    """
    found = removable(store.engine, person_id)
    if not found.entries:
        raise NotFoundError(
            f"There is nothing of {person_id!r} in your record.",
            hint="See whom it holds: dsr people list",
            code="unknown_person",
        )
    return found


def forget_person(store: Store, place: RecordPlace, person_id: str, *, now: datetime) -> Forgotten:
    """Remove everything of one person, then put the rest under a new key and destroy the old one.

    Raises NotFoundError if there is no such person, UnavailableError if the record cannot be used
    or another dsr uses it; nothing is removed then.
    """
    preview(store, person_id)
    engine = store.engine
    with engine.alone() if isinstance(engine, SqliteEngine) else nullcontext():
        removed = forget(engine, store.documents, person_id, now=now)
        rmtree(place.home / BACKUPS, ignore_errors=True)  # what the record once was
        destroyed, protection, left = False, None, None
        try:
            engine.scrub()
            if isinstance(engine, SqliteEngine):
                destroyed, protection = _under_new_key(engine, place.home)
            elif place.database_url:
                _drop_others(place.database_url)
        except UnavailableError as error:
            left = error.sentence
    return Forgotten(
        removed=removed,
        key_destroyed=destroyed,
        backups=known_backups(engine),
        protection=protection,
        left=left,
    )


def kept_aside(place: RecordPlace) -> list[str]:
    """The copies of what the record once was; they go with anybody who is forgotten."""
    directory = place.home / BACKUPS
    return sorted(path.name for path in directory.iterdir()) if directory.is_dir() else []


def _under_new_key(engine: SqliteEngine, home: Path) -> tuple[bool, Protection]:
    """Change the key that the system keyring holds, so that what is left of old pages is noise.

    At no moment is there a file without a key that opens it: the lock names both meanwhile.
    """
    lock = read_lock(home / LOCK)
    if lock is None or lock.protection is not Protection.KEYRING:
        return False, lock.protection if lock else Protection.NONE
    following, key = new_key(home / LOCK, lock)
    engine.change_key(key)
    finish_key_change(home / LOCK, lock, following)
    return True, lock.protection


def _drop_others(url: str, *, everything: bool = False) -> None:
    """Take the records out of a database that were replaced by another, and the record itself."""
    from dsr.tracker.postgres import PostgresEngine

    with closing(PostgresEngine(url)) as engine:
        engine.drop_others()
        if everything:
            engine.drop()


def forget_everything(
    place: RecordPlace, backups: dict[str, str], files: Sequence[KeptFile]
) -> Forgotten:
    """Remove the whole record with its *files*, its key, and what was made for it in the home.

    A directory for files that the environment names may hold those of other records: they stay.

    Raises UnavailableError if something cannot be removed.
    """
    if place.database_url:
        _drop_others(place.database_url, everything=True)
    lock = read_lock(place.home / LOCK)
    destroyed = lock is not None and lock.protection is Protection.KEYRING
    if lock and destroyed:
        forget_key(lock)
    try:
        with Occupancy(place.home / STORE).alone():
            for name in (STORE, f"{STORE}-wal", f"{STORE}-shm", LOCK):
                (place.home / name).unlink(missing_ok=True)
        (place.home / STORE).with_suffix(ENDING).unlink(missing_ok=True)
        if place.files_directory is None:
            FileStore(place.files).clear()
        for kept in files:
            FileStore(place.files).discard(kept.place)
        for directory in (place.home / BACKUPS, *(place.home / kind for kind in OWN)):
            if directory.exists():
                rmtree(directory)
    except OSError as error:
        raise UnavailableError(
            f"{place.home} cannot be emptied: {(error.strerror or 'error').lower()}.",
            hint="Remove it by hand.",
        ) from error
    return Forgotten(
        removed=None,
        key_destroyed=destroyed,
        backups=backups,
        protection=lock.protection if lock else None,
    )


def certificate(done: Forgotten, record: str, *, now: datetime) -> str:
    """What was removed, what could not be reached, and what the law lets one keep; names nobody."""
    day = f"{plain_date(now.date())}, {now:%H:%M:%S} UTC"
    lines = ["CERTIFICATE OF ERASURE", "", f"Made by dsr on {day}", f"Record: {record or '–'}", ""]
    removed = done.removed
    if removed is None:
        lines += [
            "Everything was removed: all people, requests, events, documents and the journal."
        ]
    else:
        lines += [
            "Removed of one data subject, for good:",
            f"  {removed.entries} entries of the journal, with {removed.requests} requests",
            f"  {removed.documents} documents ({removed.bytes} bytes)",
            "  all copies of what the record once was (kept in backups/ of the home, or set aside",
            "  in the database), with everybody in them",
            "",
            f"Entry {removed.position} of the journal certifies it; its digest is",
            f"  {removed.digest}",
            "The hashes of the removed entries stay in the chain. They were made with random salts",
            "that were removed too, so nothing can be found out from them.",
        ]
    lines += ["", "How", *(f"  {said}" for said in _how(done))]
    lines += ["", "What this does not reach", *(f"  {said}" for said in _not_reached(done))]
    lines += ["", "What the law lets one keep", *(f"  {said}" for said in _MAY_BE_KEPT)]
    return "\n".join(lines) + "\n"


def _how(done: Forgotten) -> list[str]:
    if done.left:
        return [
            "The content was removed. The rest could not be written anew under a new key:",
            done.left,
            "Until that is done, old blocks of the disk can be read with the key that stays.",
            "The next dsr data forget does it.",
        ]
    if done.key_destroyed and done.removed:
        return [
            "The content was overwritten, the rest was encrypted under a new key, and the old key",
            "was destroyed in the system keyring: what is left of old blocks of the disk is noise.",
        ]
    if done.key_destroyed:
        return ["The key was destroyed in the system keyring, and the files were removed."]
    match done.protection:
        case Protection.PASSPHRASE:
            return [
                "The content was overwritten and the file written anew. The record is locked by a",
                "passphrase, which stays: whoever knows it and recovers old blocks of the disk",
                "could read those. Destroy the passphrase with the last record that it opens.",
            ]
        case Protection.NONE:
            return [
                "The content was overwritten and the file written anew. The record is not",
                "encrypted, so old blocks of the disk may still be readable with special tools.",
            ]
        case _:
            return [
                "The rows were removed and the tables written anew. The write-ahead log and the",
                "backups of the database server hold them until the server drops those.",
            ]


def _not_reached(done: Forgotten) -> list[str]:
    said = [
        "letters and reports that were written to other places, and what was sent or printed",
        "letters for others that name who wrote them: they are those others'",
        "exports and backups made with dsr data export and dsr data backup",
    ]
    said += [f"  a backup of {at[:10]}: {path}" for path, at in sorted(done.backups.items())]
    return said
