"""The training of a line, of powers, or of a network, written with PyTorch.

The script starts at the parameters at which the lab starts and takes the batches in the order of the lab. Its curve is
that of the lab up to rounding; what PyTorch draws itself, such as dropout, is drawn otherwise.
"""

from __future__ import annotations

from tutor.labs.lab_config import LabConfig
from tutor.labs.script.facts import ScriptFacts
from tutor.labs.script.network_script import NetworkScript
from tutor.labs.script.pieces import (
    COUNTER,
    OPTIMIZER_STATES,
    OPTIMIZER_STEPS,
    RATES,
    comment,
    drop_idle_math,
    indented,
)

_ACTIVATIONS = {
    "relu": "nn.ReLU()",
    "tanh": "nn.Tanh()",
    "sigmoid": "nn.Sigmoid()",
    "hard-sigmoid": "HardSigmoid()",
    "none": "nn.Identity()",
}
_OPTIMIZERS = {
    "gd": "SGD({}, lr=LEARNING_RATE)",
    "sgd": "SGD({}, lr=LEARNING_RATE)",
    "momentum": "SGD({}, lr=LEARNING_RATE, momentum=MOMENTUM)",
    "adagrad": "Adagrad({}, lr=LEARNING_RATE, eps=1e-8)",
    "adam": "Adam({}, lr=LEARNING_RATE)",
    "adamw": "AdamW({}, lr=LEARNING_RATE, weight_decay=0.0)",
}
"""Those of PyTorch that calculate the same as the lab's."""


def torch_source(config: LabConfig, facts: ScriptFacts, stem: str) -> str:
    """Write the script of a lab.

    Args:
        config: The lab.
        facts: Those of `tutor.labs.script.facts.look_at`.
        stem: The name of the script without its ending; the arrays are in ``STEM.npz``.
    """
    return _TorchScript(config, facts, {}, stem).text()


class _TorchScript(NetworkScript):
    def text(self) -> str:
        optimizer = self.config.optimizer
        # PyTorch has no AdaGrad of means; its RMSProp starts at 0; its velocity does not contain the learning rate.
        self._by_hand = optimizer.name not in _OPTIMIZERS or (
            optimizer.name == "momentum" and optimizer.schedule != "constant"
        )
        lines = [
            *self.head(), "", "import math", "from pathlib import Path", "", "import numpy as np", "import torch",
            "from torch import nn", "", *self._constants(), "", *self.data(one_hot=self._one_hot),
            *self._tensors(), *self._classes(), *self._model(), *self._optimizer(), *self._loss(),
            *self._training(),
        ]  # fmt: skip
        drop_idle_math(lines)
        return "\n".join(lines) + "\n"

    @property
    def _one_hot(self) -> bool:
        return self.facts.classifies and self.config.loss.name == "mse"

    def _constants(self) -> list[str]:
        """The settings by name. Only what the lab draws in other ways than its start needs a seed here."""
        lines = self.constants()
        if self.dropout or self.noise or (self._shuffles and not self.facts.has_orders):
            lines += [*comment("script.torch-draws"), f"torch.manual_seed({self.config.train.seed})"]
        return lines

    @property
    def _shuffles(self) -> bool:
        return bool(self.facts.batch_size) and self.config.train.shuffle

    def _tensors(self) -> list[str]:
        names = [f"{name}_{each}" for each in self.sets for name in ("x", "y")]
        whole = [f"y_{each}" for each in self.sets] if self.facts.classifies and not self._one_hot else []
        return [*(f"{name} = torch.from_numpy({name}{'.astype(np.int64)' if name in whole else ''})" for name in names)]

    def _classes(self) -> list[str]:
        lines: list[str] = []
        if self.deep and self.config.model.activation == "hard-sigmoid":
            lines += ["", "", "class HardSigmoid(nn.Module):", "    def forward(self, z):"]
            lines += ["        return torch.clamp(z / 4 + 0.5, 0, 1)"]
        if self.residual:
            lines += ["", "", "class Residual(nn.Module):", "    def __init__(self, *layers):"]
            lines += ["        super().__init__()", "        self.layers = nn.Sequential(*layers)", ""]
            lines += ["    def forward(self, x):", "        return x + self.layers(x)"]
        return [*lines, ""] if lines else []

    def _model(self) -> list[str]:
        lines = [""]
        last = f"nn.Linear({self.sizes[-2]}, {self.sizes[-1]})"
        if self.deep:
            bias = ", bias=False" if self.norm else ""
            parts = [f"nn.Linear(inputs, outputs{bias})"]
            parts += ["nn.BatchNorm1d(outputs)"] if self.norm else []
            parts.append(_ACTIVATIONS[self.config.model.activation])
            parts += ["nn.Dropout(DROPOUT)"] if self.dropout else []
            lines += [f"sizes = [{self.sizes[0]}, *HIDDEN]", "layers = []"]
            lines.append("for inputs, outputs in zip(sizes, HIDDEN):")
            lines.append(f"    layer = [{', '.join(parts)}]")
            if self.residual:
                lines.append("    layers += [Residual(*layer)] if layers and inputs == outputs else layer")
            else:
                lines.append("    layers += layer")
            lines.append(f"model = nn.Sequential(*layers, {last})")
        else:
            lines.append(f"model = nn.Sequential({last})")
        lines += comment("script.torch-start")
        lines += [
            "linears = [part for part in model.modules() if isinstance(part, nn.Linear)]",
            "with torch.no_grad():",
            "    for number, linear in enumerate(linears, 1):",
            '        linear.weight[:] = torch.from_numpy(data[f"W{number}"])',
            "        if linear.bias is not None:",
            '            linear.bias[:] = torch.from_numpy(data[f"b{number}"])',
        ]
        if self.norm:
            lines.append("norms = [part for part in model.modules() if isinstance(part, nn.BatchNorm1d)]")
        if self._shuffles and self.facts.has_orders:
            lines.append('orders = torch.from_numpy(data["orders"].astype(np.int64))')
        return lines

    def _optimizer(self) -> list[str]:
        name = self.config.optimizer.name
        if self._by_hand:
            states = OPTIMIZER_STATES[name]
            return [f"{state}s = [torch.zeros_like(theta) for theta in model.parameters()]" for state in states]
        if not self.config.optimizer.weight_decay:
            return [f"optimizer = torch.optim.{_OPTIMIZERS[name].format('model.parameters()')}"]
        return [
            *comment("script.decay"),
            "weights = [theta for theta in model.parameters() if theta.ndim == 2]",
            "others = [theta for theta in model.parameters() if theta.ndim != 2]",
            'groups = [{"params": weights, "weight_decay": WEIGHT_DECAY}, {"params": others}]',
            f"optimizer = torch.optim.{_OPTIMIZERS[name].format('groups')}",
        ]

    def _loss(self) -> list[str]:
        if self._one_hot:
            return ["", "", "def loss(z, y):", "    return nn.functional.mse_loss(torch.softmax(z, dim=1), y)", "", ""]
        name = {"mse": "MSELoss", "mae": "L1Loss", "cross-entropy": "CrossEntropyLoss"}[self.config.loss.name]
        return [f"loss = nn.{name}()", ""]

    def _training(self) -> list[str]:
        lines = []
        if self.patience is not None:
            lines.append("best, best_epoch = math.inf, 0")
        batches = bool(self.facts.batch_size)
        update = self._update(
            *(("model(x_train[rows])", "y_train[rows]") if batches else ("model(x_train)", "y_train"))
        )
        if any(COUNTER.search(line) for line in update):
            lines += [*comment("script.t"), "t = 0"]
            update = ["t += 1", *update]
        lines += [*self.heading(), "for epoch in range(1, EPOCHS + 1):"]
        modes = self.norm or bool(self.dropout)
        if modes:
            lines += comment("script.torch-modes", 4)
            lines.append("    model.train()")
        if batches:
            order = "orders[epoch - 1]" if self.facts.has_orders else "torch.randperm(len(x_train))"
            if not self._shuffles:
                order = "torch.arange(len(x_train))"
            lines.append(f"    for rows in {order}.split(BATCH_SIZE):")
            lines += indented(update, 8)
        else:
            lines += comment("script.whole", 4)
            lines += indented(update)
        if modes:
            lines.append("    model.eval()")
        lines.append("    with torch.no_grad():")
        lines += [f"        {each}_loss = loss(model(x_{each}), y_{each}).item(){self.unit()}" for each in self.sets]
        lines.append(f"    {self.report('epoch')}")
        return lines + indented(self.early_stop())

    def _update(self, outputs: str, y: str) -> list[str]:
        optimizer = self.config.optimizer
        lines: list[str] = []
        if self.norm:
            lines += [*comment("script.torch-norm"), "for norm in norms:", "    norm.momentum = max(0.1, 1 / t)"]
        lines += ["model.zero_grad()", f"loss({outputs}, {y}).backward()"]
        if self.config.model.sign_bug:
            lines += [*comment("script.bug"), "for theta in linears[0].parameters():", "    theta.grad *= -1"]
        if self.noise:
            lines += [
                *comment("script.noise"),
                "for theta in model.parameters():",
                "    theta.grad += GRADIENT_NOISE * torch.randn_like(theta)",
            ]
        if self.clip:
            lines += [*comment("script.clip"), "nn.utils.clip_grad_norm_(model.parameters(), GRADIENT_CLIP)"]
        rate = RATES[optimizer.schedule]
        if self._by_hand:
            return [*lines, f"rate = {rate}", *self._step_by_hand()]
        if optimizer.schedule != "constant":
            lines += ["for group in optimizer.param_groups:", f'    group["lr"] = {rate}']
        return [*lines, "optimizer.step()"]

    def _step_by_hand(self) -> list[str]:
        name = self.config.optimizer.name
        states = OPTIMIZER_STATES[name]
        body = ["g = theta.grad"]
        if self.config.optimizer.weight_decay:
            body += [*comment("script.decay"), "if theta.ndim == 2:", "    g = g + WEIGHT_DECAY * theta"]
        body += [line.replace("np.sqrt", "torch.sqrt") for line in OPTIMIZER_STEPS[name]]
        lists = ", ".join(["model.parameters()", *(f"{state}s" for state in states)])
        return [
            *comment("script.torch-by-hand"),
            "with torch.no_grad():",
            f"    for {', '.join(['theta', *states])} in zip({lists}):",
            *indented(body, 8),
        ]
