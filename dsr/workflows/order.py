"""What a person asks for in a request, checked as it comes in."""

import re
from dataclasses import dataclass
from difflib import get_close_matches
from urllib.parse import urlsplit

from dsr.errors import InvalidInputError, did_you_mean
from dsr.law.receipt import Channel
from dsr.law.rights import Right
from dsr.letters.clauses import Templates
from dsr.letters.document import Enclosure
from dsr.tracker.people import DataSubject, Mandate, Representative, Residence
from dsr.tracker.requests import FORMER_ADDRESS, IMAGES, OTHER_NAME, Identifier

LONGEST_REASON = 200_000  # characters
LONGEST_LINE = 500  # characters
MOST_PHOTOS = 200
_SHA256 = re.compile(r"[0-9a-fA-F]{64}")
PHOTO, MANDATE = "photo_of_me", "mandate"  # captions of enclosures, as language files word them


@dataclass(frozen=True, slots=True, kw_only=True)
class Stationery:
    """How a letter looks on paper: layout, signature, code, what is enclosed."""

    layout: str | None = None  # that of the sender's country, if None
    signature: bytes | None = None  # a picture
    qr: bool = False
    enclosures: tuple[Enclosure, ...] = ()


@dataclass(frozen=True, slots=True)
class MandateOnFile:
    """A client's mandate with the signed file; None if that is on paper, or not needed."""

    mandate: Mandate
    enclosed: Enclosure | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What the person asked for."""

    company: str
    rights: tuple[Right, ...]
    law: str | None = None
    language: str | None = None
    via: Channel | None = None
    photo_urls: tuple[str, ...] = ()
    reason: str | None = None
    correction: str | None = None
    register_letter: bool = False  # the letter that the register gives this company
    about: str = IMAGES
    grounds: tuple[str, ...] = ()  # words for grounds of objection that the templates have
    identifiers: tuple[Identifier, ...] = ()
    photo_enclosed: bool = False
    representative: Representative | None = None
    other_names: tuple[str, ...] = ()  # by which their data may be kept as well
    former_addresses: tuple[Residence, ...] = ()
    mandates: tuple[MandateOnFile, ...] = ()  # of which one must cover the request, if there is any
    most_characters: int | None = None  # that a web form takes
    stationery: Stationery = Stationery()


def own_words(order: Order, templates: Templates, language: str, law: str) -> str | None:
    """The grounds that were chosen, in the letter's language, and the person's own after them.

    Raises InvalidInputError for a ground that there is not, or text that cannot be printed.
    """
    own = checked_text(order.reason, "reason")
    if not order.grounds:
        return own
    known = offered_grounds(templates, language, law)
    for word in order.grounds:
        if word not in known:
            near = did_you_mean(get_close_matches(word, known))
            raise InvalidInputError(
                f"There is no ground called {word!r}.{near}",
                hint=f"Grounds: {', '.join(known) or 'none under this law'}. "
                "Say your own with --reason.",
                code="unknown_ground",
            )
    return "\n\n".join([*(known[word] for word in order.grounds), *filter(None, [own])])


def offered_grounds(templates: Templates, language: str, law: str) -> dict[str, str]:
    """Grounds of objection to choose from, by word; empty where the law knows no objection."""
    if not templates.has_section(law, Right.OBJECTION.value, language):
        return {}
    table = templates.clauses(language, law, Right.OBJECTION.value)
    return {word: " ".join(text.split()) for word, text in table.get("reasons", {}).items()}


def checked_identifiers(given: tuple[Identifier, ...]) -> tuple[Identifier, ...]:
    """The identifiers, each one line of text.

    Raises InvalidInputError if one is not.
    """
    if len(given) > MOST_PHOTOS:
        raise InvalidInputError(f"A letter can name at most {MOST_PHOTOS} identifiers.")
    for each in given:
        if not each.value.strip() or not each.value.isprintable() or len(each.value) > LONGEST_LINE:
            raise InvalidInputError(
                f"What was given as {each.kind} is not one line of text of at most "
                f"{LONGEST_LINE} characters.",
                code="bad_identifier",
            )
        if each.kind == "file-hash" and not _SHA256.fullmatch(each.value):
            raise InvalidInputError(
                "A --photo-hash is the SHA-256 of a file: 64 hexadecimal digits.",
                hint="sha256sum FILE prints it.",
                code="bad_identifier",
            )
    return given


def identifiers_of_person(order: Order, person: DataSubject, locale: str) -> tuple[Identifier, ...]:
    """The other names and earlier addresses that the letter gives, in the words of *locale*."""
    names = [
        Identifier(OTHER_NAME, name)
        for name in order.other_names
        if name.casefold() != person.name.casefold()
    ]
    addresses = [
        Identifier(FORMER_ADDRESS, _in_one_line(each, person.country, locale))
        for each in order.former_addresses
        if each.address
    ]
    return (*names, *addresses)


def _in_one_line(residence: Residence, home: str, locale: str) -> str:
    """An address as one line, with its country where that is not *home*."""
    from babel import Locale

    code = residence.country
    abroad = [] if code == home else [Locale.parse(locale).territories.get(code, code)]
    return ", ".join((*residence.address, *abroad))


def checked_urls(urls: tuple[str, ...]) -> tuple[str, ...]:
    """The web addresses of photos.

    Raises InvalidInputError if one is none.
    """
    if len(urls) > MOST_PHOTOS:
        raise InvalidInputError(f"A letter can name at most {MOST_PHOTOS} photos.")
    for place, url in enumerate(urls, start=1):
        if not _is_web_address(url):
            raise InvalidInputError(
                f"Photo {place} is not a web address.",
                hint="Give the address of the picture, starting with https://",
                code="bad_url",
            )
    return urls


def _is_web_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    plain = url.isprintable() and " " not in url
    secret = parts.username is not None or parts.password is not None
    return plain and not secret and parts.scheme in ("http", "https") and bool(parts.hostname)


def checked_text(text: str | None, what: str) -> str | None:
    """A person's own text, or None if it says nothing.

    Raises InvalidInputError if it is too long or holds what cannot be printed.
    """
    if text is None or not text.strip():
        return None
    if len(text) > LONGEST_REASON:
        raise InvalidInputError(
            f"The {what} is longer than {LONGEST_REASON} characters.", code=f"long_{what}"
        )
    if any(not c.isprintable() and c not in "\n\r\t\u00a0\u202f\u200c\u200d" for c in text):
        raise InvalidInputError(
            f"The {what} holds characters that cannot be printed.", code=f"bad_{what}"
        )
    return text.strip()
