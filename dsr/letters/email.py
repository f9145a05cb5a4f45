"""A letter as an e-mail file that any mail program opens, ready to send."""

import re
from collections.abc import Iterator
from email.message import EmailMessage
from email.policy import SMTP
from hashlib import sha256
from mimetypes import guess_extension
from unicodedata import normalize

from dsr.letters.document import Letter
from dsr.letters.pictures import printable
from dsr.letters.text import flowed_text

LONGEST_HEADER = 400  # characters; RFC 5322 allows 998


def email_bytes(letter: Letter) -> bytes:
    """The message, unsent: UTF-8, ``format=flowed``, the reference in its subject.

    The parts of the headers hold no line breaks; identities with any are refused on entry.
    """
    message = EmailMessage(policy=SMTP)
    # With a plain hyphen the header needs no encoding and folds without a change.
    message["Subject"] = letter.subject.replace(" – ", " - ")
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
    # A subject folded right after its name would be read with a space in front by some programs.
    return message.as_bytes(policy=SMTP.clone(max_line_length=LONGEST_HEADER))


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
    return Address(name, local, domain)
