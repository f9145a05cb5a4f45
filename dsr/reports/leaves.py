"""An exhibit on paper: e-mails, pictures, texts and PDF files as pages; of anything else a notice.

What came from a stranger is never run and never fetched: PDF files lose their actions, HTML is
shown as the text that it holds.
"""

from base64 import b64encode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from email import message_from_bytes
from email.errors import MessageError
from email.message import EmailMessage
from email.policy import default
from hashlib import sha256
from html.parser import HTMLParser
from io import BytesIO
from typing import Any

from dsr.errors import DsrError
from dsr.letters.pictures import printable
from dsr.reports.bundle_pages import pages
from dsr.tracker.events import DocumentRecord

LARGEST_SHOWN = 20 * 1024 * 1024  # bytes; what is larger lies in the archive only
LONGEST_SHOWN = 200_000  # characters of a text
MOST_ATTACHMENTS = 50
DEEPEST = 3  # e-mails within e-mails
EMAIL, PDF = "message/rfc822", "application/pdf"
HEADERS = ("From", "To", "Cc", "Date", "Subject", "Message-ID")
_NAMED = {"From": "from", "To": "to", "Date": "date", "Subject": "subject"}
_BLOCKS = frozenset("p div br tr li h1 h2 h3 h4 h5 h6 blockquote table ul ol hr pre".split())  # noqa: SIM905
_UNSEEN = frozenset("script style title template noscript".split())  # noqa: SIM905


@dataclass(frozen=True, slots=True)
class Setting:
    """What all pages of one bundle share."""

    language: str
    words: Mapping[str, str]
    made_on: date
    paper: str = "A4"

    def pages(self, kind: str, title: str, **said: Any) -> "Leaf":
        """The pages of one kind."""
        content = pages(
            kind,
            language=self.language,
            title=title,
            made_on=self.made_on,
            paper=self.paper,
            words=self.words,
            **said,
        )
        return Leaf(content)


@dataclass(frozen=True, slots=True)
class Leaf:
    """Pages as a PDF file; those that others made are set smaller, to fit under a page number."""

    content: bytes
    foreign: bool = False


def leaves(
    document: DocumentRecord, content: bytes | None, path: str, setting: Setting
) -> Iterator[Leaf]:
    """The PDF files that show a document, one after another; *content* is None if it is too large.

    *path* is where the document itself lies in the archive.
    """
    shown = _shown(document.name, document.media_type, content, setting, 0) if content else None
    if shown is None:
        yield _notice(document.name, document.sha256, path, setting)
        return
    yield from shown


def _shown(
    name: str, media_type: str, content: bytes, setting: Setting, depth: int
) -> list[Leaf] | None:
    """A document as PDF files, or None if it cannot be shown."""
    ending = name.lower().rpartition(".")[2]
    if content.startswith(b"%PDF-") or media_type == PDF:
        return _of_pdf(content)
    if media_type == EMAIL or ending == "eml":
        return _of_email(name, content, setting, depth)
    if media_type.startswith("image/"):
        return _of_picture(name, content, setting)
    if media_type.startswith("text/") or ending in ("txt", "csv", "md", "log"):
        text = content.decode("utf-8", errors="replace")
        if media_type == "text/html":
            text = text_of_html(text)
        return [setting.pages("text", name, text=_printable(text))]
    return None


def _of_pdf(content: bytes) -> list[Leaf] | None:
    """The pages with what forms and comments show drawn in, and with nothing that acts."""
    import pikepdf

    try:
        with pikepdf.open(BytesIO(content)) as pdf:
            if not len(pdf.pages):
                return None
            pdf.generate_appearance_streams()
            pdf.flatten_annotations("all")
            with pikepdf.new() as plain:
                plain.pages.extend(pdf.pages)
                for page in plain.pages:
                    for key in ("/AA", "/Annots"):
                        if key in page:
                            del page[key]
                out = BytesIO()
                plain.save(out, deterministic_id=True)
        return [Leaf(out.getvalue(), foreign=True)]
    except (pikepdf.PdfError, pikepdf.PasswordError, ValueError, TypeError, RuntimeError):
        return None


def _of_picture(name: str, content: bytes, setting: Setting) -> list[Leaf] | None:
    try:
        media_type, shown = printable(content)
    except DsrError:
        return None
    src = f"data:{media_type};base64,{b64encode(shown).decode()}"
    return [setting.pages("picture", name, src=src)]


def _of_email(name: str, content: bytes, setting: Setting, depth: int) -> list[Leaf] | None:
    """Who wrote to whom and when, the text, and behind it what was attached."""
    try:
        message = message_from_bytes(content, policy=default)
        headers = list(_headers(message, setting.words))
        text = _body(message)
        attached = [] if depth >= DEEPEST else list(_attached(message))
    except (MessageError, ValueError, TypeError, LookupError, AttributeError, RecursionError):
        return None
    if not headers and not text.strip():
        return None
    if attached:
        listed = "; ".join(
            f"{called} ({len(data)} bytes, SHA-256 {sha256(data).hexdigest()})"
            for called, _, data in attached
        )
        headers.append((setting.words["attachments"], listed))
    found = [setting.pages("email", name, headers=headers, text=_printable(text))]
    for called, media_type, data in attached:
        found += _shown(called, media_type, data, setting, depth + 1) or []
    return found


def _headers(message: EmailMessage, words: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for name in HEADERS:
        value = message.get(name)
        if value:
            yield words[_NAMED[name]] if name in _NAMED else name, _printable(str(value))


def _body(message: EmailMessage) -> str:
    part = message.get_body(("plain", "html"))
    if part is None:
        return ""
    try:
        text = str(part.get_content())
    except (LookupError, ValueError, KeyError):
        payload = part.get_payload(decode=True)
        text = payload.decode("utf-8", "replace") if isinstance(payload, bytes) else ""
    if part.get_content_type() == "text/html":
        return text_of_html(text)
    return _unflowed(text) if part.get_param("format") == "flowed" else text


def _unflowed(text: str) -> str:
    """A text whose lines end in a blank where they go on.  Source: RFC 3676."""
    lines = [""]
    for line in text.splitlines():
        plain = line.removeprefix(" ")
        lines[-1] += plain
        if not plain.endswith(" ") or plain == "-- ":
            lines.append("")
    return "\n".join(lines)


def _attached(message: EmailMessage) -> Iterator[tuple[str, str, bytes]]:
    for number, part in enumerate(message.iter_attachments(), start=1):
        if number > MOST_ATTACHMENTS:
            return
        name = part.get_filename() or f"{number}"
        if part.get_content_type() == EMAIL:
            inner = part.get_content()
            yield name if part.get_filename() else f"{number}.eml", EMAIL, inner.as_bytes()
            continue
        data = part.get_payload(decode=True)
        if isinstance(data, bytes):
            yield name, part.get_content_type(), data


def text_of_html(source: str) -> str:
    """What a page of HTML says, without anything that it would run, load or hide in its head."""
    reader = _Reader()
    reader.feed(source)
    reader.close()
    return "\n".join(line for each in reader.lines if (line := " ".join(each.split())))


class _Reader(HTMLParser):
    """Hears the text of a page, in time that grows with its length alone."""

    def __init__(self) -> None:
        super().__init__()
        self.lines = [""]
        self._unseen = 0  # how many elements are open whose text nobody sees

    def handle_starttag(self, tag: str, attrs: object) -> None:  # noqa: ARG002
        self._unseen += tag in _UNSEEN
        if tag in _BLOCKS:
            self.lines.append("")

    def handle_endtag(self, tag: str) -> None:
        self._unseen = max(0, self._unseen - (tag in _UNSEEN))
        if tag in _BLOCKS:
            self.lines.append("")

    def handle_data(self, data: str) -> None:
        if not self._unseen:
            self.lines[-1] += data


def _printable(text: str) -> str:
    """A text without what no page can show, and no longer than anyone would read."""
    plain = "".join(c if c.isprintable() or c in "\n\t" else " " for c in text)
    return plain if len(plain) <= LONGEST_SHOWN else f"{plain[:LONGEST_SHOWN]}\n[…]"


def _notice(name: str, digest: str, path: str, setting: Setting) -> Leaf:
    text = setting.words["not_shown"].format(name=path)
    return setting.pages("notice", name, name=name, text=text, sha256=digest)
