"""Figures in the lessons' text that no lab shows, recomputed and compared with the sentence that quotes them.

    python -m tests.lessons.figures              all of them, which takes minutes
    python -m tests.lessons.figures NAME ...     some: the names of the modules here

Each module computes its figures in ``figures`` and says in ``QUOTED`` where they are quoted. The tests do the same for
the modules that take seconds; see ``FAST`` and ``SLOW``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

LESSONS = Path(__file__).resolve().parents[3] / "lessons"
FAST = ("turned_valley", "gradients_at_the_start", "signal_growth")
"""Modules that take some seconds."""
SLOW = ("differences", "markov_model", "twenty_layers", "other_folds", "forty_five_days")
"""Modules that take a minute or more."""


@dataclass(frozen=True, slots=True)
class Quoted:
    """A figure as a lesson quotes it.

    Args:
        lesson: The id of the lesson.
        text: A piece of its English text with the figure in it, on one line.
        figure: The name of the figure.
        low: The lowest value that the text is true of.
        high: The highest.
    """

    lesson: str
    text: str
    figure: str
    low: float
    high: float


def faults(quoted: Sequence[Quoted], figures: Mapping[str, float]) -> list[str]:
    """What is wrong: a text that the lesson does not contain, or a figure that is not what it says."""
    found = []
    for each in quoted:
        if each.text not in " ".join(_text(each.lesson).split()):
            found.append(f"{each.lesson}: not in its text: {each.text}")
        if not each.low <= figures[each.figure] <= each.high:
            found.append(f"{each.lesson}: {each.figure} is {figures[each.figure]:.4g}, and the text says: {each.text}")
    return found


def faults_of(name: str) -> list[str]:
    """Compute the figures of a module, and compare them with what the lessons quote."""
    module = import_module(f"{__name__}.{name}")
    return faults(module.QUOTED, module.figures())


def _text(lesson: str) -> str:
    texts = (path.read_text(encoding="utf-8") for path in sorted((LESSONS / "en").glob("*.md")))
    return next(text for text in texts if f"\nid: {lesson}\n" in text)
