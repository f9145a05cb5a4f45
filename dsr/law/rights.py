"""The rights a person can exercise, by one word under every law, and their lawful order."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Final


class Right(StrEnum):
    """A right of the data subject; the regimes map it to their own names and articles."""

    ACCESS = "access"
    PORTABILITY = "portability"
    WITHDRAW_CONSENT = "withdraw-consent"
    RECTIFICATION = "rectification"
    OBJECTION = "objection"
    RESTRICTION = "restriction"
    OPT_OUT = "opt-out"
    LIMIT = "limit"
    AUTOMATED_DECISION = "automated-decision"
    ERASURE = "erasure"


ALIASES: Final = {
    "know": Right.ACCESS,
    "delete": Right.ERASURE,
    "correct": Right.RECTIFICATION,
}

# Access comes first, since data that are erased can no longer be disclosed (GDPR Art. 15, 17);
# what stops the processing comes before what ends it (GDPR Art. 18(1)(d), 17(1)(c)).
_LAWFUL_ORDER: Final = {right: place for place, right in enumerate(Right)}


def lawful_order(rights: list[Right]) -> tuple[Right, ...]:
    """The rights once each, in the order in which a controller must deal with them."""
    return tuple(sorted(set(rights), key=_LAWFUL_ORDER.__getitem__))


def right_called(word: str) -> Right | None:
    """The right that *word* names, or None."""
    plain = word.strip().lower()
    if plain in ALIASES:
        return ALIASES[plain]
    return Right(plain) if plain in set(Right) else None


def words_for_rights() -> list[str]:
    """Every word that names a right, for help texts and suggestions."""
    return [*(right.value for right in Right), *ALIASES]


# What a person who asks for one right may well want where the law lacks it, nearest first.
_NEAREST: Final = {
    Right.ACCESS: (Right.PORTABILITY,),
    Right.PORTABILITY: (Right.ACCESS,),
    Right.WITHDRAW_CONSENT: (Right.OBJECTION, Right.OPT_OUT, Right.RESTRICTION, Right.ERASURE),
    Right.RECTIFICATION: (Right.ERASURE, Right.ACCESS),
    Right.OBJECTION: (Right.OPT_OUT, Right.RESTRICTION, Right.WITHDRAW_CONSENT, Right.ERASURE),
    Right.RESTRICTION: (Right.LIMIT, Right.OBJECTION, Right.OPT_OUT, Right.ERASURE),
    Right.OPT_OUT: (Right.OBJECTION, Right.WITHDRAW_CONSENT, Right.RESTRICTION, Right.ERASURE),
    Right.LIMIT: (Right.RESTRICTION, Right.OPT_OUT, Right.OBJECTION, Right.WITHDRAW_CONSENT),
    Right.AUTOMATED_DECISION: (Right.OPT_OUT, Right.OBJECTION, Right.ACCESS),
    Right.ERASURE: (Right.OBJECTION, Right.OPT_OUT, Right.RESTRICTION, Right.RECTIFICATION),
}


def nearest(wanted: Right, given: Iterable[Right]) -> Right | None:
    """The right out of *given* that comes nearest to *wanted*, or None."""
    there = set(given)
    return next((right for right in _NEAREST[wanted] if right in there), None)
