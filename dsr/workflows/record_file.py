"""What an exported record looks like: the models that its schema is made from and imports obey."""

import re
from collections.abc import Sequence
from functools import cache
from typing import Annotated, Any, Literal, TypeVar
from unicodedata import category

from pydantic import BaseModel, ConfigDict, Field, ValidationError, create_model

from dsr.errors import BadFileError
from dsr.tracker.campaigns import Campaign
from dsr.tracker.events import Correction, Event
from dsr.tracker.people import Person
from dsr.tracker.requests import Request

FORMAT = "dsr-export-1"
RECORD, CASE = "record.json", "case.json"
PEOPLE, DOCUMENTS = "people", "documents"  # directories: the mandates, every document by its hash
LARGEST_CASE = 64 * 1024 * 1024  # bytes, of one case.json; documents lie beside it
_REFERENCE = r"^DSR-[0-9A-Z]{4}-[0-9A-Z]{4}$"
_DAY = r"^(19|20|21)\d{2}-\d{2}-\d{2}$"
_YEARS = range(1900, 2200)
_WORD = re.compile(r"[a-z0-9][a-z0-9-]{0,99}")
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
    demands: dict[Line, Literal["fulfilled", "refused", "missing", "no-data"]] = {}
    objections: list[Line] = []
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


def check_case(request: Request, events: Sequence[Event], name: str) -> None:
    """Raise BadFileError unless everything in a case is of its type, and can be worked with."""
    _check_type(Request, request, name)
    _check_type(tuple[Event, ...], tuple(events), name)
    said: list[Event | Correction] = [*events]
    said += [event.correction for event in events if event.correction]
    days = [request.made_on, *(day for each in said for day in (each.on, each.until) if day)]
    if any(day.year not in _YEARS for day in days):
        raise unfit(name, "a day is outside of the years that dsr computes with")
    if any(event.recorded_at.tzinfo is None for event in events):
        raise unfit(name, "recorded_at lacks its time zone")
    for word in (request.company.slug, request.data_subject.id):
        _check_word(word, name)


def check_people(people: Sequence[Person], campaigns: Sequence[Campaign], name: str) -> None:
    """Raise BadFileError unless everything that is said of them is of its type."""
    _check_type(tuple[Person, ...], tuple(people), name)
    _check_type(tuple[Campaign, ...], tuple(campaigns), name)
    for person in people:
        _check_word(person.id, name)


def _check_type(kind: Any, value: object, name: str) -> None:
    try:
        _typed(kind)(value=value)
    except ValidationError as error:
        raise unfit(name, "a value is of another type") from error


@cache
def _typed(kind: Any) -> type[BaseModel]:
    config = ConfigDict(strict=True, revalidate_instances="always")
    return create_model("Typed", __config__=config, value=(kind, ...))


def _check_word(word: str, name: str) -> None:
    """What commands call by and files are named after leads nowhere else."""
    if not _WORD.fullmatch(word):
        raise unfit(name, "a company or person is called by what is no word")


def check_printable(table: object, name: str) -> None:
    """Raise BadFileError if any text in *table* could steer a terminal."""
    match table:
        case str() if any(category(c) in ("Cc", "Cs") and c not in "\n\t" for c in table):
            raise unfit(name, "control characters")
        case dict():
            for each in (*table, *table.values()):
                check_printable(each, name)
        case list():
            for each in table:
                check_printable(each, name)


def unfit(name: str, what: str) -> BadFileError:
    """The error for a file of an export that dsr did not write so."""
    return BadFileError(
        f"{name} is not as dsr writes it: {what}.", hint="Export the record again.",
        code="bad_export",
    )  # fmt: skip


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
