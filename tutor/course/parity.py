"""Check that a lesson has the same questions, exercises, terms and labs in all languages, so they share progress."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tutor.course.exercises.parity import faults_between
from tutor.course.lesson import Exercise, Fault, LabFence, Lesson, Place, Question, Term
from tutor.course.questions import question_type
from tutor.foundation.translate import translate


def faults_of_parity(lessons: list[Lesson], languages: Sequence[str]) -> list[Fault]:
    """Return the differences between the languages of a course. A missing translation is not a fault.

    Args:
        lessons: Every lesson in every language.
        languages: The languages, in order of precedence: the first one that has a lesson is taken as correct.
    """
    faults: list[Fault] = []
    by_id: dict[str, dict[str, Lesson]] = {}
    for lesson in lessons:
        by_id.setdefault(lesson.id, {})[lesson.language] = lesson
    for versions in by_id.values():
        first, *others = [versions[language] for language in languages if language in versions]
        for other in others:
            faults += _between(first, other)
    return faults


def _between(first: Lesson, second: Lesson) -> Iterator[Fault]:
    head = Place(second.path, 2)
    other = f"{first.language}/{first.path.name}"
    if first.number != second.number:
        yield Fault(head, translate("course.parity-number", other=other))
    if set(first.was) != set(second.was):
        yield Fault(head, translate("course.parity-was", id=first.id, other=other))
    if first.needs != second.needs:
        yield Fault(head, translate("course.parity-needs", other=other))
    if _labs(first.labs) != _labs(second.labs):
        place = second.labs[0].place if second.labs else head
        yield Fault(place, translate("course.parity-lesson-labs", other=other))
    if first.opening_answer != second.opening_answer:
        yield Fault(head, translate("course.parity-opening-answer", other=other))
    yield from _missing(_places(first.terms), _places(second.terms), first, second)
    asked = [(*lesson.every_question, *lesson.left_out) for lesson in (first, second)]
    yield from _missing(_places(asked[0]), _places(asked[1]), first, second)
    ours = {question.id: question for question in first.every_question}
    theirs = {question.id: question for question in second.every_question}
    shared = [key for key in ours if key in theirs]
    if shared != [key for key in theirs if key in ours]:
        yield Fault(head, translate("course.parity-order", other=other))
    for key in shared:
        yield from _between_questions(ours[key], theirs[key], other)
    yield from _missing(_places(first.exercises), _places(second.exercises), first, second)
    yield from _between_exercises(first.exercises, second.exercises, other)
    was = {term.id: term.was for term in first.terms}
    for term in second.terms:
        if set(was.get(term.id, term.was)) != set(term.was):
            yield Fault(term.place, translate("course.parity-was", id=term.id, other=other))


def _between_exercises(ours: tuple[Exercise, ...], theirs: tuple[Exercise, ...], other: str) -> Iterator[Fault]:
    written = {exercise.id: exercise for exercise in ours}
    for exercise in theirs:
        if exercise.id in written:
            yield from faults_between(written[exercise.id], exercise, other)


def _places(blocks: tuple[Question, ...] | tuple[Exercise, ...] | tuple[Term, ...]) -> dict[str, Place]:
    return {block.id: block.place for block in blocks}


def _missing(ours: dict[str, Place], theirs: dict[str, Place], first: Lesson, second: Lesson) -> Iterator[Fault]:
    for key in ours.keys() - theirs.keys():
        yield Fault(Place(second.path, 2), translate("course.parity-missing", id=key, other=ours[key]))
    for key in theirs.keys() - ours.keys():
        yield Fault(Place(first.path, 2), translate("course.parity-missing", id=key, other=theirs[key]))


def _between_questions(ours: Question, theirs: Question, other: str) -> Iterator[Fault]:
    place = theirs.place
    if ours.kind != theirs.kind:
        yield Fault(
            place,
            translate("course.parity-kind", id=ours.id, kind=theirs.kind, other=other, other_kind=ours.kind),
        )
        return
    for difference in question_type(ours.kind).differences(ours, theirs, other):
        yield Fault(place, difference)
    if set(ours.was) != set(theirs.was):
        yield Fault(place, translate("course.parity-was", id=ours.id, other=other))
    if ours.variant_of != theirs.variant_of:
        yield Fault(place, translate("course.parity-variant", id=ours.id, other=other))
    if ours.opening != theirs.opening:
        yield Fault(place, translate("course.parity-opening", id=ours.id, other=other))
    if ours.depends != theirs.depends:
        yield Fault(place, translate("course.parity-depends", id=ours.id, other=other))
    if _labs(ours.labs) != _labs(theirs.labs):
        yield Fault(place, translate("course.parity-labs", id=ours.id, other=other))


def _labs(fences: tuple[LabFence, ...]) -> list[tuple[str, str, dict[str, object]]]:
    return [(fence.lab, fence.name, dict(fence.overrides)) for fence in fences]
