"""What is kept of a person, for people and for scripts."""

from collections import Counter
from typing import TYPE_CHECKING, Any

import click

from dsr.cli.output import print_json, short_date
from dsr.cli.session import Session

if TYPE_CHECKING:
    from datetime import date

    from dsr.tracker.people import DataSubject, Mandate, Person, Residence
    from dsr.tracker.standing import Standing
    from dsr.tracker.store import Store

CLOSED = "closed"


def show_person(session: Session, store: "Store", person: "Person", *, as_json: bool) -> None:
    """Print all that is kept of a person, how their requests stand, and the next step."""
    standings = store.standings(session.today, person=person.id)
    facts = {
        **_as_json(session, person),
        "default": store.default_person() == person.id,
        "requests": _by_status(session, standings),
        "next_action": _next_action(session, store, person, standings),
    }
    if as_json:
        print_json(facts)
        return
    session.show(click.style(f"{person.id}  {person.subject.name}", bold=True))
    for line in _lines(session, person, facts):
        session.show(line)
    session.say(f"Next: {facts['next_action']}")


def summary(session: Session, person: "Person", standings: "list[Standing]") -> dict[str, Any]:
    """A person in few words, with how many requests of theirs there are."""
    statuses = _by_status(session, standings)
    subject = person.on(session.today)
    return {
        "id": person.id,
        "name": subject.name,
        "role": person.role.value,
        "country": subject.country,
        "region": subject.region,
        "acts": person.acting,
        "open": sum(count for status, count in statuses.items() if status != CLOSED),
        "total": len(standings),
    }


def _as_json(session: Session, person: "Person") -> dict[str, Any]:
    kept = person.as_json()
    return {
        **person.on(session.today).as_json(),
        "role": kept["role"],
        "acts": person.acting,
        "other_names": kept["variants"],
        "residences": kept["residences"],
        "mandates": [
            {
                **each.as_json(),
                "valid": not each.flaw_on(session.today),
                "state": _state(each, session.today),
            }
            for each in person.mandates
        ],
    }


def _lines(session: Session, person: "Person", facts: dict[str, Any]) -> list[str]:
    subject = person.on(session.today)
    counts = [f"{count} {status}" for status, count in facts["requests"].items()]
    rows = [
        ("Role", _role(person, is_default=facts["default"])),
        ("E-mail", subject.email or ""),
        ("Lives at", _place(subject)),
        *(
            (f"Until {short_date(each.until)}", _place(each))
            for each in reversed(person.residences)
            if each.until < session.today
        ),
        ("Other names", ", ".join(person.variants)),
        ("Language", subject.language or ""),
        *(
            (f"Mandate {each.number}", "; ".join(_mandate(each, session.today)))
            for each in person.mandates
        ),
        ("Requests", ", ".join(counts) or "none"),
    ]
    return [f"{label}: {value}" for label, value in rows if value]


def _role(person: "Person", *, is_default: bool) -> str:
    acting = f"; {person.acting} writes for them" if person.acting else ""
    default = "; meant wherever --for is left out" if is_default else ""
    return f"{person.role.value}{acting}{default}"


def _place(where: "DataSubject | Residence") -> str:
    place = f"{where.country}-{where.region}" if where.region else where.country
    return ", ".join((*where.address, place))


def _mandate(mandate: "Mandate", today: "date") -> list[str]:
    rights = ", ".join(mandate.rights) or "all rights"
    towards = f"towards {', '.join(mandate.companies) or 'every company'}"
    paper = "the signed paper is not on file"
    return [_state(mandate, today), rights, towards, mandate.name or paper]


def _state(mandate: "Mandate", today: "date") -> str:
    from dsr.law.receipt import plain_date

    if flaw := mandate.flaw_on(today):
        return flaw
    until = plain_date(mandate.expires_on) if mandate.expires_on else "it is revoked"
    return f"valid until {until}"


def _by_status(session: Session, standings: "list[Standing]") -> dict[str, int]:
    from dsr.tracker.status import status_on

    return dict(Counter(status_on(session.today, s.phase, s.due_lenient).value for s in standings))


def _next_action(
    session: Session, store: "Store", person: "Person", standings: "list[Standing]"
) -> str:
    """What the case that is due first needs; without one, what comes before or the next request."""
    from dsr.reports.case import case_on
    from dsr.tracker.people import Role
    from dsr.tracker.status import Status

    for standing in standings:
        if standing.phase is not Status.CLOSED:
            request = store.request(standing.reference)
            return str(case_on(request, store.events(request.reference), session.today).next_step)
    if person.role is Role.CLIENT and all(e.flaw_on(session.today) for e in person.mandates):
        return f"keep a signed mandate: dsr people mandate {person.id} FILE"
    return f"write a request: dsr request COMPANY --type access --for {person.id}"
