"""Where a case stands, as it is kept without the day, is where it stands on every day."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dsr.errors import ConflictError
from dsr.law.receipt import Channel
from dsr.law.regimes import regime, regime_ids
from dsr.law.rights import Right
from dsr.reports.case import case_on, open_response
from dsr.reports.reminder import report
from dsr.tracker.assessment import standing
from dsr.tracker.events import RECORDABLE, Correction, Event, EventType
from dsr.tracker.requests import Request
from dsr.tracker.standing import next_step, running_term
from dsr.tracker.state import CaseState, fold, possible_after
from dsr.tracker.status import Status, status_on
from dsr.workflows.follow_up import case_so_far

MakeRequest = Callable[..., Request]
T = EventType
RECORDED = datetime(2026, 12, 31, 12, tzinfo=UTC)
LAWS = [law for law in regime_ids() if regime(law).rights]
QUESTIONS = {T.IDENTITY_REQUESTED: "identity", T.CLARIFICATION_REQUESTED: "clarification"}


def first_day(law: str) -> date:
    later = [given.since for given in regime(law).rights.values() if given.since]
    return max(date(2026, 3, 2), regime(law).in_force, *later)


@dataclass(frozen=True)
class Drawn:
    """A history under some law, and a day after it."""

    law: str
    rights: tuple[Right, ...]
    events: tuple[Event, ...]
    today: date

    def request(self, make_request: MakeRequest) -> Request:
        return requested(make_request, self.law, self.rights)


def requested(make_request: MakeRequest, law: str, rights: tuple[Right, ...]) -> Request:
    country, _, region = min(regime(law).residents_of).partition("-")
    return make_request(
        law=law, rights=rights, country=country, region=region or None, establishment=country
    )


@st.composite
def drawn(draw: st.DrawFn) -> Drawn:
    """Any case that can be: each event comes some days after the one before, some are corrected."""
    law = draw(st.sampled_from(LAWS) | st.sampled_from(["uk-gdpr", "gdpr", "ccpa"]))
    rights = draw(st.sets(st.sampled_from(sorted(regime(law).rights)), min_size=1))
    on, kept = first_day(law), list[Event]()
    kinds = st.sampled_from([T.PREPARED, T.SENT, *QUESTIONS, T.EXTENDED, *RECORDABLE])
    for kind in (T.PREPARED, T.SENT, *draw(st.lists(kinds, max_size=10))):
        on += timedelta(days=draw(st.integers(0, 25)))
        new = Event(
            seq=len(kept) + 1,
            type=kind,
            on=on,
            recorded_at=RECORDED,
            via=draw(st.none() | st.sampled_from(Channel)) if kind is T.SENT else None,
            until=on + timedelta(days=draw(st.integers(1, 90))) if draw(st.booleans()) else None,
        )
        kept = possible([*kept, new]) or kept
    for of in draw(st.lists(st.integers(2, len(kept)), max_size=2)):
        correction = Correction(of=of, void=True)
        struck = Event(
            seq=len(kept) + 1, type=T.CORRECTED, on=on, recorded_at=RECORDED, correction=correction
        )
        kept = possible([*kept, struck]) or kept
    today = on + timedelta(days=draw(st.integers(0, 200)))
    return Drawn(law, tuple(sorted(rights)), tuple(kept), today)


def possible(events: list[Event]) -> list[Event] | None:
    try:
        fold(events)
    except ConflictError:
        return None
    return events


WITH_FIXTURE = settings(
    deadline=None,
    max_examples=150,
    suppress_health_check=[HealthCheck.function_scoped_fixture],  # it only builds requests
)


def recorded(*told: tuple[EventType, date]) -> list[Event]:
    return [
        Event(seq=seq, type=kind, on=on, recorded_at=RECORDED)
        for seq, (kind, on) in enumerate(told, start=1)
    ]


def asked(state: CaseState) -> str | None:
    """What the controller still waits for, the proof of identity first."""
    for word, pauses in (("identity", state.identity), ("clarification", state.clarification)):
        if any((pause.answered_on, pause.over_on) == (None, None) for pause in pauses):
            return word
    return None


@WITH_FIXTURE
@given(drawn())
def test_what_a_list_shows_is_what_the_case_shows(make_request: MakeRequest, one: Drawn) -> None:
    request, events = one.request(make_request), list(one.events)
    kept, case = standing(request, events), case_on(request, events, one.today)
    responses = [d.deadline.due for d in case.deadlines if d.kind.startswith("response")]
    assert kept.due == min(responses, default=None)
    assert kept.asked == asked(case.state)
    assert kept.answer == case.state.answer
    assert kept.bounced is (case.state.bounced_on is not None)
    assert kept.sent_on == case.state.sent_on
    assert kept.events == len(events)
    status = status_on(one.today, kept.phase, kept.due_lenient)
    assert status is case.status
    assert next_step(kept, status, regime(one.law).remedy, one.today) == case.next_step
    on_the_day = standing(request, events, one.today)
    assert (on_the_day.phase, on_the_day.due) == (kept.phase, kept.due)


@WITH_FIXTURE
@given(drawn())
def test_the_report_has_the_date_of_the_case(make_request: MakeRequest, one: Drawn) -> None:
    request, events = one.request(make_request), list(one.events)
    items = report([standing(request, events)], one.today).items
    case = case_on(request, events, one.today)
    assert len(items) == (case.status is not Status.CLOSED)
    for item in items:
        open_one = open_response(case)
        by_law = open_one and open_one.deadline.due
        assert item.due == (by_law or running_term(case.standing, case.status, one.today))
        assert (item.kind == "term") is (by_law is None and item.due is not None)
        assert (item.status, item.next_step) == (case.status, case.next_step)


@WITH_FIXTURE
@given(drawn())
def test_the_next_step_can_be_taken(make_request: MakeRequest, one: Drawn) -> None:
    request, events = one.request(make_request), list(one.events)
    case = case_on(request, events, one.today)
    command = (case.next_step.command or "").split()
    assert bool(command) is (case.status is not Status.CLOSED)
    if command[1:2] == ["record"]:
        word, *options = command[3:]
        if word == "EVENT":
            assert set(possible_after(case.state)) > {T.NOTE, T.CLOSED, T.WITHDRAWN}
            return
        via = Channel(options[1]) if options else request.channel
        new = Event(seq=len(events) + 1, type=T(word), on=one.today, recorded_at=RECORDED, via=via)
        fold([*events, new])
    elif command:
        assert command[1] in ("follow-up", "complain")
        case_so_far(request, events, one.today)  # raises where there is nothing to write


@pytest.mark.parametrize("law", LAWS)
@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize(
    ("after", "extended"),
    [(0, None), (14, None), (70, None), (14, 25), (29, 20), (0, 60)],
    ids=lambda days: f"{days} days",
)
def test_while_a_question_is_open_the_date_is_the_same_on_every_day(
    make_request: MakeRequest, law: str, question: EventType, after: int, extended: int | None
) -> None:
    sent_on = first_day(law)
    asked_on = last = sent_on + timedelta(days=after)
    told = [(T.PREPARED, sent_on), (T.SENT, sent_on), (question, asked_on)]
    if extended:
        last = asked_on + timedelta(days=extended)
        told.append((T.EXTENDED, last))
    events = recorded(*told)
    rights = tuple(regime(law).rights)
    for chosen in (*((right,) for right in rights), rights):
        request = requested(make_request, law, chosen)
        days = [last + timedelta(days=n) for n in (0, 45)]
        seen = [standing(request, events, day) for day in days]
        assert {one.asked for one in seen} == {QUESTIONS[question]}
        for one, day in zip(seen, days, strict=True):
            for later in (1, 80):
                assert standing(request, events, day + timedelta(days=later)).due == one.due
        assert standing(request, events).due == seen[0].due


def test_an_extension_is_in_time_while_the_question_that_came_before_it_is_open(
    make_request: MakeRequest,
) -> None:
    told = [
        (T.SENT, date(2026, 3, 2)),
        (T.IDENTITY_REQUESTED, date(2026, 4, 1)),
        (T.EXTENDED, date(2026, 4, 20)),
    ]
    events = recorded(*told)
    # The month ended on 2 April; that the days since 1 April do not count can be argued.
    for today in (None, date(2026, 4, 20), date(2026, 6, 30)):
        assert standing(make_request(), events, today).due == date(2026, 6, 2)


def test_while_a_question_is_open_what_can_be_argued_moves_and_the_date_does_not(
    make_request: MakeRequest,
) -> None:
    request = make_request()
    told = [(T.SENT, date(2026, 3, 2)), (T.IDENTITY_REQUESTED, date(2026, 3, 10))]
    events = recorded(*told)
    first, later = (standing(request, events, date(2026, 3, day)) for day in (12, 24))
    assert first.due == later.due == date(2026, 4, 2)
    # 2 April and 2 days is Saturday, Easter Monday the 6th a holiday in France; 14 days: the 16th.
    assert (first.due_lenient, later.due_lenient) == (date(2026, 4, 7), date(2026, 4, 16))


def test_who_decides_without_the_proof_of_identity_has_waited_for_it_until_then(
    make_request: MakeRequest,
) -> None:
    told = [
        (T.SENT, date(2026, 3, 2)),
        (T.IDENTITY_REQUESTED, date(2026, 3, 10)),
        (T.REFUSED, date(2026, 3, 24)),
    ]
    events = recorded(*told)
    # The fourteen days from the 11th to the 24th, however late one looks.
    for today in (date(2026, 3, 24), date(2026, 6, 30)):
        assert standing(make_request(), events, today).due_lenient == date(2026, 4, 16)
    proven = Event(seq=4, type=T.IDENTITY_PROVIDED, on=date(2026, 3, 26), recorded_at=RECORDED)
    later = standing(make_request(), [*events, proven], date(2026, 6, 30))
    assert later.due_lenient == date(2026, 4, 20)  # 16 days on is Saturday the 18th
