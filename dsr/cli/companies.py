"""`dsr companies`: look up companies and how to reach them."""

from typing import TYPE_CHECKING, Any

import click

from dsr.cli.options import json_option
from dsr.cli.output import print_json, table
from dsr.cli.session import Session, pass_session

if TYPE_CHECKING:
    from dsr.directory.record import Company, Sourced
    from dsr.errors import BadFileError


@click.group("companies")
def companies_command() -> None:
    """Look up companies: what they do with photos and how to reach them."""


@companies_command.command("list")
@click.option("--kind", metavar="KIND", help="Only companies of this kind, as in face-search.")
@json_option
@pass_session
def list_companies(session: Session, *, kind: str | None, as_json: bool) -> None:
    """List every company in the directory.

    \b
    Example:
      dsr companies list --kind face-search
    """
    companies, broken = session.catalogue().companies()
    chosen = [company for company in companies if kind is None or company.kind == kind]
    if kind and not chosen:
        from dsr.errors import UsageError

        kinds = sorted({company.kind.value for company in companies})
        raise UsageError(f"There is no company of kind {kind!r}; kinds: {', '.join(kinds)}.")
    if as_json:
        print_json([{"slug": c.slug, "name": c.name, "kind": c.kind.value} for c in chosen], broken)
        return
    table(session, ["Slug", "Name", "Kind"], [[c.slug, c.name, c.kind.value] for c in chosen])
    _warn(session, broken)


@companies_command.command("search")
@click.argument("text", nargs=-1, required=True)
@json_option
@pass_session
def search_companies(session: Session, *, text: tuple[str, ...], as_json: bool) -> None:
    """Find companies by name, service, web or e-mail address; typing errors are forgiven.

    \b
    Examples:
      dsr companies search face
      dsr companies search https://www.clearview.ai/privacy-policy
    """
    from dsr.directory.search import search

    companies, broken = session.catalogue().companies()
    hits = search(companies, " ".join(text))
    if as_json:
        print_json(
            [
                {
                    "slug": hit.company.slug,
                    "name": hit.company.name,
                    "kind": hit.company.kind.value,
                    "score": hit.score,
                }
                for hit in hits
            ],
            broken,
        )
        return
    _warn(session, broken)
    if not hits:
        session.say("No company fits. See them all: dsr companies list")
        return
    rows = [[hit.company.slug, hit.company.name, hit.company.kind.value] for hit in hits]
    table(session, ["Slug", "Name", "Kind"], rows)
    session.say(f"Next: dsr companies show {hits[0].company.slug}")


@companies_command.command("show")
@click.argument("slug")
@click.option("--origin", is_flag=True, help="Say only from which layer the record comes.")
@json_option
@pass_session
def show_company(session: Session, *, slug: str, origin: bool, as_json: bool) -> None:
    """Show what is known of a company, each fact with its source and date.

    \b
    Example:
      dsr companies show clearview
    """
    catalogue = session.catalogue()
    company = catalogue.company(slug)
    if origin:
        where = catalogue.origin(company.slug)
        print_json({"slug": company.slug, "origin": where}) if as_json else click.echo(where)
    elif as_json:
        print_json({**company.model_dump(mode="json"), "origin": catalogue.origin(company.slug)})
    else:
        session.show(_card(company))
        session.say(f"\nNext: dsr request {company.slug} --type access")


def _card(company: "Company") -> str:
    numbers = {key: place for place, key in enumerate(company.sources, start=1)}
    lines = [
        click.style(company.name, bold=True),
        f"{company.kind.value}, {company.role}, {company.country}; {company.website}",
    ]
    if company.aliases:
        lines.append(f"Also known as: {', '.join(company.aliases)}")
    for title, entries in _sections(company):
        if entries:
            lines.extend(["", click.style(title, bold=True)])
            lines.extend(_entry(text, fact, numbers) for text, fact in entries)
    lines.extend(["", click.style("Sources", bold=True)])
    for key, source in company.sources.items():
        parts = [source.title, source.url, source.date or "date not known", source.evidence.value]
        lines.append(f"  [{numbers[key]}] {'; '.join(part for part in parts if part)}")
    lines.append(f"\nRecord checked on {company.checked_on.isoformat()}.")
    return "\n".join(lines)


def _entry(text: str, fact: "Sourced", numbers: dict[str, int]) -> str:
    import textwrap

    cited = ", ".join(str(numbers[key]) for key in fact.sources)
    return textwrap.fill(f"{text} [{cited}]", 96, initial_indent="  · ", subsequent_indent="    ")


def _sections(company: "Company") -> list[tuple[str, list[tuple[str, "Sourced"]]]]:
    return [
        ("What they do with photos", [(f.says, f) for f in company.images]),
        ("How to reach them", _contacts(company)),
        ("What they ask of you", [(_proof(p), p) for p in company.proof]),
        ("What you can do yourself", [(_step(s), s) for s in company.self_service]),
        ("What their terms say", [(f"{t.document}: {t.says}", t) for t in company.terms]),
        ("Laws they say they honour", [(f.says, f) for f in company.laws]),
        ("Decisions about them", [(_decision(d), d) for d in company.decisions]),
        ("Beware", [(f.says, f) for f in company.warnings]),
    ]


def _contacts(company: "Company") -> list[tuple[str, "Sourced"]]:
    entries: list[tuple[str, Sourced]] = []
    for mail in company.email:
        tail = "" if mail.use else " (do not use: superseded or bouncing)"
        entries.append((f"E-mail: {mail.address}, {mail.purpose}{tail}", mail))
    if company.dpo_email:
        mail = company.dpo_email
        entries.append((f"Data protection officer: {mail.address}", mail))
    entries.extend((f"Web form: {form.url}, {form.purpose}", form) for form in company.webforms)
    if company.postal:
        lines = ", ".join([*company.postal.lines, company.postal.country])
        entries.append((f"Post: {company.name}, {lines}", company.postal))
    for title, representative in (
        ("Representative in the EU", company.eu_representative),
        ("Representative in the UK", company.uk_representative),
    ):
        if representative:
            lines = ", ".join([*representative.lines, representative.country])
            mail_part = f"; {representative.email}" if representative.email else ""
            entries.append((f"{title}: {representative.name}, {lines}{mail_part}", representative))
    return entries


def _decision(decision: Any) -> str:
    parts = [f"{decision.authority} ({decision.country})", decision.number, str(decision.on)]
    return f"{decision.law}: {', '.join(part for part in parts if part)}"


def _proof(proof: Any) -> str:
    verdict = " You need not give it." if proof.excessive else ""
    return f"{proof.asks}.{verdict}" + (f" {proof.answer}" if proof.answer else "")


def _step(step: Any) -> str:
    parts = [
        f"{step.title}: {step.path}.",
        step.effect,
        f"Not covered: {step.does_not_cover}" if step.does_not_cover else "",
        f"For: {step.for_whom}." if step.for_whom else "",
        step.url or "",
    ]
    return " ".join(part for part in parts if part)


def _warn(session: Session, broken: "list[BadFileError]") -> None:
    for error in broken:
        session.warn(error.sentence)
