"""Where an export is written: a directory or a zip archive, whole or not at all."""

import os
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from shutil import rmtree
from typing import BinaryIO, Protocol

from dsr.errors import ConflictError
from dsr.paths import make_private_directory, new_private_file, staged_private_file


class ExportFiles(Protocol):
    """Takes the files of an export, one after another."""

    def write(self, name: str, fill: Callable[[BinaryIO], None]) -> None:
        """Make the file *name*, below the export's top, with what *fill* writes into it."""

    def twin(self, name: str, of: str, fill: Callable[[BinaryIO], None]) -> None:
        """Make *name* the same as the file *of* that was made before."""


@contextmanager
def export_to(target: Path) -> Iterator[ExportFiles]:
    """A new directory, or a new zip archive if the name ends so; there only once it is whole.

    Raises ConflictError if there is something already, UnavailableError if it cannot be written.
    """
    if target.exists():
        raise ConflictError(
            f"{target} is there already.", hint="Name a new directory.", code="file_exists"
        )
    if target.suffix == ".zip":
        with (
            staged_private_file(target, replace=False) as stream,
            zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive,
        ):
            yield _Archive(archive)
        return
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    make_private_directory(part)
    try:
        yield _Directory(part)
        part.rename(target)
    finally:
        with suppress(FileNotFoundError):
            rmtree(part)


class _Directory:
    def __init__(self, top: Path) -> None:
        self._top = top

    def write(self, name: str, fill: Callable[[BinaryIO], None]) -> None:
        path = self._top / name
        make_private_directory(path.parent)
        with new_private_file(path) as stream:
            fill(stream)

    def twin(self, name: str, of: str, fill: Callable[[BinaryIO], None]) -> None:
        path = self._top / name
        make_private_directory(path.parent)
        try:
            path.hardlink_to(self._top / of)
        except OSError:  # the file system knows no links
            self.write(name, fill)


class _Archive:
    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive

    def write(self, name: str, fill: Callable[[BinaryIO], None]) -> None:
        with self._archive.open(name, "w", force_zip64=True) as stream:
            fill(stream)  # type: ignore[arg-type]

    def twin(self, name: str, of: str, fill: Callable[[BinaryIO], None]) -> None:  # noqa: ARG002
        self.write(name, fill)
