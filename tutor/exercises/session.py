"""One learner at one exercise: the file, its versions, the hints that were given, and the verdicts."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tutor.course.lesson import Exercise
from tutor.exercises.files import ExerciseFile, Version, digest_of, is_untouched
from tutor.exercises.judge import Judge
from tutor.exercises.verdict import Reason, Verdict
from tutor.foundation import clock
from tutor.foundation.errors import TutorError
from tutor.foundation.files import read_file, write_text
from tutor.foundation.translate import language
from tutor.progress.records import Answer

if TYPE_CHECKING:
    from tutor.progress.store import ProgressStore

KIND = "code"
"""The kind of an answer that is a program."""
SOLUTION_SEEN = "solution"
"""What an answer stores if the learner asked for the solution, which counts as not known."""
FAILED_VERSIONS_FOR_SOLUTION = 3
_MOST_DIGESTS = 200
_LARGEST_STATE = 100_000


@dataclass
class _State:
    """What is remembered of an exercise besides the learner's file and answers.

    Args:
        hints: How many hints were given.
        failed: The digests of different versions that failed.
        passed: The digest of the newest version that passed; empty if none did.
        seen_solution: Whether the solution was shown before the first pass.
        recorded: What the newest answer stores.
        seconds: Time from the first opening to the first pass, as far as the exercise was open.
    """

    hints: int = 0
    failed: tuple[str, ...] = ()
    passed: str = ""
    seen_solution: bool = False
    recorded: str = ""
    seconds: float = 0.0

    def passed_text_of(self, file: ExerciseFile) -> str | None:
        """Return the text of the file if it is the version that has passed; None if it is another one."""
        if not self.passed or not file.exists:
            return None
        source = file.read()
        return source if digest_of(source) == self.passed else None


class ExerciseSession:
    """One learner at one exercise.

    Args:
        exercise: The exercise.
        folder: The folder of the learner's exercises.
        judge: Checks the programs.
        store: The learner's progress; None if nothing is recorded.
        seconds: A clock that never runs backwards.
    """

    def __init__(
        self,
        exercise: Exercise,
        folder: Path,
        judge: Judge,
        store: ProgressStore | None = None,
        seconds: Callable[[], float] = clock.monotonic_seconds,
    ) -> None:
        self.exercise = exercise
        self.file = ExerciseFile(exercise, folder)
        self.verdict: Verdict | None = None
        """The newest verdict of this session."""
        self._judge = judge
        self._store = store
        self._seconds = seconds
        self._opened = seconds()
        self._state_file = _state_file(exercise, folder)
        self._state = _load(self._state_file)
        self._checked = ""

    # Checking

    def check(self) -> Verdict | None:
        """Check the learner's file. Returns None if its text was checked in this session already.

        The version is kept, and the verdict is recorded if it says something new. The starter is no version yet.

        Raises:
            TutorError: The file cannot be read.
        """
        source = self.file.read()
        digest = digest_of(source)
        if digest == self._checked:
            return None
        verdict = self._judge.check(self.exercise, source)
        self._checked = digest
        self.verdict = verdict
        if verdict.reason is not Reason.EXERCISE and not is_untouched(self.exercise, source):
            self.file.keep(source)
            self._remember(digest, verdict)
        return verdict

    @property
    def has_passed(self) -> bool:
        """Whether a version has ever passed."""
        return bool(self._state.passed)

    @property
    def present_version_passed(self) -> bool:
        """Whether the text that is in the file now has passed."""
        return self._state.passed_text_of(self.file) is not None

    def versions(self) -> list[Version]:
        """Return the versions that were checked and differ, the oldest first."""
        return self.file.versions()

    def reset(self, lesson_title: str = "") -> Path | None:
        """Begin again from the starter. Return where the old text is kept; None if there was none."""
        self._checked = ""
        self.verdict = None
        return self.file.reset(lesson_title)

    # Hints and the solution

    @property
    def hints(self) -> tuple[str, ...]:
        """The hints that were given so far, as Markdown."""
        return self.exercise.hints[: self._state.hints]

    def next_hint(self) -> str | None:
        """Give the next hint, and remember that it was given; None if there are no more."""
        if self._state.hints >= len(self.exercise.hints):
            return None
        self._state.hints += 1
        self._save()
        return self.exercise.hints[self._state.hints - 1]

    @property
    def may_see_solution(self) -> bool:
        """Whether the solution may be shown: after a pass, or after three different versions that failed."""
        return self.has_passed or self._state.seen_solution or self.versions_until_solution == 0

    @property
    def versions_until_solution(self) -> int:
        """How many different failed versions are still missing before the solution may be shown."""
        return max(0, FAILED_VERSIONS_FOR_SOLUTION - len(self._state.failed))

    def see_solution(self) -> bool:
        """Note that the solution is shown. Before the first pass, this counts as not known.

        Returns:
            Whether it may be shown.
        """
        if not self.may_see_solution:
            return False
        if not self.has_passed and not self._state.seen_solution:
            self._state.seen_solution = True
            self._record(SOLUTION_SEEN, correct=False)
            self._save()
        return True

    # What is remembered

    def _remember(self, digest: str, verdict: Verdict) -> None:
        if verdict.passed:
            self._state.passed = digest
        elif digest not in self._state.failed:
            self._state.failed = (*self._state.failed, digest)[-_MOST_DIGESTS:]
        # The same verdict after another save is no news, and would count as one more wrong answer.
        if verdict.name != self._state.recorded:
            self._record(verdict.name, correct=verdict.passed)
        self._save()

    def _record(self, given: str, *, correct: bool) -> None:
        now = self._seconds()
        self._state.seconds += now - self._opened
        self._opened = now
        self._state.recorded = given
        if self._store is None:
            return
        self._store.record_answer(
            Answer(
                lesson_id=self.exercise.lesson_id,
                question_id=self.exercise.id,
                kind=KIND,
                given=(given,),
                correct=correct,
                score=self._score(correct=correct),
                unsure=correct and self._state.seen_solution,
                hints=self._state.hints,
                seconds=round(self._state.seconds, 3),
                language=language(),
            )
        )

    def _score(self, *, correct: bool) -> float:
        """Return the fraction of the cases that are right."""
        cases = self.verdict.cases if self.verdict is not None else ()
        return 1.0 if correct else sum(each.passed for each in cases) / len(cases) if cases else 0.0

    def _save(self) -> None:
        try:
            write_text(self._state_file, json.dumps(asdict(self._state)))
        except OSError:
            return  # The hints are given again, which harms nobody.


def passed_source(exercise: Exercise, folder: Path) -> str | None:
    """Return the learner's program if its present version has passed; None if not, or if it cannot be read.

    Args:
        exercise: The exercise.
        folder: The folder of the learner's exercises.
    """
    try:
        return _load(_state_file(exercise, folder)).passed_text_of(ExerciseFile(exercise, folder))
    except TutorError:
        return None


def _state_file(exercise: Exercise, folder: Path) -> Path:
    return folder / ".kept" / exercise.id / "state.json"


def _load(path: Path) -> _State:
    """Return what was remembered; nothing if the file is missing or damaged."""
    try:
        kept = json.loads(read_file(path, _LARGEST_STATE))
    except (OSError, ValueError, RecursionError):
        return _State()
    if not isinstance(kept, dict):
        return _State()
    failed, hints, seconds = kept.get("failed"), kept.get("hints"), kept.get("seconds")
    return _State(
        hints=hints if type(hints) is int and 0 <= hints < _MOST_DIGESTS else 0,
        failed=tuple(each for each in failed if isinstance(each, str)) if isinstance(failed, list) else (),
        passed=str(kept.get("passed") or ""),
        seen_solution=kept.get("seen_solution") is True,
        recorded=str(kept.get("recorded") or ""),
        seconds=seconds if isinstance(seconds, float) and seconds >= 0 else 0.0,
    )
