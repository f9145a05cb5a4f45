"""Write a complaint: the authority, the course of events and what is proved, from the record."""

from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from difflib import get_close_matches
from mimetypes import guess_type
from typing import TYPE_CHECKING

from dsr.directory.catalogue import Catalogue
from dsr.errors import ConflictError, InvalidInputError, NotFoundError, did_you_mean
from dsr.law.authorities import Authority, all_authorities, authorities_for, authorities_of
from dsr.law.receipt import Channel
from dsr.law.regimes import regime
from dsr.letters.clauses import FALLBACK_LANGUAGE, Table, Templates
from dsr.letters.complaint import (
    LETTERS,
    Grievance,
    Occurrence,
    Proof,
    compose_complaint,
    for_the_authority,
)
from dsr.letters.document import Letter
from dsr.letters.follow_up import FollowUpKind
from dsr.letters.wording import Wording
from dsr.reports.exhibits import Chosen, Private, choose, letters_sent
from dsr.tracker.events import DocumentRecord, Event, EventType
from dsr.tracker.people import CLIENT, fitting_mandate
from dsr.tracker.requests import Addressee
from dsr.tracker.state import in_order
from dsr.workflows.follow_up import (
    CaseSoFar,
    check_codes,
    correspondent_of,
    facts_of,
    narrowed,
)
from dsr.workflows.time_limit import days_of, in_one_paragraph

if TYPE_CHECKING:
    from dsr.tracker.store import Store

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


@dataclass(frozen=True, slots=True)
class Complaint:
    """A complaint as it was written, with all that proves it."""

    case: CaseSoFar
    authority: Authority
    letter: Letter
    chosen: Chosen
    wording: Wording  # in the letter's language

    @property
    def words(self) -> Table:
        """What all letters of its language share."""
        return self.wording.words

    def said(self, what: str, via: Channel | None = None) -> str:
        """What happened, in the words of the complaint's language."""
        request = self.case.request
        how = via or self.case.state.via or request.channel
        said = str({**self.words["bundle"], **self.words["events"]}.get(what, what))
        return said.format(how=self.words["via"][how.value])


def complain(
    case: CaseSoFar,
    authority: Authority,
    catalogue: Catalogue,
    templates: Templates,
    *,
    chosen: Chosen,
    outstanding: tuple[str, ...] = (),
    language: str | None = None,
) -> Complaint:
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
    spoken = templates.language_for(
        language or _language(case, authority), case.request.law, "complaint"
    )
    wording = Wording(replace(case.request, language=spoken), to, templates)
    grievance = Grievance(
        occurrences=occurrences(case),
        late=case.is_late,
        refused=refused,
        incomplete=incomplete,
        calculation=_calculation(case, wording),
        own_authority=authority in _authorities_there(case),
        complained_to_controller=complained_to_controller(case),
        enclosed=tuple(
            Proof(label=each.label, on=each.on, what=each.what, name=each.document.name)
            for each in chosen.exhibits
        ),
    )
    letter = compose_complaint(
        narrowed(case),
        to,
        facts_of(case, outstanding=outstanding),
        grievance,
        _addressee(authority),
        language=spoken,
        templates=templates,
    )
    return Complaint(case, authority, letter, chosen, wording)


def _language(case: CaseSoFar, authority: Authority) -> str:
    """The case's language, where it is official at the authority's seat, or the authority's.

    Where nobody has seen in which language the authority takes complaints, the country's first.
    """
    from babel.languages import get_official_languages

    country = authority.countries[0].partition("-")[0]
    if case.request.language in get_official_languages(country, regional=True, de_facto=True):
        return case.request.language
    first = next(iter(get_official_languages(country, de_facto=True)), FALLBACK_LANGUAGE)
    return authority.complaint_language or first


def exhibits_of(
    case: CaseSoFar,
    store: "Store",
    *,
    include: Collection[Private] = (),
    without: Collection[str] = (),
) -> Chosen:
    """The documents that go with a complaint.

    Raises NotFoundError if the case has no document of a name that is to be left out.
    """
    known = {document.name for event in case.events for document in event.documents}
    for name in without:
        if name not in known:
            raise NotFoundError(
                f"The case has no document {name!r}.{did_you_mean(get_close_matches(name, known))}",
                hint=f"See them: dsr show {case.request.reference}",
                code="unknown_document",
            )
    mandate = _mandate(case, store)
    return choose(case.events, mandate=mandate, include=include, without=without)


def _mandate(case: CaseSoFar, store: "Store") -> tuple[date, DocumentRecord] | None:
    """The signed mandate on file that covers the complaint, where an agent acts."""
    request = case.request
    person = store.person(request.data_subject.id) if request.on_behalf == CLIENT else None
    if person is None:
        return None
    rights = [right.value for right in request.rights]
    found = fitting_mandate(person.mandates, rights, request.company.slug, case.today)
    if found is None or found.document is None:
        return None
    name, size = found.name or "mandate", len(store.document(found.document))
    media_type = guess_type(name)[0] or "application/octet-stream"
    return found.given_on, DocumentRecord(name, media_type, found.document, size)


def _prepared(case: CaseSoFar) -> list[Event]:
    return [event for event in case.events if event.type is EventType.PREPARED]


def _reminded(case: CaseSoFar) -> list[date]:
    return [event.on for event in case.events if event.type is EventType.REMINDED]


def _calculation(case: CaseSoFar, wording: Wording) -> str:
    """How the day was computed: step by step in English, in other languages by its days."""
    if case.response is None:
        return ""
    if wording.request.language == FALLBACK_LANGUAGE:
        return " ".join(for_the_authority(case.response.deadline.steps))
    return in_one_paragraph(days_of(case.response, case.state, wording), wording)


def controller_first(law: str) -> str:
    """What has people complain to the company first under *law*, as cited; empty if nothing."""
    step = regime(law).steps.get(CONTROLLER_FIRST)
    return step.citation if step else ""


def complained_to_controller(case: CaseSoFar) -> date | None:
    """When a final notice went out, where the law makes that letter a complaint to the company.

    Source: as :func:`controller_first` cites it.
    """
    if not controller_first(case.request.law):
        return None
    written = [e.on for e in _prepared(case) if e.note == FollowUpKind.FINAL_NOTICE.value]
    return next((day for day in _reminded(case) if written and day >= written[0]), None)


def occurrences(case: CaseSoFar) -> tuple[Occurrence, ...]:
    """What happened, in its order, and the day on which the time for the answer ended."""
    # Notes stay out: they may say what was not meant for an authority.
    sent = letters_sent(case.events)
    found = [
        Occurrence(on=e.on, what=_what(e, sent.get(e.seq)), via=e.via, seq=e.seq)
        for e in in_order(case.events)
    ]
    if case.response and case.is_late:
        found.append(Occurrence(on=case.response.deadline.due, what="due"))
    return tuple(sorted(found, key=lambda each: each.on))


def _what(event: Event, letter: str | None) -> str:
    """What happened; of a letter that did more than remind, what it was."""
    return letter if letter in LETTERS else event.type.value


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
