"""Check a program against an exercise, and say what is wrong with it: the first reason that is found decides."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from tutor.course.lesson import Exercise
from tutor.exercises.cases import CasesError, CheckedCase
from tutor.exercises.comparison import Difference, difference, results_of
from tutor.exercises.harness import explain_case
from tutor.exercises.references import References, job_for, references_of
from tutor.exercises.rules import broken_rule
from tutor.exercises.showing import shape_of, shown, shown_apart
from tutor.exercises.slips import CaseResult, recognise_slip, right_results
from tutor.exercises.verdict import CaseVerdict, Reason, Verdict
from tutor.foundation.safe_text import harmless_line
from tutor.foundation.served import exercises_are_off
from tutor.foundation.translate import sentences, translate
from tutor.sandbox.explain import Explanation, explain
from tutor.sandbox.job import Call, Failure, Job, Outcome, Program, ProgramReport, Stop
from tutor.sandbox.sandbox import Sandbox
from tutor.sandbox.values import decode

LONGEST_SOURCE = 100_000
_LONGEST_EXAMPLE = 60
_SHAPES_DIFFER, _LENGTHS_DIFFER = "shape", "length"


class Judge:
    """Checks programs. What it knows of an exercise is kept, so that only the first check computes it.

    Args:
        sandbox: Runs the programs; the caller closes it.
        keep: Whether results of solutions may be read from and written to the cache folder.
    """

    def __init__(self, sandbox: Sandbox, *, keep: bool = True) -> None:
        self._sandbox = sandbox
        self._keep = keep
        self._references: dict[tuple[str, str, int], tuple[Exercise, References]] = {}

    def references(self, exercise: Exercise, seed: int = 0) -> References:
        """Return what the solution and the mistakes of an exercise return. Call it early: the first check needs it.

        Raises:
            CasesError: The cases cannot be made.
        """
        key = exercise.lesson_id, exercise.id, seed
        known = self._references.get(key)
        if known is None or known[0] is not exercise:
            known = exercise, references_of(exercise, self._sandbox, seed, keep=self._keep)
            if known[1].is_lasting:
                self._references[key] = known
        return known[1]

    def check(self, exercise: Exercise, source: str, seed: int = 0) -> Verdict:
        """Check a program. Whatever it does, this returns a verdict.

        Args:
            exercise: The exercise.
            source: The program of the learner.
            seed: Of the cases that the exercise's own program makes.
        """
        if exercises_are_off():
            return Verdict(exercise.id, Reason.OFF, sentence=translate("serve.no-exercises"))
        started = time.perf_counter()
        verdict = self._checked(exercise, source, seed)
        return replace(verdict, seconds=time.perf_counter() - started)

    def _checked(self, exercise: Exercise, source: str, seed: int) -> Verdict:
        if len(source) > LONGEST_SOURCE:
            return Verdict(exercise.id, Reason.NOT_LOADED, sentence=translate("exercise.long-program"))
        try:
            references = self.references(exercise, seed)
        except CasesError as error:
            said = translate("exercise.faulty", problem=str(error))
            return Verdict(exercise.id, Reason.EXERCISE, sentence=said)
        if references.problem is not None:
            problem = explain(references.problem, exercise.solution).in_one
            return Verdict(exercise.id, Reason.EXERCISE, sentence=translate("exercise.faulty", problem=problem))
        return _Check(exercise, source, references, self._sandbox).verdict()


@dataclass
class _Check:
    """One check of one program."""

    exercise: Exercise
    source: str
    references: References
    sandbox: Sandbox
    named: Counter[int] = field(default_factory=Counter)
    """The mistakes that the exercise's own check has named, by their places in the list."""
    said: list[str] = field(default_factory=list)
    """What the exercise's own check says of each case; empty if all is well, or without such a check."""
    is_misshapen: bool = False
    """Whether that check could not read a result at all."""

    def verdict(self) -> Verdict:
        """Return the verdict: the first reason in the order of the class decides."""
        report = self._run()
        outcomes = report.outcomes
        early = self._early(report)
        if early is not None:
            return self._with_printed(early, report)
        cases = self._case_verdicts(outcomes)
        verdict = Verdict(self.exercise.id, Reason.PASSED, cases)
        verdict = self._by_rules(verdict) if verdict.passed_count == len(cases) else self._diagnosis(verdict, outcomes)
        return self._with_printed(verdict, report)

    def _run(self) -> ProgramReport:
        calls = tuple(
            Call(case.function, case.arguments, by_name=self._is_by_name(case)) for case in self.references.cases
        )
        job = job_for(self.exercise, (Program(self.exercise.runnable(self.source), calls),))
        return self.sandbox.run(job).programs[0]

    def _is_by_name(self, case: CheckedCase) -> bool:
        """Whether a case leaves out a parameter in the middle. Otherwise the learner may rename parameters."""
        names = tuple(name for name, _ in case.arguments)
        return names != self.exercise.functions[case.function][: len(names)]

    def _with_printed(self, verdict: Verdict, report: ProgramReport) -> Verdict:
        count = sum(each.printed_count for each in report.steps)
        return replace(verdict, printed=report.printed, printed_count=count)

    def _early(self, report: ProgramReport) -> Verdict | None:
        """Return the verdict on a program that cannot be called, or does what no exercise may."""
        failure = report.failure
        first = report.outcomes[0].failure if report.outcomes else None
        if failure is None and first is not None and first.kind == Stop.NO_FUNCTION:
            failure = first
        forbidden = next((each for step in report.steps for each in step.forbidden), None)
        if forbidden is not None:
            raised = report.first_failure
            if raised is None or raised.kind != Stop.FORBIDDEN:
                raised = Failure(Stop.FORBIDDEN, forbidden[0], forbidden[1])
            return self._stopped(Reason.FORBIDDEN, explain(raised, self.source))
        return self._stopped(Reason.NOT_LOADED, explain(failure, self.source)) if failure is not None else None

    def _stopped(self, reason: Reason, explanation: Explanation) -> Verdict:
        cases = tuple(CaseVerdict(case.name, passed=False) for case in self.references.cases)
        return Verdict(self.exercise.id, reason, cases, explanation.sentence, explanation=explanation)

    def _by_rules(self, verdict: Verdict) -> Verdict:
        sentence, line = broken_rule(self.exercise, self.source)
        if not sentence:
            return verdict
        text = self.source.split("\n")[line - 1] if line else ""
        explanation = Explanation(sentence, line, harmless_line(text))
        return replace(verdict, reason=Reason.RULE, sentence=sentence, explanation=explanation)

    # Cases

    def _case_verdicts(self, outcomes: Sequence[Outcome]) -> tuple[CaseVerdict, ...]:
        if self.exercise.check:
            self.said = self._own_check(outcomes)
        verdicts = []
        for number, case in enumerate(self.references.cases):
            result = self._result(number, outcomes)
            if result is None:
                verdicts.append(CaseVerdict(case.name, passed=False, inputs=self._inputs(case)))
            elif self.said:
                passed = not self.said[number]
                # Many results are right, so that of the solution is only an example.
                wanted = "" if passed else translate("exercise.for-example", value=shown(result.wanted))
                verdicts.append(CaseVerdict(case.name, passed, self._inputs(case), wanted, shown(result.got)))
            else:
                verdicts.append(self._compared(case, result))
        return tuple(verdicts)

    def _compared(self, case: CheckedCase, result: CaseResult) -> CaseVerdict:
        passed = difference(result.wanted, result.got, self.exercise.options.tolerance) is None and not result.changed
        wanted, got = shown_apart(result.wanted, result.got)
        return CaseVerdict(case.name, passed, self._inputs(case), wanted, got)

    def _inputs(self, case: CheckedCase) -> str:
        """Return the inputs in words; in an exercise of several functions, as a call of the one that is meant."""
        inputs = ", ".join(f"{name} = {shown(value, width=40)}" for name, value in case.decoded().items())
        return f"{case.function}({inputs})" if len(self.exercise.functions) > 1 else inputs

    def _result(self, number: int, outcomes: Sequence[Outcome]) -> CaseResult | None:
        """Return what came of a case, decoded; None if the program or the solution gave nothing for it."""
        if number >= len(outcomes) or number >= len(self.references.wanted):
            return None
        mine, yours = self.references.wanted[number], outcomes[number]
        if mine.failure is not None or yours.failure is not None:
            return None
        try:
            wanted, got = mine.decoded(), yours.decoded()
        except ValueError:
            return None
        allowed = {name for name, _ in mine.changed}
        changed = tuple(name for name, _ in yours.changed if name not in allowed and name != "random")
        return CaseResult(wanted, got, self.references.cases[number].decoded(), changed)

    def _own_check(self, outcomes: Sequence[Outcome]) -> list[str]:
        """Return, for each case, what the exercise's own check says of the result; empty if all is well."""
        said = [translate("exercise.no-result")] * len(self.references.cases)
        calls, places = [], []
        for number, outcome in enumerate(outcomes):
            if outcome.failure is None and outcome.value is not None:
                arguments = (("got", outcome.value), *self.references.cases[number].arguments)
                calls.append(Call("check", arguments, by_name=True))
                places.append(number)
        report = self.sandbox.run(Job((Program(self.exercise.check, tuple(calls)),), seconds=10.0)).programs
        for place, outcome in zip(places, report[0].outcomes if report else (), strict=False):
            if _returns_nothing(outcomes[place]):
                said[place] = translate("exercise.slip-none")
            elif outcome.failure is not None:
                said[place] = self._of_failed_check(outcome.failure, place, outcomes[place])
            elif outcome.value is not None:
                said[place] = self._said_by_check(decode(outcome.value))
        return said

    def _of_failed_check(self, failure: Failure, number: int, outcome: Outcome) -> str:
        """Return the sentence on a result that the check could not read. The lines of the check are no help here."""
        if failure.kind in set(Stop):
            return explain(replace(failure, line=0, columns=()), "").in_one
        self.is_misshapen = True
        examples = [shown(each.decoded(), width=_LONGEST_EXAMPLE) for each in self.references.wanted]
        whole = [each for each in examples if "…" not in each]
        example = max(whole, key=len) if whole else min(examples, key=len)
        form = translate("exercise.other-form", example=example)
        return sentences(_kind_that_came_back(self.references.wanted[number].decoded(), outcome.decoded()), form)

    def _said_by_check(self, found: object) -> str:
        """Return the sentence that a check returned, or that of the mistake whose number, from 1, it returned."""
        if found is None:
            return ""
        if type(found) is int and 1 <= found <= len(self.exercise.mistakes):
            self.named[found - 1] += 1
            return harmless_line(self.exercise.mistakes[found - 1].feedback)
        return harmless_line(str(found))

    # Diagnosis

    def _diagnosis(self, verdict: Verdict, outcomes: Sequence[Outcome]) -> Verdict:
        tolerance = self.exercise.options.tolerance
        known = self.references.recognised(outcomes, tolerance)
        if known is not None:
            return self._as_mistake(verdict, known.mistakes)
        stopped = next(((i, each.failure) for i, each in enumerate(outcomes) if each.failure is not None), None)
        if stopped is not None:
            case = self.references.cases[stopped[0]].name
            explanation = explain_case(self.exercise, stopped[1], self.source, case)
            return replace(verdict, reason=Reason.RAISES, sentence=explanation.sentence, explanation=explanation)
        failing = [number for number, case in enumerate(verdict.cases) if not case.passed]
        results = [found for number in failing if (found := self._result(number, outcomes)) is not None]
        if self.named and not self.is_misshapen:
            return self._as_mistake(verdict, (self.named.most_common(1)[0][0],))
        if self.exercise.check:
            nothing = all(_returns_nothing(each) for each in outcomes)
            reason = Reason.SLIP if nothing or self.is_misshapen else Reason.DIFFERENT
            return replace(verdict, reason=reason, sentence=self.said[failing[0]])
        if slip := recognise_slip(results, tolerance):
            return self._with_results(replace(verdict, reason=Reason.SLIP, sentence=slip), results)
        return self._with_results(
            replace(verdict, reason=Reason.DIFFERENT, sentence=self._how_different(results)), results
        )

    def _as_mistake(self, verdict: Verdict, numbers: tuple[int, ...]) -> Verdict:
        mistakes = [self.exercise.mistakes[number] for number in numbers]
        said = sentences(*(harmless_line(each.feedback) for each in mistakes))
        if len(mistakes) > 1:
            said = translate("exercise.two-things", feedback=said)
        names = tuple(each.name for each in mistakes)
        return replace(verdict, reason=Reason.MISTAKE, sentence=said, mistakes=names)

    def _with_results(self, verdict: Verdict, results: Sequence[CaseResult]) -> Verdict:
        tolerance = self.exercise.options.tolerance
        right, wrong = right_results(results, tolerance)
        found = difference(results[0].wanted, results[0].got, tolerance) if results else None
        if results and all(type(each) is int for each in (results[0].wanted, results[0].got)):
            found = None  # Between two whole numbers, say epochs 4 and 8, a relative error means nothing.
        said = ""
        if right and wrong:
            parts = {"right": ", ".join(map(str, right)), "wrong": ", ".join(map(str, wrong))}
            said = translate("exercise.right-results", **parts)
        return replace(verdict, results=said, error=_error_text(found))

    def _how_different(self, results: Sequence[CaseResult]) -> str:
        if not results:
            return translate("exercise.no-result")
        first = results[0]
        found = difference(first.wanted, first.got, self.exercise.options.tolerance)
        if found is not None and found.kind == _SHAPES_DIFFER:
            wanted, got = first.wanted, first.got
            several = results_of(got)
            if found.result and isinstance(wanted, tuple) and several is not None:
                wanted, got = wanted[found.result - 1], several[found.result - 1]
            shapes = {"wanted": shape_of(wanted) or "()", "got": shape_of(got) or "()"}
            return translate("exercise.other-shape", **shapes)
        if found is not None and found.kind == _LENGTHS_DIFFER:
            return translate("exercise.other-length")
        return translate("exercise.different")


def _returns_nothing(outcome: Outcome) -> bool:
    return outcome.value is not None and decode(outcome.value) is None


def _kind_that_came_back(wanted: object, got: object) -> str:
    """Say what came back if that is another kind of thing than is wanted; else return nothing."""
    if isinstance(got, np.ndarray) and not isinstance(wanted, np.ndarray):
        return translate("exercise.array-came-back", shape=str(got.shape)) if got.ndim else ""
    if isinstance(got, bool | int | float) and not isinstance(wanted, bool | int | float):
        return translate("exercise.number-came-back")
    if isinstance(got, tuple) and isinstance(wanted, list):
        return translate("exercise.tuple-came-back", count=len(got))
    return ""


def _error_text(found: Difference | None) -> str:
    if found is None or found.kind != "value" or not 0 < found.error < 1:
        return ""
    if found.index:
        return translate("exercise.error-at", error=f"{found.error:.1g}", place=str(list(found.index)))
    return translate("exercise.error", error=f"{found.error:.1g}")
