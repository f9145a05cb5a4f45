"""How long somebody has under a law: the period, how it is counted, and what holds it up."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from typing import Any

from dsr.law.calendars import ClosedDays
from dsr.law.rights import Right

IN_WORDS = {1: "one", 2: "two", 3: "three", 4: "four"}


class Unit(StrEnum):
    """How a period is measured."""

    MONTHS = "months"
    WEEKS = "weeks"
    DAYS = "days"
    BUSINESS_DAYS = "business-days"


class Rolling(StrEnum):
    """What happens when the last day of a period is a day off."""

    MOVES = "moves"  # the law moves it to the next working day
    ARGUABLE = "arguable"  # it can be argued that it moves: only the lenient date does
    STANDS = "stands"


class FirstDay(StrEnum):
    """Whether the day of receipt is the first day of the period."""

    EXCLUDED = "excluded"
    ARGUABLE = "arguable"  # by the words it counts; the other reading gives the lenient date


class IdentityPause(StrEnum):
    """What a request for proof of identity does to the running time."""

    ARGUABLE = (
        "arguable"  # it can be argued that the time stands still: only the lenient date moves
    )
    RESTARTS = "restarts"  # the time starts when the information arrives
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Period:
    """A length of time as the statute words it, with the article that says so."""

    count: int
    unit: Unit
    citation: str
    verified: bool = True

    def __str__(self) -> str:
        return _in_words(self.count, self.unit)


@cache
def _in_words(count: int, unit: Unit) -> str:
    plural = unit.value.replace("-", " ")
    return f"{IN_WORDS.get(count, str(count))} {plural.removesuffix('s') if count == 1 else plural}"


@dataclass(frozen=True, slots=True)
class Counting:
    """How a period is counted: its first day, its end, and whose days off matter."""

    first_day: FirstDay
    first_day_citation: str
    month_end_citation: str
    rolling: Rolling
    rolling_citation: str
    calendar: str | None  # whose days off count unless another place is named
    calendar_fixed: bool  # another place named adds to the lenient date only
    lenient_calendar: str | None
    lenient_citation: str
    closed_days: ClosedDays | None  # days that can be argued to be no business days

    def opening(self, received: str) -> str:
        """The sentence that says from which day the period is counted."""
        cited = f" ({self.first_day_citation})" if self.first_day_citation else ""
        if self.first_day is FirstDay.ARGUABLE:
            return f"{received}; that day is the first of the period{cited}."
        return f"{received}; that day is not counted{cited}."


@dataclass(frozen=True, slots=True)
class TimeLimit:
    """The time somebody has, from receipt; ``response`` is None where the law sets none."""

    response: Period | None
    no_time: str  # what the law says instead, with its citation
    no_time_verified: bool
    extended: Period | None  # in all, counted from receipt
    extended_again: Period | None  # where a second extension is allowed: in all, from receipt
    extended_as_announced: str  # where the controller sets the longer time itself: says which law
    latest: Period | None  # an outer limit that can be argued
    acknowledgement: Period | None
    counting: Counting
    identity_pause: IdentityPause
    identity_citation: str
    clarification_rights: frozenset[Right]  # rights for which days of clarification do not count
    clarification_citation: str
    runs_from: date | None  # the time starts then at the earliest


def limit_of(table: dict[str, Any]) -> TimeLimit:
    """The time limit that a ``[limits.…]`` table of a law's file describes."""
    pauses = table.get("pauses", {})
    return TimeLimit(
        response=_period(table.get("response")),
        no_time=table.get("no_time", ""),
        no_time_verified=table.get("no_time_verified", True),
        extended=_period(table.get("extended")),
        extended_again=_period(table.get("extended_again")),
        extended_as_announced=table.get("extended_as_announced", ""),
        latest=_period(table.get("latest")),
        acknowledgement=_period(table.get("acknowledgement")),
        counting=_counting(table),
        identity_pause=IdentityPause(pauses.get("identity", "none")),
        identity_citation=pauses.get("identity_cite", ""),
        clarification_rights=frozenset(Right(word) for word in pauses.get("clarification", ())),
        clarification_citation=pauses.get("clarification_cite", ""),
        runs_from=table.get("runs_from"),
    )


def _counting(table: dict[str, Any]) -> Counting:
    rolling = table.get("rolling", {"last_day": "stands", "cite": ""})
    closed = table.get("closed_days")
    first = table.get("first_day", {"day": "excluded", "cite": table.get("day_of_receipt", "")})
    return Counting(
        first_day=FirstDay(first["day"]),
        first_day_citation=first["cite"],
        month_end_citation=table.get("month_end", ""),
        rolling=Rolling(rolling["last_day"]),
        rolling_citation=rolling["cite"],
        calendar=table.get("calendar"),
        calendar_fixed=table.get("calendar_fixed", False),
        lenient_calendar=table.get("lenient_calendar"),
        lenient_citation=table.get("lenient_cite", ""),
        closed_days=ClosedDays(**closed) if closed else None,
    )


def _period(table: dict[str, Any] | None) -> Period | None:
    if table is None:
        return None
    return Period(table["count"], Unit(table["unit"]), table["cite"], table.get("verified", True))
