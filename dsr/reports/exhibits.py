"""Which documents of a case prove a complaint, in which order, and what is left out of it."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from dsr.law.receipt import Channel
from dsr.tracker.events import DocumentRecord, Event, EventType
from dsr.tracker.state import in_order

COMPLAINT = "complaint"  # what the record calls the letter to the authority
REQUEST, MANDATE, OTHER = "request", "mandate", "other"
_OUR_LETTERS = ("reminder", "final-notice", "rebuttal")
# In which form a letter went out, by how it went.
_SENT_AS = {
    Channel.EMAIL: ".eml",
    Channel.WEBFORM: ".txt",
    Channel.POST: ".pdf",
    Channel.FAX: ".pdf",
}


class Private(StrEnum):
    """What goes to an authority only if the person says so."""

    IDENTITY = "identity"  # what proved to the controller who the person is
    NOTES = "notes"  # what the person attached to notes of their own


@dataclass(frozen=True, slots=True)
class Exhibit:
    """A document that proves a fact; ``what`` is a word of a language's [bundle] or [events]."""

    label: str
    what: str
    on: date
    document: DocumentRecord
    seq: int | None = None  # the event that the document belongs to


@dataclass(frozen=True, slots=True)
class Chosen:
    """The exhibits of a complaint, and what stays at home with the reason."""

    exhibits: tuple[Exhibit, ...]
    left_out: tuple[tuple[str, str], ...] = ()  # name of a document, why


def choose(
    events: Sequence[Event],
    *,
    mandate: tuple[date, DocumentRecord] | None = None,
    include: Collection[Private] = (),
    without: Collection[str] = (),
) -> Chosen:
    """The letters that went out, all that came, and the mandate, by their day.

    *without* names documents that the person wants left out.
    """
    found: list[tuple[str, date, DocumentRecord, int | None]] = []
    left_out: list[tuple[str, str]] = []
    if mandate:
        found.append((MANDATE, mandate[0], mandate[1], None))
    for event, what, documents in _proofs(events):
        private = _private(event)
        for document in documents:
            if document.name in without:
                left_out.append((document.name, "you left it out"))
            elif private and private not in include:
                left_out.append((document.name, f"private; --include {private.value} adds it"))
            else:
                found.append((what, event.on, document, event.seq))
    found.sort(key=lambda each: each[1])
    return Chosen(
        tuple(Exhibit(f"A{n}", *each) for n, each in enumerate(found, start=1)), tuple(left_out)
    )


def letters_sent(events: Sequence[Event]) -> dict[int, str]:
    """By the number of the event that sent it, what sort of letter each was."""
    ordered = in_order(events)
    letters = [event for event in ordered if event.type is EventType.PREPARED]
    found = {}
    for event in ordered:
        letter = _letter_sent_by(event, ordered, letters)
        if letter:
            letters.remove(letter)
            found[event.seq] = _kind(letter)
    return found


def _proofs(events: Sequence[Event]) -> Iterable[tuple[Event, str, Sequence[DocumentRecord]]]:
    """Each event that brings documents, with what they are; a letter counts by its sending."""
    ordered = in_order(events)
    via = next((event.via for event in ordered if event.type is EventType.SENT and event.via), None)
    letters = [event for event in ordered if event.type is EventType.PREPARED]
    for event in ordered:
        letter = _letter_sent_by(event, ordered, letters)
        if letter:
            letters.remove(letter)
            yield event, _kind(letter), _as_sent(letter.documents, via)
        if event.type not in (EventType.PREPARED, EventType.CORRECTED):
            yield event, event.type.value, event.documents


def _letter_sent_by(
    event: Event, ordered: Sequence[Event], letters: Sequence[Event]
) -> Event | None:
    """The letter of *letters* that went out as *event* says: the request, or the last one made."""
    if event.type is EventType.SENT:
        return next((each for each in letters if each is _first_letter(ordered)), None)
    if event.type is not EventType.REMINDED:
        return None
    made = [
        each
        for each in letters
        if each.on <= event.on and each.note != COMPLAINT and each is not _first_letter(ordered)
    ]
    return made[-1] if made else None


def _first_letter(ordered: Sequence[Event]) -> Event | None:
    return next((event for event in ordered if event.type is EventType.PREPARED), None)


def _kind(event: Event) -> str:
    kind = (event.note or REQUEST).partition(":")[0]
    return kind if kind in (REQUEST, *_OUR_LETTERS) else OTHER


def _as_sent(documents: Sequence[DocumentRecord], via: Channel | None) -> list[DocumentRecord]:
    """The one form of a letter in which it went out; the others say the same."""
    for ending in (_SENT_AS.get(via or Channel.EMAIL, ".pdf"), ".pdf", ".eml", ".txt"):
        found = [document for document in documents if document.name.endswith(ending)]
        if found:
            return found[:1]
    return []


def _private(event: Event) -> Private | None:
    if event.type is EventType.IDENTITY_PROVIDED:
        return Private.IDENTITY
    return Private.NOTES if event.type is EventType.NOTE else None
