"""`dsr companies add` and `dsr companies edit`: records of the person's own."""

from typing import Any

import click

from dsr.cli.options import complete_company, json_option
from dsr.cli.output import print_json
from dsr.cli.session import Session, pass_session
from dsr.errors import InvalidInputError, UnavailableError, UsageError


@click.command("add")
@click.option("--name", help="The full name, as on a letter.")
@click.option("--kind", metavar="KIND", help="What it does with photos, as in face-search.")
@click.option("--country", metavar="CC", help="Where it is from.")
@click.option("--website", metavar="URL", help="Its website.")
@click.option("--email", metavar="ADDRESS", help="The mailbox that takes requests.")
@click.option("--postal", metavar="LINES", help="Its address, lines separated by ;.")
@click.option("--source", metavar="URL", help="The page on which you saw this.")
@click.option("--slug", metavar="SLUG", help="Its short name (made of its name).")
@json_option
@pass_session
def add(session: Session, /, *, as_json: bool, **options: Any) -> None:
    """Write a record of your own for a company that is missing.

    What you leave out is asked. Your record lies in companies/ of dsr's home and comes before
    those that are shipped.

    \b
    Example:
      dsr companies add --name "Example Faces GmbH" --kind face-search --country DE \\
          --website https://faces.example.org --email privacy@faces.example.org \\
          --source https://faces.example.org/privacy
    """
    from dsr.workflows.authoring import NewCompany, add_company, slug_for
    from dsr.workflows.identity import checked_country

    given = _asked(session, options)
    if not (given["email"] or given["postal"]):
        raise UsageError("A company needs a way to reach it: --email or --postal.")
    new = NewCompany(
        name=given["name"],
        kind=given["kind"],
        country=checked_country(given["country"]),
        website=given["website"],
        email=given["email"],
        postal=tuple(filter(None, map(str.strip, (given["postal"] or "").split(";")))),
        source=given["source"],
    )
    slug = given["slug"] or slug_for(new.name)
    path = add_company(new, slug, session.home, today=session.today)
    if as_json:
        print_json({"slug": slug, "path": str(path)})
        return
    session.show(f"Written: {path}")
    session.say(f"Next: dsr companies show {slug}")


@click.command("edit")
@click.argument("slug", shell_complete=complete_company)
@pass_session
def edit(session: Session, /, *, slug: str) -> None:
    """Edit a record in your editor; it is checked before it counts.

    A shipped record is copied into companies/ of dsr's home first, and your copy comes before it.
    A text that does not pass is kept as a draft and opened again the next time.

    \b
    Example:
      dsr companies edit clearview
    """
    from dsr.workflows.authoring import edit_company

    path = edit_company(slug.strip().lower(), session.home, _in_editor)
    if path is None:
        session.say("Nothing was changed.")
        return
    session.show(f"Saved: {path}")
    session.say(f"Next: dsr companies check {path.stem}")


def _in_editor(text: str) -> str | None:
    try:
        return click.edit(text, extension=".toml")
    except click.ClickException as error:
        raise UnavailableError(
            f"No editor could be opened: {error.format_message().rstrip('.')}.",
            hint="Set the variable EDITOR, or edit the file yourself.",
        ) from error


def _asked(session: Session, options: dict[str, Any]) -> dict[str, Any]:
    """What was given, and the answers to what was not."""
    questions = {
        "name": "Full name of the company",
        "kind": "Kind (face-search, ai-lab, social-platform …)",
        "country": "Country (two letters)",
        "website": "Website",
        "source": "Page on which you saw its contact",
    }
    given = dict(options)
    for key, question in questions.items():
        if given[key]:
            continue
        if not session.interactive:
            raise UsageError(f"--{key} is missing.", hint="See: dsr companies add --help")
        given[key] = click.prompt(question, err=True)
    if session.interactive and not (given["email"] or given["postal"]):
        given["email"] = click.prompt("Mailbox for requests", err=True)
    if any("\n" in (value or "") for value in given.values()):
        raise InvalidInputError("A value holds a line break; each must be one line.")
    return given
