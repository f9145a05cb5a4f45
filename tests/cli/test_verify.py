"""`dsr verify`: what was altered is named, and a seal shows others that nothing was."""

import json
import re
import shutil
import subprocess
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from tests.cli.conftest import Process, Refused, raw
from tests.conftest import ERIKA, Dsr, Result

Ok = Callable[..., Result]
Cases = dict[str, str]
Alter = Callable[[str], None]


@pytest.fixture
def alter(fresh_home: Path) -> Alter:
    """Change the record behind dsr's back."""

    def change(sql: str) -> None:
        with closing(raw(fresh_home)) as db:
            db.execute(sql)

    return change


def test_a_whole_record_is_said_to_be(ok: Ok, family: Cases) -> None:
    said = ok("verify", "--json").data
    assert (said["ok"], said["events"], said["first_bad"]) == (True, 9, None)
    assert "Whole and unaltered" in ok("verify").stdout


def test_where_nothing_was_recorded_nothing_is_wrong(ok: Ok, refused: Refused) -> None:
    said = ok("verify", "--json").data
    assert said == {"ok": True, "events": 0, "first_bad": None}
    refused("verify", "--seal", "seal", status=5)
    refused("verify", "--authority-cert", "x", status=2)


@pytest.mark.parametrize(
    ("sql", "position"),
    [
        ("UPDATE entry SET content = replace(content, 'no', 'yes') WHERE position = 5", 5),
        ("UPDATE entry SET content = 'no JSON' WHERE position = 5", 5),
        ("UPDATE entry SET content = '[]' WHERE position = 5", 5),
        ("UPDATE entry SET content = x'00ff' WHERE position = 5", 5),
        ("UPDATE entry SET subject = 'DSR-0000-0000' WHERE position = 5", 5),
        ("UPDATE entry SET kind = 'forgotten', content = '{' WHERE position = 5", 5),
        ("UPDATE entry SET kind = NULL, subject = NULL, content = NULL WHERE position = 5", 5),
        ("UPDATE entry SET digest = upper(digest) WHERE position = 5", 5),
        ("DELETE FROM entry WHERE position = 5", 6),
    ],
)
def test_the_first_altered_entry_is_named(
    dsr: Dsr, refused: Refused, family: Cases, alter: Alter, sql: str, position: int
) -> None:
    alter(sql)
    result = dsr("verify", "--json")
    assert result.status == 4
    assert not result.data["ok"]
    assert result.data["first_bad"]["position"] == position
    assert f"Entry {position}" in dsr("verify").stdout
    assert "dsr verify" in refused("verify", "--rebuild", status=5)
    refused("verify", "--seal", "seal", status=5)
    for command in (("list",), ("show", family["me"]), ("people", "list"), ("report",)):
        assert dsr(*command).status != 1, command


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE document SET content = 'text' WHERE place IS NULL",
        "UPDATE document SET content = x'00' WHERE place IS NULL",
        "UPDATE document SET size = size + 1 WHERE place IS NULL",
        "UPDATE document SET place = '../../../etc/passwd' WHERE place IS NOT NULL",
        "UPDATE document SET file_key = 'x' WHERE place IS NOT NULL",
        "DELETE FROM document WHERE place IS NOT NULL",
    ],
)
def test_an_altered_document_is_found_and_not_given_back(
    dsr: Dsr, family: Cases, alter: Alter, sql: str
) -> None:
    alter("PRAGMA foreign_keys = OFF")
    alter(sql)
    result = dsr("verify", "--json")
    assert result.status == 4
    assert result.data["first_bad"] is None
    assert any("document" in problem for problem in result.data["problems"])
    if "size" not in sql:
        assert dsr("show", family["me"], "--out", "out").status == 6


def test_an_altered_large_file_is_found(dsr: Dsr, family: Cases, fresh_home: Path) -> None:
    file = next(path for path in (fresh_home / "files").rglob("*") if path.is_file())
    file.write_bytes(file.read_bytes()[:-1])
    assert dsr("verify").status == 4
    file.unlink()
    assert dsr("verify").status == 4


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE standing SET due = '2031-01-01'",
        "UPDATE standing SET person = 'me'",
        "DELETE FROM standing WHERE person = 'me'",
        "UPDATE person SET position = (SELECT max(position) FROM person)",
        "DELETE FROM person WHERE id = 'wunibald'",
        "DELETE FROM holding WHERE subject = 'wunibald'",
        "INSERT INTO campaign VALUES ('spring', 1)",
    ],
)
def test_an_altered_list_is_made_anew(
    dsr: Dsr, ok: Ok, family: Cases, alter: Alter, sql: str
) -> None:
    before = [ok(*each, "--json").data for each in (("list",), ("people", "list"))]
    alter(sql)
    result = dsr("verify")
    assert result.status == 4
    assert "dsr verify --rebuild" in result.stderr
    assert "3 requests" in ok("verify", "--rebuild").stderr
    assert ok("verify", "--json").data["ok"]
    assert [ok(*each, "--json").data for each in (("list",), ("people", "list"))] == before


# seals -----------------------------------------------------------------------------------------


@pytest.fixture
def seal(ok: Ok, family: Cases) -> str:
    """A seal over the record."""
    said = ok("verify", "--seal", "seal", "--json").data
    assert re.fullmatch("([0-9a-f]{4} ?){16}", said["key"])
    return "seal"


def test_a_seal_is_small_and_names_nobody(seal: str, family: Cases) -> None:
    files = {path.name: path.read_bytes() for path in Path(seal).iterdir()}
    assert files.keys() == {"seal.json", "seal.sig", "seal.pem", "seal.tsq", "HOW-TO-CHECK.txt"}
    assert sum(map(len, files.values())) < 10_000
    content = b"".join(files.values())
    assert not [each for each in family.values() if each.encode() in content]


def test_a_record_that_grew_still_holds_what_was_sealed(
    ok: Ok, refused: Refused, seal: str, family: Cases
) -> None:
    assert "as sealed" in ok("verify", "--against", seal).stdout
    ok("record", family["me"], "note", "--note", "later")
    said = ok("verify", "--against", seal, "--json").data["against"]
    assert (said["ok"], said["added"]) == (True, 1)
    refused("verify", "--seal", seal, status=5)
    refused("verify", "--against", "nowhere", status=3)


def test_who_was_forgotten_does_not_break_a_seal(ok: Ok, seal: str) -> None:
    ok("data", "forget", "xaveria", "--yes")
    assert ok("verify", "--against", seal, "--json").data["against"]["ok"]


def test_a_record_that_was_written_anew_is_found_out(
    ok: Ok, dsr: Dsr, seal: str, family: Cases, alter: Alter, fresh_home: Path
) -> None:
    """Whoever holds the key can make another chain that holds together; not another seal."""
    from dsr.tracker.journal import GENESIS, commitment, link

    with closing(raw(fresh_home)) as db:
        db.execute("UPDATE entry SET content = replace(content, 'Nebelnotiz', 'Anderes')")
        digest = GENESIS
        rows = db.execute("SELECT position, salt, kind, subject, content FROM entry ORDER BY 1")
        for position, *said in rows.fetchall():
            digest = link(digest, commitment(*said))
            db.execute("UPDATE entry SET digest = ? WHERE position = ?", (digest, position))
    assert ok("verify", "--json").data["ok"]
    result = dsr("verify", "--against", seal, "--json")
    assert result.status == 4
    assert not result.data["against"]["ok"]


def test_a_record_that_lost_its_end_is_found_out(
    ok: Ok, dsr: Dsr, family: Cases, alter: Alter
) -> None:
    ok("record", family["me"], "note", "--note", "the last")
    ok("verify", "--seal", "seal")
    alter("DELETE FROM entry WHERE position = (SELECT max(position) FROM entry)")
    result = dsr("verify", "--against", "seal", "--json")
    assert result.status == 4
    assert not result.data["against"]["ok"]


def test_the_seal_of_another_record_is_told(ok: Ok, dsr: Dsr, seal: str) -> None:
    ok("init", *ERIKA, "--home", "other")
    result = dsr("verify", "--against", seal, "--home", "other", "--json")
    assert result.status == 4
    assert not result.data["against"]["ok"]


@pytest.mark.parametrize("content", [b"", b"{}", b"[]", b"\xff", b"x" * 100_000])
def test_a_broken_seal_is_refused(refused: Refused, seal: str, content: bytes) -> None:
    (Path(seal) / "seal.json").write_bytes(content)
    refused("verify", "--against", seal, status=4)


def test_openssl_checks_a_seal(seal: str) -> None:
    if not shutil.which("openssl"):
        pytest.skip("openssl is not installed")
    command = "openssl pkeyutl -verify -pubin -inkey seal.pem -rawin -in seal.json"
    command += " -sigfile seal.sig"
    done = subprocess.run(command.split(), cwd=seal, capture_output=True, check=False)
    assert b"Verified Successfully" in done.stdout


def test_a_backup_keeps_the_key_that_seals(ok: Ok, seal: str, fresh_home: Path) -> None:
    ok("data", "backup", "copy.backup")
    ok("data", "restore", "copy.backup", "--home", "other")
    said = ok("verify", "--against", seal, "--home", "other").stdout
    assert "as sealed" in said
    keys = {ok("verify", "--seal", name, *at, "--json").data["key"]
            for name, at in (("one", ()), ("two", ("--home", "other")))}  # fmt: skip
    assert len(keys) == 1


def test_a_real_process_says_it_in_json(process: Process, passphrase_file: Path) -> None:
    locked = ("--passphrase-file", str(passphrase_file))
    assert process("init", *ERIKA, *locked).status == 0
    said = json.loads(process("verify", "--json", *locked).stdout)
    assert said["data"]["ok"]


@pytest.mark.parametrize(
    "sql",
    [
        "DELETE FROM entry WHERE position = (SELECT max(position) FROM entry)",
        "DELETE FROM entry",
    ],
)
def test_a_journal_that_was_cut_off_is_not_healed_away(
    dsr: Dsr, refused: Refused, family: Cases, alter: Alter, sql: str
) -> None:
    alter(sql)
    result = dsr("verify")
    assert result.status == 4
    assert "newest entries of the journal are missing" in result.stdout
    assert "dsr data restore" in result.stderr
    assert "backup" in refused("verify", "--rebuild", status=5)
    Path("secret").write_text("correct horse battery")
    refused("data", "backup", "copy.backup", "--backup-passphrase-file", "secret", status=5)
    for reference in family.values():
        assert dsr("record", reference, "note", "--note", "more").status != 1
    assert dsr("verify").status == 4


def test_no_note_is_added_to_a_case_that_was_cut_off(
    dsr: Dsr, refused: Refused, family: Cases, alter: Alter
) -> None:
    reference = family["me"]
    alter("DELETE FROM entry WHERE content LIKE '%partly-fulfilled%'")
    assert "dsr verify" in refused("record", reference, "note", "--note", "more", status=6)
