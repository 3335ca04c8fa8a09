"""An exercise of several files: its stages, its folder, and the programs that are copied beside its own."""

from __future__ import annotations

import shlex
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from tutor.course.lesson import Exercise
from tutor.exercises.files import ExerciseFile
from tutor.exercises.judge import Judge
from tutor.exercises.memory import Standing, standing_of
from tutor.exercises.mine import program_of, train_command
from tutor.exercises.session import ExerciseSession, passed_source
from tutor.exercises.transfer import dump_programs, merge_programs
from tutor.exercises.verdict import Reason
from tutor.foundation import paths
from tutor.foundation.errors import ExitCode, TutorError
from tutor.foundation.program_files import files_of, joined
from tutor.labs.lab_files import parse_setting
from tutor.plain.exercise import Wish, check_exercise

COPIED = """import numpy as np


def batches(n, size, random):
    order = random.permutation(n)
    return [order[i : i + size] for i in range(0, n, size)]
"""


@pytest.fixture
def own_loop(exercises: dict[str, Exercise]) -> Exercise:
    return exercises["own-loop"]


def test_the_main_function_is_that_of_the_last_file(own_loop: Exercise) -> None:
    assert own_loop.files == ("model", "loss", "optimizer", "loop")
    assert (own_loop.function, own_loop.parameters) == ("train", ("x", "y", "x_valid", "y_valid", "random"))
    assert own_loop.slots == {"train": "own-loop"}
    assert program_of(own_loop, own_loop.solution).function == "train"


@pytest.mark.parametrize(
    ("right", "wrong", "stage", "passed"),
    [
        ("", "", 0, 5),
        ("(e**2).mean(), 2", "e**2, 2", 1, 0),
        ("a.T @ g, g.sum", "a.T @ g / 2, g.sum", 2, 4),
        ("0.003", "1e-7", 3, 4),
        ("random.permutation(len(x))", "np.argsort(np.random.random(len(x)))", 4, 3),
        ("random.permutation(len(x))", "random.permutation(len(x)) if y_valid.sum() > 0 else np.arange(len(x))", 5, 4),
    ],
)
def test_each_stage_has_a_sentence_of_its_own(
    own_loop: Exercise, judge: Judge, right: str, wrong: str, stage: int, passed: int
) -> None:
    verdict = judge.check(own_loop, own_loop.solution.replace(right, wrong) if right else own_loop.solution)
    assert verdict.passed == (stage == 0)
    if stage:
        assert verdict.passed_count == passed or stage == 1
        assert verdict.said.startswith(f"Stage {stage},") or verdict.reason is Reason.RAISES


def test_what_stops_a_program_names_the_file_and_its_line(own_loop: Exercise, judge: Judge) -> None:
    broken = own_loop.solution.replace("p - 0.003", "p - np.ones(5) -  0.003")
    verdict = judge.check(own_loop, broken)
    assert verdict.reason is Reason.RAISES
    assert verdict.said.startswith("optimizer.py, line 8: ")
    assert any(line.strip().startswith("8 │") for line in verdict.lines())
    verdict = judge.check(own_loop, own_loop.solution.replace("def loss(outputs, y):", "def loss(outputs, y:"))
    assert verdict.said.startswith("loss.py, line 1: ")


def test_the_folder_holds_the_files_and_everything_else_sees_one_text(own_loop: Exercise, tmp_path: Path) -> None:
    file = ExerciseFile(own_loop, tmp_path)
    file.make("The loop")
    assert sorted(each.name for each in file.path.iterdir()) == ["loop.py", "loss.py", "model.py", "optimizer.py"]
    assert file.is_untouched
    before, stamp = file.read(), file.stamp()
    assert [each.name for each in files_of(before)] == list(own_loop.files)
    file.write(before.replace("(n, d)", "(n, D)"), seen=before)
    assert "(n, D)" in (file.path / "model.py").read_text(encoding="utf-8")
    assert file.stamp() != stamp
    with pytest.raises(TutorError, match=r"# --- loss\.py ---"):
        file.write(before.replace("# --- loss.py ---", ""), seen=before)
    assert file.copy_in({"batches": COPIED}) == ["batches"]
    assert file.copy_in({"batches": "other"}) == []
    assert [each.name for each in files_of(file.read())] == ["batches", *own_loop.files]
    kept = file.reset()
    assert kept is not None
    assert COPIED.strip() in kept.read_text(encoding="utf-8")
    assert file.is_untouched


def test_a_copied_program_may_be_imported_and_all_travel_to_another_machine(
    own_loop: Exercise, judge: Judge, tmp_path: Path
) -> None:
    session = ExerciseSession(own_loop, tmp_path / "here", judge)
    session.file.make()
    session.file.copy_in({"batches": COPIED})
    loop = own_loop.solution.replace("from loss", "from batches import batches\nfrom loss").replace(
        "for i in range(0, len(x), 32):\n            batch = order[i : i + 32]",
        "for batch in batches(len(x), 32, random):",
    )
    session.file.write(joined({"batches": COPIED, **{each.name: each.text for each in files_of(loop)}}), seen="")
    verdict = session.check()
    assert verdict is not None
    assert verdict.passed, verdict.lines()
    assert passed_source(own_loop, tmp_path / "here") == session.file.read()
    assert merge_programs(tmp_path / "there", dump_programs(tmp_path / "here")) > 0
    assert passed_source(own_loop, tmp_path / "there") == session.file.read()


def test_the_plain_front_copies_checks_and_says_how_to_train(
    own_loop: Exercise, exercises: dict[str, Exercise], judge: Judge, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = paths.exercises_folder()
    session = ExerciseSession(exercises["batches"], folder, judge)
    session.file.make()
    session.file.path.write_text(exercises["batches"].solution)
    session.check()
    assert check_exercise("own-loop", Wish.COPY_MINE) == ExitCode.OK
    assert "batches.py" in capsys.readouterr().out
    for each in files_of(own_loop.solution):
        (folder / "own-loop" / f"{each.name}.py").write_text(each.text)
    assert check_exercise("own-loop") == ExitCode.OK
    assert "tutor train digits-net --set loss.name=mse --mine train=own-loop" in capsys.readouterr().out


def test_the_command_to_train_is_one_that_a_shell_and_the_command_line_read(own_loop: Exercise) -> None:
    changes = {"model.hidden": [16, 8], "model.batch_norm": True, "title.en": "Mine now"}
    (fence,) = own_loop.labs
    words = shlex.split(train_command(replace(own_loop, labs=(replace(fence, overrides=changes),))))
    assert words[:3] + words[-2:] == ["tutor", "train", "digits-net", "--mine", "train=own-loop"]
    assert dict(parse_setting(word) for before, word in pairwise(words) if before == "--set") == changes


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        ("", "", "Stage “shapes”: loss of loss.py returned nothing."),
        (
            "return (e**2).mean(), 2 * e / e.size",
            "return (e**2).mean()",
            "Stage “shapes”: what loss of loss.py returned",
        ),
        ("yield epoch, ", "yield ", "what train of loop.py returned"),
    ],
)
def test_what_the_harness_cannot_use_names_the_function_and_the_stage(
    own_loop: Exercise, judge: Judge, right: str, wrong: str, said: str
) -> None:
    said_of = judge.check(own_loop, own_loop.solution.replace(right, wrong) if right else own_loop.starter).said
    assert said in said_of
    assert "``" not in said_of


def test_resetting_keeps_the_bytes_of_what_is_no_text_and_of_a_file_in_the_place_of_the_folder(
    own_loop: Exercise, tmp_path: Path
) -> None:
    file = ExerciseFile(own_loop, tmp_path)
    assert standing_of(tmp_path, "own-loop") is Standing.OPEN
    file.make()
    assert standing_of(tmp_path, "own-loop") is Standing.BEGUN
    (file.path / "loss.py").write_bytes(b"\xff\x00")
    kept = file.reset()
    assert kept is not None
    assert (kept / "loss.py").read_bytes() == b"\xff\x00"
    assert (kept / "loop.py").is_file()
    assert file.is_untouched
    for each in file.paths:
        each.unlink()
    with pytest.raises(TutorError, match=r"model\.py cannot be read"):
        file.read()
    file.path.rmdir()
    file.path.write_bytes(b"mine")
    kept = file.reset()
    assert kept is not None
    assert kept.read_bytes() == b"mine"
    assert file.is_untouched
