"""Read the records that people bring from other tools; nothing is sent and nothing is kept."""

from datetime import date
from pathlib import Path

from dsr.errors import BadFileError, NotFoundError, UnavailableError
from dsr.workflows.foreign_case import Foreign, ForeignCase, ForeignEvent

__all__ = ["LARGEST_FILE", "Foreign", "ForeignCase", "ForeignEvent", "read_foreign"]

LARGEST_FILE = 50 * 1024 * 1024  # bytes
_HEAD = 4096  # bytes; enough to tell what a file is
_SQLITE = b"SQLite format 3\0"
_EVIDENCE = (b'"generated_at"', b'"data_subject"')  # how the JSON of eraser begins


def read_foreign(path: Path, *, today: date | None = None) -> Foreign | None:
    """The cases in an export of Datenanfragen.de or in eraser's history; None for another file.

    Where *today* is given, what is dated later is left out.  Raises NotFoundError if there is no
    file, BadFileError if it is damaged or too large, UnavailableError if it cannot be read.
    """
    try:
        if path.exists() and not path.is_file():
            raise BadFileError(f"{path} is no file.", hint="Give the file that the tool wrote.")
        with path.open("rb") as stream:
            head = stream.read(_HEAD)
        return _read(path, head, today)
    except FileNotFoundError as error:
        raise NotFoundError(f"There is no file {path}.", code="no_such_file") from error
    except OSError as error:
        raise UnavailableError(f"{path} cannot be read: {error.strerror}.") from error


def _read(path: Path, head: bytes, today: date | None) -> Foreign | None:
    from dsr.workflows.eraser_history import is_history, read_evidence, read_history
    from dsr.workflows.from_datenanfragen import is_export, read_export, text_of
    from dsr.workflows.from_eraser import cases_of

    if head.startswith(_SQLITE) and is_history(path):
        _check_size(path)
        return cases_of(read_history(path), today=today)
    if head.lstrip().startswith(b"{") and all(key in head for key in _EVIDENCE):
        _check_size(path)
        return cases_of(read_evidence(path.read_bytes(), path), today=today)
    if is_export(head):
        _check_size(path)
        return read_export(text_of(path.read_bytes()), today=today)
    return None


def _check_size(path: Path) -> None:
    if path.stat().st_size > LARGEST_FILE:
        raise BadFileError(
            f"{path} is larger than {LARGEST_FILE // 1024 // 1024} MB.",
            hint="A record of requests is far smaller; is it the right file?",
            code="file_too_large",
        )
