"""What the controller owes in a case and by when: the law's dates, applied to what happened."""

from dataclasses import dataclass, replace
from datetime import date

from dsr.errors import InvalidInputError
from dsr.law.calendars import Place
from dsr.law.deadlines import Deadline, Deadlines, Pauses, deadlines
from dsr.law.limits import IdentityPause, TimeLimit
from dsr.law.receipt import long_date
from dsr.law.regimes import RightGiven, regime
from dsr.law.rights import Right
from dsr.tracker.requests import Request
from dsr.tracker.state import CaseState, Extension


@dataclass(frozen=True, slots=True)
class CaseDeadline:
    """A deadline of a case and the rights it is for; ``met`` is None while it is open."""

    kind: str
    rights: tuple[Right, ...]
    deadline: Deadline
    met: bool | None

    @property
    def explanation(self) -> str:
        """The derivation as one text."""
        return " ".join(self.deadline.steps)


def case_deadlines(request: Request, state: CaseState, today: date) -> list[CaseDeadline]:
    """Every deadline of the case, first due first; none until the controller has the request."""
    receipt = state.receipt()
    if receipt is None:
        return []
    law, (place, also) = regime(request.law), holiday_places(request)
    pauses = Pauses(state.identity, state.clarification, as_of=max(today, receipt.on))
    groups = _by_time_limit(request, pauses)
    found = []
    for rights in groups:
        dates = deadlines(law, rights[0], receipt, place=place, also_arguable=also, pauses=pauses)
        response = _extended(dates, law.gives(rights[0]).limit, state)
        if _clock_stands(law.gives(rights[0]), state, response):
            continue
        kind = "response" if len(groups) == 1 else f"response-{'-'.join(rights)}"
        if dates.acknowledgement:
            confirmed = _met(dates.acknowledgement, state.acknowledged_on, today)
            found.append(
                CaseDeadline("acknowledgement", tuple(rights), dates.acknowledgement, confirmed)
            )
        if response:
            answered = _met(response, state.answered_on, today)
            found.append(CaseDeadline(kind, tuple(rights), response, answered))
    return sorted(found, key=lambda one: (one.deadline.due, one.kind))


def _clock_stands(given: RightGiven, state: CaseState, response: Deadline | None) -> bool:
    """Whether the time does not run, since the controller waits for the person.

    A question that came after the time had run out does not stop it.
    """
    if given.limit.identity_pause is IdentityPause.RESTARTS and any(
        pause.goes_on for pause in state.identity
    ):
        return True
    if given.right not in given.limit.clarification_rights or response is None:
        return False
    unanswered = (p.asked_on for p in state.clarification if p.goes_on)
    return any(asked_on <= response.due for asked_on in unanswered)


def _by_time_limit(request: Request, pauses: Pauses) -> list[list[Right]]:
    """The rights of the request, those together whose time runs alike."""
    groups: dict[tuple[TimeLimit, bool], list[Right]] = {}
    for right in request.rights:
        limit = regime(request.law).gives(right).limit
        held_up = bool(pauses.clarification) and right in limit.clarification_rights
        groups.setdefault((limit, held_up), []).append(right)
    return list(groups.values())


def projected(request: Request, on: date) -> list[CaseDeadline]:
    """The deadlines there would be if the request went out on a day."""
    return case_deadlines(request, CaseState(sent_on=on, via=request.channel), on)


def holiday_places(request: Request) -> tuple[Place | None, Place | None]:
    """Whose public holidays count, and whose could be claimed.

    Those of the State in which the controller has to act (Reg. 1182/71 Art. 2(1)).  For a
    controller outside the law's territory no rule says which: the person's State counts then,
    and the controller's own can be claimed.
    """
    law, there = regime(request.law), request.company.establishment
    if any(given.limit.counting.calendar for given in law.rights.values()):
        return None, None
    if there in law.residents_of:
        return Place.parse(there), None
    here = request.data_subject.country
    return (
        Place.parse(here) if here in law.residents_of else None,
        _place_if_known(there),
    )


def _place_if_known(country: str) -> Place | None:
    try:
        return Place.parse(country)
    except InvalidInputError:
        return None


def _extended(dates: Deadlines, limit: TimeLimit, state: CaseState) -> Deadline | None:
    """The response deadline after what the controller announced, as far as that was valid."""
    extension, again = state.extension, state.extension_again
    if extension is None or dates.response is None:
        return dates.response
    told = f"An extension was announced on {long_date(extension.announced_on)}"
    if limit.extended_as_announced:
        return _as_announced(dates.response, limit.extended_as_announced, extension, told)
    if dates.extended is None:
        return _with_step(dates.response, f"{told}, but this law allows none: the date stands.")
    if extension.announced_on > dates.response.due_lenient:
        return _too_late(dates.response, told, dates.extended.basis.partition(":")[0])
    first = _longer(dates.response, dates.extended, extension, told)
    if again is None or dates.extended_again is None:
        return first
    told = f"A second extension was announced on {long_date(again.announced_on)}"
    if again.announced_on > first.due_lenient:
        return _too_late(first, told, dates.extended_again.basis.partition(":")[0])
    return _longer(first, dates.extended_again, again, told)


def _longer(before: Deadline, longest: Deadline, extension: Extension, told: str) -> Deadline:
    """The longer time that the law allows, or as much of it as the controller took."""
    if extension.until and extension.until < longest.due:
        promised = replace(longest, due=max(extension.until, before.due))
        return _with_step(
            promised, f"{told}; the controller itself promised {long_date(extension.until)}."
        )
    return _with_step(longest, f"{told}, in time: the longer period counts from receipt.")


def _as_announced(response: Deadline, cited: str, extension: Extension, told: str) -> Deadline:
    """The day that the controller named, where the law leaves it to name one."""
    if extension.announced_on > response.due_lenient:
        return _too_late(response, told, cited)
    if extension.until is None:
        return _with_step(response, f"{told}, without a day for the answer: the date stands.")
    return _with_step(
        replace(
            response,
            due=max(extension.until, response.due),
            due_lenient=max(extension.until, response.due_lenient),
            basis=f"{cited}: the day announced",
        ),
        f"{told}, in time; the controller itself named {long_date(extension.until)} ({cited}).",
    )


def _too_late(before: Deadline, told: str, cited: str) -> Deadline:
    return _with_step(
        before,
        f"{told}, after {long_date(before.due_lenient)}, the last day for such a notice "
        f"({cited}): it does not count.",
    )


def _with_step(deadline: Deadline, step: str) -> Deadline:
    return replace(deadline, steps=(*deadline.steps, step))


def _met(deadline: Deadline, done_on: date | None, today: date) -> bool | None:
    if done_on:
        return done_on <= deadline.due_lenient
    return False if deadline.due_lenient < today else None
