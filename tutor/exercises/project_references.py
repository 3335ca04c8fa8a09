"""The reference solutions of the project: the four lines of the homework, trained on the same utterances."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tutor.exercises.project import PHONES, Score
from tutor.ml.datasets import load_dataset
from tutor.ml.datasets.dataset import Floats, Ints
from tutor.ml.datasets.sources.generated import UTTERANCE, with_neighbours
from tutor.ml.factory import make_training
from tutor.ml.sequences import count_transitions, decode
from tutor.ml.settings import DataSettings, ModelSettings, OptimizerSettings, TrainSettings


@dataclass(frozen=True, slots=True)
class Reference:
    """How a reference solution is trained.

    Args:
        frames: The neighbouring frames of an example.
        hidden: The widths of its layers.
        epochs: Passes over the training frames.
        dropout: The probability of dropout.
        batch_norm: Whether hidden layers are normalised.
        schedule: Of the learning rate.
        decodes: Whether the phones of an utterance are decoded together, with the Viterbi algorithm.
    """

    frames: int
    hidden: tuple[int, ...]
    epochs: int
    dropout: float = 0.0
    batch_norm: bool = False
    schedule: str = "constant"
    decodes: bool = False


REFERENCES = {
    "simple": Reference(frames=1, hidden=(64,), epochs=10),
    "medium": Reference(frames=3, hidden=(64,), epochs=10),
    "strong": Reference(frames=11, hidden=(192,), epochs=20, dropout=0.5),
    "boss": Reference(
        frames=11, hidden=(128, 128), epochs=30, dropout=0.5, batch_norm=True, schedule="cosine", decodes=True
    ),
}


def score_references(x: Floats, phones: Ints, train: int) -> dict[str, Score]:
    """Train each reference, and score it on utterances.

    Args:
        x: Frames, (n, 40, 8).
        phones: (n, 40).
        train: The number of training utterances.
    """
    return {name: Score.of(_predicted(each, x, train), phones) for name, each in REFERENCES.items()}


def _predicted(reference: Reference, x: Floats, train: int) -> Ints:
    data = load_dataset(DataSettings(name="phones", rows=train * UTTERANCE, frames=reference.frames), data_folder=None)
    training = make_training(
        data,
        ModelSettings(
            name="mlp",
            hidden=reference.hidden,
            dropout=reference.dropout,
            batch_norm=reference.batch_norm,
        ),
        "cross-entropy",
        OptimizerSettings(name="adam", learning_rate=0.001, schedule=reference.schedule),
        TrainSettings(epochs=reference.epochs, batch_size=128),
    )
    for _ in training.epochs():
        pass
    frames = np.concatenate([with_neighbours(each, reference.frames) for each in x])
    probabilities = training.predict(frames)
    found: Ints = probabilities.argmax(axis=1)
    if reference.decodes:
        found = decode(probabilities, UTTERANCE, count_transitions(data.y_train, UTTERANCE, PHONES))
    return found.reshape(len(x), UTTERANCE)
