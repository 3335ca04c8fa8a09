"""The training of a line, of powers, or of a network, written with NumPy alone.

The script draws from the same random streams as the lab and calculates in the same type, so it reaches the same losses.
"""

from __future__ import annotations

import re

from tutor.labs.lab_config import LabConfig
from tutor.labs.mine import MineProgram, Programs
from tutor.labs.script.facts import ScriptFacts
from tutor.labs.script.network_script import NetworkScript
from tutor.labs.script.pieces import (
    COUNTER,
    about,
    comment,
    decays_gradient,
    drop_idle_math,
    indented,
    own_functions,
    rate_of,
    states_of,
    step_of,
)
from tutor.labs.script.stages import StageName, during, staged, stages_of

_ACTIVATIONS = {
    "relu": ("np.maximum(z, 0)", "a > 0"),
    "tanh": ("np.tanh(z)", "1 - a**2"),
    "sigmoid": ("(1 + np.tanh(z / 2)) / 2", "a * (1 - a)"),
    "hard-sigmoid": ("np.clip(z / 4 + 0.5, 0, 1)", "((a > 0) & (a < 1)) * np.float32(0.25)"),
    "none": ("z", "np.ones_like(a)"),
}
"""a = f(z), and f'(z) in terms of a."""
_RATE = re.compile(r"\brate\b")
_FORWARD: tuple[StageName, ...] = ("forward-hidden", "forward-output")
_BACKWARD: tuple[StageName, ...] = ("backward-output", "backward-hidden")
_SLOPE: tuple[StageName, ...] = ("loss", "backward-output")
"""The slope of the loss belongs to the loss, and the backward pass begins with it."""


def numpy_source(config: LabConfig, facts: ScriptFacts, programs: Programs, stem: str) -> list[str]:
    """Write the script of a lab. Returns its lines, each with the stages of an update in which it runs.

    Args:
        config: The lab.
        facts: Those of `tutor.labs.script.facts.look_at`.
        programs: The learner's functions that take the place of built-in parts, by slot.
        stem: The name of the script without its ending; the arrays are in ``STEM.npz``.
    """
    return _NumpyScript(config, facts, programs, stem).lines()


class _NumpyScript(NetworkScript):
    def lines(self) -> list[str]:
        parts = [
            [*self.head(), "", "import math", "from pathlib import Path", "", "import numpy as np", ""],
            self.constants(),
            *([] if self.solves else [self._stream()]),
            own_functions(self.programs),
            ["", *self.data(one_hot=True)],
            *([] if self.solves else [["", *self._model()]]),
            *([] if self.solves else self._passes()),
            *self._losses(),
            ["", "", *(self._solution() if self.solves else self._training())],
        ]
        lines = [line for part in parts for line in part]
        drop_idle_math(lines)
        return lines

    def _stream(self) -> list[str]:
        """The stream of random numbers that the lab draws from."""
        return [*comment("script.seed"), f"random = np.random.default_rng({self.config.train.seed})"]

    # -- the model ----------------------------------------------------------------------------------------------------

    def _model(self) -> list[str]:
        if not self.deep:
            return self._one_layer()
        model = self.config.model
        ends = f"{self.sizes[0]}, *HIDDEN, {self.sizes[-1]}"
        he = model.activation == "relu"
        lines = comment("script.he" if he else "script.lecun")
        lines += [f"sizes = [{ends}]", "parameters = []", "for inputs, outputs in zip(sizes, sizes[1:]):"]
        gain = "1"
        if he:
            lines.append("    gain = 2 if len(parameters) < 2 * len(HIDDEN) else 1")
            gain = "gain"
        draw = f"random.normal(0, np.sqrt({gain} / inputs), (outputs, inputs)).astype(np.float32)"
        lines.append(f"    W = {draw}")
        if self.residual and model.residual_scaling:
            lines += comment("script.residual-start", 4)
            lines += ["    if 0 < len(parameters) < 2 * len(HIDDEN) and inputs == outputs:"]
            lines += ["        W /= np.sqrt(len(HIDDEN))"]
        if model.initial_scale != 1.0:
            lines.append(f"    W *= {model.initial_scale!r}")
        lines.append("    parameters += [W, np.zeros(outputs, dtype=np.float32)]")
        if self.facts.first_is_kept:
            lines += comment("script.kept")
            lines += ["for layer in range(len(parameters) // 2):"]
            lines += ['    parameters[2 * layer][:] = data[f"W{layer + 1}"]']
            lines += ['    parameters[2 * layer + 1][:] = data[f"b{layer + 1}"]']
        lines.append("weights, biases = parameters[::2], parameters[1::2]")
        if self.norm:
            lines += comment("script.norm-parameters")
            lines.append("gammas = [np.ones(width, dtype=np.float32) for width in HIDDEN]")
            lines.append("parameters += gammas")
            lines.append("running = [(np.zeros_like(gamma), np.ones_like(gamma)) for gamma in gammas]")
        if self.dropout:
            lines.append(f"masks = np.random.default_rng({self.config.train.seed})")
        return lines

    def _one_layer(self) -> list[str]:
        inputs, outputs = self.sizes
        lines = comment("script.lecun")
        lines.append(f"W = random.normal(0, np.sqrt(1 / {inputs}), ({outputs}, {inputs})).astype(np.float32)")
        lines.append(f"b = np.zeros({outputs}, dtype=np.float32)")
        if self.facts.first_is_kept:
            lines += [*comment("script.start"), 'W[:], b[:] = data["W1"], data["b1"]']
        return [*lines, "parameters = [W, b]"]

    def _passes(self) -> list[list[str]]:
        if not self.deep:
            body = during(["forward-output"], "    return x @ W.T + b")
            return [["", "", "def forward(x):", *about("script.line"), *body]]
        if self.plain:
            return [["", "", *self._plain_forward()], ["", "", *self._plain_backward()]]
        normalise = [["", "", *self._normalise()]] if self.norm else []
        return [*normalise, ["", "", *self._full_forward()], ["", "", *self._full_backward()]]

    @property
    def _value(self) -> str:
        """The activation of z."""
        return _ACTIVATIONS[self.config.model.activation][0]

    @property
    def _slope(self) -> str:
        """Its derivative in terms of its value a, as a factor."""
        return f"({_ACTIVATIONS[self.config.model.activation][1]})"

    def _plain_forward(self) -> list[str]:
        return [
            "def forward(x):",
            *about("script.forward"),
            *during(
                ["forward-hidden"],
                "    outputs = [x]",
                "    for W, b in zip(weights[:-1], biases[:-1]):",
                "        z = outputs[-1] @ W.T + b",
                f"        outputs.append({self._value})",
            ),
            *during(["forward-output"], "    return outputs + [outputs[-1] @ weights[-1].T + biases[-1]]"),
        ]

    def _plain_backward(self) -> list[str]:
        lines = [
            "def backward(outputs, slope):",
            *about("script.backward"),
            *during(["backward-output"], "    gradients = []"),
            *during(
                _BACKWARD,
                "    for layer in reversed(range(len(weights))):",
                "        a = outputs[layer]",
                "        gradients = [slope.T @ a, slope.sum(axis=0)] + gradients",
            ),
            # This goes on to the layer below, so it is the first line of that one's stage.
            *during(["backward-hidden"], f"        slope = slope @ weights[layer] * {self._slope}"),
        ]
        return [*lines, *self._bug(), *during(["backward-hidden"], "    return gradients")]

    def _bug(self) -> list[str]:
        if not self.config.model.sign_bug:
            return []
        bug = "    gradients[:2] = [-gradients[0], -gradients[1]]"
        return [*comment("script.bug", 4), *during(["rules"], bug)]

    def _normalise(self) -> list[str]:
        return [
            "def normalise(z, layer, training):",
            *about("script.normalise"),
            "    mean, variance = running[layer]",
            "    if training:",
            "        now = z.mean(axis=0), z.var(axis=0)",
            "        newest = max(0.1, 1 / t)",
            "        mean += newest * (now[0] - mean)",
            "        variance += newest * (now[1] * (len(z) / max(1, len(z) - 1)) - variance)",
            "        mean, variance = now",
            "    inverse = 1 / np.sqrt(variance + 1e-5)",
            "    return (z - mean) * inverse, inverse",
        ]

    def _full_forward(self) -> list[str]:
        lines = ["def forward(x, training=False):", *about("script.forward-kept"), "    kept = []"]
        lines.append("    for layer in range(len(HIDDEN)):")
        names = ["x", "a"]
        if self.norm:
            lines += [
                "        normal, inverse = normalise(x @ weights[layer].T, layer, training)",
                "        z = gammas[layer] * normal + biases[layer]",
            ]
            names += ["normal", "inverse"]
        else:
            lines.append("        z = x @ weights[layer].T + biases[layer]")
        lines.append(f"        a = {self._value}")
        out = "a"
        if self.dropout:
            lines += comment("script.dropout", 8)
            lines += [
                "        mask = np.float32(1)",
                "        if training:",
                "            drawn = masks.random(a.T.shape, dtype=np.float32).T",
                "            mask = (drawn >= DROPOUT) * np.float32(1 / (1 - DROPOUT))",
            ]
            names.append("mask")
            out = "a * mask"
        lines.append(f"        kept.append(({', '.join(names)}))")
        if self.residual:
            lines += comment("script.residual", 8)
            lines.append(f"        x = {out} + x if layer > 0 and x.shape == a.shape else {out}")
        else:
            lines.append(f"        x = {out}")
        return [*lines, "    return x @ weights[-1].T + biases[-1], [*kept, x]"]

    def _full_backward(self) -> list[str]:
        names = ["x", "a", *(["normal", "inverse"] if self.norm else []), *(["mask"] if self.dropout else [])]
        lines = [
            "def backward(kept, slope):",
            *about("script.backward"),
            "    gradients = [slope.T @ kept[-1], slope.sum(axis=0)]",
            *(["    of_gammas = []"] if self.norm else []),
            "    slope = slope @ weights[-1]",
            "    for layer in reversed(range(len(HIDDEN))):",
            f"        {', '.join(names)} = kept[layer]",
        ]
        if self.residual:
            lines.append("        around = slope if layer > 0 and x.shape == a.shape else 0")
        lines.append(f"        slope = slope{' * mask' if self.dropout else ''} * {self._slope}")
        bias = "slope.sum(axis=0)"
        if self.norm:
            bias = "of_beta"
            lines += [
                "        of_gamma, of_beta = (slope * normal).sum(axis=0), slope.sum(axis=0)",
                "        of_gammas = [of_gamma] + of_gammas",
                *comment("script.norm-back", 8),
                "        slope = slope - (normal * of_gamma + of_beta) / np.float32(len(slope))",
                "        slope = slope * (gammas[layer] * inverse)",
            ]
        lines.append(f"        gradients = [slope.T @ x, {bias}] + gradients")
        lines.append(f"        slope = slope @ weights[layer]{' + around' if self.residual else ''}")
        return [*lines, *self._bug(), f"    return gradients{' + of_gammas' if self.norm else ''}"]

    # -- the loss -----------------------------------------------------------------------------------------------------

    def _losses(self) -> list[list[str]]:
        if "loss" in self.programs:
            return []
        softmax = [
            "", "", "def softmax(z):", *about("script.softmax"),
            *during(
                ["forward-output"],
                "    powers = np.exp(z - z.max(axis=1, keepdims=True))",
                "    return powers / powers.sum(axis=1, keepdims=True)",
            ),
        ]  # fmt: skip
        if not self.facts.classifies:
            error = self.config.loss.name
            mean = "np.mean((outputs - y) ** 2)" if error == "mse" else "np.mean(np.abs(outputs - y))"
            slope = "2 * (outputs - y) / y.size" if error == "mse" else "np.sign(outputs - y) / y.size"
            return [
                ["", "", "def loss(outputs, y):", *during(["loss"], f"    return {mean}")],
                *(
                    []
                    if self.solves or "gradient" in self.programs
                    else [["", "", "def loss_slope(outputs, y):", *during(_SLOPE, f"    return {slope}")]]
                ),
            ]
        if self.config.loss.name == "mse":
            return [
                softmax,
                ["", "", "def loss(z, y):", *during(["loss"], "    return np.mean((softmax(z) - y) ** 2)")],
                [
                    "", "", "def loss_slope(z, y):", *about("script.softmax-mse"),
                    *during(
                        _SLOPE,
                        "    p = softmax(z)",
                        "    d = 2 * (p - y) / y.size",
                        "    return p * (d - (p * d).sum(axis=1, keepdims=True))",
                    ),
                ],
            ]  # fmt: skip
        output = self.programs.get("output")
        return [
            *([] if output else [softmax]),
            [
                "", "", "def loss(z, y):", *about("script.cross-entropy"),
                *during(
                    ["loss"],
                    "    z = z - z.max(axis=1, keepdims=True)",
                    "    return np.mean(np.log(np.exp(z).sum(axis=1)) - (y * z).sum(axis=1))",
                ),
            ],
            [
                "", "", "def loss_slope(z, y):", *about("script.p-minus-y"),
                *during(_SLOPE, f"    return ({_name(output, 'softmax')}(z) - y) / len(z)"),
            ],
        ]  # fmt: skip

    # -- the training -------------------------------------------------------------------------------------------------

    def _solution(self) -> list[str]:
        labels = "y_{}.astype(np.float32)"
        evaluate = [f"{each}_loss = loss(predict(x_{each}), {labels.format(each)}){self.unit()}" for each in self.sets]
        return [
            "def with_ones(x):",
            *about("script.ones"),
            "    return np.stack([*x.T, np.ones(len(x))])",
            "",
            "",
            *comment("script.least-squares"),
            "solution = np.linalg.lstsq(with_ones(x_train).T, y_train, rcond=None)[0].astype(np.float32)",
            "",
            "",
            "def predict(x):",
            "    return (solution.T @ with_ones(x).astype(np.float32)).T",
            "",
            "",
            *evaluate,
            *self.heading(),
            self.report("1"),
        ]

    def _training(self) -> list[str]:
        states = states_of(self.config.optimizer, self.programs)
        lines = [f"{name}s = [np.zeros_like(theta) for theta in parameters]" for name in states]
        if self.noise:
            lines.append(f"noise = np.random.default_rng({self.config.train.seed})")
        if self.patience is not None:
            lines.append("best, best_epoch = math.inf, 0")
        batches = bool(self.facts.batch_size)
        update = self._update("x_train[rows]", "y_train[rows]") if batches else self._update("x_train", "y_train")
        if self.norm or any(COUNTER.search(line) for line in update):
            lines += [*comment("script.t"), "t = 0"]
            update = [*during(["batch"], "t += 1"), *update]
        lines += self.heading()
        epochs = "for epoch in range(1, EPOCHS + 1):"
        if batches:
            lines += [epochs, *indented(during(["batch"], *self._batches()))]
            lines += indented(update, 8)
        else:  # the batch is all examples, and the comment says so
            lines += during(["batch"], epochs, *comment("script.whole", 4))
            lines += indented(update)
        lines += indented(self._evaluation())
        lines.append(f"    {self.report('epoch')}")
        return lines + indented(self.early_stop())

    def _batches(self) -> list[str]:
        own = self.programs.get("batches")
        if not self.config.train.shuffle:
            order = "order = np.arange(len(x_train))"
        elif own is not None:
            return [f"for rows in {own.function}(len(x_train), BATCH_SIZE, random):"]
        else:
            order = "order = random.permutation(len(x_train))"
        return [
            order,
            "for start in range(0, len(x_train), BATCH_SIZE):",
            "    rows = order[start : start + BATCH_SIZE]",
        ]

    def _update(self, x: str, y: str) -> list[str]:
        lines = []
        if x != "x_train":
            lines += during(["batch"], f"x, y = {x}, {y}")
            x, y = "x", "y"
        lines += self._gradients(x, y)
        lines += self._rules()
        rate = rate_of(self.config.optimizer, self.programs)
        step = self._step()
        if rate == "LEARNING_RATE":
            return [*lines, *(staged(_RATE.sub(rate, line), stages_of(line)) for line in step)]
        return [*lines, *during(["update"], f"rate = {rate}"), *step]

    def _gradients(self, x: str, y: str) -> list[str]:
        own = self.programs.get("gradient")
        if own is not None:
            return [
                *comment("script.own-gradient"),
                f"dw, db = {own.function}(float(W[0, 0]), float(b[0]), {x}[:, 0], {y}[:, 0])",
                "gradients = [np.full_like(W, dw), np.full_like(b, db)]",
            ]
        slope = f"loss_slope({{}}, {y})"
        if "loss" in self.programs:
            slope = f"{self.programs['loss'].function}({{}}, {y})[1]"
        if not self.deep:
            return [
                *during(["forward-output", *_SLOPE], f"slope = {slope.format(f'forward({x})')}"),
                *during(["backward-output"], f"gradients = [slope.T @ {x}, slope.sum(axis=0)]"),
            ]
        if self.plain:
            return [
                *during(_FORWARD, f"outputs = forward({x})"),
                *during(["loss", *_BACKWARD], f"gradients = backward(outputs, {slope.format('outputs[-1]')})"),
            ]
        return [
            f"outputs, kept = forward({x}, training=True)",
            f"gradients = backward(kept, {slope.format('outputs')})",
        ]

    def _rules(self) -> list[str]:
        lines = []
        if self.noise:
            lines += comment("script.noise")
            if self.deep or self.sizes[-1] > 1 or self.sizes[0] > 1:
                lines += [
                    "for W_gradient, b_gradient in zip(gradients[::2], gradients[1::2]):",
                    "    outputs_of, inputs = W_gradient.shape",
                    "    drawn = GRADIENT_NOISE * noise.standard_normal((outputs_of, inputs + 1), dtype=np.float32)",
                    "    W_gradient += drawn[:, :-1]",
                    "    b_gradient += drawn[:, -1]",
                ]
            else:
                lines += [
                    "drawn = GRADIENT_NOISE * noise.standard_normal(2, dtype=np.float32)",
                    "gradients = [gradients[0] + drawn[0], gradients[1] + drawn[1]]",
                ]
        if self.clip:
            lines += [
                *comment("script.clip"),
                "norm = math.sqrt(sum(float((g.astype(np.float64) ** 2).sum()) for g in gradients))",
                "if norm > GRADIENT_CLIP:",
                "    gradients = [g * (GRADIENT_CLIP / norm) for g in gradients]",
            ]
        return during(["rules"], *lines)

    def _step(self) -> list[str]:
        optimizer = self.config.optimizer
        states = states_of(optimizer, self.programs)
        names = ["theta", "g", *states]
        lists = ["parameters", "gradients", *(f"{each}s" for each in states)]
        body = []
        if decays_gradient(optimizer, self.programs):
            decay = [*comment("script.decay"), "if theta.ndim == 2:", "    g = g + WEIGHT_DECAY * theta"]
            body += during(["rules"], *decay)
        body += during(["update"], *step_of(optimizer, self.programs))
        return [*during(["update"], f"for {', '.join(names)} in zip({', '.join(lists)}):"), *indented(body)]

    def _evaluation(self) -> list[str]:
        outputs = "forward({})" if not self.deep else "forward({})[-1]" if self.plain else "forward({})[0]"
        own = self.programs.get("loss")
        call = f"{own.function}({{}}, {{}})[0]" if own is not None else "loss({}, {})"
        lines = [
            f"{each}_loss = {call.format(outputs.format(f'x_{each}'), f'y_{each}')}{self.unit()}" for each in self.sets
        ]
        return [*during(["after"], lines[0]), *lines[1:]]


def _name(program: MineProgram | None, built_in: str) -> str:
    return built_in if program is None else program.function
