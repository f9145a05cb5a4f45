"""The bundle of a complaint: read back as an authority gets it, and checked as a stranger would."""

import io
import json
import subprocess
import zipfile
from collections.abc import Callable
from email.message import EmailMessage
from email.policy import SMTP
from hashlib import sha256
from pathlib import Path
from shutil import which

import pikepdf
import pytest
from PIL import Image

from tests.cli.conftest import Refused
from tests.conftest import Dsr

Requested = Callable[..., str]
LATE = "2027-01-20"
AUSTRIAN = ("--name", "Anna Berger", "--email", "anna@example.org", "--country", "AT",
            "--address", "Gasse 1", "--address", "1060 Wien")  # fmt: skip
BRITON = ("--name", "Ann Smith", "--email", "ann@example.org", "--country", "GB")
CALIFORNIAN = ("--name", "Jo Doe", "--email", "jo@example.com", "--country", "US",
               "--region", "CA")  # fmt: skip


def reply() -> bytes:
    """An answer in two forms, with a picture and with what an attacker would put in it."""
    message = EmailMessage(policy=SMTP)
    message["From"], message["To"] = "Privacy <privacy@clearview.ai>", "anna@example.org"
    message["Date"] = "Wed, 02 Dec 2026 09:11:00 -0400"
    message["Subject"] = "<b>Your request</b>"
    message.set_content(
        "<html><head><title>hidden</title></head><body><p>Send your passport.</p>"
        "<script>alert('run')</script><img src='https://tracker.example/x.png'></body></html>",
        subtype="html",
    )
    picture = io.BytesIO()
    Image.new("RGB", (40, 30), "teal").save(picture, "PNG")
    message.add_attachment(picture.getvalue(), maintype="image", subtype="png", filename="a.png")
    return message.as_bytes()


def hostile_pdf() -> bytes:
    """Two pages with a script that runs when the file is opened, and one on a page."""
    with pikepdf.new() as pdf:
        for _ in range(2):
            page = pdf.add_blank_page(page_size=(612, 792))
            page.AA = pikepdf.Dictionary(
                O=pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")
            )
        pdf.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(2)")
        out = io.BytesIO()
        pdf.save(out)
    return out.getvalue()


@pytest.fixture
def clearview(dsr: Dsr) -> str:
    """A case against Clearview that was refused, with proofs of every sort."""
    files = {
        "receipt.eml": b"From: mx@example.org\nSubject: Delivered\n\nDelivered.\n",
        "ask.eml": reply(),
        "passport.jpg": b"\xff\xd8\xff not a picture",
        "refusal.pdf": hostile_pdf(),
        "terms.docx": b"PK\x03\x04 not shown",
        "diary.txt": b"my own thoughts",
    }
    for name, content in files.items():
        Path(name).write_bytes(content)
    made = dsr("request", "clearview", "-t", "access", "-t", "erasure", *AUSTRIAN,
               "--language", "de", "--json", "--as-of", "2026-11-20")  # fmt: skip
    reference: str = made.data[0]["reference"]
    for event in (
        "sent --on 2026-11-20 --attach receipt.eml",
        "identity-requested --on 2026-12-02 --reason send-id --attach ask.eml",
        "identity-provided --on 2026-12-03 --attach passport.jpg",
        "refused --on 2026-12-14 --attach refusal.pdf --attach terms.docx",
        "note --on 2026-12-15 --note private --attach diary.txt",
    ):
        result = dsr("record", reference, *event.split(), "--as-of", LATE)
        assert result.status == 0, result.stderr
    return reference


def complained(dsr: Dsr, reference: str, *options: str) -> dict[str, Path]:
    result = dsr("complain", reference, "--out", "out", "--json", "--as-of", LATE, *options)
    assert result.status == 0, result.stderr
    return {name: Path(path) for name, path in result.data["files"].items()}


def text_of(path: Path) -> list[str]:
    """The text of each page."""
    if which("pdftotext") is None:
        pytest.skip("poppler-utils is not installed: apt-get install poppler-utils")
    done = subprocess.run(["pdftotext", "-layout", path, "-"], capture_output=True, check=True)
    return done.stdout.decode().split("\f")[:-1]


def test_the_pdf_holds_everything_in_its_order_with_numbered_pages(
    dsr: Dsr, clearview: str
) -> None:
    pages = text_of(complained(dsr, clearview)["bundle"])
    for number, page in enumerate(pages, start=1):
        assert f"Seite {number} von {len(pages)}" in page
    cover, whole = pages[0], "\n".join(pages)
    assert "Beschwerde mit Anlagen" in cover
    assert "Österreichische Datenschutzbehörde" in cover
    for point in ("4(1)(a)", "4(1)(d)", "4(1)(e)", "4(3)"):
        assert point in cover
    for part in ("Ablauf", "Berechnung der Frist", "Verzeichnis der Anlagen"):
        assert part in whole
    assert "GDPR Art. 12(3)" in whole
    assert "do not call it late" not in whole  # advice to the person
    assert "Send your passport." in whole
    assert "alert" not in whole
    assert "hidden" not in whole
    for own in ("my own thoughts", "diary", "passport.jpg"):
        assert own not in whole


def test_the_contents_name_the_page_on_which_each_exhibit_begins(dsr: Dsr, clearview: str) -> None:
    path = complained(dsr, clearview)["bundle"]
    pages = text_of(path)
    with pikepdf.open(path) as pdf, pdf.open_outline() as outline:
        titles = [item.title for item in outline.root]
        links = [link for link in pdf.pages[0].Annots if "/Dest" in link]
        leads_to = {pdf.pages.index(pikepdf.Page(link.Dest[0])) + 1 for link in links}
        assert "/OpenAction" not in pdf.Root
        assert all("/AA" not in page for page in pdf.pages)
        assert b"JavaScript" not in b"".join(
            each.read_raw_bytes() for each in pdf.objects if isinstance(each, pikepdf.Stream)
        )
    labels = [f"A{number}" for number in range(1, 6)]
    assert [title.split(":")[0] for title in titles[5:]] == [f"Anlage {one}" for one in labels]
    for label in labels:
        first = next(n for n, page in enumerate(pages, 1) if f"Anlage {label} · 1/" in page)
        line = next(line for line in pages[0].splitlines() if f"Anlage {label}:" in line)
        assert line.split()[-1] == str(first)
        assert first in leads_to


def test_the_letter_cites_the_exhibits_by_the_same_labels(dsr: Dsr, clearview: str) -> None:
    files = complained(dsr, clearview)
    letter = files["txt"].read_text("utf-8")
    with zipfile.ZipFile(files["zip"]) as archive:
        manifest = json.loads(archive.read("manifest.json"))
    for each in manifest["files"]:
        if each["label"]:
            assert f"{each['label']}: {each['what']}" in letter
            assert each["name"] in letter


def test_the_zip_holds_the_originals_byte_for_byte(dsr: Dsr, clearview: str) -> None:
    files = complained(dsr, clearview)
    with zipfile.ZipFile(files["zip"]) as archive:
        names = archive.namelist()
        inside = {name: archive.read(name) for name in names}
    assert inside["exhibits/A3-ask.eml"] == Path("ask.eml").read_bytes()
    assert inside["exhibits/A4-refusal.pdf"] == Path("refusal.pdf").read_bytes()
    assert inside["bundle.pdf"] == files["bundle"].read_bytes()
    assert inside["complaint.pdf"] == files["pdf"].read_bytes()
    for line in inside["SHA256SUMS"].decode().splitlines():
        digest, _, name = line.partition("  ")
        assert sha256(inside[name]).hexdigest() == digest
    assert not [name for name in names if "passport" in name or "diary" in name]


def test_what_is_private_goes_along_only_if_one_says_so(dsr: Dsr, clearview: str) -> None:
    files = complained(dsr, clearview, "--include", "identity", "--include", "notes",
                       "--without", "terms.docx")  # fmt: skip
    with zipfile.ZipFile(files["zip"]) as archive:
        names = " ".join(archive.namelist())
    assert "passport.jpg" in names
    assert "diary.txt" in names
    assert "terms.docx" not in names


def test_a_document_that_is_not_there_cannot_be_left_out(refused: Refused, clearview: str) -> None:
    said = refused("complain", clearview, "--without", "term.docx", "--as-of", LATE, status=3)
    assert "terms.docx" in said


def test_the_same_case_makes_the_same_bytes(dsr: Dsr, clearview: str) -> None:
    first = complained(dsr, clearview)
    second = complained(dsr, clearview)
    assert first["zip"] != second["zip"], "the earlier bundle stays where it is"
    assert first["bundle"].read_bytes() == second["bundle"].read_bytes()
    assert first["zip"].read_bytes() == second["zip"].read_bytes()


def test_the_fields_of_the_form_can_be_pasted(dsr: Dsr, clearview: str) -> None:
    form = complained(dsr, clearview)["webform"].read_text("utf-8")
    assert form.startswith("https://")
    for said in ("Anna Berger, Gasse 1, 1060 Wien, anna@example.org", "Clearview AI, Inc.",
                 "=== 3. Sachverhalt ===", "A3"):  # fmt: skip
        assert said in form


def test_a_dry_run_says_what_would_go_along(dsr: Dsr, clearview: str) -> None:
    result = dsr("complain", clearview, "--dry-run", "--as-of", LATE)
    assert result.status == 0
    assert not list(Path().glob("*bundle*"))
    assert "A4  refusal.pdf" in result.stderr
    assert "passport.jpg stays here: private; --include identity adds it" in result.stderr


def test_in_the_united_kingdom_the_company_hears_of_it_first(
    dsr: Dsr, requested: Requested
) -> None:
    made = dsr("request", "clearview", "-t", "erasure", *BRITON, "--json", "--as-of", "2026-11-20")
    reference = made.data[0]["reference"]
    dsr("record", reference, "sent", "--on", "2026-11-20", "--as-of", LATE)
    early = dsr("complain", reference, "--dry-run", "--as-of", LATE)
    assert f"dsr follow-up {reference} --kind final-notice" in early.stderr
    dsr("follow-up", reference, "--kind", "final-notice", "--as-of", "2027-01-04")
    dsr("record", reference, "reminded", "--on", "2027-01-04", "--as-of", LATE)
    result = dsr("complain", reference, "--out", "out", "--json", "--as-of", LATE)
    assert "s. 164A" not in result.stderr
    cover = text_of(Path(result.data["files"]["bundle"]))[0]
    assert "Complaint made to the controller first" in cover
    assert "4 January 2027 (Data Protection Act 2018 s. 164A)" in cover
    assert "2025/2518" not in cover


def test_an_agent_encloses_the_signed_mandate_and_is_named(dsr: Dsr) -> None:
    Path("mandate.pdf").write_bytes(hostile_pdf())
    for command in (
        ("init", *AUSTRIAN),
        ("people", "add", "kim", "--role", "client", "--name", "Kim Doe", "--country", "AT"),
    ):
        assert dsr(*command, "--as-of", "2026-11-20").status == 0
    made = dsr("request", "clearview", "-t", "erasure", "--for", "kim", "--language", "en",
               "--json", "--as-of", "2026-11-20")  # fmt: skip
    reference = made.data[0]["reference"]
    dsr("record", reference, "sent", "--on", "2026-11-20", "--as-of", LATE)
    complain = ("complain", reference, "--language", "en", "--json", "--as-of", LATE)
    assert "dsr people mandate kim" in dsr(*complain, "--dry-run").stderr
    assert dsr("people", "mandate", "kim", "mandate.pdf", "--from", "2026-08-01").status == 0
    result = dsr(*complain, "--out", "out")
    assert result.status == 0, result.stderr
    assert "dsr people mandate" not in result.stderr
    cover = text_of(Path(result.data["files"]["bundle"]))[0]
    assert "Exhibit A1: Mandate, 1 August 2026" in cover
    assert "Anna Berger, Gasse 1, 1060 Wien, anna@example.org" in cover
    with zipfile.ZipFile(result.data["files"]["zip"]) as archive:
        assert archive.read("exhibits/A1-mandate.pdf") == Path("mandate.pdf").read_bytes()


@pytest.mark.parametrize("name", ["odd.eml", "deep.eml", "locked.pdf", "broken.pdf", "bad.png"])
def test_a_document_that_cannot_be_shown_or_read_is_named_on_its_page(
    dsr: Dsr, clearview: str, name: str
) -> None:
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        pdf.save("locked.pdf", encryption=pikepdf.Encryption(owner="a", user="b"))
    Path("broken.pdf").write_bytes(b"%PDF-1.4\n garbage")
    Path("bad.png").write_bytes(b"\x89PNG\r\n\x1a\n broken")
    Path("odd.eml").write_bytes(
        b"Subject: =?x-unknown?b?!!!?=\nFrom: =?utf-8?q?=FF?= <a@b>\n"
        b"Content-Type: text/plain; charset=x-nonsense\n\n\xe4\xf6"
    )
    Path("deep.eml").write_bytes(b"Content-Type: text/html\n\n" + b"<div>" * 30000 + b"hello")
    dsr("record", clearview, "refused", "--on", "2026-12-20", "--attach", name, "--as-of", LATE)
    files = complained(dsr, clearview)
    assert "Anlage A6 · 1/1\n" in "\n".join(text_of(files["bundle"]))
    with zipfile.ZipFile(files["zip"]) as archive:
        assert archive.read(f"exhibits/A6-{name}") == Path(name).read_bytes()


def test_an_american_gets_american_paper(dsr: Dsr) -> None:
    made = dsr("request", "clearview", "-t", "erasure", *CALIFORNIAN, "--json",
               "--as-of", "2026-11-20")  # fmt: skip
    reference = made.data[0]["reference"]
    dsr("record", reference, "sent", "--on", "2026-11-20", "--as-of", "2027-03-20")
    result = dsr("complain", reference, "--out", "out", "--json", "--as-of", "2027-03-20")
    assert result.status == 0, result.stderr
    with pikepdf.open(result.data["files"]["bundle"]) as pdf:
        assert {tuple(map(float, page.MediaBox)) for page in pdf.pages} == {(0, 0, 612, 792)}


# checking one made earlier ------------------------------------------------------------------------


def altered(source: Path, change: Callable[[dict[str, bytes]], None]) -> Path:
    """A copy of an archive with its files changed."""
    with zipfile.ZipFile(source) as archive:
        inside = {name: archive.read(name) for name in archive.namelist()}
    change(inside)
    path = source.with_name("altered.zip")
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in inside.items():
            archive.writestr(name, content)
    return path


def test_a_bundle_that_was_made_earlier_is_whole(dsr: Dsr, clearview: str) -> None:
    files = complained(dsr, clearview)
    for name in ("zip", "bundle"):
        result = dsr("verify", "--bundle", str(files[name]), "--json")
        assert result.status == 0, result.stdout
        assert (result.data["ok"], result.data["is_the_one"]) == (True, True)
    elsewhere = dsr("--home", "elsewhere", "verify", "--bundle", str(files["zip"]))
    assert elsewhere.status == 0
    assert "not in this record" in elsewhere.stdout


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (lambda inside: inside.update({"exhibits/A3-ask.eml": b"Dear Anna"}), "altered"),
        (lambda inside: inside.pop("exhibits/A3-ask.eml"), "missing"),
        (lambda inside: inside.update({"exhibits/A9-new.eml": b"x"}), "extra"),
        (lambda inside: inside.update({"../../evil": b"x"}), "extra"),
        (lambda inside: inside.update({"bundle.pdf": inside["bundle.pdf"] + b" "}), "altered"),
    ],
)
def test_what_was_done_to_a_bundle_is_named(
    dsr: Dsr, clearview: str, change: Callable[[dict[str, bytes]], None], found: str
) -> None:
    path = altered(complained(dsr, clearview)["zip"], change)
    result = dsr("verify", "--bundle", str(path), "--json")
    assert result.status == 4
    assert found in [each["found"] for each in result.data["files"]]
    assert not Path("../../evil").exists()


def test_an_exhibit_that_the_case_does_not_have_is_named(dsr: Dsr, clearview: str) -> None:
    def forge(inside: dict[str, bytes]) -> None:
        inside["exhibits/A3-ask.eml"] = b"We agree."
        manifest = json.loads(inside["manifest.json"])
        for each in manifest["files"]:
            if each["path"] == "exhibits/A3-ask.eml":
                each.update(bytes=9, sha256=sha256(b"We agree.").hexdigest())
        inside["manifest.json"] = json.dumps(manifest).encode()

    path = altered(complained(dsr, clearview)["zip"], forge)
    result = dsr("verify", "--bundle", str(path), "--json")
    assert (result.status, result.data["strangers"]) == (4, ["exhibits/A3-ask.eml"])


def test_an_altered_pdf_is_not_the_one_that_the_record_knows(dsr: Dsr, clearview: str) -> None:
    path = complained(dsr, clearview)["bundle"]
    path.write_bytes(path.read_bytes() + b"\n% more")
    assert dsr("verify", "--bundle", str(path)).status == 4


@pytest.mark.parametrize(
    "content",
    [b"", b"no archive", b"%PDF-1.7\nbroken", b"PK\x03\x04 cut off", b"PK\x05\x06" + b"\0" * 18],
)
def test_what_is_no_bundle_is_refused_in_a_sentence(refused: Refused, content: bytes) -> None:
    Path("x.zip").write_bytes(content)
    assert "no bundle" in refused("verify", "--bundle", "x.zip", status=4)


def test_a_bomb_is_not_unpacked(refused: Refused, dsr: Dsr, clearview: str) -> None:
    def swell(inside: dict[str, bytes]) -> None:
        inside["manifest.json"] = b"{" + b" " * (11 * 1024 * 1024)

    path = altered(complained(dsr, clearview)["zip"], swell)
    refused("verify", "--bundle", str(path), status=4)


def test_there_is_no_such_file(refused: Refused) -> None:
    refused("verify", "--bundle", "nowhere.zip", status=3)
