"""Back the whole record up into one encrypted file, and bring it back into a file or a server."""

import io
import json
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path, PurePosixPath
from secrets import token_hex
from shutil import copyfileobj
from typing import Any, BinaryIO, Final

from dsr.errors import BadFileError, ConflictError, UnavailableError
from dsr.paths import make_private_directory, new_private_file, open_to_read
from dsr.tracker.backup_file import BackupLock, open_backup, write_backup
from dsr.tracker.engine import Engine
from dsr.tracker.files import FileStore, KeptFile, Nowhere, decrypted
from dsr.tracker.index import COLUMNS, EDITION, RECORD, meta, rebuild_names, set_meta
from dsr.tracker.journal import Entry
from dsr.tracker.ledger import entries
from dsr.tracker.migrations import schema_version
from dsr.tracker.store import Store
from dsr.tracker.verification import Verdict, verify

FORMAT: Final = "dsr-backup-1"
MANIFEST, JOURNAL, PAPERS, STANDINGS = "manifest.json", "journal", "documents", "standings"
HOME: Final = "home"
BATCH: Final = 5000  # entries in one member, held in memory at a time
OWN: Final = ("companies", "templates")  # what people write themselves, in the home
LARGEST_BATCH: Final = 16 * 1024 * 1024  # bytes
LARGEST_MEMBER: Final = 512 * 1024 * 1024  # bytes; more is not read into memory
BACKED_UP: Final = "backup:"  # with the place, the moment of a backup
# What the record keeps of itself and its journal does not say.
_KEPT_META: Final = (RECORD, EDITION, "signing-key")
Told = Callable[[str, int, int], None]
Member = tuple[str, BinaryIO, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What a backup says of itself, before everything else in it."""

    format: str
    made_at: str
    schema: int
    entries: int
    head: str
    meta: dict[str, str]


def back_up(
    store: Store,
    home: Path,
    target: Path,
    lock: BackupLock,
    *,
    now: datetime,
    told: Told = lambda *_: None,
) -> Verdict:
    """Write the record as of one moment to *target*, read it back and check all of it.

    The record may be used meanwhile.  Raises ConflictError if there is a file or the record is not
    whole, UnavailableError if it cannot be written or does not read back.
    """
    store.documents.files.sweep(
        {kept.place for kept in store.documents.large()}, now=datetime.now(UTC)
    )
    verdict = verify(store.engine, store.documents)
    if not verdict.ok:
        raise ConflictError(
            "The record is not whole, so a backup would only keep the damage.",
            hint="See what is wrong: dsr verify",
            code="record_altered",
        )
    with store.engine.snapshot(), ExitStack() as opened:
        members = _members(store, home, opened, now)
        write_backup(target, members, lock, told=lambda done: told(target.name, done, 0))
    try:
        checked = _read_back(target, lock)
    except BaseException:
        target.unlink(missing_ok=True)
        raise
    with store.engine.transaction():
        set_meta(store.engine, f"{BACKED_UP}{target.resolve()}", now.isoformat())
    return checked


def known_backups(engine: Engine) -> dict[str, str]:
    """The backups that were made of this record: where, and when."""
    rows = engine.rows("SELECT name, value FROM meta WHERE name LIKE ?", (f"{BACKED_UP}%",))
    return {name.removeprefix(BACKED_UP): value for name, value in rows}


def _members(store: Store, home: Path, opened: ExitStack, now: datetime) -> Iterator[Member]:
    """Everything that a backup holds, one after another."""
    engine = store.engine
    last = engine.row("SELECT position, digest FROM entry ORDER BY position DESC LIMIT 1")
    said = {name: value for name in _KEPT_META if (value := meta(engine, name))}
    said |= {f"{BACKED_UP}{place}": at for place, at in known_backups(engine).items()}
    manifest = Manifest(
        format=FORMAT,
        made_at=now.isoformat(),
        schema=schema_version(),
        entries=last[0] if last else 0,
        head=last[1] if last else "",
        meta=said,
    )
    yield _member(MANIFEST, _json(asdict(manifest)))
    journal, number = entries(engine), 0
    while batch := list(islice(journal, BATCH)):
        yield _member(f"{JOURNAL}/{number:06}.jsonl", b"\n".join(map(_line, batch)))
        number += 1
    yield from _standings(engine)
    yield _member("documents.json", _json({"large": [list(row) for row in _large(engine)]}))
    yield from _batched(PAPERS, _small(engine))
    for _digest, _size, place, _key in _large(engine):
        path = store.documents.files.path(place)
        stream = opened.enter_context(open_to_read(path))
        yield f"files/{place}", stream, path.stat().st_size
    yield from _batched(HOME, _own_files(home))


def _small(engine: Engine) -> Iterator[tuple[str, bytes]]:
    rows = engine.stream("SELECT sha256, content FROM document WHERE place IS NULL ORDER BY sha256")
    yield from ((digest, bytes(content)) for digest, content in rows)


def _own_files(home: Path) -> Iterator[tuple[str, bytes]]:
    for kind in OWN:
        for path in sorted((home / kind).rglob("*")):
            if path.is_file() and not path.name.startswith("."):
                yield path.relative_to(home).as_posix(), path.read_bytes()


def _batched(kind: str, found: Iterator[tuple[str, bytes]]) -> Iterator[Member]:
    """Many small files, a line each, in few members."""
    number, lines, size = 0, [], 0
    for name, content in found:
        lines.append(_json({"name": name, "content": b64encode(content).decode("ascii")}))
        size += len(content)
        if size > LARGEST_BATCH:
            yield _member(f"{kind}/{number:06}.jsonl", b"\n".join(lines))
            number, lines, size = number + 1, [], 0
    if lines:
        yield _member(f"{kind}/{number:06}.jsonl", b"\n".join(lines))


def _standings(engine: Engine) -> Iterator[Member]:
    """What serves the lists, so that it need not be computed anew; it is checked like the rest."""
    rows, number = engine.stream(f"SELECT {COLUMNS}, check_sum FROM standing"), 0  # noqa: S608
    while batch := list(islice(rows, BATCH)):
        lines = (json.dumps(row, ensure_ascii=False).encode() for row in batch)
        yield _member(f"{STANDINGS}/{number:06}.jsonl", b"\n".join(lines))
        number += 1


def _large(engine: Engine) -> list[tuple[str, int, str, str]]:
    rows = engine.rows(
        "SELECT sha256, size, place, file_key FROM document WHERE place IS NOT NULL ORDER BY sha256"
    )
    return [(row[0], row[1], row[2], row[3]) for row in rows]


def _member(name: str, content: bytes) -> Member:
    return name, io.BytesIO(content), len(content)


def _line(entry: Entry) -> bytes:
    said = [entry.position, entry.kind, entry.subject, entry.salt, entry.content]
    kept = entry.commitment if entry.content is None else None
    return json.dumps([*said, kept, entry.digest], ensure_ascii=False).encode()


def _json(table: dict[str, Any]) -> bytes:
    return json.dumps(table, ensure_ascii=False).encode()


# back again -------------------------------------------------------------------------------------


def restore(
    source: Path,
    lock: BackupLock,
    open_new: Callable[[], Store],
    home: Path,
    *,
    told: Told = lambda *_: None,
) -> tuple[Store, Verdict]:
    """Fill the empty record that *open_new* gives with a backup, and check all of it.

    Raises ConflictError if the record is not empty, BadFileError or UnavailableError if the backup
    is none, not whole, or locked otherwise.
    """
    with open_backup(source, lock) as members:
        manifest = _manifest(members)
        store = open_new()
        try:
            _fill(store, manifest, members, home, told)
            verdict = _checked(store, manifest, source)
            with store.engine.transaction():
                set_meta(store.engine, f"{BACKED_UP}{source.resolve()}", manifest.made_at)
        except BaseException:
            store.close()
            raise
    return store, verdict


def _checked(store: Store, manifest: Manifest, source: Path) -> Verdict:
    verdict = verify(store.engine, store.documents)
    if not verdict.ok or verdict.entries != manifest.entries:
        raise BadFileError(
            f"{source} does not hold a whole record.",
            hint="Use another backup.",
            code="file_altered",
        )
    return verdict


def _manifest(members: Iterator[tuple[str, BinaryIO]]) -> Manifest:
    name, stream = next(members, ("", io.BytesIO()))
    try:
        found = Manifest(**json.loads(stream.read(LARGEST_MEMBER)))
    except (ValueError, TypeError) as error:
        raise BadFileError("The backup does not say what it holds.", code="not_a_backup") from error
    if (name, found.format) == (MANIFEST, FORMAT) and found.schema <= schema_version():
        return found
    raise UnavailableError(
        "The backup was made by a newer dsr.",
        hint="Update dsr: pipx upgrade dsr",
        code="newer_store",
    )


def _fill(
    store: Store,
    manifest: Manifest,
    members: Iterator[tuple[str, BinaryIO]],
    home: Path,
    told: Told,
) -> None:
    engine = store.engine
    with engine.transaction():
        if engine.row("SELECT 1 FROM entry LIMIT 1"):
            raise ConflictError(
                "There is a record already, and it is not replaced unless you say so.",
                hint="Add --replace; what is there now is kept aside.",
                code="record_exists",
            )
        for name, value in manifest.meta.items():
            set_meta(engine, name, value)
        for name, stream in members:
            kind = name.partition("/")[0]
            if kind == JOURNAL:
                _insert(engine, _ENTRY, stream.read(LARGEST_MEMBER))
            elif kind == STANDINGS:
                _insert(engine, _STANDING, stream.read(LARGEST_MEMBER))
            elif kind == "documents.json":
                rows = [(*row[:2], None, *row[2:]) for row in json.load(stream)["large"]]
                engine.run_many(_KEEP, rows)
            elif kind == PAPERS:
                _insert_papers(engine, stream.read(LARGEST_MEMBER))
            elif kind == HOME:
                _put_own(home, stream.read(LARGEST_MEMBER))
            else:
                store.documents.files.put(name.removeprefix("files/"), stream)
            told(name, 0, 0)
        rebuild_names(engine)


_KEEP: Final = (
    "INSERT INTO document (sha256, size, content, place, file_key) VALUES (?, ?, ?, ?, ?)"
)


_ENTRY: Final = (
    "INSERT INTO entry (position, kind, subject, salt, content, commitment, digest)"
    " VALUES (?, ?, ?, ?, ?, ?, ?)"
)
_STANDING: Final = (
    f"INSERT INTO standing ({COLUMNS}, check_sum)"  # noqa: S608
    f" VALUES ({', '.join('?' * (COLUMNS.count(',') + 2))})"
)


def _insert(engine: Engine, sql: str, lines: bytes) -> None:
    engine.run_many(sql, [json.loads(line) for line in lines.split(b"\n") if line])


def _insert_papers(engine: Engine, lines: bytes) -> None:
    rows = []
    for name, content in _unbatched(lines):
        rows.append((name, len(content), content, None, None))
    engine.run_many(_KEEP, rows)


def _put_own(home: Path, lines: bytes) -> None:
    for name, content in _unbatched(lines):
        place = PurePosixPath(name)
        if place.is_absolute() or ".." in place.parts or place.parts[0] not in OWN:
            raise BadFileError("The backup names a file outside of the home.", code="file_altered")
        _put(home / place, io.BytesIO(content))


def _unbatched(lines: bytes) -> Iterator[tuple[str, bytes]]:
    for line in filter(None, lines.split(b"\n")):
        table = json.loads(line)
        yield table["name"], b64decode(table["content"])


def _put(path: Path, stream: BinaryIO) -> None:
    """Write a file; one that is there already is left as it is."""
    if path.exists():
        return
    _make_directories(path.parent)
    with new_private_file(path) as sink:
        copyfileobj(stream, sink)


def _make_directories(directory: Path) -> None:
    if not directory.is_dir():
        _make_directories(directory.parent)
        make_private_directory(directory)


def _read_back(target: Path, lock: BackupLock) -> Verdict:
    """Restore the backup beside itself, check it and let it go; large files are only proven."""
    import tempfile

    from dsr.secrets import Key
    from dsr.tracker.sqlite import SqliteEngine

    # Encrypted under a key that nobody keeps: what a crash leaves behind is noise.
    with tempfile.TemporaryDirectory(prefix="dsr-", dir=target.parent) as place:
        home, key = Path(place), Key(token_hex(32), is_raw=True)

        def passing() -> Store:
            store = Store(SqliteEngine(home / "record.db", key), home / "files")
            store.documents.files = _PassingFiles(store)
            return store

        store, verdict = restore(target, lock, passing, home)
        store.close()
    return verdict


class _PassingFiles(FileStore):
    """Proves the files of a backup as they pass, and keeps none: they may fill the disk."""

    def __init__(self, store: Store) -> None:
        super().__init__(Path())
        self._store, self._known = store, dict[str, KeptFile]()
        self._proven: set[str] = set()

    def put(self, place: str, stream: BinaryIO) -> None:
        """Prove a file."""
        self._known = self._known or {kept.place: kept for kept in self._store.documents.large()}
        kept = self._known.get(place)
        if kept and decrypted(stream, kept, Nowhere()):
            self._proven.add(place)

    def check(self, kept: KeptFile, told: Callable[[int], None] | None = None) -> bool:  # noqa: ARG002
        """Whether it was proven."""
        return kept.place in self._proven
