"""Page layouts: which one a country posts in, and how large an address fits its window."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from math import ceil
from unicodedata import combining, east_asian_width

from dsr.errors import InvalidInputError
from dsr.letters.document import Letter

DEFAULT = "din-5008-b"
_BY_COUNTRY = {
    **dict.fromkeys(("US", "CA"), "us-10"),
    **dict.fromkeys(("GB", "IE"), "uk"),
    **dict.fromkeys(("FR", "BE", "LU", "MC"), "fr"),
}


@dataclass(frozen=True, slots=True)
class Room:
    """What the page leaves for the lines of an address, in millimetres."""

    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Rooms:
    """What a layout leaves for recipient and sender; the window of ``templates/layout/*.css``."""

    recipient: Room
    sender: Room
    back: Room | None = None  # the sender's address in the window, on one line
    largest: float = 10.0  # points, for the recipient


@dataclass(frozen=True, slots=True)
class Sizes:
    """Sizes of type, in points."""

    recipient: float
    sender: float
    back: float | None


_BACK = Room(73, 2.9)
_ROOMS = {
    "din-5008-a": Rooms(Room(74, 26), Room(65, 50), _BACK),
    "din-5008-b": Rooms(Room(74, 26), Room(65, 42), _BACK),
    "us-10": Rooms(Room(84, 21.5), Room(90, 41), largest=9.5),
    "uk": Rooms(Room(74, 28), Room(65, 60)),
    "fr": Rooms(Room(82, 35), Room(70, 62)),
}
LAYOUTS = tuple(_ROOMS)

_POINT = 25.4 / 72  # millimetres
_SMALLEST, _STEP = 3.0, 0.25  # points
_PICTURES = "\N{MAHJONG TILE EAST WIND}"  # the first of the emoji, wider than letters


def layout_for(country: str | None) -> str:
    """The layout that fits the paper and the window envelopes of a sender's country."""
    return _BY_COUNTRY.get(country or "", DEFAULT)


def sizes(letter: Letter) -> Sizes:
    """How large the addresses of a letter are set, so that each stays whole in its place.

    Raises InvalidInputError if one cannot be set at all: nothing is cut off.
    """
    rooms = _ROOMS[letter.layout]
    sender = [*letter.sender, *filter(None, (letter.sender_email,)), "", letter.reference, ""]
    recipient = _fitting(letter.recipient, rooms.recipient, largest=rooms.largest, line=1.2)
    back = rooms.back if len(letter.sender) > 1 else None
    if recipient is None:
        raise _too_long("recipient", "window of an envelope")
    from_size = _fitting(sender, rooms.sender, largest=8.5, line=1.38)
    if from_size is None:
        raise _too_long("sender", "head of the page")
    return Sizes(
        recipient=recipient,
        sender=from_size,
        back=_fitting([" · ".join(letter.sender[:3])], back, largest=6.5, line=1.2)
        if back
        else None,
    )


def _too_long(whose: str, place: str) -> InvalidInputError:
    return InvalidInputError(
        f"The address of the {whose} is too long for the {place}.",
        hint="Shorten its lines.",
        code="address_too_long",
    )


def _fitting(lines: Iterable[str], room: Room, *, largest: float, line: float) -> float | None:
    """The largest size of type at which the lines stay inside the room, if there is one."""
    widths = [[_width(word) for word in one.split()] for one in lines]
    size = largest
    while size >= _SMALLEST:
        needed = sum(_set_lines(words, room.width / (size * _POINT)) for words in widths)
        if needed * size * line * _POINT <= room.height:
            return size
        size -= _STEP
    return None


def _set_lines(words: list[float], room: float) -> int:
    """How many lines the words take, broken where WeasyPrint breaks them; widths in ems."""
    lines, used = 1, 0.0
    for word in words:
        gap = _width(" ") if used else 0.0
        if used + gap + word <= room:
            used += gap + word
        elif word <= room:
            lines, used = lines + 1, word
        else:  # torn anywhere; each of its lines may lose the width of one character
            begun = 1 if used else 0
            torn = ceil(word / max(room - 1, 1))
            lines, used = lines + begun + torn - 1, room
    return lines


@cache
def _width(text: str) -> float:
    """The width of a text in ems, no less than any font of the page's stack makes it."""
    return sum(_character(char) for char in text)


def _character(char: str) -> float:
    if combining(char) or char in "\N{ZERO WIDTH JOINER}\N{ZERO WIDTH NON-JOINER}":
        return 0.0
    if char in " .,:;!|ijl'()[]":
        return 0.4
    if east_asian_width(char) in "WF" or char in "mwMW@%—…":
        return 1.4 if char >= _PICTURES else 1.0
    if char.isascii():
        return 0.8 if char.isupper() else 0.66
    return 0.8 if char.islower() else 1.1
