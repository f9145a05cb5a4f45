"""Dates as the person writes them: English words, in the order that is usual where they live."""

from datetime import date
from typing import TYPE_CHECKING

from dsr.cli.session import Session

if TYPE_CHECKING:
    from dsr.tracker.store import Store

# Where English puts the month first (CLDR, `dateFormats` of the locales en-XX).  Written down
# here, since loading CLDR takes longer than a whole `dsr list`; a test compares it with CLDR.
MONTH_FIRST = frozenset({"AS", "BI", "CA", "GU", "MH", "MP", "PH", "PR", "UM", "US", "VI"})


class Dates:
    """Writes dates in the order of a country: 1 Oct 2026, or Oct 1, 2026."""

    def __init__(self, country: str | None = None) -> None:
        self.month_first = (country or "").partition("-")[0] in MONTH_FIRST

    def short(self, day: date | None) -> str:
        """A date for a table; a dash where there is none."""
        return self._written(day, f"{day:%b}") if day else "–"

    def with_weekday(self, day: date) -> str:
        """A date for a line: Thu 1 Oct 2026, or Thu, Oct 1, 2026."""
        return self._after(f"{day:%a}", self.short(day))

    def long(self, day: date) -> str:
        """A date in full: Thursday 1 October 2026, or Thursday, October 1, 2026."""
        return self._after(f"{day:%A}", self._written(day, f"{day:%B}"))

    def _written(self, day: date, month: str) -> str:
        if self.month_first:
            return f"{month} {day.day}, {day.year}"
        return f"{day.day} {month} {day.year}"

    def _after(self, weekday: str, written: str) -> str:
        return f"{weekday}{',' if self.month_first else ''} {written}"


def dates_of(session: Session, store: "Store | None", person_id: str | None) -> Dates:
    """Dates as the person who is named writes them, or the one who uses dsr."""
    person = session.person(store, person_id)
    return Dates(person.subject.country if person else None)
