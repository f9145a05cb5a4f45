"""What can happen to a request: append-only facts with the day they happened."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from dsr.law.receipt import Channel


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


RECORDABLE = tuple(kind for kind in EventType if kind is not EventType.PREPARED)
ANSWERS = frozenset(
    {EventType.FULFILLED, EventType.PARTLY_FULFILLED, EventType.REFUSED, EventType.NO_DATA}
)


@dataclass(frozen=True, slots=True)
class Document:
    """The exact bytes of something sent or received."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class DocumentRecord:
    """A document as an event names it; ``size`` in bytes."""

    name: str
    media_type: str
    sha256: str
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One fact.  ``on`` is the day it happened, ``recorded_at`` the moment it was written down."""

    seq: int
    type: EventType
    on: date
    recorded_at: datetime
    note: str | None = None
    until: date | None = None
    via: Channel | None = None
    documents: tuple[DocumentRecord, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """A form that JSON can hold; also what the journal's hash is taken over."""
        return {
            "seq": self.seq,
            "type": self.type.value,
            "on": self.on.isoformat(),
            "recorded_at": self.recorded_at.isoformat(),
            "note": self.note,
            "until": self.until.isoformat() if self.until else None,
            "via": self.via.value if self.via else None,
            "attachments": [
                {"name": d.name, "media_type": d.media_type, "sha256": d.sha256, "bytes": d.size}
                for d in self.documents
            ],
        }
