"""Measure how fast dsr is, each time next to a peer that does a like thing on the same machine.

Usage: make bench, or .venv/bin/python tests/benchmarks/run.py [--rounds N] [--json FILE]

Whole processes are timed, in rounds: each round runs every command of a group once, so that
whatever else the machine does falls on all of them alike.  The ratio is that of the medians.
"""

import json
import os
import platform
import re
import subprocess
import sys
import tempfile
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.metadata import version
from io import BytesIO
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter
from typing import Any

import click
import pikepdf
import subjects

from dsr.secrets import KeySources

ROOT = Path(__file__).resolve().parents[2]
PYTHON = ROOT / ".venv/bin/python"
CONSOLE = ROOT / ".venv/bin/dsr"
TODO = ROOT / ".venv-peers/bin/todo"
BARE = Path(__file__).with_name("bare_weasyprint.py")

CASE = re.compile(r"DSR-\w{4}-\w{4}")
LEAST_ROUNDS = 15
WARM_UP = 3  # rounds
HELP_TARGET, LIST_TARGET, REPORT_TARGET, LETTER_TARGET = 0.35, 1.0, 1.3, 1.25


@dataclass
class Subject:
    """One command, and the seconds that each of its runs took."""

    name: str
    command: Sequence[str | Path]
    environment: dict[str, str]
    target: float | None = None  # at most so many times the peer
    seconds: list[float] = field(default_factory=list)

    def run(self) -> float:
        """Run once; how long it took.  Raises CalledProcessError if it fails."""
        start = perf_counter()
        subprocess.run(
            self.command,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            check=True,
        )
        return perf_counter() - start

    def output(self) -> str:
        """What it prints, to see that it does what it is timed for."""
        done = subprocess.run(
            self.command, env=self.environment, capture_output=True, text=True, check=True
        )
        return done.stdout


@dataclass
class Group:
    """A peer, and what is measured against it in the same rounds."""

    peer: Subject
    ours: list[Subject]

    def measure(self, rounds: int) -> None:
        everyone = [*self.ours, self.peer]
        for number in range(-WARM_UP, rounds):
            for subject in everyone:
                seconds = subject.run()
                if number >= 0:
                    subject.seconds.append(seconds)


def main() -> None:
    options = _options()
    missing = [path for path in (PYTHON, CONSOLE, TODO) if not path.exists()]
    if missing or Path(sys.prefix) != ROOT / ".venv":
        sys.exit("The benchmarks need dsr's own environments; run: make bench")
    with tempfile.TemporaryDirectory(prefix="dsr-bench-") as scratch:
        machine, load = _machine(), os.getloadavg()[0]
        with _groups(Path(scratch)) as groups:
            for group in groups:
                click.echo(f"Measuring {group.peer.name} and what stands beside it…", err=True)
                group.measure(options.rounds)
        rows = [_row(ours, group.peer) for group in groups for ours in group.ours]
        peers = [_times(group.peer) for group in groups]
    machine["load_before"], machine["load_after"] = load, os.getloadavg()[0]
    _print(rows, peers, machine, options.rounds)
    if options.json:
        report = {"machine": machine, "rounds": options.rounds, "dsr": rows, "peers": peers}
        options.json.write_text(json.dumps(report, indent=2) + "\n", "utf-8")


def _options() -> Any:
    def rounds(text: str) -> int:
        if not text.isdecimal() or int(text) < LEAST_ROUNDS:
            raise ArgumentTypeError(f"at least {LEAST_ROUNDS}")
        return int(text)

    parser = ArgumentParser(description="Measure dsr against its peers.")
    parser.add_argument("--rounds", type=rounds, default=21, metavar="N", help="default: 21")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the numbers there too")
    return parser.parse_args()


@contextmanager
def _groups(scratch: Path) -> Iterator[list[Group]]:
    """Everything to measure, ready to run and looked over once."""
    environment = subjects.clean_environment(scratch)
    subjects.compile_byte_code(ROOT, environment)
    letter = subjects.prepared()
    with subjects.system_keyring(environment) as keyring:
        if keyring is None:
            click.echo("No gnome-keyring here: the keyring is not measured.", err=True)
        yield [
            _help(environment),
            _list(scratch, environment, letter, keyring),
            _letter(scratch, environment, letter),
        ]


def _help(environment: dict[str, str]) -> Group:
    return Group(
        Subject("todo --help", [TODO, "--help"], environment),
        [
            Subject("dsr --help", [PYTHON, "-m", "dsr", "--help"], environment, HELP_TARGET),
            Subject("dsr --help (console script)", [CONSOLE, "--help"], environment),
        ],
    )


def _list(
    scratch: Path,
    environment: dict[str, str],
    letter: subjects.Prepared,
    keyring: dict[str, str] | None,
) -> Group:
    command = [PYTHON, "-m", "dsr", "list"]
    secret, home = scratch / "passphrase", scratch / "by-passphrase"
    secret.write_text("a passphrase for the benchmark\n", "utf-8")
    subjects.fill_store(home, KeySources(passphrase_file=secret), letter)
    own = {**environment, "DSR_HOME": str(home), "DSR_PASSPHRASE_FILE": str(secret)}
    ours = [
        Subject("dsr list (passphrase file)", command, own, LIST_TARGET),
        Subject("dsr list (passphrase, console)", [CONSOLE, "list"], own),
        Subject("dsr report (passphrase file)", [*command[:-1], "report"], own, REPORT_TARGET),
    ]
    if keyring is not None:
        home = scratch / "by-keyring"
        with subjects.environment_of_this_process(keyring):
            subjects.fill_store(home, KeySources(), letter)
        own = {**environment, **keyring, "DSR_HOME": str(home)}
        ours.insert(0, Subject("dsr list (system keyring)", command, own, LIST_TARGET))
        report = [*command[:-1], "report"]
        ours.insert(1, Subject("dsr report (system keyring)", report, own, REPORT_TARGET))
    configuration = subjects.fill_todo_list(scratch)
    own = {**environment, "TODOMAN_CONFIG": str(configuration)}
    group = Group(Subject("todo list", [TODO, "list"], own), ours)
    for subject in (group.peer, *ours):
        # The report names each case once more, in the command for its next step.
        listed = len(set(CASE.findall(output := subject.output()))) + output.count("[ ]")
        if listed != subjects.ENTRIES:
            raise RuntimeError(f"{subject.name} lists {listed} entries, not {subjects.ENTRIES}")
    return group


def _painted(content: bytes) -> list[list[str]]:
    """The text of each page as it is drawn; dsr marks up the same page for readers of screens."""
    with pikepdf.open(BytesIO(content)) as pdf:
        pages = [pikepdf.parse_content_stream(page) for page in pdf.pages]
        return [
            [str(list(operands)) for operands, name in page if str(name) in ("Tj", "TJ")]
            for page in pages
        ]


def _letter(scratch: Path, environment: dict[str, str], letter: subjects.Prepared) -> Group:
    bare, pdf, out = subjects.bare_letter(letter, scratch), scratch / "bare.pdf", scratch / "out"
    arguments = ["request", "clearview", "--type", "erasure", "--dry-run", "--out", out]
    arguments += ["--name", letter.letter.signature, "--email", letter.letter.sender_email]
    arguments += ["--country", letter.request.data_subject.country]
    own = {**environment, "DSR_HOME": str(scratch / "no-home")}
    peer = Subject(
        "bare WeasyPrint",
        [PYTHON, BARE, bare.page, pdf],
        {**environment, "SOURCE_DATE_EPOCH": bare.epoch},
    )
    ours = [
        Subject("dsr request --dry-run", [PYTHON, "-m", "dsr", *arguments], own, LETTER_TARGET),
        Subject("dsr request (console script)", [CONSOLE, *arguments], own),
    ]
    peer.run()
    if _painted(pdf.read_bytes()) != _painted(bare.pdf):
        raise RuntimeError("Bare WeasyPrint makes another PDF than dsr; the two do not compare")
    ours[0].run()
    if not list(out.glob("*.pdf")):
        raise RuntimeError("dsr request wrote no PDF")
    return Group(peer, ours)


def _times(subject: Subject) -> dict[str, Any]:
    low, middle, high = quantiles(subject.seconds, n=4, method="inclusive")
    return {
        "name": subject.name,
        "median_ms": round(middle * 1000, 1),
        "quartiles_ms": [round(low * 1000, 1), round(high * 1000, 1)],
        "samples_ms": [round(s * 1000, 2) for s in subject.seconds],
    }


def _row(ours: Subject, peer: Subject) -> dict[str, Any]:
    ratio = median(ours.seconds) / median(peer.seconds)
    paired = [mine / theirs for mine, theirs in zip(ours.seconds, peer.seconds, strict=True)]
    low, _, high = quantiles(paired, n=4, method="inclusive")
    return {
        **_times(ours),
        "peer": peer.name,
        "peer_median_ms": _times(peer)["median_ms"],
        "ratio": round(ratio, 3),
        "ratio_quartiles": [round(low, 3), round(high, 3)],
        "target": ours.target,
        "reached": None if ours.target is None else ratio <= ours.target,
    }


def _print(
    rows: list[dict[str, Any]], peers: list[dict[str, Any]], machine: dict[str, Any], rounds: int
) -> None:
    cells = [["", "ms", "quartiles", "peer", "ms", "ratio", "quartiles", "target", "reached"]]
    for row in rows:
        timed = row["target"] is not None
        cells.append(
            [
                row["name"],
                f"{row['median_ms']:.0f}",
                "{:.0f}–{:.0f}".format(*row["quartiles_ms"]),
                row["peer"],
                f"{row['peer_median_ms']:.0f}",
                f"{row['ratio']:.2f}",
                "{:.2f}–{:.2f}".format(*row["ratio_quartiles"]),
                f"≤ {row['target']:.2f}" if timed else "–",
                ("yes" if row["reached"] else "no") if timed else "–",
            ]
        )
    widths = [max(len(line[place]) for line in cells) for place in range(len(cells[0]))]
    words = {0, 3, 8}
    for line in cells:
        padded = [
            cell.ljust(width) if place in words else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(line, widths, strict=True))
        ]
        click.echo("  ".join(padded).rstrip())
    spread = [(p["name"], *p["quartiles_ms"]) for p in peers]
    click.echo("\nPeers' quartiles: " + ", ".join(f"{n} {a:.0f}–{b:.0f} ms" for n, a, b in spread))
    click.echo(f"Medians of {rounds} rounds after {WARM_UP} to warm up; times are whole processes.")
    click.echo(", ".join(f"{name} {value}" for name, value in machine.items()))


def _machine() -> dict[str, Any]:
    todoman = subprocess.run([TODO, "--version"], capture_output=True, text=True, check=True)
    return {
        "Python": platform.python_version(),
        "CPUs": os.cpu_count(),
        "WeasyPrint": version("weasyprint"),
        "todoman": todoman.stdout.split()[-1],
    }


if __name__ == "__main__":
    main()
