"""The deadline report as one page of HTML that needs nothing else, and as PDF made from it."""

from collections.abc import Callable
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any

from dsr.letters.page import FONTS
from dsr.letters.typesetting import fonts, load_weasyprint
from dsr.paths import bundled
from dsr.reports.reminder import Group, Item, Report

if TYPE_CHECKING:
    from jinja2 import Template

Written = Callable[[date], str]
A4, LETTER = "A4", "Letter"
_MARKS = {
    Group.OVERDUE: ("late", "overdue"),
    Group.DUE_SOON: ("soon", "due soon"),
    Group.NEEDS_YOU: ("you", "waiting for you"),
    Group.WAITING: ("wait", "waiting for an answer"),
}
_ON_SCREEN = 'system-ui, -apple-system, "Segoe UI", Roboto'


def html(made: Report, written: Written, *, whose: str | None = None, paper: str = A4) -> str:
    """The report as a page; *written* says a date in full, *whose* names the person it is of."""
    several = whose is None and len({item.case.person for item in made.items}) > 1
    groups = []
    for group in Group:
        cases = [item for item in made.items if item.group is group]
        if cases:
            mark, says = _MARKS[group]
            groups.append(
                {
                    "mark": mark,
                    "says": says,
                    "title": group.value,
                    "cases": [_case(item, made.as_of, written, several=several) for item in cases],
                }
            )
    return page(
        "report.html.j2",
        paper=paper,
        title=f"What is due, {written(made.as_of)}",
        headline=_headline(made),
        day=written(made.as_of),
        whose=whose,
        groups=groups,
    )


def page(template: str, *, paper: str = A4, **said: Any) -> str:
    """A page of the report's looks; every value of what is *said* is escaped."""
    return _template(template).render(css=_css(paper), **said)


def pdf(page_of_html: str) -> bytes:
    """The page on paper; the style sheet's part for print counts, and nothing is loaded.

    Raises PdfUnavailableError where WeasyPrint cannot work.
    """
    weasyprint = load_weasyprint()
    fetcher = weasyprint.urls.URLFetcher(allowed_protocols={"data"})
    document = weasyprint.HTML(string=page_of_html, url_fetcher=fetcher, media_type="print")
    content: bytes = document.write_pdf(font_config=fonts(weasyprint), pdf_variant="pdf/ua-1")
    return content


def _headline(made: Report) -> str:
    """The page in a few words: what matters most first."""
    said = [
        f"{count} {_MARKS[group][1]}"
        for group in (Group.OVERDUE, Group.DUE_SOON, Group.NEEDS_YOU)
        if (count := made.count(group))
    ]
    if said:
        return ", ".join(said)
    return "Nothing to do today" if made.items else "Nothing is open"


def _case(item: Item, today: date, written: Written, *, several: bool) -> dict[str, Any]:
    case, step, lenient = item.case, item.next_step, item.case.due_lenient
    return {
        "company": case.company_name,
        "rights": item.rights,
        "whose": case.person if several else None,
        "reference": case.reference,
        "status": item.status.value.replace("-", " "),
        "left": _left(item.days_left),
        "date": written(item.due) if item.due else None,
        "share": _share(item, today),
        "why": f"Why this day: {item.basis}." if item.basis else None,
        "arguable": (
            f"It can be argued that they have until {written(lenient)}."
            if item.arguable and lenient
            else None
        ),
        "says": step.says if step.command else f"{step.says}.",
        "command": step.command,
    }


def _left(days: int | None) -> str | None:
    if days is None:
        return None
    if days == 0:
        return "due today"
    unit = "day" if abs(days) == 1 else "days"
    return f"{days} {unit} left" if days > 0 else f"{-days} {unit} late"


def _share(item: Item, today: date) -> int | None:
    """How much of the time is over, in percent, where there is a time that runs."""
    if item.due is None or item.case.sent_on is None:
        return None
    whole = (item.due - item.case.sent_on).days
    return (
        max(0, min(100, round(100 * (today - item.case.sent_on).days / whole)))
        if whole > 0
        else 100
    )


@cache
def _template(name: str) -> "Template":
    from jinja2 import FileSystemLoader, StrictUndefined
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    environment = ImmutableSandboxedEnvironment(
        loader=FileSystemLoader([bundled("templates") / "layout"]),
        undefined=StrictUndefined,
        autoescape=True,
    )
    return environment.get_template(name)


@cache
def _css(paper: str) -> str:
    css = (bundled("templates") / "layout" / "report.css").read_text("utf-8")
    families = ", ".join(f'"{family}"' for family in FONTS)
    return css.replace("PAPER", paper).replace("FONTS", f"{_ON_SCREEN}, {families}, sans-serif")
