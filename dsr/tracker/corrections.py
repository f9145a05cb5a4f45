"""What stands after corrections: a wrong event stays in the record, and no longer counts."""

from collections.abc import Sequence
from dataclasses import replace

from dsr.errors import ConflictError, NotFoundError, UsageError
from dsr.tracker.events import OBJECTING, Correction, Event, EventType


def effective(events: Sequence[Event]) -> list[Event]:
    """The events that count, each as it was last corrected, in the order of their numbers."""
    said: dict[int, Correction] = {}
    struck: set[int] = set()
    for _, correction in _standing_corrections(events):
        if correction.void:
            struck.add(correction.of)
        else:
            before = said.get(correction.of)
            said[correction.of] = _both(before, correction) if before else correction
    return [
        corrected(event, said[event.seq]) if event.seq in said else event
        for event in events
        if event.correction is None and event.seq not in struck
    ]


def check_correction(events: Sequence[Event], correction: Correction) -> None:
    """Raise unless *correction* can be made to a case with these events.

    NotFoundError if there is no event of that number, ConflictError if it cannot be corrected,
    UsageError if the correction says nothing.
    """
    found = next((event for event in events if event.seq == correction.of), None)
    if found is None:
        raise NotFoundError(
            f"There is no event {correction.of} in this case; it has {len(events)}.",
            hint="The numbers stand before the events: dsr show REF",
            code="unknown_event",
        )
    if correction.changes_nothing:
        raise UsageError(
            "The correction does not say what is right.",
            hint="Add --on, --as, --via, --until or --note; or --void if it never happened.",
        )
    if found.type is EventType.PREPARED:
        raise ConflictError(
            f"Event {found.seq} keeps a letter as it was made, and that cannot be changed.",
            hint="If the letter was wrong: withdraw or close this case, and write another one.",
            code="letter_fixed",
        )
    if found.correction and not correction.void:
        raise ConflictError(
            f"Event {found.seq} is itself a correction.",
            hint=f"Take it back with --void, or correct event {found.correction.of} anew.",
            code="correction_fixed",
        )


def corrected_by(events: Sequence[Event]) -> dict[int, int]:
    """For each event that is corrected or struck out, the number of the last event that did it."""
    return {correction.of: seq for seq, correction in _standing_corrections(events)}


def struck_out(events: Sequence[Event]) -> frozenset[int]:
    """The numbers of the events that do not count: they never happened."""
    counting = {event.seq for event in effective(events)}
    counting.update(seq for seq, _ in _standing_corrections(events))
    return frozenset(event.seq for event in events if event.seq not in counting)


def _standing_corrections(events: Sequence[Event]) -> list[tuple[int, Correction]]:
    """The corrections that were not themselves struck out by a later one, with their numbers."""
    standing: list[tuple[int, Correction]] = []
    undone: set[int] = set()
    for event in reversed(events):
        if event.correction and event.seq not in undone:
            standing.append((event.seq, event.correction))
            if event.correction.void:
                undone.add(event.correction.of)
    return standing[::-1]


def _both(first: Correction, second: Correction) -> Correction:
    """Two corrections of one event as one: the second has the last word on what it speaks of."""
    return Correction(
        of=first.of,
        type=second.type or first.type,
        on=second.on or first.on,
        note=second.note or first.note,
        until=second.until or first.until,
        via=second.via or first.via,
        objections=second.objections or first.objections,
    )


def corrected(event: Event, correction: Correction) -> Event:
    """The event as *correction* has it; unchanged if it is of another event."""
    if correction.of != event.seq:
        return event
    kind = correction.type or event.type
    return replace(
        event,
        type=kind,
        on=correction.on or event.on,
        note=correction.note or event.note,
        until=(correction.until or event.until) if kind is EventType.EXTENDED else None,
        via=(correction.via or event.via) if kind is EventType.SENT else None,
        objections=(correction.objections or event.objections) if kind in OBJECTING else (),
    )
