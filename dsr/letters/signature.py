"""A signature, scanned or drawn: from a person's file to ink on a transparent ground."""

from typing import TYPE_CHECKING

from dsr.letters.pictures import BadPictureError, clean, picture, png

if TYPE_CHECKING:
    from PIL.Image import Image

TALLEST = 600  # pixels; 16 mm on the page at 950 a inch
WIDEST = 2_400
FAINTEST = 24  # of 255; anything lighter is paper or the noise of a scanner
BORDER = 4  # pixels left around the ink


def signature_png(content: bytes) -> bytes:
    """The signature in a picture file, as PNG: its paper transparent, its margins cropped.

    Raises BadPictureError if the file is no picture, or nothing is drawn on it.
    """
    ink = _ink(_small(picture(content)))
    box = ink.getchannel("A").point(lambda alpha: 255 if alpha > FAINTEST else 0).getbbox()
    if box is None:
        raise BadPictureError(
            "There is nothing to see on the picture of the signature.",
            hint="Sign with a dark pen on white paper and scan it again.",
        )
    left, top, right, bottom = box
    cropped = ink.crop(
        (
            max(left - BORDER, 0),
            max(top - BORDER, 0),
            min(right + BORDER, ink.width),
            min(bottom + BORDER, ink.height),
        )
    )
    cropped.thumbnail((WIDEST, TALLEST))
    return png(clean(cropped))


def _small(image: "Image") -> "Image":
    """The picture in RGBA, no larger than cropping may need it."""
    whole = image.convert("RGBA")
    whole.thumbnail((2 * WIDEST, 2 * WIDEST))
    return whole


def _ink(image: "Image") -> "Image":
    """What is darker than the paper; a picture with a transparent ground keeps its own."""
    from PIL import ImageChops, ImageOps

    see_through = sum(image.getchannel("A").histogram()[:FAINTEST])
    if 2 * see_through > image.width * image.height:  # drawn on nothing, as on a tablet
        return image
    grey = image.convert("L")
    paper = _paper(grey)
    darkness = ImageChops.subtract(grey.point(lambda _: paper), grey)
    # From paper to full ink, with a dead zone so that grain and shadow of the sheet vanish.
    reach = max(paper - _darkest(grey), 1)
    floor = max(FAINTEST, reach // 6)
    covered = darkness.point(lambda d: max(0, min(255, (d - floor) * 255 // max(reach - floor, 1))))
    inked = ImageOps.autocontrast(image.convert("RGB"), preserve_tone=True)
    inked.putalpha(covered)
    return inked


def _paper(grey: "Image") -> int:
    """The brightness of the paper: the commonest one in the lighter half."""
    counts = grey.histogram()
    return max(range(128, 256), key=lambda value: counts[value])


def _darkest(grey: "Image") -> int:
    """The brightness that a ten-thousandth of the picture is darker than."""
    seen, enough = 0, grey.width * grey.height // 10_000 + 1
    for value, count in enumerate(grey.histogram()):
        seen += count
        if seen >= enough:
            return value
    return 255
