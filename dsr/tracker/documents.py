"""The exact bytes of what was sent and received, found by their hash.

Small ones lie in the database; large ones encrypted in the file store, each under a key of its own
that the database keeps.
"""

from collections.abc import Sequence
from hashlib import sha256
from io import BytesIO
from typing import BinaryIO

from dsr.errors import UnavailableError
from dsr.tracker.engine import Engine
from dsr.tracker.events import Document, DocumentRecord, LargeDocument
from dsr.tracker.files import FileStore, KeptFile

LARGEST_INSIDE = 1024 * 1024  # bytes; what is larger goes into the file store


class Documents:
    """The documents of a record."""

    def __init__(self, engine: Engine, files: FileStore) -> None:
        self._engine, self.files = engine, files

    def keep(self, subject: str, paper: Document | LargeDocument) -> DocumentRecord:
        """Keep a document for a case or person; inside of the transaction of its event."""
        if isinstance(paper, LargeDocument):
            digest, size = paper.file.sha256, paper.file.size
            where: tuple[object, ...] = (None, paper.file.place, paper.file.key)
        else:
            digest, size = sha256(paper.content).hexdigest(), len(paper.content)
            where = (paper.content, None, None)
        self._discard_twin(paper, digest)
        self._engine.run(
            "INSERT INTO document (sha256, size, content, place, file_key) VALUES (?, ?, ?, ?, ?)"
            " ON CONFLICT (sha256) DO NOTHING",
            (digest, size, *where),
        )
        self._engine.run(
            "INSERT INTO holding (subject, sha256) VALUES (?, ?) ON CONFLICT DO NOTHING",
            (subject, digest),
        )
        return DocumentRecord(paper.name, paper.media_type, digest, size)

    def _discard_twin(self, paper: Document | LargeDocument, digest: str) -> None:
        """Let go of a file that was taken in anew though its document is kept already."""
        if isinstance(paper, LargeDocument):
            row = self._engine.row("SELECT place FROM document WHERE sha256 = ?", (digest,))
            if row and row[0] != paper.file.place:
                self.files.discard(paper.file.place)

    def content(self, digest: str) -> bytes:
        """The exact bytes of a document, in memory.

        Raises UnavailableError if they are not what was recorded.
        """
        sink = BytesIO()
        self.copy_out(digest, sink)
        return sink.getvalue()

    def copy_out(self, digest: str, sink: BinaryIO) -> None:
        """Write the exact bytes of a document, of any size.

        Raises UnavailableError if they are not what was recorded.
        """
        kept = self._found(digest)
        if isinstance(kept, KeptFile):
            self.files.copy_out(kept, sink)
        elif sha256(kept).hexdigest() != digest:
            raise damaged()
        else:
            sink.write(kept)

    def _found(self, digest: str) -> bytes | KeptFile:
        row = self._engine.row(
            "SELECT size, content, place, file_key FROM document WHERE sha256 = ?", (digest,)
        )
        size, content, place, key = row or (0, None, None, None)
        if place:
            return KeptFile(digest, size, place, key)
        if not isinstance(content, bytes):
            raise damaged()
        return content

    def large(self) -> list[KeptFile]:
        """Every document that lies in the file store."""
        rows = self._engine.rows(
            "SELECT sha256, size, place, file_key FROM document WHERE place IS NOT NULL"
            " ORDER BY sha256"
        )
        return [KeptFile(*row) for row in rows]

    def discard(self, papers: Sequence[Document | LargeDocument]) -> None:
        """Let go of files that were taken in for an event that was then refused."""
        for paper in papers:
            if isinstance(paper, LargeDocument):
                self.files.discard(paper.file.place)


def damaged() -> UnavailableError:
    """The error for bytes that are gone or are not what they were."""
    return UnavailableError(
        "A document of this case is missing or was altered in the store.",
        hint="Restore the record from a backup: dsr data restore FILE",
        code="document_damaged",
    )
