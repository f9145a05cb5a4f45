"""The files of a register, from a directory or an archive; nothing is ever unpacked to disk."""

import os
import tarfile
import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from dsr.errors import BadFileError, NotFoundError, UnavailableError

MAX_FILE = 1_000_000  # bytes
MAX_FILES = 100_000
MARK = "companies"  # the directory that tells where a register begins


def register_files(path: Path) -> Iterator[tuple[str, bytes | None]]:
    """Each file of the register at *path* by its name inside of it; None for one too large.

    Raises NotFoundError if there is nothing, BadFileError for an archive that is broken or whose
    names climb out of it, UnavailableError if it cannot be read.
    """
    try:
        if path.is_dir():
            yield from _in_directory(path)
        elif not path.exists():
            raise NotFoundError(f"There is nothing at {path}.")
        elif zipfile.is_zipfile(path):
            yield from _in_zip(path)
        elif tarfile.is_tarfile(path):
            yield from _in_tar(path)
        else:
            raise BadFileError(
                f"{path} is neither a directory nor a zip or tar archive.",
                hint="Give a checkout or an archive of the repository datenanfragen/data.",
            )
    except (tarfile.TarError, zipfile.BadZipFile, EOFError, NotImplementedError) as error:
        raise BadFileError(f"{path} is a broken archive: {error}.") from error
    except OSError as error:
        raise UnavailableError(f"{path} cannot be read: {error.strerror or error}.") from error


def _in_directory(root: Path, below: str = "") -> Iterator[tuple[str, bytes | None]]:
    with os.scandir(root / below) as listing:
        entries = sorted(listing, key=lambda entry: entry.name)
    for entry in entries:
        name = f"{below}{entry.name}"
        if entry.is_dir(follow_symlinks=False) and not entry.name.startswith("."):
            yield from _in_directory(root, f"{name}/")
        elif below and entry.is_file(follow_symlinks=False):
            with open(entry.path, "rb") as stream:  # noqa: PTH123  (three thousand of them)
                content = stream.read(MAX_FILE + 1)
            yield name, content if len(content) <= MAX_FILE else None


def _in_zip(path: Path) -> Iterator[tuple[str, bytes | None]]:
    with zipfile.ZipFile(path) as archive:
        members = [each for each in archive.infolist() if not each.is_dir()]
        _check(path, [each.filename for each in members])
        top = _top([each.filename for each in members])
        for each in members:
            content = archive.read(each) if each.file_size <= MAX_FILE else None
            yield each.filename.removeprefix(top), content


def _in_tar(path: Path) -> Iterator[tuple[str, bytes | None]]:
    with tarfile.open(path) as archive:
        members = [each for each in archive.getmembers() if each.isfile()]
        _check(path, [each.name for each in members])
        top = _top([each.name for each in members])
        for each in members:
            stream = archive.extractfile(each) if each.size <= MAX_FILE else None
            yield each.name.removeprefix(top), stream.read() if stream else None


def _check(path: Path, names: list[str]) -> None:
    if len(names) > MAX_FILES:
        raise BadFileError(f"{path} holds more than {MAX_FILES} files, too many for a register.")
    for name in names:
        parts = PurePosixPath(name.replace("\\", "/"))
        if parts.is_absolute() or ".." in parts.parts:
            raise BadFileError(
                f"{path} holds a file whose path climbs out of it; nothing was imported.",
                hint="Take the archive from the project itself.",
            )


def _top(names: list[str]) -> str:
    """The directory that everything lies in, as archives from hosting sites have it."""
    first = next((name for name in names if f"/{MARK}/" in f"/{name}"), "")
    return f"/{first}".partition(f"/{MARK}/")[0].removeprefix("/") + "/" if first else ""
