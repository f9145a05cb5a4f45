"""`dsr report --stats`: how companies answer, for oneself, and for others without personal data."""

from typing import TYPE_CHECKING

from dsr.cli.dates import Dates
from dsr.cli.output import print_json, table
from dsr.cli.session import Session

if TYPE_CHECKING:
    from dsr.reports.statistics import Figures, Statistics
    from dsr.tracker.store import Store

BAR = 10  # characters of a full bar
FOR_OTHERS = ("csv", "json")


def statistics_of(
    session: Session, store: "Store | None", person: str | None, least: int
) -> "Statistics":
    """The figures; companies of the person's own are not told apart where others may read them."""
    from dsr.reports.statistics import statistics
    from dsr.tracker.outcomes import outcomes

    found = outcomes(store.engine, person) if store else ()
    public = _public_companies()
    return statistics(found, session.today, least=least, public=public)


def least_of(form: str, typed: int | None) -> int:
    """How many requests a group must have to be told apart, in a form for others or for oneself."""
    from dsr.reports.statistics import LEAST_TO_SHARE

    if typed is not None:
        return typed
    return LEAST_TO_SHARE if form in FOR_OTHERS else 1


def content_of(made: "Statistics", form: str, dates: Dates, least: int) -> bytes:
    """The figures as a file."""
    from dsr.reports.figures import as_json, csv_text, html
    from dsr.reports.sheet import A4, LETTER, pdf

    if form == "csv":
        return csv_text(made).encode()
    if form == "json":
        import json

        envelope = {"version": 1, "data": as_json(made, least), "errors": []}
        return (json.dumps(envelope, indent=2) + "\n").encode()
    page = html(made, dates.long, paper=LETTER if dates.month_first else A4)
    return page.encode() if form == "html" else pdf(page)


def print_statistics(session: Session, made: "Statistics", form: str, least: int) -> None:
    """Print the figures as tables, or as JSON."""
    if form == "json":
        from dsr.reports.figures import as_json

        print_json(as_json(made, least))
        return
    if not made.total.requests:
        session.say("No request went out yet.")
        return
    for title, groups in (("Law", made.by_law), ("Company", made.by_company)):
        rows = [_row(name, figures) for name, figures in groups]
        if title == "Law":
            rows.append(_row("all", made.total))
        columns = [title, ">Sent", ">Answered", ">Rate", "", ">Late", ">Median days", ">Refused"]
        table(session, columns, rows)
        session.show("")
    session.show("Late: after the last day that can be argued, of those answered or over.")


def _row(name: str, one: "Figures") -> list[str]:
    from dsr.reports.figures import days, percent

    full = round(BAR * (one.response_rate or 0))
    return [
        name,
        str(one.requests),
        str(one.answered),
        percent(one.response_rate),
        "█" * full + "░" * (BAR - full),
        percent(one.late_rate),
        days(one.median_days),
        str(one.refused),
    ]


def _public_companies() -> set[str]:
    """Companies that everyone's dsr knows; the name of another one could tell on the person."""
    from dsr.paths import bundled

    return {path.stem for path in bundled("companies").glob("*.toml")}
