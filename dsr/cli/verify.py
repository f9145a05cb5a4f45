"""`dsr verify`: the record is whole and unaltered."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from dsr.cli.options import DIRECTORY, INPUT, json_option
from dsr.cli.output import print_json
from dsr.cli.session import Session, pass_session
from dsr.errors import ExitStatus, UsageError

if TYPE_CHECKING:
    from dsr.tracker.seal import SealVerdict
    from dsr.workflows.checking import Checked


@click.command("verify")
@click.option("--seal", "seal_to", type=DIRECTORY, metavar="DIR",
              help="Write a signed seal over the record there, to be kept elsewhere.")  # fmt: skip
@click.option("--against", type=DIRECTORY, metavar="DIR",
              help="Does the record still hold what this seal was made over?")  # fmt: skip
@click.option("--authority-cert", "roots", type=INPUT, multiple=True, metavar="FILE",
              help="Certificate (PEM) of the authority that stamped the seal.")  # fmt: skip
@click.option("--bundle", type=INPUT, metavar="FILE",
              help="Check a complaint bundle instead, the ZIP file or the PDF.")  # fmt: skip
@click.option("--rebuild", is_flag=True, help="Make what serves the lists anew from the journal.")
@json_option
@pass_session
def verify_command(
    session: Session,
    *,
    seal_to: Path | None,
    against: Path | None,
    roots: tuple[Path, ...],
    bundle: Path | None,
    rebuild: bool,
    as_json: bool,
) -> int:
    """Check every link of the journal, every document, and every row that the lists rest on.

    The first entry that is not what was recorded is named. Leaves with status 4 if there is one.
    A seal shows others, or you later, that nothing was changed since: keep it where the record is
    not. It holds nothing personal.

    \b
    Examples:
      dsr verify
      dsr verify --seal seal-2026-11
      dsr verify --against seal-2026-11
      dsr verify --bundle DSR-7K3F-9QX2-clearview-complaint-bundle.zip
    """
    from dsr.workflows.checking import check_record, rebuild_lists, seal_record

    if roots and not against:
        raise UsageError("--authority-cert goes with --against.")
    if bundle:
        from dsr.cli.bundle_check import verify_bundle

        if seal_to or against or rebuild:
            raise UsageError("--bundle checks a bundle alone: leave the other options out.")
        return verify_bundle(session, bundle, as_json=as_json)
    with session.store_if_any() as store:
        if store is None:
            return _nothing(session, seal_to or against, as_json=as_json)
        if rebuild:
            count = rebuild_lists(store)
            session.say(f"The lists were made anew over {count} requests.")
        with session.progress() as told:
            checked = check_record(store, against=against, roots=roots, told=told)
        key = seal_record(store, seal_to, checked.verdict, now=session.now()) if seal_to else None
    if as_json:
        print_json({**as_data(checked), "seal": seal_to and str(seal_to), "key": key})
    else:
        _tell(session, checked)
        if key and seal_to:
            session.show(f"Sealed in {seal_to.resolve()}, by the key {key}.")
            session.say("Keep it where the record is not. How others check it, and how to have it")
            session.say(f"time-stamped: {seal_to / 'HOW-TO-CHECK.txt'}")
    return ExitStatus.DONE if checked.ok else ExitStatus.INVALID


def _nothing(session: Session, seal: Path | None, *, as_json: bool) -> int:
    if seal:
        from dsr.errors import ConflictError

        raise ConflictError("Nothing was ever recorded here, so there is nothing to seal or check.")
    if as_json:
        print_json({"ok": True, "events": 0, "first_bad": None})
    else:
        session.say("Nothing was ever recorded here.")
    return ExitStatus.DONE


def as_data(checked: "Checked") -> dict[str, Any]:
    """What scripts get of a check."""
    verdict, bad = checked.verdict, checked.verdict.first_bad
    return {
        "ok": checked.ok,
        "events": verdict.events,
        "first_bad": bad
        and {"position": bad.position, "kind": bad.kind, "subject": bad.subject, "says": bad.says},
        "entries": verdict.entries,
        "documents": verdict.documents,
        "forgotten": verdict.forgotten,
        "head": verdict.head,
        "problems": list(verdict.problems),
        "against": checked.against and _against(checked.against),
    }


def _against(verdict: "SealVerdict") -> dict[str, Any]:
    return {
        "ok": verdict.ok,
        "entries": verdict.head.entries,
        "sealed_at": verdict.head.sealed_at.isoformat(),
        "added": verdict.added,
        "key": verdict.fingerprint,
        "stamped_at": verdict.stamped_at and verdict.stamped_at.isoformat(),
        "says": list(verdict.says),
    }


def _tell(session: Session, checked: "Checked") -> None:
    verdict, bad = checked.verdict, checked.verdict.first_bad
    counts = f"{verdict.entries} entries, {verdict.events} events, {verdict.documents} documents"
    if verdict.ok:
        session.show(click.style("✓ ", fg="green") + f"Whole and unaltered: {counts}.")
    else:
        session.show(click.style("✗ ", fg="red", bold=True) + f"Not as it was recorded: {counts}.")
    if bad:
        what = " ".join(filter(None, (bad.kind, bad.subject)))
        session.show(f"  Entry {bad.position}{f' ({what})' if what else ''}: {bad.says}.")
    for problem in verdict.problems[:20]:
        session.show(f"  {problem}")
    if len(verdict.problems) > 20:  # noqa: PLR2004
        session.show(f"  … and {len(verdict.problems) - 20} more (--json lists all).")
    if verdict.forgotten:
        forgotten = "entry was" if verdict.forgotten == 1 else "entries were"
        session.show(f"  {verdict.forgotten} {forgotten} forgotten, as the journal certifies.")
    for sentence in checked.against.says if checked.against else ():
        session.show(f"  {sentence}")
    if not verdict.ok:
        only_lists = all("list" in problem for problem in verdict.problems)
        lists = only_lists and bad is None and not verdict.end_is_missing
        way = "dsr verify --rebuild" if lists else "dsr data restore FILE"
        session.say(f"Next: {way}")
