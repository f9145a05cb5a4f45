"""What every record does, be it a file or a server: what goes in comes out, and nothing half."""

import json
import threading
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from dsr.errors import ConflictError, NotFoundError, UnavailableError
from dsr.law.receipt import Channel
from dsr.law.rights import Right
from dsr.tracker.campaigns import Campaign, progress, remaining
from dsr.tracker.engine import Engine
from dsr.tracker.events import Correction, Document, EventType
from dsr.tracker.index import COLUMNS, OPEN, rebuild
from dsr.tracker.state import fold
from dsr.tracker.status import Status
from dsr.tracker.store import Store
from dsr.tracker.verification import verify
from tests.tracker.conftest import NOW, MakeRequest, OpenStore, draft, opened, tables

LETTER = Document("letter.txt", "text/plain", b"Sehr geehrte Damen und Herren" * 40)
TODAY = date(2026, 3, 2)
OTHERS = COLUMNS.partition(", ")[2]  # all but the reference


# What goes in comes out ------------------------------------------------------------------------


def test_a_request_comes_back_as_it_was_with_its_documents(
    open_store: OpenStore, make_request: MakeRequest
) -> None:
    request = make_request(rights=(Right.ACCESS, Right.ERASURE))
    picture = Document("photo of me.png", "image/png", bytes(range(256)) * 300)
    first = open_store()
    opened(first, request, LETTER, picture)
    sent = first.record(request.reference, draft(EventType.SENT, via=Channel.POST))

    again = open_store()
    assert again.request(request.reference) == request
    prepared, then = again.events(request.reference)
    assert then == sent
    assert (prepared.type, prepared.seq, then.seq) == (EventType.PREPARED, 1, 2)
    kept = {record.name: again.document(record.sha256) for record in prepared.documents}
    assert kept == {LETTER.name: LETTER.content, picture.name: picture.content}
    assert [record.size for record in prepared.documents] == [len(LETTER.content), 76800]


def test_an_event_keeps_all_that_was_said_of_it(store: Store, make_request: MakeRequest) -> None:
    reference = opened(store, make_request())
    store.record(reference, draft(EventType.SENT))
    said = draft(
        EventType.EXTENDED,
        "2026-03-20",
        by="Jana",
        note="“bis Mai” – 🐌\nzweite Zeile",
        until=date(2026, 5, 4),
        demands=(("A1", "fulfilled"), ("E3", "missing")),
    )
    recorded = store.record(reference, said, [LETTER])
    assert store.events(reference)[-1] == recorded
    for name in ("by", "note", "until", "demands", "on", "recorded_at"):
        assert getattr(recorded, name) == getattr(said, name)


def test_a_reference_may_be_typed_carelessly(store: Store, make_request: MakeRequest) -> None:
    reference = opened(store, make_request(32))
    assert reference == "DSR-0100-0000"
    for typed in ("dsr-0100-0000", "01000000", " o1oo oooo ", "DSR-OLOO-OOOO"):
        assert store.request(typed).reference == reference


def test_an_unknown_reference_is_answered_with_the_nearest(
    store: Store, make_request: MakeRequest
) -> None:
    reference = opened(store, make_request())
    with pytest.raises(NotFoundError) as caught:
        store.request("DSR-1000-0009")
    assert reference in caught.value.sentence
    assert caught.value.hint == "See what there is: dsr list"


def test_standings_list_what_is_due_first_and_what_is_closed_last(
    store: Store, make_request: MakeRequest
) -> None:
    prepared, later, sooner, closed = (opened(store, make_request(n)) for n in (1, 2, 3, 4))
    store.record(later, draft(EventType.SENT, "2026-03-09"))
    store.record(sooner, draft(EventType.SENT, "2026-03-05"))
    store.record(closed, draft(EventType.WITHDRAWN, "2026-03-02"))
    found = store.standings(TODAY)
    assert [one.reference for one in found] == [sooner, later, prepared, closed]
    assert found[0].due == found[0].due_lenient == date(2026, 4, 7)
    assert [one.phase for one in found[2:]] == [Status.READY, Status.CLOSED]
    assert closed not in [one.reference for one in store.standings(TODAY, statuses=OPEN)]
    assert store.standings(TODAY, company="another") == []
    assert len(store.standings(TODAY, person="me", company="bilderfang")) == 4


def test_lateness_is_decided_by_the_day_alone(store: Store, make_request: MakeRequest) -> None:
    reference = opened(store, make_request())
    store.record(reference, draft(EventType.SENT, "2026-03-05"))

    def listed(status: Status, day: str) -> bool:
        return bool(store.standings(date.fromisoformat(day), statuses=[status]))

    assert listed(Status.WAITING, "2026-04-07")
    assert not listed(Status.OVERDUE, "2026-04-07")
    assert listed(Status.OVERDUE, "2026-04-08")
    assert not listed(Status.WAITING, "2026-04-08")
    assert not listed(Status.READY, "2026-04-08")
    both = store.standings(date(2026, 4, 8), statuses=[Status.WAITING, Status.OVERDUE])
    assert [one.reference for one in both] == [reference]


def test_what_was_ticked_off_is_known_to_the_list(store: Store, make_request: MakeRequest) -> None:
    reference = opened(store, replace(make_request(), demands=("C1", "C2")))
    store.record(reference, draft(EventType.SENT, "2026-03-02"))
    store.record(reference, draft(EventType.PARTLY_FULFILLED, "2026-03-09"))
    assert not store.standings(TODAY)[0].ticked
    store.record(
        reference, draft(EventType.PARTLY_FULFILLED, "2026-03-10", demands=(("C1", "fulfilled"),))
    )
    assert store.standings(TODAY)[0].ticked


def test_standings_are_computed_anew_under_another_edition_of_the_law(
    open_store: OpenStore, make_request: MakeRequest
) -> None:
    store = open_store()
    reference = opened(store, make_request())
    store.record(reference, draft(EventType.SENT))
    before = store.standings(TODAY)
    with store.engine.transaction():
        store.engine.run("UPDATE meta SET value = 'older' WHERE name = 'edition'")
        store.engine.run("UPDATE standing SET due = '1999-01-01'")
    assert open_store().standings(TODAY) == before


def test_what_serves_to_find_cases_can_be_made_anew_from_the_journal(
    store: Store, make_request: MakeRequest
) -> None:
    for number in (1, 2, 3):
        reference = opened(store, make_request(number), LETTER)
        store.record(reference, draft(EventType.SENT, "2026-03-05"))
    store.record(reference, draft(EventType.FULFILLED, "2026-03-09"), [LETTER])
    before = tables(store)
    with store.engine.transaction():
        for table in ("standing", "holding", "person"):
            store.engine.run(f"DELETE FROM {table}")  # noqa: S608
        assert rebuild(store.engine) == 3
    assert tables(store) == before


# People and campaigns --------------------------------------------------------------------------


def test_a_campaign_knows_what_remains_to_be_done(store: Store, make_request: MakeRequest) -> None:
    campaign = Campaign(
        name="faces",
        person="me",
        companies=("bilderfang", "clearview"),
        rights=("access",),
        started_on=TODAY,
    )
    store.save_campaign(campaign, now=NOW, by="Jana")
    reference = opened(store, replace(make_request(), campaign="faces"))
    opened(store, make_request(2))
    store.record(reference, draft(EventType.SENT))
    found = store.standings(TODAY, campaign="faces")
    assert [one.reference for one in found] == [reference]
    assert store.campaign("faces") == campaign
    assert store.campaigns() == [campaign]
    assert store.campaign("another") is None
    assert remaining(campaign, found) == ("clearview",)
    assert progress(campaign, found).sent == progress(campaign, found).made == 1


# All or nothing --------------------------------------------------------------------------------


def test_an_illegal_event_leaves_nothing_behind(store: Store, make_request: MakeRequest) -> None:
    reference = opened(store, make_request(), LETTER)
    before = tables(store)
    proof = Document("answer.pdf", "application/pdf", b"%PDF- an answer that cannot have come")
    with pytest.raises(ConflictError):
        store.record(reference, draft(EventType.FULFILLED), [proof])
    assert tables(store) == before


def test_an_event_of_an_unknown_case_leaves_nothing_behind(store: Store) -> None:
    before = tables(store)
    with pytest.raises(NotFoundError):
        store.record("DSR-ZZZZ-ZZZZ", draft(EventType.SENT), [LETTER])
    assert tables(store) == before


def test_a_reference_cannot_be_used_twice(store: Store, make_request: MakeRequest) -> None:
    opened(store, make_request())
    before = tables(store)
    twin = replace(make_request(), data_subject=replace(make_request().data_subject, id="other"))
    with pytest.raises(ConflictError):
        opened(store, twin, LETTER)
    assert tables(store) == before


def test_the_store_goes_on_after_a_refusal(store: Store, make_request: MakeRequest) -> None:
    reference = opened(store, make_request())
    with pytest.raises(ConflictError):
        store.record(reference, draft(EventType.FULFILLED))
    store.record(reference, draft(EventType.SENT))
    assert [event.seq for event in store.events(reference)] == [1, 2]


# Two at work -----------------------------------------------------------------------------------


def test_what_was_decided_on_an_older_state_is_not_recorded(
    open_store: OpenStore, make_request: MakeRequest
) -> None:
    mine, theirs = open_store(), open_store()
    reference = opened(mine, make_request())
    mine.record(reference, draft(EventType.SENT))
    seen = len(mine.events(reference))
    theirs.record(reference, draft(EventType.FULFILLED, by="Jana"), [LETTER])
    with pytest.raises(ConflictError) as caught:
        mine.record(reference, draft(EventType.NOTE, note="They stay silent"), expected=seen)
    assert caught.value.code == "case_changed"
    assert "fulfilled, by Jana" in caught.value.sentence
    assert [event.type for event in mine.events(reference)][-1] is EventType.FULFILLED


def test_two_people_at_one_case_overwrite_nothing(
    open_engine: Callable[[], Engine], tmp_path: Path, make_request: MakeRequest
) -> None:
    first = Store(open_engine(), tmp_path / "files")
    reference = opened(first, make_request())
    failures: list[Exception] = []

    def write(name: str) -> None:
        try:
            with closing(Store(open_engine(), tmp_path / "files")) as store:
                for number in range(15):
                    store.record(reference, draft(EventType.NOTE, note=f"{name}.{number}"))
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=write, args=(name,)) for name in "abc"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    events = first.events(reference)
    assert [event.seq for event in events] == list(range(1, 47))
    for name in "abc":
        theirs = [e.note for e in events if e.note and e.note.startswith(name)]
        assert theirs == [f"{name}.{number}" for number in range(15)]
    assert verify(first.engine, first.documents).ok
    first.close()


# Corrections -----------------------------------------------------------------------------------


def test_a_wrong_day_is_set_right_and_stays_in_the_record(
    store: Store, make_request: MakeRequest
) -> None:
    reference = opened(store, make_request())
    store.record(reference, draft(EventType.SENT, "2026-03-05"))
    correction = Correction(of=2, on=date(2026, 3, 9), via=Channel.POST)
    store.record(reference, draft(EventType.CORRECTED, "2026-03-10", correction=correction))
    events = store.events(reference)
    assert [event.on.day for event in events] == [1, 5, 10]
    assert fold(events).sent_on == date(2026, 3, 9)
    assert fold(events).via is Channel.POST
    assert store.standings(TODAY)[0].sent_on == date(2026, 3, 9)
    again = store.events(reference)[-1].correction
    assert again == correction


def test_a_correction_that_makes_the_case_impossible_is_refused(
    store: Store, make_request: MakeRequest
) -> None:
    reference = opened(store, make_request())
    store.record(reference, draft(EventType.SENT, "2026-03-05"))
    store.record(reference, draft(EventType.FULFILLED, "2026-03-09"))
    before = tables(store)
    for correction in (Correction(of=2, void=True), Correction(of=3, on=date(2026, 3, 1))):
        with pytest.raises(ConflictError):
            store.record(reference, draft(EventType.CORRECTED, correction=correction))
    assert tables(store) == before


# The journal -----------------------------------------------------------------------------------


def test_every_fact_is_in_the_journal_once(store: Store, make_request: MakeRequest) -> None:
    reference = opened(store, make_request())
    store.record(reference, draft(EventType.SENT))
    journal = list(store.journal())
    assert [(entry.position, entry.kind, entry.subject) for entry in journal] == [
        (1, "person", "me"),
        (2, "request", reference),
        (3, "event", reference),
        (4, "event", reference),
    ]
    contents = [json.loads(entry.content or "") for entry in journal[1:]]
    events = [event.as_json() for event in store.events(reference)]
    assert contents == [store.request(reference).as_json(), *events]
    verdict = verify(store.engine, store.documents)
    assert verdict.ok
    assert (verdict.entries, verdict.events, verdict.head) == (4, 2, journal[-1].digest)


@pytest.mark.parametrize(
    ("sql", "noticed_at"),
    [
        ("UPDATE entry SET content = replace(content, '03-02', '02-02') WHERE position = 4", 4),
        ("UPDATE entry SET salt = digest WHERE position = 3", 3),
        ("UPDATE entry SET digest = salt WHERE position = 2", 2),
        ("UPDATE entry SET subject = 'DSR-0000-0000' WHERE position = 2", 2),
        ("UPDATE entry SET kind = 'request' WHERE position = 3", 3),
        ("DELETE FROM entry WHERE position = 2", 3),
        ("DELETE FROM entry WHERE position = 1", 2),
        ("UPDATE entry SET position = 100 - position WHERE position > 3", 95),
    ],
)
def test_a_changed_or_missing_link_is_named(
    store: Store, make_request: MakeRequest, sql: str, noticed_at: int
) -> None:
    reference = opened(store, make_request())
    store.record(reference, draft(EventType.SENT))
    store.record(reference, draft(EventType.NOTE, note="a note"))
    with store.engine.transaction():
        store.engine.run(sql)
    verdict = verify(store.engine, store.documents)
    assert verdict.first_bad is not None
    assert verdict.first_bad.position == noticed_at
    assert not verdict.ok


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE document SET content = '00'",
        "UPDATE document SET size = 7",
        "UPDATE standing SET due = '2031-01-01'",
        "UPDATE standing SET phase = 'closed'",
        "DELETE FROM standing",
        f"INSERT INTO standing SELECT 'DSR-0000-0000', {OTHERS}, check_sum FROM standing",  # noqa: S608
    ],
)
def test_what_was_altered_beside_the_journal_is_named(
    store: Store, make_request: MakeRequest, sql: str
) -> None:
    reference = opened(store, make_request(), LETTER)
    store.record(reference, draft(EventType.SENT))
    assert verify(store.engine, store.documents).ok
    with store.engine.transaction():
        store.engine.run(sql)
    assert verify(store.engine, store.documents).problems


@pytest.mark.parametrize(
    "sql", ["UPDATE document SET content = '00'", "DELETE FROM document WHERE size > 1"]
)
def test_an_altered_document_is_not_handed_out(
    store: Store, make_request: MakeRequest, sql: str
) -> None:
    reference = opened(store, make_request(), LETTER)
    digest = store.events(reference)[0].documents[0].sha256
    with store.engine.transaction():
        store.engine.run("DELETE FROM holding")
        store.engine.run(sql)
    with pytest.raises(UnavailableError) as caught:
        store.document(digest)
    assert caught.value.code == "document_damaged"
