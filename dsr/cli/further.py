"""Show or write a letter that comes after the request, and say what is to be done with it."""

from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from dsr.cli.output import print_json
from dsr.cli.prepared import open_file, writable
from dsr.cli.session import Session

if TYPE_CHECKING:
    from dsr.letters.document import Letter
    from dsr.tracker.events import Document
    from dsr.workflows.letter_files import WrittenAlong

WRITTEN_BEFORE = (
    "This letter was written before and is not recorded as sent: send only one of them."
)
LONGEST_STEM = 150  # characters; file systems take names of 255 bytes
Along = Callable[[Path, str, "tuple[Document, ...]"], "AbstractContextManager[WrittenAlong]"]


def _nothing_more(
    _directory: Path, _stem: str, _documents: "tuple[Document, ...]"
) -> "AbstractContextManager[WrittenAlong]":
    from dsr.workflows.letter_files import WrittenAlong

    return nullcontext(WrittenAlong())


def finish(
    session: Session,
    letter: "Letter",
    stem: str,
    options: dict[str, Any],
    *,
    keep: "Callable[[tuple[Document, ...]], None] | None",
    following: str,
    along: Along = _nothing_more,
) -> None:
    """Print the letter (dry run), or write its files and keep them, then say the next step.

    *along* writes what goes with the letter, in the directory and under the name that it is given.
    """
    from dsr.workflows.letter_files import files_written, forms_of, free_stem, pdf_or_reason

    pdf = pdf_or_reason(letter)
    if not isinstance(pdf, bytes):
        session.warn(f"{pdf.sentence} {pdf.hint}")
    dry_run = options["dry_run"]
    files: dict[str, Path] = {}
    if not dry_run or options["out"]:
        directory = writable(options["out"] or Path())
        stem = stem if dry_run else free_stem(directory, stem)
        documents = forms_of(letter, stem, pdf)
        with ExitStack() as written:
            more = written.enter_context(along(directory, stem, documents))
            files = {**written.enter_context(files_written(documents, directory)), **more.files}
            if keep and not dry_run:
                keep((*documents, *more.kept))
    if options["as_json"]:
        print_json(_as_json(letter, files, kept=keep is not None and not dry_run))
    else:
        _tell(session, letter, files, dry_run=dry_run, following=following)
    if options["open_pdf"] and isinstance(pdf, bytes):
        open_file(session, files.get("pdf"), pdf)


def letter_stem(reference: str, company: str, what: str) -> str:
    """The name of a letter's files without their ending."""
    words = what.translate(str.maketrans(":,", "--"))
    return f"{reference}-{company}-{words}"[:LONGEST_STEM].rstrip("-")


def demand_codes(typed: tuple[str, ...]) -> tuple[str, ...]:
    """Codes of demands, given one by one or with commas."""
    return tuple(code.strip().upper() for each in typed for code in each.split(",") if code.strip())


def language_named(typed: str | None) -> str | None:
    """A language as its code; raises InvalidInputError if there is none of that name."""
    from dsr.workflows.identity import checked_language

    return checked_language(typed) if typed else None


def _as_json(letter: "Letter", files: dict[str, Path], *, kept: bool) -> dict[str, Any]:
    return {
        "reference": letter.reference,
        "subject": letter.subject,
        "language": letter.language,
        "to": list(letter.recipient),
        "files": {
            **dict.fromkeys(("pdf", "eml", "txt")),
            **{name: str(path) for name, path in files.items()},
        },
        "personal_data": _personal_data(letter),
        "kept": kept,
    }


def _personal_data(letter: "Letter") -> dict[str, list[str]]:
    leaving = [
        f"name: {letter.signature}",
        *([f"e-mail: {letter.sender_email}"] if letter.sender_email else []),
        *([f"address (PDF only): {', '.join(letter.sender[1:])}"] if letter.sender[1:] else []),
        *(f"enclosure: {each.caption}" for each in letter.enclosures),
        "what the letter says of your request",
    ]
    return {letter.recipient[0]: leaving}


def _tell(
    session: Session, letter: "Letter", files: dict[str, Path], *, dry_run: bool, following: str
) -> None:
    from dsr.letters.text import full_text

    if dry_run:
        click.echo(full_text(letter), nl=False)
        session.say()
        for company, leaving in _personal_data(letter).items():
            session.say(f"These personal data would leave, to {company}:")
            for item in leaving:
                session.say(f"  · {item}")
    for path in files.values():
        click.echo(str(path))
    if dry_run:
        session.say("Dry run: nothing was recorded, nothing was sent.")
    else:
        session.say(following)
