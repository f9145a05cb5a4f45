"""`dsr data backup` and `restore`: the whole record in one encrypted file, and back."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from dsr.cli.options import FILE, INPUT, json_option
from dsr.cli.output import print_json
from dsr.cli.session import Session, pass_session
from dsr.errors import UnavailableError

if TYPE_CHECKING:
    from dsr.tracker.backup_file import BackupLock
    from dsr.tracker.verification import Verdict

# Called otherwise than the global --passphrase-file, whose value click would take it for.
_passphrase_option = click.option(
    "--backup-passphrase-file", "backup_passphrase", type=INPUT, metavar="FILE",
    help="File with the passphrase that opens the backup, on any computer.",
)  # fmt: skip


@click.command("backup")
@click.argument("target", metavar="FILE", type=FILE)
@_passphrase_option
@json_option
@pass_session
def backup_command(
    session: Session, *, target: Path, backup_passphrase: Path | None, as_json: bool
) -> None:
    """Write the whole record into FILE, encrypted, and read it back to check it.

    Without a passphrase the key of backups in the system keyring opens it, on this computer only.
    dsr may be used meanwhile. FILE can be opened without dsr, with the standard program age.

    \b
    Examples:
      dsr data backup /media/stick/dsr-2026-11.backup
      dsr data backup copy.backup --backup-passphrase-file passphrase
    """
    from dsr.workflows.backup import back_up

    with session.store_that_is_there() as store:
        lock = _backup_lock(session, backup_passphrase)
        with session.progress() as told:
            verdict = back_up(store, session.home, target, lock, now=session.now(), told=told)
    if as_json:
        print_json({"file": str(target.resolve()), **_counts(verdict)})
        return
    session.show(str(target.resolve()))
    session.say(f"Backed up and checked: {_in_words(verdict)}.")
    if _is_key(lock):
        session.say("It opens on this computer only; for others: --backup-passphrase-file FILE")
    session.say(f"To bring it back: dsr data restore {target}")


@click.command("restore")
@click.argument("source", metavar="FILE", type=INPUT)
@_passphrase_option
@click.option("--replace", is_flag=True, help="Put it in the place of the record that is there.")
@json_option
@pass_session
def restore_command(
    session: Session, *, source: Path, backup_passphrase: Path | None, replace: bool, as_json: bool
) -> None:
    """Bring the record back from the backup FILE, and check all of it.

    A record that is there already is replaced only with --replace, and kept aside then.
    A backup of a file can be restored into a database and the other way round.

    \b
    Example:
      dsr data restore /media/stick/dsr-2026-11.backup --replace
    """
    from dsr.workflows.restoring import restore_record

    lock = _lock_of(session, source, backup_passphrase)
    with session.progress() as told:
        verdict, aside = restore_record(
            source,
            lock,
            session.place(),
            session.key_sources(),
            now=session.now(),
            replace=replace,
            told=told,
        )
    if as_json:
        print_json({**_counts(verdict), "aside": aside})
        return
    session.say(f"Restored and checked: {_in_words(verdict)}.")
    if aside:
        session.say(f"What was there before lies in {aside}.")
    session.say("Next: dsr list")


def _backup_lock(session: Session, passphrase_file: Path | None) -> "BackupLock":
    """What a new backup is locked by: a passphrase, or the key of backups in the keyring."""
    from dsr.secrets import backup_identity, passphrase_in
    from dsr.tracker.age import new_identity
    from dsr.tracker.backup_file import KeyLock, PassphraseLock

    chosen = passphrase_file or session.passphrase_file
    if chosen:
        return PassphraseLock(passphrase_in(chosen))
    try:
        return KeyLock(backup_identity(new=new_identity()) or "")
    except UnavailableError:
        if not session.interactive:
            raise
    typed = click.prompt(
        "Passphrase for the backup", hide_input=True, confirmation_prompt=True, err=True
    )
    return PassphraseLock(typed)


def _lock_of(session: Session, source: Path, passphrase_file: Path | None) -> "BackupLock":
    """What opens a backup."""
    from dsr.secrets import backup_identity, passphrase_in
    from dsr.tracker.backup_file import KeyLock, PassphraseLock, asks_passphrase

    if not asks_passphrase(source):
        kept = backup_identity()
        if kept is None:
            raise UnavailableError(
                "The key that opens this backup lies in the system keyring of another computer.",
                hint="Restore the keyring entry dsr/backups from there.",
                code="wrong_key",
            )
        return KeyLock(kept)
    chosen = passphrase_file or session.passphrase_file
    if chosen:
        return PassphraseLock(passphrase_in(chosen))
    if not session.interactive:
        raise UnavailableError(
            "A passphrase opens this backup, and there is no terminal to ask for it.",
            hint="Name the file that holds it: --backup-passphrase-file FILE",
            code="passphrase_missing",
        )
    return PassphraseLock(click.prompt("Passphrase of the backup", hide_input=True, err=True))


def _is_key(lock: "BackupLock") -> bool:
    from dsr.tracker.backup_file import KeyLock

    return isinstance(lock, KeyLock)


def _counts(verdict: "Verdict") -> dict[str, Any]:
    return {
        "entries": verdict.entries,
        "events": verdict.events,
        "documents": verdict.documents,
        "head": verdict.head,
    }


def _in_words(verdict: "Verdict") -> str:
    return f"{verdict.entries} entries, {verdict.events} events, {verdict.documents} documents"
