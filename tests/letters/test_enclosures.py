"""Signature, code and enclosures: on the page, and what goes by e-mail."""

from collections.abc import Callable
from dataclasses import replace
from email import message_from_bytes, policy
from email.message import EmailMessage
from io import BytesIO
from typing import Any

import pikepdf
import pytest
from PIL import Image

from dsr.letters.document import Enclosure, Letter
from dsr.letters.email import email_bytes
from dsr.letters.layouts import LAYOUTS
from dsr.letters.page import html
from dsr.letters.pdf import pdf_bytes
from dsr.letters.pictures import BadPictureError, printable
from dsr.letters.signature import signature_png
from dsr.letters.typesetting import PdfUnavailableError

Write = Callable[..., Letter]
Read = Callable[..., Any]

MM = 72 / 25.4  # points


@pytest.fixture
def letter(write: Write) -> Letter:
    letter = write("clearview", "gdpr", "erasure")
    try:
        pdf_bytes(letter)
    except PdfUnavailableError as error:
        pytest.skip(error.sentence)
    return letter


def photo(size: tuple[int, int] = (400, 300), **saved: Any) -> bytes:
    out = BytesIO()
    Image.effect_noise(size, 60).convert("RGB").save(out, "JPEG", **saved)
    return out.getvalue()


def with_place() -> bytes:
    """A photo as a phone writes it: with the owner's name, turned on its side."""
    exif = Image.Exif()
    exif[0x013B] = "Erika Mustermann"
    exif[0x0112] = 6  # turned by a quarter
    exif.get_ifd(0x8825)[1] = "N"
    return photo(exif=exif)


def read(content: bytes) -> EmailMessage:
    message = message_from_bytes(content, policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


def test_each_picture_has_a_page_of_its_own_and_is_listed(letter: Letter, pdftotext: Read) -> None:
    both = (
        Enclosure("Photo 1", "Found in a data set", "image/jpeg", photo()),
        Enclosure("Photo 2", "", "image/jpeg", photo((300, 900))),
    )
    listed_only = tuple(replace(one, media_type="text/plain") for one in both)
    with pikepdf.open(BytesIO(pdf_bytes(replace(letter, enclosures=listed_only)))) as pdf:
        before = len(pdf.pages)
    content = pdf_bytes(replace(letter, enclosures=both))
    with pikepdf.open(BytesIO(content)) as pdf:
        assert len(pdf.pages) == before + 2
        for page in list(pdf.pages)[before:]:
            assert any("/Width" in one for one in page.resources["/XObject"].values())
    pages = pdftotext(content).split("\f")
    listed = pages[before - 1]
    closing, name = listed.index(letter.closing), listed.index(letter.signature)
    assert closing < name < listed.index("Enclosures")  # on one page, whatever comes before
    assert "Photo 1: Found in a data set" in listed
    assert pages[before].startswith("Photo 1\n")
    assert "Found in a data set" in pages[before]
    assert pages[before + 1].startswith("Photo 2\n")


def test_the_word_for_enclosures_is_that_of_the_letter(letter: Letter) -> None:
    labels = replace(letter.labels, enclosures="Anlagen")
    enclosed = (Enclosure("Foto 1", "", "image/jpeg", photo()),)
    assert "<p>Anlagen</p>" in html(replace(letter, labels=labels, enclosures=enclosed))


def test_by_email_enclosures_are_attached_under_their_labels(letter: Letter) -> None:
    enclosed = (
        Enclosure("Photo 1", "x", "image/jpeg", photo()),
        Enclosure("Photo 1", "y", "image/png", photo()),
        Enclosure("../Größe\r\nX: y", "", "text/csv", b"a,b"),
        Enclosure("写真", "", "application/pdf", b"%PDF-"),
    )
    content = email_bytes(replace(letter, enclosures=enclosed))
    assert content == email_bytes(replace(letter, enclosures=enclosed))
    message = read(content)
    body, *attached = message.iter_parts()
    assert body.get_content_type() == "text/plain"
    assert body.get_param("format") == "flowed"
    assert letter.salutation in body.get_content()
    assert [part.get_filename() for part in attached] == [
        "photo-1.jpg",
        "photo-1-2.jpg",
        "groe-x-y.csv",
        "enclosure-4.pdf",
    ]
    assert attached[2].get_content() in ("a,b", b"a,b")
    assert all(part.get_content_disposition() == "attachment" for part in attached)
    assert message["X-Unsent"] == "1"


def test_without_enclosures_the_email_stays_a_single_text(letter: Letter) -> None:
    assert not read(email_bytes(letter)).is_multipart()


def test_a_picture_goes_without_what_the_camera_wrote_into_it(letter: Letter) -> None:
    taken = with_place()
    assert b"Mustermann" in taken
    sent = replace(letter, enclosures=(Enclosure("Photo 1", "", "image/jpeg", taken),))
    attached = list(read(email_bytes(sent)).iter_parts())[1].get_content()
    with pikepdf.open(BytesIO(pdf_bytes(sent))) as pdf:
        pictures = list(pdf.pages[-1].resources["/XObject"].values())
        printed = next(one for one in pictures if "/Width" in one)
        assert b"Exif" not in printed.read_raw_bytes()
        assert (int(printed.Width), int(printed.Height)) == (300, 400)  # upright
    with Image.open(BytesIO(attached)) as image:
        assert not image.getexif()
        assert image.size == (300, 400)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16", "CMYK"])
def test_a_picture_of_any_kind_becomes_grey_or_rgb(mode: str) -> None:
    out = BytesIO()
    Image.new(mode, (30, 20)).save(out, "TIFF" if mode == "CMYK" else "PNG")
    media_type, content = printable(out.getvalue())
    with Image.open(BytesIO(content)) as image:
        assert image.mode in ("L", "RGB")
        assert image.size == (30, 20)
    assert media_type == "image/png"


def test_an_enclosure_that_is_no_picture_is_refused(letter: Letter) -> None:
    bad = (Enclosure("Photo 1", "", "image/png", b"not a picture"),)
    with pytest.raises(BadPictureError):
        pdf_bytes(replace(letter, enclosures=bad))


def test_the_code_holds_the_reference_and_nothing_else(letter: Letter) -> None:
    import segno

    page = html(replace(letter, qr=True))
    code = segno.make(letter.reference, micro=False, error="m")
    expected = code.svg_data_uri(border=4, dark="#111", omitsize=True, nl=False)
    assert f'alt="Reference {letter.reference}"' in page
    assert expected in page.replace("&#39;", "'").replace("&amp;", "&")
    assert "data:image" not in html(letter)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_code_touches_no_text(letter: Letter, words: Read, layout: str) -> None:
    sender = ("A name that is as long as the place for it allows", *letter.sender[1:])
    plain = replace(letter, sender=sender, layout=layout)
    content = pdf_bytes(replace(plain, qr=True))
    on_page = words(content)
    assert sorted(word.text for word in on_page) == sorted(w.text for w in words(pdf_bytes(plain)))
    left, low, right, high = _place_of_code(content)
    with pikepdf.open(BytesIO(content)) as pdf:
        height = float(pdf.pages[0].mediabox[3])
    zone = [side / MM for side in (left, height - high, right, height - low)]
    assert right - left == pytest.approx(14 * MM, abs=0.1)
    assert not [word for word in on_page if word.touches(zone)]


def _place_of_code(content: bytes) -> list[float]:
    with pikepdf.open(BytesIO(content)) as pdf:
        for element in pdf.objects:
            if isinstance(element, pikepdf.Dictionary) and element.get("/S") == "/Figure":
                return [float(side) for side in element.A.BBox]
    raise AssertionError("There is no code")


def test_a_signature_stands_between_closing_and_name(letter: Letter, words: Read) -> None:
    image = Image.new("RGB", (900, 300), (240, 238, 230))
    image.paste((20, 20, 90), (100, 120, 800, 150))
    scanned = BytesIO()
    image.save(scanned, "JPEG")
    signed = replace(letter, signature_image=signature_png(scanned.getvalue()))
    with pikepdf.open(BytesIO(pdf_bytes(signed))) as pdf:
        last = len(pdf.pages)
        drawn = [one for one in pdf.pages[-1].resources["/XObject"].values() if "/Width" in one]
        assert len(drawn) == 1
        assert "/SMask" in drawn[0]
    for each in (signed, letter):
        on_page = words(pdf_bytes(each), last)
        closing = next(word for word in on_page if word.text == "faithfully,")
        name = [word for word in on_page if word.text == letter.signature.split()[0]][-1]
        assert 15 < name.top - closing.bottom < 25  # room for a hand, or the picture in it
