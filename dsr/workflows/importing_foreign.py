"""Take in the record of another tool as cases of a person; nothing is sent."""

from collections.abc import Mapping
from datetime import date, datetime
from hashlib import sha256

from dsr.directory.catalogue import Catalogue
from dsr.errors import BadFileError, DsrError, NotFoundError
from dsr.law.applicability import Situation, applicable_law
from dsr.law.regimes import regime
from dsr.tracker.events import Document, Event, EventType, LargeDocument
from dsr.tracker.people import DataSubject
from dsr.tracker.requests import REFERENCE_BITS, Addressee, Request, reference_from
from dsr.tracker.store import Adopted, Store
from dsr.workflows.foreign import Foreign, ForeignCase
from dsr.workflows.importing_cases import Imported
from dsr.workflows.request import addressee

UNKNOWN_COUNTRY = "ZZ"


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
