"""Read the cases whose deadlines a calendar has to tell, or to take back."""

from datetime import date, timedelta
from typing import TYPE_CHECKING

from dsr.reports.calendar import REMEMBERED
from dsr.reports.case import CaseOnDay, case_on
from dsr.tracker.index import OPEN, case_of, closed_since

if TYPE_CHECKING:
    from dsr.tracker.store import Store


def cases_for_a_calendar(store: "Store", today: date, person: str | None = None) -> list[CaseOnDay]:
    """All open cases, and those that were closed so lately that a calendar may not know it yet."""
    lately = today - timedelta(days=REMEMBERED)
    references = [each.reference for each in store.standings(today, statuses=OPEN, person=person)]
    references += closed_since(store.engine, lately, person)
    cases = (case_of(store.engine, reference) for reference in references)
    return [case_on(*case, today) for case in cases if case]
