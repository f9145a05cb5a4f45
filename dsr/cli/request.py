"""`dsr request`: write a request to a company and track it."""

import secrets
import sys
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from dsr.cli.campaigns import say_campaign, taken_up
from dsr.cli.identity import identity_options
from dsr.cli.options import complete_company, json_option, letter_output_options
from dsr.cli.ordering import order_options, orders, with_reasons
from dsr.cli.output import print_json
from dsr.cli.parties import keep_newcomers, parties_of
from dsr.cli.prepared import as_json, open_file, tell, writable
from dsr.cli.session import Session, pass_session
from dsr.errors import DsrError, InvalidInputError, PartialBatchError, UsageError

if TYPE_CHECKING:
    from dsr.tracker.people import DataSubject
    from dsr.tracker.store import Store
    from dsr.workflows.campaigns import Taken
    from dsr.workflows.order import Order
    from dsr.workflows.parties import Parties
    from dsr.workflows.request import Prepared


@click.command("request")
@click.argument("companies", metavar="[COMPANY]...", nargs=-1, shell_complete=complete_company)
@order_options
@letter_output_options
@identity_options
@json_option
@pass_session
def request_command(session: Session, /, **options: Any) -> None:
    """Write a request to COMPANY, as PDF for post, as e-mail and as text for a web form.

    Nothing is sent: you get the files, a tracked case, and the date by which they must answer.
    Who you are may be given here, so that this works as your first command.

    \b
    Examples:
      dsr request clearview --type erasure --name "Erika Mustermann" \\
          --email erika@example.org --country DE
      dsr request clearview -t access -t objection -t erasure \\
          --ground safety --photo-url https://example.org/me.jpg
    """
    from dsr.workflows.parties import with_person

    slugs = _companies(session, options)
    order_of = orders(session, options)
    _check_early(session, order_of, slugs)
    kept: list[dict[str, Any]] = []
    failed: list[DsrError] = []
    with session.store_if_any() as existing:
        parties = parties_of(session, options, existing)
        first = order_of(slugs[0], parties.representative)
        first = with_person(
            with_reasons(session, options, first, parties.sender),
            parties,
            existing,
            session.today,
            other_names=not options["no_other_names"],
            former_addresses=options["former_addresses"],
        )
        rights = tuple(right.value for right in first.rights)
        known = session.catalogue().slugs()
        there = tuple(slug for slug in slugs if slug in known)  # a typing error joins no campaign
        taken = taken_up(session, options, existing, parties.subject.id, there, rights)
        if taken:
            slugs = (*taken.left, *(slug for slug in slugs if slug not in known))
        wanted = [replace(first, company=slug) for slug in slugs]
        with (
            _target_store(session, existing, dry_run=options["dry_run"]) as target,
            closing(_letters(session, wanted, parties.subject)) as letters,
        ):
            batch = _Batch(session, options, parties, taken, target)
            for slug, letter in zip(slugs, letters, strict=True):
                try:
                    kept += batch.finish(slug, letter)
                except DsrError as error:
                    if len(slugs) == 1:
                        raise
                    session.warn(f"{slug}: {error.sentence}")
                    failed.append(error)
                if len(slugs) > 1 and options["as_json"] and sys.stderr.isatty():
                    session.say(f"{len(kept) + len(failed)} of {len(slugs)}: {slug}")
            batch.say_how_far()
    if failed:
        raise _partial(kept, failed)
    if options["as_json"]:
        print_json(kept)


class _Batch:
    """The letters of one run, as a campaign if they are one: one letter to each controller."""

    def __init__(
        self,
        session: Session,
        options: dict[str, Any],
        parties: "Parties",
        taken: "Taken | None",
        target: "Callable[[], Store] | None",
    ) -> None:
        self._session, self._options, self._parties = session, options, parties
        self._taken, self._target = taken, target
        self._campaign = taken.campaign if taken else None
        self._is_kept = taken is not None and not taken.is_changed

    def finish(self, slug: str, letter: "Prepared | DsrError") -> list[dict[str, Any]]:
        """Keep one letter, unless its controller has one already; what scripts get of it."""
        prepared = _unless_failed(letter)
        if self._taken and self._campaign:
            from dsr.workflows.campaigns import with_covered

            by = self._covered_by(slug, prepared)
            if by:
                self._campaign = with_covered(self._campaign, {slug: by})
                self._is_kept = False
                self._keep_campaign()
                return []
            request = replace(prepared.request, campaign=self._campaign.name)
            prepared = replace(prepared, request=request)
            self._keep_campaign()
        return [_finish(self._session, prepared, self._target, self._options, self._parties)]

    def _covered_by(self, slug: str, prepared: "Prepared") -> str | None:
        """What makes a letter needless: a controller is asked the same thing once."""
        from dsr.workflows.campaigns import asked_already, covered_by

        request = prepared.request
        if self._target and (open_one := asked_already(self._target(), request)):
            self._session.say(f"{slug}: left out, as {open_one} asks the same and is still open.")
            return open_one
        by = covered_by(self._taken, slug, request.company.name) if self._taken else None
        if by:
            controller = request.company.name
            self._session.say(
                f"{slug}: left out, as {controller} has its letter already, by way of {by}."
            )
        return by

    def _keep_campaign(self) -> None:
        """Keep what the campaign is to reach before its first letter, so that it can be resumed."""
        if self._target and self._campaign and not self._is_kept:
            now, by = self._session.now(), self._session.by
            self._target().save_campaign(self._campaign, now=now, by=by)
            self._is_kept = True

    def say_how_far(self) -> None:
        """Say what the campaign has come to, if something was kept."""
        if self._taken and self._taken.left and self._target:
            say_campaign(self._session, self._taken, self._target())


def _partial(kept: list[dict[str, Any]], failed: list[DsrError]) -> PartialBatchError:
    total = len(kept) + len(failed)
    return PartialBatchError(
        f"{len(failed)} of {total} letters could not be written"
        + ("; the others were." if kept else "."),
        data=kept,
        causes=failed,
    )


def _companies(session: Session, options: dict[str, Any]) -> tuple[str, ...]:
    """Those that were named and those of the pack, each once."""
    slugs = options["companies"]
    if options["pack"]:
        from dsr.directory.packs import pack

        slugs = (*slugs, *pack(options["pack"], session.home).companies)
    if not slugs:
        raise UsageError(
            "Which COMPANY? Name one, or a pack with --pack.",
            hint="Look for it: dsr companies search TEXT",
        )
    return tuple(dict.fromkeys(slugs))


def _check_early(
    session: Session, order_of: "Callable[[str, None], Order]", slugs: tuple[str, ...]
) -> None:
    """Say that a company or right does not exist before anything is asked of the person."""
    from dsr.law.regimes import regime
    from dsr.letters.compose import check_letter_exists

    order = order_of(slugs[0], None)
    if order.law and not order.register_letter:
        check_letter_exists(regime(order.law), order.rights, session.templates())
    catalogue = session.catalogue()
    if len(slugs) == 1 and slugs[0] not in catalogue.slugs():
        catalogue.company(slugs[0])


@contextmanager
def _target_store(
    session: Session, existing: "Store | None", *, dry_run: bool
) -> "Iterator[Callable[[], Store] | None]":
    """Gives the store in which requests are kept, made when the first letter is ready."""
    if dry_run:
        yield None
        return
    with ExitStack() as stack:

        @cache
        def store() -> "Store":
            return existing or stack.enter_context(session.store())

        yield store


def _letters(
    session: Session, orders: "Sequence[Order]", person: "DataSubject"
) -> "Generator[Prepared | DsrError]":
    """The letter to each company in turn, or what kept it from being written."""
    from dsr.tracker.requests import REFERENCE_BITS, reference_from
    from dsr.workflows.request import prepare

    def reference() -> str:
        return reference_from(secrets.randbits(REFERENCE_BITS))

    catalogue, today, templates = session.catalogue(), session.today, session.templates()
    if len(orders) == 1:
        number = reference()
        yield prepare(
            orders[0], person, catalogue, reference=number, today=today, templates=templates
        )
        return
    from dsr.workflows.batch import prepare_each

    yield from prepare_each(
        orders, person, catalogue, reference=reference, today=today, templates=templates
    )


def _unless_failed(letter: "Prepared | DsrError") -> "Prepared":
    if isinstance(letter, DsrError):
        raise letter
    return letter


def _finish(
    session: Session,
    prepared: "Prepared",
    target: "Callable[[], Store] | None",
    options: dict[str, Any],
    parties: "Parties",
) -> dict[str, Any]:
    """Keep the case unless this is a dry run, write the files, and tell the person."""
    from dsr.workflows.letter_files import files_written

    out: Path = options["out"] or Path()
    if target and prepared.other_law:
        raise InvalidInputError(
            f"The letter to {prepared.request.company.name} rests on the {prepared.other_law}, "
            "the law of a church, which dsr does not know: it cannot track when an answer is due.",
            hint="Print the letter or write its files: add --dry-run.",
            code="law_not_known",
        )
    if target is None:
        files: dict[str, Path] = {}
        if options["out"]:
            with files_written(prepared.documents, writable(out)) as files:
                pass
    else:
        with files_written(prepared.documents, writable(out)) as files:
            _keep(session, prepared, target(), parties)
    _warn(session, prepared)
    done = {}
    if options["as_json"]:
        done = as_json(prepared, files, kept=target is not None)
    else:
        tell(session, prepared, files, kept=target is not None)
    pdf = prepared.document(".pdf")
    if options["open_pdf"] and pdf:
        open_file(session, files.get("pdf"), pdf.content)
    return done


def _warn(session: Session, prepared: "Prepared") -> None:
    from dsr.letters.glyphs import missing_glyphs

    for warning in prepared.warnings:
        session.warn(warning)
    missing = missing_glyphs(prepared.letter) if prepared.document(".pdf") else ""
    if missing:
        session.warn(
            f"No font on this machine can draw {missing}: the PDF shows boxes there. What to "
            "install: dsr doctor"
        )


def _keep(session: Session, prepared: "Prepared", store: "Store", parties: "Parties") -> None:
    from dsr.workflows.request import keep, open_twins, used_up

    newcomers = [each for each in parties.everyone if store.person(each.id) is None]
    twins = open_twins(store, prepared.request)
    warnings = used_up(store, prepared.request)
    keep(prepared, store, now=session.now(), by=session.by)
    keep_newcomers(session, store, newcomers)
    if twins:
        session.warn(f"You already have an open request of this kind: {', '.join(twins)}.")
    for warning in warnings:
        session.warn(warning)
