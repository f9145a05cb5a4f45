"""`dsr doctor`: check what works on this machine."""

import click

from dsr.cli.options import json_option
from dsr.cli.output import print_json
from dsr.cli.session import Session, pass_session
from dsr.errors import ExitStatus

MARKS = {"ok": ("✓", "green"), "warning": ("!", "yellow"), "failed": ("✗", "red")}


@click.command("doctor")
@json_option
@pass_session
def doctor_command(session: Session, *, as_json: bool) -> int:
    """Check what works on this machine, what is missing, and how to mend it.

    Leaves with status 6 if something that dsr needs does not work.
    """
    from dsr.workflows.doctor import Verdict, examine

    findings = examine(session.place(), session.key_sources(), session.today)
    if as_json:
        print_json(
            [
                {"name": f.name, "verdict": f.verdict.value, "says": f.says, "mend": f.mend}
                for f in findings
            ]
        )
    else:
        for finding in findings:
            mark, color = MARKS[finding.verdict.value]
            session.show(f"{click.style(mark, fg=color)} {finding.name}: {finding.says}")
            if finding.mend:
                session.show(f"    {finding.mend}")
    failed = any(finding.verdict is Verdict.FAILED for finding in findings)
    return ExitStatus.UNAVAILABLE if failed else ExitStatus.DONE
