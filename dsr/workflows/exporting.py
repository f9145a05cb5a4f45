"""Take the record out: everything, or everything of one person, readable without dsr."""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, BinaryIO

from dsr.paths import check_script
from dsr.reports.spreadsheet import rows_as_csv
from dsr.tracker.campaigns import Campaign
from dsr.tracker.index import RECORD as RECORD_NAME
from dsr.tracker.index import meta
from dsr.tracker.journal import Entry, Kind
from dsr.tracker.ledger import entries, head
from dsr.tracker.people import Person
from dsr.tracker.seal import Head
from dsr.tracker.standing import Standing
from dsr.tracker.store import Store
from dsr.workflows.export_files import ExportFiles, export_to
from dsr.workflows.record_file import (
    CASE,
    DOCUMENTS,
    FORMAT,
    PEOPLE,
    RECORD,
    ExportedCase,
    ExportedRecord,
    safe_name,
    schema,
)
from dsr.workflows.sealing import seal_files

Told = Callable[[str, int, int], None]
_OF_NOBODY = (Kind.UPGRADED, Kind.FORGOTTEN)  # entries that name no person

_READ_ME = """\
This is a record of requests under data protection law, exported by dsr.
Nothing here is encrypted: keep it as you would keep the letters themselves.

record.json        whose record it is, and the list of cases
cases/DSR-.../     one directory a request: case.json says what was asked and
                   what happened; beside it lie the letters, e-mails and
                   answers, byte for byte as they were sent and received
people.csv requests.csv events.csv
                   the same as tables, for any spreadsheet
schema/            JSON Schema of record.json and case.json
journal.jsonl      every entry of the journal in order, with what binds it to
                   the one before; this is the record, and the files above
                   are copies of it for reading
people/            the mandates that clients signed
documents/         the documents once more, each under its SHA-256
{sealed}
To take it into another dsr:  dsr data import THIS-DIRECTORY
"""
_SEALED = """\
seal/              a signature over the journal's last entry; how to check it
                   stands in seal/HOW-TO-CHECK.txt
check_record.py    checks journal, documents and seal with Python alone:
                   python3 -I check_record.py .
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """What was taken out."""

    people: int
    requests: int
    events: int
    documents: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Extent:
    """Whose part of the record is taken out; everybody's if ``person`` is None."""

    person: str | None
    people: tuple[Person, ...]
    campaigns: tuple[Campaign, ...]
    cases: tuple[Standing, ...]

    def shown(self) -> Callable[[Entry], bool]:
        """Tells whether the content of an entry is taken out, or only the hash that binds it."""
        if self.person is None:
            return lambda entry: entry.content is not None
        cases = {each.reference for each in self.cases}
        theirs = {
            Kind.PERSON.value: {self.person},
            Kind.REQUEST.value: cases,
            Kind.EVENT.value: cases,
            Kind.CAMPAIGN.value: {each.name for each in self.campaigns},
        }
        return lambda entry: (
            entry.kind in _OF_NOBODY or entry.subject in theirs.get(entry.kind or "", set())
        )


def _extent(store: Store, person: str | None, today: date) -> Extent:
    return Extent(
        person=person,
        people=tuple(p for p in store.people() if person in (None, p.id)),
        campaigns=tuple(c for c in store.campaigns() if person in (None, c.person)),
        cases=tuple(store.standings(today, person=person)),
    )


def export_record(
    store: Store,
    target: Path,
    person: str | None,
    today: date,
    *,
    now: datetime,
    key: bytes | None = None,
    told: Told = lambda _name, _done, _size: None,
) -> Exported:
    """Write the record, or a person's part of it, as of one moment to *target*; what was written.

    It is sealed by *key* if one is given.  Raises ConflictError if there is something already,
    UnavailableError if it cannot be written.
    """
    store.standings(today)  # which brings dates up to the law, as a snapshot may not
    with store.engine.snapshot(), export_to(target) as files:
        chosen = _extent(store, person, today)
        kept: set[str] = set()
        documents = sum(_write_mandates(store, files, each, kept) for each in chosen.people)
        tables: list[list[object]] = []
        for number, case in enumerate(chosen.cases, start=1):
            rows, found = _write_case(store, files, case.reference, kept)
            tables += rows
            documents += found
            told("cases", number, len(chosen.cases))
        last = _write_journal(store, files, chosen)
        _write(files, RECORD, _json(_record(store, chosen, last, now)))
        _write(files, "schema/record.schema.json", _json(schema(ExportedRecord)))
        _write(files, "schema/case.schema.json", _json(schema(ExportedCase)))
        _write(files, "people.csv", _table(_PEOPLE, map(_person_row, chosen.people)))
        _write(files, "requests.csv", _table(_REQUESTS, map(_request_row, chosen.cases)))
        _write(files, "events.csv", _table(_EVENTS, tables))
        _write(files, "README.txt", _READ_ME.format(sealed=_SEALED if key else "").encode())
        if key:
            _write_seal(store, files, last, key, now)
    return Exported(
        people=len(chosen.people),
        requests=len(chosen.cases),
        events=len(tables),
        documents=documents,
    )


def _write_seal(
    store: Store, files: ExportFiles, last: tuple[int, str], key: bytes, now: datetime
) -> None:
    """A seal over the last entry, and the program that checks it."""
    _write(files, "check_record.py", check_script().read_bytes())
    sealed = Head(
        store=meta(store.engine, RECORD_NAME) or "", entries=last[0], digest=last[1], sealed_at=now
    )
    for name, content in seal_files(sealed, key).items():
        _write(files, f"seal/{name}", content)


def _write_mandates(store: Store, files: ExportFiles, person: Person, kept: set[str]) -> int:
    """The files of a client's mandates; how many there were."""
    signed = [each for each in person.mandates if each.document]
    for each in signed:
        name = f"{each.number:02}-{safe_name(each.name or 'mandate')}"
        _write_document(
            store, files, str(each.document), f"{PEOPLE}/{safe_name(person.id)}/{name}", kept
        )
    return len(signed)


def _write_document(
    store: Store, files: ExportFiles, digest: str, name: str, kept: set[str]
) -> None:
    """A document under its hash, once, and under a name that people understand."""

    def fill(stream: BinaryIO) -> None:
        store.copy_document(digest, stream)

    whole = f"{DOCUMENTS}/{digest}"
    if digest not in kept:
        files.write(whole, fill)
        kept.add(digest)
    files.twin(name, whole, fill)


def _write_case(
    store: Store, files: ExportFiles, reference: str, kept: set[str]
) -> tuple[list[list[object]], int]:
    """One request with its documents; its events as rows, and how many documents there were."""
    request, said, rows, count = store.request(reference), [], [], 0
    for event in store.events(reference):
        table = event.as_json()
        for document in table["attachments"]:
            count += 1
            document["file"] = f"{count:02}-{safe_name(document['name'])}"
            name = f"cases/{reference}/{document['file']}"
            _write_document(store, files, document["sha256"], name, kept)
        said.append(table)
        rows.append(
            [
                reference,
                *(table[column] for column in _EVENTS[1:-1]),
                "; ".join(each["name"] for each in table["attachments"]),
            ]
        )
    case = {"reference": reference, "request": request.as_json(), "events": said}
    _write(files, f"cases/{reference}/{CASE}", _json(case))
    return rows, count


def _write_journal(store: Store, files: ExportFiles, chosen: Extent) -> tuple[int, str]:
    """Every entry on a line; of other people's the hash alone.  The last position and digest."""
    is_shown = chosen.shown()

    def fill(stream: BinaryIO) -> None:
        for entry in entries(store.engine):
            line = entry._asdict()
            if not is_shown(entry):
                line |= dict.fromkeys(("kind", "subject", "salt", "content"))
            stream.write(json.dumps(line, ensure_ascii=False).encode() + b"\n")

    files.write("journal.jsonl", fill)
    return head(store.engine)


def _record(store: Store, chosen: Extent, last: tuple[int, str], now: datetime) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "made_at": now.isoformat(),
        "record": meta(store.engine, RECORD_NAME) or "",
        "entries": last[0],
        "head": last[1],
        "people": [each.as_json() for each in chosen.people],
        "campaigns": [each.as_json() for each in chosen.campaigns],
        "cases": [each.reference for each in chosen.cases],
    }


_PEOPLE = ("id", "name", "email", "country", "region", "language")
_REQUESTS = (
    *("reference", "person", "company", "company_name", "law", "rights", "made_on"),
    *("status", "sent_on", "due", "due_lenient", "answer", "campaign"),
)
_EVENTS = ("reference", "seq", "on", "type", "via", "until", "recorded_at", "by", "note", "files")


def _person_row(person: Person) -> list[object]:
    subject = person.subject.as_json()
    return [subject[column] for column in _PEOPLE]


def _request_row(case: Standing) -> list[object]:
    return [
        *(case.reference, case.person, case.company, case.company_name, case.law),
        *(" ".join(case.rights), case.made_on, case.phase.value, case.sent_on, case.due),
        *(case.due_lenient, case.answer and case.answer.value, case.campaign),
    ]


def _table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """A table for spreadsheets, in which no cell is a formula."""
    return rows_as_csv(columns, rows).encode()


def _json(table: dict[str, Any]) -> bytes:
    return json.dumps(table, ensure_ascii=False, indent=1).encode() + b"\n"


def _write(files: ExportFiles, name: str, content: bytes) -> None:
    def fill(stream: BinaryIO) -> None:
        stream.write(content)

    files.write(name, fill)
