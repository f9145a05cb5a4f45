"""Compose the letters after the request: reminder, final notice, answers to objections."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from difflib import get_close_matches
from enum import StrEnum
from typing import Any

from dsr.errors import InvalidInputError, NotFoundError, did_you_mean
from dsr.law.receipt import Channel
from dsr.law.rights import Right
from dsr.letters.clauses import (
    FALLBACK_LANGUAGE,
    Table,
    Templates,
    own_at_fault,
    shipped_templates,
)
from dsr.letters.compose import letter_around
from dsr.letters.document import Block, Heading, Letter
from dsr.letters.wording import Correspondent, Wording
from dsr.tracker.requests import Request


class FollowUpKind(StrEnum):
    """What a letter after the request is for."""

    REMINDER = "reminder"
    FINAL_NOTICE = "final-notice"
    LATE_EXTENSION = "late-extension"
    WITHDRAWAL = "withdrawal"
    REBUTTAL = "rebuttal"


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFacts:
    """What a letter after the request says about the case so far."""

    today: date
    sent_on: date
    via: Channel
    delivered_on: date | None = None
    due: date | None = None  # None where the law sets no time
    due_right: Right | None = None  # whose time that is, where rights have different ones
    due_passed: bool = False
    extended_on: date | None = None
    answered_on: date | None = None
    reminded_on: date | None = None
    outstanding: tuple[str, ...] = ()  # codes of demands not fulfilled
    authority: str | None = None
    new_term: date | None = None  # by which the letter asks for an answer


def compose_follow_up(
    request: Request,
    correspondent: Correspondent,
    kind: FollowUpKind,
    facts: CaseFacts,
    *,
    answering: Sequence[str] = (),
    templates: Templates | None = None,
) -> Letter:
    """The letter of this kind; a rebuttal is *answering* objections, by their words.

    Raises InvalidInputError where there is no such letter under the law, or nothing it can rest on.
    """
    templates = templates or shipped_templates()
    with own_at_fault(templates):
        return _composed(request, correspondent, kind, facts, answering, templates)


def _composed(
    request: Request,
    correspondent: Correspondent,
    kind: FollowUpKind,
    facts: CaseFacts,
    answering: Sequence[str],
    templates: Templates,
) -> Letter:
    section = "rebuttals" if kind is FollowUpKind.REBUTTAL else "follow-up"
    wording = _wording(request, correspondent, facts, section, templates)
    words = wording.templates.clauses(wording.request.language, request.law, "follow-up")[kind]
    values = said_of(wording, facts)
    if kind is FollowUpKind.LATE_EXTENSION and not (facts.due and facts.extended_on):
        raise InvalidInputError(
            "No notice of extension is recorded that came after the time for an answer.",
            hint="Record it first: dsr record REF extended --on DATE",
            code="no_late_extension",
        )
    if kind is FollowUpKind.REBUTTAL:
        answers = _rebuttals(wording, answering)
        blocks: Iterator[Block] = _answering(wording, words, answers, values)
    else:
        blocks = wording.paragraphs(words["text"], **values)
    subject = wording.say(words["subject"], **values)
    return letter_around(wording, subject=subject, blocks=tuple(blocks))


def objections(
    law: str, templates: Templates | None = None, language: str = FALLBACK_LANGUAGE
) -> dict[str, str]:
    """The objections of controllers that letters under *law* answer, by word, in a sentence."""
    templates = templates or shipped_templates()
    if not templates.has_section(law, "rebuttals", language):
        return {}
    table = templates.clauses(language, law, "rebuttals")
    return {word: str(entry["title"]) for word, entry in table.items()}


def said_of(wording: Wording, facts: CaseFacts) -> dict[str, Any]:
    """The facts of a case as templates see them, dates in words."""

    def day(value: date | None) -> str:
        return wording.long_date(value) if value else ""

    given = wording.law.gives(facts.due_right or wording.request.rights[0])
    return {
        **({"within": wording.within(given.limit.response)} if facts.due_right else {}),
        "sent_on": day(facts.sent_on),
        "sent_how": wording.words["via"][facts.via.value],
        "delivered_on": day(facts.delivered_on),
        "due": day(facts.due),
        "due_passed": facts.due_passed,
        "extended_on": day(facts.extended_on),
        "answered_on": day(facts.answered_on),
        "reminded_on": day(facts.reminded_on),
        "outstanding": list(facts.outstanding),
        "authority": facts.authority or "",
        "new_term": day(facts.new_term),
    }


def _wording(
    request: Request,
    correspondent: Correspondent,
    facts: CaseFacts,
    section: str,
    templates: Templates,
) -> Wording:
    """The words of the case as of today, in its language or, where that lacks it, English.

    Raises InvalidInputError where the law has no such letter at all.
    """
    if not templates.has_section(request.law, section):
        raise InvalidInputError(
            f"There is no such letter under the law of {request.reference}.", code="no_letter"
        )
    language = templates.language_for(request.language, request.law, "follow-up", section)
    now = replace(request, made_on=facts.today, language=language)
    return Wording(now, correspondent, templates)


def check_objections(words: Sequence[str], known: Iterable[str]) -> None:
    """Raise NotFoundError, with the nearest, for an objection that no letter answers."""
    known = list(known)
    unknown = [word for word in words if word not in known]
    if not unknown:
        return
    near = get_close_matches(unknown[0], known, n=2, cutoff=0.5)
    raise NotFoundError(
        f"There is no answer to an objection called {unknown[0]!r}.{did_you_mean(near)}",
        hint=f"There are: {', '.join(known)}."
        if known
        else "No letter under this law answers objections: say it in a --note.",
        code="unknown_objection",
    )


def _rebuttals(wording: Wording, objections: Sequence[str]) -> list[Table]:
    table = wording.templates.clauses(wording.request.language, wording.request.law, "rebuttals")
    check_objections(objections or ("",), table)
    return [dict(table[word]) for word in dict.fromkeys(objections)]


def _answering(
    wording: Wording, frame: Table, answers: Sequence[Table], values: dict[str, Any]
) -> Iterator[Block]:
    yield from wording.paragraphs(frame["opening"], **values)
    for number, answer in enumerate(answers, start=1):
        yield Heading(wording.say(answer["title"], **values), number)
        yield from wording.paragraphs(answer["text"], **values)
    yield from wording.paragraphs(frame["closing"], **values)
