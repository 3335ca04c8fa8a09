"""Opening the progress file for a course: what the course has renamed is found under its new ids."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from tutor.foundation.pack_ids import in_pack, own_id_of, pack_of_id
from tutor.foundation.translate import language
from tutor.progress.renames import Renames, nothing_renamed
from tutor.progress.store import OpenedStore, open_store

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tutor.course.catalogue import Course
    from tutor.course.headers import LessonHeader


def open_course_store(course: Course | None, path: Path | None = None) -> OpenedStore:
    """Open the progress file. This never fails: see `tutor.progress.store.open_store`.

    Args:
        course: The course that is learnt; None if there is none.
        path: The file; by default the learner's own.
    """
    return open_store(path, nothing_renamed if course is None else lambda: course.kept(renames_of))


def renames_of(course: Course) -> Renames:
    """What the lessons of ``course`` say that they, their questions and their terms were called."""
    headers = course.headers(language())
    # A course without packs needs no second look at its ids. A pack can claim nothing that is there today.
    taken = course.own_ids | {each.id for each in headers} if course.packs else frozenset()
    lessons, questions, terms, variants = _what_lessons_say(headers, taken)
    for pack in course.packs:
        for was in pack.was:
            _take_renamed_pack(pack.id, was, headers, taken, (lessons, questions, terms))
    return Renames(lessons, questions, terms, lambda: _labs_of(course), variants)


_Lessons = dict[str, str]
_Questions = dict[tuple[str, str], tuple[str, str]]
_Terms = dict[str, tuple[str, str]]


def _what_lessons_say(
    headers: Sequence[LessonHeader], taken: frozenset[str]
) -> tuple[_Lessons, _Questions, _Terms, dict[str, str]]:
    """The former ids of lessons, questions and terms, and the variants of questions.

    Args:
        headers: The lessons.
        taken: Ids that are in use; no pack's lesson was called so, unless they are ids of that pack.
    """
    lessons: _Lessons = {}
    questions: _Questions = {}
    terms: _Terms = {}
    variants: dict[str, str] = {}
    moved: list[tuple[str, str, tuple[str, str]]] = []
    for header in headers:
        for was in _free(header.was, header.pack, taken):
            lesson, slash, former = was.rpartition("/")
            if slash:
                moved.append((lesson, former, (header.id, in_pack(header.pack, own_id_of(former)))))
            else:
                lessons[former] = header.id
        for known in header.ids:
            if known.variant_of:
                variants[known.id] = known.variant_of
            for was in _free(known.was, header.pack, taken):
                lesson, _, former = was.rpartition("/")
                if known.is_term:
                    terms[former] = header.id, known.id
                else:
                    moved.append((lesson, former, (header.id, known.id)))
    for lesson, former, today in moved:
        questions[lesson, former] = today
        if lesson in lessons:  # the lesson was renamed first, and the question after that
            questions.setdefault((lessons[lesson], former), today)
    return lessons, questions, terms, variants


def _free(was: Sequence[str], pack: str, taken: frozenset[str]) -> Sequence[str]:
    """The former ids that a lesson may claim: see `_what_lessons_say`."""
    if not pack:
        return was
    return [each for each in was if pack_of_id(own := each.rpartition("/")[2]) == pack or own not in taken]


def _take_renamed_pack(
    pack: str,
    was: str,
    headers: Sequence[LessonHeader],
    taken: frozenset[str],
    into: tuple[_Lessons, _Questions, _Terms],
) -> None:
    """Add what a pack was called to former ids: everything in it had the former pack's id in front, or none.

    What another part of the course calls so today stays with that.
    """
    lessons, questions, terms = into
    for header in (each for each in headers if each.pack == pack):
        lesson = in_pack(was, own_id_of(header.id))
        if lesson in taken:
            continue
        lessons.setdefault(lesson, header.id)
        for known in header.ids:
            former = in_pack(was, own_id_of(known.id))
            if former in taken:
                continue
            if known.is_term:
                terms.setdefault(former, (header.id, known.id))
            else:
                questions.setdefault((lesson, former), (header.id, known.id))


def _labs_of(course: Course) -> dict[str, str]:
    from tutor.course.former_ids import former_ids_of_labs

    found = {former: lab for lab, was in former_ids_of_labs(course.labs).items() for former in was}
    names = course.labs.names()
    for pack in course.packs:
        for lab in (each for each in names if pack_of_id(each) == pack.id):
            for former in (in_pack(was, own_id_of(lab)) for was in pack.was):
                if former not in names:
                    found.setdefault(former, lab)
    return found
