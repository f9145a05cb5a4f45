"""`dsr data export` and `import`: to where nobody needs dsr, and in from dsr and other tools."""

import csv
import json
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, date, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import keyring
import pytest

from dsr.cli.main import run
from dsr.secrets import KeySources
from dsr.tracker.campaigns import Campaign
from dsr.workflows.export_files import _Directory
from dsr.workflows.opening import RecordPlace, open_store
from tests.cli.conftest import MARKS, Family, Refused, large_document
from tests.conftest import ERIKA, Dsr, Result
from tests.workflows.test_foreign import REPLY, ROW, SENT, export, history

Ok = Callable[..., Result]
Cases = dict[str, str]
NEW = ("--home", "new-home")


@pytest.fixture(scope="session")
def exported_once(family_once: Family, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sealed export of three people's record."""
    place = tmp_path_factory.mktemp("exported")
    home = shutil.copytree(family_once.home, place / "home")
    keyring.set_password("dsr", family_once.key_name, family_once.key)
    assert run(["data", "export", str(place / "x"), "--seal", "--quiet", "--home", str(home)]) == 0
    return place / "x"


@pytest.fixture
def exported(exported_once: Path) -> Path:
    """The sealed export of three people's record, to be altered at will."""
    return Path(shutil.copytree(exported_once, "exported"))


def checked(directory: Path | str) -> subprocess.CompletedProcess[str]:
    """What the program in an export says of it, run with nothing but Python."""
    command = [sys.executable, "-I", "check_record.py", "."]
    return subprocess.run(command, cwd=directory, capture_output=True, text=True, check=False)


def case_of(export: Path, reference: str) -> Path:
    return export / "cases" / reference / "case.json"


def altered(path: Path, change: Callable[[Any], None]) -> None:
    """Change what a JSON file says."""
    table = json.loads(path.read_text())
    change(table)
    path.write_text(json.dumps(table))


def shown(ok: Ok, reference: str, *options: str) -> Any:
    return ok("show", reference, "--json", *options).data


# out -------------------------------------------------------------------------------------------


def test_an_export_can_be_read_without_dsr(exported: Path, family: Cases) -> None:
    record = json.loads((exported / "record.json").read_text())
    assert sorted(record["cases"]) == sorted(family.values())
    assert sorted(each["subject"]["id"] for each in record["people"]) == sorted(MARKS)
    reference = family["xaveria"]
    case = json.loads(case_of(exported, reference).read_text())
    assert [event["type"] for event in case["events"]] == ["prepared", "sent", "partly-fulfilled"]
    for attachment in (each for event in case["events"] for each in event["attachments"]):
        content = case_of(exported, reference).with_name(attachment["file"]).read_bytes()
        assert sha256(content).hexdigest() == attachment["sha256"]
        assert (exported / "documents" / attachment["sha256"]).read_bytes() == content
    endings = {path.suffix for path in case_of(exported, reference).parent.iterdir()}
    assert endings >= {".json", ".pdf", ".eml", ".txt", ".bin"}
    (signed,) = (exported / "people" / "wunibald").iterdir()
    assert MARKS["wunibald"][4].encode() in signed.read_bytes()
    files = [path for path in exported.rglob("*") if path.is_file()]
    assert all(path.stat().st_mode & 0o077 == 0 for path in files)


def test_the_tables_say_the_same(exported: Path, family: Cases) -> None:
    def table(name: str) -> list[dict[str, str]]:
        with (exported / name).open(encoding="utf-8-sig", newline="") as stream:
            return list(csv.DictReader(stream))

    assert [row["id"] for row in table("people.csv")] == sorted(MARKS)
    assert {row["reference"]: row["person"] for row in table("requests.csv")} == {
        reference: person for person, reference in family.items()
    }
    events = [row for row in table("events.csv") if row["reference"] == family["me"]]
    assert [row["seq"] for row in events] == ["1", "2", "3"]
    assert events[1]["note"] == "Nebelnotiz"


def test_the_program_in_an_export_finds_what_was_altered(exported: Path) -> None:
    assert checked(exported).returncode == 0, checked(exported).stdout
    paper = next((exported / "documents").iterdir())
    paper.write_bytes(b"another")
    assert checked(exported).returncode == 1


def test_openssl_checks_the_seal_of_an_export(exported: Path) -> None:
    command = (
        "openssl pkeyutl -verify -pubin -inkey seal.pem -rawin -in seal.json -sigfile seal.sig"
    )
    if not shutil.which("openssl"):
        pytest.skip("openssl is not installed")
    done = subprocess.run(command.split(), cwd=exported / "seal", capture_output=True, check=False)
    assert b"Verified Successfully" in done.stdout


@pytest.mark.parametrize("person", MARKS)
@pytest.mark.parametrize("target", ["one", "one.zip"])
def test_an_export_of_one_holds_nothing_of_the_others(
    ok: Ok, family: Cases, fresh_home: Path, person: str, target: str
) -> None:
    # A campaign of one may be called as another person is.
    with closing(open_store(RecordPlace(fresh_home), KeySources())) as store:
        for name, whose in (("xaveria", "me"), ("wunibald", "xaveria"), ("me", "wunibald")):
            campaign = Campaign(
                name=name, person=whose, companies=(), rights=(), started_on=date(2026, 11, 1)
            )
            store.save_campaign(campaign, now=datetime.now(UTC))
    ok("people", "edit", "xaveria", "--default")
    ok("data", "export", target, "--for", person, "--seal")
    if target.endswith(".zip"):
        with zipfile.ZipFile(target) as archive:
            archive.extractall("one")
    content = b"\n".join(
        str(path).encode() + path.read_bytes() for path in Path("one").rglob("*") if path.is_file()
    )
    assert checked("one").returncode == 0, checked("one").stdout
    assert all(word.encode() in content for word in MARKS[person])
    assert large_document(person) in content
    # Whoever has a mandate is named as who writes.
    writes = set(MARKS["me"][:3]) if person == "wunibald" else set()
    for other in set(MARKS) - {person}:
        found = [word for word in MARKS[other] if word.encode() in content and word not in writes]
        assert found == []
        assert family[other].encode() not in content


def test_an_export_is_of_one_moment(ok: Ok, family: Cases, monkeypatch: pytest.MonkeyPatch) -> None:
    """What somebody records meanwhile is in all of it, or in none of it."""
    write = _Directory.write
    Path("late.txt").write_text("late")

    def later(files: _Directory, name: str, fill: Any) -> None:
        if name == "journal.jsonl":
            ok("record", family["me"], "note", "--note", "late", "--attach", "late.txt")
        write(files, name, fill)

    monkeypatch.setattr(_Directory, "write", later)
    ok("data", "export", "x", "--seal")
    assert checked("x").returncode == 0, checked("x").stdout
    assert "late" not in (Path("x") / "journal.jsonl").read_text()


def test_nothing_is_exported_over_anything(ok: Ok, refused: Refused, family: Cases) -> None:
    Path("there").mkdir()
    Path("there.zip").write_text("in the way")
    for target in ("there", "there.zip"):
        assert "already" in refused("data", "export", target, status=5)
    refused("data", "export", "x", "--for", "nobody", status=3)
    refused("data", "export", "/proc/x", status=6)


def test_no_cell_is_a_formula(ok: Ok, family: Cases) -> None:
    for text in ('=HYPERLINK("http://x")', "+1", "-1", "@SUM(A1)", "\t=1"):
        ok("record", family["me"], "note", "--note", text)
    ok("people", "edit", "me", "--name", "=cmd|' /C calc'!A0")
    ok("data", "export", "x")
    for table in Path("x").glob("*.csv"):
        with table.open(encoding="utf-8-sig", newline="") as stream:
            cells = [cell for row in csv.reader(stream) for cell in row]
        assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]


def test_names_of_files_do_not_leave_the_export(ok: Ok, family: Cases) -> None:
    for name in (".hidden", "a" * 200 + ".pdf", "über größe.pdf", "con\\..\\x", "x\x1b[2J"):
        Path(name).write_text(name)
        ok("record", family["me"], "note", "--note", "x", "--attach", name)
    ok("data", "export", "x", "--for", "me")
    names = [path.name for path in (Path("x") / "cases" / family["me"]).iterdir()]
    assert not [name for name in names if not name.isprintable() or "\\" in name or len(name) > 100]
    assert checked_import(ok, "x", family["me"])
    assert "\x1b" not in ok("show", family["me"]).stdout


def checked_import(ok: Ok, source: str, reference: str) -> bool:
    """Whether a case is the same in another home."""
    ok("data", "import", source, *NEW)
    return bool(shown(ok, reference) == shown(ok, reference, *NEW))


# in again --------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["directory", "archive"])
def test_an_import_into_an_empty_record_gives_the_same(
    ok: Ok, family: Cases, exported: Path, form: str
) -> None:
    source = str(exported)
    if form == "archive":
        source = shutil.make_archive("archive", "zip", exported)
    done = ok("data", "import", source, *NEW, "--json").data
    assert done["cases"] == dict.fromkeys(family.values(), "added")
    for person, reference in family.items():
        assert shown(ok, reference, *NEW) == shown(ok, reference)
        one, other = (ok("people", "show", person, "--json", *at).data for at in ((), NEW))
        assert one == other
        ok("show", reference, "--out", f"out-{person}", *NEW)
        (kept,) = Path(f"out-{person}").glob("*.bin")
        assert kept.read_bytes() == large_document(person)
    assert ok("verify", *NEW, "--json").data["ok"]
    letter = ("request", "pimeyes", "-t", "access", "--for", "wunibald", "--dry-run", *NEW)
    assert "ENCLOSED: Mandate" in ok(*letter).stderr


def test_an_import_can_be_repeated(ok: Ok, family: Cases, exported: Path) -> None:
    assert "3 cases" in ok("data", "import", str(exported), "--dry-run").stderr
    entries = ok("verify", "--json").data["entries"]
    for _ in range(2):
        done = ok("data", "import", str(exported), "--json").data
        assert set(done["cases"].values()) == {"same"}
        assert done["people"] == []
    assert ok("verify", "--json").data["entries"] == entries
    files = [path for path in (Path("../home") / "files").rglob("*") if path.is_file()]
    assert len(files) == len(MARKS), "a large file that was here already was kept twice"


def test_what_was_recorded_since_is_added(ok: Ok, family: Cases, exported: Path) -> None:
    ok("data", "import", str(exported), *NEW)
    ok("record", family["me"], "note", "--note", "later")
    ok("data", "export", "later")
    done = ok("data", "import", "later", *NEW, "--json").data
    assert done["cases"][family["me"]] == "extended"
    assert shown(ok, family["me"], *NEW) == shown(ok, family["me"])


def test_a_case_that_went_another_way_is_refused_and_the_rest_goes_in(
    ok: Ok, dsr: Dsr, family: Cases, exported: Path
) -> None:
    one = str(exported)
    ok("data", "export", "mine", "--for", "me")
    ok("data", "import", "mine", *NEW)
    ok("record", family["me"], "note", "--note", "there", *NEW)
    ok("record", family["me"], "note", "--note", "here")
    shutil.rmtree(one)
    ok("data", "export", one)
    before = shown(ok, family["me"], *NEW)
    result = dsr("data", "import", one, *NEW, "--json")
    assert result.status == 7
    (error,) = json.loads(result.stdout)["errors"]
    assert error["code"] == "case_differs"
    assert sorted(result.data["cases"]) == sorted({*family.values()} - {family["me"]})
    assert shown(ok, family["me"], *NEW) == before
    assert ok("verify", *NEW, "--json").data["ok"]


def test_somebody_else_of_the_same_id_is_not_mixed_in(
    ok: Ok, dsr: Dsr, exported: Path, family: Cases
) -> None:
    ok("init", *ERIKA, *NEW)
    result = dsr("data", "import", str(exported), *NEW, "--json")
    assert result.status == 7
    assert {e["code"] for e in json.loads(result.stdout)["errors"]} == {"person_differs"}
    assert family["me"] not in result.data["cases"]
    assert ok("people", "show", "me", "--json", *NEW).data["name"] == "Erika Mustermann"
    assert ok("list", "--for", "me", "--json", *NEW).data == []


# hostile ---------------------------------------------------------------------------------------

Change = Callable[[Any], None]


def attachment(case: Any) -> Any:
    return next(each for event in case["events"] for each in event["attachments"])


CASE_CHANGES: dict[str, Change] = {
    "../": lambda c: attachment(c).update(file="../../../../secret"),
    "/": lambda c: attachment(c).update(file="/etc/passwd"),
    "..": lambda c: attachment(c).update(file=".."),
    "empty": lambda c: attachment(c).update(file=""),
    "other hash": lambda c: attachment(c).update(sha256="0" * 64),
    "other size": lambda c: attachment(c).update(bytes=7),
    "negative size": lambda c: attachment(c).update(bytes=-1),
    "more": lambda c: c.update(more=1),
    "nothing": lambda c: c.clear(),
    "other reference": lambda c: c["request"].update(reference="DSR-0000-0000"),
    "no law": lambda c: c["request"].update(law="../gdpr"),
    "no such right": lambda c: c["request"].update(rights=["sing"]),
    "no right": lambda c: c["request"].update(rights=[]),
    "right of another law": lambda c: c["request"].update(rights=["opt-out"]),
    "no company": lambda c: c["request"].update(company="x"),
    "company that leads elsewhere": lambda c: c["request"]["company"].update(slug="../../x"),
    "person that leads elsewhere": lambda c: c["request"]["data_subject"].update(id="../me"),
    "number for a name": lambda c: c["request"]["data_subject"].update(name=5),
    "list for a name": lambda c: c["request"]["data_subject"].update(name=["x"]),
    "escape": lambda c: c["request"]["company"].update(name="\x1b]0;owned\x07"),
    "NUL": lambda c: c["events"][0].update(note="\0"),
    "day too early": lambda c: c["events"][0].update(on="0001-01-01"),
    "day too late": lambda c: c["events"][0].update(on="9999-12-31"),
    "made on a day too late": lambda c: c["request"].update(made_on="9999-12-31"),
    "no day": lambda c: c["events"][0].update(on="2026-02-30"),
    "no moment": lambda c: c["events"][0].update(recorded_at="soon"),
    "moment without zone": lambda c: c["events"][0].update(recorded_at="2026-01-01T00:00:00"),
    "unknown event": lambda c: c["events"][1].update(type="eaten"),
    "events that cannot be": lambda c: c["events"].pop(1),
    "order": lambda c: c["events"].reverse(),
    "no events": lambda c: c["events"].clear(),
    "outcome": lambda c: c["events"][2].update(demands={"A1": "sung"}),
    "correction": lambda c: c["events"][2].update(corrects={"of": "x"}),
    "correction of a day": lambda c: c["events"][2].update(corrects={"of": 2, "on": "9999-12-31"}),
    "deep": lambda c: c["request"].update(reason=[[[[]]]]),
}


@pytest.mark.parametrize("change", CASE_CHANGES.values(), ids=CASE_CHANGES)
def test_a_hostile_case_is_left_out_and_the_rest_goes_in(
    ok: Ok, dsr: Dsr, exported: Path, family: Cases, change: Change
) -> None:
    Path("secret").write_text("secret")
    altered(case_of(exported, family["me"]), change)
    result = dsr("data", "import", str(exported), *NEW, "--json")
    assert result.status == 7, result.stderr
    assert sorted(result.data["cases"]) == sorted({*family.values()} - {family["me"]})
    assert ok("verify", *NEW, "--json").data["ok"]
    assert len(ok("list", "--json", *NEW).data) == 2
    files = [path for path in Path("new-home/files").rglob("*") if path.is_file()]
    assert len(files) == 2, "a file of what was refused was left behind"


def test_no_value_of_another_type_breaks_dsr(
    ok: Ok, dsr: Dsr, exported: Path, family: Cases
) -> None:
    """Every value of a case is replaced in turn; what is taken in can be worked with."""
    path = case_of(exported, family["wunibald"])
    whole = json.loads(path.read_text())
    altered(exported / "record.json", lambda r: r.update(cases=[family["wunibald"]]))
    for number, place in enumerate(places(whole)):
        home = ("--home", f"homes/{number}")
        for junk in (None, 5, "junk", [["x"]]):
            table = json.loads(json.dumps(whole))
            put(table, place, junk)
            path.write_text(json.dumps(table))
            result = dsr("data", "import", str(exported), *home)
            assert result.status in (0, 7), (place, junk, result.stderr)
            if result.status == 0:
                for command in (("list",), ("show", family["wunibald"]), ("report",), ("verify",)):
                    done = dsr(*command, *home)
                    assert done.status == 0, (place, junk, command, done.stderr)
                shutil.rmtree(home[1])


def places(table: Any, above: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The way to every value in a JSON document."""
    keys = table.items() if isinstance(table, dict) else enumerate(table)
    found = []
    for key, value in keys:
        found.append((*above, key))
        if isinstance(value, dict | list):
            found += places(value, (*above, key))
    return found


def put(table: Any, place: tuple[Any, ...], value: object) -> None:
    for key in place[:-1]:
        table = table[key]
    table[place[-1]] = value


RECORD_CHANGES: dict[str, Change] = {
    "format": lambda r: r.update(format="dsr-export-9"),
    "people": lambda r: r.update(people=[{"id": "x"}]),
    "person of another type": lambda r: r["people"][0]["subject"].update(name=[1]),
    "id": lambda r: r["people"][0]["subject"].update(id="--for"),
    "escape": lambda r: r["people"][0]["subject"].update(name="\x1b[2J"),
    "cases": lambda r: r.update(cases=["../../x"]),
    "campaigns": lambda r: r.update(campaigns=[{"name": 1}]),
}


@pytest.mark.parametrize("change", RECORD_CHANGES.values(), ids=RECORD_CHANGES)
def test_a_hostile_record_is_refused(refused: Refused, exported: Path, change: Change) -> None:
    altered(exported / "record.json", change)
    assert "record.json" in refused("data", "import", str(exported), status=4)


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff\xfe", b"[" * 100_000, b'"\\ud800"'])
def test_what_is_no_json_is_refused(refused: Refused, exported: Path, content: bytes) -> None:
    (exported / "record.json").write_bytes(content)
    assert "record.json" in refused("data", "import", str(exported), status=4)


def test_a_missing_or_huge_file_is_named(dsr: Dsr, exported: Path, family: Cases) -> None:
    case_of(exported, family["me"]).unlink()
    next(case_of(exported, family["xaveria"]).parent.glob("*.bin")).unlink()
    with case_of(exported, family["wunibald"]).open("ab") as stream:
        stream.truncate(70 * 1024 * 1024)
    result = dsr("data", "import", str(exported), *NEW)
    assert result.status == 7
    for word in ("case.json", ".bin", "too large"):
        assert word in result.stderr


def test_a_damaged_archive_costs_only_what_is_damaged(
    dsr: Dsr, exported: Path, family: Cases
) -> None:
    archive = Path(shutil.make_archive("archive", "zip", exported))
    name = f"cases/{family['me']}/case.json"
    with zipfile.ZipFile(archive) as whole:
        info = whole.getinfo(name)
    content = bytearray(archive.read_bytes())
    start = info.header_offset + 30 + len(name) + 40
    content[start : start + 20] = bytes(20)
    archive.write_bytes(content)
    result = dsr("data", "import", str(archive), *NEW, "--json")
    assert result.status == 7, result.stderr
    assert sorted(result.data["cases"]) == sorted({*family.values()} - {family["me"]})


@pytest.mark.parametrize("make", ["other zip", "cut zip", "text", "folder", "nothing"])
def test_what_is_no_export_is_refused(refused: Refused, exported: Path, make: str) -> None:
    source = Path("x.zip")
    match make:
        case "other zip":
            with zipfile.ZipFile(source, "w") as archive:
                archive.writestr("photo.jpg", b"x")
        case "cut zip":
            source = Path(shutil.make_archive("x", "zip", exported))
            source.write_bytes(source.read_bytes()[:-2000])
        case "text":
            source.write_text("PK, but no archive")
        case "folder":
            source.mkdir()
    refused("data", "import", str(source), status=3 if make == "nothing" else 4)


# other tools -----------------------------------------------------------------------------------


def test_the_cases_of_datenanfragen_come_in_once(ok: Ok, dsr: Dsr, tmp_path: Path) -> None:
    ok("init", *ERIKA)
    answer = ROW.replace("2022-03-01", "2022-04-02").replace("access;email", "response;email")
    file = str(export(tmp_path, ROW, answer, ROW.replace("access", "sonnet")))
    preview = dsr("data", "import", file, "--dry-run", "--json")
    assert preview.status == 7, "the row that cannot be read is told"
    assert ok("list", "--json").data == []
    for became in ("added", "same"):
        result = dsr("data", "import", file, "--json")
        assert result.status == 7
        assert list(result.data["cases"].values()) == [became]
        assert result.data["cases"].keys() == preview.data["cases"].keys()
    (reference,) = result.data["cases"]
    case = shown(ok, reference)
    assert [event["type"] for event in case["events"]] == ["note", "sent", "note"]
    assert ok("report", "--as-of", "2022-05-30", "--format", "json").data["totals"]["overdue"] == 1
    assert ok("verify", "--json").data["ok"]
    ok("record", reference, "fulfilled")
    assert dsr("data", "import", file, "--json").data["cases"] == {reference: "same"}


def test_the_history_of_eraser_comes_in_once(ok: Ok, tmp_path: Path) -> None:
    ok("init", *ERIKA)
    ok("people", "add", "max", "--name", "Max Beispiel", "--country", "DE",
       "--email", "max@example.org")  # fmt: skip
    file = str(history(tmp_path, SENT, replies=(REPLY,)))
    for became in ("added", "same"):
        done = ok("data", "import", file, "--for", "max", "--json").data
        assert list(done["cases"].values()) == [became]
    (listed,) = ok("list", "--json").data
    assert (listed["person"], listed["status"]) == ("max", "answered")
    ok("data", "export", "x")
    assert checked_import(ok, "x", listed["reference"])


def test_whose_cases_they_are_must_be_known(refused: Refused, tmp_path: Path) -> None:
    assert "dsr init" in refused("data", "import", str(export(tmp_path, ROW)), status=2)
