"""The card of a company: who they are, what they do with photos, how to reach them."""

import textwrap
from typing import TYPE_CHECKING, Any

import click

from dsr.directory.controllers import for_whom

if TYPE_CHECKING:
    from dsr.directory.record import Company, Sourced

_WIDTH = 96  # columns
_GRADES = {
    "tested": "requests to this contact were tried",
    "verified": "somebody looked this contact up",
    "imported": "taken over from another list",
    "scraped": "collected by a program; nobody has looked at it",
}

_POSITIONS = {
    "links-only": "it holds no image files, only links to them or records of them",
    "trains-by-default": "its AI learns from people's content until they switch that off or object",
    "legitimate-interest": "it names legitimate interests as the ground for scraping or training",
    "publicly-available": "it takes images or data that are publicly available on the Internet",
    "sells-images": "it sells or licenses images or data about people",
    "licence-in-terms": "its terms give it a licence to users' content, for development too",
    "future-only": "an opt-out or removal does not reach models already trained",
    "own-copies-only": "it removes only from copies that it controls",
    "form-only": "requests are to go through its form, portal or account",
    "processor": "for some of the images it says that it only serves its customers",
    "name-alone": "a name or caption without a picture is no personal data",
    "account-needed": "it can find people only by their account",
}


def card(company: "Company") -> str:
    """The page about *company*, each fact with the number of its source."""
    numbers = {key: place for place, key in enumerate(company.sources, start=1)}
    lines = [
        click.style(company.name, bold=True),
        "; ".join(filter(None, (_what(company), company.website))),
    ]
    if company.aliases:
        lines.append(f"Also known as: {', '.join(company.aliases)}")
    if company.services:
        lines.extend(textwrap.wrap(f"Runs: {', '.join(company.services)}", _WIDTH))
    if company.known_for:
        lines.extend(textwrap.wrap(f"Known for: {', '.join(company.known_for)}", _WIDTH))
    if company.grade:
        lines.append(f"Grade: {company.grade.value} ({_GRADES[company.grade.value]})")
    for title, entries in _sections(company):
        if entries:
            lines.extend(["", click.style(title, bold=True)])
            lines.extend(_entry(text, fact, numbers) for text, fact in entries)
    lines.extend(["", click.style("Sources", bold=True)])
    for key, source in company.sources.items():
        parts = [source.title, source.url, source.date or "date not known", source.evidence.value,
                 source.note]  # fmt: skip
        lines.append(f"  [{numbers[key]}] {'; '.join(part for part in parts if part)}")
    lines.append(f"\nRecord checked on {company.checked_on.isoformat()}.")
    return "\n".join(lines)


def _entry(text: str, fact: "Sourced", numbers: dict[str, int]) -> str:
    cited = ", ".join(str(numbers[key]) for key in fact.sources)
    return textwrap.fill(
        f"{text} [{cited}]", _WIDTH, initial_indent="  · ", subsequent_indent="    "
    )


def _sections(company: "Company") -> list[tuple[str, list[tuple[str, "Sourced"]]]]:
    return [
        ("What they do with photos", [(f.says, f) for f in company.images]),
        ("Datasets and models", [(f.says, f) for f in company.datasets]),
        ("Whom they share with", [(f.says, f) for f in company.shares_with]),
        ("How to reach them", _contacts(company)),
        ("Where another company answers", [(_other(c), c) for c in company.controller_for]),
        ("What they ask of you", [(_proof(p), p) for p in company.proof]),
        ("What you can do yourself", [(_step(s), s) for s in company.self_service]),
        ("What their terms say", [(f"{t.document}: {t.says}", t) for t in company.terms]),
        ("Positions they take", [(_position(p), p) for p in company.positions]),
        ("Laws they say they honour", [(f.says, f) for f in company.laws]),
        ("Decisions about them", [(_decision(d), d) for d in company.decisions]),
        ("Beware", [(f.says, f) for f in company.warnings]),
        ("Remarks of the register", [(f.says, f) for f in company.remarks]),
    ]


def _what(company: "Company") -> str:
    kind = "a company" if company.kind.value == "other" else company.kind.value
    return f"{kind}, {company.role}, {company.country}"


def _contacts(company: "Company") -> list[tuple[str, "Sourced"]]:
    entries: list[tuple[str, Sourced]] = []
    if company.no_contact:
        entries.append((company.no_contact.says, company.no_contact))
    for best in company.preferred:
        rights = "any request" if len(best.rights) > 3 else ", ".join(best.rights)  # noqa: PLR2004
        entries.append((f"Best for {rights}: by {best.channel}. {best.says}", best))
    for mail in company.email:
        tail = "" if mail.use else " (not for requests)"
        entries.append((f"E-mail: {mail.address}, {mail.purpose}{tail}", mail))
    if company.dpo_email:
        mail = company.dpo_email
        entries.append((f"Data protection officer: {mail.address}", mail))
    entries.extend((f"Web form: {form.url}, {form.purpose}", form) for form in company.webforms)
    if company.postal:
        lines = ", ".join([*company.postal.lines, company.postal.country])
        entries.append((f"Post: {company.name}, {lines}", company.postal))
    return [*entries, *_further_contacts(company)]


def _further_contacts(company: "Company") -> list[tuple[str, "Sourced"]]:
    entries: list[tuple[str, Sourced]] = []
    for other in company.other_addresses:
        lines = ", ".join([*other.lines, other.country])
        entries.append((f"Post ({other.purpose}): {lines}", other))
    for title, number in (("Phone", company.phone), ("Fax", company.fax)):
        if number:
            entries.append((f"{title}: {number.number}", number))
    for title, representative in (
        ("Representative in the EU", company.eu_representative),
        ("Representative in the UK", company.uk_representative),
    ):
        if representative:
            lines = ", ".join([*representative.lines, representative.country])
            mail_part = f"; {representative.email}" if representative.email else ""
            entries.append((f"{title}: {representative.name}, {lines}{mail_part}", representative))
    return entries


def _other(controller: Any) -> str:
    parts = [*controller.lines, *([controller.country] if controller.country else [])]
    matter = f", for {controller.only_for}" if controller.only_for else ""
    record = f" (see {controller.slug})" if controller.slug else ""
    return f"For {for_whom(controller)}{matter}: {', '.join([controller.name, *parts])}{record}"


def _decision(decision: Any) -> str:
    parts = [f"{decision.authority} ({decision.country})", decision.number, str(decision.on)]
    return f"{decision.law}: {', '.join(part for part in parts if part)}"


def _proof(proof: Any) -> str:
    verdict = " You need not give it." if proof.excessive else ""
    return f"{proof.asks}.{verdict}" + (f" {proof.answer}" if proof.answer else "")


def _position(position: Any) -> str:
    reported = " (as reported)" if position.reported else ""
    return f"{position.code.value}: {_POSITIONS[position.code.value]}{reported}"


def _step(step: Any) -> str:
    parts = [
        f"{step.title}: {step.path}.",
        step.effect,
        f"Not covered: {step.does_not_cover.rstrip('.')}." if step.does_not_cover else "",
        f"For: {step.for_whom}." if step.for_whom else "",
        "The use goes on until you switch it off." if step.used_unless_you_act else "",
        f"Not confirmed by the source: {', '.join(step.unverified)}." if step.unverified else "",
        step.url or "",
    ]
    return " ".join(part for part in parts if part)
