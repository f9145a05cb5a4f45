"""The rights a person can exercise, by one word under every law, and their lawful order."""

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
