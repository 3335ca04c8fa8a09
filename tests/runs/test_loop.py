"""One run from its first epoch to its last event, with time that a test holds."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from tests.runs.fakes import FakeClock, FakeTraining
from tutor.labs.lab_config import LabConfig
from tutor.labs.lab_files import with_overrides
from tutor.labs.limits import IDLE_SECONDS, UNWATCHED_SECONDS
from tutor.runs.control import Command, Note, Pace, Pause, Resume, Set, Step, Stop
from tutor.runs.events import (
    Changed,
    Diverged,
    Epochs,
    Event,
    Finished,
    Noted,
    Paced,
    Paused,
    Refused,
    Resumed,
    View,
)
from tutor.runs.summary import RunSummary, fold
from tutor.runs.worker.loop import TrainingLoop

BALL = {"data.name": "curve", "model.name": "function", "loss.name": "function", "show.panels": ["curve"]}


class Table:
    """A viewer with a plan: after so many epochs (or calls), such commands."""

    def __init__(self, plan: dict[int, list[Command]], *, by_call: bool = False) -> None:
        self.plan = dict(plan)
        self.by_call = by_call
        self.calls = 0

    def __call__(self, epoch: int) -> Iterable[Command]:
        self.calls += 1
        return self.plan.pop(self.calls if self.by_call else epoch, [])


def run(
    training: FakeTraining,
    plan: dict[int, list[Command]] | None = None,
    *,
    clock: FakeClock | None = None,
    by_call: bool = False,
    **settings: object,
) -> list[Event]:
    events: list[Event] = []
    clock = clock or FakeClock()
    spec = with_overrides(LabConfig(), {**BALL, **{key.replace("__", "."): value for key, value in settings.items()}})
    commands = Table(plan, by_call=by_call) if plan is not None else None
    TrainingLoop(
        spec, training, emit=events.append, commands=commands, every_epoch=True, clock=clock, sleep=clock.sleep
    ).run()
    return events


def losses(events: list[Event]) -> list[float | None]:
    return [loss for event in events if isinstance(event, Epochs) for loss in event.train]


def of(kind: type[Event], events: list[Event]) -> list[Event]:
    return [event for event in events if isinstance(event, kind)]


def test_every_epoch_is_written_once_and_in_order() -> None:
    events = run(FakeTraining(epochs=5000))
    following = 1
    for event in events:
        if isinstance(event, Epochs):
            assert event.first == following
            following += len(event.train)
            assert event.updates == 4 * (following - 1)
    assert following == 5001


def test_the_last_event_tells_the_end_and_the_parameters() -> None:
    training = FakeTraining(epochs=3)
    last = run(training)[-1]
    assert isinstance(last, Finished)
    assert (last.reason, last.epoch, last.updates, last.facts) == ("epochs", 3, 12, {"final.w": training.w})


def test_the_last_state_is_always_shown() -> None:
    training = FakeTraining(epochs=777)
    events = run(training)
    view = [event for event in events if isinstance(event, View)][-1]
    assert view.data == {"w": training.w}
    assert view.epoch == 777


def test_views_stay_under_ten_a_second_and_events_under_twenty() -> None:
    clock = FakeClock(tick=0.001)
    begun = clock.now
    events = run(FakeTraining(epochs=2000), {}, clock=clock)
    seconds = clock.now - begun
    assert len(of(View, events)) <= 10 * seconds + 3
    assert len(of(Epochs, events)) <= 20 * seconds + 2


def test_a_pace_sleeps_between_epochs() -> None:
    clock = FakeClock()
    begun = clock.now
    run(FakeTraining(epochs=21), {}, clock=clock, train__pace=20.0)
    assert 0.95 <= clock.now - begun <= 1.2


def test_a_pace_never_changes_a_loss() -> None:
    flat = run(FakeTraining(epochs=30))
    slow = run(FakeTraining(epochs=30), {3: [Pace(5.0)]}, train__pace=20.0)
    assert losses(flat) == losses(slow)


def test_a_change_is_recorded_with_its_epoch_and_its_update() -> None:
    events = run(FakeTraining(), {4: [Set("learning_rate", 0.01)]})
    (change,) = of(Changed, events)
    assert change == Changed(epoch=4, updates=16, key="optimizer.learning_rate", value=0.01)


def test_the_same_changes_at_the_same_epochs_give_the_same_losses() -> None:
    first = run(FakeTraining(epochs=40), {7: [Set("learning_rate", 0.3)], 20: [Set("w", -2.0)]}, train__pace=50.0)
    changes: dict[int, list[Command]] = {
        each.epoch: [Set(each.key, each.value)] for each in first if isinstance(each, Changed)
    }
    again = run(FakeTraining(epochs=40), changes)
    assert losses(first) == losses(again)
    assert losses(first) != losses(run(FakeTraining(epochs=40)))


def test_a_value_that_cannot_be_is_refused_and_the_run_goes_on() -> None:
    events = run(
        FakeTraining(),
        {2: [Set("learning_rate", -1.0), Set("epochs", 5), Set("nonsense", 1), Set("learning_rate", "fast")]},
    )
    refused = of(Refused, events)
    assert len(refused) == 4
    assert all(isinstance(each, Refused) and each.message for each in refused)
    assert losses(events) == losses(run(FakeTraining()))


def test_what_the_training_cannot_turn_is_refused() -> None:
    (refused,) = of(Refused, run(FakeTraining(), {2: [Set("model.b", 3.0)]}, model__function="bowl"))
    assert isinstance(refused, Refused)
    assert refused.message == "model.b cannot be turned"


def test_what_changes_nothing_in_this_run_is_refused_with_the_reason() -> None:
    (refused,) = of(Refused, run(FakeTraining(), {2: [Set("model.threshold", 3.0)]}))
    assert isinstance(refused, Refused)
    assert "changes nothing here: it is there for keyword-rule only" in refused.message


def test_pause_waits_and_resume_goes_on() -> None:
    clock = FakeClock()
    # By call: the sixth look at the control log pauses, the twentieth goes on.
    events = run(FakeTraining(), {6: [Pause()], 20: [Resume()]}, clock=clock, by_call=True)
    (paused,), (resumed,) = of(Paused, events), of(Resumed, events)
    assert isinstance(paused, Paused)
    assert isinstance(resumed, Resumed)
    assert paused.epoch == resumed.epoch == 5
    assert losses(events) == losses(run(FakeTraining()))
    assert clock.slept > 0.2


def test_a_pause_does_not_count_as_time_of_the_run() -> None:
    last = run(FakeTraining(), {6: [Pause()], 300: [Resume()]}, by_call=True)[-1]
    assert isinstance(last, Finished)
    assert last.seconds < 0.5


def test_what_was_done_is_written_while_it_waits() -> None:
    events = run(FakeTraining(), {6: [Pause()], 40: [Stop()]}, by_call=True)
    summary = fold(RunSummary(), events)
    before_end = [event for event in events if not isinstance(event, Finished)]
    assert sum(len(event.train) for event in before_end if isinstance(event, Epochs)) == 5
    assert summary.state == "stopped"


def test_steps_go_so_far_and_no_further() -> None:
    events = run(FakeTraining(), {1: [Pause()], 5: [Step(2)], 30: [Step()], 60: [Stop()]}, by_call=True)
    assert len(losses(events)) == 3
    assert len(of(Paused, events)) == 1


def test_stop_ends_the_run_where_it_is() -> None:
    last = run(FakeTraining(epochs=100), {4: [Stop()]})[-1]
    assert isinstance(last, Finished)
    assert (last.reason, last.epoch) == ("stop", 4)


def test_stop_before_the_first_epoch_trains_nothing() -> None:
    training = FakeTraining()
    last = run(training, {0: [Stop()]})[-1]
    assert isinstance(last, Finished)
    assert (last.epoch, training.w) == (0, 1.0)


def test_what_was_asked_stands_behind_the_epochs_before_it() -> None:
    epoch = 0
    for event in run(FakeTraining(epochs=9), {n: [Set("learning_rate", 0.1 / n)] for n in range(1, 9)}):
        if isinstance(event, Epochs):
            epoch += len(event.train)
        elif isinstance(event, Changed):
            assert event.epoch == epoch
    assert epoch == 9


def test_a_note_and_a_pace_are_written_down() -> None:
    events = run(FakeTraining(), {3: [Note("why\x1b[2J here?"), Pace(-3.0)]})
    (noted,), (paced,) = of(Noted, events), of(Paced, events)
    assert noted == Noted(epoch=3, text="why�[2J here?")
    assert paced == Paced(epoch=3, pace=0.0)


def test_divergence_is_a_result() -> None:
    events = run(FakeTraining(epochs=5000, learning_rate=5.0))
    summary = fold(RunSummary(), events)
    assert len(of(Diverged, events)) == 1
    assert summary.state == "diverged"
    assert summary.facts()["diverged"] is True
    assert summary.epoch < 5000
    assert "diverged" in summary.message


def test_no_improvement_stops_early() -> None:
    training = FakeTraining(epochs=1000, learning_rate=0.5)  # w is 0 after one update: no better ever after
    last = run(training, train__stop="no-improvement 7")[-1]
    assert isinstance(last, Finished)
    assert (last.reason, last.epoch) == ("no-improvement", 8)


def test_epochs_are_asked_for_together_up_to_the_next_check_or_the_end_of_patience() -> None:
    training = FakeTraining(epochs=1000, learning_rate=0.1)
    spec = with_overrides(LabConfig(), {**BALL, "train.stop": "no-improvement 7"})
    TrainingLoop(spec, training, emit=lambda _event: None, clock=FakeClock(), sleep=FakeClock().sleep).run()
    # Each loss is lower than the one before, so patience never has less than 7 epochs left.
    assert max(training.asked) == 7
    assert training.asked[:4] == [1, 2, 1, 4]


def test_the_time_limit_stops() -> None:
    last = run(FakeTraining(epochs=100_000), {}, clock=FakeClock(tick=0.01), train__max_seconds=2.0)[-1]
    assert isinstance(last, Finished)
    assert last.reason == "seconds"
    assert 2.0 <= last.seconds <= 2.3


def test_a_run_that_nobody_touches_ends() -> None:
    clock = FakeClock(tick=5.0)
    last = run(FakeTraining(epochs=100), {0: [Pause()]}, clock=clock, train__max_seconds=86400.0)[-1]
    assert isinstance(last, Finished)
    assert last.reason == "idle"
    assert clock.now > IDLE_SECONDS


def test_by_hand_each_setting_is_one_evaluation() -> None:
    plan: dict[int, list[Command]] = {5: [Set("w", 0.5)], 9: [Set("w", 2.0)], 30: [Stop()]}
    training = FakeTraining(epochs=100, learning_rate=0.0)
    events = run(training, plan, by_call=True, optimizer__name="manual")
    assert losses(events) == [1.0, 0.25, 4.0]
    assert training.shown[-1] == 2.0


class SlowPictures(FakeTraining):
    """A training whose pictures take a while."""

    def __init__(self, clock: FakeClock) -> None:
        super().__init__(epochs=100, learning_rate=0.0)
        self.clock = clock

    def frames(self) -> Iterable[tuple[str, dict[str, object]]]:
        self.clock.now += 0.02
        return super().frames()


def test_a_move_by_hand_is_written_at_once_however_slow_its_pictures_are() -> None:
    clock = FakeClock()
    spec = with_overrides(LabConfig(), {**BALL, "optimizer.name": "manual"})
    plan: dict[int, list[Command]] = {40 + 6 * move: [Set("w", move / 10)] for move in range(5)}
    moved: dict[int, float] = {}
    shown: dict[int, float] = {}

    def emit(event: Event) -> None:
        if isinstance(event, Changed):
            moved[len(moved) + 2] = clock.now  # the first evaluation is that of the beginning
        elif isinstance(event, View):
            shown.setdefault(event.epoch, clock.now)

    table = Table({**plan, 90: [Stop()]}, by_call=True)
    TrainingLoop(spec, SlowPictures(clock), emit=emit, commands=table, clock=clock, sleep=clock.sleep).run()
    assert len(moved) == 5
    assert max(shown[epoch] - at for epoch, at in moved.items()) < 0.07


@pytest.mark.parametrize("watched", [True, False])
def test_a_run_by_hand_ends_after_a_minute_unless_somebody_watches(watched: bool) -> None:
    clock = FakeClock()
    spec = with_overrides(LabConfig(), {**BALL, "optimizer.name": "manual"})
    events: list[Event] = []
    begun = clock.now

    def unwatched() -> float:
        return 0.0 if watched and clock.now < begun + 500 else clock.now - begun

    training = FakeTraining(epochs=100, learning_rate=0.0)
    TrainingLoop(
        spec, training, emit=events.append, commands=Table({}), unwatched=unwatched, clock=clock, sleep=clock.sleep
    ).run()
    last = events[-1]
    assert isinstance(last, Finished)
    assert last.reason == "unwatched"
    assert training.shown[-1] == training.w
    assert UNWATCHED_SECONDS <= clock.now - begun <= UNWATCHED_SECONDS + 2 + (500 if watched else 0)
    assert (clock.now - begun > 500) == watched


def test_by_hand_without_a_hand_evaluates_once() -> None:
    events = run(FakeTraining(epochs=100, learning_rate=0.0), optimizer__name="manual")
    assert losses(events) == [1.0]
    assert fold(RunSummary(), events).state == "finished"


def test_every_line_of_epochs_stays_whole() -> None:
    import msgspec

    from tutor.runs.log import ATOMIC_LINE_BYTES

    events = run(FakeTraining(epochs=3000, learning_rate=0.000123456789), clock=FakeClock(tick=1e-7))
    lengths = [len(msgspec.json.encode(event)) for event in events if isinstance(event, Epochs)]
    assert len(lengths) > 10
    assert max(lengths) < ATOMIC_LINE_BYTES
