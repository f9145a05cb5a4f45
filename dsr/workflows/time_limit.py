"""From when to when the time for an answer ran, in the words of a complaint's language."""

import re
from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from dsr.law.deadlines import Deadline
from dsr.letters.wording import Wording
from dsr.tracker.deadlines import CaseDeadline
from dsr.tracker.events import EventType
from dsr.tracker.state import CaseState

COUNTING, GUIDELINES = "reg-1182/71", "edpb-01/2022"  # as language files name them
_NAMED = {"DPO": "ch-dpo"}  # statutes of the law data, as language files name them
_OF_COUNTING = re.compile(r"Reg\. 1182/71 Art\. (\d+(?:\([\da-z]+\))*)")
_OF_GUIDELINES = re.compile(r"EDPB Guidelines 01/2022 par\. (\d+(?:-\d+)?)")


class Day(NamedTuple):
    """A day of the computation, and what it is."""

    on: date
    what: str


def days_of(response: CaseDeadline, state: CaseState, wording: Wording) -> list[Day]:
    """Sent, received if that is proved, the last day by the law, and the last that can be argued.

    Each with the provisions that the derivation cites for it, as this language cites them.
    """
    words, deadline = wording.words, response.deadline
    how = words["via"][(state.via or wording.request.channel).value]
    sent = str(words["events"][EventType.SENT.value]).format(how=how)
    between = str(words.get("semicolon", "; "))
    of_last = between.join(_provisions(response, wording))
    last, latest = str(words["bundle"]["due"]), str(words["bundle"]["latest"])
    argued = between.join(_guidelines(deadline, wording))
    return [
        *([Day(state.sent_on, sent)] if state.sent_on else []),
        *([Day(state.delivered_on, words["events"]["delivered"])] if state.delivered_on else []),
        Day(deadline.due, f"{last} ({of_last})" if of_last else last),
        Day(deadline.due_lenient, f"{latest} ({argued})" if argued else latest),
    ]


def in_one_paragraph(days: list[Day], wording: Wording) -> str:
    """The same as running text; the last day that can be argued only where it is another one."""
    *others, latest = days
    told = [*others, latest] if latest.on != others[-1].on else others
    colon = str(wording.words.get("colon", ": "))
    return " ".join(f"{wording.long_date(day)}{colon}{what}." for day, what in told)


def _provisions(response: CaseDeadline, wording: Wording) -> Iterator[str]:
    """The period with its article, and by which articles it was counted."""
    law, citations, deadline = wording.law, wording.citations, response.deadline
    for limit in (law.gives(right).limit for right in response.rights):
        for period in filter(None, (limit.response, limit.extended, limit.extended_again)):
            if deadline.basis == f"{period.citation}: {period}":
                yield f"{wording.within(period)}, {_cited_by_name(period.citation, wording)}"
                articles = _cited(_OF_COUNTING, deadline)
                if articles and COUNTING in law.also_cited:
                    yield citations.cite_other(COUNTING, *articles)
                return


def _cited_by_name(citation: str, wording: Wording) -> str:
    """A citation of the law data as this language writes it, as far as it knows the statute."""
    law, citations = wording.law, wording.citations
    statute, _, provision = citation.partition(" Art. ")
    own = next((each for each in law.provisions if _bare(each) == _bare(provision)), None)
    if statute == law.short and own:
        return citations.cite(own)
    other = _NAMED.get(statute, "")
    if provision in law.also_cited.get(other, ()):
        return citations.cite_other(other, provision)
    return citation


def _bare(provision: str) -> str:
    """19(II), as the letters name it, and 19 II, as the law data do, without what differs."""
    return "".join(filter(str.isalnum, provision))


def _guidelines(deadline: Deadline, wording: Wording) -> Iterator[str]:
    known = wording.law.guidance.get(GUIDELINES, ())
    for paragraphs in _cited(_OF_GUIDELINES, deadline):
        if paragraphs in known:
            yield wording.citations.guidance(GUIDELINES, paragraphs)


def _cited(pattern: re.Pattern[str], deadline: Deadline) -> list[str]:
    """What the derivation cites, each once, in its order."""
    return list(dict.fromkeys(pattern.findall(" ".join(deadline.steps))))
