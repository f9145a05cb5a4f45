"""Who does what is said next, and hears nothing more, comes to a complaint: under every law."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from dsr.directory.catalogue import Catalogue
from dsr.law.regimes import Regime, regimes
from dsr.law.rights import Right
from dsr.letters.clauses import shipped_templates
from dsr.letters.document import Letter
from dsr.letters.follow_up import FollowUpKind, objections
from dsr.reports.case import CaseOnDay, case_on
from dsr.reports.exhibits import Chosen
from dsr.tracker.events import Event, EventType
from dsr.tracker.requests import Request
from dsr.tracker.state import TERM
from dsr.workflows.complain import authority_for, complain
from dsr.workflows.follow_up import FollowUp, case_so_far, check_kind, fitting, follow_up_letter
from tests.letters.test_letters import full_text
from tests.tracker.conftest import make_request
from tests.tracker.test_state import MakeRequest

__all__ = ["make_request"]
SENT = date(2026, 3, 2)
NOW = datetime(2026, 12, 31, 12, tzinfo=UTC)
TEMPLATES, CATALOGUE = shipped_templates(), Catalogue()
PATIENCE = 60  # steps
T = EventType
# What the company does after the request: the day after sending, what, and why.
OPENINGS: dict[str, tuple[tuple[int, EventType, str], ...]] = {
    "silence": (),
    "confirmation": ((2, T.ACKNOWLEDGED, ""),),
    "proof": ((5, T.IDENTITY_REQUESTED, ""),),
    "proof, contradicted": ((5, T.IDENTITY_REQUESTED, "send-id"),),
    "proof, contradicted twice": (
        (5, T.IDENTITY_REQUESTED, "send-id"),
        (30, T.IDENTITY_REQUESTED, "send-id"),
    ),
    "which data": ((5, T.CLARIFICATION_REQUESTED, ""),),
    "which data, contradicted": ((5, T.CLARIFICATION_REQUESTED, "cannot-identify"),),
    "extension": ((8, T.EXTENDED, ""),),
    "late extension": ((75, T.EXTENDED, ""),),
    "refusal": ((9, T.REFUSED, ""),),
    "refusal with reasons": ((9, T.REFUSED, "send-id,fee"),),
    "refusal for want of proof": ((5, T.IDENTITY_REQUESTED, ""), (40, T.REFUSED, "send-id")),
    "half an answer": ((9, T.PARTLY_FULFILLED, ""),),
}


class Person:
    """Somebody who does each day what the case says, and nothing else."""

    def __init__(self, request: Request) -> None:
        self.request, self.today = request, SENT
        self.events = [self._event(1, T.PREPARED), self._event(2, T.SENT)]

    def _event(self, seq: int, kind: EventType, **more: object) -> Event:
        return Event(seq=seq, type=kind, on=self.today, recorded_at=NOW, **more)  # type: ignore[arg-type]

    def records(self, kind: EventType, **more: object) -> None:
        self.events.append(self._event(len(self.events) + 1, kind, **more))

    @property
    def case(self) -> CaseOnDay:
        return case_on(self.request, self.events, self.today)

    def writes(self, command: str) -> Letter:
        so_far = case_so_far(self.request, self.events, self.today)
        wanted = FollowUp(kind=FollowUpKind.REMINDER) if "CODE" in command else fitting(so_far)
        check_kind(so_far, wanted.kind, wanted.objections)
        letter = follow_up_letter(so_far, wanted, CATALOGUE, TEMPLATES)
        until = self.today + timedelta(days=TERM)
        self.records(T.PREPARED, note=wanted.kept_as, until=until)
        self.records(T.REMINDED)
        return letter

    def complains(self) -> Letter:
        so_far = case_so_far(self.request, self.events, self.today)
        authority = authority_for(so_far, None)
        return complain(so_far, authority, CATALOGUE, TEMPLATES, chosen=Chosen(())).letter

    def waits(self) -> None:
        """Until the day after the next one that the case names; a month where it names none."""
        state = self.case.state
        days = [state.new_term, state.unsent_until]
        days += [each.deadline.due_lenient for each in self.case.deadlines]
        after = [day + timedelta(days=1) for day in days if day and day >= self.today]
        self.today = min(after, default=self.today + timedelta(days=30))


def laws() -> Iterator[Regime]:
    for law in regimes():
        limits = [given.limit.response for given in law.rights.values()]
        if TEMPLATES.has_section(law.id, "complaint") and all(limits):
            yield law


@pytest.mark.parametrize("opening", OPENINGS)
@pytest.mark.parametrize("law", list(laws()), ids=lambda law: law.id)
def test_the_next_step_can_be_done_and_leads_to_the_end(
    make_request: MakeRequest, law: Regime, opening: str
) -> None:
    country, _, region = max(law.residents_of, key=lambda place: place == "AT").partition("-")
    right = Right.ACCESS if Right.ACCESS in law.rights else next(iter(law.rights))
    person = Person(
        replace(make_request(law=law.id, rights=(right,), country=country), language="en")
    )
    subject = replace(person.request.data_subject, region=region or None)
    person.request = replace(person.request, data_subject=subject)
    expected = list(OPENINGS[opening])
    letters: list[str] = []
    for _ in range(PATIENCE):
        while expected and SENT + timedelta(days=expected[0][0]) <= person.today:
            _, kind, why = expected.pop(0)
            answered = objections(law.id, TEMPLATES)
            given = tuple(word for word in why.split(",") if word in answered)
            person.records(kind, objections=given)
        command = person.case.next_step.command or ""
        if command.startswith("dsr complain"):
            letters.append(full_text(person.complains()))
            break
        if command.startswith("dsr follow-up"):
            letters.append(full_text(person.writes(command)))
        elif command.endswith("-provided"):
            person.records(EventType(command.split()[-1]))
        elif expected:
            person.today = min(
                SENT + timedelta(days=expected[0][0]), person.today + timedelta(days=30)
            )
        else:
            assert "EVENT" in command, command
            person.waits()
    else:
        pytest.fail(f"no end: {person.case.next_step}")
    assert not [text for text in letters if "None" in text]
