"""What stopped a program, said so that a learner understands it, with the piece of the line."""
# ruff: noqa: E501 - a program is easier to read on one line

from __future__ import annotations

import numpy as np
import pytest

from tutor.sandbox.explain import Explanation, explain
from tutor.sandbox.job import Call, Failure, Job, Program
from tutor.sandbox.sandbox import Sandbox

Z = np.arange(6.0).reshape(2, 3)


def explained(sandbox: Sandbox, source: str) -> Explanation:
    (program,) = sandbox.run(Job((Program(source, (Call.of("f", z=Z),)),), seconds=60.0)).programs
    failure = program.failure or program.outcomes[-1].failure
    assert failure is not None
    return explain(failure, source)


@pytest.mark.parametrize(
    ("source", "said", "line", "piece"),
    [
        ("def f(z):\n    e = np.exp(z - z.max(axis=1))\n", "keepdims=True. z is an array (2, 3).", 2, "z - z.max(axis=1)"),
        ("import math\ndef f(z):\n    return math.exp(z)\n", "works on one number", 3, "math.exp(z)"),
        ("def f(z):\n    return z ^ 2\n", "not a power", 2, "z ^ 2"),
        ("def f(z):\n    return z @ z\n", "multiplies matrices that do not fit", 2, "z @ z"),
        ("def f(z):\n    if z > 0: return z\n", "asks whether a whole array is true", 2, ""),
        ("def f(z):\n    return zz\n", "Nothing is called zz here.", 2, "zz"),
        ("def f(z):\n    return y\n    y = 1\n", "y is used before it has a value.", 2, "y"),
        ("import torch\n", "no module torch", 1, "import torch"),
        ("def f(z):\n    return g() + z\ndef g(): pass\n", "calculates with None", 2, "g() + z"),
        ("def f(z):\n    return 1 / 0\n", "divides by zero", 2, "1 / 0"),
        ("def f(z, y):\n    return z\n", "f is called with arguments that it does not take.", 0, ""),
        ("def f():\n    return 1\n", "f is called with arguments that it does not take.", 0, ""),
        ("def f(z):\n    n = 10**5000\n    return z[n]\n", "z is an array (2, 3).", 3, "z[n]"),
        ("def g(z):\n    return z\n", "no function called f", 0, ""),
        ("def f(z):\nreturn z\n", "This is not valid Python yet", 2, "return"),
        ("def f(z):\n    return (z\n", "This is not valid Python yet", 2, "("),
        ("def f(z):\n    return 2 z + 1\n", "not valid Python", 2, ""),
        ("def f(z):\n    w = 2\n    return w z + 1\n", "write w * z", 3, "z"),
        ("def f(z):\n    return np.exp(w z)\n", "write w * z", 2, "w z"),
        ("def f(z):\n    for i im z: pass\n", "valid Python yet: invalid syntax", 2, ""),
        ("def f(z):\n    return z + lambda * z\n", "lambda is a word of Python itself", 2, ""),
        ("def f(z):\n    for i in len(z): pass\n", "write range(n)", 2, ""),
        ("def f(z):\n    return 2.0(z)\n", "calls a number", 2, ""),
        ("def f(z):\n    é = 'ü'; return ß + z\n", "Nothing is called ß here.", 2, "ß"),
        ("def f(z):\n    return z[5]\n", "index 5 is out of bounds", 2, "z[5]"),
    ],
)  # fmt: skip
def test_the_sentence_names_the_fault_and_the_piece(
    sandbox: Sandbox, source: str, said: str, line: int, piece: str
) -> None:
    found = explained(sandbox, source)
    assert said in found.sentence
    assert found.line == line
    assert piece in found.text[found.start : found.end]


def test_a_hang_says_which_case_it_was() -> None:
    found = explain(Failure("Hang", "2", 3), "a\nb\nwhile True: pass\n", case="by hand")
    assert found.in_one == "Line 3: Still running after 2 s (case “by hand”): a loop that never ends?"
    assert found.text == "while True: pass"


@pytest.mark.parametrize("columns", [(), (1,), (5, 2), (900, 1000), (0, 1)])
def test_a_piece_that_is_not_there_is_not_marked(columns: tuple[int, ...]) -> None:
    found = explain(Failure("ValueError", "x", 1, columns), "ab\n")
    assert 0 <= found.start <= found.end <= len(found.text)
    assert explain(Failure("ValueError", "x", 99, columns), "ab\n").text == ""
