"""Who has the record's file open: many side by side, or one alone.

A file beside the record holds nothing but SQLite's own locks on it, which every system knows: who
uses the record holds a shared one for as long, and who must be alone holds it exclusively.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final

from dsr.errors import UnavailableError
from dsr.paths import PRIVATE_FILE

ENDING: Final = ".use"
WAIT: Final = 20  # seconds, until others have let go of the record


class Occupancy:
    """This process's part in the use of one record."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._place = path.with_name(f"{path.stem}{ENDING}")
        self._lock: Any = None

    def enter(self) -> None:
        """Use the record beside others, once nobody is alone in it any more.

        Raises UnavailableError if somebody stays alone in it.
        """
        self._lock = self._opened()
        self._take("BEGIN", "SELECT count(*) FROM sqlite_master")

    def leave(self) -> None:
        """Use it no longer."""
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Nobody else uses the record inside; not even its owner may have it open before.

        Raises UnavailableError if others do not let go of it.
        """
        self._lock = self._opened()
        try:
            self._take("BEGIN EXCLUSIVE")
            yield
        finally:
            self.leave()

    def _opened(self) -> Any:
        """The file of locks; None on a disk that cannot be written, where nothing changes."""
        from sqlcipher3 import dbapi2

        if not self._place.exists():
            with suppress(OSError):
                flags = os.O_CREAT | os.O_EXCL | os.O_WRONLY
                os.close(os.open(self._place, flags, PRIVATE_FILE))
        if not self._place.exists() or not os.access(self._place.parent, os.W_OK):
            return None
        try:
            return dbapi2.connect(
                str(self._place), timeout=WAIT, isolation_level=None, check_same_thread=False
            )
        except dbapi2.OperationalError:  # somebody else's, and so is the record beside it
            return None

    def _take(self, *statements: str) -> None:
        from sqlcipher3 import dbapi2

        if self._lock is None:
            return
        try:
            for statement in statements:
                self._lock.execute(statement)
        except dbapi2.DatabaseError as error:
            self.leave()
            raise UnavailableError(
                f"Another dsr is using {self._path} and does not let go of it.",
                hint="Try again in a moment.",
                code="store_busy",
            ) from error
