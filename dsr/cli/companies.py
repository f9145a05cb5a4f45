"""`dsr companies`: look up companies and how to reach them."""

from typing import TYPE_CHECKING

import click

from dsr.cli.company_card import card
from dsr.cli.company_care import check, import_companies
from dsr.cli.company_files import add, edit
from dsr.cli.company_verify import verify
from dsr.cli.options import complete_company, json_option
from dsr.cli.output import print_json, table
from dsr.cli.session import Session, pass_session
from dsr.errors import UsageError

if TYPE_CHECKING:
    from dsr.directory.names import Known
    from dsr.errors import BadFileError


@click.group("companies")
def companies_command() -> None:
    """Look up companies: what they do with photos and how to reach them."""


companies_command.add_command(add)
companies_command.add_command(edit)
companies_command.add_command(check)
companies_command.add_command(verify)
companies_command.add_command(import_companies)


@companies_command.command("list")
@click.option("--kind", metavar="KIND", help="Only companies of this kind, as in face-search.")
@click.option("--country", metavar="CC", help="Only companies in this country.")
@json_option
@pass_session
def list_companies(
    session: Session, *, kind: str | None, country: str | None, as_json: bool
) -> None:
    """List every company in the directory.

    \b
    Example:
      dsr companies list --kind face-search
    """
    catalogue = session.catalogue()
    chosen, broken = _chosen(catalogue.known(), kind, country), catalogue.broken()
    if as_json:
        print_json([{"slug": c.slug, "name": c.name, "kind": c.kind} for c in chosen], broken)
        return
    table(session, ["Slug", "Name", "Kind"], [[c.slug, c.name, c.kind] for c in chosen])
    _warn(session, broken)


@companies_command.command("search")
@click.argument("text", nargs=-1, required=True)
@click.option("--kind", metavar="KIND", help="Only companies of this kind, as in face-search.")
@click.option("--country", metavar="CC", help="Only companies in this country.")
@json_option
@pass_session
def search_companies(
    session: Session,
    *,
    text: tuple[str, ...],
    kind: str | None,
    country: str | None,
    as_json: bool,
) -> None:
    """Find companies by name, service, web or e-mail address; typing errors are forgiven.

    \b
    Examples:
      dsr companies search face
      dsr companies search https://www.clearview.ai/privacy-policy
    """
    from dsr.directory.search import search

    catalogue = session.catalogue()
    hits = search(_chosen(catalogue.known(), kind, country), " ".join(text))
    broken = catalogue.broken()
    if as_json:
        print_json(
            [
                {
                    "slug": hit.company.slug,
                    "name": hit.company.name,
                    "kind": hit.company.kind,
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
    rows = [[hit.company.slug, hit.company.name, hit.company.kind] for hit in hits]
    table(session, ["Slug", "Name", "Kind"], rows)
    session.say(f"Next: dsr companies show {hits[0].company.slug}")


@companies_command.command("show")
@click.argument("slug", shell_complete=complete_company)
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
        session.show(card(company))
        session.say(f"\nNext: dsr request {company.slug} --type access")


@companies_command.command("packs")
@json_option
@pass_session
def list_packs(session: Session, *, as_json: bool) -> None:
    """List the packs: sets of companies to write to together.

    \b
    Examples:
      dsr companies packs
      dsr request --pack face-search --type erasure
    """
    from dsr.directory.packs import packs

    found = packs(session.home)
    if as_json:
        print_json(
            [
                {"pack": p.name, "title": p.title, "says": p.says, "companies": list(p.companies),
                 "origin": p.layer}
                for p in found
            ]
        )  # fmt: skip
        return
    table(session, ["Pack", ">Companies", "What"],
          [[p.name, str(len(p.companies)), p.title] for p in found])  # fmt: skip
    session.say("Next: dsr request --pack PACK --type access")


def _chosen(known: "list[Known]", kind: str | None, country: str | None) -> "list[Known]":
    """Those of this kind and country; an error if none is, so that no typing error goes unseen."""
    chosen = [c for c in known if kind is None or c.kind == kind]
    if kind and not chosen:
        kinds = sorted({company.kind for company in known})
        raise UsageError(f"There is no company of kind {kind!r}; kinds: {', '.join(kinds)}.")
    wanted = country.strip().upper() if country else None
    here = [c for c in chosen if wanted is None or c.country == wanted]
    if wanted and not here:
        countries = sorted({company.country for company in chosen})
        raise UsageError(
            f"There is no such company in {wanted!r}; countries: {', '.join(countries)}."
        )
    return here


def _warn(session: Session, broken: "list[BadFileError]") -> None:
    for error in broken:
        session.warn(error.sentence)
