"""When a request counts as received: proof of delivery if known, else a stated presumption.

No statute among the regimes sets a presumption for private letters, so the one for post is
dsr's own and cautious on both sides; e-mail, web form and fax arrive the day they are sent
(EDPB Guidelines 01/2022 par. 159: the time runs from arrival in the controller's channel).
"""

import calendar
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum


class Channel(StrEnum):
    """How a request leaves."""

    EMAIL = "email"
    POST = "post"
    WEBFORM = "webform"
    FAX = "fax"


POST_DAYS = 3  # days; unverified: no law sets it
POST_DAYS_LENIENT = 10  # days; unverified: no law sets it, international mail included


@dataclass(frozen=True, slots=True)
class Receipt:
    """The day of receipt: as we count, and the latest that can be argued."""

    on: date
    lenient_on: date
    explanation: str
    doubt: str = ""  # why it may have been later


def proven(on: date) -> Receipt:
    """Receipt on a day that is known."""
    return Receipt(on, on, f"Received on {long_date(on)}")


def presumed(sent_on: date, channel: Channel) -> Receipt:
    """Receipt that follows from sending, until a proof of delivery is recorded."""
    if channel is not Channel.POST:
        return Receipt(
            sent_on,
            sent_on,
            f"Sent by {_WORDS[channel]} on {long_date(sent_on)} and taken as received that day",
        )
    on, lenient_on = (sent_on + timedelta(days=n) for n in (POST_DAYS, POST_DAYS_LENIENT))
    return Receipt(
        on,
        lenient_on,
        f"Posted on {long_date(sent_on)}; without proof of delivery dsr assumes {POST_DAYS} days "
        f"of transit, {POST_DAYS_LENIENT} at most (no law sets this): "
        f"received on {long_date(on)}",
        f"{POST_DAYS_LENIENT} days of transit at most: dsr's own assumption",
    )


def proven_of_a_copy(first: Receipt, on: date) -> Receipt:
    """Receipt of a request that went out twice before a delivery was proved.

    By *first*, the presumption for what was sent first; but all that may ever have arrived is the
    copy, on the day *on* that is proved.
    """
    received_on = min(first.on, on)
    explanation = first.explanation if received_on == first.on else proven(on).explanation
    return Receipt(
        received_on, on, explanation, "that nothing arrived before the copy: dsr's own assumption"
    )


_MONTHS = tuple(calendar.month_name)  # read once: to ask it for each date costs a formatting
_DAYS = tuple(calendar.day_name)


def month_name(day: date) -> str:
    """The month of a date in English: December."""
    return _MONTHS[day.month]


def long_date(day: date) -> str:
    """A date as people write it in English: Monday 21 December 2026."""
    return f"{_DAYS[day.weekday()]} {plain_date(day)}"


def plain_date(day: date) -> str:
    """A date without its weekday: 21 December 2026."""
    return f"{day.day} {_MONTHS[day.month]} {day.year}"


_WORDS = {Channel.EMAIL: "e-mail", Channel.WEBFORM: "web form", Channel.FAX: "fax"}
