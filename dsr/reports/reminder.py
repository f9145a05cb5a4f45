"""The deadline reminder report: what is due, what is late, what to do next."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from typing import NamedTuple

from dsr.law.regimes import regime
from dsr.tracker.answers import DemandAnswer, demand_answers
from dsr.tracker.assessment import standing
from dsr.tracker.deadlines import CaseDeadline, case_deadlines
from dsr.tracker.events import Event
from dsr.tracker.requests import Request
from dsr.tracker.standing import NextStep, Standing, next_step
from dsr.tracker.state import CaseState, fold
from dsr.tracker.status import Status, status_on

DUE_SOON = 7  # days
_NEEDS_YOU = (Status.READY, Status.DRAFT, Status.ACTION_NEEDED, Status.ANSWERED)


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
    demands: tuple[DemandAnswer, ...]
    next_step: NextStep


class Item(NamedTuple):
    """One line of the report; without ``due`` while the controller owes nothing yet."""

    case: Standing
    status: Status
    group: Group
    kind: str | None
    due: date | None
    days_left: int | None
    next_step: NextStep

    @property
    def rights(self) -> str:
        """The rights exercised, in words."""
        return ", ".join(self.case.rights)


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
    state, stands = fold(events), standing(request, events, today)
    status = status_on(today, stands.phase, stands.due_lenient)
    step = next_step(stands, status, regime(request.law).remedy)
    deadlines = tuple(case_deadlines(request, state, today))
    demands = tuple(demand_answers(request.demands, events))
    return CaseOnDay(request, tuple(events), state, status, deadlines, demands, step)


def report(cases: Iterable[Standing], today: date, within: int = DUE_SOON) -> Report:
    """The report over the open ones of *cases*; *within* days a deadline counts as due soon."""
    remedies = cache(lambda law: regime(law).remedy)
    items = [
        _item(case, today, within, remedies(case.law))
        for case in cases
        if case.phase is not Status.CLOSED
    ]
    places = {group: place for place, group in enumerate(Group)}
    items.sort(
        key=lambda item: (places[item.group], item.due or date.max, item.case.reference),
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


def _item(case: Standing, today: date, within: int, remedy: str) -> Item:
    status = status_on(today, case.phase, case.due_lenient)
    due = None if case.answer else case.due
    left = (due - today).days if due else None
    return Item(
        case,
        status,
        _group(status, left, within),
        case.kind if due else None,
        due,
        left,
        next_step(case, status, remedy),
    )


def _group(status: Status, days_left: int | None, within: int) -> Group:
    if status is Status.OVERDUE:
        return Group.OVERDUE
    if status in _NEEDS_YOU:
        return Group.NEEDS_YOU
    if status is Status.WAITING and days_left is not None and days_left <= within:
        return Group.DUE_SOON
    return Group.WAITING
