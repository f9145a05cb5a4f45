"""`dsr report`: the deadline reminder report."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from dsr.cli.dates import Dates, dates_of
from dsr.cli.options import json_option, person_option
from dsr.cli.output import print_json
from dsr.cli.session import Session, pass_session
from dsr.errors import ExitStatus, UsageError

FORMS = ("text", "json")
PLACE = click.Path(path_type=Path)

if TYPE_CHECKING:
    from dsr.reports.reminder import Item, Report


@click.command("report")
@click.option("--format", "form", type=click.Choice(FORMS), default="text",
              show_default=True, help="How to print it.")  # fmt: skip
@click.option("--within", type=click.IntRange(0, 3660), default=7, show_default=True,
              metavar="DAYS", help="What counts as due soon.")  # fmt: skip
@person_option("Only requests of this person; of everyone, if left out.")
@click.option("--out", type=PLACE, metavar="FILE",
              help="Write the report to a file; - is stdout. --write: a directory.")  # fmt: skip
@click.option("--check", is_flag=True, help="Leave with status 8 if something is overdue.")
@click.option("--write", is_flag=True,
              help="Write all letters that are due, for you to read; nothing is sent.")  # fmt: skip
@click.option("--dry-run", is_flag=True, help="--write: only say which letters those are.")
@json_option
@pass_session
def report_command(session: Session, /, **options: Any) -> int:
    """Report what is due, what is late and what to do next, each with its reason.

    \b
    Examples:
      dsr report
      dsr report --check --quiet || echo "Something is overdue"
      dsr report --write --out ./letters
    """
    from dsr.reports.reminder import Group, report
    from dsr.tracker.index import OPEN

    _check_options(options)
    person = options["person"]
    with session.store_if_any() as store:
        session.known_person(store, person)
        found = store.standings(session.today, statuses=OPEN, person=person) if store else []
        dates = dates_of(session, store, person)
        made = report(found, session.today, options["within"])
        if options["write"]:
            from dsr.cli.due_letters import write_due_letters

            write_due_letters(session, store, made, options)
        else:
            _deliver(session, made, dates, options)
    late = made.count(Group.OVERDUE)
    return ExitStatus.OVERDUE if options["check"] and late else ExitStatus.DONE


def _check_options(options: dict[str, Any]) -> None:
    if options["dry_run"] and not options["write"]:
        raise UsageError("--dry-run belongs to --write: a report records and sends nothing.")
    if options["write"] and (options["form"] != "text" or options["check"]):
        raise UsageError("--write makes letters, and no report: leave --format and --check out.")
    out = options["out"]
    if out and not options["write"] and out.is_dir():
        raise UsageError(f"{out} is a directory.", hint="Name the file: --out report.txt")


def _deliver(session: Session, made: "Report", dates: Dates, options: dict[str, Any]) -> None:
    from dsr.cli.report_text import report_text

    as_json = options["as_json"] or options["form"] == "json"
    out: Path | None = options["out"]
    if out and str(out) != "-":
        from dsr.paths import write_private_file

        text = _json_text(made) if as_json else f"{click.unstyle(report_text(made, dates))}\n"
        write_private_file(out, text.encode())
        session.say(f"Wrote {out.resolve()}.")
    elif as_json:
        print_json(report_as_json(made))
    elif not made.items:
        session.say("Nothing is open. Write a request: dsr request clearview --type erasure")
    else:
        session.show(report_text(made, dates))


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
