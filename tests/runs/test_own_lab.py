"""A lab of the learner's own table: what it chooses by itself, what it is told, what it refuses."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tutor.foundation.errors import ExitCode, TutorError
from tutor.foundation.translate import use_language
from tutor.labs.lab_config import LabConfig
from tutor.labs.lab_files import load_lab
from tutor.labs.own_lab import keep_lab, own_lab
from tutor.runs.in_process import run_to_end


def houses(folder: Path, rows: int = 60, name: str = "My Houses.csv") -> Path:
    """Town, rooms, area, whether sold, price: the price is twice the area, and a town costs 30 more."""
    lines = ["town,rooms,area,sold,price"]
    for n in range(rows):
        area = 40 + 7 * (n % 13)
        town = ("Oslo", "Bergen")[n % 2]
        lines.append(f"{town},{1 + n % 5},{area},{n % 2},{2 * area + (30 if town == 'Oslo' else 0) + 0.5}")
    path = folder / name
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def lab(folder: Path, target: str = "price", **chosen: Any) -> LabConfig:
    return own_lab(houses(folder), {"data.target": target, **chosen})


@pytest.mark.parametrize(
    ("target", "chosen", "model", "loss", "panels"),
    [
        ("price", {}, "linear", "mse", ("loss", "series", "weights")),
        ("price", {"features": ["area"]}, "linear", "mse", ("loss", "fit", "surface")),
        ("price", {"hidden": [16, 16]}, "mlp", "mse", ("loss", "series")),
        ("price", {"model": "mlp", "features": ["area"]}, "mlp", "mse", ("loss", "fit")),
        ("town", {}, "softmax", "cross-entropy", ("loss", "confusion")),
        ("town", {"features": ["area", "price"]}, "softmax", "cross-entropy", ("loss", "boundary", "confusion")),
        ("sold", {"hidden": 8}, "mlp", "cross-entropy", ("loss", "confusion")),
        ("sold", {"task": "regression"}, "linear", "mse", ("loss", "series", "weights")),
    ],
)
def test_model_loss_and_panels_go_by_the_task_and_it_trains(
    target: str, chosen: dict[str, Any], model: str, loss: str, panels: tuple[str, ...], tmp_path: Path
) -> None:
    spec = lab(tmp_path, target, **chosen)
    assert (spec.model.name, spec.loss.name, spec.show.panels) == (model, loss, panels)
    assert spec.data.task == ("classification" if loss == "cross-entropy" else "regression")
    summary = run_to_end(spec, None)
    assert summary.state == "finished"
    assert summary.train_losses[-1] < summary.train_losses[0]
    assert summary.data is not None
    assert summary.data.task == spec.data.task
    # The loss has no view of its own; all others had something to show.
    assert set(summary.views) == set(panels) - {"loss"}


def test_what_the_learner_chose_is_kept(tmp_path: Path) -> None:
    spec = lab(tmp_path, hidden=[8, 4], loss="mae", learning_rate=0.5, batch_size=7, epochs=3, optimizer="sgd", seed=9)
    assert spec.model.hidden == (8, 4)
    assert (spec.loss.name, spec.optimizer.name, spec.optimizer.learning_rate) == ("mae", "sgd", 0.5)
    assert (spec.train.batch_size, spec.train.epochs, spec.train.seed) == (7, 3, 9)


def test_a_net_has_a_hidden_layer_unless_told(tmp_path: Path) -> None:
    assert lab(tmp_path, model="mlp").model.hidden == (16,)


def test_the_lab_says_what_was_decided_in_the_language_in_use(tmp_path: Path) -> None:
    about = lab(tmp_path).about_in("en")
    assert "regression" in about
    assert "“town” became 2 columns" in about
    use_language("zh")
    spec = lab(tmp_path)
    assert spec.title_in("zh") == "由 My Houses.csv 预测 price"
    assert "回归" in spec.about_in("zh")


@pytest.mark.parametrize(("rows", "batch", "epochs"), [(4, 1, 200), (60, 2, 200), (400, 32, 200), (40_000, 256, 75)])
def test_length_and_batches_go_by_the_size_of_the_table(rows: int, batch: int, epochs: int, tmp_path: Path) -> None:
    path = houses(tmp_path, rows)
    spec = own_lab(path, {"data.target": "price", "data.task": "regression"})
    assert (spec.train.batch_size, spec.train.epochs) == (batch, epochs)


def test_it_is_kept_as_a_lab_file_that_anybody_opens(tmp_path: Path) -> None:
    spec = lab(tmp_path, hidden=[16, 16])
    path = keep_lab(spec, tmp_path / "labs")
    assert path.name == "own-my-houses.toml"
    assert load_lab(path, tmp_path) == spec
    assert run_to_end(load_lab(path, tmp_path, {"epochs": 2}), None).state == "finished"


def test_a_name_without_letters_is_a_name_too(tmp_path: Path) -> None:
    spec = own_lab(houses(tmp_path, name="房价.csv"), {"data.target": "price"})
    assert spec.id == "own"
    assert keep_lab(spec, tmp_path / "labs").is_file()


def test_a_home_that_cannot_be_written_to_is_told(tmp_path: Path) -> None:
    (tmp_path / "labs").write_text("")
    with pytest.raises(TutorError, match="cannot be kept") as told:
        keep_lab(lab(tmp_path), tmp_path / "labs")
    assert told.value.exit_code == ExitCode.CANNOT_WRITE


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "no target": ({}, r"--target.*Its columns are town, rooms, area, sold, price"),
    "no such target": ({"data.target": "prise"}, r"no column “prise”.*Did you mean “price”"),
    "no such feature": ({"data.target": "price", "features": ["aera"]}, r"no column “aera”.*Did you mean “area”"),
    "no such group": ({"data.target": "price", "data.group": "twon"}, r"no column “twon”.*Did you mean “town”"),
    "words as numbers": ({"data.target": "town", "task": "regression"}, r":2: “Oslo” in column “town”"),
    "too many classes": ({"data.target": "price", "task": "quantity"}, r"data\.task must be one of"),
    "softmax of numbers": ({"data.target": "price", "model": "softmax"}, r"Softmax gives probabilities of classes"),
    "a line of classes": ({"data.target": "town", "model": "linear"}, r"The model linear gives a number"),
    "cross-entropy of numbers": ({"data.target": "price", "loss": "cross-entropy"}, r"Cross-entropy compares"),
    "hidden layers of a line": ({"data.target": "price", "model": "linear", "hidden": [4]}, r"Only the model mlp"),
    "no such model": ({"data.target": "price", "model": "mpl"}, r"Did you mean mlp"),
    "a width that is none": ({"data.target": "price", "hidden": ["16,x"]}, r"model\.hidden must be a list"),
    "no such key": ({"data.target": "price", "modle": 3}, r"modle"),
    "other data": ({"data.target": "price", "data.name": "views"}, r"--data names the table already"),
    "another path": ({"data.target": "price", "data.path": "x.csv"}, r"--data names the table already"),
    "a model of series": ({"data.target": "price", "model": "naive"}, r"needs a series"),
}


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_is_refused_in_a_sentence(case: str, language: str, tmp_path: Path) -> None:
    chosen, said = REFUSED[case]
    path = houses(tmp_path)
    use_language(language)
    with pytest.raises(TutorError) as told:
        own_lab(path, chosen)
    assert "{" not in str(told.value)
    if language == "en":
        with pytest.raises(TutorError, match=said):
            own_lab(path, chosen)


@pytest.mark.parametrize("path", ["nowhere.csv", "."])
def test_a_file_that_is_not_there_is_told(path: str, tmp_path: Path) -> None:
    with pytest.raises(TutorError, match="There is no file") as told:
        own_lab(tmp_path / path, {"data.target": "y"})
    assert "--data" in told.value.hint
