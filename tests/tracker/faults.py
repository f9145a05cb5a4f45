"""The face of faults.c: build it, tell it what to do, read what it wrote down."""

import ctypes
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from struct import Struct

SOURCE = Path(__file__).with_name("faults.c")


def build(place: Path) -> Path:
    """The library, made by the machine's own compiler.

    Raises FileNotFoundError if there is no compiler.
    """
    library = place / "faults.so"
    flags = ("-shared", "-fPIC", "-O2", "-Wall", "-Wextra", "-Werror")
    subprocess.run(["cc", *flags, "-o", str(library), str(SOURCE)], check=True)
    return library


class Faults:
    """The library as this process has it loaded (LD_PRELOAD)."""

    def __init__(self) -> None:
        self._library = ctypes.CDLL(None)
        self._library.faults_kill.argtypes = [ctypes.c_long, ctypes.c_int]
        self._library.faults_mark.argtypes = [ctypes.c_long]

    def watch(self, place: Path) -> None:
        """Count calls on files below a directory, from now on."""
        self._library.faults_watch(str(place.resolve()).encode())

    def kill(self, before: int, *, in_the_middle: bool) -> None:
        """Die just before a call, the first being 1, or when half of what it writes is written."""
        self._library.faults_kill(before, in_the_middle)

    def record(self, path: Path) -> None:
        """Write every call down in a file, which should not lie below the directory."""
        assert self._library.faults_record(str(path).encode()) >= 0

    def mark(self, number: int) -> None:
        """Write down that this number was reached."""
        self._library.faults_mark(number)


class Kind(StrEnum):
    """What a call does; the letter is that of the record."""

    WRITE = "W"
    TRUNCATE = "T"
    SYNC = "S"
    SYNC_DIRECTORY = "D"
    CREATE = "C"
    RENAME = "R"
    LINK = "L"
    UNLINK = "U"
    MARK = "M"  # none, but a place in the program


@dataclass(frozen=True, slots=True)
class Call:
    """One entry of the record; ``file`` is an inode, ``number`` an offset, a length or a mark."""

    kind: Kind
    file: int
    number: int
    name: str
    other: str
    content: bytes


_ENTRY = Struct("=cQqIII")  # struct entry in faults.c


def read_record(path: Path) -> list[Call]:
    """What was written down, first to last."""
    return list(_calls(memoryview(path.read_bytes())))


def _calls(rest: memoryview) -> Iterator[Call]:
    while rest:
        kind, file, number, *lengths = _ENTRY.unpack_from(rest)
        rest, parts = rest[_ENTRY.size :], []
        for length in lengths:
            parts.append(bytes(rest[:length]))
            rest = rest[length:]
        name, other, content = parts
        yield Call(Kind(kind.decode()), file, number, name.decode(), other.decode(), content)
