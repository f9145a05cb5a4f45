"""The store: one encrypted SQLite file that holds people, requests, events and documents.

A fact, its documents and its link in the journal commit together or not at all.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from dsr.errors import ConflictError, NotFoundError, UnavailableError, did_you_mean
from dsr.law.edition import law_edition
from dsr.law.receipt import Channel
from dsr.secrets import Key
from dsr.tracker.events import Document, DocumentRecord, Event, EventType
from dsr.tracker.journal import GENESIS, Entry, canonical, link
from dsr.tracker.migrations import STEPS, schema_version
from dsr.tracker.people import SELF, Person
from dsr.tracker.requests import Request, as_reference
from dsr.tracker.sqlite import connect, explained
from dsr.tracker.status import Status


@dataclass(frozen=True, slots=True, kw_only=True)
class EventDraft:
    """An event before the store has numbered it."""

    type: EventType
    on: date
    recorded_at: datetime
    note: str | None = None
    until: date | None = None
    via: Channel | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a request stands, without the day: enough to list it."""

    request: Request
    phase: Status
    sent_on: date | None
    due: date | None
    due_lenient: date | None


class Store:
    """An open store; close it when done."""

    def __init__(self, path: Path, key: Key | None) -> None:
        self._path = path
        with explained(path):
            self._db = connect(path, key)
            self._upgrade()

    def close(self) -> None:
        """Let go of the file."""
        self._db.close()

    # people ---------------------------------------------------------------------------------

    def save_person(
        self,
        person: Person,
        *,
        now: datetime,  # noqa: ARG002
        by: str = "",  # noqa: ARG002
        expected: Person | None = None,
        documents: Sequence[Document] = (),
    ) -> None:
        """Keep a person, instead of what was kept before under the same id, with documents.

        Raises ConflictError if *expected* is given and is no longer what is kept.
        """
        with self._transaction():
            if expected is not None and self.person(person.id) != expected:
                raise ConflictError(
                    f"{person.id!r} was changed by another dsr in the meantime.",
                    hint=f"Look again: dsr people show {person.id}",
                    code="person_changed",
                )
            for document in documents:
                self._keep(document)
            self._db.execute(
                "INSERT INTO person (id, identity) VALUES (?, ?)"
                " ON CONFLICT (id) DO UPDATE SET identity = excluded.identity",
                (person.id, canonical(person.as_json())),
            )

    def person(self, person_id: str) -> Person | None:
        """The person kept under an id, or None."""
        row = self._one("SELECT identity FROM person WHERE id = ?", person_id)
        return Person.from_json(json.loads(row[0])) if row else None

    def people(self) -> list[Person]:
        """Everyone, by id."""
        rows = self._all("SELECT identity FROM person ORDER BY id")
        return [Person.from_json(json.loads(row[0])) for row in rows]

    def remove_person(self, person_id: str, *, now: datetime, by: str = "") -> None:  # noqa: ARG002
        """Remove a person who has no requests.

        Raises ConflictError if there are requests.
        """
        with self._transaction():
            if self._one("SELECT 1 FROM request WHERE person = ?", person_id):
                raise ConflictError(
                    f"{person_id!r} has requests, which belong to the record.",
                    hint=f"To remove them as well: dsr data forget {person_id}",
                    code="person_has_requests",
                )
            self._db.execute("DELETE FROM person WHERE id = ?", (person_id,))

    def default_person(self) -> str:
        """The id of the person for whom commands are if they name nobody."""
        row = self._one("SELECT value FROM setting WHERE name = 'default_person'")
        return str(row[0]) if row else SELF

    def set_default_person(self, person_id: str, *, now: datetime, by: str = "") -> None:  # noqa: ARG002
        """Let commands that name nobody be for this person."""
        with self._transaction():
            self._db.execute(
                "INSERT OR REPLACE INTO setting (name, value) VALUES ('default_person', ?)",
                (person_id,),
            )

    # requests and events --------------------------------------------------------------------

    def open_request(
        self, request: Request, prepared: EventDraft, documents: list[Document]
    ) -> None:
        """Keep a new request with its letter, as one fact.

        The person is kept too if nobody is known yet under that id.
        """
        person = request.data_subject
        with self._transaction():
            self._db.execute(
                "INSERT OR IGNORE INTO person (id, identity) VALUES (?, ?)",
                (person.id, canonical(person.as_json())),
            )
            content = canonical(request.as_json())
            self._db.execute(
                "INSERT INTO request (reference, person, company, made_on, content)"
                " VALUES (?, ?, ?, ?, ?)",
                (
                    request.reference,
                    person.id,
                    request.company.slug,
                    request.made_on.isoformat(),
                    content,
                ),
            )
            self._journal(request.reference, content)
            self._append(request, [], prepared, documents)

    def record(self, reference: str, draft: EventDraft, documents: list[Document]) -> Event:
        """Append an event to a case.

        Raises NotFoundError if there is no such case, ConflictError if the event cannot have
        happened then; nothing is kept in either case.
        """
        with self._transaction():
            request = self.request(reference)
            return self._append(request, self.events(request.reference), draft, documents)

    def request(self, reference: str) -> Request:
        """The request of a reference.

        Raises NotFoundError with the nearest references if there is none.
        """
        wanted = as_reference(reference)
        row = self._one("SELECT content FROM request WHERE reference = ?", wanted)
        if row:
            return Request.from_json(json.loads(row[0]))
        raise NotFoundError(
            f"There is no request {reference!r}.{did_you_mean(self._near(wanted))}",
            hint="See what there is: dsr list",
            code="unknown_request",
        )

    def events(self, reference: str) -> list[Event]:
        """The events of a case, as recorded."""
        rows = self._all("SELECT content FROM event WHERE reference = ? ORDER BY seq", reference)
        return [_event(json.loads(row[0])) for row in rows]

    def standings(
        self, *, company: str | None = None, person: str | None = None, open_only: bool = False
    ) -> list[Standing]:
        """Where the requests stand, those first that are due first."""
        rows = self._all(
            "SELECT r.content, s.phase, s.sent_on, s.due, s.due_lenient, s.edition"
            " FROM request r JOIN standing s USING (reference)"
            " WHERE (?1 IS NULL OR r.company = ?1) AND (?2 IS NULL OR r.person = ?2)"
            " AND (NOT ?3 OR s.phase <> 'closed')"
            " ORDER BY s.phase = 'closed', s.due IS NULL, s.due, r.made_on, r.reference",
            company,
            person,
            open_only,
        )
        edition = law_edition()
        if any(row[5] != edition for row in rows):
            self._stand_anew()
            return self.standings(company=company, person=person, open_only=open_only)
        return [_standing(row) for row in rows]

    def document(self, digest: str) -> bytes:
        """The exact bytes of a document.

        Raises UnavailableError if they are not what was recorded.
        """
        row = self._one("SELECT content FROM document WHERE sha256 = ?", digest)
        content = bytes(row[0]) if row else b""
        if not row or sha256(content).hexdigest() != digest:
            raise UnavailableError(
                "A document of this case is missing or was altered in the store.",
                hint="Restore the store from a backup.",
                code="document_damaged",
            )
        return content

    def journal(self) -> list[Entry]:
        """Every link of the journal, first to last."""
        rows = self._all(
            "SELECT position, reference, content, previous, digest FROM journal ORDER BY position"
        )
        return [Entry(*row) for row in rows]

    # inside ---------------------------------------------------------------------------------

    def _append(
        self, request: Request, before: list[Event], draft: EventDraft, documents: list[Document]
    ) -> Event:
        kept = tuple(self._keep(document) for document in documents)
        event = Event(
            seq=len(before) + 1,
            type=draft.type,
            on=draft.on,
            recorded_at=draft.recorded_at,
            note=draft.note,
            until=draft.until,
            via=draft.via,
            documents=kept,
        )
        from dsr.tracker.state import fold

        events = [*before, event]
        fold(events)
        content = canonical(event.as_json())
        self._db.execute(
            "INSERT INTO event (reference, seq, content) VALUES (?, ?, ?)",
            (request.reference, event.seq, content),
        )
        self._journal(request.reference, content)
        self._stand(request, events)
        return event

    def _keep(self, document: Document) -> DocumentRecord:
        digest = sha256(document.content).hexdigest()
        self._db.execute(
            "INSERT OR IGNORE INTO document (sha256, content) VALUES (?, ?)",
            (digest, document.content),
        )
        return DocumentRecord(document.name, document.media_type, digest, len(document.content))

    def _journal(self, reference: str, content: str) -> None:
        last = self._one("SELECT position, digest FROM journal ORDER BY position DESC LIMIT 1")
        position, previous = last or (0, GENESIS)
        self._db.execute(
            "INSERT INTO journal (position, reference, content, previous, digest)"
            " VALUES (?, ?, ?, ?, ?)",
            (position + 1, reference, content, previous, link(previous, reference, content)),
        )

    def _stand(self, request: Request, events: list[Event]) -> None:
        """Keep where the case stands; the rules are loaded only where something is written."""
        from dsr.tracker.deadlines import case_deadlines, response_dates
        from dsr.tracker.standing import phase
        from dsr.tracker.state import fold

        state = fold(events)
        dates = response_dates(case_deadlines(request, state, state.sent_on or request.made_on))
        due, due_lenient = dates or (None, None)
        self._db.execute(
            "INSERT OR REPLACE INTO standing"
            " (reference, phase, sent_on, due, due_lenient, edition) VALUES (?, ?, ?, ?, ?, ?)",
            (
                request.reference,
                phase(state).value,
                state.sent_on and state.sent_on.isoformat(),
                due and due.isoformat(),
                due_lenient and due_lenient.isoformat(),
                law_edition(),
            ),
        )

    def _stand_anew(self) -> None:
        """Compute every standing again, after the law's data have changed."""
        with self._transaction():
            for (content,) in self._all("SELECT content FROM request"):
                request = Request.from_json(json.loads(content))
                self._stand(request, self.events(request.reference))

    def _near(self, wanted: str) -> list[str]:
        from difflib import get_close_matches

        known = [row[0] for row in self._all("SELECT reference FROM request")]
        return get_close_matches(wanted.upper(), known, n=2, cutoff=0.7)

    def _upgrade(self) -> None:
        if self._version() == schema_version():
            return
        with self._transaction():
            version = self._version()
            if version > schema_version():
                raise UnavailableError(
                    f"Your record was written by a newer dsr (format {version}; this one knows "
                    f"{schema_version()}).",
                    hint="Update dsr: pipx upgrade dsr",
                    code="newer_store",
                )
            for step in STEPS[version:]:
                for statement in step.split(";"):
                    self._db.execute(statement)
            self._db.execute(f"PRAGMA user_version = {schema_version()}")

    def _version(self) -> int:
        row = self._one("PRAGMA user_version")
        return int(row[0]) if row else 0

    def _one(self, sql: str, *values: object) -> Any:
        with explained(self._path):
            return self._db.execute(sql, values).fetchone()

    def _all(self, sql: str, *values: object) -> list[Any]:
        with explained(self._path):
            rows: list[Any] = self._db.execute(sql, values).fetchall()
            return rows

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        """Everything inside commits together, or nothing does; one writer at a time."""
        with explained(self._path):
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._db.execute("COMMIT")
            except BaseException:
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")
                raise


def _event(table: dict[str, Any]) -> Event:
    return Event(
        seq=table["seq"],
        type=EventType(table["type"]),
        on=date.fromisoformat(table["on"]),
        recorded_at=datetime.fromisoformat(table["recorded_at"]),
        note=table["note"],
        until=date.fromisoformat(table["until"]) if table["until"] else None,
        via=Channel(table["via"]) if table["via"] else None,
        documents=tuple(
            DocumentRecord(d["name"], d["media_type"], d["sha256"], d["bytes"])
            for d in table["attachments"]
        ),
    )


def _standing(row: tuple[Any, ...]) -> Standing:
    content, in_phase, sent_on, due, due_lenient, _edition = row
    day: Callable[[str | None], date | None] = lambda text: (  # noqa: E731
        date.fromisoformat(text) if text else None
    )
    return Standing(
        Request.from_json(json.loads(content)),
        Status(in_phase),
        day(sent_on),
        day(due),
        day(due_lenient),
    )
