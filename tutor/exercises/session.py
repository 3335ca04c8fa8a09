"""One learner at one exercise: the file, its versions, the hints that were given, and the verdicts."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from tutor.course.lesson import Exercise
from tutor.exercises.files import ExerciseFile, Version, digest_of, is_untouched
from tutor.exercises.memory import MOST_DIGESTS, Memory, load_memory, memory_file
from tutor.exercises.verdict import Reason, Verdict
from tutor.foundation import clock
from tutor.foundation.errors import TutorError
from tutor.foundation.translate import language
from tutor.progress.records import CODE, SOLUTION_SEEN, Answer

if TYPE_CHECKING:
    from tutor.exercises.judge import Judge
    from tutor.progress.store import ProgressStore

FAILED_VERSIONS_FOR_SOLUTION = 3


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
        self._state_file = memory_file(folder, exercise.id)
        self._state = load_memory(self._state_file)
        self._checked = ""
        self._untouched = self.file.is_untouched

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
        self._untouched = is_untouched(self.exercise, source)
        if verdict.reason not in {Reason.EXERCISE, Reason.OFF} and not self._untouched:
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
        return _passed_text(self._state, self.file) is not None

    @property
    def is_untouched(self) -> bool:
        """Whether the text of the newest check is still the starter."""
        return self._untouched

    def versions(self) -> list[Version]:
        """Return the versions that were checked and differ, the oldest first."""
        return self.file.versions()

    def passed_with(self, version: Version) -> bool | None:
        """Whether a kept version passed; None if it was not checked, or that is not known any more."""
        if self._state.has_passed(version.digest):
            return True
        return False if version.digest in self._state.failed else None

    def reset(self, lesson_title: str = "") -> Path | None:
        """Begin again from the starter. Return where the old text is kept; None if there was none.

        After a pass, this is another attempt: its pass counts anew, with its own hints and its own time.
        """
        self._checked = ""
        self.verdict = None
        if self.has_passed:
            self._opened = self._seconds()
            self._state = Memory(
                passed=self._state.passed, failed=self._state.failed, passed_before=self._state.passed_before
            )
            self._save()
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
    def has_seen_solution(self) -> bool:
        """Whether the solution was shown before the first pass."""
        return self._state.seen_solution

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
        had_passed = self.has_passed
        if verdict.passed:
            self._state.note_passed(digest)
        elif digest not in self._state.failed:
            self._state.failed = (*self._state.failed, digest)[-MOST_DIGESTS:]
        # The same verdict after another save is no news, and would count as one more wrong answer. Neither is a version
        # that fails after one that passed: whoever tries something out has not forgotten how it goes.
        is_news = verdict.passed or not had_passed
        if is_news and verdict.name != self._state.recorded:
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
                kind=CODE,
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
        self._state.save(self._state_file)


def passed_source(exercise: Exercise, folder: Path) -> str | None:
    """Return the learner's program if its present version has passed; None if not, or if it cannot be read.

    Args:
        exercise: The exercise.
        folder: The folder of the learner's exercises.
    """
    return _passed_text(load_memory(memory_file(folder, exercise.id)), ExerciseFile(exercise, folder))


def _passed_text(memory: Memory, file: ExerciseFile) -> str | None:
    if not memory.passed or not file.exists:
        return None
    try:
        source = file.read()
    except TutorError:
        return None
    return source if memory.has_passed(digest_of(source)) else None
