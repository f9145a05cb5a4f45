"""What serves to find cases without reading them: one row each, made anew from the journal."""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from functools import lru_cache
from hashlib import sha256
from itertools import islice

from dsr.errors import UnavailableError
from dsr.law.edition import law_edition
from dsr.tracker.engine import Engine, Row
from dsr.tracker.events import Event, EventType
from dsr.tracker.journal import Kind
from dsr.tracker.ledger import contents
from dsr.tracker.requests import Request
from dsr.tracker.standing import Standing
from dsr.tracker.status import Status

COLUMNS = (
    "reference, person, company, company_name, law, rights, made_on, campaign, phase, asked,"
    " bounced, reminded_on, reminders, new_term, objections, unsent, unsent_until, answer,"
    " answered_on, closed_on, sent_on, kind, basis, due, due_lenient, ticked, events"
)
RECORD = "record"  # the random name of this record, which a seal states
DEFAULT_PERSON = "default-person"  # whose requests are meant where nobody is named
BATCH = 5000  # entries held in memory at a time
EDITION = "edition"  # of the law, under which the dates of all open cases were computed
OPEN = tuple(status for status in Status if status is not Status.CLOSED)
_IN_ORDER = " ORDER BY phase = 'closed', due IS NULL, due, made_on, reference"
_KEPT = f"{COLUMNS}, check_sum"
_PLACES = ", ".join("?" * len(_KEPT.split(", ")))


def events_of(engine: Engine, reference: str) -> list[Event]:
    """The events of a case, as recorded."""
    said = contents(engine, reference, Kind.EVENT)
    with understood():
        return [Event.from_json(json.loads(each)) for each in said]


def request_of(engine: Engine, reference: str) -> Request | None:
    """The request of a reference, exactly as it is written, or None."""
    said = contents(engine, reference, Kind.REQUEST)
    with understood():
        return Request.from_json(json.loads(said[0])) if said else None


@contextmanager
def understood() -> Iterator[None]:
    """Say in a sentence that an entry is not as dsr wrote it."""
    try:
        yield
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise UnavailableError(
            "An entry of the record was altered, and cannot be read.",
            hint="See which: dsr verify",
            code="record_altered",
        ) from error


def case_of(engine: Engine, reference: str) -> tuple[Request, list[Event]] | None:
    """The request of a reference and its events, read in one go, or None."""
    rows = engine.rows(
        "SELECT kind, content FROM entry WHERE subject = ? AND kind IN (?, ?) ORDER BY position",
        (reference, Kind.REQUEST.value, Kind.EVENT.value),
    )
    with understood():
        said = [(kind, json.loads(content)) for kind, content in rows]
        requests = [table for kind, table in said if kind == Kind.REQUEST]
        events = [Event.from_json(table) for kind, table in said if kind == Kind.EVENT]
        return (Request.from_json(requests[0]), events) if requests else None


def keep_standing(engine: Engine, request: Request, events: Sequence[Event]) -> None:
    """Write down where the case stands after *events*; inside of a transaction.

    Raises ConflictError, and writes nothing, at an event that cannot follow what was before it.
    """
    from dsr.tracker.assessment import standing  # the rules, only where something is written

    row = _row(standing(request, events))
    now = (*row, check_sum(row))
    before = engine.row(f"SELECT {_KEPT} FROM standing WHERE reference = ?", now[:1])  # noqa: S608
    if before is None:
        engine.run(f"INSERT INTO standing ({_KEPT}) VALUES ({_PLACES})", now)  # noqa: S608
        return
    # What is left alone costs nothing: most events change no column that an index holds.
    changed = {
        name: value
        for name, value, was in zip(_KEPT.split(", "), now, before, strict=True)
        if value != was
    }
    if changed:
        names = ", ".join(f"{name} = ?" for name in changed)
        engine.run(
            f"UPDATE standing SET {names} WHERE reference = ?",  # noqa: S608
            (*changed.values(), request.reference),
        )


def standings(
    engine: Engine,
    today: date,
    *,
    statuses: Sequence[Status] = (),
    company: str | None = None,
    person: str | None = None,
    campaign: str | None = None,
) -> list[Standing]:
    """The cases that have one of *statuses* today, those first that are due first.

    Raises UnavailableError as the engine does.
    """
    conditions = [_of_statuses(statuses, today)] if statuses else []
    given = {"company": company, "person": person, "campaign": campaign}
    conditions += [(f"{column} = ?", (value,)) for column, value in given.items() if value]
    where = " AND ".join(f"({sql})" for sql, _ in conditions) or "1 = 1"
    rows = engine.rows(
        f"SELECT {COLUMNS} FROM standing WHERE {where}{_IN_ORDER}",  # noqa: S608
        [value for _, values in conditions for value in values],
    )
    return [as_standing(row) for row in rows]


def closed_since(engine: Engine, since: date, person: str | None = None) -> list[str]:
    """The references of the cases that were closed on a day or later."""
    condition, values = (" AND person = ?", (person,)) if person else ("", ())
    rows = engine.rows(
        f"SELECT reference FROM standing WHERE phase = 'closed' AND closed_on >= ?{condition}"  # noqa: S608
        " ORDER BY reference",
        (since.isoformat(), *values),
    )
    return [row[0] for row in rows]


def _of_statuses(statuses: Sequence[Status], today: date) -> tuple[str, tuple[str, ...]]:
    """What singles out statuses in SQL, and its values; only lateness depends on the day."""
    day, wanted = today.isoformat(), set(statuses)
    choices: list[tuple[str, tuple[str, ...]]] = []
    if not {Status.WAITING, Status.OVERDUE} <= wanted:
        if Status.OVERDUE in wanted:
            choices.append(("phase = 'waiting' AND due_lenient < ?", (day,)))
        if Status.WAITING in wanted:
            late = "due_lenient IS NULL OR due_lenient >= ?"
            choices.append((f"phase = 'waiting' AND ({late})", (day,)))
        wanted -= {Status.WAITING}
    phases = tuple(sorted(status.value for status in wanted if status is not Status.OVERDUE))
    if phases:
        choices.append((f"phase IN ({', '.join('?' * len(phases))})", phases))
    sql = " OR ".join(f"({text})" for text, _ in choices)
    return sql, tuple(value for _, values in choices for value in values)


def bring_under_this_law(engine: Engine) -> None:
    """Compute all dates of open cases again where they were computed under other law data."""
    row = engine.row("SELECT value FROM meta WHERE name = ?", (EDITION,))
    if row and row[0] == law_edition():
        return
    with engine.transaction():
        rows = engine.rows("SELECT reference FROM standing WHERE phase <> 'closed'")
        _compute(engine, [row[0] for row in rows])


def rebuild(engine: Engine, told: Callable[[int], None] | None = None) -> int:
    """Make every table that serves to find things anew from the journal; how many cases there are.

    Inside of a transaction.
    """
    rebuild_names(engine)
    engine.run("DELETE FROM standing")
    rows = engine.rows(
        "SELECT subject FROM entry WHERE kind = ? AND subject IS NOT NULL", (Kind.REQUEST.value,)
    )
    _compute(engine, [row[0] for row in rows], told)
    return len(rows)


def rebuild_names(engine: Engine) -> None:
    """Find people, campaigns and who holds which document anew; inside of a transaction."""
    for table in ("person", "campaign", "holding"):
        engine.run(f"DELETE FROM {table}")  # noqa: S608
    for kind, table, key in ((Kind.PERSON, "person", "id"), (Kind.CAMPAIGN, "campaign", "name")):
        engine.run(
            f"INSERT INTO {table} ({key}, position)"  # noqa: S608
            " SELECT subject, max(position) FROM entry"
            " WHERE kind = ? AND subject IS NOT NULL GROUP BY subject",
            (kind.value,),
        )
    find_default_person(engine)
    _hold(engine)


def find_default_person(engine: Engine) -> None:
    """Find anew whose requests are meant where nobody is named; inside of a transaction."""
    engine.run("DELETE FROM meta WHERE name = ?", (DEFAULT_PERSON,))
    row = engine.row(
        "SELECT content FROM entry WHERE kind = ? AND subject = ? AND content IS NOT NULL"
        " ORDER BY position DESC LIMIT 1",
        (Kind.SETTING.value, DEFAULT_PERSON),
    )
    if row:
        with understood():
            set_meta(engine, DEFAULT_PERSON, json.loads(row[0])["value"])


def _hold(engine: Engine) -> None:
    """Write down who holds which document: those that an entry names as its attachments."""
    sql = "SELECT subject, content FROM entry WHERE content LIKE ? AND subject IS NOT NULL"
    named = engine.stream(sql, ('%"sha256":%',))
    while batch := list(islice(named, BATCH)):
        with understood():
            held = {
                (subject, document["sha256"])
                for subject, content in batch
                for document in attached(json.loads(content))
            }
        engine.run_many(  # a document that is missing is told of by `dsr verify`
            "INSERT INTO holding (subject, sha256) SELECT ?, sha256 FROM document"
            " WHERE sha256 = ? ON CONFLICT DO NOTHING",
            sorted(held),
        )


def attached(said: dict[str, object]) -> list[dict[str, str]]:
    """The documents that an entry names."""
    found = said.get("attachments")
    return found if isinstance(found, list) else []


def _compute(
    engine: Engine, references: Iterable[str], told: Callable[[int], None] | None = None
) -> None:
    for number, reference in enumerate(references, start=1):
        known = case_of(engine, reference)
        if known:
            keep_standing(engine, *known)
        if told:
            told(number)
    set_meta(engine, EDITION, law_edition())


def meta(engine: Engine, name: str) -> str | None:
    """A value that the record keeps of itself."""
    row = engine.row("SELECT value FROM meta WHERE name = ?", (name,))
    return str(row[0]) if row else None


def set_meta(engine: Engine, name: str, value: str) -> None:
    """Keep a value of the record itself; inside of a transaction."""
    engine.run(
        "INSERT INTO meta (name, value) VALUES (?, ?)"
        " ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        (name, value),
    )


def check_sum(row: Row) -> str:
    """What shows that a row was altered behind dsr's back."""
    return sha256("\n".join(map(str, row)).encode()).hexdigest()


def _row(case: Standing) -> Row:
    return (
        case.reference,
        case.person,
        case.company,
        case.company_name,
        case.law,
        " ".join(case.rights),
        case.made_on.isoformat(),
        case.campaign,
        case.phase.value,
        case.asked,
        int(case.bounced),
        _text(case.reminded_on),
        case.reminders,
        _text(case.new_term),
        " ".join(case.objections),
        case.unsent,
        _text(case.unsent_until),
        case.answer and case.answer.value,
        _text(case.answered_on),
        _text(case.closed_on),
        _text(case.sent_on),
        case.kind,
        case.basis,
        _text(case.due),
        _text(case.due_lenient),
        int(case.ticked),
        case.events,
    )


def as_standing(row: Row) -> Standing:
    """The standing that a row of COLUMNS keeps."""
    (reference, person, company, company_name, law, rights, made_on, campaign, phase, asked,
     bounced, reminded_on, reminders, new_term, objections, unsent, unsent_until, answer,
     answered_on, closed_on, sent_on, kind, basis, due, due_lenient, ticked, events
    ) = row  # fmt: skip
    # Most cells are empty in most rows, and `and` spares the call that would say so.
    values = (
        reference,
        person,
        company,
        company_name,
        law,
        _words(rights),
        _day(made_on),
        campaign,
        _PHASES[phase],
        asked,
        bounced != 0,
        reminded_on and _day(reminded_on),
        reminders,
        new_term and _day(new_term),
        _words(objections) if objections else (),
        unsent,
        unsent_until and _day(unsent_until),
        answer and _ANSWERS[answer],
        answered_on and _day(answered_on),
        closed_on and _day(closed_on),
        sent_on and _day(sent_on),
        kind,
        basis,
        due and _day(due),
        due_lenient and _day(due_lenient),
        ticked != 0,
        events,
    )
    return Standing._make(values)  # in a fraction of the time that naming them takes


_PHASES = {status.value: status for status in Status}
_ANSWERS = {kind.value: kind for kind in EventType}


@lru_cache(maxsize=1000)
def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


@lru_cache(maxsize=10_000)
def _day(text: str) -> date:
    return date.fromisoformat(text)


def _text(day: date | None) -> str | None:
    return day.isoformat() if day else None
