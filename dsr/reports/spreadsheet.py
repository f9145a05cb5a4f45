"""The deadline report as CSV, in which no cell can act as a formula.  Source: RFC 4180."""

import csv
import re
from collections.abc import Iterable, Sequence
from io import StringIO

from dsr.reports.reminder import Report

BOM = "\ufeff"  # without it Excel takes UTF-8 for something else
COLUMNS = (
    "reference",
    "company",
    "name",
    "person",
    "rights",
    "law",
    "group",
    "status",
    "kind",
    "due",
    "days_left",
    "basis",
    "next_step",
    "command",
)
# What a spreadsheet takes for the start of a formula, in full width as well (OWASP, CSV injection).
_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def csv_text(made: Report) -> str:
    """The report, one row for each open case, dates as 2026-12-21."""
    return rows_as_csv(
        COLUMNS,
        (
            (
                item.case.reference,
                item.case.company,
                item.case.company_name,
                item.case.person,
                item.rights,
                item.case.law,
                item.group.value,
                item.status.value,
                item.kind,
                item.due,
                item.days_left,
                item.basis,
                item.next_step.says,
                item.next_step.command,
            )
            for item in made.items
        ),
    )


def rows_as_csv(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Rows under their headings; numbers stay numbers, and no text can be a formula."""
    out = StringIO()
    writer = csv.writer(out)
    writer.writerow(columns)
    writer.writerows([_cell(value) for value in row] for row in rows)
    return BOM + out.getvalue()


_AFTER_PARTING = re.compile(r"([;\t]\s*)(?=[=+\-@])")


def _cell(value: object) -> object:
    """A cell; a text that could be a formula gets the mark that makes it a text."""
    if value is None or isinstance(value, int | float):
        return value
    # Where the comma is the decimal sign, spreadsheets part the cells at semicolons.
    text = _AFTER_PARTING.sub(r"\1'", str(value))
    return f"'{text}" if text.lstrip(" '\"").startswith(_STARTS) else text
