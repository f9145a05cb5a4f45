"""`dsr report`: the deadline reminder report."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from dsr.cli.options import FILE, json_option, person_option
from dsr.cli.output import days_in_words, print_json, short_date
from dsr.cli.session import Session, pass_session
from dsr.errors import ExitStatus

if TYPE_CHECKING:
    from dsr.reports.reminder import Item, Report

COLORS = {"Overdue": "red", "Due soon": "yellow", "Needs you": "cyan", "Waiting": None}


@click.command("report")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text",
              show_default=True, help="How to print it.")  # fmt: skip
@click.option("--within", type=click.IntRange(0, 3660), default=7, show_default=True,
              metavar="DAYS", help="What counts as due soon.")  # fmt: skip
@person_option("Only requests of this person; of everyone, if left out.")
@click.option("--out", type=FILE, metavar="FILE", help="Write the report to a file; - is stdout.")
@click.option("--check", is_flag=True, help="Leave with status 8 if something is overdue.")
@json_option
@pass_session
def report_command(
    session: Session,
    *,
    form: str,
    within: int,
    person: str | None,
    out: Path | None,
    check: bool,
    as_json: bool,
) -> int:
    """Report what is due, what is late and what to do next, each with its reason.

    \b
    Examples:
      dsr report
      dsr report --check --quiet || echo "Something is overdue"
    """
    from dsr.reports.reminder import Group, report
    from dsr.tracker.index import OPEN

    with session.store_if_any() as store:
        session.known_person(store, person)
        found = store.standings(session.today, statuses=OPEN, person=person) if store else []
    made = report(found, session.today, within)
    _deliver(session, made, as_json=as_json or form == "json", out=out)
    late = made.count(Group.OVERDUE)
    return ExitStatus.OVERDUE if check and late else ExitStatus.DONE


def _deliver(session: Session, made: "Report", *, as_json: bool, out: Path | None) -> None:
    if out and str(out) != "-":
        from dsr.paths import write_private_file

        text = _json_text(made) if as_json else click.unstyle(_text(made))
        write_private_file(out, text.encode())
        session.say(f"Wrote {out.resolve()}.")
    elif as_json:
        print_json(report_as_json(made))
    elif not made.items:
        session.say("Nothing is open. Write a request: dsr request clearview --type erasure")
    else:
        click.echo(_text(made), color=session.colored(sys.stdout.isatty()))


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
        "basis": case.basis if item.due else None,
    }


def _text(made: "Report") -> str:
    from dsr.reports.reminder import Group

    lines = []
    several = len({item.case.person for item in made.items}) > 1
    for group in Group:
        items = [item for item in made.items if item.group is group]
        if not items:
            continue
        lines.append(
            click.style(f"{group.value} ({len(items)})", fg=COLORS[group.value], bold=True)
        )
        for item in items:
            lines.extend(_lines(item, several=several))
        lines.append("")
    return "\n".join(lines).rstrip("\n")


def _lines(item: "Item", *, several: bool) -> list[str]:
    for_whom = f" (for {item.case.person})" if several else ""
    head = f"  {item.case.company_name}: {item.rights}{for_whom}"
    if item.due is None:
        when = f"  {item.status.value}"
    else:
        when = f"  {days_in_words(item.days_left)}, {item.due:%A} {short_date(item.due)}"
        when += f" ({item.case.basis})"
    step = item.next_step
    said = f"    {step.says}" + (":" if step.command else "")
    return [head, f"  {when}", said, *([f"      {step.command}"] if step.command else [])]
