"""A lesson on the screen: its text in the flow, its contents beside it. The reading position is saved."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice
from typing import TYPE_CHECKING

from textual import events
from textual.app import ComposeResult
from textual.containers import Container
from textual.message import Message
from textual.timer import Timer
from textual.widget import Widget

from tutor.foundation.translate import language, translate
from tutor.study.sections import appendix_begin
from tutor.tui.screens.lesson.blocks import (
    LessonEnd,
    LessonPages,
    appendix_widgets,
    block_of,
    carry_drafts,
    flow_widgets,
    lab_titles,
    text_page,
)
from tutor.tui.screens.lesson.exercise_card import ExerciseCard
from tutor.tui.screens.lesson.flow import LessonFlow, Place
from tutor.tui.screens.lesson.lab_card import LabCard
from tutor.tui.screens.lesson.side import LessonSide
from tutor.tui.widgets.prose import LEAST, Page, ProseView
from tutor.tui.widgets.rows import shell_of

if TYPE_CHECKING:
    from tutor.course.catalogue import Course, LessonHeader
    from tutor.course.lesson import Lesson
    from tutor.progress.store import ProgressStore
    from tutor.study.lesson_session import LessonSession
    from tutor.study.passages import Passage

WIDE, WIDEST = 120, 136
"""Columns that the contents need beside the text, and those from which on their column is wider."""

_SAVE_AFTER = 0.8
"""Seconds without scrolling after which the position is saved."""
_FIRST, _AT_ONCE = 6, 6
"""How many blocks are mounted before the first page is shown, counted from the top one; and then between two frames."""
_TITLE, _END = 1, 1
"""The flow has one block before those of the lesson: its title. Another one parts them from the appendix: the end."""


class LessonView(Container):
    """The text of a lesson and its contents.

    Args:
        lesson_id: The lesson.
        anchor: A section, term or question to begin at; if empty, the lesson opens where the learner left it.
        quote: How the passage begins that is wanted at the top.
    """

    DEFAULT_CSS = """
    LessonView { layout: horizontal; height: 1fr; }
    LessonView > LessonSide { display: none; }
    LessonView.wide > LessonSide { display: block; }
    LessonView #flow.waiting > * { visibility: hidden; }
    """

    class Turned(Message):
        """The top block, whether the end is in view, or the state of a question has changed."""

    def __init__(self, lesson_id: str, anchor: str = "", quote: str = "") -> None:
        super().__init__(id="page")
        self._quote = quote
        self.lesson_id = lesson_id
        self.lesson: Lesson | None = None
        self.session: LessonSession | None = None
        self.flow = LessonFlow(id="flow")
        self.side = LessonSide()
        self._anchor = anchor
        self._shown_in = ""
        self._place = Place(0, 0.0)  # at the upper edge of the flow
        self._width = 0  # the flow's width when that place was read
        self._linked = False
        self._placed = (
            False  # whether the first page has been scrolled to its place; a step before that would be undone
        )
        self._steps_asked = 0  # how often the learner pressed the key for the next block before it was mounted
        self._settled = False  # whether all blocks are mounted, so that the position is the learner's
        self._lines_shown: tuple[int, int] | None = None  # the first and last line of the flow that was in view
        self._jumping = False  # whether the next move is a jump
        self._is_look = False  # whether what is in view was jumped to, or opened at, to look something up
        self._block = 0
        self._at_end = False
        self._appendix = 0  # the first block of the terms and sources after the end
        self._unfolded = False  # whether they are shown
        self._in_front = True
        self._saving: Timer | None = None
        self._answers: dict[str, str] = {}

    def compose(self) -> ComposeResult:
        yield self.flow
        yield self.side

    def on_resize(self, event: events.Resize) -> None:
        self.set_class(event.size.width >= WIDE, "wide")
        self.side.set_class(event.size.width >= WIDEST, "wide")
        self.call_after_refresh(self._show_terms)

    def on_unmount(self) -> None:
        """Save the position, however the learner leaves."""
        self.save()
        self.count_reading(in_front=False)

    # -- opening -----------------------------------------------------------------------------------------

    @property
    def course(self) -> Course | None:
        return shell_of(self).workspace.course

    @property
    def headers(self) -> Sequence[LessonHeader]:
        return shell_of(self).workspace.headers()

    @property
    def block(self) -> int:
        """The block of the lesson that is being read: the one at the top of the screen."""
        return self._block

    @property
    def complete(self) -> bool:
        """Whether everything has been loaded: all blocks, the position, the links of terms."""
        return self._settled and self._linked

    def open(self) -> None:
        """Read the lesson in the language in use and show it at the same position."""
        self.run_worker(self._open(), group="open", exclusive=True)

    def speak(self) -> None:
        """Show the lesson in the language in use, if it is shown in another one."""
        if self._shown_in not in {"", language()}:
            self.open()

    async def _open(self) -> None:
        seen = self.flow.top if self._settled else None
        focused = self.flow.focused_block
        self.save()
        self._settled = self._linked = self._placed = False
        self._shown_in = language()
        lesson = await asyncio.to_thread(shell_of(self).workspace.lesson, self.lesson_id)
        if lesson is None:
            await self._show_faults()
            return
        from tutor.study.lesson_session import LessonSession

        if self.session is not None and self.lesson is not None and self.lesson.language != lesson.language:
            self.session.translate(lesson)
        else:
            before, self.session = self.session, LessonSession(lesson, self._store)
            if before is not None:
                before.on_input(in_front=False)
            carry_drafts(before, self.session)
        self.count_reading()
        self._answers = self._newest_answers()
        alike = self.lesson is not None and len(self.lesson.blocks) == len(lesson.blocks)
        self.lesson = lesson
        self._appendix = appendix_begin(lesson)
        await self._fill(seen if seen is not None and alike else self._start(self.session))
        self._steps_asked = 0
        if self.flow.focused_block is None and (focused is None or not self.flow.focus_block(focused)):
            self.flow.take_focus()

    def step_on(self) -> bool:
        """Go to the next question or lab, or as soon as it has been mounted. Returns whether it was there already."""
        stepped = self._placed and not self._steps_asked and self.flow.step_block(1)
        if not stepped and not self._settled:
            self._steps_asked += 1
        return stepped

    async def _take_steps(self) -> None:
        """Take the steps that the learner asked for, as far as their blocks are mounted by now."""
        while self._steps_asked and self.flow.step_block(1):
            self._steps_asked -= 1
            await self._frame()  # the focus moves between two frames

    @property
    def _store(self) -> ProgressStore:
        return shell_of(self).workspace.store

    def _newest_answers(self) -> dict[str, str]:
        return {question: answer.key for question, answer in self._store.newest_answers(self.lesson_id).items()}

    def came_back(self) -> None:
        """Show what was answered in a quiz or started in a lab while another screen was in front."""
        if self._settled and self.session is not None and self._newest_answers() != self._answers:
            self.open()
            return
        for card in self.flow.query(LabCard):
            card.came_back()
        for exercise in self.flow.query(ExerciseCard):
            exercise.came_back()

    async def _show_faults(self) -> None:
        """Show why the lesson cannot be read."""
        problem = shell_of(self).workspace.course_problem
        if problem is not None:
            said = [problem.message, problem.hint]
        else:
            faults = self.course.faults() if self.course is not None else ()
            said = [translate("lesson.unreadable"), *map(str, faults)]
        await self.flow.clear()
        await self.flow.add([ProseView(text_page(*filter(None, said)))])

    def _start(self, session: LessonSession) -> Place:
        """Where to begin: at the anchor if there is one, else where the learner left the lesson."""
        anchor, self._anchor = self._anchor, ""
        self._is_look = bool(anchor or self._quote)
        if anchor and (block := block_of(session.lesson, anchor)) is not None:
            self._unfolded |= block >= self._appendix
            return Place(self._in_flow(block), 0.0)
        position = session.position
        if not position.block and not position.within:
            return Place(0, 0.0)  # the title above the first block
        self._unfolded |= position.block >= self._appendix
        return Place(self._in_flow(position.block), position.within)

    # -- the appendix ------------------------------------------------------------------------------------

    def _in_flow(self, block: int) -> int:
        """The place in the flow of a block of the lesson."""
        return block + _TITLE + (_END if block >= self._appendix else 0)

    def _of_lesson(self, place: int) -> int:
        """The block of the lesson at a place of the flow; -1 for the title, for the end the block before it."""
        return place - _TITLE - (_END if place >= self._end else 0)

    @property
    def _end(self) -> int:
        """The place of the end in the flow."""
        return self._appendix + _TITLE

    @property
    def has_appendix(self) -> bool:
        """Whether there are terms and sources after the end."""
        return self.lesson is not None and self._appendix < len(self.lesson.blocks)

    @property
    def unfolded(self) -> bool:
        """Whether the appendix is shown."""
        return self._unfolded

    def fold(self, *, unfold: bool, then: Callable[[], object] | None = None) -> None:
        """Show the appendix after the end, or remove it; call ``then`` when that has been drawn."""
        self.run_worker(self._fold(unfold=unfold, then=then), group="fold", exclusive=True)

    async def _fold(self, *, unfold: bool, then: Callable[[], object] | None) -> None:
        if self.session is None or self.lesson is None or not self._settled:
            return
        if unfold != self._unfolded:
            self._unfolded = unfold
            if unfold:
                glossary = self.course.glossary() if self.course is not None and self._linked else None
                reads_both = shell_of(self).workspace.settings.translations
                pages = LessonPages(self.lesson, self.headers, glossary, reads_both=reads_both)
                widgets = appendix_widgets(self.lesson, pages)
                while more := list(islice(widgets, _AT_ONCE)):
                    await self.flow.add(more)
                    await self._frame()
            else:
                await self.flow.remove_after(self._end)
            self._show_end()
        await self._frame()
        if then is not None:
            then()

    # -- filling the flow --------------------------------------------------------------------------------

    async def _fill(self, start: Place) -> None:
        """Mount the first page, show it at ``start``, then mount the rest a few blocks at a time."""
        widgets = self._widgets()
        await self.flow.clear()
        self.flow.set_class(start.block > 0, "waiting")  # hidden until it has been scrolled to its place
        await self.flow.add(islice(widgets, start.block + _FIRST))
        self.post_message(self.Turned())
        await self._frame()
        self.flow.go_to(start)
        self._placed = True
        self.flow.remove_class("waiting")
        while more := list(islice(widgets, _AT_ONCE)):
            await self._frame()
            await self._take_steps()
            await self.flow.add(more)
        await self._frame()
        if start.block + _FIRST >= len(self.flow.blocks) - _AT_ONCE and self.flow.focused_block is None:
            self.flow.go_to(start)  # near the end, too little was below it to scroll it to the top before
        await self._take_steps()
        self._settled, self._width = True, self.flow.size.width
        quote, self._quote = self._quote, ""
        if quote and (line := self.flow.line_of(quote)) is not None:
            self.flow.go_to_line(line)
        self._moved()
        if self.session is not None:
            self.side.show(self.session, self._block)
        self._link_terms()

    async def _frame(self) -> None:
        """Wait until the mounted blocks have been laid out and drawn."""
        drawn = asyncio.Event()
        self.call_after_refresh(drawn.set)
        await drawn.wait()

    def _widgets(self) -> Iterator[Widget]:
        if self.session is None:
            return iter(())
        pages = LessonPages(self.session.lesson, self.headers)
        return flow_widgets(self.session, pages, self.following, unfolded=self._unfolded)

    def _link_terms(self) -> None:
        """Underline the first mention of each term. This reads all lessons, so it comes last, in a thread."""
        lesson, course = self.lesson, self.course
        if lesson is None or course is None:
            return
        headers, reads_both = self.headers, shell_of(self).workspace.settings.translations
        width, ascii = self.flow.text_width, shell_of(self).ascii

        def read() -> None:
            pages = LessonPages(lesson, headers, course.glossary(), reads_both=reads_both)
            linked = [pages.page_of(block) for block in lesson.blocks]
            for page in linked:
                if page is not None and width >= LEAST:
                    page(width, ascii)  # the page keeps its lines, so that the event loop need not break them
            self.app.call_from_thread(show, linked, lab_titles(lesson, course.labs))

        def show(linked: Sequence[Page | None], labs: Mapping[str, str]) -> None:
            shell_of(self).garbage.keep("terms")
            if lesson is self.lesson and self.is_attached:
                self.side.name_labs(labs)
                for block, page in enumerate(linked):
                    widget = self.flow.blocks[at] if (at := self._in_flow(block)) < len(self.flow.blocks) else None
                    if page is not None and isinstance(widget, ProseView):
                        widget.set_page(page)
                self._linked = True
                self.call_after_refresh(self._show_terms)

        self.run_worker(read, group="terms", exclusive=True, thread=True, exit_on_error=False)

    def _show_terms(self) -> None:
        """Show beside the text the terms that are linked in view."""
        if not (self._linked and self.has_class("wide") and self.course is not None and self.is_attached):
            return
        glossary = self.course.glossary()
        found = (glossary.get(target[1:]) for target in self.flow.links_in_view() if target.startswith("#"))
        self.side.terms.show_terms([entry for entry in found if entry is not None])

    @property
    def ended(self) -> bool:
        """Whether the end of the lesson, or of its appendix, is in view."""
        return self._settled and self._at_end

    @property
    def following(self) -> LessonHeader | None:
        """The next lesson; None behind the last one."""
        ids = [header.id for header in self.headers]
        behind = ids.index(self.lesson_id) + 1 if self.lesson_id in ids else len(ids)
        return self.headers[behind] if behind < len(ids) else None

    # -- where one is ------------------------------------------------------------------------------------

    def on_lesson_flow_moved(self) -> None:
        """Note the new position; if the width has changed, scroll back to the old one."""
        if not self._settled:
            return
        if self.flow.size.width != self._width:
            self._width = self.flow.size.width
            self.flow.go_to(self._place)
        self._moved()

    def _moved(self) -> None:
        self.flow.release_focus()
        self._show_terms()
        if self.session is None or self.lesson is None or not self.lesson.blocks:
            return
        last, end = len(self.lesson.blocks) - 1, self._end
        self._place = top = self.flow.top
        bottom = self.flow.bottom
        self._reveal_opening()
        block = max(0, min(self._of_lesson(top.block), last))
        # Nobody has to unfold the appendix: its terms have been explained in the text.
        seen = self._of_lesson(bottom.block) if bottom.block < end else last
        self.session.move(
            block,
            1.0 if top.block == end else top.within if top.block >= _TITLE else 0.0,
            seen_block=max(seen, 0),
            seen_within=0.0 if seen < 0 else 1.0 if bottom.block >= end else bottom.within,
            look=self._only_looks(),
        )
        if self._saving is not None:
            self._saving.stop()
        self._saving = self.set_timer(_SAVE_AFTER, self._save_at_rest)
        # The last sections may be too short to reach the top, so at the end the last one counts as being read.
        shown = last if self._unfolded else self._appendix - 1
        reading = max(0, shown) if self.flow.at_end and top.block else block
        if reading != self._block:
            self._block = reading
            self.side.show(self.session, reading)
            self.post_message(self.Turned())
        else:
            self.side.show_progress()
        if self._at_end != (at_end := self.flow.at_end or self.flow.is_in_view(end)):
            self._at_end = at_end
            self.post_message(self.Turned())

    def _reveal_opening(self) -> None:
        """Give the verdict on the opening question once its answer at the end of the lesson is in view."""
        session, end = self.session, self.lesson.opening_answer if self.lesson is not None else None
        if not self._settled or session is None or end is None:
            return
        bottom = self.flow.bottom
        if (bottom.block - _TITLE, bottom.within) <= (end, 0.0) or not session.reveal_opening():
            return
        from tutor.tui.questions.question import QuestionWidget

        for question in self.flow.query(QuestionWidget):
            if not question.exercise.question.opening:
                continue
            exercise = session.exercise(question.exercise.question.id)
            if question.exercise is exercise:
                question.refresh_texts()
            else:  # the learner has changed the guess, which made a new attempt
                self.call_next(question.show, exercise)
        # The question at the beginning has grown, which moves everything below it.
        self.call_after_refresh(self.flow.go_to, self._place)
        self.answered()

    def _only_looks(self) -> bool:
        """Whether what is in view was jumped to, and the reader has not gone on from there."""
        first = self.flow.scroll_offset.y
        shown, before = (first, first + self.flow.height), self._lines_shown
        self._lines_shown = shown
        if before is not None and before != shown:
            self._is_look, self._jumping = self._jumping, False
        return self._is_look

    def jump(self, go: Callable[[], object]) -> None:
        """Go somewhere to have a look, which moves neither the saved position nor how much was read."""
        before = self.flow.scroll_offset.y
        go()
        self._jumping = self.flow.scroll_offset.y != before

    def count_reading(self, *, in_front: bool | None = None) -> None:
        """Count the time of reading: the learner has done something, or looks at something else.

        Args:
            in_front: Whether the lesson is in front of other screens from now on; None leaves that unchanged.
        """
        self._in_front = self._in_front if in_front is None else in_front
        if self.session is not None:
            self.session.on_input(in_front=self._in_front)

    def save(self) -> None:
        """Save the position."""
        if self.session is not None and self._settled:
            self.session.save()

    def _save_at_rest(self) -> None:
        self.save()
        if self._store.in_memory:
            self.post_message(self.Turned())  # the screen shows why progress cannot be saved

    @property
    def passage(self) -> Passage | None:
        """The first passage that begins in view, or else the one that fills the view; None if there is none."""
        from tutor.study.passages import passages

        before = None
        top = self.flow.scroll_offset.y
        first, last = self.flow.top.block, self.flow.bottom.block
        for each in passages(self.lesson) if self.lesson is not None else ():
            place = self._in_flow(each.block)
            if not first <= place <= last:
                continue
            line = self.flow.line_of(each.text, place)
            if line is not None and line >= top:
                return each if line < top + self.flow.height else before
            before = each if line is not None else before
        return before

    def go_to_block(self, block: int) -> None:
        """Scroll a block of the lesson to the top, for a look. One of the appendix unfolds it."""

        def go() -> None:
            self.jump(lambda: self.flow.go_to(Place(self._in_flow(block), 0.0)))

        if block >= self._appendix and not self._unfolded:
            self.fold(unfold=True, then=go)
        else:
            go()

    def go_to_appendix(self) -> None:
        """Unfold the terms and sources and scroll them to the top, for a look."""
        self.go_to_block(self._appendix)

    def step_section(self, direction: int) -> bool:
        """Go to the next section (1) or the start of this or the previous one (-1). Returns whether there is one."""
        if self.lesson is None:
            return False
        top = self.flow.scroll_offset.y
        places = (self._in_flow(section.block_index) for section in self.lesson.sections)
        lines = [self.flow.top_of(place) for place in places if place < len(self.flow.blocks)]
        beyond = [line for line in (0, *lines) if (line > top if direction > 0 else line < top)]
        if not beyond:
            return False
        self.flow.go_to_line(beyond[0] if direction > 0 else beyond[-1])
        return True

    def noted(self) -> None:
        """Note that an answer was saved here, so that coming back to this screen does not read it as a new one."""
        self._answers = self._newest_answers()

    def answered(self) -> None:
        """Update contents and end after an answer."""
        self._reveal_opening()
        if self.session is not None:
            self._answers = self._newest_answers()
            self.side.show(self.session, self._block)
            self._show_end()
        self.post_message(self.Turned())

    def _show_end(self) -> None:
        if self.session is not None:
            for end in self.flow.query(LessonEnd):
                end.show(self.session, self.following, unfolded=self._unfolded)
