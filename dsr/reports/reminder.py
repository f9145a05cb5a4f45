"""The deadline reminder report: what is due, what is late, what to do next."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from dsr.law.regimes import regime
from dsr.tracker.deadlines import CaseDeadline, case_deadlines
from dsr.tracker.events import Event
from dsr.tracker.requests import Request
from dsr.tracker.standing import NextStep, next_step, phase
from dsr.tracker.state import CaseState, fold
from dsr.tracker.status import Status, status_on

DUE_SOON = 7  # days


class Group(StrEnum):
    """Where in the report a case stands."""

    OVERDUE = "Overdue"
    DUE_SOON = "Due soon"
    NEEDS_YOU = "Needs you"
    WAITING = "Waiting"


@dataclass(frozen=True, slots=True)
class CaseOnDay:
    """A case as it stands on a day."""

    request: Request
    events: tuple[Event, ...]
    state: CaseState
    status: Status
    deadlines: tuple[CaseDeadline, ...]
    next_step: NextStep


@dataclass(frozen=True, slots=True)
class Item:
    """One line of the report; without a deadline while the controller owes nothing yet."""

    case: CaseOnDay
    group: Group
    deadline: CaseDeadline | None
    days_left: int | None

    @property
    def rights(self) -> str:
        """The rights exercised, in words."""
        return ", ".join(right.value for right in self.case.request.rights)


@dataclass(frozen=True, slots=True)
class Report:
    """All open cases by what they need."""

    as_of: date
    within: int
    items: tuple[Item, ...]

    def count(self, group: Group) -> int:
        """How many items a group has."""
        return sum(item.group is group for item in self.items)


def case_on(request: Request, events: list[Event], today: date) -> CaseOnDay:
    """The case as its events and the law make it on a day."""
    state = fold(events)
    deadlines = tuple(case_deadlines(request, state, today))
    latest = _latest(deadlines)
    status = status_on(today, phase(state), latest)
    step = next_step(request.reference, state, status, regime(request.law).remedy)
    return CaseOnDay(request, tuple(events), state, status, deadlines, step)


def report(cases: Iterable[CaseOnDay], today: date, within: int = DUE_SOON) -> Report:
    """The report over *cases*; *within* days a deadline counts as due soon."""
    items = [_item(case, today, within) for case in cases if case.status is not Status.CLOSED]
    places = {group: place for place, group in enumerate(Group)}
    items.sort(
        key=lambda item: (
            places[item.group],
            item.deadline.deadline.due if item.deadline else date.max,
            item.case.request.reference,
        )
    )
    return Report(today, within, tuple(items))


def open_response(case: CaseOnDay) -> CaseDeadline | None:
    """The response that is due first and still open."""
    return next(
        (d for d in case.deadlines if d.kind.startswith("response") and not _is_answered(case)),
        None,
    )


def _is_answered(case: CaseOnDay) -> bool:
    return case.state.answer is not None


def _latest(deadlines: tuple[CaseDeadline, ...]) -> date | None:
    responses = [d.deadline for d in deadlines if d.kind.startswith("response")]
    return min(responses, key=lambda d: d.due).due_lenient if responses else None


def _item(case: CaseOnDay, today: date, within: int) -> Item:
    deadline = open_response(case)
    days_left = (deadline.deadline.due - today).days if deadline else None
    return Item(case, _group(case.status, days_left, within), deadline, days_left)


def _group(status: Status, days_left: int | None, within: int) -> Group:
    if status is Status.OVERDUE:
        return Group.OVERDUE
    if status in (Status.READY, Status.DRAFT, Status.ACTION_NEEDED, Status.ANSWERED):
        return Group.NEEDS_YOU
    if status is Status.WAITING and days_left is not None and days_left <= within:
        return Group.DUE_SOON
    return Group.WAITING
