"""A case as it stands on a day: its events, what is owed in it, and the next step."""

from dataclasses import dataclass
from datetime import date

from dsr.law.regimes import regime
from dsr.tracker.answers import DemandAnswer, demand_answers
from dsr.tracker.assessment import standing
from dsr.tracker.deadlines import CaseDeadline, case_deadlines
from dsr.tracker.events import Event
from dsr.tracker.requests import Request
from dsr.tracker.standing import NextStep, Standing, next_step
from dsr.tracker.state import CaseState, fold
from dsr.tracker.status import Status, status_on


@dataclass(frozen=True, slots=True)
class CaseOnDay:
    """A case as it stands on a day."""

    request: Request
    events: tuple[Event, ...]
    state: CaseState
    standing: Standing
    status: Status
    deadlines: tuple[CaseDeadline, ...]
    demands: tuple[DemandAnswer, ...]
    next_step: NextStep


def case_on(request: Request, events: list[Event], today: date) -> CaseOnDay:
    """The case as its events and the law make it on a day."""
    state, stands = fold(events), standing(request, events, today)
    status = status_on(today, stands.phase, stands.due_lenient)
    step = next_step(stands, status, regime(request.law).remedy, today)
    deadlines = tuple(case_deadlines(request, state, today))
    demands = tuple(demand_answers(request.demands, events))
    return CaseOnDay(request, tuple(events), state, stands, status, deadlines, demands, step)


def open_response(case: CaseOnDay) -> CaseDeadline | None:
    """The response that is due first and still open."""
    return next(
        (d for d in case.deadlines if d.kind.startswith("response") and not _is_answered(case)),
        None,
    )


def _is_answered(case: CaseOnDay) -> bool:
    return case.state.answer is not None
