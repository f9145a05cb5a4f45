"""A process killed before any call that changes a file, or in its middle, loses nothing it said."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.tracker.conftest import Chapter
from tests.tracker.disks import lay
from tests.tracker.faults import Kind, read_record
from tests.tracker.script import LONG_SCRIPT, check_survived
from tests.tracker.zygote import Task, Zygote

PARTS = 8  # so that several workers can share them
LEAST = 500


@dataclass(frozen=True, slots=True)
class Point:
    """Where to die: before a call of a chapter, the first being 1, or in the middle of it."""

    chapter: str
    call: int
    in_the_middle: bool


@pytest.fixture(scope="module")
def points(
    zygote: Zygote, chapters: dict[str, Chapter], tmp_path_factory: pytest.TempPathFactory
) -> list[Point]:
    """Every call of every chapter; a write twice."""
    found = []
    for chapter in chapters.values():
        place, record = tmp_path_factory.mktemp("whole") / "place", tmp_path_factory.mktemp("r")
        lay(chapter.before, place)
        task = Task(str(place), chapter.start, [chapter.stop], record=str(record / "calls"))
        outcome = zygote.run(task)
        assert (outcome.acknowledged, outcome.status) == (chapter.stop, 0)
        calls = [c for c in read_record(record / "calls") if c.kind is not Kind.MARK]
        for number, call in enumerate(calls, start=1):
            found.append(Point(chapter.name, number, in_the_middle=False))
            if call.kind is Kind.WRITE and len(call.content) > 1:
                found.append(Point(chapter.name, number, in_the_middle=True))
    return found


@pytest.mark.parametrize("part", range(PARTS))
def test_a_killed_process_loses_nothing_it_acknowledged(
    zygote: Zygote, chapters: dict[str, Chapter], points: list[Point], place: Path, part: int
) -> None:
    mine, executed, home = points[part::PARTS], 0, place / "home"
    for point in mine:
        chapter = chapters[point.chapter]
        lay(chapter.before, home)
        outcome = zygote.run(
            Task(str(home), chapter.start, [chapter.stop], point.call, point.in_the_middle)
        )
        assert outcome.was_killed, point
        try:
            check_survived(home, LONG_SCRIPT[: chapter.stop], outcome.acknowledged)
        except BaseException as error:
            error.add_note(f"{point}, {outcome}")
            raise
        executed += 1
    assert executed == len(mine)
    assert len(points) >= LEAST
