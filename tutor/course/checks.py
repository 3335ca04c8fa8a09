"""Faults of a course that no single file shows: broken links, duplicate ids, differences between languages."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tutor.course.catalogue import Course
from tutor.course.code_spans import without_code
from tutor.course.files import LARGEST_FILE, is_pack, misnamed_language_folders
from tutor.course.former_ids import faults_of_former_ids, way_back
from tutor.course.lesson import Block, Exercise, Fault, Lesson, OpeningAnswer, Place, Prose, Question, Term
from tutor.course.packs.installed import course_to_check
from tutor.course.packs.manifest import read_manifest
from tutor.course.packs.outside import Outside
from tutor.course.parity import faults_of_parity
from tutor.course.questions import question_type
from tutor.course.questions.single import SINGLE
from tutor.course.term_reader import LINK
from tutor.foundation.files import read_start
from tutor.foundation.safe_text import harmless
from tutor.foundation.translate import translate


def check_course(folder: Path) -> list[Fault]:
    """Return every fault of the lessons in ``folder``, sorted by file and line. Labs are checked elsewhere."""
    return faults_of_course(course_to_check(folder))


def faults_of_course(course: Course) -> list[Fault]:
    """Do the same as `check_course` for a course that may already have been read."""
    folder = course.folder
    lessons = course.lessons()
    outside = Outside(course)
    faults = [*course.faults(), *_faults_of_pack(course)]
    if not any(course.files(language) for language in course.languages):
        faults.append(
            Fault(Place(folder), translate("course.no-lessons", folder=folder), translate("course.no-lessons-hint"))
        )
    for name, code in misnamed_language_folders(folder):
        faults.append(Fault(Place(folder / name), translate("course.misnamed-language", name=name, code=code)))
    for language in sorted({lesson.language for lesson in lessons}):
        own = [lesson for lesson in lessons if lesson.language == language]
        faults += _faults_of_ids(own)
        faults += _faults_of_needs(own, lessons, outside)
        faults += _faults_of_variants(own)
        faults += (fault for lesson in own for fault in _faults_of_opening(lesson))
        faults += (
            fault
            for lesson in own
            for question in lesson.every_question
            for fault in question_type(question.kind).faults_of_draws(question)
        )
        faults += faults_of_former_ids(own)
        faults += _faults_of_links(own, lessons, outside)
    faults += faults_of_parity(lessons, course.languages)
    return sorted(set(faults))


def _faults_of_pack(course: Course) -> Iterator[Fault]:
    """Report faults of a ``pack.toml``, packs that it requires and that are missing, and languages it forgets."""
    if not is_pack(course.folder):
        return
    manifest = read_manifest(course.folder)
    yield from manifest.faults()
    pack = manifest.pack
    if pack is None:
        return
    there = {each.id for each in (*course.neighbours, *course.packs)}
    for missing in (each for each in pack.requires if each not in there):
        message = translate("pack.requires-missing", id=missing)
        yield Fault(Place(manifest.path), message, translate("pack.requires-missing-hint"))
    for language in course.languages:
        if pack.languages and language not in pack.languages:
            yield Fault(Place(manifest.path), translate("pack.language-not-listed", language=language))


def _faults_of_ids(lessons: list[Lesson]) -> Iterator[Fault]:
    """Report shared ids: the learner's progress is stored by id, so lessons, questions and terms must not share one."""
    for wanted in (Question | Exercise, Term):
        seen: dict[str, Place] = {}
        for lesson in lessons:
            for block in (*lesson.blocks, *lesson.variants, *lesson.left_out):
                if isinstance(block, wanted):
                    first = seen.setdefault(block.id, block.place)
                    if first.path != block.place.path:
                        yield Fault(block.place, translate("course.double-id-across", id=block.id, where=first))
    by_id: dict[str, Lesson] = {}
    for lesson in lessons:
        other = by_id.setdefault(lesson.id, lesson)
        if other is not lesson:
            yield Fault(Place(lesson.path, 2), translate("course.double-id-across", id=lesson.id, where=other.path))


def _faults_of_needs(lessons: list[Lesson], course: list[Lesson], outside: Outside) -> Iterator[Fault]:
    """Report missing prerequisites of ``lessons``, all in one language. Those in another language count as present."""
    by_id = {lesson.id: lesson for lesson in (*course, *lessons)}
    for lesson in lessons:
        for need in lesson.needs:
            if outside.own(need) not in by_id and not outside.has_lesson(need):
                yield Fault(Place(lesson.path, 2), translate("course.unknown-need", id=need))
        circle = way_back(lesson.id, {each.id: each.needs for each in lessons})
        if circle:
            yield Fault(Place(lesson.path, 2), translate("course.circular-needs", path=" → ".join(circle)))


def _faults_of_variants(lessons: list[Lesson]) -> Iterator[Fault]:
    """Report variants whose original is in another lesson, is not in the text, or is itself a variant."""
    homes = {each.id: lesson for lesson in lessons for each in (*lesson.every_question, *lesson.left_out)}
    for lesson in lessons:
        own = {each.id for each in lesson.questions}
        chained = {each.id for each in lesson.variants}
        for variant in (*lesson.variants, *(each for each in lesson.left_out if each.variant_of)):
            of = variant.variant_of
            if of in own:
                continue
            if of in chained:
                yield Fault(variant.place, translate("course.variant-chain", id=variant.id, of=of))
            elif of in homes and homes[of] is not lesson:
                where = homes[of].path.name
                yield Fault(variant.place, translate("course.variant-elsewhere", id=variant.id, of=of, where=where))
            else:
                yield Fault(variant.place, translate("course.variant-of-nothing", id=variant.id, of=of))


def _faults_of_opening(lesson: Lesson) -> Iterator[Fault]:
    """Report more than one opening question, one that cannot be answered at the end, and answers without a question."""
    openings = [each for each in (*lesson.every_question, *lesson.left_out) if each.opening]
    for opening in openings[1:]:
        yield Fault(opening.place, translate("course.opening-twice", id=opening.id, first=openings[0].id))
    for opening in openings:
        if opening.kind != SINGLE.name or opening.predicts or opening.variant_of or not opening.explanation:
            message = translate("course.opening-needs", id=opening.id)
            yield Fault(opening.place, message, translate("course.opening-needs-hint"))
    answers = [(number, each) for number, each in enumerate(lesson.blocks) if isinstance(each, OpeningAnswer)]
    asked = [number for number, each in enumerate(lesson.blocks) if isinstance(each, Question) and each.opening]
    for place, (number, answer) in enumerate(answers):
        if place or not asked or number < asked[0]:
            yield Fault(answer.place, translate("course.opening-answer"), translate("course.opening-answer-hint"))


def _faults_of_links(lessons: list[Lesson], course: list[Lesson], outside: Outside) -> Iterator[Fault]:
    """Report broken links in ``lessons``, all in one language. A term may be explained in another language only."""
    own = {lesson.id for lesson in lessons}
    readable = (*lessons, *(lesson for lesson in course if lesson.id not in own))
    known = {term.id for lesson in readable for term in lesson.terms}
    for lesson in lessons:
        here = (
            known
            | {section.anchor for section in lesson.sections}
            | {each.id for each in (*lesson.every_question, *lesson.left_out)}
            | {each.id for each in lesson.exercises}
        )
        lines = _lines(lesson.path)
        for block in (*lesson.blocks, *lesson.variants, *lesson.left_out):
            for link in dict.fromkeys(_links(block)):
                if outside.own(link) not in here and not outside.has_term(link):
                    yield Fault(_place_of(link, block.place, lines), translate("course.unknown-link", id=link))


def _lines(path: Path) -> list[str]:
    """Return the lines of a file, counted as `read_lesson` counts them."""
    try:
        return harmless(read_start(path, LARGEST_FILE).decode("utf-8-sig", errors="replace")).split("\n")
    except OSError:
        return []


def _place_of(link: str, block: Place, lines: list[str]) -> Place:
    """Return the place of the link itself: the first line of its block, or after it, that contains the link."""
    for index in range(block.line - 1, len(lines)):
        column = lines[index].find(f"(#{link})")
        if column >= 0:
            return Place(block.path, index + 1, column + 2)
    return block


def _links(block: Block) -> list[str]:
    """Return the ids that a block links to. Links inside code do not count."""
    if isinstance(block, Prose):
        return _links_in(block.markdown)
    if isinstance(block, Term):
        return [*_links_in(block.definition), *block.see]
    if isinstance(block, Question):
        texts = [block.prompt, block.explanation, *block.hints, *_texts_of_content(block)]
        return [link for text in texts for link in _links_in(text)]
    if isinstance(block, Exercise):
        texts = [block.task, block.why, *block.hints, *(mistake.feedback for mistake in block.mistakes)]
        return [link for text in texts for link in _links_in(text)]
    return []


def _texts_of_content(question: Question) -> tuple[str, ...]:
    """Return the Markdown of a question's content, or nothing if the content could not be read."""
    type_ = question_type(question.kind)
    return type_.texts(question) if isinstance(question.content, type_.content_class) else ()


def _links_in(markdown: str) -> list[str]:
    return LINK.findall(without_code(markdown))
