"""The model of a run: predictions for new rows, and the same ones from the exported file alone."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from tutor.cli.commands import dispatch
from tutor.foundation import paths
from tutor.foundation.errors import ExitCode, TutorError
from tutor.plain.train import train
from tutor.runs.follower import WEIGHTS_FILE
from tutor.runs.registry import Runs
from tutor.runs.trained import predict, rows_of_file, trained_run, validation_rows
from tutor.runs.worker.adapter import read_weights, write_weights

Floats = NDArray[np.float64]


@pytest.fixture
def runs(own_home: Path) -> Runs:
    return Runs(paths.runs_folder())


def houses(path: Path, rows: int = 80, *, holes: bool = False) -> Path:
    """Town, rooms, area, whether sold and the price, which is twice the area and 30 more in Oslo."""
    lines = ["town,rooms,area,sold,price"]
    for n in range(rows):
        area = 40 + 7 * (n % 13)
        town = ("Oslo", "Bergen", "Bodø")[n % 3]
        shown = "" if holes and n % 7 == 0 else area
        lines.append(f"{town},{1 + n % 5},{shown},{'yes' if n % 2 else 'no'},{2 * area + 30 * (town == 'Oslo')}")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def train_on(table: Path, target: str, **settings: object) -> str:
    changes = {"data.target": target, "train.epochs": 12, **settings}
    assert train(None, changes, "json", data=str(table)) == ExitCode.OK
    return Runs(paths.runs_folder()).pick(None)


def rebuilt(arrays: Mapping[str, Any], x: Floats) -> Floats:
    """What a reader of the manual computes with NumPy alone from the exported arrays."""
    about = json.loads(arrays["about"].tobytes())
    x = np.where(np.isnan(x), arrays["input.fill"], x)
    x = (x - arrays["input.mean"]) / arrays["input.scale"]
    if about["degree"] > 1:
        x = np.concatenate([x**power for power in range(1, about["degree"] + 1)], axis=1)
        x = (x - arrays["powers.mean"]) / arrays["powers.scale"]
    layers = len(about["sizes"]) - 1
    for number in range(1, layers + 1):
        z = x @ arrays[f"W{number}"].T
        if number == layers:
            x = z + arrays[f"b{number}"]
            break
        if about["batch_norm"]:
            mean, variance = arrays[f"running.mean{number}"], arrays[f"running.variance{number}"]
            z = arrays[f"gamma{number}"] * (z - mean) / np.sqrt(variance + about["epsilon"])
        z = z + arrays[f"b{number}"]
        a = np.tanh(z) if about["activation"] == "tanh" else np.maximum(z, 0)
        x = x + a if number in about["residual"] else a
    if about["classes"]:
        e = np.exp(x - x.max(axis=1, keepdims=True))
        return np.asarray(e / e.sum(axis=1, keepdims=True))
    return np.asarray(x[:, 0] * arrays["output.scale"] + arrays["output.mean"])


@pytest.mark.parametrize(
    ("target", "settings"),
    [
        ("price", {}),
        ("price", {"features": ["area"], "model": "polynomial", "model.degree": 3}),
        ("price", {"hidden": [6, 6, 6], "model.residual": True, "model.activation": "tanh"}),
        ("sold", {"hidden": [5, 4], "model.batch_norm": True}),
        ("town", {}),
        ("town", {"hidden": [8], "model.dropout": 0.3}),
        ("sold", {"data.standardise": False}),
    ],
)
def test_the_exported_arrays_alone_give_the_same_predictions(
    target: str, settings: dict[str, object], runs: Runs, tmp_path: Path
) -> None:
    run_id = train_on(houses(tmp_path / "houses.csv", holes=True), target, **settings)
    assert dispatch(["run", "export", run_id, "--as", "npz", "--to", str(tmp_path / "model.npz")]) == ExitCode.OK
    run = trained_run(runs.folder_of(run_id))
    rows = rows_of_file(run, houses(tmp_path / "new.csv", 30, holes=True))
    found = predict(run, rows)
    with np.load(tmp_path / "model.npz", allow_pickle=False) as arrays:
        about = json.loads(arrays["about"].tobytes())
        assert about["run"] == run_id
        assert not [name for name in arrays.files if name.startswith("optimizer.")]
        assert np.allclose(rebuilt(arrays, np.asarray(rows.x, dtype=np.float64)), found.values, rtol=1e-4, atol=1e-4)
    assert len(found.values) == 30
    assert about["features"] == list(run.model.about.features)


def test_the_validation_rows_of_a_lab_get_the_accuracy_of_the_run(runs: Runs) -> None:
    assert train("frame-classifier", {"data.rows": 800, "data.frames": 11, "train.epochs": 30}, "json") == ExitCode.OK
    run_id = runs.pick(None)
    summary = runs.follow(run_id).catch_up()
    for epoch, wanted in (("final", summary.epoch), ("best", summary.best_epoch)):
        run = trained_run(runs.folder_of(run_id), epoch)  # type: ignore[arg-type]
        rows = validation_rows(run, paths.lessons_folder() / "data")
        score = predict(run, rows).score(rows.labels)
        assert run.model.about.epoch == wanted
        assert score is not None
        assert score.accuracy == pytest.approx(summary.valid_accuracies[wanted - 1], abs=2e-4)
    assert summary.best_epoch < summary.epoch


def test_a_file_has_a_line_for_each_row_and_its_score_if_the_labels_are_known(
    runs: Runs, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run_id = train_on(houses(tmp_path / "houses.csv"), "town", **{"train.epochs": 60})
    new = tmp_path / "new.csv"
    new.write_text("price,extra,area,rooms,sold,town\n110,x,40,1,no,Oslo\n94,y,47,2,yes,Bergen\n", encoding="utf-8")
    capsys.readouterr()
    assert dispatch(["run", "predict", run_id, "--data", str(new), "-o", str(tmp_path / "out.csv")]) == ExitCode.OK
    assert "label is known (2)" in capsys.readouterr().out
    lines = (tmp_path / "out.csv").read_text(encoding="utf-8").splitlines()
    assert lines[0] == "row,town,p(Bergen),p(Bodø),p(Oslo)"
    assert lines[1].startswith("1,Oslo,")
    assert [len(line.split(",")) for line in lines] == [5, 5, 5]
    # The rows that were predicted are not overwritten, by whatever name.
    before = new.read_bytes()
    (tmp_path / "link.csv").symlink_to(new)
    over = ["run", "predict", run_id, "--data", str(new), "-o", str(tmp_path / "link.csv"), "--force"]
    with pytest.raises(TutorError, match="is not overwritten"):
        dispatch(over)
    assert new.read_bytes() == before
    with pytest.raises(TutorError, match="already exists"):
        dispatch(["run", "export", run_id, "-o", str(new)])
    assert new.read_bytes() == before
    capsys.readouterr()
    # To standard output go the predictions alone.
    assert dispatch(["run", "predict", run_id, "--data", str(new)]) == ExitCode.OK
    written = capsys.readouterr()
    assert written.out.splitlines() == lines
    assert "Accuracy" in written.err


def test_one_row_whose_columns_are_in_another_order_gets_the_same_prediction(runs: Runs, tmp_path: Path) -> None:
    table = houses(tmp_path / "houses.csv")
    run = trained_run(runs.folder_of(train_on(table, "price")))
    everything = predict(run, rows_of_file(run, table)).values
    new = tmp_path / "new.csv"
    new.write_text("area,sold,rooms,town\n54,no,3,Bodø\n", encoding="utf-8")
    rows = rows_of_file(run, new)
    assert rows.labels is None
    assert predict(run, rows).values == pytest.approx(everything[2:3], rel=1e-5)


@pytest.mark.parametrize(
    ("content", "says", "cure"),
    [
        ("area,sold,rooms\n54,no,3\n", r"new\.csv:1: .*missing \(1\): town", "first line"),
        ("area,sold,rooms,Town name\n54,no,3,Oslo\n", r"new\.csv:1: ", "rename it"),
        ("area,sold,rooms,town\n54,no,3,Oslo\n54,no,3,Paris\n", r"new\.csv:3: column “town” has “Paris”", "Bergen"),
        ("area,sold,rooms,town\n54,no,3,Oslo\n54,no,3,Bergn\n", r"new\.csv:3: .*“Bergn”", "Did you mean “Bergen”"),
        ("area,sold,rooms,town\n54,no,3,Oslo\nlarge,no,3,Oslo\n", r"new\.csv:3", "Fix the cell"),
        ("area,sold,rooms,town\n54,no,3\n", r"new\.csv:2", "."),
        ("area,sold,rooms,town\n", r"new\.csv", ""),
    ],
)
def test_rows_that_do_not_fit_are_told_with_their_line_and_a_cure(
    content: str, says: str, cure: str, runs: Runs, tmp_path: Path
) -> None:
    run = trained_run(runs.folder_of(train_on(houses(tmp_path / "houses.csv"), "price")))
    new = tmp_path / "new.csv"
    new.write_text(content, encoding="utf-8")
    with pytest.raises(TutorError, match=says) as refused:
        rows_of_file(run, new)
    assert cure in refused.value.hint


def test_a_file_that_is_too_large_is_refused_and_not_cut(
    runs: Runs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = trained_run(runs.folder_of(train_on(houses(tmp_path / "houses.csv"), "price")))
    monkeypatch.setattr("tutor.tables.reader.MOST_CELLS", 100)
    with pytest.raises(TutorError, match="more than 20 rows") as refused:
        rows_of_file(run, houses(tmp_path / "new.csv", 21))
    assert "Split it" in refused.value.hint


def test_empty_cells_are_filled_and_told(runs: Runs, tmp_path: Path) -> None:
    run = trained_run(runs.folder_of(train_on(houses(tmp_path / "houses.csv"), "price")))
    new = tmp_path / "new.csv"
    new.write_text("area,sold,rooms,town\n54,no,3,Oslo\n,no,3,\n", encoding="utf-8")
    rows = rows_of_file(run, new)
    assert any("area" in note and "mean" in note for note in rows.notes)
    assert any("town" in note for note in rows.notes)
    assert np.isfinite(predict(run, rows).values).all()


def test_what_was_read_of_new_rows_is_told(runs: Runs, tmp_path: Path) -> None:
    run = trained_run(runs.folder_of(train_on(houses(tmp_path / "houses.csv"), "price")))
    new = tmp_path / "new.csv"
    new.write_text("area;sold;rooms;town\n54,5 m;no;3;Oslo\n;;;\n40,0 m;no;3;Oslo\n", encoding="utf-8")
    told = " ".join(rows_of_file(run, new).notes)
    assert "“m” was removed from the numbers in: area" in told
    assert "Commas were read as decimal points in: area" in told
    assert "Row 2 of the result is line 4 of the file" in told


def test_a_table_that_has_changed_since_the_training_is_not_taken_for_the_validation_rows(
    runs: Runs, tmp_path: Path
) -> None:
    table = houses(tmp_path / "houses.csv")
    run = trained_run(runs.folder_of(train_on(table, "price")))
    data = paths.lessons_folder() / "data"
    assert len(validation_rows(run, data).x) == 16
    table.write_text(table.read_text(encoding="utf-8").replace(",40,", ",4000,"), encoding="utf-8")
    with pytest.raises(TutorError, match="has changed"):
        validation_rows(run, data)


@pytest.mark.parametrize(
    ("lab", "settings", "says"),
    [
        ("three-folds", {}, "cross-validation"),
        ("spam-rule", {}, "keyword-rule"),
        ("name-writer", {"train.epochs": 1}, "char-mlp"),
        ("ball", {"train.epochs": 1}, "function"),
        ("one-lag", {"optimizer.learning_rate": 50.0, "train.epochs": 400}, "diverged"),
    ],
)
def test_a_run_without_a_model_for_rows_says_why(lab: str, settings: dict[str, object], says: str, runs: Runs) -> None:
    train(lab, settings, "json")
    with pytest.raises(TutorError, match=says):
        trained_run(runs.folder_of(runs.pick(None)))


def test_parameters_of_an_earlier_version_or_damaged_ones_are_told(runs: Runs, tmp_path: Path) -> None:
    folder = runs.folder_of(train_on(houses(tmp_path / "houses.csv"), "price"))
    weights = read_weights(folder / WEIGHTS_FILE)
    write_weights(folder / WEIGHTS_FILE, {name: array for name, array in weights.items() if name != "about"})
    with pytest.raises(TutorError, match="earlier version"):
        trained_run(folder)
    write_weights(folder / WEIGHTS_FILE, weights | {"W1": np.zeros((2, 2), np.float32)})
    with pytest.raises(TutorError, match="cannot be used"):
        trained_run(folder)
    for content in (b"", b"nonsense", (folder / "events.jsonl").read_bytes()):
        (folder / WEIGHTS_FILE).write_bytes(content)
        with pytest.raises(TutorError, match="cannot be used"):
            trained_run(folder)
    (folder / WEIGHTS_FILE).unlink()
    with pytest.raises(TutorError, match="kept no parameters"):
        trained_run(folder)


def test_without_validation_rows_there_is_no_best_epoch(runs: Runs, tmp_path: Path) -> None:
    folder = runs.folder_of(train_on(houses(tmp_path / "houses.csv"), "price", **{"data.test_fraction": 0.0}))
    assert trained_run(folder).model.about.best_epoch == 0
    with pytest.raises(TutorError, match="best epoch"):
        trained_run(folder, "best")
    with pytest.raises(TutorError, match="no rows for validation"):
        validation_rows(trained_run(folder), paths.lessons_folder() / "data")
