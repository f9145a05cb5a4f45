"""The page fits its envelope: what is measured in the PDF is what the window shows."""

from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from typing import Any

import pikepdf
import pytest

from dsr.directory.catalogue import Catalogue
from dsr.errors import InvalidInputError
from dsr.letters.document import Letter
from dsr.letters.layouts import LAYOUTS, layout_for
from dsr.letters.page import html
from dsr.letters.pdf import pdf_bytes
from dsr.paths import bundled

pytestmark = pytest.mark.usefixtures("needs_weasyprint")

Write = Callable[..., Letter]
Words = Callable[..., list[Any]]
Zone = tuple[float, float, float, float]

MM = 72 / 25.4  # points
POSTAL = [company.slug for company in Catalogue().companies()[0] if company.postal]


def always_seen(
    *,
    envelope: tuple[float, float],
    window: tuple[float, float],
    left: float,
    low: float,
    sheet: tuple[float, float],
    hidden: float = 0,
) -> Zone:
    """The part of the page that a window shows wherever the folded sheet has slid.

    All in millimetres, width before height; *low* is the window's distance from the lower edge,
    *hidden* what the fold leaves above the panel with the address.
    """
    across, down = envelope[0] - sheet[0], envelope[1] - sheet[1]
    top = envelope[1] - low - window[1] - hidden
    return (left, top, left + window[0] - across, top + window[1] - down)


DL, NUMBER_10 = (220, 110), (241.3, 104.8)
DIN = {"envelope": DL, "window": (90, 45), "left": 20, "low": 15, "sheet": (210, 105)}
UK = {"envelope": DL, "window": (90, 35), "left": 20, "low": 18}
FRENCH = {"envelope": DL, "window": (100, 45), "left": 220 - 20 - 100, "low": 20}
US = {"envelope": NUMBER_10, "window": (114.3, 28.6), "left": 22.2, "low": 12.7}
SEEN = {
    "din-5008-a": always_seen(**DIN, hidden=18),  # type: ignore[arg-type]
    "din-5008-b": always_seen(**DIN),  # type: ignore[arg-type]
    "us-10": always_seen(**US, sheet=(215.9, 99)),  # type: ignore[arg-type]
    "uk": always_seen(**UK, sheet=(210, 105)),  # type: ignore[arg-type]
    "fr": always_seen(**FRENCH, sheet=(210, 105)),  # type: ignore[arg-type]
}
# Folded into equal thirds, as by someone who does not see the marks.
IN_THIRDS = {
    "us-10": (always_seen(**US, sheet=(215.9, 93.1)), 4),  # type: ignore[arg-type]
    "uk": (always_seen(**UK, sheet=(210, 99)), 5),  # type: ignore[arg-type]
    "fr": (always_seen(**FRENCH, sheet=(210, 99)), 6),  # type: ignore[arg-type]
}
FOLDS = {
    "din-5008-a": (87, 148.5, 192),
    "din-5008-b": (105, 148.5, 210),
    "us-10": (99, 198),
    "uk": (105, 210),
    "fr": (105, 210),
}
USUAL = ("Example Imaging, Inc.", "Attn: Privacy", "418 Example Street", "Albany, NY 12207")
RECIPIENTS = {
    "usual": USUAL,
    "nine lines": tuple(f"Address line number {n} ÄÖÜÅÇ" for n in range(1, 10)),
    "long lines": ("Gesellschaft für sehr lange Namen mbH & Co. KG, Abteilung Datenschutz",) * 4,
    "one word": ("W" * 120, "x" * 300, "Ж" * 40),
    "other scripts": ("山" * 60, "محمد بن سلمان الدوسري", "Æ" * 40),
}


def said(boxes: list[Any]) -> str:
    """The words by line and column, without what lies between them."""
    lines = sorted(boxes, key=lambda b: (round(b.bottom, 1), b.left))
    return "".join("".join(box.text for box in lines).split())


def plain(*parts: str) -> str:
    return "".join("".join(parts).split())


@pytest.mark.parametrize(
    ("country", "layout"),
    [
        *((country, "us-10") for country in ("US", "CA")),
        *((country, "uk") for country in ("GB", "IE")),
        *((country, "fr") for country in ("FR", "BE", "LU", "MC")),
        *((country, "din-5008-b") for country in ("DE", "AT", "ES", "NO", "JP", "", None)),
    ],
)
def test_a_country_posts_in_its_own_envelopes(country: str | None, layout: str) -> None:
    assert layout_for(country) == layout


def test_each_layout_has_a_style_sheet_that_says_what_its_numbers_rest_on() -> None:
    assert set(SEEN) == set(LAYOUTS)
    for layout in LAYOUTS:
        css = (bundled("templates") / "layout" / f"{layout}.css").read_text("utf-8")
        assert css.startswith("/*")
        assert "Own computation" in css


@pytest.mark.parametrize("slug", POSTAL)
def test_the_window_shows_the_address_and_the_return_address_only(
    write: Write, words: Words, slug: str
) -> None:
    letter = write(slug, "gdpr", "objection", language="de")
    on_page = words(pdf_bytes(letter))
    field = (20, 45, 105, 90)  # the address field of DIN 5008 form B, larger than what is sure
    inside = [word for word in on_page if word.inside(field)]
    assert said(inside) == plain(" · ".join(letter.sender[:3]), *letter.recipient)
    assert [word for word in on_page if word.touches(field)] == inside
    assert all(word.inside(SEEN["din-5008-b"]) for word in inside)


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("recipient", RECIPIENTS.values(), ids=list(RECIPIENTS))
def test_every_address_is_whole_in_the_window_wherever_the_sheet_slides(
    write: Write, words: Words, layout: str, recipient: tuple[str, ...]
) -> None:
    sender = ("Erika Mustermann", *(f"Line {n} of her address" for n in range(2, 10)))
    letter = replace(
        write("laion", "gdpr", "erasure"), layout=layout, recipient=recipient, sender=sender
    )
    on_page = words(pdf_bytes(letter))
    inside = [word for word in on_page if word.inside(SEEN[layout])]
    back = " · ".join(sender[:3]) if layout.startswith("din") else ""
    if recipient == RECIPIENTS["other scripts"]:  # Poppler gives right-to-left letters turned
        assert sorted(said(inside)) == sorted(plain(back, *recipient))
    else:
        assert said(inside) == plain(back, *recipient)
    assert [word for word in on_page if word.touches(SEEN[layout])] == inside


@pytest.mark.parametrize("layout", IN_THIRDS)
def test_a_usual_address_is_in_the_window_of_a_sheet_folded_into_thirds(
    write: Write, words: Words, layout: str
) -> None:
    zone, lines = IN_THIRDS[layout]
    recipient = (*USUAL, "UNITED STATES", "Six")[:lines]
    letter = replace(write("laion", "gdpr", "erasure"), layout=layout, recipient=recipient)
    inside = [word for word in words(pdf_bytes(letter)) if word.inside(zone)]
    assert said(inside) == plain(*recipient)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_head_of_the_page_does_not_run_into_the_text(
    write: Write, words: Words, layout: str
) -> None:
    sender = (
        "Erika Mustermann",
        *(f"A long line {n} of the address she has" for n in range(2, 10)),
    )
    letter = replace(write("laion", "gdpr", "erasure"), layout=layout, sender=sender)
    on_page = words(pdf_bytes(letter))
    subject = min(word.top for word in on_page if word.text == letter.subject.split()[0])
    date = max(word.bottom for word in on_page if word.text == "2026")
    assert date < subject


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_paper_is_that_of_the_country(write: Write, layout: str) -> None:
    letter = replace(write("laion", "gdpr", "erasure"), layout=layout)
    with pikepdf.open(BytesIO(pdf_bytes(letter))) as pdf:
        size = {tuple(float(side) / MM for side in page.mediabox[2:]) for page in pdf.pages}
    expected = (215.9, 279.4) if layout == "us-10" else (210, 297)
    assert [pytest.approx(side, abs=0.1) for side in expected] == list(*size)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_first_page_has_marks_where_it_is_folded(write: Write, layout: str) -> None:
    letter = replace(write("laion", "gdpr", "erasure", "access"), layout=layout)
    with pikepdf.open(BytesIO(pdf_bytes(letter))) as pdf:
        marks = [_marks(page) for page in pdf.pages]
    assert marks[0] == [pytest.approx(place, abs=0.3) for place in FOLDS[layout]]
    assert not any(marks[1:])


def _marks(page: pikepdf.Page) -> list[float]:
    """How far from the top lines begin at the very left edge, in millimetres."""
    scale, found = 0.75, set()
    for operands, operator in pikepdf.parse_content_stream(page):
        if str(operator) == "re":
            left, top, width, height = (float(number) for number in operands)
            if abs(left) < 0.1 and 0 < height < 1 and 10 < width < 30:
                found.add(round(top * scale / MM, 2))
    return sorted(found)


def test_an_address_that_cannot_be_set_is_refused_and_not_cut_off(write: Write) -> None:
    letter = replace(write("laion", "gdpr", "erasure"), recipient=("W" * 3000,))
    with pytest.raises(InvalidInputError) as caught:
        html(letter)
    assert caught.value.code == "address_too_long"
    assert "WWW" not in f"{caught.value.sentence}{caught.value.hint}"
