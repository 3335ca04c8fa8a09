"""The panel ``decoding``: the most probable sequence of phones, from the probabilities of single frames."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from tutor.foundation.translate import translate
from tutor.labs.panel import DrawStyle, Panel, Payload, rounded
from tutor.ml.datasets.dataset import Floats, Ints
from tutor.ml.datasets.sources.generated import UTTERANCE
from tutor.ml.sequences import count_transitions, decode

if TYPE_CHECKING:
    from tutor.charts.cells import Rows
    from tutor.labs.lab_config import LabConfig
    from tutor.labs.panel_context import PanelContext

SHOWN = 4
"""Utterances that are shown."""


class Decoding(Panel):
    """The validation utterances, decoded with the Viterbi algorithm.

    How phones follow each other is counted in the training utterances. Frame: ``class_names``, ``accuracies`` over all
    validation utterances (frame by frame, and decoded), ``stay``, and ``utterances``: of the first few, for each frame
    the numbers of the true class, of the most probable one, and of that in the most probable sequence. With a random
    split no utterance is whole, so there is only a scene, ``mixed``.
    """

    reports = ("decoded_accuracy",)

    def __init__(self, context: PanelContext) -> None:
        super().__init__(context)
        data = context.dataset
        self._mixed = context.config.data.split == "random"
        self._true = np.asarray(data.y_valid, dtype=np.int64)
        self._transitions = count_transitions(data.y_train, UTTERANCE, data.classes)

    @staticmethod
    def refusal(config: LabConfig) -> str:
        """It takes whole utterances for training and validation."""
        whole = config.data.name == "phones" and not config.data.folds
        classes = config.data.target_as == "class" and not config.data.class_order
        return "" if whole and classes else translate("panel.needs-utterances")

    @staticmethod
    def can_show(context: PanelContext) -> bool:
        """Whether the model gives probabilities of classes."""
        return context.dataset.classes > 0 and len(context.dataset.x_valid) > 0 and context.has_network

    def _decoded(self) -> tuple[Ints, Ints] | None:
        """For each validation frame the most probable class and that in the most probable sequence; None if unknown."""
        if self._mixed:
            return None
        probabilities: Floats = self.context.predict(self.context.x_valid)
        if not np.isfinite(probabilities).all():
            return None
        return probabilities.argmax(axis=1), decode(probabilities, UTTERANCE, self._transitions)

    def fixed_scene(self) -> Payload | None:
        """That no utterance is whole; None if they are."""
        return {"mixed": 1} if self._mixed else None

    def frame(self) -> Payload | None:
        """The first utterances, and the accuracies over all of them."""
        found = self._decoded()
        if found is None:
            return None
        shown = [slice(at, at + UTTERANCE) for at in range(0, min(len(self._true), SHOWN * UTTERANCE), UTTERANCE)]
        return {
            "class_names": list(self.context.class_names),
            "accuracies": [rounded(float((each == self._true).mean())) for each in found],
            "stay": rounded(self._transitions.stay),
            "utterances": [[each[at].tolist() for each in (self._true, *found)] for at in shown],
        }

    def facts(self) -> dict[str, float]:
        """``decoded_accuracy``: over all validation frames."""
        found = self._decoded()
        return {} if found is None else {"decoded_accuracy": float((found[1] == self._true).mean())}

    @staticmethod
    def draw(scene: Mapping[str, Any], frame: Mapping[str, Any], style: DrawStyle) -> Rows:
        """Three rows for each utterance."""
        from tutor.charts.cells import sentence
        from tutor.charts.decoding import decoding_chart

        if scene.get("mixed") and not frame:
            return sentence(translate("panel.needs-utterances"), style.width, style.height)

        names = style.names(frame["class_names"])
        sequences = []
        for true, frames, decoded in frame["utterances"]:
            classes = tuple([int(number) % len(names) for number in each] for each in (true, frames, decoded))
            sequences.append((classes[0], classes[1], classes[2]))
        frames_right, decoded_right = frame["accuracies"]
        return decoding_chart(
            sequences, names, style.width, style.height,
            accuracies=(float(frames_right), float(decoded_right)), stay=float(frame["stay"]),
        )  # fmt: skip


PANEL = Decoding
