"""Whose rights a letter uses, and who writes it."""

from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from dsr.errors import UsageError
from dsr.tracker.people import DataSubject, Person, Representative, Role
from dsr.tracker.requests import IMAGES
from dsr.workflows.mandates import mandates_on_file
from dsr.workflows.order import MANDATE, Order
from dsr.workflows.people import new_id

if TYPE_CHECKING:
    from dsr.tracker.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Parties:
    """The person and, for a child or client, who acts for them, as this letter names them."""

    person: Person
    subject: DataSubject  # the person's name and residence in this letter
    acting: Person | None = None
    sender: DataSubject  # who writes and signs

    @property
    def everyone(self) -> tuple[Person, ...]:
        """Who must be in the record when the letter is kept, who writes first."""
        return (self.acting, self.person) if self.acting else (self.person,)

    @property
    def representative(self) -> Representative | None:
        """Who acts for the person, if they do not act themselves."""
        if self.acting is None:
            return None
        sender = self.sender
        return Representative(
            acts_for=self.person.role.value,
            name=sender.name,
            email=sender.email,
            address=sender.address,
            country=sender.country,
        )


def represented(
    person: Person, subject: DataSubject, acting: Person, sender: DataSubject
) -> Parties:
    """A child or client who is in the record, and who acts for them."""
    if subject.language is None:
        subject = replace(subject, language=sender.language)
    return Parties(person=person, subject=subject, acting=acting, sender=sender)


def newcomer(
    role: Role, name: str, acting: Person, sender: DataSubject, taken: list[str]
) -> Parties:
    """A child or client of whom only the name is known; taken to live where the sender lives."""
    subject = DataSubject(
        id=new_id(role, name, taken),
        name=name,
        country=sender.country,
        region=sender.region,
        language=sender.language,
    )
    person = Person(subject=subject, role=role, acts=acting.id)
    return Parties(person=person, subject=subject, acting=acting, sender=sender)


def with_person(
    order: Order,
    parties: Parties,
    store: "Store | None",
    today: date,
    *,
    other_names: bool,
    former_addresses: bool | None,
) -> Order:
    """The order with what is kept of the person: other names, earlier addresses, mandates.

    Earlier addresses go into requests about everything only, unless said otherwise.
    Raises UsageError for a mandate of somebody who is no client.
    """
    person, is_client = parties.person, parties.person.role is Role.CLIENT
    if not is_client and any(each.caption == MANDATE for each in order.stationery.enclosures):
        raise UsageError("--mandate goes with --client, or with --for a client.")
    if is_client and store:
        order = replace(order, mandates=mandates_on_file(person, store, today))
    # Under a name that is not the one kept, a letter may be for somebody else; and in words of
    # others there is no place for either.
    if order.register_letter or parties.subject.name != person.subject.name:
        return order
    if former_addresses is None:
        former_addresses = order.about != IMAGES
    return replace(
        order,
        other_names=person.variants if other_names else (),
        former_addresses=tuple(each for each in person.residences if each.until < today)
        if former_addresses
        else (),
    )
