"""Whether the record is whole and unaltered: its links, its documents, the rows that find them."""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Final

from dsr.tracker.documents import Documents
from dsr.tracker.engine import Engine
from dsr.tracker.index import COLUMNS, attached, check_sum
from dsr.tracker.journal import GENESIS, Entry, Kind, link
from dsr.tracker.ledger import entries

EVERY = 1000  # entries between two words on the progress


@dataclass(frozen=True, slots=True)
class Bad:
    """The first entry of the journal that is not what it was, and what is wrong with it."""

    position: int
    kind: str | None
    subject: str | None
    says: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a check of the whole record found; ``entries`` counts those that were looked at."""

    entries: int
    events: int
    documents: int
    forgotten: int
    head: str
    first_bad: Bad | None
    problems: tuple[str, ...]  # what is wrong beside the journal, or after its first bad entry

    @property
    def ok(self) -> bool:
        """Whether all is as it was written."""
        return self.first_bad is None and not self.problems


@dataclass(slots=True)
class _Chain:
    """What was seen of the journal so far."""

    position: int = 0
    digest: str = GENESIS
    counted: Counter[str] = field(default_factory=Counter)  # entries, by kind
    events: Counter[str] = field(default_factory=Counter)  # events, by case
    requests: set[str] = field(default_factory=set)
    attached: set[str] = field(default_factory=set)  # documents, by hash
    held: set[tuple[str, str]] = field(default_factory=set)  # by whom, which document
    latest: dict[tuple[str, str], int] = field(default_factory=dict)  # of people and campaigns
    emptied: set[int] = field(default_factory=set)
    released: set[int] = field(default_factory=set)  # positions that a certificate names
    bad: Bad | None = None


def verify(
    engine: Engine, documents: Documents, told: Callable[[int], None] | None = None
) -> Verdict:
    """Check everything in the record; *told* hears how many entries were checked.

    Raises UnavailableError where the database itself cannot be read.
    """
    problems = []
    with engine.snapshot():
        damage = engine.damage()
        if damage:
            problems.append(f"Something is wrong: {damage}.")
        chain = _followed(entries(engine), told)
        kept = {row[0] for row in engine.rows("SELECT sha256 FROM document")}
        problems += _altered_documents(engine, documents, kept | chain.attached)
        problems += _wrong_rows(engine, chain)
    return Verdict(
        entries=chain.position,
        events=chain.counted[Kind.EVENT],
        documents=len(kept),
        forgotten=len(chain.emptied),
        head=chain.digest,
        first_bad=chain.bad,
        problems=tuple(problems),
    )


def _followed(journal: Iterator[Entry], told: Callable[[int], None] | None) -> _Chain:
    """Follow the links from the first to the last; the first that does not hold is kept."""
    chain = _Chain()
    for entry in journal:
        if chain.bad is None:
            says = _wrong_with(entry, chain)
            if says:
                chain.bad = Bad(entry.position, entry.kind, entry.subject, says)
        chain.position, chain.digest = entry.position, entry.digest
        _remember(entry, chain)
        if told and entry.position % EVERY == 0:
            told(entry.position)
    without = sorted(chain.emptied - chain.released)
    if without and (chain.bad is None or without[0] < chain.bad.position):
        chain.bad = Bad(without[0], None, None, "it was emptied, and no certificate says why")
    return chain


def _wrong_with(entry: Entry, chain: _Chain) -> str | None:
    if entry.position != chain.position + 1:
        missing = entry.position - chain.position - 1
        return f"before it {missing} entr{'y is' if missing == 1 else 'ies are'} missing"
    if entry.digest != link(chain.digest, entry.commitment):
        return "it is not what was recorded, or the entry before it is not"
    return None


def _remember(entry: Entry, chain: _Chain) -> None:
    kind, content, subject = entry.kind, entry.content, entry.subject
    if content is None or kind is None or subject is None:
        chain.emptied.add(entry.position)
        return
    chain.counted[kind] += 1
    if kind == "event":
        chain.events[subject] += 1
    elif kind == "request":
        chain.requests.add(subject)
    elif kind in _LISTED:
        chain.latest[kind, subject] = entry.position
    with suppress(ValueError, KeyError, TypeError, AttributeError):  # the chain has noticed that
        if kind == "forgotten":
            chain.released.update(_released(content, entry.position))
        # Reading a million entries as JSON would take as long as the rest.
        if '"sha256":' in content:
            named = {document["sha256"] for document in attached(json.loads(content))}
            chain.attached |= named
            chain.held |= {(subject, digest) for digest in named}


def _released(content: str, before: int) -> Iterator[int]:
    for first, last in json.loads(content)["positions"]:
        yield from range(max(first, 1), min(last + 1, before))


def _altered_documents(engine: Engine, documents: Documents, wanted: set[str]) -> Iterator[str]:
    """A sentence for each document that is missing or is not what it was."""
    sql = "SELECT sha256, size, content FROM document WHERE place IS NULL"
    seen = set()
    for digest, size, content in engine.stream(sql):
        seen.add(digest)
        whole = isinstance(content, bytes) and sha256(content).hexdigest() == digest
        if not whole or len(content) != size:
            yield f"The document {digest[:12]}… is not what was recorded."
    for kept in documents.large():
        seen.add(kept.sha256)
        if not documents.files.check(kept):
            yield f"The large document {kept.sha256[:12]}… is missing or not what was recorded."
    for digest in sorted(wanted - seen):
        yield f"The document {digest[:12]}… is missing."


def _wrong_rows(engine: Engine, chain: _Chain) -> Iterator[str]:
    """A sentence for each row that serves to find cases and does not fit the journal."""
    seen = set()
    for row in engine.stream(f"SELECT {COLUMNS}, check_sum FROM standing"):  # noqa: S608
        reference, count = row[0], row[-2]
        seen.add(reference)
        if reference not in chain.requests:
            yield f"{reference} is listed, and the journal does not know it."
        elif check_sum(row[:-1]) != row[-1]:
            yield f"What the lists say of {reference} was altered."
        elif count != chain.events[reference]:
            yield (
                f"{reference} is listed with {count} events; the journal has "
                f"{chain.events[reference]}."
            )
    for reference in sorted(chain.requests - seen):
        yield f"{reference} is in the journal, and the lists leave it out."
    for kind, sql in _LISTED.items():
        listed = {((kind, name), position) for name, position in engine.rows(sql)}
        if listed != {each for each in chain.latest.items() if each[0][0] == kind}:
            yield f"The list of {_PLURALS[kind]} is not what the journal says."
    if set(engine.rows("SELECT subject, sha256 FROM holding")) != chain.held:
        yield "The list of who has which document is not what the journal says."


_LISTED: Final = {
    "person": "SELECT id, position FROM person",
    "campaign": "SELECT name, position FROM campaign",
}
_PLURALS: Final = {"person": "people", "campaign": "campaigns"}
