"""Every option beside every kind of model: it changes something, or it is refused or told before a run starts."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path

import pytest

from tutor.foundation.errors import ExitCode, TutorError
from tutor.foundation.translate import use_language
from tutor.labs.faults import LabError
from tutor.labs.lab_config import LabConfig
from tutor.labs.lab_files import list_labs, load_lab, with_overrides
from tutor.labs.own_lab import require_columns
from tutor.labs.settings import SETTINGS
from tutor.labs.validate import refuse_idle
from tutor.runs.in_process import run_to_end
from tutor.runs.sweep.plan import SweepChoice, plan_sweep, refuse_idle_axes

LESSONS = Path(__file__).resolve().parents[2] / "lessons"
_CLASSES = {"loss.name": "cross-entropy", "optimizer.name": "adam", "train.batch_size": 16, "train.epochs": 2}
_DRAWN = {"data.name": "curve", "model.name": "function", "loss.name": "function", "train.epochs": 3, "model.w": 0.9}
_RULE = {"data.name": "mails", "loss.name": "mistakes", "train.epochs": 3, "data.test_fraction": 0.2}

FAMILIES: dict[str, dict[str, object]] = {
    "line by gradient descent": {"data.lags": 3, "train.epochs": 2, "show.panels": ["loss", "weights"]},
    "one line by least squares": {"optimizer.name": "least-squares", "train.epochs": 1},
    "line by hand": {"optimizer.name": "manual", "train.epochs": 1},
    "naive": {"model.name": "naive", "data.lags": 3, "train.epochs": 1},
    "line over dust and weather": {"data.name": "air", "data.rows": 300, "data.lags": 3, "train.epochs": 2},
    "polynomial": {
        "data.name": "quadratic", "model.name": "polynomial", "model.degree": 3, "optimizer.name": "adam",
        "train.batch_size": 4, "train.epochs": 2,
    },
    "sum of bends": {
        "data.name": "wave", "data.rows": 60, "model.name": "mlp", "model.hidden": [3], "model.activation": "sigmoid",
        "train.epochs": 2,
    },
    "net over points": {
        "data.name": "moons", "data.rows": 80, "model.name": "mlp", "model.hidden": [6, 6], **_CLASSES,
    },
    "softmax over flowers": {"data.name": "iris", "model.name": "softmax", **_CLASSES},
    "line over class numbers": {
        "data.name": "iris", "data.target_as": "class-number", "optimizer.name": "momentum", "train.epochs": 2,
        "train.batch_size": 16,
    },
    "net over frames": {"data.name": "phones", "data.rows": 400, "model.name": "mlp", "model.hidden": [4], **_CLASSES},
    "writer": {
        "data.name": "text", "model.name": "char-mlp", "model.hidden": [4], **_CLASSES, "train.batch_size": 300,
        "show.panels": ["loss", "text"],
    },
    "ball": {**_DRAWN, "show.panels": ["loss", "curve"]},
    "valley": {**_DRAWN, "model.function": "bowl", "model.b": 0.5, "show.panels": ["loss", "surface"]},
    "rule": {**_RULE, "model.name": "keyword-rule", "optimizer.name": "none", "show.panels": ["loss", "threshold"]},
    "learned threshold": {**_RULE, "model.name": "threshold", "optimizer.name": "search"},
    "coins": {
        "data.name": "coins", "model.name": "coin-flips", "loss.name": "mistakes", "optimizer.name": "search",
        "train.epochs": 5,
    },
}  # fmt: skip
"""By name, what makes a small run of each kind of model there is."""

OPTIONS: dict[str, list[object]] = {
    "data.rows": [50],
    "data.lags": [5],
    "data.test_fraction": [0.4],
    "data.noise": [0.7],
    "data.seed": [11],
    "data.viral_day": [5.0],
    "data.class_order": [[1, 0], [0, 2, 1]],
    "data.target_as": ["class-number"],
    "data.tricky_share": [0.3],
    "data.frames": [3],
    "data.text": ["tale-en"],
    "data.context": [2],
    "data.folds": [3],
    "data.split": ["grouped"],
    "data.target": ["bingo"],
    "model.hidden": [[3], [5, 5]],
    "model.depth": [2],
    "model.activation": ["tanh"],
    "model.initial_scale": [1.5],
    "model.dropout": [0.5],
    "model.batch_norm": [True],
    "model.placed": [True],
    "model.sign_bug": [True],
    "model.degree": [2],
    "model.function": ["saddle"],
    "model.b": [0.3],
    "model.keyword": ["winner", "bingo"],
    "model.threshold": [3.0],
    "model.temperature": [0.3],
    "model.decision_threshold": [0.0],
    "loss.name": ["mse", "mae", "cross-entropy", "mistakes", "function"],
    "loss.offset": [0.5],
    "optimizer.name": ["momentum", "rmsprop", "least-squares", "manual", "search", "none"],
    "optimizer.learning_rate": [0.003],
    "optimizer.momentum": [0.3],
    "optimizer.schedule": ["linear-decay", "warm-up"],
    "optimizer.alpha": [0.2],
    "optimizer.weight_decay": [0.1],
    "optimizer.gradient_clip": [0.01],
    "optimizer.gradient_noise": [0.1],
    "optimizer.warm_up": [2],
    "optimizer.eigenvector_step": [0.2],
    "train.batch_size": [7],
    "train.seed": [5],
    "train.shuffle": [False],
}

ONLY_THE_DATA_TELLS = {("line over class numbers", "model.b", "0.3")}
"""What changes nothing and is told nowhere: how many features a table has is not in the spec."""


def small(family: str) -> LabConfig:
    return with_overrides(LabConfig(), FAMILIES[family])


def look(spec: LabConfig) -> object:
    """Everything that a run shows, but the time it took."""
    summary = run_to_end(spec, LESSONS / "data")
    assert summary.state in {"finished", "diverged", "stopped"}, f"only the worker refuses this: {summary.message}"
    facts = {name: value for name, value in summary.facts().items() if name not in {"seconds", "learning_rate"}}
    views = {name: json.dumps([view.scene, view.frame], default=str) for name, view in summary.views.items()}
    return str(facts), views, summary.train_losses.tobytes(), summary.valid_losses.tobytes()


@pytest.mark.parametrize("family", FAMILIES)
def test_an_option_changes_something_or_is_refused_or_told(family: str) -> None:
    base = small(family)
    before = look(base)
    silent, untrue = [], []
    for key, values in OPTIONS.items():
        for value in values:
            try:
                spec = with_overrides(base, {key: value})
            except LabError:
                continue
            if SETTINGS[key].get(spec) == SETTINGS[key].get(base):
                continue
            told, same = SETTINGS[key].idle_reason(spec), look(spec) == before
            if told and not same:
                untrue.append((key, value, told))
            if same and not told and (family, key, str(value)) not in ONLY_THE_DATA_TELLS:
                silent.append((key, value))
    assert silent == []
    assert untrue == []


def test_what_a_lab_says_itself_is_no_mistake_and_what_changes_nothing_is_told_at_once() -> None:
    lab = load_lab("one-lag", LESSONS / "labs")
    refuse_idle(lab, lab, {"model.hidden": [], "hidden": []})
    wanted = with_overrides(lab, {"hidden": [16], "batch_size": 8})
    with pytest.raises(LabError) as told:
        refuse_idle(wanted, lab, ["hidden", "batch_size", "learning_rate"])
    assert told.value.exit_code == ExitCode.USAGE
    assert [fault.key for fault in told.value.faults] == ["model.hidden", "train.batch_size"]
    assert "mlp" in str(told.value)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_reason_is_a_sentence(language: str) -> None:
    use_language(language)
    try:
        for family in FAMILIES:
            spec = small(family)
            for key in (*OPTIONS, "data.path", "data.group", "data.features", "data.standardise", "data.split"):
                told = SETTINGS[key].idle_reason(spec)
                assert told == "" or told[-1] in ".。", (family, key, told)
                assert "{" not in told
    finally:
        use_language("en")


def test_a_sweep_whose_cells_would_be_alike_is_refused_but_not_one_of_which_some_differ() -> None:
    valley = load_lab("long-valley", LESSONS / "labs")
    with pytest.raises(LabError, match="alike") as told:
        refuse_idle_axes(plan_sweep(valley, ["momentum=0.1,0.9"]))
    assert told.value.exit_code == ExitCode.USAGE
    refuse_idle_axes(plan_sweep(valley, ["optimizer=gd,momentum", "momentum=0.1,0.9"]))
    with pytest.raises(LabError, match="hidden"):
        refuse_idle_axes(plan_sweep(load_lab("one-lag", LESSONS / "labs"), ["hidden=[4],[8]"]))


def test_a_value_that_no_cell_can_have_is_refused_before_the_sweep_and_one_that_some_can_is_not() -> None:
    net = load_lab("moons-net", LESSONS / "labs")
    with pytest.raises(TutorError, match="mae") as told:
        refuse_idle_axes(plan_sweep(net, ["loss=mse,mae", "learning_rate=0.01,0.1"]))
    assert told.value.exit_code == ExitCode.USAGE
    refuse_idle_axes(plan_sweep(net, ["batch_norm=true,false", "batch_size=1,8"]))


def test_the_screen_of_sweeps_refuses_alike() -> None:
    choice = SweepChoice(load_lab("ball", LESSONS / "labs"))
    keys = [candidate.key for candidate in choice.candidates]
    choice.chosen = [keys.index("optimizer.momentum")]
    with pytest.raises(LabError, match="momentum"):
        choice.plan()
    choice.chosen = [keys.index("optimizer.name"), keys.index("optimizer.momentum")]
    assert choice.plan().count > 1


def test_a_column_that_is_not_there_is_a_mistake_told_before_the_start() -> None:
    folder = LESSONS / "data"
    flowers = load_lab("three-species", LESSONS / "labs", {"data.features": ["petal width (cm)"]})
    require_columns(flowers, folder)
    with pytest.raises(TutorError, match="petal widht") as told:
        require_columns(with_overrides(flowers, {"data.features": ["petal widht (cm)"]}), folder)
    assert told.value.exit_code == ExitCode.USAGE
    assert "petal width (cm)" in told.value.hint


@pytest.mark.parametrize("control", ["optimizer.momentum", "optimizer.alpha", "optimizer.warm_up"])
def test_the_controls_of_labs_are_idle_at_most_until_another_is_turned(control: str) -> None:
    lab = load_lab("tame-the-burst", LESSONS / "labs")
    assert SETTINGS[control].idle_reason(lab)
    turned = {"optimizer.momentum": "momentum", "optimizer.alpha": "rmsprop"}.get(control)
    changes = {"optimizer": turned} if turned else {"schedule": "warm-up"}
    assert SETTINGS[control].idle_reason(with_overrides(lab, changes)) == ""


@pytest.mark.parametrize("name", list_labs(LESSONS / "labs"))
def test_every_control_of_a_lab_changes_something_or_is_woken_by_another_one(name: str) -> None:
    lab = load_lab(name, LESSONS / "labs")
    ways = [lab]
    for control in lab.controls.values():
        for value in control.choices:
            with suppress(LabError):
                ways.append(with_overrides(lab, {control.key: value}))
    idle = [
        control.key for control in lab.controls.values() if all(SETTINGS[control.key].idle_reason(way) for way in ways)
    ]
    assert idle == []
