"""Open a request: find the company, choose law and channel, compose the letter, keep the case."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from dsr.directory.catalogue import Catalogue
from dsr.directory.record import Grade
from dsr.errors import InvalidInputError
from dsr.law.applicability import Applicable, applicable_law, chosen_law
from dsr.law.receipt import Channel
from dsr.law.regimes import regime
from dsr.law.rights import Right, lawful_order
from dsr.letters.clauses import FALLBACK_LANGUAGE, Templates, shipped_templates
from dsr.letters.compose import check_letter_exists, compose, uses_reason
from dsr.letters.document import Demand, Letter
from dsr.letters.register_text import RegisterText
from dsr.letters.short import text_within
from dsr.letters.typesetting import PdfUnavailableError
from dsr.letters.wording import Correspondent, Precedent
from dsr.tracker.deadlines import CaseDeadline, projected
from dsr.tracker.events import Document, EventType
from dsr.tracker.journal import canonical
from dsr.tracker.people import CLIENT, DataSubject
from dsr.tracker.requests import Addressee, Request
from dsr.tracker.status import Status
from dsr.workflows.controller import towards
from dsr.workflows.letter_files import forms_of, pdf_or_reason
from dsr.workflows.mandates import with_fitting_mandate
from dsr.workflows.order import (
    MANDATE,
    Order,
    checked_identifiers,
    checked_text,
    checked_urls,
    identifiers_of_person,
    own_words,
)
from dsr.workflows.register_letter import register_lines, register_text
from dsr.workflows.situation import situation_towards

if TYPE_CHECKING:
    from dsr.directory.record import Company
    from dsr.tracker.standing import Standing
    from dsr.tracker.store import Store

_UNSEEN = (
    "Nobody has checked how to reach {}: a program collected it. Look at the company's own privacy "
    "page before you send anything."
)
_HAS_OWN_LETTER = (
    "The register has a letter of its own for {}, which may fit better, or rest on the law that "
    "binds it: see it with --register-letter --dry-run."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A request with its letter, before or after it is kept."""

    request: Request
    letter: Letter
    law_reason: str
    documents: tuple[Document, ...] = ()  # none yet in a draft
    warnings: tuple[str, ...]
    short_text: str | None = None  # for a web form that takes few characters
    other_law: str | None = None  # on which the letter rests, and which dsr does not know

    @property
    def deadline(self) -> CaseDeadline | None:
        """When an answer would be due if the letter went out on the day it was made."""
        dates = [] if self.other_law else projected(self.request, self.request.made_on)
        return next((d for d in dates if d.kind.startswith("response")), None)

    def document(self, ending: str) -> Document | None:
        """The document whose name ends so (``.pdf``), if it could be made."""
        return next((d for d in self.documents if d.name.endswith(ending)), None)


def prepare(
    order: Order,
    person: DataSubject,
    catalogue: Catalogue,
    *,
    reference: str,
    today: date,
    templates: Templates | None = None,
) -> Prepared:
    """The letter that *order* leads to, in all its forms; nothing is kept yet.

    Raises NotFoundError for an unknown company, InvalidInputError for what cannot be asked.
    """
    drafted = draft(order, person, catalogue, reference=reference, today=today, templates=templates)
    return with_documents(drafted, pdf_or_reason(drafted.letter))


def draft(
    order: Order,
    person: DataSubject,
    catalogue: Catalogue,
    *,
    reference: str,
    today: date,
    templates: Templates | None = None,
) -> Prepared:
    """The letter that *order* leads to, before it has any form.

    Raises NotFoundError for an unknown company, InvalidInputError for what cannot be asked.
    """
    templates = templates or shipped_templates()
    company = catalogue.company(order.company)
    law = _law(order, person, company)
    rights = lawful_order(list(order.rights))
    company, notices = towards(company, person, law.law, rights)
    order = with_fitting_mandate(order, person, company, rights, today)
    wanted = order.language or person.language or language_of_company(company, templates)
    theirs = None
    if order.register_letter:
        theirs = register_text(company, rights, wanted, law.law.id, catalogue)
        language = theirs.language
    else:
        check_letter_exists(law.law, rights, templates)
        sections = [right.value for right in rights]
        language = templates.language_for(wanted, law.law.id, *sections)
    request = Request(
        reference=reference,
        data_subject=person,
        company=addressee(company),
        law=law.law.id,
        rights=rights,
        language=language,
        channel=_channel(company, order.via, rights),
        made_on=today,
        reason=own_words(order, templates, language, law.law.id),
        correction=_correction(order, rights),
        **_as_ordered(order, person, templates.language_words(language, law.law.id)["babel"]),
    )
    to = _recipient(company, request, theirs)
    limit = order.most_characters
    letter = _dressed(compose(request, to, templates), request, order, templates)
    return Prepared(
        request=replace(request, demands=_codes_in(letter)),
        letter=letter,
        law_reason=_reason(law, order, person, company),
        warnings=(*notices, *_warnings(request, company, wanted, theirs, order, templates)),
        short_text=text_within(limit, request, to, templates) if limit else None,
        other_law=theirs.other_law if theirs else None,
    )


def _recipient(company: "Company", request: Request, theirs: RegisterText | None) -> Correspondent:
    """What the letter takes from the company's record, or from the register's own letter to it."""
    to = correspondent(company, request.law)
    if theirs is None:
        return to
    lines = register_lines(theirs, company, request.data_subject, request.reason)
    return replace(to, own_letter=lines, other_law=theirs.other_law)


def _as_ordered(order: Order, person: DataSubject, locale: str) -> dict[str, Any]:
    """What goes into a request just as the person ordered it, once it is checked."""
    return {
        "photo_urls": checked_urls(order.photo_urls),
        "identifiers": (
            *checked_identifiers(order.identifiers),
            *identifiers_of_person(order, person, locale),
        ),
        "about": order.about,
        "photo_enclosed": order.photo_enclosed,
        "representative": order.representative,
    }


def _codes_in(letter: Letter) -> tuple[str, ...]:
    """The codes of the demands that a letter makes."""
    return tuple(block.code for block in letter.blocks if isinstance(block, Demand))


def with_documents(drafted: Prepared, pdf: bytes | PdfUnavailableError) -> Prepared:
    """The drafted letter in all its forms, of which *pdf* is one; a warning if it is missing."""
    stem = f"{drafted.letter.reference}-{drafted.request.company.slug}"
    documents = forms_of(drafted.letter, stem, pdf, drafted.short_text)
    if isinstance(pdf, bytes):
        return replace(drafted, documents=documents)
    warnings = (*drafted.warnings, f"{pdf.sentence} {pdf.hint}")
    return replace(drafted, documents=documents, warnings=warnings)


def _dressed(letter: Letter, request: Request, order: Order, templates: Templates) -> Letter:
    """The letter with what the person wants on paper, and the request for machines."""
    paper = order.stationery
    words = templates.language_words(request.language, request.law)
    enclosures = tuple(
        replace(each, caption=str(words.get(each.caption, each.caption)))
        for each in paper.enclosures
    )
    return replace(
        letter,
        layout=paper.layout or letter.layout,
        signature_image=paper.signature,
        qr=paper.qr,
        enclosures=enclosures,
        data=_for_machines(request),
    )


def _for_machines(request: Request) -> bytes:
    """What the letter asks, as JSON: nothing that the letter itself does not say."""
    person = request.data_subject
    said = {
        "reference": request.reference,
        "made_on": request.made_on.isoformat(),
        "law": request.law,
        "rights": [right.value for right in request.rights],
        "data_subject": person.name,
        "controller": request.company.name,
        "photo_urls": list(request.photo_urls),
        "identifiers": [[each.kind, each.value] for each in request.identifiers],
    }
    return canonical(said).encode()


def _correction(order: Order, rights: tuple[Right, ...]) -> str | None:
    """What is wrong and what is right; the person's reason, where only that can be meant."""
    said = checked_text(order.correction, "correction")
    uses = {Right.OBJECTION, Right.ERASURE, Right.AUTOMATED_DECISION} & set(rights)
    if said is None and Right.RECTIFICATION in rights and not uses:
        return checked_text(order.reason, "reason")
    return said


def _warnings(
    request: Request,
    company: "Company",
    wanted: str,
    theirs: RegisterText | None,
    order: Order,
    templates: Templates,
) -> list[str]:
    short, warnings, rights = regime(request.law).short, [], request.rights
    if request.language != wanted:
        warnings.append(
            f"There is no letter in “{wanted}” under the {short} yet; it is written in "
            f"{templates.language_words(request.language)['name']}."
        )
    if theirs is None:
        used = uses_reason(request.law, rights, templates) or request.correction
        if request.reason and not used:
            warnings.append("Your reasons are left out: this letter makes no objection.")
        if Right.RECTIFICATION in rights and not request.correction:
            warnings.append("Say what is wrong and what is right: --correction TEXT.")
        if Right.OBJECTION in rights and not request.reason:
            warnings.append(
                "An objection without reasons of your own is weak (GDPR Art. 21(1)): choose some "
                "with --ground, or say them with --reason."
                if request.law in ("gdpr", "uk-gdpr")
                else "Your objection will be stronger with reasons of your own: --reason."
            )
        enclosed = {each.caption for each in order.stationery.enclosures}
        if request.on_behalf == CLIENT and MANDATE not in enclosed:
            warnings.append("Attach the signed mandate, or name it with --mandate FILE.")
        if set(rights) & set(company.letter_templates):
            warnings.append(_HAS_OWN_LETTER.format(company.name))
    if company.grade is Grade.SCRAPED:
        warnings.append(_UNSEEN.format(company.name))
    return warnings


def keep(prepared: Prepared, store: "Store", *, now: datetime, by: str = "") -> None:
    """Make the case: the request, its letter's exact bytes and the journal entry as one fact."""
    from dsr.tracker.events import EventDraft

    made_on = prepared.request.made_on
    drafted = EventDraft(type=EventType.PREPARED, on=made_on, recorded_at=now, by=by or None)
    store.open_request(prepared.request, drafted, prepared.documents)


def open_twins(store: "Store", request: Request) -> list[str]:
    """References of open requests of the same person to the same company for the same rights."""
    rights = {right.value for right in request.rights}
    return [
        standing.reference
        for standing in _earlier(store, request)
        if standing.phase is not Status.CLOSED and set(standing.rights) & rights
    ]


def _earlier(store: "Store", request: Request) -> "list[Standing]":
    return store.standings(
        request.made_on, company=request.company.slug, person=request.data_subject.id
    )


def used_up(store: "Store", request: Request) -> list[str]:
    """Sentences on rights that the person has used as often as the controller need answer."""
    counters = [c for c in regime(request.law).counters if c.right in request.rights]
    if not counters:
        return []
    sent = [
        (standing.sent_on, standing.rights)
        for standing in _earlier(store, request)
        if standing.sent_on and standing.law == request.law
    ]
    return [
        f"{request.company.name} need not answer this: you have asked for {counter.right.value} "
        f"{counter.often} in the last {counter.months} months ({counter.citation})."
        for counter in counters
        if counter.is_used_up(
            [day for day, rights in sent if counter.right.value in rights], request.made_on
        )
    ]


def correspondent(company: "Company", law: str) -> Correspondent:
    """What a letter under *law* takes from the company's record."""
    decided = [d for d in company.decisions if d.law == law]
    precedents = tuple(Precedent(d.authority, d.country, d.number, d.on) for d in decided)
    representatives = {"gdpr": company.eu_representative, "uk-gdpr": company.uk_representative}
    representative = representatives.get(law)
    return Correspondent(
        company.kind.value,
        precedents,
        known_for=company.known_for,
        # What is known only from reports is not held against the company.
        positions=tuple(each.code.value for each in company.positions if not each.reported),
        asked_proof=tuple(dict.fromkeys(d.value for each in company.proof for d in each.demands)),
        representative=representative.name if representative else None,
    )


def language_of_company(company: "Company", templates: Templates) -> str:
    """The language in which the company takes requests, or that of where it is."""
    return company.request_language or language_of_country(company.country, templates)


def language_of_country(country: str, templates: Templates) -> str:
    """The official language most spoken there, if there are letters in it, or English (CLDR)."""
    from babel.languages import get_official_languages

    official = get_official_languages(country, regional=False, de_facto=True)
    there = templates.languages()
    return official[0] if official and official[0] in there else FALLBACK_LANGUAGE


def _law(order: Order, person: DataSubject, company: "Company") -> Applicable:
    situation = situation_towards(company, person.country, person.region)
    if order.law:
        return chosen_law(regime(order.law), situation)
    return applicable_law(situation, order.rights)


def _reason(found: Applicable, order: Order, person: DataSubject, company: "Company") -> str:
    """Why the law applies, and why it reaches the company to which the letter goes."""
    seats = situation_towards(company, person.country, person.region).established_in
    if order.law or not found.law.reach or seats & found.law.residents_of:
        return found.reason
    return f"{found.reason}; {found.law.reach}"


def addressee(company: "Company") -> Addressee:
    """The company as a request keeps it."""
    mail, postal = company.request_email(), company.postal
    return Addressee(
        slug=company.slug,
        name=company.name,
        address=postal.lines if postal else (),
        address_country=postal.country if postal else None,
        email=mail.address if mail else None,
        webform=company.webforms[0].url if company.webforms else None,
        establishment=company.establishment(),
    )


def _channel(company: "Company", via: Channel | None, rights: tuple[Right, ...]) -> Channel:
    """The channel asked for, or the one that the company's record prefers for *rights*."""
    there = {
        Channel.EMAIL: company.request_email() is not None,
        Channel.WEBFORM: bool(company.webforms),
        Channel.POST: company.postal is not None,
        Channel.FAX: company.fax is not None,
    }
    usable = [channel for channel, known in there.items() if known]
    if not usable:
        raise InvalidInputError(
            f"No way to reach {company.name} is known.",
            hint=f"What can be done instead: dsr companies show {company.slug}",
            code="no_contact",
        )
    if via is None:
        preferred = (each.channel for each in company.preferred if set(rights) <= set(each.rights))
        best = next((channel for channel in preferred if channel in usable), usable[0])
        return Channel(best)
    if via not in usable:
        raise InvalidInputError(
            f"{company.name} cannot be reached by {via.value}, as far as is known.",
            hint=f"Known: {', '.join(channel.value for channel in usable)}.",
            code="channel_unknown",
        )
    return via
