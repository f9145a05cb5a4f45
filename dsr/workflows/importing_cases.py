"""Take in an export of dsr, case by case, believing nothing that it says."""

import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from hashlib import sha256
from mimetypes import guess_type
from pathlib import Path
from typing import BinaryIO

from dsr.errors import BadFileError, ConflictError, DsrError, NotFoundError, UnavailableError
from dsr.law.regimes import regime
from dsr.paths import open_to_read
from dsr.tracker.campaigns import Campaign
from dsr.tracker.documents import LARGEST_INSIDE
from dsr.tracker.events import Document, Event, LargeDocument
from dsr.tracker.people import Mandate, Person
from dsr.tracker.requests import Request
from dsr.tracker.store import Adopted, Store
from dsr.workflows.record_file import (
    CASE,
    DOCUMENTS,
    LARGEST_CASE,
    RECORD,
    ExportedRecord,
    check_case,
    check_people,
    check_printable,
    read_case,
    read_record,
    unfit,
)

Told = Callable[[str, int, int], None]
OCTETS = "application/octet-stream"
_NOT_AS_WRITTEN = (KeyError, TypeError, ValueError, AttributeError)
# How a member of an archive fails: by its checksum, as compressed data, encrypted, cut off.
_DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError)


@dataclass(slots=True)
class Imported:
    """What became of the cases, by reference, and a sentence for each that was left out."""

    cases: dict[str, Adopted] = field(default_factory=dict)
    people: list[str] = field(default_factory=list)
    problems: list[DsrError] = field(default_factory=list)

    def count(self, became: Adopted) -> int:
        """How many cases became this."""
        return sum(each is became for each in self.cases.values())


def import_export(
    store: Store, path: Path, *, now: datetime, by: str = "", told: Told = lambda *_: None
) -> Imported:
    """Take in an export of dsr, a directory or a zip archive, case by case.

    A case that cannot be taken in does not hold up the others.  Raises NotFoundError or
    BadFileError if *path* is no such export.
    """
    done = Imported()
    with _export(path) as files:
        record, people, campaigns = _contents(files)
        strangers = _keep_people(store, files, people, done, now, by)
        for campaign in campaigns:
            if campaign.person not in strangers and store.campaign(campaign.name) is None:
                store.save_campaign(campaign, now=now, by=by)
        for number, reference in enumerate(record.cases, start=1):
            try:
                done.cases[reference] = _adopt(store, files, reference, strangers, now.date())
            except DsrError as error:
                done.problems.append(error)
            told("cases", number, len(record.cases))
    added = len(done.cases) - done.count(Adopted.SAME)
    if added:
        store.note_import(f"dsr {record.record}", added, now=now, by=by)
    return done


def cases_in(path: Path) -> list[str]:
    """The references of the cases that an export holds; raises as import_export does."""
    with _export(path) as files:
        return list(_contents(files)[0].cases)


def _contents(files: "_ExportedFiles") -> tuple[ExportedRecord, list[Person], list[Campaign]]:
    """What record.json says."""
    record = read_record(files.content(RECORD))
    check_printable(record.model_dump(), RECORD)
    try:
        people = [Person.from_json(table) for table in record.people]
        campaigns = [Campaign.from_json(table) for table in record.campaigns]
    except _NOT_AS_WRITTEN as error:
        raise unfit(RECORD, "people or campaigns") from error
    check_people(people, campaigns, RECORD)
    return record, people, campaigns


def _keep_people(
    store: Store,
    files: "_ExportedFiles",
    people: list[Person],
    done: Imported,
    now: datetime,
    by: str,
) -> set[str]:
    """Keep those who are not here yet; the ids that mean somebody else here."""
    strangers = set()
    for person in people:
        here = store.person(person.id)
        try:
            if here is None:
                papers = [_mandate(store, files, each) for each in person.mandates if each.document]
                store.save_person(person, now=now, by=by, documents=papers)
                done.people.append(person.id)
            elif not _is_same(here, person):
                strangers.add(person.id)
                raise _stranger(person.id)
        except DsrError as error:
            done.problems.append(error)
    return strangers


def _mandate(store: Store, files: "_ExportedFiles", mandate: Mandate) -> Document | LargeDocument:
    digest, name = str(mandate.document), mandate.name or "mandate"
    paper = files.paper(store, f"{DOCUMENTS}/{digest}", name, guess_type(name)[0] or OCTETS)
    _check_paper(store, paper, f"{DOCUMENTS}/{digest}", digest)
    return paper


def _is_same(one: Person, other: Person) -> bool:
    """Whether two people of one id are the same: they share a name, or an e-mail address."""
    names = [{each.casefold() for each in (p.subject.name, *p.variants)} for p in (one, other)]
    return bool(names[0] & names[1]) or one.subject.email == other.subject.email is not None


def _stranger(person_id: str) -> ConflictError:
    return ConflictError(
        f"{person_id!r} is somebody else in your record, so nothing of theirs was taken in.",
        hint="Take them into a record of their own: dsr --home DIR data import PATH",
        code="person_differs",
    )


def _adopt(
    store: Store, files: "_ExportedFiles", reference: str, strangers: set[str], today: date
) -> Adopted:
    name = f"cases/{reference}/{CASE}"
    request, events, places = _case(files, reference, name)
    if any(event.on > today for event in events):
        raise BadFileError(
            f"{name} tells of a day that is still to come.",
            hint="Only what has happened can be recorded.",
            code="future_date",
        )
    person = request.data_subject.id
    if person in strangers and not store.is_of(reference, person):
        raise ConflictError(
            f"{reference} is of another {person!r} than the one in your record.",
            code="person_differs",
        )
    papers: dict[str, Document | LargeDocument] = {}
    try:
        for document in (each for event in events for each in event.documents):
            if document.sha256 not in papers:
                place = places[document.sha256]
                paper = files.paper(store, place, document.name, document.media_type)
                _check_paper(store, paper, place, document.sha256, document.size)
                papers[document.sha256] = paper
        return store.adopt(request, events, papers)
    except UnavailableError:
        raise  # whether the record took it nobody knows; what nothing names is swept up later
    except BaseException:
        store.documents.discard(list(papers.values()))
        raise


def _case(
    files: "_ExportedFiles", reference: str, name: str
) -> tuple[Request, list[Event], dict[str, str]]:
    """What a case.json says, and where the documents lie that it names."""
    case = read_case(files.content(name), name)
    said = case.model_dump()
    check_printable(said, name)
    try:
        request = Request.from_json(case.request)
        events = [Event.from_json(event) for event in said["events"]]
    except _NOT_AS_WRITTEN as error:
        raise unfit(name, "request or events") from error
    check_case(request, events, name)
    if request.reference != reference or [e.seq for e in events] != list(range(1, len(events) + 1)):
        raise unfit(name, "reference or numbers")
    if not set(request.rights) <= set(regime(request.law).rights) or not request.rights:
        raise unfit(name, "rights that its law does not give")
    attachments = (each for event in case.events for each in event.attachments)
    return (
        request,
        events,
        {each.sha256: f"cases/{reference}/{Path(each.file).name}" for each in attachments},
    )


def _check_paper(
    store: Store, paper: Document | LargeDocument, place: str, digest: str, size: int | None = None
) -> None:
    if isinstance(paper, LargeDocument):
        found = paper.file.sha256, paper.file.size
    else:
        found = sha256(paper.content).hexdigest(), len(paper.content)
    if found != (digest, found[1] if size is None else size):
        store.documents.discard([paper])
        raise BadFileError(
            f"{place} is not the document that the export names: its SHA-256 is another.",
            code="document_altered",
        )


class _ExportedFiles:
    """The files of an export, in a directory or an archive."""

    def __init__(self, opened: Callable[[str], BinaryIO]) -> None:
        self._opened = opened

    def content(self, name: str) -> bytes:
        """A file in memory; raises BadFileError if it is missing, damaged or far too large."""
        with self._open(name) as stream:
            found = stream.read(LARGEST_CASE + 1)
        if len(found) > LARGEST_CASE:
            raise BadFileError(f"{name} is too large.", code="file_too_large")
        return found

    def paper(
        self, store: Store, name: str, called: str, media_type: str
    ) -> Document | LargeDocument:
        """A file as a document; a large one streams into the file store."""
        with self._open(name) as stream:
            start = stream.read(LARGEST_INSIDE + 1)
            if len(start) <= LARGEST_INSIDE:
                return Document(called, media_type, start)
            return LargeDocument(
                called, media_type, store.documents.files.take_in(stream, start=start)
            )

    @contextmanager
    def _open(self, name: str) -> Iterator[BinaryIO]:
        try:
            with self._opened(name) as stream:
                yield stream
        except (KeyError, NotFoundError) as error:
            raise BadFileError(
                f"The export lacks {name}.", hint="Export the record again.", code="bad_export"
            ) from error
        except _DAMAGED as error:
            raise BadFileError(
                f"{name} cannot be read from the archive: it is damaged or encrypted.",
                hint="Copy the export again.",
                code="bad_export",
            ) from error


@contextmanager
def _export(path: Path) -> Iterator[_ExportedFiles]:
    if path.is_dir():
        yield _ExportedFiles(lambda name: _plain_file(path / name))
        return
    try:
        with open_to_read(path) as stream, zipfile.ZipFile(stream) as archive:
            yield _ExportedFiles(archive.open)  # type: ignore[arg-type]
    except zipfile.BadZipFile as error:
        raise BadFileError(
            f"{path} is no export of dsr.", hint="It is damaged, or another program's.",
            code="bad_export",
        ) from error  # fmt: skip


def _plain_file(path: Path) -> BinaryIO:
    """A stream of a file; what is no file, such as a pipe, is as good as missing."""
    if not path.is_file():
        raise NotFoundError(f"There is no file {path}.", code="no_such_file")
    return open_to_read(path)


def is_export(path: Path) -> bool:
    """Whether *path* looks like an export of dsr: a directory with record.json, or an archive."""
    if path.is_dir():
        return (path / RECORD).is_file()
    return path.is_file() and zipfile.is_zipfile(path)
