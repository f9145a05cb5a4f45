"""`dsr data`: back the record up, take it out, bring it in, or be rid of it."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from dsr.cli.backup import backup_command, restore_command
from dsr.cli.forget import forget_command
from dsr.cli.options import json_option
from dsr.cli.output import print_json
from dsr.cli.session import Session, pass_session
from dsr.errors import PartialBatchError, UsageError

if TYPE_CHECKING:
    from dsr.workflows.importing_cases import Imported

ANY_PATH = click.Path(path_type=Path)


@click.group("data")
def data_command() -> None:
    """Back the record up, take it out, bring it in, or be rid of it."""


for _command in (backup_command, restore_command, forget_command):
    data_command.add_command(_command)


@data_command.command("location")
@json_option
@pass_session
def location_command(session: Session, *, as_json: bool) -> None:
    """Say where the record lies, and what lies beside it."""
    from dsr.workflows.opening import LOCK, STORE

    place = session.place()
    found = {
        "home": str(place.home.resolve()),
        "record": "the database of DSR_DATABASE_URL"
        if place.database_url
        else str((place.home / STORE).resolve()),
        "lock": None if place.database_url else str((place.home / LOCK).resolve()),
        "files": str(place.files.resolve()),
    }
    if as_json:
        print_json(found)
        return
    for name, where in found.items():
        if where:
            session.show(f"{name + ':':<9}{where}")


@data_command.command("export")
@click.argument("target", metavar="PATH", type=ANY_PATH)
@click.option("--for", "person", metavar="PERSON", help="Only what concerns this person.")
@click.option("--seal", is_flag=True, help="With a signature that anybody can check.")
@json_option
@pass_session
def export_command(
    session: Session, *, target: Path, person: str | None, seal: bool, as_json: bool
) -> None:
    """Take everything out, into the new directory PATH, or an archive if PATH ends in .zip.

    JSON with its schema, tables, and every letter and answer as a file. Nothing in it is
    encrypted, and nothing needs dsr to be read.

    \b
    Examples:
      dsr data export ./record
      dsr data export for-the-lawyer.zip --for me --seal
    """
    from dsr.workflows.checking import signing_key, verify_or_refuse
    from dsr.workflows.exporting import export_record

    with session.store_that_is_there() as store:
        if person:
            session.person(store, person)
        key = None
        if seal:
            verify_or_refuse(store)
            key = signing_key(store)
        with session.progress() as told:
            done = export_record(
                store, target, person, session.today, now=session.now(), key=key, told=told
            )
    counts = {name: getattr(done, name) for name in ("people", "requests", "events", "documents")}
    if as_json:
        print_json({"path": str(target.resolve()), **counts})
        return
    session.show(str(target.resolve()))
    session.say("Exported: " + ", ".join(f"{n} {name}" for name, n in counts.items()) + ".")
    session.warn("Nothing in it is encrypted: keep it as you would keep the letters.")


@data_command.command("import")
@click.argument("source", metavar="PATH", type=ANY_PATH)
@click.option("--for", "person", metavar="PERSON",
              help="Whose cases they are, if the file is another tool's.")  # fmt: skip
@click.option("--dry-run", is_flag=True, help="Say what would be taken in; keep nothing.")
@json_option
@pass_session
def import_command(
    session: Session, *, source: Path, person: str | None, dry_run: bool, as_json: bool
) -> None:
    """Take in cases: an export of dsr, the CSV of Datenanfragen.de, or the history of eraser.

    What is here already is not added again, so that it is safe to repeat. Nothing is sent.

    \b
    Examples:
      dsr data import ./record
      dsr data import requests.csv --dry-run
    """
    from dsr.workflows.importing_cases import cases_in, import_export, is_export

    if is_export(source):
        if dry_run:
            _preview_export(session, source, as_json=as_json)
            return
        cases_in(source)  # what is no export makes no record
        with session.store() as store, session.progress() as told:
            done = import_export(store, source, now=session.now(), by=session.by, told=told)
    else:
        done = _import_foreign(session, source, person, dry_run=dry_run)
    _tell_import(session, done, dry_run=dry_run, as_json=as_json)


def _preview_export(session: Session, source: Path, *, as_json: bool) -> None:
    from dsr.workflows.importing_cases import cases_in

    found = cases_in(source)
    if as_json:
        print_json({"cases": dict.fromkeys(found), "people": [], "dry_run": True})
        return
    session.say(f"{_cases(len(found))} would be taken in, as far as not here already.")
    for reference in found:
        session.show(reference)


def _import_foreign(
    session: Session, source: Path, person_id: str | None, *, dry_run: bool
) -> "Imported":
    from dsr.errors import BadFileError
    from dsr.workflows.foreign import read_foreign
    from dsr.workflows.importing_foreign import import_foreign, would_import

    found = read_foreign(source, today=session.today)
    if found is None:
        raise BadFileError(
            f"{source} is nothing that dsr can take in.",
            hint="It knows its own exports, the CSV of Datenanfragen.de and eraser's history.",
            code="unknown_format",
        )
    with session.store_if_any() as store:
        person = session.person(store, person_id)
    if person is None:
        raise UsageError("Whose cases are they? Say first who you are.", hint="dsr init")
    if dry_run:
        return would_import(found, person.subject, session.catalogue(), now=session.now())
    with session.store() as store:
        return import_foreign(
            store, found, person.subject, session.catalogue(), now=session.now(), by=session.by
        )


def _cases(count: int) -> str:
    return f"{count} case{'' if count == 1 else 's'}"


def _tell_import(session: Session, done: "Imported", *, dry_run: bool, as_json: bool) -> None:
    data = {
        "cases": {reference: became.value for reference, became in done.cases.items()},
        "people": done.people,
        "dry_run": dry_run,
    }
    for problem in done.problems:
        session.warn(problem.sentence)
    if not as_json:
        for reference, became in done.cases.items():
            session.show(f"{reference}  {became.value}")
        taken = sum(became.value != "same" for became in done.cases.values())
        same = len(done.cases) - taken
        would = "would be taken in" if dry_run else "taken in"
        session.say(f"{_cases(taken)} {would}, {same} here already.")
        session.say("Next: dsr list")
    if done.problems:
        raise PartialBatchError(
            f"{len(done.problems)} could not be taken in.", data=data, causes=done.problems
        )
    if as_json:
        print_json(data)
