"""Pictures that a person hands in: decoded safely or refused, and stripped of what they tell."""

import warnings
from functools import lru_cache
from io import BytesIO
from typing import TYPE_CHECKING, Any

from dsr.errors import InvalidInputError

if TYPE_CHECKING:
    from PIL.Image import Image

FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "TIFF", "BMP")
LARGEST_FILE = 20_000_000  # bytes
MOST_PIXELS = 50_000_000  # a scan of a whole page at 600 dpi has 35 million
_JPEG = b"\xff\xd8"  # how such a file begins
PRINTED = 2_400  # pixels on the longer side: 300 a inch on a page


class BadPictureError(InvalidInputError):
    """A file that is no picture dsr can print."""

    default_code = "bad_picture"


def picture(content: bytes) -> "Image":
    """The pixels of a picture's first frame, upright.

    Raises BadPictureError if it is too large, damaged, or of another format.
    """
    from PIL import Image

    if len(content) > LARGEST_FILE:
        raise BadPictureError("The picture is larger than 20 MB.", hint="Scale it down first.")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of damaged metadata, which is thrown away
            image = Image.open(BytesIO(content), formats=FORMATS)
            _check_size(image)
            return _decoded(image)
    except BadPictureError:
        raise
    except Exception as error:  # Pillow's decoders raise errors of many kinds
        raise BadPictureError(
            "The file is not a picture that can be read, or it is damaged.",
            hint="Give a PNG, JPEG, WebP, GIF, TIFF or BMP file.",
        ) from error


def _decoded(image: "Image") -> "Image":
    from PIL import ImageFile, ImageOps

    # WeasyPrint has Pillow fill up what a damaged file lacks; half a picture is not evidence.
    lenient, ImageFile.LOAD_TRUNCATED_IMAGES = ImageFile.LOAD_TRUNCATED_IMAGES, False
    try:
        image.load()
    finally:
        ImageFile.LOAD_TRUNCATED_IMAGES = lenient
    return ImageOps.exif_transpose(image)


def _check_size(image: "Image") -> None:
    """Raise BadPictureError before a small file becomes pixels by the gigabyte."""
    if image.width * image.height > MOST_PIXELS:
        raise BadPictureError(
            "The picture has more than 50 million pixels.", hint="Scale it down first."
        )


@lru_cache(maxsize=4)  # one photo goes to many companies
def printable(content: bytes) -> tuple[str, bytes]:
    """The picture as it goes to the company: media type and bytes without any metadata.

    A camera writes the place and the owner's name into a file; nothing but pixels leaves here.
    """
    image = picture(content)
    lossy = content.startswith(_JPEG)
    flat = _on_white(image)
    flat.thumbnail((PRINTED, PRINTED))
    return (
        ("image/jpeg", _saved(flat, "JPEG", quality=90))
        if lossy
        else (
            "image/png",
            _saved(flat, "PNG", optimize=False),
        )
    )


def _on_white(image: "Image") -> "Image":
    """Grey or RGB, since a page for the archive takes no other colours; no transparency."""
    from PIL import Image

    if image.mode in ("L", "RGB") and "transparency" not in image.info:
        return clean(image)
    if image.mode in ("1", "I", "F") or image.mode.startswith("I;16"):
        return clean(image.convert("L"))
    whole = image.convert("RGBA")
    paper = Image.new("RGBA", whole.size, "white")
    paper.alpha_composite(whole)
    return paper.convert("RGB")


def clean(image: "Image") -> "Image":
    """A copy of the pixels that has no other data."""
    from PIL import Image

    copy = Image.new(image.mode, image.size)
    copy.paste(image)
    return copy


def _saved(image: "Image", kind: str, **options: Any) -> bytes:
    out = BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def png(image: "Image") -> bytes:
    """The picture as PNG, the same bytes each time."""
    return _saved(image, "PNG", optimize=False, compress_level=9)
