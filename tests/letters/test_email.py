"""The e-mail is one that any program reads back as it was meant."""

from collections.abc import Callable
from dataclasses import replace
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dsr.letters.document import Letter
from dsr.letters.email import email_bytes
from dsr.letters.text import LINE, flowed_text, plain_text

Write = Callable[..., Letter]

LONG_URL = f"https://example.org/{'very-long/' * 30}me.jpg"


def read_back(letter: Letter) -> EmailMessage:
    return cast("EmailMessage", message_from_bytes(email_bytes(letter), policy=default))


def unflowed(message: EmailMessage) -> str:
    """The text as RFC 3676 has a reader restore it."""
    paragraphs, begun = [], ""
    for stuffed in message.get_content().replace("\r\n", "\n").split("\n"):
        line = stuffed.removeprefix(" ")
        if line.endswith(" "):
            begun += line
        else:
            paragraphs.append(begun + line)
            begun = ""
    return "\n".join(paragraphs)


@pytest.mark.parametrize(
    ("slug", "law", "language"),
    [
        ("clearview", "gdpr", "de"),
        ("laion", "gdpr", "en"),
        ("clearview", "ccpa", "en"),
        ("stability-ai", "uk-gdpr", "en"),
    ],
)
def test_an_email_reads_back_as_it_was_meant(
    write: Write, slug: str, law: str, language: str
) -> None:
    letter = write(slug, law, "access", "erasure", language=language, photos=(LONG_URL,))
    message = read_back(letter)
    assert not message.defects
    assert message["Subject"] == letter.subject.replace(" – ", " - ")
    assert letter.reference in message["Subject"]
    assert [address.addr_spec for address in message["To"].addresses] == [letter.recipient_email]
    assert [address.display_name for address in message["From"].addresses] == [letter.signature]
    assert message["From"].addresses[0].addr_spec == letter.sender_email
    assert message["X-Unsent"] == "1"
    assert message.get_content_type() == "text/plain"
    assert message.get_content_charset() == "utf-8"
    assert message["Content-Type"].params["format"] == "flowed"
    assert unflowed(message) == plain_text(letter)


def test_a_domain_with_an_umlaut_is_written_as_mail_servers_know_it(write: Write) -> None:
    letter = replace(write("clearview", "gdpr", "access"), sender_email="erika@münchen.example")
    raw = email_bytes(letter)
    assert b"<erika@xn--mnchen-3ya.example>" in raw


def test_the_bytes_are_mail_lines_that_every_server_takes(write: Write) -> None:
    raw = email_bytes(write("clearview", "gdpr", "access", language="de", photos=(LONG_URL,)))
    assert raw.isascii()
    assert b"\n" not in raw.replace(b"\r\n", b"")
    assert max(len(line) for line in raw.split(b"\r\n")) <= 78


def test_lines_are_wrapped_but_no_web_address_is(write: Write) -> None:
    text = flowed_text(write("clearview", "gdpr", "access", photos=(LONG_URL,)))
    long = [line for line in text.split("\n") if len(line) > LINE + 1]
    assert [line.strip() for line in long] == [LONG_URL]


@pytest.mark.parametrize("start", [">", "> quoted", "From ", "From here on", " "])
def test_lines_that_mail_would_misread_are_protected(write: Write, start: str) -> None:
    letter = write("clearview", "gdpr", "objection", reason=f"{start} I say so.\n\n{start}")
    for line in flowed_text(letter).split("\n"):
        assert not line.startswith((">", "From "))
    assert unflowed(read_back(letter)) == plain_text(letter)


@settings(deadline=None, max_examples=20)
@given(st.text(st.characters(codec="utf-8", exclude_categories=["C", "Zl", "Zp"])))
def test_any_reason_reads_back_in_the_same_words(write: Write, reason: str) -> None:
    letter = write("clearview", "gdpr", "objection", reason=reason)
    assert read_back(letter).get_content().split() == plain_text(letter).split()


@pytest.mark.parametrize(
    "name",
    [
        "Erika “E.” Müller, geb. Größe",
        'Ann "Annie" O\'Neil; Bcc: all@example.org',
        "محمد",
        "山田 太郎",
        "<script>alert(1)</script>",
        "a" * 120,
    ],
)
def test_any_name_stays_one_sender(write: Write, name: str) -> None:
    message = read_back(write("clearview", "gdpr", "erasure", name=name))
    (sender,) = message["From"].addresses
    assert (sender.display_name, sender.addr_spec) == (name, "erika@example.org")
    assert set(message.keys()) == {
        *("Subject", "From", "To", "X-Unsent", "MIME-Version"),
        *("Content-Type", "Content-Transfer-Encoding"),
    }


@pytest.mark.parametrize("address", ["erika@müller.example", "jörg@example.org"])
def test_an_international_address_is_one_recipient(write: Write, address: str) -> None:
    raw = email_bytes(write("clearview", "gdpr", "erasure", email=address))
    (sender,) = message_from_bytes(raw, policy=default)["From"].addresses
    local, _, domain = address.rpartition("@")
    assert sender.addr_spec in {address, f"{local}@{domain.encode('idna').decode()}"}


def test_without_addresses_there_are_no_empty_headers(write: Write) -> None:
    letter = write("clearview", "gdpr", "erasure", email=None, company_email=None)
    message = read_back(letter)
    assert message["From"] is message["To"] is None
    assert "None" not in message.get_content()


def test_the_same_letter_is_the_same_email(write: Write) -> None:
    first, second = (email_bytes(write("laion", "gdpr", "erasure")) for _ in range(2))
    assert first == second
