"""What is asked day by day finds its rows by an index, however many cases there are."""

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from dsr.tracker.engine import Engine, Values
from dsr.tracker.events import Document, EventType
from dsr.tracker.index import OPEN
from dsr.tracker.postgres import PostgresEngine
from dsr.tracker.requests import Request
from dsr.tracker.status import Status
from dsr.tracker.store import Store
from tests.tracker.conftest import MakeRequest, draft, opened

LETTER = Document("letter.txt", "text/plain", b"To whom it may concern")
TODAY = date(2026, 3, 2)
READ_WHOLE = ("SCAN ", "Seq Scan on ")  # as SQLite and PostgreSQL put it
THE_LAST = "ORDER BY position DESC LIMIT 1"  # SQLite calls that a scan, and reads one row
LARGE = ("entry", "standing", "document", "holding")


class Listener:
    """An engine that asks of each statement how it would be carried out, before it is."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.plans: dict[str, list[str]] = {}
        if isinstance(engine, PostgresEngine):
            engine.run("SET enable_seqscan = off")  # it would rather read a small table whole

    def __getattr__(self, name: str) -> Any:
        return getattr(self._engine, name)

    def rows(self, sql: str, values: Values = ()) -> Any:
        self._plan(sql, values)
        return self._engine.rows(sql, values)

    def row(self, sql: str, values: Values = ()) -> Any:
        self._plan(sql, values)
        return self._engine.row(sql, values)

    def run(self, sql: str, values: Values = ()) -> None:
        self._plan(sql, values)
        self._engine.run(sql, values)

    def _plan(self, sql: str, values: Values) -> None:
        explain = "EXPLAIN" if isinstance(self._engine, PostgresEngine) else "EXPLAIN QUERY PLAN"
        self.plans[sql] = [str(row[-1]) for row in self._engine.rows(f"{explain} {sql}", values)]

    @property
    def read_whole(self) -> list[tuple[str, str]]:
        """The statements that read a table from end to end, each with that step of its plan."""
        return [
            (sql, step)
            for sql, steps in self.plans.items()
            if not sql.endswith(THE_LAST)
            for step in steps
            if any(f"{words}{table}" in step for words in READ_WHOLE for table in LARGE)
        ]


@pytest.fixture
def listener(
    open_engine: Callable[[], Engine], make_request: MakeRequest, tmp_path: Path
) -> Iterator[tuple[Listener, Store]]:
    """A store of one case, and who hears what it asks of its database from then on."""
    with closing(Store(open_engine(), tmp_path / "files")) as store:
        opened(store, make_request(), LETTER)
        heard = Listener(store.engine)
        yield heard, Store(heard, tmp_path / "files")


QUESTIONS: dict[str, Callable[[Store, Request], object]] = {
    "what is overdue": lambda s, _: s.standings(TODAY, statuses=[Status.OVERDUE]),
    "what is waiting": lambda s, _: s.standings(TODAY, statuses=[Status.WAITING]),
    "what is open": lambda s, _: s.standings(TODAY, statuses=OPEN),
    "whose cases": lambda s, _: s.standings(TODAY, person="me"),
    "to whom": lambda s, _: s.standings(TODAY, company="bilderfang", statuses=OPEN),
    "in which campaign": lambda s, _: s.standings(TODAY, campaign="all"),
    "is it theirs": lambda s, case: s.is_of(case.reference, "me"),
    "all of theirs": lambda s, _: s.references_of("me"),
    "one case": lambda s, case: (s.request(case.reference), s.events(case.reference)),
    "a letter": lambda s, case: s.document(s.events(case.reference)[0].documents[0].sha256),
    "a new event": lambda s, case: s.record(case.reference, draft(EventType.SENT), [LETTER]),
    "a new case": lambda s, case: opened(s, replace(case, reference="DSR-0000-0001"), LETTER),
}


@pytest.mark.parametrize("question", QUESTIONS.values(), ids=QUESTIONS)
def test_no_large_table_is_read_from_end_to_end(
    listener: tuple[Listener, Store], make_request: MakeRequest, question: Callable[..., object]
) -> None:
    heard, store = listener
    question(store, make_request())
    assert heard.read_whole == []
    assert heard.plans


def test_reading_a_table_from_end_to_end_would_be_heard(
    listener: tuple[Listener, Store],
) -> None:
    heard, store = listener
    store.engine.rows("SELECT * FROM entry WHERE salt LIKE ?", ("%0",))
    assert len(heard.read_whole) == 1
