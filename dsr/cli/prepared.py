"""Tell what a new request came to: the files, the deadline with its reason, the next step."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from dsr.cli.output import short_date
from dsr.cli.session import Session
from dsr.errors import UnavailableError, UsageError

if TYPE_CHECKING:
    from dsr.workflows.request import Prepared


def writable(directory: Path) -> Path:
    """The directory, made if need be; raises UnavailableError before anything is kept."""
    try:
        directory.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UnavailableError(
            f"{directory} cannot be made: {(error.strerror or 'error').lower()}.",
            hint="Name another directory with --out DIR.",
            code="out_not_writable",
        ) from error
    if not os.access(directory, os.W_OK):
        raise UnavailableError(
            f"{directory.resolve()} cannot be written.",
            hint="Name another directory with --out DIR.",
            code="out_not_writable",
        )
    return directory


def as_json(prepared: "Prepared", files: dict[str, Path], *, kept: bool) -> dict[str, Any]:
    """What scripts get."""
    request, deadline = prepared.request, prepared.deadline
    data = {
        "reference": request.reference,
        "company": request.company.slug,
        "law": request.law,
        "rights": [right.value for right in request.rights],
        "language": request.language,
        "channel": request.channel.value,
        "status": "ready" if kept else "draft",
        "files": {ending: _path(files, ending) for ending in ("pdf", "eml", "txt")},
        "deadline": deadline
        and {
            "due": deadline.deadline.due,
            "due_lenient": deadline.deadline.due_lenient,
            "basis": deadline.deadline.basis,
            "explanation": f"If it is sent today: {deadline.explanation}",
        },
    }
    return data if kept else {**data, "personal_data": personal_data(prepared)}


def personal_data(prepared: "Prepared") -> dict[str, list[str]]:
    """Exactly which personal data would leave, and to whom."""
    request, paper = prepared.request, prepared.letter
    person, sender = request.data_subject, request.sender
    leaving = [
        f"name: {person.name}",
        *([f"name of who acts for them: {sender.name}"] if request.representative else []),
        *([f"e-mail: {sender.email}"] if sender.email else []),
        *([f"address (PDF only): {', '.join(sender.address)}"] if sender.address else []),
        f"residence: {person.residence}",
        *(f"photo: {url}" for url in request.photo_urls),
        *(f"{each.kind}: {each.value}" for each in request.identifiers),
        *(["your reasons for objecting"] if request.reason else []),
        *(["what you say is wrong and right"] if request.correction else []),
        *(["your signature (PDF only)"] if paper.signature_image else []),
        *(f"ENCLOSED: {each.caption}" for each in paper.enclosures),
    ]
    return {request.company.name: leaving}


def tell(session: Session, prepared: "Prepared", files: dict[str, Path], *, kept: bool) -> None:
    """Print the letter (dry run) or where it lies, then the deadline and the next step."""
    request = prepared.request
    if not kept:
        _preview(session, prepared)
    for ending, what in _uses(prepared).items():
        if ending in files:
            click.echo(str(files[ending]))
            session.say(f"    {what}")
    if not kept:
        session.say("Dry run: nothing was recorded, nothing was sent.")
        return
    session.say()
    session.say(click.style(f"{request.reference}  {request.company.name}", bold=True))
    session.say(f"Law: {prepared.law_reason}.")
    _say_deadline(session, prepared)
    session.say(f"Next: {_how_to_send(prepared)}; then: dsr record {request.reference} sent")


def _uses(prepared: "Prepared") -> dict[str, str]:
    """What each file is for, given how the company can be reached."""
    company = prepared.request.company
    return {
        "pdf": "for post" if company.address else "to keep; no postal address is known",
        "eml": "for e-mail" if company.email else "as an e-mail; no address is known",
        "txt": "for a web form",
    }


def _preview(session: Session, prepared: "Prepared") -> None:
    from dsr.letters.text import full_text

    click.echo(prepared.short_text or full_text(prepared.letter), nl=False)
    session.say()
    for company, leaving in personal_data(prepared).items():
        session.say(f"These personal data would leave, to {company}:")
        for item in leaving:
            session.say(f"  · {item}")


def _say_deadline(session: Session, prepared: "Prepared") -> None:
    projected = prepared.deadline
    if projected is None:
        session.say("This law sets no time for an answer.")
        return
    deadline = projected.deadline
    due = click.style(f"{deadline.due:%A} {short_date(deadline.due)}", bold=True)
    session.say(f"If you send it today, they must answer by {due}:")
    for step in deadline.steps:
        session.say(f"  · {step}")


def _how_to_send(prepared: "Prepared") -> str:
    company = prepared.request.company
    match prepared.request.channel.value:
        case "email":
            return f"open the .eml file and send it to {company.email}"
        case "webform":
            return f"paste the .txt file into {company.webform}"
        case "fax":
            return "print, sign and fax the .pdf file"
        case _:
            apart = [one.caption for one in prepared.letter.enclosures if not one.is_picture]
            with_it = f" with what it encloses ({', '.join(apart)})" if apart else ""
            return f"print, sign and post the .pdf file{with_it}"


def _path(files: dict[str, Path], ending: str) -> str | None:
    return str(files[ending]) if ending in files else None


def open_file(session: Session, path: Path | None, content: bytes) -> None:
    """Show a PDF in the program for it: the file that was written, or a copy for as long as needed.

    Raises UsageError where nobody is there to say when the copy may go.
    """
    if path:
        _launch(session, path)
        return
    if not session.interactive:
        raise UsageError("--open needs a file to show.", hint="Say where it may lie: --out DIR.")
    from tempfile import TemporaryDirectory

    with TemporaryDirectory(prefix="dsr-") as directory:
        copy = Path(directory) / "letter.pdf"
        copy.write_bytes(content)
        _launch(session, copy)
        click.prompt(
            "Press Enter when you have seen it; the copy is deleted then",
            default="", show_default=False, prompt_suffix="", err=True,
        )  # fmt: skip


def _launch(session: Session, path: Path) -> None:
    if click.launch(str(path)) != 0:
        session.warn(f"No program here shows PDF files; open it yourself: {path}")
