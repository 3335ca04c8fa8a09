"""Faults of a course that no single file shows: broken links, duplicate ids, differences between languages."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from itertools import islice, repeat
from pathlib import Path, PurePosixPath
from urllib.parse import unquote

from tutor.course.catalogue import Course
from tutor.course.code_spans import without_code
from tutor.course.files import LARGEST_FILE, is_pack, misnamed_language_folders
from tutor.course.former_ids import faults_of_former_ids, way_back
from tutor.course.lesson import Block, Exercise, Fault, Lesson, OpeningAnswer, Place, Prose, Question, Term
from tutor.course.markup import did_you_mean, without_formulas
from tutor.course.packs.installed import course_to_check
from tutor.course.packs.manifest import read_manifest
from tutor.course.packs.outside import Outside
from tutor.course.parity import faults_of_parity
from tutor.course.questions import question_type
from tutor.course.questions.single import SINGLE
from tutor.course.term_reader import LINK
from tutor.foundation.files import read_start
from tutor.foundation.safe_text import harmless, harmless_line
from tutor.foundation.translate import translate

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]{0,20}:")
_ADDRESS = re.compile(r"(?<!!)\[[^\[\]]{0,300}\]\((?!#)([^()\s]{0,500})(?:\s{1,3}\"[^\"\n]{0,200}\")?\)")
"""A link that does not lead to an id; group 1 is its address."""


_MOST_BROKEN_LINKS = 500
_MOST_SUGGESTIONS = 50
"""Of one lesson, which anybody may have written: a suggestion takes a millisecond, and so does a place."""
Suggest = Callable[[str, Iterable[str]], str]


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
                line = next((number for number, each in enumerate(lines_of(lesson.path), 1) if need in each), 2)
                message = translate("course.unknown-need", id=need)
                yield Fault(Place(lesson.path, line), message, did_you_mean(need, by_id))
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
                message = translate("course.variant-of-nothing", id=variant.id, of=of)
                yield Fault(variant.place, message, did_you_mean(of, own))


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
    by_file = {lesson.path.name: lesson for lesson in (*reversed(readable), *lessons)}
    for lesson in lessons:
        yield from islice(_faults_of_links_in(lesson, by_file, known, outside), _MOST_BROKEN_LINKS)


def _faults_of_links_in(
    lesson: Lesson, by_file: Mapping[str, Lesson], terms: Set[str], outside: Outside
) -> Iterator[Fault]:
    here = terms | _anchors_of(lesson)
    lines = lines_of(lesson.path)
    hints = islice(repeat(did_you_mean), _MOST_SUGGESTIONS)
    for block in (*lesson.blocks, *lesson.variants, *lesson.left_out):
        for link in dict.fromkeys(_links(block)):
            if outside.own(link) not in here and not outside.has_term(link):
                place = place_of(f"(#{link})", block.place, lines, behind=2)
                suggest = next(hints, _no_suggestion)
                yield Fault(place, translate("course.unknown-link", id=link), suggest(link, here))
        for address in dict.fromkeys(each for text in texts_of(block) for each in _addresses_in(text)):
            if fault := _fault_of_address(address, lesson, by_file, terms, outside, hints):
                yield Fault(place_of(f"]({address}", block.place, lines, behind=2), *fault)


def _no_suggestion(_name: str, _known: Iterable[str]) -> str:
    return ""


def _anchors_of(lesson: Lesson) -> set[str]:
    """What a link may lead to inside a lesson, besides terms."""
    anchors = {section.anchor for section in lesson.sections}
    anchors |= {each.id for each in (*lesson.every_question, *lesson.left_out)}
    return anchors | {each.id for each in lesson.exercises}


def _fault_of_address(
    address: str,
    lesson: Lesson,
    by_file: Mapping[str, Lesson],
    terms: Set[str],
    outside: Outside,
    hints: Iterator[Suggest],
) -> tuple[str, str] | None:
    """What is wrong with a link to something outside its lesson, and a hint; None if nothing is.

    A link to a lesson works by the name of its file; one to another file only on a code host, if the file is there.
    """
    shown = harmless_line(address)[:80]
    if not address:
        return translate("course.empty-link"), translate("course.empty-link-hint")
    if found := _SCHEME.match(address):
        is_web = found[0].casefold() in {"http:", "https:", "mailto:"}
        return None if is_web else (translate("course.foreign-link", address=shown), translate("course.link-hint"))
    path, _, anchor = unquote(address).partition("#")
    there = by_file.get(PurePosixPath(path).name) if path.endswith(".md") else None
    if there is not None:
        anchors = _anchors_of(there) | terms
        if not anchor or anchor in anchors:
            return None
        message = translate("course.unknown-anchor", id=harmless_line(anchor)[:60], file=there.path.name)
        return message, next(hints, _no_suggestion)(anchor, anchors)
    if _is_there(lesson.path.parent, path) or outside.has_file(PurePosixPath(path).name):
        return None
    meant = next(hints, _no_suggestion)(path, [*by_file, *(f"#{term}" for term in terms)])
    return translate("course.dead-link", address=shown), meant or translate("course.link-hint")


def _is_there(folder: Path, path: str) -> bool:
    try:
        return (folder / path).exists()
    except (OSError, ValueError):
        return False


def lines_of(path: Path) -> list[str]:
    """Return the lines of a file, counted as `read_lesson` counts them."""
    try:
        return harmless(read_start(path, LARGEST_FILE).decode("utf-8-sig", errors="replace")).split("\n")
    except OSError:
        return []


def place_of(text: str, block: Place, lines: list[str], *, behind: int = 0) -> Place:
    """Return the place ``behind`` characters into the first ``text`` in a block, or after it."""
    for index in range(block.line - 1, len(lines)):
        column = lines[index].find(text)
        if column >= 0:
            return Place(block.path, index + 1, column + behind)
    return block


def _links(block: Block) -> list[str]:
    """Return the ids that a block links to. Links inside code do not count."""
    see = block.see if isinstance(block, Term) else ()
    return [*(link for text in texts_of(block) for link in _links_in(text)), *see]


def texts_of(block: Block) -> list[str]:
    """Return the Markdown texts of a block, without headings."""
    if isinstance(block, Prose):
        return [block.markdown]
    if isinstance(block, Term):
        return [block.definition]
    if isinstance(block, Question):
        return [block.prompt, block.explanation, *block.hints, *_texts_of_content(block)]
    if isinstance(block, Exercise):
        return [block.task, block.why, *block.hints, *(mistake.feedback for mistake in block.mistakes)]
    return []


def _texts_of_content(question: Question) -> tuple[str, ...]:
    """Return the Markdown of a question's content, or nothing if the content could not be read."""
    type_ = question_type(question.kind)
    return type_.texts(question) if isinstance(question.content, type_.content_class) else ()


def _links_in(markdown: str) -> list[str]:
    return LINK.findall(without_code(markdown))


def _addresses_in(markdown: str) -> list[str]:
    """Return the addresses that a text links to, without links to ids."""
    if "](" not in markdown:
        return []
    return _ADDRESS.findall(without_formulas(without_code(markdown)))
