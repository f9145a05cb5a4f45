"""`dsr list` and `dsr show`: the requests and where they stand."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from dsr.cli.dates import Dates, dates_of
from dsr.cli.options import DIRECTORY, json_option, person_option
from dsr.cli.output import days_in_words, print_json, short_date, table
from dsr.cli.session import Session, pass_session

if TYPE_CHECKING:
    from dsr.reports.case import CaseOnDay
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
        dates = dates_of(session, store, person)
    rows = [(case, status_on(session.today, case.phase, case.due_lenient).value) for case in found]
    if as_json:
        print_json([_listed(session, standing, status) for standing, status in rows])
    elif not rows:
        session.say("No requests. Write one: dsr request clearview --type erasure")
    else:
        _print_list(session, rows, dates)


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
    from dsr.cli.timeline import print_case
    from dsr.reports.case import case_on

    with session.store_of(reference, person) as store:
        request = store.request(reference)
        case = case_on(request, store.events(request.reference), session.today)
        written = _write_documents(store, case, out) if out else []
        texts = {} if as_json else _demand_texts(store, case)
        dates = dates_of(session, store, person)
    if as_json:
        print_json(case_as_json(case))
        return
    print_case(session, case, dates, texts)
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
    from dsr.reports.case import open_response

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


def _print_list(session: Session, rows: "list[tuple[Standing, str]]", dates: Dates) -> None:
    """The requests as a table, which says for whom they are if that is more than one."""
    columns = ["Reference", "Company", "Rights", "Law", "Status", "Sent", "Due", ">Left"]
    cells = [_row(session, standing, status, dates) for standing, status in rows]
    people = [standing.person for standing, _ in rows]
    if len(set(people)) > 1:
        columns = ["For", *columns]
        cells = [[person, *row] for person, row in zip(people, cells, strict=True)]
    table(session, columns, cells)


def _row(session: Session, standing: "Standing", status: str, dates: Dates) -> list[str]:
    left = _days_left(session, standing, status)
    return [
        standing.reference,
        standing.company,
        ", ".join(standing.rights),
        standing.law,
        status,
        dates.short(standing.sent_on),
        dates.short(standing.due),
        days_in_words(left),
    ]


def _demand_texts(store: "Store", case: "CaseOnDay") -> dict[str, str]:
    """The demands as the letter words them that was kept first, by code."""
    from dsr.letters.text import demand_texts

    kept = next((d for e in case.events for d in e.documents if d.name.endswith(".txt")), None)
    if kept is None or not any(each.seq for each in case.demands):
        return {}
    letter = store.document(kept.sha256).decode(errors="replace")
    return demand_texts(letter, [each.code for each in case.demands])


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
