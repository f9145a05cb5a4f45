"""Everything that can go wrong in a way dsr foresaw.

::

    DsrError
    ├── UsageError                2   the words of the command are off
    ├── NotFoundError             3   no such company, request, person …
    ├── InvalidInputError         4   a value that cannot be right
    │   └── BadFileError              a data file that does not parse or fit
    ├── ConflictError             5   the case is in another state
    ├── UnavailableError          6   keyring, disk, store, font … outside of dsr
    └── PartialBatchError         7   some of a batch failed, the rest was done

Each error is one sentence for the person, an optional next step (``hint``) and a
stable ``code`` for scripts.  Messages never quote a letter, an address or a secret.
"""

from enum import IntEnum, unique
from typing import ClassVar


@unique
class ExitStatus(IntEnum):
    """What the process tells the shell; documented in docs/reference/exit-status.md."""

    DONE = 0
    BUG = 1
    USAGE = 2
    NOT_FOUND = 3
    INVALID = 4
    CONFLICT = 5
    UNAVAILABLE = 6
    PARTIAL = 7
    OVERDUE = 8
    INTERRUPTED = 130


class DsrError(Exception):
    """A foreseen failure: its text is shown to the person, without a traceback."""

    exit_status: ClassVar[ExitStatus] = ExitStatus.BUG
    default_code: ClassVar[str] = "error"

    def __init__(self, sentence: str, *, hint: str | None = None, code: str | None = None) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.hint = hint
        self.code = code or self.default_code


class UsageError(DsrError):
    """The command line lacks something or holds something that does not belong."""

    exit_status = ExitStatus.USAGE
    default_code = "usage"


class NotFoundError(DsrError):
    """What was named does not exist."""

    exit_status = ExitStatus.NOT_FOUND
    default_code = "not_found"


class InvalidInputError(DsrError):
    """A value that was given cannot be right."""

    exit_status = ExitStatus.INVALID
    default_code = "invalid_input"


class BadFileError(InvalidInputError):
    """A file that does not parse or does not fit its schema."""

    default_code = "bad_file"


class ConflictError(DsrError):
    """The case is in a state that does not allow this."""

    exit_status = ExitStatus.CONFLICT
    default_code = "conflict"


class UnavailableError(DsrError):
    """Something outside of dsr does not work: disk, keyring, store, library."""

    exit_status = ExitStatus.UNAVAILABLE
    default_code = "unavailable"


class PartialBatchError(DsrError):
    """Part of a batch failed; ``data`` is what was done, ``causes`` what was not."""

    exit_status = ExitStatus.PARTIAL
    default_code = "partial_batch"

    def __init__(self, sentence: str, *, data: object, causes: "list[DsrError]") -> None:
        super().__init__(sentence)
        self.data = data
        self.causes = causes


def did_you_mean(candidates: list[str]) -> str:
    """The tail of a sentence that names the nearest candidates, empty if there are none."""
    if not candidates:
        return ""
    return f" Did you mean {' or '.join(candidates)}?"
