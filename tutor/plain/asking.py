"""Asking as lines of text: a question is printed, an answer read from standard input. Works in a pipe, too.

What begins with a slash is a wish, such as ``/hint``; a question mark behind an answer says that one is unsure.
"""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Iterable
from enum import StrEnum
from io import StringIO
from typing import TYPE_CHECKING, TextIO

from tutor.foundation.errors import TutorError
from tutor.foundation.safe_text import harmless
from tutor.foundation.translate import translate
from tutor.plain.question_lines import WIDTH, hint_lines, question_lines, verdict_lines
from tutor.study.attempt import Attempt, Stage
from tutor.study.predictions import facts_of_runs
from tutor.typeset.page import plain_lines

if TYPE_CHECKING:
    from tutor.course.catalogue import Course
    from tutor.runs.predictions import PredictionRuns
    from tutor.runs.registry import Runs
    from tutor.study.question_attempt import QuestionAttempt

_TELL_EVERY = 5.0
"""Seconds between two words about a run that is going."""
_POLL = 0.05
_LONGEST_LINE = 1 << 16
_UNSURE = re.compile(r"[?？]\s*$")


class Wish(StrEnum):
    """What can be asked for instead of answering."""

    HINT = "hint"
    SKIP = "skip"
    BACK = "back"
    SHOW = "show"
    UNDO = "undo"
    UNSURE = "unsure"
    HELP = "help"
    LEAVE = "leave"


_WISH_WORDS = {
    "hint": Wish.HINT, "提示": Wish.HINT, "skip": Wish.SKIP, "跳过": Wish.SKIP, "back": Wish.BACK, "上一题": Wish.BACK,
    "show": Wish.SHOW, "答案": Wish.SHOW, "undo": Wish.UNDO, "撤销": Wish.UNDO, "unsure": Wish.UNSURE,
    "不确定": Wish.UNSURE, "help": Wish.HELP, "帮助": Wish.HELP, "leave": Wish.LEAVE, "quit": Wish.LEAVE,
    "退出": Wish.LEAVE,
}  # fmt: skip


class Outcome(StrEnum):
    """How asking a question ended."""

    ANSWERED = "answered"
    SKIPPED = "skipped"
    BACK = "back"
    LEFT = "left"


class Asker:
    """Asks questions.

    Args:
        course: Where the labs of predictions are.
        runs: Where their runs are kept.
        confidence: Whether to ask how sure one is, before the feedback.
        source: Answers are read from here; standard input where None.
        out: Lines are written to here; standard output where None.
    """

    def __init__(
        self,
        course: Course | None,
        runs: Runs | None,
        *,
        confidence: bool = False,
        source: TextIO | None = None,
        out: TextIO | None = None,
    ) -> None:
        self._course = course
        self._runs = runs
        self._confidence = confidence
        self._source = source or sys.stdin or StringIO()  # closed standard input is as good as an empty one
        self._out = out or sys.stdout
        self._last: QuestionAttempt | None = None

    def say(self, *lines: str) -> None:
        """Print lines, at once."""
        for line in lines:
            print(line, file=self._out)
        self._out.flush()

    def read(self, prompt: str = "> ") -> str | None:
        """One line of answer, without spaces around it; None where there is no more to read."""
        print(prompt, end="", file=self._out, flush=True)
        line = harmless(self._source.readline(_LONGEST_LINE))
        if not self._source.isatty():
            print(line.rstrip("\n"), file=self._out, flush=True)  # a pipe has no echo, and a log should tell all
        return line.strip() if line else None

    def ask(self, exercise: QuestionAttempt, heading: str) -> Outcome:
        """Put a question, read until it is answered or left, and tell the verdict."""
        self.say("", heading, *question_lines(exercise.attempt))
        exercise.seen()
        while not exercise.attempt.locked:
            outcome = self._read_answer(exercise)
            if outcome is not None:
                exercise.left()
                return outcome
        if exercise.attempt.stage is Stage.WAITING:
            self._predict(exercise)
        self.say(*verdict_lines(exercise.attempt))
        self._last = exercise
        return Outcome.ANSWERED

    # -- answers -----------------------------------------------------------------------------------------

    def _read_answer(self, exercise: QuestionAttempt) -> Outcome | None:
        """Read a line, or one for each step, and commit; None if nothing came of it but an answer, or none yet."""
        attempt = exercise.attempt
        steps = attempt.type.steps(attempt.question)
        step = 0
        while step < max(1, len(steps)):
            line = self.read(f"{_as_prompt(steps[step])}> " if steps else "> ")
            if line is None:
                return Outcome.LEFT
            wish = wish_in(line)
            if wish is Wish.UNDO and steps:
                step = max(0, step - 1)
                attempt.undo()
            elif wish is not None:
                outcome = self._grant(wish, exercise)
                if outcome is not None or attempt.locked:
                    return outcome
            else:
                if _UNSURE.search(line):
                    exercise.set_unsure(True)
                if self._take(attempt, _UNSURE.sub("", line).strip(), step):
                    step = len(steps) or 1 if attempt.type.full(attempt.draft) else step + 1
                else:
                    self._say_not_ready(attempt)
        if not attempt.ready:
            self._say_not_ready(attempt)
            return None
        return self._commit(exercise)

    def _take(self, attempt: Attempt, line: str, step: int) -> bool:
        """Make a line part of the answer; whether it is one."""
        draft = attempt.type.read_line(attempt.question, attempt.shown, attempt.draft, line, step)
        return draft is not None and attempt.put(draft)

    def _say_not_ready(self, attempt: Attempt) -> None:
        self.say(translate(attempt.type.not_ready_in_lines, count=attempt.type.size(attempt.question)))

    def _commit(self, exercise: QuestionAttempt) -> Outcome | None:
        if self._confidence and exercise.attempt.confidence is None:
            line = self.read(f"{translate('ask.how-sure')} ")
            percent = percent_in(line or "")
            if percent is not None:
                exercise.attempt.confidence = percent
        exercise.commit()
        return None

    def _grant(self, wish: Wish, exercise: QuestionAttempt) -> Outcome | None:
        """Do what was wished for; the outcome, where the question is left by it."""
        leaving = {Wish.SKIP: Outcome.SKIPPED, Wish.BACK: Outcome.BACK, Wish.LEAVE: Outcome.LEFT}
        if wish in leaving:
            return leaving[wish]
        if wish is Wish.HINT:
            self.say(*(hint_lines(exercise.attempt) if exercise.attempt.hint() else [translate("ask.no-hint")]))
        elif wish is Wish.SHOW and not exercise.give_up():
            self.say(translate("ask.no-show"))
        elif wish is Wish.UNSURE:
            self._note_unsure()
        elif wish in {Wish.HELP, Wish.UNDO}:
            self.say(translate("ask.help"))
        return None

    def _note_unsure(self) -> None:
        """One was unsure of the answer before: that is said behind its feedback."""
        if self._last is None:
            self.say(translate("ask.nothing-before"))
            return
        self._last.set_unsure(True)
        self.say(translate("ask.noted-unsure"))

    # -- predictions -------------------------------------------------------------------------------------

    def _predict(self, exercise: QuestionAttempt) -> None:
        """Let the runs decide; where they cannot be had, the prediction is not counted."""
        from tutor.runs.predictions import PredictionRuns

        self.say(translate("quiz.run-decides"))
        if self._runs is None:
            exercise.cannot_run(translate("quiz.no-course"))
            return
        labs = exercise.question.labs
        try:
            # Nobody watches slowly here; the pace changes only the waiting, never what is computed.
            runs = PredictionRuns.begin(self._runs, self._course, labs, exercise.runs, changes={"train.pace": 0.0})
        except TutorError as error:
            exercise.cannot_run(str(error))
            return
        exercise.follow(runs.ids)
        self._wait_for(runs)
        if problem := runs.problem:
            exercise.cannot_run(problem)
        else:
            exercise.settle(facts_of_runs(labs, [summary.facts() for summary in runs.summaries]))

    def _wait_for(self, runs: PredictionRuns) -> None:
        told = time.monotonic()
        runs.poll()
        while not runs.ended:
            time.sleep(_POLL)
            runs.poll()
            if time.monotonic() - told >= _TELL_EVERY:
                told = time.monotonic()
                for summary in runs.summaries:
                    self.say(translate("ask.run-goes", epoch=summary.epoch, planned=summary.epochs_planned))


def wish_in(line: str) -> Wish | None:
    """The wish that a line is; None where it is an answer. A slash with any other word asks for help."""
    if not line.startswith(("/", "／")) or line[1:2].isdigit():
        return None
    return _WISH_WORDS.get(line[1:].strip().casefold(), Wish.HELP)


def _as_prompt(step: str) -> str:
    """What is asked for in a step, on one line."""
    return " ".join(plain_lines(step, WIDTH, inline=True))


def percent_in(line: str) -> float | None:
    """How sure one is, from 0.5 to 1; None where a line does not say so."""
    text = line.strip().rstrip("%％ ")
    if not (text.isascii() and text.isdigit() and len(text) <= 3):
        return None
    return int(text) / 100 if 50 <= int(text) <= 100 else None


def told(asker: Asker, texts: Iterable[str]) -> None:
    """Say what the memory has to say, such as that the disk is full."""
    for text in texts:
        asker.say(text)
