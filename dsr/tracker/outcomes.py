"""What became of each request that went out, in the few columns that statistics need."""

from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from dsr.tracker.engine import Engine
from dsr.tracker.events import EventType
from dsr.tracker.status import Status


class Outcome(NamedTuple):
    """A request that went out: to whom, under which law, and whether and when it was answered."""

    company: str
    law: str
    phase: Status
    answer: EventType | None
    sent_on: date
    answered_on: date | None
    due: date | None
    due_lenient: date | None

    @property
    def days(self) -> int | None:
        """How many days the answer took."""
        return (self.answered_on - self.sent_on).days if self.answered_on else None

    @property
    def allowed(self) -> int | None:
        """How many days the law gave, where it gives a time."""
        return (self.due - self.sent_on).days if self.due else None

    def is_late(self, today: date) -> bool:
        """Whether the answer came, or is still awaited, after the last day that can be argued."""
        if self.due_lenient is None:
            return False
        if self.answered_on:
            return self.answered_on > self.due_lenient
        owing = (Status.WAITING, Status.ESCALATED, Status.CLOSED)  # closed without any answer
        return self.phase in owing and self.due_lenient < today


def outcomes(engine: Engine, person: str | None = None) -> Iterator[Outcome]:
    """Every request that went out, closed ones too; those of one person, if one is named."""
    condition, values = (" AND person = ?", (person,)) if person else ("", ())
    rows = engine.rows(
        "SELECT company, law, phase, answer, sent_on, answered_on, due, due_lenient"  # noqa: S608
        f" FROM standing WHERE sent_on IS NOT NULL{condition}",
        values,
    )
    for company, law, phase, answer, sent_on, answered_on, due, due_lenient in rows:
        yield Outcome(
            company,
            law,
            _PHASES[phase],
            _ANSWERS[answer],
            date.fromisoformat(sent_on),
            _day(answered_on),
            _day(due),
            _day(due_lenient),
        )


_PHASES = {status.value: status for status in Status}
_ANSWERS: dict[str | None, EventType | None] = {
    None: None,
    **{kind.value: kind for kind in EventType},
}


@lru_cache(maxsize=10_000)
def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
