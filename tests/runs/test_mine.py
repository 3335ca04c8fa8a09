"""Labs trained by a learner's own functions: real workers, and the same losses as those of the built-in."""

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
from tutor.labs.mine import SLOTS, MineProgram, Programs, read_programs
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


def lab_of(name: str) -> tuple[LabConfig, dict[str, MineProgram]]:
    """The lab of an exercise, and the solution in its slot."""
    found = exercise(name)
    (fence,) = found.labs
    spec = load_lab(fence.lab, LESSONS / "labs", {**fence.overrides, "train.pace": 0.0})
    return spec, {slot: program_of(found, found.solution) for slot in found.slots}


def trained(runs: Runs, spec: LabConfig, programs: Programs) -> tuple[Path, RunSummary]:
    """What a real worker makes of a lab."""
    follower = runs.follow(runs.start(spec, data_folder=DATA, programs=programs))
    return follower.folder, wait(follower, lambda summary: summary.ended)


def program(slot: str, source: str, *parameters: str) -> dict[str, MineProgram]:
    return {slot: MineProgram("an-exercise", "f", parameters, source)}


STEP = ("theta", "g", "t", "lr")


def step(body: str) -> dict[str, MineProgram]:
    """An optimizer whose step is gradient descent up to update 300."""
    good = "import numpy as np\n\n\ndef f(theta, g, t, lr):\n    if t < 300:\n        return theta - lr * g\n    "
    return program("optimizer", good + body, *STEP)


@pytest.mark.parametrize("name", ["mse-gradient", "adam-step", "batches", "softmax"])
def test_a_right_function_trains_to_the_losses_of_the_built_in(runs: Runs, name: str) -> None:
    spec, programs = lab_of(name)
    folder, mine = trained(runs, spec, programs)
    built_in = run_to_end(spec, DATA)
    assert (mine.state, mine.updates) == ("finished", built_in.updates)
    assert mine.train_losses == pytest.approx(built_in.train_losses, rel=1e-5)
    assert mine.valid_losses == pytest.approx(built_in.valid_losses, rel=1e-5)
    (slot,) = programs
    assert (folder / "mine" / f"{slot}.py").read_text(encoding="utf-8") == programs[slot].source
    assert mine.spec is not None
    assert mine.spec.mine == {slot: name}


def test_the_kept_run_can_be_repeated_bit_for_bit(runs: Runs) -> None:
    spec, programs = lab_of("batches")
    folder, first = trained(runs, spec, programs)
    kept = read_config(folder)
    _, again = trained(runs, kept, read_programs(folder, kept.mine))
    assert again.train_losses == first.train_losses


CROSS_ENTROPY = """
def f(z, labels):
    shifted = z - z.max(axis=1, keepdims=True)
    p = np.exp(shifted)
    total = p.sum(axis=1, keepdims=True)
    mean = (np.log(total[:, 0]) - (labels * shifted).sum(axis=1)).mean()
    return mean, (p / total - labels) / len(z)
"""


def test_a_loss_of_ones_own(runs: Runs) -> None:
    spec = load_lab("three-species", LESSONS / "labs", {"train.epochs": 30, "train.pace": 0.0})
    _, mine = trained(runs, spec, program("loss", CROSS_ENTROPY, "z", "labels"))
    assert mine.train_losses == pytest.approx(run_to_end(spec, DATA).train_losses, rel=1e-5)


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


def test_a_mean_that_is_wrong_changes_what_is_reported(runs: Runs) -> None:
    spec = load_lab("three-species", LESSONS / "labs", {"train.epochs": 3, "train.pace": 0.0})
    wrong = CROSS_ENTROPY.replace("return mean,", "return mean + 7,")
    _, mine = trained(runs, spec, program("loss", wrong, "z", "labels"))
    built_in = run_to_end(spec, DATA)
    assert mine.train_losses == pytest.approx([7 + each for each in built_in.train_losses], rel=1e-5)


def test_a_schedule_of_ones_own_is_asked_for_each_update(runs: Runs) -> None:
    spec = load_lab("loss-ticker", LESSONS / "labs", {"optimizer.schedule": "linear-decay", "train.pace": 0.0})
    rate = "def f(t, planned):\n    return max(0.0, 1 - (t - 1) / planned)\n"
    _, mine = trained(runs, spec, program("schedule", rate, "t", "planned"))
    assert mine.train_losses == pytest.approx(run_to_end(spec, DATA).train_losses, rel=1e-6)


@pytest.mark.parametrize(
    ("body", "line", "says"),
    [
        ("while True: pass", 7, "never ends"),
        ("return theta[:1]", 4, "(1,)"),
        ("return theta + np.ones(5)", 7, "do not fit"),
        ("x = []\n    while True: x.append(np.ones(1_000_000))", 8, "memory"),
        ("import os; os.abort()", 7, "crashed"),
        ("return 1 / 0", 7, "zero"),
        ("open('/tmp/never', 'w')", 7, "file"),
    ],
)
def test_what_goes_wrong_in_update_300_ends_the_run_and_keeps_its_epochs(
    runs: Runs, body: str, line: int, says: str
) -> None:
    spec = load_lab("long-valley", LESSONS / "labs", {"train.pace": 0.0})
    folder, mine = trained(runs, spec, step(body))
    assert (mine.state, mine.epoch) == ("failed", 299)
    assert mine.train_losses == pytest.approx(run_to_end(spec, DATA).train_losses[:299], rel=1e-6)
    assert "call 300" in mine.message
    assert f"ine {line}" in mine.message
    assert says in mine.message
    assert (folder / "worker.log").read_text(encoding="utf-8") == ""


@pytest.mark.parametrize(
    "body",
    [
        "return [np.arange(n)]",
        "return [np.arange(size)] * -(-n // size)",
        "return [np.arange(n)[k:k + size] - 1 for k in range(0, n, size)]",
        "return 5",
    ],
)
def test_batches_that_are_none_end_the_run(runs: Runs, body: str) -> None:
    spec = load_lab("loss-ticker", LESSONS / "labs", {"train.pace": 0.0})
    _, mine = trained(runs, spec, program("batches", f"def f(n, size, random):\n    {body}\n", "n", "size", "random"))
    assert mine.state == "failed"
    assert mine.message.startswith("Your f ")


def test_a_program_that_cannot_be_loaded_ends_the_run_before_its_first_epoch(runs: Runs) -> None:
    spec = load_lab("long-valley", LESSONS / "labs", {})
    _, mine = trained(runs, spec, program("optimizer", "def f(theta:", *STEP))
    assert (mine.state, mine.epoch) == ("failed", 0)
    assert "Line 1" in mine.message


@pytest.mark.parametrize(
    ("lab", "slot", "parameters"),
    [
        ("spam-rule", "optimizer", STEP),
        ("long-valley", "batches", ("n", "size", "random")),
        ("three-species", "gradient", ("w", "b", "x", "y")),
        ("one-lag", "output", ("z",)),
        ("one-lag", "optimizer", ("theta", "g")),
        ("one-lag", "optimizer", ("theta", "g", "lr", "m", "t")),
    ],
)
def test_a_slot_that_a_lab_does_not_have_is_refused_in_words(
    runs: Runs, lab: str, slot: str, parameters: tuple[str, ...]
) -> None:
    source = f"def f({', '.join(parameters)}):\n    return 0\n"
    _, mine = trained(runs, load_lab(lab, LESSONS / "labs", {}), program(slot, source, *parameters))
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
    assert all(slot in error.value.faults[0].hint for slot in SLOTS)


def test_a_lab_and_a_log_from_before_have_no_slots() -> None:
    encoded = msgspec.to_builtins(LabConfig())
    del encoded["mine"]
    assert msgspec.convert(encoded, LabConfig).mine == {}
    assert read_lab('id = "old"\n', Path("old.toml")).mine == {}


def test_parameters_may_be_renamed(runs: Runs) -> None:
    spec, programs = lab_of("adam-step")
    each = programs["optimizer"]
    renamed = replace(each, source=each.source.replace("theta", "where").replace("lr", "eta"))
    _, mine = trained(runs, spec, {"optimizer": renamed})
    assert mine.train_losses == pytest.approx(run_to_end(spec, DATA).train_losses, rel=1e-5)
