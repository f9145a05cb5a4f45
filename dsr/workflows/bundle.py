"""Make a complaint into a bundle: one PDF for the authority, and a ZIP file with the originals."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from dsr.law.regimes import regime
from dsr.letters.complaint import LETTERS, for_the_authority
from dsr.paths import staged_private_file, write_private_file
from dsr.reports import manifest as parts_of
from dsr.reports.binding import Part, bind
from dsr.reports.exhibits import MANDATE, REQUEST, Exhibit
from dsr.reports.leaves import LARGEST_SHOWN, Leaf, Setting, leaves
from dsr.reports.manifest import Manifest, Member, Placed
from dsr.tracker.deadlines import CaseDeadline, case_deadlines
from dsr.tracker.events import Document
from dsr.workflows.complain import (
    Complaint,
    complained_to_controller,
    controller_first,
    occurrences,
)
from dsr.workflows.letter_files import WrittenAlong
from dsr.workflows.time_limit import days_of

if TYPE_CHECKING:
    from dsr.tracker.store import Store

ADMISSIBLE = "Regulation (EU) 2025/2518, Article 4(1) and (3)"
JSON = "application/json"
# What comes before the exhibits, by what it is called in [bundle].
FRONT = ("contents", "letter", "chronology", "calculation", "list")
AMERICAN = "us-10"  # the layout of letters on American paper


@dataclass(frozen=True, slots=True)
class Bundle:
    """A bundle, made but not written: the PDF, what the web form asks, and the manifest."""

    pdf: bytes
    webform: bytes
    manifest: Manifest
    placed: tuple[Placed, ...]
    letter: tuple[Document, ...] = field(default=())

    def document(self, stem: str) -> Document:
        """The manifest as a document that the case keeps, so that the bundle can be checked."""
        return Document(f"{stem}-bundle.json", JSON, self.manifest.text())


def bundle_of(complaint: Complaint, letter_files: Sequence[Document], store: "Store") -> Bundle:
    """The bundle of a complaint, whose letter is in *letter_files*.

    Raises PdfUnavailableError where no PDF can be made, UnavailableError if a document is not what
    was recorded.
    """
    letter_pdf = next(each for each in letter_files if each.name.endswith(".pdf"))
    paper = "Letter" if complaint.letter.layout == AMERICAN else "A4"
    setting = Setting(
        complaint.letter.language, complaint.words["bundle"], complaint.case.today, paper
    )
    what = _what(complaint)
    placed = parts_of.placed(complaint.chosen.exhibits)
    files = parts_of.members(placed, what)
    inside = _manifest(complaint, (*files, _member(parts_of.LETTER, letter_pdf.content)))
    pdf = _Pages(complaint, setting, placed, what).bound(letter_pdf.content, store, inside.text())
    webform = _webform(complaint, placed, what).encode()
    own = (
        _member(parts_of.BUNDLE, pdf),
        _member(parts_of.LETTER, letter_pdf.content),
        _member(parts_of.WEBFORM, webform, "text/plain"),
    )
    return Bundle(pdf, webform, _manifest(complaint, (*own, *files)), placed, (letter_pdf,))


@contextmanager
def bundle_written(
    bundle: Bundle, directory: Path, stem: str, store: "Store"
) -> Iterator[WrittenAlong]:
    """Write the bundle into *directory*; its files have their names once all went well."""
    paths = {
        "bundle": directory / f"{stem}-bundle.pdf",
        "zip": directory / f"{stem}-bundle.zip",
        "webform": directory / f"{stem}-webform.txt",
    }
    with staged_private_file(paths["zip"], replace=True) as stream:
        _zip(stream, bundle, store)
        files = {name: path.resolve() for name, path in paths.items()}
        yield WrittenAlong(files, (bundle.document(stem),))
    write_private_file(paths["bundle"], bundle.pdf)
    write_private_file(paths["webform"], bundle.webform)


def _zip(stream: BinaryIO, bundle: Bundle, store: "Store") -> None:
    """The archive: the same bytes for the same bundle, documents of any size by stream."""
    text = bundle.manifest.text()
    own = {
        parts_of.BUNDLE: bundle.pdf,
        parts_of.LETTER: bundle.letter[0].content,
        parts_of.WEBFORM: bundle.webform,
        parts_of.MANIFEST: text,
        parts_of.SUMS: parts_of.sums(bundle.manifest.files, sha256(text).hexdigest()),
    }
    made_on = bundle.manifest.made_on
    moment = (made_on.year, made_on.month, made_on.day, 0, 0, 0)
    with ZipFile(stream, "w", ZIP_DEFLATED) as archive:
        for name, content in own.items():
            archive.writestr(_entry(name, moment), content)
        for each in bundle.placed:
            with archive.open(_entry(each.path, moment), "w", force_zip64=True) as sink:
                store.copy_document(each.exhibit.document.sha256, sink)  # type: ignore[arg-type]


def _entry(name: str, moment: tuple[int, int, int, int, int, int]) -> ZipInfo:
    entry = ZipInfo(name, moment)
    entry.compress_type = ZIP_DEFLATED
    entry.external_attr = 0o600 << 16
    return entry


def _member(path: str, content: bytes, media_type: str = "application/pdf") -> Member:
    return Member(
        path=path,
        name=path,
        media_type=media_type,
        bytes=len(content),
        sha256=sha256(content).hexdigest(),
    )


def _manifest(complaint: Complaint, files: tuple[Member, ...]) -> Manifest:
    request = complaint.case.request
    return Manifest(
        format=parts_of.FORMAT,
        reference=request.reference,
        law=request.law,
        authority=complaint.authority.name,
        made_on=complaint.case.today,
        files=files,
    )


def _what(complaint: Complaint) -> dict[str, str]:
    """What each sort of exhibit is called in the language of the complaint."""
    events = {str(k): complaint.said(k) for k in complaint.words["events"]}
    mandate = {MANDATE: str(complaint.words["mandate"])}
    return {**events, **complaint.words["bundle"], **mandate}


class _Pages:
    """Sets the pages of one bundle; twice where a page names the numbers of others."""

    def __init__(
        self,
        complaint: Complaint,
        setting: Setting,
        placed: Sequence[Placed],
        what: Mapping[str, str],
    ) -> None:
        self.complaint, self.setting, self.placed, self.what = complaint, setting, placed, what
        self.words, self.title = setting.words, setting.words["title"]
        self.responses = _responses(complaint)
        # A law without a time for the answer leaves nothing to compute.
        self.front = [word for word in FRONT if self.responses or word != "calculation"]

    def bound(self, letter: bytes, store: "Store", manifest: bytes) -> bytes:
        """The whole PDF, with the manifest attached."""
        exhibits = [self._exhibit(each, store) for each in self.placed]
        parts = self._parts(letter, exhibits, [0] * (len(exhibits) + len(self.front)))
        starts = _starts(parts)
        parts = self._parts(letter, exhibits, starts)
        if _starts(parts) != starts:  # a number grew by a digit, and a line by that
            parts = self._parts(letter, exhibits, _starts(parts))
        return bind(
            parts,
            self.setting,
            reference=self.complaint.case.request.reference,
            title=f"{self.title}: {self.complaint.case.request.company.name}",
            attachment=manifest,
        )

    def _parts(self, letter: bytes, exhibits: list[Part], starts: Sequence[int]) -> list[Part]:
        titles = [self.words[word] for word in self.front]
        said: dict[str, dict[str, Any]] = {
            "cover": self._cover([*titles[1:], *(part.title for part in exhibits)], starts),
            "chronology": {"chronology": self._chronology(starts)},
            "calculation": {"calculation": [self._calculated(e) for e in self.responses]},
            "list": {"exhibits": self._list(starts)},
        }
        cover, *others = (
            self.setting.pages(kind, self.title, **values)
            for kind, values in said.items()
            if kind == "cover" or kind in self.front
        )
        leaves_of_front = (cover, Leaf(letter, foreign=True), *others)
        front = [Part(t, (leaf,)) for t, leaf in zip(titles, leaves_of_front, strict=True)]
        return [*front, *exhibits]

    def _exhibit(self, placed: Placed, store: "Store") -> Part:
        exhibit = placed.exhibit
        small = exhibit.document.size <= LARGEST_SHOWN
        content = store.document(exhibit.document.sha256) if small else None
        shown = leaves(exhibit.document, content, placed.path, self.setting)
        return Part(self._titled(exhibit), tuple(shown), exhibit.label)

    def _titled(self, exhibit: Exhibit) -> str:
        label = self.words["exhibit"].format(label=exhibit.label)
        return f"{label}: {self.what.get(exhibit.what, exhibit.what)}, {self._day(exhibit.on)}"

    def _day(self, day: Any) -> str:
        return self.complaint.wording.long_date(day)

    def _cover(self, titles: Sequence[str], starts: Sequence[int]) -> dict[str, Any]:
        case, words = self.complaint.case, self.words
        contents = [
            {"title": title, "page": page} for title, page in zip(titles, starts[1:], strict=True)
        ]
        first = complained_to_controller(case)
        facts = [
            (words["letter"], self.complaint.letter.subject),
            (words["complainant"], _lines(case.request.data_subject)),
            *self._representative(),
            (words["controller"], _lines(case.request.company)),
            (words["to"], self.complaint.authority.name),
            (words["date"], self._day(case.today)),
        ]
        if first:
            facts.append(
                (
                    words["controller_first"],
                    f"{self._day(first)} ({controller_first(case.request.law)})",
                )
            )
        return {
            "facts": facts,
            "contents": contents,
            "checklist": self._checklist(starts),
            "checklist_basis": ADMISSIBLE,
        }

    def _checklist(self, starts: Sequence[int]) -> list[dict[str, Any]]:
        """The closed list of what a complaint needs to be admissible, each with its page.

        Source: Regulation (EU) 2025/2518 Art. 4(1)(a), (d), (e) and 4(3); (b) and (c) are for
        bodies of GDPR Art. 80, for whom dsr does not write.
        """
        request, words, letter = self.complaint.case.request, self.words, starts[1]
        if not is_european(self.complaint):
            return []
        pages = self._exhibit_pages(starts)
        mandate = next((e.exhibit for e in self.placed if e.exhibit.what == MANDATE), None)
        asked = next((e.exhibit for e in self.placed if e.exhibit.what == REQUEST), None)
        points = [("4(1)(a)", "complainant", _lines(request.data_subject), letter)]
        if mandate:
            points.append(("", "mandate", mandate.label, pages[mandate.label]))
        points.append(("4(1)(d)", "controller", _lines(request.company), letter))
        points.append(("4(1)(e)", "infringement", "", letter))
        sent = self.complaint.case.state.sent_on
        page = pages[asked.label] if asked else letter
        points.append(("4(3)", "prior", self._day(sent) if sent else "", page))
        return [
            {"article": article, "says": words[word], "value": value, "page": page}
            for article, word, value, page in points
        ]

    def _exhibit_pages(self, starts: Sequence[int]) -> dict[str, int]:
        labels = [each.exhibit.label for each in self.placed]
        return dict(zip(labels, starts[len(self.front) :], strict=True))

    def _representative(self) -> list[tuple[str, str]]:
        """Who acts for the complainant, if somebody does."""
        representative = self.complaint.case.request.representative
        return [(self.words["mandate"], _lines(representative))] if representative else []

    def _chronology(self, starts: Sequence[int]) -> list[dict[str, Any]]:
        pages = self._exhibit_pages(starts)
        return [
            {
                "date": self._day(each.on),
                "says": self.complaint.said(each.what, each.via),
                "exhibits": [
                    (one.exhibit.label, pages[one.exhibit.label])
                    for one in self.placed
                    if one.exhibit.seq is not None and one.exhibit.seq == each.seq
                ],
            }
            for each in occurrences(self.complaint.case)
            if each.what in self.complaint.words["events"] or each.what in LETTERS
        ]

    def _list(self, starts: Sequence[int]) -> list[dict[str, Any]]:
        pages = self._exhibit_pages(starts)
        return [
            {
                "label": one.exhibit.label,
                "date": self._day(one.exhibit.on),
                "says": self.what.get(one.exhibit.what, one.exhibit.what),
                "name": one.exhibit.document.name,
                "media_type": one.exhibit.document.media_type,
                "sha256": one.exhibit.document.sha256,
                "size": f"{one.exhibit.document.size:,}".replace(",", "\N{NO-BREAK SPACE}"),
                "page": pages[one.exhibit.label],
            }
            for one in self.placed
        ]

    def _calculated(self, response: CaseDeadline) -> dict[str, Any]:
        """The computation in the complaint's language, and step by step in English."""
        wording = self.complaint.wording
        return {
            "title": ", ".join(wording.right_names(response.rights)),
            "days": [
                (what, self._day(on))
                for on, what in days_of(response, self.complaint.case.state, wording)
            ],
            "steps": for_the_authority(response.deadline.steps),
        }


def is_european(complaint: Complaint) -> bool:
    """Whether the complaint goes to an authority that applies the GDPR."""
    country = complaint.authority.countries[0].partition("-")[0]
    return complaint.case.request.law == "gdpr" and country in regime("gdpr").residents_of


def _responses(complaint: Complaint) -> list[CaseDeadline]:
    case = complaint.case
    found = case_deadlines(case.request, case.state, case.today)
    return [each for each in found if each.kind.startswith("response")]


def _starts(parts: Sequence[Part]) -> list[int]:
    """The page on which each part begins, from 1."""
    starts, page = [], 1
    for part in parts:
        starts.append(page)
        page += part.count()
    return starts


def _lines(who: Any) -> str:
    """A name with its address and e-mail, in one line."""
    return ", ".join(filter(None, (who.name, *who.address, who.email)))


def _webform(complaint: Complaint, placed: Sequence[Placed], what: Mapping[str, str]) -> str:
    """What the fields of an authority's form usually ask, each text ready to be pasted."""
    from dsr.letters.text import sections

    letter, words = complaint.letter, complaint.words["bundle"]
    where = [complaint.authority.webform or complaint.authority.web or ""]
    fields = [
        (words["to"], complaint.authority.name),
        (words["complainant"], _lines(complaint.case.request.data_subject)),
        (words["controller"], _lines(complaint.case.request.company)),
        (words["subject"], letter.subject),
        *sections(letter),
        (
            words["attachments"],
            "\n".join(
                [
                    parts_of.BUNDLE,
                    *(
                        f"{one.exhibit.label} {what.get(one.exhibit.what, one.exhibit.what)}: "
                        f"{one.exhibit.document.name}"
                        for one in placed
                    ),
                ]
            ),
        ),
    ]
    parts = [*filter(None, where)]
    parts += [f"=== {name} ===\n{text}" for name, text in fields if text.strip()]
    return "\n\n".join(parts) + "\n"
