"""What a request shall say: the options of `dsr request` and the order that they make."""

import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from dsr.cli.options import INPUT, RIGHT, person_option
from dsr.cli.session import Session
from dsr.errors import InvalidInputError, UsageError

if TYPE_CHECKING:
    from dsr.law.rights import Right
    from dsr.tracker.people import DataSubject, Representative
    from dsr.workflows.order import Order, Stationery

F = TypeVar("F", bound=Callable[..., Any])

CHANNELS = ["email", "post", "webform", "fax"]
LAYOUTS = ["din-5008-a", "din-5008-b", "us-10", "uk", "fr"]  # a test holds it to the letters room
# What is given to find data by, with the kind of identifier that it is.
IDENTIFIERS = {"accounts": "account", "dataset_rows": "dataset-row", "hashes": "file-hash"}
NO_PHOTO = (
    "A photo of your face gives them more of what you want back, and it is rarely needed: they can "
    "find you by web addresses, accounts or dataset rows."
)

_OPTIONS = (
    click.option("-t", "--type", "types", type=RIGHT, multiple=True, metavar="TYPE",
                 help="The right: access, erasure, objection … Several make one letter, in the "
                 "lawful order."),
    click.option("--pack", metavar="PACK", help="Every company of this pack as well."),
    click.option("--campaign", metavar="NAME",
                 help="The requests belong together under this name (that of the pack)."),
    click.option("--law", metavar="LAW", help="Another law than that of where you live."),
    click.option("--via", type=click.Choice(CHANNELS), help="How it will leave."),
    person_option("For whom: see dsr people list."),
    click.option("--child", metavar="NAME", help="You write as the parent of this child."),
    click.option("--client", metavar="NAME", help="You write for this client, by mandate."),
    click.option("--no-other-names", is_flag=True,
                 help="Leave out the other names kept of the person; they are given because data "
                 "may be kept under them, and tell the company of them."),
    click.option("--former-addresses/--no-former-addresses", default=None,
                 help="Whether to give earlier addresses; only with --about everything, if left "
                 "out. Each tells the company more."),
    click.option("--about", type=click.Choice(["images", "everything"]), default="images",
                 show_default=True, help="Images in AI training, or all data about you."),
    click.option("--photo-url", "photo_urls", multiple=True, metavar="URL",
                 help="Where a photo of you stands; once a photo."),
    click.option("--account", "accounts", multiple=True, metavar="NAME",
                 help="An account by which they can find you; once each."),
    click.option("--dataset-row", "dataset_rows", multiple=True, metavar="ROW",
                 help="A record of a dataset, as in LAION-400M 1234567; once each."),
    click.option("--photo-hash", "hashes", multiple=True, metavar="SHA256",
                 help="The hash of a photo's file; once each."),
    click.option("--ground", "grounds", multiple=True, metavar="WORD",
                 help="Why you object: face, safety, private-life, childhood, profession, "
                 "livelihood, imitation, intimate, health, wrong-match; once each."),
    click.option("--reason", metavar="TEXT",
                 help="Your own reasons for objecting; - reads stdin."),
    click.option("--edit", is_flag=True, help="Edit the reasons before they go in."),
    click.option("--correction", metavar="TEXT", help="rectification: what is wrong and right."),
    click.option("--enclose-photo", type=INPUT, metavar="FILE",
                 help="A photo of your face; needs --i-understand."),
    click.option("--mandate", type=INPUT, metavar="FILE",
                 help="client: the signed mandate, instead of one on file."),
    click.option("--i-understand", is_flag=True,
                 help="You know what you give away with a photo of your face."),
    click.option("--signature", type=INPUT, metavar="FILE", help="A picture of your signature."),
    click.option("--layout", type=click.Choice(LAYOUTS), help="The page; that of your country."),
    click.option("--qr", is_flag=True, help="Print the reference as a QR code, too."),
    click.option("--max-chars", type=click.IntRange(200, 1_000_000), metavar="N",
                 help="The web form takes only so many characters."),
    click.option("--register-letter", is_flag=True,
                 help="The letter that the imported register gives this company."),
)  # fmt: skip


def order_options(command: F) -> F:
    """Everything that says what the letter is to say."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def orders(
    session: Session, options: dict[str, Any]
) -> "Callable[[str, Representative | None], Order]":
    """Makes the order for each company out of the options."""
    from dsr.law.receipt import Channel
    from dsr.tracker.requests import Identifier
    from dsr.workflows.order import Order

    rights = _rights(session, options["types"])
    order = Order(
        company="",
        rights=rights,
        law=options["law"],
        language=options["language"],
        via=Channel(options["via"]) if options["via"] else None,
        photo_urls=options["photo_urls"],
        reason=_text_of_stdin() if options["reason"] == "-" else options["reason"],
        correction=options["correction"],
        register_letter=options["register_letter"],
        about=options["about"],
        grounds=tuple(word.strip() for each in options["grounds"] for word in each.split(",")),
        identifiers=tuple(
            Identifier(kind, value.strip())
            for name, kind in IDENTIFIERS.items()
            for value in options[name]
        ),
        photo_enclosed=options["enclose_photo"] is not None,
        most_characters=options["max_chars"],
        stationery=_stationery(options),
    )
    return lambda slug, acting: replace(order, company=slug, representative=acting)


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


def with_reasons(
    session: Session, options: dict[str, Any], order: "Order", sender: "DataSubject"
) -> "Order":
    """The order with the grounds that the person chooses from the list, edited if they wish."""
    from dsr.law.rights import Right
    from dsr.workflows.order import offered_grounds
    from dsr.workflows.request import language_of_company

    asks = Right.OBJECTION in order.rights and session.interactive
    if not options["edit"] and (not asks or order.grounds or order.reason):
        return order
    templates = session.templates()
    language = order.language or sender.language
    if language is None:
        company = session.catalogue().company(order.company)
        language = language_of_company(company, templates)
    law = order.law or "gdpr"
    language = templates.language_for(language, law, Right.OBJECTION.value)
    offered = offered_grounds(templates, language, law)
    if asks and not (order.grounds or order.reason):
        order = replace(order, grounds=_ask_grounds(session, offered))
    if not options["edit"]:
        return order
    chosen = [offered[word] for word in order.grounds if word in offered]
    text = "\n\n".join([*chosen, order.reason or ""]).strip()
    edited = click.edit(f"{text}\n", extension=".txt")
    return replace(order, language=language, reason=text if edited is None else edited, grounds=())


def _ask_grounds(session: Session, offered: dict[str, str]) -> tuple[str, ...]:
    """Offer the grounds as a list: an objection that gives none is weak (GDPR Art. 21(1))."""
    words = list(offered)
    session.say("Why do you object? An objection without reasons of your own is weak.")
    for number, text in enumerate(offered.values(), start=1):
        session.say(f"  {number:>2}  {text}")
    typed = click.prompt(
        "Numbers that fit, with commas (Enter: general reasons)",
        default="", show_default=False, err=True,
    )  # fmt: skip
    numbers = [part.strip() for part in typed.split(",") if part.strip()]
    chosen = [int(number) for number in numbers if number.isdecimal()]
    return tuple(words[number - 1] for number in chosen if 1 <= number <= len(words))


def _stationery(options: dict[str, Any]) -> "Stationery":
    from dsr.workflows.order import Stationery

    signature = None
    if options["signature"]:
        from dsr.letters.signature import signature_png

        signature = signature_png(_bytes(options["signature"]))
    return Stationery(
        layout=options["layout"],
        signature=signature,
        qr=options["qr"],
        enclosures=(*_photo(options), *_mandate(options)),
    )


def _photo(options: dict[str, Any]) -> tuple[Any, ...]:
    """The photo of the face, only where the person has said that they know what it means."""
    path: Path | None = options["enclose_photo"]
    if path is None:
        return ()
    if options["about"] != "images":
        raise UsageError("A photo of your face goes with requests about images only.")
    if not options["i_understand"]:
        raise UsageError(
            NO_PHOTO, hint="If you have to: add --i-understand. The letter limits what they may do."
        )
    from dsr.letters.document import Enclosure
    from dsr.letters.pictures import printable
    from dsr.workflows.order import PHOTO

    media_type, content = printable(_bytes(path))
    return (Enclosure("A1", PHOTO, media_type, content),)


def _mandate(options: dict[str, Any]) -> tuple[Any, ...]:
    """The signed mandate, as a picture to be printed or a file to be attached."""
    path: Path | None = options["mandate"]
    if path is None:
        return ()
    from dsr.workflows.mandates import enclosure_of
    from dsr.workflows.record import attachment

    return (enclosure_of(attachment(path)),)


def _bytes(path: Path) -> bytes:
    from dsr.workflows.record import attachment

    return attachment(path).content


def _text_of_stdin() -> str:
    try:
        return sys.stdin.read()
    except UnicodeDecodeError as error:
        raise InvalidInputError("The reason on stdin is not text in UTF-8.") from error
