"""`dsr show`: one case drawn as a timeline, with its deadlines, demands and next step."""

from collections.abc import Iterator
from datetime import date
from textwrap import wrap
from typing import TYPE_CHECKING

import click

from dsr.cli.dates import Dates
from dsr.cli.output import STATUS_COLORS, days_in_words, page_columns, table, width_of
from dsr.cli.session import Session

if TYPE_CHECKING:
    from dsr.reports.case import CaseOnDay
    from dsr.reports.timeline import Moment
    from dsr.tracker.deadlines import CaseDeadline

MARKS = {"out": "→", "in": "←", "own": "·", "deadline": "◆", "today": "▸"}
COLORS = {"out": "cyan", "in": "magenta", "own": None, "deadline": "yellow", "today": None}
OUTCOME_COLORS = {"fulfilled": "green", "refused": "red", "missing": "red", "open": "yellow"}
BAR = 24  # characters that the time for the answer takes


def print_case(
    session: Session, case: "CaseOnDay", dates: Dates, demand_texts: dict[str, str]
) -> None:
    """Print a case; *demand_texts* are the demands as the letter words them, by code."""
    from dsr.reports.timeline import timeline

    request, status = case.request, case.status.value
    session.show(click.style(f"{request.reference}  {request.company.name}", bold=True))
    _show(session, f"{', '.join(request.rights)} under {request.law}, for "
          f"{request.data_subject.name}")  # fmt: skip
    session.show(f"Status: {click.style(status, fg=STATUS_COLORS.get(status))}\n")
    moments = timeline(case, session.today, dates.short)
    day_width = max((width_of(dates.short(each.on)) for each in moments), default=0)
    for moment in moments:
        for line in _drawn(moment, dates, day_width, session.today):
            session.show(line)
    _print_deadlines(session, case, dates)
    _print_demands(session, case, dates, demand_texts)
    step = case.next_step
    session.show("")
    _show(session, f"Next: {step.says}{':' if step.command else '.'}")
    if step.command:
        session.show(f"  {click.style(step.command, bold=True)}")


def _show(session: Session, text: str, indent: str = "", first: str = "") -> None:
    for line in _wrapped(text, indent, first or indent):
        session.show(line)


def _wrapped(text: str, indent: str, first: str) -> list[str]:
    return wrap(
        text, page_columns(), initial_indent=first, subsequent_indent=indent, break_on_hyphens=False
    )


def _drawn(moment: "Moment", dates: Dates, day_width: int, today: date) -> Iterator[str]:
    """The lines of one moment: day, mark, number and what it is; what belongs to it below."""
    day, color = dates.short(moment.on), COLORS[moment.direction]
    says = moment.says + (" (struck out)" if moment.struck_out else "")
    if moment.direction.value == "deadline":
        word, color = _judged(moment.met, moment.on, today)
        says += f": {word}"
    mark = click.style(MARKS[moment.direction], fg=color, bold=True)
    number = f"{moment.seq:>3}" if moment.seq else " " * 3
    margin = " " * (day_width + 8)
    lines = _wrapped(says, margin, margin)
    start = f"{' ' * (day_width - width_of(day))}{day} {mark} {number}  "
    yield start + click.style(
        lines[0].strip(),
        fg=color,
        bold=moment.direction.value in ("today", "deadline"),
        dim=moment.struck_out,
    )
    yield from lines[1:]
    if moment.by:
        yield f"{margin}recorded by {moment.by}"
    for remark in moment.remarks:
        yield from _wrapped(remark, margin, margin)
    for document in moment.documents:
        yield f"{margin}{document.name} ({_size(document.size)})"


def _size(count: int) -> str:
    for unit in ("bytes", "kB", "MB"):
        if count < 1000:  # noqa: PLR2004  (the next unit)
            return f"{count} {unit}"
        count //= 1000
    return f"{count} GB"


def _print_deadlines(session: Session, case: "CaseOnDay", dates: Dates) -> None:
    for each in case.deadlines:
        deadline = each.deadline
        said, color = _judged(each.met, deadline.due, session.today)
        title = click.style(f"{each.kind.capitalize()} due", bold=True)
        session.show(f"\n{title} {dates.with_weekday(deadline.due)}, {click.style(said, fg=color)}")
        if deadline.due_lenient != deadline.due:
            _show(session, "At the latest, if everything is counted in their favour: "
                  f"{dates.with_weekday(deadline.due_lenient)}.", "  ")  # fmt: skip
        bar = _bar(case, each, session.today)
        if bar:
            session.show(f"  {bar}")
        for step in deadline.steps:
            _show(session, step, "    ", "  · ")


def _judged(met: bool | None, due: date, today: date) -> tuple[str, str]:  # noqa: FBT001  (three-valued)
    """What became of a deadline, or how many days are left, and in which colour that is said."""
    if met is not None:
        return ("met", "green") if met else ("missed", "red")
    said = days_in_words((due - today).days)
    return (f"{said} left" if due > today else said), "yellow"


def _bar(case: "CaseOnDay", deadline: "CaseDeadline", today: date) -> str | None:
    """How much of the time is over, while it runs."""
    receipt = case.state.receipt()
    if deadline.met is not None or receipt is None:
        return None
    length, over = (deadline.deadline.due - receipt.on).days, (today - receipt.on).days
    if not 0 <= over <= length or not length:
        return None
    full = round(BAR * over / length)
    days = f"day {over} of {length}"
    return f"{click.style('█' * full, fg='yellow')}{'░' * (BAR - full)} {days}"


def _print_demands(
    session: Session, case: "CaseOnDay", dates: Dates, texts: dict[str, str]
) -> None:
    """Demand by demand how they were answered, once anything was."""
    if not case.demands:
        return
    answered = [each for each in case.demands if each.outcome.value != "open"]
    session.show("")
    if not answered:
        first, last, count = case.demands[0].code, case.demands[-1].code, len(case.demands)
        which = f"{count} demands ({first} to {last})" if count > 1 else f"One demand ({first})"
        _show(session, f"{which}; nothing is recorded as answered yet.")
        return
    rows = [
        [
            each.code,
            each.outcome.value,
            dates.short(each.on),
            f"{each.seq or ''}",
            texts.get(each.code, ""),
        ]
        for each in case.demands
    ]
    room = page_columns() - sum(max(len(row[at]) for row in rows) + 2 for at in range(4))
    for row in rows:
        row[4] = _shortened(row[4], room - 4)
    columns = ["Demand", "Answer", "Date", "#", "What was asked"]
    if not any(row[4] for row in rows):
        columns, rows = columns[:4], [row[:4] for row in rows]
    table(session, columns, rows, colors=OUTCOME_COLORS)


def _shortened(text: str, room: int) -> str:
    if width_of(text) <= room:
        return text
    while text and width_of(text) >= room:
        text = text[:-1]
    return f"{text.rstrip()}…"
