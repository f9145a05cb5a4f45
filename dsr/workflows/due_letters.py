"""Write the letters that are due in many cases in one go, for the person to look over and send."""

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from dsr.directory.catalogue import Catalogue
from dsr.errors import DsrError
from dsr.letters.clauses import Templates
from dsr.letters.document import Letter
from dsr.letters.press import pdfs
from dsr.letters.typesetting import PdfUnavailableError
from dsr.workflows.follow_up import (
    CaseSoFar,
    FollowUp,
    case_so_far,
    copy_of_request,
    fitting,
    follow_up_letter,
)
from dsr.workflows.mandates import check_mandate_holds

if TYPE_CHECKING:
    from dsr.tracker.store import Store


@dataclass(frozen=True, slots=True)
class DueLetter:
    """A letter that a case calls for, composed; nothing is kept of it yet."""

    case: CaseSoFar
    wanted: FollowUp
    letter: Letter


@dataclass(frozen=True, slots=True)
class Failed:
    """Why there is no letter in the case of *reference*."""

    reference: str
    error: DsrError


@dataclass(frozen=True, slots=True)
class Printed:
    """A due letter with its PDF, or the reason why this machine makes none."""

    due: DueLetter
    pdf: bytes | PdfUnavailableError


def due_letter(
    store: "Store", reference: str, catalogue: Catalogue, templates: Templates, today: date
) -> DueLetter:
    """The letter that the case of *reference* calls for today.

    Raises ConflictError where it calls for none, or the mandate does not cover one more letter.
    """
    request = store.request(reference)
    case = case_so_far(request, store.events(reference), today)
    check_mandate_holds(request, store, today)
    wanted = fitting(case)
    letter = follow_up_letter(case, wanted, catalogue, templates, copy_of_request(case, store))
    return DueLetter(case, wanted, letter)


def due_letters(
    store: "Store",
    references: Sequence[str],
    catalogue: Catalogue,
    templates: Templates,
    today: date,
) -> Iterator[Printed | Failed]:
    """What each case comes to, in their order: its letter, printed, or why there is none."""
    composed: deque[DueLetter | Failed] = deque()  # taken by the press, and not handed over yet

    def letters() -> Iterator[Letter]:
        for reference in references:
            try:
                due = due_letter(store, reference, catalogue, templates, today)
            except DsrError as error:
                composed.append(Failed(reference, error))
            else:
                composed.append(due)
                yield due.letter

    for pdf in pdfs(letters(), len(references)):
        while isinstance(due := composed.popleft(), Failed):
            yield due
        if isinstance(pdf, bytes | PdfUnavailableError):
            yield Printed(due, pdf)
        else:
            yield Failed(due.case.request.reference, pdf)
    yield from (failed for failed in composed if isinstance(failed, Failed))
