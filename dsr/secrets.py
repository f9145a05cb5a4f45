"""The key of the store: kept in the system keyring, or derived from a passphrase.

A small file beside the store says which of the two; it never holds a key.
"""

import json
import os
import secrets
import sys
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Protocol

from dsr.errors import InvalidInputError, UnavailableError
from dsr.paths import put_in_place, stage_private_file, write_once

SERVICE = "dsr"
BACKUPS = "backups"  # the name of the key that opens backups
KEY_BYTES = 32
LEAST_PASSPHRASE = 8  # characters
MOST_PASSPHRASE_BYTES = 4096


class Protection(StrEnum):
    """What guards the store."""

    KEYRING = "keyring"
    PASSPHRASE = "passphrase"  # noqa: S105
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Lock:
    """How a store is opened: by which protection, and under which name its key is kept."""

    id: str
    protection: Protection
    keyring: str | None = None  # the keyring's class, to load it without trying all others
    next: str | None = None  # while the key is changed: the name of the new one
    made: bool | None = None  # whether there was a record under it, which cannot just be gone


@dataclass(frozen=True, slots=True, repr=False)
class Key:
    """What opens a store: a random key in hexadecimal, or a passphrase to derive one from."""

    text: str
    is_raw: bool


class AskPassphrase(Protocol):
    """Asks the person for a passphrase; ``new`` asks twice."""

    def __call__(self, *, new: bool) -> str:
        """Ask."""


@dataclass(frozen=True, slots=True)
class KeySources:
    """Where a passphrase may come from on this run; ``unencrypted`` is an explicit choice."""

    passphrase_file: Path | None = None
    ask: AskPassphrase | None = None
    unencrypted: bool = False


def read_lock(path: Path) -> Lock | None:
    """The lock that *path* describes, or None if there is no such file.

    Raises UnavailableError if it cannot be understood.
    """
    try:
        table = json.loads(path.read_text("utf-8"))
        return Lock(
            table["id"],
            Protection(table["protection"]),
            table.get("keyring"),
            table.get("next"),
            table.get("made"),
        )
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UnavailableError(
            f"{path} cannot be read, so the store beside it cannot be opened.",
            hint="Restore that file from a backup.",
            code="lock_unreadable",
        ) from error


def new_lock(path: Path, sources: KeySources) -> Key | None:
    """Choose a protection, keep a new key under it, write down which it is, and give the key.

    A passphrase wins if one was given, then the system keyring, then a passphrase by prompt.
    Raises UnavailableError, naming the way out, if none of them can be had.
    """
    store_id = secrets.token_hex(8)
    if sources.unencrypted:
        lock, key = Lock(store_id, Protection.NONE), None
    elif sources.passphrase_file:
        lock, key = Lock(store_id, Protection.PASSPHRASE), passphrase(sources, new=True)
    elif backend := usable_keyring():
        lock = Lock(store_id, Protection.KEYRING, backend)
        key = _keep_new_key(lock)
    elif sources.ask:
        lock, key = Lock(store_id, Protection.PASSPHRASE), passphrase(sources, new=True)
    else:
        raise UnavailableError(
            "No system keyring can be used here to hold the key of your record.",
            hint="Put a passphrase into a file and name it with --passphrase-file FILE "
            "(or DSR_PASSPHRASE_FILE); a letter without a record: add --dry-run.",
            code="no_keyring",
        )
    if write_once(path, _lock_bytes(lock)):
        return key
    return _key_of_the_first(path, lock, sources)


def _key_of_the_first(path: Path, ours: Lock, sources: KeySources) -> Key | None:
    """Another dsr made the lock at the same moment: its key holds, ours goes."""
    if ours.protection is Protection.KEYRING:
        forget_key(ours)
    theirs = read_lock(path)
    return key_for(theirs, sources) if theirs else None


def new_key(path: Path, lock: Lock) -> tuple[Lock, Key]:
    """Draw another key into the system keyring, and let the lock at *path* name both for a while.

    Nobody else may do so meanwhile, and *lock* must name the key that the store has now.

    Raises UnavailableError if the keyring cannot be used.
    """
    following = replace(lock, id=secrets.token_hex(8), next=None)
    key = _keep_new_key(following)
    put_in_place(
        {
            path: stage_private_file(
                path, _lock_bytes(replace(lock, next=following.id)), durable=True
            )
        }
    )
    if lock.next:  # drawn for a change that was cut short before it began
        forget_key(Lock(lock.next, lock.protection, lock.keyring))
    return following, key


def mark_made(path: Path, lock: Lock) -> None:
    """Write down that there is a record under this lock, so that its loss is noticed.

    Raises UnavailableError if the lock cannot be written.
    """
    put_in_place(
        {path: stage_private_file(path, _lock_bytes(replace(lock, made=True)), durable=True)}
    )


def finish_key_change(path: Path, before: Lock, following: Lock) -> None:
    """Let the lock name the new key alone, and destroy the old one.

    Raises UnavailableError if the lock cannot be written.
    """
    put_in_place({path: stage_private_file(path, _lock_bytes(following), durable=True)})
    forget_key(before)


def backup_identity(*, new: str | None = None) -> str | None:
    """The secret that opens backups on this computer, in the keyring; *new* is kept if none is.

    None if there is none.  Raises UnavailableError if no keyring can be used.
    """
    backend = usable_keyring()
    if backend is None:
        raise UnavailableError(
            "No system keyring can be used here to hold the key of backups.",
            hint="Give a passphrase: --backup-passphrase-file FILE.",
            code="no_keyring",
        )
    keyring = _keyring(Lock(BACKUPS, Protection.KEYRING, backend))
    kept = keyring.get_password(SERVICE, BACKUPS)
    if kept is None and new is not None:
        keyring.set_password(SERVICE, BACKUPS, new)
        return new
    return kept


def _lock_bytes(lock: Lock) -> bytes:
    table = {name: value for name, value in asdict(lock).items() if value is not None}
    return json.dumps(table, indent=1).encode()


def key_for(lock: Lock, sources: KeySources) -> Key | None:
    """The key that opens the store of *lock*; None if it is not encrypted.

    Raises UnavailableError if the key is lost or cannot be reached.
    """
    match lock.protection:
        case Protection.NONE:
            return None
        case Protection.PASSPHRASE:
            return passphrase(sources, new=False)
        case Protection.KEYRING:
            return _key_in_keyring(lock)


def passphrase(sources: KeySources, *, new: bool) -> Key:
    """The passphrase from the file, or asked for."""
    if sources.passphrase_file:
        return Key(passphrase_in(sources.passphrase_file), is_raw=False)
    if sources.ask:
        return Key(_checked(sources.ask(new=new), "The passphrase"), is_raw=False)
    raise UnavailableError(
        "Your record is locked by a passphrase, and there is no terminal to ask for it.",
        hint="Name the file that holds it: --passphrase-file FILE or DSR_PASSPHRASE_FILE.",
        code="passphrase_missing",
    )


def passphrase_in(path: Path) -> str:
    """The passphrase that a file holds.

    Raises UnavailableError if it cannot be read, InvalidInputError if it holds none.
    """
    try:
        raw = _read_start(path)
        text = raw.decode("utf-8").rstrip("\r\n")
    except OSError as error:
        raise UnavailableError(
            f"The passphrase file {path} cannot be read: {(error.strerror or 'error').lower()}.",
            code="passphrase_file",
        ) from error
    except UnicodeDecodeError as error:
        raise InvalidInputError(f"The passphrase file {path} is not text in UTF-8.") from error
    if len(raw) > MOST_PASSPHRASE_BYTES:
        raise InvalidInputError(f"The passphrase file {path} is too large to hold a passphrase.")
    return _checked(text, f"The passphrase in {path}")


@cache
def _stdin_start() -> bytes:
    """What stdin begins with; kept, since stdin does not come twice."""
    return sys.stdin.buffer.read(MOST_PASSPHRASE_BYTES + 1)


def _read_start(path: Path) -> bytes:
    if str(path) == "-":
        return _stdin_start()
    with path.open("rb") as stream:
        return stream.read(MOST_PASSPHRASE_BYTES + 1)


def _checked(text: str, what: str) -> str:
    if len(text) < LEAST_PASSPHRASE or "\0" in text:
        raise InvalidInputError(
            f"{what} is too short: it needs at least {LEAST_PASSPHRASE} characters.",
            code="weak_passphrase",
        )
    return text


def usable_keyring() -> str | None:
    """The class name of a system keyring that really keeps secrets, or None.

    Keyrings that write in clear, or that always fail, are not used.
    """
    if os.environ.get("PYTHON_KEYRING_BACKEND", "").endswith(("null.Keyring", "fail.Keyring")):
        return None
    import keyring
    from keyring.errors import KeyringError

    backend = keyring.get_keyring()
    candidates = getattr(backend, "backends", [backend])
    for candidate in candidates:
        kind = type(candidate)
        name = f"{kind.__module__}.{kind.__name__}"
        if candidate.priority < 1 or "plaintext" in name.lower():
            continue
        try:
            candidate.get_password(SERVICE, "probe")
        except (KeyringError, RuntimeError):
            continue
        return name
    return None


def _keep_new_key(lock: Lock) -> Key:
    key = secrets.token_hex(KEY_BYTES)
    from keyring.errors import KeyringError

    try:
        _keyring(lock).set_password(SERVICE, lock.id, key)
    except (KeyringError, RuntimeError) as error:
        raise _keyring_unavailable() from error
    return Key(key, is_raw=True)


def forget_key(lock: Lock) -> None:
    """Destroy the key of a lock in the system keyring; there may be none any more."""
    from keyring.errors import KeyringError

    with suppress(KeyringError, RuntimeError):
        _keyring(lock).delete_password(SERVICE, lock.id)


def _key_in_keyring(lock: Lock) -> Key:
    from keyring.errors import KeyringError

    try:
        key = _keyring(lock).get_password(SERVICE, lock.id)
    except (KeyringError, RuntimeError) as error:
        raise _keyring_unavailable() from error
    if key is None:
        raise UnavailableError(
            "The key of your record is no longer in the system keyring.",
            hint=f"Restore the keyring entry {SERVICE}/{lock.id}; without it the record cannot "
            "be read by anyone.",
            code="key_lost",
        )
    return Key(key, is_raw=True)


def _keyring(lock: Lock) -> "KeyringLike":
    import keyring.core

    try:
        return keyring.core.load_keyring(lock.keyring or "")
    except Exception as error:  # a backend may fail to load in any way of its own
        raise _keyring_unavailable() from error


class KeyringLike(Protocol):
    """What dsr needs of a keyring."""

    def get_password(self, service: str, username: str) -> str | None:
        """Look a secret up."""

    def set_password(self, service: str, username: str, password: str) -> None:
        """Keep a secret."""

    def delete_password(self, service: str, username: str) -> None:
        """Forget a secret."""


def _keyring_unavailable() -> UnavailableError:
    return UnavailableError(
        "The system keyring that holds the key of your record does not answer.",
        hint="Unlock it (log in to your desktop session) and try again.",
        code="keyring_unavailable",
    )
