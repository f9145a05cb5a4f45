"""The PDF is for archives and for readers of screens: rules of PDF/A-3 and PDF/UA-1, checked.

veraPDF, which would be the judge of both, cannot be had from a package registry.  So PDF/UA is
checked by ``pdfua``, whose rules are a part of the standard's, and PDF/A by the rules here, each
under its clause in ISO 19005-3.
"""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from PIL import Image

from dsr.letters.document import Enclosure, Letter
from dsr.letters.layouts import LAYOUTS
from dsr.letters.pdf import pdf_bytes
from dsr.letters.signature import signature_png

pytestmark = pytest.mark.usefixtures("needs_weasyprint")

Write = Callable[..., Letter]

DATA = json.dumps({"reference": "DSR-7K3F-9QX2"}).encode()


def drawn(kind: str = "PNG", size: tuple[int, int] = (300, 120)) -> bytes:
    image = Image.new("RGB", size, "white")
    image.paste("navy", (40, 50, 260, 60))
    out = BytesIO()
    image.save(out, kind)
    return out.getvalue()


def full(write: Write, layout: str = "din-5008-b") -> Letter:
    """A letter with all that one can have."""
    letter = write("clearview", "gdpr", "access", "erasure", photos=("https://example.org/a.jpg",))
    enclosures = (
        Enclosure("Photo 1", "As found on 3 March 2026", "image/jpeg", drawn("JPEG")),
        Enclosure("Photo 2", "", "image/png", drawn()),
        Enclosure("Table", "Where they are", "text/csv", b"a,b"),
    )
    return replace(
        letter,
        layout=layout,
        signature_image=signature_png(drawn()),
        enclosures=enclosures,
        qr=True,
        data=DATA,
    )


@pytest.fixture(scope="module", params=LAYOUTS)
def content(write: Write, request: pytest.FixtureRequest) -> bytes:
    return pdf_bytes(full(write, request.param))


@pytest.fixture
def pdf(content: bytes) -> Iterator[pikepdf.Pdf]:
    with pikepdf.open(BytesIO(content)) as opened:
        yield opened


def fonts_of(pdf: pikepdf.Pdf) -> list[Any]:
    return [font for page in pdf.pages for font in page.resources["/Font"].values()]


def elements(pdf: pikepdf.Pdf) -> Iterator[Any]:
    """Every structure element, from the top down, in the order it is read."""
    waiting = [pdf.Root.StructTreeRoot.K[0]]
    while waiting:
        here = waiting.pop()
        yield here
        kids = [kid for kid in here.get("/K", ()) if isinstance(kid, pikepdf.Dictionary)]
        waiting.extend(kid for kid in reversed(kids) if kid.get("/Type") == "/StructElem")


def test_pdfua_finds_nothing(content: bytes, tmp_path: Path) -> None:
    pdfua = pytest.importorskip("pdfua", reason="pdfua checks PDF/UA; it is in the dev group")
    (tmp_path / "letter.pdf").write_bytes(content)
    report = pdfua.validate(str(tmp_path / "letter.pdf"))
    assert not report.findings


def test_the_metadata_name_both_standards_and_describe_what_pdf_a_does_not_know(
    pdf: pikepdf.Pdf,
) -> None:
    with pdf.open_metadata() as metadata:
        assert metadata["pdfaid:part"] == "3"
        assert metadata["pdfaid:conformance"] == "A"
        assert metadata["{http://www.aiim.org/pdfua/ns/id/}part"] == "1"
        assert metadata["dc:title"] == str(pdf.docinfo["/Title"])
        assert metadata["xmp:CreateDate"] == "2026-11-23"  # 6.6.3: the same in both places
        assert str(pdf.docinfo["/CreationDate"]).startswith("D:20261123")
    raw = pdf.Root.Metadata.read_bytes()
    assert b"<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/<" in raw  # 6.6.2.3
    assert raw.count(b"</rdf:RDF>") == 1


def test_what_pdf_a_asks_of_a_file(content: bytes, pdf: pikepdf.Pdf) -> None:
    assert re.match(rb"%PDF-1\.[0-7]\n%[\x80-\xff]{4}", content)  # 6.1.2
    assert len(pdf.trailer.ID) == 2  # 6.1.3
    assert "/Encrypt" not in pdf.trailer
    (intent,) = pdf.Root.OutputIntents  # 6.2.3
    assert intent.S == "/GTS_PDFA1"
    assert intent.DestOutputProfile.N == 3
    assert not {"/AA", "/OpenAction", "/AcroForm"} & set(pdf.Root.keys())  # 6.6.1
    assert pdf.Root.MarkInfo.Marked  # 6.7.2.2
    assert str(pdf.Root.Lang) == "en"


def test_every_font_is_embedded_with_its_unicode_values(pdf: pikepdf.Pdf) -> None:
    assert fonts_of(pdf)
    for font in fonts_of(pdf):
        assert "/ToUnicode" in font  # 6.2.11.7
        for part in font.get("/DescendantFonts", [font]):
            descriptor = part.FontDescriptor
            assert {"/FontFile", "/FontFile2", "/FontFile3"} & set(descriptor.keys())  # 6.2.11.4
            assert part.CIDToGIDMap == "/Identity"  # 6.2.11.3.2


def test_pictures_are_as_pdf_a_takes_them(pdf: pikepdf.Pdf) -> None:
    pictures = [
        each
        for page in pdf.pages
        for each in page.resources.get("/XObject", {}).values()
        if each.get("/Subtype") == "/Image"
    ]
    assert pictures
    for picture in pictures:  # 6.2.8, 6.2.4.3
        assert not picture.get("/Interpolate", False)
        assert not {"/Alternates", "/OPI"} & set(picture.keys())
        assert picture.ColorSpace in ("/DeviceRGB", "/DeviceGray")


def test_a_page_with_a_character_that_no_font_draws_claims_no_standard(
    write: Write, pdftotext: Callable[..., str]
) -> None:
    content = pdf_bytes(write("laion", "gdpr", "erasure", name="Erika \U0003fffd"))
    with pikepdf.open(BytesIO(content)) as pdf:
        raw = pdf.Root.Metadata.read_bytes()
        assert b"pdfaid:part" not in raw
        assert b"pdfuaid:part" not in raw
        assert b"dc:title" in raw
    assert "\U0003fffd" in pdftotext(content)  # to copy, where it cannot be seen


def test_the_request_is_attached_for_machines(pdf: pikepdf.Pdf) -> None:
    assert list(pdf.attachments) == ["request.json"]
    attached = pdf.attachments["request.json"].get_file()
    assert attached.read_bytes() == DATA
    assert attached.mime_type == "application/json"
    (spec,) = pdf.Root.AF  # 6.8
    assert spec.AFRelationship == "/Data"
    assert spec.F == "request.json" == spec.UF
    assert str(spec.EF.F.Params.CreationDate).startswith("D:20261123000000")
    assert str(spec.EF.F.Params.ModDate).startswith("D:20261123000000")


def test_a_letter_without_data_has_no_attachment(write: Write) -> None:
    with pikepdf.open(BytesIO(pdf_bytes(write("laion", "gdpr", "erasure")))) as pdf:
        assert not pdf.attachments
        assert "/AF" not in pdf.Root


def test_the_structure_is_that_of_a_letter(write: Write) -> None:
    letter = full(write)
    with pikepdf.open(BytesIO(pdf_bytes(letter))) as pdf:
        kinds = [str(element.S) for element in elements(pdf)]
        assert kinds.count("/H1") == 1
        assert kinds.count("/H2") == 4 + 2  # sections, and a page for each picture
        assert kinds.index("/H1") < kinds.index("/H2") < kinds.index("/H3")
        demands = sum(type(block).__name__ in ("Demand", "Exhibit") for block in letter.blocks)
        assert kinds.count("/LI") == demands + len(letter.enclosures)
        figures = [element for element in elements(pdf) if element.S == "/Figure"]
        assert [str(figure.Alt) for figure in figures] == [
            f"Reference {letter.reference}",
            letter.signature,
            "As found on 3 March 2026",
            "Photo 2",
        ]
        for figure in figures:
            left, low, right, high = (float(side) for side in figure.A.BBox)
            assert 0 <= left < right <= 596
            assert 0 <= low < high <= 842
        assert float(figures[0].A.BBox[1]) > 700  # the code is at the top of its page


def test_everything_drawn_is_read_once_or_is_furniture(pdf: pikepdf.Pdf) -> None:
    read = {}
    for element in elements(pdf):
        for kid in element.get("/K", ()):
            if isinstance(kid, int):
                read.setdefault(element.Pg.objgen, []).append(kid)
    for page in pdf.pages:
        marks = _marks(page)
        assert sorted(read[page.objgen]) == sorted(marks)
        parents = dict(_pairs(pdf.Root.StructTreeRoot.ParentTree.Nums))[page.StructParents]
        assert all(parents[mark] is not None for mark in marks)


def _marks(page: pikepdf.Page) -> list[int]:
    """The marks of a page's tagged content; fails at anything drawn outside of any mark."""
    depth, found = 0, []
    for operands, operator in pikepdf.parse_content_stream(page):
        name = str(operator)
        if name in ("BDC", "BMC"):
            depth += 1
            if str(operands[0]) != "/Artifact":
                found.append(int(operands[1].MCID))
        elif name == "EMC":
            depth -= 1
        elif name in ("Tj", "TJ", "Do", "f", "S", "B"):
            assert depth, f"{name} is neither tagged nor an artifact"
    return found


def _pairs(array: Any) -> Iterator[tuple[int, Any]]:
    yield from zip((int(key) for key in list(array)[::2]), list(array)[1::2], strict=True)


def test_the_same_letter_is_the_same_bytes_with_all_it_can_have(write: Write) -> None:
    first = pdf_bytes(full(write))
    pdf_bytes(write("laion", "gdpr", "objection", language="de"))
    assert pdf_bytes(full(write)) == first
