"""Questions as lines of text: print one, read the answer from standard input, say the verdict. Works in a pipe, too.

A line that begins with a slash is a command, such as ``/hint``. A question mark at the end of an answer says that the
learner is unsure. No sign carries a meaning that no word carries.
"""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from enum import StrEnum
from io import StringIO
from typing import TYPE_CHECKING, Protocol, TextIO, TypeVar

from tutor.course.lesson import BLANK
from tutor.course.questions.base import AnswerRow
from tutor.foundation.errors import TutorError
from tutor.foundation.languages import fallbacks, languages
from tutor.foundation.safe_text import harmless, harmless_line
from tutor.foundation.text import cell_width, narrow, wrapped
from tutor.foundation.traditional import simplified
from tutor.foundation.translate import language, translate
from tutor.study.attempt import Attempt, Stage
from tutor.study.predictions import deciding_figures, facts_of_runs
from tutor.study.wording import miss_sentence, verdict_sentence
from tutor.typeset.page import is_read_aloud, plain_lines
from tutor.typeset.speech import spoken_text

if TYPE_CHECKING:
    from tutor.course.catalogue import Course
    from tutor.progress.store import ProgressStore
    from tutor.runs.predictions import PredictionRuns
    from tutor.runs.registry import Runs
    from tutor.study.question_attempt import QuestionAttempt

WIDTH = 76


def question_lines(attempt: Attempt) -> Iterator[str]:
    """The question, and how to answer it."""
    question = attempt.question
    if question.title:
        yield from plain_lines(f"**{question.title}**", WIDTH)
    if question.prompt:
        yield from plain_lines(_with_numbers(question.prompt), WIDTH)
    yield ""
    yield from answer_lines(attempt.type.rows(question, attempt.shown, attempt.draft, None))
    if not attempt.locked:
        yield from _how_lines(attempt)


_LABEL = "{:>3}. "


def answer_lines(rows: Sequence[AnswerRow], *, label: str = _LABEL) -> Iterator[str]:
    """What there is to choose, order or pair, each behind its label; a blank line separates the columns of a table.

    Args:
        rows: The rows that the question's type gives.
        label: The format of a label.
    """
    told = [row for row in rows if row.text and row.kind != "field"]
    for before, row in zip([None, *told], told, strict=False):
        if before is not None and before.kind == "pair" != row.kind:
            yield ""
        if row.kind == "head":
            yield from plain_lines(named(row.text), WIDTH, inline=True)
        else:
            head = label.format(row.label) if row.label.isalnum() else f"  {row.label} "
            yield from _indented(head, plain_lines(row.text, WIDTH - len(head), inline=True))


def _how_lines(attempt: Attempt) -> Iterator[str]:
    """How to answer, and how accurate a number must be."""
    how = [translate("quiz.predict")] if attempt.question.predicts else []
    how += [translate("quiz.guess-first")] if attempt.deferred else []
    yield translate("quiz.space").join([*how, translate(attempt.type.how_in_lines)])
    if note := attempt.type.note(attempt.question):
        yield as_heard(translate("ask.tolerance", tolerance=note))


def hint_lines(attempt: Attempt) -> Iterator[str]:
    """The last hint that was shown."""
    number = attempt.hints_shown
    yield from plain_lines(named(translate("quiz.hint-number", number=number), attempt.hints[-1]), WIDTH)


def miss_lines(attempt: Attempt) -> Iterator[str]:
    """What a first miss tells: how far it was right, the feedback on what was chosen, and a hint."""
    yield miss_sentence(attempt)
    for row in attempt.rows():
        if row.right is None or row.kind not in {"one", "many", "pair"}:
            continue
        word = translate("quiz.word-yes" if row.right else "quiz.word-no")
        head = _LABEL.format(row.label)
        told = row.feedback if row.feedback and not row.right else word
        yield from _indented(head, plain_lines(told, WIDTH - len(head)))
    if attempt.hints_shown:
        yield from hint_lines(attempt)


def verdict_lines(attempt: Attempt) -> Iterator[str]:
    """The feedback on an answer: whether it is right, the correct answer, and why."""
    if attempt.stage is Stage.DEFERRED:
        yield translate("quiz.end-decides")
        return
    if attempt.stage is Stage.UNCOUNTED:
        yield translate("quiz.not-counted")
        yield harmless_line(attempt.reason)
    elif attempt.verdict is not None:
        yield verdict_sentence(attempt)
        yield from _what_was_chosen(attempt)
        yield from _what_was_right(attempt)
        for figure in deciding_figures(attempt.question, attempt.facts or {}):
            yield as_heard(f"  {named(harmless_line(figure.name), harmless_line(figure.value))}")
    if attempt.question.explanation:
        yield named(translate("quiz.why"))
        yield from (f"  {line}" for line in plain_lines(attempt.question.explanation, WIDTH - 2))


def your_answer_lines(attempt: Attempt) -> Iterator[str]:
    """The options that the learner chose."""
    for row in attempt.type.rows(attempt.question, attempt.shown, attempt.draft, None):
        if row.chosen:
            yield from plain_lines(named(translate("quiz.your-answer"), row.text), WIDTH)


def _what_was_chosen(attempt: Attempt) -> Iterator[str]:
    """The author's feedback on each option that was chosen."""
    for row in attempt.type.rows(attempt.question, attempt.shown, attempt.draft, attempt.verdict):
        if row.feedback and row.chosen:
            head = _LABEL.format(row.label)
            yield from _indented(head, plain_lines(row.feedback, WIDTH - len(head)))


def _what_was_right(attempt: Attempt) -> Iterator[str]:
    if attempt.verdict is None or attempt.verdict.correct:
        return
    solution = attempt.type.solution(attempt.question, attempt.shown, attempt.draft, attempt.verdict)
    if solution.lines:
        yield named(solution.title)
        yield from answer_lines(solution.lines)
    heading = translate("quiz.answer")
    typed = [answer for answer in solution.typed if not answer.own]
    if any(answer.name != heading for answer in typed):  # blanks have names of their own
        yield named(heading)
    for answer in typed:
        yield as_heard(f"  {named(answer.name, harmless_line(answer.text))}")


def named(name: str, value: str = "") -> str:
    """``name: value`` with the colon of the language; without a value, the name and its colon."""
    return translate("ask.named", name=name, value=value).rstrip()


def as_heard(text: str) -> str:
    """``text``, with the signs of formulas in words if it is read aloud."""
    return spoken_text(text) if is_read_aloud() else text


def _indented(head: str, lines: Iterable[str]) -> Iterator[str]:
    for number, line in enumerate(lines):
        yield f"{' ' * len(head) if number else head}{line}"


def _with_numbers(prompt: str) -> str:
    """The prompt with a number in each blank, because the learner is asked for blanks by number."""
    pieces = prompt.split(BLANK)
    text = pieces[0]
    for number, piece in enumerate(pieces[1:], 1):
        text += f"\\_\\_({number})\\_\\_{piece}"
    return text


_REPORT_EVERY = 5.0
"""Seconds between two lines on the progress of a run."""
_POLL = 0.05
_LONGEST_LINE = 1 << 16
_TERMINAL = 79
_LONG_WORD = re.compile(r"[!-~]{60}")
_UNSURE = re.compile(r"[?？]\s*$")
SLASHES = ("/", "／", "、")
"""What a command begins with. A Chinese keyboard types ``、`` for the slash."""


class Command(StrEnum):
    """What the learner can type instead of an answer."""

    HINT = "hint"
    SKIP = "skip"
    BACK = "back"
    SHOW = "show"
    UNDO = "undo"
    UNSURE = "unsure"
    HELP = "help"
    LEAVE = "leave"
    FLAG = "flag"
    OVERVIEW = "overview"
    HAND_IN = "hand-in"


class Outcome(StrEnum):
    """How a question ended."""

    ANSWERED = "answered"
    SKIPPED = "skipped"
    BACK = "back"
    LEFT = "left"
    FLAGGED = "flagged"
    OVERVIEW = "overview"
    HANDED_IN = "handed-in"


class Interlude(Protocol):
    """What may be said and done between two lines of input, whatever is asked."""

    @property
    def commands(self) -> str:
        """What can be typed, in sentences."""

    def say_news(self) -> None:
        """Say what has happened since the last time; nothing if nothing has."""

    def obeys(self, line: str) -> bool:
        """Carry out a command with a slash. Returns whether the line is one of its commands."""


class Asker:
    """Asks questions in lines of text.

    Args:
        course: The course with the labs of predictions.
        runs: Where runs are stored; None if predictions cannot run.
        confidence: Whether to ask how sure the learner is, before the feedback.
        source: Where answers are read from; by default standard input.
        out: Where lines are written to; by default standard output.
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
        self._source = source or sys.stdin or StringIO()  # a closed standard input counts as empty
        self._out = out or sys.stdout
        self._last: QuestionAttempt | None = None
        self._asking: QuestionAttempt | None = None
        self.interlude: Interlude | None = None
        """What comes between two lines of input; None if nothing does."""

    def aside(self) -> Asker:
        """An asker on the same lines. Nothing comes between its questions, and it does not ask how sure one is."""
        return Asker(self._course, None, source=self._source, out=self._out)

    def say(self, *lines: str) -> None:
        """Print lines at once. A line that is too wide for a terminal of 80 columns is broken between words."""
        for line in lines:
            print("\n".join(_broken(line)), file=self._out)
        self._out.flush()

    def read(self, prompt: str = "> ") -> str | None:
        """One line of input without surrounding spaces, or None at the end of the input."""
        while True:
            if self.interlude is not None:
                self.interlude.say_news()
            print(prompt, end="", file=self._out, flush=True)
            line = harmless(self._source.readline(_LONGEST_LINE))
            if not self._source.isatty():
                print(line.rstrip("\n"), file=self._out, flush=True)  # a pipe has no echo, and a log should be complete
            if not line:
                return None
            if not self._interrupts(line.strip()):
                return line.strip()

    def _interrupts(self, line: str) -> bool:
        """Let the interlude obey a line. If it does, the question that stands is said again."""
        if self.interlude is None:
            return False
        asking = self._asking
        if asking is not None:
            asking.left()
        obeyed = self.interlude.obeys(line)
        if asking is not None:
            if obeyed:
                self.say("", *question_lines(asking.attempt))
            asking.seen()
        if not obeyed:
            self.interlude.say_news()  # before whatever the line brings, which may be long
        return obeyed

    def ask(self, exercise: QuestionAttempt, heading: str) -> Outcome:
        """Ask a question until it is answered or left, then print the feedback."""
        self.say("", heading, *question_lines(exercise.attempt))
        outcome = self.take_answer(exercise)
        if outcome is not Outcome.ANSWERED:
            return outcome
        if exercise.attempt.stage is Stage.WAITING:
            self._predict(exercise)
        self.say(*verdict_lines(exercise.attempt))
        self._last = exercise
        return Outcome.ANSWERED

    # -- answers -----------------------------------------------------------------------------------------

    def take_answer(self, exercise: QuestionAttempt) -> Outcome:
        """Read lines until the question, which has been said, is answered or left."""
        before, self._asking = self._asking, exercise
        exercise.seen()
        try:
            while not exercise.attempt.locked:
                outcome = self._read_answer(exercise)
                if outcome is not None:
                    exercise.left()
                    return outcome
        finally:
            self._asking = before
        return Outcome.ANSWERED

    def _read_answer(self, exercise: QuestionAttempt) -> Outcome | None:
        """Read one line, or one for each step, and commit. Returns how the question ends if a command ends it."""
        attempt = exercise.attempt
        steps = attempt.type.steps(attempt.question)
        step = 0
        while step < max(1, len(steps)):
            line = self.read(f"{_as_prompt(steps[step])}> " if steps else "> ")
            if line is None:
                return Outcome.LEFT
            command = command_in(line)
            if command is Command.UNDO and steps:
                step = max(0, step - 1)
                attempt.undo()
            elif command is not None:
                outcome = self._obey(command, exercise)
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
        """Add a line to the answer. Returns whether the line can be understood."""
        draft = attempt.type.read_line(attempt.question, attempt.shown, attempt.draft, line, step)
        return draft is not None and attempt.put(draft)

    def _say_not_ready(self, attempt: Attempt) -> None:
        if attempt.repeats_miss:
            self.say(translate("quiz.same-again"))
            return
        self.say(translate(attempt.type.not_ready_in_lines, count=attempt.type.size(attempt.question)))

    def _commit(self, exercise: QuestionAttempt) -> Outcome | None:
        self._ask_how_sure(exercise)
        if exercise.commit() and exercise.attempt.trying_again:
            self.say(*miss_lines(exercise.attempt))
        return None

    def _ask_how_sure(self, exercise: QuestionAttempt) -> None:
        if self._confidence and exercise.attempt.confidence is None:
            line = self.read(f"{translate('ask.how-sure')} ")
            percent = percent_in(line or "")
            if percent is not None:
                exercise.attempt.confidence = percent

    def _obey(self, command: Command, exercise: QuestionAttempt) -> Outcome | None:
        """Carry out a command. Returns how the question ends if the command ends it, else None."""
        leaving = {Command.SKIP: Outcome.SKIPPED, Command.BACK: Outcome.BACK, Command.LEAVE: Outcome.LEFT}
        if command in leaving:
            return leaving[command]
        if command is Command.HINT:
            self.say(*(hint_lines(exercise.attempt) if exercise.attempt.hint() else [translate("ask.no-hint")]))
        elif command is Command.SHOW and not exercise.give_up():
            self.say(translate("ask.no-show"))
        elif command is Command.UNSURE:
            self._note_unsure()
        elif command in {Command.HELP, Command.UNDO, Command.FLAG, Command.OVERVIEW, Command.HAND_IN}:
            self.say(translate("ask.help"), *([self.interlude.commands] if self.interlude is not None else []))
        return None

    def _note_unsure(self) -> None:
        """Mark the last answer as unsure: learners say so after they have seen its feedback."""
        if self._last is None:
            self.say(translate("ask.nothing-before"))
            return
        self._last.set_unsure(True)
        self.say(translate("ask.noted-unsure"))

    # -- predictions -------------------------------------------------------------------------------------

    def _predict(self, exercise: QuestionAttempt) -> None:
        """Let the runs decide. If they are not available, the prediction is not counted."""
        from tutor.runs.predictions import PredictionRuns

        self.say(translate("quiz.run-decides"))
        if self._runs is None:
            exercise.cannot_run(translate("quiz.no-course"))
            return
        labs = exercise.question.labs
        try:
            # At full speed, because nobody watches here. The pace never changes what is computed.
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
        reported = time.monotonic()
        runs.poll()
        while not runs.ended:
            time.sleep(_POLL)
            runs.poll()
            if time.monotonic() - reported >= _REPORT_EVERY:
                reported = time.monotonic()
                for summary in runs.summaries:
                    self.say(translate("ask.run-goes", epoch=summary.epoch, planned=summary.epochs_planned))


AskerType = TypeVar("AskerType", bound=Asker)
CommandType = TypeVar("CommandType", bound=StrEnum)


@contextmanager
def asking(course: Course, kind: type[AskerType]) -> Iterator[tuple[AskerType, ProgressStore]]:
    """An asker and the store of its answers, which is closed at the end, whatever happens."""
    from tutor.foundation import paths
    from tutor.plain.progress import closing_progress
    from tutor.progress.settings import load_settings
    from tutor.runs.registry import Runs
    from tutor.study.course_store import open_course_store

    settings = load_settings(keep_aside=False).settings
    opened = open_course_store(course)
    asker = kind(course, Runs(paths.runs_folder()), confidence=settings.confidence)
    asker.say(*opened.notices)
    with closing_progress(opened.store):
        yield asker, opened.store


def command_in(line: str) -> Command | None:
    """The command in a line, in the language in use or any other, or None if the line is an answer.

    A slash with a word that no language knows asks for help.
    """
    if not line.startswith(SLASHES) or line[1:2].isdigit():
        return None
    return command_called(line[1:]) or Command.HELP


def command_called(word: str) -> Command | None:
    """The command that a word names, in the language in use or any other; None if it names none."""
    return called(word, Command)


def called(word: str, commands: type[CommandType]) -> CommandType | None:
    """The one of ``commands`` that a word names, in the language in use or any other; None if it names none."""
    word = simplified(narrow(word)).strip(" 。.!").casefold()
    for spoken in dict.fromkeys([*fallbacks(language()), *languages().values()]):
        for command in commands:
            if word in map(str.casefold, spoken.words(f"wish-{command}")):
                return command
    return None


def _broken(line: str) -> list[str]:
    """A line as it is printed: on several lines if it is wide, unless it has a word, such as a path, to be copied."""
    if cell_width(line) <= _TERMINAL or _LONG_WORD.search(line):
        return [line]
    indent = line[: len(line) - len(line.lstrip(" "))]
    return [f"{indent}{each}" for each in wrapped(line.lstrip(" "), WIDTH - len(indent))]


def _as_prompt(step: str) -> str:
    """The prompt of a step, on one line."""
    return " ".join(plain_lines(step, WIDTH, inline=True))


def percent_in(line: str) -> float | None:
    """The confidence in a line, from 0.5 to 1, or None if the line is not a percentage from 50 to 100."""
    text = narrow(line).strip().rstrip("%。 ")
    if not (text.isascii() and text.isdigit() and len(text) <= 3):
        return None
    return int(text) / 100 if 50 <= int(text) <= 100 else None
