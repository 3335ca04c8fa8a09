"""Settings are declared once, and everything that asks about one asks the same object."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace

import tutor
from tutor.foundation.errors import TutorError
from tutor.foundation.translate import use_language
from tutor.labs.controls import check_setting, nudge
from tutor.labs.faults import LabError
from tutor.labs.lab_config import LabConfig
from tutor.labs.lab_files import read_lab, to_toml, with_overrides
from tutor.labs.settings import SETTINGS, TRAINING_TABLES, find_setting, key_of, short_names
from tutor.ml import optimizers
from tutor.ml.datasets import load_dataset
from tutor.ml.network.training import NetworkTraining
from tutor.ml.schedules import make_schedule
from tutor.ml.settings import DataSettings, ModelSettings, OptimizerSettings, TrainSettings
from tutor.runs.in_process import run_to_end
from tutor.runs.sweep.plan import plan_sweep, refuse_idle_axes

FIRST_EDITION = {
    "optimizer": "optimizer.name", "loss": "loss.name", "model": "model.name", "start": "model.w", "w": "model.w",
    "data_seed": "data.seed", "seed": "train.seed", "learning_rate": "optimizer.learning_rate", "task": "data.task",
    "batch_size": "train.batch_size", "features": "data.features", "text": "data.text", "split": "data.split",
}  # fmt: skip
"""Some short names that lessons use."""
NET: dict[str, object] = {
    "data.name": "moons", "model.name": "mlp", "model.hidden": [8], "loss.name": "cross-entropy",
    "optimizer.name": "adam", "train.batch_size": 16, "train.epochs": 2,
}  # fmt: skip
PLACE = Path("mine.toml")


def faults(text: str) -> list[str]:
    with pytest.raises(LabError) as told:
        read_lab(text, PLACE)
    return [str(fault) for fault in told.value.faults]


@pytest.mark.parametrize("key", SETTINGS)
def test_a_default_is_a_value_that_can_be_set(key: str) -> None:
    setting = SETTINGS[key]
    config = LabConfig()
    assert setting.get(config) == setting.default
    if setting.default is not None:
        assert setting.convert(msgspec.to_builtins(setting.default)) == setting.default
    assert setting.get(setting.with_value(config, 7)) == 7


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_setting_says_what_it_takes_and_what_it_is_called(language: str) -> None:
    use_language(language)
    for key, setting in SETTINGS.items():
        assert "setting." not in setting.title(), key
        assert "runs." not in setting.expected(), key


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("optimizer.learning_rate", "a number from 0 to 1000000"),
        ("optimizer.momentum", "a number from 0 to below 1"),
        ("data.test_fraction", "a number from 0 to 0.9"),  # may be "not given"
        ("data.seed", "a whole number from 0 to 2147483647"),
        ("model.hidden", "a list, each item a whole number from 1 to 4096"),
        ("show.panels", "a list, each item one of autocorrelation, boundary"),
        ("optimizer.name", "one of gd, sgd, momentum"),
        ("data.split", "one of auto, grouped"),
        ("train.max_seconds", "a number above 0 s, up to 86400 s"),
        ("train.shuffle", "true or false"),
        ("data.path", "text in quotes"),
    ],
)
def test_what_a_setting_takes_is_read_from_its_type(key: str, expected: str) -> None:
    assert SETTINGS[key].expected().startswith(expected)


def test_short_names_are_short_for_one_setting_each() -> None:
    assert {name: key_of(name) for name in FIRST_EDITION} == FIRST_EDITION
    assert not set(short_names()) & set(SETTINGS)
    assert all(find_setting(key) is setting for key, setting in SETTINGS.items())
    declared = [name for setting in SETTINGS.values() for name in (setting.short_name, setting.alias) if name]
    assert len(declared) == len(set(declared))


@pytest.mark.parametrize(
    ("key", "wrong", "right"),
    [
        ("data.name", "irsi", "iris"),
        ("model.name", "sofmax", "softmax"),
        ("model.activation", "tahn", "tanh"),
        ("model.function", "sadle", "saddle"),
        ("loss.name", "cros-entropy", "cross-entropy"),
        ("optimizer.name", "adma", "adam"),
        ("optimizer.schedule", "cosin", "cosine"),
        ("data.split", "gruoped", "grouped"),
    ],
)
def test_a_wrong_name_is_told_with_the_nearest_right_one(key: str, wrong: str, right: str) -> None:
    table, _, name = key.partition(".")
    assert f"Did you mean {right}?" in faults(f'[{table}]\n{name} = "{wrong}"\n')[0]
    for ask in (lambda: with_overrides(LabConfig(), {key: wrong}), lambda: plan_sweep(LabConfig(), [f"{key}={wrong}"])):
        with pytest.raises(TutorError, match=wrong):
            ask()
    with pytest.raises(ValueError, match=right):
        check_setting(LabConfig(), key, wrong)


def test_the_library_tells_a_wrong_name_too() -> None:
    """Names are not checked by the structs: a typing error must not train something else."""
    data = load_dataset(DataSettings(name="moons", rows=20), data_folder=None)
    train = TrainSettings(epochs=1)
    with pytest.raises(TutorError, match="adma") as told:
        NetworkTraining(data, ModelSettings(name="softmax"), "mse", OptimizerSettings(name="adma"), train)
    assert "adam" in told.value.hint
    with pytest.raises(TutorError, match="irsi"):
        load_dataset(DataSettings(name="irsi"), data_folder=None)
    with pytest.raises(TutorError, match="tahn"):
        NetworkTraining(
            data, ModelSettings(name="mlp", hidden=(2,), activation="tahn"), "mse", OptimizerSettings(), train
        )
    with pytest.raises(TutorError, match="cosin"):
        make_schedule("cosin")


def test_a_log_of_a_newer_version_can_be_shown() -> None:
    """It may name what is not known here: that is read, and nothing is said of what it changes."""
    encoded = msgspec.json.encode(LabConfig(optimizer=OptimizerSettings(name="lion"), data=DataSettings(name="moon")))
    config = msgspec.json.decode(encoded, type=LabConfig)
    assert config.optimizer.name == "lion"
    assert {SETTINGS[key].idle_reason(config) for key in ("data.noise", "data.rows", "model.w", "train.seed")} == {""}
    assert "lion" in SETTINGS["optimizer.momentum"].idle_reason(config)


# -- an optimizer --------------------------------------------------------------------------------------------------


class Nudged(optimizers.Optimizer):
    """θ ← θ − η g, with a momentum that it only reads: an optimizer that nobody has heard of."""

    uses = ("momentum",)

    def start(self, settings: OptimizerSettings) -> None:
        self.momentum = settings.momentum

    def step(self, learning_rate: float) -> None:
        self.parameters -= learning_rate * self.gradient


@pytest.mark.parametrize("name", ["adamw", "nudged"])
def test_an_optimizer_works_everywhere_by_being_registered(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(optimizers.OPTIMIZERS, "nudged", Nudged)
    own = {"momentum": 0.5} if name == "nudged" else {"weight_decay": 0.1}
    text = to_toml(with_overrides(LabConfig(), {**NET, "optimizer.name": name, **own}))
    lab = read_lab(text.replace("[controls]", f'[controls]\noptimizer = ["gd", "{name}"]'), PLACE)
    assert lab.optimizer.name == name
    assert nudge(lab.controls["optimizer"], "gd", 1) == name
    assert check_setting(lab, "optimizer", name) == ("optimizer.name", name)
    assert with_overrides(with_overrides(LabConfig(), NET), {"optimizer": name}).optimizer.name == name
    plan = plan_sweep(lab, [f"optimizer=gd,{name}", "seed=1..2"])
    refuse_idle_axes(plan)
    assert plan.spec_of(3).optimizer.name == name
    summary = run_to_end(lab, None)
    assert summary.state == "finished"
    assert summary.epoch == 2
    assert name in faults('[optimizer]\nname = "adamax"\n')[0]
    refused = faults('[optimizer]\nname = "least-squares"\n[model]\nname = "mlp"\n')
    assert any("which takes gd, sgd, momentum, adagrad, adagrad-mean, rmsprop, adam, adamw" in each for each in refused)


def test_an_optimizer_says_which_settings_are_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(optimizers.OPTIMIZERS, "nudged", Nudged)
    lab = with_overrides(LabConfig(), NET)
    reason = SETTINGS["optimizer.momentum"].idle_reason(lab)
    assert "momentum, nudged" in reason
    own = {"nudged": "momentum", "momentum": "momentum", "rmsprop": "alpha", "adamw": "weight_decay"}
    for name, key in own.items():
        assert SETTINGS[f"optimizer.{key}"].idle_reason(with_overrides(lab, {"optimizer": name})) == ""
    assert "rmsprop only" in SETTINGS["optimizer.alpha"].idle_reason(lab)


def test_weight_decay_of_adamw_shrinks_the_weights_of_a_run() -> None:
    lab = with_overrides(LabConfig(), {**NET, "optimizer.name": "adamw", "train.epochs": 30, "show.panels": ["norms"]})
    norms = []
    for decay in (0.0, 5.0):
        views = run_to_end(with_overrides(lab, {"weight_decay": decay}), None).views
        frame = views["norms"].frame
        assert frame is not None
        norms.append(frame["parameters"][-1])  # type: ignore[index]
    assert norms[1] < 0.7 * norms[0]


# -- a setting -----------------------------------------------------------------------------------------------------


def test_a_setting_that_came_later_names_another_sweep_only_when_it_is_set() -> None:
    """Each setting that was added says so: the digest of all that are kept stays (see also tests/kept)."""
    lab = replace(LabConfig(), data=DataSettings(name="csv", path="none.csv", target="y"))
    plan = plan_sweep(lab, ["seed=1,2"])
    later = [setting for setting in SETTINGS.values() if setting.since > 1]
    keys = [
        "data.decimal", "model.initial_scale", "model.residual_scaling", "model.decision_threshold",
    ]  # fmt: skip
    assert [setting.key for setting in later] == keys
    changed = replace(plan, spec=SETTINGS["data.decimal"].with_value(lab, "comma"))
    assert changed.identity() != plan.identity()


NEW = '''    dampening: Annotated[float, setting(live=True, applies=_descends, since=2, ge=0.0, le=0.5)] = 0.0
    """How much of each gradient is left out."""
'''
TRY = """
from pathlib import Path
from tutor.foundation.translate import use_language
from tutor.labs.controls import check_setting, control_title, nudge
from tutor.labs.lab_config import LabConfig
from tutor.labs.lab_files import read_lab, with_overrides
from tutor.labs.settings import SETTINGS
from tutor.labs.lab_files import to_toml
from tutor.runs.sweep.plan import plan_sweep

lab = read_lab("[optimizer]\\ndampening = 0.1\\n[controls]\\ndampening = [0.0, 0.5]\\n", Path("x.toml"))
assert lab.optimizer.dampening == 0.1
assert with_overrides(lab, {"dampening": 0.2}).optimizer.dampening == 0.2
assert nudge(lab.controls["dampening"], 0.0, 1) == 0.0125
assert plan_sweep(lab, ["dampening=0,0.1"]).spec_of(1).optimizer.dampening == 0.1
assert SETTINGS["optimizer.dampening"].live
assert SETTINGS["optimizer.dampening"].idle_reason(with_overrides(lab, {"optimizer": "least-squares"}))
assert "dampening = 0.1" in to_toml(lab)
try:
    check_setting(lab, "dampening", 2)
except ValueError as error:
    assert "a number from 0 to 0.5" in str(error), error
for language, title in (("en", "dampening"), ("zh", "阻尼")):
    use_language(language)
    assert control_title("dampening", lab.controls["dampening"]) == title
print(plan_sweep(LabConfig(), ["seed=1,2"]).identity())
"""


def test_a_new_setting_is_one_field_and_its_two_words(tmp_path: Path) -> None:
    """A copy of the package gets a setting: lab files, ``--set``, controls, sweeps, titles and limits know it."""
    package = tmp_path / "tutor"
    shutil.copytree(Path(tutor.__file__).parent, package, ignore=shutil.ignore_patterns("__pycache__", "tui", "plain"))
    settings = package / "ml" / "settings.py"
    text = settings.read_text(encoding="utf-8")
    before = "    weight_decay: Annotated[float, setting("
    assert text.count(before) == 1
    settings.write_text(text.replace(before, NEW + before), encoding="utf-8")
    for language, title in (("en", "dampening"), ("zh", "阻尼")):
        words = package / "translations" / language / "setting.toml"
        words.write_text(f'{words.read_text(encoding="utf-8")}optimizer-dampening = "{title}"\n', encoding="utf-8")
    tried = subprocess.run([sys.executable, "-c", TRY], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert tried.returncode == 0, tried.stderr
    assert tried.stdout.strip() == plan_sweep(LabConfig(), ["seed=1,2"]).identity()


def test_what_was_asked_is_written_in_the_order_of_the_first_edition() -> None:
    """``id`` stands above all tables, or TOML would count it among the keys of one."""
    written = tomllib.loads(to_toml(LabConfig()))
    assert list(written) == ["id", "title", "about", *TRAINING_TABLES, "show", "controls", "challenge", "mine"]
