"""Measure letters: one, and many on all cores, next to bare WeasyPrint and to letter-generator.

Usage: make bench, or .venv/bin/python tests/benchmarks/letters.py [--letters N] [--rounds N]

Whole processes, from the start to the last file, in rounds in which each has its turn, so that
whatever else the machine does falls on all alike.  `dsr request` also finds the company, chooses
the law, composes the letter and writes it as e-mail and text; bare WeasyPrint is given the page,
and letter-generator (Node) the finished text, which it sets in fewer marks and without tags.
"""

import json
import os
import subprocess
import sys
import tempfile
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from time import perf_counter

import click
import subjects

from dsr.letters.document import Letter
from dsr.letters.pdf import html
from dsr.letters.press import cores
from dsr.letters.text import plain_text
from dsr.paths import bundled

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
PYTHON = ROOT / ".venv/bin/python"
BARE, PEER = HERE / "bare_weasyprint.py", HERE / "letter_generator.cjs"
MODULES = ROOT / ".venv-peers/node"

ONE_TARGET, MANY_TARGET, PEER_TARGET = 1.25, 1.1, 1.0
MEMORY_TARGET = 1.1  # times the memory after the first hundred
FEW = 100  # letters after which memory is looked at first
ONES = 5  # single letters in a round

Command = Sequence[str | Path]


@dataclass
class Subject:
    """Processes that run side by side; what each round took, in seconds and in processor time."""

    name: str
    commands: Sequence[Command]
    environment: dict[str, str]
    seconds: list[float] = field(default_factory=list)
    work: list[float] = field(default_factory=list)

    def run(self) -> None:
        """Run all of them once, and note what it took."""
        before, start = os.times(), perf_counter()
        running = [
            subprocess.Popen(
                command,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            for command in self.commands
        ]
        statuses = [process.wait() for process in running]
        if any(statuses):
            raise RuntimeError(f"{self.name} failed: {statuses}")
        after = os.times()
        self.seconds.append(perf_counter() - start)
        self.work.append(
            after.children_user
            + after.children_system
            - before.children_user
            - before.children_system
        )


def main() -> None:
    options = _options()
    with tempfile.TemporaryDirectory(prefix="dsr-bench-") as directory:
        scratch = Path(directory)
        environment = subjects.clean_environment(scratch)
        subjects.compile_byte_code(ROOT, environment)
        slugs = _companies(scratch, options.letters)
        single = [_ours(scratch, environment, slugs[:1]), _bare(scratch, environment, 1, 1)]
        many = [_ours(scratch, environment, slugs)]
        many.append(_bare(scratch, environment, options.letters, cores()))
        many += _peers(scratch, environment, options.letters)
        load = os.getloadavg()[0]
        for _ in range(options.rounds):
            for subject in [*single * ONES, *many]:
                subject.run()
        click.echo(
            f"{cores()} cores, load {load:.1f} before and {os.getloadavg()[0]:.1f} after, ",
            nl=False,
        )
        click.echo(f"{options.rounds} rounds")
        _compare(single[0], single[1], ONE_TARGET)
        for other, target in zip(many[1:], (MANY_TARGET, PEER_TARGET, None), strict=False):
            _compare(many[0], other, target)
        if options.memory > FEW:
            _memory(environment, options.memory)


def _options() -> Namespace:
    parser = ArgumentParser(description="Measure letters against what others make of them.")
    parser.add_argument("--letters", type=int, default=200, metavar="N", help="default: 200")
    parser.add_argument("--rounds", type=int, default=3, metavar="N", help="default: 3")
    parser.add_argument("--memory", type=int, default=1000, metavar="N",
                        help="letters over which memory stays flat (1000; 0: skip)")  # fmt: skip
    return parser.parse_args()


def _companies(scratch: Path, number: int) -> list[str]:
    """So many records that differ in their names, in a home of their own."""
    own = scratch / "home" / "companies"
    own.mkdir(parents=True)
    model = (bundled("companies") / "clearview.toml").read_text("utf-8")
    slugs = [f"company-{n}" for n in range(number)]
    for slug in slugs:
        record = model.replace('slug = "clearview"', f'slug = "{slug}"')
        (own / f"{slug}.toml").write_text(record, "utf-8")
    return slugs


def _ours(scratch: Path, environment: dict[str, str], slugs: Sequence[str]) -> Subject:
    command: list[str | Path] = [PYTHON, "-m", "dsr", "request", *slugs, "--type", "erasure"]
    command += ["--name", subjects.ERIKA.name, "--email", "erika@example.org", "--country", "DE"]
    command += ["--dry-run", "--out", scratch / "ours"]
    own = {**environment, "DSR_HOME": str(scratch / "home")}
    return Subject(f"dsr request, {len(slugs)} letters", [command], own)


def _bare(scratch: Path, environment: dict[str, str], number: int, processes: int) -> Subject:
    page, out = scratch / "page.html", scratch / "bare"
    out.mkdir(exist_ok=True)
    page.write_text(html(subjects.prepared().letter), "utf-8")
    pairs = [(page, out / f"{n}.pdf") for n in range(number)]
    shares = [[path for pair in pairs[n::processes] for path in pair] for n in range(processes)]
    commands = [[PYTHON, BARE, *share] for share in shares]
    return Subject(f"bare WeasyPrint, {processes} at once", commands, environment)


def _peers(scratch: Path, environment: dict[str, str], number: int) -> list[Subject]:
    if not (MODULES / "node_modules/letter-generator").is_dir():
        click.echo("letter-generator is not here (Node is missing): not measured.", err=True)
        return []
    texts, out = scratch / "texts.json", scratch / "peer"
    out.mkdir()
    texts.write_text(json.dumps([_for_peer(subjects.prepared().letter)] * number), "utf-8")

    def at_once(processes: int) -> Subject:
        start: Command = ["node", PEER, MODULES, texts, out]
        commands = [[*start, str(n), str(processes)] for n in range(processes)]
        return Subject(f"letter-generator, {processes} at once", commands, environment)

    return [at_once(1), at_once(cores())]


def _for_peer(letter: Letter) -> dict[str, object]:
    return {
        "sender_address": letter.sender,
        "recipient_address": letter.recipient,
        "information_block": f"{letter.date_line}\n{letter.labels.reference}: {letter.reference}",
        "subject": letter.subject,
        "content": plain_text(letter),
        "signature": {"type": "text", "name": letter.signature},
    }


def _compare(ours: Subject, other: Subject, target: float | None) -> None:
    ratio = median(ours.seconds) / median(other.seconds)
    work = median(ours.work) / median(other.work)
    reached = f"≤ {target:.2f}: {'yes' if ratio <= target else 'no'}" if target else "–"
    click.echo(
        f"{ours.name:<25} {median(ours.seconds):6.2f} s  "
        f"{other.name:<28} {median(other.seconds):7.2f} s  ratio {ratio:5.2f}  "
        f"(processor time {work:5.2f})  target {reached}"
    )


def _memory(environment: dict[str, str], letters: int) -> None:
    command = [PYTHON, HERE / "memory.py", str(FEW), str(letters)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    few, many = (int(word) for word in done.stdout.split())
    ratio = many / few
    click.echo(
        f"memory after {FEW} letters {few / 1024:.0f} MB, after {letters} {many / 1024:.0f} MB  "
        f"ratio {ratio:.2f}  target ≤ {MEMORY_TARGET}: {'yes' if ratio <= MEMORY_TARGET else 'no'}"
    )


if __name__ == "__main__":
    if Path(sys.prefix) != ROOT / ".venv":
        sys.exit("The benchmarks need dsr's own environments; run: make bench")
    main()
