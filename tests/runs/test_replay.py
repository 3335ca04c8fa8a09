"""A run seen again from its log: at every epoch what the fold had said then."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.tui.lab_fakes import LAB, fit_views, started
from tutor.foundation.errors import TutorError
from tutor.labs.lab_files import read_lab
from tutor.runs.events import Changed, Epochs, Event, Finished, View
from tutor.runs.follower import EVENTS_FILE
from tutor.runs.log import LogWriter
from tutor.runs.replay import Player, Replay
from tutor.runs.summary import RunSummary, fold

SPEC = read_lab(LAB, Path("one-lag.toml"))


def one_epoch(epoch: int, train: float | None, valid: float | None) -> list[Event]:
    return [
        Epochs(
            first=epoch, train=[train], valid=[valid], updates=4 * epoch, seconds=epoch / 10, learning_rate=0.1 * epoch,
            gradient_norm=1 / epoch,
        ),
        View(panel="fit", part="frame", epoch=epoch, data={"x": [0.0, 1.0], "y": [0.0, float(epoch)]}),
    ]  # fmt: skip


def a_log(losses: list[float | None]) -> list[Event]:
    events: list[Event] = [started("x", SPEC), *fit_views(0, 0.0)]
    for epoch, loss in enumerate(losses, 1):
        events += one_epoch(epoch, loss, None if loss is None else loss / 2)
        if epoch == 2:
            events.append(Changed(epoch=2, updates=8, key="optimizer.learning_rate", value=0.5))
    done = len(losses)
    events.append(Finished(reason="epochs", epoch=done, updates=4 * done, seconds=done / 10, facts={"final.w": 1.0}))
    return events


def written(folder: Path, events: list[Event]) -> Path:
    log: LogWriter[Event] = LogWriter(folder / EVENTS_FILE)
    for event in events:
        log.write(event)
    log.close()
    return folder


@settings(deadline=None, max_examples=25)
@given(st.lists(st.none() | st.floats(-5, 5, allow_subnormal=False), min_size=1, max_size=12))
def test_at_every_epoch_a_replay_says_what_the_run_said_then(
    tmp_path_factory: pytest.TempPathFactory, losses: list[float | None]
) -> None:
    events = a_log(losses)
    replay = Replay(written(tmp_path_factory.mktemp("run"), events))
    assert replay.last == len(losses)
    now = RunSummary()
    at = 0
    for epoch in range(len(losses)):
        while not (isinstance(events[at], Epochs) and events[at].first == epoch + 1):  # type: ignore[union-attr]
            fold(now, [events[at]])
            at += 1
        then = replay.at(epoch)
        assert (then.epoch, then.updates) == (now.epoch, now.updates)
        for name in ("train_losses", "valid_losses"):
            for one, other in zip(getattr(then, name), getattr(now, name), strict=True):
                assert one == other or (math.isnan(one) and math.isnan(other))
        assert (then.best_epoch, then.worst_epoch) == (now.best_epoch, now.worst_epoch)
        assert then.changes == now.changes
        assert then.views["fit"].frame == now.views["fit"].frame
        assert then.views["fit"].scene == now.views["fit"].scene
        if epoch:
            assert (then.learning_rate, then.gradient_norm) == (0.1 * epoch, 1 / epoch)
    end = replay.at(len(losses))
    assert end.state == "finished"
    assert end.final_facts == {"final.w": 1.0}


def test_between_two_events_of_many_epochs_updates_are_shared_out(tmp_path: Path) -> None:
    events: list[Event] = [started("x", SPEC)]
    for first in (1, 101):
        losses: list[float | None] = [1.0] * 100
        done = first + 99
        events.append(Epochs(first=first, train=losses, updates=7 * done, seconds=done / 100, learning_rate=0.1))
    replay = Replay(written(tmp_path, events))
    for epoch in (1, 50, 100, 150, 200):
        assert replay.at(epoch).updates == 7 * epoch
        assert replay.at(epoch).seconds == pytest.approx(epoch / 100)
        assert len(replay.at(epoch).train_losses) == epoch


def test_pictures_differ_by_version_so_that_each_is_drawn(tmp_path: Path) -> None:
    replay = Replay(written(tmp_path, a_log([3.0, 2.0, 1.0])))
    versions = [replay.at(epoch).views["fit"].version for epoch in (0, 1, 2, 3)]
    assert len(set(versions)) == 4


def test_torn_and_unknown_lines_are_left_out(tmp_path: Path) -> None:
    folder = written(tmp_path, a_log([3.0, 2.0]))
    log = folder / EVENTS_FILE
    log.write_bytes(b'{"type":"odd"}\n' + log.read_bytes() + b'{"type":"epochs","first":3,"tra')
    assert Replay(folder).last == 2


def test_a_log_without_epochs_or_none_at_all_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(TutorError):
        Replay(tmp_path)
    with pytest.raises(TutorError, match="no epoch"):
        Replay(written(tmp_path, [started("x", SPEC)]))


def test_a_player_walks_to_the_end_holds_there_and_begins_anew() -> None:
    player = Player(240)
    moved = 0
    while player.playing:
        moved += player.tick(0.1)
        assert moved < 1000
    assert player.position == 240
    assert 100 <= moved <= 140, "some twelve seconds"
    player.toggle()
    assert (player.position, player.playing) == (0, True)
    player.scrub(3)
    assert (player.position, player.playing) == (18, False)
    player.scrub(-99)
    assert player.position == 0
    player.to_fraction(0.5)
    assert player.position == 120
    for _ in range(9):
        player.change_speed(1)
    assert player.speed == 8.0


def test_a_short_run_is_not_rushed() -> None:
    player = Player(5)
    assert [player.tick(0.5) for _ in range(4)] == [False, True, False, True]
    assert player.position == 2
