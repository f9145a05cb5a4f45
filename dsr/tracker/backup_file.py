"""Backups: one file that holds others, encrypted, and can be opened without dsr.

It is a tar archive of three files, in this order:

``dsr-backup/README.txt``
    how to open the backup by hand
``dsr-backup/key.age``
    the secret key of this backup alone, encrypted by a passphrase (age's scrypt); it is left out
    where the key is kept elsewhere
``dsr-backup/backup.tar.age``
    a tar archive, encrypted to that key (age's X25519); its first file is the README.txt again

By hand, with the standard programs tar and age (age-encryption.org)::

    tar -xf BACKUP && cd dsr-backup
    age -d -i key.age backup.tar.age | tar -x -C SOME-DIRECTORY

age proves every byte of the inner archive and that none is missing.  Around it, the key proves
itself, the README is compared with its copy inside, and all else admits one value only: there is
no byte whose change goes unseen.  Nobody can put files in without the secret key, since a backup
does not tell even the public one.
"""

import io
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, BinaryIO, Final

from dsr.errors import BadFileError, InvalidInputError, UnavailableError
from dsr.paths import open_to_read, staged_private_file
from dsr.secrets import LEAST_PASSPHRASE
from dsr.tracker.age import (
    BrokenStreamError,
    DoesNotOpenError,
    Told,
    TooMuchWorkError,
    decrypt,
    encrypt,
    locked_identity,
    new_identity,
    unlocked_identity,
)
from dsr.tracker.plain_tar import (
    BLOCK,
    END,
    Member,
    Pieces,
    Window,
    altered,
    check_end,
    check_padding,
    cut_off,
    files_in,
    header,
    next_file,
    padding,
    pieces,
)

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

_README_NAME: Final = "README.txt"
_README_PLACE: Final = f"dsr-backup/{_README_NAME}"
_KEY_PLACE: Final = "dsr-backup/key.age"
_ARCHIVE_PLACE: Final = "dsr-backup/backup.tar.age"
_MOST_AROUND: Final = 1 << 16  # bytes; what lies beside the archive is read into memory
_PIPE_BUFFER: Final = 1 << 16  # bytes

_README: Final = b"""\
This is a backup of a record kept by dsr, a tool for requests under data
protection law. With dsr, it is put back by:

    dsr data restore FILE

Without dsr, it can be opened with the programs tar and age
(https://age-encryption.org). Unpack it, and in the directory dsr-backup run:

    mkdir record
    age -d -i key.age backup.tar.age | tar -x -C record

age asks for the passphrase of the backup.

If there is no file key.age here, the secret key of this backup was kept
elsewhere, for example in the system keyring of the computer that made it. Put
that key, the line that starts with AGE-SECRET-KEY-, into a file of its own and
name this file instead of key.age.
"""


@dataclass(frozen=True, slots=True, repr=False)
class KeyLock:
    """A backup opened by a secret key that is kept elsewhere, as ``new_identity`` gave it."""

    identity: str


@dataclass(frozen=True, slots=True, repr=False)
class PassphraseLock:
    """A backup opened by a passphrase."""

    passphrase: str


BackupLock = KeyLock | PassphraseLock


def write_backup(
    path: Path,
    members: Iterable[Member],
    lock: BackupLock,
    *,
    replace: bool = False,
    told: Told | None = None,
) -> None:
    """Write *members* (name, stream, its size in bytes) as a backup, whole or not at all.

    A stream is read as its turn comes and closed by whoever opened it.  *told* hears the bytes
    done.  What a stream raises comes through.

    Raises ConflictError if there is such a file and it is not to be replaced, UnavailableError if
    it cannot be written or a stream gives more or less than its size, InvalidInputError for a weak
    passphrase or for a name that is not relative, plain and new.
    """
    with staged_private_file(path, replace=replace) as out:
        identity, key = _key_for(lock)
        out.write(_whole(_README_PLACE, _README))
        if key:
            out.write(_whole(_KEY_PLACE, key))
        start = out.tell()
        out.write(header(_ARCHIVE_PLACE, 0))  # its size is known afterwards
        encrypt(Pieces(pieces(_with_readme(members))), out, identity, told)
        size = out.tell() - start - BLOCK
        out.write(padding(size) + END)
        out.seek(start)
        out.write(header(_ARCHIVE_PLACE, size))


def _key_for(lock: BackupLock) -> tuple[str, bytes]:
    if isinstance(lock, KeyLock):
        return lock.identity, b""
    if len(lock.passphrase) < LEAST_PASSPHRASE:
        raise InvalidInputError(
            f"The passphrase is too short: it needs at least {LEAST_PASSPHRASE} characters.",
            code="weak_passphrase",
        )
    identity = new_identity()
    return identity, locked_identity(identity, lock.passphrase)


def _whole(name: str, content: bytes) -> bytes:
    return header(name, len(content)) + content + padding(len(content))


def _with_readme(members: Iterable[Member]) -> Iterator[Member]:
    yield _README_NAME, io.BytesIO(_README), len(_README)
    yield from members


def asks_passphrase(path: Path) -> bool:
    """Whether a passphrase opens this backup; otherwise it is a key kept elsewhere.

    Raises NotFoundError, UnavailableError or BadFileError if *path* is no whole backup.
    """
    with open_to_read(path) as file:
        return bool(_layout(file, str(path)).key)


@contextmanager
def open_backup(path: Path, lock: BackupLock) -> Iterator[Iterator[tuple[str, BinaryIO]]]:
    """The files of a backup in order, each to be read before the next; for a ``with`` block.

    Every byte given is proven to be as it was written, and that the end is there is seen at once.
    That all between is whole is known when the last file has been passed: trust nothing before.

    Raises NotFoundError or UnavailableError if *path* cannot be read; BadFileError if it is no
    backup (``not_a_backup``) or not whole (``file_cut_off``, ``file_altered``,
    ``unsafe_archive``); UnavailableError if the lock is another one (``wrong_key``), or asks too
    much of this computer (``too_slow``).
    """
    called = str(path)
    with open_to_read(path) as file:
        layout = _layout(file, called)
        identity = _identity(layout, lock, called)
        file.seek(layout.start)
        archive = io.BufferedReader(Window(file, layout.size, called))
        with _decrypted(archive, identity, called) as stream:
            files = files_in(stream, called)
            name, readme = next(files, ("", io.BytesIO()))
            if (name, readme.read(_MOST_AROUND)) != (_README_NAME, layout.readme):
                raise altered(called)
            yield files


@dataclass(frozen=True, slots=True)
class _Layout:
    """What a backup looks like from outside; where the archive starts, and its bytes."""

    readme: bytes
    key: bytes
    start: int
    size: int


def _layout(file: BinaryIO, called: str) -> _Layout:
    """Read all around the encrypted archive."""
    if not file.seekable():
        raise UnavailableError(
            f"{called} is no file on a disk.", hint="Copy the backup to a file first."
        )
    try:
        name, size = next_file(file, called) or ("", 0)
    except BadFileError as error:
        raise _no_backup(called) from error
    if name != _README_PLACE:
        raise _no_backup(called)
    readme, key = _content(file, size, called), b""
    name, size = next_file(file, called) or ("", 0)
    if name == _KEY_PLACE:
        key = _content(file, size, called)
        name, size = next_file(file, called) or ("", 0)
    if name != _ARCHIVE_PLACE:
        raise altered(called)
    start = file.tell()
    if file.seek(0, io.SEEK_END) < start + size + len(padding(size)) + len(END):
        raise cut_off(called)
    file.seek(start + size)
    check_padding(file, size, called)
    if next_file(file, called):
        raise altered(called)
    check_end(file, called)
    return _Layout(readme, key, start, size)


def _content(file: BinaryIO, size: int, called: str) -> bytes:
    if size > _MOST_AROUND:
        raise altered(called)
    content = io.BufferedReader(Window(file, size, called)).read()
    check_padding(file, size, called)
    return content


def _identity(layout: _Layout, lock: BackupLock, called: str) -> str:
    match lock:
        case KeyLock(identity) if not layout.key:
            return identity
        case PassphraseLock(passphrase) if layout.key:
            try:
                return unlocked_identity(layout.key, passphrase)
            except DoesNotOpenError as error:
                raise _does_not_open("The passphrase", called) from error
            except TooMuchWorkError as error:
                raise UnavailableError(
                    f"This computer is too slow to open {called}, which a far faster one locked.",
                    hint="Open it on a faster computer, or by hand as README.txt inside it says.",
                    code="too_slow",
                ) from error
    opener = "a passphrase" if layout.key else "a key that was kept elsewhere"
    raise UnavailableError(f"{called} is opened by {opener}.", code="wrong_key")


@contextmanager
def _decrypted(archive: BinaryIO, identity: str, called: str) -> Iterator[BinaryIO]:
    """What *archive* holds, as a stream to read from.

    The library pushes what it decrypts, so that it does this in a thread of its own, into a pipe.
    """
    out, into = os.pipe()
    decryption = _Decryption(archive, into, identity)
    pipe = io.FileIO(out)
    decryption.start()
    try:
        yield io.BufferedReader(_Proven(pipe, decryption, called), _PIPE_BUFFER)
    finally:
        pipe.close()  # which stops a thread that still writes
        decryption.join()


class _Decryption(Thread):
    """Decrypts into a pipe, and keeps why it failed."""

    def __init__(self, archive: BinaryIO, into: int, identity: str) -> None:
        super().__init__(daemon=True)
        self._archive, self._into, self._identity = archive, into, identity
        self.failure: BaseException | None = None

    def run(self) -> None:
        try:
            with os.fdopen(self._into, "wb", _PIPE_BUFFER) as pipe:
                decrypt(self._archive, pipe, self._identity)
        except BaseException as error:  # raised by whoever reads
            self.failure = error


class _Proven(io.RawIOBase):
    """The reading end: its end is an end only if the decryption came to its own."""

    def __init__(self, pipe: io.FileIO, decryption: _Decryption, called: str) -> None:
        super().__init__()
        self._pipe, self._decryption, self._called = pipe, decryption, called

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "WriteableBuffer", /) -> int:
        count = self._pipe.readinto(buffer)
        if not count:
            self._decryption.join()
            if self._decryption.failure is not None:
                raise self._explanation(self._decryption.failure)
        return count

    def _explanation(self, failure: BaseException) -> BaseException:
        match failure:
            case DoesNotOpenError():
                return _does_not_open("The key", self._called)
            case BrokenStreamError():
                return altered(self._called)
            case _:
                return failure


def _does_not_open(what: str, called: str) -> UnavailableError:
    return UnavailableError(
        f"{what} does not open {called}, or the file is damaged.", code="wrong_key"
    )


def _no_backup(called: str) -> BadFileError:
    return BadFileError(f"{called} is no backup made by dsr.", code="not_a_backup")
