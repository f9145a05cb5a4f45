"""A letter as plain text: whole paragraphs for a web form, wrapped lines for e-mail."""

import re
from collections.abc import Sequence
from textwrap import wrap

from dsr.letters.document import Block, Demand, Exhibit, Heading, Letter, Paragraph

LINE = 72  # columns, for e-mail


def plain_text(letter: Letter) -> str:
    """The body of the letter, one line a paragraph, as any web form takes it."""
    return "\n\n".join(_parts(letter)) + "\n"


def full_text(letter: Letter) -> str:
    """The body with sender, recipient, date and subject over it, as a letter on its own."""
    head = [
        "\n".join([*letter.sender, *([letter.sender_email] if letter.sender_email else [])]),
        "\n".join(
            [*letter.recipient, *([letter.recipient_email] if letter.recipient_email else [])]
        ),
        letter.date_line,
        letter.subject,
    ]
    return "\n\n".join([*head, plain_text(letter)])


def flowed_text(letter: Letter) -> str:
    """The body for an e-mail: lines of 72 columns that a reader may join again (RFC 3676)."""
    paragraphs = [_flowed(line) for part in _parts(letter) for line in [*part.split("\n"), ""]]
    return "\n".join(paragraphs).rstrip("\n") + "\n"


def text_of(
    *, salutation: str, blocks: tuple[Block, ...], closing: str, signature: str, colon: str
) -> str:
    """A text of these parts, one line a paragraph."""
    return "\n\n".join(_said(salutation, blocks, closing, signature, colon)) + "\n"


def _parts(letter: Letter) -> list[str]:
    return _said(
        letter.salutation, letter.blocks, letter.closing, letter.signature, letter.labels.colon
    )


def _said(
    salutation: str, blocks: tuple[Block, ...], closing: str, signature: str, colon: str
) -> list[str]:
    parts = [salutation] if salutation else []
    for block in blocks:
        match block:
            case Heading(text, None):
                parts.append(f"{text}{colon.rstrip()}")
            case Heading(text, number):
                parts.append(f"{number}. {text}")
            case Paragraph(text):
                parts.append(text)
            case Demand(code):
                parts.append(f"{code}{colon}{block.sentence}")
            case Exhibit(label, url):
                parts.append(f"{label}{colon}{url}")
    return [*parts, f"{closing}\n{signature}"]


def sections(letter: Letter) -> list[tuple[str, str]]:
    """The numbered sections of a letter, each by its heading, as texts to be pasted."""
    found: list[tuple[str, list[Block]]] = []
    for block in letter.blocks:
        if isinstance(block, Heading) and block.number is not None:
            found.append((f"{block.number}. {block.text}", []))
        elif found:
            found[-1][1].append(block)
    colon = letter.labels.colon
    return [
        (title, "\n\n".join(_said("", tuple(inside), "", "", colon)).strip())
        for title, inside in found
    ]


def demand_texts(text: str, codes: Sequence[str]) -> dict[str, str]:
    """What a letter in plain text asks under each of *codes*, as far as it names them."""
    said = re.findall(
        rf"^({'|'.join(map(re.escape, codes))})\s*[:：]\s*(\S.*)$", text, re.MULTILINE
    )
    return dict(reversed(said))  # the first of two counts


def _flowed(paragraph: str) -> str:
    lines = wrap(paragraph, LINE, break_long_words=False, break_on_hyphens=False)
    stuffed = [f" {line}" if line.startswith((" ", ">", "From ")) else line for line in lines]
    return " \n".join(stuffed)
