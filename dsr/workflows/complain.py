"""Write a complaint: the authority, the course of events and what is proved, from the record."""

from contextlib import suppress
from datetime import date

from dsr.directory.catalogue import Catalogue
from dsr.errors import ConflictError, InvalidInputError, NotFoundError
from dsr.law.authorities import Authority, all_authorities, authorities_for, authorities_of
from dsr.law.regimes import regime
from dsr.letters.clauses import FALLBACK_LANGUAGE, Templates
from dsr.letters.complaint import Grievance, Occurrence, compose_complaint
from dsr.letters.document import Letter
from dsr.letters.follow_up import FollowUpKind
from dsr.letters.wording import Wording
from dsr.tracker.events import Event, EventType
from dsr.tracker.requests import Addressee
from dsr.tracker.state import in_order
from dsr.workflows.follow_up import (
    CaseSoFar,
    check_codes,
    correspondent_of,
    facts_of,
    narrowed,
)

CONTROLLER_FIRST = "complaint"  # the step of a law that has people complain to the company first


def authority_for(case: CaseSoFar, slug: str | None = None) -> Authority:
    """The authority that was named, or that of where the person lives.

    Raises NotFoundError if dsr knows none of that name, InvalidInputError if it knows none there.
    """
    if slug:
        found = next((each for each in all_authorities() if each.slug == slug), None)
        if found is None:
            raise NotFoundError(
                f"There is no authority {slug!r}.",
                hint="See them: dsr law authority --country CC",
                code="unknown_authority",
            )
        return found
    of_law = {each.slug for each in authorities_of(regime(case.request.law))}
    there = _authorities_there(case)
    fitting = [each for each in there if each.slug in of_law] or there
    if len(fitting) > 1 and all(each.regions for each in fitting):
        known = ", ".join(f"{each.slug} ({'/'.join(each.regions)})" for each in fitting)
        raise InvalidInputError(
            "Which authority is yours depends on the region you live in, which dsr does not know.",
            hint=f"Name it with --authority SLUG, or your region with: dsr init --region. {known}",
            code="region_missing",
        )
    return fitting[0]


def _authorities_there(case: CaseSoFar) -> list[Authority]:
    person = case.request.data_subject
    return authorities_for(person.country, person.region)


def complaint_letter(
    case: CaseSoFar,
    authority: Authority,
    catalogue: Catalogue,
    templates: Templates,
    *,
    outstanding: tuple[str, ...] = (),
    language: str | None = None,
) -> Letter:
    """The complaint, in the authority's language if there is one in it, else in English.

    Raises ConflictError where the company is neither late nor has answered.
    """
    state = case.state
    refused = state.answer is EventType.REFUSED
    incomplete = state.answer is EventType.PARTLY_FULFILLED or bool(outstanding and state.answer)
    if not (case.is_late or refused or incomplete):
        raise ConflictError(
            "There is nothing to complain of yet: the company is not late beyond argument, and no "
            "refusal or incomplete answer is recorded.",
            hint=f"See where it stands: dsr show {case.request.reference}",
            code="nothing_to_complain",
        )
    to = correspondent_of(case.request, catalogue)
    check_codes(Wording(case.request, to, templates), outstanding)
    grievance = Grievance(
        occurrences=_occurrences(case),
        late=case.is_late,
        refused=refused,
        incomplete=incomplete,
        calculation=_calculation(case),
        own_authority=authority in _authorities_there(case),
        complained_to_controller=_complained_to_controller(case),
        enclosed=_enclosed(case),
    )
    return compose_complaint(
        narrowed(case),
        to,
        facts_of(case, outstanding=outstanding),
        grievance,
        _addressee(authority),
        language=language or _language(case, authority),
        templates=templates,
    )


def _language(case: CaseSoFar, authority: Authority) -> str:
    """The case's language, where it is official at the authority's seat, or the authority's."""
    from babel.languages import get_official_languages

    country = authority.countries[0].partition("-")[0]
    if case.request.language in get_official_languages(country, regional=True, de_facto=True):
        return case.request.language
    return authority.complaint_language or FALLBACK_LANGUAGE


def _enclosed(case: CaseSoFar) -> tuple[str, ...]:
    """The documents of the case: each letter of ours that went out, and all that came."""
    reminded = _reminded(case)
    went_out = [
        event
        for place, event in enumerate(_prepared(case))
        if place == 0 or (event.note != "complaint" and any(day >= event.on for day in reminded))
    ]
    return tuple(
        document.name
        for event in case.events
        for document in event.documents
        if event.type not in (EventType.PREPARED, EventType.NOTE)
        or (
            (event in went_out and document.name.endswith((".pdf", ".eml")))
            and (document.name.endswith(".pdf") or not _has_pdf(event))
        )
    )


def _prepared(case: CaseSoFar) -> list[Event]:
    return [event for event in case.events if event.type is EventType.PREPARED]


def _reminded(case: CaseSoFar) -> list[date]:
    return [event.on for event in case.events if event.type is EventType.REMINDED]


def _has_pdf(event: Event) -> bool:
    return any(document.name.endswith(".pdf") for document in event.documents)


def _calculation(case: CaseSoFar) -> str:
    """How the day was computed; the steps are in English, as the law room words them."""
    steps = case.response.deadline.steps if case.response else ()
    return " ".join(step for step in steps if not step.startswith("Unverified"))


def _complained_to_controller(case: CaseSoFar) -> date | None:
    """The final notice, where the law makes that letter a complaint to the company."""
    if CONTROLLER_FIRST not in regime(case.request.law).steps:
        return None
    written = [e.on for e in _prepared(case) if e.note == FollowUpKind.FINAL_NOTICE.value]
    return next((day for day in _reminded(case) if written and day >= written[0]), None)


def _occurrences(case: CaseSoFar) -> tuple[Occurrence, ...]:
    # Notes stay out: they may say what was not meant for an authority.
    found = [Occurrence(on=e.on, what=e.type.value, via=e.via) for e in in_order(case.events)]
    if case.response and case.is_late:
        found.append(Occurrence(on=case.response.deadline.due, what="due"))
    return tuple(sorted(found, key=lambda each: each.on))


def _addressee(authority: Authority) -> Addressee:
    country = authority.countries[0].partition("-")[0]
    return Addressee(
        slug=authority.slug,
        name=authority.name,
        address=_without_country(authority.address, country),
        address_country=country,
        email=authority.email,
        webform=authority.webform,
        establishment=country,
    )


def _without_country(address: tuple[str, ...], country: str) -> tuple[str, ...]:
    """The address without its country, which the letter adds where it crosses a border."""
    from babel import Locale, UnknownLocaleError
    from babel.languages import get_official_languages

    names = set()
    for language in ("en", *get_official_languages(country, regional=True, de_facto=True)):
        with suppress(UnknownLocaleError, ValueError):  # some are known by name only
            names.add(str(Locale.parse(language).territories.get(country, "")).casefold())
    return tuple(line for line in address if line.casefold() not in names)
