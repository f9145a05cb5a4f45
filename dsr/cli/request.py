"""`dsr request`: write a request to a company and track it."""

import secrets
import sys
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from dsr.cli.identity import ask_identity, identity_options
from dsr.cli.options import DIRECTORY, RIGHT, complete_company, json_option
from dsr.cli.output import print_json
from dsr.cli.prepared import as_json, tell, writable
from dsr.cli.session import Session, pass_session
from dsr.errors import DsrError, InvalidInputError, PartialBatchError, UsageError

if TYPE_CHECKING:
    from dsr.law.rights import Right
    from dsr.tracker.people import DataSubject
    from dsr.tracker.store import Store
    from dsr.workflows.request import Order, Prepared

CHANNELS = ["email", "post", "webform", "fax"]


@click.command("request")
@click.argument("companies", metavar="[COMPANY]...", nargs=-1, shell_complete=complete_company)
@click.option(
    "-t", "--type", "types", type=RIGHT, multiple=True, metavar="TYPE",
    help="The right: access, erasure, objection … Several make one letter, in the lawful order.",
)  # fmt: skip
@click.option("--pack", metavar="PACK", help="Every company of this pack as well.")
@click.option("--law", metavar="LAW", help="Another law than that of where you live.")
@click.option("--via", type=click.Choice(CHANNELS), help="How it will leave.")
@click.option("--for", "person_id", metavar="PERSON", help="For whom; you, if left out.")
@click.option("--photo-url", "photo_urls", multiple=True, metavar="URL",
              help="Where a photo of you stands; once a photo.")  # fmt: skip
@click.option("--reason", metavar="TEXT", help="Your own reasons for objecting; - reads stdin.")
@click.option("--register-letter", is_flag=True,
              help="The letter that the imported register gives this company.")  # fmt: skip
@click.option("--out", type=DIRECTORY, metavar="DIR", help="Where the files go (here).")
@click.option("--dry-run", is_flag=True, help="Show the letter; record nothing, send nothing.")
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
          --photo-url https://example.org/me.jpg
    """
    order_of = _orders(session, options)
    slugs = _companies(session, options)
    _check_early(session, order_of, slugs)
    kept: list[dict[str, Any]] = []
    failed: list[DsrError] = []
    with _existing_store(session, options) as existing:
        person = _person(session, options, existing)
        with (
            _target_store(session, existing, dry_run=options["dry_run"]) as target,
            closing(_letters(session, [order_of(slug) for slug in slugs], person)) as letters,
        ):
            for slug, letter in zip(slugs, letters, strict=True):
                try:
                    kept.append(_finish(session, _unless_failed(letter), target, options))
                except DsrError as error:
                    if len(slugs) == 1:
                        raise
                    session.warn(f"{slug}: {error.sentence}")
                    failed.append(error)
                if len(slugs) > 1 and options["as_json"] and sys.stderr.isatty():
                    session.say(f"{len(kept) + len(failed)} of {len(slugs)}: {slug}")
    if failed:
        raise _partial(kept, failed)
    if options["as_json"]:
        print_json(kept)


def _partial(kept: list[dict[str, Any]], failed: list[DsrError]) -> PartialBatchError:
    total = len(kept) + len(failed)
    return PartialBatchError(
        f"{len(failed)} of {total} letters could not be written"
        + ("; the others were." if kept else "."),
        data=kept,
        causes=failed,
    )


def _orders(session: Session, options: dict[str, Any]) -> "Callable[[str], Order]":
    """Makes the order for each company out of the options."""
    from dsr.law.receipt import Channel
    from dsr.workflows.request import Order

    rights = _rights(session, options["types"])
    reason = options["reason"]
    if reason == "-":
        reason = _text_of_stdin()
    return lambda slug: Order(
        company=slug,
        rights=rights,
        law=options["law"],
        language=options["language"],
        via=Channel(options["via"]) if options["via"] else None,
        photo_urls=options["photo_urls"],
        reason=reason,
        register_letter=options["register_letter"],
    )


def _rights(session: Session, types: tuple[str, ...]) -> "tuple[Right, ...]":
    from dsr.law.rights import right_called, words_for_rights

    words = [word for typed in types for word in typed.split(",")]
    if not words:
        if not session.interactive:
            raise UsageError(
                "Which right do you want to use? --type is missing.",
                hint=f"One or more of: {', '.join(words_for_rights())}.",
            )
        typed = click.prompt(
            "Which right (access, objection, erasure; several with commas)", type=RIGHT, err=True
        )
        words = typed.split(",")
    return tuple(right for word in words if (right := right_called(word)))


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
    session: Session, order_of: "Callable[[str], Order]", slugs: tuple[str, ...]
) -> None:
    """Say that a company or right does not exist before anything is asked of the person."""
    from dsr.law.regimes import regime
    from dsr.letters.compose import check_letter_exists

    order = order_of(slugs[0])
    if order.law and not order.register_letter:
        check_letter_exists(regime(order.law), order.rights)
    catalogue = session.catalogue()
    if len(slugs) == 1 and slugs[0] not in catalogue.slugs():
        catalogue.company(slugs[0])


@contextmanager
def _existing_store(session: Session, options: dict[str, Any]) -> "Iterator[Store | None]":
    """The record, if there is one and something in it is needed."""
    knows_all = options["name"] and options["country"] and not options["person_id"]
    if options["dry_run"] and knows_all:
        yield None
        return
    with session.store_if_any() as store:
        yield store


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


def _person(session: Session, options: dict[str, Any], store: "Store | None") -> "DataSubject":
    """Who makes the request, by the options, the record, or by asking."""
    from dsr.tracker.people import SELF
    from dsr.workflows.identity import IdentityInput, data_subject

    person_id = options["person_id"] or SELF
    session.known_person(store, options["person_id"])
    known = store.person(person_id) if store else None
    fields = ("name", "email", "address", "country", "region", "language")
    given = IdentityInput(**{field: options[field] for field in fields})
    return data_subject(ask_identity(session, given, known, everything=False), person_id)


def _letters(
    session: Session, orders: "Sequence[Order]", person: "DataSubject"
) -> "Generator[Prepared | DsrError]":
    """The letter to each company in turn, or what kept it from being written."""
    from dsr.tracker.requests import REFERENCE_BITS, reference_from
    from dsr.workflows.request import prepare

    def reference() -> str:
        return reference_from(secrets.randbits(REFERENCE_BITS))

    catalogue, today = session.catalogue(), session.today
    if len(orders) == 1:
        yield prepare(orders[0], person, catalogue, reference=reference(), today=today)
        return
    from dsr.workflows.batch import prepare_each

    yield from prepare_each(orders, person, catalogue, reference=reference, today=today)


def _unless_failed(letter: "Prepared | DsrError") -> "Prepared":
    if isinstance(letter, DsrError):
        raise letter
    return letter


def _finish(
    session: Session,
    prepared: "Prepared",
    target: "Callable[[], Store] | None",
    options: dict[str, Any],
) -> dict[str, Any]:
    """Keep the case unless this is a dry run, write the files, and tell the person."""
    from dsr.workflows.request import files_written

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
            with files_written(prepared, writable(out)) as files:
                pass
    else:
        with files_written(prepared, writable(out)) as files:
            _keep(session, prepared, target())
    for warning in prepared.warnings:
        session.warn(warning)
    if options["as_json"]:
        return as_json(prepared, files, kept=target is not None)
    tell(session, prepared, files, kept=target is not None)
    return {}


def _keep(session: Session, prepared: "Prepared", store: "Store") -> None:
    from dsr.workflows.request import keep, open_twins, used_up

    newcomer = store.person(prepared.request.data_subject.id) is None
    twins = open_twins(store, prepared.request)
    warnings = used_up(store, prepared.request)
    keep(prepared, store, now=session.now())
    if newcomer:
        session.say("Saved who you are for your next letters (change it with: dsr init).")
    if twins:
        session.warn(f"You already have an open request of this kind: {', '.join(twins)}.")
    for warning in warnings:
        session.warn(warning)


def _text_of_stdin() -> str:
    try:
        return sys.stdin.read()
    except UnicodeDecodeError as error:
        raise InvalidInputError("The reason on stdin is not text in UTF-8.") from error
