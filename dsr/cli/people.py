"""`dsr people`: for whom you write, what is kept of them, and who acts for them."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from dsr.cli.identity import residence_options, their_identity_options
from dsr.cli.options import DAY, INPUT, RIGHT, json_option
from dsr.cli.output import print_json, table
from dsr.cli.parties import identity_given
from dsr.cli.person_card import show_person, summary
from dsr.cli.session import Session, pass_session

if TYPE_CHECKING:
    from dsr.tracker.people import Person
    from dsr.tracker.store import Store
    from dsr.workflows.mandates import Scope
    from dsr.workflows.people import Changes

F = TypeVar("F", bound=Callable[..., Any])

ROLES = ["self", "child", "client"]
CLEARABLE = ["email", "address", "region", "language"]  # a test holds it to the workflow


@click.group("people")
def people_command() -> None:
    """For whom you write: yourself, your children, your clients.

    Each is called by an id, as in --for lina. What is kept of one goes into no letter of another;
    a child's or client's letter names who writes it.
    """


def _about_person(command: F) -> F:
    """What can be said of a person beside who they are."""
    options = [
        click.option("--role", type=click.Choice(ROLES),
                     help="self writes own letters; a child or client has somebody who writes."),
        click.option("--variant", "variants", multiple=True, metavar="NAME",
                     help="Another name under which data may be kept: at birth, in other letters, "
                     "of the artist; once each. Letters give it, so keep only what helps."),
        click.option("--acts", metavar="PERSON", help="Who writes for a child or client (you)."),
        click.option("--default", "is_default", is_flag=True,
                     help="Mean this person wherever --for is left out."),
    ]  # fmt: skip
    for option in reversed(options):
        command = option(command)
    return command


@people_command.command("add")
@click.argument("person_id", metavar="ID")
@their_identity_options
@_about_person
@json_option
@pass_session
def add(session: Session, /, *, person_id: str, as_json: bool, **options: Any) -> None:
    """Add somebody under a short ID, with which --for calls them.

    A child is taken to live where you live, unless you say otherwise.

    \b
    Examples:
      dsr people add lina --role child --name "Lina Mustermann"
      dsr people add max --role client --name "Max Beispiel" --country AT --variant "Max Muster"
    """
    from dsr.workflows.people import new_person

    with session.store_if_any() as existing:
        people = existing.people() if existing else []
        person = new_person(people, person_id, _said(options), session.today)
    with session.store() as store:
        store.save_person(person, now=session.now(), by=session.by)
        _set_default(session, store, person_id, options)
        session.say(f"Added {person_id}.")
        show_person(session, store, person, as_json=as_json)


@people_command.command("list")
@json_option
@pass_session
def list_people(session: Session, *, as_json: bool) -> None:
    """List everyone in your record.

    \b
    Example:
      dsr people list
    """
    with session.store_if_any() as store:
        people = store.people() if store else []
        standings = store.standings(session.today) if store else []
        default = store.default_person() if store else None
    found = [
        {
            **summary(session, p, [s for s in standings if s.person == p.id]),
            "default": p.id == default,
        }
        for p in people
    ]
    if as_json:
        print_json(found)
    elif not found:
        session.say("Nobody yet. Say who you are: dsr init")
    else:
        rows = [
            [each["id"], each["name"], each["role"], each["country"], str(each["open"]),
             "yes" if each["default"] else ""]
            for each in found
        ]  # fmt: skip
        table(session, ["Person", "Name", "Role", "Lives in", ">Open", "Default"], rows)


@people_command.command("show")
@click.argument("person_id", metavar="PERSON")
@json_option
@pass_session
def show(session: Session, *, person_id: str, as_json: bool) -> None:
    """Show what is kept of PERSON, how their requests stand, and the next step.

    \b
    Example:
      dsr people show lina
    """
    with _kept(session, person_id) as (store, person):
        show_person(session, store, person, as_json=as_json)


@people_command.command("edit")
@click.argument("person_id", metavar="PERSON")
@their_identity_options
@_about_person
@click.option("--no-variant", "no_variants", multiple=True, metavar="NAME",
              help="Drop this other name; once each.")  # fmt: skip
@click.option("--clear", multiple=True, type=click.Choice(CLEARABLE), help="Drop it; once each.")
@json_option
@pass_session
def edit(session: Session, /, *, person_id: str, as_json: bool, **options: Any) -> None:
    """Correct or add to what is kept of PERSON. Letters already written stay as they are.

    A new address here corrects the old one, which is kept no longer; whoever has moved: see
    dsr people move.

    \b
    Examples:
      dsr people edit lina --name "Lina Beispiel" --variant "Lina Mustermann"
      dsr people edit max --default
    """
    from dsr.workflows.people import changed, the_person

    with _kept(session, person_id) as (store, person):
        said = _said(options)
        if not (said.is_empty and options["is_default"]):
            new = changed(store.people(), person, said)
            store.save_person(new, now=session.now(), by=session.by, expected=person)
        _set_default(session, store, person.id, options)
        session.say(f"Changed {person.id}.")
        show_person(session, store, the_person(store, person.id), as_json=as_json)


@people_command.command("move")
@click.argument("person_id", metavar="PERSON")
@click.option(
    "--on", "on", type=DAY, metavar="DATE", help="The first day in the new place (today)."
)
@residence_options
@json_option
@pass_session
def move(
    session: Session, /, *, person_id: str, on: date | None, as_json: bool, **options: Any
) -> None:
    """Say that PERSON has moved; where they lived before is kept with its last day.

    Companies may know them by an earlier address. Letters give these with --about everything or
    --former-addresses only, since each tells the company more than it may know.

    \b
    Example:
      dsr people move me --on 2026-11-01 --address "Neue Gasse 1" --address "50667 Köln"
    """
    from dsr.workflows.identity import IdentityInput
    from dsr.workflows.people import moved

    with _kept(session, person_id) as (store, person):
        new = moved(person, IdentityInput(**options), on or session.today, session.today)
        store.save_person(new, now=session.now(), by=session.by, expected=person)
        session.say(f"Changed {person.id}.")
        show_person(session, store, new, as_json=as_json)


@people_command.command("mandate")
@click.argument("person_id", metavar="PERSON")
@click.argument("signed", metavar="[FILE]", type=INPUT, required=False)
@click.option("--from", "given_on", type=DAY, metavar="DATE", help="Valid from (today).")
@click.option("--until", "expires_on", type=DAY, metavar="DATE", help="Valid through this day.")
@click.option("--right", "rights", type=RIGHT, multiple=True, metavar="RIGHT",
              help="Only for this right; once each. All, if left out.")  # fmt: skip
@click.option("--company", "companies", multiple=True, metavar="SLUG",
              help="Only towards this company; once each. All, if left out.")  # fmt: skip
@json_option
@pass_session
def mandate(
    session: Session,
    /,
    *,
    person_id: str,
    signed: Path | None,
    as_json: bool,
    **terms: Any,
) -> None:
    """Keep the mandate that the client PERSON signed: FILE is its scan, a PDF or a picture.

    Each request for the client is checked against the mandates on file and encloses the one that
    covers it. Without FILE the mandate counts, but you enclose the paper yourself.

    \b
    Examples:
      dsr mandate "Erika Mustermann" --for max
      dsr people mandate max signed.pdf --from 2026-11-01 --until 2027-10-31 --right erasure
    """
    from dsr.workflows.mandates import with_mandate
    from dsr.workflows.record import attachment

    with _kept(session, person_id) as (store, person):
        document = attachment(signed) if signed else None
        new = with_mandate(person, _scope(session, **terms), document)
        store.save_person(
            new,
            now=session.now(),
            by=session.by,
            expected=person,
            documents=[document] if document else [],
        )
        session.say(f"Kept mandate {new.mandates[-1].number} of {person.id}.")
        show_person(session, store, new, as_json=as_json)


@people_command.command("revoke")
@click.argument("person_id", metavar="PERSON")
@click.argument("number", metavar="[N]", type=int, required=False)
@click.option("--on", "on", type=DAY, metavar="DATE", help="The day it was revoked (today).")
@json_option
@pass_session
def revoke(
    session: Session, *, person_id: str, number: int | None, on: date | None, as_json: bool
) -> None:
    """Say that PERSON revoked mandate N; from that day on no request rests on it.

    \b
    Example:
      dsr people revoke max 1 --on 2026-11-20
    """
    from dsr.workflows.mandates import with_revocation

    with _kept(session, person_id) as (store, person):
        new = with_revocation(person, number, on or session.today, session.today)
        store.save_person(new, now=session.now(), by=session.by, expected=person)
        session.say(f"Changed {person.id}.")
        show_person(session, store, new, as_json=as_json)


@people_command.command("remove")
@click.argument("person_id", metavar="PERSON")
@json_option
@pass_session
def remove_person(session: Session, *, person_id: str, as_json: bool) -> None:
    """Remove PERSON, if there is no request of theirs.

    \b
    Example:
      dsr people remove lina
    """
    from dsr.workflows.people import remove

    with _kept(session, person_id) as (store, person):
        remove(store, person.id, now=session.now())
    if as_json:
        print_json({"removed": person.id})
    session.say(f"Removed {person.id}.")


@contextmanager
def _kept(session: Session, person_id: str) -> "Iterator[tuple[Store, Person]]":
    """The open store with somebody who is in it; raises NotFoundError if they are not."""
    from dsr.workflows.people import the_person

    with session.store_if_any() as store:
        person = the_person(store, person_id)
        if store:  # where there is none, nobody is in it
            yield store, person


def _said(options: dict[str, Any]) -> "Changes":
    from dsr.tracker.people import Role
    from dsr.workflows.people import Changes

    return Changes(
        identity=identity_given(options),
        role=Role(options["role"]) if options["role"] else None,
        acts=options["acts"],
        variants=options["variants"],
        no_variants=options.get("no_variants", ()),
        clear=options.get("clear", ()),
    )


def _set_default(session: Session, store: "Store", person_id: str, options: dict[str, Any]) -> None:
    if options["is_default"]:
        store.set_default_person(person_id, now=session.now(), by=session.by)


def _scope(
    session: Session,
    given_on: date | None,
    expires_on: date | None,
    rights: tuple[str, ...],
    companies: tuple[str, ...],
) -> "Scope":
    from dsr.law.rights import right_called
    from dsr.workflows.mandates import Scope

    named = [right_called(word) for typed in rights for word in typed.split(",")]
    catalogue = session.catalogue()
    return Scope(
        given_on=given_on or session.today,
        expires_on=expires_on,
        rights=tuple(dict.fromkeys(right.value for right in named if right)),
        companies=tuple(dict.fromkeys(catalogue.company(slug).slug for slug in companies)),
    )
