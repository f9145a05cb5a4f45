"""Make cases of eraser's history: requests to one company, its replies, in the order of time."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import cast

from dsr.law.receipt import Channel
from dsr.law.rights import Right
from dsr.tracker.events import ANSWERS, EventType
from dsr.workflows.eraser_history import History, Reply, Sending, Task
from dsr.workflows.foreign_case import (
    LONGEST_NOTE,
    Foreign,
    ForeignCase,
    ForeignEvent,
    can_be,
    lawful,
    mail_address,
    plain_line,
    slug_in,
)

ORIGIN = "eraser"
LANGUAGE = "en"  # of all its letters
_CLOCKS_DIFFER = timedelta(hours=1)  # eraser notes the time after the letter has left
_BOUNCE_BY_HAND = "bounced"  # how eraser's own note on a sending begins

_LINK = re.compile(r"https?://[!-~]{1,200}\Z")

# What its letters ask for (internal/template/templates), and the law they name.
_LETTERS = {
    "gdpr": ((Right.ERASURE,), "gdpr"),
    "ccpa": ((Right.ERASURE,), "ccpa"),
    "generic": ((Right.ERASURE,), None),
    "uk-access": ((Right.ACCESS,), "uk-gdpr"),
    "uk-erasure": ((Right.OBJECTION, Right.ERASURE), "uk-gdpr"),
    "uk-combined": ((Right.ACCESS, Right.OBJECTION, Right.ERASURE), "uk-gdpr"),
}
_OTHER_LETTERS = {"access": (Right.ACCESS,), "combined": (Right.ACCESS, Right.ERASURE)}

_REPLIES = {
    "success": (EventType.FULFILLED, "It is done, as eraser read the reply."),
    "rejected": (
        EventType.REFUSED,
        "Refused, or no data held: eraser files both under one word, so read the reply.",
    ),
    "b2b_only": (EventType.NO_DATA, "It holds no data of consumers, as eraser read the reply."),
    "pending": (EventType.ACKNOWLEDGED, "It has the request, as eraser read the reply."),
    "bounced": (EventType.BOUNCED, "The e-mail came back."),
    "form_required": (EventType.NOTE, "The company wants its web form to be filled in."),
    "confirmation_required": (EventType.NOTE, "The company wants a link to be followed."),
}
_TASKS = {
    "manual_form": "You filled in the company's web form.",
    "captcha": "You solved the picture puzzle in the company's web form.",
    "confirm": "You followed the company's confirmation link.",
}
_STAGES = {
    "form_filled": "it had filled in the company's web form",
    "awaiting_captcha": "the picture puzzle in the company's web form was not solved",
    "captcha_solved": "the picture puzzle in the company's web form was solved",
    "confirmed": "it took the request as confirmed",
    "rejected": "it took the request as rejected or skipped",
    "failed": "it could not finish the company's web form or link",
    "disclosure_received": "the company had sent a copy of the data",
}
_SAID_BY_EVENT = {
    "confirmed": {EventType.FULFILLED},
    "rejected": {EventType.REFUSED, EventType.NO_DATA},
}


def cases_of(history: History, *, today: date | None) -> Foreign:
    """The cases in *history*, by profile and company, and what was left out."""
    problems = list(history.problems)
    threads: dict[tuple[str | None, str], list[Sending | Reply | Task]] = {}
    done = [task for task in history.tasks if task.status == "completed"]
    entries: list[Sending | Reply | Task] = [*history.sendings, *history.replies, *done]
    for entry in entries:
        if reason := _why_left_out(entry, today):
            problems.append(f"{entry.row} was left out: {reason}.")
        else:
            threads.setdefault((entry.profile_id, entry.broker_id), []).append(entry)
    cases: list[ForeignCase] = []
    for passed in threads.values():
        thread = _Thread()
        problems.extend(
            f"{entry.row} was left out: no request came before it."
            for entry in sorted(passed, key=_in_time)
            if not thread.take(entry)
        )
        cases.extend(thread.cases())
    return Foreign(cases=tuple(cases), problems=tuple(problems))


def _why_left_out(entry: Sending | Reply | Task, today: date | None) -> str | None:
    if isinstance(entry, Sending) and entry.status != "sent":
        if (entry.error or "").startswith(_BOUNCE_BY_HAND):
            return "the e-mail came back, so the company never had it"
        return "it was not sent"
    if entry.at is None:
        return "its date cannot be read"
    if not can_be(entry.at.date(), today):
        return f"it cannot have been on {entry.at.date().isoformat()}"
    if not plain_line(entry.broker_id) or not plain_line(entry.broker_name):
        return "it names no company"
    return None


def _moment(entry: Sending | Reply | Task) -> datetime:
    return cast(datetime, entry.at)  # what has none was left out before


def _in_time(entry: Sending | Reply | Task) -> datetime:
    return _moment(entry) + (_CLOCKS_DIFFER if isinstance(entry, Reply) else timedelta())


@dataclass(slots=True)
class _Request:
    """A request as it grows: its first sending, the latest, and what happened."""

    first: Sending
    latest: Sending
    events: list[ForeignEvent]

    def add(self, kind: EventType, entry: Reply | Task | Sending, note: str) -> None:
        """Note what happened, on the day it was where the request was sent."""
        on = _moment(entry).astimezone(_moment(self.first).tzinfo).date()
        self.events.append(ForeignEvent(type=kind, on=on, note=note[:LONGEST_NOTE]))

    def is_answered(self) -> bool:
        return any(event.type in ANSWERS for event in self.events)

    def has_come_back(self) -> bool:
        ways = (EventType.SENT, EventType.BOUNCED)
        return [e.type for e in self.events if e.type in ways][-1] is EventType.BOUNCED


class _Thread:
    """All that passed between one person and one company."""

    def __init__(self) -> None:
        self._requests: list[_Request] = []
        self._seen: set[tuple[str, datetime | None, str | None]] = set()

    def take(self, entry: Sending | Reply | Task) -> bool:
        """Put an entry where it belongs; False if there is no request that it could be about."""
        if isinstance(entry, Sending):
            self._send(entry)
        elif not self._requests:
            return False
        elif isinstance(entry, Reply):
            self._reply(self._requests[-1], entry)
        elif entry.task_type in _TASKS:
            self._requests[-1].add(EventType.NOTE, entry, _TASKS[entry.task_type])
        return True

    def _send(self, sending: Sending) -> None:
        """Eraser repeats its requests each month: before an answer that is no new request."""
        current = self._requests[-1] if self._requests else None
        repeats = current and _letter(current.first) == _letter(sending)
        if current is None or current.is_answered() or not repeats:
            self._requests.append(_Request(sending, sending, [_sent(sending)]))
            return
        current.latest = sending
        if current.has_come_back():
            current.events.append(_sent(sending))
        else:
            current.add(EventType.NOTE, sending, "Eraser sent the same request again.")

    def _reply(self, request: _Request, reply: Reply) -> None:
        """Scans of the same mailbox used to store a reply anew each time."""
        key = (reply.response_type, reply.at, reply.email_subject)
        if key not in self._seen:
            self._seen.add(key)
            kind, note = _reading(reply)
            request.add(kind, reply, note)

    def cases(self) -> list[ForeignCase]:
        """The requests as cases; eraser keeps a stage for the latest of them."""
        if self._requests:
            _add_stage(self._requests[-1])
        return [_case(request) for request in self._requests]


def _sent(sending: Sending) -> ForeignEvent:
    return ForeignEvent(
        type=EventType.SENT, on=_moment(sending).date(), via=_channel(sending.email)
    )


def _channel(email: str) -> Channel:
    """A company without an address was written to by its web form, which the person reported."""
    return Channel.EMAIL if email.strip() else Channel.WEBFORM


def _letter(sending: Sending) -> tuple[tuple[Right, ...], str | None]:
    """The rights and the law; eraser takes letters that it does not know for erasure."""
    other = _OTHER_LETTERS.get(sending.request_type or "", (Right.ERASURE,))
    return _LETTERS.get(sending.template, (other, None))


def _reading(reply: Reply) -> tuple[EventType, str]:
    """The event that a reply stands for; one that eraser was not sure of is only noted."""
    other = f"A reply that eraser filed as “{plain_line(reply.response_type, 40)}”."
    kind, said = _REPLIES.get(reply.response_type, (EventType.NOTE, other))
    if reply.needs_review:
        kind, said = EventType.NOTE, f"Eraser was not sure of this, so read the reply: {said}"
    return kind, " ".join([said, *_details(reply)])


def _details(reply: Reply) -> Iterable[str]:
    if subject := plain_line(reply.email_subject or ""):
        yield f"Subject: “{subject}”."
    for link in (reply.form_url, reply.confirm_url):
        if link and _LINK.match(link):
            yield f"Link: {link}"


def _add_stage(request: _Request) -> None:
    stage = request.latest.pipeline_status or ""
    types = {event.type for event in request.events}
    if stage in _STAGES and not types & _SAID_BY_EVENT.get(stage, set()):
        last = max(event.on for event in request.events)
        said = f"When eraser's history was read, {_STAGES[stage]}."
        request.events.append(ForeignEvent(type=EventType.NOTE, on=last, note=said))


def _case(request: _Request) -> ForeignCase:
    first = request.first
    rights, law = _letter(first)
    sent_at = _moment(first).astimezone(UTC)
    return ForeignCase(
        origin=ORIGIN,
        # Row numbers are not in the JSON; the second of sending is in both.
        original_reference=f"{plain_line(first.broker_id)} {sent_at:%Y-%m-%dT%H:%M:%SZ}",
        company_slug=slug_in(first.broker_id),
        company_name=plain_line(first.broker_name),
        address=(),
        email=mail_address(request.latest.email),
        rights=rights,
        law=law,
        language=LANGUAGE,
        channel=_channel(first.email),
        made_on=_moment(first).date(),
        events=lawful(request.events),
        profile=plain_line(first.profile_id or "") or None,
    )
