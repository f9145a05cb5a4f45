"""A person's picture of their signature: made fit for the page, or refused in a sentence."""

import struct
import zlib
from io import BytesIO
from typing import Any

import pytest
from PIL import Image, ImageDraw

from dsr.errors import ExitStatus, InvalidInputError
from dsr.letters.pictures import LARGEST_FILE, BadPictureError
from dsr.letters.signature import TALLEST, signature_png


def scan(
    kind: str = "PNG",
    size: tuple[int, int] = (1600, 700),
    paper: Any = (236, 232, 225),
    **saved: Any,
) -> bytes:
    """Blue ink across the middle of a sheet that is not quite white, with grain."""
    image = Image.new("RGB", size, paper)
    grain = Image.effect_noise(size, 12).convert("RGB")
    image = Image.blend(image, grain, 0.02)
    width, height = size
    line = [(width * x / 100, height * (50 + 20 * (x % 7 - 3) / 3) / 100) for x in range(20, 80)]
    ImageDraw.Draw(image).line(line, fill=(20, 30, 110), width=max(height // 60, 2))
    out = BytesIO()
    image.save(out, kind, **saved)
    return out.getvalue()


def opened(content: bytes) -> Image.Image:
    image = Image.open(BytesIO(content))
    image.load()
    return image


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF", "TIFF", "BMP"])
def test_any_usual_format_becomes_ink_on_a_transparent_ground(kind: str) -> None:
    made = opened(signature_png(scan(kind)))
    assert (made.format, made.mode) == ("PNG", "RGBA")
    alpha = made.getchannel("A")
    assert max(alpha.getpixel(corner) for corner in _corners(made)) == 0
    assert alpha.getextrema()[1] == 255
    assert sum(alpha.histogram()[:10]) > 0.6 * made.width * made.height


def _corners(image: Image.Image) -> list[tuple[int, int]]:
    right, low = image.width - 1, image.height - 1
    return [(0, 0), (right, 0), (0, low), (right, low)]


def test_the_ink_keeps_its_colour() -> None:
    made = opened(signature_png(scan()))
    dark = [p for p in made.get_flattened_data() if p[3] == 255]
    red, blue = (sum(p[n] for p in dark) / len(dark) for n in (0, 2))
    assert blue > red + 40


def test_the_margins_are_cropped_and_the_size_is_bounded() -> None:
    made = opened(signature_png(scan(size=(4000, 5000))))
    assert made.width > made.height
    assert made.height <= TALLEST
    small = opened(signature_png(scan(size=(400, 200))))
    assert small.width < 400
    assert small.height < 200


def test_a_drawing_on_nothing_stays_as_it_is() -> None:
    image = Image.new("RGBA", (500, 200), (0, 0, 0, 0))
    ImageDraw.Draw(image).line([(50, 100), (450, 90)], fill=(0, 0, 0, 255), width=6)
    out = BytesIO()
    image.save(out, "PNG")
    made = opened(signature_png(out.getvalue()))
    assert made.getchannel("A").getextrema() == (0, 255)
    assert made.width < 420


def test_the_same_file_gives_the_same_bytes() -> None:
    scanned = scan("JPEG")
    assert signature_png(scanned) == signature_png(scanned)


def test_nothing_but_pixels_is_left_of_the_file() -> None:
    exif = Image.Exif()
    exif[0x013B] = "Erika Mustermann"
    made = signature_png(scan("JPEG", exif=exif, comment=b"secret", dpi=(300, 300)))
    chunks = _chunks(made)
    assert set(chunks) == {b"IHDR", b"IDAT", b"IEND"}


def _chunks(png: bytes) -> list[bytes]:
    at, found = 8, []
    while at < len(png):
        (length,) = struct.unpack(">I", png[at : at + 4])
        found.append(png[at + 4 : at + 8])
        at += length + 12
    return found


def bomb() -> bytes:
    """A PNG of a few bytes that claims to be 60,000 pixels wide and high."""
    head = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    parts = [(b"IHDR", head), (b"IDAT", zlib.compress(b"\0" * 100)), (b"IEND", b"")]
    framed = [
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in parts
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(framed)


REFUSED = {
    "nothing": b"",
    "text": b"Erika Mustermann",
    "SVG": b'<svg xmlns="http://www.w3.org/2000/svg"><image href="file:///etc/passwd"/></svg>',
    "PDF": b"%PDF-1.7\n",
    "EPS": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\n",
    "cut off": scan("JPEG")[:5000],
    "cut off PNG": scan()[:-2000],
    "a bomb": bomb(),
    "too many bytes": b"\x89PNG\r\n\x1a\n" + b"\0" * LARGEST_FILE,
}


@pytest.mark.parametrize("content", REFUSED.values(), ids=list(REFUSED))
def test_what_is_no_signature_is_refused_in_one_sentence(content: bytes) -> None:
    with pytest.raises(BadPictureError) as caught:
        signature_png(content)
    error = caught.value
    assert isinstance(error, InvalidInputError)
    assert error.exit_status is ExitStatus.INVALID
    assert error.code == "bad_picture"
    assert error.sentence.count(".") == 1
    assert error.hint
    assert "Mustermann" not in f"{error.sentence}{error.hint}"


def test_a_white_sheet_is_no_signature() -> None:
    out = BytesIO()
    Image.new("RGB", (600, 300), "white").save(out, "PNG")
    with pytest.raises(BadPictureError) as caught:
        signature_png(out.getvalue())
    assert "nothing to see" in caught.value.sentence
