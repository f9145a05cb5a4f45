"""The store: people, cases and documents over a journal, in a file or on a server.

A fact, its documents and its link in the journal commit together or not at all.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO

from dsr.errors import ConflictError, DsrError, NotFoundError, UnavailableError, did_you_mean
from dsr.tracker import index
from dsr.tracker.campaigns import Campaign
from dsr.tracker.documents import Documents
from dsr.tracker.engine import Engine
from dsr.tracker.events import Document, Event, EventDraft, LargeDocument
from dsr.tracker.files import FileStore
from dsr.tracker.journal import Entry, Kind, canonical
from dsr.tracker.ledger import append, content_at, entries
from dsr.tracker.migrations import upgrade
from dsr.tracker.people import SELF, Person, Role
from dsr.tracker.requests import Request, as_reference
from dsr.tracker.standing import Standing
from dsr.tracker.status import Status

Paper = Document | LargeDocument
Papers = Sequence[Paper]


class Adopted(StrEnum):
    """What became of a case that was kept elsewhere."""

    ADDED = "added"
    EXTENDED = "extended"  # it was here, with fewer events
    SAME = "same"


class Store:
    """An open store; close it when done."""

    def __init__(
        self, engine: Engine, files: Path, before_upgrade: Callable[[int], None] | None = None
    ) -> None:
        self.engine = engine
        self.documents = Documents(engine, FileStore(files))
        self._under_this_law = False  # whether the dates are known to be those of this law data
        try:
            upgrade(engine, before_upgrade or (lambda _version: None))
        except BaseException:
            engine.close()
            raise

    def close(self) -> None:
        """Let go of the file or server."""
        self.engine.close()

    # people ---------------------------------------------------------------------------------

    def save_person(
        self,
        person: Person,
        *,
        now: datetime,
        by: str = "",
        expected: Person | None = None,
        documents: Papers = (),
    ) -> None:
        """Keep who a person is from now on; what was kept before stays in the journal.

        Raises ConflictError if *expected* is given and is no longer what is kept.
        """
        with self._change(documents):
            if expected is not None and self.person(person.id) != expected:
                raise ConflictError(
                    f"Somebody changed {person.id!r} meanwhile, so nothing was saved.",
                    hint=f"Look at it and try again: dsr people show {person.id}",
                    code="person_changed",
                )
            self._keep_person(person, now, by, documents)

    def person(self, person_id: str) -> Person | None:
        """The person kept under an id, or None."""
        row = self.engine.row("SELECT position FROM person WHERE id = ?", (person_id,))
        said = content_at(self.engine, row[0]) if row else None
        with index.understood():
            return Person.from_json(json.loads(said)["person"]) if said else None

    def people(self) -> list[Person]:
        """Everyone, by id."""
        rows = self.engine.rows(
            "SELECT e.content FROM person p JOIN entry e USING (position) ORDER BY p.id"
        )
        with index.understood():
            return [Person.from_json(json.loads(row[0])["person"]) for row in rows]

    def remove_person(self, person_id: str, *, now: datetime) -> None:
        """Take a person without requests out of the record, as if forgotten.

        Raises ConflictError if there are requests.
        """
        from dsr.tracker.forgetting import forget

        forget(self.engine, self.documents, person_id, now=now, without_requests=True)

    def default_person(self) -> str:
        """Whose requests are meant where nobody is named."""
        return index.meta(self.engine, index.DEFAULT_PERSON) or SELF

    def set_default_person(self, person_id: str, *, now: datetime, by: str = "") -> None:
        """Say whose requests are meant from now on where nobody is named."""
        with self._change():
            said = {"value": person_id, "recorded_at": now.isoformat(), "by": by or None}
            append(self.engine, Kind.SETTING, index.DEFAULT_PERSON, canonical(said))
            index.set_meta(self.engine, index.DEFAULT_PERSON, person_id)

    # requests and events --------------------------------------------------------------------

    def open_request(self, request: Request, prepared: EventDraft, documents: Papers) -> None:
        """Keep a new request with its letter, as one fact.

        The person is kept too if nobody is known yet under that id.
        """
        with self._change(documents):
            if index.request_of(self.engine, request.reference):
                raise ConflictError(
                    f"There is a request {request.reference} already.", code="reference_taken"
                )
            self._keep_newcomer(request, prepared)
            append(self.engine, Kind.REQUEST, request.reference, canonical(request.as_json()))
            self._append(request, [], prepared, documents)

    def record(
        self,
        reference: str,
        draft: EventDraft,
        documents: Papers = (),
        *,
        expected: int | None = None,
    ) -> Event:
        """Append an event to a case.

        Raises NotFoundError if there is no such case, ConflictError if the event cannot have
        happened then, or if the case does not have the *expected* number of events any more;
        nothing is kept in either case.
        """
        with self._change(documents):
            request, before = self._case(reference)
            self._refuse_cut_off(request.reference, len(before))
            if expected is not None and expected > len(before):
                raise ConflictError(
                    f"{request.reference} has no event {expected}; its last is {len(before)}.",
                    code="case_changed",
                )
            if expected is not None and len(before) != expected:
                raise ConflictError(
                    f"Something was recorded in {request.reference} meanwhile: "
                    f"{before[-1].type.value}, by {before[-1].by or 'somebody'}.",
                    hint=f"Look at the case, then try again: dsr show {request.reference}",
                    code="case_changed",
                )
            return self._append(request, before, draft, documents)

    def adopt(
        self, request: Request, events: Sequence[Event], documents: Mapping[str, Paper]
    ) -> Adopted:
        """Take in a case that was kept elsewhere, with its *documents* by hash, as one fact.

        What is here already is not added again.  Raises ConflictError, and keeps nothing, if the
        case went another way here, or if its events cannot follow one another.
        """
        from dsr.tracker.state import fold

        papers = list(documents.values())
        with self._change(papers):
            here = index.request_of(self.engine, request.reference)
            before = self.events(request.reference)
            if before[: len(events)] == list(events) and here == request:
                self.documents.discard(papers)
                return Adopted.SAME
            if here not in (None, request) or list(events[: len(before)]) != before:
                raise ConflictError(
                    f"{request.reference} is in your record already, and went another way there.",
                    hint=f"Look at it: dsr show {request.reference}",
                    code="case_differs",
                )
            if here is None:
                self._keep_newcomer(request, events[0])
                append(self.engine, Kind.REQUEST, request.reference, canonical(request.as_json()))
            fold(events)
            for event in events[len(before) :]:
                for each in event.documents:
                    self.documents.keep(request.reference, documents[each.sha256])
                append(self.engine, Kind.EVENT, request.reference, canonical(event.as_json()))
            index.keep_standing(self.engine, request, events)
            return Adopted.EXTENDED if here else Adopted.ADDED

    def note_import(self, origin: str, cases: int, *, now: datetime, by: str = "") -> None:
        """Certify in the journal that cases came from elsewhere."""
        said = {"from": origin, "cases": cases, "recorded_at": now.isoformat(), "by": by or None}
        with self._change():
            append(self.engine, Kind.IMPORTED, "", canonical(said))

    def request(self, reference: str) -> Request:
        """The request of a reference.

        Raises NotFoundError with the nearest references if there is none.
        """
        found = index.request_of(self.engine, as_reference(reference))
        if found is None:
            raise self._unknown(reference)
        return found

    def events(self, reference: str) -> list[Event]:
        """The events of a case, as recorded."""
        return index.events_of(self.engine, reference)

    def standings(
        self,
        today: date,
        *,
        statuses: Sequence[Status] = (),
        company: str | None = None,
        person: str | None = None,
        campaign: str | None = None,
    ) -> list[Standing]:
        """Where the requests stand today, those first that are due first."""
        if not self._under_this_law:
            index.bring_under_this_law(self.engine)
            self._under_this_law = True
        return index.standings(
            self.engine,
            today,
            statuses=statuses,
            company=company,
            person=person,
            campaign=campaign,
        )

    def is_of(self, reference: str, person_id: str) -> bool:
        """Whether there is a case of that reference, and it is the person's."""
        sql = "SELECT 1 FROM standing WHERE reference = ? AND person = ?"
        return self.engine.row(sql, (reference, person_id)) is not None

    def references_of(self, person_id: str) -> list[str]:
        """The references of a person's cases."""
        sql = "SELECT reference FROM standing WHERE person = ? ORDER BY reference"
        return [row[0] for row in self.engine.rows(sql, (person_id,))]

    def document(self, digest: str) -> bytes:
        """The exact bytes of a document.

        Raises UnavailableError if they are not what was recorded.
        """
        return self.documents.content(digest)

    def copy_document(self, digest: str, sink: BinaryIO) -> None:
        """Write the exact bytes of a document of any size.

        Raises UnavailableError if they are not what was recorded.
        """
        self.documents.copy_out(digest, sink)

    def journal(self) -> Iterator[Entry]:
        """Every entry of the journal, first to last, as of one moment."""
        with self.engine.snapshot():
            yield from entries(self.engine)

    def rebuild(self) -> int:
        """Make everything that serves to find cases anew from the journal; how many they are.

        Raises UnavailableError, and changes nothing, if an entry cannot be read.
        """
        with self._change():
            return index.rebuild(self.engine)

    # campaigns ------------------------------------------------------------------------------

    def save_campaign(self, campaign: Campaign, *, now: datetime, by: str = "") -> None:
        """Keep what a campaign is to reach."""
        with self._change():
            said = {
                "campaign": campaign.as_json(),
                "recorded_at": now.isoformat(),
                "by": by or None,
            }
            position = append(self.engine, Kind.CAMPAIGN, campaign.name, canonical(said))
            self._place("campaign", "name", campaign.name, position)

    def campaign(self, name: str) -> Campaign | None:
        """The campaign of a name, or None."""
        return next((each for each in self.campaigns() if each.name == name), None)

    def campaigns(self) -> list[Campaign]:
        """Every campaign, the latest first."""
        rows = self.engine.rows(
            "SELECT e.content FROM campaign c JOIN entry e USING (position) ORDER BY position DESC"
        )
        with index.understood():
            return [Campaign.from_json(json.loads(row[0])["campaign"]) for row in rows]

    # inside ---------------------------------------------------------------------------------

    def _case(self, reference: str) -> tuple[Request, list[Event]]:
        found = index.case_of(self.engine, as_reference(reference))
        if found is None:
            raise self._unknown(reference)
        return found

    def _refuse_cut_off(self, reference: str, events: int) -> None:
        """Raise UnavailableError where the list knows of more events than the journal has."""
        row = self.engine.row("SELECT events FROM standing WHERE reference = ?", (reference,))
        if row and row[0] > events:
            raise UnavailableError(
                f"Events of {reference} are missing in the journal, so nothing is added to it.",
                hint="See what is wrong: dsr verify",
                code="record_altered",
            )

    def _unknown(self, reference: str) -> NotFoundError:
        near = did_you_mean(self._near(as_reference(reference)))
        return NotFoundError(
            f"There is no request {reference!r}.{near}",
            hint="See what there is: dsr list",
            code="unknown_request",
        )

    def _append(
        self, request: Request, before: list[Event], draft: EventDraft, documents: Papers
    ) -> Event:
        from dsr.tracker.corrections import check_correction

        if draft.correction:
            check_correction(before, draft.correction)
        kept = tuple(self.documents.keep(request.reference, paper) for paper in documents)
        event = Event(
            seq=len(before) + 1,
            type=draft.type,
            on=draft.on,
            recorded_at=draft.recorded_at,
            by=draft.by,
            note=draft.note,
            until=draft.until,
            via=draft.via,
            correction=draft.correction,
            demands=draft.demands,
            objections=draft.objections,
            documents=kept,
        )
        index.keep_standing(self.engine, request, [*before, event])  # refuses what cannot follow
        append(self.engine, Kind.EVENT, request.reference, canonical(event.as_json()))
        return event

    def _keep_person(self, person: Person, now: datetime, by: str, papers: Papers) -> None:
        kept = [self.documents.keep(person.id, paper).as_json() for paper in papers]
        said = {
            "person": person.as_json(),
            "recorded_at": now.isoformat(),
            "by": by or None,
            "attachments": kept,
        }
        position = append(self.engine, Kind.PERSON, person.id, canonical(said))
        self._place("person", "id", person.id, position)

    def _keep_newcomer(self, request: Request, first: EventDraft | Event) -> None:
        """Keep the person of a request if nobody is known yet under that id."""
        if self.person(request.data_subject.id) is None:
            role = Role(request.on_behalf) if request.on_behalf else Role.SELF
            person = Person(subject=request.data_subject, role=role)
            self._keep_person(person, first.recorded_at, first.by or "", ())

    def _place(self, table: str, key: str, value: str, position: int) -> None:
        self.engine.run(
            f"INSERT INTO {table} ({key}, position) VALUES (?, ?)"  # noqa: S608
            f" ON CONFLICT ({key}) DO UPDATE SET position = excluded.position",
            (value, position),
        )

    @contextmanager
    def _change(self, papers: Papers = ()) -> Iterator[None]:
        """One transaction; what was taken into the file store for nothing goes again.

        After a failure of the database nobody knows whether it committed, so the file stays then.
        """
        try:
            with self.engine.transaction():
                yield
        except UnavailableError:
            raise
        except DsrError:
            self.documents.discard(papers)
            raise

    def _near(self, wanted: str) -> list[str]:
        from difflib import get_close_matches

        rows = self.engine.rows("SELECT reference FROM standing")
        return get_close_matches(wanted.upper(), [row[0] for row in rows], n=2, cutoff=0.7)
