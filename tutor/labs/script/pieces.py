"""What the scripts share: comments, constants, and the text of learning rates and optimizers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from tutor.foundation.safe_text import harmless_line
from tutor.foundation.text import wrapped
from tutor.foundation.translate import language, translate
from tutor.labs.lab_config import LabConfig
from tutor.labs.mine import RATE, STEP_NUMBER, Programs, step_parameters
from tutor.labs.script.stages import staged, stages_of
from tutor.ml.settings import OptimizerSettings

COUNTER = re.compile(r"\bt\b")
"""A line that uses the number of the update."""
_WIDTH = 96
"""The cells of a line of comment."""
RATES = {
    "constant": "LEARNING_RATE",
    "linear-decay": "LEARNING_RATE * max(0.0, 1 - (t - 1) / UPDATES)",
    "cosine": "LEARNING_RATE * (1 + math.cos(math.pi * (t - 1) / UPDATES)) / 2",
    "inverse-sqrt": "LEARNING_RATE / math.sqrt(t)",
    "warm-up": "LEARNING_RATE * min(t / WARM_UP, math.sqrt(WARM_UP / t))",
}
"""The learning rate of update t, counted from 1."""

OPTIMIZER_STEPS = {
    "sgd": ["theta -= rate * g"],
    "momentum": ["v *= MOMENTUM", "v -= rate * g", "theta += v"],
    "adagrad": ["s += g**2", "theta -= rate * g / (np.sqrt(s) + 1e-8)"],
    "adagrad-mean": ["s += g**2", "theta -= rate * g / (np.sqrt(s / t) + 1e-8)"],
    "rmsprop": [
        "s += (1.0 if t == 1 else 1 - ALPHA) * (g**2 - s)",
        "theta -= rate * g / (np.sqrt(s) + 1e-8)",
    ],
    "adam": [
        "m += (1 - 0.9) * (g - m)",
        "v += (1 - 0.999) * (g**2 - v)",
        "m_hat, v_hat = m / (1 - 0.9**t), v / (1 - 0.999**t)",
        "theta -= rate * m_hat / (np.sqrt(v_hat) + 1e-8)",
    ],
}
"""What an optimizer does to the parameters theta with the gradient g in update t."""
OPTIMIZER_STEPS["gd"] = OPTIMIZER_STEPS["sgd"]
OPTIMIZER_STEPS["adamw"] = ["theta -= rate * WEIGHT_DECAY * theta * (theta.ndim == 2)", *OPTIMIZER_STEPS["adam"]]
OPTIMIZER_STATES = {
    "momentum": ("v",),
    "adagrad": ("s",),
    "adagrad-mean": ("s",),
    "rmsprop": ("s",),
    "adam": ("m", "v"),
    "adamw": ("m", "v"),
}
"""What an optimizer remembers of each parameter."""


def comment(key: str, indent: int = 0, **values: object) -> list[str]:
    """A comment of whole lines."""
    space = " " * indent
    return [f"{space}# {line}" for line in wrapped(translate(key, **values), _WIDTH - indent)]


def about(key: str, indent: int = 4, **values: object) -> list[str]:
    """A docstring, in as many lines as it needs."""
    space = " " * indent
    lines = [f"{space}{line}" for line in wrapped(translate(key, **values), _WIDTH - indent)]
    lines[0] = f'{space}"""{lines[0].strip()}'
    return [*lines[:-1], f'{lines[-1]}"""'] if len(lines) == 1 else [*lines, f'{space}"""']


def head(config: LabConfig, how: str, script: str, data: str) -> list[str]:
    """The docstring of a script: what it trains, and how it is run."""
    title = harmless_line(config.title_in(language())).replace("\\", "/").replace('"', "'")
    lines = wrapped(translate("script.title", title=title, lab=harmless_line(config.id)), _WIDTH)
    return [
        f'"""{lines[0]}', *lines[1:], "",
        *wrapped(translate(how, script=script, data=data), _WIDTH), '"""',
    ]  # fmt: skip


def indented(lines: Iterable[str], indent: int = 4) -> list[str]:
    """Lines, further to the right; they run in the same stages."""
    return [staged(" " * indent + line, stages_of(line)) if line else "" for line in lines]


def own_functions(programs: Programs) -> list[str]:
    """The learner's functions as they are, each below the name of its exercise."""
    lines = []
    for slot, program in programs.items():
        lines += [
            "",
            "",
            *comment("script.own", exercise=program.exercise, slot=slot),
            *_without_numpy(program.source.strip().splitlines()),
        ]
    return lines


_NUMPY = "import numpy as np"


def _without_numpy(lines: list[str]) -> list[str]:
    """The lines of a program without the import above its code, because the script has it already."""
    code = next((n for n, line in enumerate(lines) if line.strip() not in ("", _NUMPY) and line[0] != "#"), 0)
    above = [line for line in lines[:code] if line.strip() not in ("", _NUMPY)]
    return [*above, *lines[code:]] if _NUMPY in map(str.strip, lines[:code]) else lines


def drop_idle_math(lines: list[str]) -> None:
    """Take the import of math out of the lines of a script, in place, if none of them needs it."""
    if not any("math." in line for line in lines):
        lines.remove("import math")


def optimizer_constants(optimizer: OptimizerSettings, programs: Programs, updates: str) -> list[str]:
    """The settings of the optimizer by name; ``updates`` is how many are planned."""
    own = {} if "optimizer" in programs else {"momentum": "momentum", "rmsprop": "alpha"}
    rules = ("weight_decay", "gradient_clip", "gradient_noise")
    names = [own[optimizer.name]] if optimizer.name in own else []
    names += [name for name in rules if getattr(optimizer, name)]
    lines = [f"{name.upper()} = {getattr(optimizer, name)!r}" for name in names]
    warms_up = optimizer.schedule == "warm-up"
    if warms_up or "UPDATES" in rate_of(optimizer, programs):
        lines.append(f"UPDATES = {updates}")
    if warms_up and "schedule" not in programs:
        lines.append(f"WARM_UP = {optimizer.warm_up or 'max(1.0, 0.1 * UPDATES)'}")
    return lines


def rate_of(optimizer: OptimizerSettings, programs: Programs) -> str:
    """The learning rate of update t."""
    own = programs.get("schedule")
    return RATES[optimizer.schedule] if own is None else f"LEARNING_RATE * float({own.function}(t, UPDATES))"


def decays_gradient(optimizer: OptimizerSettings, programs: Programs) -> bool:
    """Whether weight decay is added to the gradient, rather than left to the step of AdamW."""
    return optimizer.weight_decay > 0 and (optimizer.name != "adamw" or "optimizer" in programs)


def states_of(optimizer: OptimizerSettings, programs: Programs) -> tuple[str, ...]:
    """What the optimizer remembers of each parameter."""
    own = programs.get("optimizer")
    return OPTIMIZER_STATES.get(optimizer.name, ()) if own is None else step_parameters(own)[1]


_STEP_INPUTS = {STEP_NUMBER: "t", RATE: "rate"}
"""What a learner's optimizer is given after its state, and what that is called in a script."""


def step_of(optimizer: OptimizerSettings, programs: Programs) -> Sequence[str]:
    """What changes theta and the optimizer's state in place: a learner's step is called."""
    own = programs.get("optimizer")
    if own is None:
        return OPTIMIZER_STEPS[optimizer.name]
    inputs, state = step_parameters(own)
    call = f"{own.function}({', '.join(['theta', 'g', *state, *(_STEP_INPUTS[name] for name in inputs)])})"
    return [f"{', '.join(f'{each}[...]' for each in ('theta', *state))} = {call}"]
