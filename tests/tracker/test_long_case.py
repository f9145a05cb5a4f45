"""Forty events in fourteen months, computed by hand under three laws, and then by dsr.

Somebody asks for access and erasure.  The e-mail bounces, the letter arrives, the company asks who
they are and twice which photos they mean, takes more time, and answers piece by piece.  Twice the
person records something wrongly, and often late.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

import pytest

from dsr.law.receipt import Channel
from dsr.law.rights import Right
from dsr.reports.case import CaseOnDay, case_on
from dsr.tracker.answers import Outcome
from dsr.tracker.assessment import phase, standing
from dsr.tracker.events import Correction, Event, EventType
from dsr.tracker.requests import Request
from dsr.tracker.state import fold, possible_after
from dsr.tracker.status import Status

MakeRequest = Callable[..., Request]
DEMANDS = ("A1", "A2", "A3", "A4", "E1", "E2")
MARKS = {
    Outcome.FULFILLED: "+",
    Outcome.REFUSED: "-",
    Outcome.MISSING: "?",
    Outcome.NO_DATA: "0",
    Outcome.OPEN: ".",
}

# The computation by hand: what is due, and “..” the latest date that can be argued where it is
# another one.  Weekdays of 2026: 27 March is a Friday, Easter Sunday is 5 April.
DUE = {
    "nothing": {"uk-gdpr": "", "gdpr": "", "ccpa": ""},
    # Sent by e-mail on Friday 27 February, received that day (EDPB 01/2022 par. 159).
    #   UK GDPR Art. 12A(1), GDPR Art. 12(3): one month is Friday 27 March.
    #   1798.130(a)(2)(A): 45 days; 28 February is the 1st, 1 March the 2nd, so 13 April the 45th.
    #   11 CCR 7021(a): 10 business days, 2-6 and 9-13 March.
    "e-mail": {
        "uk-gdpr": "response 2026-03-27",
        "gdpr": "response 2026-03-27",
        "ccpa": "acknowledgement 2026-03-13, response 2026-04-13",
    },
    # It bounced, so the controller never received it.  Posted on Thursday 5 March: presumed to be
    # received on Sunday 8 March, 15 March at the latest.
    #   One month: Wednesday 8 April; arguable Wednesday 15 April.
    #   45 days from 8 March: 23 in March and 22 in April; arguable 29 April.
    #   10 business days: 9-13 and 16-20 March; from 15 March 16-20 and 23-27 March.
    "letter": {
        "uk-gdpr": "response 2026-04-08..2026-04-15",
        "gdpr": "response 2026-04-08..2026-04-15",
        "ccpa": "acknowledgement 2026-03-20..2026-03-27, response 2026-04-22..2026-04-29",
    },
    # Delivered, as was thought, on Monday 9 March: Thursday 9 April; 45 days: 22 in March and 23
    # in April; 10 business days: 10-13, 16-20 and 23 March.
    "wrong delivery": {
        "uk-gdpr": "response 2026-04-09",
        "gdpr": "response 2026-04-09",
        "ccpa": "acknowledgement 2026-03-23, response 2026-04-23",
    },
    # In truth on Friday 6 March.  One month is 6 April, Easter Monday in England and in France:
    # Tuesday 7 April (ICO guidance; Reg. 1182/71 Art. 3(4)).  45 days: 25 in March, 20 in April;
    # 10 business days: 9-13 and 16-20 March.
    "delivery": {
        "uk-gdpr": "response 2026-04-07",
        "gdpr": "response 2026-04-07",
        "ccpa": "acknowledgement 2026-03-20, response 2026-04-20",
    },
    # Identity asked for on 10 March, and today is the 14th.
    #   UK GDPR Art. 12(6)(b), 12A(2)(b): the month has not begun, so nothing runs.
    #   GDPR: the date stands; arguably 11, 12, 13 and 14 March do not count (par. 159):
    #   6 April and 4 days is Friday 10 April.
    #   11 CCR 7021(b): verifying takes nothing off the 45 days.
    "identity asked": {
        "uk-gdpr": "",
        "gdpr": "response 2026-04-07..2026-04-10",
        "ccpa": "acknowledgement 2026-03-20, response 2026-04-20",
    },
    # Identity proved on Monday 16 March.
    #   UK GDPR Art. 12A(2)(b): the month begins then, and ends on Thursday 16 April.
    #   GDPR: 11 to 16 March are 6 days; 6 April and 6 days is Sunday 12 April: Monday 13 April.
    "identity": {
        "uk-gdpr": "response 2026-04-16",
        "gdpr": "response 2026-04-07..2026-04-13",
        "ccpa": "acknowledgement 2026-03-20, response 2026-04-20",
    },
    # “Which photos?” of 12 March is not answered.  UK GDPR Art. 12A(5): access waits, for it alone
    # concerns Article 15; erasure does not.  Neither the GDPR nor California knows such a pause.
    "first clarification asked": {
        "uk-gdpr": "response-erasure 2026-04-16",
        "gdpr": "response 2026-04-07..2026-04-13",
        "ccpa": "acknowledgement 2026-03-20, response 2026-04-20",
    },
    # Answered on Friday 20 March.  UK GDPR Art. 12A(5): 12 to 20 March do not count, both ends
    # included; but 12 to 15 March lie before the month, which begins on the 16th, and nobody
    # counted them.  16, 17, 18, 19 and 20 March are 5 days: 16 April and 5 is Tuesday 21 April.
    "first clarification": {
        "uk-gdpr": "response-erasure 2026-04-16, response-access 2026-04-21",
        "gdpr": "response 2026-04-07..2026-04-13",
        "ccpa": "acknowledgement 2026-03-20, response 2026-04-20",
    },
    # Extended on 2 April, in time everywhere: before 16 and 21 April (UK GDPR Art. 12A(4)(a)),
    # 7 April (GDPR Art. 12(3)) and 20 April (1798.130(a)(2)(A)).
    #   UK GDPR Art. 12A(3): three months from 16 March is Tuesday 16 June; for access and
    #   5 days Sunday 21 June, so Monday 22 June.
    #   GDPR: three months from 6 March is Saturday 6 June, so Monday 8 June (not one month and
    #   then two from 7 April); arguable 6 June and 6 days, Friday 12 June.
    #   90 days from 6 March: 25 in March, 30 in April, 31 in May, 4 in June.
    "extension": {
        "uk-gdpr": "response-erasure 2026-06-16, response-access 2026-06-22",
        "gdpr": "response 2026-06-08..2026-06-12",
        "ccpa": "acknowledgement 2026-03-20, response 2026-06-04",
    },
    "second clarification asked": {
        "uk-gdpr": "response-erasure 2026-06-16",
        "gdpr": "response 2026-06-08..2026-06-12",
        "ccpa": "acknowledgement 2026-03-20, response 2026-06-04",
    },
    # “Which data set?” of 5 May, answered on the 14th: 10 days more, 15 in all; 16 June and 15 is
    # Wednesday 1 July.  From here on no date moves any more: a second extension is not foreseen,
    # a second copy does not restart the time, and answers and complaints change no date.
    "second clarification": {
        "uk-gdpr": "response-erasure 2026-06-16, response-access 2026-07-01",
        "gdpr": "response 2026-06-08..2026-06-12",
        "ccpa": "acknowledgement 2026-03-20, response 2026-06-04",
    },
}

READY, WAITING, ANSWERED = Status.READY, Status.WAITING, Status.ANSWERED
YOURS, ESCALATED, CLOSED = Status.ACTION_NEEDED, Status.ESCALATED, Status.CLOSED
SEND, SEND_AGAIN, NEXT = "record REF sent", "record REF sent --via post", "record REF EVENT"
IDENTIFY, CLARIFY = "record REF identity-provided", "record REF clarification-provided"
PUSH, CLOSE = "follow-up REF", "record REF closed"


@dataclass(frozen=True)
class Row:
    """An event as it is entered, and where the case stands that evening."""

    type: str
    on: str
    recorded: str
    phase: Status
    next: str | None
    due: str  # a name in DUE
    demands: str = "......"
    via: Channel | None = None
    correction: Correction | None = None
    answers: str = ""  # "A1+ E1?"
    late: str = ""  # under which laws the company is late
    late_next: str = "follow-up REF"


LATE_FOR_ALL = "ccpa gdpr uk-gdpr"
ROWS = (
    Row("prepared", "2026-02-27", "2026-02-27", READY, SEND, "nothing"),
    Row("sent", "2026-02-27", "2026-02-27", WAITING, NEXT, "e-mail", via=Channel.EMAIL),
    Row("note", "2026-02-28", "2026-02-28", WAITING, NEXT, "e-mail"),
    Row("bounced", "2026-02-28", "2026-03-05", YOURS, SEND_AGAIN, "nothing"),
    Row("sent", "2026-03-05", "2026-03-05", WAITING, NEXT, "letter", via=Channel.POST),
    Row("delivered", "2026-03-09", "2026-03-12", WAITING, NEXT, "wrong delivery"),
    Row("acknowledged", "2026-03-11", "2026-03-12", WAITING, NEXT, "wrong delivery"),
    Row("corrected", "2026-03-13", "2026-03-13", WAITING, NEXT, "delivery",
        correction=Correction(of=6, on=date(2026, 3, 6))),
    Row("identity-requested", "2026-03-10", "2026-03-14", YOURS, IDENTIFY, "identity asked"),
    Row("identity-provided", "2026-03-16", "2026-03-16", WAITING, NEXT, "identity"),
    Row("clarification-requested", "2026-03-12", "2026-03-17", YOURS, CLARIFY,
        "first clarification asked"),
    Row("clarification-provided", "2026-03-20", "2026-03-20", WAITING, NEXT,
        "first clarification"),
    Row("note", "2026-03-25", "2026-03-25", WAITING, NEXT, "first clarification"),
    Row("extended", "2026-04-02", "2026-04-07", WAITING, NEXT, "extension"),
    Row("clarification-requested", "2026-05-05", "2026-05-06", YOURS, CLARIFY,
        "second clarification asked"),
    Row("clarification-provided", "2026-05-14", "2026-05-14", WAITING, NEXT,
        "second clarification"),
    Row("note", "2026-05-20", "2026-05-20", WAITING, NEXT, "second clarification"),
    Row("extended", "2026-05-22", "2026-05-22", WAITING, NEXT, "second clarification"),
    Row("note", "2026-06-05", "2026-06-05", WAITING, NEXT, "second clarification", late="ccpa"),
    Row("note", "2026-06-15", "2026-06-15", WAITING, NEXT, "second clarification",
        late="ccpa gdpr"),
    Row("reminded", "2026-06-17", "2026-06-17", WAITING, NEXT, "second clarification",
        late=LATE_FOR_ALL, late_next=NEXT),
    Row("partly-fulfilled", "2026-06-24", "2026-06-25", ANSWERED, PUSH, "second clarification",
        "++..?.", answers="A1+ A2+ E1?"),
    Row("acknowledged", "2026-03-09", "2026-06-26", ANSWERED, PUSH, "second clarification",
        "++..?."),
    Row("partly-fulfilled", "2026-07-08", "2026-07-10", ANSWERED, PUSH, "second clarification",
        "+++.-.", answers="A3+ E1-"),
    Row("note", "2026-07-12", "2026-07-12", ANSWERED, PUSH, "second clarification", "+++.-."),
    Row("fulfilled", "2026-07-13", "2026-07-13", ANSWERED, CLOSE, "second clarification",
        "++++++"),
    Row("corrected", "2026-07-14", "2026-07-14", ANSWERED, PUSH, "second clarification", "+++.-.",
        correction=Correction(of=26, void=True, note="That was another case")),
    Row("complained", "2026-07-15", "2026-07-15", ESCALATED, CLOSE, "second clarification",
        "+++.-."),
    Row("note", "2026-08-03", "2026-08-03", ESCALATED, CLOSE, "second clarification", "+++.-."),
    Row("refused", "2026-08-20", "2026-08-24", ESCALATED, CLOSE, "second clarification", "+++---"),
    Row("note", "2026-09-15", "2026-09-15", ESCALATED, CLOSE, "second clarification", "+++---"),
    Row("reminded", "2026-10-01", "2026-10-01", ESCALATED, CLOSE, "second clarification",
        "+++---"),
    Row("partly-fulfilled", "2026-10-22", "2026-10-23", ESCALATED, CLOSE, "second clarification",
        "++++-+", answers="A4+ E2+"),
    Row("note", "2026-11-10", "2026-11-10", ESCALATED, CLOSE, "second clarification", "++++-+"),
    Row("sent", "2026-11-12", "2026-11-12", ESCALATED, CLOSE, "second clarification", "++++-+",
        via=Channel.EMAIL),
    Row("delivered", "2026-11-12", "2026-11-13", ESCALATED, CLOSE, "second clarification",
        "++++-+"),
    Row("fulfilled", "2027-01-11", "2027-01-12", ESCALATED, CLOSE, "second clarification",
        "++++++"),
    Row("note", "2027-02-01", "2027-02-01", ESCALATED, CLOSE, "second clarification", "++++++"),
    Row("note", "2026-12-01", "2027-03-01", ESCALATED, CLOSE, "second clarification", "++++++"),
    Row("closed", "2027-04-27", "2027-04-28", CLOSED, None, "second clarification", "++++++"),
)  # fmt: skip

OUTCOMES = {mark: outcome.value for outcome, mark in MARKS.items()}
EVENTS = [
    Event(
        seq=seq,
        type=EventType(row.type),
        on=date.fromisoformat(row.on),
        recorded_at=datetime.fromisoformat(f"{row.recorded}T20:00").replace(tzinfo=UTC),
        via=row.via,
        correction=row.correction,
        demands=tuple((said[:-1], OUTCOMES[said[-1]]) for said in row.answers.split()),
    )
    for seq, row in enumerate(ROWS, start=1)
]
PARTIES = {
    "uk-gdpr": {"country": "GB", "establishment": "GB"},
    "gdpr": {"country": "DE", "establishment": "FR"},
    "ccpa": {"country": "US", "region": "CA", "establishment": "US"},
}


def made(make_request: MakeRequest, law: str) -> Request:
    request = make_request(law=law, rights=(Right.ACCESS, Right.ERASURE), **PARTIES[law])
    return replace(request, demands=DEMANDS)


def dates_of(case: CaseOnDay) -> str:
    def written(due: date, lenient: date) -> str:
        return f"{due}" if due == lenient else f"{due}..{lenient}"

    return ", ".join(
        f"{each.kind} {written(each.deadline.due, each.deadline.due_lenient)}"
        for each in case.deadlines
    )


def test_it_is_a_long_case() -> None:
    assert len(EVENTS) == 40
    assert (EVENTS[-1].on.year - 2026) * 12 + EVENTS[-1].on.month - EVENTS[0].on.month == 14


@pytest.mark.parametrize("law", PARTIES)
@pytest.mark.parametrize("seq", range(1, len(ROWS) + 1))
def test_the_case_stands_after_each_event_where_it_was_computed_by_hand(
    make_request: MakeRequest, law: str, seq: int
) -> None:
    row, known, request = ROWS[seq - 1], EVENTS[:seq], made(make_request, law)
    case = case_on(request, known, date.fromisoformat(row.recorded))
    late = law in row.late.split()
    assert dates_of(case) == DUE[row.due][law]
    assert case.status is (Status.OVERDUE if late else row.phase)
    step = row.late_next if late else row.next
    assert case.next_step.command == (step and f"dsr {step.replace('REF', request.reference)}")
    assert "".join(MARKS[each.outcome] for each in case.demands) == row.demands
    kept = standing(request, known)
    responses = [d.deadline.due for d in case.deadlines if d.kind.startswith("response")]
    assert (kept.phase, kept.due) == (row.phase, min(responses, default=None))


@pytest.mark.parametrize(
    ("law", "seq", "met"),
    [
        # The partial answer of 24 June came after 16 June and before 1 July.
        ("uk-gdpr", 22, {"response-erasure": False, "response-access": True}),
        ("gdpr", 22, {"response": False}),
        # Receipt was confirmed on 11 March, before the 23rd and the 20th; on 9 March as it turned
        # out.  The deadline of the answer passed on 4 June.
        ("ccpa", 7, {"acknowledgement": True, "response": None}),
        ("ccpa", 23, {"acknowledgement": True, "response": False}),
        ("ccpa", 40, {"acknowledgement": True, "response": False}),
    ],
)
def test_what_was_done_in_time(
    make_request: MakeRequest, law: str, seq: int, met: dict[str, bool | None]
) -> None:
    today = date.fromisoformat(ROWS[seq - 1].recorded)
    case = case_on(made(make_request, law), EVENTS[:seq], today)
    assert {each.kind: each.met for each in case.deadlines} == met


def without_mistakes(events: Iterable[Event]) -> list[Event]:
    """What would have been recorded on the very days, with nothing to correct."""
    true = [
        replace(event, on=date(2026, 3, 6)) if event.seq == 6 else event
        for event in events
        if event.seq != 26 and event.correction is None
    ]
    true.sort(key=lambda event: event.on)
    return [replace(event, seq=seq) for seq, event in enumerate(true, start=1)]


def test_recorded_late_and_wrongly_and_corrected_it_is_the_case_that_it_was() -> None:
    assert fold(EVENTS) == fold(without_mistakes(EVENTS))


def test_a_complaint_is_not_taken_back_and_only_closing_ends_the_case() -> None:
    today = date(2027, 3, 2)
    for kind in possible_after(fold(EVENTS[:39])):
        via = Channel.FAX if kind is EventType.SENT else None
        more = Event(seq=40, type=kind, on=today, recorded_at=EVENTS[38].recorded_at, via=via)
        state = fold([*EVENTS[:39], more])
        ends = kind in (EventType.CLOSED, EventType.WITHDRAWN)
        assert phase(state) is (Status.CLOSED if ends else Status.ESCALATED)


def test_a_complaint_recorded_by_mistake_is_struck_out(make_request: MakeRequest) -> None:
    mistake = Event(
        seq=29,
        type=EventType.CORRECTED,
        on=date(2026, 7, 16),
        recorded_at=EVENTS[27].recorded_at,
        correction=Correction(of=28, void=True),
    )
    case = case_on(made(make_request, "gdpr"), [*EVENTS[:28], mistake], date(2026, 7, 16))
    assert case.status is Status.ANSWERED
