"""Take in cases that were kept elsewhere: an export of dsr, or the record of another tool."""

import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO

from dsr.directory.catalogue import Catalogue
from dsr.errors import BadFileError, DsrError, NotFoundError
from dsr.law.applicability import Situation, applicable_law
from dsr.law.regimes import regime
from dsr.paths import open_to_read
from dsr.tracker.documents import LARGEST_INSIDE
from dsr.tracker.events import Document, Event, EventType, LargeDocument
from dsr.tracker.people import DataSubject, Person
from dsr.tracker.requests import REFERENCE_BITS, Addressee, Request, reference_from
from dsr.tracker.store import Adopted, Store
from dsr.workflows.foreign import Foreign, ForeignCase
from dsr.workflows.record_file import (
    CASE,
    LARGEST_CASE,
    RECORD,
    ExportedRecord,
    read_case,
    read_record,
)
from dsr.workflows.request import addressee

Told = Callable[[str, int, int], None]
UNKNOWN_COUNTRY = "ZZ"


@dataclass(slots=True)
class Imported:
    """What became of the cases, by reference, and a sentence for each that was left out."""

    cases: dict[str, Adopted] = field(default_factory=dict)
    people: list[str] = field(default_factory=list)
    problems: list[DsrError] = field(default_factory=list)

    def count(self, became: Adopted) -> int:
        """How many cases became this."""
        return sum(each is became for each in self.cases.values())


# an export of dsr -------------------------------------------------------------------------------


def import_export(
    store: Store, path: Path, *, now: datetime, by: str = "", told: Told = lambda *_: None
) -> Imported:
    """Take in an export of dsr, a directory or a zip archive, case by case.

    A case that cannot be taken in does not hold up the others.  Raises NotFoundError or
    BadFileError if *path* is no such export.
    """
    done = Imported()
    with _export(path) as files:
        record = read_record(files.content(RECORD))
        _keep_people(store, record, done, now, by)
        for number, reference in enumerate(record.cases, start=1):
            try:
                done.cases[reference] = _adopt(store, files, reference)
            except DsrError as error:
                done.problems.append(error)
            told("cases", number, len(record.cases))
    added = len(done.cases) - done.count(Adopted.SAME)
    if added:
        store.note_import(f"dsr {record.record}", added, now=now, by=by)
    return done


def cases_in(path: Path) -> list[str]:
    """The references of the cases that an export holds."""
    with _export(path) as files:
        return list(read_record(files.content(RECORD)).cases)


def _keep_people(
    store: Store, record: ExportedRecord, done: Imported, now: datetime, by: str
) -> None:
    for table in record.people:
        try:
            person = Person.from_json(table)
        except (KeyError, TypeError, ValueError) as error:
            raise _unfit(RECORD, "people") from error
        if store.person(person.id) is None:
            store.save_person(person, now=now, by=by)
            done.people.append(person.id)


def _adopt(store: Store, files: "_ExportedFiles", reference: str) -> Adopted:
    name = f"cases/{reference}/{CASE}"
    case = read_case(files.content(name), name)
    try:
        request = Request.from_json(case.request)
        events = [Event.from_json(event) for event in case.model_dump()["events"]]
        regime(request.law)
    except (KeyError, TypeError, ValueError) as error:
        raise _unfit(name, "request or events") from error
    if request.reference != reference or [e.seq for e in events] != list(range(1, len(events) + 1)):
        raise _unfit(name, "reference or numbers")
    papers: dict[str, Document | LargeDocument] = {}
    try:
        for event in case.events:
            for each in event.attachments:
                if each.sha256 not in papers:
                    place = f"cases/{reference}/{Path(each.file).name}"
                    paper = files.paper(store, place, each.name, each.media_type)
                    papers[each.sha256] = paper
                    _check_paper(paper, each.sha256, place)
        return store.adopt(request, events, papers)
    except BaseException:
        store.documents.discard(list(papers.values()))
        raise


def _check_paper(paper: Document | LargeDocument, expected: str, place: str) -> None:
    if isinstance(paper, LargeDocument):
        digest = paper.file.sha256
    else:
        digest = sha256(paper.content).hexdigest()
    if digest != expected:
        raise BadFileError(
            f"{place} is not the document that the case names: its SHA-256 is another.",
            code="document_altered",
        )


def _unfit(name: str, what: str) -> BadFileError:
    return BadFileError(
        f"{name} is not as dsr writes it: {what}.", hint="Export the record again.",
        code="bad_export",
    )  # fmt: skip


class _ExportedFiles:
    """The files of an export, in a directory or an archive."""

    def __init__(self, opened: Callable[[str], BinaryIO]) -> None:
        self._opened = opened

    def content(self, name: str) -> bytes:
        """A file in memory; raises BadFileError if it is missing or far too large."""
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

    def _open(self, name: str) -> BinaryIO:
        try:
            return self._opened(name)
        except (KeyError, NotFoundError) as error:
            raise BadFileError(
                f"The export lacks {name}.", hint="Export the record again.", code="bad_export"
            ) from error


@contextmanager
def _export(path: Path) -> Iterator[_ExportedFiles]:
    if path.is_dir():
        yield _ExportedFiles(lambda name: open_to_read(path / name))
        return
    try:
        with open_to_read(path) as stream, zipfile.ZipFile(stream) as archive:
            yield _ExportedFiles(archive.open)  # type: ignore[arg-type]
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError) as error:
        raise BadFileError(
            f"{path} is no export of dsr.", hint="It is damaged, or another program's.",
            code="bad_export",
        ) from error  # fmt: skip


def is_export(path: Path) -> bool:
    """Whether *path* looks like an export of dsr: a directory with record.json, or an archive."""
    if path.is_dir():
        return (path / RECORD).is_file()
    return path.is_file() and zipfile.is_zipfile(path)


# records of other tools -------------------------------------------------------------------------


def import_foreign(
    store: Store,
    found: Foreign,
    person: DataSubject,
    catalogue: Catalogue,
    *,
    now: datetime,
    by: str = "",
) -> Imported:
    """Take in the cases of another tool as cases of *person*; nothing is sent.

    The reference follows from that of the other tool, so that a second import adds nothing.
    """
    done = Imported(problems=[BadFileError(said) for said in found.problems])
    for case in found.cases:
        try:
            request, events = as_case(case, person, catalogue, now=now, by=by)
            became = _adopt_foreign(store, request, events)
        except DsrError as error:
            done.problems.append(error)
        else:
            done.cases[request.reference] = became
    added = len(done.cases) - done.count(Adopted.SAME)
    if added:
        origins = ", ".join(sorted({case.origin for case in found.cases}))
        store.note_import(origins, added, now=now, by=by)
    return done


def would_import(
    found: Foreign, person: DataSubject, catalogue: Catalogue, *, now: datetime
) -> Imported:
    """What :func:`import_foreign` would take in into an empty record."""
    done = Imported(problems=[BadFileError(said) for said in found.problems])
    for case in found.cases:
        try:
            request, _events = as_case(case, person, catalogue, now=now)
        except DsrError as error:
            done.problems.append(error)
        else:
            done.cases[request.reference] = Adopted.ADDED
    return done


def _adopt_foreign(store: Store, request: Request, events: list[Event]) -> Adopted:
    """A case that is here already is left as it is: it may have gone on since."""
    try:
        store.request(request.reference)
    except NotFoundError:
        return store.adopt(request, events, _NO_PAPERS)
    return Adopted.SAME


_NO_PAPERS: Mapping[str, Document | LargeDocument] = {}


def as_case(
    case: ForeignCase, person: DataSubject, catalogue: Catalogue, *, now: datetime, by: str = ""
) -> tuple[Request, list[Event]]:
    """The request and events that another tool's case comes to.

    Raises InvalidInputError if no law gives the person these rights.
    """
    if case.law and set(case.rights) <= set(regime(case.law).rights):
        law = case.law
    else:
        law = applicable_law(Situation(person.country, person.region), case.rights).law.id
    request = Request(
        reference=reference_from(_number(case, person)),
        data_subject=person,
        company=_addressee(case, catalogue),
        law=law,
        rights=case.rights,
        language=case.language or person.language or "en",
        channel=case.channel,
        made_on=case.made_on,
    )
    came = f"Taken over from {case.origin}, where it was {case.original_reference}."
    first = Event(
        seq=1, type=EventType.NOTE, on=_first_day(case), recorded_at=now, by=by or None, note=came
    )
    return request, [
        first,
        *(
            Event(
                seq=seq,
                type=each.type,
                on=each.on,
                recorded_at=now,
                by=by or None,
                note=each.note,
                via=each.via,
            )
            for seq, each in enumerate(case.events, start=2)
        ),
    ]


def _first_day(case: ForeignCase) -> date:
    return min([case.made_on, *(event.on for event in case.events)])


def _number(case: ForeignCase, person: DataSubject) -> int:
    """What the reference is made from: the same for the same case, whenever it is imported."""
    said = "\n".join((case.origin, case.original_reference, case.profile or "", person.id))
    return int.from_bytes(sha256(said.encode()).digest()) >> (256 - REFERENCE_BITS)


def _addressee(case: ForeignCase, catalogue: Catalogue) -> Addressee:
    """The company as the directory knows it, or as the other tool did."""
    if case.company_slug and case.company_slug in catalogue.slugs():
        return addressee(catalogue.company(case.company_slug))
    plain = "".join(c if c.isascii() and c.isalnum() else "-" for c in case.company_name.lower())
    return Addressee(
        slug=case.company_slug or "-".join(filter(None, plain.split("-"))) or "unknown",
        name=case.company_name,
        address=case.address,
        address_country=None,
        email=case.email,
        webform=None,
        establishment=UNKNOWN_COUNTRY,
    )
