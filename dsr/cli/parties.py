"""Find out for whom a request is and who writes it: by the options, the record, or by asking."""

from typing import TYPE_CHECKING, Any

from dsr.cli.identity import ask_identity
from dsr.cli.session import Session
from dsr.errors import UsageError

if TYPE_CHECKING:
    from dsr.tracker.people import DataSubject, Person
    from dsr.tracker.store import Store
    from dsr.workflows.identity import IdentityInput
    from dsr.workflows.parties import Parties

IDENTITY = ("name", "email", "address", "country", "region", "language")


def identity_given(options: dict[str, Any]) -> "IdentityInput":
    """What the identity options say."""
    from dsr.workflows.identity import IdentityInput

    return IdentityInput(**{field: options[field] for field in IDENTITY})


def parties_of(session: Session, options: dict[str, Any], store: "Store | None") -> "Parties":
    """Whose rights are used, and who writes.

    Raises NotFoundError for a person who is not in the record, UsageError for what is missing.
    """
    from dsr.tracker.people import Role
    from dsr.workflows.parties import Parties

    named = {Role.CHILD: options["child"], Role.CLIENT: options["client"]}
    given = [(role, name) for role, name in named.items() if name is not None]
    if len(given) > 1:
        raise UsageError("Either --child or --client, not both.")
    person = session.person(store, options["person"])
    if given:
        return _by_name(session, options, store, *given[0])
    if person:
        _check_name(person, options["name"])
    if person is None or person.role is Role.SELF:
        writer, sender = _writer(session, options, person)
        return Parties(person=writer, subject=sender, sender=sender)
    return _by_id(session, options, store, person)


def keep_newcomers(session: Session, store: "Store", newcomers: "list[Person]") -> None:
    """Keep those who were not in the record yet, for the next letter."""
    from dsr.tracker.people import SELF

    for person in newcomers:
        if store.person(person.id) != person:  # the request keeps its own person, if bare
            store.save_person(person, now=session.now(), by=session.by)
        if person.id == SELF:
            session.say("Saved who you are for your next letters (change it with: dsr init).")
        else:
            session.say(f"Saved for whom it is; next time: --for {person.id}")


def _check_name(person: "Person", name: str | None) -> None:
    """Raise UsageError for the name of somebody else, whose letter would count as theirs."""
    from dsr.tracker.people import SELF

    names = {each.casefold() for each in (person.subject.name, *person.variants)}
    if name is not None and person.id != SELF and name.strip().casefold() not in names:
        raise UsageError(
            f"--name is not a name of {person.id!r}, for whom this letter is.",
            hint=f"Somebody else: --for PERSON. To change the name: dsr people edit {person.id}",
        )


def _writer(
    session: Session, options: dict[str, Any], known: "Person | None"
) -> "tuple[Person, DataSubject]":
    """Who writes, as the record keeps them and as this letter names them."""
    from dsr.tracker.people import SELF, Person
    from dsr.workflows.identity import data_subject

    today = known.on(session.today) if known else None
    full = ask_identity(session, identity_given(options), today, everything=False)
    sender = data_subject(full, known.id if known else SELF)
    return known or Person(subject=sender), sender


def _by_name(
    session: Session, options: dict[str, Any], store: "Store | None", role: Any, name: str
) -> "Parties":
    """The child or client of that name, of whom nothing else need be known."""
    from dsr.tracker.people import SELF, Role
    from dsr.workflows.identity import checked_line
    from dsr.workflows.parties import newcomer, represented
    from dsr.workflows.people import called

    name = checked_line(name, f"The name of the {role}")
    people = store.people() if store else []
    found = called(people, role, name)
    writer = session.person(store, options["person"])
    if options["person"] is None and found:
        writer = next((each for each in people if each.id == found.acting), None)
    elif writer and writer.role is not Role.SELF:
        if options["person"] is not None:
            raise UsageError(f"--{role} says for whom you write; leave --for out.")
        writer = next((each for each in people if each.id == SELF), None)
    acting, sender = _writer(session, options, writer)
    if found is None:
        return newcomer(role, name, acting, sender, [each.id for each in people])
    return represented(found, found.on(session.today), acting, sender)


def _by_id(
    session: Session, options: dict[str, Any], store: "Store | None", person: "Person"
) -> "Parties":
    """A child or client in the record; what the options say of identity is said of them."""
    from dsr.tracker.people import SELF
    from dsr.workflows.identity import data_subject
    from dsr.workflows.parties import represented

    given = identity_given(options).over(person.on(session.today))
    subject = data_subject(given, person.id, person.role)
    acting = store.person(person.acting or SELF) if store else None
    if acting is None:
        raise UsageError(
            f"Nobody is known yet who writes for {person.id!r}.",
            hint="Say who you are: dsr init",
            code="identity_missing",
        )
    return represented(person, subject, acting, acting.on(session.today))
