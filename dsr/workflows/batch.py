"""Prepare letters to several companies: composed one after another, printed on all cores."""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from datetime import date

from dsr.directory.catalogue import Catalogue
from dsr.errors import DsrError
from dsr.letters.clauses import Templates
from dsr.letters.document import Letter
from dsr.letters.press import pdfs
from dsr.letters.typesetting import PdfUnavailableError
from dsr.tracker.people import DataSubject
from dsr.workflows.order import Order
from dsr.workflows.request import Prepared, draft, with_documents


def prepare_each(
    orders: Sequence[Order],
    person: DataSubject,
    catalogue: Catalogue,
    *,
    reference: Callable[[], str],
    today: date,
    templates: Templates | None = None,
) -> Iterator[Prepared | DsrError]:
    """What each order comes to, in their order: its letter in all forms, or why there is none.

    Each is handed over as soon as it is ready, so that no more of them are held than needed.
    """
    drafts: deque[Prepared | DsrError] = deque()  # taken by the press, and not handed over yet

    def letters() -> Iterator[Letter]:
        for order in orders:
            try:
                drafted = draft(
                    order,
                    person,
                    catalogue,
                    reference=reference(),
                    today=today,
                    templates=templates,
                )
            except DsrError as error:
                drafts.append(error)
            else:
                drafts.append(drafted)
                yield drafted.letter

    for pdf in pdfs(letters(), len(orders)):
        while isinstance(drafted := drafts.popleft(), DsrError):
            yield drafted
        if isinstance(pdf, bytes | PdfUnavailableError):
            yield with_documents(drafted, pdf)
        else:
            yield pdf
    yield from drafts
