"""Which characters no font on this machine can draw: a letter shows a box in their place."""

import re
from collections.abc import Iterator
from typing import Any

from dsr.letters.document import Demand, Exhibit, Letter
from dsr.letters.page import FONTS
from dsr.letters.typesetting import fonts, load_weasyprint

# A text for each script that names of people and companies are often in.
SCRIPTS = {
    "Latin": "aßçđğłőřșžÆŒ",
    "Greek": "αβγΩώ",
    "Cyrillic": "абвЯЖїђ",
    "Arabic": "محمدپچ",
    "Chinese and Japanese": "山田张伟ひカ",
    "Korean": "김민",
}
# Latin, Greek and Cyrillic with their punctuation, and the sign of the euro.
_COMMON = re.compile("[\u0000-\u052f\u1e00-\u206f\u20ac]")
_UNKNOWN = 0x10000000  # Pango's flag of a glyph that stands for a missing one


def missing_glyphs(letter: Letter) -> str:
    """The characters of a letter that its PDF will show as boxes, each once.

    Quick where the text is Latin, Greek or Cyrillic, which any font of ours has.
    Raises PdfUnavailableError where WeasyPrint cannot work.
    """
    rare = dict.fromkeys(char for text in _texts(letter) for char in text if _rare(char))
    return undrawn("".join(rare))


def undrawn(characters: str) -> str:
    """Those of the characters that no font draws."""
    if not characters:
        return ""
    at, place = {}, 0
    for char in characters:
        at[place] = char
        place += len(char.encode()) + 1
    # A space between any two, so that none becomes part of a cluster with its neighbour.
    missing = {at.get(place) for place in _unknown(" ".join(characters).encode())}
    return "".join(char for char in characters if char in missing)


def _unknown(content: bytes) -> Iterator[int]:
    """The offsets of the characters that Pango has no glyph for."""
    weasyprint = load_weasyprint()
    from weasyprint.text.ffi import ffi, pango

    context = _owned(pango.pango_font_map_create_context(fonts(weasyprint).font_map))
    layout = _owned(pango.pango_layout_new(context))
    font = ffi.gc(pango.pango_font_description_new(), pango.pango_font_description_free)
    families = ffi.new("char[]", ",".join(FONTS).encode())
    pango.pango_font_description_set_family(font, families)
    pango.pango_layout_set_font_description(layout, font)
    text = ffi.new("char[]", content)
    pango.pango_layout_set_text(layout, text, -1)
    run: Any = pango.pango_layout_get_line_readonly(layout, 0).runs
    while run != ffi.NULL:
        item, glyphs = run.data.item, run.data.glyphs
        for number in range(glyphs.num_glyphs):
            if glyphs.glyphs[number].glyph & _UNKNOWN:
                yield item.offset + glyphs.log_clusters[number]
        run = run.next


def _owned(thing: Any) -> Any:
    """A GObject that goes when Python's reference to it does."""
    from weasyprint.text.ffi import ffi, gobject

    return ffi.gc(thing, gobject.g_object_unref)


def _texts(letter: Letter) -> Iterator[str]:
    yield from (*letter.sender, *letter.recipient, letter.sender_email or "", letter.signature)
    yield from (letter.subject, letter.salutation, letter.closing, letter.date_line)
    yield from (f"{one.label} {one.caption}" for one in letter.enclosures)
    for block in letter.blocks:
        match block:
            case Demand():
                yield block.sentence
            case Exhibit(label, url):
                yield f"{label} {url}"
            case _:
                yield block.text


def _rare(char: str) -> bool:
    """Whether a font for Latin, Greek and Cyrillic may lack it."""
    return not (_COMMON.match(char) or char.isspace())
