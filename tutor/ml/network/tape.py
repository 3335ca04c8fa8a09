"""Steps of arithmetic, written down as data and turned into straight-line code.

A rule says which NumPy call takes which buffers and writes into which; a tape is such steps one after the other.
Going through a tape call by call costs as much as the arithmetic of a small network, so `unroll` writes it out as the
Python function that one would write by hand::

    def run(batches):
        for X, X_ROWS, LABELS in batches:
            c0(X, c1)                 # first layer: W.dot(x, z)
            c2(c1, c3, out=c1)        # relu: maximum(z, zeros, out=z)
            ...

No text from outside ever gets into that code: its names are counted, its values are bound.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple, cast

from tutor.ml.arrays import Array


class Input(NamedTuple):
    """A place on a tape for what is another array at each update."""

    name: str


X = Input("X")
"""The batch, (d + 1, B)."""
X_ROWS = Input("X_ROWS")
"""The same batch by rows, (B, d + 1)."""
LABELS = Input("LABELS")
"""Its labels, (k, B)."""


class Step(NamedTuple):
    """One call: ``call(*arguments)``, or with ``out=`` where NumPy wants that by name."""

    call: Callable[..., object]
    arguments: tuple[object, ...]
    out: Array | None = None


Steps = list[Step]
Run = Callable[[Iterable[tuple[Array, ...]]], None]
"""Goes through a tape once for each tuple of inputs."""


def step(call: Callable[..., object], *arguments: object, out: Array | None = None) -> Step:
    """One step of a tape. Arguments are buffers, `Input` places, numbers or None."""
    return Step(call, arguments, out)


def perform(steps: Iterable[Step]) -> None:
    """Go through a tape once, call by call: for what is done seldom. It may have no inputs."""
    for each in steps:
        if each.out is None:
            each.call(*each.arguments)
        else:
            each.call(*each.arguments, out=each.out)


def unroll(steps: Iterable[Step], inputs: Sequence[Input]) -> Run:
    """Write a tape out as a function.

    Args:
        steps: the tape.
        inputs: what the tuples given to the function hold, in their order.
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
    # Defaults make every buffer a local name, the quickest to look up.
    bound = "".join(f", {name}={name}" for name in values)
    source = f"def run(batches{bound}):\n    for {taken}in batches:\n{''.join(lines) or '        pass'}"
    exec(source, values)  # noqa: S102 - the code is made of counted names alone
    return cast("Run", values["run"])
