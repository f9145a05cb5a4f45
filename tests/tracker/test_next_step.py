"""The step that comes next in a case, and which letter that is."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from dsr.errors import ConflictError
from dsr.letters.follow_up import FollowUpKind
from dsr.reports.case import CaseOnDay, case_on
from dsr.reports.reminder import Group, Item, report
from dsr.tracker.events import Event, EventType
from dsr.workflows.follow_up import case_so_far, fitting
from tests.tracker.test_state import MakeRequest

RECORDED = datetime(2026, 12, 31, 12, tzinfo=UTC)
SENT = ("sent 2026-03-02",)  # the answer is due on 2 April 2026
REMINDED = (*SENT, "prepared 2026-04-20 reminder", "reminded 2026-04-20")
FINAL = (*REMINDED, "prepared 2026-05-20 final-notice", "reminded 2026-05-20")
REFUSED = (*SENT, "refused 2026-03-20 send-id,fee")
ANSWERED_THAT = (*REFUSED, "prepared 2026-04-01 rebuttal:send-id,fee", "reminded 2026-04-01")

CONTRADICTED = (
    *SENT,
    "identity-requested 2026-03-09 send-id",
    "prepared 2026-03-10 rebuttal:send-id",
    "reminded 2026-03-10",
)


def told(*words: str) -> list[Event]:
    """Events from ``type day [letter or objections]``, after the request was prepared."""
    events = [Event(seq=1, type=EventType.PREPARED, on=date(2026, 3, 1), recorded_at=RECORDED)]
    for seq, said in enumerate(words, start=2):
        kind, day, *rest = said.split()
        event = Event(
            seq=seq, type=EventType(kind), on=date.fromisoformat(day), recorded_at=RECORDED
        )
        if rest and event.type is EventType.PREPARED:
            until = None if rest[0] == "complaint" else event.on + timedelta(days=10)
            event = replace(event, note=rest[0], until=until)
        elif rest:
            event = replace(event, objections=tuple(rest[0].split(",")))
        events.append(event)
    return events


@pytest.mark.parametrize(
    ("words", "today", "command", "says"),
    [
        ((), "2026-03-05", "record REF sent", "Send the letter"),
        (SENT, "2026-03-20", "record REF EVENT", "Wait for the answer"),
        (SENT, "2026-04-10", "follow-up REF", "Remind the controller"),
        ((*SENT, "prepared 2026-04-20 reminder"), "2026-04-21", "record REF reminded",
         "Send the letter that you wrote (reminder)"),
        ((*SENT, "prepared 2026-04-20 reminder"), "2026-05-02", "follow-up REF", "Remind the"),
        (REMINDED, "2026-04-30", "record REF EVENT", "until Thursday 30 April 2026"),
        (REMINDED, "2026-05-01", "follow-up REF", "final notice"),
        (FINAL, "2026-05-30", "record REF EVENT", "until Saturday 30 May 2026"),
        (FINAL, "2026-06-01", "complain REF", "supervisory authority"),
        ((*FINAL, "prepared 2026-06-02 complaint"), "2026-06-03", "record REF complained",
         "complaint"),
        (REFUSED, "2026-03-21", "follow-up REF", "the reason they give (send-id, fee)"),
        (ANSWERED_THAT, "2026-04-11", "record REF EVENT", "until Saturday 11 April 2026"),
        (ANSWERED_THAT, "2026-04-12", "complain REF", "no better answer"),
        ((*ANSWERED_THAT, "refused 2026-04-05 research"), "2026-04-06", "follow-up REF",
         "research"),
        ((*SENT, "refused 2026-03-20"), "2026-03-21", "complain REF", "Read the reasons"),
        ((*SENT, "identity-requested 2026-03-09 send-id"), "2026-03-10", "follow-up REF",
         "send-id"),
        ((*SENT, "identity-requested 2026-03-09"), "2026-03-10",
         "record REF identity-provided", "question (identity)"),
        ((*SENT, "identity-requested 2026-04-10"), "2026-04-12", "follow-up REF",
         "Remind the controller"),
        (CONTRADICTED, "2026-03-20", "record REF EVENT", "until Friday 20 March 2026"),
        (CONTRADICTED, "2026-03-21", "record REF EVENT", "Wait for the answer"),
        (CONTRADICTED, "2026-04-20", "follow-up REF", "Remind the controller"),
        ((*SENT, "fulfilled 2026-03-20"), "2026-03-21", "record REF closed", "Read the answer"),
        ((*SENT, "no-data 2026-03-20 already-deleted"), "2026-03-21", "follow-up REF",
         "already-deleted"),
        ((*SENT, "bounced 2026-03-03"), "2026-03-04", "record REF sent --via post", "came back"),
        ((*SENT, "complained 2026-04-20"), "2026-05-01", "record REF closed", "authority"),
    ],
)  # fmt: skip
def test_the_next_step_follows_from_the_record(
    make_request: MakeRequest, words: tuple[str, ...], today: str, command: str, says: str
) -> None:
    case = _case(make_request, words, today)
    expected = f"dsr {command}".replace("REF", case.request.reference)
    assert case.next_step.command == expected
    assert says in case.next_step.says


@pytest.mark.parametrize(
    ("words", "today", "kind"),
    [
        (SENT, "2026-04-10", FollowUpKind.REMINDER),
        (REMINDED, "2026-05-05", FollowUpKind.FINAL_NOTICE),
        (REFUSED, "2026-03-21", FollowUpKind.REBUTTAL),
        (CONTRADICTED, "2026-04-20", FollowUpKind.REMINDER),
        (
            (*CONTRADICTED, "prepared 2026-04-20 reminder", "reminded 2026-04-20"),
            "2026-05-02",
            FollowUpKind.FINAL_NOTICE,
        ),
        ((*SENT, "identity-requested 2026-03-09 send-id"), "2026-03-10", FollowUpKind.REBUTTAL),
        ((*SENT, "extended 2026-04-09"), "2026-04-10", FollowUpKind.LATE_EXTENSION),
        ((*SENT, "extended 2026-03-30 three-months"), "2026-04-01", FollowUpKind.REBUTTAL),
    ],
)
def test_the_letter_is_the_one_that_the_next_step_means(
    make_request: MakeRequest, words: tuple[str, ...], today: str, kind: FollowUpKind
) -> None:
    case = _case(make_request, words, today)
    assert case.next_step.command == f"dsr follow-up {case.request.reference}"
    wanted = fitting(case_so_far(case.request, list(case.events), date.fromisoformat(today)))
    assert wanted.kind is kind
    assert wanted.objections == (case.state.objections if kind is FollowUpKind.REBUTTAL else ())


@pytest.mark.parametrize(
    ("words", "today", "code"),
    [
        (REMINDED, "2026-04-25", "reminded_lately"),
        (FINAL, "2026-06-01", "time_to_complain"),
        (ANSWERED_THAT, "2026-04-12", "time_to_complain"),
        ((*SENT, "fulfilled 2026-03-20"), "2026-03-21", "answered"),
    ],
)
def test_no_letter_is_chosen_where_none_would_help(
    make_request: MakeRequest, words: tuple[str, ...], today: str, code: str
) -> None:
    case = case_so_far(make_request(), told(*words), date.fromisoformat(today))
    with pytest.raises(ConflictError) as refused:
        fitting(case)
    assert refused.value.code == code


def test_while_a_letter_gives_them_time_the_case_waits_and_says_until_when(
    make_request: MakeRequest,
) -> None:
    item = _item(make_request, ANSWERED_THAT, "2026-04-03")
    assert (item.group, item.kind, item.due) == (Group.WAITING, "term", date(2026, 4, 11))
    assert item.days_left == 8
    assert item.basis
    assert "no law sets it" in item.basis
    assert _item(make_request, ANSWERED_THAT, "2026-04-05").group is Group.DUE_SOON
    assert _item(make_request, ANSWERED_THAT, "2026-04-12").group is Group.NEEDS_YOU


def test_who_is_late_by_law_stays_overdue_while_a_reminder_runs(make_request: MakeRequest) -> None:
    item = _item(make_request, REMINDED, "2026-04-25")
    assert (item.group, item.due) == (Group.OVERDUE, date(2026, 4, 2))


def test_a_letter_whose_day_was_over_when_it_went_out_still_gives_a_fortnight(
    make_request: MakeRequest,
) -> None:
    late = (*SENT, "prepared 2026-04-20 reminder", "reminded 2026-05-10")
    assert _case(make_request, late, "2026-05-11").state.new_term == date(2026, 5, 24)


def _case(make_request: MakeRequest, words: tuple[str, ...], today: str) -> CaseOnDay:
    return case_on(make_request(), told(*words), date.fromisoformat(today))


def _item(make_request: MakeRequest, words: tuple[str, ...], today: str) -> Item:
    case = _case(make_request, words, today)
    (item,) = report([case.standing], date.fromisoformat(today)).items
    return item
