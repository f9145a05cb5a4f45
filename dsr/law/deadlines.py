"""The deadline calculus: from the day of receipt to the days by which an answer is due.

Two dates for each: ``due`` by the rule, and ``due_lenient``, the latest that can be argued.  We
remind from the first and allege lateness only after the second.  Every date explains itself,
step by step, with the article next to each number.  Rules only: no clock, no network.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from dateutil.relativedelta import relativedelta

from dsr.errors import InvalidInputError
from dsr.law.calendars import Place, add_business_days, day_off, next_working_day
from dsr.law.receipt import Receipt, long_date
from dsr.law.regimes import (
    IdentityPause,
    Period,
    Regime,
    RightGiven,
    Rolling,
    TimeLimit,
    Unit,
)
from dsr.law.rights import Right


@dataclass(frozen=True, slots=True)
class Pause:
    """A span in which the controller waited for the person; open if it has not ended."""

    asked_on: date
    answered_on: date | None

    def days(self, as_of: date) -> int:
        """Days from asking to answering, or to *as_of* while it is open."""
        return max(0, ((self.answered_on or as_of) - self.asked_on).days)


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


@dataclass(frozen=True, slots=True)
class Deadlines:
    """All dates that follow from one receipt under one law for one right."""

    law: str
    right: Right
    received: date
    response: Deadline
    extended: Deadline | None
    acknowledgement: Deadline | None
    extension_notice_by: date | None
    extension_notice_by_lenient: date | None


@dataclass(frozen=True, slots=True)
class _Calendars:
    """Whose days off count for the rule, and which further ones can be argued."""

    rule: Place | None
    arguable: tuple[Place | None, ...]


def deadlines(
    law: Regime,
    right: Right,
    receipt: Receipt,
    *,
    place: Place | None = None,
    also_arguable: Place | None = None,
    pauses: Pauses = NO_PAUSES,
) -> Deadlines:
    """Every date that follows from *receipt*.

    *place* is whose public holidays count, by default the law's own calendar; *also_arguable* is
    another place whose holidays the controller could claim.  Raises InvalidInputError if the law
    gives no such right or was not yet in force.
    """
    given = law.gives(right)
    if receipt.lenient_on.year > LAST_YEAR:
        raise InvalidInputError(
            f"{receipt.on.isoformat()} is too far ahead to compute with.", code="bad_date"
        )
    if receipt.on < law.in_force:
        raise InvalidInputError(
            f"{law.short} applies since {long_date(law.in_force)}; "
            f"{long_date(receipt.on)} is before that.",
            code="before_law",
        )
    calendars = _calendars(given.limit, place, also_arguable)
    start = _start(given, receipt, pauses)
    response = _deadline(given.limit, given.limit.response, start, calendars)
    limit = given.limit
    return Deadlines(
        law=law.id,
        right=right,
        received=receipt.on,
        response=response,
        extended=_if_any(limit, limit.extended, start, calendars),
        acknowledgement=_if_any(limit, limit.acknowledgement, start, calendars),
        extension_notice_by=response.due if limit.extended else None,
        extension_notice_by_lenient=response.due_lenient if limit.extended else None,
    )


@dataclass(frozen=True, slots=True)
class _Start:
    """Where counting starts, and by how many days pauses push the end out."""

    on: date
    lenient_on: date
    shift: int
    lenient_shift: int
    steps: tuple[str, ...]


def _start(given: RightGiven, receipt: Receipt, pauses: Pauses) -> _Start:
    """The day from which the time runs, after what the law makes of identity and clarification."""
    limit, on, lenient_on = given.limit, receipt.on, receipt.lenient_on
    steps, shift, lenient_shift = [], 0, 0
    opening = receipt.explanation
    as_of = pauses.as_of or receipt.on
    if limit.identity_pause is IdentityPause.RESTARTS:
        for pause in pauses.identity:
            restarted = pause.answered_on or as_of
            on, lenient_on = max(on, restarted), max(lenient_on, restarted)
            opening = (
                f"Identity was asked for on {long_date(pause.asked_on)}; the time runs from the "
                f"day the information arrived, {long_date(on)} ({limit.identity_citation})"
            )
    elif limit.identity_pause is IdentityPause.ARGUABLE:
        lenient_shift += sum(pause.days(as_of) for pause in pauses.identity)
        if lenient_shift:
            steps.append(
                f"The controller may argue that {lenient_shift} days of waiting for proof of "
                f"identity do not count ({limit.identity_citation})."
            )
    if given.right in limit.clarification_rights and pauses.clarification:
        shift = sum(pause.days(as_of) + 1 for pause in pauses.clarification)
        lenient_shift += shift
        steps.append(
            f"{shift} days of clarification do not count, the day of asking and the day of "
            f"answering included ({limit.clarification_citation})."
        )
    steps.insert(0, f"{opening}; that day is not counted ({limit.exclusion}).")
    return _Start(on, lenient_on, shift, lenient_shift, tuple(steps))


def _calendars(limit: TimeLimit, place: Place | None, also: Place | None) -> _Calendars:
    rule = place or (Place.parse(limit.calendar) if limit.calendar else None)
    wider = Place.parse(limit.lenient_calendar) if limit.lenient_calendar else None
    return _Calendars(rule, tuple(other for other in (rule, wider, also) if other))


def _if_any(
    limit: TimeLimit, period: Period | None, start: _Start, calendars: _Calendars
) -> Deadline | None:
    return _deadline(limit, period, start, calendars) if period else None


def _deadline(limit: TimeLimit, period: Period, start: _Start, calendars: _Calendars) -> Deadline:
    if period.unit is Unit.BUSINESS_DAYS:
        return _in_business_days(period, start, calendars)
    end = _end_of(period, start.on) + timedelta(days=start.shift)
    steps = [*start.steps, _counted(limit, period, start, end)]
    due = end
    if limit.rolling is Rolling.MOVES:
        due = next_working_day(end, calendars.rule)
        steps.extend(_rolled(end, due, calendars.rule, limit.rolling_citation))
    lenient_end = _end_of(period, start.lenient_on) + timedelta(days=start.lenient_shift)
    lenient = due if limit.rolling is not Rolling.STANDS else lenient_end
    if limit.rolling is not Rolling.STANDS:
        candidates = [next_working_day(lenient_end, other) for other in calendars.arguable]
        lenient = max([due, lenient_end, *candidates])
        if not calendars.arguable:
            lenient = max(lenient, next_working_day(lenient_end, None))
    if lenient > due:
        steps.append(_arguable(limit, lenient))
    return Deadline(due, lenient, _basis(period), tuple(steps))


def _in_business_days(period: Period, start: _Start, calendars: _Calendars) -> Deadline:
    due = add_business_days(start.on, period.count, calendars.rule)
    candidates: list[date] = [
        add_business_days(start.lenient_on, period.count, other) for other in calendars.arguable
    ]
    lenient = max([due, *candidates])
    days_off = "weekends"
    if calendars.rule:
        days_off += f" and the public holidays of {calendars.rule.name}"
    steps = [
        *start.steps,
        f"{period.count} business days, without {days_off}, end on {long_date(due)} "
        f"({period.citation}).",
    ]
    if lenient > due:
        steps.append(
            f"“Business day” is not defined; with further public holidays left out it can be "
            f"argued that the last day is {long_date(lenient)}."
        )
    return Deadline(due, lenient, _basis(period), tuple(steps))


def _end_of(period: Period, start: date) -> date:
    if period.unit is Unit.MONTHS:
        return start + relativedelta(months=period.count)
    return start + timedelta(days=period.count)


def _counted(limit: TimeLimit, period: Period, start: _Start, end: date) -> str:
    plain = _end_of(period, start.on)
    length = f"{str(period).capitalize()} later"
    if period.unit is Unit.MONTHS and plain.day != start.on.day:
        text = (
            f"{length} there is no {start.on.day} {plain:%B}, so the period ends on "
            f"{long_date(plain)} ({period.citation}; {limit.month_end})."
        )
    else:
        month_rule = f"; {limit.month_end}" if period.unit is Unit.MONTHS else ""
        text = f"{length} is {long_date(plain)} ({period.citation}{month_rule})."
    return text if plain == end else f"{text} With the days left out: {long_date(end)}."


def _rolled(end: date, due: date, place: Place | None, citation: str) -> list[str]:
    if end == due:
        return []
    passed = (end + timedelta(days=n) for n in range((due - end).days))
    reasons = [f"{_short(day)} is {day_off(day, place)}" for day in passed]
    where = f" in {place.name}" if place else ""
    return [
        f"{_listed(reasons)}{where}, so the last day moves to the next working day, "
        f"{long_date(due)} ({citation})."
    ]


def _arguable(limit: TimeLimit, lenient: date) -> str:
    reason = f" ({limit.rolling_citation})" if limit.rolling is Rolling.ARGUABLE else ""
    return (
        f"It can be argued that the answer is late only after {long_date(lenient)}{reason}: "
        f"do not call it late before that."
    )


def _basis(period: Period) -> str:
    return f"{period.citation}: {period}"


def _short(day: date) -> str:
    return f"{day.day} {day:%B}"


def _listed(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
