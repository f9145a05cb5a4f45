"""Records of other tools, written here in the forms in which those tools write them."""

import json
import os
import sqlite3
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsr.errors import BadFileError, NotFoundError
from dsr.law.receipt import Channel
from dsr.law.rights import Right
from dsr.tracker.events import Event, EventType
from dsr.tracker.state import fold
from dsr.workflows.eraser_history import History, Reply, Sending, moment
from dsr.workflows.foreign import LARGEST_FILE, Foreign, ForeignCase, read_foreign
from dsr.workflows.from_datenanfragen import read_export
from dsr.workflows.from_eraser import cases_of

HEADER = "date;slug;recipient;email;reference;type;via"
ROW = (
    "2022-03-01;bildag;Bild AG, Weg 7, 20095 Hamburg, Deutschland;info@bild.example;2022-A;"
    "access;email"
)


def export(path: Path, *rows: str, header: str = HEADER) -> Path:
    file = path / "datenanfragen.de_export_2022-05-01.csv"
    file.write_bytes("".join(f"{row}\r\n" for row in (header, *rows)).encode())
    return file


def read(file: Path, **options: Any) -> Foreign:
    found = read_foreign(file, **options)
    assert found is not None
    for case in found.cases:
        assert_folds(case)
    return found


def only(file: Path) -> ForeignCase:
    found = read(file)
    assert found.problems == ()
    (case,) = found.cases
    return case


def assert_folds(case: ForeignCase) -> None:
    events = [
        Event(seq=n, type=e.type, on=e.on, recorded_at=datetime.now(UTC), via=e.via)
        for n, e in enumerate(case.events)
    ]
    fold(events)
    assert [e.on for e in case.events] == sorted(e.on for e in case.events)


def happened(case: ForeignCase) -> list[tuple[str, str]]:
    return [(event.type.value, event.on.isoformat()) for event in case.events]


# Datenanfragen.de -------------------------------------------------------------------------------


def test_follow_ups_become_events_of_the_request_they_name(tmp_path: Path) -> None:
    address = "Bild AG, Weg 7, 20095 Hamburg, Deutschland;info@bild.example;2022-A"
    case = only(
        export(
            tmp_path,
            ROW,
            f"2022-04-02;bildag;{address};response;email",
            f"2022-04-05;bildag;{address};admonition;letter",
            "2022-05-01;dehmb;Die Beauftragte, Hamburg;;2022-A;complaint;fax",
        )
    )
    assert (case.origin, case.original_reference) == ("datenanfragen", "2022-A")
    assert (case.company_slug, case.company_name) == ("bildag", "Bild AG")
    assert case.address == ("Weg 7", "20095 Hamburg", "Deutschland")
    assert (case.email, case.channel) == ("info@bild.example", Channel.EMAIL)
    assert (case.rights, case.law, case.made_on) == ((Right.ACCESS,), None, date(2022, 3, 1))
    assert happened(case) == [
        ("sent", "2022-03-01"),
        ("note", "2022-04-02"),
        ("reminded", "2022-04-05"),
        ("complained", "2022-05-01"),
    ]
    assert case.events[0].via is Channel.EMAIL
    assert case.events[-1].note == "To Die Beauftragte."


@pytest.mark.parametrize("word", ["access", "erasure", "rectification", "objection"])
@pytest.mark.parametrize(
    ("via", "channel"),
    [
        ("email", Channel.EMAIL),
        ("letter", Channel.POST),
        ("fax", Channel.FAX),
        ("webform", Channel.WEBFORM),
    ],
)
def test_every_type_and_way_is_known(tmp_path: Path, word: str, via: str, channel: Channel) -> None:
    case = only(export(tmp_path, ROW.replace("access;email", f"{word};{via}")))
    assert (case.rights, case.channel) == ((Right(word),), channel)


@pytest.mark.parametrize(
    ("recipient", "name", "address"),
    [
        ("Bild; Ton & Film AG, Weg 7, Bonn", "Bild; Ton & Film AG", ("Weg 7", "Bonn")),
        ("Bild AG, Haus 1; Etage 2; links, Bonn", "Bild AG", ("Haus 1; Etage 2; links", "Bonn")),
        ("Bild, Inc., 1 Way, Reno", "Bild, Inc.", ("1 Way", "Reno")),
        ("Bild AG\nHaus 1; Etage 2\nBonn", "Bild AG", ("Haus 1; Etage 2", "Bonn")),
        ('"Bild; Ton ""Film"" AG, Weg 7"', 'Bild; Ton "Film" AG', ("Weg 7",)),
        ('"Bild AG\n\nWeg 7"', "Bild AG", ("Weg 7",)),
        ("", "bildag", ()),
    ],
)
def test_a_recipient_may_hold_what_separates_cells_and_rows(
    tmp_path: Path, recipient: str, name: str, address: tuple[str, ...]
) -> None:
    file = export(tmp_path, f"2022-03-01;bildag;{recipient};i@b.example;2022-A;access;email", ROW)
    found = read(file)
    assert (found.cases[0].company_name, found.cases[0].address) == (name, address)
    assert found.cases[0].email == "i@b.example"
    assert len(found.problems) == 1, "the second row has the same reference"


@given(st.lists(st.text("aZ; ,\"'=", max_size=9), min_size=1, max_size=5))
def test_no_recipient_moves_the_other_columns(parts: list[str]) -> None:
    row = f"2022-03-01;bildag;{', '.join(parts)};info@bild.example;2022-A;erasure;fax"
    found = read_export(f"{HEADER}\r\n{row}\r\n", today=None)
    (case,) = found.cases
    assert (case.company_slug, case.email) == ("bildag", "info@bild.example")
    assert (case.original_reference, case.channel) == ("2022-A", Channel.FAX)


def test_several_addresses_in_the_mail_column_are_no_part_of_the_recipient(tmp_path: Path) -> None:
    case = only(export(tmp_path, ROW.replace("info@bild", "a@bild.example; b@bild")))
    assert (case.email, case.address[-1]) == ("a@bild.example", "Deutschland")


def test_the_earliest_export_has_no_column_for_the_mail_address(tmp_path: Path) -> None:
    file = export(
        tmp_path,
        "2018-09-01;bildag;Bild; Ton AG, Weg 7;2018-A;access;letter",
        header="date;slug;recipient;reference;type;via",
    )
    assert (only(file).company_name, only(file).email) == ("Bild; Ton AG", None)


def test_rows_of_versions_with_bugs_are_mended(tmp_path: Path) -> None:
    """Commas between rows, dates as JavaScript prints them, the address in place of the way."""
    printed = "Mon Feb 28 2022 19:00:00 GMT-0500 (Eastern Standard Time)"
    found = read(
        export(
            tmp_path,
            ROW,
            "," + ROW.replace("2022-A", "2022-B"),
            ROW.replace("2022-03-01", printed).replace("2022-A", "2022-C"),
            ROW.replace("2022-03-01", "01.03.2022").replace("2022-A", "2022-D"),
            ROW.replace("2022-03-01", "2022-03-01T00:00:00.000Z").replace("2022-A", "2022-E"),
            ROW.replace("access;email", "access;info@bild.example").replace("2022-A", "2022-F"),
        )
    )
    assert found.problems == ()
    assert {case.made_on for case in found.cases} == {date(2022, 3, 1)}
    assert {case.channel for case in found.cases} == {Channel.EMAIL}
    assert "".join(case.original_reference[-1] for case in found.cases) == "ABCDEF"


@given(st.lists(st.sampled_from([*ROW.split(";"), ";", "\n", '"', ",", "=", "\0", "2022-"])))
def test_no_text_after_the_header_breaks_the_reading(pieces: list[str]) -> None:
    found = read_export(f"{HEADER}\n{''.join(pieces)}", today=None)
    for case in found.cases:
        assert_folds(case)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_encodings_of_spreadsheets_are_told_apart(tmp_path: Path, encoding: str) -> None:
    file = tmp_path / "x.csv"
    file.write_bytes(f"{HEADER}\n{ROW.replace('Bild AG', 'Größe ß AG')}\n".encode(encoding))
    assert only(file).company_name == "Größe ß AG"


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (ROW.replace("2022-03-01", "2022-02-30"), "there is no such date"),
        (ROW.replace("2022-03-01", "March"), "its date cannot be read"),
        (ROW.replace("2022-03-01", "1970-01-01"), "it cannot have been sent on 1970-01-01"),
        (ROW.replace("2022-03-01", "2031-01-01"), "it cannot have been sent on 2031-01-01"),
        (ROW.replace("access", "sonnet"), "it is of a type that dsr does not know"),
        (ROW.replace("access;email", "access;pigeon"), "it does not say how it was sent"),
        (ROW.replace("2022-A", " "), "it has no reference"),
        ("2022-03-01;;;;2022-A;access;letter", "it names no company"),
        ("2022-03-01;bildag;Bild AG", "it has too few columns"),
        (ROW.replace("Weg", "W" * 20_000), "it is too long to be a row"),
        (ROW.replace("access", "custom"), "it is a letter in your own words, about no request"),
        (ROW.replace("access", "admonition"), "it is a reminder, about no request in this file"),
        (ROW.replace("2022-A", "2022-Z"), "it repeats line 2"),
    ],
)
def test_a_row_that_is_left_out_hides_no_other(tmp_path: Path, row: str, reason: str) -> None:
    good = ROW.replace("2022-A", "2022-Z")
    found = read(
        export(tmp_path, good, row, ROW.replace("2022-A", "2022-Y")), today=date(2030, 1, 1)
    )
    assert [case.original_reference for case in found.cases] == ["2022-Z", "2022-Y"]
    (problem,) = found.problems
    assert problem.startswith(f"Line 3 was left out: {reason}")
    assert "example" not in problem


def test_a_reminder_from_before_the_request_is_only_noted(tmp_path: Path) -> None:
    early = ROW.replace("2022-03-01", "2022-02-01").replace("access", "admonition")
    case = only(export(tmp_path, ROW, early))
    assert happened(case) == [("note", "2022-02-01"), ("sent", "2022-03-01")]
    assert "reminded" in str(case.events[0].note)


def test_one_reference_on_two_rights_makes_two_cases(tmp_path: Path) -> None:
    found = read(export(tmp_path, ROW, ROW.replace("access", "erasure")))
    assert [c.original_reference for c in found.cases] == ["2022-A", "2022-A erasure"]


def test_formulas_and_control_characters_do_not_come_in(tmp_path: Path) -> None:
    hostile = '=HYPERLINK("http://x")\x1b[2J\u202eGA, @SUM(A1), -1+2\x00'
    case = only(export(tmp_path, ROW.replace("Bild AG", hostile).replace("bildag", "../../etc")))
    assert (case.company_name, case.company_slug) == ('HYPERLINK("http://x") [2J GA', None)
    assert case.address[:2] == ("SUM(A1)", "1+2")


# eraser -----------------------------------------------------------------------------------------

REQUESTS = (
    "id INTEGER PRIMARY KEY AUTOINCREMENT, broker_id TEXT NOT NULL, broker_name TEXT NOT NULL,"
    " email TEXT NOT NULL, template TEXT NOT NULL, status TEXT NOT NULL, message_id TEXT,"
    " error TEXT, sent_at DATETIME, created_at DATETIME DEFAULT CURRENT_TIMESTAMP"
)
RESPONSES = (
    "id INTEGER PRIMARY KEY AUTOINCREMENT, broker_id TEXT NOT NULL, broker_name TEXT NOT NULL,"
    " response_type TEXT NOT NULL, email_from TEXT, email_subject TEXT, form_url TEXT,"
    " confirm_url TEXT, confidence REAL, needs_review INTEGER DEFAULT 0, received_at DATETIME,"
    " processed_at DATETIME, created_at DATETIME DEFAULT CURRENT_TIMESTAMP"
)
TASKS = (
    "id INTEGER PRIMARY KEY AUTOINCREMENT, broker_id TEXT NOT NULL, broker_name TEXT NOT NULL,"
    " task_type TEXT NOT NULL, form_url TEXT, screenshot_path TEXT, browser_state TEXT,"
    " notes TEXT, status TEXT DEFAULT 'pending', created_at DATETIME, completed_at DATETIME"
)
PIPELINE = ", pipeline_status TEXT DEFAULT 'email_sent'"
PROFILE = ", profile_id TEXT NOT NULL DEFAULT 'default'"
BODY = ", email_body TEXT"
# Each schema that its source went through, oldest first; columns came in by ALTER TABLE.
SCHEMAS = {
    "requests only": (REQUESTS,),
    "first pipeline": (REQUESTS + PIPELINE, RESPONSES, TASKS),
    "bodies": (REQUESTS + PIPELINE, RESPONSES + BODY, TASKS + ", opened_at DATETIME"),
    "profiles": (REQUESTS + PIPELINE + PROFILE, RESPONSES + BODY + PROFILE, TASKS + PROFILE),
    "request types": (
        REQUESTS + PIPELINE + PROFILE + ", request_type TEXT NOT NULL DEFAULT 'erasure'",
        RESPONSES + BODY + PROFILE,
        TASKS + PROFILE,
    ),
    "sent by hand": (
        REQUESTS + PIPELINE + ", sent_method TEXT DEFAULT 'smtp'" + PROFILE,
        RESPONSES + BODY + PROFILE,
        TASKS + PROFILE,
    ),
}
SENT = {
    "broker_id": "face-finder",
    "broker_name": "FaceFinder",
    "email": "privacy@facefinder.example",
    "template": "gdpr",
    "status": "sent",
    "message_id": "smtp-privacy@facefinder.example-0",
    "sent_at": "2026-03-02 10:15:30.123456789 +0100 CET m=+12.345678901",
}
REPLY = {
    "broker_id": "face-finder",
    "broker_name": "FaceFinder",
    "response_type": "success",
    "email_from": "privacy@facefinder.example",
    "email_subject": "Re: your request",
    "received_at": "2026-03-20 09:00:00 +0000 UTC",
}


def history(
    path: Path,
    *requests: dict[str, Any],
    replies: tuple[dict[str, Any], ...] = (),
    tasks: tuple[dict[str, Any], ...] = (),
    schema: str = "sent by hand",
) -> Path:
    file = path / "history.db"
    names = ("removal_requests", "broker_responses", "pending_tasks")
    with closing(sqlite3.connect(file)) as db:
        for name, columns in zip(names, SCHEMAS[schema], strict=False):
            db.execute(f"CREATE TABLE {name} ({columns})")
        for name, rows in zip(names, (requests, replies, tasks), strict=True):
            for row in rows:
                marks = ", ".join("?" * len(row))
                db.execute(
                    f"INSERT INTO {name} ({', '.join(row)}) VALUES ({marks})",  # noqa: S608
                    tuple(row.values()),
                )
        db.commit()
    return file


def types(case: ForeignCase) -> list[str]:
    return [event.type.value for event in case.events]


@pytest.mark.parametrize("schema", SCHEMAS)
def test_every_schema_gives_the_same_case(tmp_path: Path, schema: str) -> None:
    replies = () if schema == "requests only" else (REPLY,)
    case = only(history(tmp_path, SENT, replies=replies, schema=schema))
    assert (case.origin, case.original_reference) == ("eraser", "face-finder 2026-03-02T09:15:30Z")
    assert (case.company_name, case.email) == ("FaceFinder", "privacy@facefinder.example")
    assert (case.rights, case.law, case.language) == ((Right.ERASURE,), "gdpr", "en")
    assert (case.channel, case.made_on) == (Channel.EMAIL, date(2026, 3, 2))
    expected = [("sent", "2026-03-02"), ("fulfilled", "2026-03-20")][: 1 + len(replies)]
    assert happened(case) == expected
    has_profiles = schema not in ("requests only", "first pipeline", "bodies")
    assert case.profile == ("default" if has_profiles else None)


@pytest.mark.parametrize(
    ("template", "rights", "law"),
    [
        ("ccpa", ["erasure"], "ccpa"),
        ("generic", ["erasure"], None),
        ("uk-access", ["access"], "uk-gdpr"),
        ("uk-erasure", ["objection", "erasure"], "uk-gdpr"),
        ("uk-combined", ["access", "objection", "erasure"], "uk-gdpr"),
        ("one-of-my-own", ["erasure"], None),
    ],
)
def test_a_letter_tells_rights_and_law(
    tmp_path: Path, template: str, rights: list[str], law: str | None
) -> None:
    case = only(history(tmp_path, SENT | {"template": template}))
    assert (list(case.rights), case.law) == (rights, law)


def test_a_letter_of_ones_own_has_the_type_that_was_stored(tmp_path: Path) -> None:
    row = SENT | {"template": "my-own", "request_type": "combined"}
    case = only(history(tmp_path, row, schema="request types"))
    assert case.rights == (Right.ACCESS, Right.ERASURE)


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("success", "fulfilled"),
        ("rejected", "refused"),
        ("b2b_only", "no-data"),
        ("pending", "acknowledged"),
        ("bounced", "bounced"),
        ("form_required", "note"),
        ("confirmation_required", "note"),
        ("unknown", "note"),
    ],
)
def test_a_reply_is_the_event_that_it_stands_for(tmp_path: Path, word: str, kind: str) -> None:
    reply = REPLY | {"response_type": word, "form_url": "https://facefinder.example/form"}
    case = only(history(tmp_path, SENT, replies=(reply,)))
    assert types(case) == ["sent", kind]
    assert "Re: your request" in str(case.events[1].note)
    assert "https://facefinder.example/form" in str(case.events[1].note)


def test_a_reply_that_eraser_was_not_sure_of_decides_nothing(tmp_path: Path) -> None:
    case = only(history(tmp_path, SENT, replies=(REPLY | {"needs_review": 1},)))
    assert types(case) == ["sent", "note"]


def test_what_was_never_sent_is_left_out_and_said(tmp_path: Path) -> None:
    found = read(
        history(
            tmp_path,
            SENT | {"status": "failed", "error": "SMTP authentication failed"},
            SENT | {"status": "pending", "sent_at": None},
            SENT | {"status": "failed", "error": "bounced - manually confirmed: gone"},
            SENT | {"sent_at": "0001-01-01 00:00:00 +0000 UTC"},
            SENT | {"sent_at": "2031-01-01 00:00:00 +0000 UTC"},
            SENT | {"broker_name": "\x07"},
            SENT,
        ),
        today=date(2026, 11, 26),
    )
    assert len(found.cases) == 1
    assert list(found.problems) == [
        "Request 1 was left out: it was not sent.",
        "Request 2 was left out: it was not sent.",
        "Request 3 was left out: the e-mail came back, so the company never had it.",
        "Request 4 was left out: its date cannot be read.",
        "Request 5 was left out: it cannot have been on 2031-01-01.",
        "Request 6 was left out: it names no company.",
    ]


def at(day: str) -> str:
    return f"2026-{day} 10:00:00 +0000 UTC"


def test_a_request_that_eraser_repeats_each_month_is_one_case_until_it_is_answered(
    tmp_path: Path,
) -> None:
    file = history(
        tmp_path,
        *(SENT | {"sent_at": at(day)} for day in ("01-05", "02-05", "03-05", "04-05")),
        replies=(
            REPLY | {"response_type": "bounced", "received_at": at("01-06")},
            REPLY | {"received_at": at("03-20")},
        ),
    )
    first, second = read(file).cases
    assert types(first) == ["sent", "bounced", "sent", "note", "fulfilled"]
    assert (types(second), second.made_on) == (["sent"], date(2026, 4, 5))
    assert first.original_reference != second.original_reference


def test_an_early_history_names_a_case_as_a_later_one_does(tmp_path: Path) -> None:
    rows = [SENT | {"sent_at": at(day)} for day in ("01-05", "02-05")]
    early, later = tmp_path / "early", tmp_path / "later"
    early.mkdir(), later.mkdir()
    references = {
        only(history(early, rows[0])).original_reference,
        only(history(later, *rows, replies=(REPLY,))).original_reference,
    }
    assert len(references) == 1


def test_replies_belong_to_the_request_before_them(tmp_path: Path) -> None:
    file = history(
        tmp_path,
        SENT | {"sent_at": "2026-03-02 10:00:00 +0000 UTC"},
        replies=(
            REPLY | {"response_type": "bounced", "received_at": "2026-03-02 08:00:00 +0000 UTC"},
            REPLY | {"response_type": "pending", "received_at": "2026-03-02 09:59:58 +0000 UTC"},
            REPLY | {"broker_id": "unattributed:x.example"},
        ),
    )
    found = read(file)
    assert types(found.cases[0]) == ["sent", "acknowledged"]
    assert list(found.problems) == [
        "Reply 1 was left out: no request came before it.",
        "Reply 3 was left out: no request came before it.",
    ]


def test_a_reply_that_repeated_scans_stored_again_counts_once(tmp_path: Path) -> None:
    assert types(only(history(tmp_path, SENT, replies=(REPLY,) * 4))) == ["sent", "fulfilled"]


def test_the_day_of_a_reply_is_the_day_where_the_request_was_sent(tmp_path: Path) -> None:
    """An American answer of the evening reaches Europe on the next day, not before the request."""
    sent = SENT | {"sent_at": "2026-03-02 00:30:00 +0100 CET"}
    reply = REPLY | {"received_at": "2026-03-01 15:31:00 -0800 PST"}
    assert happened(only(history(tmp_path, sent, replies=(reply,)))) == [
        ("sent", "2026-03-02"),
        ("fulfilled", "2026-03-02"),
    ]


def test_profiles_are_told_apart(tmp_path: Path) -> None:
    file = history(
        tmp_path,
        SENT,
        SENT | {"profile_id": "partner", "sent_at": "2026-03-02 10:15:32 +0100 CET"},
        replies=(REPLY | {"profile_id": "partner"},),
    )
    mine, theirs = read(file).cases
    assert (mine.profile, types(mine)) == ("default", ["sent"])
    assert (theirs.profile, types(theirs)) == ("partner", ["sent", "fulfilled"])


def test_stages_and_finished_tasks_are_noted(tmp_path: Path) -> None:
    task = {"broker_id": "face-finder", "broker_name": "FaceFinder", "task_type": "manual_form"}
    file = history(
        tmp_path,
        SENT | {"pipeline_status": "confirmed"},
        replies=(REPLY | {"response_type": "form_required"},),
        tasks=(task | {"status": "completed", "completed_at": at("04-01")}, task),
    )
    case = only(file)
    assert happened(case)[2:] == [("note", "2026-04-01"), ("note", "2026-04-01")]
    assert "filled in" in str(case.events[2].note)
    assert "confirmed" in str(case.events[3].note)


def test_a_stage_that_a_reply_says_already_is_not_repeated(tmp_path: Path) -> None:
    file = history(tmp_path, SENT | {"pipeline_status": "confirmed"}, replies=(REPLY,))
    assert types(only(file)) == ["sent", "fulfilled"]


def test_a_company_without_an_address_was_written_to_by_web_form(tmp_path: Path) -> None:
    case = only(history(tmp_path, SENT | {"email": "", "sent_method": "manual"}))
    assert (case.channel, case.email) == (Channel.WEBFORM, None)


def evidence(**changes: Any) -> dict[str, Any]:
    return {
        "generated_at": "2026-05-01T12:00:00.5+02:00",
        "profile_id": "",
        "data_subject": {"full_name": "Erika Mustermann", "email": "erika@example.org"},
        "brokers": [
            {
                "broker_id": "face-finder",
                "broker_name": "FaceFinder",
                "pipeline_status": "confirmed",
                "past_deadline": False,
                "requests": [
                    {
                        "sent_at": "2026-03-02T10:15:30.123456789+01:00",
                        "recipient": "privacy@facefinder.example",
                        "template": "gdpr",
                        "legal_basis": "GDPR",
                        "status": "sent",
                        "sent_manually": False,
                        "reconstructed_body": "…",
                    }
                ],
                "responses": [
                    {
                        "received_at": "2026-03-20T09:00:00Z",
                        "type": "success",
                        "subject": "Re: your request",
                        "confidence": 0.9,
                        "needs_review": False,
                    }
                ],
            }
        ],
        "summary": {"total_requests": 1},
    } | changes


def test_the_exported_report_gives_the_same_case_as_the_history(tmp_path: Path) -> None:
    report = tmp_path / "eraser-evidence-default-2026-05-01.json"
    report.write_text(json.dumps(evidence(), indent=2), "utf-8")
    stored = history(tmp_path, SENT, replies=(REPLY,), schema="bodies")
    assert only(report) == only(stored)


def test_damage_within_a_report_is_said_and_hides_nothing(tmp_path: Path) -> None:
    good = evidence()["brokers"][0]
    (request,) = good["requests"]
    brokers = [
        7,
        good | {"requests": None, "responses": None},
        good | {"requests": [request, {"sent_at": 5}, "x"], "responses": [{"type": []}]},
    ]
    report = tmp_path / "report.json"
    report.write_text(json.dumps(evidence(brokers=brokers, profile_id="partner")), "utf-8")
    found = read(report)
    assert [case.profile for case in found.cases] == ["partner"]
    assert list(found.problems) == [
        "Company 1 was left out: it is damaged.",
        "Request 2 to company 3 was left out: it is damaged.",
        "Request 3 to company 3 was left out: it is damaged.",
        "Reply 1 of company 3 was left out: it is damaged.",
    ]


def test_a_report_that_is_cut_off_is_refused(tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    report.write_text(json.dumps(evidence())[:-40], "utf-8")
    with pytest.raises(BadFileError):
        read_foreign(report)


@pytest.mark.parametrize("mode", ["wal", "delete"])
def test_reading_changes_nothing_beside_the_history(tmp_path: Path, mode: str) -> None:
    """Eraser keeps its history in WAL mode, in which SQLite by itself writes even to read."""
    folder = tmp_path / "odd ?#% name"
    folder.mkdir()
    file = history(folder, SENT)
    with closing(sqlite3.connect(file)) as db:
        db.execute(f"PRAGMA journal_mode = {mode}")
    before = file.read_bytes()
    file.chmod(0o400)
    only(file)
    assert [each.name for each in folder.iterdir()] == ["history.db"]
    assert file.read_bytes() == before


def test_a_history_that_eraser_has_not_finished_is_refused(tmp_path: Path) -> None:
    file = history(tmp_path, SENT)
    with closing(sqlite3.connect(file)) as db:
        db.execute("PRAGMA journal_mode = wal")
        db.execute("UPDATE removal_requests SET status = 'failed'")
        db.commit()
        with pytest.raises(BadFileError, match=r"history\.db-wal"):
            read_foreign(file)


moments = st.timedeltas(timedelta(), timedelta(days=30)).map(
    lambda passed: datetime(2026, 1, 1, tzinfo=UTC) + passed
)


@given(
    st.lists(moments, min_size=1, max_size=5),
    st.lists(st.tuples(moments, st.sampled_from(["success", "rejected", "pending", "bounced"]))),
)
def test_whatever_happened_the_events_of_each_case_fold(
    sent: list[datetime], received: list[tuple[datetime, str]]
) -> None:
    who = {"broker_id": "b", "broker_name": "B", "row": "Row"}
    letter = {"email": "b@b.example", "template": "gdpr", "status": "sent"}
    found = cases_of(
        History(
            sendings=[Sending.model_validate(who | letter | {"at": f"{at:%FT%TZ}"}) for at in sent],
            replies=[
                Reply.model_validate(who | {"at": f"{at:%FT%TZ}", "response_type": word})
                for at, word in received
            ],
        ),
        today=None,
    )
    for case in found.cases:
        assert_folds(case)
        assert (case.events[0].type, case.events[0].on) == (EventType.SENT, case.made_on)


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-02 10:15:30.123456789 +0100 CET m=+0.5",
        "2026-03-02 10:15:30 +0100 +01",
        "2026-03-02 10:15:30.1+01:00",
        "2026-03-02T10:15:30+01:00",
        "2026-03-02T09:15:30.123Z",
        "2026-03-02 09:15:30 +0000 UTC",
        "2026-03-02 09:15:30",
    ],
)
def test_times_are_read_as_go_and_sqlite_write_them(text: str) -> None:
    found = moment(text)
    assert found is not None
    assert found - datetime(2026, 3, 2, 9, 15, 30, tzinfo=UTC) == timedelta()


@pytest.mark.parametrize(
    "value",
    [None, "", 5, b"2026-03-02 09:15:30", "soon", "2026-13-02 09:15:30", "2026-03-02 25:00:00",
     "9999-12-31 23:59:59 -2300 X", "2026-03-02 09:15:30 +9900 X"],
)  # fmt: skip
def test_what_is_no_time_is_none(value: object) -> None:
    assert moment(value) is None


# other files ------------------------------------------------------------------------------------


def test_damaged_histories_are_refused_without_a_traceback(tmp_path: Path) -> None:
    file = history(tmp_path, *(SENT | {"message_id": "x" * 3000} for _ in range(40)))
    whole = file.read_bytes()
    for damaged in (whole[:100], whole[: len(whole) // 2], whole[:100] + b"\xff" * 8000):
        file.write_bytes(damaged)
        with pytest.raises(BadFileError, match="damaged"):
            read_foreign(file)


@pytest.mark.parametrize(
    "schema",
    [
        "CREATE TABLE note (id INTEGER)",
        "CREATE TABLE removal_requests (id INTEGER, url TEXT, reason TEXT)",
        "CREATE VIEW removal_requests AS SELECT 1 AS id, 'b' AS broker_id, 'B' AS broker_name,"
        " '' AS email, 'gdpr' AS template, 'sent' AS status, '2026-03-02 09:15:30' AS sent_at",
    ],
)
def test_databases_of_other_programs_are_not_taken_for_a_history(
    tmp_path: Path, schema: str
) -> None:
    file = tmp_path / "other.db"
    with closing(sqlite3.connect(file)) as db:
        db.execute(schema)
    assert read_foreign(file) is None


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\0" * 5000,
        bytes(range(256)) * 20,
        b"\xff\xfe",
        b"PK\x03\x04",
        b"date,slug,recipient\n",
        b"date;amount\r\n2022-03-01;5\r\n",
        b'{"version": 1, "data": []}',
        b"[" * 4000,
        "Größe".encode("cp1252"),
    ],
)
def test_files_of_neither_kind_are_none(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "file"
    file.write_bytes(content)
    assert read_foreign(file) is None


def test_an_export_without_rows_holds_nothing(tmp_path: Path) -> None:
    assert read(export(tmp_path)) == Foreign(cases=(), problems=())


def test_what_is_no_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(BadFileError):
        read_foreign(tmp_path)
    with pytest.raises(NotFoundError):
        read_foreign(tmp_path / "absent.csv")
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(BadFileError):
        read_foreign(tmp_path / "pipe")


def test_files_far_too_large_are_refused_before_they_are_read(tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    report.write_text(json.dumps(evidence()), "utf-8")
    for file in (export(tmp_path, ROW), report, history(tmp_path, SENT)):
        os.truncate(file, LARGEST_FILE + 1)
        with pytest.raises(BadFileError, match="larger than 50 MB"):
            read_foreign(file)
