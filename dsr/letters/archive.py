"""Make WeasyPrint's PDF a PDF/A-3a and a PDF/UA-1 at once, on the objects it is about to write.

WeasyPrint writes either the one or the other.  Its PDF/A-3a is tagged already, so what is
missing is small: the mark of PDF/UA in the metadata, and page furniture that is marked as such
instead of pointing to elements outside of the tree.
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

VARIANT = "pdf/a-3a"
_POINTS = 0.75  # of a CSS pixel

# PDF/A lets metadata use a schema it does not know, if the file describes the schema.
_EXTENSION = (
    b'<rdf:Description xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/" rdf:about="" '
    b'pdfuaid:part="1" />'
    b'<rdf:Description xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/" '
    b'xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" '
    b'xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#" rdf:about="">'
    b'<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">'
    b"<pdfaSchema:schema>PDF/UA Universal Accessibility Schema</pdfaSchema:schema>"
    b"<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>"
    b"<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>"
    b'<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">'
    b"<pdfaProperty:name>part</pdfaProperty:name>"
    b"<pdfaProperty:valueType>Integer</pdfaProperty:valueType>"
    b"<pdfaProperty:category>internal</pdfaProperty:category>"
    b"<pdfaProperty:description>Part of ISO 14289 that the file follows</pdfaProperty:description>"
    b"</rdf:li></rdf:Seq></pdfaSchema:property></rdf:li></rdf:Bag></pdfaExtension:schemas>"
    b"</rdf:Description>"
)
_END = b"</rdf:RDF>"
_CLAIM = re.compile(rb"<rdf:Description [^>]*pdfaid:part=[^>]*/>")


def finish(_document: object, pdf: Any, *, conforms: bool = True) -> None:
    """WeasyPrint's hook before it writes a PDF; *pdf* is a ``pydyf.PDF``.

    Both standards forbid characters without a glyph: a page with one *conforms* to neither, and
    its metadata then claim neither.  All else stays as it is, for those who read it aloud.
    """
    metadata = _object(pdf, pdf.catalog["Metadata"])
    if conforms:
        metadata.stream = [part.replace(_END, _EXTENSION + _END) for part in metadata.stream]
    else:
        metadata.stream = [_CLAIM.sub(b"", part) for part in metadata.stream]
    tree = _object(pdf, pdf.catalog["StructTreeRoot"])
    elements = [one for one in pdf.objects if _is(one, "/StructElem")]
    linked = set(_below(pdf, _object(pdf, tree["K"][0])))
    _mark_furniture(pdf, tree, [one for one in elements if one.number not in linked])
    for element in elements:
        if element.get("S") == "/Figure":
            _place(pdf, element)
    if "AF" in pdf.catalog:  # WeasyPrint names each attachment twice
        pdf.catalog["AF"][:] = dict.fromkeys(pdf.catalog["AF"])


def _mark_furniture(pdf: Any, tree: Any, strays: list[Any]) -> None:
    """Margin boxes hold what every page repeats: artifacts, which no one reads aloud."""
    stray_content: dict[bytes, set[int]] = defaultdict(set)
    for element in strays:
        stray_content[element["Pg"]].update(kid for kid in element["K"] if isinstance(kid, int))
    parents = _object(pdf, tree["ParentTree"])["Nums"]
    for page, marks in stray_content.items():
        content = _object(pdf, page)
        of_page = parents[2 * content["StructParents"] + 1]
        for mark in marks:
            of_page[mark] = "null"
        drawn = _object(pdf, content["Contents"]).stream
        for place, item in enumerate(drawn):
            if isinstance(item, dict) and item.get("MCID") in marks:
                drawn[place - 1] = "/Artifact"
                item.clear()
                item["Type"] = "/Pagination"
    for element in strays:
        element.clear()


def _place(pdf: Any, figure: Any) -> None:
    """Say where a figure is in the page's own coordinates, not in pixels from its top."""
    x1, y1, x2, y2 = figure["A"]["BBox"]
    height = _object(pdf, figure["Pg"])["MediaBox"][3]
    corners = (x1, height / _POINTS - y2, x2, height / _POINTS - y1)
    figure["A"]["BBox"][:] = [side * _POINTS for side in corners]


def _below(pdf: Any, element: Any) -> Iterator[int]:
    """The numbers of an element and of all that its tree links."""
    waiting = [element]
    while waiting:
        here = waiting.pop()
        yield here.number
        kids = (_object(pdf, kid) for kid in here.get("K", ()) if isinstance(kid, bytes))
        waiting.extend(kid for kid in kids if _is(kid, "/StructElem"))


def _is(one: Any, kind: str) -> bool:
    return isinstance(one, dict) and one.get("Type") == kind


def _object(pdf: Any, reference: bytes) -> Any:
    return pdf.objects[int(reference.split()[0])]
