"""When garbage is looked for: in the pauses between keys."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator

import pytest

from tutor.tui.garbage import AFTER_LEAVING, LONG_QUIET, MANY_LEFT, QUIET, GarbageCollection


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def collector() -> Iterator[None]:
    """The collector as it was, whatever the test made of it."""
    thresholds = gc.get_threshold()
    yield
    gc.unfreeze()
    gc.set_threshold(*thresholds)
    gc.enable()


def begun(clock: Clock) -> GarbageCollection:
    garbage = GarbageCollection(clock)
    gc.disable()
    garbage.begin()
    assert gc.isenabled()
    gc.collect()
    return garbage


def litter() -> None:
    """Enough for several collections of the middle generation."""
    for _ in range(100_000):
        ring: list[object] = []
        ring.append(ring)


def test_old_objects_are_gone_through_when_it_is_quiet_and_not_while_keys_come(collector: None) -> None:
    clock = Clock()
    garbage = begun(clock)
    full = gc.get_stats()[2]["collections"]
    litter()
    garbage.on_input()
    assert not garbage.look()
    assert gc.get_stats()[2]["collections"] == full, "neither does Python meanwhile"
    clock.now += QUIET
    assert garbage.look()
    assert gc.get_stats()[2]["collections"] == full + 1
    assert not garbage.look(), "there is nothing to look for any more"


def test_what_was_loaded_to_stay_is_kept_from_collections_once(collector: None) -> None:
    garbage = begun(Clock())
    loaded = [[number] for number in range(1_000)]
    before = gc.get_freeze_count()
    garbage.keep("labs")
    kept = gc.get_freeze_count()
    assert kept >= before + len(loaded)
    more = [[number] for number in range(1_000)]
    garbage.keep("labs")
    assert gc.get_freeze_count() < kept + len(more)
    garbage.keep("lessons")
    assert gc.get_freeze_count() >= kept + len(more)


class Ring:
    """Something that only a collection takes away."""

    def __init__(self) -> None:
        self.itself = self


def test_what_a_left_screen_was_made_of_is_collected_in_the_next_short_pause(collector: None) -> None:
    clock = Clock()
    garbage = begun(clock)
    screen = weakref.ref(Ring())
    garbage.on_input()
    garbage.leave()
    assert not garbage.look(), "a key has just come"
    clock.now += AFTER_LEAVING
    assert garbage.look()
    assert screen() is None
    assert not garbage.look(), "it is done"


def test_many_left_screens_are_collected_though_keys_keep_coming(collector: None) -> None:
    garbage = begun(Clock())
    screens = []
    for _ in range(20):
        screens.append(weakref.ref(Ring()))
        garbage.on_input()
        garbage.leave()
        garbage.look()
    assert sum(screen() is not None for screen in screens) < 5


def test_a_collection_does_not_visit_what_the_one_before_it_found_alive(collector: None) -> None:
    clock = Clock()
    garbage = begun(clock)
    alive = [[number] for number in range(1_000)]
    before = gc.get_freeze_count()
    garbage.leave()
    clock.now += AFTER_LEAVING
    assert garbage.look()
    assert gc.get_freeze_count() >= before + len(alive)


@pytest.mark.parametrize(("many", "pause"), [(MANY_LEFT, LONG_QUIET), (10 * MANY_LEFT, AFTER_LEAVING)])
def test_a_covered_screen_that_is_left_goes_when_many_were_left(collector: None, many: int, pause: float) -> None:
    clock = Clock()
    garbage = begun(clock)
    covered = Ring()
    screen = weakref.ref(covered)
    garbage.leave()
    clock.now += AFTER_LEAVING
    assert garbage.look(), "the screen in front of it was left"
    del covered
    garbage.leave()
    assert garbage.look()
    assert screen() is not None, "it is frozen"
    for _ in range(many):
        garbage.leave()
    frozen = gc.get_freeze_count()
    clock.now += pause - AFTER_LEAVING
    assert garbage.look()
    assert screen() is None
    assert gc.get_freeze_count() > frozen / 2, "the rest stays"
    assert not garbage.look(), "it is done"


def test_a_collector_that_is_on_is_left_alone(collector: None) -> None:
    clock = Clock()
    garbage = GarbageCollection(clock)
    thresholds = gc.get_threshold()
    garbage.begin()
    assert gc.get_threshold() == thresholds
    clock.now += QUIET
    litter()
    assert not garbage.look()


def test_nothing_is_kept_where_the_collector_is_left_alone(collector: None) -> None:
    before = gc.get_freeze_count()
    GarbageCollection(Clock()).keep("labs")
    assert gc.get_freeze_count() == before
