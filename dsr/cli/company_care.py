"""`dsr companies check` and `dsr companies import`: keep the directory sound and full."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from dsr.cli.options import complete_company, json_option
from dsr.cli.output import print_json
from dsr.cli.session import Session, pass_session
from dsr.errors import BadFileError, ExitStatus, PartialBatchError

if TYPE_CHECKING:
    from dsr.workflows.importing import Imported

SHOWN = 10  # lines of a long report


@click.command("check")
@click.argument("slugs", metavar="[SLUG]...", nargs=-1, shell_complete=complete_company)
@json_option
@pass_session
def check(session: Session, /, *, slugs: tuple[str, ...], as_json: bool) -> ExitStatus:
    """Check company records: addresses, sources, names, dates. Without SLUG, all files.

    Leaves with status 4 if something must be mended. Looks at nothing but the files; imported
    records are checked when they are imported.

    \b
    Examples:
      dsr companies check
      dsr companies check my-company
    """
    from dsr.directory.lint import lint

    catalogue = session.catalogue()
    good, bad = catalogue.companies()
    chosen = {catalogue.company(slug).slug for slug in slugs}
    found = [f for f in lint(good, today=session.today) if not slugs or f.slug in chosen]
    errors = [f for f in found if f.is_error]
    bad = [] if slugs else bad
    if as_json:
        print_json([{"slug": f.slug, "says": f.says, "error": f.is_error} for f in found], bad)
    else:
        for error in bad:
            click.echo(f"{click.style('✗', fg='red')} {error.sentence}")
        for finding in found:
            mark = click.style("✗", fg="red") if finding.is_error else "!"
            click.echo(f"{mark} {finding.slug}: {finding.says}.")
        count = len(chosen) if slugs else len(good) + len(bad)
        session.say(f"{count} records checked, {len(errors) + len(bad)} to mend.")
    if errors or bad:
        return ExitStatus.INVALID
    return ExitStatus.DONE


@click.command("import")
@click.argument("path", type=click.Path(path_type=Path))
@json_option
@pass_session
def import_companies(session: Session, /, *, path: Path, as_json: bool) -> None:
    """Import the Datenanfragen.de directory from PATH: a checkout or an archive of it.

    Nothing is downloaded: get https://github.com/datenanfragen/data yourself. Importing again
    replaces what was imported before, all of it or nothing.

    \b
    Example:
      dsr companies import data-main.zip
    """
    from dsr.paths import make_private_directory
    from dsr.workflows.importing import import_register

    make_private_directory(session.home)
    came = import_register(path, session.home, today=session.today)
    data = _as_json(came)
    if came.broken:
        raise PartialBatchError(
            f"{len(came.broken)} files could not be read; the rest is in: {came.broken[0]}",
            data=data,
            causes=[BadFileError(sentence) for sentence in came.broken],
        )
    if as_json:
        print_json(data)
        return
    _tell(session, came)
    session.say("Next: dsr companies search TEXT")


def _as_json(came: "Imported") -> dict[str, Any]:
    changes = came.difference
    return {
        "companies": came.companies,
        "new": changes.new,
        "changed": changes.changed,
        "same": changes.same,
        "gone": changes.gone,
        "obsolete": came.obsolete,
        "packs": came.packs,
        "authorities": came.authorities,
        "templates": came.templates,
        "repaired": list(came.repaired),
        "broken": list(came.broken),
    }


def _tell(session: Session, came: "Imported") -> None:
    changes = came.difference
    session.show(
        f"{came.companies} companies: {changes.new} new, {changes.changed} changed, "
        f"{changes.same} as before, {changes.gone} gone."
    )
    session.show(
        f"{came.obsolete} given up, {came.packs} packs, {came.authorities} authorities, "
        f"{came.templates} letter templates."
    )
    _list(session, "Repaired", came.repaired)


def _list(session: Session, title: str, sentences: tuple[str, ...]) -> None:
    if sentences:
        session.show(f"{title}:")
    for sentence in sentences[:SHOWN]:
        session.show(f"  · {sentence}")
    if len(sentences) > SHOWN:
        session.show(f"  … and {len(sentences) - SHOWN} more (see them with --json)")
