"""The Datenanfragen.de register comes in whole, repaired, at once; archives cannot climb out."""

import io
import json
import os
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dsr.directory.catalogue import Catalogue
from dsr.directory.datenanfragen import country_code
from dsr.directory.imported import ImportedRegister
from dsr.directory.search import search
from tests.conftest import ERIKA, Dsr

SHARED = Path(os.environ.get("DSR_TEST_SHARED", Path(__file__).parents[3] / "shared"))
REGISTER = SHARED / "data" / "datenanfragen"

KLEIN: dict[str, Any] = {
    "slug": "klein-foto",
    "relevant-countries": ["de"],
    "categories": ["social media"],
    "name": "Klein Foto GmbH",
    "runs": ["Fotoklein", "Bilderbuch (formerly)"],
    "address": "Weg 1\n12345 Berlin\nDeutschland",
    "email": "daten\u00adschutz@klein.example",
    "phone": "+49 30 1234567",
    "web": "httsp://www.klein.example",
    "sources": ["https://www.klein.example/datenschutz"],
    "suggested-transport-medium": "letter",
    "required-elements": [{"desc": "Kundennummer", "type": "input", "optional": True}],
    "needs-id-document": True,
    "comments": ["Eine Zeile\nund noch eine"],
    "quality": "scraped",
}

Write = Callable[..., Path]


@pytest.fixture
def register(tmp_path: Path) -> Write:
    """Write a register: of Klein Foto, or of the raw records given."""

    def write(*raws: dict[str, Any]) -> Path:
        root = tmp_path / "data-main"
        for raw in raws or (KLEIN,):
            put(root / "companies" / f"{raw['slug']}.json", raw)
        put(root / "company-packs" / "all.json",
            [{"slug": "photos", "type": "choose", "companies": ["klein-foto"]}])  # fmt: skip
        put(root / "company-packs" / "de.json",
            [{"slug": "photos", "type": "add-all", "companies": ["gross-foto"]}])  # fmt: skip
        put(root / "obsolete-records" / "alt-foto.json",
            {"slug": "alt-foto", "name": "Alt Foto AG", "reason": "company-merged",
             "redirect-to": "klein-foto", "sources": [], "quality": "obsolete"})  # fmt: skip
        return root

    return write


def put(path: Path, content: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content, ensure_ascii=False), "utf-8")


def zipped(root: Path, to: Path, *, also: str = "") -> Path:
    with zipfile.ZipFile(to, "w") as archive:
        for file in root.rglob("*.json"):
            archive.write(file, file.relative_to(root.parent))
        if also:
            archive.writestr(also, "{}")
    return to


def tarred(root: Path, to: Path, *, also: str = "") -> Path:
    with tarfile.open(to, "w:gz") as archive:
        archive.add(root, root.name)
        if also:
            archive.addfile(tarfile.TarInfo(also), io.BytesIO())
    return to


def test_a_record_comes_in_with_all_it_says(dsr: Dsr, register: Write) -> None:
    came = dsr("companies", "import", str(register()), "--json")
    assert came.status == 0, came.stderr
    assert (came.data["companies"], came.data["new"], came.data["obsolete"]) == (1, 1, 1)
    assert len(came.data["repaired"]) == 2
    shown = dsr("companies", "show", "klein-foto", "--json").data
    assert shown["email"][0]["address"] == "datenschutz@klein.example"
    assert shown["website"] == "https://www.klein.example"
    assert shown["postal"]["lines"] == ["Weg 1", "12345 Berlin"]
    assert (shown["country"], shown["kind"], shown["grade"]) == ("DE", "social-platform", "scraped")
    assert shown["services"] == ["Fotoklein", "Bilderbuch (formerly)"]
    assert shown["proof"][0]["excessive"]
    assert shown["wants"] == [{"what": "Kundennummer", "optional": True}]
    assert shown["remarks"][0]["says"] == "Eine Zeile und noch eine"
    assert "https://www.klein.example/datenschutz" in shown["sources"]["import"]["note"]
    assert shown["origin"] == "imported"


def test_its_card_says_that_nobody_has_looked_at_it(dsr: Dsr, register: Write) -> None:
    dsr("companies", "import", str(register()))
    card = dsr("companies", "show", "klein-foto").stdout
    assert "nobody has looked at it" in card
    assert "You need not give it." in card


def test_a_scraped_contact_warns_before_use_and_the_channel_is_the_preferred_one(
    dsr: Dsr, register: Write
) -> None:
    dsr("companies", "import", str(register()))
    made = dsr("request", "klein-foto", "--type", "access", *ERIKA, "--json")
    assert "Nobody has checked how to reach Klein Foto GmbH" in made.stderr
    assert made.data[0]["channel"] == "post"


def test_a_second_import_updates(dsr: Dsr, register: Write) -> None:
    dsr("companies", "import", str(register()))
    changed = {**KLEIN, "email": "neu@klein.example"}
    other = {**KLEIN, "slug": "neu-foto", "name": "Neu Foto GmbH"}
    came = dsr("companies", "import", str(register(changed, other)), "--json").data
    assert [came[key] for key in ("new", "changed", "same", "gone")] == [1, 1, 0, 0]
    came = dsr("companies", "import", str(register()), "--json").data
    assert [came[key] for key in ("new", "changed", "same", "gone")] == [0, 1, 1, 0]


@pytest.mark.parametrize("pack", [zipped, tarred])
def test_an_archive_does_as_well_as_a_checkout(
    dsr: Dsr, register: Write, tmp_path: Path, pack: Callable[..., Path]
) -> None:
    archive = pack(register(), tmp_path / "data.archive")
    assert dsr("companies", "import", str(archive), "--json").data["companies"] == 1


@pytest.mark.parametrize("pack", [zipped, tarred])
@pytest.mark.parametrize("name", ["../companies/x.json", "/etc/companies/x.json", "a/../../x"])
def test_an_archive_that_climbs_out_brings_nothing(
    dsr: Dsr, register: Write, tmp_path: Path, pack: Callable[..., Path], name: str
) -> None:
    archive = pack(register(), tmp_path / "data.archive", also=name)
    result = dsr("companies", "import", str(archive))
    assert result.status == 4
    assert "climbs out" in result.stderr
    assert dsr("companies", "show", "klein-foto").status == 3


def test_a_broken_file_is_named_and_the_rest_comes_in(dsr: Dsr, register: Write) -> None:
    root = register()
    (root / "companies" / "kaputt.json").write_text('{"slug": "kaputt", ', "utf-8")
    put(root / "companies" / "falsch.json", {**KLEIN, "slug": "anders"})
    put(root / "companies" / "leer.json", {"slug": "leer"})
    (root / "companies" / "binaer.json").write_bytes(b"\xff\xfe\x00")
    (root / "companies" / "riesig.json").write_bytes(b" " * 2_000_000)
    result = dsr("companies", "import", str(root), "--json")
    assert result.status == 7
    assert result.data["companies"] == 1
    broken = " ".join(result.data["broken"])
    for name in ("kaputt", "falsch", "leer", "binaer", "riesig"):
        assert f"companies/{name}.json" in broken
    assert "line 1" in broken
    assert "claims another slug" in broken


@pytest.mark.parametrize("content", [b"", b"no archive", b"PK\x03\x04broken", b"\x1f\x8bbroken"])
def test_what_is_no_register_changes_nothing(
    dsr: Dsr, register: Write, tmp_path: Path, content: bytes
) -> None:
    dsr("companies", "import", str(register()))
    other = tmp_path / "other"
    other.write_bytes(content)
    assert dsr("companies", "import", str(other)).status == 4
    assert dsr("companies", "import", str(tmp_path / "nothing")).status == 3
    empty = tmp_path / "empty"
    empty.mkdir()
    assert dsr("companies", "import", str(empty)).status == 4
    assert dsr("companies", "show", "klein-foto").status == 0


def test_a_company_that_was_given_up_names_its_successor(dsr: Dsr, register: Write) -> None:
    dsr("companies", "import", str(register()))
    result = dsr("request", "alt-foto", "--type", "access", *ERIKA)
    assert result.status == 3
    assert "company merged" in result.stderr
    assert "klein-foto" in result.stderr


def test_a_pack_of_a_country_holds_the_general_one(dsr: Dsr, register: Write) -> None:
    dsr("companies", "import", str(register()))
    packs = {pack["pack"]: pack for pack in dsr("companies", "packs", "--json").data}
    assert packs["photos"]["companies"] == ["klein-foto"]
    assert packs["de-photos"]["companies"] == ["klein-foto", "gross-foto"]
    assert packs["face-search"]["origin"] == "bundled"


def test_an_imported_record_lies_over_the_bundled_one_and_hides_nothing(
    dsr: Dsr, register: Write
) -> None:
    before = dsr("companies", "show", "clearview", "--json").data
    raw = {**KLEIN, "slug": "clearview", "name": "Clearview", "quality": "verified"}
    dsr("companies", "import", str(register(raw)))
    after = dsr("companies", "show", "clearview", "--json").data
    assert after["origin"] == "imported over bundled"
    assert after["name"] == before["name"]
    assert after["grade"] == "verified"
    addresses = [mail["address"] for mail in after["email"]]
    assert set(addresses) == {mail["address"] for mail in before["email"]} | {
        "datenschutz@klein.example"
    }
    assert after["proof"] == before["proof"]
    assert all(after[key] == before[key] for key in ("terms", "positions", "known_for"))
    assert any("names another mailbox" in warning["says"] for warning in after["warnings"])
    for fact in (*after["email"], *after["warnings"], after["phone"]):
        assert set(fact["sources"]) <= after["sources"].keys()


@pytest.mark.parametrize(
    ("name", "code"),
    [("Deutschland", "DE"), ("The Netherlands", "NL"), ("Österreich", "AT"), ("España", "ES"),
     ("Republic of Singapore", "SG"), ("Hrvatska", "HR"), ("Nowhere", None)],
)  # fmt: skip
def test_a_country_is_known_by_its_names(name: str, code: str | None) -> None:
    assert country_code(name) == code


def test_the_whole_register_comes_in(dsr: Dsr, fresh_home: Path) -> None:
    if not REGISTER.is_dir():
        pytest.skip(f"the register is not here: {REGISTER} (set DSR_TEST_SHARED)")
    came = dsr("companies", "import", str(REGISTER), "--json")
    assert came.status == 0, came.stderr
    counts = [came.data[key] for key in ("companies", "obsolete", "authorities", "broken")]
    assert counts == [3069, 116, 57, []]
    assert len(came.data["repaired"]) == 2
    register, catalogue = ImportedRegister(fresh_home), Catalogue(fresh_home)
    slugs = register.slugs()
    assert len(slugs) == 3069
    for slug in slugs:
        company = catalogue.company(slug)
        assert company.country != "ZZ"
        assert company.email or company.postal or company.webforms
    assert search(catalogue.known(), "strava")[0].company.slug == "strava"
    assert search(catalogue.known(), "günstiger reisen")[0].company.slug == "guenstiger-reisen"


# The register's own letters -------------------------------------------------------------------

TRACKING = (
    "Hello,\n\nI ask for <bold>access</bold> under Article 15 GDPR.\n1. the purposes;\n\n"
    "[runs>It includes {runs_list}. ][data_portability>Never.][has_fields>I am\n{id_data}]\n\n"
    "[include_objection>I object. {objection_reason}]Thank you.\n\nYours sincerely,\n"
)


@pytest.fixture
def with_letter(dsr: Dsr, register: Write) -> Callable[[str], None]:
    """Import a register whose company has an access letter of its own, with this text."""

    def bring(text: str) -> None:
        root = register({**KLEIN, "custom-access-template": "access-klein"})
        path = root / "templates" / "en" / "access-klein.txt"
        path.parent.mkdir(parents=True)
        path.write_text(text, "utf-8")
        dsr("companies", "import", str(root))

    return bring


def test_a_letter_of_the_register_is_filled_in_and_tracked(
    dsr: Dsr, with_letter: Callable[[str], None]
) -> None:
    with_letter(TRACKING)
    done = dsr("request", "klein-foto", "-t", "access", "--register-letter", "--json",
               "--reason", "I am {id_data} [runs>x]", *ERIKA)  # fmt: skip
    [made] = done.data
    text = Path(made["files"]["txt"]).read_text("utf-8")
    assert text.startswith("Hello,\n\nI ask for access under Article 15 GDPR.\n\n1. the purposes;")
    assert "It includes Fotoklein, Bilderbuch (formerly). I am\n\nErika Mustermann" in text
    assert "I object. I am {id_data} [runs>x]Thank you." in text
    assert "Never" not in text
    assert text.endswith("Yours sincerely,\nErika Mustermann\n")
    assert made["deadline"]["due"]


def test_without_asking_the_letter_is_ours_and_the_other_one_is_named(
    dsr: Dsr, with_letter: Callable[[str], None]
) -> None:
    with_letter(TRACKING)
    said = dsr("request", "klein-foto", "-t", "access", "--dry-run", *ERIKA).stderr
    assert "--register-letter" in said


def test_a_letter_under_the_law_of_a_church_is_printed_and_not_tracked(
    dsr: Dsr, with_letter: Callable[[str], None]
) -> None:
    with_letter(TRACKING.replace("Article 15 GDPR", "§ 17 KDG"))
    asked = ("request", "klein-foto", "-t", "access", "--register-letter", *ERIKA)
    refused = dsr(*asked)
    assert refused.status == 4
    assert "KDG, the law of a church" in refused.stderr
    printed = dsr(*asked, "--dry-run")
    assert "§ 17 KDG" in printed.stdout
    assert "GDPR" not in printed.stdout
    assert "must answer by" not in printed.stderr


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Hello,\n\n[has_fields>open\n\nBye", "leaves open"),
        ("Hello,\n\n[has_fields>open [runs>x] end\n\nBye", "leaves open"),
        ("Hello,\n\n{cookie_id}\n\nBye", "leaves open cookie_id"),
    ],
)
def test_a_letter_with_something_left_open_is_refused(
    dsr: Dsr, with_letter: Callable[[str], None], text: str, said: str
) -> None:
    with_letter(text)
    asked = ("request", "klein-foto", "-t", "access", "--register-letter", "--dry-run", *ERIKA)
    refused = dsr(*asked)
    assert refused.status == 4
    assert said in refused.stderr


def test_a_company_without_a_letter_of_its_own_says_so(dsr: Dsr) -> None:
    asked = ("request", "clearview", "-t", "access", "--register-letter", *ERIKA)
    assert "no letter of its own" in dsr(*asked).stderr
