"""The state of a case, folded from its events; which event may follow which."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from dsr.errors import ConflictError
from dsr.law.deadlines import Pause
from dsr.law.receipt import Channel, Receipt, presumed, proven, proven_of_a_copy
from dsr.tracker.corrections import effective
from dsr.tracker.events import ANSWERS, RECORDABLE, Event, EventType

REBUTTAL = "rebuttal"  # what the record calls a letter that answers objections, before their names
TERM = 14  # days that a letter gives for an answer; dsr's own choice, no law sets it


@dataclass(frozen=True, slots=True)
class Extension:
    """The controller's notice that it takes longer."""

    announced_on: date
    until: date | None


@dataclass(frozen=True, slots=True)
class CaseState:
    """What is known of a case after its events."""

    prepared_on: date | None = None
    sent_on: date | None = None
    via: Channel | None = None
    copied_on: date | None = None  # sent once more, by another way
    bounced_on: date | None = None
    delivered_on: date | None = None
    acknowledged_on: date | None = None
    identity: tuple[Pause, ...] = ()
    clarification: tuple[Pause, ...] = ()
    extension: Extension | None = None
    extension_again: Extension | None = None
    answer: EventType | None = None
    answered_on: date | None = None
    objections: tuple[str, ...] = ()  # those that no letter has answered yet
    unsent: str | None = None  # the letter made last, while nobody says that it went out
    unsent_until: date | None = None  # by when that asks for an answer
    reminded_on: date | None = None
    # Letters since the controller last said anything, or was first written to; one that contradicts
    # what it said before any answer reminds of nothing.
    reminders: int = 0
    new_term: date | None = None  # until when the last of them gives it
    complained_on: date | None = None
    closed_on: date | None = None
    withdrawn: bool = False

    @property
    def is_with_controller(self) -> bool:
        """Whether a request has gone out and has not come back."""
        return self.sent_on is not None and self.bounced_on is None

    @property
    def waits_for_person(self) -> bool:
        """Whether the controller asked something and waits for the person to answer it."""
        return any(pause.goes_on for pause in (*self.identity, *self.clarification))

    def receipt(self) -> Receipt | None:
        """When the controller received the request, by proof or by presumption."""
        if not self.is_with_controller or self.sent_on is None:
            return None
        presumption = presumed(self.sent_on, self.via or Channel.EMAIL)
        if self.delivered_on is None:
            return presumption
        if self.copied_on and self.copied_on <= self.delivered_on:
            return proven_of_a_copy(presumption, self.delivered_on)
        return proven(self.delivered_on)


def fold(events: Sequence[Event]) -> CaseState:
    """The state after *events*, as corrected, taken in the order in which they happened.

    Raises ConflictError at the first event that cannot follow what was before it.
    """
    state = CaseState()
    for event in in_order(events):
        state = _apply(state, event)
    return state


def in_order(events: Sequence[Event]) -> list[Event]:
    """The events that count, by the day they happened, and as recorded within a day."""
    return sorted(effective(events), key=lambda event: (event.on, event.seq))


def possible_after(state: CaseState) -> list[EventType]:
    """The events that may be recorded next."""
    return [kind for kind in RECORDABLE if _refusal(state, kind, None) is None]


def _apply(state: CaseState, event: Event) -> CaseState:
    refusal = _refusal(state, event.type, event.via)
    if refusal:
        possible = ", ".join(possible_after(state))
        raise ConflictError(
            f"“{event.type}” on {event.on.isoformat()} does not fit: {refusal}.",
            hint=f"Possible at that point: {possible}.",
            code="illegal_event",
        )
    change = _CHANGES.get(event.type)
    return change(state, event) if change else state


def _refusal(state: CaseState, kind: EventType, via: Channel | None) -> str | None:
    """Why *kind* cannot happen now, or None if it can."""
    if kind is EventType.NOTE:
        return None
    if state.closed_on:
        return f"the case was closed on {state.closed_on.isoformat()}"
    if kind in (EventType.PREPARED, EventType.CLOSED, EventType.WITHDRAWN):
        return None
    if kind is EventType.SENT:
        again = state.is_with_controller and via in (None, state.via)
        return f"the request was already sent on {state.sent_on}" if again else None
    if not state.is_with_controller:
        return "the request bounced" if state.bounced_on else "the request was not sent before"
    if kind is EventType.IDENTITY_PROVIDED and not _unanswered(state.identity):
        return "no proof of identity was asked for before"
    if kind is EventType.CLARIFICATION_PROVIDED and not _unanswered(state.clarification):
        return "no clarification was asked for before"
    if kind is EventType.EXTENDED and state.answer not in (None, EventType.PARTLY_FULFILLED):
        return f"the controller had already answered ({state.answer})"
    return None


def _unanswered(pauses: tuple[Pause, ...]) -> bool:
    return any(pause.answered_on is None for pause in pauses)


def _answered(pauses: tuple[Pause, ...], on: date) -> tuple[Pause, ...]:
    return tuple(p if p.answered_on else replace(p, answered_on=on) for p in pauses)


def _over(pauses: tuple[Pause, ...], on: date) -> tuple[Pause, ...]:
    return tuple(replace(p, over_on=on) if p.goes_on else p for p in pauses)


def _sent(state: CaseState, event: Event) -> CaseState:
    """The first sending that did not bounce starts the time; a second copy does not restart it."""
    if state.is_with_controller:
        return replace(state, copied_on=state.copied_on or event.on)
    return replace(
        _spoken(state),
        sent_on=event.on,
        via=event.via,
        copied_on=None,
        bounced_on=None,
        delivered_on=None,
    )


def _delivered(state: CaseState, event: Event) -> CaseState:
    """What was delivered first was received; that a copy arrived later takes nothing back."""
    return replace(state, delivered_on=state.delivered_on or event.on)


def _spoken(state: CaseState, event: Event | None = None) -> CaseState:
    """What was written to the controller before it spoke, or came back, waits for nothing now."""
    return replace(
        state,
        objections=event.objections if event else (),
        unsent=None,
        unsent_until=None,
        reminders=0,
        new_term=None,
    )


def _reminded(state: CaseState, event: Event) -> CaseState:
    """A letter went out; the term is the one that it names, if that was not over by then.

    Whoever writes instead of answering a question leaves the controller nothing to wait for.
    """
    named, kind = state.unsent_until, (state.unsent or "").partition(":")[0]
    reminds = state.answer is not None or kind != REBUTTAL
    return replace(
        state,
        identity=_over(state.identity, event.on),
        clarification=_over(state.clarification, event.on),
        objections=(),
        unsent=None,
        unsent_until=None,
        reminded_on=event.on,
        reminders=state.reminders + reminds,
        new_term=named if named and named > event.on else event.on + timedelta(days=TERM),
    )


def _questioned(state: CaseState, event: Event) -> CaseState:
    asked, pause = _spoken(state, event), Pause(event.on, None)
    if event.type is EventType.IDENTITY_REQUESTED:
        return replace(asked, identity=(*state.identity, pause))
    return replace(asked, clarification=(*state.clarification, pause))


def _prepared(state: CaseState, event: Event) -> CaseState:
    return replace(state, prepared_on=event.on, unsent=event.note, unsent_until=event.until)


def _complained(state: CaseState, event: Event) -> CaseState:
    return replace(state, complained_on=event.on, unsent=None, unsent_until=None)


def _extended(state: CaseState, event: Event) -> CaseState:
    extension, state = Extension(event.on, event.until), _spoken(state, event)
    if state.extension is None:
        return replace(state, extension=extension)
    return replace(state, extension_again=state.extension_again or extension)


def _answer(state: CaseState, event: Event) -> CaseState:
    """Who answers has received the request, said so or not, and waits for no answer themselves."""
    return replace(
        _spoken(state, event),
        identity=_over(state.identity, event.on),
        clarification=_over(state.clarification, event.on),
        answer=event.type,
        answered_on=event.on,
        acknowledged_on=state.acknowledged_on or event.on,
    )


_CHANGES: dict[EventType, Callable[[CaseState, Event], CaseState]] = {
    EventType.PREPARED: _prepared,
    EventType.SENT: _sent,
    EventType.DELIVERED: _delivered,
    EventType.BOUNCED: lambda s, e: replace(_spoken(s), bounced_on=e.on, delivered_on=None),
    EventType.ACKNOWLEDGED: lambda s, e: replace(s, acknowledged_on=s.acknowledged_on or e.on),
    EventType.IDENTITY_REQUESTED: _questioned,
    EventType.IDENTITY_PROVIDED: lambda s, e: replace(s, identity=_answered(s.identity, e.on)),
    EventType.CLARIFICATION_REQUESTED: _questioned,
    EventType.CLARIFICATION_PROVIDED: lambda s, e: replace(
        s, clarification=_answered(s.clarification, e.on)
    ),
    EventType.EXTENDED: _extended,
    EventType.REMINDED: _reminded,
    EventType.COMPLAINED: _complained,
    EventType.WITHDRAWN: lambda s, e: replace(s, closed_on=e.on, withdrawn=True),
    EventType.CLOSED: lambda s, e: replace(s, closed_on=e.on),
    **dict.fromkeys(ANSWERS, _answer),
}
