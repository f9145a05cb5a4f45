"""The options by which a person says who they are, and the prompts for what is missing."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

from dsr.cli.session import Session

if TYPE_CHECKING:
    from dsr.tracker.people import DataSubject
    from dsr.workflows.identity import IdentityInput

F = TypeVar("F", bound=Callable[..., Any])


def identity_options(command: F) -> F:
    """``--name --email --address --country --region --language``, said of oneself."""
    return _identity_options(command, "your", "you live")


def their_identity_options(command: F) -> F:
    """The same options, said of somebody in the record."""
    return _identity_options(command, "their", "they live")


def residence_options(command: F, whose: str = "their", lives: str = "they live") -> F:
    """``--address --country --region``."""
    options = [
        click.option(
            "--address",
            metavar="LINE",
            multiple=True,
            help=f"A line of {whose} postal address; once a line.",
        ),
        click.option("--country", metavar="CC", help=f"The country {lives} in, as in DE."),
        click.option(
            "--region", metavar="SUB", help="State or province, as in CA; decides US law."
        ),
    ]
    for option in reversed(options):
        command = option(command)
    return command


def _identity_options(command: F, whose: str, lives: str) -> F:
    language = click.option(
        "--language", metavar="LL", help=f"The language of {whose} letters, as in de."
    )
    options = [
        click.option("--name", metavar="NAME", help=f"{whose.capitalize()} full name."),
        click.option("--email", metavar="ADDRESS", help="Where answers should go."),
    ]
    command = residence_options(language(command), whose, lives)
    for option in reversed(options):
        command = option(command)
    return command


def ask_identity(
    session: Session, given: "IdentityInput", known: "DataSubject | None", *, everything: bool
) -> "IdentityInput":
    """Complete what was given by what is known, and by asking where a person can be asked.

    With *everything* each question is put, with what is known as its default answer.
    """
    from dsr.law.applicability import depends_on_region
    from dsr.workflows.identity import IdentityInput

    full = given.over(known)
    if not session.interactive:
        return full

    def ask(question: str, typed: str | None, default: str | None) -> str | None:
        if typed or (default and not everything):
            return typed or default
        answer: str = click.prompt(question, default=default, err=True)
        return answer

    name = ask("Your full name", given.name, full.name)
    email = ask("Your e-mail address", given.email, full.email)
    country = ask("The country you live in (two letters)", given.country, full.country)
    region = given.region or full.region
    if country and not region and depends_on_region(country.strip().upper()):
        region = click.prompt("Your state (two letters)", err=True)
    address, language = full.address, full.language
    if everything:
        address = given.address or _ask_address(full.address)
        language = ask("The language of your letters (en, de)", given.language, language or "en")
    return IdentityInput(
        name=name, email=email, address=address, country=country, region=region, language=language
    )


def _ask_address(known: tuple[str, ...]) -> tuple[str, ...]:
    shown = ", ".join(known)
    click.echo("Your postal address, needed for letters by post; an empty line ends it.", err=True)
    lines: list[str] = []
    while True:
        default = shown if not lines and shown else ""
        line = click.prompt("  ", default=default, show_default=bool(default), err=True)
        if not line:
            return tuple(lines)
        if line == shown:
            return known
        lines.append(line)
