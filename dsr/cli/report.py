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
    from dsr.reports.reminder import Group, case_on, report

    with session.store_if_any() as store:
        session.known_person(store, person)
        standings = store.standings(person=person, open_only=True) if store else []
        cases = [
            case_on(s.request, store.events(s.request.reference), session.today)
            for s in standings
            if store
        ]
    made = report(cases, session.today, within)
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
    request, deadline = item.case.request, item.deadline
    return {
        "reference": request.reference,
        "company": request.company.slug,
        "person": request.data_subject.id,
        "status": item.case.status.value,
        "kind": deadline.kind if deadline else None,
        "due": deadline.deadline.due if deadline else None,
        "days_left": item.days_left,
        "overdue": item.case.status.value == "overdue",
        "next_action": str(item.case.next_step),
        "basis": deadline.deadline.basis if deadline else None,
    }


def _text(made: "Report") -> str:
    from dsr.reports.reminder import Group

    lines = []
    several = len({item.case.request.data_subject.id for item in made.items}) > 1
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
    request, deadline = item.case.request, item.deadline
    for_whom = f" (for {request.data_subject.id})" if several else ""
    head = f"  {request.company.name}: {item.rights}{for_whom}"
    if deadline is None:
        when = f"  {item.case.status.value}"
    else:
        due = deadline.deadline.due
        when = f"  {days_in_words(item.days_left)}, {due:%A} {short_date(due)}"
        when += f" ({deadline.deadline.basis})"
    step = item.case.next_step
    said = f"    {step.says}" + (":" if step.command else "")
    return [head, f"  {when}", said, *([f"      {step.command}"] if step.command else [])]
