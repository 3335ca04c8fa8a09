"""A worker's memory: what it holds and what it needs for a moment, counted by the allocations, not by the system.

An interpreter with NumPy and all of ours loaded takes some 35 MB; `tests.bench.labs` measures whole processes.
"""

from __future__ import annotations

import sys
import tracemalloc
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from tutor.labs.lab_config import Value
from tutor.labs.lab_files import load_lab, with_overrides
from tutor.runs.worker.adapter import TrainingAdapter, write_weights

LESSONS = Path(__file__).resolve().parents[2] / "lessons"
MAX_BYTES = 80_000_000

DEAREST: dict[str, Mapping[str, Value]] = {
    "frame-classifier": {"data.frames": 21, "model.hidden": (128, 128), "model.dropout": 0.5, "model.batch_norm": True},
    "real-voices": {"data.frames": 21, "model.hidden": (128, 128), "model.dropout": 0.5, "model.batch_norm": True},
    "depth-width": {"model.hidden": (1000,), "model.depth": 4, "data.rows": 300},
}


@pytest.mark.parametrize("name", DEAREST)
def test_the_largest_labs_fit_into_120_megabytes_with_every_control_turned_up(name: str, tmp_path: Path) -> None:
    spec = with_overrides(load_lab(name, LESSONS / "labs"), {**DEAREST[name], "train.epochs": 1})
    tracemalloc.start(1)
    try:
        adapter = TrainingAdapter(spec, LESSONS / "data")
        assert adapter.data_facts().parameters
        for _ in adapter.epochs():
            list(adapter.scenes())
            list(adapter.frames())
        adapter.save(tmp_path / "weights.npz")
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < MAX_BYTES


def test_the_units_of_the_data_are_made_when_a_panel_asks() -> None:
    spec = load_lab("frame-classifier", LESSONS / "labs")
    adapter = TrainingAdapter(spec, LESSONS / "data")
    assert "x_train" not in vars(adapter)
    assert adapter.context.x_valid.shape == (4000, 8)
    assert adapter.context.x_valid is adapter.context.x_valid


def test_training_is_in_single_precision_whatever_the_data_are() -> None:
    adapter = TrainingAdapter(load_lab("real-voices", LESSONS / "labs"), LESSONS / "data")
    training = adapter.context.network_training
    for array in training.stored().values():
        assert array.dtype == np.float32


def test_weights_written_piece_by_piece_are_those_that_numpy_reads(tmp_path: Path) -> None:
    random = np.random.default_rng(2)
    wide = random.standard_normal((300, 401)).astype(np.float32)
    named: dict[str, NDArray[Any]] = {
        "W1": wide[:, :-1],
        "b1": wide[:, -1],
        "many": random.standard_normal(200_001).astype(np.float32),
        "none": np.zeros((0, 3)),
        "double": random.standard_normal((3, 2)).T,
        "one": np.full((), 3.5),
    }
    write_weights(tmp_path / "weights.npz", named)
    with np.load(tmp_path / "weights.npz", allow_pickle=False) as read:
        assert set(read) == set(named)
        for name, array in named.items():
            assert read[name].dtype == array.dtype
            assert np.array_equal(read[name], array)
    assert [each.name for each in tmp_path.iterdir()] == ["weights.npz"]


def test_what_is_saved_are_the_parameters(tmp_path: Path) -> None:
    for name in ("moons-net", "one-lag", "ball"):
        adapter = TrainingAdapter(
            with_overrides(load_lab(name, LESSONS / "labs"), {"train.epochs": 2}), LESSONS / "data"
        )
        list(adapter.epochs())
        adapter.save(tmp_path / "weights.npz")
        told = adapter._training.parameters()
        with np.load(tmp_path / "weights.npz", allow_pickle=False) as read:
            assert set(told) <= set(read)  # beside them, how new rows are prepared
            assert all(np.array_equal(read[key], value) for key, value in told.items())


def test_a_worker_loads_no_front_and_no_chart() -> None:
    import subprocess

    code = (
        "import sys, tutor.runs.worker.__main__, tutor.runs.worker.adapter; "
        "print(*{m.partition('.')[0] for m in sys.modules})"
    )
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert "numpy" in loaded
    assert not {"textual", "rich", "plotext", "markdown_it", "sqlite3", "multiprocessing"} & set(loaded)
