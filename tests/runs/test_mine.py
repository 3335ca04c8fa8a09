"""Labs trained by a learner's own functions: the same losses as those of the built-in, and what ends a run.

Most of it runs in this process, with a process only for the function; what a worker adds is tried with real workers.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from tests.runs.test_worker import runs_that_end, wait
from tutor.course.catalogue import Course
from tutor.course.lesson import Exercise
from tutor.exercises.mine import exercise_called, program_of
from tutor.foundation.errors import TutorError
from tutor.labs.faults import LabError
from tutor.labs.lab_config import LabConfig
from tutor.labs.lab_files import load_lab, read_config, read_lab, to_toml, with_overrides
from tutor.labs.mine import MineProgram, Programs, read_programs
from tutor.runs.in_process import run_to_end
from tutor.runs.registry import Runs
from tutor.runs.summary import RunSummary
from tutor.runs.worker.adapter import TrainingAdapter

LESSONS = Path(__file__).resolve().parents[2] / "lessons"
DATA = LESSONS / "data"


@pytest.fixture
def runs(tmp_path: Path) -> Iterator[Runs]:
    yield from runs_that_end(tmp_path / "runs")


def exercise(name: str) -> Exercise:
    found = exercise_called(name, Course(LESSONS))
    assert found is not None
    return found


def lab_of(name: str, epochs: int = 12) -> tuple[LabConfig, dict[str, MineProgram]]:
    """The lab of an exercise, and the solution in its slot."""
    found = exercise(name)
    (fence,) = found.labs
    spec = lab(fence.lab, epochs, **fence.overrides)
    return spec, {slot: program_of(found, found.solution) for slot in found.slots}


def lab(name: str, epochs: int, **overrides: object) -> LabConfig:
    """A lab that trains only a few epochs, but plans its schedule for them."""
    spec = load_lab(name, LESSONS / "labs", {**overrides, "train.pace": 0.0})
    return spec if spec.train.updates else with_overrides(spec, {"train.epochs": epochs})


def trained_here(spec: LabConfig, programs: Programs | None = None) -> RunSummary:
    """What becomes of a lab in this process."""
    return run_to_end(spec, DATA, programs=programs)


def trained(runs: Runs, spec: LabConfig, programs: Programs) -> tuple[Path, RunSummary]:
    """What a real worker makes of a lab."""
    follower = runs.follow(runs.start(spec, data_folder=DATA, programs=programs))
    return follower.folder, wait(follower, lambda summary: summary.ended)


def program(slot: str, source: str, *parameters: str) -> dict[str, MineProgram]:
    return {slot: MineProgram("an-exercise", "f", parameters, source)}


STEP = ("theta", "g", "t", "lr")


def step(body: str) -> dict[str, MineProgram]:
    """An optimizer whose step is gradient descent up to update 30."""
    good = "import numpy as np\n\n\ndef f(theta, g, t, lr):\n    if t < 30:\n        return theta - lr * g\n    "
    return program("optimizer", good + body, *STEP)


@pytest.mark.parametrize("name", ["mse-gradient", "adam-step", "batches", "softmax"])
def test_a_right_function_trains_to_the_losses_of_the_built_in(name: str) -> None:
    spec, programs = lab_of(name)
    mine, built_in = trained_here(spec, programs), trained_here(spec)
    assert (mine.state, mine.updates) == ("finished", built_in.updates)
    assert mine.train_losses == pytest.approx(built_in.train_losses, rel=1e-5)
    assert mine.valid_losses == pytest.approx(built_in.valid_losses, rel=1e-5)


def test_a_run_keeps_its_functions_and_can_be_repeated_bit_for_bit(runs: Runs) -> None:
    spec, programs = lab_of("batches", epochs=3)
    folder, mine = trained(runs, spec, programs)
    assert (folder / "mine" / "batches.py").read_text(encoding="utf-8") == programs["batches"].source
    assert mine.spec is not None
    assert mine.spec.mine == {"batches": "batches"}
    kept = read_config(folder)
    again = trained_here(kept, read_programs(folder, kept.mine))
    assert again.train_losses == mine.train_losses


CROSS_ENTROPY = """
def f(z, labels):
    shifted = z - z.max(axis=1, keepdims=True)
    p = np.exp(shifted)
    total = p.sum(axis=1, keepdims=True)
    mean = (np.log(total[:, 0]) - (labels * shifted).sum(axis=1)).mean()
    return mean, (p / total - labels) / len(z)
"""


SOFTMAX = """
def f(z):
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)
"""


@pytest.mark.parametrize("slot", ["loss", "output"])
def test_the_loss_of_ones_own_cannot_be_exchanged_while_it_trains(slot: str) -> None:
    spec = load_lab("three-species", LESSONS / "labs", {"train.epochs": 3})
    own = {"loss": program("loss", CROSS_ENTROPY, "z", "labels"), "output": program("output", SOFTMAX, "z")}[slot]
    adapter = TrainingAdapter(spec, DATA, programs=own)
    try:
        with pytest.raises(ValueError, match=f"your own function here \\({slot}\\)"):
            adapter.change_setting("loss.name", "mse")
        assert adapter.context.loss == "cross-entropy"
        assert len(list(adapter.epochs())) == 3
    finally:
        adapter.close()


def test_a_loss_of_ones_own_trains_and_its_mean_is_what_is_reported() -> None:
    spec = lab("three-species", 5)
    built_in = trained_here(spec).train_losses
    mine = trained_here(spec, program("loss", CROSS_ENTROPY, "z", "labels"))
    assert mine.train_losses == pytest.approx(built_in, rel=1e-5)
    wrong = CROSS_ENTROPY.replace("return mean,", "return mean + 7,")
    mine = trained_here(spec, program("loss", wrong, "z", "labels"))
    assert mine.train_losses == pytest.approx([7 + each for each in built_in], rel=1e-5)


def test_a_schedule_of_ones_own_is_asked_for_each_update() -> None:
    spec = lab("loss-ticker", 5, **{"optimizer.schedule": "linear-decay"})
    rate = "def f(t, planned):\n    return max(0.0, 1 - (t - 1) / planned)\n"
    mine = trained_here(spec, program("schedule", rate, "t", "planned"))
    assert mine.train_losses == pytest.approx(trained_here(spec).train_losses, rel=1e-6)


WRONG_STEPS = [
    ("return theta[:1]", 4, "(1,)"),
    ("return theta + np.ones(5)", 7, "do not fit"),
    ("import os; os.abort()", 7, "crashed"),
    ("return 1 / 0", 7, "zero"),
    ("open('/tmp/never', 'w')", 7, "file"),
]


@pytest.mark.parametrize(("body", "line", "says"), WRONG_STEPS)
def test_what_goes_wrong_in_update_30_is_said_in_a_sentence_with_its_line(body: str, line: int, says: str) -> None:
    assert_stopped_in_update_30(trained_here(lab("long-valley", 40), step(body)), line, says)


@pytest.mark.parametrize(
    ("body", "line", "says"),
    [
        ("while True: pass", 7, "never ends"),
        ("x = []\n    while True: x.append(np.ones(1_000_000))", 8, "memory"),
    ],
)
def test_a_function_that_takes_all_there_is_ends_the_run_of_a_worker_and_keeps_its_epochs(
    runs: Runs, body: str, line: int, says: str
) -> None:
    spec = lab("long-valley", 40)
    folder, mine = trained(runs, spec, step(body))
    assert_stopped_in_update_30(mine, line, says)
    assert mine.train_losses == pytest.approx(trained_here(spec).train_losses[:29], rel=1e-6)
    assert (folder / "worker.log").read_text(encoding="utf-8") == ""


def assert_stopped_in_update_30(mine: RunSummary, line: int, says: str) -> None:
    assert (mine.state, mine.epoch, len(mine.train_losses)) == ("failed", 29, 29)
    assert "call 30" in mine.message
    assert f"ine {line}" in mine.message
    assert says in mine.message


@pytest.mark.parametrize(
    "body",
    [
        "return [np.arange(n)]",
        "return [np.arange(size)] * -(-n // size)",
        "return [np.arange(n)[k:k + size] - 1 for k in range(0, n, size)]",
        "return 5",
    ],
)
def test_batches_that_are_none_end_the_run(body: str) -> None:
    source = f"def f(n, size, random):\n    {body}\n"
    mine = trained_here(lab("loss-ticker", 1), program("batches", source, "n", "size", "random"))
    assert mine.state == "failed"
    assert mine.message.startswith("Your f ")


def test_a_program_that_cannot_be_loaded_ends_the_run_before_its_first_epoch() -> None:
    mine = trained_here(lab("long-valley", 5), program("optimizer", "def f(theta:", *STEP))
    assert (mine.state, mine.epoch) == ("failed", 0)
    assert "Line 1" in mine.message


@pytest.mark.parametrize(
    ("name", "slot", "parameters"),
    [
        ("spam-rule", "optimizer", STEP),
        ("long-valley", "batches", ("n", "size", "random")),
        ("three-species", "gradient", ("w", "b", "x", "y")),
        ("one-lag", "output", ("z",)),
        ("one-lag", "optimizer", ("theta", "g")),
        ("one-lag", "optimizer", ("theta", "g", "lr", "m", "t")),
    ],
)
def test_a_slot_that_a_lab_does_not_have_is_refused_in_words(name: str, slot: str, parameters: tuple[str, ...]) -> None:
    source = f"def f({', '.join(parameters)}):\n    return 0\n"
    mine = trained_here(load_lab(name, LESSONS / "labs"), program(slot, source, *parameters))
    assert mine.state == "failed"
    assert mine.message


def test_a_run_whose_programs_are_gone_says_so(runs: Runs, tmp_path: Path) -> None:
    spec, programs = lab_of("adam-step")
    folder = runs.make(msgspec.structs.replace(spec, mine={"optimizer": "adam-step"}))
    with pytest.raises(TutorError, match="missing"):
        read_programs(folder, {"optimizer": "adam-step"})
    (folder / "mine").mkdir()
    (folder / "mine" / "functions.json").write_text('{"optimizer": ["f; import os"]}')
    (folder / "mine" / "optimizer.py").write_text(programs["optimizer"].source)
    with pytest.raises(TutorError, match="missing"):
        read_programs(folder, {"optimizer": "adam-step"})


def test_only_slots_that_are_filled_stand_in_the_run(runs: Runs) -> None:
    spec = load_lab("ball", LESSONS / "labs", {"mine.optimizer": "adam-step", "train.epochs": 3, "train.pace": 0.0})
    folder, mine = trained(runs, spec, {})
    assert mine.spec is not None
    assert mine.spec.mine == {}
    assert read_config(folder).mine == {}
    assert not (folder / "mine").exists()


def test_mine_in_a_lab_file_is_read_written_and_checked() -> None:
    text = to_toml(LabConfig())
    spec = read_lab(f"{text}\n".replace("[mine]", '[mine]\noptimizer = "adam-step"'), Path("a-lab.toml"))
    assert spec.mine == {"optimizer": "adam-step"}
    assert read_lab(to_toml(spec), Path("spec.toml")) == spec
    assert with_overrides(spec, {"mine.loss": "cross-entropy"}).mine == {
        "optimizer": "adam-step",
        "loss": "cross-entropy",
    }
    with pytest.raises(LabError) as error:
        read_lab('[mine]\noptimiser = "adam-step"\nloss = 5\nbatches = "../x"\n', Path("a-lab.toml"))
    assert [each.line for each in error.value.faults] == [2, 3, 4]
    assert "optimizer" in error.value.faults[0].hint


def test_a_lab_and_a_log_from_before_have_no_slots() -> None:
    encoded = msgspec.to_builtins(LabConfig())
    del encoded["mine"]
    assert msgspec.convert(encoded, LabConfig).mine == {}
    assert read_lab('id = "old"\n', Path("old.toml")).mine == {}


def test_parameters_may_be_renamed() -> None:
    spec, programs = lab_of("adam-step")
    each = programs["optimizer"]
    renamed = replace(each, source=each.source.replace("theta", "where").replace("lr", "eta"))
    mine = trained_here(spec, {"optimizer": renamed})
    assert mine.train_losses == pytest.approx(trained_here(spec).train_losses, rel=1e-5)
