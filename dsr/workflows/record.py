"""Record what happened to a case, with the files that prove it."""

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from mimetypes import guess_type
from pathlib import Path
from typing import BinaryIO

from dsr.errors import InvalidInputError, NotFoundError, UnavailableError, UsageError
from dsr.law.receipt import long_date
from dsr.tracker.corrections import check_correction, corrected, effective
from dsr.tracker.documents import LARGEST_INSIDE
from dsr.tracker.events import (
    ANSWERS,
    OBJECTING,
    Correction,
    Document,
    Event,
    EventDraft,
    EventType,
    LargeDocument,
)
from dsr.tracker.requests import Request
from dsr.tracker.store import Store

LARGEST_IN_MEMORY = 100 * 1024 * 1024  # bytes, of what a letter encloses
OCTETS = "application/octet-stream"
Told = Callable[[str, int, int], None]  # hears a file's name, and its bytes so far and in all


def _nobody(_name: str, _done: int, _size: int) -> None:
    """Hear nothing."""


def record(
    store: Store,
    reference: str,
    draft: EventDraft,
    attachments: Iterable[Path],
    *,
    today: date,
    expected: int | None = None,
    told: Told = _nobody,
) -> Event:
    """Append the event to the case of *reference*; *told* hears how far a large file is.

    Raises InvalidInputError for dates that cannot be, ConflictError for what cannot follow, or if
    the case has not the *expected* number of events any more.
    """
    request = store.request(reference)
    before: Sequence[Event] = ()
    if draft.correction:
        before = store.events(request.reference)
        check_correction(before, draft.correction)
    check_event(draft, today, before)
    if draft.type is EventType.SENT and draft.via is None:
        draft = replace(draft, via=request.channel)
    _check_demands(request, draft)
    with taken_in(store, attachments, told) as papers:
        return store.record(request.reference, draft, papers, expected=expected)


@contextmanager
def taken_in(
    store: Store, paths: Iterable[Path], told: Told = _nobody
) -> Iterator[list[Document | LargeDocument]]:
    """The files as documents; a large one streams into the file store, and goes if all fails.

    Raises NotFoundError or UnavailableError if one cannot be read.
    """
    papers: list[Document | LargeDocument] = []
    try:
        papers.extend(_paper(store, path, told) for path in paths)
        yield papers
    except UnavailableError:
        raise  # whether the record took it nobody knows; what nothing names is swept up later
    except BaseException:
        store.documents.discard(papers)
        raise


def _paper(store: Store, path: Path, told: Told) -> Document | LargeDocument:
    name, media_type = _named(path)
    with _opened(path) as stream:
        start = stream.read(LARGEST_INSIDE + 1)
        if len(start) <= LARGEST_INSIDE:
            return Document(name, media_type, start)
        size = 0 if str(path) == "-" else path.stat().st_size
        file = store.documents.files.take_in(
            stream, start=start, told=lambda done: told(name, done, size)
        )
    return LargeDocument(name, media_type, file)


def attachment(path: Path) -> Document:
    """The bytes of a file as a document, in memory.

    Raises NotFoundError or UnavailableError if it cannot be read, InvalidInputError if too large.
    """
    name, media_type = _named(path)
    with _opened(path) as stream:
        return Document(name, media_type, _bounded(stream, name))


def _named(path: Path) -> tuple[str, str]:
    if str(path) == "-":
        return "stdin", OCTETS
    name = "".join(c if c.isprintable() else "_" for c in path.name)
    return name, guess_type(name)[0] or OCTETS


@contextmanager
def _opened(path: Path) -> Iterator[BinaryIO]:
    if str(path) == "-":
        yield sys.stdin.buffer
        return
    try:
        with path.open("rb") as stream:
            yield stream
    except FileNotFoundError as error:
        raise NotFoundError(f"There is no file {path}.", code="no_such_file") from error
    except OSError as error:
        raise UnavailableError(f"{path} cannot be read: {error.strerror}.") from error


def _bounded(stream: BinaryIO, name: str) -> bytes:
    content = stream.read(LARGEST_IN_MEMORY + 1)
    if len(content) > LARGEST_IN_MEMORY:
        raise InvalidInputError(
            f"{name} is larger than {LARGEST_IN_MEMORY // 1024 // 1024} MB.",
            hint="Make it smaller: a letter cannot enclose it.",
            code="attachment_too_large",
        )
    return content


def check_event(draft: EventDraft, today: date, events: Sequence[Event] = ()) -> None:
    """Raise InvalidInputError for days that cannot be, UsageError for what does not belong.

    Of a correction it is looked at what one of *events* would say afterwards.
    """
    said: EventDraft | Event = draft
    if draft.correction:
        of = draft.correction.of
        now = [e for e in effective(events) if e.seq == of]  # with what was corrected before
        said = next((corrected(e, draft.correction) for e in now), draft)
        _check_belongs(draft.correction.type or said.type, draft.correction)
    else:
        _check_belongs(draft.type, draft)
    latest = max(said.on, draft.on)
    if latest > today:
        raise InvalidInputError(
            f"{long_date(latest)} is in the future; only what has happened can be recorded.",
            code="future_date",
        )
    if said.until and said.until <= said.on:
        raise InvalidInputError(
            f"An extension announced on {long_date(said.on)} cannot end on "
            f"{long_date(said.until)}.",
            code="bad_until",
        )


def _check_belongs(kind: EventType, said: EventDraft | Correction) -> None:
    if said.until and kind is not EventType.EXTENDED:
        raise UsageError("--until belongs to “extended” only.")
    if said.via and kind is not EventType.SENT:
        raise UsageError("--via belongs to “sent” only.")
    if said.objections and kind not in OBJECTING:
        raise UsageError(f"--reason belongs to {', '.join(OBJECTING[:-1])} or {OBJECTING[-1]}.")


def _check_demands(request: Request, draft: EventDraft) -> None:
    """Raise unless the demands that the event names are demands of the letter, and it an answer."""
    if draft.demands and draft.type not in ANSWERS:
        raise UsageError(
            "Single demands belong to an answer: fulfilled, partly-fulfilled, refused or no-data."
        )
    unknown = [code for code, _ in draft.demands if request.demands and code not in request.demands]
    if unknown:
        raise InvalidInputError(
            f"The request makes no demand {unknown[0]}.",
            hint=f"It makes: {', '.join(request.demands)}.",
            code="unknown_demand",
        )
