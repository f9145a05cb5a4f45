"""The journal: each entry is linked by SHA-256 to the one before, so that no change goes unseen.

An entry is bound by a commitment, the hash of a random salt and of what it says.  When a person is
forgotten, salt and content go and the commitment stays: the chain can still be followed, and the
hash alone reveals nothing, as nobody can guess the salt.
"""

import json
from enum import StrEnum
from hashlib import sha256
from typing import Any, NamedTuple

GENESIS = "0" * 64
SALT_BYTES = 16


class Kind(StrEnum):
    """What an entry of the journal says something of."""

    PERSON = "person"
    REQUEST = "request"
    EVENT = "event"
    CAMPAIGN = "campaign"
    UPGRADED = "upgraded"  # earlier entries were moved here from an older form of the record
    FORGOTTEN = "forgotten"  # which entries were emptied, and when
    IMPORTED = "imported"  # where the entries that follow came from
    SETTING = "setting"


class Entry(NamedTuple):
    """One link: what was recorded, and the digest that binds it to all before.

    ``kind``, ``subject``, ``salt`` and ``content`` are None once it was forgotten; the commitment
    stands in their place.
    """

    position: int
    kind: str | None
    subject: str | None
    salt: str | None
    content: str | None
    commitment: str
    digest: str


def canonical(table: dict[str, Any]) -> str:
    """JSON that is the same for the same content: sorted keys, no spaces, UTF-8."""
    return json.dumps(table, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def commitment(salt: str, kind: str, subject: str, content: str) -> str:
    """What binds an entry to its content without giving it away."""
    return sha256(f"{salt}\n{kind}\n{subject}\n{content}".encode()).hexdigest()


def link(previous: str, committed: str) -> str:
    """The digest of an entry that follows *previous*."""
    return sha256(f"{previous}\n{committed}".encode()).hexdigest()
