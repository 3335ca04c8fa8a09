"""Whether a course's claims about training hold in general: over seeds, over drawn data, and with other rounding.

A trial repeats the runs of a question with one thing changed. The seed of a fence is counted on from its own, so that
two fences that differ in their seeds still do.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import inf, isfinite

from tutor.course.catalogue import Course
from tutor.course.lesson import DEPENDENCES, Fault, LabFence, Lesson, Question
from tutor.course.questions import question_type
from tutor.course.questions.base import Margin
from tutor.foundation.errors import TutorError
from tutor.foundation.text import pad, pad_left, shorten
from tutor.foundation.translate import translate
from tutor.labs.check import spec_of_fence
from tutor.labs.lab_config import LabConfig
from tutor.labs.settings import SETTINGS, Setting
from tutor.plain.run_cache import Facts
from tutor.plain.trainings import Training, Trainings
from tutor.study.predictions import facts_of_runs

_SEED, _DATA_SEED, _ROUNDING = DEPENDENCES
_COLUMNS = {_SEED: "check.column-seed", _DATA_SEED: "check.column-data-seed", _ROUNDING: "check.column-rounding"}
_OVER = {_SEED: "check.over-seed", _DATA_SEED: "check.over-data-seed", _ROUNDING: "check.over-rounding"}
_NAME = 28
_CONDITION = 60


@dataclass(frozen=True, slots=True)
class Trial:
    """One way to repeat the runs of a question.

    Args:
        seed: How far the seed of the training is counted on.
        data_seed: How far the seed of the data is counted on; None: it stays.
        perturbation: Which rounding is tried; None: that of this machine.
    """

    seed: int = 0
    data_seed: int | None = None
    perturbation: int | None = None

    def training(self, fence: LabFence, course: Course) -> Training:
        """The training of a fence in this trial.

        Raises:
            TutorError: There is no such lab, or it does not accept these values.
        """
        config = spec_of_fence(fence, course.labs)
        if self.seed and _has_effect(_TRAIN_SEED, config):
            config = _TRAIN_SEED.with_value(config, config.train.seed + self.seed)
        if self.data_seed is not None and _has_effect(_DATA_SETTING, config):
            first = 1 if config.data.seed is None else config.data.seed
            config = _DATA_SETTING.with_value(config, first + self.data_seed)
        return Training.of(config, self.perturbation)


_TRAIN_SEED = SETTINGS["train.seed"]
_DATA_SETTING = SETTINGS["data.seed"]


def _has_effect(setting: Setting, config: LabConfig) -> bool:
    return not setting.idle_reason(config)


def trials_of(question: Question, course: Course, count: int) -> dict[str, list[Trial]]:
    """The trials of a question by what they change; what changes nothing is not tried.

    Raises:
        TutorError: A lab of it cannot be read.
    """
    configs = [spec_of_fence(fence, course.labs) for fence in question.labs]
    is_random = any(_has_effect(_TRAIN_SEED, config) for config in configs)
    is_drawn = any(_has_effect(_DATA_SETTING, config) for config in configs)
    return {
        _SEED: [Trial(seed) for seed in range(count if is_random else 1)],
        _DATA_SEED: [Trial(data_seed=seed) for seed in range(count if is_drawn else 0)],
        _ROUNDING: [Trial(perturbation=draw) for draw in range(1, count + 1)],
    }


@dataclass(frozen=True, slots=True)
class TrialResult:
    """How a question fared in one trial; ``facts`` are those of its runs."""

    holds: bool
    margin: Margin
    facts: Facts


class ClaimTrials:
    """The trials of some questions.

    Args:
        course: Whose labs and data are used.
        trainings: Runs and remembers the trainings.
        trials: By question, the trials of it.
    """

    def __init__(
        self, course: Course, trainings: Trainings, trials: Sequence[tuple[Question, Sequence[Trial]]]
    ) -> None:
        self._course = course
        self._trainings = trainings
        self._wanted: dict[Training, None] = {}
        for question, of_question in trials:
            for trial in of_question:
                self._wanted |= dict.fromkeys(self._trainings_of(question, trial))
        self.missing = trainings.missing(self._wanted)
        """The trainings that have to be run."""

    @property
    def count(self) -> int:
        """How many different trainings all trials take together."""
        return len(self._wanted)

    def _trainings_of(self, question: Question, trial: Trial) -> list[Training]:
        return [trial.training(fence, self._course) for fence in question.labs]

    def run(self) -> None:
        """Run what is missing."""
        self._trainings.run(self.missing)

    def result(self, question: Question, trial: Trial) -> TrialResult:
        """How a question fared in one of its trials."""
        outcomes = [self._trainings.outcomes[each] for each in self._trainings_of(question, trial)]
        for outcome in outcomes:
            if outcome.problem:
                return TrialResult(False, Margin(-inf, outcome.problem), outcome.facts)
        facts: Facts = facts_of_runs(question.labs, [outcome.facts for outcome in outcomes])
        type_ = question_type(question.kind)
        return TrialResult(not type_.faults_of_claim(question, facts), type_.margin_of_claim(question, facts), facts)


@dataclass(frozen=True, slots=True)
class Standing:
    """How a question fared in all of its trials.

    Args:
        question: The question.
        results: By what was changed.
    """

    question: Question
    results: Mapping[str, Sequence[TrialResult]]

    def held(self, changed: str) -> tuple[int, int]:
        """In how many trials it held, and of how many."""
        results = self.results[changed]
        return sum(each.holds for each in results), len(results)

    @property
    def failing(self) -> tuple[str, ...]:
        """What it must not depend on and does."""
        return tuple(
            changed
            for changed, results in self.results.items()
            if changed not in self.question.depends and not all(each.holds for each in results)
        )

    @property
    def narrowest(self) -> Margin:
        """The least margin of all trials, those that it says it depends on aside."""
        counted = (of for changed, of in self.results.items() if changed not in self.question.depends)
        return min((each.margin for of in counted for each in of), default=Margin(inf))


def questions_that_claim(lessons: Iterable[Lesson]) -> list[Question]:
    """Every question that a run settles, once: another language asks the same of the same run."""
    found: dict[tuple[str, str], Question] = {}
    for lesson in lessons:
        for question in lesson.every_question:
            if question.predicts:
                found.setdefault((lesson.id, question.id), question)
    return list(found.values())


def table(standings: Sequence[Standing]) -> Iterator[str]:
    """The results as lines: the question, how often it held, its least margin, and the condition with that margin."""
    names = [translate(key) for key in _COLUMNS.values()]
    widths = [max(9, len(name) + 2) for name in names]
    yield "  ".join([
        f"  {pad(translate('check.column-question'), _NAME)}",
        *(pad_left(name, width) for name, width in zip(names, widths, strict=True)),
        pad_left(translate("check.column-margin"), 8), translate("check.column-narrowest"),
    ])  # fmt: skip
    for each in standings:
        cells = [pad_left(_cell(each, changed), width) for changed, width in zip(DEPENDENCES, widths, strict=True)]
        margin = each.narrowest
        shown = f"{margin.value:.3f}" if isfinite(margin.value) else ("∞" if margin.value > 0 else "−∞")
        name = pad(shorten(each.question.id, _NAME), _NAME)
        condition = shorten(" ".join(margin.condition.split()), _CONDITION)
        yield "  ".join([f"{'!' if each.failing else ' '} {name}", *cells, pad_left(shown, 8), condition]).rstrip()


def _cell(standing: Standing, changed: str) -> str:
    held, of = standing.held(changed)
    mark = "~" if changed in standing.question.depends else ""
    return f"{mark}{held}/{of}" if of else "–"


def faults_of(standings: Iterable[Standing]) -> Iterator[Fault]:
    """A fault for everything that a question depends on and does not name."""
    for each in standings:
        for changed in each.failing:
            held, of = each.held(changed)
            least = min(result.margin for result in each.results[changed])
            said = translate(
                "check.depends", id=each.question.id, held=held, of=of, axis=translate(_OVER[changed]),
                condition=least.condition,
            )  # fmt: skip
            yield Fault(each.question.place, said, translate("check.depends-hint", name=changed))


def try_claims(course: Course, trainings: Trainings, lessons: Iterable[Lesson], count: int) -> Trialled:
    """Plan the trials of every question that a run settles, ``count`` for each thing that may change."""
    plans = []
    for question in questions_that_claim(lessons):
        try:
            plans.append((question, trials_of(question, course, count)))
        except TutorError:
            continue  # told of by `faults_of_fences`
    flat = [(question, [trial for each in trials.values() for trial in each]) for question, trials in plans]
    return Trialled(ClaimTrials(course, trainings, flat), plans)


@dataclass(frozen=True, slots=True)
class Trialled:
    """Planned trials: say how many there are, run them, and ask for the standings."""

    trials: ClaimTrials
    plans: Sequence[tuple[Question, Mapping[str, Sequence[Trial]]]]

    def standings(self) -> list[Standing]:
        """How each question fared, after the run."""
        return [
            Standing(question, {
                changed: [self.trials.result(question, trial) for trial in of] for changed, of in plan.items()
            })
            for question, plan in self.plans
        ]  # fmt: skip
