"""The calendar: read by two strict parsers, kept in place, and taken by a real CalDAV server."""

import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from icalendar import Calendar

from dsr.reports.calendar import PRODID, calendar_of, entries, read
from dsr.reports.case import case_on
from tests.conftest import Dsr
from tests.every_state import TODAY, fill
from tests.tracker.conftest import make_request
from tests.tracker.test_next_step import told
from tests.tracker.test_state import MakeRequest

__all__ = ["make_request"]
SENT = "sent 2026-03-02"  # the answer is due on 2 April 2026


def written(make: MakeRequest, day: str, *events: str, before: bytes | None = None) -> bytes:
    """The calendar of one case on a day."""
    today = date.fromisoformat(day)
    case = case_on(make(), told(*events), today)
    return calendar_of(entries(case, today), before, today)


def events_of(content: bytes) -> list[Any]:
    return list(Calendar.from_ical(content).walk("VEVENT"))


def only(content: bytes) -> Any:
    (event,) = events_of(content)
    return event


def test_an_event_tells_what_why_and_what_next(make_request: MakeRequest) -> None:
    event = only(written(make_request, "2026-03-10", SENT))
    assert event.decoded("dtstart") == date(2026, 4, 2)
    assert str(event["summary"]) == "Bilderfang Aktiengesellschaft must answer: access"
    said = str(event["description"])
    assert "GDPR Art. 12(3): one month" in said
    assert f"dsr record {make_request().reference} EVENT" in said
    assert (event["status"], event["transp"], event["class"]) == (
        "CONFIRMED", "TRANSPARENT", "PRIVATE",
    )  # fmt: skip
    triggers = [alarm.decoded("trigger") for alarm in event.walk("VALARM")]
    nine = timedelta(hours=9)
    assert triggers == [
        nine - timedelta(days=7),
        nine - timedelta(days=1),
        nine + timedelta(days=1),
    ]


def test_the_same_case_makes_the_same_file_on_any_day(make_request: MakeRequest) -> None:
    first = written(make_request, "2026-03-10", SENT)
    assert written(make_request, "2026-03-11", SENT, before=first) == first
    assert written(make_request, "2026-03-11", SENT) == first


def test_a_changed_day_changes_the_event_and_makes_no_other(make_request: MakeRequest) -> None:
    first = written(make_request, "2026-03-10", SENT)
    later = written(make_request, "2026-03-12", SENT, "extended 2026-03-11", before=first)
    before, after = only(first), only(later)
    assert after["uid"] == before["uid"]
    assert after.decoded("dtstart") == date(2026, 6, 2)
    assert after["sequence"] > before["sequence"]


def test_an_answer_cancels_and_a_correction_brings_back(make_request: MakeRequest) -> None:
    first = written(make_request, "2026-03-10", SENT)
    gone = written(make_request, "2026-03-12", SENT, "fulfilled 2026-03-12", before=first)
    event = only(gone)
    assert (event["status"], list(event.walk("VALARM"))) == ("CANCELLED", [])
    assert event["sequence"] > only(first)["sequence"]
    back = only(written(make_request, "2026-03-13", SENT, before=gone))
    assert back["status"] == "CONFIRMED"
    assert back["sequence"] > event["sequence"]


def test_what_is_no_deadline_any_more_is_cancelled_and_later_forgotten(
    make_request: MakeRequest,
) -> None:
    first = written(make_request, "2026-03-10", SENT)
    day = date(2026, 3, 12)
    gone = calendar_of([], first, day)
    event = only(gone)
    assert event["status"] == "CANCELLED"
    assert event["sequence"] > only(first)["sequence"]
    assert calendar_of([], gone, day) == gone
    assert events_of(calendar_of([], first, day + timedelta(days=200))) == []


def test_of_a_case_that_was_forgotten_nothing_stays(make_request: MakeRequest) -> None:
    first = written(make_request, "2026-03-10", SENT)
    gone = calendar_of([], first, date(2026, 3, 12)).decode()
    request = make_request()
    for said in (request.reference, request.company.name, "DSR-"):
        assert said in first.decode()
        assert said not in gone


def test_a_letter_that_gives_time_has_its_own_day(make_request: MakeRequest) -> None:
    late = (SENT, "prepared 2026-04-20 reminder", "reminded 2026-04-20")
    found = events_of(written(make_request, "2026-04-21", *late))
    assert [event.decoded("dtstart") for event in found] == [date(2026, 4, 2), date(2026, 4, 30)]
    assert "your letter" in str(found[1]["summary"])
    over = events_of(written(make_request, "2026-05-02", *late))
    assert [event["status"] for event in over] == ["CONFIRMED", "CANCELLED"]


@pytest.mark.parametrize(
    "name", ["Evil\r\nATTENDEE:mailto:x@y", "a;b,c\\d", "日本" * 60, "\x00\u2028"]
)
def test_a_hostile_name_stays_in_its_line(make_request: MakeRequest, name: str) -> None:
    from dataclasses import replace

    request = make_request()
    request = replace(request, company=replace(request.company, name=name))
    day = date(2026, 3, 10)
    content = calendar_of(entries(case_on(request, told(SENT), day), day), None, day)
    assert all(len(line) <= 75 for line in content.split(b"\r\n"))
    event = only(content)
    assert "attendee" not in event
    assert str(event["summary"]).endswith("must answer: access")


def test_nothing_of_a_person_is_in_the_name_of_an_event(make_request: MakeRequest) -> None:
    content = written(make_request, "2026-03-10", SENT)
    assert make_request().reference not in str(only(content)["uid"])
    assert "Żaneta" not in content.decode()


def test_a_second_parser_reads_every_event(dsr: Dsr) -> None:
    ical = pytest.importorskip("ical.calendar_stream")
    fill(dsr)
    text = dsr("report", "--format", "ics", "--as-of", TODAY).stdout
    calendar = ical.IcsCalendarStream.calendar_from_ics(text)
    assert len(calendar.events) == len(events_of(text.encode())) == 15
    assert {event.status.value for event in calendar.events} == {"CONFIRMED", "CANCELLED"}


# one file, kept in place --------------------------------------------------------------------------


def test_one_file_is_kept_up_to_date(dsr: Dsr) -> None:
    references = fill(dsr)
    write = ("report", "--format", "ics", "--out", "deadlines.ics", "--as-of", TODAY)
    assert dsr(*write).status == 0
    first = Path("deadlines.ics").read_bytes()
    assert Path("deadlines.ics").stat().st_mode & 0o077 == 0
    assert dsr(*write).status == 0
    assert Path("deadlines.ics").read_bytes() == first
    dsr("record", references["due today"], "fulfilled", "--on", TODAY, "--as-of", TODAY)
    assert dsr(*write).status == 0
    before, after = read(first), read(Path("deadlines.ics").read_bytes())
    assert before.keys() == after.keys()
    changed = [uid for uid in after if after[uid].cancelled != before[uid].cancelled]
    assert len(changed) == 1
    assert after[changed[0]].sequence > before[changed[0]].sequence


@pytest.mark.parametrize(
    ("content", "status"),
    [
        (b"my diary", 4),
        (b"\xff\xfe\x00", 4),
        (b"BEGIN:VCALENDAR\r\nPRODID:-//Other//EN\r\nVERSION:2.0\r\nEND:VCALENDAR\r\n", 5),
        (b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n", 4),
    ],
)
def test_a_file_that_is_something_else_is_left_alone(dsr: Dsr, content: bytes, status: int) -> None:
    fill(dsr)
    Path("other.ics").write_bytes(content)
    result = dsr("report", "--out", "other.ics", "--as-of", TODAY)
    assert result.status == status
    assert Path("other.ics").read_bytes() == content


@pytest.mark.parametrize("other", [("--for", "kim"), ("--home", "gone")])
def test_deadlines_of_others_are_not_cancelled(dsr: Dsr, other: tuple[str, str]) -> None:
    fill(dsr)
    dsr("people", "add", "kim", "--role", "client", "--name", "Kim", "--country", "DE")
    of_all = ("report", "--out", "due.ics", "--as-of", TODAY)
    assert dsr(*of_all).status == 0
    before = Path("due.ics").read_bytes()
    narrower = (*of_all, *other) if other[0] == "--for" else (*other, *of_all)
    assert dsr(*narrower).status == 5
    assert Path("due.ics").read_bytes() == before


def test_an_empty_record_makes_an_empty_calendar(dsr: Dsr) -> None:
    text = dsr("report", "--format", "ics").stdout
    calendar = Calendar.from_ical(text)
    assert str(calendar["prodid"]) == PRODID
    assert calendar.subcomponents  # of which RFC 5545 section 3.6 wants at least one
    ical = pytest.importorskip("ical.calendar_stream")
    assert ical.IcsCalendarStream.calendar_from_ics(text).events == []


# a real server ------------------------------------------------------------------------------------


@pytest.fixture
def server(tmp_path: Path) -> Iterator[str]:
    """The address of a calendar on a Radicale server."""
    pytest.importorskip("radicale")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    run = subprocess.Popen(
        [sys.executable, "-m", "radicale", "--config", "", "--auth-type", "none",
         "--hosts", f"127.0.0.1:{port}", "--storage-filesystem-folder", str(tmp_path / "radicale")],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    address = f"http://127.0.0.1:{port}/erika/deadlines/"
    try:
        for _ in range(100):
            try:
                httpx.get(f"http://127.0.0.1:{port}/", trust_env=False)
                break
            except httpx.TransportError:
                time.sleep(0.1)
        made = httpx.request("MKCALENDAR", address, auth=("erika", ""), trust_env=False)
        assert made.status_code == 201, made.text
        yield address
    finally:
        run.terminate()
        run.wait()


Put = Callable[[bytes], None]


def put(address: str, content: bytes) -> None:
    """Import a calendar as a client does: each event by its UID."""
    for event in events_of(content):
        one = Calendar()
        one.add("prodid", PRODID)
        one.add("version", "2.0")
        one.add_component(event)
        answer = httpx.put(
            f"{address}{event['uid']}.ics",
            content=one.to_ical(),
            headers={"Content-Type": "text/calendar"},
            auth=("erika", ""),
            trust_env=False,
        )
        assert answer.status_code in (201, 204), answer.text


def kept(address: str) -> list[Any]:
    answer = httpx.get(address, auth=("erika", ""), trust_env=False)
    return events_of(answer.content) if answer.content.strip() else []


def test_a_server_keeps_one_event_for_each_deadline(make_request: MakeRequest, server: str) -> None:
    first = written(make_request, "2026-03-10", SENT)
    put(server, first)
    put(server, first)
    (event,) = kept(server)
    assert event.decoded("dtstart") == date(2026, 4, 2)
    extended = written(make_request, "2026-03-12", SENT, "extended 2026-03-11", before=first)
    put(server, extended)
    (event,) = kept(server)
    assert event.decoded("dtstart") == date(2026, 6, 2)
    answered = (SENT, "extended 2026-03-11", "fulfilled 2026-03-13")
    put(server, written(make_request, "2026-03-14", *answered, before=extended))
    (event,) = kept(server)
    assert event["status"] == "CANCELLED"


def test_a_server_takes_a_calendar_with_every_state(dsr: Dsr, server: str) -> None:
    fill(dsr)
    put(server, dsr("report", "--format", "ics", "--as-of", TODAY).stdout.encode())
    assert len(kept(server)) == 15
