"""The deadline reminder report: what is due, what is late, what to do next."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from typing import NamedTuple

from dsr.law.regimes import regime
from dsr.tracker.standing import NextStep, Standing, next_step, running_term, unsent_letter
from dsr.tracker.status import Status, status_on

DUE_SOON = 7  # days
TERM = "term"  # that a letter of the person sets, not the law
YOUR_TERM = "the day that your letter names; no law sets it"
_NEEDS_YOU = (Status.READY, Status.DRAFT, Status.ACTION_NEEDED, Status.ANSWERED)


class Group(StrEnum):
    """Where in the report a case stands."""

    OVERDUE = "Overdue"
    DUE_SOON = "Due soon"
    NEEDS_YOU = "Needs you"
    WAITING = "Waiting"


class Item(NamedTuple):
    """One line of the report; without ``due`` while the controller owes nothing yet."""

    case: Standing
    status: Status
    group: Group
    kind: str | None
    due: date | None
    days_left: int | None
    basis: str | None
    today: date
    remedy: str  # whom the law lets the person turn to

    @property
    def next_step(self) -> NextStep:
        """The one thing to do now; worked out when it is asked for, as not every use needs it."""
        return next_step(self.case, self.status, self.remedy, self.today)

    @property
    def rights(self) -> str:
        """The rights exercised, in words."""
        return ", ".join(self.case.rights)

    @property
    def wants_letter(self) -> bool:
        """Whether the next step is a letter whose kind the case itself tells."""
        return self.next_step.command == f"dsr follow-up {self.case.reference}"

    @property
    def wants_complaint(self) -> bool:
        """Whether the next step is a complaint."""
        return self.next_step.command == f"dsr complain {self.case.reference}"

    @property
    def waits_to_be_sent(self) -> bool:
        """Whether a letter lies ready of which nobody said that it went out."""
        return unsent_letter(self.case, self.status, self.today) is not None

    @property
    def arguable(self) -> bool:
        """Whether the day has passed, and the controller could still argue for a later one."""
        late = self.days_left is not None and self.days_left < 0
        return late and self.status is Status.WAITING


@dataclass(frozen=True, slots=True)
class Report:
    """All open cases by what they need."""

    as_of: date
    within: int
    items: tuple[Item, ...]

    def count(self, group: Group) -> int:
        """How many items a group has."""
        return sum(item.group is group for item in self.items)


def report(cases: Iterable[Standing], today: date, within: int = DUE_SOON) -> Report:
    """The report over the open ones of *cases*; *within* days a deadline counts as due soon."""
    remedies = cache(lambda law: regime(law).remedy)
    items = [
        _item(case, today, within, remedies(case.law))
        for case in cases
        if case.phase is not Status.CLOSED
    ]
    items.sort(key=_due_first)
    return Report(
        today, within, tuple(item for group in Group for item in items if item.group is group)
    )


def _due_first(item: Item) -> tuple[date, str]:
    return item.due or date.max, item.case.reference


def _item(case: Standing, today: date, within: int, remedy: str) -> Item:
    status = status_on(today, case.phase, case.due_lenient)
    term = running_term(case, status, today) if case.new_term else None
    due, kind, basis = case.due, case.kind, case.basis
    if case.answer or due is None:
        due, kind, basis = (term, TERM, YOUR_TERM) if term else (None, None, None)
    left = (due - today).days if due else None
    group = _group(status, term, left, within)
    return Item._make((case, status, group, kind, due, left, basis, today, remedy))


def _group(status: Status, term: date | None, days_left: int | None, within: int) -> Group:
    if status is Status.OVERDUE:
        return Group.OVERDUE
    if term is None and status in _NEEDS_YOU:
        return Group.NEEDS_YOU
    if days_left is not None and days_left <= within and status is not Status.ESCALATED:
        return Group.DUE_SOON
    return Group.WAITING
