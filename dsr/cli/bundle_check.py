"""`dsr verify --bundle FILE`: whether a complaint bundle is what it was."""

from pathlib import Path
from typing import TYPE_CHECKING

from dsr.cli.output import print_json, table
from dsr.cli.session import Session
from dsr.errors import ExitStatus

if TYPE_CHECKING:
    from dsr.workflows.bundle_check import Compared

COLORS = {"whole": "green", "altered": "red", "missing": "red", "extra": "red"}


def verify_bundle(session: Session, path: Path, *, as_json: bool) -> int:
    """Check the bundle and print what was found; the exit status."""
    from dsr.workflows.bundle_check import compare_bundle

    with session.store_if_any() as store:
        compared = compare_bundle(path, store)
    if as_json:
        print_json(_as_json(compared))
    else:
        _tell(session, compared)
    return ExitStatus.DONE if compared.ok else ExitStatus.INVALID


def _as_json(compared: "Compared") -> dict[str, object]:
    checked = compared.checked
    return {
        "ok": compared.ok,
        "reference": checked.manifest.reference,
        "made_on": checked.manifest.made_on,
        "authority": checked.manifest.authority,
        "files": [{"path": path, "found": found.value} for path, found in checked.files],
        "in_record": compared.in_record,
        "is_the_one": compared.is_the_one,
        "strangers": list(compared.strangers),
    }


def _tell(session: Session, compared: "Compared") -> None:
    checked = compared.checked
    manifest = checked.manifest
    session.show(f"{manifest.reference}, a complaint to {manifest.authority}\n")
    rows = [(path, found.value) for path, found in checked.files]
    table(session, ("File", "Found"), rows, colors=COLORS)
    session.show("")
    session.show(_against_the_record(compared))
    if compared.strangers:
        session.show(f"The case does not have: {', '.join(compared.strangers)}.")
    if checked.is_pdf and not compared.is_the_one:
        session.show("Whether the PDF was altered, only the record of its case can tell.")
    elif checked.is_pdf:
        session.show("The PDF is unaltered. Its exhibits as files are in the ZIP file.")
    else:
        session.show("The bundle is whole." if checked.ok else "The bundle is NOT what it was.")


def _against_the_record(compared: "Compared") -> str:
    if compared.is_the_one:
        return "The record kept the manifest of this very bundle."
    if compared.in_record:
        return "The case is in the record, which kept no such bundle."
    return "The case is not in this record, so nothing was compared with it."
