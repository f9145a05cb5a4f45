"""Print how many kilobytes one process holds after so many letters, and after so many more.

Usage: memory.py FEW MANY     The process is set up as a worker of dsr/letters/press.py is.
"""

import gc
import sys
from dataclasses import replace
from pathlib import Path

import click
import subjects

from dsr.letters.pdf import pdf_bytes
from dsr.letters.press import LETTERS_BETWEEN_COLLECTIONS, OBJECTS_BETWEEN_COLLECTIONS
from dsr.letters.typesetting import load_weasyprint

load_weasyprint()
gc.set_threshold(OBJECTS_BETWEEN_COLLECTIONS)
gc.freeze()
letter = subjects.prepared().letter
marks = [int(word) for word in sys.argv[1:]]
for number in range(1, max(marks) + 1):
    pdf_bytes(replace(letter, subject=f"{letter.subject} {number}"))
    if number % LETTERS_BETWEEN_COLLECTIONS == 0:
        gc.collect()
    if number in marks:
        status = Path("/proc/self/status").read_text("ascii")
        click.echo(next(line.split()[1] for line in status.splitlines() if "VmRSS" in line))
