"""Whether the record is whole and unaltered: its links, its documents, the rows that find them."""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from hashlib import sha256

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
    kind, content = entry.kind, entry.content
    if content is None or kind is None or entry.subject is None:
        chain.emptied.add(entry.position)
        return
    chain.counted[kind] += 1
    if kind == "event":
        chain.events[entry.subject] += 1
    elif kind == "request":
        chain.requests.add(entry.subject)
    elif kind == "forgotten":
        chain.released.update(_released(content))
    if '"sha256":' in content:  # reading a million entries as JSON would take as long as the rest
        chain.attached.update(_named(content))


def _released(content: str) -> Iterator[int]:
    for first, last in json.loads(content)["positions"]:
        yield from range(first, last + 1)


def _named(content: str) -> Iterator[str]:
    try:
        yield from (document["sha256"] for document in attached(json.loads(content)))
    except (ValueError, KeyError, TypeError):
        return  # altered text; the chain has noticed


def _altered_documents(engine: Engine, documents: Documents, wanted: set[str]) -> Iterator[str]:
    """A sentence for each document that is missing or is not what it was."""
    sql = "SELECT sha256, size, content FROM document WHERE place IS NULL"
    seen = set()
    for digest, size, content in engine.stream(sql):
        seen.add(digest)
        if content is None or len(content) != size or sha256(content).hexdigest() != digest:
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
