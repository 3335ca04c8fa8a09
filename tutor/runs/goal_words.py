"""The goal of a lab in words: names and signs as people write them, or as one says them aloud."""

from __future__ import annotations

import re

from tutor.charts.numbers import MINUS, count
from tutor.foundation.safe_text import harmless_line
from tutor.foundation.translate import translate
from tutor.runs.words import drawn_name

_FACT_NAMES: dict[str, str] = {
    "final.train_loss": "lab.train-loss",
    "final.valid_loss": "lab.valid-loss",
    "final.train_accuracy": "lab.train-accuracy",
    "final.valid_accuracy": "lab.valid-accuracy",
    "final.copied": "writing.copied",
    "final.precision": "charts.precision",
    "final.recall": "charts.recall",
    "final.f1": "charts.f1",
    "final.auc": "charts.auc",
    "final.false_positives": "lab.false-positives",
    "final.false_negatives": "lab.false-negatives",
    "best.valid_loss": "lab.best-valid-loss",
    "parameters": "study.fact-parameters",
    "final.max_error": "charts.max-error",
    "best.epoch": "lab.best-epoch",
    "updates": "lab.updates",
    "epochs": "lab.epoch",
    "seconds": "lab.seconds",
    "diverged": "lab.fact-diverged",
    "and": "lab.and",
    "or": "lab.or",
    "not": "lab.not",
}
_SHORT_FACT_NAMES: dict[str, str] = {
    "final.train_accuracy": "lab.train-accuracy-short",
    "final.valid_accuracy": "lab.valid-accuracy-short",
    "best.valid_loss": "lab.best-valid-loss-short",
}
_LARGE = re.compile(r"(?<![\w.])\d{4,15}(?![\w.])")
"""A whole number with digits to group."""


def goal_lines(goal: str, function: str = "", *, ascii: bool = False, short: bool = False) -> list[str]:
    """A goal in the condition language, one line for each condition, with names and signs as people write them.

    Args:
        goal: The condition.
        function: The drawn function whose height is ``final.f``.
        ascii: Whether to use ASCII alone.
        short: Whether to use short names.
    """
    parts = re.split(r" (?=(?:and|or)\b)", " ".join(goal.split()))
    return [_readable(part, function, ascii=ascii, short=short) for part in parts]


def goal_aloud(goal: str, function: str = "") -> str:
    """A goal as one says it: ``f of w is less than minus 3.5``. See `goal_lines`."""
    from tutor.typeset.speech import spoken_maths

    return spoken_maths(" ".join(goal_lines(goal, function)))


def _readable(goal: str, function: str, *, ascii: bool, short: bool) -> str:
    def named(match: re.Match[str]) -> str:
        word = match.group(0)
        if word == "final.f":
            return drawn_name(function, ascii=ascii)
        if short and word in _SHORT_FACT_NAMES:
            return translate(_SHORT_FACT_NAMES[word])
        return translate(_FACT_NAMES[word]) if word in _FACT_NAMES else word.removeprefix("final.")

    text = harmless_line(re.sub(r"[A-Za-z_][A-Za-z_.]*", named, goal))
    if not ascii:
        for plain, sign in (("<=", "≤"), (">=", "≥"), ("!=", "≠"), ("==", "=")):
            text = text.replace(plain, sign)
    return with_minus(_LARGE.sub(lambda found: count(int(found.group(0))), text))


def with_minus(text: str) -> str:
    """``text`` with a true minus sign before each negative number."""
    return re.sub(r"(?<![\w.)])-(?=[\d.])", MINUS, text)
