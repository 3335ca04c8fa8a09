"""The column beside the charts: names of controls are whole in the narrowest window that has the column."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.tui.lab_fakes import FakeFollower, FakeRuns
from tutor.charts.cells import plain_row, row_width
from tutor.foundation.text import cell_width
from tutor.foundation.translate import translate, use_language
from tutor.labs.controls import control_title, value_text
from tutor.labs.lab_config import LabConfig
from tutor.labs.lab_files import load_lab, with_overrides
from tutor.labs.mine import MineProgram
from tutor.runs.events import Event, View
from tutor.runs.goal_words import goal_lines, with_minus
from tutor.runs.in_process import run_to_end
from tutor.runs.session.session import LabSession
from tutor.runs.sweep.plan import SweepChoice
from tutor.tui.screens.lab.side import Hand, control_rows, side_rows
from tutor.tui.screens.sweep import choice_rows
from tutor.tui.widgets.lab_charts import number_rows
from tutor.tui.widgets.lab_words import next_text

LABS = Path(__file__).resolve().parents[2] / "lessons" / "labs"
_INNER = 26
"""Cells of the column in a window of 80, without its rule."""
ALL_LABS = sorted(path.stem for path in LABS.glob("*.toml"))


def session_of(lab: str, tmp_path: Path) -> LabSession:
    return LabSession(FakeRuns(tmp_path), load_lab(lab, LABS))


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("lab", ALL_LABS)
def test_no_name_and_no_value_of_a_control_is_cut_at_80_columns(lab: str, language: str, tmp_path: Path) -> None:
    use_language(language)
    session = session_of(lab, tmp_path)
    for name, control in session.controls():
        for value in control.choices or (session.value(control),):
            session.draft.set(name, value)  # type: ignore[arg-type]
            rows = control_rows(session, Hand(), _INNER, 99).rows
            assert all(row_width(row) <= _INNER for row in rows)
            text = "".join(plain_row(row).strip(" ▌‹›↻") for row in rows).replace(" ", "")
            assert control_title(name, control).replace(" ", "") in text
            assert with_minus(value_text(control.key, value)).replace(" ", "") in text


def test_a_value_beside_which_the_name_has_no_room_stands_below_it(tmp_path: Path) -> None:
    session = session_of("curve-builder", tmp_path)
    names = [name for name, _ in session.controls()]
    rows = [plain_row(row).rstrip() for row in control_rows(session, Hand(names.index("activation")), 26, 99).rows]
    at = next(place for place, row in enumerate(rows) if "activation" in row)
    assert rows[at : at + 2] == ["▌ activation", "  ‹ hard-sigmoid ›"]


def test_a_loop_of_ones_own_shows_no_model_and_has_no_goal(tmp_path: Path) -> None:
    loop = {"train": MineProgram("own-loop", "train", ("x", "y", "x_valid", "y_valid", "random"), "")}
    spec = replace(load_lab("digits-net", LABS), mine={"train": "own-loop"})
    session = LabSession(FakeRuns(tmp_path), spec, find_programs=lambda _: loop)
    text = "\n".join(plain_row(row) for row in side_rows(session, Hand(), 35, 30))
    assert (session.panels, session.wants_preview, session.view("digits")) == (("loss",), False, None)
    assert "does not apply" in text
    assert "400" not in text
    assert "updates" not in text
    assert session.idle_reason("model.activation")
    assert not session.idle_reason("train.epochs")
    session.start()
    assert (session.goal_met(), session.take_attempt()) == (None, None)
    session.mine.switch()
    session.start()
    assert session.panels == spec.show.panels


@pytest.mark.parametrize("chosen", range(7))
def test_what_has_no_room_is_counted_and_the_chosen_control_is_in_view(chosen: int, tmp_path: Path) -> None:
    session = session_of("curve-builder", tmp_path)
    rows = [plain_row(row) for row in side_rows(session, Hand(chosen), 28, 13)]
    assert len(rows) == 13
    assert max(map(cell_width, rows)) <= 28
    assert sum("▌" in row for row in rows) == 1
    shown = sum(control_title(*each) in row for each in session.controls() for row in rows)
    hidden = [int(row.split()[-3]) for row in rows if " more ─" in row]
    assert shown + sum(hidden) == len(session.controls())


def test_values_end_below_each_other_and_only_the_chosen_one_has_arrows(tmp_path: Path) -> None:
    session = session_of("moons-net", tmp_path)
    rows = [plain_row(row) for row in control_rows(session, Hand(1), 26, 9).rows]
    assert ["‹" in row for row in rows] == [number == 1 for number in range(len(rows))]
    assert {len(row.removesuffix(" ›").rstrip()) for row in rows} == {24}
    assert all(row_width(row) == 26 for row in control_rows(session, Hand(1), 26, 9).rows)


@pytest.mark.parametrize(
    ("lab", "goal"),
    [
        ("ball", "f(w) < −3.5"),
        ("long-valley", "L(u, v) < 0.000001"),
        ("two-weight-net", "L(w₁, w₂) < 0.001"),
        ("two-surfaces", "p > 0.9"),
    ],
)
def test_a_drawn_function_is_called_in_its_goal_what_its_lesson_calls_it(lab: str, goal: str) -> None:
    spec = load_lab(lab, LABS)
    assert goal_lines(spec.challenge.goal, spec.model.function)[0] == goal
    assert goal_lines(spec.challenge.goal, spec.model.function, ascii=True)[0].isascii() == ("−" not in goal)


@pytest.mark.parametrize(
    ("lab", "names"),
    [
        ("two-surfaces", ["z₁", "z₂", "L", "p"]),
        ("long-valley", ["u", "v", "L", "λ₁", "λ₂"]),
        ("two-weight-net", ["w₁", "w₂", "L"]),
        ("ball", ["w", "f(w)"]),
    ],
)
def test_what_a_goal_is_about_stands_live_beside_the_charts(lab: str, names: list[str], tmp_path: Path) -> None:
    runs = FakeRuns(tmp_path)
    spec = load_lab(lab, LABS)
    session = LabSession(runs, spec)
    session.start()
    runs.last.write(*some_views(spec))
    session.poll()
    told = [plain_row(row).split()[0] for row in number_rows(session, 40)]
    assert told[2 : 2 + len(names)] == names


def some_views(spec: LabConfig) -> list[Event]:
    """The views of a run of a few epochs."""
    events: list[Event] = []
    run_to_end(with_overrides(spec, {"epochs": 5}), None, events.append)
    return [event for event in events if isinstance(event, View)]


def test_a_control_that_changes_nothing_steps_back_until_another_wakes_it(tmp_path: Path) -> None:
    session = LabSession(FakeRuns(tmp_path), load_lab("ball", LABS))

    def inks() -> dict[str, str]:
        rows = control_rows(session, Hand(), 40, 9).rows
        return {name: row[3].ink for (name, _), row in zip(session.controls(), rows, strict=True)}

    assert (inks()["momentum"], inks()["start"]) == ("muted", "text")
    session.type("optimizer", "momentum")
    assert inks()["momentum"] == "text"


def test_no_columns_chosen_are_all_of_them(tmp_path: Path) -> None:
    session = LabSession(FakeRuns(tmp_path), load_lab("penguins", LABS))
    assert "‹ all " in plain_row(control_rows(session, Hand(), 40, 1).rows[0])
    use_language("zh")
    assert "全部" in plain_row(control_rows(session, Hand(), 40, 1).rows[0])
    session.type("features", '["bill length (mm)"]')
    assert "喙长" in plain_row(control_rows(session, Hand(), 40, 1).rows[0])


def finished_moons(tmp_path: Path) -> LabSession:
    """A session of the lab with a goal of two conditions, whose run reached the first one."""
    runs = FakeRuns(tmp_path)
    session = LabSession(runs, load_lab("moons-net", LABS))
    session.start()
    runs.last.train([0.5, 0.2, 0.1], [0.6, 0.3, 0.2])
    session.poll()
    return session


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_goal_comes_first_and_every_figure_once(language: str, tmp_path: Path) -> None:
    use_language(language)
    session = finished_moons(tmp_path)
    without = ("epochs", "final.train_loss", "final.valid_loss")
    rows = [plain_row(row) for row in side_rows(session, Hand(), 29, 20, without=without)]
    text = "\n".join(rows)
    assert translate("lab.goal") in rows[0]
    assert text.count(translate("lab.updates")) == 1
    for key in ("lab.epoch", "lab.train-loss", "lab.valid-loss"):
        assert not any(row.removeprefix("│ ").startswith(f"{translate(key)} ") for row in rows), key
    assert all(control_title(*each) in text for each in session.controls())
    assert "↓" not in text
    assert all(row.endswith("  ") for row in rows)


def test_a_run_that_has_ended_says_what_to_do_next(tmp_path: Path) -> None:
    session = finished_moons(tmp_path)
    assert not next_text(session)
    assert isinstance(session.follower, FakeFollower)
    session.follower.finish()
    session.poll()
    assert "p pins" in next_text(session)
    session.pin()
    assert "pinned curve" in next_text(session)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_sweep_names_the_settings_that_it_holds_fixed(language: str) -> None:
    use_language(language)
    choice = SweepChoice(load_lab("moons-net", LABS))
    varied = {choice.candidates[index].key for index in choice.chosen}
    text = "".join(plain_row(row) for row in choice_rows(choice, 80)[len(choice.candidates) + 4 :])
    for name, control in choice.spec.controls.items():
        if control.key not in varied:
            assert control_title(name, control).replace(" ", "") in text.replace(" ", "")
