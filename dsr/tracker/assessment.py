"""Assess where a case stands: its events and its law, folded into one row.  Pure functions."""

from collections.abc import Sequence
from datetime import date

from dsr.law.deadlines import Deadline
from dsr.tracker.answers import demand_answers, outstanding
from dsr.tracker.corrections import effective
from dsr.tracker.deadlines import CaseDeadline, case_deadlines
from dsr.tracker.events import Event, EventType
from dsr.tracker.requests import Request
from dsr.tracker.standing import Standing
from dsr.tracker.state import CaseState, fold
from dsr.tracker.status import Status

IDENTITY, CLARIFICATION = "identity", "clarification"


def phase(state: CaseState) -> Status:
    """The status apart from lateness, which depends on the day."""
    if state.closed_on:
        return Status.CLOSED
    if state.complained_on:
        return Status.ESCALATED
    if state.bounced_on:
        return Status.ACTION_NEEDED
    if state.answer and not _asked_for_the_rest(state):
        return Status.ANSWERED
    if state.waits_for_person:
        return Status.ACTION_NEEDED
    if state.is_with_controller:
        return Status.WAITING
    return Status.READY if state.prepared_on else Status.DRAFT


def standing(request: Request, events: Sequence[Event], today: date | None = None) -> Standing:
    """Where the request stands after *events*; its dates as of *today*, or of the last of them.

    Not earlier: while a question is open, the days until a notice decide whether it was in time.
    """
    state = fold(events)
    day = today or max((event.on for event in effective(events)), default=request.made_on)
    asked, first = _asked(state), first_response(case_deadlines(request, state, day))
    deadline = first.deadline if first else None
    in_phase = phase(state)
    if in_phase is Status.ACTION_NEEDED and deadline and _asked_too_late(state, deadline):
        in_phase = Status.WAITING
    return Standing(
        reference=request.reference,
        person=request.data_subject.id,
        company=request.company.slug,
        company_name=request.company.name,
        law=request.law,
        rights=tuple(right.value for right in request.rights),
        made_on=request.made_on,
        campaign=request.campaign,
        phase=in_phase,
        asked=asked,
        bounced=state.bounced_on is not None,
        reminded_on=state.reminded_on,
        reminders=state.reminders,
        new_term=state.new_term,
        objections=state.objections,
        unsent=state.unsent,
        unsent_until=state.unsent_until,
        answer=state.answer,
        answered_on=state.answered_on,
        closed_on=state.closed_on,
        sent_on=state.sent_on,
        kind=first.kind if first else None,
        basis=deadline.basis if deadline else None,
        due=deadline.due if deadline else None,
        due_lenient=deadline.due_lenient if deadline else None,
        ticked=bool(outstanding(demand_answers(request.demands, events))),
        events=len(events),
    )


def _asked_too_late(state: CaseState, deadline: Deadline) -> bool:
    """Whether all that the controller still asks came after its time: that takes nothing back."""
    asked = [q.asked_on for q in (*state.identity, *state.clarification) if q.goes_on]
    return bool(asked) and not state.bounced_on and min(asked) > deadline.due_lenient


def _asked_for_the_rest(state: CaseState) -> bool:
    """Whether the controller answered in part, and asks the person something for the rest."""
    if state.answer is not EventType.PARTLY_FULFILLED or state.answered_on is None:
        return False
    questions = (*state.identity, *state.clarification)
    return any(q.goes_on and q.asked_on >= state.answered_on for q in questions)


def first_response(found: Sequence[CaseDeadline]) -> CaseDeadline | None:
    """The answer that is due first."""
    responses = [each for each in found if each.kind.startswith("response")]
    return min(responses, key=lambda each: each.deadline.due, default=None)


def _asked(state: CaseState) -> str | None:
    if not state.waits_for_person:
        return None
    return IDENTITY if any(q.goes_on for q in state.identity) else CLARIFICATION
