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
    from dsr.tracker.standing import Standing
    from dsr.tracker.store import Store

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
@click.option("--campaign", metavar="NAME", help="Only requests of this campaign.")
@person_option("Only requests of this person; of everyone, if left out.")
@json_option
@pass_session
def list_command(
    session: Session,
    *,
    statuses: tuple[str, ...],
    company: str | None,
    campaign: str | None,
    person: str | None,
    as_json: bool,
) -> None:
    """List your requests, those due first at the top.

    \b
    Example:
      dsr list --status overdue
      dsr list --campaign face-search
    """
    from dsr.tracker.status import Status, status_on

    wanted = [Status(status) for status in statuses]
    if company:
        company = session.catalogue().company(company).slug
    with session.store_if_any() as store:
        session.known_person(store, person)
        _check_campaign(store, campaign)
        found = (
            store.standings(
                session.today,
                statuses=wanted,
                company=company,
                person=person,
                campaign=campaign,
            )
            if store
            else []
        )
    rows = [(case, status_on(session.today, case.phase, case.due_lenient).value) for case in found]
    if as_json:
        print_json([_listed(session, standing, status) for standing, status in rows])
    elif not rows:
        session.say("No requests. Write one: dsr request clearview --type erasure")
    else:
        _print_list(session, rows)


def _check_campaign(store: "Store | None", name: str | None) -> None:
    """Raise NotFoundError, with the nearest names, if there is no such campaign."""
    if name is None or (store and store.campaign(name)):
        return
    from difflib import get_close_matches

    from dsr.errors import NotFoundError, did_you_mean

    known = [each.name for each in store.campaigns()] if store else []
    raise NotFoundError(
        f"There is no campaign {name!r}.{did_you_mean(get_close_matches(name, known, n=2))}",
        hint="See them: dsr campaigns",
        code="unknown_campaign",
    )


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
        "events": _events_as_json(case),
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
        "demands": [
            {"code": each.code, "outcome": each.outcome.value, "on": each.on, "seq": each.seq}
            for each in case.demands
        ],
        "campaign": request.campaign,
        "next_action": str(case.next_step),
    }


def _events_as_json(case: "CaseOnDay") -> list[dict[str, Any]]:
    """Every event as recorded, and whether it still counts."""
    from dsr.tracker.corrections import corrected_by, struck_out

    struck, by = struck_out(case.events), corrected_by(case.events)
    return [
        {**event.as_json(), "void": event.seq in struck, "corrected_by": by.get(event.seq)}
        for event in case.events
    ]


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
    return {
        "reference": standing.reference,
        "company": standing.company,
        "person": standing.person,
        "rights": list(standing.rights),
        "law": standing.law,
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
    people = [standing.person for standing, _ in rows]
    if len(set(people)) > 1:
        columns = ["For", *columns]
        cells = [[person, *row] for person, row in zip(people, cells, strict=True)]
    table(session, columns, cells)


def _row(session: Session, standing: "Standing", status: str) -> list[str]:
    left = _days_left(session, standing, status)
    return [
        standing.reference,
        standing.company,
        ", ".join(standing.rights),
        standing.law,
        status,
        short_date(standing.sent_on),
        short_date(standing.due),
        days_in_words(left),
    ]


def _print_case(session: Session, case: "CaseOnDay") -> None:
    request = case.request
    click.echo(f"{request.reference}  {request.company.name}")
    click.echo(f"{', '.join(request.rights)} under {request.law}, for {request.data_subject.name}")
    click.echo(f"Status: {case.status.value}\n")
    columns, rows = ["#", "Date", "Event", "Via", "Note", "Documents"], _event_rows(case)
    if len({event.by for event in case.events if event.by}) > 1:
        names = {str(event.seq): event.by or "" for event in case.events}
        columns, rows = [*columns, "By"], [[*row, names[row[0]]] for row in rows]
    table(session, columns, rows)
    _print_demands(session, case)
    for deadline in case.deadlines:
        due = deadline.deadline.due
        left = "" if deadline.met is not None else f" ({days_in_words((due - session.today).days)})"
        answer = {True: ", met", False: ", missed", None: ""}[deadline.met]
        click.echo(f"\n{deadline.kind.capitalize()} due {due:%A} {short_date(due)}{left}{answer}")
        for step in deadline.deadline.steps:
            click.echo(f"  · {step}")
    click.echo(f"\nNext: {case.next_step}")


def _event_rows(case: "CaseOnDay") -> list[list[str]]:
    """The events by their day; what was struck out or replaced is marked, never hidden."""
    from dsr.tracker.corrections import effective, struck_out

    struck = struck_out(case.events)
    now = {event.seq: event for event in effective(case.events)}
    pairs = [(now.get(event.seq) or event, event) for event in case.events]
    rows = []
    for event, recorded in sorted(pairs, key=lambda pair: (pair[0].on, pair[0].seq)):
        corrects = recorded.correction
        what = f"correction of {corrects.of}" if corrects else event.type.value
        rows.append(
            [
                str(event.seq),
                short_date(event.on),
                f"{what} (struck out)" if event.seq in struck else what,
                event.via or "",
                _remark(event, recorded),
                ", ".join(document.name for document in event.documents),
            ]
        )
    return rows


def _remark(event: "Event", recorded: "Event") -> str:
    """What is worth knowing of an event, and what was recorded before it was corrected."""
    correction = event.correction
    said = [f"until {short_date(event.until)}"] if event.until else []
    if correction:
        said += ["it never happened"] if correction.void else []
        said += [correction.note] if correction.note else []
    elif event != recorded:
        was = recorded.type.value if event.type is not recorded.type else ""
        day = short_date(recorded.on) if event.on != recorded.on else ""
        before = " ".join(filter(None, (was, day)))
        said += [f"corrected; was {before}" if before else "corrected"]
    return "; ".join([*said, *([event.note] if event.note else [])])


def _print_demands(session: Session, case: "CaseOnDay") -> None:
    """Demand by demand how they were answered, once anything was."""
    answered = [each for each in case.demands if each.outcome.value != "open"]
    if not answered:
        return
    click.echo()
    rows = [
        [
            each.code,
            each.outcome.value,
            short_date(each.on),
            f"event {each.seq}" if each.seq else "",
        ]
        for each in case.demands
    ]
    table(session, ["Demand", "Answer", "Date", "By"], rows)


def _write_documents(store: "Store", case: "CaseOnDay", out: Path) -> list[Path]:
    """Write every document of the case, its event's number before its name, whole or not at all."""
    from dsr.cli.prepared import writable
    from dsr.paths import staged_private_file

    writable(out)
    written: list[Path] = []
    for event in case.events:
        for document in event.documents:
            path = _free(out.resolve(), f"{event.seq:02}-", Path(document.name).name, written)
            with staged_private_file(path, replace=True) as stream:
                store.copy_document(document.sha256, stream)
            written.append(path)
    return written


def _free(out: Path, number: str, name: str, taken: list[Path]) -> Path:
    """A path that no other document of the case has: two may be called the same."""
    path = out / f"{number}{name}"
    count = 1
    while path in taken:
        count += 1
        path = out / f"{number}{count}-{name}"
    return path
