"""Record what happened to a case, with the files that prove it."""

import sys
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from mimetypes import guess_type
from pathlib import Path
from typing import BinaryIO

from dsr.errors import InvalidInputError, NotFoundError, UnavailableError, UsageError
from dsr.law.receipt import long_date
from dsr.tracker.events import Document, Event, EventDraft, EventType
from dsr.tracker.store import Store

LARGEST_ATTACHMENT = 100 * 1024 * 1024  # bytes; kept inside the store


def record(
    store: Store, reference: str, draft: EventDraft, attachments: Iterable[Path], *, today: date
) -> Event:
    """Append the event to the case of *reference*.

    Raises InvalidInputError for dates that cannot be, ConflictError for what cannot follow.
    """
    _check(draft, today)
    if draft.type is EventType.SENT and draft.via is None:
        draft = replace(draft, via=store.request(reference).channel)
    return store.record(reference, draft, [attachment(path) for path in attachments])


def attachment(path: Path) -> Document:
    """The bytes of a file as a document.

    Raises NotFoundError or UnavailableError if it cannot be read, InvalidInputError if too large.
    """
    if str(path) == "-":
        return Document("stdin", "application/octet-stream", _bounded(sys.stdin.buffer, "stdin"))
    try:
        with path.open("rb") as stream:
            content = _bounded(stream, str(path))
    except FileNotFoundError as error:
        raise NotFoundError(f"There is no file {path}.", code="no_such_file") from error
    except OSError as error:
        raise UnavailableError(f"{path} cannot be read: {error.strerror}.") from error
    media_type, _encoding = guess_type(path.name)
    return Document(path.name, media_type or "application/octet-stream", content)


def _bounded(stream: BinaryIO, name: str) -> bytes:
    content = stream.read(LARGEST_ATTACHMENT + 1)
    if len(content) > LARGEST_ATTACHMENT:
        raise InvalidInputError(
            f"{name} is larger than {LARGEST_ATTACHMENT // 1024 // 1024} MB.",
            hint="Keep it where it is and name the place in a --note.",
            code="attachment_too_large",
        )
    return content


def _check(draft: EventDraft, today: date) -> None:
    if draft.on > today:
        raise InvalidInputError(
            f"{long_date(draft.on)} is in the future; only what has happened can be recorded.",
            code="future_date",
        )
    if draft.until and draft.type is not EventType.EXTENDED:
        raise UsageError("--until belongs to “extended” only.")
    if draft.until and draft.until <= draft.on:
        raise InvalidInputError(
            f"An extension announced on {long_date(draft.on)} cannot end on "
            f"{long_date(draft.until)}.",
            code="bad_until",
        )
    if draft.via and draft.type is not EventType.SENT:
        raise UsageError("--via belongs to “sent” only.")
