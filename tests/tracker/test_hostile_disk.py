"""Full, read-only and rotten disks, clocks that go backwards, and twenty who write at once."""

import os
import random
import subprocess
import sys
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from functools import partial
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from dsr.errors import UnavailableError
from dsr.tracker.store import Store
from dsr.tracker.verification import verify
from tests.tracker.disks import Image, image_of, lay
from tests.tracker.script import (
    FIRST_DAY,
    LINA,
    NAME,
    SCRIPT,
    ZANETA,
    Fact,
    as_told,
    check_survived,
    check_whole,
    expected,
    kept,
    new_case,
    note,
    open_store,
    paper,
    play,
    small_notes,
)
from tests.tracker.zygote import ROOT

Mount = Callable[[str], Path]


def played(place: Path, facts: Sequence[Fact]) -> bytes:
    """Make a store that holds these facts; its file."""
    place.mkdir(exist_ok=True)
    with closing(open_store(place)) as store:
        for fact in facts:
            play(store, fact)
    return (place / NAME).read_bytes()


# Full, or read-only ----------------------------------------------------------------------------


def played_until_refused(place: Path, facts: Sequence[Fact]) -> tuple[int, UnavailableError]:
    """How many facts there was room for, and what was said about the next."""
    done = 0
    try:
        with closing(open_store(place)) as store:
            for fact in facts:
                play(store, fact)
                done += 1
    except UnavailableError as error:
        return done, error
    raise AssertionError("there was room for all of it")


@pytest.mark.parametrize("size", [4, 8, 12, 24, 40, 44, 48, 56, 64, 100, 150, 200, 300, 400, 600])
def test_a_full_disk_keeps_what_was_acknowledged(disk: Mount, size: int) -> None:
    place = disk(f"size={size}k")
    done, error = played_until_refused(place, SCRIPT)
    assert error.sentence.endswith(".")
    disk("size=10M")
    check_survived(place, SCRIPT, done)


@pytest.mark.parametrize("size", [4, 8, 32, 64, 200])
def test_a_full_disk_is_called_full(disk: Mount, size: int) -> None:
    _, error = played_until_refused(disk(f"size={size}k"), SCRIPT)
    assert "disk is full" in error.sentence


def test_a_store_goes_on_when_the_disk_has_room_again(disk: Mount) -> None:
    place = disk("size=300k")
    letter, small = SCRIPT[0], small_notes(SCRIPT[0].reference, 3)
    large = replace(small[1], documents=(paper("all my data.zip", 1_000_000),))
    with closing(open_store(place)) as store:
        play(store, letter)
        play(store, small[0])
        with pytest.raises(UnavailableError) as caught:
            play(store, large)
        assert caught.value.code == "disk_full"
        assert kept(store) == expected([letter, small[0]])
        disk("size=10M")
        play(store, large)
        play(store, small[2])
        check_whole(store)
    with closing(open_store(place)) as store:
        assert kept(store) == expected([letter, small[0], large, small[2]])


@pytest.mark.parametrize("is_open", [False, True], ids=["closed", "left open"])
def test_a_read_only_disk_is_said_so_and_nothing_is_lost(
    disk: Mount, tmp_path: Path, is_open: bool
) -> None:
    place, image = disk("size=10M"), left_open(tmp_path, SCRIPT[:10])
    if not is_open:
        image = image_of(tmp_path)
    for name, content in image.items():
        (place / name).write_bytes(content)
    disk("ro")
    done, error = played_until_refused(place, SCRIPT[10:])
    assert done == 0
    assert error.code in {"store_readonly", "store_unreachable"}
    assert image_of(place) == image
    disk("rw")
    check_survived(place, SCRIPT[:11], 10)


def left_open(place: Path, facts: Sequence[Fact]) -> Image:
    """The files of a store that holds these facts and is open; they are in its log."""
    with closing(open_store(place)) as store:
        for fact in facts:
            play(store, fact)
        return image_of(place)


# Twenty at once --------------------------------------------------------------------------------

WRITERS = 20
TURNS = 10
SHARED = new_case(1_000, LINA, paper("shared letter", 3_000))


def own_case(writer: int) -> Fact:
    person = replace(ZANETA, id=f"person-{writer}", name=f"Person {writer}")
    return new_case(writer, person, paper(f"letter {writer}", 3_000))


def turns(writer: int) -> list[Fact]:
    """An event into the writer's own case and one into the shared case, in turn."""
    return [
        note(reference, turn, f"{writer}.{turn}", paper(f"{writer}.{turn}", 2_000 * (turn % 2)))
        for turn in range(TURNS)
        for reference in (own_case(writer).reference, SHARED.reference)
    ]


def fork_writers(place: Path) -> None:
    """Write from as many processes, which all start when the last of them is there."""
    with TemporaryDirectory() as elsewhere:
        played(Path(elsewhere), SCRIPT[:2])  # so that all is loaded, and writing is all they do
    hear, speak = os.pipe()
    children = []
    for writer in range(WRITERS):
        children.append(os.fork())
        if children[-1] == 0:
            try:
                os.close(speak)
                os.read(hear, 1)
                played(place, [own_case(writer), *turns(writer)])
                os._exit(0)
            except BaseException:
                traceback.print_exc()
                os._exit(1)
    os.close(speak)
    sys.exit(any([os.waitpid(child, 0)[1] for child in children]))  # noqa: C419  (wait for all)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the writers are forked")
def test_twenty_processes_that_write_at_once_lose_nothing(place: Path) -> None:
    with closing(open_store(place)) as store:
        play(store, SHARED)
    program = f"from {__name__} import *; fork_writers(Path({str(place)!r}))"
    subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=True)
    with closing(open_store(place)) as store:
        content = kept(store)  # in each case, the numbers have no gap
        check_whole(store)
    for writer in range(WRITERS):
        written = turns(writer)
        own = own_case(writer)
        assert content[own.reference] == (own.request, [own.told, *(f.told for f in written[::2])])
        shared = [f.told for f in written[1::2]]
        assert [t for t in content[SHARED.reference][1] if t in shared] == shared
    assert sum(len(events) for _, events in content.values()) == 1 + WRITERS * (1 + 2 * TURNS)


# The clock -------------------------------------------------------------------------------------


def test_a_clock_that_was_set_back_loses_nothing_and_changes_no_order(place: Path) -> None:
    """Even to long before the case began; the order is that in which things were recorded."""
    steps = [timedelta(0), timedelta(hours=-1), timedelta(days=-400), timedelta(seconds=1)]
    first, *facts = SCRIPT[:12]
    back = [
        replace(
            fact,
            draft=replace(fact.draft, recorded_at=fact.draft.recorded_at + steps[n % len(steps)]),
        )
        for n, fact in enumerate(facts)
    ]
    played(place, [first, *back])
    with closing(open_store(place)) as store:
        assert kept(store) == expected([first, *back])
        check_whole(store)
    check_survived(place, [first, *back], len(back) + 1)


# Rot -------------------------------------------------------------------------------------------

FLIPS = 250


def readings(store: Store, facts: Sequence[Fact]) -> Iterator[tuple[Callable[[], object], object]]:
    """All that can be read of a store, piece by piece, each with what it should come to."""
    content = expected(facts)
    yield lambda: {one.reference for one in store.standings(FIRST_DAY)}, set(content)
    yield lambda: verified(store), None
    for reference, (request, events) in content.items():
        yield partial(store.request, reference), request
        said = [event[:-1] for event in events]
        yield partial(lambda name: [as_told(e) for e in store.events(name)], reference), said
    for document in (document for fact in facts for document in fact.documents):
        yield partial(store.document, sha256(document.content).hexdigest()), document.content


def verified(store: Store) -> None:
    """All is whole; what is wrong with the file itself is an error, as it is in other readings."""
    verdict = verify(store.engine, store.documents)
    for problem in verdict.problems:
        assert "the file" in problem
        raise UnavailableError(problem)
    assert verdict.ok


def is_noticed(place: Path, facts: Sequence[Fact]) -> bool:
    """Whether some of the store cannot be read, and is said so; the rest has to be right."""
    errors = []
    try:
        with closing(open_store(place)) as store:
            for read, right in readings(store, facts):
                try:
                    found = read()
                except UnavailableError as error:
                    errors.append(error)
                else:
                    assert found == right
    except UnavailableError as error:
        errors.append(error)
    assert all(error.sentence.endswith(".") for error in errors)
    return bool(errors)


@pytest.fixture
def whole(place: Path) -> bytes:
    """A store of twenty facts."""
    return played(place / "whole", SCRIPT[:20])


def test_a_store_that_was_cut_off_is_noticed(place: Path, whole: bytes) -> None:
    """Not one that was cut to nothing: that is how a store begins."""
    edges = {page + near for page in range(0, len(whole), 4096) for near in (-1, 0, 1, 512, 2000)}
    lengths = sorted(n for n in {*edges, 15, 16, 17, 100, 511} if 0 < n < len(whole))
    assert len(lengths) > 100
    for length in lengths:
        lay({NAME: whole[:length]}, place / "cut")
        assert is_noticed(place / "cut", SCRIPT[:20]), length


def test_a_flipped_bit_is_noticed_or_without_effect(place: Path, whole: bytes) -> None:
    chance, noticed = random.Random(2026), 0  # noqa: S311
    for _ in range(FLIPS):
        lay({NAME: flipped(whole, chance.randrange(len(whole) * 8))}, place / "rotten")
        noticed += is_noticed(place / "rotten", SCRIPT[:20])
    assert noticed > FLIPS / 2


def test_a_flipped_bit_in_the_log_leaves_whole_facts_only(place: Path) -> None:
    """What came after it in the log is gone, as if the store had been copied earlier."""
    image = left_open(place, SCRIPT[:20])
    log = max(image, key=lambda name: len(image[name]))
    states = [expected(SCRIPT[:n]) for n in range(21)]
    chance = random.Random(2026)  # noqa: S311
    found = []
    for _ in range(FLIPS):
        rotten = flipped(image[log], chance.randrange(len(image[log]) * 8))
        lay({**image, log: rotten}, place / "rotten")
        with closing(open_store(place / "rotten")) as store:
            found.append(states.index(kept(store)))
            check_whole(store)
    assert len(set(found)) > 10


def flipped(content: bytes, bit: int) -> bytes:
    changed = bytearray(content)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)
