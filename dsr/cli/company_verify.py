"""`dsr companies verify`: look whether pages and mailboxes are still there."""

import sys
from collections import Counter
from typing import TYPE_CHECKING, Any

import click

from dsr.cli.options import complete_company, json_option
from dsr.cli.output import print_json
from dsr.cli.session import Session, pass_session
from dsr.errors import UsageError

if TYPE_CHECKING:
    from dsr.directory.pages import Seen
    from dsr.workflows.verifying import Thing

COLORS = {"alive": "green", "moved": "green", "changed": "yellow", "refused": "yellow"}


@click.command("verify")
@click.argument("slugs", metavar="[SLUG]...", nargs=-1, shell_complete=complete_company)
@click.option("--all", "every", is_flag=True, help="Every company of your own and shipped.")
@click.option("--again", is_flag=True, help="Look again at what was looked at today.")
@json_option
@pass_session
def verify(
    session: Session, /, *, slugs: tuple[str, ...], every: bool, again: bool, as_json: bool
) -> None:
    """Look on the web whether the pages and mailboxes of companies are still there.

    Fetches web forms, policies and terms, at most one page a second from a host, and asks the
    name servers whether mail is taken. Sends nothing about you. What was looked at today is not
    fetched again, so a run that was stopped goes on where it was.

    \b
    Examples:
      dsr companies verify clearview
      dsr companies verify --all
    """
    from dsr.directory.pages import GOOD, Pages
    from dsr.paths import make_private_directory
    from dsr.workflows.verifying import Verifier, client, looked, takes_mail, things_of

    if not slugs and not every:
        raise UsageError("Which SLUG? Name one, or all of them with --all.")
    catalogue = session.catalogue()
    companies = catalogue.companies()[0] if every else [catalogue.company(s) for s in slugs]
    things = [thing for company in companies for thing in things_of(company)]
    make_private_directory(session.home)
    found: list[tuple[Thing, Seen]] = []
    with client() as web:
        verifier = Verifier(Pages(session.home), session.today, client=web, takes_mail=takes_mail)
        looks = looked(verifier, things, again=again)
        hidden = as_json or session.quiet
        with click.progressbar(
            looks, length=len(things), label="Looking", file=sys.stderr,
            hidden=hidden,
        ) as bar:  # fmt: skip
            found.extend(bar)
    if as_json:
        print_json([_as_json(thing, seen) for thing, seen in found])
        return
    for thing, seen in found:
        _print(thing, seen)
    counts = Counter(seen.outcome in GOOD for _, seen in found)
    session.say(f"{counts[True]} of {len(found)} are there; {counts[False]} want a look.")


def _as_json(thing: "Thing", seen: "Seen") -> dict[str, Any]:
    return {
        "slug": thing.slug,
        "what": thing.what,
        "target": thing.target,
        "outcome": seen.outcome.value,
        "detail": seen.detail,
        "final_url": seen.final_url,
        "seen_on": seen.seen_on,
        "diff": list(seen.diff),
    }


def _print(thing: "Thing", seen: "Seen") -> None:
    outcome = click.style(f"{seen.outcome.value:<11}", fg=COLORS.get(seen.outcome.value, "red"))
    detail = f" ({seen.detail})" if seen.detail else ""
    click.echo(f"{outcome} {thing.slug}: {thing.what}: {thing.target}{detail}")
    for line in seen.diff:
        click.echo(f"              {line}")
