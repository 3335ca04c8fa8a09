"""Read a lesson file: separate questions, exercises, terms and labs from the prose, and report every fault at once."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path

from tutor.course.exercises.reader import read_exercise
from tutor.course.files import LARGEST_FILE, lesson_number
from tutor.course.front_matter import FrontMatter, end_of_front_matter, read_front_matter
from tutor.course.id_fields import read_id
from tutor.course.lab_fence import is_lab_fence, read_lab_fence
from tutor.course.lesson import Block, Exercise, Fault, Lesson, OpeningAnswer, Place, Prose, Question, Section, Term
from tutor.course.lesson_words import lesson_words
from tutor.course.lookalikes import damaged_comment, ends_explanation, fault_in_prose
from tutor.course.markup import refuse_unshown
from tutor.course.misplaced import refuse_misplaced, refuse_stray_id, refuse_text_behind_id
from tutor.course.question_reader import read_question
from tutor.course.source import (
    ID_DIRECTIVES,
    LONGEST_IDENTIFIER,
    LOST,
    Element,
    Source,
    directive,
    elements_of,
    is_identifier,
)
from tutor.course.term_reader import read_term
from tutor.foundation.files import read_start
from tutor.foundation.safe_text import harmless
from tutor.foundation.translate import translate

_LONGEST_LINE = 20_000
_MOST_LINES = 10_000
_MOST_BLOCKS = 2_000
_LOWEST = 6
"""The level of the smallest headings."""


@dataclass(frozen=True, slots=True)
class Reading:
    """The result of reading a file: the lesson, as far as it could be read, and all its faults.

    `lesson` is None only if the file cannot be used at all.
    """

    lesson: Lesson | None
    faults: tuple[Fault, ...]


def read_lesson(path: Path, language: str, *, written_in: str | None = None) -> Reading:
    """Read the lesson file at ``path``. Never raises: every problem becomes a fault.

    Args:
        path: A Markdown file.
        language: The language that the lesson is listed under.
        written_in: The language whose words for "Hint" and the like the file uses. Empty if its folder names no
            language; None means the same as ``language``.
    """
    try:
        raw = read_start(path, LARGEST_FILE + 1)
    except OSError as error:
        reason = error.strerror or str(error)
        return Reading(None, (Fault(Place(path), translate("course.unreadable", reason=reason)),))
    return read_text(path, raw, language, written_in=written_in)


def read_text(path: Path, raw: bytes, language: str, *, written_in: str | None = None) -> Reading:
    """Read a lesson from the bytes of its file. See `read_lesson`."""
    faults: list[Fault] = []
    lines = _lines(path, raw, faults)
    if lines is None:
        return Reading(None, tuple(faults))
    head = read_front_matter(path, lines, faults)
    words = lesson_words(language if written_in is None else written_in)
    source = Source(path, lines, end_of_front_matter(lines), faults, words)
    lesson_id = head.id if head is not None else ""
    cutter = _Cutter(source, lesson_id)
    blocks, sections = _with_opening_answer(*cutter.cut())
    faults.sort()
    if head is None:
        return Reading(None, tuple(faults))
    lesson = replace(
        _lesson(path, language, head, blocks, sections),
        left_out=tuple(cutter.left_out),
        variants=tuple(cutter.variants),
    )
    return Reading(lesson, tuple(faults))


def _lesson(path: Path, language: str, head: FrontMatter, blocks: list[Block], sections: list[Section]) -> Lesson:
    return Lesson(
        id=head.id,
        title=head.title,
        number=lesson_number(path),
        language=language,
        needs=head.needs,
        minutes=head.minutes,
        blocks=tuple(blocks),
        path=path,
        part=head.part,
        sections=tuple(sections),
        was=head.was,
    )


def _with_opening_answer(blocks: list[Block], sections: list[Section]) -> tuple[list[Block], list[Section]]:
    """Add the place where the opening question is answered, unless the author chose one: before the terms, or last."""
    if any(isinstance(each, OpeningAnswer) for each in blocks):
        return blocks, sections
    opening = next((each for each in blocks if isinstance(each, Question) and each.opening), None)
    if opening is None:
        return blocks, sections
    at = next((number for number, each in enumerate(blocks) if isinstance(each, Term)), len(blocks))
    at = max((each.block_index for each in sections if each.block_index < at), default=at) if at < len(blocks) else at
    at = max(at, blocks.index(opening) + 1)
    moved = [replace(each, block_index=each.block_index + (each.block_index >= at)) for each in sections]
    return [*blocks[:at], OpeningAnswer(opening.place), *blocks[at:]], moved


def _lines(path: Path, raw: bytes, faults: list[Fault]) -> list[str] | None:
    if len(raw) > LARGEST_FILE:
        faults.append(Fault(Place(path), translate("course.too-large", most=LARGEST_FILE >> 10)))
        return None
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        row = raw.count(b"\n", 0, error.start) + 1
        column = error.start - raw.rfind(b"\n", 0, error.start)
        faults.append(Fault(Place(path, row, column), translate("course.not-utf8"), translate("course.not-utf8-hint")))
        return None
    lines = harmless(text).split("\n")
    if len(lines) > _MOST_LINES:
        faults.append(Fault(Place(path, _MOST_LINES + 1), translate("course.too-many-lines", most=_MOST_LINES)))
        return None
    for index, line in enumerate(lines):
        if len(line) > _LONGEST_LINE:
            faults.append(Fault(Place(path, index + 1), translate("course.long-line", most=_LONGEST_LINE)))
            return None
    return lines


def _refuse_doubles(source: Source, blocks: list[Question | Term | Exercise]) -> None:
    seen: dict[str, int] = {}
    for block in blocks:
        if block.id in seen:
            source.fault(block.place, translate("course.double-id", id=block.id, line=seen[block.id]))
        seen.setdefault(block.id, block.place.line)


class _Cutter:
    """Splits the elements of a lesson into blocks, in order."""

    def __init__(self, source: Source, lesson_id: str) -> None:
        self._source = source
        self._lesson_id = lesson_id
        self._blocks: list[Block] = []
        self._named: list[Question | Term | Exercise] = []
        self.left_out: list[Question] = []
        self.variants: list[Question] = []
        self._sections: list[Section] = []
        self._prose: list[Element] = []
        self._anchors: set[str] = set()
        self._level = 0
        """The level of the section's heading; 0 above the first."""

    def cut(self) -> tuple[list[Block], list[Section]]:
        """Return the blocks and the sections of the lesson."""
        elements = elements_of(self._source)
        index = 0
        while index < len(elements) and len(self._blocks) < _MOST_BLOCKS:
            index = self._take(elements, index)
        if index < len(elements):
            self._source.fault(
                self._source.place(elements[index].start), translate("course.too-many-blocks", most=_MOST_BLOCKS)
            )
        self._end_prose()
        _refuse_doubles(self._source, self._named)
        refuse_unshown(self._source, elements)
        return self._blocks, self._sections

    def _take(self, elements: list[Element], index: int) -> int:
        """Take the element at ``index`` and what belongs to it. Return the index of the next element."""
        element = elements[index]
        if element.heading_level and index + 1 < len(elements):
            mark = self._mark(elements[index + 1])
            if mark is not None:
                self._end_prose()
                return self._take_marked(elements, index, *mark)
        if element.kind == "html_block" and directive(element.content, "opening") is not None:
            self._end_prose()
            self._blocks.append(OpeningAnswer(self._source.place(element.start)))
        elif is_lab_fence(element):
            self._end_prose()
            fence = read_lab_fence(self._source, element)
            if fence is not None:
                self._blocks.append(fence)
        elif element.kind == LOST or not self._take_prose(element):
            return self._leave_out(elements, index)
        return index + 1

    def _leave_out(self, elements: list[Element], index: int) -> int:
        """Leave out the rest of a section that may be a question, because it could show the answer.

        Returns:
            The index of the next heading at the section's level or above, or of the next question or term.
        """
        if ends_explanation(elements[index]):  # The explanation began somewhere above.
            del self._prose[1 if self._prose and self._prose[0].heading_level else 0 :]
        lists = [number for number, each in enumerate(self._prose) if each.kind == "ordered_list"]
        del self._prose[min(lists, default=len(self._prose)) :]  # These may be lines to put in order.
        self._end_prose()
        self._blocks.append(Prose(f"*{translate('course.left-out')}*", self._source.place(elements[index].start)))
        index += 1
        while index < len(elements) and not self._ends(elements, index, self._level or _LOWEST):
            fault = damaged_comment(self._source, elements[index])
            if fault is not None:
                self._source.faults.append(fault)
            index += 1
        return index

    def _mark(self, element: Element) -> tuple[str, str] | None:
        """Return ``q``, ``x`` or ``term`` and the text of the comment; None if ``element`` is not such a comment."""
        if element.kind != "html_block":
            return None
        for name in ID_DIRECTIVES:
            said = directive(element.content, name)
            if said is not None:
                return name, said
        return None

    def _take_marked(self, elements: list[Element], index: int, name: str, said: str) -> int:
        heading = elements[index]
        end = index + 2
        while end < len(elements) and not self._ends(elements, end, heading.heading_level):
            end += 1
        body = elements[index + 2 : end]
        refuse_text_behind_id(self._source, elements[index + 1])
        fields = read_id(said)
        identifier = fields.id
        if name == "x":
            self._take_exercise(read_exercise(self._source, fields, heading, body, self._lesson_id), heading)
            return end
        block: Question | Term
        if name == "q":
            block, can_be_asked = read_question(self._source, fields, heading, body, self._lesson_id)
        else:
            block, can_be_asked = read_term(self._source, fields, heading, body, self._lesson_id), True
        if is_identifier(identifier):
            self._named.append(block)
            if can_be_asked and isinstance(block, Question) and block.variant_of:
                self.variants.append(block)
            elif can_be_asked:
                self._blocks.append(block)
            elif isinstance(block, Question):
                self.left_out.append(block)
        else:  # Read it anyway, so that its other faults are reported at the same time.
            place = self._source.place(elements[index + 1].start, identifier)
            self._source.fault(place, translate("course.not-an-id", id=identifier[:LONGEST_IDENTIFIER]))
        return end

    def _take_exercise(self, exercise: Exercise | None, heading: Element) -> None:
        """Take an exercise. One that cannot be read is left out whole, because its text could show the solution."""
        if exercise is None:
            self._blocks.append(Prose(f"*{translate('course.left-out')}*", self._source.place(heading.start)))
            return
        self._named.append(exercise)
        self._blocks.append(exercise)

    def _ends(self, elements: list[Element], index: int, level: int) -> bool:
        """Return whether what has an id and a ``level`` ends before ``index``: at its level or at the next id."""
        own = elements[index].heading_level
        if not own:
            return False
        return own <= level or (index + 1 < len(elements) and self._mark(elements[index + 1]) is not None)

    def _take_prose(self, element: Element) -> bool:
        """Take an element of the text. Return False if it contains an id or another part of a question."""
        if element.kind == "html_block" and self._mark(element) is not None:
            refuse_stray_id(self._source, element)
            return False
        is_text = not refuse_misplaced(self._source, element)
        fault = fault_in_prose(self._source, element) if is_text else None
        if fault is not None:
            self._source.faults.append(fault)
            is_text = False
        if element.heading_level:
            # Each section is a separate block, so that a saved reading position is always accurate.
            self._end_prose()
            self._level = element.heading_level
        if element.heading_level and fault is None:
            self._sections.append(
                Section(element.content.strip(), element.heading_level, self._anchor(element), len(self._blocks))
            )
            self._prose.append(element)
        elif is_text:
            self._prose.append(element)
        return is_text

    def _anchor(self, element: Element) -> str:
        base = re.sub(r"[^\w一-鿿]+", "-", element.content.casefold()).strip("-") or "section"
        anchor, count = base, 2
        while anchor in self._anchors:
            anchor, count = f"{base}-{count}", count + 1
        self._anchors.add(anchor)
        return anchor

    def _end_prose(self) -> None:
        if self._prose:
            start, end = self._prose[0].start, self._prose[-1].end
            self._blocks.append(Prose(self._source.text(start, end), self._source.place(start)))
            self._prose = []
