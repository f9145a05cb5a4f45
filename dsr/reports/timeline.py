"""A case as a line of moments: what went out, what came back, and the days that count."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from dsr.reports.case import CaseOnDay
from dsr.tracker.corrections import effective, struck_out
from dsr.tracker.events import DocumentRecord, Event, EventType
from dsr.tracker.standing import running_term, unsent_letter


class Direction(StrEnum):
    """Which way something went, or that it is a day that counts."""

    OUT = "out"  # from the person
    IN = "in"  # to the person
    OWN = "own"  # nobody else knows of it
    DEADLINE = "deadline"
    TODAY = "today"


@dataclass(frozen=True, slots=True)
class Moment:
    """One line of the timeline; ``seq`` is the event's number, None for a day that counts."""

    on: date
    direction: Direction
    says: str
    seq: int | None = None
    remarks: tuple[str, ...] = ()
    documents: tuple[DocumentRecord, ...] = ()
    struck_out: bool = False
    met: bool | None = None  # a deadline: None while it is open
    by: str | None = None


_OUT = frozenset(
    {
        EventType.SENT,
        EventType.REMINDED,
        EventType.COMPLAINED,
        EventType.IDENTITY_PROVIDED,
        EventType.CLARIFICATION_PROVIDED,
        EventType.WITHDRAWN,
    }
)
_OWN = frozenset({EventType.PREPARED, EventType.CLOSED, EventType.NOTE, EventType.CORRECTED})
# Within a day: what happened, then what was due on it, and today's end.
_PLACES = {Direction.DEADLINE: 1, Direction.TODAY: 2}


def timeline(case: CaseOnDay, today: date, written: Callable[[date], str]) -> tuple[Moment, ...]:
    """The moments of a case, the first first, with today among them while it is open.

    *written* says a date in words.
    """
    moments = [*_happened(case, written), *_due(case), *_term(case, today)]
    if case.state.closed_on is None:
        moments.append(Moment(today, Direction.TODAY, "today"))
    return tuple(
        sorted(moments, key=lambda each: (each.on, _PLACES.get(each.direction, 0), each.seq or 0))
    )


def _happened(case: CaseOnDay, written: Callable[[date], str]) -> list[Moment]:
    """What was recorded; what was struck out or replaced is marked, never hidden."""
    struck = struck_out(case.events)
    now = {event.seq: event for event in effective(case.events)}
    several = len({event.by for event in case.events if event.by}) > 1
    return [
        Moment(
            event.on,
            _direction(event.type),
            _said(event, recorded),
            event.seq,
            tuple(_remarks(event, recorded, written)),
            event.documents,
            event.seq in struck,
            by=event.by if several else None,
        )
        for recorded in case.events
        for event in [now.get(recorded.seq) or recorded]
    ]


def _direction(kind: EventType) -> Direction:
    if kind in _OWN:
        return Direction.OWN
    return Direction.OUT if kind in _OUT else Direction.IN


def _said(event: Event, recorded: Event) -> str:
    if recorded.correction:
        return f"correction of {recorded.correction.of}"
    if event.type is EventType.PREPARED:
        return f"prepared: {event.note or 'the request'}"
    parts = [event.type.value]
    parts += [f"by {event.via}"] if event.via else []
    parts += [f"({', '.join(event.objections)})"] if event.objections else []
    return " ".join(parts)


def _remarks(event: Event, recorded: Event, written: Callable[[date], str]) -> list[str]:
    """What is worth knowing of an event, and what was recorded before it was corrected."""
    correction = event.correction
    said = []
    if event.until:
        said.append(f"until {written(event.until)}")
    if correction:
        said += ["it never happened"] if correction.void else []
        said += [correction.note] if correction.note else []
    elif event != recorded:
        was = recorded.type.value if event.type is not recorded.type else ""
        day = written(recorded.on) if event.on != recorded.on else ""
        before = " ".join(filter(None, (was, day)))
        said += [f"corrected; was {before}" if before else "corrected"]
    if event.note and event.type is not EventType.PREPARED:
        said.append(event.note)
    return said


def _due(case: CaseOnDay) -> list[Moment]:
    return [
        Moment(each.deadline.due, Direction.DEADLINE, f"{each.kind} due", met=each.met)
        for each in case.deadlines
    ]


def _term(case: CaseOnDay, today: date) -> list[Moment]:
    """The day until which a letter of the person gives them time, while it runs."""
    if unsent_letter(case.standing, case.status, today):
        return []
    term = running_term(case.standing, case.status, today)
    return (
        [Moment(term, Direction.DEADLINE, "the time that your letter gives ends")] if term else []
    )
