"""The journal: each entry is linked by SHA-256 to the one before, so that no change goes unseen."""

import json
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

GENESIS = "0" * 64


@dataclass(frozen=True, slots=True)
class Entry:
    """One link: what was recorded, and the digest that binds it to all before."""

    position: int
    reference: str
    content: str
    previous: str
    digest: str


def canonical(table: dict[str, Any]) -> str:
    """JSON that is the same for the same content: sorted keys, no spaces, UTF-8."""
    return json.dumps(table, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def link(previous: str, reference: str, content: str) -> str:
    """The digest of an entry that follows *previous*."""
    return sha256(f"{previous}\n{reference}\n{content}".encode()).hexdigest()


def first_bad(entries: list[Entry]) -> Entry | None:
    """The first entry that does not follow from the one before it, or None if all do."""
    previous = GENESIS
    for entry in entries:
        if entry.previous != previous or entry.digest != link(
            previous, entry.reference, entry.content
        ):
            return entry
        previous = entry.digest
    return None
