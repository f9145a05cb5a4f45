"""The PDF, read back with other tools: pages numbered, fonts in it, nothing loaded."""

import html as html_module
import os
import re
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pikepdf
import pytest

from dsr.letters.document import Letter
from dsr.letters.pdf import html, pdf_bytes

pytestmark = pytest.mark.usefixtures("needs_weasyprint")

Write = Callable[..., Letter]

Read = Callable[..., Any]

MM = 72 / 25.4  # points


def said(boxes: list[Any]) -> str:
    """The words by line and column."""
    return " ".join(box.text for box in sorted(boxes, key=lambda b: (round(b.bottom, 1), b.left)))


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
    write: Write, words: Read, law: str, language: str, label: str
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


def test_the_text_reads_back_whole(write: Write, pdftotext: Read) -> None:
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
    same = {"address": ("x",), "reason": "x", "photos": ("https://x",)}
    plain = html(write("clearview", "gdpr", "objection", **same))
    tags = re.compile(r"<[a-z/!][^>]*>")
    count = [len([t for t in tags.findall(one) if "meta name" not in t]) for one in (page, plain)]
    assert count[0] - page.count("<br>") == count[1] - plain.count("<br>")


@pytest.mark.parametrize("typed", ["محمد بن سلمان", "🦄 Ünïcode", "山田 太郎", "Łukasz Żółć"])
def test_any_script_can_be_set(write: Write, typed: str) -> None:
    letter = write("clearview", "gdpr", "erasure", name=typed)
    assert typed in html(letter)
    assert pdf_bytes(letter).startswith(b"%PDF-")


def test_nothing_is_loaded_from_the_machine_or_the_net(
    write: Write, pdftotext: Read, tmp_path: Path
) -> None:
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


def test_what_a_person_types_is_printed_as_typed(write: Write, pdftotext: Read) -> None:
    typed = "<b>x</b> {{ 1+1 }} @import url(file:///etc/passwd); </style> \\ \"' & <!-- -->"
    letter = write("clearview", "gdpr", "objection", name=typed, reason=typed)
    text = "".join(pdftotext(pdf_bytes(letter)).split())
    assert text.count("".join(typed.split())) >= 3  # sender, reason, signature


def test_a_reason_of_100_kb_is_printed_to_its_end(write: Write, pdftotext: Read) -> None:
    reason = "I was not asked, and I object. " * 3300 + "That was all I have to say."
    text = pdftotext(pdf_bytes(write("clearview", "gdpr", "objection", reason=reason)))
    assert "ThatwasallIhavetosay." in "".join(text.split())


def test_a_name_from_right_to_left_leaves_its_neighbours_alone(write: Write, words: Read) -> None:
    letter = write("clearview", "gdpr", "objection", name="محمد (Köln)", address=("شارع 5", "Köln"))
    top = [word for word in words(pdf_bytes(letter)) if word.left > 120 and word.bottom < 95]
    lines = said(top).split()
    assert lines[2:4] == ["Köln", "Germany"] or "Köln" in lines
    reference = next(word for word in top if word.text == letter.reference)
    label = next(word for word in top if word.text == "Reference:")
    assert label.right < reference.left
    assert abs(label.bottom - reference.bottom) < 1


def test_letters_of_all_our_languages_come_from_one_font(write: Write, pdftotext: Read) -> None:
    alphabet = "äöüß éèçœ ñ¿ ìò ĳëï ãõ čćđšž ăâîșț åäö ąęłńśźż ΑΒΓαβγώ АБВабвѓ €–„“”"
    letter = write("clearview", "gdpr", "objection", reason=alphabet)
    content = pdf_bytes(letter)
    assert "".join(alphabet.split()) in "".join(pdftotext(content).split())
    with pikepdf.open(BytesIO(content)) as pdf:
        fonts = pdf.pages[0].resources["/Font"].values()
        assert len({str(font["/BaseFont"]).split("+")[-1] for font in fonts}) == 2  # regular, bold
