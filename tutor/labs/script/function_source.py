"""The descent of a drawn function, written with NumPy alone."""

from __future__ import annotations

from tutor.labs.lab_config import LabConfig
from tutor.labs.mine import Programs
from tutor.labs.script.pieces import (
    comment,
    decays_gradient,
    drop_idle_math,
    head,
    indented,
    optimizer_constants,
    own_functions,
    rate_of,
    states_of,
    step_of,
)
from tutor.ml.models.drawn_function import FUNCTIONS, LEVEL

_THIRD = [
    "",
    "",
    "def softmax(z1, z2):",
    "    total = np.logaddexp(np.logaddexp(z1, z2), -1000.0)",
    "    return np.exp(z1 - total), np.exp(z2 - total), np.exp(-1000.0 - total)",
]
_FUNCTIONS = {
    "ball": (["w**4 - 3 * w**2 + w"], ["np.array([4 * w**3 - 6 * w + 1])"]),
    "bowl": (["0.5 * (0.002 * u**2 + 20 * v**2)"], ["np.array([0.002 * u, 20 * v])"]),
    "oval": (["0.5 * (u**2 + 10 * v**2)"], ["np.array([u, 10 * v])"]),
    "saddle": (
        ["(1 - w1 * w2) ** 2"],
        ["np.array([-2 * (1 - w1 * w2) * w2, -2 * (1 - w1 * w2) * w1])"],
    ),
    "cross-entropy": (
        ["np.logaddexp(np.logaddexp(z1, z2), -1000.0) - z1"],
        ["p1, p2, _ = softmax(z1, z2)", "np.array([p1 - 1, p2])"],
    ),
    "squared-error": (
        ["p1, p2, p3 = softmax(z1, z2)", "(p1 - 1) ** 2 + p2**2 + p3**2"],
        [
            "p1, p2, p3 = softmax(z1, z2)",
            "mean = p1 * 2 * (p1 - 1) + p2 * 2 * p2 + p3 * 2 * p3",
            "np.array([p1 * (2 * (p1 - 1) - mean), p2 * (2 * p2 - mean)])",
        ],
    ),
}
"""The bodies of f and of its gradient, by the name of the function; the last line is what they return."""
_SADDLE = "np.array([[2 * w2**2, 4 * w1 * w2 - 2], [4 * w1 * w2 - 2, 2 * w1**2]])"


def function_source(config: LabConfig, programs: Programs, stem: str) -> str:
    """Write the script of a lab that goes down a drawn function.

    Args:
        config: The lab.
        programs: The learner's functions that take the place of built-in parts, by slot.
        stem: The name of the script without its ending.
    """
    model, optimizer = config.model, config.optimizer
    function = FUNCTIONS[model.function]
    names = ", ".join(function.symbols or function.names)
    unpack = f"    {names}{',' if len(function.names) == 1 else ''} = theta"
    given = (model.w, model.b)
    start = [place if given[index] is None else given[index] for index, place in enumerate(function.start)]
    escapes = bool(optimizer.eigenvector_step) and model.function == "saddle"
    lines = [
        *head(config, "script.how-alone", f"{stem}.py", ""), "", "import math", "", "import numpy as np", "",
        *_constants(config, programs), *own_functions(programs),
        *(_THIRD if model.function in {"cross-entropy", "squared-error"} else []),
    ]  # fmt: skip
    value, slope = _FUNCTIONS[model.function]
    for name, body in (("f", value), ("gradient", slope), *((("hessian", [_SADDLE]),) if escapes else ())):
        lines += ["", "", f"def {name}(theta):", unpack, *indented(body[:-1]), f"    return {body[-1]}"]
    lines += ["", "", f"theta = np.array({start!r})", *_descent(config, programs, escapes=escapes)]
    drop_idle_math(lines)
    return "\n".join(lines) + "\n"


def _constants(config: LabConfig, programs: Programs) -> list[str]:
    optimizer = config.optimizer
    lines = [f"EPOCHS = {config.train.epochs}", f"LEARNING_RATE = {optimizer.learning_rate!r}"]
    lines += optimizer_constants(optimizer, programs, "EPOCHS")
    if optimizer.eigenvector_step:
        lines.append(f"EIGENVECTOR_STEP = {optimizer.eigenvector_step!r}")
    return lines


def _descent(config: LabConfig, programs: Programs, *, escapes: bool) -> list[str]:
    optimizer = config.optimizer
    lines = [f"{name} = np.zeros_like(theta)" for name in states_of(optimizer, programs)]
    if optimizer.gradient_noise:
        lines.append(f"noise = np.random.default_rng({config.train.seed})")
    lines += ['print("epoch   train loss")', *comment("script.one-update"), "for t in range(1, EPOCHS + 1):"]
    body = ["g = gradient(theta)"]
    if optimizer.gradient_noise:
        body.append("g = g + GRADIENT_NOISE * noise.standard_normal(g.shape)")
    if optimizer.gradient_clip:
        body += [*comment("script.clip"), "g = g * min(1, GRADIENT_CLIP / max(np.linalg.norm(g), 1e-300))"]
    if decays_gradient(optimizer, programs):
        body.append("g = g + WEIGHT_DECAY * theta")
    body.append(f"rate = {rate_of(optimizer, programs)}")
    step = [line.replace(" * (theta.ndim == 2)", "") for line in step_of(optimizer, programs)]
    if escapes:
        body += [
            *comment("script.escape"),
            "values, vectors = np.linalg.eigh(hessian(theta))",
            f"if np.linalg.norm(gradient(theta)) < {LEVEL!r} and values[0] < 0:",
            "    direction = vectors[:, 0]",
            "    theta += EIGENVECTOR_STEP * direction * (1.0 if direction[0] >= 0 else -1.0)",
            "else:",
            *indented(step),
        ]
    else:
        body += step
    body.append('print(f"{t:5}   {f(theta):10.8g}")')
    return [*lines, *indented(body)]
