"""Keep the mandates of clients, and enclose the one that covers a request."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from hashlib import sha256
from typing import TYPE_CHECKING

from dsr.errors import ConflictError, InvalidInputError, NotFoundError
from dsr.law.receipt import plain_date
from dsr.law.rights import Right
from dsr.letters.document import Enclosure
from dsr.tracker.events import Document
from dsr.tracker.people import (
    CLIENT,
    DataSubject,
    Mandate,
    Person,
    Role,
    fitting_mandate,
    why_none_fits,
)
from dsr.tracker.requests import Request
from dsr.workflows.order import MANDATE, MandateOnFile, Order

if TYPE_CHECKING:
    from dsr.directory.record import Company
    from dsr.tracker.store import Store

PDF = "application/pdf"
_PDF_BEGINS = b"%PDF-"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """How far a mandate goes, and how long."""

    given_on: date
    expires_on: date | None = None
    rights: tuple[str, ...] = ()  # all, if empty
    companies: tuple[str, ...] = ()  # slugs; all, if empty


def with_mandate(person: Person, scope: Scope, signed: Document | None) -> Person:
    """The client with one more mandate, of which *signed* is the file.

    Raises ConflictError for somebody who is no client, InvalidInputError for a mandate that
    cannot be or a file that cannot be enclosed.
    """
    if person.role is not Role.CLIENT:
        raise ConflictError(
            f"{person.id!r} is no client, so nobody needs a mandate to write for them.",
            hint=f"If that has changed: dsr people edit {person.id} --role client",
            code="no_client",
        )
    if scope.expires_on and scope.expires_on < scope.given_on:
        raise InvalidInputError("The mandate would end before it begins.", code="bad_mandate")
    if signed:
        enclosure_of(signed)
    mandate = Mandate(
        number=max((each.number for each in person.mandates), default=0) + 1,
        given_on=scope.given_on,
        expires_on=scope.expires_on,
        rights=scope.rights,
        companies=scope.companies,
        document=sha256(signed.content).hexdigest() if signed else None,
        name=signed.name if signed else None,
    )
    return replace(person, mandates=(*person.mandates, mandate))


def with_revocation(person: Person, number: int | None, on: date, today: date) -> Person:
    """The client with a mandate revoked; *number* may be left out where only one is not.

    Raises NotFoundError if there is no such mandate, ConflictError if it was revoked before,
    InvalidInputError for a day that cannot be.
    """
    mandate = _to_revoke(person, number)
    if mandate.revoked_on:
        raise ConflictError(
            f"Mandate {mandate.number} was revoked on {plain_date(mandate.revoked_on)} already.",
            code="mandate_revoked",
        )
    if on > today:
        raise InvalidInputError(
            f"{plain_date(on)} is in the future; only what has happened can be recorded.",
            code="future_date",
        )
    if on < mandate.given_on:
        raise InvalidInputError(
            f"Mandate {mandate.number} was given on {plain_date(mandate.given_on)} only.",
            code="bad_mandate",
        )
    revoked = replace(mandate, revoked_on=on)
    others = [revoked if each is mandate else each for each in person.mandates]
    return replace(person, mandates=tuple(others))


def _to_revoke(person: Person, number: int | None) -> Mandate:
    known = [each.number for each in person.mandates]
    holding = [each for each in person.mandates if each.revoked_on is None]
    if number is None and len(holding) == 1:
        return holding[0]
    found = next((each for each in person.mandates if each.number == number), None)
    if found is None:
        raise NotFoundError(
            "Which mandate is meant?" if number is None else f"There is no mandate {number}.",
            hint=f"Mandates: {', '.join(map(str, known)) or 'none'}.",
            code="unknown_mandate",
        )
    return found


def enclosure_of(signed: Document) -> Enclosure:
    """The signed mandate, as a picture to be printed or a file to be attached.

    Raises InvalidInputError if it is neither a PDF nor a picture.
    """
    if _PDF_BEGINS in signed.content[:1024]:
        return Enclosure("M1", MANDATE, PDF, signed.content)
    if signed.media_type == PDF:
        raise InvalidInputError(
            f"{signed.name} is called a PDF but is none.",
            hint="Give the scan of the signed mandate, as a PDF or a picture.",
            code="bad_mandate",
        )
    from dsr.letters.pictures import printable

    return Enclosure("M1", MANDATE, *printable(signed.content))


def mandates_on_file(person: Person, store: "Store", day: date) -> tuple[MandateOnFile, ...]:
    """The client's mandates, with the files of those that hold on *day*.

    Raises UnavailableError if a file is not what was kept.
    """
    return tuple(
        MandateOnFile(each, None if each.flaw_on(day) else _enclosed(each, store))
        for each in person.mandates
    )


def _enclosed(mandate: Mandate, store: "Store") -> Enclosure | None:
    if mandate.document is None or mandate.name is None:
        return None
    content = store.document(mandate.document)
    return enclosure_of(Document(mandate.name, "application/octet-stream", content))


def with_fitting_mandate(
    order: Order, person: DataSubject, company: "Company", rights: Sequence[Right], day: date
) -> Order:
    """The order with the mandate enclosed that covers it; as it is, where none is on file.

    Raises ConflictError if mandates are on file and none of them covers *rights* towards
    *company* on *day*.
    """
    given_with_it = any(each.caption == MANDATE for each in order.stationery.enclosures)
    if given_with_it or not order.mandates:
        return order
    mandates = [each.mandate for each in order.mandates]
    words = [right.value for right in rights]
    fitting = fitting_mandate(mandates, words, company.slug, day)
    if fitting is None:
        raise _none_fits(
            mandates,
            why_none_fits(mandates, words, company.slug, day),
            f"for this request to {company.name}",
            f"Keep a new one: dsr people mandate {person.id} FILE; or give it with --mandate.",
        )
    files = [each.enclosed for each in order.mandates if each.mandate is fitting and each.enclosed]
    paper = order.stationery
    return replace(order, stationery=replace(paper, enclosures=(*paper.enclosures, *files)))


def check_mandate_holds(request: Request, store: "Store", day: date) -> None:
    """Raise ConflictError if the client's mandates on file do not cover a further letter on *day*.

    Where none is on file there is nothing to check.
    """
    if request.on_behalf != CLIENT:
        return
    person = store.person(request.data_subject.id)
    mandates = person.mandates if person else ()
    words = [right.value for right in request.rights]
    why = why_none_fits(mandates, words, request.company.slug, day) if mandates else ""
    if why:
        raise _none_fits(
            mandates,
            why,
            f"for a further letter to {request.company.name}",
            f"Keep a new one: dsr people mandate {request.data_subject.id} FILE",
        )


def _none_fits(mandates: Sequence[Mandate], why: str, what_for: str, hint: str) -> ConflictError:
    cannot = "The mandate on file cannot" if len(mandates) == 1 else "No mandate on file can"
    return ConflictError(f"{cannot} be used {what_for}: {why}.", hint=hint, code="no_mandate")
