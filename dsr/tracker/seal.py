"""A seal: a signed statement of how far the journal went, to be kept where dsr cannot reach it."""

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from dsr.errors import InvalidInputError
from dsr.law.receipt import plain_date
from dsr.tracker.journal import canonical
from dsr.tracker.signing import check_signature, fingerprint
from dsr.tracker.timestamp import check_timestamp

FORMAT = "dsr-seal-1"
LARGEST_HEAD = 2048  # bytes

_STORE = re.compile(r"[0-9A-Za-z_-]{1,64}")
_DIGEST = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """How far the journal went.

    ``store`` is the random id of the record, ``digest`` that of entry number ``entries`` (64 hex
    digits), ``sealed_at`` in UTC to the second.  Raises InvalidInputError for what no head can be.
    """

    store: str
    entries: int
    digest: str
    sealed_at: datetime

    def __post_init__(self) -> None:
        whole_second = self.sealed_at.utcoffset() == timedelta(0) and not self.sealed_at.microsecond
        is_position = type(self.entries) is int and self.entries > 0
        if not (
            _STORE.fullmatch(self.store)
            and is_position
            and _DIGEST.fullmatch(self.digest)
            and whole_second
        ):
            raise InvalidInputError(
                "A seal needs the record's id, an entry of its journal and a moment in UTC.",
                code="bad_seal",
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Seal:
    """What lies in a seal's directory; ``query`` and ``response`` are those of a time stamp."""

    head: Head
    signature: bytes
    public_key: bytes  # PEM
    query: bytes | None = None
    response: bytes | None = None


class Held(StrEnum):
    """Whether the record still holds what was sealed."""

    KEPT = "kept"
    REWRITTEN = "rewritten"
    TRUNCATED = "truncated"
    OTHER_RECORD = "other-record"


class Stamp(StrEnum):
    """What became of the time stamp."""

    NONE = "none"
    UNCHECKED = "unchecked"  # no root certificate was given
    GOOD = "good"
    BAD = "bad"


@dataclass(frozen=True, slots=True, kw_only=True)
class SealVerdict:
    """What a seal says of the record; ``added`` counts the entries that came after it.

    ``own_key`` is None if nobody said which key the seal should be signed with.
    """

    head: Head
    fingerprint: str
    signature_good: bool
    own_key: bool | None
    held: Held
    added: int
    stamp: Stamp
    stamped_at: datetime | None = None
    stamp_fault: str | None = None

    @property
    def ok(self) -> bool:
        """Whether nothing speaks against the record; a seal without time stamp may be good."""
        return (
            self.signature_good
            and self.own_key is not False
            and self.held is Held.KEPT
            and self.stamp is not Stamp.BAD
        )

    @property
    def says(self) -> tuple[str, ...]:
        """The verdict in sentences: signature, record, time stamp."""
        return self._on_signature(), self._on_record(), self._on_stamp()

    def _on_signature(self) -> str:
        if not self.signature_good:
            return "The signature is bad: the seal was altered after it was signed."
        if self.own_key is False:
            return f"The signature is by another key than this record's: {self.fingerprint}."
        return f"The signature is good, by the key {self.fingerprint}."

    def _on_record(self) -> str:
        entries = self.head.entries
        match self.held:
            case Held.OTHER_RECORD:
                return "The seal was made over another record."
            case Held.TRUNCATED:
                return f"The record was cut short: {entries} entries were sealed, it has fewer."
            case Held.REWRITTEN:
                return f"The record was rewritten: entry {entries} is not the one that was sealed."
            case _:
                later = (
                    f"{self.added} {'entry was' if self.added == 1 else 'entries were'} added since"
                )
                sealed = moment(self.head.sealed_at)
                return f"The record holds all up to entry {entries} as sealed on {sealed}; {later}."

    def _on_stamp(self) -> str:
        if self.stamp is Stamp.GOOD and self.stamped_at:
            return f"The time stamp is good: the seal existed on {moment(self.stamped_at)}."
        if self.stamp is Stamp.UNCHECKED:
            return "The time stamp was not checked: no certificate of its authority was given."
        return self.stamp_fault or "The seal has no time stamp."


def head_bytes(head: Head) -> bytes:
    """What is signed and stamped of a head: canonical JSON, the same bytes for the same head."""
    at = _utc(head.sealed_at)
    table = {
        "format": FORMAT,
        "says": f"At {at} the record {head.store} held {head.entries} entries. The digest of "
        f"entry {head.entries} is {head.digest}; it binds all entries up to there.",
        "store": head.store,
        "entries": head.entries,
        "digest": head.digest,
        "sealed_at": at,
    }
    return canonical(table).encode("ascii")


def head_from(content: bytes) -> Head:
    """The head of which *content* are the bytes.

    Raises InvalidInputError if they are those of no head, to the last byte.
    """
    table = _table(content)
    if table.get("format") != FORMAT:
        raise InvalidInputError(
            "This seal is of a form that this dsr does not know.",
            hint="A newer dsr may know it.",
            code="unknown_seal",
        )
    try:
        head = Head(
            store=table["store"],
            entries=table["entries"],
            digest=table["digest"],
            sealed_at=datetime.fromisoformat(table["sealed_at"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise _no_head() from error
    if head_bytes(head) != content:
        raise _no_head()
    return head


def check_seal(
    seal: Seal,
    digest_at: Callable[[int], str | None],
    *,
    store: str,
    entries: int,
    own_key: bytes | None = None,
    roots: Sequence[bytes] = (),
) -> SealVerdict:
    """What *seal* says of the record with the id *store*, that has so many *entries* now.

    The journal must have been followed from its first entry: the seal vouches for one digest, the
    chain for the entries before it.  *own_key* is the record's public key in PEM, *roots* are the
    certificates (PEM) that may vouch for the time-stamp authority.

    Raises InvalidInputError if a key or a root is none.
    """
    head = seal.head
    stamp, stamped_at, stamp_fault = _stamp(seal, roots)
    return SealVerdict(
        head=head,
        fingerprint=fingerprint(seal.public_key),
        signature_good=check_signature(seal.public_key, head_bytes(head), seal.signature),
        own_key=None if own_key is None else fingerprint(own_key) == fingerprint(seal.public_key),
        held=_held(head, digest_at, store, entries),
        added=max(entries - head.entries, 0),
        stamp=stamp,
        stamped_at=stamped_at,
        stamp_fault=stamp_fault,
    )


def moment(at: datetime) -> str:
    """A moment as people write it: 23 November 2026 at 10:05:00 UTC."""
    utc = at.astimezone(UTC)
    return f"{plain_date(utc.date())} at {utc:%H:%M:%S} UTC"


def _held(head: Head, digest_at: Callable[[int], str | None], store: str, entries: int) -> Held:
    if head.store != store:
        return Held.OTHER_RECORD
    if head.entries > entries:
        return Held.TRUNCATED
    return Held.KEPT if digest_at(head.entries) == head.digest else Held.REWRITTEN


def _stamp(seal: Seal, roots: Sequence[bytes]) -> tuple[Stamp, datetime | None, str | None]:
    if seal.response is None:
        return Stamp.NONE, None, None
    if not roots:
        return Stamp.UNCHECKED, None, None
    try:
        at = check_timestamp(head_bytes(seal.head), seal.query, seal.response, roots)
    except InvalidInputError as error:
        return Stamp.BAD, None, error.sentence
    return Stamp.GOOD, at, None


def _table(content: bytes) -> dict[str, Any]:
    if len(content) > LARGEST_HEAD:
        raise _no_head()
    try:
        table = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise _no_head() from error
    if not isinstance(table, dict):
        raise _no_head()
    return table


def _utc(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")


def _no_head() -> InvalidInputError:
    return InvalidInputError(
        "This is no seal of dsr, or not one byte for byte as dsr wrote it.", code="bad_seal"
    )
