"""Where a case stands on a day: status and next step.  Pure functions."""

from dataclasses import dataclass

from dsr.tracker.events import EventType
from dsr.tracker.state import CaseState, is_open
from dsr.tracker.status import Status


@dataclass(frozen=True, slots=True)
class NextStep:
    """What the person should do, and the command that does it, if there is one."""

    says: str
    command: str | None = None

    def __str__(self) -> str:
        return f"{self.says}: {self.command}" if self.command else self.says


def phase(state: CaseState) -> Status:
    """The status apart from lateness, which depends on the day."""
    if state.closed_on:
        return Status.CLOSED
    if state.complained_on:
        return Status.ESCALATED
    if state.bounced_on:
        return Status.ACTION_NEEDED
    if state.answer:
        return Status.ANSWERED
    if state.waits_for_person:
        return Status.ACTION_NEEDED
    if state.is_with_controller:
        return Status.WAITING
    return Status.READY if state.prepared_on else Status.DRAFT


def next_step(  # noqa: C901  (a table of cases, one line each)
    reference: str, state: CaseState, status: Status, remedy: str
) -> NextStep:
    """The one thing to do now; *remedy* is whom the law lets the person turn to."""
    match status:
        case Status.DRAFT | Status.READY:
            return NextStep("Send the letter, then say so", f"dsr record {reference} sent")
        case Status.ACTION_NEEDED if state.bounced_on:
            return NextStep(
                "It came back; send it by another way", f"dsr record {reference} sent --via post"
            )
        case Status.ACTION_NEEDED:
            asked = "identity" if is_open(state.identity) else "clarification"
            return NextStep(
                f"Answer the controller's question ({asked}), then say so",
                f"dsr record {reference} {asked}-provided",
            )
        case Status.OVERDUE:
            said = "Remind the controller in writing that it is late"
            if state.reminded_on:
                return NextStep(remedy, f"dsr complain {reference}")
            return NextStep(said, f"dsr follow-up {reference}")
        case Status.WAITING:
            return NextStep(
                "Wait for the answer and record what comes (fulfilled, refused, extended …)",
                f"dsr record {reference} EVENT",
            )
        case Status.ANSWERED if state.answer in (EventType.FULFILLED, EventType.NO_DATA):
            return NextStep(
                "Read the answer; if nothing is missing, close the case",
                f"dsr record {reference} closed",
            )
        case Status.ANSWERED if state.answer is EventType.PARTLY_FULFILLED:
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
