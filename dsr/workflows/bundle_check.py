"""Compare a complaint bundle with the record that it was made from, where there is one."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from dsr.errors import BadFileError, NotFoundError
from dsr.reports.bundle_check import Checked, check_bundle
from dsr.reports.manifest import BUNDLE, Manifest, read_manifest

if TYPE_CHECKING:
    from dsr.tracker.store import Store


@dataclass(frozen=True, slots=True)
class Compared:
    """A bundle as it was checked, and whether the record has all its exhibits.

    ``in_record`` is None where the case is not in the record.  ``is_the_one`` tells that the
    record kept the manifest of this very bundle.
    """

    checked: Checked
    in_record: bool | None = None
    is_the_one: bool = False
    strangers: tuple[str, ...] = ()  # exhibits that the case does not have

    @property
    def ok(self) -> bool:
        """Whether the files are whole, the case has each exhibit, and a PDF is the one kept."""
        known = self.is_the_one or not self.checked.is_pdf or self.in_record is None
        return self.checked.ok and not self.strangers and known


def compare_bundle(path: Path, store: "Store | None") -> Compared:
    """Check a bundle by itself, and against the record if its case is there.

    Raises NotFoundError, UnavailableError or BadFileError as :func:`check_bundle` does.
    """
    checked = check_bundle(path)
    reference = checked.manifest.reference
    try:
        events = store.events(store.request(reference).reference) if store else None
    except NotFoundError:
        events = None
    if store is None or events is None:
        return Compared(checked)
    documents = {document.sha256: document for event in events for document in event.documents}
    held = set(documents) | _mandates(store, reference)
    strangers = tuple(
        member.path
        for member in checked.manifest.files
        if member.label is not None and member.sha256 not in held
    )
    kept = (
        _manifest(store.document(each.sha256))
        for each in documents.values()
        if each.name.endswith("-bundle.json")
    )
    is_the_one = any(_is_of(each, checked) for each in kept if each)
    return Compared(checked, in_record=True, is_the_one=is_the_one, strangers=strangers)


def _mandates(store: "Store", reference: str) -> set[str]:
    """The signed mandates of the person whose case it is."""
    person = store.person(store.request(reference).data_subject.id)
    return {each.document for each in person.mandates if each.document} if person else set()


def _manifest(content: bytes) -> Manifest | None:
    try:
        return read_manifest(content)
    except BadFileError:
        return None


def _is_of(kept: Manifest, checked: Checked) -> bool:
    """Whether a kept manifest is that of the archive, or names the PDF that was checked."""
    if kept == checked.manifest:
        return True
    return any(each.path == BUNDLE and each.sha256 == checked.own_sha256 for each in kept.files)
