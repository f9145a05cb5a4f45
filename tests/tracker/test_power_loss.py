"""A loss of power at any moment loses nothing that was acknowledged before it."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

import pytest

from tests.tracker.conftest import CHECKPOINT, STOPS, Chapter
from tests.tracker.disks import SHARED_MEMORY, Disk, Happened, Image, image_of, lay
from tests.tracker.faults import Call, Kind, read_record
from tests.tracker.script import LONG_SCRIPT, check_survived
from tests.tracker.zygote import Task, Zygote

LEAST = 500
SEEDS = {"some": 1, "others": 2}


@dataclass(frozen=True, slots=True)
class Story:
    """What was played: the files before it, every call in it, the files after it."""

    start: int
    stop: int
    before: Image
    calls: list[Call]
    after: Image


Told = dict[str, Story]


@pytest.fixture(scope="module")
def stories(
    zygote: Zygote, chapters: dict[str, Chapter], tmp_path_factory: pytest.TempPathFactory
) -> Told:
    """The whole script, from nothing; and the log copied back while the store is open."""

    def tell(start: int, stops: list[int], before: Image) -> Story:
        place, record = tmp_path_factory.mktemp("told"), tmp_path_factory.mktemp("record") / "calls"
        lay(before, place)
        outcome = zygote.run(Task(str(place), start, stops, record=str(record)))
        assert (outcome.acknowledged, outcome.status) == (stops[-1], 0)
        return Story(start, stops[-1], before, read_record(record), image_of(place))

    late = chapters[CHECKPOINT]
    return {
        "script": tell(0, list(STOPS), {}),
        CHECKPOINT: tell(late.start, [late.stop], late.before),
    }


def happening(what: str) -> Happened:
    """Which of the changes that were not synced reached the disk all the same."""
    if what in ("none", "all"):
        return lambda: what == "all"
    chance = random.Random(SEEDS[what])  # noqa: S311
    return lambda: chance.random() < 0.5


def losses(story: Story, happened: Happened) -> Iterator[tuple[int, int, Image]]:
    """The number of calls made, what was acknowledged, and the disk, for a loss after each."""
    disk, acknowledged = Disk(story.before), story.start
    for number, call in enumerate(story.calls, start=1):
        disk.take(call)
        if call.kind is Kind.MARK:
            acknowledged = call.number
        yield number, acknowledged, disk.image(happened)


@pytest.mark.parametrize("name", ["script", CHECKPOINT])
def test_the_record_of_calls_is_the_whole_truth(stories: Told, name: str) -> None:
    """Played to its end it gives the files as they are: no call by which they change is missed."""
    story = stories[name]
    *_, (_, _, image) = losses(story, happening("all"))
    assert {n: c for n, c in image.items() if not n.endswith(SHARED_MEMORY)} == story.after


def check_losses(story: Story, what: str, place: Path, turn: slice = slice(None)) -> int:
    """Look at the store after the losses whose turn it is; how many these were."""
    looked, seen = 0, None
    for number, acknowledged, image in islice(
        losses(story, happening(what)), turn.start, turn.stop, turn.step
    ):
        looked += 1
        if (acknowledged, image) == seen:
            continue  # the same disk as before
        seen = acknowledged, image
        lay(image, place)
        try:
            check_survived(place, LONG_SCRIPT[: story.stop], acknowledged)
        except BaseException as error:
            error.add_note(f"after call {number}: {story.calls[number - 1].kind.name}")
            raise
    return looked


@pytest.mark.parametrize(
    ("what", "turn"),
    [
        ("none", slice(None)),
        ("all", slice(0, None, 2)),
        ("some", slice(0, None, 2)),
        ("others", slice(1, None, 2)),
    ],
)
def test_a_loss_of_power_loses_nothing_acknowledged(
    stories: Told, place: Path, what: str, turn: slice
) -> None:
    assert check_losses(stories["script"], what, place / "home", turn) >= LEAST


@pytest.mark.parametrize("what", ["none", "all", *SEEDS])
def test_a_loss_of_power_while_the_log_is_copied_back_loses_nothing(
    stories: Told, place: Path, what: str
) -> None:
    check_losses(stories[CHECKPOINT], what, place / "home")


def test_a_store_that_did_not_sync_would_be_found_out(stories: Told, place: Path) -> None:
    """So the tests above can fail."""
    story = stories["script"]
    lazy = [call for call in story.calls if call.kind is not Kind.SYNC]
    with pytest.raises(AssertionError):
        check_losses(replace(story, calls=lazy), "none", place / "home")
