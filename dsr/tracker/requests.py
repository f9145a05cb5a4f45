"""A request to a controller, as it was made; it never changes afterwards."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from dsr.law.receipt import Channel
from dsr.law.rights import Right
from dsr.tracker.people import DataSubject, Representative

# Crockford's letters without I, L, O and U: nothing to mistake when read aloud or typed.
REFERENCE_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
REFERENCE_LENGTH = 8
REFERENCE_BITS = 5 * REFERENCE_LENGTH

IMAGES, EVERYTHING = "images", "everything"  # what a request can be about


OTHER_NAME, FORMER_ADDRESS = "other-name", "former-address"
_OF_THE_PERSON = frozenset({OTHER_NAME, FORMER_ADDRESS})  # they say who, and not where to look


@dataclass(frozen=True, slots=True)
class Identifier:
    """Something by which data can be found without a face: an account, a dataset row, a hash."""

    kind: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Addressee:
    """The controller as it stood in the directory when the request was made."""

    slug: str
    name: str
    address: tuple[str, ...]
    address_country: str | None
    email: str | None
    webform: str | None
    establishment: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A data subject request: who asks whom for what, under which law, and how."""

    reference: str
    data_subject: DataSubject
    company: Addressee
    law: str
    rights: tuple[Right, ...]
    language: str
    channel: Channel
    made_on: date
    photo_urls: tuple[str, ...] = ()
    reason: str | None = None
    correction: str | None = None  # what is wrong, and what is right
    about: str = IMAGES
    identifiers: tuple[Identifier, ...] = ()
    photo_enclosed: bool = False
    representative: Representative | None = None
    demands: tuple[str, ...] = ()  # the codes of what its letter demands
    campaign: str | None = None

    @property
    def sender(self) -> DataSubject | Representative:
        """Who writes and signs: the data subject, or whoever acts for them."""
        return self.representative or self.data_subject

    @property
    def names_where_to_look(self) -> bool:
        """Whether it names images, accounts or records, and not only the person."""
        kinds = {each.kind for each in self.identifiers}
        return bool(self.photo_urls or kinds - _OF_THE_PERSON)

    @property
    def on_behalf(self) -> str:
        """For whom somebody else acts: a child, a client, or nobody (empty)."""
        return self.representative.acts_for if self.representative else ""

    def as_json(self) -> dict[str, Any]:
        """A form that JSON can hold."""
        company = self.company
        return {
            "reference": self.reference,
            "data_subject": self.data_subject.as_json(),
            "company": {
                "slug": company.slug,
                "name": company.name,
                "address": list(company.address),
                "address_country": company.address_country,
                "email": company.email,
                "webform": company.webform,
                "establishment": company.establishment,
            },
            "law": self.law,
            "rights": [right.value for right in self.rights],
            "language": self.language,
            "channel": self.channel.value,
            "made_on": self.made_on.isoformat(),
            "photo_urls": list(self.photo_urls),
            "reason": self.reason,
            "correction": self.correction,
            "about": self.about,
            "identifiers": [[each.kind, each.value] for each in self.identifiers],
            "photo_enclosed": self.photo_enclosed,
            "representative": self.representative and self.representative.as_json(),
            "demands": list(self.demands),
            "campaign": self.campaign,
        }

    @classmethod
    def from_json(cls, table: dict[str, Any]) -> "Request":
        """The request that :meth:`as_json` wrote."""
        company, acting = table["company"], table.get("representative")
        return cls(
            reference=table["reference"],
            data_subject=DataSubject.from_json(table["data_subject"]),
            company=Addressee(**{**company, "address": tuple(company["address"])}),
            law=table["law"],
            rights=tuple(Right(word) for word in table["rights"]),
            language=table["language"],
            channel=Channel(table["channel"]),
            made_on=date.fromisoformat(table["made_on"]),
            photo_urls=tuple(table["photo_urls"]),
            reason=table["reason"],
            # Requests kept by earlier versions have none of these.
            correction=table.get("correction"),
            about=table.get("about", IMAGES),
            identifiers=tuple(Identifier(*each) for each in table.get("identifiers", ())),
            photo_enclosed=table.get("photo_enclosed", False),
            representative=Representative.from_json(acting) if acting else None,
            demands=tuple(table.get("demands", ())),
            campaign=table.get("campaign"),
        )


def reference_from(number: int) -> str:
    """The reference that stands for a random *number*: ``DSR-7K3F-9QX2``."""
    letters = ""
    for _ in range(REFERENCE_LENGTH):
        number, place = divmod(number, len(REFERENCE_LETTERS))
        letters += REFERENCE_LETTERS[place]
    return f"DSR-{letters[:4]}-{letters[4:]}"


def as_reference(typed: str) -> str:
    """A reference as it was typed, in its proper form; letters easily mistaken are set right."""
    plain = typed.strip().upper().removeprefix("DSR").replace("-", "").replace(" ", "")
    plain = plain.translate(str.maketrans("OIL", "011"))
    return f"DSR-{plain[:4]}-{plain[4:]}" if len(plain) == REFERENCE_LENGTH else typed.strip()
