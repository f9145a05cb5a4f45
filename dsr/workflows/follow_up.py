"""Write the letters after the request: choose one by the case, take its facts from the record."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from dsr.directory.catalogue import Catalogue
from dsr.errors import ConflictError, InvalidInputError, NotFoundError
from dsr.law.receipt import long_date
from dsr.law.rights import Right
from dsr.letters.clauses import Templates
from dsr.letters.document import Enclosure, Letter
from dsr.letters.follow_up import CaseFacts, FollowUpKind, compose_follow_up
from dsr.letters.wording import Correspondent, Wording
from dsr.tracker.answers import DemandAnswer, demand_answers, outstanding, unfulfilled
from dsr.tracker.corrections import effective
from dsr.tracker.deadlines import CaseDeadline, case_deadlines
from dsr.tracker.events import Document, Event, EventDraft, EventType
from dsr.tracker.people import CLIENT
from dsr.tracker.requests import Request
from dsr.tracker.state import TERM, CaseState, fold
from dsr.workflows.request import correspondent

if TYPE_CHECKING:
    from dsr.tracker.store import Store

_ACCUSING = (FollowUpKind.REMINDER, FollowUpKind.FINAL_NOTICE)
AGENT_REFUSED = "agent-refused"
SATISFIED = (EventType.FULFILLED, EventType.NO_DATA)


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUp:
    """Which letter is wanted, and what the person adds to the facts of the record."""

    kind: FollowUpKind
    objections: tuple[str, ...] = ()
    outstanding: tuple[str, ...] = ()  # codes of demands
    term: int = TERM  # days
    language: str | None = None

    @property
    def kept_as(self) -> str:
        """What the record calls the letter: its kind, and the objections that it answers."""
        return ":".join(filter(None, (self.kind.value, ",".join(self.objections))))


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseSoFar:
    """A case as letters after the request need it."""

    request: Request
    state: CaseState
    events: tuple[Event, ...]  # those that count, as corrected
    recorded: int  # how many events the record had
    response: CaseDeadline | None  # None where the law sets no time
    late: tuple[Right, ...]  # rights whose time is over beyond argument
    outstanding: tuple[str, ...] = ()  # demands that a partial answer passed over, by its record
    unfulfilled: tuple[str, ...] = ()  # those, and the ones that it refused
    today: date

    @property
    def is_late(self) -> bool:
        """Whether an answer is late beyond argument."""
        return self.state.answer is None and bool(self.late)


def case_so_far(request: Request, events: list[Event], today: date) -> CaseSoFar:
    """The case as of *today*.

    Raises ConflictError if the request has not gone out, or the case is closed.
    """
    state = fold(events)
    if state.closed_on:
        raise ConflictError(
            f"The case was closed on {long_date(state.closed_on)}.", code="case_closed"
        )
    if not state.is_with_controller:
        raise ConflictError(
            "The request has not gone out, so there is nothing to follow up.",
            hint=f"Send it, then: dsr record {request.reference} sent",
            code="not_sent",
        )
    found = case_deadlines(request, state, today)
    responses = [each for each in found if each.kind.startswith("response")]
    over = [each for each in responses if each.deadline.due_lenient < today]
    # Of several times that are over the last: by then all answers were due.
    response = max(over, key=_due, default=None) or min(responses, key=_due, default=None)
    return CaseSoFar(
        request=request,
        state=state,
        events=tuple(effective(events)),
        recorded=len(events),
        response=response,
        late=tuple(right for right in request.rights if any(right in each.rights for each in over)),
        outstanding=_of_partial(outstanding, request, state, events),
        unfulfilled=_of_partial(unfulfilled, request, state, events),
        today=today,
    )


def _of_partial(
    which: Callable[[Sequence[DemandAnswer]], tuple[str, ...]],
    request: Request,
    state: CaseState,
    events: list[Event],
) -> tuple[str, ...]:
    """Demands by how a partial answer treated them; none where no demand was ticked off."""
    if state.answer is not EventType.PARTLY_FULFILLED:
        return ()
    return which(demand_answers(request.demands, events))


def _due(deadline: CaseDeadline) -> date:
    return deadline.deadline.due


def narrowed(case: CaseSoFar) -> Request:
    """The request as far as the company is late with it; the whole once it has answered."""
    return replace(case.request, rights=case.late) if case.is_late else case.request


def fitting_kind(case: CaseSoFar) -> FollowUpKind:
    """The letter that the case calls for.

    Raises ConflictError where it calls for none, or where the person must choose.
    """
    state = case.state
    if _extension_was_late(case):
        return FollowUpKind.LATE_EXTENSION
    if state.objections:
        return FollowUpKind.REBUTTAL
    if state.answer is None and not case.is_late:
        raise ConflictError(_not_late(case), code="not_late")
    _check_term_is_over(case)
    if state.answer is not None:
        return _after_an_answer(case)
    if state.reminders >= len(_ACCUSING):
        raise _time_to_complain(case)
    return _ACCUSING[state.reminders]


def fitting(case: CaseSoFar) -> FollowUp:
    """The letter that the case calls for, with all that the record says it has to answer.

    Raises ConflictError as :func:`fitting_kind` does.
    """
    kind = fitting_kind(case)
    return FollowUp(
        kind=kind,
        objections=case.state.objections if kind is FollowUpKind.REBUTTAL else (),
        outstanding=case.outstanding,
    )


def _after_an_answer(case: CaseSoFar) -> FollowUpKind:
    state, reference = case.state, case.request.reference
    if state.reminders:
        raise _time_to_complain(case)
    if case.outstanding:
        return FollowUpKind.REMINDER
    if state.answer in SATISFIED:
        raise ConflictError(
            "They have answered; if something is missing, name the demands with --outstanding.",
            hint=f"dsr follow-up {reference} --kind reminder --outstanding E3",
            code="answered",
        )
    raise ConflictError(
        "They have answered: say which of their reasons the letter is to answer, or remind "
        "them of what is missing.",
        hint=f"dsr follow-up {reference} --kind rebuttal:REASON, or --kind reminder "
        "--outstanding CODE; the reasons: dsr follow-up --reasons",
        code="choose_kind",
    )


def _check_term_is_over(case: CaseSoFar) -> None:
    """Raise ConflictError while the last letter still leaves the company time."""
    state, reference = case.state, case.request.reference
    if state.new_term and state.reminded_on and state.new_term >= case.today:
        raise ConflictError(
            f"You wrote to them on {long_date(state.reminded_on)}; give them until "
            f"{long_date(state.new_term)}.",
            hint=f"To write sooner all the same: dsr follow-up {reference} --kind final-notice",
            code="reminded_lately",
        )


def _time_to_complain(case: CaseSoFar) -> ConflictError:
    return ConflictError(
        "Your letters brought no better answer; one more would not either.",
        hint=f"Complain: dsr complain {case.request.reference}; to write all the same: --kind KIND",
        code="time_to_complain",
    )


def check_kind(case: CaseSoFar, kind: FollowUpKind, objections: Sequence[str] = ()) -> None:
    """Raise ConflictError if a letter of this kind would accuse the company of what is not so."""
    runs = case.response or case.state.waits_for_person  # a time runs, or stands for the person
    if kind in _ACCUSING and case.state.answer is None and not case.is_late and runs:
        raise ConflictError(_not_late(case), code="not_late")
    if AGENT_REFUSED in objections and case.request.on_behalf != CLIENT:
        raise ConflictError(
            "Nobody acts for anybody in this case, so there is no mandate to defend.",
            code="no_agent",
        )
    if kind is FollowUpKind.LATE_EXTENSION and not _extension_was_late(case):
        raise ConflictError(
            "No notice of extension is recorded that came after the time for an answer.",
            hint=f"Record it first: dsr record {case.request.reference} extended --on DATE",
            code="no_late_extension",
        )


def facts_of(
    case: CaseSoFar,
    *,
    outstanding: tuple[str, ...] = (),
    authority: str | None = None,
    term: int = TERM,
) -> CaseFacts:
    """The facts of a case for its letters; *term* in days from today."""
    state = case.state
    if state.sent_on is None:
        raise ConflictError("The request has not gone out.", code="not_sent")
    due = case.response.deadline.due if case.response else None
    return CaseFacts(
        today=case.today,
        sent_on=state.sent_on,
        via=state.via or case.request.channel,
        delivered_on=state.delivered_on,
        due=due,
        due_right=_right_of(case),
        due_passed=due is not None and due < case.today,
        extended_on=state.extension.announced_on if state.extension else None,
        answered_on=state.answered_on,
        reminded_on=state.reminded_on if state.reminders else None,
        outstanding=outstanding,
        authority=authority,
        new_term=case.today + timedelta(days=term),
    )


def follow_up_letter(
    case: CaseSoFar,
    wanted: FollowUp,
    catalogue: Catalogue,
    templates: Templates,
    copy: Document | None = None,
) -> Letter:
    """The letter, with a copy of the request enclosed where it says so.

    Raises InvalidInputError for codes of demands that the request does not make.
    """
    language = wanted.language
    if language:
        language = templates.language_for(language, case.request.law)
    request = narrowed(case) if wanted.kind in _ACCUSING else case.request
    request = replace(request, language=language) if language else request
    to = correspondent_of(request, catalogue)
    check_codes(Wording(request, to, templates), wanted.outstanding)
    facts = facts_of(case, outstanding=wanted.outstanding, term=wanted.term)
    letter = compose_follow_up(
        request, to, wanted.kind, facts, answering=wanted.objections, templates=templates
    )
    if copy and wanted.kind in _ACCUSING:
        words = templates.language_words(letter.language, request.law)
        made = Wording(request, to, templates).long_date(case.request.made_on)
        caption = str(words["copy_of_request"]).format(date=made)
        return replace(
            letter, enclosures=(Enclosure("A1", caption, copy.media_type, copy.content),)
        )
    return letter


def check_codes(wording: Wording, codes: tuple[str, ...]) -> None:
    """Raise InvalidInputError for the code of a demand that the request does not make."""
    known = wording.codes()
    wrong = [code for code in codes if code not in known]
    if wrong:
        raise InvalidInputError(
            f"The request makes no demand {wrong[0]}.",
            hint=f"It makes: {', '.join(known)}.",
            code="unknown_demand",
        )


def copy_of_request(case: CaseSoFar, store: "Store") -> Document | None:
    """The request as it was kept: the very bytes, as PDF or else as e-mail."""
    first = next((e for e in case.events if e.type is EventType.PREPARED), None)
    documents = first.documents if first else ()
    for wanted in ("application/pdf", "message/rfc822"):
        for each in documents:
            if each.media_type == wanted:
                return Document(each.name, wanted, store.document(each.sha256))
    return None


def keep_letter(
    store: "Store",
    case: CaseSoFar,
    documents: tuple[Document, ...],
    letter: FollowUp,
    *,
    now: datetime,
    by: str = "",
) -> None:
    """Keep a letter's exact bytes in its case, and the day that it sets for an answer.

    It counts as sent only when the person says so.
    """
    until = case.today + timedelta(days=letter.term)
    keep(store, case, documents, letter.kept_as, until=until, now=now, by=by)


def keep(
    store: "Store",
    case: CaseSoFar,
    documents: tuple[Document, ...],
    what: str,
    *,
    now: datetime,
    until: date | None = None,
    by: str = "",
) -> None:
    """Keep the exact bytes of *what* was made in its case; *until*: when it asks for an answer."""
    draft = EventDraft(
        type=EventType.PREPARED,
        on=case.today,
        recorded_at=now,
        by=by or None,
        note=what,
        until=until,
    )
    # Not if an answer was recorded meanwhile, to which the letter would not fit.
    store.record(case.request.reference, draft, documents, expected=case.recorded)


def correspondent_of(request: Request, catalogue: Catalogue) -> Correspondent:
    """What the directory says of the company today; little, if it is no longer in it."""
    try:
        return correspondent(catalogue.company(request.company.slug), request.law)
    except NotFoundError:
        return Correspondent("other")


def _right_of(case: CaseSoFar) -> Right | None:
    """The right whose time for an answer ends first."""
    if case.response is None:
        return None
    return case.response.rights[0]


def _extension_was_late(case: CaseSoFar) -> bool:
    extension, reminded = case.state.extension, case.state.reminded_on
    if extension is None or case.response is None:
        return False
    if reminded and reminded >= extension.announced_on:
        return False  # they were told
    return extension.announced_on > case.response.deadline.due_lenient


def _not_late(case: CaseSoFar) -> str:
    if case.response is None and case.state.waits_for_person:
        return "They are not late: they asked something, and their time stands until you answer it."
    if case.response is None:
        return "The law sets no time for an answer; choose the letter with --kind."
    latest = case.response.deadline.due_lenient
    return f"They are not late: it can be argued that they have until {long_date(latest)}."
