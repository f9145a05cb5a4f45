"""A letter as an e-mail file that any mail program opens, ready to send."""

from email.message import EmailMessage
from email.policy import SMTP

from dsr.letters.document import Letter
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
    # A subject folded right after its name would be read with a space in front by some programs.
    return message.as_bytes(policy=SMTP.clone(max_line_length=LONGEST_HEADER))


def _mailbox(name: str, address: str) -> object:
    from email.headerregistry import Address

    local, _, domain = address.rpartition("@")
    return Address(name, local, domain)
