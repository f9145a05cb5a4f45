"""The catalogue: find and read company records, out of the layers own, imported and bundled.

A file of the person's own stands as it is; an imported record lies over the bundled one of the
same slug.
"""

import re
import tomllib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from dsr.directory.imported import ImportedRegister
from dsr.directory.names import Known, known_from_toml, plain, read_text
from dsr.errors import BadFileError, NotFoundError, UnavailableError, did_you_mean
from dsr.paths import bundled

if TYPE_CHECKING:
    from dsr.directory.record import Company

MAX_RECORD_BYTES = 1_000_000
LONGEST_SLUG = 100  # letters
SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*\Z")
OWN, IMPORTED, BUNDLED = "own", "imported", "bundled"


@dataclass(frozen=True, slots=True)
class Layer:
    """One directory of records; what it is called when someone asks where a record comes from."""

    name: str
    directory: Path


class Catalogue:
    """Company records by slug, out of layers of which the first wins."""

    def __init__(self, home: Path | None = None) -> None:
        self._bundled = Layer(BUNDLED, bundled("companies"))
        self._own = Layer(OWN, home / "companies") if home else None
        self._register = ImportedRegister(home)

    def slugs(self) -> list[str]:
        """Every slug, in order."""
        files = (path.stem for path in self._files() if SLUG.match(path.stem))
        return sorted({*files, *self._register.slugs()})

    def origin(self, slug: str) -> str:
        """The layers from which the record of *slug* comes, the leading one first."""
        name = self.company(slug).slug
        if self._own and self._path(self._own, name):
            return OWN
        found = [IMPORTED] if self._register.record(name) else []
        return " over ".join([*found, *([BUNDLED] if self._path(self._bundled, name) else [])])

    def company(self, slug: str) -> "Company":
        """The record of *slug*, or of the one company that is called so.

        Raises NotFoundError with the nearest names, BadFileError if the record is broken.
        """
        found = self._record(slug.strip().lower())
        if found:
            return found
        called = [known for known in self.known() if plain(slug) in known.names]
        called_so = [known.slug for known in called]
        # A controller may run several services under one legal name: then it is meant itself.
        heads = [known.slug for known in called if known.parent not in called_so]
        if len(heads) == 1:
            return self.company(heads[0])
        self._check_given_up(slug.strip().lower())
        from dsr.directory.search import nearest

        near = called_so or nearest(self.known(), slug)
        raise NotFoundError(
            f"There is no company {slug!r} in the directory.{did_you_mean(near)}",
            hint="Look for it: dsr companies search TEXT",
            code="unknown_company",
        )

    def letter_of_register(self, language: str, name: str) -> str | None:
        """The text of a letter that the imported register has, or None."""
        return self._register.template(language, name)

    def companies(self) -> tuple[list["Company"], list[BadFileError]]:
        """Every record of a file that can be read, and an error for each that cannot."""
        good: list[Company] = []
        bad = [_misnamed(path) for path in self._files() if not SLUG.match(path.stem)]
        for slug in sorted({path.stem for path in self._files() if SLUG.match(path.stem)}):
            try:
                good.append(self.company(slug))
            except BadFileError as error:
                bad.append(error)
        return good, bad

    def broken(self) -> list[BadFileError]:
        """An error for each file of the person's own that is no record."""
        if self._own is None:
            return []
        bad: list[BadFileError] = []
        for path in self._files_of(self._own):
            try:
                parsed(path, OWN) if SLUG.match(path.stem) else bad.append(_misnamed(path))
            except BadFileError as error:
                bad.append(error)
        return bad

    def known(self) -> list[Known]:
        """What every company is called; a file that cannot be read is left out."""
        return list(self._known.values())

    @cached_property
    def _known(self) -> dict[str, Known]:
        found: dict[str, Known] = {}
        for layer in self._layers():
            for path in self._files_of(layer):
                text = read_text(path) if path.stem not in found and SLUG.match(path.stem) else None
                known = known_from_toml(path.stem, text, layer.name) if text else None
                if known:
                    found[path.stem] = known
        taken = {known.same_as for known in found.values()}
        for known in self._register.known():
            if known.slug not in found and known.slug not in taken:
                found[known.slug] = known
        return dict(sorted(found.items()))

    def _record(self, slug: str) -> "Company | None":
        if not SLUG.match(slug) or len(slug) > LONGEST_SLUG:
            return None
        if self._own and (path := self._path(self._own, slug)):
            return parsed(path, OWN)
        table = self._register.record(slug)
        path = self._path(self._bundled, slug)
        curated = parsed(path, BUNDLED) if path else None
        if table is None:
            return curated
        from dsr.directory.merging import merged
        from dsr.directory.record import Company

        imported = Company.model_validate(table)
        return merged(curated, imported) if curated else imported

    def _check_given_up(self, slug: str) -> None:
        given_up = self._register.obsolete(slug)
        if given_up is None:
            return
        became = given_up.redirect
        raise NotFoundError(
            f"{given_up.name} is no longer in the directory: "
            f"{given_up.reason.replace('-', ' ')}.{did_you_mean([became] if became else [])}",
            hint=f"Its successor: dsr companies show {became}" if became else None,
            code="obsolete_company",
        )

    def _files(self) -> list[Path]:
        return [path for layer in self._layers() for path in self._files_of(layer)]

    def _layers(self) -> list[Layer]:
        return [self._own, self._bundled] if self._own else [self._bundled]

    def _files_of(self, layer: Layer) -> list[Path]:
        return [path for path in sorted(layer.directory.glob("*.toml")) if path.is_file()]

    def _path(self, layer: Layer, slug: str) -> Path | None:
        path = layer.directory / f"{slug}.toml"
        return path if path.is_file() else None


def _misnamed(path: Path) -> BadFileError:
    return BadFileError(
        f"{path} is not named like a slug: small letters, digits and single hyphens.",
        hint="Rename the file, and the slug in it.",
    )


def parsed(path: Path, layer: str) -> "Company":
    """The record in the file at *path*.

    Raises BadFileError, naming the first place that is wrong, if it is none.
    """
    try:
        if path.stat().st_size > MAX_RECORD_BYTES:
            raise BadFileError(f"{path} is larger than a company record can be.")
        text = path.read_text("utf-8")
    except UnicodeDecodeError as error:
        raise BadFileError(f"{path} is not text in UTF-8.") from error
    except OSError as error:
        raise UnavailableError(f"{path} cannot be read: {error.strerror}.") from error
    company = checked(text, path)
    if company.slug != path.stem:
        raise BadFileError(f"{path} in the {layer} layer claims the slug {company.slug!r}.")
    return company


def checked(text: str, path: Path) -> "Company":
    """The record in *text*, which is to lie at *path*.

    Raises BadFileError, naming the first place that is wrong, if it is none.
    """
    from pydantic import ValidationError

    from dsr.directory.record import Company

    try:
        return Company.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise BadFileError(
            f"{path} is not valid TOML: {error}.", hint="Mend the file or delete it."
        ) from error
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"]) or "the record"
        raise BadFileError(
            f"{path}: {place}: {first['msg'].removeprefix('Value error, ')}.",
            hint="Mend the file; the schema is described in docs/reference/company-record.md.",
        ) from error
