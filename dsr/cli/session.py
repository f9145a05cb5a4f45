"""What every command needs: the home, the day, the store, and how to talk to the person."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from dsr.directory.catalogue import Catalogue
    from dsr.letters.clauses import Templates
    from dsr.secrets import KeySources
    from dsr.tracker.people import Person
    from dsr.tracker.store import Store
    from dsr.workflows.opening import RecordPlace


@dataclass
class Session:
    """One run of dsr."""

    given_home: Path | None = None
    as_of: date | None = None
    color: str = "auto"
    quiet: bool = False
    yes: bool = False
    no_input: bool = False
    debug: bool = False
    passphrase_file: Path | None = None
    unencrypted: bool = False
    _today: date = field(default_factory=lambda: datetime.now().astimezone().date())

    @property
    def home(self) -> Path:
        """Where the record lies."""
        if self.given_home:
            return self.given_home
        from dsr.paths import default_home

        return default_home()

    def place(self) -> "RecordPlace":
        """Where the record lies: in the home, or in the database that a team shares."""
        from dsr.workflows.opening import RecordPlace

        return RecordPlace.of(self.home)

    @property
    def today(self) -> date:
        """The day from which everything is computed."""
        return self.as_of or self._today

    def now(self) -> datetime:
        """The moment in UTC, for what is written down."""
        return datetime.now(UTC).replace(microsecond=0)

    @property
    def by(self) -> str:
        """Who records: ``DSR_ACTOR``, else the name by which one is logged in."""
        from getpass import getuser

        try:
            return os.environ.get("DSR_ACTOR") or getuser()
        except (OSError, KeyError):  # nobody, as in a container without users
            return ""

    @property
    def interactive(self) -> bool:
        """Whether there is a person who can be asked."""
        return sys.stdin.isatty() and sys.stderr.isatty() and not self.no_input

    def say(self, text: str = "") -> None:
        """Tell the person something; never data."""
        if not self.quiet:
            click.echo(text, err=True, color=self.colored(sys.stderr.isatty()))

    def show(self, text: str) -> None:
        """Print data for a person to stdout."""
        click.echo(text, color=self.colored(sys.stdout.isatty()))

    def warn(self, text: str) -> None:
        """Tell the person something that quiet mode does not hide."""
        label = click.style("Warning:", fg="yellow", bold=True)
        click.echo(f"{label} {text}", err=True, color=self.colored(sys.stderr.isatty()))

    @contextmanager
    def progress(self) -> Iterator[Callable[[str, int, int], None]]:
        """Gives what shows how far something large is, where a person is looking at a terminal."""
        if self.quiet or not sys.stderr.isatty():
            yield lambda _name, _done, _size: None
            return
        with ExitStack() as bars:
            shown: dict[str, tuple[Any, int]] = {}

            def told(name: str, done: int, size: int) -> None:
                bar, before = shown.get(name) or (
                    bars.enter_context(
                        click.progressbar(length=size or 1, label=name, file=sys.stderr)
                    ),
                    0,
                )
                bar.update(done - before)
                shown[name] = bar, done

            yield told

    def colored(self, terminal: bool) -> bool:  # noqa: FBT001  (reads as a question)
        """Whether to colour a stream that is, or is not, a terminal."""
        if self.color != "auto":
            return self.color == "always"
        plain = "NO_COLOR" in os.environ or os.environ.get("TERM") == "dumb"
        return terminal and not plain

    def catalogue(self) -> "Catalogue":
        """The directory of companies, the person's own records over the bundled ones."""
        from dsr.directory.catalogue import Catalogue

        return Catalogue(self.home)

    def templates(self) -> "Templates":
        """The words of letters, the person's own over those that are shipped."""
        from dsr.letters.clauses import Templates

        return Templates(self.home)

    def key_sources(self) -> "KeySources":
        """Where a passphrase may come from."""
        from dsr.secrets import KeySources

        ask = _ask_passphrase if self.interactive else None
        return KeySources(self.passphrase_file, ask, self.unencrypted)

    @contextmanager
    def store(self) -> Iterator["Store"]:
        """The open store, closed in the end."""
        from dsr.workflows.opening import open_store

        store = open_store(self.place(), self.key_sources(), self.say)
        try:
            yield store
        finally:
            store.close()

    def store_that_is_there(self) -> "AbstractContextManager[Store]":
        """The open store; raises UnavailableError where nothing was ever recorded."""
        if not self.place().exists:
            from dsr.errors import UnavailableError

            raise UnavailableError(
                "Nothing was ever recorded here.", hint="Start with: dsr init", code="no_record"
            )
        return self.store()

    @contextmanager
    def store_of(self, reference: str, person_id: str | None = None) -> Iterator["Store"]:
        """The open store that holds a case; where there is none, neither is the case.

        Raises NotFoundError if a person is named and the case is not theirs.
        """
        with self.store_if_any() as store:
            if store is None:
                from dsr.errors import NotFoundError

                raise NotFoundError(
                    f"There is no request {reference!r}: nothing was ever recorded here.",
                    hint="Write one: dsr request clearview --type erasure",
                    code="unknown_request",
                )
            if person_id is not None:
                from dsr.workflows.people import check_case_is_of

                check_case_is_of(store, person_id, reference)
            yield store

    def known_person(self, store: "Store | None", person_id: str | None) -> str | None:
        """The person's id, if it is in the record; raises NotFoundError if it is not."""
        if person_id is not None:
            from dsr.workflows.people import the_person

            the_person(store, person_id)
        return person_id

    def person(self, store: "Store | None", person_id: str | None) -> "Person | None":
        """The person who was named, or else the default one; None if that one is not known yet.

        Raises NotFoundError if somebody was named who is not in the record.
        """
        if person_id is not None:
            from dsr.workflows.people import the_person

            return the_person(store, person_id)
        return store.person(store.default_person()) if store else None

    @contextmanager
    def store_if_any(self) -> Iterator["Store | None"]:
        """The open store, or None where nothing was ever recorded."""
        if not self.place().exists:
            yield None
            return
        with self.store() as store:
            yield store


def _ask_passphrase(*, new: bool) -> str:
    if new:
        click.echo(
            "There is no system keyring here, so a passphrase protects your record.", err=True
        )
    answer: str = click.prompt("Passphrase", hide_input=True, confirmation_prompt=new, err=True)
    return answer


pass_session = click.make_pass_decorator(Session)
