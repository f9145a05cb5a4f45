"""An independent computation of GDPR dates, which must agree with dsr on every single day."""

from calendar import monthrange
from datetime import date, timedelta

import holidays
import pytest

from dsr.law.calendars import Place
from dsr.law.deadlines import deadlines
from dsr.law.receipt import proven
from dsr.law.regimes import regime
from dsr.law.rights import Right

FIRST_YEAR, LAST_YEAR = 2019, 2028
CALENDARS = {
    "DE": holidays.Germany,
    "FR": holidays.France,
    "PL": holidays.Poland,
    "ES": holidays.Spain,
    "SE": holidays.Sweden,
}


def months_later(day: date, count: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + count, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def working_day_from(day: date, free: set[date]) -> date:
    while day.isoweekday() in (6, 7) or day in free:
        day += timedelta(days=1)
    return day


@pytest.mark.parametrize("country", CALENDARS)
def test_another_computation_agrees_on_every_day_of_ten_years(country: str) -> None:
    free = set(CALENDARS[country](years=range(FIRST_YEAR, LAST_YEAR + 2)))
    law, place = regime("gdpr"), Place.parse(country)
    day, end = date(FIRST_YEAR, 1, 1), date(LAST_YEAR, 12, 31)
    compared = 0
    while day <= end:
        found = deadlines(law, Right.ERASURE, proven(day), place=place)
        assert found.extended is not None
        assert found.response.due == working_day_from(months_later(day, 1), free), day
        assert found.extended.due == working_day_from(months_later(day, 3), free), day
        day += timedelta(days=1)
        compared += 1
    assert compared == (end - date(FIRST_YEAR, 1, 1)).days + 1
