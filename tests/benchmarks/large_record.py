"""A large record, made fast: by dsr's own rules, but many entries in one statement.

A few hundred cases are told in full and assessed; every other one is told like one of them, under
a reference of its own, with letters of its own.  ``dsr verify`` finds nothing wrong with it.
"""

import random
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from hashlib import sha256
from itertools import islice
from pathlib import Path

from dsr.law.edition import law_edition
from dsr.law.receipt import Channel
from dsr.law.rights import Right
from dsr.secrets import Key
from dsr.tracker.assessment import standing
from dsr.tracker.engine import Engine
from dsr.tracker.events import DocumentRecord, Event, EventType
from dsr.tracker.index import COLUMNS, _row, check_sum, rebuild_names
from dsr.tracker.journal import GENESIS, Kind, canonical, commitment, link
from dsr.tracker.migrations import STANDING, TABLES
from dsr.tracker.people import DataSubject, Person
from dsr.tracker.requests import REFERENCE_BITS, Addressee, Request, reference_from
from dsr.tracker.sqlite import SqliteEngine
from dsr.tracker.standing import Standing
from dsr.tracker.store import Store

TODAY = date(2026, 11, 24)
KEY = Key("5a" * 32, is_raw=True)
TEMPLATES = 400
NO_REFERENCE = "DSR-----------"
BLOCK = 1000  # cases that are told side by side, so that a case's entries lie apart
EVENTS = 5  # in each case
SCATTER = 0x5851F42D4D  # an odd number: all references differ, and follow no order
BUILDING = ("PRAGMA synchronous = OFF", "PRAGMA cache_size = -400000")

_ENTRY = "INSERT INTO entry (position, kind, subject, salt, content, digest) VALUES (?,?,?,?,?,?)"
_DOCUMENT = "INSERT INTO document (sha256, size, content) VALUES (?, ?, ?)"
_STANDING = (
    f"INSERT INTO standing ({COLUMNS}, check_sum)"  # noqa: S608
    f" VALUES ({', '.join('?' * (COLUMNS.count(',') + 2))})"
)
# How long ago the letter went out, and what happened how many days after that.
_E = EventType
CLOSED = (
    (200, (0, _E.SENT), (2, _E.ACKNOWLEDGED), (25, _E.FULFILLED), (40, _E.CLOSED)),
    (400, (0, _E.SENT), (28, _E.REFUSED), (40, _E.COMPLAINED), (150, _E.CLOSED)),
    (300, (1, _E.SENT), (5, _E.ACKNOWLEDGED), (20, _E.NO_DATA), (21, _E.CLOSED)),
)
OPEN_STORIES = (
    (4, (0, _E.SENT), (1, _E.DELIVERED), (2, _E.ACKNOWLEDGED), (3, _E.NOTE)),  # waiting
    (90, (0, _E.SENT), (1, _E.DELIVERED), (2, _E.ACKNOWLEDGED), (9, _E.NOTE)),  # overdue
    (60, (0, _E.SENT), (3, _E.ACKNOWLEDGED), (9, _E.NOTE), (30, _E.PARTLY_FULFILLED)),  # answered
    (30, (0, _E.SENT), (2, _E.ACKNOWLEDGED), (3, _E.NOTE), (6, _E.IDENTITY_REQUESTED)),
)
LAWS = (("gdpr", "DE", "FR"), ("uk-gdpr", "GB", "GB"), ("ccpa", "US", "US"), ("gdpr", "FR", "US"))
RIGHTS = ((Right.ACCESS,), (Right.ERASURE,), (Right.ACCESS, Right.ERASURE))

Story = tuple[object, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Extent:
    """How large a record is: so many cases, of which so many are open."""

    cases: int
    open: int

    @property
    def name(self) -> str:
        """What its file is called; a record of another form or under other law is another."""
        form = sha256(f"{TABLES}{STANDING}{law_edition()}".encode()).hexdigest()[:8]
        return f"{self.cases}-cases-{self.open}-open-{form}"


@dataclass(frozen=True, slots=True)
class Template:
    """A case told in full."""

    person: DataSubject
    first: Event
    asks: str  # the request as the journal has it, but for its reference
    says: tuple[str, ...]  # the events as the journal has them
    standing: Standing


def made(directory: Path, extent: Extent) -> Path:
    """The file of an encrypted record of that extent, made unless it is there already."""
    path = directory / f"{extent.name}.db"
    if not path.exists():
        part = path.with_suffix(".part")
        for name in (part, Path(f"{part}-wal"), Path(f"{part}-shm")):
            name.unlink(missing_ok=True)
        with closing(Store(SqliteEngine(part, KEY), directory / "files")) as store:
            _fill(store, extent)
        part.rename(path)
    return path


def decrypted(path: Path) -> Path:
    """The same record as a file that is not encrypted."""
    plain = path.with_name(f"plain-{path.name}")
    if not plain.exists():
        part = plain.with_suffix(".part")
        part.unlink(missing_ok=True)
        with closing(SqliteEngine(path, KEY)) as engine:
            engine.run("ATTACH ? AS plain KEY ''", (str(part),))
            engine.rows("SELECT sqlcipher_export('plain')")
            engine.run(f"PRAGMA plain.user_version = {engine.version()}")
        part.rename(plain)
    return plain


def copy_to_server(path: Path, url: str) -> None:
    """Fill the empty database at *url* with the record at *path*."""
    import psycopg

    from dsr.tracker.postgres import PostgresEngine

    with closing(Store(PostgresEngine(url), path.parent / "files")) as store:
        version = store.engine.version()
    with closing(SqliteEngine(path, KEY)) as engine, psycopg.connect(url) as server:
        server.execute("SET search_path TO dsr")
        server.execute("DELETE FROM meta")
        for table in ("meta", "person", "entry", "document", "holding", "standing"):
            names = [row[1] for row in engine.rows(f"PRAGMA table_info({table})")]
            columns = ", ".join(names)
            with server.cursor().copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
                for row in engine.stream(f"SELECT {columns} FROM {table}"):  # noqa: S608
                    copy.write_row(row)
        server.execute("INSERT INTO meta VALUES ('schema', %s)", (str(version),))
        server.commit()
        server.autocommit = True
        server.execute("VACUUM ANALYZE")  # as the server does by itself after a while


def _fill(store: Store, extent: Extent) -> None:
    engine, chance = store.engine, random.Random(0)  # noqa: S311
    for pragma in BUILDING:
        engine.run(pragma)
    closed, running = _templates(CLOSED), _templates(OPEN_STORIES)
    is_open = [True] * extent.open + [False] * (extent.cases - extent.open)
    chance.shuffle(is_open)
    journal = _Journal(chance)
    numbers = iter(range(extent.cases))
    with engine.transaction(), _without_indexes(engine):
        engine.run_many(_ENTRY, [journal.entry(*each) for each in _people(closed + running)])
        while block := list(islice(numbers, BLOCK)):
            cases = [_Case(n, chance.choice(running if is_open[n] else closed)) for n in block]
            engine.run_many(_ENTRY, [journal.entry(*each) for each in _told(cases)])
            papers = [case.paper for case in cases if case.paper]
            engine.run_many(_DOCUMENT, [(_digest(p), len(p), p) for p in papers])
            engine.run_many(_STANDING, [case.row() for case in cases])
        rebuild_names(engine)
    engine.rows("PRAGMA wal_checkpoint(TRUNCATE)")


@contextmanager
def _without_indexes(engine: Engine) -> Iterator[None]:
    """Make the indexes at the end, each in one go."""
    indexes = engine.rows("SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql <> ''")
    for name, _ in indexes:
        engine.run(f"DROP INDEX {name}")
    yield
    for _, sql in indexes:
        engine.run(sql)


class _Journal:
    """Links entries, one to the one before."""

    def __init__(self, salts: random.Random) -> None:
        self._salts, self._position, self._digest = salts, 0, GENESIS

    def entry(self, kind: Kind, subject: str, content: str) -> tuple[object, ...]:
        salt = self._salts.randbytes(16).hex()
        self._position += 1
        self._digest = link(self._digest, commitment(salt, kind.value, subject, content))
        return self._position, kind.value, subject, salt, content, self._digest


class _Case:
    """One of the many: a template under a reference of its own."""

    def __init__(self, number: int, template: Template) -> None:
        self._template = template
        self.reference = reference_from((number + 1) * SCATTER % (1 << REFERENCE_BITS))
        # A letter in every other case, so that every tenth event has a document.
        letter = f"To whom it may concern: {self.reference}\n".encode() * 40
        self.paper = letter if number % 2 else None

    def request(self) -> str:
        return self._template.asks.replace(NO_REFERENCE, self.reference)

    def event(self, place: int) -> str:
        if not self.paper or place > 0:
            return self._template.says[place]
        record = DocumentRecord("letter.txt", "text/plain", _digest(self.paper), len(self.paper))
        return canonical(replace(self._template.first, documents=(record,)).as_json())

    def row(self) -> tuple[object, ...]:
        row = _row(self._template.standing._replace(reference=self.reference))
        return (*row, check_sum(row))


def _told(cases: Sequence[_Case]) -> Iterator[tuple[Kind, str, str]]:
    """What the journal says of the cases: all requests, then the second event of all, and so on."""
    for case in cases:
        yield Kind.REQUEST, case.reference, case.request()
        yield Kind.EVENT, case.reference, case.event(0)
    for place in range(1, EVENTS):
        for case in cases:
            yield Kind.EVENT, case.reference, case.event(place)


def _people(templates: Sequence[Template]) -> Iterator[tuple[Kind, str, str]]:
    for subject in {each.person.id: each.person for each in templates}.values():
        said = {"person": Person(subject=subject).as_json(), "recorded_at": "2020-01-01T00:00:00Z"}
        yield Kind.PERSON, subject.id, canonical(said)


def _digest(paper: bytes) -> str:
    return sha256(paper).hexdigest()


def _templates(stories: Sequence[Story]) -> list[Template]:
    return [_template(number, stories[number % len(stories)]) for number in range(TEMPLATES)]


def _template(number: int, story: Story) -> Template:
    ago, *happened = story
    law, country, establishment = LAWS[number % len(LAWS)]
    made_on = TODAY - timedelta(days=ago + number % 17)
    person = DataSubject(
        id=f"client-{number}",
        name=f"Żaneta Öztürk-O’Brien {number}",
        email=f"zaneta.{number}@example.org",
        address=(f"Grüner Weg {number}", "20095 Hamburg"),
        country=country,
        region="CA" if country == "US" else None,
    )
    request = Request(
        reference=NO_REFERENCE,
        data_subject=person,
        company=Addressee(
            slug=f"bilderfang-{number % 97}",
            name=f"Bilderfang {number % 97} Aktiengesellschaft",
            address=("1 Rue du Test", "75001 Paris"),
            address_country=establishment,
            email="privacy@bilderfang.example",
            webform=None,
            establishment=establishment,
        ),
        law=law,
        rights=RIGHTS[number % len(RIGHTS)],
        language="en",
        channel=Channel.EMAIL,
        made_on=made_on,
        photo_urls=(f"https://example.org/{number}/at-the-lake.jpg",),
        demands=("A1", "A2", "A3", "E1", "E2"),
    )
    days = ((0, EventType.PREPARED), *happened)
    events = tuple(
        _event(seq, made_on + timedelta(days=day), kind)
        for seq, (day, kind) in enumerate(days, start=1)
    )
    asks, says = canonical(request.as_json()), (canonical(each.as_json()) for each in events)
    return Template(person, events[0], asks, tuple(says), standing(request, events))


def _event(seq: int, on: date, kind: EventType) -> Event:
    return Event(
        seq=seq,
        type=kind,
        on=on,
        recorded_at=datetime.combine(on, time(9, 30), UTC),
        by="office",
        note="They rang: it takes a little longer." if kind is EventType.NOTE else None,
        via=Channel.EMAIL if kind is EventType.SENT else None,
    )
