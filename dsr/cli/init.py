"""`dsr init`: say who you are, once and for all."""

from dataclasses import replace
from typing import TYPE_CHECKING

import click

from dsr.cli.identity import ask_identity, identity_options
from dsr.cli.options import json_option
from dsr.cli.output import print_json
from dsr.cli.session import Session, pass_session

if TYPE_CHECKING:
    from dsr.workflows.opening import RecordPlace


@click.command("init")
@identity_options
@click.option(
    "--unencrypted",
    is_flag=True,
    help="Keep the record without encryption (only if you must).",
)
@json_option
@pass_session
def init_command(
    session: Session, /, *, unencrypted: bool, as_json: bool, **given: str | tuple[str, ...] | None
) -> None:
    """Say who you are, where you live (which decides the law) and in which language you write.

    Makes your record, one encrypted file on this machine; its key goes to the system keyring.
    Run it again to correct what you said; if you move, dsr people move keeps where you lived.

    \b
    Example:
      dsr init --name "Erika Mustermann" --email erika@example.org --country DE
    """
    from dsr.tracker.people import SELF, Person
    from dsr.workflows.identity import IdentityInput, data_subject
    from dsr.workflows.opening import STORE, store_exists

    if unencrypted and store_exists(session.home):
        from dsr.errors import ConflictError

        raise ConflictError("There is a record already; its protection cannot be changed by init.")
    session.unencrypted = unencrypted
    typed = IdentityInput(**given)  # type: ignore[arg-type]
    with session.store_if_any() as existing:
        known = existing.person(SELF) if existing else None
    subject = known.subject if known else None
    person = data_subject(ask_identity(session, typed, subject, everything=True))
    kept = replace(known, subject=person) if known else Person(subject=person)
    with session.store() as store:
        store.save_person(kept, now=session.now(), by=session.by, expected=known)
    place = session.place()
    if as_json:
        store_path = None if place.database_url else str(session.home / STORE)
        print_json({"person": person.as_json(), "store": store_path})
        return
    session.say(f"Saved{_how_kept(place)}.")
    _say_law(session, person.country, person.region)
    session.say("Next: dsr companies search TEXT, or at once: dsr request clearview --type erasure")


def _how_kept(place: "RecordPlace") -> str:
    """Where the record lies and whether it is encrypted, to follow the word “Saved”."""
    from dsr.secrets import Protection, read_lock
    from dsr.workflows.opening import LOCK, STORE

    if place.database_url:
        return " in the database of DSR_DATABASE_URL"
    lock = read_lock(place.home / LOCK)
    is_clear = lock is not None and lock.protection is Protection.NONE
    return f", {'without encryption' if is_clear else 'encrypted'}, in {place.home / STORE}"


def _say_law(session: Session, country: str, region: str | None) -> None:
    from dsr.errors import InvalidInputError
    from dsr.law.applicability import Situation, applicable_law, applicable_laws

    situation = Situation(country, region)
    try:
        applicable_law(situation)
    except InvalidInputError as error:
        session.warn(f"{error.sentence} {error.hint or ''}")
        return
    for found in applicable_laws(situation):
        session.say(f"Your law: {found.law.name} ({found.law.short}): {found.reason}.")
