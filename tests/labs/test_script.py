"""Labs as scripts: each part that a lab uses is written, and reaches the losses of the lab."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest

from tutor.foundation.errors import TutorError
from tutor.labs.lab_config import LabConfig
from tutor.labs.lab_files import load_lab
from tutor.labs.mine import MineProgram, Programs
from tutor.labs.script.script import Kind, make_script, reason_against
from tutor.ml.datasets import load_dataset
from tutor.ml.factory import make_training

LESSONS = Path(__file__).resolve().parents[2] / "lessons"
DATA = LESSONS / "data"


def lab(name: str, **settings: object) -> LabConfig:
    return load_lab(name, LESSONS / "labs", {key.replace("__", "."): value for key, value in settings.items()})


def printed(
    config: LabConfig, folder: Path, capsys: pytest.CaptureFixture[str], kind: Kind = "numpy",
    programs: Programs | None = None,
) -> list[list[float]]:  # fmt: skip
    """The losses that a script prints, a row for each epoch."""
    script = make_script(config, DATA, kind, programs)
    assert "tutor" not in [word for line in script.source.splitlines() if "import" in line for word in line.split()]
    script.write(folder)
    capsys.readouterr()
    runpy.run_path(str(folder / f"{script.stem}.py"))
    return [[float(cell) for cell in line.split()[1:]] for line in capsys.readouterr().out.splitlines()[1:]]


def trained(config: LabConfig) -> list[list[float]]:
    data = load_dataset(config.data, data_folder=DATA)
    training = make_training(data, config.model, config.loss.name, config.optimizer, config.train, config.loss.offset)
    return [[loss for loss in (each.train_loss, each.valid_loss) if loss is not None] for each in training.epochs()]


EVERYTHING = lab(
    "digits-net", rows=300, hidden=[24, 24], depth=2, activation="tanh", residual=True, dropout=0.3, batch_norm=True,
    initial_scale=0.9, optimizer="momentum", schedule="warm-up", weight_decay=0.01, gradient_clip=0.5, epochs=3,
)  # fmt: skip


@pytest.mark.parametrize(
    "config",
    [
        EVERYTHING,
        lab("three-species", optimizer="adamw", weight_decay=0.1, schedule="cosine", loss="mse", epochs=5),
        lab("overfit-net", optimizer="rmsprop", gradient_noise=0.01, schedule="inverse-sqrt", epochs=5),
        lab("curve-builder", activation="sigmoid", optimizer="gd", epochs=5),
        lab("two-weight-net", start=-0.001, gradient_noise=0.1, eigenvector_step=0.1, epochs=9),
        lab("degrees"),
    ],
    ids=lambda config: config.id,
)
def test_a_script_reaches_the_losses_of_its_lab(
    config: LabConfig, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    script, of_lab = printed(config, tmp_path, capsys), trained(config)
    assert len(script) == len(of_lab)
    for ours, theirs in zip(script, of_lab, strict=True):
        assert ours == pytest.approx(theirs, rel=2e-6)


def test_only_what_a_lab_uses_is_written() -> None:
    plain = make_script(lab("digits-net", epochs=2), DATA).source
    assert not {"dropout", "normal", "WEIGHT_DECAY", "clip", "PATIENCE"} & set(plain.replace("(", " ").split())
    assert len(plain.splitlines()) <= 100
    assert max(map(len, plain.splitlines())) <= 100


def test_training_stops_where_the_loss_no_longer_falls(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = lab("one-lag", learning_rate=1.0, epochs=50, stop="no-improvement 3", loss="mae")
    losses = [row[-1] for row in printed(config, tmp_path, capsys)]
    assert len(losses) < 50
    assert len(losses) - (losses.index(min(losses)) + 1) == 3


MOMENTUM = """
import numpy as np

def step(theta, g, v, t, lr, beta=0.9):
    v = beta * v - lr * g
    return theta + v, v
"""
GRADIENT = """
def gradient(w, b, x, y):
    error = w * x + b - y
    return 2 * (error * x).mean(), 2 * error.mean()
"""


def test_the_learners_functions_stand_where_the_built_in_ones_stood(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = lab("one-lag", optimizer="momentum", epochs=5)
    programs = {
        "optimizer": MineProgram("momentum", "step", ("theta", "g", "v", "t", "lr", "beta"), MOMENTUM),
        "gradient": MineProgram("mse-gradient", "gradient", ("w", "b", "x", "y"), GRADIENT),
    }
    script = make_script(config, DATA, programs=programs).source
    assert GRADIENT.strip() in script
    assert "def loss_slope" not in script
    assert script.count("import numpy as np") == 1
    for ours, theirs in zip(printed(config, tmp_path, capsys, programs=programs), trained(config), strict=True):
        assert ours == pytest.approx(theirs, rel=1e-5)


def test_a_function_that_the_lab_has_no_place_for_is_in_no_script() -> None:
    gradient = MineProgram("mse-gradient", "gradient", ("w", "b", "x", "y"), GRADIENT)
    with pytest.raises(TutorError, match="one feature"):
        make_script(lab("digits-net"), DATA, programs={"gradient": gradient})
    with pytest.raises(TutorError, match="no place"):
        make_script(lab("ball"), DATA, programs={"loss": MineProgram("own-loss", "loss", ("z", "y"), "")})


def test_what_cannot_be_written_is_refused_with_a_reason() -> None:
    said = {
        name: reason_against(lab(name)) for name in ("two-sliders", "spam-rule", "coin-flips", "bicycles", "digits-net")
    }
    assert said.pop("digits-net") == ""
    assert all(said.values())
    assert len(set(said.values())) == 3  # both rules for one reason
    assert reason_against(lab("ball")) == ""
    assert reason_against(lab("ball"), "pytorch")


@pytest.mark.parametrize(
    "config",
    [
        lab("digits-net", rows=300, hidden=[16, 16], weight_decay=0.01, schedule="cosine", batch_norm=True, epochs=3),
        lab("one-lag", optimizer="momentum", schedule="linear-decay", gradient_clip=0.5, epochs=5),
    ],
    ids=lambda config: config.id,
)
def test_a_pytorch_script_follows_the_curve_of_its_lab(
    config: LabConfig, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("torch", reason="torch is not installed: pip install tutor-ml[torch]")
    script, of_lab = printed(config, tmp_path, capsys, "pytorch"), trained(config)
    for ours, theirs in zip(script, of_lab, strict=True):
        assert ours == pytest.approx(theirs, rel=1e-3)


BATCH = ["rows = order[start : start + BATCH_SIZE]", "t += 1", "x, y = x_train[rows], y_train[rows]"]
BACKWARD = "gradients = backward(outputs, loss_slope(outputs[-1], {}))"


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        (
            lab("one-step", gradient_clip=0.5),
            {
                "batch": ["for epoch in range(1, EPOCHS + 1):"],
                "forward-hidden": ["z = outputs[-1] @ W.T + b", "outputs = forward(x_train)"],
                "forward-output": [
                    "return outputs + [outputs[-1] @ weights[-1].T + biases[-1]]", "outputs = forward(x_train)",
                ],
                "loss": ["return np.mean((outputs - y) ** 2)", BACKWARD.format("y_train")],
                "backward-output": ["return 2 * (outputs - y) / y.size", BACKWARD.format("y_train")],
                "backward-hidden": ["slope = slope @ weights[layer] * (a * (1 - a))", BACKWARD.format("y_train")],
                "rules": ["if norm > GRADIENT_CLIP:"],
                "update": ["for theta, g in zip(parameters, gradients):", "theta -= LEARNING_RATE * g"],
                "after": ["train_loss = loss(forward(x_train)[-1], y_train)"],
            },
        ),
        (
            lab("one-lag"),
            {
                "batch": ["for epoch in range(1, EPOCHS + 1):"],
                "forward-output": ["return x @ W.T + b", "slope = loss_slope(forward(x_train), y_train)"],
                "loss": ["return np.mean((outputs - y) ** 2)", "slope = loss_slope(forward(x_train), y_train)"],
                "backward-output": ["gradients = [slope.T @ x_train, slope.sum(axis=0)]"],
                "update": ["theta -= LEARNING_RATE * g"],
                "after": ["train_loss = loss(forward(x_train), y_train) * y_scale**2"],
            },
        ),
        (
            lab("moons-net", weight_decay=0.1),
            {
                "batch": BATCH,
                "forward-hidden": ["outputs.append(np.maximum(z, 0))", "outputs = forward(x)"],
                "forward-output": ["return powers / powers.sum(axis=1, keepdims=True)", "outputs = forward(x)"],
                "loss": ["return (softmax(z) - y) / len(z)", BACKWARD.format("y")],
                "backward-output": ["return (softmax(z) - y) / len(z)", BACKWARD.format("y")],
                "backward-hidden": ["slope = slope @ weights[layer] * (a > 0)", BACKWARD.format("y")],
                "rules": ["g = g + WEIGHT_DECAY * theta"],
                "update": ["theta -= LEARNING_RATE * m_hat / (np.sqrt(v_hat) + 1e-8)"],
                "after": ["train_loss = loss(forward(x_train)[-1], y_train)"],
            },
        ),
    ],
    ids=lambda each: getattr(each, "id", ""),
)  # fmt: skip
def test_a_script_knows_which_lines_run_in_each_stage_of_an_update(
    config: LabConfig, expected: dict[str, list[str]]
) -> None:
    script = make_script(config, DATA)
    lines = [line.strip() for line in script.source.splitlines()]
    found: dict[str, list[str]] = {
        stage: [lines[number - 1] for number in numbers] for stage, numbers in script.stages.items()
    }
    assert found.keys() == expected.keys()
    for stage, statements in expected.items():
        assert [line for line in found[stage] if line in statements] == statements, stage
    assert not any(line.startswith("def ") for each in found.values() for line in each)
