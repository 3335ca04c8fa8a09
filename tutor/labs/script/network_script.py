"""What the scripts of lines, powers and networks have in common: constants, and the data."""

from __future__ import annotations

import re
from itertools import pairwise

from tutor.labs.lab_config import LabConfig
from tutor.labs.mine import Programs
from tutor.labs.script.facts import EACH, GIVEN, NONE, ScriptFacts
from tutor.labs.script.pieces import comment, head, optimizer_constants
from tutor.labs.validate import patience_of

_LONE = re.compile(r"\b[xy]\b")


class NetworkScript:
    """A script in the making.

    Args:
        config: The lab.
        facts: Those of `tutor.labs.script.facts.look_at`.
        programs: The learner's functions that take the place of built-in parts, by slot.
        stem: The name of the script without its ending; the arrays are in ``STEM.npz``.
    """

    def __init__(self, config: LabConfig, facts: ScriptFacts, programs: Programs, stem: str) -> None:
        self.config, self.facts, self.programs, self._stem = config, facts, programs, stem
        model = config.model
        hidden = model.hidden * model.depth if model.kind.layers else ()
        self.solves = config.optimizer.name == "least-squares"
        self.degree = model.degree if model.name == "polynomial" else 1
        self.sizes = (facts.features * self.degree, *hidden, facts.outputs)
        self.deep = bool(hidden)
        self.norm = self.deep and model.batch_norm
        self.dropout = model.dropout if self.deep else 0.0
        self.residual = self.deep and model.residual and any(low == high for low, high in pairwise(hidden))
        self.plain = not (self.norm or self.dropout or self.residual)
        self.clip, self.noise = config.optimizer.gradient_clip, config.optimizer.gradient_noise
        self.patience = patience_of(config.train.stop)
        self.sets = ("train", "valid") if facts.has_valid else ("train",)

    def head(self) -> list[str]:
        """The docstring of the script."""
        return head(self.config, "script.how", f"{self._stem}.py", f"{self._stem}.npz")

    def constants(self) -> list[str]:
        """The settings by name."""
        facts, optimizer = self.facts, self.config.optimizer
        lines = []
        if not self.solves:
            lines.append(f"EPOCHS = {facts.epochs}")
            if facts.batch_size:
                lines.append(f"BATCH_SIZE = {facts.batch_size}")
            lines.append(f"LEARNING_RATE = {optimizer.learning_rate!r}")
            each = -(-facts.rows // facts.batch_size) if facts.batch_size else 1
            lines += optimizer_constants(optimizer, self.programs, f"EPOCHS * {each}" if each > 1 else "EPOCHS")
        if self.degree > 1:
            lines.append(f"DEGREE = {self.degree}")
        if self.deep:
            lines.append(f"HIDDEN = {list(self.sizes[1:-1])}")
        if self.dropout:
            lines.append(f"DROPOUT = {self.dropout!r}")
        if self.patience is not None:
            lines.append(f"PATIENCE = {self.patience}")
        return lines

    # -- the data -----------------------------------------------------------------------------------------------------

    def data(self, *, one_hot: bool) -> list[str]:
        """What reads and prepares the examples; with ``one_hot``, classes become rows of 0 and 1."""
        facts, sets = self.facts, self.sets
        lines = ['data = dict(np.load(Path(__file__).with_suffix(".npz")))']
        lines += [f'x_{each}, y_{each} = data["x_{each}"], data["y_{each}"]' for each in sets]
        if facts.scaling == GIVEN:
            lines += comment("script.given")
        elif facts.scaling != NONE:
            lines += comment("script.standardise")
            lines += self._scaled("x", each=facts.scaling == EACH)
        if self.degree > 1:
            lines += comment("script.powers")
            if facts.scaling in {NONE, GIVEN}:
                lines.append(self._for_each("x", "x.astype(np.float64)"))
            lines.append(self._for_each("x", "np.hstack([x**n for n in range(1, DEGREE + 1)])"))
            lines += self._scaled("x", each=True)
        if facts.classifies and one_hot:
            lines += comment("script.one-hot")
            lines.append(self._for_each("y", f"np.eye({facts.outputs}, dtype=np.float32)[y]"))
        elif facts.scales_labels and not facts.classifies:
            lines += comment("script.labels")
            lines.append("y_mean, y_scale = y_train.mean(), y_train.std()")
            lines.append(self._for_each("y", "((y - y_mean) / y_scale)[:, None]"))
        elif not facts.classifies:
            lines.append(self._for_each("y", "y[:, None]"))
        if self.solves:
            return lines
        arrays = ["x"] if facts.classifies else ["x", "y"]
        lines += comment("script.float32")
        return lines + [self._for_each(name, f"{name}.astype(np.float32)") for name in arrays]

    def _for_each(self, name: str, formula: str) -> str:
        """What does the same with the examples for training and, if there are any, for validation."""
        if len(self.sets) == 1:
            return _LONE.sub(lambda found: f"{found[0]}_train" if found[0] == name else found[0], f"{name} = {formula}")
        both = f"{name}_train, {name}_valid"
        return f"{both} = ({formula} for {name} in ({both}))"

    def _scaled(self, name: str, *, each: bool) -> list[str]:
        axis = "axis=0" if each else ""
        lines = [f"mean, scale = {name}_train.mean({axis}), {name}_train.std({axis})"]
        if each and self.facts.constant:
            lines += [*comment("script.constant"), "scale[scale == 0] = 1"]
        return [*lines, self._for_each(name, f"({name} - mean) / scale")]

    def unit(self) -> str:
        """What turns a loss of standardised labels into the units of the label, and its offset."""
        text = ""
        if self.facts.scales_labels:
            text = " * y_scale**2" if self.config.loss.name == "mse" else " * y_scale"
        return text + (f" - {self.config.loss.offset!r}" if self.config.loss.offset else "")

    def heading(self) -> list[str]:
        """What prints the names of the columns."""
        head = "epoch   train loss   valid loss" if self.facts.has_valid else "epoch   train loss"
        return [f'print("{head}")']

    def early_stop(self) -> list[str]:
        """What ends the training if the loss no longer falls; empty if the lab does not."""
        if self.patience is None:
            return []
        watched = f"{self.sets[-1]}_loss"
        return [
            *comment("script.patience"),
            f"if {watched} < best:",
            f"    best, best_epoch = {watched}, epoch",
            "elif epoch - best_epoch >= PATIENCE:",
            "    break",
        ]

    def report(self, epoch: str) -> str:
        """What prints the losses of an epoch."""
        valid = "   {valid_loss:10.8g}" if self.facts.has_valid else ""
        return f'print(f"{{{epoch}:5}}   {{train_loss:10.8g}}{valid}")'
