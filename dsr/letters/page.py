"""The page of a letter as HTML and CSS, every value of it escaped."""

import re
from base64 import b64encode
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dsr.errors import BadFileError
from dsr.letters.clauses import MISTAKES
from dsr.letters.document import Block, Demand, Enclosure, Exhibit, Heading, Letter, Paragraph
from dsr.letters.layouts import sizes
from dsr.letters.pictures import printable
from dsr.paths import bundled

if TYPE_CHECKING:
    from jinja2 import Template

# Text in Latin, Greek and Cyrillic is set in the first family that is there; Pango finds other
# characters in whatever the machine has, the families at the end before others.
FONTS = (
    "Liberation Sans",
    "Arimo",
    "Arial",
    "Noto Sans",
    "DejaVu Sans",
    "Noto Sans CJK JP",
    "Droid Sans Fallback",
)


def html(letter: Letter) -> str:
    """The page that WeasyPrint lays out; every value is escaped.

    Raises InvalidInputError if an address does not fit or an enclosed picture cannot be read.
    """
    from jinja2 import TemplateError

    try:
        return _rendered(letter)
    except (TemplateError, *MISTAKES) as error:
        if letter.own_layouts is None:
            raise
        why = " ".join(str(error).split())
        raise BadFileError(
            f"Your own page layout cannot be used: {why}.", code="bad_template"
        ) from error


def _rendered(letter: Letter) -> str:
    blocks = [_for_page(block) for block in letter.blocks]
    return _page(letter.own_layouts).render(
        letter=letter,
        css=_css(letter),
        sizes=sizes(letter),
        groups=[(kind, list(same)) for kind, same in groupby(blocks, lambda one: one["type"])],
        qr=_qr(letter.reference) if letter.qr else None,
        signature=_data_url("image/png", letter.signature_image),
        pictures=[_picture(one) for one in letter.enclosures if one.is_picture],
    )


def _css(letter: Letter) -> str:
    page, _, pages = letter.labels.page.partition("{pages}")
    parts = [_css_string(part) for part in (*page.partition("{page}")[::2], pages)]
    label = f"{parts[0]} counter(page) {parts[1]} counter(pages) {parts[2]}"
    reference = _css_string(f"{letter.labels.reference} {letter.reference}")
    css = _sheet("letter", letter.own_layouts) + _sheet(letter.layout, letter.own_layouts)
    return css.replace('"REFERENCE_LABEL"', reference).replace('"PAGE_LABEL"', label)


@cache
def _sheet(name: str, own: Path | None) -> str:
    """A style sheet without its comments, which nobody reads in a page."""
    path = bundled("templates") / "layout" / f"{name}.css"
    if own and (own / path.name).is_file():
        path = own / path.name
    try:
        css = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BadFileError(f"The style sheet {path} cannot be used: {error}.") from error
    families = ", ".join(f'"{family}"' for family in FONTS)
    return re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL).replace(
        "FONTS", f"{families}, sans-serif"
    )


def _css_string(text: str) -> str:
    """A string of CSS that ends neither early nor the style sheet around it."""
    inside = re.sub(r'["\\<\x00-\x1f]', lambda match: f"\\{hex(ord(match[0]))[2:]} ", text)
    return f'"{inside}"'


@cache
def _page(own: Path | None) -> "Template":
    """The page, the person's own or the shipped one; neither can reach anything but the letter."""
    from jinja2 import FileSystemLoader, StrictUndefined
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    shipped = bundled("templates") / "layout"
    environment = ImmutableSandboxedEnvironment(
        loader=FileSystemLoader([own, shipped] if own else [shipped]),
        undefined=StrictUndefined,
        autoescape=True,
    )
    return environment.get_template("letter.html.j2")


def _data_url(media_type: str, content: bytes | None) -> str | None:
    return f"data:{media_type};base64,{b64encode(content).decode()}" if content else None


def _qr(reference: str) -> str:
    """The reference as a QR code in SVG, for the company's scanner to file the letter by."""
    import segno

    # The default level of correction (M at least) survives a fold; four modules of quiet zone.
    code = segno.make(reference, micro=False, error="m")
    return str(code.svg_data_uri(border=4, dark="#111", omitsize=True, nl=False))


def _picture(enclosure: Enclosure) -> dict[str, str | None]:
    media_type, content = printable(enclosure.content)
    src = _data_url(media_type, content)
    return {"label": enclosure.label, "caption": enclosure.caption, "src": src}


# What must not be torn from the number that follows it at the end of a line.
_BEFORE_NUMBER = re.compile(r"(Articles?|Art\.|Abs\.|lit\.|Nr\.|§|section) (?=[\w(])")


def _unbroken(text: str) -> str:
    return _BEFORE_NUMBER.sub("\\1\N{NO-BREAK SPACE}", text)


def _for_page(block: Block) -> dict[str, Any]:
    match block:
        case Heading(text, None):
            return {"type": "stage", "text": text}
        case Heading(text, number):
            return {"type": "heading", "text": _unbroken(text), "number": number}
        case Paragraph(text):
            return {"type": "paragraph", "text": _unbroken(text)}
        case Demand(code):
            return {"type": "demand", "code": code, "text": _unbroken(block.sentence)}
        case Exhibit(label, url):
            return {"type": "photo", "code": label, "text": url}
