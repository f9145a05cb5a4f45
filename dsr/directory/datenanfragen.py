"""Records of the Datenanfragen.de directory, read as records of ours; what is odd is repaired.

The format is that of their schema files (repository ``datenanfragen/data``, CC0-1.0).
"""

import json
import re
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from dsr.directory.names import domain_of

KEY = "import"  # of the one source that an imported record has
_INVISIBLE = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u2060\ufeff"))
_KINDS = {
    "social media": "social-platform",
    "addresses": "data-broker",
    "credit agency": "data-broker",
}
_CHANNELS = {"email": "email", "webform": "webform", "letter": "post", "fax": "fax"}
_RIGHTS = ("access", "erasure", "rectification", "objection")
# Spellings that no locale has.
_ALSO_CALLED = {
    "the netherlands": "NL",
    "united states of america": "US",
    "republic of singapore": "SG",
    "hong kong": "HK",
    "czech republic": "CZ",
}
_MAILBOX = re.compile(r"[^@\s<>,;]+@[^@\s<>,;]+\.[^@\s<>,;]+\Z")
_NUMBER = re.compile(r"\+\d[\d ]+( ext\. \d+)?\Z")


@dataclass(frozen=True, slots=True)
class Converted:
    """A record as ours reads it, and a sentence for each thing that had to be mended."""

    record: dict[str, Any]
    repairs: tuple[str, ...]


def parsed(content: bytes) -> dict[str, Any]:
    """The JSON object in *content*; raises ValueError, saying what is wrong with it."""
    try:
        found = json.loads(content)
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError) as error:
        raise ValueError(_where(error)) from error
    if not isinstance(found, dict):
        raise ValueError("holds no JSON object")  # noqa: TRY004  (a wrong value, not a bug)
    return found


def converted(raw: dict[str, Any], *, imported_on: date) -> Converted:
    """*raw* as a record of ours, ready to be checked by ``Company``."""
    repairs: list[str] = []
    text = _Text(raw, repairs)
    slug = text("slug")
    lines = [line for line in map(str.strip, text("address").split("\n")) if line]
    country = country_code(lines[-1]) if lines else None
    if country:
        lines.pop()
    else:
        repairs.append("the country at the end of its address was not recognised")
    record: dict[str, Any] = {
        "slug": slug,
        "name": text("name"),
        "aliases": [],
        "services": [each for each in map(text.clean, raw.get("runs", ())) if each],
        "kind": next((_KINDS[c] for c in raw.get("categories", ()) if c in _KINDS), "other"),
        "country": country or "ZZ",
        "website": _web_address(text("web"), "web", repairs),
        "checked_on": imported_on,
        "grade": raw.get("quality"),
        "request_language": raw.get("request-language"),
        "categories": raw.get("categories", ()),
        "elsewhere": {"datenanfragen": slug},
        "sources": {KEY: _source(raw, slug, imported_on)},
        **_contacts(text, repairs),
        **_demands(raw, text),
    }
    if lines:
        record["postal"] = _sourced(lines=lines, country=country or "ZZ")
    templates = {right: raw[f"custom-{right}-template"] for right in _RIGHTS
                 if f"custom-{right}-template" in raw}  # fmt: skip
    record["letter_templates"] = templates
    return Converted({key: value for key, value in record.items() if value}, tuple(repairs))


class _Text:
    """The texts of a raw record, without invisible letters; what was cleaned is noted."""

    def __init__(self, raw: dict[str, Any], repairs: list[str]) -> None:
        self._raw = raw
        self._repairs = repairs

    def __call__(self, key: str) -> str:
        value = self._raw.get(key, "")
        if not isinstance(value, str):
            raise ValueError(f"{key} is no text")  # noqa: TRY004  (a wrong value, not a bug)
        cleaned = self.clean(value)
        if cleaned != value:
            self._repairs.append(f"invisible letters or spaces were taken out of its {key}")
        return cleaned

    @staticmethod
    def clean(value: object) -> str:
        """*value* without soft hyphens, zero-width letters and spaces around."""
        text = str(value)
        return (text if text.isascii() else text.translate(_INVISIBLE)).strip()


def _contacts(text: _Text, repairs: list[str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    mailbox = text("email")
    if mailbox and _MAILBOX.match(mailbox):
        found["email"] = [_sourced(address=mailbox, purpose="requests of data subjects")]
    elif mailbox:
        repairs.append("its e-mail address is none and was left out")
    form = _web_address(text("webform"), "webform", repairs)
    if form:
        found["webforms"] = [_sourced(purpose="requests of data subjects", url=form)]
    for key in ("phone", "fax"):
        number = text(key)
        if number and _NUMBER.match(number):
            found[key] = _sourced(number=number)
        elif number:
            repairs.append(f"its {key} number is none and was left out")
    channel = _CHANNELS.get(text("suggested-transport-medium"))
    if channel:
        says = "The register recommends this way."
        found["preferred"] = [_sourced(rights=_RIGHTS, channel=channel, says=says)]
    return found


def _demands(raw: dict[str, Any], text: _Text) -> dict[str, Any]:
    found: dict[str, Any] = {
        "wants": [
            {"what": text.clean(each["desc"]), "optional": bool(each.get("optional"))}
            for each in raw.get("required-elements", ())
            if text.clean(each.get("desc", ""))
        ],
        "remarks": [
            _sourced(says=" ".join(text.clean(comment).split()))
            for comment in raw.get("comments", ())
        ],
    }
    if raw.get("needs-id-document"):
        found["proof"] = [
            _sourced(
                asks="A copy of an identity document",
                excessive=True,
                answer="A copy of an identity document is in general inappropriate (EDPB "
                "Guidelines 01/2022 par. 74).",
            )
        ]
    return found


def _source(raw: dict[str, Any], slug: str, imported_on: date) -> dict[str, Any]:
    seen = " ".join(str(each) for each in raw.get("sources", ()))
    return {
        "title": f"Datenanfragen.de company directory, companies/{slug}.json (CC0-1.0), graded "
        f"there as {raw.get('quality', 'unknown')}",
        "evidence": "register",
        "note": f"imported on {imported_on.isoformat()}; it names: {seen or 'no source'}",
    }


def _sourced(**fields: Any) -> dict[str, Any]:
    return {**fields, "sources": [KEY]}


def _web_address(text: str, key: str, repairs: list[str]) -> str | None:
    if not text:
        return None
    if text.startswith(("https://", "http://")) and domain_of(text) and " " not in text:
        return text
    mended = "https://" + text.partition("://")[2] if "://" in text else f"https://{text}"
    if domain_of(mended) and "." in domain_of(mended) and " " not in mended:
        repairs.append(f"its {key} address began wrongly and now begins with https://")
        return mended
    repairs.append(f"its {key} address is none and was left out")
    return None


def country_code(name: str) -> str | None:
    """The code of a country by the name an address ends with, in the languages of Europe."""
    return _countries().get(name.strip().lower())


@cache
def _countries() -> dict[str, str]:
    from babel import Locale

    found = dict(_ALSO_CALLED)
    for language in ("en", "de", "fr", "nl", "es", "it", "pl", "hr", "sv", "da", "cs", "pt", "el"):
        for code, name in Locale.parse(language).territories.items():
            if len(code) == 2 and code.isalpha():  # noqa: PLR2004
                found.setdefault(name.lower(), code)
    return found


def _where(error: Exception) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"is not valid JSON at line {error.lineno}: {error.msg}"
    return "is not text in UTF-8" if isinstance(error, UnicodeDecodeError) else "nests too deeply"
