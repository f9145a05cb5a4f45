"""Read the requests that Datenanfragen.de exports as CSV, from any of its versions.

The website (datenanfragen/website) joins the cells of a row by semicolons and never quotes them,
so a recipient may hold some of its own; a spreadsheet that saved the file anew does quote them.
Early versions had no column for the e-mail address, some put a comma before each further row,
wrote the date as JavaScript prints it, or the e-mail address where the channel belongs.
"""

import re
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime

from dsr.law.receipt import Channel
from dsr.law.rights import Right
from dsr.tracker.events import EventType
from dsr.workflows.foreign_case import (
    LONGEST_NOTE,
    Foreign,
    ForeignCase,
    ForeignEvent,
    address_lines,
    can_be,
    lawful,
    mail_address,
    plain_line,
    slug_in,
)

ORIGIN = "datenanfragen"
LONGEST_ROW = 10_000  # characters
_FRONT = 2  # columns before the recipient: date and slug
_COLUMNS = ["date", "slug", "recipient", "email", "reference", "type", "via"]
_EARLY_COLUMNS = [column for column in _COLUMNS if column != "email"]

_RIGHTS = {
    word: Right(word) for word in ("access", "erasure", "rectification", "objection")
}  # the words are the same
_CHANNELS = {
    "email": Channel.EMAIL,
    "letter": Channel.POST,
    "fax": Channel.FAX,
    "webform": Channel.WEBFORM,
}
_FOLLOW_UPS = {
    "admonition": EventType.REMINDED,
    "complaint": EventType.COMPLAINED,
    "response": EventType.NOTE,
    "custom": EventType.NOTE,
}
_WHAT_THEY_ARE = {
    "admonition": "a reminder",
    "complaint": "a complaint to an authority",
    "response": "a reply or a letter in your own words",
    "custom": "a letter in your own words",
}
_NOTES = {
    "response": "A message: a reply of the company or a letter of yours; the export does not "
    "say which.",
    "custom": "A letter in your own words, perhaps a reminder or a complaint; the export does "
    "not say which.",
}

_ROW_BEGINS = re.compile(
    r',?"?(\d{4}-\d\d-\d\d|\d\d?\.\d\d?\.\d{4}|[A-Z][a-z]{2} [A-Z][a-z]{2} \d\d \d{4})[^;]*;'
)
_CELL = re.compile(r'(?:\A|;)(?:"((?:[^"]|"")*)"(?=;|\Z)|([^;]*))')
_ISO_DATE = re.compile(r"(\d{4}-\d\d-\d\d)(T[\d:.]+Z)?\Z")
_DOTTED_DATE = re.compile(r"(\d\d?)\.(\d\d?)\.(\d{4})\Z")
_PRINTED_DATE = re.compile(r"([A-Z][a-z]{2} [A-Z][a-z]{2} \d\d \d{4} [\d:]{8} GMT[+-]\d{4})\b")
_LEGAL_FORM = re.compile(
    r"(inc|incorporated|llc|l\.l\.c|ltd|limited|llp|l\.?p|plc|corp|co|s\.?a|s\.?p\.?a|"
    r"s\.?r\.?l|s\.?r\.?o|s\.? ?à ?r\.? ?l|a\.?s|n\.?v|b\.?v|gmbh|ag|kg|se|pty ltd|pte\.? ltd)\.?",
    re.IGNORECASE,
)


class _LeftOutError(Exception):
    """A row cannot be used; the text ends the sentence that says so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    """A row of the export, its cells understood."""

    line: int
    on: date
    slug: str | None
    name: str
    address: tuple[str, ...]
    email: str | None
    reference: str
    kind: str
    channel: Channel


def text_of(content: bytes) -> str:
    """The text of an export; what is no UTF-8 was saved anew by a spreadsheet on Windows."""
    if content.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        return content.decode("utf-16", errors="replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.removeprefix(BOM_UTF8).decode("cp1252", errors="replace")


def is_export(head: bytes) -> bool:
    """Whether a file that begins so is an export of Datenanfragen.de."""
    return _columns(_lines(text_of(head))[0]) is not None


def read_export(text: str, *, today: date | None) -> Foreign:
    """The requests in the text of an export; follow-ups become events of the one they name."""
    first, *lines = _lines(text)
    columns = _columns(first) or _COLUMNS
    rows, problems = [], []
    for line, record in _records(lines, separators=len(columns) - 1):
        try:
            rows.append(_row(line, record, columns, today))
        except _LeftOutError as reason:
            problems.append((line, str(reason)))
    cases, more = _cases(sorted(rows, key=lambda row: (row.on, row.line)))
    return Foreign(
        cases=tuple(cases),
        problems=tuple(
            f"Line {line} was left out: {reason}." for line, reason in sorted([*problems, *more])
        ),
    )


def _lines(text: str) -> list[str]:
    return re.split(r"\r\n|\n|\r", text)


def _columns(header: str) -> list[str] | None:
    found = [cell.strip().strip('"').lower() for cell in header.split(";")]
    return found if found in (_COLUMNS, _EARLY_COLUMNS) else None


def _records(lines: Iterable[str], separators: int) -> Iterator[tuple[int, str]]:
    """Each row with its line number; a recipient's line breaks do not end it."""
    began, held, missing, room = 0, list[str](), 0, 0
    for number, line in enumerate(lines, start=2):
        if not line.strip():
            continue
        there = line.count(";")
        is_new = missing <= 0 or room <= 0 or there >= separators or _ROW_BEGINS.match(line)
        if held and is_new:
            yield began, "\n".join(held)
        if not held or is_new:
            began, held, missing, room = number, [], separators, LONGEST_ROW
        held.append(line)
        missing -= there
        room -= len(line)
    if held:
        yield began, "\n".join(held)


def _row(line: int, record: str, columns: list[str], today: date | None) -> _Row:
    """The row that *record* is; columns are counted from both ends, as the recipient is open."""
    if len(record) > LONGEST_ROW:
        raise _LeftOutError("it is too long to be a row")
    cells = [(quoted or "").replace('""', '"') or bare for quoted, bare in _CELL.findall(record)]
    if len(cells) < len(columns):
        raise _LeftOutError("it has too few columns")
    end = len(columns) - _FRONT - 1
    recipient, tail = cells[_FRONT:-end], dict(zip(columns[-end:], cells[-end:], strict=True))
    mails = [tail.get("email", "")]
    while "email" in tail and len(recipient) > 1 and mail_address(recipient[-1]):
        mails.insert(0, recipient.pop())  # several addresses, separated by semicolons
    lines = _recipient_lines(";".join(recipient))
    slug = cells[1].strip()
    email = next(filter(None, map(mail_address, mails)), None)
    name = lines[0] if lines else plain_line(slug) or (email or "").rpartition("@")[2]
    reference = plain_line(tail["reference"])
    if not name:
        raise _LeftOutError("it names no company")
    if not reference:
        raise _LeftOutError("it has no reference")
    return _Row(
        line=line,
        on=_day(cells[0].strip().removeprefix(","), today),
        slug=slug_in(slug),
        name=name,
        address=lines[1:],
        email=email,
        reference=reference,
        kind=_kind(tail["type"].strip().lower()),
        channel=_channel(tail["via"].strip()),
    )


def _recipient_lines(text: str) -> tuple[str, ...]:
    """Name and address; the website wrote line breaks as commas, which a name can hold too."""
    lines = list(address_lines(re.split(r", |\n", text)))
    while len(lines) > 1 and _LEGAL_FORM.fullmatch(lines[1]):
        lines[:2] = [f"{lines[0]}, {lines[1]}"]
    return tuple(lines)


def _day(text: str, today: date | None) -> date:
    try:
        if match := _ISO_DATE.match(text):
            on = date.fromisoformat(match[1])
        elif match := _DOTTED_DATE.match(text):
            on = date(int(match[3]), int(match[2]), int(match[1]))
        elif match := _PRINTED_DATE.match(text):
            # Midnight in UTC, which the browser printed in the zone of its place.
            on = datetime.strptime(match[1], "%a %b %d %Y %H:%M:%S GMT%z").astimezone(UTC).date()
        else:
            raise _LeftOutError("its date cannot be read")
    except (ValueError, OverflowError) as error:
        raise _LeftOutError("there is no such date") from error
    if not can_be(on, today):
        raise _LeftOutError(f"it cannot have been sent on {on.isoformat()}")
    return on


def _kind(word: str) -> str:
    if word not in _RIGHTS and word not in _FOLLOW_UPS:
        raise _LeftOutError("it is of a type that dsr does not know")
    return word


def _channel(word: str) -> Channel:
    if channel := _CHANNELS.get(word.lower()):
        return channel
    if mail_address(word):
        return Channel.EMAIL
    raise _LeftOutError("it does not say how it was sent")


def _cases(rows: list[_Row]) -> tuple[list[ForeignCase], list[tuple[int, str]]]:
    """The cases of rows in the order of their days, and what was left out, by line."""
    first: dict[str, _Row] = {}
    made: dict[tuple[str, str], _Row] = {}
    events: dict[int, list[ForeignEvent]] = {}
    problems = []
    for row in (row for row in rows if row.kind in _RIGHTS):
        if before := made.get((row.reference, row.kind)):
            problems.append((row.line, f"it repeats line {before.line}"))
            continue
        first.setdefault(row.reference, row)
        made[row.reference, row.kind] = row
        events[row.line] = [ForeignEvent(type=EventType.SENT, on=row.on, via=row.channel)]
    for row in (row for row in rows if row.kind in _FOLLOW_UPS):
        if request := first.get(row.reference):
            events[request.line].append(_follow_up(row))
        else:
            what = _WHAT_THEY_ARE[row.kind]
            problems.append((row.line, f"it is {what}, about no request in this file"))
    cases = [_case(row, first[row.reference] is row, events[row.line]) for row in made.values()]
    return cases, problems


def _follow_up(row: _Row) -> ForeignEvent:
    note = _NOTES.get(row.kind, f"To {row.name}.")
    return ForeignEvent(type=_FOLLOW_UPS[row.kind], on=row.on, note=note[:LONGEST_NOTE])


def _case(row: _Row, is_first: bool, events: list[ForeignEvent]) -> ForeignCase:  # noqa: FBT001
    return ForeignCase(
        origin=ORIGIN,
        # One reference can stand on letters about several rights; each is a case of its own.
        original_reference=row.reference if is_first else f"{row.reference} {row.kind}",
        company_slug=row.slug,
        company_name=row.name,
        address=row.address,
        email=row.email,
        rights=(_RIGHTS[row.kind],),
        law=None,
        language=None,
        channel=row.channel,
        made_on=row.on,
        events=lawful(events),
    )
