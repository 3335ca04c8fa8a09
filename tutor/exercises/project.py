"""The project `phones-project`: a program that learns which phone a frame is, scored on utterances of known labels.

The public score is on the validation utterances, as often as one likes. The final score is on utterances that do not
exist before the program has been handed in: its text is kept with its hash, and only then a seed is drawn. Nothing has
to be kept secret on the learner's own machine. Four reference solutions are scored on the same utterances.
"""

from __future__ import annotations

import ast
import math
import secrets
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import msgspec
import numpy as np

from tutor.course.exercises.code import parsed
from tutor.course.exercises.project import PROJECT
from tutor.exercises.files import (
    LARGEST_FILE,
    cannot_write,
    digest_of,
    kept_folder,
    make_file,
    read_program,
    version_file,
)
from tutor.foundation import clock
from tutor.foundation.errors import ExitCode, TutorError
from tutor.foundation.files import read_file, write_text
from tutor.foundation.safe_text import harmless_line
from tutor.foundation.served import exercises_are_off
from tutor.foundation.translate import sentences, translate
from tutor.ml.datasets.dataset import Floats, Ints
from tutor.ml.datasets.sources.generated import utterances
from tutor.sandbox.explain import explain
from tutor.sandbox.job import Call, Job, Outcome, Program
from tutor.sandbox.sandbox import Sandbox

PHONES = 8
SECONDS = 100
"""The time for `train`, and for each `predict`."""
_MEMORY_BYTES = 1 << 30
_TRAIN_SEED, _VALID_SEED = 0, 1
_GAP = 0.03
"""A final score this far below the public one is no accident: another draw of the utterances moves a score by 0.02."""
_MOST_ATTEMPTS = 500
_LARGEST_MEMORY = 4 << 20
_LONGEST_ABOUT = 60
_MOST_LINES = 10

STARTER = """\
{comment}

import numpy as np

ABOUT = "the most frequent phone"

model = {{}}


def train(x, y, random):
    model["phone"] = np.bincount(y.ravel()).argmax()


def predict(x):
    return np.full(x.shape[:2], model["phone"])
"""


@dataclass(frozen=True, slots=True)
class Size:
    """How many utterances there are: for training, for the public score and for the final one."""

    train: int = 300
    valid: int = 100
    final: int = 200


@dataclass(frozen=True, slots=True)
class Score:
    """How many frames were right.

    Args:
        accuracy: Of all frames.
        by_utterance: Of the frames of each utterance, (n,).
    """

    accuracy: float
    by_utterance: Floats

    @classmethod
    def of(cls, predicted: Ints, phones: Ints) -> Score:
        """The score of predictions for utterances, (n, 40) both."""
        right = (predicted == phones).mean(axis=1)
        return cls(float(right.mean()), right)


class Line(msgspec.Struct, frozen=True):
    """A reference solution beside a learner's program, on the same utterances.

    Args:
        name: ``simple``, ``medium``, ``strong`` or ``boss``.
        accuracy: Of the reference.
        ahead: By how much the learner's program is better.
        spread: The standard error of that difference.
    """

    name: str
    accuracy: float
    ahead: float
    spread: float

    @property
    def is_passed(self) -> bool:
        """Whether the learner is ahead by more than the spread."""
        return self.ahead > self.spread


class Attempt(msgspec.Struct, frozen=True):
    """A scored program.

    Args:
        at: When, in UTC.
        digest: The beginning of the hash of its text.
        about: What its author says of it.
        public: Its accuracy on the validation utterances.
        handed_in: Whether its text was frozen for a final score.
        final: That score; None if there is none.
        seed: Of the utterances of the final score.
        lines: The reference solutions on these.
    """

    at: datetime
    digest: str
    about: str = ""
    public: float | None = None
    handed_in: bool = False
    final: float | None = None
    seed: int | None = None
    lines: tuple[Line, ...] = ()

    @property
    def has_gap(self) -> bool:
        """Whether the public score promised clearly more than the final one kept."""
        return self.public is not None and self.final is not None and self.public - self.final > _GAP


@dataclass(frozen=True, slots=True)
class Scores:
    """What came of running a program: its scores, or why there are none.

    Args:
        problem: A sentence; empty if it ran.
        scores: One for each set of utterances.
        seconds: How long training and predicting took.
        printed: What it printed.
    """

    problem: str = ""
    scores: tuple[Score, ...] = ()
    seconds: float = 0.0
    printed: str = ""


def score(source: str, sandbox: Sandbox, size: Size, fresh: tuple[Floats, Ints] | None = None) -> Scores:
    """Train a program and score it on the validation utterances, and on fresh ones if there are any.

    Args:
        source: The program.
        sandbox: Runs it.
        size: How many utterances there are.
        fresh: Further utterances, of which the program gets the features only.
    """
    if exercises_are_off():
        return Scores(problem=translate("serve.no-exercises"))
    x, y = utterances(size.train, _TRAIN_SEED)
    sets = [utterances(size.valid, _VALID_SEED), *([fresh] if fresh is not None else [])]
    calls = (Call.of("train", x=x, y=y, random=1), *(Call.of("predict", x=features) for features, _ in sets))
    begun = clock.monotonic_seconds()
    job = Job(
        (Program(source, calls),),
        seconds=SECONDS,
        memory_bytes=_MEMORY_BYTES,
        cpu_seconds=(1 + len(calls)) * SECONDS,  # Loading takes its time too.
    )
    report = sandbox.run(job).programs[0]
    failure, printed = report.first_failure, report.printed
    if failure is not None:
        return Scores(explain(failure, source, case="train, predict").in_one, printed=printed)
    if len(report.outcomes) < len(calls):
        return Scores(translate("exercise.no-result"), printed=printed)
    found = []
    for outcome, (features, phones) in zip(report.outcomes[1:], sets, strict=True):
        predicted, problem = _predictions(outcome, features.shape[:2])
        if predicted is None:
            return Scores(problem, printed=printed)
        found.append(Score.of(predicted, phones))
    return Scores("", tuple(found), clock.monotonic_seconds() - begun, printed)


def _predictions(outcome: Outcome, shape: tuple[int, ...]) -> tuple[Ints | None, str]:
    """The phones that `predict` returned, or a sentence that says why they are none."""
    try:
        value = outcome.decoded()
    except ValueError:
        value = None
    if isinstance(value, list | tuple):
        # Rows of whole numbers are as good as an array of them.
        with suppress(ValueError, OverflowError):
            value = np.array(value) if value else value
    wanted = ", ".join(map(str, shape))
    if not isinstance(value, np.ndarray) or value.shape != shape:
        return None, translate("project.other-shape", wanted=wanted, got=_form_of(value))
    if value.dtype.kind not in "iu" or value.min() < 0 or value.max() >= PHONES:
        return None, translate("project.not-phones", last=PHONES - 1)
    return value.astype(np.int64), ""


def _form_of(value: object) -> str:
    """What a value is, in a few words: the shape of an array, else its type."""
    if isinstance(value, np.ndarray):
        return translate("project.array-of-shape", shape=str(value.shape))
    return translate("project.none" if value is None else "project.value-of-type", type=type(value).__name__)


def compared(name: str, mine: Score, reference: Score) -> Line:
    """A reference beside the learner's program: the difference, and its standard error over the utterances."""
    differences = mine.by_utterance - reference.by_utterance
    spread = float(differences.std(ddof=1)) / math.sqrt(len(differences)) if len(differences) > 1 else math.inf
    return Line(name, reference.accuracy, float(differences.mean()), spread)


def about_of(source: str) -> str:
    """What a program says of itself: the text that it assigns to ABOUT; empty if it does not."""
    tree = parsed(source, LARGEST_FILE)
    for node in tree.body if isinstance(tree, ast.Module) else ():
        match node:
            case ast.Assign(targets=[ast.Name(id="ABOUT")], value=ast.Constant(value=str(text))):
                return harmless_line(text)[:_LONGEST_ABOUT]
    return ""


class Board:
    """The scored programs of a learner, in a file beside the kept versions.

    Args:
        folder: The folder of all exercises.
    """

    def __init__(self, folder: Path) -> None:
        self.file = kept_folder(folder, PROJECT) / "attempts.json"

    def attempts(self) -> list[Attempt]:
        """What was scored so far, the oldest first; nothing if the file is missing or damaged."""
        try:
            return msgspec.json.decode(read_file(self.file, _LARGEST_MEMORY), type=list[Attempt])
        except (OSError, ValueError, RecursionError):
            return []

    def remember(self, attempts: Sequence[Attempt]) -> bool:
        """Write the attempts; the oldest public ones are dropped if there are very many. Returns whether it worked."""
        public = [each for each in attempts if not each.handed_in]
        dropped = {id(each) for each in public[:-_MOST_ATTEMPTS]}
        try:
            if self.file.exists() and not self.attempts():
                self.file.replace(self.file.with_suffix(".damaged"))
            kept = [each for each in attempts if id(each) not in dropped]
            write_text(self.file, msgspec.json.encode(kept).decode())
        except OSError:
            return False
        return True

    def dump(self) -> object:
        """The attempts for an export: see `merge`."""
        return msgspec.to_builtins(self.attempts())

    def merge(self, found: object) -> None:
        """Add the attempts of an export, which nobody has checked yet; those that are here stay.

        Raises:
            TutorError: They cannot be written.
        """
        try:
            there = msgspec.convert(found, list[Attempt])
        except msgspec.ValidationError:
            return
        here = {(each.at, each.digest): each for each in self.attempts()}
        new = {(each.at, each.digest): _harmless(each) for each in there[:_MOST_ATTEMPTS] if _can_be(each)}
        # A hand-in that was stopped here may have its score there.
        known = {key for key, each in here.items() if each.final is not None or not each.handed_in}
        merged = here | {key: each for key, each in new.items() if key not in known}
        if merged != here and not self.remember(sorted(merged.values(), key=lambda each: each.at)):
            raise TutorError(translate("project.board-not-written", path=self.file), exit_code=ExitCode.CANNOT_WRITE)


def _can_be(attempt: Attempt) -> bool:
    """Whether an attempt has a time zone, and scores from 0 to 1."""
    scores = [attempt.public, attempt.final, *(line.accuracy for line in attempt.lines)]
    differences = [number for line in attempt.lines for number in (line.ahead, line.spread)]
    return (
        attempt.at.tzinfo is not None
        and all(0 <= score <= 1 for score in scores if score is not None)
        and all(-1 <= number <= 1 for number in differences)
        and len(attempt.lines) <= _MOST_LINES
    )


def _harmless(attempt: Attempt) -> Attempt:
    """An attempt of an export, without control characters and overlong texts."""
    lines = tuple(
        msgspec.structs.replace(line, name=harmless_line(line.name)[:_LONGEST_ABOUT]) for line in attempt.lines
    )
    about, digest = (harmless_line(text)[:_LONGEST_ABOUT] for text in (attempt.about, attempt.digest))
    return msgspec.structs.replace(attempt, about=about, digest=digest, lines=lines)


class Project:
    """The learner's program, and what came of its versions.

    Args:
        folder: The folder of all exercises.
        sandbox: Runs the program.
        size: How many utterances there are.
        now: Returns the time, in UTC.
        draw: Draws the seed of a final score.
    """

    def __init__(
        self,
        folder: Path,
        sandbox: Sandbox,
        size: Size | None = None,
        now: Callable[[], datetime] = clock.utc_now,
        draw: Callable[[], int] = lambda: 2 + secrets.randbelow(2**31 - 2),
    ) -> None:
        self.file = folder / f"{PROJECT}.py"
        self._kept = kept_folder(folder, PROJECT)
        self._board = Board(folder)
        self._sandbox, self._size, self._now, self._draw = sandbox, size or Size(), now, draw

    def make(self) -> None:
        """Make the learner's file from the starter, unless there is one.

        Raises:
            TutorError: It cannot be written.
        """
        comment = "\n".join(f"# {line}" for line in translate("project.starter").splitlines())
        try:
            make_file(self.file, STARTER.format(comment=comment))
        except OSError as error:
            raise cannot_write(self.file, error) from error

    def attempts(self) -> list[Attempt]:
        """What was scored so far, the oldest first; nothing if the file is missing or damaged."""
        return self._board.attempts()

    def score_in_public(self, source: str) -> tuple[Attempt | None, Scores]:
        """Score a program on the validation utterances, and remember it if it ran."""
        found = score(source, self._sandbox, self._size)
        if found.problem:
            return None, found
        self._keep(source)
        attempt = Attempt(self._now(), digest_of(source), about_of(source), found.scores[0].accuracy)
        self._board.remember([*self.attempts(), attempt])
        return attempt, found

    @property
    def counts_today(self) -> bool:
        """Whether a hand-in of today would be the first one with a final score."""
        today = self._now().astimezone().date()
        return all(each.final is None or each.at.astimezone().date() != today for each in self.attempts())

    def hand_in(self, source: str, references: References) -> tuple[Attempt | None, Scores]:
        """Freeze a program, draw utterances that nobody has seen, and score it and the references on them.

        Args:
            source: The program.
            references: Scores the reference solutions.

        Raises:
            TutorError: One of today has been scored already, or the frozen program cannot be kept.
        """
        if not self.counts_today:
            raise TutorError(translate("project.once-a-day"), hint=translate("project.once-a-day-hint"))
        frozen = Attempt(self._now(), digest_of(source), about_of(source), handed_in=True)
        if not self._keep(source) or not self._board.remember([*self.attempts(), frozen]):
            raise TutorError(translate("project.not-frozen"), exit_code=ExitCode.CANNOT_WRITE)
        # Only now, when the program can no longer change, the utterances come into being.
        seed = self._draw()
        fresh = utterances(self._size.final, seed)
        found = score(source, self._sandbox, self._size, fresh)
        if found.problem:
            return None, found
        public, final = found.scores
        lines = [compared(name, final, each) for name, each in references(*fresh, self._size.train).items()]
        done = msgspec.structs.replace(
            frozen, public=public.accuracy, final=final.accuracy, seed=seed, lines=tuple(lines)
        )
        # Read again, because a public score of another terminal may have come meanwhile.
        self._board.remember([*(each for each in self.attempts() if each != frozen), done])
        return done, found

    def read(self) -> str:
        """The learner's program.

        Raises:
            TutorError: It cannot be read.
        """
        return read_program(self.file)

    def _keep(self, source: str) -> bool:
        """Keep a copy of a version, unless there is one. Returns whether it is kept."""
        digest = digest_of(source)
        if any(self._kept.glob(f"*-{digest}.py")):
            return True
        try:
            write_text(version_file(self._kept, self._now(), digest), source)
        except OSError:
            return False
        return True


References = Callable[[Floats, Ints, int], dict[str, Score]]
"""Given the frames and phones of utterances and the number of training utterances, scores the reference solutions."""


def after_hand_in(attempt: Attempt) -> str:
    """What a final score says, in sentences."""
    passed = [each.name for each in attempt.lines if each.is_passed]
    said = translate("project.passed", lines=", ".join(passed)) if passed else translate("project.none-passed")
    if not attempt.has_gap:
        return said
    public, final = attempt.public or 0.0, attempt.final or 0.0
    return sentences(said, translate("project.gap", gap=f"{public - final:.3f}"))
