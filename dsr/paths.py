"""Where things lie: the data that came with dsr, and the person's own home.

No other module builds a path from ``__file__``.
"""

import errno
import io
import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from secrets import token_hex
from shutil import copyfileobj, rmtree
from typing import TYPE_CHECKING, BinaryIO

from dsr.errors import ConflictError, NotFoundError, UnavailableError

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer, WriteableBuffer

PRIVATE_DIRECTORY = 0o700
PRIVATE_FILE = 0o600
BUFFER = 1 << 20  # bytes

_PACKAGE = Path(__file__).resolve().parent


@cache
def bundled(kind: str) -> Path:
    """The directory of *kind* (``templates`` or ``companies``) that came with dsr.

    An installed dsr has it inside the package (pyproject.toml maps it there); a checkout,
    and so an editable install, has it beside the package.

    Raises UnavailableError if neither is there.
    """
    installed, checkout = _PACKAGE / "data" / kind, _PACKAGE.parent / kind
    if installed.is_dir():
        return installed
    if (_PACKAGE.parent / "pyproject.toml").is_file() and checkout.is_dir():
        return checkout
    raise UnavailableError(
        f"This installation of dsr lacks its {kind} directory.",
        hint="Install dsr again: pipx reinstall dsr",
        code="incomplete_install",
    )


def law_data() -> Path:
    """The directory of the law room's reviewed data files."""
    return _PACKAGE / "law"


def check_script() -> Path:
    """The program that checks an exported record without dsr, to be copied beside the export."""
    return _PACKAGE / "tracker" / "check_record.py"


def default_home() -> Path:
    """Where a person's record lies unless ``--home`` or ``DSR_HOME`` says otherwise."""
    from platformdirs import user_data_path

    return user_data_path("dsr", appauthor=False)


def make_private_directory(path: Path) -> None:
    """Create *path*, durably, so that only its owner can look inside.

    Raises UnavailableError if the place cannot be written.
    """
    try:
        if not path.is_dir():
            path.mkdir(mode=PRIVATE_DIRECTORY, parents=True, exist_ok=True)
            path.chmod(PRIVATE_DIRECTORY)
            _keep_names(path.parent)
    except OSError as error:
        raise UnavailableError(
            f"{path} cannot be used as dsr's home: {_reason(error)}.",
            hint="Choose another place with --home DIR or DSR_HOME.",
            code="home_not_writable",
        ) from error


def write_private_file(path: Path, content: bytes) -> None:
    """Write *content* to *path* so that it is there whole or not at all, for the owner only.

    Raises UnavailableError if the disk or the directory refuses, or if *path* is no plain file.
    """
    put_in_place({path: stage_private_file(path, content)})


def stage_private_file(path: Path, content: bytes, *, durable: bool = False) -> Path:
    """Write *content* beside *path*, so that only a rename is left to do; the staged file.

    A *durable* file is on the disk before this returns; what the store holds too need not be.

    Raises UnavailableError if the disk or the directory refuses, or if *path* is no plain file.
    """
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    with _explained(path):
        if path.exists() and not path.is_file():
            raise OSError(errno.EINVAL, "it is no plain file")
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE_FILE)
        try:
            with os.fdopen(descriptor, "wb") as stream:
                stream.write(content)
                if durable:
                    stream.flush()
                    os.fsync(stream.fileno())
        except BaseException:
            part.unlink(missing_ok=True)
            raise
    return part


def copy_private_file(source: Path, path: Path) -> None:
    """Copy a file of any size so that the copy is there whole or not at all, and on the disk.

    Raises NotFoundError or UnavailableError if it cannot be read or written.
    """
    with open_to_read(source) as content, staged_private_file(path, replace=True) as stream:
        copyfileobj(content, stream)


def put_in_place(staged: dict[Path, Path]) -> None:
    """Give staged files their names.

    Raises UnavailableError if the directory refuses.
    """
    for path, part in staged.items():
        with _explained(path):
            part.replace(path)


@contextmanager
def new_private_file(path: Path, *, called: Path | None = None) -> Iterator[BinaryIO]:
    """A new file to stream into: afterwards on the disk with its name, or gone if anything failed.

    A failure is told of the place *called*, by default of *path* itself.

    Raises UnavailableError if the disk or the directory refuses, at once or while writing.
    """
    called = called or path
    with _explained(called):
        file = _ExplainedFile(path, "xb", called)
    try:
        with file:
            stream = io.BufferedWriter(file, BUFFER)
            yield stream
            stream.flush()
            with _explained(called):
                os.fsync(file.fileno())
        with _explained(called):
            _keep_names(path.parent)
    except BaseException:
        path.unlink(missing_ok=True)
        raise


@contextmanager
def staged_private_file(path: Path, *, replace: bool) -> Iterator[BinaryIO]:
    """A stream that becomes *path* once it is whole and on the disk.

    Raises UnavailableError if the disk or the directory refuses, or if *path* is no plain file;
    ConflictError if there is a file already that is not to be replaced.
    """
    with _explained(path):
        if path.exists() and not path.is_file():
            raise OSError(errno.EINVAL, "it is no plain file")
    if path.exists() and not replace:
        raise _exists_already(path)
    part = path.with_name(f".{path.name}.{token_hex(4)}.part")
    with new_private_file(part, called=path) as stream:
        yield stream
    try:
        with _explained(path):
            _name(part, path, replace=replace)
            _keep_names(path.parent)
    finally:
        part.unlink(missing_ok=True)


def _name(part: Path, path: Path, *, replace: bool) -> None:
    if not replace:
        try:
            path.hardlink_to(part)
        except FileExistsError as error:
            raise _exists_already(path) from error
        except OSError as error:  # memory sticks know no such links: look, then rename
            if path.exists():
                raise _exists_already(path) from error
        else:
            return
    part.replace(path)


def _exists_already(path: Path) -> ConflictError:
    return ConflictError(
        f"There is a file {path} already.", hint="Choose another name.", code="file_exists"
    )


def open_to_read(path: Path) -> BinaryIO:
    """A stream of what *path* holds, for a ``with`` block.

    Raises NotFoundError if there is no such file, UnavailableError if it cannot be read, at once
    or later.
    """
    try:
        return io.BufferedReader(_ExplainedFile(path, "rb", path), BUFFER)
    except (FileNotFoundError, NotADirectoryError) as error:
        raise NotFoundError(f"There is no file {path}.", code="no_such_file") from error
    except OSError as error:
        raise _unreadable(path, error) from error


def remove_file(path: Path) -> None:
    """Take *path* away, durably; it may be gone already.

    Raises UnavailableError if the directory refuses.
    """
    try:
        path.unlink()
        _keep_names(path.parent)
    except (FileNotFoundError, NotADirectoryError):
        return
    except OSError as error:
        raise UnavailableError(
            f"{path} cannot be removed: {_reason(error)}.", code="file_not_writable"
        ) from error


class _ExplainedFile(io.FileIO):
    """A file for its owner only, whose failures, however late, are sentences."""

    def __init__(self, path: Path, mode: str, called: Path) -> None:
        super().__init__(path, mode, opener=lambda name, flags: os.open(name, flags, PRIVATE_FILE))
        self._called = called

    def write(self, data: "ReadableBuffer", /) -> int:
        with _explained(self._called):
            return super().write(data)

    def readinto(self, buffer: "WriteableBuffer", /) -> int:
        try:
            return super().readinto(buffer)
        except OSError as error:
            raise _unreadable(self._called, error) from error


def _unreadable(path: Path, error: OSError) -> UnavailableError:
    return UnavailableError(f"{path} cannot be read: {_reason(error)}.", code="file_not_readable")


def _keep_names(directory: Path) -> None:
    """Wait until the names in *directory* are on the disk, where the system can promise that."""
    if os.name == "nt":  # it opens no directory, and keeps a name with its file
        return
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in {errno.EINVAL, errno.ENOTSUP}:  # some file systems cannot
            raise
    finally:
        os.close(descriptor)


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise UnavailableError(
            f"{path} cannot be written: {_reason(error)}.",
            hint="Free some space or choose another directory.",
            code="file_not_writable",
        ) from error


def write_once(path: Path, content: bytes) -> bool:
    """Write *content* to *path* unless it is there already; whether this call was the one.

    Raises UnavailableError if the disk or the directory refuses.
    """
    draft = path.with_name(f".{path.name}.{os.getpid()}.draft")
    put_in_place({draft: stage_private_file(draft, content, durable=True)})
    try:
        path.hardlink_to(draft)
    except FileExistsError:
        return False
    except OSError as error:
        raise UnavailableError(
            f"{path} cannot be written: {_reason(error)}.", code="file_not_writable"
        ) from error
    finally:
        draft.unlink(missing_ok=True)
    return True


def write_private_directory(path: Path, contents: dict[str, bytes]) -> bool:
    """Make the directory *path* of these files, whole or not at all; False if one is there already.

    Raises UnavailableError if the disk or the directory above refuses.
    """
    part = path.parent / f".{path.name}.{os.getpid()}.part"
    with _explained(path):
        part.mkdir(mode=PRIVATE_DIRECTORY)
    try:
        for name, content in contents.items():
            file = part / name
            put_in_place({file: stage_private_file(file, content, durable=True)})
        part.rename(path)
    except OSError as error:
        # An empty directory is filled; every system says in its own words that one is not empty.
        if os.path.lexists(path):
            return False
        raise UnavailableError(
            f"{path} cannot be written: {_reason(error)}.", code="file_not_writable"
        ) from error
    finally:
        rmtree(part, ignore_errors=True)
    return True


def _reason(error: OSError) -> str:
    return (error.strerror or type(error).__name__).lower()
