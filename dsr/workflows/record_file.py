"""What an exported record looks like: the models that its schema is made from and imports obey."""

import re
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from dsr.errors import BadFileError

FORMAT = "dsr-export-1"
RECORD, CASE = "record.json", "case.json"
LARGEST_CASE = 64 * 1024 * 1024  # bytes, of one case.json; documents lie beside it
_REFERENCE = r"^DSR-[0-9A-Z]{4}-[0-9A-Z]{4}$"
_DAY = r"^\d{4}-\d{2}-\d{2}$"
_SHA256 = r"^[0-9a-f]{64}$"

Text = Annotated[str, Field(max_length=200_000)]
Line = Annotated[str, Field(max_length=1000)]
Day = Annotated[str, Field(pattern=_DAY)]
Moment = Annotated[str, Field(max_length=40)]
Reference = Annotated[str, Field(pattern=_REFERENCE)]
Sha256 = Annotated[str, Field(pattern=_SHA256)]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", defer_build=True)


class Attachment(_Model):
    """A document of an event; ``file`` lies beside case.json."""

    name: Line
    media_type: Line
    sha256: Sha256
    bytes: Annotated[int, Field(ge=0)]
    file: Line


class ExportedEvent(_Model):
    """One thing that happened, as `dsr show --json` prints it."""

    seq: Annotated[int, Field(ge=1)]
    type: Line
    on: Day
    recorded_at: Moment
    by: Line | None = None
    note: Text | None = None
    until: Day | None = None
    via: Line | None = None
    corrects: dict[str, Any] | None = None
    demands: dict[Line, Line] = {}
    attachments: list[Attachment] = []


class ExportedCase(_Model):
    """cases/REFERENCE/case.json: the request as it was made, and what happened."""

    reference: Reference
    request: dict[str, Any]
    events: Annotated[list[ExportedEvent], Field(min_length=1)]


class ExportedRecord(_Model):
    """record.json: whose record it is, and which cases lie in the directory `cases`."""

    format: Literal["dsr-export-1"]
    made_at: Moment
    record: Line
    entries: Annotated[int, Field(ge=0)]
    head: Sha256
    people: list[dict[str, Any]]
    campaigns: list[dict[str, Any]] = []
    cases: list[Reference]


M = TypeVar("M", bound=_Model)


def schema(model: type[_Model]) -> dict[str, Any]:
    """The JSON Schema of a model."""
    return model.model_json_schema()


def read_record(content: bytes) -> ExportedRecord:
    """What record.json says; raises BadFileError if it does not fit."""
    return _read(ExportedRecord, content, RECORD)


def read_case(content: bytes, name: str) -> ExportedCase:
    """What a case.json says; raises BadFileError if it does not fit."""
    return _read(ExportedCase, content, name)


def safe_name(name: str) -> str:
    """A file name without directories, control characters, or what shells and systems dislike."""
    plain = re.sub(r"[^\w.\- ()]", "_", name.replace("\\", "/").rpartition("/")[2]).strip(". ")
    stem, dot, ending = plain.rpartition(".")
    return f"{stem[:80]}{dot}{ending[:12]}" if stem else (plain[:90] or "document")


def _read(model: type[M], content: bytes, name: str) -> M:
    try:
        return model.model_validate_json(content)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(part) for part in first["loc"]) or "the whole"
        raise BadFileError(
            f"{name} is not as dsr writes it: {place}: {first['msg'].lower()}.",
            hint="Export the record again.",
            code="bad_export",
        ) from error
