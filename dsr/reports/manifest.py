"""What a complaint bundle holds, file by file with its SHA-256, so that anyone can check it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import PurePosixPath
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from dsr.errors import BadFileError
from dsr.reports.exhibits import Exhibit

FORMAT = "dsr-bundle-1"
MANIFEST, SUMS = "manifest.json", "SHA256SUMS"
BUNDLE, LETTER, WEBFORM = "bundle.pdf", "complaint.pdf", "webform.txt"
LONGEST_NAME = 80  # characters of a file's name that the archive keeps

_Line = Annotated[str, Field(max_length=1000)]


class Member(BaseModel):
    """One file of a bundle."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    path: _Line
    label: _Line | None = None
    what: _Line | None = None
    on: date | None = None
    name: _Line
    media_type: _Line
    bytes: Annotated[int, Field(ge=0)]
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class Manifest(BaseModel):
    """manifest.json: what the bundle is about, and its files."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    format: Annotated[str, Field(pattern=f"^{FORMAT}$")]
    reference: _Line
    law: _Line
    authority: _Line
    made_on: date
    files: tuple[Member, ...]

    def text(self) -> bytes:
        """The manifest as it is written."""
        said = self.model_dump(mode="json")
        return (json.dumps(said, ensure_ascii=False, indent=2) + "\n").encode()


@dataclass(frozen=True, slots=True)
class Placed:
    """An exhibit and where it lies in the archive."""

    exhibit: Exhibit
    path: str


def placed(exhibits: Sequence[Exhibit]) -> tuple[Placed, ...]:
    """Where each exhibit lies, under a name that is safe on every system."""
    width = len(str(len(exhibits)))
    return tuple(
        Placed(each, f"exhibits/A{int(each.label[1:]):0{width}}-{safe_name(each.document.name)}")
        for each in exhibits
    )


def safe_name(name: str) -> str:
    """A file's name without what a file system or a shell could take amiss."""
    plain = "".join(c if c.isalnum() or c in "-_. " else "_" for c in PurePosixPath(name).name)
    plain = plain.strip(" .") or "document"
    stem, dot, ending = plain.rpartition(".")
    if dot and len(ending) < LONGEST_NAME // 4:
        return f"{stem[: LONGEST_NAME - len(ending) - 1]}.{ending}"
    return plain[:LONGEST_NAME]


def members(exhibits: Sequence[Placed], words: Mapping[str, str]) -> tuple[Member, ...]:
    """The exhibits as the manifest lists them; *words* say what each is."""
    return tuple(
        Member(
            path=each.path,
            label=each.exhibit.label,
            what=words.get(each.exhibit.what, each.exhibit.what),
            on=each.exhibit.on,
            name=each.exhibit.document.name,
            media_type=each.exhibit.document.media_type,
            bytes=each.exhibit.document.size,
            sha256=each.exhibit.document.sha256,
        )
        for each in exhibits
    )


def sums(files: Sequence[Member], manifest_sha256: str) -> bytes:
    """The checksums as `sha256sum -c` reads them."""
    lines = [f"{each.sha256}  {each.path}" for each in files]
    return "\n".join([*lines, f"{manifest_sha256}  {MANIFEST}", ""]).encode()


def read_manifest(content: bytes) -> Manifest:
    """The manifest as it was written; raises BadFileError if it is none."""
    try:
        return Manifest.model_validate_json(content)
    except ValidationError as error:
        raise BadFileError(
            "This is no bundle that dsr made, or its manifest was altered.", code="bad_bundle"
        ) from error
