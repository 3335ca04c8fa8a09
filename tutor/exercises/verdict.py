"""What came of checking a program against an exercise."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from tutor.foundation.text import pad
from tutor.foundation.translate import translate
from tutor.sandbox.explain import Explanation


class Reason(StrEnum):
    """Why a program has not passed, by the first thing that was found."""

    PASSED = "passed"
    NOT_LOADED = "not-loaded"
    RULE = "rule"
    FORBIDDEN = "forbidden"
    MISTAKE = "mistake"
    RAISES = "raises"
    SLIP = "slip"
    DIFFERENT = "different"
    EXERCISE = "exercise"
    """The exercise itself is faulty, and the learner can do nothing about it."""
    OFF = "off"
    """Programs of learners are not run here."""


@dataclass(frozen=True, slots=True)
class CaseVerdict:
    """How one case went.

    Args:
        name: The name of the case.
        passed: Whether the result is right.
        inputs: The inputs, on one line.
        wanted: The right result, on one line; empty if there is none to show.
        got: The result of the program, on one line; empty if there is none.
    """

    name: str
    passed: bool
    inputs: str = ""
    wanted: str = ""
    got: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of one check.

    Args:
        exercise: The id of the exercise.
        reason: What decided.
        cases: All cases, as far as they were run; those after the program stopped count as failed.
        sentence: What is wrong, or empty.
        mistakes: The names of the recognised mistakes: see `tutor.course.lesson.Mistake.name`.
        explanation: The line that stopped the program, if one did.
        results: Which results of several are right; empty if there is only one, or nothing to say.
        error: The worst relative error in words; empty if there is none.
        printed: What the program printed, as far as it was kept.
        printed_count: How many characters it printed.
        seconds: How long the whole check took.
    """

    exercise: str
    reason: Reason
    cases: tuple[CaseVerdict, ...] = ()
    sentence: str = ""
    mistakes: tuple[str, ...] = ()
    explanation: Explanation | None = None
    results: str = ""
    error: str = ""
    printed: str = ""
    printed_count: int = 0
    seconds: float = 0.0

    @property
    def passed(self) -> bool:
        """Whether the program has passed."""
        return self.reason is Reason.PASSED

    @property
    def passed_count(self) -> int:
        """How many cases are right."""
        return sum(case.passed for case in self.cases)

    @property
    def name(self) -> str:
        """What an answer stores of it: ``passed``, the names of the mistakes, or the reason."""
        return " + ".join(self.mistakes) or self.reason.value

    @property
    def first_failing(self) -> CaseVerdict | None:
        """The first case that is not right."""
        return next((case for case in self.cases if not case.passed), None)

    @property
    def headline(self) -> str:
        """The verdict in one line that is complete by itself: ``adam-step: 0 of 4 cases. …``."""
        if self.passed:
            return translate("exercise.passed", id=self.exercise, count=len(self.cases))
        if self.reason in {Reason.NOT_LOADED, Reason.EXERCISE, Reason.OFF, Reason.RULE, Reason.FORBIDDEN}:
            return translate("exercise.stopped", id=self.exercise, sentence=self.said)
        counts = {"count": self.passed_count, "all": len(self.cases)}
        return translate("exercise.failed", id=self.exercise, sentence=self.said, **counts)

    @property
    def said(self) -> str:
        """What is wrong, in one line, with the line of the program if it is known."""
        return self.explanation.in_one if self.explanation is not None else self.sentence

    def wanted_in(self, case: CaseVerdict) -> str:
        """The right result of a case, on one line; empty if there is none, or if the verdict has just said the same."""
        return "" if case.wanted == self.sentence else case.wanted

    def lines(self) -> list[str]:
        """Return the verdict as at most ten lines of text, the first of them complete."""
        said = [self.headline, *_marked(self.explanation)]
        case = self.first_failing
        if case is not None and (case.wanted or case.got) and not self.passed:
            said += _rows(case, self.wanted_in(case))
        said += [each for each in (self.error, self.results) if each]
        if self.printed_count:
            first = self.printed.strip().partition("\n")[0][:60]
            said.append(translate("exercise.printed", count=self.printed_count, first=first))
        return said[:10]


def _marked(explanation: Explanation | None) -> list[str]:
    """Return the failing line with a marker below the failing piece."""
    if explanation is None or not explanation.text.strip():
        return []
    number = f"  {explanation.line_in_file or explanation.line} │ "
    lines = [f"{number}{explanation.text}"]
    if explanation.end > explanation.start:
        from tutor.foundation.text import cell_width

        before = cell_width(explanation.text[: explanation.start])
        under = cell_width(explanation.text[explanation.start : explanation.end])
        lines.append(" " * (len(number) - 2) + "│ " + " " * before + "^" * under)
    return lines


def _rows(case: CaseVerdict, wanted: str) -> list[str]:
    rows = [
        (translate("exercise.case"), f"{case.name}    {case.inputs}".rstrip()),
        (translate("exercise.wanted"), wanted),
        (translate("exercise.got"), case.got),
    ]
    return [f"  {pad(label, 8)} {text}" for label, text in rows if text]
