"""Open the store in the person's home: choose or find its key, then unlock it."""

from pathlib import Path

from dsr.errors import UnavailableError
from dsr.paths import make_private_directory
from dsr.secrets import KeySources, key_for, new_lock, read_lock
from dsr.tracker.store import Store

STORE = "record.db"
LOCK = "lock.json"


def store_exists(home: Path) -> bool:
    """Whether there is a record in *home*."""
    return (home / LOCK).exists() or (home / STORE).exists()


def open_store(home: Path, sources: KeySources) -> Store:
    """The store of *home*, made on first use.

    Raises UnavailableError if the home, the key or the store cannot be used.
    """
    make_private_directory(home)
    lock = read_lock(home / LOCK)
    if lock is not None:
        return Store(home / STORE, key_for(lock, sources))
    if (home / STORE).exists() and read_lock(home / LOCK) is None:
        raise UnavailableError(
            f"{home / LOCK} is missing, so nobody can tell how {home / STORE} is locked.",
            hint="Restore that file from a backup.",
            code="lock_missing",
        )
    lock = read_lock(home / LOCK)  # another dsr may have made it a moment ago
    key = key_for(lock, sources) if lock else new_lock(home / LOCK, sources)
    return Store(home / STORE, key)
