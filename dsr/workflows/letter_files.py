"""A letter in all its forms: made as documents, and written where the person wants them."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from dsr.letters.document import Letter
from dsr.letters.email import email_bytes
from dsr.letters.text import plain_text
from dsr.letters.typesetting import PdfUnavailableError
from dsr.paths import put_in_place, stage_private_file
from dsr.tracker.events import Document

ENDINGS = (".pdf", ".eml", ".txt")


@dataclass(frozen=True, slots=True)
class WrittenAlong:
    """What is written along with a letter: files by what they are, and what the case keeps."""

    files: dict[str, Path] = field(default_factory=dict)
    kept: tuple[Document, ...] = ()


def forms_of(
    letter: Letter, stem: str, pdf: bytes | PdfUnavailableError, text: str | None = None
) -> tuple[Document, ...]:
    """The letter as PDF, if there is one, as e-mail and as text, or *text* in its place."""
    forms = [
        Document(f"{stem}.eml", "message/rfc822", email_bytes(letter)),
        Document(f"{stem}.txt", "text/plain", (text or plain_text(letter)).encode()),
    ]
    if isinstance(pdf, bytes):
        forms.insert(0, Document(f"{stem}.pdf", "application/pdf", pdf))
    return tuple(forms)


def pdf_or_reason(letter: Letter) -> bytes | PdfUnavailableError:
    """The letter as PDF, or why there is none on this machine."""
    from dsr.letters.pdf import pdf_bytes

    try:
        return pdf_bytes(letter)
    except PdfUnavailableError as error:
        return error


def free_stem(directory: Path, stem: str) -> str:
    """*stem*, or with a number behind it, so that no file of another letter is in the way."""
    name, number = stem, 1
    while any((directory / f"{name}{ending}").exists() for ending in ENDINGS):
        number += 1
        name = f"{stem}-{number}"
    return name


@contextmanager
def files_written(documents: tuple[Document, ...], directory: Path) -> Iterator[dict[str, Path]]:
    """Write a letter's files into *directory*; by ending, where each will lie.

    They get their names only after what happens inside, the keeping of the case, has succeeded:
    no letter lies about that nobody tracks.  Raises UnavailableError if the directory cannot be
    written.
    """
    staged: dict[Path, Path] = {}
    try:
        for document in documents:
            path = directory / document.name
            staged[path] = stage_private_file(path, document.content)
        yield {path.suffix.removeprefix("."): path.resolve() for path in staged}
        put_in_place(staged)
    finally:
        for part in staged.values():
            part.unlink(missing_ok=True)
