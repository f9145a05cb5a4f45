"""Records of a person's own: begin one, and edit one without ever losing what was typed."""

import re
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from dsr.directory.catalogue import SLUG, Catalogue, checked
from dsr.directory.names import domain_of, plain
from dsr.directory.record import Kind
from dsr.errors import BadFileError, ConflictError, InvalidInputError
from dsr.paths import bundled, make_private_directory, write_private_file

Edit = Callable[[str], str | None]  # opens the text; None if nothing was changed
_NOT_IN_SLUG = re.compile(r"[^a-z0-9]+")
_LEGAL_FORM = re.compile(r"\b(inc|llc|ltd|limited|gmbh|ag|corp|corporation|sas|s a|b v|plc)\b\.?")


@dataclass(frozen=True, slots=True)
class NewCompany:
    """What is asked of a person who adds a company."""

    name: str
    kind: str
    country: str
    website: str
    email: str | None
    postal: tuple[str, ...]
    source: str  # the page on which all of this stands


def slug_for(name: str) -> str:
    """A slug out of a company's name, without its legal form.

    Raises InvalidInputError if no letter of it can stand in a slug.
    """
    bare = _LEGAL_FORM.sub("", plain(name).replace(",", " "))
    slug = _NOT_IN_SLUG.sub("-", bare).strip("-") or _NOT_IN_SLUG.sub("-", plain(name)).strip("-")
    if not SLUG.match(slug):
        raise InvalidInputError(
            "No short name can be made of that name.", hint="Give one: --slug my-company."
        )
    return slug


def add_company(new: NewCompany, slug: str, home: Path, *, today: date) -> Path:
    """Write a record of the person's own; where it lies.

    Raises ConflictError if there is one already, InvalidInputError if a value cannot be right.
    """
    path = _own(home, slug)
    if path.exists():
        raise ConflictError(
            f"You have a record of {slug} already, in {path}.",
            hint=f"Change it: dsr companies edit {slug}",
        )
    text = _as_toml(new, slug, today)
    checked(text, path)
    _keep(path, text)
    return path


def edit_company(slug: str, home: Path, edit: Edit) -> Path | None:
    """Let the person edit their record of *slug*, a copy of the shipped one if they have none.

    What does not pass is kept beside it as ``<slug>.toml.draft`` and opened again the next time.
    Returns where the record lies, or None if nothing was changed.
    Raises BadFileError if the text is no record, NotFoundError if there is none to edit.
    """
    path = _own(home, slug)
    draft = path.with_name(f"{slug}.toml.draft")
    shipped = bundled("companies") / path.name
    known = next((each for each in (draft, path, shipped) if each.is_file()), None)
    if known is None:
        meant = Catalogue(home).company(slug).slug  # says what is near, if there is none
        raise InvalidInputError(
            f"There is no file of {meant!r} to edit.",
            hint=f"Write a record of your own over it: dsr companies add --slug {meant}",
        )
    text = edit(known.read_text("utf-8", errors="replace"))
    if text is None and known != draft:
        return None
    text = known.read_text("utf-8") if text is None else text
    _keep(draft, text)
    try:
        _check(text, slug, draft)
    except BadFileError as error:
        raise BadFileError(
            error.sentence,
            hint=f"Your text is kept in {draft}; dsr companies edit {slug} opens it again.",
        ) from error
    _keep(path, text)
    draft.unlink(missing_ok=True)
    return path


def _check(text: str, slug: str, draft: Path) -> None:
    claimed = checked(text, draft).slug
    if claimed != slug:
        raise BadFileError(f"{draft} claims the slug {claimed!r} instead of {slug!r}.")


def _as_toml(new: NewCompany, slug: str, today: date) -> str:
    kinds = [kind.value for kind in Kind]
    if new.kind not in kinds:
        raise InvalidInputError(
            f"There is no kind {new.kind!r} of company.", hint=f"Kinds: {', '.join(kinds)}."
        )
    lines = [
        f"slug = {_quoted(slug)}",
        f"name = {_quoted(new.name)}",
        "aliases = []",
        f"kind = {_quoted(new.kind)}",
        f"country = {_quoted(new.country.strip().upper())}",
        f"website = {_quoted(new.website)}",
        f"checked_on = {today.isoformat()}",
    ]
    if new.email:
        lines += ["", "[[email]]", f"address = {_quoted(new.email)}"]
        lines += ['purpose = "requests of data subjects"', 'sources = ["site"]']
    if new.postal:
        postal = ", ".join(map(_quoted, new.postal))
        lines += ["", "[postal]", f"lines = [{postal}]"]
        lines += [f"country = {_quoted(new.country.strip().upper())}", 'sources = ["site"]']
    host = domain_of(new.source) or new.source
    lines += ["", "[sources.site]", f"title = {_quoted(f'{new.name}, its own page on {host}')}"]
    lines += [f"url = {_quoted(new.source)}", f'date = "{today.isoformat()}"']
    lines += ['evidence = "company-document"']
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    """*text* as a TOML string on one line; control characters are escaped, then refused."""
    shown = "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in _escaped(text.strip()))
    quoted = f'"{shown}"'
    tomllib.loads(f"x = {quoted}")
    return quoted


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')


def _own(home: Path, slug: str) -> Path:
    if not SLUG.match(slug):
        raise InvalidInputError(
            f"{slug!r} is no short name: small letters, digits and single hyphens."
        )
    return home / "companies" / f"{slug}.toml"


def _keep(path: Path, text: str) -> None:
    make_private_directory(path.parent)
    write_private_file(path, text.encode())
