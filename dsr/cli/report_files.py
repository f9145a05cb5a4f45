"""The deadline reminder report in each of its forms, printed or written to a file."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from dsr.cli.dates import Dates
from dsr.cli.output import print_json
from dsr.cli.session import Session
from dsr.errors import UsageError

if TYPE_CHECKING:
    from dsr.reports.reminder import Item, Report
    from dsr.tracker.people import Person

FORMS = ("text", "html", "pdf", "ics", "csv", "json")
ENDINGS = {
    "txt": "text",
    "html": "html",
    "htm": "html",
    "pdf": "pdf",
    "ics": "ics",
    "csv": "csv",
    "json": "json",
}


def deliver(
    session: Session, made: "Report", person: "Person | None", options: dict[str, Any]
) -> None:
    """Print the report in its form, or write it to a file whole or not at all."""
    form, out = form_of(options), options["out"]
    if form == "text" and not made.items and not out:
        session.say("Nothing is open. Write a request: dsr request clearview --type erasure")
        return
    dates = Dates(person.subject.country if person else None)
    if form == "json" and not out:
        print_json(report_as_json(made))
    elif form == "text" and not out:
        session.show(text_of(made, dates))
    else:
        write(session, _content(made, form, dates, options["person"]), out)


def write(session: Session, content: bytes, out: Path | None) -> None:
    """Write to a file, or to stdout where that is no terminal that bytes could upset."""
    if out and str(out) != "-":
        from dsr.paths import write_private_file

        write_private_file(out, content)
        session.say(f"Wrote {out.resolve()}.")
        return
    if content.startswith(b"%PDF") and sys.stdout.isatty():
        raise UsageError("A PDF cannot be shown here.", hint="Name a file: --out report.pdf")
    # The bytes themselves, whatever the encoding of the terminal: each form says which it has.
    binary = content.startswith(b"%PDF") or hasattr(sys.stdout, "buffer")
    click.echo(content if binary else content.decode(), nl=False)


def _content(made: "Report", form: str, dates: Dates, person: str | None) -> bytes:
    """The report as a file."""
    if form == "json":
        return _json_text(made).encode()
    if form == "csv":
        from dsr.reports.spreadsheet import csv_text

        return csv_text(made).encode()
    if form in ("html", "pdf"):
        from dsr.reports.sheet import A4, LETTER, html, pdf

        paper = LETTER if dates.month_first else A4
        page = html(made, dates.long, whose=person, paper=paper)
        return page.encode() if form == "html" else pdf(page)
    return f"{click.unstyle(text_of(made, dates))}\n".encode()


def text_of(made: "Report", dates: Dates) -> str:
    """The report for a terminal."""
    from dsr.cli.report_text import report_text

    return report_text(made, dates)


def form_of(options: dict[str, Any]) -> str:
    """The form that was named, or that the ending of the file names, or else text."""
    if options["as_json"]:
        return "json"
    ending = options["out"].suffix.removeprefix(".").lower() if options["out"] else ""
    return options["form"] or ENDINGS.get(ending, "text")


def report_as_json(made: "Report") -> dict[str, Any]:
    """What scripts get of a report."""
    from dsr.reports.reminder import Group

    return {
        "as_of": made.as_of,
        "items": [_item(item) for item in made.items],
        "totals": {
            "open": len(made.items),
            "overdue": made.count(Group.OVERDUE),
            "due_soon": made.count(Group.DUE_SOON),
        },
    }


def _json_text(made: "Report") -> str:
    import json

    envelope = {"version": 1, "data": report_as_json(made), "errors": []}
    return json.dumps(envelope, ensure_ascii=False, indent=2, default=str) + "\n"


def _item(item: "Item") -> dict[str, Any]:
    case = item.case
    return {
        "reference": case.reference,
        "company": case.company,
        "person": case.person,
        "status": item.status.value,
        "kind": item.kind,
        "due": item.due,
        "days_left": item.days_left,
        "overdue": item.status.value == "overdue",
        "next_action": str(item.next_step),
        "basis": item.basis,
    }
