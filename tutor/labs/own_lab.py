"""Labs on the learner's own data: a lab made from a table, and checks that such data can be used."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from tutor.foundation.errors import ExitCode, TutorError
from tutor.foundation.files import is_file, named_path, write_text
from tutor.foundation.translate import language, translate
from tutor.labs.lab_config import LabConfig
from tutor.labs.lab_files import to_toml, with_overrides
from tutor.labs.settings import key_of
from tutor.ml.models import MODELS
from tutor.ml.settings import DataSettings, ModelSettings

if TYPE_CHECKING:
    from tutor.ml.datasets.dataset import RawData

_HIDDEN = (16,)
_LARGE = 20_000
"""A table with at least this many rows is trained in larger batches."""
_BATCHES = (32, 256)
_BATCH_SIZES = (1, 2, 8, 32, 128, 256)
_EXAMPLES = 3_000_000
"""The number of examples over all epochs, so that a run takes seconds on any table."""
_EPOCHS = (10, 200)
"""The smallest and the largest number of epochs."""
_UPDATES_AN_EPOCH = 10
"""The batches of a small table are so small that an epoch has at least this many updates."""
_PACE = 20.0
"""Epochs per second, while somebody watches."""
_NAME = re.compile(r"[^a-z0-9]+")


def own_lab(path: Path, overrides: Mapping[str, object]) -> LabConfig:
    """A lab that learns to predict one column of a table.

    The column decides the task, and the task decides the model, the loss, the optimizer, the number of epochs and the
    panels, unless the learner chose them. The description of the lab is the notes on the data.

    Args:
        path: The file.
        overrides: The choices of the learner by dotted key or short name, among them ``data.target``.

    Raises:
        LabError: An override is faulty.
        TutorError: The file cannot be read, no column to predict is given, or nothing can be learnt from the table.
    """
    from tutor.ml.datasets.sources.own_table import load_labelled_table

    chosen = {key_of(name): value for name, value in overrides.items()}
    if chosen.get("data.name", "csv") != "csv" or "data.path" in chosen:
        raise TutorError(translate("own.data-twice"), exit_code=ExitCode.USAGE)
    path = named_path(path).absolute()
    if not is_file(path):
        raise TutorError(translate("own.no-file", path=path), hint=translate("own.no-file-hint"))
    data = _data(path, chosen)
    table = load_labelled_table(
        path, data.target, data.features, task=data.task, group=data.group, decimal=data.decimal
    )
    model = _model(table, chosen)
    spec = msgspec.convert(_values(path, table, data, model), LabConfig)
    return with_overrides(spec, {"model.name": model["name"], **chosen, "data.task": table.task})


def keep_lab(spec: LabConfig, folder: Path) -> Path:
    """Write a lab as a lab file, in place of an earlier one of the same name.

    Returns:
        The path of the file.

    Raises:
        TutorError: It cannot be written.
    """
    path = folder / f"{spec.id}.toml"
    try:
        write_text(path, to_toml(spec))
    except OSError as error:
        reason = error.strerror or str(error)
        raise TutorError(
            translate("own.cannot-keep", path=path, reason=reason), exit_code=ExitCode.CANNOT_WRITE
        ) from error
    return path


def _data(path: Path, chosen: Mapping[str, object]) -> DataSettings:
    """The learner's settings of the data, checked by themselves."""
    if not chosen.get("data.target"):
        from tutor.tables.reader import read_table

        raise TutorError(
            translate("own.no-target", path=path), hint=read_table(path).did_you_mean(""), exit_code=ExitCode.USAGE
        )
    # A network fits every task, so only the data can be at fault here.
    bare = LabConfig(data=DataSettings(name="csv", path=str(path), target="?"), model=ModelSettings(name="mlp"))
    return with_overrides(bare, {key: value for key, value in chosen.items() if key.startswith("data.")}).data


def _model(table: RawData, chosen: Mapping[str, object]) -> dict[str, object]:
    """The simplest model for the task, or a network if the learner asks for hidden layers.

    Raises:
        TutorError: The learner asks for hidden layers in a model without any.
    """
    hidden = "model.hidden" in chosen
    name = chosen.get("model.name", "mlp" if hidden else "linear" if not table.class_names else "softmax")
    if hidden and name != "mlp":
        raise TutorError(translate("own.hidden-needs-net", model=name), exit_code=ExitCode.USAGE)
    return {"name": name, **({"hidden": _HIDDEN} if name == "mlp" and not hidden else {})}


def _values(path: Path, table: RawData, data: DataSettings, model: dict[str, object]) -> dict[str, Any]:
    rows = min(len(table.y), data.rows or len(table.y))
    most = min(_BATCHES[rows >= _LARGE], rows // _UPDATES_AN_EPOCH)
    batch = next((size for size in reversed(_BATCH_SIZES) if size <= most), 1)
    gives_numbers = model["name"] in MODELS and MODELS[str(model["name"])].numbers
    return {
        "id": f"own-{_NAME.sub('-', path.stem.lower()).strip('-')}".rstrip("-"),
        "title": {language(): translate("own.title", target=table.target_name, file=path.name)},
        "about": {language(): translate("own.between").join(table.notes)},
        "data": {"name": "csv", "path": str(path), "target": table.target_name, "task": table.task},
        # The learner's model replaces this one later, and is checked then.
        "model": {**model, "name": "softmax" if table.class_names else "linear"},
        "loss": {"name": "cross-entropy" if table.class_names and not gives_numbers else "mse"},
        "optimizer": {"name": "adam", "learning_rate": 0.01},
        "train": {"epochs": max(_EPOCHS[0], min(_EPOCHS[1], _EXAMPLES // rows)), "batch_size": batch, "pace": _PACE},
        "show": {"panels": _panels(table, str(model["name"]))},
        "controls": _controls(table, str(model["name"])),
    }


def _panels(table: RawData, model: str) -> list[str]:
    """The panels for a model of a table."""
    one = len(table.feature_names) == 1
    if table.class_names:
        return ["loss", "boundary", "confusion"] if len(table.feature_names) == 2 else ["loss", "confusion"]
    panels = ["loss", "fit" if one else "series"]
    if model == "linear":
        panels.append("surface" if one else "weights")
    return panels


def _controls(table: RawData, model: str) -> dict[str, object]:
    """The controls for a model of a table."""
    controls: dict[str, object] = {
        "learning_rate": {"key": "optimizer.learning_rate", "low": 1e-5, "high": 10.0},
        "batch_size": {"key": "train.batch_size", "choices": list(_BATCH_SIZES)},
        "optimizer": {"key": "optimizer.name", "choices": ["gd", "momentum", "adam"]},
    }
    if model == "mlp":
        controls["hidden"] = {"key": "model.hidden", "choices": [[4], [16], [16, 16], [64, 64]]}
        controls["activation"] = {"key": "model.activation", "choices": ["relu", "tanh", "sigmoid", "none"]}
    if not table.class_names:
        controls["loss"] = {"key": "loss.name", "choices": ["mse", "mae"]}
    return controls


# -- before a run ---------------------------------------------------------------------------------------------------


def require_columns(spec: LabConfig, data_folder: Path) -> None:
    """Check that the data has the columns that were chosen as features. If some were, this loads the data.

    Raises:
        TutorError: It does not have them, or it cannot be loaded.
    """
    if not spec.data.features or spec.data.name == "csv":
        return  # the learner's own table has been read already
    from tutor.ml.datasets import load_dataset
    from tutor.ml.settings import DataSettings

    load_dataset(DataSettings(name=spec.data.name), data_folder=data_folder)
    try:
        load_dataset(DataSettings(name=spec.data.name, features=spec.data.features), data_folder=data_folder)
    except TutorError as error:
        raise TutorError(error.message, hint=error.hint, exit_code=ExitCode.USAGE) from error


def require_text(spec: LabConfig) -> None:
    """Check that the learner's own text can be read and learnt from.

    Raises:
        TutorError: It cannot.
    """
    if spec.data.name == "text" and spec.data.text == "file":
        from tutor.ml.datasets.sources.text import own_lines

        own_lines(named_path(spec.data.path), spec.data.context)
