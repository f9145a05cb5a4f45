"""A case from the request to the complaint, as a person goes through it on the command line."""

import email
import hashlib
import json
import re
from email.policy import default
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tests.cli.conftest import OnDisk, Refused
from tests.conftest import ERIKA, Dsr, Result

# The request was sent on Friday 20 November 2026; the answer was due on Monday 21 December.
LAST_DAY, LATE, LATER = "2026-12-21", "2027-01-04", "2027-01-20"
COLOGNE = ("--authority", "denrwldi")
REFUSED = ("refused", "--on", "2026-12-14", "--as-of", LATE)


def of_case(dsr: Dsr, reference: str, *arguments: str, as_of: str = LATE) -> Result:
    command, *rest = arguments
    return dsr(command, reference, *rest, "--as-of", as_of)


def events(dsr: Dsr, reference: str) -> list[dict[str, Any]]:
    shown: list[dict[str, Any]] = dsr("show", reference, "--json").data["events"]
    return shown


def kept(dsr: Dsr, reference: str) -> dict[str, str]:
    """The documents of the last event and what they weigh on the scales of SHA-256."""
    return {each["name"]: each["sha256"] for each in events(dsr, reference)[-1]["attachments"]}


@pytest.fixture
def answered(dsr: Dsr, reference: str) -> str:
    """The request, refused on 14 December 2026."""
    assert dsr("record", reference, *REFUSED).status == 0
    return reference


# reminder and final notice ------------------------------------------------------------------------


def test_who_has_time_left_is_not_reminded(refused: Refused, reference: str) -> None:
    for kind in ((), ("--kind", "reminder"), ("--kind", "final-notice")):
        said = refused("follow-up", reference, *kind, "--as-of", LAST_DAY, status=5)
        assert "Monday 21 December 2026" in said


def test_what_was_not_sent_cannot_be_followed_up(dsr: Dsr, refused: Refused) -> None:
    made = dsr("request", "clearview", "--type", "erasure", *ERIKA, "--json", "--as-of", LAST_DAY)
    (case,) = made.data
    for command in ("follow-up", "complain"):
        said = refused(command, case["reference"], "--as-of", LATER, status=5)
        assert f"dsr record {case['reference']} sent" in said


def test_a_reminder_is_kept_with_the_very_bytes_of_its_files(dsr: Dsr, reference: str) -> None:
    result = of_case(dsr, reference, "follow-up")
    assert result.status == 0
    assert f"dsr record {reference} reminded" in result.stderr
    paths = [Path(line) for line in result.stdout.splitlines()]
    assert [path.name for path in paths] == [
        f"{reference}-clearview-reminder.{ending}" for ending in ("pdf", "eml", "txt")
    ]
    on_disk = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in paths}
    assert kept(dsr, reference) == on_disk
    last = events(dsr, reference)[-1]
    assert (last["type"], last["on"], last["note"]) == ("prepared", LATE, "reminder")
    listed = dsr("list", "--as-of", LATE, "--json").data
    assert [(case["status"], case["sent_on"]) for case in listed] == [("overdue", "2026-11-20")]


def test_a_reminder_encloses_the_request_as_it_went_out(dsr: Dsr, reference: str) -> None:
    of_case(dsr, reference, "follow-up")
    (written,) = Path().glob("*.eml")
    message = email.message_from_bytes(written.read_bytes(), policy=default)
    (enclosed,) = message.iter_attachments()
    content = enclosed.get_content()
    first = {each["name"]: each["sha256"] for each in events(dsr, reference)[0]["attachments"]}
    assert hashlib.sha256(content).hexdigest() in first.values()
    body = message.get_body(("plain",))
    assert body is not None
    assert "by 21 December 2026" in body.get_content().replace("\n", "")


def test_a_reminder_that_is_answered_with_silence_is_followed_by_a_final_notice(
    dsr: Dsr, reference: str
) -> None:
    assert of_case(dsr, reference, "record", "reminded", "--on", LATE).status == 0
    result = of_case(dsr, reference, "follow-up", "--json", as_of=LATER)
    assert result.data["subject"].startswith("Final notice before a complaint")
    text = Path(result.data["files"]["txt"]).read_text("utf-8")
    assert "On 4 January 2027 I reminded you of it." in text
    assert "by 3 February 2027" in text  # a fortnight
    assert events(dsr, reference)[-1]["note"] == "final-notice"
    assert "final-notice" in dsr("show", reference).stdout


@pytest.mark.parametrize(("days", "until"), [("1", "5 January 2027"), ("90", "4 April 2027")])
def test_the_days_that_the_letter_gives_can_be_chosen(
    dsr: Dsr, reference: str, days: str, until: str
) -> None:
    shown = of_case(dsr, reference, "follow-up", "--days", days, "--dry-run").stdout
    assert f"by {until}." in shown


def test_a_late_notice_of_extension_is_answered(dsr: Dsr, reference: str) -> None:
    extended = ("record", reference, "extended", "--on", "2026-12-29", "--as-of", LATE)
    assert dsr(*extended).status == 0
    text = of_case(dsr, reference, "follow-up", "--dry-run").stdout
    assert "Your notice of extension came too late" in text
    assert "29 December 2026" in text
    assert "21 December 2026" in text


def test_a_letter_can_be_in_another_language(dsr: Dsr, reference: str) -> None:
    german = of_case(dsr, reference, "follow-up", "--language", "de", "--json")
    assert german.data["language"] == "de"
    text = Path(german.data["files"]["txt"]).read_text("utf-8")
    assert "am 20. November 2026" in text
    (enclosure,) = (
        each for each in german.data["personal_data"]["Clearview AI, Inc."] if "enclosure" in each
    )
    assert "Kopie meines Antrags vom 20. November 2026" in enclosure


# answers ------------------------------------------------------------------------------------------


def test_after_an_answer_the_person_says_what_is_to_be_answered(
    refused: Refused, answered: str
) -> None:
    said = refused("follow-up", answered, "--as-of", LATE, status=5)
    assert "rebuttal:REASON" in said
    assert "--reasons" in said


def test_an_objection_is_answered(dsr: Dsr, answered: str) -> None:
    kind = ("--kind", "rebuttal:send-id", "--outstanding", "e1,E3")
    result = of_case(dsr, answered, "follow-up", *kind, "--json")
    text = Path(result.data["files"]["txt"]).read_text("utf-8")
    assert "1. You ask for an identity document or a photo of me" in text
    assert "your answer of 14 December 2026" in text
    assert "E1 and E3" in text
    assert set(result.data["files"]) == {"pdf", "eml", "txt"}
    assert all(name.startswith(f"{answered}-clearview-rebuttal-send-id.")
               for name in kept(dsr, answered))  # fmt: skip
    assert events(dsr, answered)[-1]["note"] == "rebuttal:send-id"


def test_reasons_are_listed_with_what_they_say(dsr: Dsr, reference: str) -> None:
    listed = dsr("follow-up", "--reasons", "--json").data
    assert {"reason": "fee", "title": "You ask for a fee"} in listed
    assert len(listed) == 17
    assert "send-id" in dsr("follow-up", "--reasons").stdout
    assert dsr("follow-up", reference, "--reasons", "--json").data == listed


def test_what_is_missing_in_an_answer_is_named(dsr: Dsr, reference: str) -> None:
    done = ("record", reference, "fulfilled", "--on", "2026-12-14", "--as-of", LATE)
    assert dsr(*done).status == 0
    assert of_case(dsr, reference, "follow-up").status == 5
    text = of_case(dsr, reference, "follow-up", "--outstanding", "E3", "--dry-run").stdout
    assert "Your answer of 14 December 2026 does not settle it." in text
    assert "E3" in text


def test_a_request_is_withdrawn_and_then_nothing_more_can_be_written(
    dsr: Dsr, refused: Refused, reference: str
) -> None:
    result = of_case(dsr, reference, "follow-up", "--kind", "withdrawal", as_of="2026-11-30")
    assert result.status == 0
    assert f"dsr record {reference} withdrawn" in result.stderr
    assert "copy" not in Path(f"{reference}-clearview-withdrawal.txt").read_text("utf-8").lower()
    assert of_case(dsr, reference, "record", "withdrawn", as_of="2026-11-30").status == 0
    for command in ("follow-up", "complain"):
        said = refused(command, reference, "--as-of", LATER, status=5)
        assert "closed on Monday 30 November 2026" in said


# complaints ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("told", [(), ("fulfilled", "--on", "2026-12-14")])
def test_there_is_nothing_to_complain_of_yet(
    dsr: Dsr, refused: Refused, reference: str, told: tuple[str, ...]
) -> None:
    if told:
        assert of_case(dsr, reference, "record", *told, as_of=LAST_DAY).status == 0
    said = refused("complain", reference, *COLOGNE, "--as-of", LAST_DAY, status=5)
    assert "nothing to complain of" in said


def test_a_complaint_goes_to_the_authority_of_where_one_lives(dsr: Dsr) -> None:
    cologne = ("--region", "NW", "--json", "--as-of", "2026-11-20")
    (case,) = dsr("request", "clearview", "--type", "erasure", *ERIKA, *cologne).data
    reference = case["reference"]
    assert dsr("record", reference, "sent", "--as-of", "2026-11-20").status == 0
    assert of_case(dsr, reference, "record", "reminded").status == 0
    result = of_case(dsr, reference, "complain", "--json", as_of=LATER)
    complaint = result.data
    assert complaint["to"][0].startswith("Landesbeauftragte für Datenschutz und Informationsfreih")
    assert complaint["language"] == "de"
    assert complaint["kept"] is True
    text = Path(complaint["files"]["txt"]).read_text("utf-8")
    for told in (
        "20. November 2026: Antrag per E-Mail versandt",
        "21. Dezember 2026: Die Frist für die Antwort lief ab",
        "4. Januar 2027: Ich habe an den Antrag erinnert",
        f"A1: Mein Antrag, 20. November 2026 ({reference}-clearview.eml)",
    ):
        assert f"\n{told}\n" in text
    last = events(dsr, reference)[-1]
    assert (last["type"], last["note"]) == ("prepared", "complaint")
    letter = {Path(complaint["files"][end]).name for end in ("pdf", "eml", "txt")}
    assert set(kept(dsr, reference)) == {*letter, f"{reference}-clearview-complaint-bundle.json"}
    assert of_case(dsr, reference, "record", "complained", as_of=LATER).status == 0


def test_without_the_region_the_authority_is_asked_for(refused: Refused, reference: str) -> None:
    said = refused("complain", reference, "--as-of", LATE, status=4)
    assert "--region" in said


def test_another_authority_is_written_to_in_its_language(dsr: Dsr, answered: str) -> None:
    result = of_case(dsr, answered, "complain", "--authority", "frcnil", "--json", "--dry-run")
    assert result.data["language"] == "fr"
    assert result.data["subject"].startswith("Réclamation")
    english = of_case(dsr, answered, "complain", *COLOGNE, "--language", "en", "--dry-run")
    assert "The controller refused my request on 14 December 2026." in english.stdout
    assert "did not act" not in english.stdout


def test_a_reminder_names_only_the_right_whose_time_is_over(dsr: Dsr) -> None:
    person = ("--name", "Jane Roe", "--email", "jane@example.org", "--country", "US",
              "--region", "CA", "--json", "--as-of", "2026-11-02")  # fmt: skip
    asked = ("--type", "access", "--type", "opt-out")
    (made,) = dsr("request", "clearview", *asked, "--language", "en", *person).data
    reference = made["reference"]
    assert dsr("record", reference, "sent", "--as-of", "2026-11-02").status == 0
    early = of_case(dsr, reference, "follow-up", "--dry-run", as_of="2026-12-01")
    assert early.status == 0, early.stderr  # opt-out: 15 business days; access: 45 days
    assert "opt out" in early.stdout.lower()
    assert "to know" not in early.stdout
    both = of_case(dsr, reference, "follow-up", "--dry-run", as_of="2027-01-20")
    assert "to know and opt out" in both.stdout


def test_nobody_is_said_to_have_an_agent_who_has_none(refused: Refused, answered: str) -> None:
    wanted = ("--kind", "rebuttal:agent-refused", "--as-of", LATE)
    assert "no mandate" in refused("follow-up", answered, *wanted, status=5)


# mandates -----------------------------------------------------------------------------------------


def test_a_mandate_names_agent_company_and_days(dsr: Dsr, reference: str) -> None:
    given = ("--agent-address", "1 Example Street", "--company", "laion", "--until", "2027-12-31",
             "--language", "en")  # fmt: skip
    result = dsr("mandate", "Example Association", *given, "--as-of", LATE, "--json")
    assert result.status == 0, result.stderr
    assert result.data["to"] == ["Example Association", "1 Example Street"]
    text = Path(result.data["files"]["txt"]).read_text("utf-8")
    assert "I, Erika Mustermann, authorise Example Association, 1 Example Street" in text
    assert "LAION gemeinnütziger" in text
    assert "from 4 January 2027 until 31 December 2027" in text
    assert result.data["reference"] in Path(result.data["files"]["pdf"]).name
    assert result.data["reference"] != reference
    assert len(dsr("list", "--json").data) == 1


def test_a_mandate_needs_somebody_who_gives_it(refused: Refused) -> None:
    assert "dsr init" in refused("mandate", "Example Association", status=2)


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (("",), 2, "printable"),
        (("A\nB",), 2, "printable"),
        (("X", "--agent-address", "\x1b[31m"), 2, "printable"),
        (("X", "--until", "2020-12-31"), 4, "end before it begins"),
        (("X", "--company", "clearvew"), 3, "Did you mean clearview?"),
        (("X", "--law", "gdrp"), 3, "gdpr"),
        (("X", "--law", "ccpa"), 4, "do not live"),
        (("X", "--agent-country", "XX"), 4, "XX"),
        (("X", "--until", "soon"), 2, "soon"),
    ],
)
def test_a_mandate_that_cannot_be_is_refused(
    refused: Refused, reference: str, arguments: tuple[str, ...], status: int, said: str
) -> None:
    assert said in refused("mandate", *arguments, "--as-of", LATE, status=status)


# nothing leaves, nothing stays --------------------------------------------------------------------


@pytest.mark.parametrize(
    "command",
    [("follow-up",), ("follow-up", "--kind", "withdrawal"), ("complain", *COLOGNE)],
    ids=" ".join,
)
def test_a_dry_run_keeps_nothing_and_lists_what_would_leave(
    dsr: Dsr, on_disk: OnDisk, reference: str, command: tuple[str, ...]
) -> None:
    before = on_disk()
    shown = of_case(dsr, reference, *command, "--dry-run")
    assert shown.status == 0
    assert "Erika Mustermann" in shown.stdout
    assert "These personal data would leave, to " in shown.stderr
    assert "· e-mail: erika@example.org\n" in shown.stderr
    assert "nothing was recorded, nothing was sent" in shown.stderr
    data = of_case(dsr, reference, *command, "--dry-run", "--json").data
    assert data["kept"] is False
    assert data["files"] == {"pdf": None, "eml": None, "txt": None}
    assert "name: Erika Mustermann" in data["personal_data"][data["to"][0]]
    assert on_disk() == before
    assert len(events(dsr, reference)) == 2


def test_a_dry_run_can_write_files_where_it_is_told_to(dsr: Dsr, reference: str) -> None:
    result = of_case(dsr, reference, "follow-up", "--dry-run", "--out", "there")
    assert {path.suffix for path in Path("there").iterdir()} == {".pdf", ".eml", ".txt"}
    assert str(Path("there").resolve()) in result.stdout
    assert len(events(dsr, reference)) == 2


def test_where_files_cannot_be_written_nothing_is_kept(dsr: Dsr, reference: str) -> None:
    Path("there").write_text("in the way")
    for command in (("follow-up",), ("complain", *COLOGNE)):
        result = of_case(dsr, reference, *command, "--out", "there/in")
        assert (result.status, result.stdout) == (6, "")
        assert "Error: there/in cannot be made" in result.stderr
    assert len(events(dsr, reference)) == 2


@pytest.mark.parametrize(
    "command",
    [("follow-up",), ("follow-up", "--reasons"), ("complain", *COLOGNE)],
    ids=" ".join,
)
def test_json_is_one_envelope(dsr: Dsr, reference: str, command: tuple[str, ...]) -> None:
    name, *rest = command
    result = dsr(name, reference, *rest, "--json", "--as-of", LATE)
    envelope = json.loads(result.stdout)
    assert (envelope["version"], envelope["errors"]) == (1, [])
    if isinstance(envelope["data"], dict):
        assert envelope["data"].keys() == {
            "reference", "subject", "language", "to", "files", "personal_data", "kept"
        }  # fmt: skip


@pytest.mark.parametrize(
    ("command", "status", "code"),
    [
        (("follow-up", "DSR-0000-0000"), 3, "unknown_request"),
        (("complain", "DSR-0000-0000", *COLOGNE), 3, "unknown_request"),
        (("follow-up",), 2, "usage"),
        (("follow-up", "REF", "--kind", "nag"), 2, "usage"),
        (("follow-up", "REF", "--kind", "rebuttal"), 2, "usage"),
        (("follow-up", "REF", "--kind", "rebuttal:sendid"), 3, "unknown_objection"),
        (("follow-up", "REF", "--kind", "late-extension"), 5, "no_late_extension"),
        (("follow-up", "REF", "--outstanding", "Z9"), 4, "unknown_demand"),
        (("follow-up", "REF", "--outstanding", "C1"), 4, "unknown_demand"),  # was not asked
        (("follow-up", "REF", "--days", "0"), 2, "usage"),
        (("follow-up", "REF", "--days", "91"), 2, "usage"),
        (("complain", "REF", "--authority", "nowhere"), 3, "unknown_authority"),
    ],
)
def test_what_is_not_there_is_said_in_a_sentence_and_in_json(
    dsr: Dsr, refused: Refused, answered: str, command: tuple[str, ...], status: int, code: str
) -> None:
    words = [answered if word == "REF" else word for word in command]
    refused(*words, "--as-of", LATER, status=status)
    envelope = json.loads(dsr(*words, "--as-of", LATER, "--json").stdout)
    assert envelope["data"] is None
    assert [error["code"] for error in envelope["errors"]] == [code]


def test_the_nearest_reason_is_suggested(refused: Refused, answered: str) -> None:
    kind = ("--kind", "rebuttal:sendid", "--as-of", LATER)
    assert "Did you mean send-id?" in refused("follow-up", answered, *kind, status=3)


@pytest.mark.parametrize("code", ["Z9", "C1"])
def test_a_complaint_names_only_demands_that_were_made(
    refused: Refused, answered: str, code: str
) -> None:
    complain = ("complain", answered, *COLOGNE, "--outstanding", code, "--dry-run")
    refused(*complain, "--as-of", LATER, status=4)


def test_codes_can_be_joined_by_commas_in_a_complaint_too(dsr: Dsr, answered: str) -> None:
    codes = ("--outstanding", "E1,E3", "--language", "en", "--dry-run")
    shown = of_case(dsr, answered, "complain", *COLOGNE, *codes, as_of=LATER)
    assert "demands E1 and E3" in shown.stdout


@pytest.mark.parametrize(
    "command",
    [("follow-up", "REF", "--kind", "reminder"), ("complain", "REF", *COLOGNE), ("mandate", "X")],
    ids=lambda words: words[0],
)
def test_a_language_that_there_is_not_is_refused_as_in_a_request(
    refused: Refused, reference: str, command: tuple[str, ...]
) -> None:
    words = [reference if word == "REF" else word for word in command]
    said = refused(*words, "--language", "klingon", "--dry-run", "--as-of", LATE, status=4)
    assert "klingon" in said


def test_a_mandate_that_is_kept_nowhere_is_not_said_to_be_kept(dsr: Dsr, reference: str) -> None:
    assert dsr("mandate", "Example Association", "--json").data["kept"] is False


# what goes into a request -------------------------------------------------------------------------

ERASURE = ("request", "clearview", "--type", "erasure", *ERIKA)


@pytest.fixture
def photo() -> Path:
    """A picture, large enough to be one."""
    out, path = BytesIO(), Path("me.png")
    Image.effect_noise((400, 400), 60).convert("RGB").save(out, "PNG")
    path.write_bytes(out.getvalue())
    return path


def test_a_parent_writes_for_a_child_and_follows_up(dsr: Dsr) -> None:
    made = dsr(*ERASURE, "--child", "Kim Kind", "--json", "--as-of", "2026-11-20")
    assert made.status == 0, made.stderr
    (case,) = made.data
    text = Path(case["files"]["txt"]).read_text("utf-8")
    assert "for my child Kim Kind" in text
    assert text.endswith("\nErika Mustermann\n")
    reference = case["reference"]
    assert dsr("record", reference, "sent", "--as-of", "2026-11-20").status == 0
    reminder = of_case(dsr, reference, "follow-up", "--dry-run").stdout
    assert reminder.startswith("Erika Mustermann\n")
    complaint = of_case(dsr, reference, "complain", *COLOGNE, "--language", "en", "--dry-run")
    assert "Kim Kind is the data subject." in complaint.stdout
    assert complaint.stdout.endswith("\nErika Mustermann\n")
    assert dsr("mandate", "X", "--dry-run").stdout.startswith("Erika Mustermann\n")


@pytest.mark.parametrize(
    ("options", "status"),
    [(("--child", "Kim", "--client", "Kai"), 2), (("--child", "  "), 4), (("--client", "a\nb"), 4)],
)
def test_for_whom_one_writes_must_be_clear(
    refused: Refused, options: tuple[str, ...], status: int
) -> None:
    refused(*ERASURE, *options, status=status)


def test_what_leaves_of_a_parent_is_listed(dsr: Dsr) -> None:
    (shown,) = dsr(*ERASURE, "--child", "Kim Kind", "--dry-run", "--json").data
    (leaving,) = shown["personal_data"].values()
    for said in ("Kim Kind", "Erika Mustermann", "erika@example.org"):
        assert any(each.endswith(f": {said}") for each in leaving), leaving


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("--account", "@erika.m"),
        ("--dataset-row", "LAION-400M 1234567"),
        ("--photo-hash", "ab" * 32),
    ],
)
def test_identifiers_stand_in_the_letter(dsr: Dsr, option: str, value: str) -> None:
    assert f": {value}\n" in dsr(*ERASURE, option, value, "--dry-run").stdout


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--account", "@erika.m"), "@erika.m"),
        (("--dataset-row", "LAION-400M 1234567"), "LAION-400M 1234567"),
        (("--photo-hash", "ab" * 32), "ab" * 32),
        (("--enclose-photo", "me.png", "--i-understand"), "ENCLOSED"),
        (("--signature", "me.png"), "signature"),
        (("-t", "rectification", "--correction", "I was never in Rome."), "wrong"),
    ],
    ids=lambda value: value if isinstance(value, str) else value[0],
)
def test_whatever_would_leave_is_listed(
    dsr: Dsr, photo: Path, options: tuple[str, ...], said: str
) -> None:
    (shown,) = dsr(*ERASURE, *options, "--dry-run", "--json").data
    (leaving,) = shown["personal_data"].values()
    assert any(said in each for each in leaving), leaving


def test_a_signature_that_is_no_picture_is_refused(refused: Refused) -> None:
    Path("notapicture").write_text("Erika")
    refused(*ERASURE, "--signature", "notapicture", status=4)
    refused(*ERASURE, "--enclose-photo", "notapicture", "--i-understand", status=4)
    refused(*ERASURE, "--signature", "nowhere.png", status=3)


def test_a_photo_of_the_face_is_not_given_away_by_mistake(
    dsr: Dsr, refused: Refused, photo: Path
) -> None:
    said = refused(*ERASURE, "--enclose-photo", str(photo), status=2)
    assert "more of what you want back" in said
    assert "--i-understand" in said
    made = dsr(*ERASURE, "--enclose-photo", str(photo), "--i-understand", "--json")
    (case,) = made.data
    message = email.message_from_bytes(Path(case["files"]["eml"]).read_bytes(), policy=default)
    enclosed = [part.get_content_type() for part in message.iter_attachments()]
    assert "image/png" in enclosed
    text = Path(case["files"]["txt"]).read_text("utf-8")
    assert "I enclose a photo of my face" in text
    assert "Do not store, enrol or pass on the photo" in text


def test_a_web_form_gets_as_much_as_it_takes(dsr: Dsr, refused: Refused) -> None:
    photos = [word for n in range(30) for word in ("--photo-url", f"https://example.org/{n:080}")]
    (case,) = dsr(*ERASURE, *photos, "--max-chars", "1500", "--json").data
    text = Path(case["files"]["txt"]).read_text("utf-8")
    assert len(text) <= 1500
    assert case["reference"] in text
    shown = len(re.findall(r"^Photo \d+: ", text, re.MULTILINE))
    assert 0 < shown < 30
    assert f"and {30 - shown} more" in text
    message = email.message_from_bytes(Path(case["files"]["eml"]).read_bytes(), policy=default)
    body = message.get_body(("plain",))
    assert body is not None
    assert "Photo 30:" in body.get_content()  # the e-mail takes all of it
    said = refused(*ERASURE, "--max-chars", "300", status=4)
    assert re.search(r"has \d{3,4} characters, more than 300\.", said)
    refused(*ERASURE, "--max-chars", "199", status=2)


@pytest.mark.parametrize(
    ("options", "status", "said"),
    [
        (("--ground", "saftey"), 4, "Did you mean safety?"),
        (("--account", ""), 4, "not one line"),
        (("--account", "a\nb"), 4, "not one line"),
        (("--correction", "\x1b[31m"), 4, "cannot be printed"),
        (("--about", "nothing"), 2, "nothing"),
        (("--layout", "a4"), 2, "a4"),
        (("--pack", "no-such-pack"), 3, "no-such-pack"),
    ],
)
def test_a_choice_that_cannot_be_is_refused(
    refused: Refused, options: tuple[str, ...], status: int, said: str
) -> None:
    assert said in refused(*ERASURE, *options, status=status)


def test_grounds_are_chosen_by_their_words(dsr: Dsr) -> None:
    shown = dsr(*ERASURE, "-t", "objection", "--ground", "safety,childhood", "--dry-run").stdout
    assert "stalked" in shown
    assert "as a child" in shown


def test_nobody_is_accused_while_their_time_stands(dsr: Dsr, refused: Refused) -> None:
    dsr("init", "--name", "Kim Doe", "--email", "kim@example.org", "--country", "GB")
    made = dsr("request", "clearview", "-t", "access", "--json", "--as-of", "2026-11-20")
    reference = made.data[0]["reference"]
    dsr("record", reference, "sent", "--on", "2026-11-20", "--as-of", LATE)
    dsr("record", reference, "identity-requested", "--on", "2026-11-24", "--as-of", LATE)
    for kind in ((), ("--kind", "reminder"), ("--kind", "final-notice")):
        said = refused("follow-up", reference, *kind, "--as-of", LATE, status=5)
        assert "until you answer" in said
