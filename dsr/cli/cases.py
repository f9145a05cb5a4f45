"""`dsr list` and `dsr show`: the requests and where they stand."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from dsr.cli.options import DIRECTORY, json_option, person_option
from dsr.cli.output import days_in_words, print_json, short_date, table
from dsr.cli.session import Session, pass_session

if TYPE_CHECKING:
    from dsr.reports.reminder import CaseOnDay
    from dsr.tracker.events import Event
    from dsr.tracker.store import Standing, Store

STATUSES = (
    "draft",
    "ready",
    "waiting",
    "action-needed",
    "overdue",
    "answered",
    "escalated",
    "closed",
)


@click.command("list")
@click.option(
    "--status", "statuses", type=click.Choice(STATUSES), multiple=True, help="Only these."
)
@click.option("--company", metavar="SLUG", help="Only requests to this company.")
@person_option("Only requests of this person; of everyone, if left out.")
@json_option
@pass_session
def list_command(
    session: Session,
    *,
    statuses: tuple[str, ...],
    company: str | None,
    person: str | None,
    as_json: bool,
) -> None:
    """List your requests, those due first at the top.

    \b
    Example:
      dsr list --status overdue
    """
    from dsr.tracker.status import status_on

    if company:
        company = session.catalogue().company(company).slug
    with session.store_if_any() as store:
        session.known_person(store, person)
        standings = store.standings(company=company, person=person) if store else []
    rows = [
        (standing, status_on(session.today, standing.phase, standing.due_lenient).value)
        for standing in standings
    ]
    rows = [(standing, status) for standing, status in rows if not statuses or status in statuses]
    if as_json:
        print_json([_listed(session, standing, status) for standing, status in rows])
    elif not rows:
        session.say("No requests. Write one: dsr request clearview --type erasure")
    else:
        _print_list(session, rows)


@click.command("show")
@click.argument("reference", metavar="REF")
@person_option("Only if it is a request of this person.")
@click.option("--out", type=DIRECTORY, metavar="DIR", help="Write the case's documents there.")
@json_option
@pass_session
def show_command(
    session: Session, *, reference: str, person: str | None, out: Path | None, as_json: bool
) -> None:
    """Show the request REF: what happened, what is due and why, and the next step.

    \b
    Example:
      dsr show DSR-7K3F-9QX2 --out ./case
    """
    from dsr.reports.reminder import case_on

    with session.store_of(reference, person) as store:
        request = store.request(reference)
        case = case_on(request, store.events(request.reference), session.today)
        written = _write_documents(store, case, out) if out else []
    if as_json:
        print_json(case_as_json(case))
        return
    _print_case(session, case)
    for path in written:
        click.echo(str(path))


def case_as_json(case: "CaseOnDay") -> dict[str, Any]:
    """What scripts get of one case."""
    request = case.request
    return {
        "reference": request.reference,
        "company": request.company.slug,
        "person": request.data_subject.id,
        "law": request.law,
        "rights": [right.value for right in request.rights],
        "language": request.language,
        "status": case.status.value,
        "events": [event.as_json() for event in case.events],
        "deadlines": [
            {
                "kind": d.kind,
                "due": d.deadline.due,
                "due_lenient": d.deadline.due_lenient,
                "basis": d.deadline.basis,
                "explanation": d.explanation,
                "met": d.met,
            }
            for d in case.deadlines
        ],
        "next_action": str(case.next_step),
    }


def say_standing(session: Session, case: "CaseOnDay") -> None:
    """Say on one screen where a case stands: next deadline, its reason, next step."""
    from dsr.reports.reminder import open_response

    deadline = open_response(case)
    if deadline:
        due = deadline.deadline.due
        left = days_in_words((due - session.today).days)
        session.say(f"They must answer by {due:%A} {short_date(due)} ({left}):")
        for step in deadline.deadline.steps:
            session.say(f"  · {step}")
    session.say(f"Next: {case.next_step}")


def _listed(session: Session, standing: "Standing", status: str) -> dict[str, Any]:
    request = standing.request
    return {
        "reference": request.reference,
        "company": request.company.slug,
        "person": request.data_subject.id,
        "rights": [right.value for right in request.rights],
        "law": request.law,
        "status": status,
        "sent_on": standing.sent_on,
        "due": standing.due,
        "days_left": _days_left(session, standing, status),
    }


def _days_left(session: Session, standing: "Standing", status: str) -> int | None:
    """Days until the answer is due; None where none is awaited any more."""
    if standing.due is None or status in ("closed", "answered", "escalated"):
        return None
    return (standing.due - session.today).days


def _print_list(session: Session, rows: "list[tuple[Standing, str]]") -> None:
    """The requests as a table, which says for whom they are if that is more than one."""
    columns = ["Reference", "Company", "Rights", "Law", "Status", "Sent", "Due", ">Left"]
    cells = [_row(session, standing, status) for standing, status in rows]
    people = [standing.request.data_subject.id for standing, _ in rows]
    if len(set(people)) > 1:
        columns = ["For", *columns]
        cells = [[person, *row] for person, row in zip(people, cells, strict=True)]
    table(session, columns, cells)


def _row(session: Session, standing: "Standing", status: str) -> list[str]:
    request = standing.request
    left = _days_left(session, standing, status)
    return [
        request.reference,
        request.company.slug,
        ", ".join(right.value for right in request.rights),
        request.law,
        status,
        short_date(standing.sent_on),
        short_date(standing.due),
        days_in_words(left),
    ]


def _print_case(session: Session, case: "CaseOnDay") -> None:
    from dsr.tracker.state import in_order

    request = case.request
    click.echo(f"{request.reference}  {request.company.name}")
    click.echo(f"{', '.join(request.rights)} under {request.law}, for {request.data_subject.name}")
    click.echo(f"Status: {case.status.value}\n")
    rows = [
        [short_date(event.on), event.type.value, event.via or "", _remark(event),
         ", ".join(d.name for d in event.documents)]
        for event in in_order(case.events)
    ]  # fmt: skip
    table(session, ["Date", "Event", "Via", "Note", "Documents"], rows)
    for deadline in case.deadlines:
        due = deadline.deadline.due
        left = "" if deadline.met is not None else f" ({days_in_words((due - session.today).days)})"
        answer = {True: ", met", False: ", missed", None: ""}[deadline.met]
        click.echo(f"\n{deadline.kind.capitalize()} due {due:%A} {short_date(due)}{left}{answer}")
        for step in deadline.deadline.steps:
            click.echo(f"  · {step}")
    click.echo(f"\nNext: {case.next_step}")


def _remark(event: "Event") -> str:
    until = f"until {short_date(event.until)}" if event.until else ""
    return "; ".join(filter(None, (until, event.note)))


def _write_documents(store: "Store", case: "CaseOnDay", out: Path) -> list[Path]:
    """Write every document of the case, its event's number before its name."""
    from dsr.cli.prepared import writable
    from dsr.paths import write_private_file

    writable(out)
    written = []
    for event in case.events:
        for document in event.documents:
            path = out / f"{event.seq:02}-{Path(document.name).name}"
            write_private_file(path, store.document(document.sha256))
            written.append(path.resolve())
    return written
