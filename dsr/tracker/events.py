"""What can happen to a request: append-only facts with the day they happened."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from dsr.law.receipt import Channel
from dsr.tracker.files import KeptFile


class EventType(StrEnum):
    """A fact about a case, in the past tense."""

    PREPARED = "prepared"  # the letter was made; recorded by dsr itself
    SENT = "sent"
    DELIVERED = "delivered"
    BOUNCED = "bounced"
    ACKNOWLEDGED = "acknowledged"
    IDENTITY_REQUESTED = "identity-requested"
    IDENTITY_PROVIDED = "identity-provided"
    CLARIFICATION_REQUESTED = "clarification-requested"
    CLARIFICATION_PROVIDED = "clarification-provided"
    EXTENDED = "extended"
    FULFILLED = "fulfilled"
    PARTLY_FULFILLED = "partly-fulfilled"
    REFUSED = "refused"
    NO_DATA = "no-data"
    REMINDED = "reminded"
    COMPLAINED = "complained"
    WITHDRAWN = "withdrawn"
    CLOSED = "closed"
    NOTE = "note"
    CORRECTED = "corrected"  # an event recorded before was wrong


# A letter is recorded by dsr itself, a correction by naming the event that was wrong.
RECORDABLE = tuple(
    kind for kind in EventType if kind not in (EventType.PREPARED, EventType.CORRECTED)
)
ANSWERS = frozenset(
    {EventType.FULFILLED, EventType.PARTLY_FULFILLED, EventType.REFUSED, EventType.NO_DATA}
)
# With what a controller may say why it does not do as it was asked.
OBJECTING = (
    EventType.REFUSED,
    EventType.PARTLY_FULFILLED,
    EventType.NO_DATA,
    EventType.IDENTITY_REQUESTED,
    EventType.CLARIFICATION_REQUESTED,
    EventType.EXTENDED,
)


@dataclass(frozen=True, slots=True)
class Document:
    """The exact bytes of something sent or received."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class LargeDocument:
    """A document too large for the database, already taken into the encrypted file store."""

    name: str
    media_type: str
    file: KeptFile


@dataclass(frozen=True, slots=True)
class DocumentRecord:
    """A document as an event names it; ``size`` in bytes."""

    name: str
    media_type: str
    sha256: str
    size: int

    def as_json(self) -> dict[str, Any]:
        """A form that JSON can hold."""
        return {
            "name": self.name,
            "media_type": self.media_type,
            "sha256": self.sha256,
            "bytes": self.size,
        }

    @classmethod
    def from_json(cls, table: dict[str, Any]) -> "DocumentRecord":
        """The record that :meth:`as_json` wrote."""
        return cls(table["name"], table["media_type"], table["sha256"], table["bytes"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """What was wrong with an event: struck out as a whole, or some of what it said is replaced."""

    of: int  # the number of the event
    void: bool = False
    type: EventType | None = None
    on: date | None = None
    note: str | None = None
    until: date | None = None
    via: Channel | None = None
    objections: tuple[str, ...] = ()

    @property
    def changes_nothing(self) -> bool:
        """Whether it neither strikes the event out nor replaces anything."""
        return self == Correction(of=self.of)

    def as_json(self) -> dict[str, Any]:
        """A form that JSON can hold: the number, and only what is corrected."""
        said = {
            "void": self.void or None,
            "type": self.type and self.type.value,
            "on": self.on and self.on.isoformat(),
            "note": self.note,
            "until": self.until and self.until.isoformat(),
            "via": self.via and self.via.value,
            "objections": list(self.objections) or None,
        }
        return {"of": self.of, **{name: value for name, value in said.items() if value is not None}}

    @classmethod
    def from_json(cls, table: dict[str, Any]) -> "Correction":
        """The correction that :meth:`as_json` wrote."""
        return cls(
            of=table["of"],
            void=table.get("void", False),
            type=EventType(table["type"]) if "type" in table else None,
            on=_day(table.get("on")),
            note=table.get("note"),
            until=_day(table.get("until")),
            via=Channel(table["via"]) if "via" in table else None,
            objections=tuple(table.get("objections", ())),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class EventDraft:
    """An event before the store has numbered it."""

    type: EventType
    on: date
    recorded_at: datetime
    by: str | None = None
    note: str | None = None
    until: date | None = None
    via: Channel | None = None
    correction: Correction | None = None
    demands: tuple[tuple[str, str], ...] = ()
    objections: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One fact.

    ``on`` is the day it happened, ``recorded_at`` the moment it was written down and ``by`` who
    did so; ``demands`` says of single demands, by code, how the controller answered them, and
    ``objections`` by their words why it does not do as it was asked.  ``until`` is the day that an
    extension names, or that a letter to the controller sets for its answer.
    """

    seq: int
    type: EventType
    on: date
    recorded_at: datetime
    by: str | None = None
    note: str | None = None
    until: date | None = None
    via: Channel | None = None
    correction: Correction | None = None
    demands: tuple[tuple[str, str], ...] = ()
    objections: tuple[str, ...] = ()
    documents: tuple[DocumentRecord, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """A form that JSON can hold; also what the journal's hash is taken over."""
        return {
            "seq": self.seq,
            "type": self.type.value,
            "on": self.on.isoformat(),
            "recorded_at": self.recorded_at.isoformat(),
            "by": self.by,
            "note": self.note,
            "until": self.until.isoformat() if self.until else None,
            "via": self.via.value if self.via else None,
            "corrects": self.correction and self.correction.as_json(),
            "demands": dict(self.demands),
            "objections": list(self.objections),
            "attachments": [document.as_json() for document in self.documents],
        }

    @classmethod
    def from_json(cls, table: dict[str, Any]) -> "Event":
        """The event that :meth:`as_json` wrote; earlier versions wrote less."""
        corrects = table.get("corrects")
        return cls(
            seq=table["seq"],
            type=EventType(table["type"]),
            on=date.fromisoformat(table["on"]),
            recorded_at=datetime.fromisoformat(table["recorded_at"]),
            by=table.get("by"),
            note=table["note"],
            until=_day(table["until"]),
            via=Channel(table["via"]) if table["via"] else None,
            correction=Correction.from_json(corrects) if corrects else None,
            demands=tuple(table.get("demands", {}).items()),
            objections=tuple(table.get("objections", ())),
            documents=tuple(DocumentRecord.from_json(each) for each in table["attachments"]),
        )


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
