"""What each company is called and where its mail comes from, read without checking its record.

With thousands of records, checking each before a search would take seconds.
"""

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unicodedata import combining, normalize
from urllib.parse import urlsplit

_FIRST_TABLE = re.compile(r"^\[", re.MULTILINE)
_MAILBOX = re.compile(r'^address = "[^"@]+@([^"]+)"', re.MULTILINE)
_ELSEWHERE = re.compile(r'^datenanfragen = "([^"]+)"', re.MULTILINE)
_SAID = re.compile(r'^says = "(.*)"$', re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Known:
    """The names of one company; ``names`` are plain, ``hosts`` those of its site and mail."""

    slug: str
    name: str
    kind: str
    country: str
    layer: str
    names: tuple[str, ...]
    hosts: frozenset[str]
    parent: str | None = None
    same_as: str | None = None  # its slug in the imported register
    said: str = ""  # what the record says of it, as written


def known_from_toml(slug: str, text: str, layer: str) -> Known | None:
    """What the record in *text* is called, or None if its head cannot be read."""
    first = _FIRST_TABLE.search(text)
    try:
        head = tomllib.loads(text[: first.start()] if first else text)
    except tomllib.TOMLDecodeError:
        return None
    name = head.get("name")
    if not isinstance(name, str):
        return None
    elsewhere = _ELSEWHERE.search(text)
    return Known(
        slug=slug,
        name=name,
        kind=str(head.get("kind", "")),
        country=str(head.get("country", "")),
        layer=layer,
        names=plain_names(slug, name, *_texts(head, "aliases"), *_texts(head, "services")),
        hosts=hosts(head.get("website"), _MAILBOX.findall(text)),
        parent=head.get("parent") if isinstance(head.get("parent"), str) else None,
        same_as=elsewhere[1] if elsewhere else None,
        said=" ".join(_SAID.findall(text)),
    )


def plain_names(*names: str) -> tuple[str, ...]:
    """The names in plain spelling, once each."""
    return tuple(dict.fromkeys(filter(None, map(plain, names))))


def hosts(website: object, mail_domains: list[str]) -> frozenset[str]:
    """The hosts by which a pasted web or e-mail address is recognised."""
    site = domain_of(website) if isinstance(website, str) else ""
    return frozenset(filter(None, (site, *(domain.lower() for domain in mail_domains))))


def plain(text: str) -> str:
    """Lower case, without accents, words separated by single spaces."""
    if not text.isascii():
        text = "".join(c for c in normalize("NFKD", text) if not combining(c)).replace("ß", "ss")
    return " ".join(text.lower().replace("-", " ").replace("_", " ").split())


def domain_of(url: str) -> str:
    """The host of a web address without ``www.``."""
    try:
        return (urlsplit(url).hostname or "").removeprefix("www.")
    except ValueError:
        return ""


def read_text(path: Path) -> str | None:
    """The text of a record, or None if it cannot be read; its own look-up says why."""
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        return None


def _texts(head: dict[str, Any], key: str) -> list[str]:
    value = head.get(key)
    return [each for each in value if isinstance(each, str)] if isinstance(value, list) else []
