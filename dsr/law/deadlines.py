"""The deadline calculus: from the day of receipt to the days by which an answer is due.

Two dates for each: ``due`` by the rule, and ``due_lenient``, the latest that can be argued.  We
remind from the first and allege lateness only after the second.  Every date explains itself,
step by step, with the article next to each number.  Rules only: no clock, no network.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from dsr.errors import InvalidInputError
from dsr.law.calendars import Place
from dsr.law.counting import Calendars, count, derivation
from dsr.law.limits import Counting, IdentityPause, Period, TimeLimit
from dsr.law.receipt import Receipt, long_date, plain_date
from dsr.law.regimes import Regime, RightGiven
from dsr.law.rights import Right


@dataclass(frozen=True, slots=True)
class Pause:
    """A span in which the controller waited for the person; open if it has not ended.

    Nobody waits any longer once the controller decides without the person's answer, or the person
    writes that it needs none (``over_on``): dsr's own reading, no law speaks of it.
    """

    asked_on: date
    answered_on: date | None
    over_on: date | None = None

    @property
    def goes_on(self) -> bool:
        """Whether the controller still waits."""
        return self.answered_on is None and self.over_on is None

    def days(self, as_of: date, *, with_first: bool) -> frozenset[date]:
        """The days from asking to the end of waiting, or to *as_of* while it goes on.

        The day of asking counts *with_first* only.  Raises InvalidInputError if the answer comes
        before the question.
        """
        if self.answered_on and self.answered_on < self.asked_on:
            raise InvalidInputError(
                f"A pause that starts on {long_date(self.asked_on)} cannot end on "
                f"{long_date(self.answered_on)}.",
                code="negative_pause",
            )
        first = self.asked_on if with_first else self.asked_on + timedelta(days=1)
        length = ((self.answered_on or self.over_on or as_of) - first).days + 1
        return frozenset(first + timedelta(days=n) for n in range(length))


def _days_held_up(pauses: tuple[Pause, ...], as_of: date, *, with_first: bool) -> frozenset[date]:
    """The days that the pauses cover together."""
    return frozenset().union(*(pause.days(as_of, with_first=with_first) for pause in pauses))


@dataclass(frozen=True, slots=True)
class Pauses:
    """What happened that may hold the time up, and the day from which we look."""

    identity: tuple[Pause, ...] = ()
    clarification: tuple[Pause, ...] = ()
    as_of: date | None = None


NO_PAUSES = Pauses()
LAST_YEAR = 2250  # calendars of holidays end somewhere


@dataclass(frozen=True, slots=True)
class Deadline:
    """One date by which something is due, with its derivation in plain sentences."""

    due: date
    due_lenient: date
    basis: str
    steps: tuple[str, ...]
    verified: bool = True


@dataclass(frozen=True, slots=True)
class Deadlines:
    """All dates that follow from one receipt; ``response`` is None where the law sets no time."""

    law: str
    subject: str  # the right, or the further step
    received: date
    response: Deadline | None
    no_time: tuple[str, ...]
    no_time_verified: bool
    extended: Deadline | None
    extended_again: Deadline | None
    acknowledgement: Deadline | None

    @property
    def extension_notice_by(self) -> date | None:
        """The last day for announcing an extension: within the first period."""
        return self.response.due if self.response and self.extended else None

    @property
    def extension_notice_by_lenient(self) -> date | None:
        """The latest day that can be argued for announcing an extension."""
        return self.response.due_lenient if self.response and self.extended else None


def deadlines(
    law: Regime,
    right: Right,
    receipt: Receipt,
    *,
    place: Place | None = None,
    also_arguable: Place | None = None,
    pauses: Pauses = NO_PAUSES,
) -> Deadlines:
    """Every date that follows from *receipt* of a request that uses *right*.

    *place* is whose public holidays count, by default the law's own calendar; *also_arguable* is
    another place whose holidays the controller could claim.  Raises InvalidInputError if the law
    gives no such right or was not yet in force.
    """
    given = law.gives(right)
    limit = given.limit
    _check_in_force(law, receipt.on, given)
    start = _start(limit, right, receipt, pauses)
    return _all(law, right.value, limit, start, _calendars(limit.counting, place, also_arguable))


def step_deadlines(
    law: Regime, step: str, receipt: Receipt, *, place: Place | None = None
) -> Deadlines:
    """Every date of a further time limit: an appeal, a complaint, the person's own.

    Raises InvalidInputError if the law sets none or was not yet in force.
    """
    limit = law.step(step).limit
    _check_in_force(law, receipt.on)
    start = _start(limit, None, receipt, NO_PAUSES)
    return _all(law, step, limit, start, _calendars(limit.counting, place, None))


@dataclass(frozen=True, slots=True)
class _Start:
    """Where counting starts, and the days of waiting that do not count, or arguably do not."""

    received: date
    on: date
    lenient_on: date
    waited: frozenset[date]
    arguable: frozenset[date]
    opening: str
    lenient_reason: str  # why receipt may have been later


def _all(
    law: Regime, subject: str, limit: TimeLimit, start: _Start, calendars: Calendars
) -> Deadlines:
    def deadline(period: Period | None) -> Deadline | None:
        return _deadline(limit, period, start, calendars) if period else None

    return Deadlines(
        law=law.id,
        subject=subject,
        received=start.received,
        response=deadline(limit.response),
        no_time=() if limit.response else (limit.no_time,),
        no_time_verified=limit.no_time_verified,
        extended=deadline(limit.extended),
        extended_again=deadline(limit.extended_again),
        acknowledgement=deadline(limit.acknowledgement),
    )


def _check_in_force(law: Regime, received: date, given: RightGiven | None = None) -> None:
    if received.year > LAST_YEAR:
        raise InvalidInputError(
            f"{received.isoformat()} is too far ahead to compute with.", code="bad_date"
        )
    since = (given and given.since) or law.in_force
    if received < since:
        right = f"on {given.right.value} " if given and given.since else ""
        raise InvalidInputError(
            f"dsr knows the rules of {law.short} {right}as they apply since {plain_date(since)}; "
            f"{plain_date(received)} is before that.",
            code="before_law",
        )


def _start(limit: TimeLimit, right: Right | None, receipt: Receipt, pauses: Pauses) -> _Start:
    """The day from which the time runs, after what the law makes of identity and clarification."""
    on, lenient_on, opening = receipt.on, receipt.lenient_on, receipt.explanation
    waited: frozenset[date] = frozenset()
    arguable: frozenset[date] = frozenset()
    as_of = pauses.as_of or receipt.on
    if limit.runs_from and on < limit.runs_from:
        on, lenient_on = limit.runs_from, max(lenient_on, limit.runs_from)
        opening = f"{opening}; the time runs from {long_date(on)} at the earliest"
    later = receipt.doubt if lenient_on > on else ""
    if limit.identity_pause is IdentityPause.RESTARTS and pauses.identity:
        on, lenient_on, opening = _restarted(limit, on, lenient_on, pauses.identity, as_of, opening)
        later = later if lenient_on == on else _why_later(limit, pauses.identity) or later
    elif limit.identity_pause is IdentityPause.ARGUABLE:
        arguable = _days_held_up(pauses.identity, as_of, with_first=False)
    if right in limit.clarification_rights:
        waited = _days_held_up(pauses.clarification, as_of, with_first=True)
    first = limit.counting.opening(opening)
    return _Start(receipt.on, on, lenient_on, waited, arguable, first, later)


def _restarted(
    limit: TimeLimit,
    on: date,
    lenient_on: date,
    identity: tuple[Pause, ...],
    as_of: date,
    opening: str,
) -> tuple[date, date, str]:
    """The day on which the information arrived; without it receipt, and what can be argued."""
    _days_held_up(identity, as_of, with_first=False)
    arrived = [p.answered_on or as_of for p in identity if p.answered_on or p.goes_on]
    if arrived:
        on = max(on, *arrived)
        opening = (
            f"Identity was asked for on {long_date(identity[-1].asked_on)}; the time runs from the "
            f"day the information arrived, {long_date(on)} ({limit.identity_citation})"
        )
    return on, max(lenient_on, on, *_over_without_answer(identity)), opening


def _over_without_answer(identity: tuple[Pause, ...]) -> list[date]:
    """The days from which no more information was to come."""
    return [p.over_on for p in identity if p.over_on and p.answered_on is None]


def _why_later(limit: TimeLimit, identity: tuple[Pause, ...]) -> str:
    """Why the time may run from the day from which no more information was to come."""
    over = _over_without_answer(identity)
    if not over:
        return ""
    return (
        f"{limit.identity_citation}; identity was asked for, and from {long_date(max(over))} no "
        "more information was to come: dsr's own reading"
    )


@cache
def _calendars(counting: Counting, place: Place | None, also: Place | None) -> Calendars:
    own = Place.parse(counting.calendar) if counting.calendar else None
    rule = own if counting.calendar_fixed else place or own
    wider = Place.parse(counting.lenient_calendar) if counting.lenient_calendar else None
    return Calendars(rule, tuple(dict.fromkeys(filter(None, (rule, wider, place, also)))))


def _deadline(limit: TimeLimit, period: Period, start: _Start, calendars: Calendars) -> Deadline:
    counting, waited = limit.counting, start.waited | start.arguable
    lenient = counted = count(counting, period, start.on, start.waited, calendars)
    outer = ""
    if (start.lenient_on, waited) != (start.on, start.waited):
        lenient = count(counting, period, start.lenient_on, waited, calendars)
    latest, argued = max(counted.due, lenient.due_lenient), lenient.left_out - counted.left_out
    steps = [start.opening, *_left_out(limit, counted.left_out, argued)]
    steps += derivation(counting, period, start.on, counted, calendars.rule)
    if limit.latest and period is limit.response:
        longest = count(counting, limit.latest, start.lenient_on, waited, calendars)
        latest, outer = max(latest, longest.due_lenient), longest.lenient_citation
        steps.append(f"The longest that can be argued is {limit.latest} ({limit.latest.citation}).")
    if latest > counted.due:
        reasons = [
            lenient.lenient_citation or outer,
            start.lenient_reason,
            limit.identity_citation if argued > 0 else "",
        ]
        cited = "; ".join(filter(None, reasons)) or period.citation
        steps.append(
            f"It can be argued that the last day is {long_date(latest)} ({cited}): "
            "do not call it late before that day has passed."
        )
    if not period.verified:
        steps.append(f"Unverified: the text of {period.citation} was not seen for this period.")
    basis = f"{period.citation}: {period}"
    return Deadline(counted.due, latest, basis, tuple(steps), period.verified)


def _left_out(limit: TimeLimit, waited: int, argued: int) -> list[str]:
    """Which days of waiting do not count, and which arguably do not, in sentences."""
    steps = []
    if argued > 0:
        days = _not_counted(argued, "waiting for proof of identity")
        steps.append(f"The controller may argue that {days} ({limit.identity_citation}).")
    if waited:
        steps.append(
            f"{_not_counted(waited, 'clarification')}, the day of asking and the day of answering "
            f"included ({limit.clarification_citation})."
        )
    return steps


def _not_counted(days: int, what: str) -> str:
    return f"1 day of {what} does not count" if days == 1 else f"{days} days of {what} do not count"
