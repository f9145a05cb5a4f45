"""Check a complaint bundle that was made earlier: whether its files are what its manifest says."""

import zipfile
import zlib
from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from pathlib import Path

from dsr.errors import BadFileError, NotFoundError, UnavailableError
from dsr.reports.manifest import MANIFEST, SUMS, Manifest, read_manifest

LARGEST_MANIFEST = 10 * 1024 * 1024  # bytes
_PIECE = 1024 * 1024
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError)


class Found(StrEnum):
    """What became of a file of the bundle."""

    WHOLE = "whole"
    ALTERED = "altered"
    MISSING = "missing"
    EXTRA = "extra"  # the manifest does not name it
    UNSEEN = "unseen"  # a PDF names it, and does not hold it


@dataclass(frozen=True, slots=True)
class Checked:
    """A bundle's manifest, and each file by its path with what was found."""

    manifest: Manifest
    files: tuple[tuple[str, Found], ...]
    own_sha256: str  # of the file that was checked
    is_pdf: bool = False

    @property
    def ok(self) -> bool:
        """Whether nothing is altered, missing or extra."""
        return all(found in (Found.WHOLE, Found.UNSEEN) for _, found in self.files)


def check_bundle(path: Path) -> Checked:
    """Compare every file of a bundle with its manifest; nothing is unpacked to the disk.

    Raises NotFoundError or UnavailableError if it cannot be read, BadFileError if it is no bundle.
    """
    try:
        with path.open("rb") as stream:
            start = stream.read(5)
            stream.seek(0)
            digest = sha256()
            while piece := stream.read(_PIECE):
                digest.update(piece)
        if start == b"%PDF-":
            return _in_pdf(path, digest.hexdigest())
        return _in_zip(path, digest.hexdigest())
    except FileNotFoundError as error:
        raise NotFoundError(f"There is no file {path}.", code="no_such_file") from error
    except _BROKEN as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise UnavailableError(f"{path} cannot be read: {error.strerror}.") from error
        raise _no_bundle(path) from error


def _in_zip(path: Path, own: str) -> Checked:
    with zipfile.ZipFile(path) as archive:
        entries = archive.infolist()
        names = Counter(entry.filename for entry in entries)
        by_name = {entry.filename: entry for entry in entries}
        entry = by_name.get(MANIFEST)
        if entry is None or entry.file_size > LARGEST_MANIFEST:
            raise _no_bundle(path)
        with archive.open(entry) as stream:
            manifest = read_manifest(stream.read(LARGEST_MANIFEST))
        said = {member.path: member for member in manifest.files}
        found: list[tuple[str, Found]] = []
        for member in manifest.files:
            inside = by_name.get(member.path)
            if inside is None:
                found.append((member.path, Found.MISSING))
            else:
                same = names[member.path] == 1 and _same(
                    archive, inside, member.bytes, member.sha256
                )
                found.append((member.path, Found.WHOLE if same else Found.ALTERED))
        known = {*said, MANIFEST, SUMS}
        found += [(name, Found.EXTRA) for name in names if name not in known]
        found += [(name, Found.EXTRA) for name in (MANIFEST, SUMS) if names[name] > 1]
    return Checked(manifest, tuple(found), own)


def _same(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, size: int, digest: str) -> bool:
    """Whether a file is what the manifest says, read no further than it should be long."""
    if entry.file_size != size:
        return False
    hashed, left = sha256(), size + 1
    try:
        with archive.open(entry) as stream:
            while left > 0 and (piece := stream.read(min(_PIECE, left))):
                hashed.update(piece)
                left -= len(piece)
    except _BROKEN:
        return False
    return hashed.hexdigest() == digest


def _in_pdf(path: Path, own: str) -> Checked:
    """What the PDF says of its exhibits; the files themselves are in the archive."""
    import pikepdf

    try:
        with pikepdf.open(path) as pdf:
            attached = pdf.attachments.get(MANIFEST)
            content = attached.get_file().read_bytes() if attached is not None else b""
    except (pikepdf.PdfError, ValueError) as error:
        raise _no_bundle(path) from error
    if not content:
        raise _no_bundle(path)
    manifest = read_manifest(content)
    return Checked(
        manifest, tuple((each.path, Found.UNSEEN) for each in manifest.files), own, is_pdf=True
    )


def _no_bundle(path: Path) -> BadFileError:
    return BadFileError(
        f"{path} is no bundle that dsr made, or it is damaged.",
        hint="Name the ZIP file or the PDF that `dsr complain` wrote.",
        code="bad_bundle",
    )
