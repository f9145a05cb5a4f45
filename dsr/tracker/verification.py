"""Whether the record is whole and unaltered: its links, its documents, the rows that find them."""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Final

from dsr.tracker.documents import Documents
from dsr.tracker.engine import Engine
from dsr.tracker.index import COLUMNS, check_sum
from dsr.tracker.journal import GENESIS, Entry, Kind, link
from dsr.tracker.ledger import entries

EVERY = 1000  # entries between two words on the progress
AT_ONCE = 500  # documents that are looked for together
_LISTED: Final = {
    "person": ("SELECT id, position FROM person", "people"),
    "campaign": ("SELECT name, position FROM campaign", "campaigns"),
}
_NAMED = re.compile(r'"sha256":\s*"([0-9a-f]{64})"')  # in a text, JSON has \" instead


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
    end_is_missing: bool = False  # lists and documents know of more than the journal does

    @property
    def ok(self) -> bool:
        """Whether all is as it was written."""
        return self.first_bad is None and not self.problems


@dataclass(slots=True)
class _Cases:
    """What all cases come to, in three numbers however many they are.

    Two tables whose references add up to the same by their hashes, once for each case and once
    for each event, hold the same cases with as many events: Python draws its hashes anew in every
    process, so that nobody can choose references for it.
    """

    events: int = 0
    by_request: int = 0
    by_event: int = 0


@dataclass(slots=True)
class _Chain:
    """What was seen of the journal so far."""

    position: int = 0
    digest: str = GENESIS
    cases: _Cases = field(default_factory=_Cases)
    # Documents not looked for yet, by who holds them and by hash.
    attached: set[tuple[str, str]] = field(default_factory=set)
    missing: set[str] = field(default_factory=set)
    # Where the latest of each person and campaign stands: kind, who, position.
    latest: dict[str, dict[str, int]] = field(default_factory=lambda: {k: {} for k in _LISTED})
    not_held: bool = False  # whether one is not kept for who holds it
    emptied: set[int] = field(default_factory=set)
    released: set[int] = field(default_factory=set)  # positions that a certificate names
    bad: Bad | None = None


def verify(
    engine: Engine, documents: Documents, told: Callable[[int], None] | None = None
) -> Verdict:
    """Check everything in the record; *told* hears how many entries were checked.

    Holds the same little in memory however large the record is, as long as nothing is wrong.
    Raises UnavailableError where the database itself cannot be read.
    """
    with engine.snapshot(), ThreadPoolExecutor(1) as beside:
        damage = beside.submit(engine.damage)  # reads the whole file, as the rest does meanwhile
        chain = _followed(engine, told)
        problems, kept = _altered_documents(engine, documents)
        problems += [f"The document {each[:12]}… is missing." for each in sorted(chain.missing)]
        rows_fit = _rows_fit(engine, chain.cases)
        if not rows_fit:
            problems += _wrong_rows(engine)
        problems += _wrong_lists(engine, chain)
        if _knows_more(engine, rows_fit=rows_fit, held=not chain.not_held):
            problems.insert(0, _END_IS_MISSING)
        if found := damage.result():
            problems.insert(0, f"Something is wrong: {found}.")
    return Verdict(
        entries=chain.position,
        events=chain.cases.events,
        documents=kept,
        forgotten=len(chain.emptied & chain.released),
        head=chain.digest,
        first_bad=chain.bad,
        problems=tuple(problems),
        end_is_missing=_END_IS_MISSING in problems,
    )


def _followed(engine: Engine, told: Callable[[int], None] | None) -> _Chain:
    """Follow the links from the first to the last; the first that does not hold is kept."""
    chain = _Chain()
    for entry in entries(engine):
        follows = entry.position == chain.position + 1
        holds = follows and entry.digest == link(chain.digest, entry.commitment)
        if chain.bad is None and not holds:
            says = _wrong_with(entry, chain)
            chain.bad = Bad(entry.position, entry.kind, entry.subject, says)
        chain.position, chain.digest = entry.position, entry.digest
        _remember(entry, chain)
        if len(chain.attached) >= AT_ONCE:
            _look_for_documents(engine, chain)
        if told and entry.position % EVERY == 0:
            told(entry.position)
    _look_for_documents(engine, chain)
    without = sorted(chain.emptied - chain.released)
    if without and (chain.bad is None or without[0] < chain.bad.position):
        chain.bad = Bad(without[0], None, None, "it was emptied, and no certificate says why")
    return chain


def _wrong_with(entry: Entry, chain: _Chain) -> str:
    missing = entry.position - chain.position - 1
    if missing:
        return f"before it {missing} entr{'y is' if missing == 1 else 'ies are'} missing"
    return "it is not what was recorded, or the entry before it is not"


def _remember(entry: Entry, chain: _Chain) -> None:
    kind, subject, content = entry.kind, entry.subject, entry.content
    if content is None or kind is None or subject is None:
        chain.emptied.add(entry.position)
        return
    if not isinstance(content, str):
        return  # bytes that somebody put there: the chain has noticed
    if kind == "event":
        chain.cases.events += 1
        chain.cases.by_event += hash(subject)
    elif kind == "request":
        chain.cases.by_request += hash(subject)
    elif kind in _LISTED:
        chain.latest[kind][subject] = entry.position
    elif kind == "forgotten":
        with suppress(ValueError, KeyError, TypeError):  # altered text: the chain has noticed
            chain.released.update(_released(content, entry.position))
    if '"sha256":' in content:  # reading a million entries as JSON would take as long as the rest
        chain.attached.update((subject, digest) for digest in _NAMED.findall(content))


def _look_for_documents(engine: Engine, chain: _Chain) -> None:
    """Keep in mind those of the attached documents that are not there."""
    if not chain.attached:
        return
    wanted, chain.attached = chain.attached, set()
    digests = {digest for _subject, digest in wanted}
    places = ", ".join("?" * len(digests))
    sql = f"SELECT sha256 FROM document WHERE sha256 IN ({places})"  # noqa: S608
    chain.missing |= digests - {row[0] for row in engine.rows(sql, tuple(digests))}
    pairs = ", ".join(["(?, ?)"] * len(wanted))
    sql = f"SELECT count(*) FROM holding WHERE (subject, sha256) IN (VALUES {pairs})"  # noqa: S608
    held = engine.row(sql, [value for pair in wanted for value in pair])
    chain.not_held |= held != (len(wanted),)


def _released(content: str, before: int) -> Iterator[int]:
    for first, last in json.loads(content)["positions"]:
        yield from range(max(first, 1), min(last + 1, before))


def _altered_documents(engine: Engine, documents: Documents) -> tuple[list[str], int]:
    """A sentence for each document that is not what it was; how many documents there are."""
    problems, count = [], 0
    sql = "SELECT sha256, size, content FROM document WHERE place IS NULL"
    for digest, size, content in engine.stream(sql):
        count += 1
        whole = isinstance(content, bytes) and sha256(content).hexdigest() == digest
        if not whole or len(content) != size:
            problems.append(f"The document {digest[:12]}… is not what was recorded.")
    for kept in documents.large():
        count += 1
        if not documents.files.check(kept):
            problems.append(
                f"The large document {kept.sha256[:12]}… is missing or not what was recorded."
            )
    return problems, count


def _rows_fit(engine: Engine, cases: _Cases) -> bool:
    """Whether the rows that serve to find cases are as they were written and fit the journal."""
    by_request = by_event = 0
    for row in engine.stream(f"SELECT {COLUMNS}, check_sum FROM standing"):  # noqa: S608
        reference, count = row[0], row[-2]
        if check_sum(row[:-1]) != row[-1] or not isinstance(count, int):
            return False
        by_request += hash(reference)
        by_event += hash(reference) * count
    return (by_request, by_event) == (cases.by_request, cases.by_event)


def _wrong_rows(engine: Engine) -> Iterator[str]:
    """A sentence for each row that serves to find cases and does not fit the journal."""
    events, requests, seen = Counter[str](), set(), set()
    told = "SELECT kind, subject FROM entry WHERE kind IN ('request', 'event')"
    for kind, subject in engine.stream(told):
        if kind == Kind.EVENT:
            events[subject] += 1
        else:
            requests.add(subject)
    for row in engine.stream(f"SELECT {COLUMNS}, check_sum FROM standing"):  # noqa: S608
        reference, count = row[0], row[-2]
        seen.add(reference)
        if reference not in requests:
            yield f"{reference} is listed, and the journal does not know it."
        elif check_sum(row[:-1]) != row[-1]:
            yield f"What the lists say of {reference} was altered."
        elif count != events[reference]:
            yield (
                f"{reference} is listed with {count} events; the journal has {events[reference]}."
            )
    for reference in sorted(requests - seen):
        yield f"{reference} is in the journal, and the lists leave it out."


def _wrong_lists(engine: Engine, chain: _Chain) -> Iterator[str]:
    """A sentence for each other list that is not what the journal says."""
    for kind, (sql, what) in _LISTED.items():
        if dict(engine.rows(sql)) != chain.latest[kind]:
            yield f"The list of {what} is not what the journal says."
    if chain.not_held:
        yield "The list of who has which document is not what the journal says."


_END_IS_MISSING: Final = "The newest entries of the journal are missing: the lists know of them."


def _knows_more(engine: Engine, *, rows_fit: bool, held: bool) -> bool:
    """Whether lists or documents tell of entries that the journal does not have (any more)."""
    told = (
        "SELECT 1 FROM standing s WHERE s.events > (SELECT count(*) FROM entry e"
        " WHERE e.subject = s.reference AND e.kind = 'event') LIMIT 1"
    )
    alone = (
        "SELECT 1 FROM document d WHERE NOT EXISTS"
        " (SELECT 1 FROM holding h WHERE h.sha256 = d.sha256) LIMIT 1"
    )
    unnamed = held and engine.row(alone) is not None
    return unnamed or (not rows_fit and engine.row(told) is not None)
