"""Where things lie: the data that came with dsr, and the person's own home.

No other module builds a path from ``__file__``.
"""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from shutil import copyfileobj, rmtree

from dsr.errors import UnavailableError

PRIVATE_DIRECTORY = 0o700
PRIVATE_FILE = 0o600

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
    """Create *path* so that only its owner can look inside.

    Raises UnavailableError if the place cannot be written.
    """
    try:
        if not path.is_dir():
            path.mkdir(mode=PRIVATE_DIRECTORY, parents=True, exist_ok=True)
            path.chmod(PRIVATE_DIRECTORY)
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

    Raises UnavailableError if it cannot be read or written.
    """
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    with _explained(path):
        try:
            descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE_FILE)
            with source.open("rb") as content, os.fdopen(descriptor, "wb") as stream:
                copyfileobj(content, stream)
                stream.flush()
                os.fsync(stream.fileno())
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)


def put_in_place(staged: dict[Path, Path]) -> None:
    """Give staged files their names.

    Raises UnavailableError if the directory refuses.
    """
    for path, part in staged.items():
        with _explained(path):
            part.replace(path)


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
