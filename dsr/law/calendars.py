"""Days off: weekends and the public holidays of the place where the law counts them.

The holidays themselves come from the ``holidays`` library.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import TYPE_CHECKING

from dsr.errors import InvalidInputError

if TYPE_CHECKING:
    from holidays import HolidayBase

SATURDAY = 5


@dataclass(frozen=True, slots=True)
class Place:
    """A country, or a part of one, whose public holidays count: ``DE``, ``DE-BY``, ``GB-ENG``."""

    country: str
    region: str | None = None

    @classmethod
    def parse(cls, code: str) -> "Place":
        """The place that ``CC`` or ``CC-SUB`` names.

        Raises InvalidInputError if no calendar is known for it.
        """
        country, _, region = code.strip().upper().partition("-")
        place = cls(country, region or None)
        _public_holidays(place)
        return place

    def __str__(self) -> str:
        return f"{self.country}-{self.region}" if self.region else self.country

    @property
    def name(self) -> str:
        """The place as people call it: Germany, Germany (BY)."""
        country = country_name(self.country)
        return f"{country} ({self.region})" if self.region else country


def country_name(code: str) -> str:
    """A country as a sentence names it: Germany, the United Kingdom."""
    from babel import Locale

    name = str(Locale.parse("en").territories.get(code, code))
    return f"the {name}" if name.startswith(("United", "Netherlands")) else name


@cache
def _public_holidays(place: Place) -> "HolidayBase":
    from holidays import country_holidays

    try:
        return country_holidays(place.country, subdiv=place.region, language="en_US")
    except NotImplementedError:
        raise InvalidInputError(
            f"No calendar of public holidays is known for {place}.",
            hint="Give a country by its two letters, or a country and region as in DE-BY, US-CA.",
            code="unknown_place",
        ) from None


def day_off(day: date, place: Place | None) -> str | None:
    """Why *day* is no working day in *place* (its weekday or holiday), or None if it is one.

    Without a place only Saturdays and Sundays are days off.
    """
    if day.weekday() >= SATURDAY:
        return f"a {day:%A}"
    if place is None:
        return None
    holiday = _public_holidays(place).get(day)
    return f"a public holiday ({holiday})" if holiday else None


def next_working_day(day: date, place: Place | None) -> date:
    """*day* itself, or the first working day after it."""
    while day_off(day, place):
        day += timedelta(days=1)
    return day


def add_business_days(day: date, count: int, place: Place | None) -> date:
    """The *count*-th working day after *day*; *day* itself is not counted."""
    while count:
        day += timedelta(days=1)
        if not day_off(day, place):
            count -= 1
    return day
