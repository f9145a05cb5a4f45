"""One record out of two about the same company: the curated one, and over it the imported one."""

from collections.abc import Sequence
from typing import TypeVar

from dsr.directory.datenanfragen import KEY
from dsr.directory.record import Company, Email, Evidence, Fact, Sourced

Contact = TypeVar("Contact", bound=Sourced)


def merged(curated: Company, imported: Company) -> Company:
    """*curated* with what *imported* has over it; each fact keeps its own source.

    What a document of the company itself says stays before what a register says; where the two
    name different mailboxes, a warning says so.
    """
    # Validated again, since a copy is not checked.
    return Company.model_validate(
        {
            **curated.model_dump(),
            "grade": imported.grade,
            "request_language": imported.request_language,
            "categories": imported.categories,
            "wants": imported.wants,
            "letter_templates": imported.letter_templates,
            "website": curated.website or imported.website,
            "services": tuple(dict.fromkeys((*curated.services, *imported.services))),
            "email": _mailboxes(curated, imported),
            "webforms": _once(curated.webforms, imported.webforms, "url"),
            "postal": _leading(curated, curated.postal, imported.postal),
            "phone": imported.phone or curated.phone,
            "fax": imported.fax or curated.fax,
            "preferred": (*curated.preferred, *imported.preferred),
            "proof": curated.proof or imported.proof,
            "remarks": (*curated.remarks, *imported.remarks),
            "warnings": (*curated.warnings, *_conflicts(curated, imported)),
            "no_contact": None if imported.email or imported.postal else curated.no_contact,
            "elsewhere": {**imported.elsewhere, **curated.elsewhere},
            "sources": {**curated.sources, **imported.sources},
        }
    )


def _mailboxes(curated: Company, imported: Company) -> tuple[Email, ...]:
    own = [mail for mail in curated.email if _is_own(curated, mail)]
    other = [mail for mail in curated.email if mail not in own]
    known = {mail.address.lower() for mail in (*own, *other)}
    new = [mail for mail in imported.email if mail.address.lower() not in known]
    return (*own, *new, *other)


def _leading(curated: Company, ours: Contact | None, theirs: Contact | None) -> Contact | None:
    return ours if theirs is None or (ours and _is_own(curated, ours)) else theirs


def _is_own(company: Company, fact: Sourced) -> bool:
    kinds = {company.sources[key].evidence for key in fact.sources}
    return Evidence.COMPANY_DOCUMENT in kinds


def _once(ours: Sequence[Contact], theirs: Sequence[Contact], key: str) -> tuple[Contact, ...]:
    known = {getattr(each, key) for each in ours}
    return (*ours, *(each for each in theirs if getattr(each, key) not in known))


def _conflicts(curated: Company, imported: Company) -> list[Fact]:
    ours, theirs = curated.request_email(), imported.request_email()
    if not ours or not theirs or ours.address.lower() == theirs.address.lower():
        return []
    says = (
        f"The imported register names another mailbox, {theirs.address}, than this record, "
        f"{ours.address}."
    )
    return [Fact(says=says, sources=(KEY,))]
