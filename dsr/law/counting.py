"""Count one period from one day: its length, its end, and where the end moves to."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from dateutil.relativedelta import relativedelta

from dsr.law.calendars import (
    Place,
    add_business_days,
    day_off,
    next_working_day,
)
from dsr.law.limits import Counting, FirstDay, Period, Rolling, Unit
from dsr.law.receipt import long_date, month_name


@dataclass(frozen=True, slots=True)
class Calendars:
    """Whose days off count for the rule, and which further ones can be argued."""

    rule: Place | None
    arguable: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class Counted:
    """Where a period ends: as counted, by the rule, and the latest that can be argued."""

    plain: date  # the period alone
    end: date  # with the days of waiting left out, before the law moves it
    left_out: int  # how many of them there are
    due: date
    due_lenient: date
    lenient_citation: str


def count(
    counting: Counting,
    period: Period,
    start: date,
    waited: frozenset[date],
    calendars: Calendars,
) -> Counted:
    """The end of *period* from *start*, in which the days *waited* do not count."""
    if period.unit is Unit.BUSINESS_DAYS:
        return _business_days(counting, period, start, calendars)
    plain = _end(period, start)
    place = calendars.rule
    latest, left_out = _pushed_out(counting, plain, start, waited, place)
    end = latest - timedelta(days=1) if counting.first_day is FirstDay.ARGUABLE else latest
    due = _last_day(counting, end, place)
    lenient, citation = latest, ""
    if counting.rolling is not Rolling.STANDS:
        for there in calendars.arguable or (None,):
            lenient = max(lenient, next_working_day(latest, there))
        if counting.rolling is Rolling.ARGUABLE and lenient > latest:
            citation = counting.rolling_citation
    return Counted(plain, end, left_out, due, max(due, lenient), citation)


def _pushed_out(
    counting: Counting, end: date, start: date, waited: frozenset[date], place: Place | None
) -> tuple[date, int]:
    """*end* without those days *waited* that fall into the time, and how many they are.

    What was waited before the time began was never counted; a question that comes after it has
    run out does not bring it back.
    """
    left_out = 0
    for day in sorted(each for each in waited if each >= start):
        last = end if day <= end else _last_day(counting, end, place)
        if day > last:
            break
        end, left_out = last + timedelta(days=1), left_out + 1
    return end, left_out


def _last_day(counting: Counting, end: date, place: Place | None) -> date:
    return next_working_day(end, place) if counting.rolling is Rolling.MOVES else end


def _business_days(
    counting: Counting, period: Period, start: date, calendars: Calendars
) -> Counted:
    places = (calendars.rule,) if calendars.rule else ()
    due = add_business_days(start, period.count, places)
    lenient = add_business_days(
        start, period.count, calendars.arguable, closed=counting.closed_days
    )
    citation = counting.lenient_citation if lenient > due else ""
    return Counted(due, due, 0, due, max(due, lenient), citation)


def derivation(
    counting: Counting, period: Period, start: date, counted: Counted, place: Place | None
) -> list[str]:
    """How *counted* follows from *period*, in sentences with their articles."""
    if period.unit is Unit.BUSINESS_DAYS:
        days_off = f"weekends and the public holidays of {place.name}" if place else "weekends"
        return [
            f"{period.count} business days, without {days_off}, end on "
            f"{long_date(counted.due)} ({period.citation})."
        ]
    steps = [_counted(counting, period, start, counted)]
    if counted.due != counted.end:
        steps.append(_rolled(counted.end, counted.due, place, counting.rolling_citation))
    return steps


def _end(period: Period, start: date) -> date:
    match period.unit:
        case Unit.MONTHS:
            return _months(period.count) + start
        case Unit.WEEKS:
            return start + timedelta(weeks=period.count)
        case _:
            return start + timedelta(days=period.count)


@cache
def _months(count: int) -> relativedelta:
    return relativedelta(months=count)


def _counted(counting: Counting, period: Period, start: date, counted: Counted) -> str:
    plain, end = counted.plain, counted.end
    length = str(period)
    length = length[0].upper() + length[1:]
    if counting.first_day is FirstDay.ARGUABLE:
        return f"{length} end on {long_date(end)} ({period.citation})."
    in_months = period.unit is Unit.MONTHS
    if in_months and plain.day != start.day:
        text = (
            f"{length} later there is no {start.day} {month_name(plain)}, so the period ends on "
            f"{long_date(plain)} ({period.citation}; {counting.month_end_citation})."
        )
    else:
        rule = counting.month_end_citation if in_months else ""
        cited = f"{period.citation}; {rule}" if rule else period.citation
        text = f"{length} later is {long_date(plain)} ({cited})."
    return text if plain == end else f"{text} With the days left out: {long_date(end)}."


def _rolled(end: date, due: date, place: Place | None, citation: str) -> str:
    passed = (end + timedelta(days=n) for n in range((due - end).days))
    reasons = [f"{day.day} {month_name(day)} is {day_off(day, place)}" for day in passed]
    listed = reasons[0] if len(reasons) == 1 else f"{', '.join(reasons[:-1])} and {reasons[-1]}"
    where = f" in {place.name}" if place else ""
    return (
        f"{listed}{where}, so the last day moves to the next working day, "
        f"{long_date(due)} ({citation})."
    )
