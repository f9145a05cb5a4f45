"""Tar archives of the plainest kind, streamed: files with modest names, one after the other.

Any tar program reads what is written here.  What is read here must be just as plain: no links, no
directories, no names that climb or meet twice, and not one byte that writing would set otherwise.
"""

import io
import re
import tarfile
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, BinaryIO, Final

from dsr.errors import BadFileError, InvalidInputError, UnavailableError

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

BLOCK: Final = tarfile.BLOCKSIZE
END: Final = bytes(2 * BLOCK)
MOST_MEMBERS: Final = 100_000

_PIECE: Final = 1 << 16  # bytes
_LONGEST_NAME: Final = 100  # characters; longer ones need a member of their own in a tar archive
_NAME: Final = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]*(/[A-Za-z0-9_][A-Za-z0-9._-]*)*")

Member = tuple[str, BinaryIO, int]


def header(name: str, size: int) -> bytes:
    """The block that announces a file of *size* bytes; it tells nothing else of it."""
    info = tarfile.TarInfo(name)
    info.size, info.mode = size, 0o600
    return info.tobuf(tarfile.GNU_FORMAT, "ascii", "strict")


def padding(size: int) -> bytes:
    """What fills the last block of a file."""
    return bytes(-size % BLOCK)


def pieces(members: Iterable[Member]) -> Iterator[bytes]:
    """The archive of *members* (name, stream, bytes it gives), piece by piece.

    Raises InvalidInputError for a name that would not be read back, UnavailableError if a stream
    gives more or less than was said.
    """
    names = _Names()
    for name, stream, size in members:
        if not names.admits(name):
            raise InvalidInputError(f"No file can be called {name!r} in an archive.")
        yield header(name, size)
        yield from _exactly(stream, size, name)
        yield padding(size)
    yield END


def _exactly(stream: BinaryIO, size: int, name: str) -> Iterator[bytes]:
    left = size
    while data := stream.read(min(_PIECE, left + 1)):  # one more, to see that it ends
        left -= len(data)
        if left < 0:
            break
        yield data
    if left:
        raise UnavailableError(
            f"{name} changed while it was being copied.",
            hint="Try again when nothing else uses it.",
            code="changed_meanwhile",
        )


class Pieces:
    """Pieces as a stream to read from."""

    def __init__(self, source: Iterator[bytes]) -> None:
        self._source = source
        self._left = memoryview(b"")

    def read(self, size: int, /) -> bytes:
        """At most *size* bytes, none at the end."""
        while not self._left:
            piece = next(self._source, None)
            if piece is None:
                return b""
            self._left = memoryview(piece)
        data, self._left = self._left[:size], self._left[size:]
        return bytes(data)


def files_in(stream: BinaryIO, called: str) -> Iterator[tuple[str, BinaryIO]]:
    """The files of an archive in order, up to the end of *stream*; each can be read until the next.

    Raises BadFileError, naming the archive as *called*: ``file_cut_off``, ``file_altered``, or
    ``unsafe_archive`` for what no archive written here holds.
    """
    names = _Names()
    while announced := next_file(stream, called):
        name, size = announced
        if not names.admits(name):
            raise unsafe(called)
        body = Window(stream, size, called)
        with io.BufferedReader(body, _PIECE) as reader:
            yield name, reader
        body.skip()
        check_padding(stream, size, called)
    check_end(stream, called)


def next_file(stream: BinaryIO, called: str) -> tuple[str, int] | None:
    """Name and size of the file that follows, or None at the first block of the end.

    Raises BadFileError as files_in does.
    """
    block = _read_exactly(stream, BLOCK, called)
    if not any(block):
        return None
    try:
        info = tarfile.TarInfo.frombuf(block, "ascii", "strict")
    except (tarfile.HeaderError, ValueError) as error:
        raise altered(called) from error
    if info.type != tarfile.REGTYPE or info.size < 0 or not _is_modest(info.name):
        raise unsafe(called)
    if header(info.name, info.size) != block:
        raise altered(called)
    return info.name, info.size


def check_padding(stream: BinaryIO, size: int, called: str) -> None:
    """Read over what fills the last block of a file of *size* bytes."""
    expected = padding(size)
    if _read_exactly(stream, len(expected), called) != expected:
        raise altered(called)


def check_end(stream: BinaryIO, called: str) -> None:
    """Read the second block of the end, and see that nothing follows it."""
    if any(_read_exactly(stream, BLOCK, called)) or stream.read(1):
        raise altered(called)


def _read_exactly(stream: BinaryIO, size: int, called: str) -> bytes:
    data = stream.read(size)
    if len(data) < size:
        raise cut_off(called)
    return data


class _Names:
    """The names met so far; those that differ by case alone are one file on some disks."""

    def __init__(self) -> None:
        self._met: set[str] = set()

    def admits(self, name: str) -> bool:
        """Whether one more file may have this *name*; it is then taken."""
        folded = name.casefold()
        if not _is_modest(name) or folded in self._met or len(self._met) == MOST_MEMBERS:
            return False
        self._met.add(folded)
        return True


def _is_modest(name: str) -> bool:
    return len(name) <= _LONGEST_NAME and _NAME.fullmatch(name) is not None


class Window(io.RawIOBase):
    """The next *size* bytes of a stream, as a stream of their own."""

    def __init__(self, stream: BinaryIO, size: int, called: str) -> None:
        super().__init__()
        self._stream, self._left, self._called = stream, size, called

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, buffer: "WriteableBuffer", /) -> int:
        """Fill *buffer*; how far it got.

        Raises BadFileError if the stream ends before the window does.
        """
        room = memoryview(buffer)
        data = self._take(room.nbytes)
        room[: len(data)] = data
        return len(data)

    def skip(self) -> None:
        """Read what nobody has read; afterwards this stream gives no more."""
        while self._take(_PIECE):
            pass

    def _take(self, most: int) -> bytes:
        wanted = min(most, self._left)
        data = self._stream.read(wanted)
        if wanted and not data:
            raise cut_off(self._called)
        self._left -= len(data)
        return data


def cut_off(called: str) -> BadFileError:
    """What is said of a file that ends too early."""
    return BadFileError(
        f"{called} is incomplete: its end is missing.", hint=_ANOTHER, code="file_cut_off"
    )


def altered(called: str) -> BadFileError:
    """What is said of a file that is not as it was written."""
    return BadFileError(f"{called} is damaged or was altered.", hint=_ANOTHER, code="file_altered")


def unsafe(called: str) -> BadFileError:
    """What is said of an archive that dsr has not written."""
    return BadFileError(
        f"{called} holds what no archive made by dsr holds, and is not opened.",
        hint="Do not trust whoever gave it to you.",
        code="unsafe_archive",
    )


_ANOTHER: Final = "Use another copy of it, if there is one."
