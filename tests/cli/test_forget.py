"""`dsr data forget`: of one person nothing remains, of the others everything does."""

from collections.abc import Callable
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import keyring
import pytest

from dsr import secrets
from dsr.secrets import KeySources
from dsr.tracker import occupancy
from dsr.tracker.campaigns import Campaign
from dsr.tracker.sqlite import SqliteEngine
from dsr.workflows import forgetting
from dsr.workflows.opening import RecordPlace, open_store
from tests.cli.conftest import MARKS, SHARED, Process, Refused, in_tables, large_document, raw
from tests.conftest import ERIKA, Dsr, Result

Ok = Callable[..., Result]
Cases = dict[str, str]
OTHERS = ("me", "wunibald")


def told(ok: Ok, cases: Cases, *people: str) -> list[object]:
    """All that dsr says of some people."""
    runs: list[tuple[str, ...]] = []
    for person in people:
        runs += [("list", "--for", person), ("people", "show", person), ("show", cases[person])]
    return [ok(*run, "--json").data for run in runs]


def remains(content: bytes, person: str, reference: str) -> list[str]:
    """The words of a person that are in *content*."""
    words = [*MARKS[person], person, reference]
    return [word for word in words if word.encode() in content]


def bytes_of(home: Path) -> bytes:
    """All files of a home, with their names."""
    files = (path for path in home.rglob("*") if path.is_file())
    return b"\n".join(str(path.relative_to(home)).encode() + path.read_bytes() for path in files)


def test_of_one_person_nothing_remains(ok: Ok, family: Cases, fresh_home: Path) -> None:
    before = told(ok, family, *OTHERS)
    assert remains(database(fresh_home), "xaveria", family["xaveria"])
    ok("data", "forget", "xaveria", "--yes")
    assert remains(database(fresh_home), "xaveria", family["xaveria"]) == []
    assert large_document("xaveria")[:64] not in bytes_of(fresh_home)
    assert len([path for path in (fresh_home / "files").rglob("*") if path.is_file()]) == 2
    assert told(ok, family, *OTHERS) == before
    verdict = ok("verify", "--json").data
    assert verdict["ok"]
    assert verdict["forgotten"] == 5
    assert "5 entries were forgotten" in ok("verify").stdout
    ok("show", family["me"], "--out", "out")
    assert next(Path("out").glob("*shared.txt")).read_bytes() == SHARED
    assert next(Path("out").glob("*.bin")).read_bytes() == large_document("me")


def database(home: Path) -> bytes:
    with closing(raw(home)) as db:
        return in_tables(db)


def test_of_an_unencrypted_home_no_byte_remains(ok: Ok, fresh_home: Path) -> None:
    ok("init", *ERIKA, "--unencrypted")
    name, email, _street, note, paper = MARKS["xaveria"]
    ok("people", "add", "xaveria", "--name", name, "--email", email, "--country", "DE",
       "--variant", "Xavi Salz")  # fmt: skip
    made = ok("request", "clearview", "-t", "access", "--for", "xaveria", "--out", "out", "--json")
    reference = made.data[0]["reference"]
    Path("paper.txt").write_text(paper)
    ok("record", reference, "note", "--note", note, "--attach", "paper.txt")
    assert remains(bytes_of(fresh_home), "xaveria", reference)
    ok("data", "forget", "xaveria", "--yes")
    content = bytes_of(fresh_home)
    assert remains(content, "xaveria", reference) == []
    assert b"Xavi Salz" not in content
    assert b"Erika Mustermann" in content
    assert "not\nencrypted" in certificate().replace("  ", "")


def certificate() -> str:
    (found,) = Path().glob("dsr-certificate-*.txt")
    return found.read_text()


def test_the_old_key_is_destroyed_and_a_new_one_opens_the_record(
    ok: Ok, family: Cases, fresh_home: Path, lock: Callable[..., dict[str, str]]
) -> None:
    before = lock()["id"]
    old = (fresh_home / "record.db").read_bytes()
    ok("data", "forget", "xaveria", "--yes")
    assert keyring.get_password("dsr", before) is None
    assert lock()["id"] != before
    assert "next" not in lock()
    assert (fresh_home / "record.db").read_bytes()[:4096] != old[:4096]
    assert len(ok("list", "--json").data) == 2


STEPS = ("new_key", "change_key", "finish_key_change", "forget_key")


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("when", ["before", "after"])
def test_a_change_of_the_key_may_be_cut_short_anywhere(
    ok: Ok,
    dsr: Dsr,
    family: Cases,
    monkeypatch: pytest.MonkeyPatch,
    lock: Callable[..., dict[str, str]],
    step: str,
    when: str,
) -> None:
    place: Any = {"change_key": SqliteEngine, "forget_key": secrets}.get(step, forgetting)
    whole = getattr(place, step)

    def cut(*arguments: Any) -> None:
        if when == "after":
            whole(*arguments)
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(place, step, cut)
        assert dsr("data", "forget", "xaveria", "--yes").status == 130
    for cases in (2, 1):  # however often it is tried
        assert len(ok("list", "--json").data) == cases
        with monkeypatch.context() as patched:
            patched.setattr(place, step, cut)
            assert dsr("data", "forget", "wunibald", "--yes").status in (3, 130)
    assert ok("verify", "--json").data["ok"]
    ok("data", "forget", "me", "--yes")
    assert "next" not in lock()
    assert ok("list", "--json").data == []


def test_another_dsr_in_the_record_stops_it_before_anything_is_removed(
    dsr: Dsr, ok: Ok, family: Cases, fresh_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(occupancy, "WAIT", 0.1)
    with closing(open_store(RecordPlace(fresh_home), KeySources())) as store:
        assert store.people()
        result = dsr("data", "forget", "xaveria", "--yes")
    assert result.status == 6
    assert "Another dsr" in result.stderr
    assert len(ok("list", "--json").data) == 3
    assert not list(Path().glob("*.txt"))


def test_what_cannot_be_written_anew_is_certified_as_such(
    dsr: Dsr, ok: Ok, family: Cases, monkeypatch: pytest.MonkeyPatch, fresh_home: Path
) -> None:
    def locked(*_: Any) -> None:
        raise keyring.errors.KeyringLocked("locked")

    with monkeypatch.context() as patched:
        patched.setattr("tests.conftest.WorkingKeyring.set_password", locked)
        result = ok("data", "forget", "xaveria", "--yes")
    assert "keyring" in result.stderr
    assert "could not be written anew" in certificate()
    assert remains(database(fresh_home), "xaveria", family["xaveria"]) == []
    assert ok("verify", "--json").data["ok"]


# what is asked before -----------------------------------------------------------------------------


def test_a_dry_run_removes_nothing(
    refused: Refused, ok: Ok, family: Cases, fresh_home: Path
) -> None:
    record = (fresh_home / "record.db").read_bytes()
    found = ok("data", "forget", "xaveria", "--dry-run", "--json").data
    assert (found["requests"], found["entries"]) == (1, 5)
    assert found["references"] == [family["xaveria"]]
    assert "nothing was removed" in ok("data", "forget", "--all", "--dry-run").stderr
    assert (fresh_home / "record.db").read_bytes() == record
    assert not list(Path().glob("*.txt"))


def test_removal_needs_a_word(refused: Refused, family: Cases) -> None:
    for whom in ("xaveria", "--all"):
        assert "--yes" in refused("--no-input", "data", "forget", whom, status=2)
    refused("data", "forget", "--yes", status=2)
    refused("data", "forget", "xaveria", "--all", "--yes", status=2)
    refused("data", "forget", "nobody", "--yes", status=3)
    refused("data", "forget", "xaver%", "--yes", status=3)


def test_where_no_certificate_can_be_written_nothing_is_removed(
    refused: Refused, family: Cases
) -> None:
    Path("there.txt").write_text("in the way")
    for place, status in (("there.txt", 5), ("there.txt/x", 6), ("/proc/x", 6)):
        refused("data", "forget", "xaveria", "--yes", "--certificate", place, status=status)


# the certificate ------------------------------------------------------------------------------


def test_the_certificate_names_nobody_and_what_is_out_of_reach(
    ok: Ok, family: Cases, fresh_home: Path
) -> None:
    ok("data", "backup", "copy.backup")
    ok("data", "forget", "xaveria", "--yes", "--certificate", "done.txt", "--json")
    said = Path("done.txt").read_text()
    assert remains(said.encode(), "xaveria", family["xaveria"]) == []
    assert str(Path("copy.backup").resolve()) in said
    assert "Art. 17(3)(e)" in said
    position, digest = (
        said.split("Entry ")[1].split(" ")[0],
        said.split("digest is\n")[1].split()[0],
    )
    with closing(raw(fresh_home)) as db:
        sql = "SELECT kind, digest FROM entry WHERE position = ?"
        assert db.execute(sql, (int(position),)).fetchone() == ("forgotten", digest)
    assert Path("done.txt").stat().st_mode & 0o077 == 0


def test_a_copy_from_before_an_upgrade_goes_too(ok: Ok, family: Cases, fresh_home: Path) -> None:
    old = fresh_home / "backups" / "before-format-2" / "record.db"
    old.parent.mkdir(parents=True)
    old.write_bytes(b"Xaveria")
    ok("data", "forget", "xaveria", "--yes")
    assert not old.exists()


# who is meant, and who is not -----------------------------------------------------------------


def test_campaigns_go_with_their_person_only(ok: Ok, family: Cases, fresh_home: Path) -> None:
    now = datetime.now(UTC)
    with closing(open_store(RecordPlace(fresh_home), KeySources())) as store:
        for name, person in (("spring", "xaveria"), ("xaveria", "me"), ("autumn", "wunibald")):
            made = Campaign(
                name=name, person=person, companies=("xaveria",), rights=(),
                started_on=date(2026, 11, 1),
            )  # fmt: skip
            store.save_campaign(made, now=now, by="xaveria")
    ok("data", "forget", "xaveria", "--yes")
    with closing(open_store(RecordPlace(fresh_home), KeySources())) as store:
        assert sorted(each.name for each in store.campaigns()) == ["autumn", "xaveria"]
    assert ok("verify", "--json").data["ok"]


def test_the_default_person_can_be_forgotten(ok: Ok, family: Cases, fresh_home: Path) -> None:
    ok("people", "edit", "wunibald", "--default")
    ok("people", "edit", "xaveria", "--default")
    ok("data", "forget", "xaveria", "--yes")
    assert remains(database(fresh_home), "xaveria", family["xaveria"]) == []
    defaults = {each["id"]: each["default"] for each in ok("people", "list", "--json").data}
    assert defaults == {"me": False, "wunibald": True}
    ok("verify", "--rebuild")
    ok("data", "forget", "wunibald", "--yes")
    assert "Quendolin" in ok("request", "pimeyes", "-t", "access", "--dry-run").stdout


def test_who_was_forgotten_can_come_again(ok: Ok, family: Cases) -> None:
    ok("data", "forget", "xaveria", "--yes")
    ok("people", "add", "xaveria", "--name", "Xaveria Neu", "--email", "x@example.org",
       "--country", "DE")  # fmt: skip
    assert ok("list", "--for", "xaveria", "--json").data == []
    assert ok("verify", "--json").data["ok"]


def test_an_export_with_forgotten_entries_can_be_checked_and_taken_in(
    ok: Ok, family: Cases
) -> None:
    ok("data", "forget", "xaveria", "--yes")
    ok("data", "export", "x", "--seal")
    assert remains(bytes_of(Path("x")), "xaveria", family["xaveria"]) == []
    new = ("--home", "new-home")
    ok("data", "import", "x", *new)
    assert ok("show", family["me"], "--json", *new).data == ok("show", family["me"], "--json").data


# everything -----------------------------------------------------------------------------------


def test_everything_can_be_forgotten(
    ok: Ok, dsr: Dsr, family: Cases, fresh_home: Path, lock: Callable[..., dict[str, str]]
) -> None:
    name = lock()["id"]
    ok("data", "backup", "copy.backup")
    ok("data", "forget", "--all", "--yes")
    assert keyring.get_password("dsr", name) is None
    assert [path for path in fresh_home.rglob("*") if path.is_file()] == []
    said = certificate()
    assert "copy.backup" in said
    assert not [word for words in MARKS.values() for word in words if word in said]
    assert dsr("list", "--json").data == []
    ok("init", *ERIKA)


def test_files_of_others_stay_where_they_are(
    ok: Ok, family: Cases, fresh_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (fresh_home / "files").rename("elsewhere")
    Path("elsewhere/holiday").mkdir()
    Path("elsewhere/holiday/photo.jpg").write_text("not dsr's")
    monkeypatch.setenv("DSR_FILES", "elsewhere")
    ok("data", "forget", "--all", "--yes")
    assert [str(path) for path in Path("elsewhere").rglob("*") if path.is_file()] == [
        "elsewhere/holiday/photo.jpg"
    ]


def test_a_record_behind_a_passphrase_says_that_it_stays(
    process: Process, passphrase_file: Path, fresh_home: Path
) -> None:
    locked = ("--passphrase-file", str(passphrase_file))
    assert process("init", *ERIKA, *locked).status == 0
    assert process("data", "forget", "me", "--yes", *locked).status == 0
    assert "passphrase, which stays" in certificate()
    assert process("list", *locked).status == 0


# on a server ----------------------------------------------------------------------------------


def test_on_a_server_nothing_remains_either(
    ok: Ok, family: Cases, postgres: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    psycopg = pytest.importorskip("psycopg")
    ok("data", "backup", "copy.backup")
    monkeypatch.setenv("DSR_DATABASE_URL", postgres)
    monkeypatch.setenv("DSR_FILES", "large-files")
    for options in ((), ("--replace",)):
        ok("data", "restore", "copy.backup", *options)
    before = told(ok, family, *OTHERS)
    tables = "SELECT schemaname || '.' || tablename FROM pg_tables WHERE schemaname LIKE 'dsr%'"
    with psycopg.connect(postgres) as db:
        assert remains(in_tables(db, tables), "xaveria", family["xaveria"])
    ok("data", "forget", "xaveria", "--yes")
    with psycopg.connect(postgres) as db:
        assert remains(in_tables(db, tables), "xaveria", family["xaveria"]) == []
    assert told(ok, family, *OTHERS) == before
    assert ok("verify", "--json").data["ok"]
    assert len([path for path in Path("large-files").rglob("*") if path.is_file()]) == 2
    ok("data", "forget", "--all", "--yes", "--certificate", "all.txt")
    with psycopg.connect(postgres) as db:
        assert db.execute(tables).fetchall() == []
    assert not [path for path in Path("large-files").rglob("*") if path.is_file()]


def test_a_certificate_may_go_to_stdout(ok: Ok, family: Cases) -> None:
    said = ok("data", "forget", "xaveria", "--yes", "--certificate", "-").stdout
    assert said.startswith("CERTIFICATE OF ERASURE")
    assert not Path("-").exists()


def test_copies_of_what_the_record_once_was_are_named_before_they_go(
    ok: Ok, family: Cases, fresh_home: Path
) -> None:
    (fresh_home / "backups" / "replaced-2026-11-24-100000").mkdir(parents=True)
    assert "replaced-2026-11-24-100000" in ok("data", "forget", "xaveria", "--dry-run").stdout
    ok("data", "forget", "xaveria", "--yes")
    assert not (fresh_home / "backups").exists()
    assert "copies of what the record once was" in certificate()
