"""What another tool's record says of a request, before it becomes a case of dsr."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

from dsr.errors import ConflictError, InvalidInputError
from dsr.law.receipt import Channel
from dsr.law.rights import Right
from dsr.tracker.events import Event, EventType
from dsr.tracker.state import fold
from dsr.workflows.identity import JOINERS, LONGEST_LINE, MOST_ADDRESS_LINES, checked_email

EARLIEST = date(2018, 1, 1)  # none of the tools that are read is older
LONGEST_NOTE = 400  # characters
LONGEST_EMAIL = 254  # characters (RFC 5321 with its erratum 1690)
_FORMULA = "=+-@ "  # a cell that begins so is calculated by a spreadsheet
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*\Z")
_UNKNOWN_MOMENT = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class ForeignEvent:
    """A fact that the other tool recorded."""

    type: EventType
    on: date
    note: str | None = None
    via: Channel | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ForeignCase:
    """A request that was sent with another tool, and what came of it.

    ``original_reference`` is the same at each reading; ``company_slug`` is spelled as in the
    other tool; ``law`` is None where the file does not say it; ``profile`` is the other tool's
    word for the person.  The events fold to a state in the order in which they stand.
    """

    origin: str
    original_reference: str
    company_slug: str | None
    company_name: str
    address: tuple[str, ...]
    email: str | None
    rights: tuple[Right, ...]
    law: str | None
    language: str | None
    channel: Channel
    made_on: date
    events: tuple[ForeignEvent, ...]
    profile: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Foreign:
    """The cases of a file, and a sentence for each row that was left out."""

    cases: tuple[ForeignCase, ...]
    problems: tuple[str, ...]


def can_be(on: date, today: date | None) -> bool:
    """Whether something can have been sent or received on that day."""
    return on >= EARLIEST and (today is None or on <= today)


def plain_line(text: str, longest: int = LONGEST_LINE) -> str:
    """The text on one line, without what cannot be printed or what a spreadsheet calculates."""
    printable = "".join(c if c.isprintable() or c in JOINERS else " " for c in text)
    return " ".join(printable.split()).lstrip(_FORMULA)[:longest].rstrip()


def address_lines(lines: Iterable[str]) -> tuple[str, ...]:
    """The lines that say something, as many as an address can have."""
    return tuple(filter(None, map(plain_line, lines)))[:MOST_ADDRESS_LINES]


def mail_address(text: str) -> str | None:
    """The e-mail address, or None if it is none."""
    try:
        return checked_email(text) if len(text) <= LONGEST_EMAIL else None
    except InvalidInputError:
        return None


def slug_in(text: str) -> str | None:
    """The slug, or None if the text is none, such as what stands for a company of one's own."""
    return text if _SLUG.match(text) else None


def lawful(events: Iterable[ForeignEvent]) -> tuple[ForeignEvent, ...]:
    """The events by day; one that cannot follow what was before it becomes a note."""
    in_order = sorted(events, key=lambda event: event.on)
    if _folds(in_order):
        return tuple(in_order)
    kept: list[ForeignEvent] = []
    for event in in_order:
        kept.append(event if _folds([*kept, event]) else _as_note(event))
    return tuple(kept)


def _folds(events: Sequence[ForeignEvent]) -> bool:
    try:
        fold(
            [
                Event(seq=seq, type=e.type, on=e.on, recorded_at=_UNKNOWN_MOMENT, via=e.via)
                for seq, e in enumerate(events, start=1)
            ]
        )
    except ConflictError:
        return False
    return True


def _as_note(event: ForeignEvent) -> ForeignEvent:
    said = f"Recorded elsewhere as “{event.type}”, which does not fit what was before it."
    return replace(
        event, type=EventType.NOTE, via=None, note=f"{said} {event.note}" if event.note else said
    )
