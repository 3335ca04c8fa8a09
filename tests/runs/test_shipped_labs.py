"""The labs of the course: each loads, ends, shows all its panels, and has a goal that must be worked for."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import msgspec
import pytest

from tutor.course.conditions import parse
from tutor.labs.controls import control_title, nudge
from tutor.labs.lab_config import LabConfig
from tutor.labs.lab_files import list_labs, load_lab, with_overrides
from tutor.labs.settings import SETTINGS
from tutor.runs.events import Event
from tutor.runs.in_process import run_to_end
from tutor.runs.log import ATOMIC_LINE_BYTES
from tutor.runs.summary import RunSummary

LESSONS = Path(__file__).resolve().parents[2] / "lessons"
LABS = list_labs(LESSONS / "labs")
each_lab = pytest.mark.parametrize(
    "name", [pytest.param(name, marks=pytest.mark.xdist_group(f"lab-{name}")) for name in LABS]
)
"""All tests of a lab go to one worker of pytest, which trains it once."""


def load(name: str, **overrides: object) -> LabConfig:
    return load_lab(name, LESSONS / "labs", {key.replace("__", "."): value for key, value in overrides.items()})


@cache
def done(name: str) -> tuple[RunSummary, list[Event]]:
    events: list[Event] = []
    return run_to_end(load(name), LESSONS / "data", events.append), events


def test_there_are_labs() -> None:
    assert {"spam-rule", "two-sliders", "one-lag", "ball", "three-species", "species-numbers"} <= set(LABS)


@each_lab
def test_a_lab_comes_to_its_end_and_shows_every_panel(name: str) -> None:
    summary, _ = done(name)
    spec = load(name)
    assert summary.state == "finished", summary.message
    assert set(summary.views) == set(spec.show.panels) - {"loss"}
    assert all(view.frame for view in summary.views.values())
    assert spec.id == name


@each_lab
def test_a_lab_speaks_every_language(name: str) -> None:
    spec = load(name)
    assert set(spec.title) == set(spec.about) == {"en", "zh"}
    for short_name, control in spec.controls.items():
        assert control_title(short_name, control) != ""


def test_the_parameters_of_a_drawn_function_go_by_its_symbols() -> None:
    titles = [control_title(name, control) for name, control in load("two-surfaces").controls.items()]
    assert titles[1:3] == ["z1", "z2"]
    assert control_title("w", load("two-sliders").controls["w"]) == "weight w"


@each_lab
def test_a_goal_has_to_be_worked_for(name: str) -> None:
    goal = load(name).challenge.goal
    if goal:
        condition = parse(goal)
        assert set(condition.names) <= set(done(name)[0].facts())
        assert not condition.holds(done(name)[0].facts())


@pytest.mark.parametrize(
    ("name", "overrides"),
    [
        ("ball", {"learning_rate": 0.1}),
        ("one-lag", {"learning_rate": 0.4, "epochs": 10}),
        ("two-sliders", {"w": 0.73, "b": 1.22}),
        ("spam-rule", {"threshold": 2.0}),
        ("look-back", {"lags": 28}),
        ("curve-builder", {"hidden": [6], "activation": "sigmoid"}),
        ("shapes-and-gradients", {"lags": 7, "hidden": [10], "activation": "relu"}),
        ("loss-ticker", {"batch_size": 100, "learning_rate": 0.5, "epochs": 15}),
        ("three-species", {"learning_rate": 0.1, "epochs": 100}),
        ("penguins", {"features": ("bill length (mm)", "bill depth (mm)")}),
        ("diabetes", {"features": ("bmi", "s5", "bp", "sex", "s3")}),
        ("real-mails", {"hidden": (16,), "epochs": 10}),
        ("two-surfaces", {"optimizer": "momentum", "epochs": 10}),
        ("frame-classifier", {"frames": 11, "hidden": [128, 128], "batch_norm": True, "dropout": 0.5}),
        ("real-voices", {"frames": 11}),
        ("name-writer", {"context": 8, "epochs": 60}),
        ("air-quality", {"features": (), "lags": 9, "learning_rate": 0.1}),
        ("week-lags", {"learning_rate": 0.003, "hidden": [64, 64]}),
        ("moons-net", {"epochs": 20}),
        ("digits-net", {"epochs": 10, "learning_rate": 0.005}),
        ("two-weight-net", {"w1": -1.5, "w2": 0.5}),
        ("long-valley", {"optimizer": "adam", "learning_rate": 1.0, "epochs": 500}),
        ("tame-the-burst", {"schedule": "linear-decay"}),
        ("depth-width", {"depth": 4}),
        ("very-deep", {"residual": True}),
        ("sigmoid-stack", {"optimizer": "adam", "learning_rate": 0.001}),
        ("degrees", {"degree": 2, "rows": 200}),
        ("overfit-net", {"weight_decay": 0.1}),
        ("coin-flips", {"rows": 20}),
        ("three-folds", {"degree": 2}),
        ("speakers", {"split": "grouped"}),
        ("batch-bench", {"batch_size": 1280, "optimizer": "momentum", "learning_rate": 0.2, "epochs": 60}),
    ],
)
def test_a_goal_can_be_met_with_the_controls_of_its_lab(name: str, overrides: dict[str, object]) -> None:
    spec = load(name)
    turned = {spec.controls[control].key: value for control, value in overrides.items()}
    facts = run_to_end(with_overrides(spec, turned), LESSONS / "data").facts()
    assert parse(spec.challenge.goal).holds(facts)


@each_lab
def test_every_turn_of_every_control_is_a_spec(name: str) -> None:
    spec = load(name)
    for control in spec.controls.values():
        for steps in (-100, -3, -1, 1, 2, 100):
            turned = with_overrides(spec, {control.key: nudge(control, SETTINGS[control.key].get(spec), steps)})
            assert control.allows(SETTINGS[control.key].get(turned))


@each_lab
def test_every_line_of_a_run_stays_whole(name: str) -> None:
    assert max(len(msgspec.json.encode(event)) for event in done(name)[1]) < ATOMIC_LINE_BYTES


@each_lab
def test_the_same_spec_gives_the_same_losses_bit_for_bit(name: str) -> None:
    first = done(name)[0]
    again = run_to_end(load(name), LESSONS / "data")
    assert again.train_losses.tobytes() == first.train_losses.tobytes()
    assert again.valid_losses.tobytes() == first.valid_losses.tobytes()


def test_a_rule_loses_by_tricky_mails_and_a_learner_loses_less() -> None:
    rule = [run_to_end(load("spam-rule", tricky_share=share), None).facts() for share in (0.0, 0.3)]
    learner = [run_to_end(load("spam-learner", tricky_share=share), None).facts() for share in (0.0, 0.3)]
    assert float(rule[1]["final.train_accuracy"]) < float(rule[0]["final.train_accuracy"]) - 0.05
    assert float(learner[1]["final.train_accuracy"]) > float(rule[1]["final.train_accuracy"])
    assert learner[1]["final.threshold"] != learner[0]["final.threshold"]


def test_a_viral_day_moves_the_squared_error_more() -> None:
    def slope(loss: str, viral_day: float) -> float:
        return float(run_to_end(load("one-lag", loss=loss, viral_day=viral_day), None).facts()["final.w"])

    moved = {loss: abs(slope(loss, 20.0) - slope(loss, 1.0)) for loss in ("mae", "mse")}
    assert moved["mse"] > 5 * moved["mae"]


@pytest.mark.parametrize(
    ("name", "overrides", "diverges"),
    [
        ("one-lag", {"learning_rate": 0.9}, False),
        ("one-lag", {"learning_rate": 5.0}, True),
        ("one-lag", {"standardise": False, "learning_rate": 0.03}, False),
        ("one-lag", {"standardise": False}, True),
        ("ball", {"learning_rate": 0.2}, True),
    ],
)
def test_a_learning_rate_that_is_too_large_diverges(name: str, overrides: dict[str, object], diverges: bool) -> None:
    summary = run_to_end(with_overrides(load(name), overrides), None)
    assert summary.diverged is diverges
    assert (summary.state == "diverged") is diverges


def test_the_number_of_a_species_matters_to_a_regression() -> None:
    def accuracy(order: list[int]) -> float:
        return float(
            run_to_end(load("species-numbers", class_order=order), LESSONS / "data").facts()["final.train_accuracy"]
        )

    assert accuracy([0, 1, 2]) > 0.95
    assert accuracy([0, 2, 1]) < 0.65


@pytest.mark.parametrize(("folds", "rows"), [(0, 1), (3, 3), (5, 5)])
def test_the_folds_are_shown_and_without_them_the_one_split(folds: int, rows: int) -> None:
    frame = run_to_end(load("three-folds", folds=folds), None).views["folds"].frame
    assert len(frame["valid"]) == rows  # type: ignore[arg-type]
