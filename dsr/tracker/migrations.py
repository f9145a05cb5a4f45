"""The form of the record, step by step; each step commits together with its record."""

import json
import secrets
from collections.abc import Callable
from typing import Final

from dsr.errors import UnavailableError
from dsr.law.edition import law_edition
from dsr.tracker.engine import Engine
from dsr.tracker.index import EDITION, RECORD, rebuild, set_meta
from dsr.tracker.journal import GENESIS, Kind, canonical
from dsr.tracker.ledger import append

# The journal is the record: what people, requests and events say stands in `entry` and nowhere
# else.  The tables beside it only serve to find things, and can be made anew from it at any time.
TABLES: Final = """
    CREATE TABLE IF NOT EXISTS meta (
        name TEXT PRIMARY KEY,
        value TEXT NOT NULL
    );
    CREATE TABLE entry (
        position INTEGER PRIMARY KEY,
        kind TEXT,
        subject TEXT,
        salt TEXT,
        content TEXT,
        commitment TEXT,
        digest TEXT NOT NULL
    );
    CREATE INDEX entry_by_subject ON entry (subject, position);
    CREATE TABLE document (
        sha256 TEXT PRIMARY KEY,
        size INTEGER NOT NULL,
        content BLOB,
        place TEXT,
        file_key TEXT
    );
    CREATE TABLE holding (
        subject TEXT NOT NULL,
        sha256 TEXT NOT NULL REFERENCES document (sha256),
        PRIMARY KEY (subject, sha256)
    );
    CREATE INDEX holding_by_document ON holding (sha256);
    CREATE TABLE person (
        id TEXT PRIMARY KEY,
        position INTEGER NOT NULL
    );
    CREATE TABLE campaign (
        name TEXT PRIMARY KEY,
        position INTEGER NOT NULL
    )
"""
# Where each case stands, in columns to choose and sort by.
STANDING: Final = """
    CREATE TABLE standing (
        reference TEXT PRIMARY KEY,
        person TEXT NOT NULL,
        company TEXT NOT NULL,
        company_name TEXT NOT NULL,
        law TEXT NOT NULL,
        rights TEXT NOT NULL,
        made_on TEXT NOT NULL,
        campaign TEXT,
        phase TEXT NOT NULL,
        asked TEXT,
        bounced INTEGER NOT NULL,
        reminded_on TEXT,
        reminders INTEGER NOT NULL,
        new_term TEXT,
        objections TEXT NOT NULL,
        unsent TEXT,
        unsent_until TEXT,
        answer TEXT,
        answered_on TEXT,
        closed_on TEXT,
        sent_on TEXT,
        kind TEXT,
        basis TEXT,
        due TEXT,
        due_lenient TEXT,
        ticked INTEGER NOT NULL,
        events INTEGER NOT NULL,
        check_sum TEXT NOT NULL
    );
    CREATE INDEX standing_by_phase ON standing (phase, due_lenient);
    CREATE INDEX standing_by_person ON standing (person, phase);
    CREATE INDEX standing_by_company ON standing (company, phase);
    CREATE INDEX standing_by_campaign ON standing (campaign)
"""
# The first form kept the journal beside tables of requests and events that said the same.
FIRST_TABLES: Final = ("person", "request", "event", "document", "journal", "standing")


def upgrade(engine: Engine, before: Callable[[int], None]) -> bool:
    """Bring the record into the form that this dsr writes; whether anything had to be done.

    *before* is called with the old version, to make a backup, when nobody else can write any more
    and nothing is changed yet.
    Raises UnavailableError, and changes nothing, if the record is newer or does not hold together.
    """
    found = engine.version()
    _refuse_newer(found)
    if found == schema_version():
        return False
    with engine.transaction():
        version = engine.version()  # another dsr may have been faster
        _refuse_newer(version)
        if 0 < version < schema_version():
            before(version)
        for step in _STEPS[version:]:
            step(engine)
        if version < schema_version():
            engine.set_version(schema_version())
    return True


def schema_version() -> int:
    """The version that this dsr writes."""
    return len(_STEPS)


def _refuse_newer(version: int) -> None:
    if version > schema_version():
        raise UnavailableError(
            f"Your record was written by a newer dsr (format {version}; this one knows "
            f"{schema_version()}).",
            hint="Update dsr: pipx upgrade dsr",
            code="newer_store",
        )


def _nothing(engine: Engine) -> None:
    """The first form needs no making any more: the second takes its place at once."""


def _one_journal(engine: Engine) -> None:
    """Make the journal the only place that says what happened, with a salt in every entry."""
    if not engine.version():
        engine.define(TABLES)
        engine.define(STANDING)
        set_meta(engine, RECORD, secrets.token_hex(8))
        set_meta(engine, EDITION, law_edition())
        return
    old = engine.rows("SELECT reference, content, previous, digest FROM journal ORDER BY position")
    head = _checked_first_form(old)
    people = engine.rows("SELECT identity FROM person ORDER BY id")
    for name in FIRST_TABLES[::-1]:
        engine.run(f"ALTER TABLE {name} RENAME TO first_{name}")
    for index in ("request_by_company", "request_by_person", "standing_open"):
        engine.run(f"DROP INDEX {index}")
    engine.define(TABLES)
    engine.define(STANDING)
    set_meta(engine, RECORD, secrets.token_hex(8))
    append(engine, Kind.UPGRADED, "", canonical({"entries": len(old), "head": head}))
    engine.run(
        "INSERT INTO document (sha256, size, content)"
        " SELECT sha256, length(content), content FROM first_document"
    )
    for (identity,) in people:
        table = json.loads(identity)
        append(engine, Kind.PERSON, table["id"], canonical({"person": table}))
    for reference, content, _, _ in old:
        is_event = "seq" in json.loads(content)
        append(engine, Kind.EVENT if is_event else Kind.REQUEST, reference, content)
    for name in FIRST_TABLES[::-1]:
        engine.run(f"DROP TABLE first_{name}")
    rebuild(engine)


def _checked_first_form(entries: list[tuple[str, ...]]) -> str:
    """The last digest of the first form's journal, once every link was followed."""
    from hashlib import sha256

    previous = GENESIS
    for reference, content, stated, digest in entries:
        expected = sha256(f"{previous}\n{reference}\n{content}".encode()).hexdigest()
        if stated != previous or digest != expected:
            raise UnavailableError(
                "The journal of your record does not hold together, so it was not upgraded.",
                hint="Restore the record from a backup.",
                code="store_damaged",
            )
        previous = digest
    return previous


def _standing_anew(engine: Engine) -> None:
    """Keep of each case what reminded it, what it was refused for, and when it was answered."""
    engine.run("DROP TABLE standing")
    engine.define(STANDING)
    rebuild(engine)


_STEPS: Final[tuple[Callable[[Engine], None], ...]] = (_nothing, _one_journal, _standing_anew)
