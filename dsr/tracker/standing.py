"""Where a case stands, in the few words that a list needs, and the step that comes next."""

from datetime import date
from typing import NamedTuple

from dsr.law.receipt import long_date
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
    reminders: int = 0
    new_term: date | None = None
    objections: tuple[str, ...] = ()
    unsent: str | None = None  # a letter that was written and, as far as is known, not sent
    unsent_until: date | None = None
    answer: EventType | None = None
    answered_on: date | None = None
    closed_on: date | None = None
    sent_on: date | None = None
    kind: str | None = None
    basis: str | None = None
    due: date | None = None
    due_lenient: date | None = None
    ticked: bool = False
    events: int = 0


# By which event it is recorded that a letter of a kind went out, where not as a reminder.
RECORDED_AS = {"withdrawal": "withdrawn", "complaint": "complained"}


class NextStep(NamedTuple):
    """What the person should do, and the command that does it, if there is one."""

    says: str
    command: str | None = None

    def __str__(self) -> str:
        return f"{self.says}: {self.command}" if self.command else self.says


def next_step(case: Standing, status: Status, remedy: str, today: date) -> NextStep:
    """The one thing to do now; *remedy* is whom the law lets the person turn to."""
    reference = case.reference
    letter = unsent_letter(case, status, today)
    if letter:
        done = RECORDED_AS.get(letter, "reminded")
        return NextStep(
            f"Send the letter that you wrote ({letter}), then say so",
            f"dsr record {reference} {done}",
        )
    term = running_term(case, status, today)
    if term:
        return NextStep(
            f"They have until {long_date(term)} to answer your letter; record what comes",
            f"dsr record {reference} EVENT",
        )
    match status:
        case Status.DRAFT | Status.READY:
            return NextStep("Send the letter, then say so", f"dsr record {reference} sent")
        case Status.ACTION_NEEDED:
            return _asked_or_bounced(case)
        case Status.OVERDUE:
            return _late(case, remedy)
        case Status.WAITING:
            return _waiting(case)
        case Status.ANSWERED:
            return _answered(case, remedy)
        case Status.ESCALATED:
            return NextStep(
                "Wait for the authority; close the case at the end",
                f"dsr record {reference} closed",
            )
        case _:
            return NextStep("Nothing: the case is closed")


def unsent_letter(case: Standing, status: Status, today: date) -> str | None:
    """What sort of letter lies ready to be sent, unless the day that it names is over."""
    if status in (Status.CLOSED, Status.READY, Status.DRAFT) or case.bounced:
        return None
    return None if case.unsent_until and case.unsent_until < today else case.unsent


def running_term(case: Standing, status: Status, today: date) -> date | None:
    """The last day that a letter still leaves them, which reminded or contradicted them."""
    if status in (Status.CLOSED, Status.ESCALATED) or not case.new_term:
        return None
    return case.new_term if case.new_term >= today else None


def _asked_or_bounced(case: Standing) -> NextStep:
    reference = case.reference
    if case.bounced:
        return NextStep(
            "It came back; send it by another way", f"dsr record {reference} sent --via post"
        )
    if case.objections:
        return _contradict(case)
    return NextStep(
        f"Answer the controller's question ({case.asked}), then say so",
        f"dsr record {reference} {case.asked}-provided",
    )


def _late(case: Standing, remedy: str) -> NextStep:
    reference = case.reference
    if not case.reminders:
        return NextStep(
            "Remind the controller in writing that it is late", f"dsr follow-up {reference}"
        )
    if case.reminders == 1:
        return NextStep(
            "Your letter brought no answer: send a final notice", f"dsr follow-up {reference}"
        )
    return NextStep(remedy, f"dsr complain {reference}")


def _waiting(case: Standing) -> NextStep:
    reference = case.reference
    if case.objections:
        return _contradict(case)
    if case.due is None and case.sent_on:
        return NextStep(
            "The law sets no day for the answer: record what comes, or remind them "
            f"(dsr follow-up {reference} --kind reminder)",
            f"dsr record {reference} EVENT",
        )
    return NextStep(
        "Wait for the answer and record what comes (fulfilled, refused, extended …)",
        f"dsr record {reference} EVENT",
    )


def _answered(case: Standing, remedy: str) -> NextStep:
    reference, complain = case.reference, f"dsr complain {case.reference}"
    if case.objections:
        return _contradict(case)
    if case.reminders:
        return NextStep(f"Your letter brought no better answer. {remedy}", complain)
    if case.answer in (EventType.FULFILLED, EventType.NO_DATA):
        return NextStep(
            "Read the answer; if nothing is missing, close the case",
            f"dsr record {reference} closed",
        )
    if case.answer is EventType.PARTLY_FULFILLED:
        if case.ticked:
            return NextStep("Ask for what is missing", f"dsr follow-up {reference}")
        return NextStep(
            "Ask for what is missing (E3 …)", f"dsr follow-up {reference} --outstanding CODE"
        )
    return NextStep(
        "Read the reasons; if they do not convince you, answer them "
        f"(dsr follow-up {reference} --kind rebuttal:REASON), or go on. {remedy}",
        complain,
    )


def _contradict(case: Standing) -> NextStep:
    said = ", ".join(case.objections)
    return NextStep(f"Answer the reason they give ({said})", f"dsr follow-up {case.reference}")
