"""Where a case stands, in the few words that a list needs, and the step that comes next."""

from datetime import date
from typing import NamedTuple

from dsr.tracker.events import EventType
from dsr.tracker.status import Status


class Standing(NamedTuple):  # a list makes many thousands, and of tuples it does so in no time
    """Where a request stands, without the day: enough to list it and to say what comes next.

    ``due`` is that of the first answer; ``ticked`` tells that a partial answer was gone through
    demand by demand, so that it is known what is missing.
    """

    reference: str
    person: str
    company: str
    company_name: str
    law: str
    rights: tuple[str, ...]
    made_on: date
    campaign: str | None
    phase: Status
    asked: str | None = None  # what the controller wants to know: identity or clarification
    bounced: bool = False
    reminded_on: date | None = None
    answer: EventType | None = None
    sent_on: date | None = None
    kind: str | None = None
    basis: str | None = None
    due: date | None = None
    due_lenient: date | None = None
    ticked: bool = False
    events: int = 0


class NextStep(NamedTuple):
    """What the person should do, and the command that does it, if there is one."""

    says: str
    command: str | None = None

    def __str__(self) -> str:
        return f"{self.says}: {self.command}" if self.command else self.says


def next_step(  # noqa: C901  (a table of cases, one line each)
    case: Standing, status: Status, remedy: str
) -> NextStep:
    """The one thing to do now; *remedy* is whom the law lets the person turn to."""
    reference = case.reference
    match status:
        case Status.DRAFT | Status.READY:
            return NextStep("Send the letter, then say so", f"dsr record {reference} sent")
        case Status.ACTION_NEEDED if case.bounced:
            return NextStep(
                "It came back; send it by another way", f"dsr record {reference} sent --via post"
            )
        case Status.ACTION_NEEDED:
            return NextStep(
                f"Answer the controller's question ({case.asked}), then say so",
                f"dsr record {reference} {case.asked}-provided",
            )
        case Status.OVERDUE:
            said = "Remind the controller in writing that it is late"
            if case.reminded_on:
                return NextStep(remedy, f"dsr complain {reference}")
            return NextStep(said, f"dsr follow-up {reference}")
        case Status.WAITING:
            return NextStep(
                "Wait for the answer and record what comes (fulfilled, refused, extended …)",
                f"dsr record {reference} EVENT",
            )
        case Status.ANSWERED if case.answer in (EventType.FULFILLED, EventType.NO_DATA):
            return NextStep(
                "Read the answer; if nothing is missing, close the case",
                f"dsr record {reference} closed",
            )
        case Status.ANSWERED if case.answer is EventType.PARTLY_FULFILLED:
            if case.ticked:
                return NextStep("Ask for what is missing", f"dsr follow-up {reference}")
            return NextStep(
                "Ask for what is missing (E3 …)", f"dsr follow-up {reference} --outstanding CODE"
            )
        case Status.ANSWERED:
            return NextStep(
                "Read the reasons; if they do not convince you, answer them "
                f"(dsr follow-up {reference} --kind rebuttal:REASON), or go on. {remedy}",
                f"dsr complain {reference}",
            )
        case Status.ESCALATED:
            return NextStep(
                "Wait for the authority; close the case at the end",
                f"dsr record {reference} closed",
            )
        case _:
            return NextStep("Nothing: the case is closed")
