"""`dsr templates`: the words of letters, and your own in their place."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from dsr.cli.options import json_option
from dsr.cli.output import print_json, table
from dsr.cli.session import Session, pass_session
from dsr.errors import BadFileError, ConflictError, NotFoundError, did_you_mean


@click.group("templates")
def templates_command() -> None:
    """See the words of letters, put your own in their place, and check them."""


@templates_command.command("list")
@click.option("--language", metavar="LL", help="Only those of this language.")
@json_option
@pass_session
def list_command(session: Session, *, language: str | None, as_json: bool) -> None:
    """List the templates and where each comes from."""
    from dsr.letters.lint import file_names

    templates = session.templates()
    names = [
        name
        for name in file_names(templates)
        if language is None or name.partition("/")[0] == language
    ]
    rows = [(name, _origin(templates, name)) for name in names]
    if as_json:
        print_json([{"name": name, "origin": origin} for name, origin in rows])
        return
    table(session, ("Template", "From"), rows)


@templates_command.command("show")
@click.argument("name", metavar="NAME")
@pass_session
def show_command(session: Session, *, name: str) -> None:
    """Print a template, as en/gdpr/erasure; your own if there is one."""
    path = _path(session.templates(), name)
    try:
        click.echo(path.read_text("utf-8"), nl=False)
    except UnicodeDecodeError as error:
        raise BadFileError(f"The template {path} is not text in UTF-8.") from error


@templates_command.command("eject")
@click.argument("name", metavar="NAME")
@pass_session
def eject_command(session: Session, *, name: str) -> None:
    """Copy a template into dsr's home, where you can change it.

    What you leave out of your copy keeps coming from the one that is shipped, and what you change
    there applies to your letters at once. Delete your copy to be rid of it.
    """
    from dsr.paths import make_private_directory, write_private_file

    templates = session.templates()
    source = _path(templates, name)
    own = session.home / "templates" / _file(name)
    if own.exists():
        raise ConflictError(
            f"You have a copy already, {own.name}.",
            hint=f"It lies in {own}",
            code="already_ejected",
        )
    for directory in reversed(own.relative_to(session.home).parents):
        make_private_directory(session.home / directory)
    write_private_file(own, source.read_bytes())
    click.echo(str(own))
    session.say("Next: edit it, then: dsr templates check")


@templates_command.command("check")
@json_option
@pass_session
def check_command(session: Session, *, as_json: bool) -> None:
    """Look for what is wrong in all templates, your own included.

    Finds values that letters do not have, demands that are missing or that no letter makes, texts
    that do not parse, and leftovers such as [NAME] or TODO.
    """
    from dsr.letters.lint import flaws, own_files
    from dsr.letters.wording import KNOWN_VALUES

    templates = session.templates()
    found = list(flaws(templates, KNOWN_VALUES))
    if as_json:
        print_json([{"template": f.template, "entry": f.entry, "what": f.what} for f in found])
    else:
        for flaw in found:
            where = f"{flaw.template}, {flaw.entry}" if flaw.entry else flaw.template
            click.echo(f"{where}: {flaw.what}")
    own = len(own_files(templates))
    if found:
        raise BadFileError(
            f"{len(found)} {'thing is' if len(found) == 1 else 'things are'} wrong in the "
            "templates.",
            hint=f"Your own lie in {session.home / 'templates'}." if own else None,
            code="bad_template",
        )
    session.say(f"Nothing wrong. {own} {'file' if own == 1 else 'files'} of your own.")


def _origin(templates: Any, name: str) -> str:
    own = templates.own / _file(name) if templates.own else None
    if own and own.is_file():
        return "your own"
    return "shipped"


def _file(name: str) -> str:
    return name if Path(name).suffix in (".css", ".j2") else f"{name}.toml"


def _path(templates: Any, name: str) -> Path:
    from dsr.letters.lint import file_names

    plain = name.removesuffix(".toml")
    names: Sequence[str] = file_names(templates)
    if plain not in names:
        from difflib import get_close_matches

        near = get_close_matches(plain, names, n=2, cutoff=0.6)
        raise NotFoundError(
            f"There is no template {name!r}.{did_you_mean(near)}",
            hint="See them all: dsr templates list",
            code="unknown_template",
        )
    roots: Sequence[Path] = templates.roots
    found = [root / _file(plain) for root in roots if (root / _file(plain)).is_file()]
    return found[-1]
