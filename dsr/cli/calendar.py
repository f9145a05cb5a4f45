"""`dsr report --format ics`: the deadlines as a calendar, printed or kept in one file."""

from pathlib import Path
from typing import TYPE_CHECKING

from dsr.cli.session import Session

if TYPE_CHECKING:
    from dsr.tracker.store import Store


def calendar(
    session: Session, store: "Store | None", person: str | None, out: Path | None
) -> bytes:
    """The calendar of all open deadlines, over the one that *out* holds.

    Raises BadFileError or ConflictError if *out* is something else, UnavailableError if it cannot
    be read.
    """
    from dsr.reports.calendar import calendar_of, entries
    from dsr.workflows.deadlines_due import cases_for_a_calendar

    before = _before(out)
    cases = cases_for_a_calendar(store, session.today, person) if store else []
    several = person is None and len({case.request.data_subject.id for case in cases}) > 1
    found = [
        entry
        for case in cases
        for entry in entries(
            case, session.today, whose=case.request.data_subject.id if several else None
        )
    ]
    whole = store is not None and person is None
    return calendar_of(found, before, session.today, whole=whole)


def _before(out: Path | None) -> bytes | None:
    if out is None or str(out) == "-":
        return None
    try:
        return out.read_bytes() or None
    except FileNotFoundError:
        return None
    except OSError as error:
        from dsr.errors import UnavailableError

        raise UnavailableError(f"{out} cannot be read: {error.strerror}.") from error
