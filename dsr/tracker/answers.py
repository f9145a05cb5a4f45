"""How each demand of a letter was answered, folded from the events of its case."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from dsr.tracker.events import ANSWERS, Event, EventType
from dsr.tracker.state import in_order


class Outcome(StrEnum):
    """What the controller did about one demand."""

    FULFILLED = "fulfilled"
    REFUSED = "refused"
    MISSING = "missing"  # the answer passes over it
    NO_DATA = "no-data"
    OPEN = "open"  # nothing was said of it yet


@dataclass(frozen=True, slots=True)
class DemandAnswer:
    """A demand by its code, with its outcome and the event that brought it."""

    code: str
    outcome: Outcome = Outcome.OPEN
    on: date | None = None
    seq: int | None = None


# What an answer as a whole says of the demands that it does not name.
_OF_ALL = {
    EventType.FULFILLED: Outcome.FULFILLED,
    EventType.REFUSED: Outcome.REFUSED,
    EventType.NO_DATA: Outcome.NO_DATA,
}


def demand_answers(codes: Sequence[str], events: Sequence[Event]) -> list[DemandAnswer]:
    """The demands *codes* of a letter, each with its last answer.

    An answer that names demands speaks of those; one that names none speaks of all that were not
    fulfilled before.  A partial answer that names none leaves open which are meant.
    """
    found = {code: DemandAnswer(code) for code in codes}
    for event in in_order(events):
        if event.type not in ANSWERS:
            continue
        named = dict(event.demands)
        whole = _OF_ALL.get(event.type)
        for code, answer in found.items():
            outcome = Outcome(named[code]) if code in named else whole
            settled = answer.outcome is Outcome.FULFILLED and code not in named
            if outcome and not settled and (code in named or not named):
                found[code] = DemandAnswer(code, outcome, event.on, event.seq)
    return list(found.values())


def outstanding(answers: Sequence[DemandAnswer]) -> tuple[str, ...]:
    """The demands that were answered with nothing, once something was said of any."""
    if all(answer.outcome is Outcome.OPEN for answer in answers):
        return ()
    return tuple(
        answer.code for answer in answers if answer.outcome in (Outcome.OPEN, Outcome.MISSING)
    )


def unfulfilled(answers: Sequence[DemandAnswer]) -> tuple[str, ...]:
    """The demands that were passed over or refused, once something was said of any."""
    passed_over = outstanding(answers)
    return tuple(
        answer.code
        for answer in answers
        if answer.code in passed_over or answer.outcome is Outcome.REFUSED
    )
