"""A letter as an e-mail file that any mail program opens, ready to send."""

import re
from collections.abc import Iterator
from email.message import EmailMessage
from email.policy import SMTP
from hashlib import sha256
from mimetypes import guess_extension
from textwrap import wrap
from unicodedata import normalize

from dsr.letters.document import Letter
from dsr.letters.pictures import printable
from dsr.letters.text import flowed_text

LINE = 76  # characters of a header line; encoded words take at most 75 (RFC 2047)
_PLACE = "The subject"  # put in by hand: Python folds some subjects so that they change


def email_bytes(letter: Letter) -> bytes:
    """The message, unsent: UTF-8, ``format=flowed``, the reference in its subject.

    The parts of the headers hold no line breaks; identities with any are refused on entry.
    """
    message = EmailMessage(policy=SMTP)
    message["Subject"] = _PLACE
    if letter.sender_email:
        message["From"] = _mailbox(letter.signature, letter.sender_email)
    if letter.recipient_email:
        message["To"] = _mailbox(letter.recipient[0], letter.recipient_email)
    message["X-Unsent"] = "1"  # opens as a draft in programs that know it
    message.set_content(flowed_text(letter), cte="quoted-printable")
    message.set_param("format", "flowed")
    for name, (main, _, sub), content in _attachments(letter):
        message.add_attachment(content, maintype=main, subtype=sub, filename=name)
    if message.is_multipart():
        # Python draws a boundary by lot; the same letter is to be the same file.
        message.set_boundary("=_" + sha256(letter.reference.encode()).hexdigest()[:32])
    raw = message.as_bytes(policy=SMTP)
    # With a plain hyphen most English subjects need no encoding.
    subject = _subject(letter.subject.replace(" – ", " - "))
    return raw.replace(f"Subject: {_PLACE}\r\n".encode(), subject, 1)


def _subject(text: str) -> bytes:
    """The header with the subject, folded so that it reads the same when it is unfolded."""
    if text.isascii():
        lines = wrap(f"Subject: {text}", LINE, break_long_words=False, break_on_hyphens=False)
        return "\r\n ".join(lines).encode() + b"\r\n"
    from email.header import Header

    encoded = Header(text, "utf-8", maxlinelen=LINE, header_name="Subject").encode(linesep="\r\n")
    return f"Subject: {encoded}\r\n".encode()


def _attachments(letter: Letter) -> Iterator[tuple[str, tuple[str, str, str], bytes]]:
    """Name, media type and bytes of each enclosure; a picture goes without its metadata."""
    taken: set[str] = set()
    for place, one in enumerate(letter.enclosures, start=1):
        media_type, content = one.media_type, one.content
        if one.is_picture:
            media_type, content = printable(content)
        stem = _slug(one.label) or f"enclosure-{place}"
        name = stem if stem not in taken else f"{stem}-{place}"
        taken.add(name)
        ending = guess_extension(media_type) or ".bin"
        yield name + ending, media_type.partition("/"), content


def _slug(label: str) -> str:
    """A file name made of a label: letters a to z, digits and hyphens."""
    plain = normalize("NFKD", label).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:40]


def _mailbox(name: str, address: str) -> object:
    from email.headerregistry import Address

    local, _, domain = address.rpartition("@")
    if not domain.isascii():  # no encoded word may stand in an address (RFC 2047 section 5)
        from email_validator import validate_email

        domain = validate_email(
            address, check_deliverability=False, test_environment=True
        ).ascii_domain
    return Address(name, local, domain)
