"""What was answered of each demand, and what an answer passed over."""

from datetime import UTC, date, datetime
from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dsr.tracker.answers import DemandAnswer, Outcome, demand_answers, outstanding
from dsr.tracker.corrections import effective
from dsr.tracker.events import ANSWERS, RECORDABLE, Correction, Event, EventType

CODES = ("A1", "A2", "E1")
RECORDED = datetime(2026, 12, 31, 12, tzinfo=UTC)
WORDS = {"+": "fulfilled", "-": "refused", "?": "missing"}
MARKS = {
    Outcome.FULFILLED: "+",
    Outcome.REFUSED: "-",
    Outcome.MISSING: "?",
    Outcome.NO_DATA: "0",
    Outcome.OPEN: ".",
}


def event(seq: int, kind: EventType, day: int, **more: Any) -> Event:
    return Event(seq=seq, type=kind, on=date(2026, 3, day), recorded_at=RECORDED, **more)


def history(told: str) -> list[Event]:
    """Events as ``3 partly-fulfilled A1+ E1?; 9 void 1``: the day first, numbered from 1."""
    events = []
    for seq, (day, kind, *more) in enumerate((one.split() for one in told.split(";")), start=1):
        if kind in ("void", "as", "on"):
            correction = correction_of(int(more[0]), kind, more[-1])
            events.append(event(seq, EventType.CORRECTED, int(day), correction=correction))
        else:
            demands = tuple((code[:-1], WORDS[code[-1]]) for code in more)
            events.append(event(seq, EventType(kind), int(day), demands=demands))
    return events


def correction_of(of: int, how: str, what: str) -> Correction:
    if how == "void":
        return Correction(of=of, void=True)
    if how == "as":
        return Correction(of=of, type=EventType(what))
    return Correction(of=of, on=date(2026, 3, int(what)))


def marks(answers: list[DemandAnswer]) -> str:
    return "".join(MARKS[each.outcome] for each in answers)


@pytest.mark.parametrize(
    ("told", "expected", "missing"),
    [
        ("1 sent", "...", ""),
        ("1 sent; 2 acknowledged; 3 extended; 4 note", "...", ""),
        # An answer that names none speaks of all, a partial one of none.
        ("1 fulfilled", "+++", ""),
        ("1 refused", "---", ""),
        ("1 no-data", "000", ""),
        ("1 partly-fulfilled", "...", ""),
        # One that names some speaks of those.
        ("1 partly-fulfilled A1+ E1-", "+.-", "A2"),
        ("1 partly-fulfilled A1+ A2+ E1?", "++?", "E1"),
        ("1 refused E1-", "..-", "A1 A2"),
        ("1 fulfilled A1+", "+..", "A2 E1"),
        ("1 no-data A1+ A2-", "+-.", "E1"),
        # What was fulfilled stays so, unless that very demand is named again.
        ("1 partly-fulfilled A1+; 9 refused", "+--", ""),
        ("1 partly-fulfilled A1+; 9 no-data", "+00", ""),
        ("1 partly-fulfilled A1+; 9 partly-fulfilled A1?", "?..", "A1 A2 E1"),
        ("1 fulfilled; 9 refused E1-", "++-", ""),
        # The last word counts for the others.
        ("1 refused; 9 fulfilled", "+++", ""),
        ("1 refused; 9 no-data", "000", ""),
        ("1 partly-fulfilled A1? A2-; 9 partly-fulfilled A1+", "+-.", "E1"),
        ("1 partly-fulfilled A1?; 9 refused", "---", ""),
        # By the day it came, and not by when it was recorded.
        ("9 partly-fulfilled A1+; 1 partly-fulfilled A1-", "+..", "A2 E1"),
        ("9 refused; 1 fulfilled", "+++", ""),
        ("5 partly-fulfilled A1-; 5 partly-fulfilled A1+", "+..", "A2 E1"),
        # Corrections count, also of an answer: that it never came, what it was, when it came.
        ("1 fulfilled; 9 void 1", "...", ""),
        ("1 fulfilled; 2 void 1; 3 void 2", "+++", ""),
        ("1 fulfilled; 9 as 1 refused", "---", ""),
        ("1 fulfilled; 9 as 1 note", "...", ""),
        ("1 note; 9 as 1 no-data", "000", ""),
        ("1 partly-fulfilled A1+; 9 as 1 acknowledged", "...", ""),
        ("1 partly-fulfilled A1+; 9 as 1 refused", "+..", "A2 E1"),
        ("1 partly-fulfilled A1-; 2 partly-fulfilled A1+; 9 on 1 3", "-..", "A2 E1"),
        # Nothing is told of a demand that the letter does not make.
        ("1 partly-fulfilled B7+", "...", ""),
        ("1 partly-fulfilled B7- A1+", "+..", "A2 E1"),
    ],
)
def test_how_each_demand_was_answered(told: str, expected: str, missing: str) -> None:
    answers = demand_answers(CODES, history(told))
    assert [each.code for each in answers] == list(CODES)
    assert marks(answers) == expected
    assert " ".join(outstanding(answers)) == missing


def test_an_answer_is_known_by_its_event_and_its_day() -> None:
    answers = demand_answers(CODES, history("3 partly-fulfilled A1+; 9 refused; 12 fulfilled A2+"))
    assert [(each.on, each.seq) for each in answers] == [
        (date(2026, 3, 3), 1),
        (date(2026, 3, 12), 3),
        (date(2026, 3, 9), 2),
    ]
    assert demand_answers(CODES, []) == [DemandAnswer(code) for code in CODES]


def test_a_letter_without_codes_has_no_answers() -> None:
    assert demand_answers((), history("1 partly-fulfilled A1+; 2 refused")) == []
    assert outstanding([]) == ()


# Properties ------------------------------------------------------------------------------------

NAMED = st.dictionaries(st.sampled_from([*CODES, "B7"]), st.sampled_from(sorted(WORDS.values())))


@st.composite
def histories(draw: st.DrawFn) -> list[Event]:
    """Answers and other events on any days, some of them corrected."""
    events: list[Event] = []
    for seq in range(1, draw(st.integers(0, 8)) + 1):
        kind = draw(st.sampled_from(sorted(ANSWERS)) | st.sampled_from(RECORDABLE))
        named = tuple(draw(NAMED).items()) if kind in ANSWERS else ()
        events.append(event(seq, kind, draw(st.integers(1, 28)), demands=named))
    for of in draw(st.lists(st.sampled_from(events), max_size=2)) if events else ():
        how, what = draw(st.sampled_from([("void", ""), ("as", "refused"), ("on", "14")]))
        correction = correction_of(of.seq, how, what)
        events.append(event(len(events) + 1, EventType.CORRECTED, 28, correction=correction))
    return events


def after(events: list[Event], kind: EventType, **named: str) -> list[Event]:
    """The history with one more answer on the last day of all."""
    return [*events, event(len(events) + 1, kind, 31, demands=tuple(named.items()))]


@settings(deadline=None)
@given(histories(), st.sampled_from(sorted(ANSWERS)))
def test_an_answer_as_a_whole_undoes_nothing_that_was_fulfilled(
    events: list[Event], kind: EventType
) -> None:
    before, now = demand_answers(CODES, events), demand_answers(CODES, after(events, kind))
    for was, is_now in zip(before, now, strict=True):
        if was.outcome is Outcome.FULFILLED or kind is EventType.PARTLY_FULFILLED:
            assert is_now == was
        else:
            assert is_now.outcome.value == kind.value
            assert is_now.seq == len(events) + 1


@settings(deadline=None)
@given(histories(), st.sampled_from(sorted(ANSWERS)), NAMED.filter(bool))
def test_a_later_word_on_a_demand_is_the_last_and_on_no_other(
    events: list[Event], kind: EventType, named: dict[str, str]
) -> None:
    before = demand_answers(CODES, events)
    now = demand_answers(CODES, after(events, kind, **named))
    for was, is_now in zip(before, now, strict=True):
        if is_now.code in named:
            assert is_now.outcome.value == named[is_now.code]
            assert is_now.on == date(2026, 3, 31)
        else:
            assert is_now == was


@settings(deadline=None)
@given(histories())
def test_each_outcome_comes_from_an_answer_that_counts(events: list[Event]) -> None:
    counting = {one.seq: one for one in effective(events) if one.type in ANSWERS}
    for each in demand_answers(CODES, events):
        assert (each.outcome is Outcome.OPEN) == (each.seq is None) == (each.on is None)
        if each.seq:
            assert counting[each.seq].on == each.on


@settings(deadline=None)
@given(histories())
def test_a_demand_is_answered_for_itself(events: list[Event]) -> None:
    together = demand_answers(CODES, events)
    apart = [answer for code in CODES for answer in demand_answers((code,), events)]
    assert together == apart


def test_outstanding_is_what_was_answered_with_nothing() -> None:
    for outcomes in product(Outcome, repeat=3):
        answers = [DemandAnswer(c, outcome) for c, outcome in zip(CODES, outcomes, strict=True)]
        found = outstanding(answers)
        if set(outcomes) == {Outcome.OPEN}:
            assert found == ()  # nothing was said of any: the answer did not go by demands
        else:
            assert all((each.code in found) is (MARKS[each.outcome] in "?.") for each in answers)
