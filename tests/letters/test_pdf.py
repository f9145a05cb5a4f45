"""The PDF, read back with other tools: address in the window, pages numbered, nothing loaded."""

import html as html_module
import os
import re
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import pikepdf
import pytest

from dsr.directory.catalogue import Catalogue
from dsr.letters.document import Letter
from dsr.letters.pdf import html, pdf_bytes
from dsr.letters.typesetting import PdfUnavailableError

Write = Callable[..., Letter]

MM = 72 / 25.4  # points
WORD = re.compile(r'<word xMin="(.+?)" yMin="(.+?)" xMax="(.+?)" yMax="(.+?)">(.*?)</word>')
POSTAL = [company.slug for company in Catalogue().companies()[0] if company.postal]


@dataclass(frozen=True)
class Box:
    """Where something stands on a page, in millimetres from its upper left corner."""

    left: float
    top: float
    right: float
    bottom: float
    text: str = ""

    def holds(self, other: "Box") -> bool:
        inside = self.left <= other.left and other.right <= self.right
        return inside and self.top <= other.top and other.bottom <= self.bottom

    def touches(self, other: "Box") -> bool:
        beside = other.right < self.left or self.right < other.left
        return not beside and not (other.bottom < self.top or self.bottom < other.top)


WINDOW = Box(20, 45, 105, 90)  # DIN 5008 form B
WINDOW_10 = Box(22, 60, 137, 92)  # a #10 envelope, the sheet free to move a little


@pytest.fixture(scope="module", autouse=True)
def needs_weasyprint(write: Write) -> None:
    try:
        pdf_bytes(write("laion", "gdpr", "erasure"))
    except PdfUnavailableError as error:
        pytest.skip(error.sentence)


def pdftotext(content: bytes, *options: str) -> str:
    if not shutil.which("pdftotext"):
        pytest.skip("pdftotext (poppler-utils) is not here to read the PDF back")
    done = subprocess.run(
        ["pdftotext", *options, "-", "-"], input=content, capture_output=True, check=True
    )
    return done.stdout.decode()


def words(content: bytes, page: int = 1) -> list[Box]:
    found = pdftotext(content, "-bbox", "-f", str(page), "-l", str(page))
    return [
        Box(*(float(number) / MM for number in place), html_module.unescape(text))
        for *place, text in WORD.findall(found)
    ]


def said(boxes: list[Box]) -> str:
    """The words by line and column."""
    return " ".join(box.text for box in sorted(boxes, key=lambda b: (round(b.bottom, 1), b.left)))


def line_of(*parts: str) -> str:
    return " ".join(" ".join(parts).split())


@pytest.mark.parametrize("slug", POSTAL)
def test_the_window_shows_the_address_and_the_return_address_only(write: Write, slug: str) -> None:
    letter = write(slug, "gdpr", "objection", language="de")
    on_page = words(pdf_bytes(letter))
    inside = [word for word in on_page if WINDOW.holds(word)]
    returned = " · ".join(letter.sender[:3])
    assert said(inside) == line_of(returned, *letter.recipient)
    assert [word for word in on_page if WINDOW.touches(word)] == inside


@pytest.mark.parametrize(
    "longest",
    [
        {"company_address": tuple(f"Address line number {n}" for n in range(1, 7))},
        {"company_name": "Gesellschaft für sehr lange Namen mbH & Co. KG, Abteilung Datenschutz"},
    ],
    ids=["as many lines as a record may have", "a long name"],
)
def test_the_longest_address_still_fits_the_window(write: Write, longest: dict[str, Any]) -> None:
    letter = write("clearview", "gdpr", "objection", **longest)
    on_page = words(pdf_bytes(letter))
    inside = said([word for word in on_page if WINDOW.holds(word)])
    assert line_of(*letter.recipient) in inside


def test_an_american_letter_is_on_american_paper_for_its_own_window(write: Write) -> None:
    letter = write("clearview", "ccpa", "erasure")
    content = pdf_bytes(letter)
    with pikepdf.open(BytesIO(content)) as pdf:
        assert {tuple(map(float, page.mediabox)) for page in pdf.pages} == {(0, 0, 612, 792)}
    inside = [word for word in words(content) if WINDOW_10.holds(word)]
    assert said(inside) == line_of(*letter.recipient)


def test_a_european_letter_is_on_a4(write: Write) -> None:
    with pikepdf.open(BytesIO(pdf_bytes(write("laion", "gdpr", "erasure")))) as pdf:
        for page in pdf.pages:
            assert [round(float(side) / MM) for side in page.mediabox] == [0, 0, 210, 297]


@pytest.mark.parametrize(
    ("law", "language", "label"),
    [
        ("gdpr", "en", "Page {} of {}"),
        ("gdpr", "de", "Seite {} von {}"),
        ("ccpa", "en", "Page {} of {}"),
    ],
)
def test_every_page_has_the_reference_and_its_number(
    write: Write, law: str, language: str, label: str
) -> None:
    letter = write("clearview", law, "access", "erasure", language=language)
    content = pdf_bytes(letter)
    with pikepdf.open(BytesIO(content)) as pdf:
        pages = len(pdf.pages)
    assert pages > 1
    for number in range(1, pages + 1):
        on_page = words(content, number)
        lowest = max(word.bottom for word in on_page)
        foot = said([word for word in on_page if word.bottom > lowest - 1])
        assert foot == f"{letter.labels.reference} {letter.reference} {label.format(number, pages)}"


def test_the_text_reads_back_whole(write: Write) -> None:
    letter = write("clearview", "gdpr", "access", "erasure", language="de")
    text = " ".join(pdftotext(pdf_bytes(letter)).replace("\N{NO-BREAK SPACE}", " ").split())
    assert letter.subject in text
    assert letter.salutation in text
    assert f"{letter.closing} {letter.signature}" in text
    assert "Löschen Sie alle Bilder, die mich zeigen" in text


def test_fonts_are_embedded(write: Write) -> None:
    letter = write("clearview", "gdpr", "objection", name="Żaneta 山田 محمد")
    with pikepdf.open(BytesIO(pdf_bytes(letter))) as pdf:
        fonts = [
            descendant["/FontDescriptor"]
            for page in pdf.pages
            for font in page.resources["/Font"].values()
            for descendant in font.get("/DescendantFonts", [font])
        ]
        assert fonts
        assert all(any(f"/FontFile{n}" in font for n in ("", 2, 3)) for font in fonts)


def test_the_pdf_is_tagged_and_says_what_it_is(write: Write) -> None:
    letter = write("clearview", "gdpr", "objection", language="de")
    with pikepdf.open(BytesIO(pdf_bytes(letter))) as pdf:
        assert str(pdf.Root.Lang) == "de"
        assert pdf.Root.MarkInfo.Marked
        assert str(pdf.docinfo["/Title"]) == letter.subject
        assert str(pdf.docinfo["/Author"]) == letter.signature
        assert "20261123" in str(pdf.docinfo["/CreationDate"])


def test_the_same_letter_is_the_same_bytes(write: Write) -> None:
    letter = write("clearview", "gdpr", "objection")
    first = pdf_bytes(letter)
    pdf_bytes(write("laion", "gdpr", "objection", language="de"))
    assert pdf_bytes(letter) == first


def test_making_a_pdf_leaves_the_environment_alone(
    write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1")
    pdf_bytes(write("laion", "gdpr", "erasure"))
    assert os.environ["SOURCE_DATE_EPOCH"] == "1"


HOSTILE = [
    "<script>alert(1)</script>",
    "{{ 7*7 }}",
    "**x**",
    "</p></body><h1>Forged",
    '" onload="x',
    "&lt;b&gt;",
    "</title><style>*{display:none}</style>",
]


@pytest.mark.parametrize("typed", HOSTILE)
def test_what_a_person_types_is_escaped_in_the_page(write: Write, typed: str) -> None:
    letter = write(
        "clearview",
        "gdpr",
        "objection",
        name=typed,
        address=(typed,),
        reason=typed,
        photos=(f"https://example.org/{typed}",),
        company_name=typed,
    )
    page = html(letter)
    assert html_module.escape(typed).replace("&#x27;", "&#39;").replace("&quot;", "&#34;") in page
    if "<" in typed or '"' in typed:
        assert typed not in page
    plain = html(write("clearview", "gdpr", "objection", reason="x", photos=("https://x",)))
    tags = re.compile(r"<[a-z/!][^>]*>")
    count = [len([t for t in tags.findall(one) if "meta name" not in t]) for one in (page, plain)]
    assert count[0] - page.count("<br>") == count[1] - plain.count("<br>")


@pytest.mark.parametrize("typed", ["محمد بن سلمان", "🦄 Ünïcode", "山田 太郎", "Łukasz Żółć"])
def test_any_script_can_be_set(write: Write, typed: str) -> None:
    letter = write("clearview", "gdpr", "erasure", name=typed)
    assert typed in html(letter)
    assert pdf_bytes(letter).startswith(b"%PDF-")


def test_nothing_is_loaded_from_the_machine_or_the_net(write: Write, tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("the secret of the machine")
    picture = f'<img src="file://{secret}"><link rel=attachment href="file://{secret}">'
    letter = write(
        "clearview",
        "gdpr",
        "objection",
        name=picture,
        reason=f"@import url(file://{secret}); {picture}",
        photos=(f'https://x/"><img src="file://{secret}">',),
    )
    content = pdf_bytes(letter)
    with pikepdf.open(BytesIO(content)) as pdf:
        assert not pdf.attachments
        pictures = [page.resources.get("/XObject", {}) for page in pdf.pages]
        assert not [one for drawn in pictures for one in drawn.values() if "/Width" in one]
    text = "".join(pdftotext(content).split())
    assert "".join(picture.split()) in text
    assert "thesecretofthemachine" not in text
