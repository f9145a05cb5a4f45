"""Open a request: find the company, choose law and channel, compose the letter, keep the case."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from dsr.directory.catalogue import Catalogue
from dsr.directory.record import Grade
from dsr.errors import InvalidInputError, did_you_mean
from dsr.law.applicability import Applicable, applicable_law, chosen_law
from dsr.law.receipt import Channel
from dsr.law.regimes import regime
from dsr.law.rights import Right, lawful_order
from dsr.letters.clauses import Templates, shipped_templates
from dsr.letters.compose import check_letter_exists, compose, uses_reason
from dsr.letters.document import Letter
from dsr.letters.email import email_bytes
from dsr.letters.pdf import PdfUnavailableError, pdf_bytes
from dsr.letters.register_text import RegisterText
from dsr.letters.text import plain_text
from dsr.letters.wording import Correspondent, Precedent
from dsr.paths import put_in_place, stage_private_file
from dsr.tracker.deadlines import CaseDeadline, projected
from dsr.tracker.events import Document, EventType
from dsr.tracker.people import DataSubject, Representative
from dsr.tracker.requests import IMAGES, Addressee, Identifier, Request
from dsr.workflows.register_letter import register_lines, register_text
from dsr.workflows.situation import situation_towards

if TYPE_CHECKING:
    from dsr.directory.record import Company
    from dsr.tracker.store import Store

LONGEST_REASON = 20_000  # characters
LONGEST_LINE = 500  # characters
MOST_PHOTOS = 200
_UNSEEN = (
    "Nobody has checked how to reach {}: a program collected it. Look at the company's own privacy "
    "page before you send anything."
)
_HAS_OWN_LETTER = (
    "The register has a letter of its own for {}, which may fit better, or rest on the law that "
    "binds it: see it with --register-letter --dry-run."
)
LANGUAGE_OF_COUNTRY = {"AT": "de", "DE": "de", "CH": "de", "LI": "de"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What the person asked for."""

    company: str
    rights: tuple[Right, ...]
    law: str | None = None
    language: str | None = None
    via: Channel | None = None
    photo_urls: tuple[str, ...] = ()
    reason: str | None = None
    register_letter: bool = False  # the letter that the register gives this company
    about: str = IMAGES
    grounds: tuple[str, ...] = ()  # words for grounds of objection that the templates have
    identifiers: tuple[Identifier, ...] = ()
    representative: Representative | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A request with its letter, before or after it is kept."""

    request: Request
    letter: Letter
    law_reason: str
    documents: tuple[Document, ...]
    warnings: tuple[str, ...]
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
    templates = templates or shipped_templates()
    company = catalogue.company(order.company)
    law = _law(order, person, company)
    rights = lawful_order(list(order.rights))
    wanted = order.language or person.language or _language_of(company)
    theirs = None
    if order.register_letter:
        theirs = register_text(company, rights, wanted, law.law.id, catalogue)
    else:
        check_letter_exists(law.law, rights, templates)
    language = theirs.language if theirs else templates.language_for(
        wanted, law.law.id, *(right.value for right in rights)
    )
    request = Request(
        reference=reference,
        data_subject=person,
        company=_addressee(company),
        law=law.law.id,
        rights=rights,
        language=language,
        channel=_channel(company, order.via, rights),
        made_on=today,
        photo_urls=_photo_urls(order.photo_urls),
        reason=_reason(_own_words(order, templates, language, law.law.id)),
        about=order.about,
        identifiers=_identifiers(order.identifiers),
        representative=order.representative,
    )
    to = correspondent(company, law.law.id)
    if theirs:
        lines = register_lines(theirs, company, person, request.reason)
        to = replace(to, own_letter=lines, other_law=theirs.other_law)
    letter = compose(request, to, templates)
    warnings = _warnings(request, company, wanted, theirs, templates)
    documents = _documents(letter, company.slug, warnings)
    return Prepared(
        request=request,
        letter=letter,
        law_reason=law.reason,
        documents=documents,
        warnings=tuple(warnings),
        other_law=theirs.other_law if theirs else None,
    )


def _warnings(
    request: Request,
    company: "Company",
    wanted: str,
    theirs: RegisterText | None,
    templates: Templates,
) -> list[str]:
    short, warnings = regime(request.law).short, []
    if request.language != wanted:
        warnings.append(
            f"There is no letter in “{wanted}” under the {short} yet; it is written in "
            f"{templates.language_words(request.language)['name']}."
        )
    if theirs is None and request.reason and not uses_reason(
        request.law, request.rights, templates
    ):
        warnings.append("Your reasons are left out: this letter makes no objection.")
    if theirs is None and set(request.rights) & set(company.letter_templates):
        warnings.append(_HAS_OWN_LETTER.format(company.name))
    if company.grade is Grade.SCRAPED:
        warnings.append(_UNSEEN.format(company.name))
    return warnings


def keep(prepared: Prepared, store: "Store", *, now: datetime) -> None:
    """Make the case: the request, its letter's exact bytes and the journal entry as one fact."""
    from dsr.tracker.store import EventDraft

    draft = EventDraft(type=EventType.PREPARED, on=prepared.request.made_on, recorded_at=now)
    store.open_request(prepared.request, draft, list(prepared.documents))


@contextmanager
def files_written(prepared: Prepared, directory: Path) -> Iterator[dict[str, Path]]:
    """Write the letter's files into *directory*; by ending, where each will lie.

    They get their names only after what happens inside, the keeping of the case, has succeeded:
    no letter lies about that nobody tracks.  Raises UnavailableError if the directory cannot be
    written.
    """
    staged: dict[Path, Path] = {}
    try:
        for document in prepared.documents:
            path = directory / document.name
            staged[path] = stage_private_file(path, document.content)
        yield {path.suffix.removeprefix("."): path.resolve() for path in staged}
        put_in_place(staged)
    finally:
        for part in staged.values():
            part.unlink(missing_ok=True)


def open_twins(store: "Store", request: Request) -> list[str]:
    """References of open requests of the same person to the same company for the same rights."""
    person, company = request.data_subject.id, request.company.slug
    standings = store.standings(company=company, person=person, open_only=True)
    return [s.request.reference for s in standings if set(s.request.rights) & set(request.rights)]


def used_up(store: "Store", request: Request) -> list[str]:
    """Sentences on rights that the person has used as often as the controller need answer."""
    counters = [c for c in regime(request.law).counters if c.right in request.rights]
    if not counters:
        return []
    person, company = request.data_subject.id, request.company.slug
    sent = [
        (standing.sent_on, standing.request.rights)
        for standing in store.standings(company=company, person=person)
        if standing.sent_on and standing.request.law == request.law
    ]
    return [
        f"{request.company.name} need not answer this: you have asked for {counter.right.value} "
        f"{counter.often} in the last {counter.months} months ({counter.citation})."
        for counter in counters
        if counter.is_used_up(
            [day for day, rights in sent if counter.right in rights], request.made_on
        )
    ]


def correspondent(company: "Company", law: str) -> Correspondent:
    """What a letter under *law* takes from the company's record."""
    decided = [d for d in company.decisions if d.law == law]
    precedents = tuple(Precedent(d.authority, d.country, d.number, d.on) for d in decided)
    return Correspondent(company.kind.value, precedents)


def _law(order: Order, person: DataSubject, company: "Company") -> Applicable:
    situation = situation_towards(company, person.country, person.region)
    if order.law:
        return chosen_law(regime(order.law), situation)
    found = applicable_law(situation, order.rights)
    if found.law.reach and not situation.established_in & found.law.residents_of:
        return replace(found, reason=f"{found.reason}; {found.law.reach}")
    return found


def _language_of(company: "Company") -> str:
    return LANGUAGE_OF_COUNTRY.get(company.country, "en")


def _addressee(company: "Company") -> Addressee:
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


def _documents(letter: Letter, slug: str, warnings: list[str]) -> tuple[Document, ...]:
    stem = f"{letter.reference}-{slug}"
    documents = []
    try:
        documents.append(Document(f"{stem}.pdf", "application/pdf", pdf_bytes(letter)))
    except PdfUnavailableError as error:
        warnings.append(f"{error.sentence} {error.hint}")
    documents.append(Document(f"{stem}.eml", "message/rfc822", email_bytes(letter)))
    documents.append(Document(f"{stem}.txt", "text/plain", plain_text(letter).encode()))
    return tuple(documents)


def _photo_urls(urls: tuple[str, ...]) -> tuple[str, ...]:
    if len(urls) > MOST_PHOTOS:
        raise InvalidInputError(f"A letter can name at most {MOST_PHOTOS} photos.")
    for place, url in enumerate(urls, start=1):
        if not _is_web_address(url):
            raise InvalidInputError(
                f"Photo {place} is not a web address.",
                hint="Give the address of the picture, starting with https://",
                code="bad_url",
            )
    return urls


def _is_web_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    plain = url.isprintable() and " " not in url
    return plain and parts.scheme in ("http", "https") and bool(parts.hostname)


def _own_words(order: Order, templates: Templates, language: str, law: str) -> str | None:
    """The grounds that were chosen, in the letter's language, and the person's own after them."""
    if not order.grounds:
        return order.reason
    known = offered_grounds(templates, language, law)
    for word in order.grounds:
        if word not in known:
            raise InvalidInputError(
                f"There is no ground called {word!r}.{did_you_mean(get_close_matches(word, known))}",
                hint=f"Grounds: {', '.join(known)}. Say your own with --reason.",
                code="unknown_ground",
            )
    return "\n\n".join([*(known[word] for word in order.grounds), *filter(None, [order.reason])])


def offered_grounds(templates: Templates, language: str, law: str) -> dict[str, str]:
    """Grounds of objection to choose from, by word; empty where the law knows no objection."""
    if not templates.has_section(law, Right.OBJECTION.value, language):
        return {}
    table = templates.clauses(language, law, Right.OBJECTION.value)
    return {word: " ".join(text.split()) for word, text in table.get("reasons", {}).items()}


def _identifiers(given: tuple[Identifier, ...]) -> tuple[Identifier, ...]:
    if len(given) > MOST_PHOTOS:
        raise InvalidInputError(f"A letter can name at most {MOST_PHOTOS} identifiers.")
    for each in given:
        if not each.value.strip() or not each.value.isprintable() or len(each.value) > LONGEST_LINE:
            raise InvalidInputError(
                f"An identifier ({each.kind}) is not one line of text of at most "
                f"{LONGEST_LINE} characters.",
                code="bad_identifier",
            )
    return given


def _reason(text: str | None) -> str | None:
    if text is None or not text.strip():
        return None
    if len(text) > LONGEST_REASON:
        raise InvalidInputError(
            f"The reason is longer than {LONGEST_REASON} characters.", code="long_reason"
        )
    if any(not c.isprintable() and c not in "\n\r\t" for c in text):
        raise InvalidInputError(
            "The reason holds characters that cannot be printed.", code="bad_reason"
        )
    return text.strip()
