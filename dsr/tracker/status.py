"""The statuses a case can have, and lateness, which depends on the day."""

from datetime import date
from enum import StrEnum


class Status(StrEnum):
    """Where a case stands; derived, never stored by hand."""

    DRAFT = "draft"
    READY = "ready"
    WAITING = "waiting"
    ACTION_NEEDED = "action-needed"
    OVERDUE = "overdue"
    ANSWERED = "answered"
    ESCALATED = "escalated"
    CLOSED = "closed"


def status_on(today: date, in_phase: Status, due_lenient: date | None) -> Status:
    """The status on a day: late only after the latest date that can be argued."""
    if in_phase is Status.WAITING and due_lenient and due_lenient < today:
        return Status.OVERDUE
    return in_phase
