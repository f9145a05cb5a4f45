"""A letter as structured text: composed once, then rendered as plain text, e-mail and PDF."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Heading:
    """The title of a numbered section, or of a stage within one."""

    text: str
    number: int | None = None


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text."""

    text: str


@dataclass(frozen=True, slots=True)
class Demand:
    """One question or demand under its stable code, so that an answer can be ticked off."""

    code: str
    text: str
    citation: str

    @property
    def sentence(self) -> str:
        """The demand with the articles it rests on."""
        return f"{self.text} ({self.citation})" if self.citation else self.text


@dataclass(frozen=True, slots=True)
class Exhibit:
    """An image named by its web address."""

    label: str
    url: str


Block = Heading | Paragraph | Demand | Exhibit


@dataclass(frozen=True, slots=True, kw_only=True)
class Labels:
    """Words of the page outside of the text."""

    reference: str
    page: str
    email: str
    enclosures: str = "Enclosures"
    colon: str = ": "  # between a code and what it stands for; French sets a space before it


@dataclass(frozen=True, slots=True)
class Enclosure:
    """A file that goes with the letter: a picture on a page of its own, an attachment by e-mail."""

    label: str
    caption: str
    media_type: str
    content: bytes

    @property
    def is_picture(self) -> bool:
        """Whether it can be printed on a page."""
        return self.media_type.startswith("image/")


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A whole letter, ready to be rendered."""

    language: str
    layout: str
    reference: str
    sender: tuple[str, ...]
    sender_email: str | None
    recipient: tuple[str, ...]
    recipient_email: str | None
    dated: date
    date_line: str
    subject: str
    salutation: str
    blocks: tuple[Block, ...]
    closing: str
    signature: str
    labels: Labels
    signature_image: bytes | None = None  # as `dsr.letters.signature` makes it
    enclosures: tuple[Enclosure, ...] = ()
    qr: bool = False  # print the reference as a QR code, too
    data: bytes | None = None  # the request for machines, as JSON
    own_layouts: Path | None = None  # style sheets and page of the person's own
