"""`dsr report`: the deadline reminder report."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from dsr.cli.dates import Dates, dates_of
from dsr.cli.options import json_option, person_option
from dsr.cli.output import print_json
from dsr.cli.session import Session, pass_session
from dsr.errors import ExitStatus, UsageError

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
PLACE = click.Path(path_type=Path)

if TYPE_CHECKING:
    from dsr.reports.reminder import Item, Report
    from dsr.tracker.people import Person
    from dsr.tracker.store import Store


@click.command("report")
@click.option("--format", "form", type=click.Choice(FORMS),
              help="How to print it; by the ending of --out, or text.")  # fmt: skip
@click.option("--within", type=click.IntRange(0, 3660), default=7, show_default=True,
              metavar="DAYS", help="What counts as due soon.")  # fmt: skip
@person_option("Only requests of this person; of everyone, if left out.")
@click.option("--out", type=PLACE, metavar="FILE",
              help="Write the report to a file; - is stdout. --write: a directory.")  # fmt: skip
@click.option("--check", is_flag=True, help="Leave with status 8 if something is overdue.")
@click.option("--write", is_flag=True,
              help="Write all letters that are due, for you to read; nothing is sent.")  # fmt: skip
@click.option("--stats", is_flag=True,
              help="How companies answer: rates, days, lateness, by company and law.")  # fmt: skip
@click.option("--least", type=click.IntRange(1, 1000), metavar="N",
              help="--stats: fewer requests make no group (5 in csv, json; else 1).")  # fmt: skip
@click.option("--dry-run", is_flag=True, help="--write: only say which letters those are.")
@json_option
@pass_session
def report_command(session: Session, /, **options: Any) -> int:
    """Report what is due, what is late and what to do next, each with its reason.

    \b
    Examples:
      dsr report
      dsr report --check --quiet || echo "Something is overdue"
      dsr report --out due.html
      dsr report --stats
      dsr report --write --out ./letters
    """
    from dsr.reports.reminder import Group, report
    from dsr.tracker.index import OPEN

    _check_options(options)
    person = options["person"]
    with session.store_if_any() as store:
        session.known_person(store, person)
        if options["stats"]:
            _statistics(session, store, options)
            return ExitStatus.DONE
        if _form(options) == "ics":
            from dsr.cli.calendar import calendar

            write(session, calendar(session, store, person, options["out"]), options["out"])
            return ExitStatus.DONE
        found = store.standings(session.today, statuses=OPEN, person=person) if store else []
        made = report(found, session.today, options["within"])
        if options["write"]:
            from dsr.cli.due_letters import write_due_letters

            write_due_letters(session, store, made, options)
        else:
            _deliver(session, made, session.person(store, person), options)
    late = made.count(Group.OVERDUE)
    return ExitStatus.OVERDUE if options["check"] and late else ExitStatus.DONE


def _statistics(session: Session, store: "Store | None", options: dict[str, Any]) -> None:
    from dsr.cli import statistics

    person, form, out = options["person"], _form(options), options["out"]
    least = statistics.least_of(form, options["least"])
    made = statistics.statistics_of(session, store, person, least)
    if form == "text" and out:
        raise UsageError(
            "The figures go to a file as html, pdf, csv or json.", hint="--out figures.html"
        )
    if form in ("text", "json") and not out:
        statistics.print_statistics(session, made, form, least)
        return
    dates = dates_of(session, store, person)
    write(session, statistics.content_of(made, form, dates, least), out)


def _check_options(options: dict[str, Any]) -> None:
    if options["dry_run"] and not options["write"]:
        raise UsageError("--dry-run belongs to --write: a report records and sends nothing.")
    if options["least"] and not options["stats"]:
        raise UsageError("--least belongs to --stats.")
    if options["stats"] and (options["write"] or options["check"] or _form(options) == "ics"):
        raise UsageError("--stats looks back: leave --write, --check and ics out.")
    if options["write"] and (options["form"] or options["check"]):
        raise UsageError("--write makes letters, and no report: leave --format and --check out.")
    out = options["out"]
    if out and not options["write"] and out.is_dir():
        raise UsageError(f"{out} is a directory.", hint="Name the file: --out report.txt")


def _deliver(
    session: Session, made: "Report", person: "Person | None", options: dict[str, Any]
) -> None:
    """Print the report in its form, or write it to a file whole or not at all."""
    form, out = _form(options), options["out"]
    if form == "text" and not made.items and not out:
        session.say("Nothing is open. Write a request: dsr request clearview --type erasure")
        return
    dates = Dates(person.subject.country if person else None)
    if form == "json" and not out:
        print_json(report_as_json(made))
    elif form == "text" and not out:
        session.show(_text(made, dates))
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
    click.echo(content if content.startswith(b"%PDF") else content.decode(), nl=False)


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
    return f"{click.unstyle(_text(made, dates))}\n".encode()


def _text(made: "Report", dates: Dates) -> str:
    from dsr.cli.report_text import report_text

    return report_text(made, dates)


def _form(options: dict[str, Any]) -> str:
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
