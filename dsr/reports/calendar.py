"""The deadlines of cases as a calendar: one event each, changed and cancelled in place.

Source: RFC 5545.  An event is known by its UID, which stays; of two with the same UID a calendar
keeps the one with the higher SEQUENCE.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID, uuid5

from dsr.errors import BadFileError, ConflictError
from dsr.reports.case import CaseOnDay
from dsr.reports.reminder import TERM
from dsr.tracker.standing import running_term, unsent_letter
from dsr.tracker.status import Status

if TYPE_CHECKING:
    from icalendar import Component, Event

PRODID = "-//dsr//deadlines//EN"
NAME = "Data rights deadlines"
GONE = "No deadline any more"
REMEMBERED = 90  # days for which a cancelled event is still told, so that every calendar hears it
AT = timedelta(hours=9)  # of the day, in local time: when an alarm comes
_BEFORE = (timedelta(days=7), timedelta(days=1))
_SPACE = UUID("6f0e4f0a-6d51-5d83-8d0e-0d5b1f6f3c11")  # for UIDs that tell nothing
_RUNNING = (Status.WAITING, Status.OVERDUE, Status.ACTION_NEEDED)


@dataclass(frozen=True, slots=True)
class Entry:
    """One event of the calendar, on one day; ``alarms`` count from the start of that day."""

    uid: str
    on: date
    summary: str
    description: str
    sequence: int
    changed_at: datetime  # UTC
    cancelled: bool = False
    alarms: tuple[timedelta, ...] = ()

    @property
    def says(self) -> tuple[date, str, bool]:
        """What a change of is a new state of the event."""
        return self.on, self.summary, self.cancelled


def entries(case: CaseOnDay, today: date, *, whose: str | None = None) -> list[Entry]:
    """The deadlines of a case; those that are met or void are cancelled.

    *whose* names the person where the calendar is of several.
    """
    request, state = case.request, case.state
    running = case.status in _RUNNING
    company = _plain(request.company.name) + (f" ({_plain(whose)})" if whose else "")
    found = []
    for each in case.deadlines:
        is_answer = each.kind.startswith("response")
        done = state.answered_on if is_answer else state.acknowledged_on
        what = f"must answer: {', '.join(each.rights)}" if is_answer else "must confirm receipt"
        deadline = each.deadline
        late_after = deadline.due_lenient - deadline.due + timedelta(days=1)
        found.append(
            _entry(
                case,
                each.kind,
                deadline.due,
                f"{company} {what}",
                (f"{deadline.basis}.", *deadline.steps),
                cancelled=done is not None or not running,
                late_after=late_after if is_answer else None,
            )
        )
    term = running_term(case.standing, case.status, today)
    if state.new_term and not unsent_letter(case.standing, case.status, today):
        why = ("The day that your letter names; no law sets it.",)
        summary = f"{company}: the time that your letter gives ends"
        found.append(_entry(case, TERM, state.new_term, summary, why, cancelled=term is None))
    return [replace(each, alarms=_to_come(each, today)) for each in found]


def _entry(
    case: CaseOnDay,
    kind: str,
    on: date,
    summary: str,
    why: Iterable[str],
    *,
    cancelled: bool,
    late_after: timedelta | None = None,
) -> Entry:
    reference = case.request.reference
    lines = [reference, "", *why, "", f"Next: {case.next_step}", f"See: dsr show {reference}"]
    alarms = [AT - before for before in _BEFORE]
    alarms += [late_after + AT] if late_after else []
    return Entry(
        uid=f"{uuid5(_SPACE, f'{reference}/{kind}')}@dsr",
        on=on,
        summary=summary,
        description="\n".join(map(_lines, lines)),
        sequence=len(case.events),
        changed_at=max(event.recorded_at for event in case.events),
        cancelled=cancelled,
        alarms=() if cancelled else tuple(alarms),
    )


def _to_come(entry: Entry, today: date) -> tuple[timedelta, ...]:
    """Alarms of days that are over would ring at once in some calendars."""
    return tuple(each for each in entry.alarms if (entry.on + each) >= today)


def calendar_of(
    found: Iterable[Entry], before: bytes | None, today: date, *, whole: bool = True
) -> bytes:
    """The calendar, over the one that was written *before*.

    Unless it is *whole*, of a record with all its people, it cancels nothing that it does not
    know: raises ConflictError where that would be in the way.

    An event keeps its SEQUENCE as long as it says the same, and its place.  What was in the
    calendar before and is no deadline any more is cancelled, and forgotten some time after its
    day.  Raises BadFileError if *before* is no calendar, ConflictError if it is somebody else's.
    """
    from icalendar import Calendar

    old = read(before) if before else {}
    now = {entry.uid: _after(entry, old.get(entry.uid)) for entry in found}
    unknown = [entry for uid, entry in old.items() if uid not in now]
    if not whole and any(not entry.cancelled for entry in unknown):
        raise ConflictError(
            "The file that is there has deadlines that are not in this report: it was left.",
            hint="Name another one: --out FILE.ics",
            code="others_calendar",
        )
    gone = [_cancelled(entry) for entry in unknown]
    kept = [each for each in gone if (today - each.on).days <= REMEMBERED]
    calendar = Calendar()
    calendar.add("prodid", PRODID)
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", NAME)
    for entry in sorted([*now.values(), *kept], key=lambda each: (each.on, each.uid)):
        calendar.add_component(_component(entry))
    if not calendar.subcomponents:
        calendar.add_component(_no_zone())
    content: bytes = calendar.to_ical()
    return content


def _after(entry: Entry, before: Entry | None) -> Entry:
    """The event with a SEQUENCE that tells whether it changed."""
    if before is None:
        return entry
    if entry.says == before.says:
        return replace(entry, sequence=before.sequence, changed_at=before.changed_at)
    return replace(entry, sequence=max(entry.sequence, before.sequence + 1))


def _cancelled(entry: Entry) -> Entry:
    """What the record knows no more: of a person who is forgotten the calendar tells nothing."""
    unnamed = replace(entry, summary=GONE, description="", cancelled=True, alarms=())
    return unnamed if entry.says == unnamed.says else replace(unnamed, sequence=entry.sequence + 1)


def _no_zone() -> "Component":
    """A part that says nothing: a calendar has to have one (RFC 5545 section 3.6)."""
    from icalendar import Timezone, TimezoneStandard

    zone, always = Timezone(), TimezoneStandard()
    zone.add("tzid", "Etc/UTC")
    always.add("dtstart", datetime(1970, 1, 1))  # noqa: DTZ001 - local by its nature
    always.add("tzname", "UTC")
    always.add("tzoffsetfrom", timedelta())
    always.add("tzoffsetto", timedelta())
    zone.add_component(always)
    return zone


def _component(entry: Entry) -> "Event":
    from icalendar import Alarm, Event

    event = Event()
    event.add("uid", entry.uid)
    event.add("dtstamp", entry.changed_at)
    event.add("last-modified", entry.changed_at)
    event.add("sequence", entry.sequence)
    event.add("dtstart", entry.on)
    event.add("dtend", entry.on + timedelta(days=1))
    event.add("summary", entry.summary)
    event.add("description", entry.description)
    event.add("status", "CANCELLED" if entry.cancelled else "CONFIRMED")
    event.add("transp", "TRANSPARENT")
    event.add("class", "PRIVATE")
    event.add("categories", ["Data rights"])
    for offset in entry.alarms:
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("description", entry.summary)
        alarm.add("trigger", offset)
        event.add_component(alarm)
    return event


def read(content: bytes) -> Mapping[str, Entry]:
    """The events of a calendar that was written before, by UID.

    Raises BadFileError if it is no calendar, ConflictError if it is not one of ours.
    """
    from icalendar import Calendar

    try:
        calendar = Calendar.from_ical(content)
        prodid = str(calendar.get("prodid", ""))
        found = [_known(event) for event in calendar.walk("VEVENT")]
    except (ValueError, TypeError, KeyError, AttributeError, IndexError) as error:
        raise BadFileError(
            "The file that is there is no calendar, so it was left alone.",
            hint="Name another one: --out deadlines.ics",
            code="bad_calendar",
        ) from error
    if prodid != PRODID:
        raise ConflictError(
            "The file that is there is a calendar of another program, so it was left alone.",
            hint="Name another one: --out deadlines.ics",
            code="foreign_calendar",
        )
    return {entry.uid: entry for entry in found}


def _known(event: "Component") -> Entry:
    return Entry(
        uid=str(event["uid"]),
        on=event.decoded("dtstart"),
        summary=str(event.get("summary", "")),
        description=str(event.get("description", "")),
        sequence=int(event.get("sequence", 0)),
        changed_at=event.decoded("dtstamp"),
        cancelled=str(event.get("status", "")) == "CANCELLED",
    )


def _plain(text: str) -> str:
    """A text on one line, of what can be printed."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def _lines(text: str) -> str:
    return "".join(c if c.isprintable() else " " for c in text)
