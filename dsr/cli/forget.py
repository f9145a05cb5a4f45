"""`dsr data forget`: remove one person, or everything, for good, and certify it."""

from itertools import chain, count
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from dsr.cli.options import FILE, json_option
from dsr.cli.output import print_json
from dsr.cli.session import Session, pass_session
from dsr.errors import ConflictError, UsageError

if TYPE_CHECKING:
    from dsr.tracker.store import Store


@click.command("forget")
@click.argument("person", metavar="[PERSON]", required=False)
@click.option("--all", "everything", is_flag=True, help="The whole record, with its key.")
@click.option("--certificate", type=FILE, metavar="FILE", help="Where the certificate goes (here).")
@click.option("--dry-run", is_flag=True, help="Say what would be removed; remove nothing.")
@json_option
@pass_session
def forget_command(
    session: Session,
    *,
    person: str | None,
    everything: bool,
    certificate: Path | None,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Remove everything of PERSON for good, or with --all the whole record.

    The journal stays whole and certifies the removal without naming anybody. Nothing brings it
    back but a backup. You get a certificate of what was removed, what dsr could not reach, and
    what the law lets you keep.

    \b
    Examples:
      dsr data forget max --dry-run
      dsr data forget max
    """
    if bool(person) == everything:
        raise UsageError("Whom? Name a PERSON, or say --all.", hint="See them: dsr people list")
    with session.store_that_is_there() as store:
        what = _what_goes(session, store, person)
    if dry_run:
        _tell_preview(session, what, as_json=as_json)
        return
    from dsr.paths import staged_private_file

    if str(certificate) == "-":
        _confirm(session, what)
        text, left = _forget(session, person)
        click.echo(text, nl=False)
        if left:
            session.warn(f"Removed, but the rest was not put under a new key. {left}")
        return
    target = certificate or _free_name(f"dsr-certificate-{session.now():%Y-%m-%d-%H%M%S}")
    if target.exists():
        raise ConflictError(f"There is a file {target} already.", code="file_exists")
    _confirm(session, what)
    # Made before anything is removed, lest the certificate could not be written afterwards.
    with staged_private_file(target, replace=False) as stream:
        text, left = _forget(session, person)
        stream.write(text.encode())
    if left:
        session.warn(f"Removed, but the rest was not put under a new key. {left}")
    if as_json:
        print_json({**what, "certificate": str(target.resolve())})
        return
    session.show(str(target.resolve()))
    session.say("Removed for good. The certificate says what, and what dsr could not reach.")


def _what_goes(session: Session, store: "Store", person: str | None) -> dict[str, Any]:
    from dsr.workflows.forgetting import kept_aside, preview

    if person is None:
        return {
            "person": None,
            "requests": len(store.standings(session.today)),
            "people": len(store.people()),
        }
    found = preview(store, person)
    place = session.place()
    return {
        "person": person,
        "requests": found.requests,
        "entries": found.entries,
        "documents": found.documents,
        "bytes": found.bytes,
        "references": list(found.references),
        "kept_aside": kept_aside(place),
    }


def _tell_preview(session: Session, what: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        print_json({**what, "dry_run": True})
        return
    session.show(_removal(what))
    session.say("Dry run: nothing was removed.")


def _removal(what: dict[str, Any]) -> str:
    if what["person"] is None:
        return (
            f"The whole record would go: {what['people']} people, {what['requests']} requests, "
            "their documents, the journal and the key; and the companies and templates that you "
            "wrote yourself."
        )
    said = (
        f"Of {what['person']!r} would go: {what['requests']} requests, {what['entries']} entries, "
        f"{what['documents']} documents ({what['bytes']} bytes)."
    )
    if not what["kept_aside"]:
        return said
    return (
        f"{said}\nSo would, whole, what the record once was, since the person is in it: "
        f"{', '.join(what['kept_aside'])}."
    )


def _confirm(session: Session, what: dict[str, Any]) -> None:
    if session.yes:
        return
    if not session.interactive:
        raise UsageError(
            "Removing for good needs your word.", hint="Look with --dry-run, then add --yes."
        )
    session.say(_removal(what))
    expected = what["person"] or "everything"
    typed = click.prompt(f"Type {expected!r} to remove it for good", default="", err=True)
    if typed.strip() != expected:
        raise click.Abort


def _forget(session: Session, person: str | None) -> tuple[str, str | None]:
    """The certificate, and what could not be done."""
    from dsr.tracker.index import RECORD, meta
    from dsr.workflows.backup import known_backups
    from dsr.workflows.forgetting import certificate, forget_everything, forget_person

    with session.store() as store:
        record, backups = meta(store.engine, RECORD) or "", known_backups(store.engine)
        if person:
            done = forget_person(store, session.place(), person, now=session.now())
        files = store.documents.large()
    if person is None:
        done = forget_everything(session.place(), backups, files)
    return certificate(done, record, now=session.now()), done.left


def _free_name(stem: str) -> Path:
    numbered = (Path(f"{stem}-{number}.txt") for number in count(2))
    return next(path for path in chain([Path(f"{stem}.txt")], numbered) if not path.exists())
