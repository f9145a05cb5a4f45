"""What may follow what, and where a case stands afterwards."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dsr.errors import ConflictError
from dsr.law.receipt import Channel
from dsr.law.regimes import regime, regime_ids
from dsr.law.rights import Right
from dsr.tracker.assessment import first_response, phase
from dsr.tracker.deadlines import CaseDeadline, case_deadlines, projected
from dsr.tracker.events import ANSWERS, RECORDABLE, Event, EventType
from dsr.tracker.requests import Request
from dsr.tracker.standing import Standing, next_step
from dsr.tracker.state import CaseState, fold, possible_after
from dsr.tracker.status import Status, status_on

MakeRequest = Callable[..., Request]
RECORDED = datetime(2026, 12, 31, 12, tzinfo=UTC)
T = EventType
ALWAYS = {T.NOTE}
BEFORE_SENDING = {T.SENT, T.CLOSED, T.WITHDRAWN, T.NOTE}
AFTER_SENDING = {
    *(T.DELIVERED, T.BOUNCED, T.ACKNOWLEDGED, T.IDENTITY_REQUESTED, T.CLARIFICATION_REQUESTED),
    *(T.EXTENDED, T.REMINDED, T.COMPLAINED, T.CLOSED, T.WITHDRAWN, T.NOTE),
    *ANSWERS,
}


def event(
    seq: int,
    kind: EventType,
    on: date,
    *,
    via: Channel | None = None,
    until: date | None = None,
) -> Event:
    return Event(seq=seq, type=kind, on=on, recorded_at=RECORDED, via=via, until=until)


def history(*facts: tuple[str, str] | tuple[str, str, dict[str, object]]) -> list[Event]:
    """Events from ``("sent", "2026-03-02")``, with ``{"via": Channel.POST}`` where needed."""
    made = []
    for seq, (kind, on, *more) in enumerate(facts, start=1):
        options = more[0] if more else {}
        made.append(event(seq, EventType(kind), date.fromisoformat(on), **options))  # type: ignore[arg-type]
    return made


def outlined(state: CaseState) -> Standing:
    """As much of a standing as the next step rests on."""
    waiting = "identity" if any(p.goes_on for p in state.identity) else "clarification"
    return Standing(
        reference="DSR-0000-0001",
        person="me",
        company="bilderfang",
        company_name="Bilderfang AG",
        law="gdpr",
        rights=("access",),
        made_on=date(2026, 3, 1),
        campaign=None,
        phase=phase(state),
        asked=waiting if state.waits_for_person else None,
        bounced=state.bounced_on is not None,
        reminded_on=state.reminded_on,
        reminders=state.reminders,
        new_term=state.new_term,
        answer=state.answer,
    )


def after(*kinds: EventType) -> CaseState:
    """The state after one event a day."""
    first = date(2026, 3, 1)
    return fold(
        [event(n, kind, first + timedelta(days=n)) for n, kind in enumerate(kinds, start=1)]
    )


# What may follow what --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "possible"),
    [
        ((), BEFORE_SENDING),
        ((T.PREPARED,), BEFORE_SENDING),
        ((T.SENT,), AFTER_SENDING),
        ((T.SENT, T.DELIVERED), AFTER_SENDING),
        ((T.SENT, T.BOUNCED), BEFORE_SENDING),
        ((T.SENT, T.BOUNCED, T.SENT), AFTER_SENDING),
        ((T.SENT, T.IDENTITY_REQUESTED), AFTER_SENDING | {T.IDENTITY_PROVIDED}),
        ((T.SENT, T.IDENTITY_REQUESTED, T.IDENTITY_PROVIDED), AFTER_SENDING),
        ((T.SENT, T.CLARIFICATION_REQUESTED), AFTER_SENDING | {T.CLARIFICATION_PROVIDED}),
        ((T.SENT, T.CLARIFICATION_REQUESTED, T.CLARIFICATION_PROVIDED), AFTER_SENDING),
        ((T.SENT, T.EXTENDED), AFTER_SENDING),
        ((T.SENT, T.FULFILLED), AFTER_SENDING - {T.EXTENDED}),
        ((T.SENT, T.PARTLY_FULFILLED), AFTER_SENDING),  # more time for the rest
        ((T.SENT, T.REFUSED), AFTER_SENDING - {T.EXTENDED}),
        ((T.SENT, T.REMINDED), AFTER_SENDING),
        ((T.SENT, T.COMPLAINED), AFTER_SENDING),
        ((T.CLOSED,), ALWAYS),
        ((T.WITHDRAWN,), ALWAYS),
        ((T.SENT, T.FULFILLED, T.CLOSED), ALWAYS),
    ],
    ids=lambda value: "+".join(value) if isinstance(value, tuple) else "",
)
def test_what_may_follow(before: tuple[EventType, ...], possible: set[EventType]) -> None:
    state = after(*before)
    assert set(possible_after(state)) == possible
    for kind in RECORDABLE:
        if kind in possible:
            after(*before, kind)
        else:
            with pytest.raises(ConflictError):
                after(*before, kind)


def test_a_refusal_names_the_event_its_day_and_what_is_possible() -> None:
    with pytest.raises(ConflictError) as caught:
        fold(history(("prepared", "2026-03-01"), ("fulfilled", "2026-03-02")))
    assert "“fulfilled” on 2026-03-02" in caught.value.sentence
    assert "not sent before" in caught.value.sentence
    assert caught.value.hint == "Possible at that point: sent, withdrawn, closed, note."


def test_sending_again_needs_another_way() -> None:
    first = ("sent", "2026-03-02", {"via": Channel.EMAIL})
    fold(history(first, ("sent", "2026-03-09", {"via": Channel.POST})))
    for same in (None, Channel.EMAIL):
        with pytest.raises(ConflictError, match="already sent on 2026-03-02"):
            fold(history(first, ("sent", "2026-03-09", {"via": same})))


def test_a_bounce_undoes_delivery_and_sending_again_starts_anew() -> None:
    bounced = [
        ("sent", "2026-03-02", {"via": Channel.EMAIL}),
        ("delivered", "2026-03-02"),
        ("bounced", "2026-03-03"),
    ]
    state = fold(history(*bounced))
    assert state.receipt() is None
    state = fold(history(*bounced, ("sent", "2026-03-05", {"via": Channel.POST})))
    receipt = state.receipt()
    assert receipt is not None
    assert receipt.on == date(2026, 3, 8)


def test_events_may_be_entered_in_any_order() -> None:
    facts = history(
        ("prepared", "2026-03-01"),
        ("sent", "2026-03-02"),
        ("identity-requested", "2026-03-05"),
        ("identity-provided", "2026-03-07"),
        ("fulfilled", "2026-03-20"),
    )
    states = {fold(order) for order in permutations(facts)}
    assert len(states) == 1


def test_events_of_one_day_happened_as_they_were_entered() -> None:
    day = "2026-03-02"
    fold(history(("sent", day), ("fulfilled", day), ("closed", day)))
    with pytest.raises(ConflictError):
        fold(history(("sent", day), ("closed", day), ("fulfilled", day)))


def test_an_earlier_event_that_makes_a_later_one_impossible_is_refused() -> None:
    with pytest.raises(ConflictError, match="“fulfilled” on 2026-03-20"):
        fold(history(("sent", "2026-03-02"), ("fulfilled", "2026-03-20"), ("closed", "2026-03-10")))


DRAWN = st.lists(
    st.tuples(
        st.sampled_from([kind for kind in EventType if kind is not EventType.CORRECTED]),
        st.integers(0, 60),
        st.sampled_from([None, *Channel]),
        st.none() | st.integers(-5, 120),
    ),
    max_size=14,
)


@settings(deadline=None, max_examples=300)
@given(DRAWN)
def test_any_history_folds_or_is_refused(
    drawn: list[tuple[EventType, int, Channel | None, int | None]],
) -> None:
    first = date(2026, 3, 1)
    kept: list[Event] = []
    for seq, (kind, days, via, until) in enumerate(drawn, start=1):
        promised = None if until is None else first + timedelta(days=until)
        new = event(seq, kind, first + timedelta(days=days), via=via, until=promised)
        try:
            state = fold([*kept, new])
        except ConflictError:
            continue
        kept.append(new)
        assert next_step(outlined(state), phase(state), "Complain", first).says
    state, last = fold(kept), first + timedelta(days=60)
    allowed = possible_after(state)
    for kind in RECORDABLE:
        following = [*kept, event(len(drawn) + 1, kind, last)]
        if kind in allowed:
            fold(following)
        else:
            with pytest.raises(ConflictError):
                fold(following)


# Deadlines of a case ---------------------------------------------------------------------------


def only(found: list[CaseDeadline]) -> CaseDeadline:
    assert len(found) == 1
    return found[0]


def response(request: Request, state: CaseState, today: str) -> CaseDeadline:
    found = case_deadlines(request, state, date.fromisoformat(today))
    return only([deadline for deadline in found if deadline.kind == "response"])


def test_nothing_is_due_before_the_controller_has_the_request(make_request: MakeRequest) -> None:
    for state in (after(T.PREPARED), after(T.PREPARED, T.SENT, T.BOUNCED)):
        assert case_deadlines(make_request(), state, date(2026, 5, 1)) == []
    assert first_response([]) is None


def test_proof_of_delivery_replaces_the_presumption(make_request: MakeRequest) -> None:
    posted = ("sent", "2026-03-02", {"via": Channel.POST})
    presumed = response(make_request(), fold(history(posted)), "2026-03-02").deadline
    assert (presumed.due, presumed.due_lenient) == (date(2026, 4, 7), date(2026, 4, 13))
    delivered = fold(history(posted, ("delivered", "2026-03-09")))
    proven = response(make_request(), delivered, "2026-03-09").deadline
    assert proven.due == proven.due_lenient == date(2026, 4, 9)


@pytest.mark.parametrize(
    ("extended", "due", "says"),
    [
        (("extended", "2026-04-02"), "2026-06-02", "in time"),
        (("extended", "2026-04-03"), "2026-04-02", "does not count"),
        (
            ("extended", "2026-03-30", {"until": date(2026, 5, 4)}),
            "2026-05-04",
            "itself promised Monday 4 May 2026",
        ),
        (("extended", "2026-03-30", {"until": date(2026, 12, 1)}), "2026-06-02", "in time"),
        (("extended", "2026-04-03", {"until": date(2026, 5, 4)}), "2026-04-02", "does not count"),
    ],
    ids=["in time", "late", "with a date", "with too late a date", "late with a date"],
)
def test_an_extension_counts_if_it_was_announced_in_time(
    make_request: MakeRequest, extended: tuple[str, str], due: str, says: str
) -> None:
    state = fold(history(("sent", "2026-03-02"), extended))
    found = response(make_request(), state, "2026-04-10")
    assert found.deadline.due == date.fromisoformat(due)
    assert says in found.deadline.steps[-1]
    assert says in found.explanation


def test_a_law_without_extensions_lets_none_count(make_request: MakeRequest) -> None:
    request = make_request(
        law="ccpa", rights=(Right.OPT_OUT,), country="US", region="CA", establishment="US"
    )
    plain = response(request, fold(history(("sent", "2026-03-02"))), "2026-03-03")
    state = fold(history(("sent", "2026-03-02"), ("extended", "2026-03-03")))
    found = response(request, state, "2026-03-03")
    assert found.deadline.due == plain.deadline.due
    assert "allows none" in found.explanation


@pytest.mark.parametrize(
    ("law", "country", "announced", "until", "due", "says"),
    [
        # 30 days from 2 March are 1 April (DPO Art. 18(1)).
        ("ch-fadp", "CH", "2026-04-01", "2026-05-29", "2026-05-29", "in time"),
        ("ch-fadp", "CH", "2026-04-02", "2026-05-29", "2026-04-01", "does not count"),
        ("ch-fadp", "CH", "2026-04-01", None, "2026-04-01", "without a day"),
        ("ch-fadp", "CH", "2026-03-09", "2026-03-20", "2026-04-01", "in time"),
        ("sg", "SG", "2026-03-30", "2026-09-30", "2026-09-30", "in time"),
        # 20 working days, without Good Friday: 31 March (Privacy Act 2020 s. 43-48).
        ("nz", "NZ", "2026-03-16", "2026-04-17", "2026-04-17", "in time"),
        ("kr", "KR", "2026-03-12", "2026-04-17", "2026-04-17", "in time"),
    ],
)
def test_some_laws_let_the_company_name_the_day(
    make_request: MakeRequest,
    law: str,
    country: str,
    announced: str,
    until: str | None,
    due: str,
    says: str,
) -> None:
    request = make_request(law=law, country=country, establishment=country)
    named = date.fromisoformat(until) if until else None
    state = fold(history(("sent", "2026-03-02"), ("extended", announced, {"until": named})))
    found = response(request, state, "2026-04-10")
    assert found.deadline.due == date.fromisoformat(due)
    assert found.deadline.due_lenient >= found.deadline.due
    assert says in found.deadline.steps[-1]


@pytest.mark.parametrize(
    ("notices", "due", "says"),
    [
        # 30, 60 and 90 days from 2 March: 1 April, 1 May and 31 May (Decree Art. 44-3(5)).
        ([("2026-03-20", None)], "2026-05-01", "in time"),
        ([("2026-03-20", None), ("2026-04-28", None)], "2026-05-31", "in time"),
        ([("2026-03-20", None), ("2026-04-28", "2026-05-20")], "2026-05-20", "20 May 2026"),
        ([("2026-03-20", "2026-04-24"), ("2026-05-20", None)], "2026-04-24", "does not count"),
        ([("2026-04-20", None), ("2026-04-28", None)], "2026-04-01", "does not count"),
    ],
    ids=["one", "two", "two with a day", "second late", "first late"],
)
def test_korean_law_lets_the_company_extend_twice(
    make_request: MakeRequest, notices: list[tuple[str, str | None]], due: str, says: str
) -> None:
    request = make_request(
        law="kr", rights=(Right.AUTOMATED_DECISION,), country="KR", establishment="KR"
    )
    facts = [
        ("extended", on, {"until": date.fromisoformat(until) if until else None})
        for on, until in notices
    ]
    found = response(request, fold(history(("sent", "2026-03-02"), *facts)), "2026-06-10")
    assert found.deadline.due == date.fromisoformat(due)
    assert says in found.deadline.steps[-1]


def test_a_second_extension_counts_nowhere_else(make_request: MakeRequest) -> None:
    facts = [("sent", "2026-03-02"), ("extended", "2026-03-30"), ("extended", "2026-04-01")]
    found = response(make_request(), fold(history(*facts)), "2026-04-10")
    assert found.deadline.due == date(2026, 6, 2)


def test_rights_with_different_times_have_deadlines_of_their_own(make_request: MakeRequest) -> None:
    request = make_request(
        law="ccpa",
        rights=(Right.ACCESS, Right.OPT_OUT, Right.ERASURE),
        country="US",
        region="CA",
        establishment="US",
    )
    found = case_deadlines(request, fold(history(("sent", "2026-03-02"))), date(2026, 3, 2))
    assert [(d.kind, d.deadline.due) for d in found] == [
        ("acknowledgement", date(2026, 3, 16)),
        ("response-opt-out", date(2026, 3, 23)),
        ("response-access-erasure", date(2026, 4, 16)),
    ]


def test_clarification_parts_access_from_the_rest_in_the_united_kingdom(
    make_request: MakeRequest,
) -> None:
    request = make_request(
        law="uk-gdpr", rights=(Right.ACCESS, Right.ERASURE), country="GB", establishment="GB"
    )
    state = fold(
        history(
            ("sent", "2026-03-02"),
            ("clarification-requested", "2026-03-09"),
            ("clarification-provided", "2026-03-13"),
        )
    )
    found = case_deadlines(request, state, date(2026, 3, 13))
    assert {d.kind: d.deadline.due for d in found} == {
        "response-access": date(2026, 4, 7),
        "response-erasure": date(2026, 4, 2),
    }


def test_identity_restarts_the_time_in_the_united_kingdom(make_request: MakeRequest) -> None:
    request = make_request(law="uk-gdpr", country="GB", establishment="GB")
    asked = [("sent", "2026-03-02"), ("identity-requested", "2026-03-05")]
    state = fold(history(*asked, ("identity-provided", "2026-03-16")))
    assert response(request, state, "2026-03-16").deadline.due == date(2026, 4, 16)


@pytest.mark.parametrize(
    ("law", "country", "asked", "running"),
    [
        ("uk-gdpr", "GB", "identity-requested", []),
        ("uk-gdpr", "GB", "clarification-requested", [date(2026, 4, 2)]),  # erasure only
        ("gdpr", "DE", "identity-requested", [date(2026, 4, 2)]),
        ("gdpr", "DE", "clarification-requested", [date(2026, 4, 2)]),
    ],
)
def test_an_open_question_stops_the_time_only_where_the_law_says_so(
    make_request: MakeRequest, law: str, country: str, asked: str, running: list[date]
) -> None:
    request = make_request(law=law, rights=(Right.ACCESS, Right.ERASURE), country=country)
    state = fold(history(("sent", "2026-03-02"), (asked, "2026-03-05")))
    found = case_deadlines(request, state, date(2026, 3, 20))
    assert [deadline.deadline.due for deadline in found] == running


@pytest.mark.parametrize(
    ("law", "country", "due", "lenient"),
    [
        # Two days are argued: 4 April 2026 is a Saturday, the 6th Easter Monday.
        ("gdpr", "DE", date(2026, 4, 2), date(2026, 4, 7)),
        # From the 7th at the latest; before that it can be argued that no time runs.
        ("uk-gdpr", "GB", date(2026, 4, 2), date(2026, 4, 7)),
    ],
)
def test_who_writes_that_no_proof_is_needed_is_waited_for_no_longer(
    make_request: MakeRequest, law: str, country: str, due: date, lenient: date
) -> None:
    request = make_request(law=law, country=country, establishment=country)
    asked = [("sent", "2026-03-02"), ("identity-requested", "2026-03-05")]
    state = fold(history(*asked, ("reminded", "2026-03-07")))
    for today in ("2026-03-07", "2026-03-20", "2026-07-01"):
        found = response(request, state, today).deadline
        assert (found.due, found.due_lenient) == (due, lenient)
    assert not state.waits_for_person
    assert EventType.IDENTITY_PROVIDED in possible_after(state)
    assert fold(history(*asked)).waits_for_person


def test_a_question_that_comes_after_the_time_does_not_hide_that_it_is_over(
    make_request: MakeRequest,
) -> None:
    request = make_request(law="uk-gdpr", country="GB", establishment="GB")
    state = fold(history(("sent", "2026-03-02"), ("clarification-requested", "2026-04-03")))
    found = response(request, state, "2026-04-20")
    assert found.deadline.due == found.deadline.due_lenient == date(2026, 4, 2)
    assert found.met is False


def test_the_holidays_are_those_of_the_controllers_state(make_request: MakeRequest) -> None:
    state = fold(history(("sent", "2025-11-25")))
    due = {
        (country, there): response(
            make_request(country=country, establishment=there), state, "2025-11-25"
        ).deadline
        for country, there in [("DE", "FR"), ("FR", "DE"), ("FR", "US"), ("FR", "ZZ")]
    }
    assert due["DE", "FR"].due == date(2025, 12, 26)
    assert due["FR", "DE"].due == date(2025, 12, 29)
    assert due["FR", "US"].due == due["FR", "ZZ"].due == date(2025, 12, 26)


@pytest.mark.parametrize(
    "between", [(), (("delivered", "2026-03-03"),)], ids=["presumed", "proven"]
)
def test_sending_again_by_another_way_does_not_undo_the_first_receipt(
    make_request: MakeRequest, between: tuple[tuple[str, str], ...]
) -> None:
    first = [("sent", "2026-03-03", {"via": Channel.EMAIL}), *between]
    again = ("sent", "2026-03-20", {"via": Channel.POST})
    once = response(make_request(), fold(history(*first)), "2026-03-20")
    twice = response(make_request(), fold(history(*first, again)), "2026-03-20")
    assert twice.deadline.due == once.deadline.due == date(2026, 4, 3)


@pytest.mark.parametrize(
    ("facts", "due", "lenient"),
    [
        # The e-mail counts as received on 3 March; 3 April is Good Friday, a holiday in Germany.
        # That only the letter arrived can be argued: 23 April.
        ("sent email 3, sent post 20, delivered 23", "2026-04-07", "2026-04-23"),
        # What is known to have arrived first stays the receipt.
        ("sent email 3, delivered 4, sent post 20, delivered 23", "2026-04-07", "2026-04-07"),
        # The letter is presumed to take three days; the e-mail was there on the next.
        ("sent post 9, sent email 10, delivered 10", "2026-04-10", "2026-04-10"),
        # The letter came before the copy was sent.
        ("sent post 9, delivered 11, sent email 20", "2026-04-13", "2026-04-13"),
        # It bounced: what came before is undone, copy and all.
        (
            "sent email 3, sent fax 4, bounced 5, sent post 9, delivered 11",
            "2026-04-13",
            "2026-04-13",
        ),
    ],
)
def test_the_delivery_of_a_copy_takes_no_time_away(
    make_request: MakeRequest, facts: str, due: str, lenient: str
) -> None:
    told = []
    for kind, *via, day in (fact.split() for fact in facts.split(", ")):
        told.append((kind, f"2026-03-{day:0>2}", {"via": Channel(via[0])} if via else {}))
    found = response(make_request(establishment="DE"), fold(history(*told)), "2026-03-25")
    assert (found.deadline.due, found.deadline.due_lenient) == tuple(
        map(date.fromisoformat, (due, lenient))
    )
    said = found.explanation
    assert ("nothing arrived before the copy" in said) is (due != lenient)


def test_an_answer_confirms_receipt_and_a_later_one_does_not_undo_that(
    make_request: MakeRequest,
) -> None:
    request = make_request(law="ccpa", country="US", region="CA", establishment="US")
    answered = [("sent", "2026-03-02"), ("partly-fulfilled", "2026-03-12")]
    for later in ((), (("fulfilled", "2026-06-30"),), (("acknowledged", "2026-06-30"),)):
        found = case_deadlines(request, fold(history(*answered, *later)), date(2026, 7, 1))
        assert {d.kind: d.met for d in found}["acknowledgement"] is True


def test_a_promise_shorter_than_the_month_is_not_the_due_date(make_request: MakeRequest) -> None:
    extended = ("extended", "2026-03-05", {"until": date(2026, 3, 6)})
    found = response(make_request(), fold(history(("sent", "2026-03-02"), extended)), "2026-03-05")
    assert found.deadline.due >= date(2026, 4, 2)


@pytest.mark.parametrize("law", regime_ids())
def test_a_case_has_a_date_for_an_answer_where_its_law_sets_one(
    make_request: MakeRequest, law: str
) -> None:
    country, _, region = min(regime(law).residents_of).partition("-")
    on = max(date(2026, 3, 2), regime(law).in_force)
    for right, given_right in regime(law).rights.items():
        request = make_request(law=law, rights=(right,), country=country, region=region or None)
        found = projected(request, on)
        kinds = {deadline.kind for deadline in found}
        assert ("response" in kinds) is (given_right.limit.response is not None)
        assert ("acknowledgement" in kinds) is (given_right.limit.acknowledgement is not None)
        first = first_response(found)
        assert (first is None) is (given_right.limit.response is None)
        lenient = first.deadline.due_lenient if first else None
        late = status_on(on + timedelta(days=4000), Status.WAITING, lenient)
        assert late is (Status.OVERDUE if first else Status.WAITING)


# Status over time ------------------------------------------------------------------------------


def test_a_case_is_overdue_only_after_the_latest_date_that_can_be_argued(
    make_request: MakeRequest,
) -> None:
    request = make_request()
    state = fold(history(("prepared", "2026-03-01"), ("sent", "2026-03-02", {"via": Channel.POST})))
    first = first_response(case_deadlines(request, state, date(2026, 3, 2)))
    assert first is not None
    dates = (first.deadline.due, first.deadline.due_lenient)
    assert dates == (date(2026, 4, 7), date(2026, 4, 13))
    status = {day: status_on(date(2026, 4, day), phase(state), dates[1]) for day in (6, 8, 13, 14)}
    assert status == {
        6: Status.WAITING,
        8: Status.WAITING,
        13: Status.WAITING,
        14: Status.OVERDUE,
    }
    met = [response(request, state, f"2026-04-{day}").met for day in (13, 14)]
    assert met == [None, False]


@pytest.mark.parametrize(("answered", "met"), [("2026-04-13", True), ("2026-04-14", False)])
def test_an_answer_is_late_only_after_the_latest_date(
    make_request: MakeRequest, answered: str, met: bool
) -> None:
    posted = ("sent", "2026-03-02", {"via": Channel.POST})
    state = fold(history(posted, ("fulfilled", answered)))
    assert response(make_request(), state, "2026-12-01").met is met


@pytest.mark.parametrize(
    ("kinds", "status"),
    [
        ((), Status.DRAFT),
        ((T.PREPARED,), Status.READY),
        ((T.SENT,), Status.WAITING),
        ((T.SENT, T.ACKNOWLEDGED), Status.WAITING),
        ((T.SENT, T.IDENTITY_REQUESTED), Status.ACTION_NEEDED),
        ((T.SENT, T.IDENTITY_REQUESTED, T.IDENTITY_PROVIDED), Status.WAITING),
        ((T.SENT, T.CLARIFICATION_REQUESTED), Status.ACTION_NEEDED),
        ((T.SENT, T.BOUNCED), Status.ACTION_NEEDED),
        ((T.SENT, T.BOUNCED, T.SENT), Status.WAITING),
        ((T.SENT, T.EXTENDED), Status.WAITING),
        ((T.SENT, T.NO_DATA), Status.ANSWERED),
        ((T.SENT, T.REFUSED, T.COMPLAINED), Status.ESCALATED),
        ((T.SENT, T.REMINDED), Status.WAITING),
        ((T.SENT, T.FULFILLED, T.CLOSED), Status.CLOSED),
        ((T.PREPARED, T.WITHDRAWN), Status.CLOSED),
    ],
    ids=lambda value: "+".join(value) if isinstance(value, tuple) else str(value),
)
def test_status_follows_from_events(kinds: tuple[EventType, ...], status: Status) -> None:
    assert phase(after(*kinds)) is status


def test_only_a_waiting_case_becomes_overdue() -> None:
    long_ago, today = date(2026, 1, 1), date(2026, 3, 1)
    late = {one for one in Status if status_on(today, one, long_ago) is Status.OVERDUE}
    assert late == {Status.WAITING, Status.OVERDUE}
    assert status_on(today, Status.WAITING, None) is Status.WAITING


@pytest.mark.parametrize(
    ("kinds", "status", "command"),
    [
        ((T.PREPARED,), None, "record REF sent"),
        ((T.SENT, T.BOUNCED), None, "record REF sent --via post"),
        ((T.SENT, T.IDENTITY_REQUESTED), None, "record REF identity-provided"),
        ((T.SENT, T.CLARIFICATION_REQUESTED), None, "record REF clarification-provided"),
        ((T.SENT,), Status.OVERDUE, "follow-up REF"),
        ((T.SENT, T.REMINDED), Status.OVERDUE, "follow-up REF"),
        ((T.SENT, T.REMINDED, T.REMINDED), Status.OVERDUE, "complain REF"),
        ((T.SENT, T.PARTLY_FULFILLED), None, "follow-up REF --outstanding CODE"),
        ((T.SENT, T.FULFILLED), None, "record REF closed"),
        ((T.SENT, T.REFUSED), None, "complain REF"),
        ((T.SENT, T.COMPLAINED), None, "record REF closed"),
    ],
    ids=lambda value: "+".join(value) if isinstance(value, tuple) else str(value),
)
def test_the_next_step_is_a_command_that_is_possible(
    kinds: tuple[EventType, ...], status: Status | None, command: str
) -> None:
    state = after(*kinds)
    step = next_step(outlined(state), status or phase(state), "Complain", date(2026, 6, 1))
    assert step.command == f"dsr {command.replace('REF', 'DSR-0000-0001')}"
    assert ("Complain" in step.says) is command.startswith("complain")
    if command.startswith("record"):
        assert EventType(command.split()[2]) in possible_after(state)


def test_the_projection_starts_on_the_day_given(make_request: MakeRequest) -> None:
    found = projected(make_request(), date(2026, 3, 2))
    assert only(found).deadline.due == date(2026, 4, 2)
    assert only(found).met is None
