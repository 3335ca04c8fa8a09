"""Folds that no lab cuts: whole utterances of the real voices, and blocks of days of the bicycles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from tests.lessons.figures import LESSONS, Quoted
from tutor.labs.lab_config import LabConfig
from tutor.labs.lab_files import load_lab
from tutor.ml.arrays import Array
from tutor.ml.datasets import load_dataset
from tutor.ml.datasets.dataset import REGRESSION, Dataset
from tutor.ml.factory import make_training
from tutor.ml.training import EpochResult
from tutor.tables.reader import read_table

DATA = LESSONS / "data"
FOLDS = 5
TRAINING_UTTERANCES = 270
WEEK = 7
"""The network looks back a week, so with a gap of a week a block shares no day with the training rows."""


def trained(lab: LabConfig, dataset: Dataset, train: Array, valid: Array) -> EpochResult:
    """The last epoch on some training rows, judged on others; both are standardised by the former."""
    x, y = dataset.x_train, dataset.y_train
    mean, scale = x[train].mean(axis=0), x[train].std(axis=0)
    split = replace(
        dataset,
        x_train=(x[train] - mean) / scale,
        y_train=y[train],
        x_valid=(x[valid] - mean) / scale,
        y_valid=y[valid],
        folds=(),
    )
    *_, last = make_training(split, lab.model, lab.loss.name, lab.optimizer, lab.train).epochs()
    return last


def folds_of_utterances(frames: int) -> float:
    """The mean accuracy of five folds, each of 54 whole utterances."""
    lab = load_lab("voices-folds", LESSONS / "labs", {"data.folds": 0, "data.frames": frames})
    dataset = load_dataset(lab.data, data_folder=DATA)
    table = read_table(DATA / "japanese-vowels.csv")
    utterance = table.numbers(table.names[0])
    utterance = utterance[utterance <= TRAINING_UTTERANCES].astype(np.int64)
    place = np.random.default_rng(0).permutation(TRAINING_UTTERANCES)[utterance - 1] % FOLDS
    scores = [
        trained(lab, dataset, np.flatnonzero(place != fold), np.flatnonzero(place == fold)).valid_accuracy or 0.0
        for fold in range(FOLDS)
    ]
    return float(np.mean(scores))


def blocks_of_days() -> float:
    """The mean absolute error of five blocks of days in a row, with a gap of a week on both sides."""
    lab = load_lab("bicycles", LESSONS / "labs", {"data.folds": 0, "data.split": "time"})
    dataset = load_dataset(lab.data, data_folder=DATA)
    assert dataset.task == REGRESSION
    rows = np.arange(len(dataset.x_train))
    losses: list[float] = []
    for block in np.array_split(rows, FOLDS):
        train = rows[(rows < block[0] - WEEK) | (rows > block[-1] + WEEK)]
        losses.append(trained(lab, dataset, train, block).valid_loss or 0.0)
    return float(np.mean(losses))


def figures() -> dict[str, float]:
    """One cut each."""
    return {f"utterances, {frames} frames": folds_of_utterances(frames) for frames in (1, 5, 11)} | {
        "blocks of days": blocks_of_days()
    }


def _quoted(rows: Sequence[tuple[int, str, float]]) -> tuple[Quoted, ...]:
    return tuple(
        Quoted("validation-mismatch", row, f"utterances, {frames} frames", said - 0.002, said + 0.002)
        for frames, row, said in rows
    )


QUOTED = (
    *_quoted(
        (
            (1, "| 1 | 0.915 | 0.886 | 0.922 |", 0.886),
            (5, "| 5 | 0.980 | 0.939 | 0.956 |", 0.939),
            (11, "| 11 | 0.997 | 0.963 | 0.972 |", 0.963),
        )
    ),
    Quoted(
        "validation-mismatch",
        "| five blocks, with a gap of a week on both sides | 0.28 |",
        "blocks of days",
        0.275,
        0.285,
    ),
)
