"""Forget a person: the content goes, the chain of hashes stays, and an entry certifies it."""

import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise

from dsr.errors import ConflictError, UnavailableError
from dsr.tracker.documents import Documents
from dsr.tracker.engine import Engine, Row
from dsr.tracker.files import KeptFile
from dsr.tracker.index import find_default_person, understood
from dsr.tracker.journal import Kind, canonical, commitment
from dsr.tracker.ledger import append

# The entries that say something of a person: their own and those of their cases, and what may be
# their campaign, or say that they are the default person.
_OF_PERSON = """
    SELECT position, kind, subject, salt, content FROM entry
    WHERE content IS NOT NULL AND (
        (kind = 'person' AND subject = ?)
        OR (kind IN ('request', 'event') AND subject IN (
            SELECT reference FROM standing WHERE person = ?))
        OR kind IN ('campaign', 'setting')
    )
    ORDER BY position
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Removed:
    """What was, or would be, removed with a person; ``bytes`` is the size of the documents."""

    person: str
    entries: int
    requests: int
    documents: int
    bytes: int
    files: tuple[KeptFile, ...]
    references: tuple[str, ...]
    position: int = 0  # of the entry that certifies it
    digest: str = ""


def removable(engine: Engine, person_id: str) -> Removed:
    """What would go with the person."""
    references = [
        row[0]
        for row in engine.rows(
            "SELECT reference FROM standing WHERE person = ? ORDER BY reference", (person_id,)
        )
    ]
    theirs = _documents_of(engine, [person_id, *references])
    return Removed(
        person=person_id,
        entries=len(_entries_of(engine, person_id)),
        requests=len(references),
        documents=len(theirs),
        bytes=sum(size for _, size, _, _ in theirs),
        files=tuple(KeptFile(*row) for row in theirs if row[2]),
        references=tuple(references),
    )


def forget(
    engine: Engine,
    documents: Documents,
    person_id: str,
    *,
    now: datetime,
    without_requests: bool = False,
) -> Removed:
    """Remove everything of one person, and certify it in the journal, as one fact.

    What other people hold too, such as the same file, stays with them.  Raises ConflictError if
    it is to be a person *without_requests*, and there are some.
    """
    with engine.transaction():
        going = removable(engine, person_id)
        if going.requests and without_requests:
            raise ConflictError(
                f"{person_id!r} has requests in your record.",
                hint=f"To erase the person with all of them: dsr data forget {person_id}",
                code="person_has_requests",
            )
        held_by = [person_id, *going.references]
        theirs = _documents_of(engine, held_by)
        rows = _entries_of(engine, person_id)
        positions = [row[0] for row in rows]
        engine.run_many(
            "UPDATE entry SET commitment = ?, kind = NULL, subject = NULL, salt = NULL,"
            " content = NULL WHERE position = ?",
            [(commitment(salt, kind, subject, said), at) for at, kind, subject, salt, said in rows],
        )
        engine.run_many("DELETE FROM holding WHERE subject = ?", [(each,) for each in held_by])
        engine.run_many("DELETE FROM document WHERE sha256 = ?", [(row[0],) for row in theirs])
        engine.run("DELETE FROM standing WHERE person = ?", (person_id,))
        engine.run("DELETE FROM person WHERE id = ?", (person_id,))
        engine.run_many("DELETE FROM campaign WHERE position = ?", [(at,) for at in positions])
        find_default_person(engine)
        said = {
            "entries": len(positions),
            "positions": _runs(positions),
            "documents": going.documents,
            "recorded_at": now.isoformat(),
        }
        position = append(engine, Kind.FORGOTTEN, "", canonical(said))
        row = engine.row("SELECT digest FROM entry WHERE position = ?", (position,))
    for kept in going.files:
        with suppress(UnavailableError):  # without its key it is noise; a backup sweeps it up
            documents.files.discard(kept.place)
    return replace(going, position=position, digest=str(row[0]) if row else "")


def _entries_of(engine: Engine, person_id: str) -> list[Row]:
    rows = engine.rows(_OF_PERSON, (person_id, person_id))
    return [row for row in rows if _named_in(row[1], row[4]) in (None, person_id)]


def _named_in(kind: str, content: str) -> str | None:
    """Whom a campaign or a setting is about; None for entries of other kinds."""
    with understood():
        match kind:
            case Kind.CAMPAIGN:
                return str(json.loads(content)["campaign"]["person"])
            case Kind.SETTING:
                return str(json.loads(content)["value"])
    return None


def _documents_of(engine: Engine, subjects: Sequence[str]) -> list[tuple[str, int, str, str]]:
    """The documents that nobody else holds, with where the large ones lie."""
    found: dict[str, tuple[str, int, str, str]] = {}
    ours = set(subjects)
    for subject in subjects:
        rows = engine.rows(
            "SELECT d.sha256, d.size, d.place, d.file_key FROM holding h"
            " JOIN document d ON d.sha256 = h.sha256 WHERE h.subject = ?",
            (subject,),
        )
        for row in rows:
            holders = engine.rows("SELECT subject FROM holding WHERE sha256 = ?", (row[0],))
            if {holder[0] for holder in holders} <= ours:
                found[row[0]] = (row[0], row[1], row[2], row[3])
    return list(found.values())


def _runs(positions: Sequence[int]) -> list[list[int]]:
    """Numbers in ascending order as pairs of first and last: 1, 2, 3, 7 is [[1, 3], [7, 7]]."""
    if not positions:
        return []
    runs = [[positions[0], positions[0]]]
    for before, at in pairwise(positions):
        if at == before + 1:
            runs[-1][1] = at
        else:
            runs.append([at, at])
    return runs
