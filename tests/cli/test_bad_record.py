"""`dsr record`, `show`: events that cannot be are refused and the case stays as it was."""

from pathlib import Path

import pytest

from tests.cli.conftest import Refused
from tests.conftest import Dsr

TODAY = ("--as-of", "2026-11-22")


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (("fulfilled", "--on", "2026-11-23"), 4, "future"),
        (("fulfilled", "--on", "soon"), 2, "not a date"),
        (("fulfilled", "--on", "2026-02-30"), 2, "not a date"),
        (("fulfiled",), 2, "fulfilled"),
        (("prepared",), 2, "prepared"),
        (("fulfilled", "--until", "2027-01-01"), 2, "--until"),
        (("extended", "--on", "2026-11-21", "--until", "2026-11-20"), 4, "cannot end"),
        (("delivered", "--via", "post"), 2, "--via"),
        (("note",), 2, "--note"),
        (("note", "--note", "not Unicode: \udcff"), 4, "note"),
        (("note", "--note", "NUL: \0"), 4, "note"),
        (("fulfilled", "--attach", "nowhere.eml"), 3, "nowhere.eml"),
        (("fulfilled", "--attach", "."), 2, "directory"),
        (("sent",), 5, "already sent"),
        (("identity-provided",), 5, "asked for"),
        (("fulfilled", "--on", "2026-11-19"), 5, "not sent"),
    ],
)
def test_an_event_that_cannot_be_is_refused(
    refused: Refused, reference: str, words: tuple[str, ...], status: int, said: str
) -> None:
    assert said in refused("record", reference, *words, *TODAY, status=status)


def test_of_two_files_one_of_which_is_missing_none_is_kept(
    refused: Refused, dsr: Dsr, reference: str
) -> None:
    Path("answer.eml").write_text("There you are.")
    files = ("--attach", "answer.eml", "--attach", "nowhere.eml")
    refused("record", reference, "fulfilled", *files, *TODAY, status=3)
    assert [e["type"] for e in dsr("show", reference, "--json").data["events"]] == [
        "prepared",
        "sent",
    ]


def test_a_reference_is_understood_as_people_type_it(dsr: Dsr, reference: str) -> None:
    plain = reference.removeprefix("DSR").replace("-", "").lower()
    for typed in (reference.lower(), reference.replace("-", ""), plain, f" {reference} "):
        assert dsr("show", typed, "--json").data["reference"] == reference


@pytest.mark.parametrize("command", [("show",), ("record",)])
def test_an_unknown_reference_is_answered_with_the_nearest(
    refused: Refused, reference: str, command: tuple[str, ...]
) -> None:
    last = "2" if reference.endswith("3") else "3"
    event = ("note", "--note", "x") if command == ("record",) else ()
    said = refused(*command, reference[:-1] + last, *event, status=3)
    assert f"Did you mean {reference}?" in said


@pytest.mark.parametrize(
    "typed", ["", "DSR", "' OR 1=1 --", "../../x", "DSR-0000-0000\n", "x" * 999]
)
def test_what_is_no_reference_is_not_found(refused: Refused, reference: str, typed: str) -> None:
    refused("show", typed, status=3)


@pytest.mark.parametrize("words", [("show", "DSR-0000-0000"), ("record", "DSR-0000-0000", "sent")])
def test_asking_for_a_case_makes_no_record(refused: Refused, words: tuple[str, ...]) -> None:
    refused(*words, status=3)


def test_a_case_is_only_written_where_it_can_be(refused: Refused, reference: str) -> None:
    Path("file").write_text("in the way")
    assert "file/case" in refused("show", reference, "--out", "file/case", status=6)
    refused("show", reference, "--out", "file", status=2)
    refused("show", reference, "--out", "/proc", status=6)


def test_a_note_does_not_steer_the_terminal(dsr: Dsr, reference: str) -> None:
    dsr("record", reference, "note", "--note", "\x1b]0;owned\x07 \x1b[2J", *TODAY)
    assert "\x1b" not in dsr("show", reference).stdout
