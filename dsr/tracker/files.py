"""Documents too large for the database: each a file of its own, encrypted by a key of its own.

The key is kept in the store's row alone, so that whoever deletes the row has made the file noise.
A file is in the format of age-encryption.org/v1; its name is random and says nothing of it.
"""

import re
from collections.abc import Container
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from secrets import token_hex
from shutil import copyfileobj
from typing import BinaryIO, Final

from dsr.errors import NotFoundError, UnavailableError
from dsr.paths import (
    make_private_directory,
    new_private_file,
    open_to_read,
    remove_file,
    staged_private_file,
)
from dsr.tracker.age import (
    BrokenStreamError,
    DoesNotOpenError,
    Sink,
    Source,
    Told,
    decrypt,
    encrypt,
    new_identity,
)

LEFT_ALONE: Final = timedelta(days=1)  # a file that young may be about to get its row

_PLACE: Final = re.compile(r"[0-9a-f]{2}/[0-9a-f]{30}")


@dataclass(frozen=True, slots=True)
class KeptFile:
    """What the store must remember of a file to give it back: what it was, where it lies, its key.

    ``sha256`` and ``size`` (bytes) are of the document itself.
    """

    sha256: str
    size: int
    place: str
    key: str = field(repr=False)


class FileStore:
    """The files below one directory, which is made when the first file comes."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def take_in(self, stream: Source, *, start: bytes = b"", told: Told | None = None) -> KeptFile:
        """Keep what *stream* gives, after the *start* that was read from it before.

        The file is on the disk by return; without a return at most a file that nobody knows is
        left, for ``sweep``.  *told* hears the bytes done.  What the stream raises comes through.

        Raises UnavailableError if the disk or the directory refuses.
        """
        name = token_hex(16)
        place, key = f"{name[:2]}/{name[2:]}", new_identity()
        path = self.path(place)
        for directory in (self._directory, path.parent):
            make_private_directory(directory)
        source = _HashedSource(start, stream)
        with new_private_file(path, called=self._directory) as sink:
            encrypt(source, sink, key, told)
        return KeptFile(source.hash.hexdigest(), source.size, place, key)

    def copy_out(self, kept: KeptFile, sink: Sink, told: Told | None = None) -> None:
        """Write the document to *sink*, which may have got a part of it when this fails.

        *told* hears the bytes done.  What the sink raises comes through.

        Raises UnavailableError if the file is missing or not what was kept (``document_damaged``),
        or cannot be read.
        """
        try:
            with open_to_read(self.path(kept.place)) as source:
                whole = decrypted(source, kept, sink, told)
        except NotFoundError as error:
            raise self._damaged(kept.place) from error
        if not whole:
            raise self._damaged(kept.place)

    def put(self, place: str, stream: BinaryIO) -> None:
        """Keep a file as it was encrypted before, in place of one that may be damaged.

        Raises UnavailableError if the disk or the directory refuses.
        """
        path = self.path(place)
        for directory in (self._directory, path.parent):
            make_private_directory(directory)
        with staged_private_file(path, replace=True) as sink:
            copyfileobj(stream, sink)

    def write_to(self, kept: KeptFile, path: Path, told: Told | None = None) -> None:
        """Write the document to *path*, in place of what is there, whole or not at all.

        Raises UnavailableError as copy_out does, or if *path* cannot be written.
        """
        with staged_private_file(path, replace=True) as sink:
            self.copy_out(kept, sink, told)

    def check(self, kept: KeptFile, told: Told | None = None) -> bool:
        """Whether the document can be given back as it was.

        Raises UnavailableError if the file is there and cannot be read.
        """
        try:
            self.copy_out(kept, Nowhere(), told)
        except UnavailableError as error:
            if error.code == "document_damaged":
                return False
            raise
        return True

    def discard(self, place: str) -> None:
        """Take a file away; it may be gone already.

        Raises UnavailableError if the directory refuses.
        """
        remove_file(self.path(place))

    def clear(self) -> None:
        """Take every file of ours away, and the directories that are empty then.

        Raises UnavailableError if the directory refuses.
        """
        for path in self.orphans(()):
            remove_file(path)
        for directory in (*self._directory.glob("[0-9a-f][0-9a-f]"), self._directory):
            with suppress(OSError):  # somebody else's files lie in it
                directory.rmdir()

    def orphans(self, known: Container[str]) -> list[Path]:
        """The files whose place is not *known*; what is not named like a file of ours is let be."""
        found = ((f"{path.parent.name}/{path.name}", path) for path in self._directory.glob("*/*"))
        return sorted(path for place, path in found if _is_place(place) and place not in known)

    def sweep(
        self, known: Container[str], *, now: datetime, older_than: timedelta = LEFT_ALONE
    ) -> list[Path]:
        """Take the orphans away that were last written more than *older_than* ago; those.

        Raises UnavailableError if the directory refuses.
        """
        swept = []
        for path in self.orphans(known):
            with suppress(FileNotFoundError):  # swept by another dsr at this moment
                if now - datetime.fromtimestamp(path.stat().st_mtime, UTC) > older_than:
                    remove_file(path)
                    swept.append(path)
        return swept

    def path(self, place: str) -> Path:
        """Where a file lies, encrypted as it is.

        Raises UnavailableError for a place that no file has ever had.
        """
        if not _is_place(place):  # a row from elsewhere could point out of the directory
            raise self._damaged("a place it has never had")
        return self._directory / place

    def _damaged(self, place: str) -> UnavailableError:
        return UnavailableError(
            f"The document kept in {self._directory} as {place} is missing or was altered.",
            hint="Restore it from a backup.",
            code="document_damaged",
        )


def decrypted(source: Source, kept: KeptFile, sink: Sink, told: Told | None = None) -> bool:
    """Write to *sink* what the file *source* holds; whether it is the document that was kept."""
    hashed = _HashedSink(sink)
    try:
        decrypt(source, hashed, kept.key, told)
    except (DoesNotOpenError, BrokenStreamError):
        return False
    return (hashed.hash.hexdigest(), hashed.size) == (kept.sha256, kept.size)


def _is_place(text: str) -> bool:
    return _PLACE.fullmatch(text) is not None


class _HashedSource:
    """What was read before, then the stream; hashed as it passes."""

    def __init__(self, start: bytes, stream: Source) -> None:
        self._start, self._stream = BytesIO(start), stream
        self.hash, self.size = sha256(), 0

    def read(self, size: int, /) -> bytes:
        data = self._start.read(size) or self._stream.read(size)
        self.hash.update(data)
        self.size += len(data)
        return data


class _HashedSink:
    """Passes on, and hashes, what it gets."""

    def __init__(self, sink: Sink) -> None:
        self._sink = sink
        self.hash, self.size = sha256(), 0

    def write(self, data: bytes, /) -> int:
        written = self._sink.write(data)
        self.hash.update(data[:written])
        self.size += written
        return written


class Nowhere:
    """A sink that lets everything go."""

    def write(self, data: bytes, /) -> int:
        """Let it go."""
        return len(data)
