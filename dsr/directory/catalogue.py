"""The catalogue: find and read company records, the person's own over the bundled ones."""

import re
import tomllib
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dsr.errors import BadFileError, NotFoundError, UnavailableError, did_you_mean
from dsr.paths import bundled

if TYPE_CHECKING:
    from dsr.directory.record import Company

MAX_RECORD_BYTES = 1_000_000
SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*\Z")


@dataclass(frozen=True, slots=True)
class Layer:
    """One directory of records; what it is called when someone asks where a record comes from."""

    name: str
    directory: Path


class Catalogue:
    """Company records by slug, out of layers of which the first wins."""

    def __init__(self, *own: Layer) -> None:
        self._layers = (*own, Layer("bundled", bundled("companies")))

    @classmethod
    def of_home(cls, home: Path) -> "Catalogue":
        """The bundled records, and over them those in the ``companies`` directory of *home*."""
        return cls(Layer("own", home / "companies"))

    def slugs(self) -> list[str]:
        """Every slug, in order."""
        return sorted({path.stem for path in self._files() if SLUG.match(path.stem)})

    def origin(self, slug: str) -> str:
        """The name of the layer from which the record of *slug* comes."""
        return self._find(slug)[0].name

    def company(self, slug: str) -> "Company":
        """The record of *slug*, or of the one company that is called so.

        Raises NotFoundError with the nearest names, BadFileError if the record is broken.
        """
        wanted = slug.strip().lower()
        if wanted in self.slugs():
            layer, path = self._find(wanted)
            return _parsed(path, layer)
        called_so = [known for known, names in self._names().items() if wanted in names]
        if len(called_so) == 1:
            return self.company(called_so[0])
        near = called_so or self._near(wanted)
        raise NotFoundError(
            f"There is no company {slug!r} in the directory.{did_you_mean(near)}",
            hint="Look for it: dsr companies search TEXT",
            code="unknown_company",
        )

    def companies(self) -> tuple[list["Company"], list[BadFileError]]:
        """Every record that can be read, and an error for each that cannot."""
        good: list[Company] = []
        bad = [_misnamed(path) for path in self._files() if not SLUG.match(path.stem)]
        for slug in self.slugs():
            try:
                good.append(self.company(slug))
            except BadFileError as error:
                bad.append(error)
        return good, bad

    def _files(self) -> list[Path]:
        found = (path for layer in self._layers for path in layer.directory.glob("*.toml"))
        return [path for path in found if path.is_file()]

    def _find(self, slug: str) -> tuple[Layer, Path]:
        for layer in self._layers:
            path = layer.directory / f"{slug}.toml"
            if path.is_file():
                return layer, path
        raise NotFoundError(f"There is no company {slug!r} in the directory.")

    def _names(self) -> dict[str, set[str]]:
        names: dict[str, set[str]] = {}
        for slug in self.slugs():
            try:
                table = _table(self._find(slug)[1])
            except BadFileError:  # said where its own record is asked for
                continue
            spoken = [table.get("name"), *_listed(table.get("aliases"))]
            names[slug] = {slug, *(name.lower() for name in spoken if isinstance(name, str))}
        return names

    def _near(self, wanted: str) -> list[str]:
        by_name = {name: slug for slug, names in self._names().items() for name in names}
        near = get_close_matches(wanted, by_name, n=5, cutoff=0.6)
        return list(dict.fromkeys(by_name[name] for name in near))[:3]


def _misnamed(path: Path) -> BadFileError:
    return BadFileError(
        f"{path} is not named like a slug: small letters, digits and single hyphens.",
        hint="Rename the file, and the slug in it.",
    )


def _listed(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _table(path: Path) -> dict[str, Any]:
    try:
        if path.stat().st_size > MAX_RECORD_BYTES:
            raise BadFileError(f"{path} is larger than a company record can be.")
        return tomllib.loads(path.read_text("utf-8"))
    except UnicodeDecodeError as error:
        raise BadFileError(f"{path} is not text in UTF-8.") from error
    except tomllib.TOMLDecodeError as error:
        raise BadFileError(
            f"{path} is not valid TOML: {error}.", hint="Mend the file or delete it."
        ) from error
    except OSError as error:
        raise UnavailableError(f"{path} cannot be read: {error.strerror}.") from error


def _parsed(path: Path, layer: Layer) -> "Company":
    from pydantic import ValidationError

    from dsr.directory.record import Company

    try:
        company = Company.model_validate(_table(path))
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"]) or "the record"
        raise BadFileError(
            f"{path}: {place}: {first['msg'].removeprefix('Value error, ')}.",
            hint="Mend the file; the schema is described in docs/reference/company-record.md.",
        ) from error
    if company.slug != path.stem:
        raise BadFileError(f"{path} in the {layer.name} layer claims the slug {company.slug!r}.")
    return company
