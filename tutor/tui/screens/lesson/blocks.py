"""The blocks of a lesson: its texts as pages of lines, and the widgets that show them in reading order.

The lesson screen imports this before its first frame, so what typesets and grades is imported inside functions.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from textual.strip import Strip
from textual.widget import Widget

from tutor.charts.cells import Row, Span
from tutor.course.lesson import Exercise, LabFence, OpeningAnswer, Prose, Question, Term
from tutor.foundation.pack_ids import pack_of_id
from tutor.foundation.safe_text import harmless_line
from tutor.foundation.text import shorten
from tutor.foundation.translate import language_note, translate
from tutor.study.sections import appendix_begin, top_sections
from tutor.tui.themes import HERE, RIGHT
from tutor.tui.widgets.prose import Page, ProseView
from tutor.tui.widgets.row_list import RowItem, RowList, blank, fixed
from tutor.tui.widgets.rows import look_of, strip_of

if TYPE_CHECKING:
    from tutor.course.catalogue import LessonHeader
    from tutor.course.glossary import Glossary
    from tutor.course.lab_shelf import LabShelf
    from tutor.course.lesson import Block, Lesson
    from tutor.study.lesson_session import LessonSession
    from tutor.study.question_attempt import Score
    from tutor.typeset.elements import Line

QUIZ, HOME, APPENDIX = "quiz", "home", "appendix"
"""Keys of rows at the end of a lesson; the row of the next lesson has its id as key."""


def flow_widgets(
    session: LessonSession, pages: LessonPages, following: LessonHeader | None, *, unfolded: bool
) -> Iterator[Widget]:
    """The widgets of a lesson, each made when the iterator reaches it: the title, the blocks, the end, the appendix.

    Args:
        session: The lesson and its answers.
        pages: The pages of its texts.
        following: The next lesson; None after the last one.
        unfolded: Whether the appendix is shown after the end: see `appendix_begin`.
    """
    yield ProseView(pages.title(), id="lesson-title")
    number, lab = 0, None
    begin = appendix_begin(session.lesson)
    for block in session.lesson.blocks[:begin]:
        if isinstance(block, Question):
            from tutor.tui.questions.question import QuestionWidget

            number += 1
            yield QuestionWidget(session.exercise(block.id), lab=lab, number=number)
        elif isinstance(block, OpeningAnswer):
            from tutor.tui.questions.question import QuestionWidget

            opening = session.lesson.opening
            yield QuestionWidget(session.exercise(opening.id), closes=True) if opening is not None else Widget()
        elif isinstance(block, Exercise):
            from tutor.tui.screens.lesson.exercise_card import ExerciseCard

            yield ExerciseCard(block)
        elif isinstance(block, LabFence):
            from tutor.tui.screens.lesson.lab_card import LabCard

            lab = block
            yield LabCard(block)
        else:
            yield _text_widget(block, pages)
    yield LessonEnd(session, following, unfolded=unfolded)
    if unfolded:
        yield from appendix_widgets(session.lesson, pages)


def appendix_widgets(lesson: Lesson, pages: LessonPages) -> Iterator[Widget]:
    """The widgets of the terms and sources after the end of a lesson."""
    for block in lesson.blocks[appendix_begin(lesson) :]:
        if isinstance(block, Prose | Term):
            yield _text_widget(block, pages)


def _text_widget(block: Prose | Term, pages: LessonPages) -> ProseView:
    page = pages.page_of(block)
    assert page is not None  # noqa: S101 - only questions and labs have none
    if isinstance(block, Term):
        return ProseView(page, classes="term")
    begins_section = block.markdown.startswith("#")
    return ProseView(page, classes="section" if begins_section else None)


class LessonEnd(RowList):
    """The rows after the last line: the score, and where to go next."""

    DEFAULT_CSS = "LessonEnd { height: auto; }"

    def __init__(self, session: LessonSession, following: LessonHeader | None, *, unfolded: bool) -> None:
        items = list(_end_items(session, following, unfolded=unfolded))
        super().__init__(items)
        self.styles.height = len(items)

    def show(self, session: LessonSession, following: LessonHeader | None, *, unfolded: bool) -> None:
        """Show the score, and whether the appendix is unfolded, as they are now."""
        self.set_items(list(_end_items(session, following, unfolded=unfolded)))

    def render_line(self, y: int) -> Strip:
        """A row; without the focus, none is drawn as selected."""
        if self.has_focus or y >= len(self.items):
            return super().render_line(y)
        width = self.scrollable_content_region.width
        return strip_of(self.items[y].draw(width), look_of(self), width)


def _end_items(session: LessonSession, following: LessonHeader | None, *, unfolded: bool) -> Iterator[RowItem]:
    score = session.score
    yield fixed(lambda width: [Span("─" * width, "rule")])
    yield fixed(lambda _width: _score_row(score))
    yield blank()
    if score.total:
        yield _choice(QUIZ, "t", "lesson.end-quiz")
    if following is not None:
        title = harmless_line(following.numbered_title)
        yield _choice(following.id, "→", "lesson.end-next", title)
    yield _choice(HOME, "H", "lesson.end-home")
    titles = list(_appendix_titles(session.lesson))
    if titles:
        sign = "▾" if unfolded else HERE
        yield _choice(APPENDIX, "o", "lesson.end-appendix", translate("lesson.and").join(titles), sign=sign)


def _appendix_titles(lesson: Lesson) -> Iterator[str]:
    """The headings of the appendix, the first one with the number of its terms."""
    from tutor.typeset.page import one_line

    begin = appendix_begin(lesson)
    count = sum(isinstance(block, Term) for block in lesson.blocks[begin:])
    for section in lesson.sections:
        if section.block_index >= begin:
            title = one_line(section.title, inline=True)
            first = section.block_index == begin
            yield translate("lesson.appendix-count", title=title, count=count) if first else title


def _score_row(score: Score) -> Row:
    row: Row = [Span(" "), Span(translate("lesson.end"), "strong")]
    if score.total:
        counts = translate("lesson.end-score", right=score.right, total=score.total)
        done = score.right == score.total
        row += [Span("   "), Span(f"{RIGHT} " if done else "", "good"), Span(counts, "good" if done else "muted")]
    return row


def _choice(key: str, letter: str, text_key: str, title: str = "", *, sign: str = "") -> RowItem:
    def draw(width: int) -> Row:
        text = translate(text_key, title=title)
        end = [Span(f" {sign}", "accent")] if sign else []
        return [Span(f" {letter} ", "key"), Span(" "), Span(shorten(text, width - 7)), *end]

    return RowItem(key, draw)


class LessonPages:
    """The pages of one lesson. Make them in reading order: in each section the first mention of a term becomes a link.

    Args:
        lesson: The lesson.
        headers: The lessons of the course, for the titles of those it builds on.
        glossary: All terms; without it no words become links, and a term has its name in one language only.
        reads_both: Whether the learner reads terms in two languages.
    """

    def __init__(
        self,
        lesson: Lesson,
        headers: Sequence[LessonHeader],
        glossary: Glossary | None = None,
        *,
        reads_both: bool = False,
    ) -> None:
        self._reads_both = reads_both
        self._lesson = lesson
        self._titles = {header.id: header.title for header in headers}
        self._glossary = glossary
        self._names = {term.id: term.name for term in lesson.terms}
        self._mentioned: set[str] = set()
        begins = set(top_sections(lesson))
        self._begins = {id(block) for number, block in enumerate(lesson.blocks) if number in begins}

    def title(self) -> Page:
        """The lesson's minutes and the lessons it builds on. Its title is in the top line."""
        from tutor.typeset.breaking import break_lines
        from tutor.typeset.elements import Line, Run

        facts = [translate("lesson.minutes", minutes=self._lesson.minutes)]
        needs = [self._titles[need] for need in self._lesson.needs if need in self._titles]
        if needs:
            facts.append(translate("lesson.builds-on", lessons=translate("lesson.and").join(needs)))
        about = [
            Run(harmless_line(each), "muted") for each in (" · ".join(facts), language_note(self._lesson.language))
        ]

        def page(width: int, ascii: bool) -> Sequence[Line]:
            return [Line(line) for run in about if run.text for line in break_lines([run], width)]

        return _kept(page)

    def page_of(self, block: Block) -> Page | None:
        """The page of a block of text; None for questions, labs and exercises, which are more than text."""
        from tutor.typeset.page import read_document

        if id(block) in self._begins:
            self._mentioned.clear()
        if isinstance(block, Prose):
            document = read_document(block.markdown, self._mentions if self._glossary is not None else None)
            return lambda width, ascii: document.lines(width, ascii=ascii)
        if isinstance(block, Term):
            self._mentioned.add(block.id)
            return self._term(block)
        return None

    def _mentions(self, text: str) -> Iterator[tuple[int, int, str]]:
        """Start, end and id of each term that ``text`` is the first of its section to mention."""
        lesson, glossary = self._lesson, self._glossary
        found = glossary.find_mentions(text, lesson.language, pack_of_id(lesson.id)) if glossary is not None else ()
        for mention in found:
            if mention.term_id not in self._mentioned:
                self._mentioned.add(mention.term_id)
                yield mention.start, mention.end, mention.term_id

    def _name_of(self, term_id: str) -> str:
        if term_id in self._names:
            return self._names[term_id]
        entry = self._glossary.get(term_id) if self._glossary is not None else None
        return entry.name(self._lesson.language) if entry is not None else term_id

    def _other_names(self, term_id: str) -> tuple[str, ...]:
        entry = self._glossary.get(term_id) if self._glossary is not None else None
        if entry is None:
            return ()
        return entry.names_beside(self._lesson.language, reads_both=self._reads_both)

    def _term(self, term: Term) -> Page:
        """A glossary entry in the text: names, definition, formula and related terms."""
        from tutor.typeset.elements import Line, Span

        def page(width: int, ascii: bool) -> Sequence[Line]:
            bar = Span("| " if ascii else "▎ ", "quote-bar")
            lines = self._term_lines(term, width - 2, ascii)
            return [Line((bar, *line.spans) if line.spans else (bar._replace(text=bar.text[:1]),)) for line in lines]

        return _kept(page)

    def _term_lines(self, term: Term, width: int, ascii: bool) -> Iterator[Line]:
        from tutor.typeset.breaking import break_lines
        from tutor.typeset.elements import BLANK, Line, Run
        from tutor.typeset.page import typeset

        names = [Run(harmless_line(term.name), "strong")]
        names += [Run(f" · {harmless_line(name)}", "muted") for name in self._other_names(term.id)]
        yield from map(Line, break_lines(names, width))
        yield from typeset(term.definition, width, ascii=ascii)
        if term.formula:
            yield BLANK
            yield from typeset(term.formula, width, ascii=ascii)
        if term.see:
            yield BLANK
            runs = [Run(translate("lesson.see"), "muted")]
            for other in term.see:
                runs += [Run("  "), Run(harmless_line(self._name_of(other)), "term", f"#{other}", solid=True)]
            yield from map(Line, break_lines(runs, width))


def text_page(*paragraphs: str) -> Page:
    """Paragraphs of plain text, the first one bold: shown instead of a lesson that cannot be read."""
    from tutor.typeset.breaking import break_lines
    from tutor.typeset.elements import BLANK, Line, Run

    def page(width: int, ascii: bool) -> Sequence[Line]:
        lines: list[Line] = []
        for number, text in enumerate(paragraphs):
            run = Run(harmless_line(text), "text" if number else "strong")
            lines += [*([BLANK] if number else []), *map(Line, break_lines([run], width))]
        return lines

    return _kept(page)


def _kept(page: Page) -> Page:
    """``page`` with a memory of its last result, because drawing each line asks for all lines."""
    kept: dict[tuple[int, bool], Sequence[Line]] = {}

    def remembered(width: int, ascii: bool) -> Sequence[Line]:
        if (width, ascii) not in kept:
            kept.clear()
            kept[width, ascii] = page(width, ascii)
        return kept[width, ascii]

    return remembered


def carry_drafts(old: LessonSession | None, new: LessonSession) -> None:
    """Carry answers that were begun and not committed over to a new session of the same lesson."""
    for question in old.lesson.questions if old is not None else ():
        attempt = old.exercise(question.id).attempt if old is not None else None
        if attempt is not None and not attempt.locked and attempt.can_undo:
            new.exercise(question.id).attempt.put(attempt.draft)


def block_of(lesson: Lesson, anchor: str) -> int | None:
    """The block that ``anchor`` names: a section's anchor, or the id of a question or term. None if there is none."""
    for section in lesson.sections:
        if section.anchor == anchor:
            return section.block_index
    for number, block in enumerate(lesson.blocks):
        if getattr(block, "id", None) == anchor:
            return number
    return None


def lab_titles(lesson: Lesson, labs: LabShelf) -> dict[str, str]:
    """The titles of the labs in a lesson by name, without those that cannot be read."""
    from tutor.labs.lab_files import lab_titles as titles_in

    names = {fence.lab for fence in lesson.labs}
    return {name: title for name, title in titles_in(labs, lesson.language) if name in names}
