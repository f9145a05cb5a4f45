"""Eraser's history as its files hold it: rows of SQLite, or the JSON of ``eraser export``.

The tables have grown (internal/history/history.go of drumandbytes/eraser and of the projects it
came from): columns for the profile, the stage, the type of request and the way of sending may be
missing.  The JSON (internal/evidence/evidence.go) holds the same, without tasks and row numbers.
"""

import json
import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError

from dsr.errors import BadFileError

LARGEST_VALUE = 10_000_000  # bytes; the longest reply that eraser keeps is far below
_FIRST_YEAR, _LAST_YEAR = 2000, 2199  # Go writes an unset time as year 1
_MOMENT = re.compile(
    r"(\d{4})(-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)(?:\.\d+)? ?(Z|[+-]\d\d:?\d\d)?(?: \S+)?(?: m=\S+)?\Z"
)
_OWN_COLUMNS = {"id", "broker_id", "broker_name", "email", "template", "status", "sent_at"}


def moment(value: object) -> datetime | None:
    """A time as Go, SQLite or JSON write it; without a zone it is UTC; None if it is none."""
    match = _MOMENT.match(value.strip()) if isinstance(value, str) else None
    if match is None or not _FIRST_YEAR <= int(match[1]) <= _LAST_YEAR:
        return None
    try:
        return datetime.fromisoformat(f"{match[1]}{match[2]}T{match[3]}{match[4] or '+00:00'}")
    except ValueError:
        return None


Moment = Annotated[datetime | None, BeforeValidator(moment)]
Flag = Annotated[bool, BeforeValidator(bool)]


class _Row(BaseModel):
    """What all rows have; ``row`` is how a sentence names it."""

    model_config = ConfigDict(frozen=True)

    row: str
    profile_id: str | None = None
    broker_id: str
    broker_name: str


class Sending(_Row):
    """A row of removal_requests."""

    email: str
    template: str
    request_type: str | None = None
    status: str
    error: str | None = None
    at: Moment = None
    pipeline_status: str | None = None


class Reply(_Row):
    """A row of broker_responses, without the text of the reply."""

    response_type: str
    email_subject: str | None = None
    form_url: str | None = None
    confirm_url: str | None = None
    needs_review: Flag = False
    at: Moment = None


class Task(_Row):
    """A row of pending_tasks: something that eraser left to the person."""

    task_type: str
    status: str | None = None
    at: Moment = None


Entry = TypeVar("Entry", Sending, Reply, Task)


@dataclass(slots=True)
class History:
    """All that was read, and a sentence for each row that was not."""

    sendings: list[Sending] = field(default_factory=list)
    replies: list[Reply] = field(default_factory=list)
    tasks: list[Task] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    def take(self, kind: type[Entry], into: list[Entry], row: dict[str, Any]) -> None:
        """Keep a row, or say that it is damaged."""
        try:
            into.append(kind.model_validate(row))
        except ValidationError:
            self.problems.append(f"{row['row']} was left out: it is damaged.")


def is_history(path: Path) -> bool:
    """Whether the SQLite file at *path* is eraser's.

    Raises BadFileError if it is damaged.
    """
    with _opened(path) as db:
        return _columns(db, "removal_requests") >= _OWN_COLUMNS


def read_history(path: Path) -> History:
    """Every row of the history at *path*; nothing is written there or beside it.

    Raises BadFileError if the file is damaged or eraser has not put all of it there yet.
    """
    _check_finished(path)
    history = History()
    with _opened(path) as db:
        for row in db.execute("SELECT * FROM removal_requests ORDER BY id"):
            values = {**dict(row), "row": f"Request {row['id']}", "at": row["sent_at"]}
            history.take(Sending, history.sendings, values)
        if _columns(db, "broker_responses") >= {"id", "received_at"}:
            for row in db.execute("SELECT * FROM broker_responses ORDER BY id"):
                values = {**dict(row), "row": f"Reply {row['id']}", "at": row["received_at"]}
                history.take(Reply, history.replies, values)
        if _columns(db, "pending_tasks") >= {"id", "completed_at"}:
            for row in db.execute("SELECT * FROM pending_tasks ORDER BY id"):
                values = {**dict(row), "row": f"Task {row['id']}", "at": row["completed_at"]}
                history.take(Task, history.tasks, values)
    return history


def _check_finished(path: Path) -> None:
    """What SQLite has not yet put in its place would be missed, since the file is only read."""
    for ending in ("-wal", "-journal"):
        beside = path.with_name(f"{path.name}{ending}")
        if beside.is_file() and beside.stat().st_size:
            raise BadFileError(
                f"Part of eraser's history is still in {beside}.",
                hint="Close eraser, run “eraser status” once, which tidies up, and import again.",
                code="unfinished_history",
            )


@contextmanager
def _opened(path: Path) -> Iterator[sqlite3.Connection]:
    try:
        db = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)
        try:
            db.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, LARGEST_VALUE)
            db.execute("PRAGMA trusted_schema = OFF")
            db.text_factory = lambda raw: raw.decode("utf-8", errors="replace")
            db.row_factory = sqlite3.Row
            yield db
        finally:
            db.close()
    except sqlite3.Error as error:
        raise BadFileError(
            f"{path} is a damaged SQLite file.",
            hint="Take a copy from before the damage, or the JSON of “eraser export”.",
        ) from error


def _columns(db: sqlite3.Connection, table: str) -> set[str]:
    """The columns of a true table; a view could run any query."""
    found = db.execute(
        "SELECT c.name FROM sqlite_master AS t, pragma_table_info(t.name) AS c"
        " WHERE t.type = 'table' AND t.name = ? AND t.sql LIKE 'CREATE TABLE%'",
        (table,),
    )
    return {row["name"] for row in found}


def read_evidence(content: bytes, path: Path) -> History:
    """What the JSON of ``eraser export`` holds.

    Raises BadFileError if it is no JSON or of another form.
    """
    try:
        report = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise BadFileError(f"{path} is no complete JSON.", hint="Export it again.") from error
    history = History()
    for place, broker in enumerate(_tables(report, "brokers"), start=1):
        if not broker:
            history.problems.append(f"Company {place} was left out: it is damaged.")
        shared = {
            "profile_id": report.get("profile_id") or None,
            "broker_id": broker.get("broker_id"),
            "broker_name": broker.get("broker_name"),
        }
        for number, request in enumerate(_tables(broker, "requests"), start=1):
            row = {
                **request,
                **shared,
                "row": f"Request {number} to company {place}",
                "email": request.get("recipient"),
                "at": request.get("sent_at"),
                "pipeline_status": broker.get("pipeline_status"),
            }
            history.take(Sending, history.sendings, row)
        for number, reply in enumerate(_tables(broker, "responses"), start=1):
            row = {
                **reply,
                **shared,
                "row": f"Reply {number} of company {place}",
                "response_type": reply.get("type"),
                "email_subject": reply.get("subject"),
                "at": reply.get("received_at"),
            }
            history.take(Reply, history.replies, row)
    return history


def _tables(parent: object, name: str) -> list[dict[str, Any]]:
    """The JSON objects in a list, empty where one is none; Go writes an empty list as null."""
    found = parent.get(name) if isinstance(parent, dict) else None
    rows = found if isinstance(found, list) else []
    return [each if isinstance(each, dict) else {} for each in rows]
