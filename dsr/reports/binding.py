"""Bind the parts of a bundle into one PDF: pages numbered through, a frame around each exhibit."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, Any

from dsr.reports.leaves import Leaf, Setting
from dsr.reports.manifest import MANIFEST

if TYPE_CHECKING:
    from pikepdf import Pdf

_BESIDE, _BELOW, _ABOVE = 40, 48, 42  # points around what is set smaller
_LINK = "page:"
FRAMES_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the bundle: what the outline calls it, its PDF files, and its label if exhibit."""

    title: str
    files: tuple[Leaf, ...]
    label: str | None = None

    def count(self) -> int:
        """How many pages it has."""
        return sum(page_count(each.content) for each in self.files)


def page_count(content: bytes) -> int:
    """How many pages a PDF file has."""
    import pikepdf

    with pikepdf.open(BytesIO(content)) as pdf:
        return len(pdf.pages)


def bind(
    parts: Sequence[Part], setting: Setting, *, reference: str, title: str, attachment: bytes
) -> bytes:
    """One PDF of all parts, with an outline, links between its pages, and the manifest attached."""
    import pikepdf

    counts = [part.count() for part in parts]
    with pikepdf.new() as bundle, ExitStack() as opened:
        for frame in _frames(parts, counts, setting, reference):
            bundle.pages.extend(opened.enter_context(pikepdf.open(BytesIO(frame))).pages)
        place = 0
        for part in parts:
            for leaf in part.files:
                pdf = opened.enter_context(pikepdf.open(BytesIO(leaf.content)))
                for page in pdf.pages:
                    _lay(bundle, place, page, foreign=leaf.foreign)
                    place += 1
        _outline(bundle, parts, counts)
        _describe(bundle, title, setting.language)
        day = f"D:{setting.made_on:%Y%m%d}000000Z"
        bundle.attachments[MANIFEST] = pikepdf.AttachedFileSpec(
            bundle,
            attachment,
            filename=MANIFEST,
            description=reference,
            mime_type="application/json",
            creation_date=day,
            mod_date=day,
        )
        out = BytesIO()
        bundle.save(
            out, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate
        )
    return out.getvalue()


def _frames(
    parts: Sequence[Part], counts: Sequence[int], setting: Setting, reference: str
) -> Iterator[bytes]:
    """The page numbers, and above an exhibit its label; a page for each page of the bundle."""
    total, frames = sum(counts), list[dict[str, str]]()
    for part, count in zip(parts, counts, strict=True):
        for number in range(1, count + 1):
            stamp = ""
            if part.label:
                stamp = f"{setting.words['exhibit'].format(label=part.label)} · {number}/{count}"
            page = setting.words["page"].format(page=len(frames) + 1, pages=total)
            frames.append({"stamp": stamp, "page": page})
    for start in range(0, total, FRAMES_AT_ONCE):
        some = frames[start : start + FRAMES_AT_ONCE]
        yield setting.pages("frames", reference, frames=some, reference=reference).content


def _lay(bundle: "Pdf", place: int, page: Any, *, foreign: bool) -> None:
    """Lay a page into its frame: a foreign one made to fit inside, our own as they are."""
    import pikepdf

    frame = bundle.pages[place]
    width, height = (float(side) for side in frame.MediaBox[2:])
    inside = pikepdf.Rectangle(0, 0, width, height)
    if foreign:
        inside = pikepdf.Rectangle(_BESIDE, _BELOW, width - _BESIDE, height - _ABOVE)
    # As `Page.add_overlay` does it, but for the random name, which would be another each time.
    name = pikepdf.Name(f"/Leaf{place}")  # pages of one file share their names
    form = bundle.copy_foreign(page.as_form_xobject())
    frame.add_resource(form, pikepdf.Name.XObject, name)
    drawn = frame.calc_form_xobject_placement(
        form,
        name,
        inside,
        invert_transformations=True,
        allow_shrink=True,
        allow_expand=False,
    )
    frame.contents_add(b"q\n", prepend=True)
    frame.contents_add(b"Q\n" + drawn)
    if foreign:
        return
    links = [_link(bundle, link) for link in page.get("/Annots", [])]
    frame.Annots = pikepdf.Array(link for link in links if link is not None)


def _link(bundle: "Pdf", link: Any) -> Any:
    """A link of our contents made anew, so that it leads to the page that it names."""
    import pikepdf

    action = link.get("/A")
    target = str(action.get("/URI", "")) if action is not None else ""
    if not target.startswith(_LINK):
        return None
    page = bundle.pages[int(target.removeprefix(_LINK)) - 1]
    return pikepdf.Dictionary(
        Type=pikepdf.Name.Annot,
        Subtype=pikepdf.Name.Link,
        Rect=pikepdf.Array([float(side) for side in link["/Rect"]]),
        Border=pikepdf.Array([0, 0, 0]),
        Dest=pikepdf.Array([page.obj, pikepdf.Name.Fit]),
    )


def _outline(bundle: "Pdf", parts: Sequence[Part], counts: Sequence[int]) -> None:
    from pikepdf import OutlineItem

    with bundle.open_outline() as outline:
        start = 0
        for part, count in zip(parts, counts, strict=True):
            outline.root.append(OutlineItem(part.title, start))
            start += count


def _describe(bundle: "Pdf", title: str, language: str) -> None:
    import pikepdf

    bundle.Root.Lang = pikepdf.String(language)
    bundle.Root.ViewerPreferences = pikepdf.Dictionary(DisplayDocTitle=True)
    bundle.Root.PageMode = pikepdf.Name.UseOutlines
    with bundle.open_metadata(set_pikepdf_as_editor=False, update_docinfo=True) as metadata:
        metadata["dc:title"] = title
