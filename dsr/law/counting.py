"""Count one period from one day: its length, its end, and where the end moves to."""

from dataclasses import dataclass
from datetime import date, timedelta

from dateutil.relativedelta import relativedelta

from dsr.law.calendars import (
    Place,
    add_business_days,
    day_off,
    next_working_day,
)
from dsr.law.receipt import long_date
from dsr.law.regimes import Counting, FirstDay, Period, Rolling, Unit


@dataclass(frozen=True, slots=True)
class Calendars:
    """Whose days off count for the rule, and which further ones can be argued."""

    rule: Place | None
    arguable: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class Counted:
    """The end of a period by the rule, the latest that can be argued, and the derivation."""

    due: date
    due_lenient: date
    steps: tuple[str, ...]
    lenient_citation: str


def count(
    counting: Counting, period: Period, start: date, shift: int, calendars: Calendars
) -> Counted:
    """The end of *period* from *start*, pushed out by *shift* days."""
    if period.unit is Unit.BUSINESS_DAYS:
        return _business_days(counting, period, start, calendars)
    end = _end(period, start) + timedelta(days=shift)
    early = end
    if counting.first_day is FirstDay.ARGUABLE:
        early -= timedelta(days=1)
    steps = [_counted(counting, period, start, early)]
    due = early
    if counting.rolling is Rolling.MOVES:
        due = next_working_day(early, calendars.rule)
        steps.extend(_rolled(early, due, calendars.rule, counting.rolling_citation))
    lenient, citation = end, ""
    if counting.rolling is not Rolling.STANDS:
        places = calendars.arguable or (None,)
        lenient = max(next_working_day(end, place) for place in places)
        if counting.rolling is Rolling.ARGUABLE and lenient > end:
            citation = counting.rolling_citation
    return Counted(due, max(due, lenient), tuple(steps), citation)


def _business_days(
    counting: Counting, period: Period, start: date, calendars: Calendars
) -> Counted:
    due = add_business_days(start, period.count, calendars.rule)
    days_off = "weekends"
    if calendars.rule:
        days_off += f" and the public holidays of {calendars.rule.name}"
    step = (
        f"{period.count} business days, without {days_off}, end on {long_date(due)} "
        f"({period.citation})."
    )
    lenient = max(
        (
            add_business_days(start, period.count, place, closed=counting.closed_days)
            for place in calendars.arguable or (None,)
        ),
        default=due,
    )
    citation = counting.lenient_citation if lenient > due else ""
    return Counted(due, max(due, lenient), (step,), citation)


def _end(period: Period, start: date) -> date:
    match period.unit:
        case Unit.MONTHS:
            return start + relativedelta(months=period.count)
        case Unit.WEEKS:
            return start + timedelta(weeks=period.count)
        case _:
            return start + timedelta(days=period.count)


def _counted(counting: Counting, period: Period, start: date, end: date) -> str:
    plain = _end(period, start)
    length = f"{str(period).capitalize()} later"
    if counting.first_day is FirstDay.ARGUABLE:
        return f"{str(period).capitalize()} end on {long_date(end)} ({period.citation})."
    if period.unit is Unit.MONTHS and plain.day != start.day:
        text = (
            f"{length} there is no {start.day} {plain:%B}, so the period ends on "
            f"{long_date(plain)} ({period.citation}; {counting.month_end_citation})."
        )
    else:
        rule = counting.month_end_citation if period.unit is Unit.MONTHS else ""
        cited = "; ".join(filter(None, (period.citation, rule)))
        text = f"{length} is {long_date(plain)} ({cited})."
    return text if plain == end else f"{text} With the days left out: {long_date(end)}."


def _rolled(end: date, due: date, place: Place | None, citation: str) -> list[str]:
    if end == due:
        return []
    passed = (end + timedelta(days=n) for n in range((due - end).days))
    reasons = [f"{day.day} {day:%B} is {day_off(day, place)}" for day in passed]
    listed = reasons[0] if len(reasons) == 1 else f"{', '.join(reasons[:-1])} and {reasons[-1]}"
    where = f" in {place.name}" if place else ""
    return [
        f"{listed}{where}, so the last day moves to the next working day, "
        f"{long_date(due)} ({citation})."
    ]
