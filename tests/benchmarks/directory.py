"""Measure the directory: look-up, search over both registers, and the import, each to its peer.

Usage: make bench, or .venv/bin/python tests/benchmarks/directory.py REGISTER [--rounds N]

REGISTER is a checkout of the repository datenanfragen/data (or set DSR_TEST_SHARED).
"""

import json
import os
import resource
import sqlite3
import subprocess
import sys
import tempfile
from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from statistics import median
from time import perf_counter

import click

from dsr.directory.catalogue import Catalogue
from dsr.directory.imported import ImportedRegister
from dsr.workflows.importing import import_register

CONSOLE = Path(__file__).resolve().parents[2] / ".venv/bin/dsr"
SEARCH_TARGET, SEARCH_SLACK = 1.5, 0.060  # times `dsr --version`, plus seconds
IMPORT_TARGET = 5.0  # times bare json.loads and one insert each
MEMORY_TARGET = 150  # MB
TODAY = date(2026, 11, 24)


def bare_import(register: Path) -> float:
    """Seconds for json.loads of the same files and one insert each."""
    start = perf_counter()
    with tempfile.TemporaryDirectory() as directory:
        connection = sqlite3.connect(Path(directory) / "bare.db")
        connection.execute("create table company (slug text primary key, record text)")
        for file in register.glob("companies/*.json"):
            text = file.read_text("utf-8")
            slug = json.loads(text)["slug"]
            connection.execute("insert into company values (?, ?)", (slug, text))
        connection.commit()
        connection.close()
    return perf_counter() - start


def our_import(register: Path) -> float:
    """Seconds for the same with all that an import checks and mends."""
    start = perf_counter()
    with tempfile.TemporaryDirectory() as home:
        import_register(register, Path(home), today=TODAY)
    return perf_counter() - start


def process(home: Path, *words: str) -> float:
    """Seconds of wall time that a command takes."""
    start = perf_counter()
    environment = {**os.environ, "DSR_HOME": str(home)}
    subprocess.run([CONSOLE, *words], env=environment, capture_output=True, check=True)
    return perf_counter() - start


def main() -> None:
    """Measure in rounds, so that whatever else the machine does falls on all alike."""
    parser = ArgumentParser(description=__doc__)
    shared = Path(os.environ.get("DSR_TEST_SHARED", Path(__file__).parents[3] / "shared"))
    parser.add_argument("register", type=Path, nargs="?", default=shared / "data/datenanfragen")
    parser.add_argument("--rounds", type=int, default=11)
    given = parser.parse_args()
    if not (given.register / "companies").is_dir():
        sys.exit(f"The register is not here: {given.register}")
    with tempfile.TemporaryDirectory() as directory:
        home = Path(directory)
        import_register(given.register, home, today=TODAY)
        known = len(Catalogue(home).known())
        versions, searches, shows, bare, ours = [], [], [], [], []
        for _ in range(given.rounds):
            versions.append(process(home, "--version"))
            searches.append(process(home, "companies", "search", "stravva"))
            shows.append(process(home, "companies", "show", "strava", "--origin"))
            bare.append(bare_import(given.register))
            ours.append(our_import(given.register))
        count = len(ImportedRegister(home).slugs())
    limit = SEARCH_TARGET * median(versions) + SEARCH_SLACK
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    times = median(ours) / median(bare)
    click.echo(f"{given.rounds} rounds, {known} companies, {count} of them imported")
    click.echo(f"dsr --version                  {median(versions) * 1000:6.0f} ms")
    click.echo(f"dsr companies search stravva   {median(searches) * 1000:6.0f} ms, "
               f"target at most {limit * 1000:.0f}")  # fmt: skip
    click.echo(f"dsr companies show strava      {median(shows) * 1000:6.0f} ms")
    click.echo(f"import                         {times:6.2f} times bare, target {IMPORT_TARGET:g}")
    click.echo(f"memory of all of it            {memory:6.0f} MB, target {MEMORY_TARGET}")


if __name__ == "__main__":
    main()
