"""The contract that scripts rely on: the JSON envelope, the streams, the exit statuses."""

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import click
import pytest

from dsr.cli.main import cli
from tests.cli.conftest import Process
from tests.conftest import ERIKA, Dsr

Requested = Callable[..., str]
ERASURE = ("request", "clearview", "--type", "erasure")
DEADLINE = ("law", "deadline", "gdpr", "--received", "2026-01-31")
LISTED = {"reference", "company", "person", "rights", "law", "status", "sent_on", "due"}
REQUEST = {"reference", "company", "law", "rights", "language", "channel", "status", "files"}
CASE = {"reference", "company", "law", "rights", "status", "events", "deadlines", "next_action"}
ITEM = {"reference", "company", "person", "status", "kind", "due", "days_left", "overdue"}
DATES = {"due", "due_lenient", "acknowledge_by", "acknowledge_by_lenient", "extension_notice_by",
         "extended_due", "extended_due_lenient"}  # fmt: skip


def only(entries: list[dict[str, Any]]) -> dict[str, Any]:
    """The one entry of a list."""
    (entry,) = entries
    return entry


# what each command prints as JSON ------------------------------------------------------------


def test_request_prints_what_it_made(dsr: Dsr) -> None:
    made = only(dsr(*ERASURE, *ERIKA, "--as-of", "2026-11-20", "--json").data)
    assert {*REQUEST, "deadline"} <= made.keys()
    assert made["rights"] == ["erasure"]
    assert made["status"] == "ready"
    assert set(made["files"]) == {"pdf", "eml", "txt"}
    assert all(Path(path).is_file() for path in made["files"].values())
    assert {"due", "basis", "explanation"} <= made["deadline"].keys()
    assert made["deadline"]["due"] == "2026-12-21"


def test_a_dry_run_makes_no_files(dsr: Dsr) -> None:
    shown = only(dsr(*ERASURE, *ERIKA, "--dry-run", "--json").data)
    assert {*REQUEST, "deadline"} <= shown.keys()
    assert shown["files"] == {"pdf": None, "eml": None, "txt": None}


@pytest.mark.parametrize("command", ["show", "record"])
def test_show_and_record_print_the_case(dsr: Dsr, reference: str, command: str) -> None:
    Path("answer.eml").write_text("We need more time.")
    late = ("extended", "--on", "2026-11-21", "--until", "2027-02-20", "--attach", "answer.eml")
    recorded = dsr("record", reference, *late, "--as-of", "2026-11-22", "--json")
    case = recorded.data if command == "record" else dsr("show", reference, "--json").data
    assert case.keys() >= CASE
    assert [event["type"] for event in case["events"]] == ["prepared", "sent", "extended"]
    last = case["events"][-1]
    assert last.keys() >= {"seq", "type", "on", "recorded_at", "note", "attachments"}
    assert (last["seq"], last["on"], last["note"]) == (3, "2026-11-21", None)
    assert only(last["attachments"]).keys() >= {"name", "sha256", "bytes"}
    assert only(last["attachments"])["bytes"] == len("We need more time.")
    for deadline in case["deadlines"]:
        assert deadline.keys() >= {"kind", "due", "basis", "explanation", "met"}
    assert isinstance(case["next_action"], str)


def test_list_prints_every_request(dsr: Dsr, reference: str) -> None:
    listed = only(dsr("list", "--as-of", "2026-11-22", "--json").data)
    assert listed.keys() >= {*LISTED, "days_left"}
    assert listed["reference"] == reference
    assert (listed["sent_on"], listed["due"]) == ("2026-11-20", "2026-12-21")
    assert listed["days_left"] == 29


@pytest.mark.parametrize("form", [("--json",), ("--format", "json"), ("--format=json",)])
def test_report_prints_items_and_totals(dsr: Dsr, reference: str, form: tuple[str, ...]) -> None:
    report = dsr("report", "--as-of", "2026-12-15", *form).data
    assert report.keys() >= {"as_of", "items", "totals"}
    assert report["as_of"] == "2026-12-15"
    assert report["totals"] == {"open": 1, "overdue": 0, "due_soon": 1}
    item = only(report["items"])
    assert item.keys() >= {*ITEM, "next_action", "basis"}
    assert (item["reference"], item["days_left"], item["overdue"]) == (reference, 6, False)


def test_law_deadline_prints_every_date(dsr: Dsr) -> None:
    found = dsr(*DEADLINE, "--country", "DE", "--json").data
    assert found.keys() >= {"law", "right", "received", "basis", "steps", *DATES}
    assert (found["law"], found["right"], found["received"]) == ("gdpr", "access", "2026-01-31")
    assert found["due"] == "2026-03-02"  # 28 February 2026 is a Saturday
    assert found["acknowledge_by"] is None
    assert all(isinstance(step, str) for step in found["steps"])


def test_companies_are_shown_and_found(dsr: Dsr) -> None:
    assert dsr("companies", "show", "clearview", "--json").data["slug"] == "clearview"
    hit = dsr("companies", "search", "clearviw", "--json").data[0]
    assert hit.keys() >= {"slug", "name", "kind", "score"}
    assert hit["slug"] == "clearview"
    assert "clearview" in {entry["slug"] for entry in dsr("companies", "list", "--json").data}


JSON_COMMANDS = [
    ("init", *ERIKA),
    (*ERASURE, *ERIKA),
    (*ERASURE, *ERIKA, "--dry-run"),
    ("record", "REF", "note", "--note", "x"),
    ("list",),
    ("show", "REF"),
    ("report",),
    ("companies", "list"),
    ("companies", "search", "face"),
    ("companies", "show", "clearview"),
    DEADLINE,
    ("doctor",),
]


@pytest.mark.parametrize("command", JSON_COMMANDS, ids=lambda words: " ".join(words[:2]))
def test_stdout_is_one_envelope_and_nothing_else(
    dsr: Dsr, reference: str, command: tuple[str, ...]
) -> None:
    words = [reference if word == "REF" else word for word in command]
    result = dsr(*words, "--json")
    assert result.status == 0, result.stderr
    envelope = json.loads(result.stdout)
    assert envelope.keys() == {"version", "data", "errors"}
    assert envelope["version"] == 1
    assert envelope["data"] is not None
    assert envelope["errors"] == []
    assert "\x1b" not in dsr("--color", "always", *words, "--json").stdout


FAILURES = [
    (("list", "--no-such-option"), 2, "usage"),
    (("requst",), 2, "usage"),
    ((*ERASURE, "--home", "new"), 2, "identity_missing"),
    (("request", "clearview", *ERIKA), 2, "usage"),
    (("show", "DSR-0000-0000"), 3, "unknown_request"),
    (("request", "pimeye", "--type", "erasure", *ERIKA), 3, "unknown_company"),
    (("companies", "show", "pimeye"), 3, "unknown_company"),
    ((*DEADLINE, "--country", "XX"), 4, None),
    ((*ERASURE, *ERIKA, "--via", "fax"), 4, "channel_unknown"),
    (("record", "REF", "sent"), 5, "illegal_event"),
    (("init", *ERIKA, "--unencrypted"), 5, "conflict"),
    (("report", "--out", "nowhere/report.json"), 6, "file_not_writable"),
    (("--home", "file/home", "init", *ERIKA), 6, "home_not_writable"),
]


@pytest.mark.parametrize(("command", "status", "code"), FAILURES, ids=lambda value: str(value)[:60])
def test_a_failure_is_the_same_envelope_without_data(
    dsr: Dsr, reference: str, command: tuple[str, ...], status: int, code: str | None
) -> None:
    Path("file").write_text("in the way")
    result = dsr(*(reference if word == "REF" else word for word in command), "--json")
    assert result.status == status
    envelope = json.loads(result.stdout)
    assert envelope.keys() == {"version", "data", "errors"}
    assert (envelope["version"], envelope["data"]) == (1, None)
    error = only(envelope["errors"])
    assert error.keys() == {"code", "message", "hint"}
    assert code in (None, error["code"])
    assert f"Error: {error['message']}\n" in result.stderr


def test_a_batch_that_failed_in_part_holds_both(dsr: Dsr) -> None:
    result = dsr("request", "pimeye", "clearview", "--type", "erasure", *ERIKA, "--json")
    assert result.status == 7
    envelope = json.loads(result.stdout)
    assert only(envelope["data"])["company"] == "clearview"
    assert only(envelope["errors"])["code"] == "unknown_company"


def test_check_leaves_with_8_only_when_something_is_overdue(dsr: Dsr, reference: str) -> None:
    assert dsr("report", "--check", "--as-of", "2026-12-21").status == 0
    assert dsr("report", "--check", "--as-of", "2027-01-15").status == 8
    late = dsr("report", "--check", "--as-of", "2027-01-15", "--json")
    assert late.status == 8
    assert late.data["totals"]["overdue"] == 1
    assert dsr("report", "--as-of", "2027-01-15").status == 0


# streams -------------------------------------------------------------------------------------


def test_stdout_of_a_request_is_the_paths_of_its_files(dsr: Dsr) -> None:
    result = dsr(*ERASURE, *ERIKA)
    paths = [Path(line) for line in result.stdout.splitlines()]
    assert [path.suffix for path in paths] == [".pdf", ".eml", ".txt"]
    assert all(path.is_absolute() and path.is_file() for path in paths)
    assert "DSR-" in result.stderr


@pytest.mark.parametrize(
    "command", [("init", *ERIKA), ("list",), ("report",), ("companies", "search", "qqqqqqq")]
)
def test_what_is_said_without_data_goes_to_stderr(dsr: Dsr, command: tuple[str, ...]) -> None:
    result = dsr(*command)
    assert result.status == 0
    assert result.stdout == ""
    assert result.stderr != ""


def test_a_warning_goes_to_stderr_even_when_quiet(dsr: Dsr, reference: str) -> None:
    result = dsr("--quiet", *ERASURE, "--json")
    assert "Warning: " in result.stderr
    assert reference in result.stderr
    assert only(result.data)["reference"] != reference


def test_quiet_says_nothing_but_data(dsr: Dsr) -> None:
    result = dsr(*ERASURE, *ERIKA, "--quiet")
    assert len(result.stdout.splitlines()) == 3
    assert result.stderr == ""


def test_a_broken_record_of_ones_own_is_a_warning_beside_the_data(
    dsr: Dsr, fresh_home: Path
) -> None:
    (fresh_home / "companies").mkdir(parents=True)
    (fresh_home / "companies" / "mine.toml").write_text("slug = ")
    result = dsr("companies", "list")
    assert result.status == 0
    assert "clearview" in result.stdout
    assert "Warning: " in result.stderr
    assert "mine.toml" in result.stderr
    for command in (("list",), ("search", "face")):
        envelope = json.loads(dsr("companies", *command, "--json").stdout)
        assert only(envelope["errors"])["code"] == "bad_file"
        assert envelope["data"]


def test_list_keeps_a_reference_in_one_piece(dsr: Dsr, requested: Requested) -> None:
    rights = "access,rectification,restriction,portability,objection,erasure"
    try:
        reference = requested("--type", rights)
    except AssertionError:  # not all of them have letters
        reference = requested("--type", "access,objection,erasure")
    assert any(line.startswith(reference) for line in dsr("list").stdout.splitlines())


def test_a_dash_is_stdin_or_stdout(dsr: Dsr, reference: str) -> None:
    reasons = ("--type", "objection", "--reason", "-", "--dry-run")
    letter = dsr("request", "clearview", *reasons, *ERIKA, stdin="They never asked me.")
    assert "They never asked me." in letter.stdout
    assert dsr("report", "--out", "-").stdout == dsr("report").stdout != ""
    assert not Path("-").exists()


def test_an_attachment_may_come_from_stdin(process: Process, passphrase_file: Path) -> None:
    secret = ("--passphrase-file", str(passphrase_file))
    made = json.loads(process(*ERASURE, *ERIKA, *secret, "--json").stdout)
    note = ("record", only(made["data"])["reference"], "note", "--note", "x", "--attach", "-")
    result = process(*note, *secret, "--json", stdin=b"There you are.\0\xff")
    assert result.status == 0, result.stderr
    assert only(result.data["events"][-1]["attachments"])["bytes"] == 16


def test_a_passphrase_may_come_from_stdin(process: Process) -> None:
    secret = ("--passphrase-file", "-")
    assert process("init", *ERIKA, *secret, stdin=b"long enough\n").status == 0
    assert process("list", *secret, stdin=b"long enough\n").status == 0
    assert process("list", *secret, stdin=b"another one\n").status == 6


# options everywhere --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "command", [("list",), ("report",), ("companies", "list"), DEADLINE, ("doctor",)]
)
def test_global_options_stand_before_and_behind(dsr: Dsr, command: tuple[str, ...]) -> None:
    options = ("--home", "elsewhere", "--as-of", "2026-11-22", "--color", "never", "--quiet",
               "--yes", "--no-input", "--debug", "--passphrase-file", "nowhere")  # fmt: skip
    before, behind = dsr(*options, *command), dsr(*command, *options)
    assert before == behind
    assert before.status == 0
    between = dsr(command[0], *options, *command[1:])
    assert between == before


def test_home_wins_over_its_variable(dsr: Dsr, reference: str) -> None:
    assert len(dsr("list", "--json").data) == 1
    assert dsr("list", "--json", "--home", "elsewhere").data == []
    assert dsr("--home", "elsewhere", "list", "--json").data == []


def test_as_of_moves_every_day(dsr: Dsr, requested: Requested) -> None:
    reference = requested("--as-of", "2026-11-20")
    sent = dsr("record", reference, "sent", "--on", "yesterday", "--as-of", "2026-11-22", "--json")
    assert sent.data["events"][-1]["on"] == "2026-11-21"
    noted = dsr("--as-of", "2026-11-23", "record", reference, "note", "--note", "x", "--json")
    assert noted.data["events"][-1]["on"] == "2026-11-23"
    assert "tomorrow" not in dsr("report", "--as-of", "2026-12-21").stdout


def commands(group: click.Group, words: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """The words of every command, groups too."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        yield (*words, name)
        if isinstance(command, click.Group):
            yield from commands(command, (*words, name))


@pytest.mark.parametrize("words", [(), *commands(cli)], ids=" ".join)
def test_every_command_explains_itself(dsr: Dsr, words: tuple[str, ...]) -> None:
    result = dsr(*words, "--help")
    assert result.status == 0
    usage, _, rest = result.stdout.partition("\n")
    assert usage.startswith(f"Usage: {' '.join(('dsr', *words))} ")
    assert rest.strip().split("\n\n")[0].endswith((".", "Examples:"))
    assert result.stdout == dsr(*words, "-h").stdout
    undescribed = [line for line in rest.splitlines() if line.strip().startswith("--")
                   and len(line.split("  ")) < 2]  # fmt: skip
    assert not undescribed


@pytest.mark.parametrize("command", [(), ("companies",), ("law",)])
def test_a_command_that_is_not_finished_shows_its_help(dsr: Dsr, command: tuple[str, ...]) -> None:
    result = dsr(*command)
    assert (result.status, result.stdout) == (2, "")
    assert result.stderr.startswith("Usage: dsr")


def test_unknown_command_names_the_nearest(dsr: Dsr) -> None:
    assert "Did you mean report?" in dsr("reprot").stderr
    assert dsr("reprot").status == 2
    assert "Did you mean" not in dsr("xyzzy").stderr


# colour and the outer world ------------------------------------------------------------------


@pytest.mark.parametrize(
    "command",
    [("list",), ("show", "REF"), ("report",), ("companies", "list"),
     ("companies", "show", "clearview"), ("doctor",)],
)  # fmt: skip
def test_colour_always_and_never(dsr: Dsr, reference: str, command: tuple[str, ...]) -> None:
    words = [reference if word == "REF" else word for word in command]
    assert "\x1b[" in dsr("--color", "always", *words).stdout
    assert "\x1b" not in dsr("--color", "never", *words).stdout
    assert "\x1b" not in dsr(*words).stdout


def test_errors_and_warnings_are_coloured_like_data(dsr: Dsr) -> None:
    assert dsr("--color", "always", "show", "x", "--home", "none").stderr.startswith("\x1b[")
    assert dsr("show", "x", "--home", "none").stderr.startswith("Error: ")


@pytest.mark.parametrize("columns", ["", "wide", "0", "-1"])
def test_a_width_that_is_none_does_no_harm(
    dsr: Dsr, reference: str, monkeypatch: pytest.MonkeyPatch, columns: str
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    result = dsr("list")
    assert result.status == 0
    assert reference in result.stdout


def test_a_reader_that_goes_away_is_no_failure() -> None:
    command = [sys.executable, "-m", "dsr", "companies", "list"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as run:
        assert run.stdout is not None
        assert run.stderr is not None
        run.stdout.close()
        said = run.stderr.read().decode()
    assert (run.returncode, said) == (0, "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="/dev/full is there on Linux only")
@pytest.mark.parametrize("form", [(), ("--json",)])
def test_output_for_which_there_is_no_space_is_said_in_a_sentence(form: tuple[str, ...]) -> None:
    with Path("/dev/full").open("wb") as full:
        command = [sys.executable, "-m", "dsr", "companies", "list", *form]
        run = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert "Traceback" not in run.stderr
    assert run.stderr.startswith("Error: ")
    assert run.returncode == 6


@pytest.mark.skipif(os.name != "posix", reason="a shell closes the streams")
@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-"])
def test_a_closed_stream_is_no_bug(closed: str) -> None:
    command = f'exec "$0" -m dsr companies list {closed}'
    run = subprocess.run(
        ["sh", "-c", command, sys.executable], capture_output=True, text=True, check=False
    )
    assert "bug" not in run.stderr
    assert run.returncode in ((0, 6) if closed == ">&-" else (0,))


# options ------------------------------------------------------------------------------------


def test_no_option_of_a_command_is_taken_for_a_global_one() -> None:
    """Two options that are kept under one name would each get what the other was given."""

    def check(command: click.Command) -> None:
        names = Counter(parameter.name for parameter in command.params)
        assert max(names.values(), default=1) == 1, command.name
        if isinstance(command, click.Group):
            context = click.Context(command)
            for name in command.list_commands(context):
                check(command.get_command(context, name) or pytest.fail(name))

    check(cli)


def test_a_backup_has_a_passphrase_of_its_own(dsr: Dsr) -> None:
    for name in ("of-record", "of-backup"):
        Path(name).write_text(f"the passphrase {name}\n")
    record = ("--passphrase-file", "of-record")
    backup = ("copy.backup", "--backup-passphrase-file", "of-backup")
    assert dsr("init", *ERIKA, *record).status == 0
    assert dsr("data", "backup", *backup, *record).status == 0
    assert dsr("data", "restore", "copy.backup", "--replace", *record).status == 6
    assert dsr("data", "restore", *backup, "--replace", *record).status == 0
    assert dsr("people", "list", *record, "--json").data[0]["name"] == "Erika Mustermann"


def test_init_says_where_the_record_is_and_whether_it_is_encrypted(
    dsr: Dsr, postgres: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "Saved, encrypted, in" in dsr("init", *ERIKA).stderr
    plain = ("--home", "plain", "init", *ERIKA)
    assert "Saved, without encryption, in" in dsr(*plain, "--unencrypted").stderr
    assert "Saved, without encryption, in" in dsr(*plain).stderr
    monkeypatch.setenv("DSR_DATABASE_URL", postgres)
    result = dsr("--home", "nowhere", "init", *ERIKA, "--json")
    assert result.data["store"] is None
    again = dsr("--home", "nowhere", "init", *ERIKA)
    assert "Saved in the database of DSR_DATABASE_URL." in again.stderr
    assert not Path("nowhere").exists()
