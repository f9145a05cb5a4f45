"""Take people into the record, change what is kept of them, and let them go."""

import re
import shlex
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from difflib import get_close_matches
from typing import TYPE_CHECKING
from unicodedata import combining, normalize

from dsr.errors import (
    ConflictError,
    InvalidInputError,
    NotFoundError,
    UsageError,
    did_you_mean,
)
from dsr.law.receipt import plain_date
from dsr.tracker.people import SELF, DataSubject, Person, Residence, Role
from dsr.tracker.requests import as_reference
from dsr.workflows.identity import IdentityInput, checked_line, data_subject

if TYPE_CHECKING:
    from dsr.tracker.store import Store

LONGEST_ID = 32  # characters
MOST_VARIANTS = 20
_ID = re.compile(r"[a-z0-9][a-z0-9-]*")
_SEPARATORS = re.compile(r"[^a-z0-9]+")
CLEARABLE = ("email", "address", "region", "language")


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What was said of a person; None or empty where nothing was."""

    identity: IdentityInput = field(default_factory=IdentityInput)
    role: Role | None = None
    acts: str | None = None
    variants: tuple[str, ...] = ()
    no_variants: tuple[str, ...] = ()
    clear: tuple[str, ...] = ()  # of CLEARABLE

    @property
    def is_empty(self) -> bool:
        """Whether nothing was said at all."""
        return self == Changes()


def the_person(store: "Store | None", person_id: str) -> Person:
    """The person kept under an id.

    Raises NotFoundError with the nearest ids if there is none.
    """
    found = store.person(person_id) if store else None
    return found or among(store.people() if store else (), person_id)


def among(people: Iterable[Person], person_id: str) -> Person:
    """The person of an id.

    Raises NotFoundError with the nearest ids if there is none.
    """
    by_id = {person.id: person for person in people}
    if person_id in by_id:
        return by_id[person_id]
    known = list(by_id)
    near = get_close_matches(person_id.lower(), known, n=2)
    raise NotFoundError(
        f"There is no person {person_id!r} in your record.{did_you_mean(near)}",
        hint="See who there is: dsr people list" if known else "Say who you are: dsr init",
        code="unknown_person",
    )


def check_case_is_of(store: "Store", person_id: str, reference: str) -> None:
    """Raise NotFoundError if there is no such person, or the case is not theirs.

    Whether it is somebody else's is not told.
    """
    person = the_person(store, person_id)
    wanted = as_reference(reference)
    if not store.is_of(wanted, person.id):
        own = store.references_of(person.id)
        near = get_close_matches(wanted.upper(), own, n=2, cutoff=0.7)
        raise NotFoundError(
            f"{person.id} has no request {reference!r}.{did_you_mean(near)}",
            hint=f"See what there is: dsr list --for {shlex.quote(person.id)}",
            code="unknown_request",
        )


def checked_id(text: str) -> str:
    """The id of a new person.

    Raises InvalidInputError, with an id near to it, if it is none.
    """
    if len(text) <= LONGEST_ID and _ID.fullmatch(text):
        return text
    near = [slug] if (slug := slug_of(text[:LONGEST_ID])) else []
    raise InvalidInputError(
        "An id is one short word of small letters, digits and hyphens, "
        f"at most {LONGEST_ID} long.{did_you_mean(near)}",
        code="bad_person_id",
    )


def slug_of(name: str) -> str:
    """A name as a word for ids; empty if no letter of it can be written so."""
    latin = "".join(c for c in normalize("NFKD", name) if not combining(c)).replace("ß", "ss")
    return _SEPARATORS.sub("-", latin.lower()).strip("-")


def new_id(role: Role, name: str, taken: Collection[str]) -> str:
    """An id made from role and name, with a number behind it where it is taken."""
    whole = "-".join(filter(None, (role.value, slug_of(name))))[: LONGEST_ID - 3].rstrip("-")
    numbered = (f"{whole}-{number}" for number in range(2, len(taken) + 3))
    return next(each for each in (whole, *numbered) if each not in taken)


def called(people: Iterable[Person], role: Role, name: str) -> Person | None:
    """The child or client of that name.

    Raises UsageError if there are several, so that nobody is taken for somebody else.
    """
    found = [
        person
        for person in people
        if person.role is role and person.subject.name.casefold() == name.casefold()
    ]
    if len(found) > 1:
        ids = " or ".join(person.id for person in found)
        raise UsageError(f"More than one {role.value} has that name: say --for {ids}.")
    return found[0] if found else None


def new_person(people: Sequence[Person], person_id: str, said: Changes, today: date) -> Person:
    """The person that *said* describes, before they are kept.

    A child lives where who acts for it lives, unless said otherwise.
    Raises ConflictError if the id is taken, UsageError for what is missing.
    """
    checked_id(person_id)
    by_id = {person.id: person for person in people}
    if person_id in by_id:
        raise ConflictError(
            f"There is a person {person_id!r} already.",
            hint=f"To change what is kept of them: dsr people edit {person_id}",
            code="person_exists",
        )
    role, identity = said.role or Role.SELF, said.identity
    acting = among(people, said.acts) if said.acts else by_id.get(SELF)
    if role is Role.CHILD and acting and not identity.country:
        home = acting.on(today)
        identity = replace(
            identity,
            country=home.country,
            region=identity.region or home.region,
            address=identity.address or home.address,
        )
    person = Person(subject=data_subject(identity, person_id, role), role=role)
    return _checked(people, _described(person, said))


def changed(people: Sequence[Person], person: Person, said: Changes) -> Person:
    """The person with what was said; where they lived is corrected, not kept.

    Raises UsageError where nothing was said or what was said does not go together.
    """
    if said.is_empty:
        raise UsageError("What is to change?", hint=f"See: dsr people edit {person.id} --help")
    role = said.role or person.role
    identity = said.identity.over(_cleared(person.subject, said.clear))
    acts = None if role is Role.SELF else person.acts
    person = replace(person, subject=data_subject(identity, person.id, role), role=role, acts=acts)
    return _checked(people, _described(person, said))


def _cleared(subject: DataSubject, fields: Collection[str]) -> DataSubject:
    return replace(
        subject,
        email=None if "email" in fields else subject.email,
        address=() if "address" in fields else subject.address,
        region=None if "region" in fields else subject.region,
        language=None if "language" in fields else subject.language,
    )


def _described(person: Person, said: Changes) -> Person:
    """The person with other names and who acts for them, as was said."""
    names = {name.casefold(): name for name in person.variants}
    for text in said.variants:
        name = checked_line(text, "Another name")
        names.setdefault(name.casefold(), name)
    for text in said.no_variants:
        if names.pop(text.strip().casefold(), None) is None:
            raise NotFoundError(
                f"No such other name is kept of {person.id!r}.",
                hint=f"See them: dsr people show {person.id}",
                code="unknown_variant",
            )
    if len(names) > MOST_VARIANTS:
        raise InvalidInputError(
            f"At most {MOST_VARIANTS} other names are kept of a person.", code="many_variants"
        )
    return replace(person, variants=tuple(names.values()), acts=said.acts or person.acts)


def _checked(people: Sequence[Person], person: Person) -> Person:
    """The person, if their role and who acts for them fit the rest of the record."""
    if person.id == SELF and person.role is not Role.SELF:
        raise UsageError(f"{SELF!r} is you, and writes as “self”.")
    if person.role is Role.SELF:
        if person.acts:
            raise UsageError("--acts belongs to a child or a client.")
        return person
    if for_whom := acted_for(people, person.id):
        raise _still_acts(person.id, for_whom)
    if person.acts and among(people, person.acts).role is not Role.SELF:
        raise ConflictError(
            f"{person.acts!r} does not write their own letters, so they cannot write for others.",
            hint="Name somebody whose role is self.",
            code="cannot_act",
        )
    return person


def acted_for(people: Iterable[Person], person_id: str) -> list[str]:
    """The ids of the children and clients for whom a person acts."""
    return [person.id for person in people if person.acting == person_id]


def moved(person: Person, new: IdentityInput, on: date, today: date) -> Person:
    """The person in a new residence since the day *on*; the one before is kept.

    Raises InvalidInputError for a day that cannot be, UsageError where no residence is named.
    """
    if not (new.address or new.country or new.region):
        raise UsageError("Moved to where?", hint="Give --address LINE…, --country CC or both.")
    if on > today:
        raise InvalidInputError(
            f"{plain_date(on)} is in the future; record the move when it has happened.",
            code="future_date",
        )
    last = max((each.until for each in person.residences), default=None)
    until = on - timedelta(days=1)
    if last and until <= last:
        raise InvalidInputError(
            f"They moved to where they live now on {plain_date(last + timedelta(days=1))}; a later "
            "move cannot have been before.",
            code="bad_move",
        )
    then = person.subject
    left = Residence(country=then.country, region=then.region, address=then.address, until=until)
    here = replace(then, address=(), region=None) if new.country else replace(then, address=())
    subject = data_subject(new.over(here), person.id, person.role)
    return replace(person, subject=subject, residences=(*person.residences, left))


def remove(store: "Store", person_id: str, *, now: datetime) -> None:
    """Remove a person who has no requests and acts for nobody.

    Raises NotFoundError if there is no such person, ConflictError if they are needed.
    """
    person = the_person(store, person_id)
    if for_whom := acted_for(store.people(), person.id):
        raise _still_acts(person.id, for_whom)
    store.remove_person(person.id, now=now)
    if store.default_person() == person.id != SELF:
        store.set_default_person(SELF, now=now)


def _still_acts(person_id: str, for_whom: Sequence[str]) -> ConflictError:
    return ConflictError(
        f"{person_id!r} acts for {', '.join(for_whom)}.",
        hint=f"Say who else does: dsr people edit {for_whom[0]} --acts PERSON",
        code="person_acts",
    )
