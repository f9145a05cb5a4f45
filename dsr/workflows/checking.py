"""Check that the record is whole and unaltered, and seal it so that others can check it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from dsr.errors import ConflictError
from dsr.paths import open_to_read
from dsr.tracker.index import RECORD, meta, set_meta
from dsr.tracker.ledger import digest_at, head
from dsr.tracker.seal import Head, SealVerdict, check_seal
from dsr.tracker.store import Store
from dsr.tracker.verification import Verdict, verify
from dsr.workflows.record import Told
from dsr.workflows.sealing import read_seal, write_seal

SIGNING_KEY = "signing-key"  # of the record's own seals, in PEM
LARGEST_CERTIFICATE = 1 << 20  # bytes


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check of the record found, and how it stands to a seal made earlier."""

    verdict: Verdict
    against: SealVerdict | None = None

    @property
    def ok(self) -> bool:
        """Whether nothing speaks against the record."""
        return self.verdict.ok and (self.against is None or self.against.ok)


def check_record(
    store: Store,
    *,
    against: Path | None = None,
    roots: Sequence[Path] = (),
    told: Told = lambda _name, _done, _size: None,
) -> Checked:
    """Check everything in the record, and whether it still holds what a seal was made over.

    Raises NotFoundError, InvalidInputError or UnavailableError if the seal cannot be read.
    """
    seal = read_seal(against) if against else None
    certificates = [_certificate(path) for path in roots]
    total, _digest = head(store.engine)
    verdict = verify(store.engine, store.documents, lambda done: told("journal", done, total))
    if seal is None:
        return Checked(verdict)
    return Checked(
        verdict,
        check_seal(
            seal,
            lambda position: digest_at(store.engine, position),
            store=meta(store.engine, RECORD) or "",
            entries=verdict.entries,
            own_key=_own_public_key(store),
            roots=certificates,
        ),
    )


def rebuild_lists(store: Store) -> int:
    """Make what serves the lists anew from the journal; over how many requests.

    Raises ConflictError, and changes nothing, if the journal is not what was recorded.
    """
    verdict = verify(store.engine, store.documents)
    if verdict.first_bad:
        raise ConflictError(
            "The journal is not what was recorded, so nothing is made anew from it.",
            hint="See what is wrong: dsr verify",
            code="record_altered",
        )
    if verdict.end_is_missing:
        raise ConflictError(
            "The newest entries of the journal are missing, and with the lists made anew nothing "
            "would tell of them any more.",
            hint="Bring them back from a backup: dsr data restore FILE",
            code="record_altered",
        )
    return store.rebuild()


def seal_record(store: Store, directory: Path, verdict: Verdict, *, now: datetime) -> str:
    """Write a seal over what was checked to *directory*; the fingerprint of the key that signs.

    Raises ConflictError if the record is empty or not whole, or if something lies there already.
    """
    from dsr.tracker.signing import fingerprint, public_pem

    _refuse_unless_whole(verdict)
    key = signing_key(store)
    sealed = Head(
        store=meta(store.engine, RECORD) or "",
        entries=verdict.entries,
        digest=verdict.head,
        sealed_at=now,
    )
    write_seal(directory, sealed, key)
    return fingerprint(public_pem(key))


def verify_or_refuse(store: Store) -> Verdict:
    """Check everything before it is sealed; raises ConflictError if it is empty or not whole."""
    verdict = verify(store.engine, store.documents)
    _refuse_unless_whole(verdict)
    return verdict


def _refuse_unless_whole(verdict: Verdict) -> None:
    if not verdict.ok:
        raise ConflictError(
            "The record is not whole, so it is not sealed.",
            hint="See what is wrong: dsr verify",
            code="record_altered",
        )
    if not verdict.entries:
        raise ConflictError("There is nothing in the record yet that could be sealed.")


def signing_key(store: Store) -> bytes:
    """The record's own key, drawn when it first seals."""
    from dsr.tracker.signing import new_key_pem

    with store.engine.transaction():
        kept = meta(store.engine, SIGNING_KEY)
        if kept is None:
            kept = new_key_pem().decode("ascii")
            set_meta(store.engine, SIGNING_KEY, kept)
    return kept.encode("ascii")


def _own_public_key(store: Store) -> bytes | None:
    from dsr.tracker.signing import public_pem

    kept = meta(store.engine, SIGNING_KEY)
    return public_pem(kept.encode("ascii")) if kept else None


def _certificate(path: Path) -> bytes:
    with open_to_read(path) as stream:
        return stream.read(LARGEST_CERTIFICATE)
