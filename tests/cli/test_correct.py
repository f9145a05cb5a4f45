"""`dsr record REF correct`: a mistake is set right and stays visible; answers are ticked off."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import Refused
from tests.conftest import Dsr, Result

Ok = Callable[..., Result]
TODAY = ("--as-of", "2026-12-01")
Record = Callable[..., Result]


@pytest.fixture
def record(ok: Ok, reference: str) -> Record:
    """Record something of the request that was sent on 20 November 2026."""
    return lambda *words: ok("record", reference, *words, *TODAY)


@pytest.fixture
def show(ok: Ok, reference: str, monkeypatch: pytest.MonkeyPatch) -> Callable[[], str]:
    """What `dsr show` prints on a wide terminal."""
    monkeypatch.setenv("COLUMNS", "200")
    return lambda: ok("show", reference, *TODAY).stdout


def line(shown: str, seq: int) -> str:
    """What is drawn of an event: its line, and what stands below."""
    drawn, found = re.split(r"^(?=.*[→←·◆▸] )", shown, flags=re.MULTILINE), rf"[→←·] +{seq} "
    return next(moment for moment in drawn if re.search(found, moment))


def due(ok: Ok, reference: str) -> str:
    return str(ok("show", reference, "--json", *TODAY).data["deadlines"][0]["due"])


def test_a_wrong_day_moves_the_deadline_and_stays_visible(
    ok: Ok, record: Record, show: Callable[[], str], reference: str
) -> None:
    assert due(ok, reference) == "2026-12-21"
    assert "corrected" in record("correct", "2", "--on", "2026-11-12").stderr
    assert due(ok, reference) == "2026-12-14"
    assert "12 Nov 2026" in line(show(), 2)
    assert "corrected; was 20 Nov 2026" in line(show(), 2)
    assert "correction of 2" in line(show(), 3)
    events = ok("show", reference, "--json").data["events"]
    assert events[1]["on"] == "2026-11-20", "what was recorded is not rewritten"
    assert events[1]["corrected_by"] == 3
    assert events[2]["corrects"] == {"of": 2, "on": "2026-11-12"}
    assert ok("verify", "--json").data["ok"]


def test_another_event_or_way_can_be_what_happened(
    record: Record, show: Callable[[], str], ok: Ok, reference: str
) -> None:
    record("refused", "--on", "2026-11-25", "--note", "They say no.")
    record("correct", "3", "--as", "no-data", "--note", "They have nothing.")
    assert "no-data" in line(show(), 3)
    assert "corrected; was refused" in line(show(), 3)
    assert "They have nothing." in line(show(), 3)
    record("correct", "2", "--via", "post")
    assert "post" in line(show(), 2)
    record("correct", "3", "--as", "extended", "--until", "2027-02-20")
    assert "until 20 Feb 2027" in line(show(), 3)


def test_what_never_happened_is_struck_out_and_can_come_back(
    record: Record, show: Callable[[], str], ok: Ok, reference: str
) -> None:
    record("fulfilled", "--on", "2026-11-25")
    record("correct", "3", "--void", "--note", "That was another case")
    assert "struck out" in line(show(), 3)
    assert "That was another case" in line(show(), 4)
    listed = ok("list", "--json", *TODAY).data[0]
    assert listed["status"] == "waiting"
    assert ok("show", reference, "--json").data["events"][2]["void"]
    record("correct", "4", "--void")
    assert "struck out" not in line(show(), 3)
    assert "struck out" in line(show(), 4)
    assert ok("list", "--json", *TODAY).data[0]["status"] == "answered"


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (("correct",), 2, "number"),
        (("correct", "2"), 2, "what is right"),
        (("correct", "0", "--void"), 2, "0"),
        (("correct", "two", "--void"), 2, "two"),
        (("correct", "9", "--void"), 3, "no event 9"),
        (("correct", "9", "--until", "2027-01-01"), 3, "no event 9"),
        (("correct", "9", "--via", "post"), 3, "no event 9"),
        (("correct", "1", "--on", "2026-11-19"), 5, "letter"),
        (("correct", "1", "--void"), 5, "letter"),
        (("correct", "2", "--void"), 5, "not sent"),
        (("correct", "2", "--on", "2026-11-24"), 5, "not sent"),
        (("correct", "2", "--on", "2026-12-02"), 4, "future"),
        (("correct", "2", "--until", "2027-01-01"), 2, "--until"),
        (("correct", "3", "--via", "post"), 2, "--via"),
        (("correct", "3", "--as", "extended", "--until", "2026-11-22"), 4, "cannot end"),
        (("correct", "3", "--as", "prepared"), 2, "prepared"),
        (("correct", "3", "--as", "correct"), 2, "correct"),
        (("correct", "4", "--on", "2026-11-22"), 5, "itself a correction"),
        (("correct", "3", "--on", "2026-11-22", "--answered", "E1"), 2, "answer"),
        (("fulfilled", "--void"), 2, "--void"),
        (("fulfilled", "2"), 2, "number"),
        (("fulfilled", "--as", "refused"), 2, "--as"),
    ],
)
def test_a_correction_that_cannot_be_is_refused(
    refused: Refused, record: Record, reference: str, words: tuple[str, ...], status: int, said: str
) -> None:
    record("fulfilled", "--on", "2026-11-23")
    record("correct", "3", "--on", "2026-11-22")
    assert said in refused("record", reference, *words, *TODAY, status=status)


# demand by demand ------------------------------------------------------------------------------


def test_demands_are_ticked_off(
    ok: Ok, record: Record, show: Callable[[], str], reference: str
) -> None:
    codes = [each["code"] for each in ok("show", reference, "--json").data["demands"]]
    first, second, third, *rest = codes
    assert "Demand" not in show()
    answers = ("--answered", f"{first.lower()},{second}", "--missing", third, "--refused", rest[0])
    record("partly-fulfilled", *answers)
    found = {each["code"]: each for each in ok("show", reference, "--json", *TODAY).data["demands"]}
    outcomes = [found[code]["outcome"] for code in codes]
    assert outcomes[:4] == ["fulfilled", "fulfilled", "missing", "refused"]
    assert set(outcomes[4:]) <= {"open"}
    assert found[first]["seq"] == 3
    assert "Demand" in show()
    assert any(row.split()[:2] == [third, "missing"] for row in show().splitlines())


@pytest.mark.parametrize("command", ["follow-up", "complain"])
def test_what_was_passed_over_is_asked_for_again(
    ok: Ok, record: Record, reference: str, command: str
) -> None:
    codes = [each["code"] for each in ok("show", reference, "--json").data["demands"]]
    record("partly-fulfilled", "--missing", codes[0], "--answered", ",".join(codes[1:]))
    more = ("--authority", "deberlbdi") if command == "complain" else ()
    letter = ok(command, reference, "--dry-run", *more, "--as-of", "2027-02-01").stdout
    assert codes[0] in letter
    assert f"{codes[1]} " not in letter


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (("fulfilled", "--answered", "Z99"), 4, "Z99"),
        (("partly-fulfilled", "--answered", "E1", "--refused", "e1"), 2, "both"),
        (("acknowledged", "--answered", "E1"), 2, "answer"),
    ],
)
def test_what_is_no_answer_to_a_demand_is_refused(
    refused: Refused, reference: str, words: tuple[str, ...], status: int, said: str
) -> None:
    assert said in refused("record", reference, *words, *TODAY, status=status)


# two at work -----------------------------------------------------------------------------------


def test_what_was_decided_on_an_older_state_is_refused(
    refused: Refused, ok: Ok, record: Record, reference: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DSR_ACTOR", "Jana")
    record("acknowledged", "--after", "2")
    said = refused("record", reference, "closed", "--after", "2", *TODAY, status=5)
    assert "acknowledged, by Jana" in said
    record("closed", "--after", "3")


# what comes with it ----------------------------------------------------------------------------


def test_two_files_of_one_name_come_back_as_two(ok: Ok, record: Record, reference: str) -> None:
    for place in ("a", "b"):
        Path(place).mkdir()
        Path(place, "reply.eml").write_text(f"of {place}")
    record("fulfilled", "--attach", "a/reply.eml", "--attach", "b/reply.eml")
    ok("show", reference, "--out", "out")
    assert sorted(path.read_text() for path in Path("out").glob("*reply.eml")) == ["of a", "of b"]


def test_a_name_of_a_file_does_not_steer_the_terminal(
    dsr: Dsr, record: Record, show: Callable[[], str]
) -> None:
    Path("\x1b]0;owned\x07.txt").write_text("x")
    record("note", "--note", "x", "--attach", "\x1b]0;owned\x07.txt")
    assert "\x1b" not in show()


def test_a_note_may_be_french(record: Record, show: Callable[[], str]) -> None:
    record("note", "--note", "Ils disent\u00a0: «\u202fnon\u202f»")
    assert "Ils disent\u00a0: «\u202fnon\u202f»" in show()
