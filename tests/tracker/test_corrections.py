"""A corrected history is the history as if it had been recorded rightly from the start."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from dsr.errors import ConflictError, DsrError, NotFoundError, UsageError
from dsr.law.receipt import Channel
from dsr.tracker.corrections import (
    check_correction,
    corrected,
    corrected_by,
    effective,
    struck_out,
)
from dsr.tracker.events import RECORDABLE, Correction, Event, EventType
from dsr.tracker.state import CaseState, fold

T = EventType
FIRST = date(2026, 3, 2)
LATER = date(2026, 3, 9)
RECORDED = datetime(2026, 12, 31, 12, tzinfo=UTC)


def event(seq: int, kind: EventType, day: int = 0, **more: Any) -> Event:
    on = FIRST + timedelta(days=day)
    return Event(seq=seq, type=kind, on=on, recorded_at=RECORDED, **more)


def correct(seq: int, of: int, **what: Any) -> Event:
    return event(seq, T.CORRECTED, 90, correction=Correction(of=of, **what))


SENT = event(1, T.SENT, via=Channel.EMAIL)
DELIVERED = event(2, T.DELIVERED, 4)
EXTENDED = event(3, T.EXTENDED, 20, until=date(2026, 5, 4), note="by e-mail")
CASE = [SENT, DELIVERED, EXTENDED]


# Single cases ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("corrections", "expected"),
    [
        ([], CASE),
        ([correct(4, 2, on=FIRST)], [SENT, replace(DELIVERED, on=FIRST), EXTENDED]),
        ([correct(4, 2, void=True)], [SENT, EXTENDED]),
        # The last word counts, and each on what it speaks of.
        (
            [correct(4, 2, on=FIRST), correct(5, 2, note="by hand"), correct(6, 2, on=LATER)],
            [SENT, replace(DELIVERED, on=LATER, note="by hand"), EXTENDED],
        ),
        # Struck out, it stays so however it is corrected; a void struck out brings it back.
        ([correct(4, 2, void=True), correct(5, 2, on=FIRST)], [SENT, EXTENDED]),
        ([correct(4, 2, void=True), correct(5, 4, void=True)], CASE),
        (
            [correct(4, 2, void=True), correct(5, 4, void=True), correct(6, 5, void=True)],
            [SENT, EXTENDED],
        ),
        (
            [correct(4, 2, on=FIRST), correct(5, 4, void=True), correct(6, 5, void=True)],
            [SENT, replace(DELIVERED, on=FIRST), EXTENDED],
        ),
        ([correct(4, 2, void=True), correct(5, 4, void=True), correct(6, 2, void=True)],
         [SENT, EXTENDED]),
        # What belongs to one kind of event only goes with the kind, and comes back with it.
        (
            [correct(4, 3, type=T.REFUSED)],
            [SENT, DELIVERED, replace(EXTENDED, type=T.REFUSED, until=None)],
        ),
        ([correct(4, 3, type=T.REFUSED), correct(5, 3, type=T.EXTENDED)], CASE),
        ([correct(4, 1, type=T.NOTE), correct(5, 1, type=T.SENT)], CASE),
        (
            [correct(4, 2, type=T.EXTENDED), correct(5, 2, until=date(2026, 5, 5))],
            [SENT, replace(DELIVERED, type=T.EXTENDED, until=date(2026, 5, 5)), EXTENDED],
        ),
        (
            [correct(4, 1, via=Channel.POST)],
            [replace(SENT, via=Channel.POST), DELIVERED, EXTENDED],
        ),
    ],
)  # fmt: skip
def test_what_counts_after_corrections(corrections: list[Event], expected: list[Event]) -> None:
    assert effective([*CASE, *corrections]) == expected


@pytest.mark.parametrize(
    ("corrections", "struck", "by"),
    [
        ([], set(), {}),
        ([correct(4, 2, on=FIRST)], set(), {2: 4}),
        ([correct(4, 2, on=FIRST), correct(5, 2, note="on paper")], set(), {2: 5}),
        ([correct(4, 2, void=True)], {2}, {2: 4}),
        ([correct(4, 2, on=FIRST), correct(5, 4, void=True)], {4}, {4: 5}),
        ([correct(4, 2, void=True), correct(5, 4, void=True)], {4}, {4: 5}),
        (
            [correct(4, 2, void=True), correct(5, 4, void=True), correct(6, 5, void=True)],
            {2, 5},
            {2: 4, 5: 6},
        ),
    ],
)
def test_what_is_struck_out_and_by_what(
    corrections: list[Event], struck: set[int], by: dict[int, int]
) -> None:
    events = [*CASE, *corrections]
    assert struck_out(events) == struck
    assert corrected_by(events) == by


def test_a_correction_leaves_other_events_alone() -> None:
    assert corrected(SENT, Correction(of=2, on=date(2026, 4, 1))) is SENT


@pytest.mark.parametrize(
    ("correction", "error", "code"),
    [
        (Correction(of=9, void=True), NotFoundError, "unknown_event"),
        (Correction(of=0, void=True), NotFoundError, "unknown_event"),
        (Correction(of=6, void=True), NotFoundError, "unknown_event"),  # it would be its own
        (Correction(of=2), UsageError, "usage"),
        (Correction(of=1, void=True), ConflictError, "letter_fixed"),
        (Correction(of=1, on=FIRST), ConflictError, "letter_fixed"),
        (Correction(of=4, on=FIRST), ConflictError, "correction_fixed"),
        (Correction(of=5, note="x"), ConflictError, "correction_fixed"),
    ],
)
def test_a_correction_that_cannot_be_is_refused(
    correction: Correction, error: type[DsrError], code: str
) -> None:
    events = [
        event(1, T.PREPARED),
        event(2, T.SENT),
        event(3, T.DELIVERED, 4),
        correct(4, 3, on=FIRST),
        correct(5, 3, void=True),
    ]
    with pytest.raises(error) as caught:
        check_correction(events, correction)
    assert caught.value.code == code
    for possible in (Correction(of=4, void=True), Correction(of=5, void=True)):
        check_correction(events, possible)


def test_what_is_corrected_out_of_its_order_is_refused_by_the_fold() -> None:
    with pytest.raises(ConflictError, match="“delivered” on 2026-03-06"):
        fold([*CASE, correct(4, 1, on=date(2026, 3, 7))])
    with pytest.raises(ConflictError, match="not sent before"):
        fold([*CASE, correct(4, 1, void=True)])


def test_a_closing_recorded_by_mistake_is_taken_back() -> None:
    closed = event(4, T.CLOSED, 30)
    assert fold([*CASE, closed, correct(5, 4, void=True)]) == fold(CASE)


# A model of its own ----------------------------------------------------------------------------
#
# It looks at each event by itself and asks backwards from the end: does this count, and what was
# said of it last?  dsr goes through the corrections once, from the end, and then forwards.


def stands(events: Sequence[Event], seq: int) -> bool:
    """Whether nothing that stands strikes out event *seq*."""
    return not any(
        later.correction and later.correction.void and stands(events, later.seq)
        for later in events
        if later.correction and later.correction.of == seq
    )


def truth(events: Sequence[Event]) -> list[Event]:
    """What a clerk with foresight would have recorded."""
    found = []
    for one in events:
        if one.correction or not stands(events, one.seq):
            continue
        last: dict[str, Any] = {}
        for later in events:
            about = later.correction
            if about and about.of == one.seq and stands(events, later.seq):
                last |= {
                    name: value
                    for name in ("type", "on", "note", "until", "via")
                    if (value := getattr(about, name)) is not None
                }
        right = replace(one, **last)
        if last and right.type is not T.EXTENDED:
            right = replace(right, until=None)
        if last and right.type is not T.SENT:
            right = replace(right, via=None)
        found.append(right)
    return found


KINDS = st.sampled_from([*RECORDABLE])
DAYS = st.integers(0, 60).map(lambda days: FIRST + timedelta(days=days))
NOTES = st.sampled_from(["a", "b"])
VIA = st.sampled_from(Channel)


@st.composite
def said_of(draw: st.DrawFn, of: int) -> Correction:
    """What may be said of an event that is no correction: that it never was, or what it was."""
    if draw(st.booleans()):
        return Correction(of=of, void=True)
    fields = {"type": KINDS, "on": DAYS, "note": NOTES, "until": DAYS, "via": VIA}
    names = draw(st.sets(st.sampled_from(sorted(fields)), min_size=1))
    return Correction(of=of, **{name: draw(fields[name]) for name in sorted(names)})


@st.composite
def histories(draw: st.DrawFn) -> list[Event]:
    """Events and corrections mixed, whether or not a case can go that way."""
    events: list[Event] = []
    for seq in range(1, draw(st.integers(1, 14)) + 1):
        of = draw(st.none() | st.integers(1, seq - 1)) if seq > 1 else None
        if of is None:
            kind = draw(KINDS)
            via = draw(st.none() | VIA) if kind is T.SENT else None
            until = draw(st.none() | DAYS) if kind is T.EXTENDED else None
            day = (draw(DAYS) - FIRST).days
            events.append(event(seq, kind, day, via=via, until=until))
        elif events[of - 1].correction:
            events.append(correct(seq, of, void=True))
        else:
            events.append(event(seq, T.CORRECTED, 90, correction=draw(said_of(of))))
    return events


def folded(events: Sequence[Event]) -> CaseState | str:
    """The state, or why there is none."""
    try:
        return fold(events)
    except ConflictError as error:
        return error.sentence


@settings(deadline=None, max_examples=200)
@given(histories())
def test_corrected_it_is_as_if_it_had_been_recorded_rightly(events: list[Event]) -> None:
    for one in events:
        if one.correction:
            check_correction(events[: one.seq - 1], one.correction)
    assert effective(events) == truth(events)
    assert folded(events) == folded(truth(events))


@settings(deadline=None, max_examples=100)
@given(histories())
def test_an_event_is_struck_out_or_counts_never_both(events: list[Event]) -> None:
    struck, counting = struck_out(events), {one.seq for one in effective(events)}
    assert struck == {one.seq for one in events if not stands(events, one.seq)}
    assert not struck & counting
    for of, by in corrected_by(events).items():
        assert of < by
        assert by not in struck
        assert (of in struck) <= any(
            one.correction and one.correction.void and one.correction.of == of for one in events
        )


@settings(deadline=None, max_examples=100)
@given(histories(), st.data())
def test_a_correction_that_is_taken_back_leaves_no_trace(
    events: list[Event], data: st.DataObject
) -> None:
    of = data.draw(st.sampled_from([one for one in events if not one.correction])).seq
    wrong = event(len(events) + 1, T.CORRECTED, 90, correction=data.draw(said_of(of)))
    taken_back = correct(len(events) + 2, wrong.seq, void=True)
    assert effective([*events, wrong, taken_back]) == effective(events)


# The order of recording ------------------------------------------------------------------------


@st.composite
def possible_cases(draw: st.DrawFn) -> list[Event]:
    """A case that can be, one event a day."""
    kept: list[Event] = []
    for day in range(draw(st.integers(2, 12))):
        via = draw(st.none() | VIA)
        new = event(len(kept) + 1, draw(KINDS), day, via=via)
        if not isinstance(folded([*kept, new]), str):
            kept.append(new)
    assume(len(kept) > 1)
    return kept


@settings(deadline=None, max_examples=100)
@given(possible_cases(), st.data())
def test_what_happened_on_different_days_can_be_recorded_in_any_order(
    events: list[Event], data: st.DataObject
) -> None:
    order = data.draw(st.permutations(events))
    recorded = [replace(one, seq=seq) for seq, one in enumerate(order, start=1)]
    assert fold(recorded) == fold(events)


@settings(deadline=None, max_examples=100)
@given(possible_cases(), st.data())
def test_a_day_set_right_later_is_as_good_as_one_recorded_rightly(
    events: list[Event], data: st.DataObject
) -> None:
    slips = data.draw(st.lists(st.integers(-5, 5), min_size=len(events), max_size=len(events)))
    wrong = [
        replace(one, on=one.on + timedelta(days=slip))
        for one, slip in zip(events, slips, strict=True)
    ]
    last = len(events)
    mended = [correct(last + one.seq, one.seq, on=one.on) for one in events]
    assert fold([*wrong, *mended]) == fold(events)
