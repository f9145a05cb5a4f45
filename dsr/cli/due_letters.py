"""`dsr report --write`: the letters that are due, written in one go for the person to look over."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from dsr.cli.further import letter_stem
from dsr.cli.output import print_json, table
from dsr.cli.prepared import writable
from dsr.cli.session import Session
from dsr.errors import DsrError, PartialBatchError

if TYPE_CHECKING:
    from dsr.reports.reminder import Report
    from dsr.tracker.store import Store
    from dsr.workflows.due_letters import Printed

Row = dict[str, Any]


def write_due_letters(
    session: Session, store: "Store | None", made: "Report", options: dict[str, Any]
) -> None:
    """Write and keep the letter of each case whose next step is one, or say which those are.

    Raises PartialBatchError if some could not be written, once all others are.
    """
    references = [item.case.reference for item in made.items if item.wants_letter]
    complaints = [item for item in made.items if item.wants_complaint]
    rows: list[Row] = []
    failed: list[DsrError] = []
    if store and references:
        _write_each(session, store, references, options, rows, failed)
    if not (failed and options["as_json"]):  # the failure brings its own envelope
        _tell(session, rows, options)
        _tell_of_unsent(session, made)
    if complaints:
        session.say("A complaint is written by itself, since you choose what goes with it:")
        for item in complaints:
            session.say(f"  {item.next_step.command}")
    if failed:
        raise PartialBatchError(
            f"{len(failed)} of {len(references)} letters could not be written.",
            data=rows,
            causes=failed,
        )


def _write_each(
    session: Session,
    store: "Store",
    references: list[str],
    options: dict[str, Any],
    rows: list[Row],
    failed: list[DsrError],
) -> None:
    from dsr.workflows.due_letters import Failed, due_letters

    directory = writable(options["out"] or Path())
    found = due_letters(store, references, session.catalogue(), session.templates(), session.today)
    with session.progress() as told:
        for number, each in enumerate(found, start=1):
            try:
                if isinstance(each, Failed):
                    raise each.error
                rows.append(_kept(session, store, each, directory, dry_run=options["dry_run"]))
            except DsrError as error:
                failed.append(error)
                session.warn(f"{references[number - 1]}: {error.sentence}")
            told("Letters", number, len(references))


def _kept(
    session: Session, store: "Store", printed: "Printed", directory: Path, *, dry_run: bool
) -> Row:
    from dsr.workflows.follow_up import keep_letter
    from dsr.workflows.letter_files import files_written, forms_of, free_stem

    due = printed.due
    request, what = due.case.request, due.wanted.kept_as
    row = {
        "reference": request.reference,
        "company": request.company.slug,
        "person": request.data_subject.id,
        "letter": what,
        "subject": due.letter.subject,
        "files": dict.fromkeys(("pdf", "eml", "txt")),
    }
    if dry_run:
        return row
    stem = free_stem(directory, letter_stem(request.reference, request.company.slug, what))
    documents = forms_of(due.letter, stem, printed.pdf)
    with files_written(documents, directory) as files:
        keep_letter(store, due.case, documents, due.wanted, now=session.now(), by=session.by)
    return {
        **row,
        "files": {end: str(files[end]) if end in files else None for end in row["files"]},
    }


def _tell_of_unsent(session: Session, made: "Report") -> None:
    """Say how many letters were written before, since those are not written anew."""
    unsent = sum(item.waits_to_be_sent for item in made.items)
    which = "1 letter that was written before waits"
    if unsent > 1:
        which = f"{unsent} letters that were written before wait"
    if unsent:
        session.say(f"{which} to be sent; see which: dsr report")


def _tell(session: Session, rows: list[Row], options: dict[str, Any]) -> None:
    if options["as_json"]:
        print_json(rows)
        return
    if not rows:
        session.say("No letter is due.")
        return
    table(
        session,
        ("Reference", "Company", "Letter", "Subject"),
        [[row[name] for name in ("reference", "company", "letter", "subject")] for row in rows],
    )
    for row in rows:
        for path in filter(None, row["files"].values()):
            click.echo(path)
    if options["dry_run"]:
        session.say("Dry run: nothing was written, nothing was recorded.")
        return
    session.say("Nothing was sent. Read each letter, send it, and say so:")
    for row in rows:
        session.say(f"  dsr record {row['reference']} reminded")
