"""Steps of arithmetic as data, compiled into straight-line code.

A step is one NumPy call with the buffers it reads and writes; a tape is a list of steps. Interpreting a tape call by
call would take as long as the arithmetic of a small network, so `unroll` compiles it into the Python function that one
would write by hand::

    def run(batches):
        for X, X_ROWS, LABELS in batches:
            c0(X, c1)                 # first layer: W.dot(x, z)
            c2(c1, c3, out=c1)        # relu: maximum(z, zeros, out=z)
            ...

No text from outside gets into that code: its names are generated, and its values are bound as defaults.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from types import CodeType
from typing import NamedTuple, cast

from tutor.ml.arrays import Array


class Input(NamedTuple):
    """A place on a tape for an array that differs at each update."""

    name: str


X = Input("X")
"""The batch, (d + 1, B)."""
X_ROWS = Input("X_ROWS")
"""The same batch by rows, (B, d + 1)."""
LABELS = Input("LABELS")
"""Its labels, (k, B)."""
RATE = Input("RATE")
"""The learning rate of the update, an array without dimensions."""


class Step(NamedTuple):
    """One call: ``call(*arguments)``, or with ``out=`` if NumPy takes that by name only."""

    call: Callable[..., object]
    arguments: tuple[object, ...]
    out: Array | None = None


Steps = list[Step]
Run = Callable[[Iterable[tuple[Array, ...]]], None]
"""A compiled tape: runs once for each tuple of inputs."""


def step(call: Callable[..., object], *arguments: object, out: Array | None = None) -> Step:
    """One step of a tape. Arguments are buffers, `Input` places, numbers or None."""
    return Step(call, arguments, out)


def redirected(steps: Iterable[Step], old: Array | Input, new: Array | Input) -> Steps:
    """The steps with the array or place ``new`` in place of ``old``, to read from and to write to."""

    def other(value: object) -> object:
        return new if value is old else value

    return [Step(each.call, tuple(map(other, each.arguments)), cast("Array | None", other(each.out))) for each in steps]


def unroll(steps: Iterable[Step], inputs: Sequence[Input]) -> Run:
    """Compile a tape into a function.

    Args:
        steps: The tape.
        inputs: The places that the tuples given to the function fill, in order.
    """
    values: dict[str, object] = {}
    names: dict[int, str] = {}

    def name_of(value: object) -> str:
        if isinstance(value, Input):
            return value.name
        if value is None or isinstance(value, int | float):
            return repr(value)
        name = names.setdefault(id(value), f"c{len(names)}")
        values[name] = value
        return name

    lines = []
    for each in steps:
        arguments = [name_of(argument) for argument in each.arguments]
        if each.out is not None:
            arguments.append(f"out={name_of(each.out)}")
        lines.append(f"        {name_of(each.call)}({', '.join(arguments)})\n")
    taken = "".join(f"{each.name}, " for each in inputs)
    # As a default of the function, a buffer is a local name, which is the fastest to look up.
    bound = "".join(f", {name}={name}" for name in values)
    source = f"def run(batches{bound}):\n    for {taken}in batches:\n{''.join(lines) or '        pass'}"
    exec(_compiled(source), values)  # noqa: S102 - the code consists of generated names alone
    return cast("Run", values["run"])


@lru_cache(maxsize=64)
def _compiled(source: str) -> CodeType:
    """The code of ``source``, which takes half a millisecond to compile, and is the same for batches of all sizes."""
    return compile(source, "<tape>", "exec")
