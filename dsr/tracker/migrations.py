"""The shape of the store, step by step; each step commits together with its record."""

from typing import Final

# A request and its events are kept as the JSON that the journal hashes; the columns beside it
# only serve to find rows.  `standing` can be computed anew from events and law at any time.
STEPS: Final[tuple[str, ...]] = (
    """
    CREATE TABLE person (
        id TEXT PRIMARY KEY,
        identity TEXT NOT NULL
    );
    CREATE TABLE request (
        reference TEXT PRIMARY KEY,
        person TEXT NOT NULL REFERENCES person (id),
        company TEXT NOT NULL,
        made_on TEXT NOT NULL,
        content TEXT NOT NULL
    );
    CREATE INDEX request_by_company ON request (company);
    CREATE INDEX request_by_person ON request (person);
    CREATE TABLE event (
        reference TEXT NOT NULL REFERENCES request (reference),
        seq INTEGER NOT NULL,
        content TEXT NOT NULL,
        PRIMARY KEY (reference, seq)
    );
    CREATE TABLE document (
        sha256 TEXT PRIMARY KEY,
        content BLOB NOT NULL
    );
    CREATE TABLE journal (
        position INTEGER PRIMARY KEY,
        reference TEXT NOT NULL,
        content TEXT NOT NULL,
        previous TEXT NOT NULL,
        digest TEXT NOT NULL
    );
    CREATE TABLE standing (
        reference TEXT PRIMARY KEY REFERENCES request (reference),
        phase TEXT NOT NULL,
        sent_on TEXT,
        due TEXT,
        due_lenient TEXT,
        edition TEXT NOT NULL
    );
    CREATE INDEX standing_open ON standing (phase, due_lenient, due);
    """,
    """
    CREATE TABLE setting (
        name TEXT PRIMARY KEY,
        value TEXT NOT NULL
    );
    """,
)


def schema_version() -> int:
    """The version that this dsr writes."""
    return len(STEPS)
