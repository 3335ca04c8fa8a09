"""What the next run will be: every change can be taken back, in order."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.tui.lab_fakes import LAB
from tutor.foundation.errors import TutorError
from tutor.labs.draft import PIECES, Change, LabDraft
from tutor.labs.lab_files import read_lab


def setup(text: str = LAB) -> LabDraft:
    return LabDraft(read_lab(text, Path("one-lag.toml")))


def test_a_change_is_taken_back_and_made_again() -> None:
    one = setup()
    assert one.set("learning_rate", 0.2) == Change("optimizer.learning_rate", 0.1, 0.2)
    one.set("lags", 7)
    assert one.undo() == Change("data.lags", 7, 1)
    assert one.undo() == Change("optimizer.learning_rate", 0.2, 0.1)
    assert one.spec == one.original
    assert one.undo() is None
    assert one.redo() == Change("optimizer.learning_rate", 0.1, 0.2)
    assert one.redo() == Change("data.lags", 1, 7)
    assert one.redo() is None
    assert (one.spec.optimizer.learning_rate, one.spec.data.lags) == (0.2, 7)


def test_a_new_change_forgets_what_was_taken_back() -> None:
    one = setup()
    one.set("lags", 7)
    one.undo()
    one.set("lags", 28)
    assert not one.can_redo
    assert one.undo() == Change("data.lags", 28, 1)


def test_what_changes_nothing_is_no_change() -> None:
    one = setup()
    assert one.set("lags", 1) is None
    assert one.nudge("lags", -1) is None
    assert not one.can_undo
    with pytest.raises(TutorError):
        one.type("learning_rate", "99")
    assert not one.can_undo


def test_seeds_of_training_and_of_data_are_changes_too() -> None:
    one = setup()
    one.reroll()
    one.reroll_data()
    one.reroll_data()
    assert (one.spec.train.seed, one.spec.data.seed) == (2, 2)
    assert one.undo() == Change("data.seed", 2, 1)
    assert one.undo() == Change("data.seed", 1, None)
    assert one.spec.data.seed is None
    one.undo()
    assert one.spec == one.original


def test_data_in_the_order_of_its_days_has_no_seed() -> None:
    one = setup(LAB.replace('"views"', '"bike-sharing"'))
    assert not one.has_data_seed
    assert one.reroll_data() is None
    assert not one.can_undo


@settings(deadline=None, max_examples=40)
@given(
    st.lists(
        st.sampled_from(["rate+", "rate-", "lags+", "lags-", "seed", "data", "undo", "redo"]), min_size=1, max_size=30
    )
)
def test_whatever_was_done_undoing_it_all_leads_back(acts: list[str]) -> None:
    one = setup()
    for act in acts:
        if act[:-1] in {"rate", "lags"}:
            one.nudge("learning_rate" if act[:-1] == "rate" else "lags", 1 if act.endswith("+") else -1)
        else:
            {"seed": one.reroll, "data": one.reroll_data, "undo": one.undo, "redo": one.redo}[act]()
    furthest = one.spec
    done = 0
    while one.undo():
        done += 1
    assert one.spec == one.original
    for _ in range(done):
        one.redo()
    assert one.spec == furthest or one.can_redo


def test_what_is_typed_amiss_is_told_by_the_name_that_the_control_has_on_the_screen() -> None:
    one = setup()
    for text in ("1e9", "fast"):
        with pytest.raises(TutorError, match=r"^learning rate ") as caught:
            one.type("learning_rate", text)
        assert "optimizer." not in str(caught.value)


def test_what_a_run_holds_is_taken_over_and_is_no_step() -> None:
    one = setup()
    one.take_over({"optimizer.learning_rate": 0.5, "data.lags": 28})
    assert (one.spec.optimizer.learning_rate, one.spec.data.lags) == (0.5, 28)
    assert not one.can_undo
    one.take_over({"data.lags": -3})
    assert one.spec.data.lags == 28, "what this lab does not allow is left out"


def test_bends_placed_by_hand_are_one_step_and_so_is_letting_go_of_them() -> None:
    lab = Path(__file__).resolve().parents[2] / "lessons" / "labs" / "curve-builder.toml"
    one = LabDraft(read_lab(lab.read_text(encoding="utf-8"), lab))
    pieces = [0.0, 0.5, 1.0, 0.5, 0.9, -1.0, 0.25]
    one.place({"model.hidden": [2], "model.placed": False, PIECES: pieces})
    placed = one.spec
    assert (placed.model.hidden, placed.model.pieces) == ((2,), tuple(pieces))
    one.set("hidden", (3,))
    assert one.spec.model.pieces == ()
    one.undo()
    assert one.spec == placed
    one.undo()
    assert one.spec == one.original
    assert not one.can_undo
    one.redo()
    assert one.spec == placed
